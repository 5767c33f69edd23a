"""Base64 rewritten in place: letters are decoded where they stand, what they say is changed, and they are put back.

So whatever stands between them, what is missing behind them and the alphabet they are of stay as they are.
"""

import base64
import re
from collections.abc import Callable, Sequence
from typing import Final

Change = Callable[[bytes], bytes]
"""From bytes to as many bytes."""

STANDARD: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
URL_SAFE: Final = STANDARD[:-2] + b"-_"
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_TO_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_LETTERS: Final = re.compile(rb"[A-Za-z0-9+/_-]")
_PRINTABLE: Final = bytes(range(32, 127)) + b"\t\r\n"
_ODD: Final = b"-_+/"
_NO_ODD: Final = bytes.maketrans(b"+/", b"8p")
_TURNS: Final = 62


def decoded(letters: bytes) -> bytes:
    """The whole bytes that `letters` of either alphabet say; what is left over at the end says none."""
    padded = letters.translate(_TO_STANDARD) + b"A" * (-len(letters) % 4)
    return base64.b64decode(padded)[: len(letters) * 6 // 8]


def rewritten(letters: bytes, change: Change, spare: int = 0, *, url_safe: bool = False) -> bytes:
    """`letters` with `change` made to what they say; `url_safe` is the alphabet of those that show none.

    The bits behind the last whole byte, of which an encoder sets none, stay none, or become some: `spare` chooses them.
    """
    size = len(letters) * 6 // 8
    inner = change(decoded(letters))
    out = bytearray(base64.b64encode(inner + b"\0" * (3 - size % 3))[: len(letters)])
    if left := len(letters) * 6 % 8:
        last = letters[-1:].translate(_TO_STANDARD)
        bits = STANDARD.index(last) % (1 << left)
        new = bits and 1 + (bits + spare % max(1, (1 << left) - 2)) % ((1 << left) - 1)
        value = STANDARD.index(out[-1]) >> left << left
        out[-1] = STANDARD[value | new]
    dashed, slashed = (any(mark in letters for mark in marks) for marks in ((b"-", b"_"), (b"+", b"/")))
    return bytes(out).translate(_TO_URL_SAFE) if not slashed and (dashed or url_safe) else bytes(out)


def put_back(text: bytes, places: Sequence[int], letters: bytes) -> bytes:
    """`text` with `letters` at `places`."""
    out = bytearray(text)
    for place, letter in zip(places, letters, strict=True):
        out[place] = letter
    return bytes(out)


def places_of(text: bytes, start: int = 0, end: int | None = None) -> list[int]:
    """Where letters of base64 stand in text[start:end]."""
    return [found.start() for found in _LETTERS.finditer(text, start, len(text) if end is None else end)]


def is_clear(text: bytes) -> bool:
    """Whether somebody meant `text` to be read: UTF-8 without control characters."""
    odd = text.translate(None, _PRINTABLE)
    if not odd:
        return bool(text)
    if any(byte < 32 or byte == 127 for byte in odd):
        return False
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def noise(letters: bytes, phase: int, stream: bytes) -> bytes:
    """Other letters that decode to text where these do, and to a colon where these do; dashes and slashes stay.

    As many bytes of `stream` as there are letters, or more, choose them. `phase` is the place of the first letter in a
    group of four. Where a group is not whole, any letter will do.
    """
    start = min(-phase % 4, len(letters))
    end = start + (len(letters) - start) // 4 * 4
    out = bytearray(_drawn(letters, stream, 0))
    for at in range(start, end, 4):
        out[at : at + 4] = _group(letters[at : at + 4], stream[at : at + 4])
    return bytes(out)


def _drawn(letters: bytes, numbers: bytes, turn: int) -> bytes:
    return bytes(
        letter if letter in _ODD else STANDARD[(number + turn * (11 + 2 * place)) % 62]
        for place, (letter, number) in enumerate(zip(letters, numbers, strict=False))
    )


def _group(letters: bytes, numbers: bytes) -> bytes:
    """Four letters for four."""
    plain = decoded(letters)
    kinds = list(map(_kind, plain))
    for turn in range(_TURNS):
        made = _drawn(letters, numbers, turn)
        if list(map(_kind, decoded(made))) == kinds:
            return made
    made = base64.b64encode(bytes(map(_like, plain, numbers)))
    plainer = made.translate(_NO_ODD)
    return plainer if list(map(_kind, decoded(plainer))) == kinds else made


def _kind(byte: int) -> int:
    return byte if byte in b":\0" else byte in _PRINTABLE


def _like(byte: int, number: int) -> int:
    """A byte of the same kind: text or none, and what takes a text apart stays."""
    if byte in b":\0":
        return byte
    return STANDARD[number % 62] if byte in _PRINTABLE else 128 + number % 128
