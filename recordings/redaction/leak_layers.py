"""What bytes may say in another writing: every reading of base64, hex, escapes, UTF-16 and compressed parts in them.

Nothing has to be well formed: each piece that could be written so is read at every place where it could begin.
"""

import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import unquote_to_bytes

_TOKEN: Final = re.compile(rb"[^\s\"'<>]+")
_LETTERS: Final = re.compile(rb"[A-Za-z0-9+/_-]{7,}")
_BROKEN: Final = re.compile(
    rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]++(?:(?:=?[ \t]*+\r?\n[ \t]*+|\\[rnt]|%0[aAdD])++[A-Za-z0-9+/_-]++)++"
)
_BREAKS: Final = re.compile(rb"(?:=?[ \t]*\r?\n[ \t]*|\\[rnt]|%0[aAdD])+")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_HEX: Final = re.compile(rb"[0-9a-fA-F]{10,}")
_SPACED_HEX: Final = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{2}(?:(?:[ :,-]|\\x|, ?0x)[0-9a-fA-F]{2}){4,}+")
_NOT_HEX: Final = re.compile(rb"\\x|0x|[^0-9a-fA-F]+")
_U_ESCAPE: Final = re.compile(rb"\\u([0-9a-fA-F]{4})")
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_QUOTED: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_SOFT_BREAK: Final = re.compile(rb"(?<![^\s\"'<>])[^\s\"'<>=]++(?:=[ \t]*+\r?\n?[^\s\"'<>=]*+)++")
_SOFT: Final = re.compile(rb"=[ \t]*\r?\n")
_MAGIC: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
_ZIP_HEAD: Final = 30
_MOST_PACKED: Final = 20_000
_LARGEST: Final = 16_777_216
_BETWEEN: Final = b"\0\0"

Reading = tuple[str, bytes]
"""Name of the writing, and what the bytes say in it."""

ONCE: Final = frozenset({"JSON escapes", "quoted-printable", "HTML entities", "UTF-16"})
"""Writings that nobody uses twice over one another."""


def spans_quotes(data: bytes) -> bool:
    """Whether there may be a writing in `data` that goes on behind a double quote: binary ones alone do."""
    return b"\0" in data or _MAGIC.search(data) is not None


def readings(data: bytes) -> Iterator[Reading]:
    """Every other reading of `data`, one layer deep; a writing of which there is no sign gives none."""
    if letters := _base64(data):
        yield "base64", letters
    if digits := _hex(data):
        yield "hex", digits
    signs = [sign for sign in _ESCAPES if sign in data]
    tokens = sorted(set(_TOKEN.findall(data))) if signs else []
    for sign in signs:
        name, read = _ESCAPES[sign]
        pieces = [token for token in tokens if sign in token]
        plain = [new for piece in pieces if (new := read(piece)) != piece]
        if sign == b"=" and b"\n" in data:
            plain += [_quoted_printable(_SOFT.sub(b"", piece)) for piece in _SOFT_BREAK.findall(data)]
        if plain:
            yield name, _BETWEEN.join(plain)
    if b"\0" in data:
        yield "UTF-16", _wide(data)
    if plain_text := packed(data):
        yield "compressed", plain_text


def _base64(data: bytes) -> bytes:
    pieces = set(_LETTERS.findall(data))
    if b"\n" in data or b"\\" in data or b"%0" in data:
        pieces |= {_BREAKS.sub(b"", piece) for piece in _BROKEN.findall(data)}
    return _BETWEEN.join(
        [_decoded(piece.translate(_STANDARD), shift) for piece in sorted(pieces) for shift in range(4)]
    )


def _decoded(piece: bytes, shift: int) -> bytes:
    letters = piece[shift:]
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _hex(data: bytes) -> bytes:
    pieces = set(_HEX.findall(data)) | {_NOT_HEX.sub(b"", piece) for piece in _SPACED_HEX.findall(data)}
    return _BETWEEN.join(
        [
            bytes.fromhex(piece[shift : shift + (len(piece) - shift) // 2 * 2].decode("ascii"))
            for piece in sorted(pieces)
            for shift in (0, 1)
        ]
    )


def _json(token: bytes) -> bytes:
    plain = _U_ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "surrogatepass"), token)
    return _ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else _CONTROLS.get(found[2], found[2]), plain
    )


def _quoted_printable(token: bytes) -> bytes:
    return _QUOTED.sub(lambda found: bytes.fromhex(found[1].decode()), token)


def _entities(token: bytes) -> bytes:
    return unescape(token.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


_ESCAPES: Final[dict[bytes, tuple[str, Callable[[bytes], bytes]]]] = {
    b"%": ("percent-encoding", unquote_to_bytes),
    b"\\": ("JSON escapes", _json),
    b"=": ("quoted-printable", _quoted_printable),
    b"&": ("HTML entities", _entities),
}


def _wide(data: bytes) -> bytes:
    """UTF-16 of ASCII is ASCII with NULs between; of anything else it is decoded in both orders, from both places."""
    pieces = [data.replace(b"\0", b"")]
    orders = [(start, name) for start in (0, 1) for name in ("utf-16-le", "utf-16-be")]
    pieces += [data[start:].decode(name, "ignore").encode("utf-8", "ignore") for start, name in orders]
    return b"\n".join(pieces)


def packed(data: bytes) -> bytes:
    """What is compressed anywhere in `data`."""
    return _BETWEEN.join(
        [plain for found in islice(_MAGIC.finditer(data), _MOST_PACKED) if (plain := _unpacked(data, found.start()))]
    )


def _unpacked(data: bytes, at: int) -> bytes:
    """What is compressed from there on, as far as it can be read: gzip, zlib, or a member of a zip archive."""
    window = 32 + zlib.MAX_WBITS
    if data.startswith(b"PK", at):
        head = data[at : at + _ZIP_HEAD]
        if len(head) < _ZIP_HEAD or head[8:10] != b"\x08\x00":
            return b""
        at += _ZIP_HEAD + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        window = -zlib.MAX_WBITS
    try:
        return zlib.decompressobj(window).decompress(memoryview(data)[at:], _LARGEST)
    except zlib.error:
        return b""
