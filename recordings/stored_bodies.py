"""A body in a content coding, but as it is: each coding has blocks that hold their bytes unpacked.

Recordings hold bodies with the coding undone and the header that names it; a tool that believes the header must be able
to undo it once more. Nothing is gained in size, and equal bodies give equal bytes with every version of every library.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

_ZLIB_BLOCK: Final = 0xFFFF
_BROTLI_BLOCK: Final = 1 << 16
_ZSTD_BLOCK: Final = 1 << 17


def coded(body: bytes, coding: bytes) -> bytes:
    """`body` in the content `coding`; `body` itself where that is none that is known."""
    code = _CODINGS.get(coding.strip().lower())
    return code(body) if code else body


def _gzip(body: bytes) -> bytes:
    """RFC 1952 2.3: no name, no time, unknown system."""
    tail = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + _deflated(body) + tail


def _zlib(body: bytes) -> bytes:
    """RFC 1950 2.2; which is what HTTP calls deflate: RFC 9110 8.4.1.2."""
    return b"\x78\x01" + _deflated(body) + zlib.adler32(body).to_bytes(4, "big")


def _deflated(body: bytes) -> bytes:
    """RFC 1951 3.2.4: a bit that says whether it is the last block, length, length inverted, bytes."""
    return b"".join(
        bytes([last]) + len(block).to_bytes(2, "little") + (len(block) ^ 0xFFFF).to_bytes(2, "little") + block
        for block, last in _blocks(body, _ZLIB_BLOCK)
    )


def _brotli(body: bytes) -> bytes:
    """RFC 7932 9.1, 9.2: a window of 64 kB; meta-blocks that are not the last, uncompressed; an empty last one."""
    found = []
    shift = 1  # the first meta-block shares its first byte with the window's one bit
    for block, _ in _blocks(body, _BROTLI_BLOCK) if body else ():
        head = (len(block) - 1) << 3 | 1 << 19
        found.append((head << shift).to_bytes(3, "little") + block)
        shift = 0
    return b"".join(found) + (b"\x03" if found else b"\x06")


def _zstd(body: bytes) -> bytes:
    """RFC 8878 3.1.1: a single segment with its size in four bytes, raw blocks."""
    return (
        b"\x28\xb5\x2f\xfd\xa0"
        + len(body).to_bytes(4, "little")
        + b"".join((last | len(block) << 3).to_bytes(3, "little") + block for block, last in _blocks(body, _ZSTD_BLOCK))
    )


def _blocks(body: bytes, size: int) -> Iterator[tuple[bytes, bool]]:
    """The blocks of `body`, at least one, and whether each is the last."""
    for at in range(0, len(body) or 1, size):
        yield body[at : at + size], at + size >= len(body)


_CODINGS: Final[Mapping[bytes, Callable[[bytes], bytes]]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"deflate": _zlib,
    b"br": _brotli,
    b"zstd": _zstd,
}
