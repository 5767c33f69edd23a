"""Compressed bodies, said to be or not: unpacked within bounds, and packed again the same way."""

import gzip
import zlib
from typing import Final

_LIMIT: Final = 131_072
"""Bytes that are unpacked; readers keep 64 kB of a body."""
_GZIP: Final = b"\x1f\x8b"
_ZLIB: Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_PLAIN: Final = frozenset({b"{", b"[", b"<", b""})


def unpacked(body: bytes, *, deflate: bool) -> bytes | None:
    """What gzip or deflate packed; None for what is not packed. `deflate` says that the headers name that."""
    if body.startswith((_GZIP, *_ZLIB)):
        return _inflated(body, 32 + zlib.MAX_WBITS)
    if deflate and body.lstrip()[:1] not in _PLAIN:  # RFC 9110 8.4.1.2: some send it without zlib's header
        return _inflated(body, -zlib.MAX_WBITS)
    return None


def packed(plain: bytes, like: bytes) -> bytes:
    """`plain` packed as `like` is; the same bytes each time."""
    if like.startswith(_GZIP):
        return gzip.compress(plain, mtime=0)
    if like.startswith(_ZLIB):
        return zlib.compress(plain)
    return zlib.compress(plain, wbits=-zlib.MAX_WBITS)


def _inflated(body: bytes, window: int) -> bytes | None:
    try:
        return zlib.decompressobj(window).decompress(body, _LIMIT) or None
    except zlib.error:
        return None
