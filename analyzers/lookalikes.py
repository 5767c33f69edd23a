"""A SID or a secret as it was meant, behind percent-encoding and characters that are not ASCII; and their names.

Both faults have causes of their own. The causes that judge the shape of a value look behind them, so that one Cyrillic
letter does not make a stranger of a SID.
"""

import unicodedata
from urllib.parse import unquote_to_bytes

from analyzers.flaws import name_byte
from analyzers.twilio import core_of

# Letters of a SID that other alphabets draw the same way: Unicode's confusables.txt,
# https://www.unicode.org/Public/security/latest/confusables.txt (read 2026-11-20). NFKC undoes full-width ones.
_LATIN = {
    "\N{CYRILLIC CAPITAL LETTER A}": "A",
    "\N{GREEK CAPITAL LETTER ALPHA}": "A",
    "\N{CYRILLIC CAPITAL LETTER ES}": "C",
    "\N{CYRILLIC CAPITAL LETTER DZE}": "S",
    "\N{CYRILLIC CAPITAL LETTER KA}": "K",
    "\N{GREEK CAPITAL LETTER KAPPA}": "K",
    "\N{CYRILLIC CAPITAL LETTER VE}": "B",
    "\N{GREEK CAPITAL LETTER BETA}": "B",
    "\N{CYRILLIC CAPITAL LETTER IE}": "E",
    "\N{GREEK CAPITAL LETTER EPSILON}": "E",
    "\N{CYRILLIC SMALL LETTER A}": "a",
    "\N{CYRILLIC SMALL LETTER ES}": "c",
    "\N{CYRILLIC SMALL LETTER IE}": "e",
}
_NAMES = {
    b"\xef\xbb\xbf": "a byte order mark",
    b"\xc2\xa0": "a no-break blank",
    b"\xa0": "a no-break blank",
    b"\xe2\x80\xaf": "a narrow no-break blank",
    b"\xe2\x80\x8b": "a zero-width blank",
    b"\xe2\x80\x8c": "a zero-width non-joiner",
    b"\xe2\x80\x8d": "a zero-width joiner",
    b"\xe2\x81\xa0": "a word joiner",
    b"\xe2\x80\x98": "a typographic quote",
    b"\xe2\x80\x99": "a typographic quote",
    b"\xe2\x80\x9c": "a typographic quote",
    b"\xe2\x80\x9d": "a typographic quote",
    b"\xe2\x80\x93": "a typographic dash",
    b"\xe2\x80\x94": "a typographic dash",
    b"\xef\xbf\xbd": "a replacement character",
}
_OTHER = "!"
"""Stands for a letter or digit that resembles none: no part of a SID, of a placeholder or of an edge."""
# Longer than any value that resembles a SID or a secret.
_LONGEST = 400


def plain_of(half: bytes) -> bytes:
    """`half` without strays at its edges, percent-decoded, each look-alike replaced and each invisible one left out."""
    start, end = core_of(half)
    core = half[start : min(end, start + _LONGEST)]
    if core.isascii() and b"%" not in core:
        return half[start:end]
    text = unquote_to_bytes(core)
    plain = text if text.isascii() else "".join(map(_ascii, _decoded(text))).encode("ascii")
    start, end = core_of(plain)
    return plain[start:end]


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    plain = unicodedata.normalize("NFKC", character)
    if plain.isascii():
        return plain.strip()
    return _LATIN.get(plain) or (_OTHER if character.isalnum() or character == "\ufffd" else "")


def name_of(found: bytes) -> str:
    """What the characters at the beginning of `found`, which are not ASCII, are called: "a no-break blank"."""
    if name := next((name for length in (3, 2, 1) if (name := _NAMES.get(found[:length]))), ""):
        return name
    alike = any(found.startswith(letter.encode()) for letter in _LATIN)
    return "a letter of another alphabet that looks like a Latin one" if alike else name_byte(found[0])
