"""The clients of the benchmark: kept-alive connections with one request under way each, all in one epoll loop."""

import select
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from live import http2

_READ: Final = 65_536
_PATIENCE: Final = 20.0
"""Seconds without any answer after which a round is given up."""
_LENGTH: Final = b"\r\ncontent-length:"


class Call(NamedTuple):
    """What is asked: a GET, as all requests of the benchmark are."""

    host: str
    path: str
    authorization: bytes


Asks = Callable[[], Call]
"""Gives the next request."""
_AGENT: Final = b"python-requests/2.34.2"


class Answered(NamedTuple):
    """An answer that is complete."""

    seconds: float
    """From the request's last byte to the answer's."""
    status: int
    body: bytes


@dataclass
class Round:
    """What came of one round."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    last_refusal: bytes = b""
    """The body of a 401."""

    @property
    def answers(self) -> int:
        return len(self.latencies)

    def note(self, answered: Answered) -> None:
        self.latencies.append(answered.seconds)
        self.statuses[answered.status] += 1
        if answered.status == 401:
            self.last_refusal = answered.body


class Line(Protocol):
    """A connection to the proxy."""

    sock: socket.socket
    width: int
    """How many requests it can have under way."""

    def ask(self) -> None:
        """Send the next request."""

    def feed(self, data: bytes) -> Iterator[Answered]:
        """The answers that are complete with `data`."""


class Http1Line:
    """HTTP/1.1: to a proxy with whole URLs, or in a tunnel with paths."""

    width = 1

    def __init__(self, sock: socket.socket, asks: Asks, *, whole_urls: bool) -> None:
        self.sock = sock
        self._asks, self._whole_urls = asks, whole_urls
        self._buffer = b""
        self._sent = 0.0

    def ask(self) -> None:
        call = self._asks()
        target = f"http://{call.host}{call.path}" if self._whole_urls else call.path
        self._sent = time.perf_counter()
        self.sock.sendall(
            b"GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
            b"Authorization: %s\r\n\r\n" % (target.encode(), call.host.encode(), _AGENT, call.authorization)
        )

    def feed(self, data: bytes) -> Iterator[Answered]:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(_LENGTH)
        if at < 0:
            raise ConnectionError(f"an answer without Content-Length: {head[:200]!r}")
        if len(body) >= int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0]):
            self._buffer = b""
            yield Answered(time.perf_counter() - self._sent, int(head[9:12]), body)


class Http2Line:
    """HTTP/2 in a tunnel, several streams at a time."""

    def __init__(self, sock: socket.socket, asks: Asks, width: int) -> None:
        self.sock, self.width = sock, width
        self._asks = asks
        self._ends = http2.Ends()
        self._next = 1
        self._sent: dict[int, float] = {}
        self._heard: dict[int, tuple[int, bytes]] = {}
        sock.sendall(http2.PREFACE + http2.OPENING)

    def ask(self) -> None:
        call = self._asks()
        stream, self._next = self._next, self._next + 2
        headers = [(":method", "GET"), (":scheme", "https"), (":authority", call.host), (":path", call.path)]
        headers += [("user-agent", _AGENT.decode()), ("authorization", call.authorization.decode())]
        self._sent[stream] = time.perf_counter()
        self.sock.sendall(self._ends.head(stream, headers, last=True))

    def feed(self, data: bytes) -> Iterator[Answered]:
        for frame in self._ends.frames(data):
            if frame.kind == http2.GOAWAY:
                raise ConnectionError("GOAWAY")
            status, body = self._heard.get(frame.stream, (0, b""))
            if frame.kind == http2.HEADERS:
                status = int(dict(self._ends.headers(frame))[":status"])
            elif frame.kind == http2.DATA:
                body += frame.payload
            elif heard := http2.reply(frame):
                self.sock.sendall(heard)
            if frame.stream in self._sent:
                self._heard[frame.stream] = (status, body)
                if frame.ends:
                    del self._heard[frame.stream]
                    yield Answered(time.perf_counter() - self._sent.pop(frame.stream), status, body)


def tunnel(sock: socket.socket, host: str, *, http2_too: bool = False) -> ssl.SSLSocket:
    """TLS to `host` through the proxy at the other end of `sock`. The certificate is whoever's: trust is not timed."""
    sock.sendall(b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (host.encode(), host.encode()))
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = sock.recv(1)  # no more: what follows is TLS
        if not piece:
            raise ConnectionError(f"no answer to CONNECT: {answer!r}")
        answer += piece
    if answer[9:12] != b"200":
        raise ConnectionError(f"CONNECT was answered with {answer.splitlines()[0]!r}")
    return encrypted(sock, host, http2_too=http2_too)


def encrypted(sock: socket.socket, host: str, *, http2_too: bool = False) -> ssl.SSLSocket:
    """TLS at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"] if http2_too else ["http/1.1"])
    return context.wrap_socket(sock, server_hostname=host)


def play(lines: Sequence[Line], seconds: float) -> Round:
    """Keep all `lines` busy for so long, then wait for the answers that are still to come."""
    found = Round()
    began = time.perf_counter()
    deadline = began + seconds
    under_way = 0
    with select.epoll() as poll:
        by_number = {line.sock.fileno(): line for line in lines}
        for number, line in by_number.items():
            line.sock.settimeout(0)
            poll.register(number, select.EPOLLIN)
            for _ in range(line.width):
                line.ask()
                under_way += 1
        while under_way:
            events = poll.poll(_PATIENCE)
            if not events:
                raise TimeoutError(f"no answer for {_PATIENCE:.0f} s")
            for number, _ in events:
                line = by_number[number]
                for answered in _heard(line):
                    found.note(answered)
                    if time.perf_counter() < deadline:
                        line.ask()
                    else:
                        under_way -= 1
    found.seconds = time.perf_counter() - began
    return found


def _heard(line: Line) -> Iterator[Answered]:
    try:
        while True:
            data = line.sock.recv(_READ)
            if not data:
                raise ConnectionError("the connection ended")
            yield from line.feed(data)
            if not isinstance(line.sock, ssl.SSLSocket) or not line.sock.pending():
                return
    except (ssl.SSLWantReadError, BlockingIOError):
        return
