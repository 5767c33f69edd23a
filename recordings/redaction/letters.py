"""Letters beyond ASCII: what stands in for them takes as many bytes and is of the same script.

In a credential a few of them are a fault to be found (a look-alike, a typographic quote) and stay; a whole word of them
is somebody's password, and goes. In other text every letter goes.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_RUNS = re.compile("[^\x00-\x7f]+")
OLD_WORD = re.compile(rb"[\x80-\xff]{3,}")
_WINDOW = 64
"""Characters whose UTF-8 differs in the last byte only."""
_SPOKEN = ("L", "N", "S", "M")
"""Categories of Unicode that say something: letters, numbers, symbols, marks on letters."""
_FIRST_ESCAPED, _LAST_ESCAPED = 0xDC80, 0xDCFF


def replaced(text: bytes, stream: Callable[[bytes, int], bytes], least: int) -> bytes:
    """`text` with every run of at least `least` characters beyond ASCII replaced, character by character.

    A word of an old encoding, in bytes that are no UTF-8, goes whatever its length. `stream` gives bytes for a text: as
    many as asked for.
    """
    try:
        characters = text.decode()
    except UnicodeDecodeError:
        text = OLD_WORD.sub(lambda run: _run(run.group().decode("ascii", "surrogateescape"), stream, 1), text)
        characters = text.decode("utf-8", "surrogateescape")
    changed = _RUNS.sub(lambda run: _run(run.group(), stream, least).decode("utf-8", "surrogateescape"), characters)
    return changed.encode("utf-8", "surrogateescape")


def is_spoken(character: str) -> bool:
    """Whether it says something, unlike a blank, a quote or a mark."""
    return unicodedata.category(character)[0] in _SPOKEN


def _run(run: str, stream: Callable[[bytes, int], bytes], least: int) -> bytes:
    if len(run) < least:
        return run.encode("utf-8", "surrogateescape")
    numbers = stream(run.encode("utf-8", "surrogateescape"), len(run))
    others = "".join(_other(character, number) for character, number in zip(run, numbers, strict=True))
    return others.encode("utf-8", "surrogateescape")


def _other(character: str, number: int) -> str:
    others = _others(character)
    return others[number % len(others)] if others else character


@lru_cache(maxsize=4096)
def _others(character: str) -> str:
    """The characters that may stand in for it; empty for one that stays."""
    code = ord(character)
    if _FIRST_ESCAPED <= code <= _LAST_ESCAPED:  # a byte that is no UTF-8; those from 0xF8 on can never begin any
        return "".join(chr(other) for other in range(0xDCF8, 0xDD00) if other != code)
    if not is_spoken(character):
        return ""
    category = unicodedata.category(character)
    window = range(code - code % _WINDOW, code - code % _WINDOW + _WINDOW)
    kind = _kind(character)
    return "".join(
        other
        for other in map(chr, window)
        if other != character and (unicodedata.category(other), _kind(other)) == (category, kind)
    )


def _kind(character: str) -> str:
    """What of ASCII it stands for, so far as anybody asks: a hex digit, another letter, a digit, or nothing."""
    plain = unicodedata.normalize("NFKC", character)
    if not plain.isascii() or len(plain) != 1:
        return ""
    return "digit" if plain.isdigit() else "hex" if plain in "abcdefABCDEF" else "other"
