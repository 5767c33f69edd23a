"""Byte streams over one accepted socket: in clear, and TLS inside any other stream.

TLS runs on memory buffers and not through ``StreamWriter.start_tls``: the first bytes decide whether a client
speaks TLS, and bytes that are already read cannot be handed back to a transport.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Final, Protocol

__all__ = ["Channel", "SocketChannel", "TlsChannel"]

_CHUNK: Final = 65536
# How long and how much to go on reading from a client that still sends while it is being refused. Closing at
# once would reset the connection, and the client would lose the answer.
_LINGER_SECONDS: Final = 1.0
_LINGER_BYTES: Final = 16 * 1024 * 1024


class Channel(Protocol):
    """A stream of bytes."""

    async def read(self) -> bytes:
        """Some bytes; ``b""`` at the end, also if the client broke off or was silent for too long."""

    async def write(self, data: bytes) -> None:
        """Send all of it. Raises OSError or TimeoutError if that is not possible."""


class SocketChannel:
    """The socket itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float) -> None:
        self._reader = reader
        self._writer = writer
        self._patience = patience

    async def read(self) -> bytes:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._patience):
                return await self._reader.read(_CHUNK)
        return b""

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(self._patience):
            await self._writer.drain()

    def abort(self) -> None:
        """Close at once, without a word."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Say that this is the end, listen a moment longer, close. Never raises OSError."""
        try:
            with suppress(OSError, RuntimeError, TimeoutError):
                async with asyncio.timeout(_LINGER_SECONDS):
                    self._writer.write_eof()
                    await self._drop_rest()
        finally:
            self._writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_LINGER_SECONDS):
                    await self._writer.wait_closed()
            self._writer.transport.abort()

    async def _drop_rest(self) -> None:
        left = _LINGER_BYTES
        while left > 0 and (data := await self._reader.read(_CHUNK)):
            left -= len(data)


class TlsChannel:
    """TLS, as the server, inside another stream."""

    def __init__(self, inner: Channel, context: ssl.SSLContext, first: bytes) -> None:
        self._inner = inner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._incoming.write(first)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def handshake(self) -> None:
        """Raises ssl.SSLError if the client speaks no TLS, breaks off, or does not trust the certificate."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLError:
                with suppress(OSError, TimeoutError):
                    await self._flush()  # the alert
                raise
            else:
                return await self._flush()

    async def read(self) -> bytes:
        """As Channel.read. Raises ssl.SSLError on an alert and on broken records."""
        while True:
            try:
                data = self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            else:
                await self._flush()
                return data

    async def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest) :]
        await self._flush()

    async def shut(self) -> None:
        """Tell the client that nothing more comes; the stream below stays open."""
        with suppress(OSError, TimeoutError):  # unwrap wants the client's goodbye and says so with an SSLError
            try:
                self._tls.unwrap()
            finally:
                await self._flush()

    async def _feed(self) -> None:
        data = await self._inner.read()
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._inner.write(self._outgoing.read())
