"""HTTP/1.1 on a channel, by h11: requests come out, replies go in.

h11's errors quote the header line, credential and all. So none of its texts is kept, shown or chained.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit

import h11

from analyzers.frozen import dataclass

from .channels import Channel
from .messages import Request
from .wire import Headers, Reply

__all__ = ["Desk", "Tunnel", "converse"]

# Longer than any real request to Twilio, shorter than what CloudFront takes (32 KiB).
_LONGEST_HEAD: Final = 24 * 1024
_LONGEST_BODY: Final = 8 * 1024 * 1024
# PHP's library wants exactly this, without a header line. docs/facts.md 9.1
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_VERSIONS: Final = frozenset({b"1.0", b"1.1"})


_Event: TypeAlias = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


class Desk(Protocol):
    """Who answers."""

    async def answer(self, request: Request) -> Reply:
        """Answer one request."""

    def refuse_tunnel(self, authority: str) -> Reply | None:
        """Refuse a CONNECT, or None to let it through."""

    def refuse_malformed(self) -> Reply:
        """Answer what is no HTTP."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A CONNECT that was let through; on the same channel now speaks whoever wants that host."""

    host: str = field(repr=False)
    leftover: bytes = field(repr=False)
    """What came after the CONNECT and was read with it."""


class _Malformed(Exception):
    """Not HTTP, or more than the sandbox takes. Never holds a text."""


async def converse(channel: Channel, first: bytes, scheme: str, desk: Desk) -> Tunnel | None:
    """Answer requests until the client goes (None) or asks for a tunnel. ``first`` are the bytes already
    read.
    """
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)
    connection.receive_data(first)
    while True:
        try:
            request = await _received(connection, channel, scheme)
        except _Malformed:
            if connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                await _send(connection, channel, desk.refuse_malformed())
            return None
        if request is None:
            return None
        if request.method == "CONNECT":
            refusal = desk.refuse_tunnel(request.target)
            if refusal is None:
                await channel.write(_ESTABLISHED)
                return Tunnel(request.host, connection.trailing_data[0])
            await _send(connection, channel, replace(refusal, headers=_closing(refusal.headers)))
            return None
        await _send(connection, channel, await desk.answer(request), is_head=request.method == "HEAD")
        if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
            return None
        connection.start_next_cycle()


async def _received(connection: h11.Connection, channel: Channel, scheme: str) -> Request | None:
    """The next request, whole; None at the end of the connection. Raises _Malformed."""
    head = await _next(connection, channel)
    if not isinstance(head, h11.Request):
        return None
    # h11 limits only what is incomplete: a long head that arrives at once would pass.
    length = len(head.target) + sum(len(name) + len(value) for name, value in head.headers)
    if length > _LONGEST_HEAD or head.http_version not in _VERSIONS:
        raise _Malformed
    body = bytearray()
    while isinstance(event := await _next(connection, channel), h11.Data):
        body += event.data
        if len(body) > _LONGEST_BODY:
            raise _Malformed
    return _request(head, bytes(body), scheme)


async def _next(connection: h11.Connection, channel: Channel) -> _Event:
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            raise _Malformed from None
        if event is not h11.NEED_DATA:
            return event
        if connection.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            await channel.write(connection.send(go_on) or b"")
        connection.receive_data(await channel.read())


async def _send(connection: h11.Connection, channel: Channel, reply: Reply, *, is_head: bool = False) -> None:
    head = h11.Response(
        status_code=reply.status,
        reason=reply.reason.encode(),
        headers=[(name.encode(), value.encode()) for name, value in reply.headers],
    )
    data = connection.send(head) or b""
    if reply.body and not is_head:
        data += connection.send(h11.Data(data=reply.body)) or b""
    await channel.write(data + (connection.send(h11.EndOfMessage()) or b""))


def _closing(headers: Headers) -> Headers:
    return tuple((name, "close" if name == "Connection" else value) for name, value in headers)


def _request(head: h11.Request, body: bytes, scheme: str) -> Request:
    method, target = head.method.decode(), head.target.decode("latin-1")
    host = next((value for name, value in head.headers if name == b"host"), b"").decode("latin-1")
    if method == "CONNECT":
        host = target
    elif target.partition("://")[0].lower() in {"http", "https"}:
        scheme, host, target = _absolute(target)
    return Request(method, scheme, _without_port(host), target, tuple(head.headers.raw_items()), body)


def _absolute(target: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(target)
    except ValueError:
        raise _Malformed from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.netloc, path


def _without_port(authority: str) -> str:
    host = authority.rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    return name if colon and (port.isdigit() or not port) else host
