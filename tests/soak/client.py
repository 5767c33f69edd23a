"""The clients: each opens a connection through the proxy, does what its session says, and tells what came back."""

import asyncio
import contextlib
import random
import socket
import ssl
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from soak import frames, framing
from soak.client_h2 import Client as H2Client
from soak.plan import Answer, Plan
from soak.sessions import Fault, Session, Way

Told: TypeAlias = list[tuple[Plan, Answer | None]]
"""What was asked, with the answer where a complete one came."""
Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_IMPATIENT: Final = 2.0
"""Seconds until a client gives up what cannot come."""
_PIECE, _PAUSE = 200, 0.003


@dataclass(frozen=True)
class Proxy:
    """Where the proxy is, and whom to trust there."""

    port: int
    certificate: Path
    origin: Path
    """The CA of the origin, for what passes through."""
    opens_all: bool = False
    """Whether nothing passes through, as without the addon."""

    def trust(self, way: Way) -> ssl.SSLContext:
        """What a client of this kind trusts and speaks."""
        context = ssl.create_default_context(
            cafile=str(self.origin if way is Way.PASSED and not self.opens_all else self.certificate)
        )
        context.set_alpn_protocols(["h2", "http/1.1"] if way is Way.H2 else ["http/1.1"])
        return context


class Clients:
    """What all clients share."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._trust = {way: proxy.trust(way) for way in Way}
        self._nobody = ssl.create_default_context(cadata=proxy.origin.read_text(encoding="ascii"))

    async def play(self, session: Session) -> Told:
        """Do what `session` says."""
        streams = await asyncio.open_connection("127.0.0.1", self._proxy.port, limit=framing.LONGEST)
        try:
            if session.way is Way.NOISE:
                await self._noise(session, streams)
                return []
            if session.way not in {Way.PLAIN, Way.PIPELINED, Way.UPGRADE}:
                await self._secure(session, streams, self._trust[session.way])
            return await self._converse(session, streams)
        finally:
            with contextlib.suppress(Exception):
                streams[1].close()
            with contextlib.suppress(Exception):
                await asyncio.wait_for(streams[1].wait_closed(), _IMPATIENT)

    async def _secure(self, session: Session, streams: Streams, trust: ssl.SSLContext) -> None:
        reader, writer = streams
        host = session.host.encode()
        writer.write(b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (host, host))
        if not (await framing.head(reader)).first.startswith(b"HTTP/1.1 200"):
            raise EOFError
        await writer.start_tls(trust, server_hostname=session.host)

    async def _converse(self, session: Session, streams: Streams) -> Told:
        reader, writer = streams
        if session.way is Way.H2 and writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            given_up: frozenset[int] = frozenset()
            if session.fault is Fault.RESET_STREAMS:
                given_up = frozenset(plan.number for plan in session.plans if plan.seed % 4 == 0)
            return await H2Client(reader, writer, session.host.encode()).run(list(session.plans), given_up)
        if session.way is Way.UPGRADE:
            (plan,) = session.plans
            writer.write(self._request(session, plan, frames.asking(plan)))
            return [(plan, Answer(101, (), b"") if await frames.echoed(plan, reader, writer) else None)]
        if session.way is Way.PIPELINED:
            writer.write(b"".join(self._request(session, plan) for plan in session.plans))
            return [(plan, await framing.answer(reader, plan)) for plan in session.plans]
        told: Told = []
        for plan in session.plans:
            is_faulty = session.fault is not Fault.NONE and plan is session.plans[-1]
            asking = _failing if is_faulty else _asked_slowly if session.is_slow else _asked
            try:
                told.append((plan, await asking(session, plan, self._request(session, plan), streams)))
            except (EOFError, ValueError, OSError, ssl.SSLError, TimeoutError):
                told.append((plan, None))
                break
        return told

    def _request(self, session: Session, plan: Plan, more: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        if plan.method == b"POST" and plan.seed % 5 == 0:
            more = (*more, (b"expect", b"100-continue"))
        absolute = session.way in {Way.PLAIN, Way.PIPELINED, Way.UPGRADE}
        return framing.request(plan, session.host.encode(), absolute=absolute, more=more)

    async def _noise(self, session: Session, streams: Streams) -> None:
        reader, writer = streams
        choice = random.Random(session.seed)
        if session.fault is Fault.GARBAGE:
            writer.write(choice.randbytes(choice.randrange(1, 3000)) + choice.choice((b"", b"\r\n\r\n", b"\n\n")))
        elif session.fault is Fault.NO_TLS:
            writer.write(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
            await framing.head(reader)
            hello = b"\x16\x03\x01" + choice.randrange(1 << 16).to_bytes(2, "big") + choice.randbytes(300)
            writer.write(choice.choice((hello, choice.randbytes(300), hello[:4])))
        else:
            is_distrust = session.fault is Fault.DISTRUST
            with contextlib.suppress(ssl.SSLError):
                await self._secure(session, streams, self._nobody if is_distrust else self._trust[Way.TLS])
                writer.write(self._request(session, session.plans[0]))
        await writer.drain()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(65536), choice.choice((0.01, 0.1)))


async def _asked(_session: Session, plan: Plan, raw: bytes, streams: Streams) -> Answer:
    reader, writer = streams
    writer.write(raw)
    await writer.drain()
    return await framing.answer(reader, plan)


async def _asked_slowly(_session: Session, plan: Plan, raw: bytes, streams: Streams) -> Answer:
    reader, writer = streams
    step = max(_PIECE, len(raw) // 20)
    for at in range(0, len(raw), step):
        writer.write(raw[at : at + step])
        await asyncio.sleep(_PAUSE)
    await asyncio.sleep(10 * _PAUSE)  # the answer waits in the proxy
    return await framing.answer(reader, plan)


async def _failing(session: Session, plan: Plan, raw: bytes, streams: Streams) -> Answer | None:
    """The exchange of a session that goes wrong; None when the client itself gave up."""
    reader, writer = streams
    if session.fault in {Fault.ORIGIN, Fault.MITMPROXY}:
        writer.write(raw)
        return await asyncio.wait_for(framing.answer(reader, plan), _IMPATIENT)
    if session.fault is Fault.HALF_CLOSED:
        writer.write(raw)
        if writer.can_write_eof():
            writer.write_eof()
        return await asyncio.wait_for(framing.answer(reader, plan), _IMPATIENT)
    head = raw.index(b"\r\n\r\n") + 4
    sent = {Fault.ABORTED_HEAD: session.seed % head, Fault.ABORTED_BODY: head + session.seed % (len(raw) - head or 1)}
    writer.write(raw[: sent.get(session.fault, len(raw))])
    await writer.drain()
    if session.fault is Fault.ABORTED_ANSWER:
        await asyncio.wait_for(reader.read(1 + session.seed % 1000), _IMPATIENT)
    elif session.seed % 3:
        await asyncio.sleep(0.01)
    if session.seed % 2:
        plain: socket.socket = writer.get_extra_info("socket")
        # Closing with a linger time of zero sends a reset.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    return None
