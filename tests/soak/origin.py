"""The origin: also an upstream proxy that every CONNECT leads to. Answers what the path of a request asks for."""

import asyncio
import contextlib
import multiprocessing
import socket
import ssl
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from soak import frames, framing
from soak.origin_h2 import converse as converse_h2
from soak.plan import Kind, Plan, plan_of

NAMES = ("api.twilio.com", "chat.twilio.com", "*.twilio.com", "files.example.org")
ONE_ONLY = "chat.twilio.com"
"""Speaks HTTP/1.1 only."""
BROKEN = "broken.twilio.com"
"""Speaks no TLS."""
PIECES = 6
PAUSE = 0.02


@dataclass(frozen=True)
class Origin:
    """A running origin."""

    port: int
    trusted: Path


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Origin]:
    """An origin in a process of its own."""
    trusted = folder / "origin-ca.pem"
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(trusted))
    certificate = authority.issue_cert(*NAMES)
    chain = folder / "origin.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_serve, args=(str(chain), ready), daemon=True)
    process.start()
    try:
        yield Origin(ready.get(timeout=60), trusted)
    finally:
        process.terminate()
        process.join()


def _serve(chain: str, ready: "multiprocessing.Queue[int]") -> None:
    asyncio.run(_run(chain, ready))


async def _run(chain: str, ready: "multiprocessing.Queue[int]") -> None:
    server = await asyncio.start_server(Visit(chain).received, "127.0.0.1", 0, backlog=512, limit=framing.LONGEST)
    ready.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class Visit:
    """Answers connections."""

    def __init__(self, chain: str) -> None:
        self._both = _context(chain, ["h2", "http/1.1"])
        self._one = _context(chain, ["http/1.1"])

    async def received(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, from its first byte to its end."""
        with contextlib.suppress(OSError, EOFError, ssl.SSLError, asyncio.TimeoutError, asyncio.LimitOverrunError):
            await self._converse(reader, writer)
        with contextlib.suppress(Exception):
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await framing.head(reader)
            if head.first.startswith(b"CONNECT "):
                host = head.first.split(b" ")[1].partition(b":")[0].decode()
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                if host == BROKEN:
                    writer.write(b"this is no TLS\r\n" * 4)
                    return
                await writer.start_tls(self._one if host == ONE_ONLY else self._both)
                if writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
                    await converse_h2(reader, writer)
                    return
                continue
            if not await _answered(head, reader, writer):
                return


def _context(chain: str, protocols: list[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    context.set_alpn_protocols(protocols)
    return context


async def _answered(head: framing.Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether the connection stays open."""
    plan = plan_of(head.first)
    if plan is None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        return True
    asked = await framing.asked(reader, head)
    if asked != plan.asked or head.without_framing() != plan.fields:
        writer.write(b"HTTP/1.1 599 Not as sent\r\nContent-Length: 0\r\n\r\n")
        return True
    if plan.kind in {Kind.WEBSOCKET, Kind.UPGRADE}:
        return await frames.served(plan, head, reader, writer)
    if plan.kind in {Kind.CUT_OFF, Kind.SILENT, Kind.NONSENSE}:
        await _fail(plan, writer)
        return False
    if plan.kind is Kind.EARLY:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    raw = framing.answered(plan)
    if plan.kind is Kind.SLOW:
        step = 1 + len(raw) // PIECES
        for at in range(0, len(raw), step):
            writer.write(raw[at : at + step])
            await writer.drain()
            await asyncio.sleep(PAUSE)
    else:
        writer.write(raw)
    await writer.drain()
    return plan.kind is not Kind.UNTIL_CLOSE


async def _fail(plan: Plan, writer: asyncio.StreamWriter) -> None:
    if plan.kind is Kind.NONSENSE:
        writer.write((b"\0\xff" * 20 + b"\r\n\r\n", b"HTTP/1.1 twohundred OK\r\n\r\n", b"\r\n\r\n")[plan.seed % 3])
        await writer.drain()
        return
    if plan.kind is Kind.CUT_OFF:
        raw = framing.answered(plan)
        writer.write(raw[: 1 + plan.seed % max(1, len(raw) - 1)] if plan.size else raw[:20])
        await writer.drain()
        await asyncio.sleep(0.01)
    if plan.seed % 2:
        plain: socket.socket = writer.get_extra_info("socket")
        # Closing with a linger time of zero sends a reset.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
