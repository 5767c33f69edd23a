"""Request heads that mitmproxy itself refuses: a line break inside Authorization never becomes a flow.

mitmproxy answers such a request with 400 and fires no HTTP hook, and its own message quotes the end of the value. The
raw head is only to be had where it is read, so `install` puts a watcher around two methods of mitmproxy's HTTP/1 server
layer. A clean head costs one regular expression; whatever fails in here, mitmproxy's own generator runs unchanged.
"""

import logging
import re
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from mitmproxy import http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._events import ResponseProtocolError

from analyzers.frozen import dataclass

logger = logging.getLogger(__name__)

Steps: TypeAlias = Generator[commands.Command, Any, None]

WIRE = "why20003_wire"
"""Attribute of a request: its raw head, where mitmproxy's parser lost something of it. Never saved."""
REPLY = "why20003_reply"
"""Attribute of a refused request: the body that replaces mitmproxy's own error page. Never saved."""

# A request line and header lines as RFC 9112 wants them, each ending in CRLF, with no control character in them.
_CLEAN_HEAD = re.compile(rb"[^\r\n]+\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*\r\n)*\r\n")
_LONGEST_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Watcher:
    """What the tap calls."""

    refused: Callable[[bytes, Context], bytes | None]
    """Gets a raw head that mitmproxy could not parse and the connection's context; gives a JSON body or None."""


class Tap:
    """Puts a watcher around mitmproxy's HTTP/1 server layer, and takes it off again."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._originals: tuple[Any, Any] | None = None

    def install(self) -> None:
        """Begin to watch. Without the expected methods (another mitmproxy) nothing is watched, and that is said."""
        server: Any = _http1.Http1Server
        try:
            self._originals = (server.read_headers, server.send)
        except AttributeError:
            logger.warning("why20003: requests that mitmproxy refuses cannot be watched on this version of mitmproxy")
            return
        server.read_headers = self._reading(self._originals[0])
        server.send = self._sending(self._originals[1])

    def remove(self) -> None:
        """Stop watching."""
        if self._originals is not None:
            server: Any = _http1.Http1Server
            server.read_headers, server.send = self._originals
            self._originals = None

    def _reading(self, original: Callable[[Any, events.Event], Steps]) -> Callable[[Any, events.Event], Steps]:
        def read_headers(server: Any, event: events.Event) -> Steps:  # noqa: ANN401 - mitmproxy's own layer
            if not isinstance(event, events.DataReceived) or (event.data and b"\n" not in event.data):
                return original(server, event)
            if len(server.buf) == len(event.data) and _CLEAN_HEAD.match(event.data):
                return original(server, event)  # nearly always: a whole head in one packet, and nothing before it
            if event.data and not _is_complete(_end_of(server.buf, len(event.data) + 3)):
                return original(server, event)  # without a look at all that came before, packet after packet
            buffer = bytes(server.buf)
            if _CLEAN_HEAD.match(buffer) or not _is_complete(buffer):
                return original(server, event)
            return self._watched(server, original(server, event), buffer[:_LONGEST_HEAD])

        return read_headers

    def _watched(self, server: Any, steps: Steps, head: bytes) -> Steps:  # noqa: ANN401 - mitmproxy's own layer
        reply: bytes | None = None
        answer = None
        while True:
            try:
                command = steps.send(answer)
            except StopIteration:
                return
            if isinstance(command, commands.SendData) and server.request is None:
                reply = self._reply_to(head, server.context)
                if reply is not None:
                    command = commands.SendData(command.connection, _response(reply))
            elif isinstance(command, commands.Log) and server.request is None:
                command = commands.Log("why20003: mitmproxy refused a malformed request head (content not shown)")
            elif isinstance(request := getattr(getattr(command, "event", None), "request", None), http.Request):
                setattr(request, WIRE, head)
            answer = yield command

    def _reply_to(self, head: bytes, context: Context) -> bytes | None:
        try:
            return self._watcher.refused(head, context)
        except Exception as error:  # noqa: BLE001 - the refusal itself must go out
            logger.warning("why20003: a refused request could not be diagnosed (%s)", type(error).__name__)
            return None

    def _sending(self, original: Callable[[Any, Any], Steps]) -> Callable[[Any, Any], Steps]:
        def send(server: Any, event: Any) -> Steps:  # noqa: ANN401 - mitmproxy's own layer
            steps = original(server, event)
            if isinstance(event, ResponseProtocolError):
                reply = getattr(server.request, REPLY, None)
                if reply is not None:
                    return _replacing(steps, _response(reply))
            return steps

        return send


def _replacing(steps: Steps, response: bytes) -> Steps:
    """`steps` with the bytes of mitmproxy's error page replaced."""
    answer = None
    while True:
        try:
            command = steps.send(answer)
        except StopIteration:
            return
        if isinstance(command, commands.SendData) and command.data.startswith(b"HTTP/1.1 400"):
            command = commands.SendData(command.connection, response)
        answer = yield command


def _is_complete(buffer: bytes) -> bool:
    """Whether the empty line that ends a head has arrived."""
    return b"\n\r\n" in buffer or b"\n\n" in buffer


def _end_of(buffer: Any, length: int) -> bytes:  # noqa: ANN401 - h11's buffer
    """The last bytes of the buffer that a head is collected in."""
    data = getattr(buffer, "_data", None)
    return bytes(data[-length:] if isinstance(data, bytearray) else buffer)


def _response(reply: bytes) -> bytes:
    return (
        b"HTTP/1.1 400 Bad Request\r\nServer: mitmproxy\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(reply)
    ) + reply


__all__ = ["REPLY", "WIRE", "Tap", "Watcher"]
