"""Undo what the wire did to a body: chunks and content codings; always bounded, never raising."""

import re
import zlib
from typing import Final

BODY_LIMIT = 65536
"""Bytes of a body that are kept: an error body of Twilio is below 1 kB."""
_ZLIB: Final = {b"gzip": 16 + zlib.MAX_WBITS, b"x-gzip": 16 + zlib.MAX_WBITS, b"deflate": zlib.MAX_WBITS}
# RFC 9112 7.1: the size in hexadecimal digits, perhaps an extension behind it.
_CHUNK: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_LINE: Final = re.compile(rb"([^\n]{0,8192})\n")
_TRAILER: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}:.*")
_BROTLI_STEP: Final = 8
"""Bytes handed to brotli at once: it has no limit of its own on what comes out."""
_WINDOW: Final = 2**27
"""RFC 8878 3.1.1.1.2 recommends 8 MB at least; zstd's own tool takes up to this without being asked."""


def plain_body(raw: bytes, coding: bytes) -> bytes:
    """The first BODY_LIMIT bytes of `raw` without the content `coding`; `raw` itself where that cannot be undone.

    Many tools show the text already and leave the Content-Encoding header as it was.
    """
    name = coding.strip().lower()
    try:
        if name in _ZLIB:
            return _inflated(raw, _ZLIB[name])
        if name == b"br":
            return _from_brotli(raw)
        if name == b"zstd":
            return _from_zstd(raw)
    except Exception:  # noqa: BLE001 - three libraries with errors of their own; the body is then no such coding
        return raw[:BODY_LIMIT]
    return raw[:BODY_LIMIT]


def unchunked(raw: bytes) -> tuple[bytes, int] | None:
    """The content of a chunked body at the start of `raw`, and how many bytes it took; None where no chunk stands.

    A body that breaks off, or is damaged behind the first chunk, gives what came before that.
    """
    parts: list[bytes] = []
    at = 0
    while head := _CHUNK.match(raw, at):
        size = int(head.group(1), 16)
        if size == 0:
            return b"".join(parts), _end_of_trailers(raw, head.end())
        data = raw[head.end() : head.end() + size]
        end = head.end() + size
        behind = _LINE_END.match(raw, end)
        if len(data) == size and behind is None and end < len(raw):
            break
        parts.append(data)
        at = behind.end() if behind else len(raw)
    return (b"".join(parts), at) if parts else None


def _end_of_trailers(raw: bytes, at: int) -> int:
    """Where a chunked body ends whose last chunk ends at `at`."""
    while line := _LINE.match(raw, at):
        text = line.group(1).rstrip(b"\r")
        if text and not _TRAILER.fullmatch(text):
            return at  # no trailer: what follows belongs to somebody else
        at = line.end()
        if not text:
            break
    return at


def _inflated(raw: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(raw, BODY_LIMIT)
    except zlib.error:
        if window != zlib.MAX_WBITS:
            raise
        return zlib.decompressobj(-window).decompress(
            raw, BODY_LIMIT
        )  # deflate without zlib's header: RFC 9110 8.4.1.2


def _from_brotli(raw: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped] # noqa: PLC0415 - mitmproxy brings it; few bodies need it

    decoder, found = brotli.Decompressor(), b""
    for at in range(0, len(raw), _BROTLI_STEP):
        found += decoder.process(raw[at : at + _BROTLI_STEP])
        if len(found) >= BODY_LIMIT:
            break
    if len(found) < BODY_LIMIT and not decoder.is_finished():
        raise ValueError("no brotli: plain text never comes to its end")
    return found[:BODY_LIMIT]


def _from_zstd(raw: bytes) -> bytes:
    import zstandard  # noqa: PLC0415 - as brotli

    with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(raw) as reader:
        return reader.read(BODY_LIMIT)
