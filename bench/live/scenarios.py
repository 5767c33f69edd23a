"""What is sent through the proxies: each scenario with its requests, its connections and what is wanted of it."""

import itertools
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from analyzers.building import GOOD, SID, TOKEN, basic
from live.answers import REFUSED
from live.clients import Asks, Call, Http1Line, Http2Line, Line, tunnel
from live.processes import Process

TWILIO: Final = "api.twilio.com"
ELSEWHERE: Final = "files.example"
CONNECTIONS: Final = 4
_MESSAGES: Final = f"/2010-04-01/Accounts/{SID.decode()}/Messages"
_REFUSED: Final = f"{_MESSAGES}.json?{REFUSED.decode()}"
_NAMELESS: Final = itertools.count(1)


def same() -> Iterator[Call]:
    """One call again and again."""
    return itertools.repeat(Call(TWILIO, f"{_MESSAGES}.json", GOOD))


def each_another() -> Iterator[Call]:
    """The same credentials, each time for another message."""
    return (Call(TWILIO, f"{_MESSAGES}/SM{number:032x}.json", GOOD) for number in _NAMELESS)


def refused_alike() -> Iterator[Call]:
    """The same wrong secret again and again."""
    return itertools.repeat(Call(TWILIO, _REFUSED, _wrong(0)))


def refused_each() -> Iterator[Call]:
    """A secret never seen before in each request, so that nothing is remembered of it."""
    return (Call(TWILIO, _REFUSED, _wrong(number)) for number in _NAMELESS)


def mixed() -> Iterator[Call]:
    """Every tenth is refused: half of these with a wrong secret of the account that works, half of other accounts."""
    chance = random.Random(20003)  # noqa: S311 - a fixed mixture, nothing secret
    good = each_another()
    while True:
        if chance.random() < 0.1:
            number = chance.randrange(16)
            username = SID if number % 2 else b"AC%032x" % number
            yield Call(TWILIO, _REFUSED, basic(username, _secret(number)))
        else:
            yield next(good)


def elsewhere() -> Iterator[Call]:
    """Another host than Twilio's."""
    return itertools.repeat(Call(ELSEWHERE, "/index.json", GOOD))


def _wrong(number: int) -> bytes:
    return basic(SID, _secret(number))


def _secret(number: int) -> bytes:
    return b"%08x" % (number * 2654435761 % 2**32) + TOKEN[8:]


@dataclass(frozen=True)
class Scenario:
    """One kind of traffic."""

    name: str
    says: str
    calls: Callable[[], Iterator[Call]]
    lines: Callable[[socket.socket, Asks], Line]
    connections: int = CONNECTIONS
    refused: float = 0.0
    """The share of answers that are 401, at least."""
    wanted: float | None = None
    """The least ratio of requests per second, with the addon to without it."""

    def connect(self, proxy: Process) -> list[Line]:
        """Its connections."""
        calls = self.calls()
        if port := proxy.url_port:
            calls = (call._replace(host=f"{call.host}:{port}") for call in calls)
        lines = []
        for _ in range(self.connections):
            sock = proxy.connected()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines.append(self.lines(sock, lambda: next(calls)))
        return lines


def plain(sock: socket.socket, asks: Asks) -> Line:
    """Whole URLs, no TLS: the least that a proxy does for a request, so that an addon's share is largest."""
    return Http1Line(sock, asks, whole_urls=True)


def _tls(sock: socket.socket, asks: Asks) -> Line:
    return Http1Line(tunnel(sock, TWILIO), asks, whole_urls=False)


def _http2(sock: socket.socket, asks: Asks) -> Line:
    return Http2Line(tunnel(sock, TWILIO, http2_too=True), asks, CONNECTIONS)


def _foreign(sock: socket.socket, asks: Asks) -> Line:
    return Http1Line(tunnel(sock, ELSEWHERE), asks, whole_urls=False)


_FINE, _ANNOTATED, _PASSED = 0.98, 0.95, 5.0
SCENARIOS: Final = (
    Scenario("200", "200, the same call", same, plain, wanted=_FINE),
    Scenario("200-each", "200, each another message", each_another, plain, wanted=_FINE),
    Scenario("200-tls", "200 over TLS", each_another, _tls, wanted=_FINE),
    Scenario("401", "401, the same secret", refused_alike, plain, refused=1, wanted=_ANNOTATED),
    Scenario("401-each", "401, each another secret", refused_each, plain, refused=1, wanted=_ANNOTATED),
    Scenario("mixed", "mixed, 10 % refused", mixed, plain, refused=0.01),
    Scenario("http2", "HTTP/2, 200", each_another, _http2, connections=1, wanted=_FINE),
    Scenario("http2-mixed", "HTTP/2, 10 % refused", mixed, _http2, connections=1, refused=0.01),
    Scenario("other-tls", "TLS of another host", elsewhere, _foreign, wanted=_PASSED),
)
