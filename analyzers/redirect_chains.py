"""Redirects seen in a capture, by where they lead, so that the next request finds the chain that it ends."""

from dataclasses import dataclass
from typing import TypeAlias

from analyzers.bearing import Hop
from analyzers.bounded import Bounded
from analyzers.case import Case
from analyzers.exchange import Exchange
from analyzers.twilio import near_sid
from analyzers.urls import resolve, shown_url, step_between, url_key

# A client follows a redirect at once. Later than this, a request to the same URL may well be somebody's second try.
FOLLOW_SECONDS = 30.0
# Clocks of one recording differ by rounding only; HAR files of some tools have whole seconds.
_CLOCK_ERROR = 1.0
_CHAIN_LENGTH = 10
_AWAITED = 256
_Url: TypeAlias = tuple[str, str, int, bytes]
_PER_TARGET = 4


@dataclass(slots=True)
class _Redirect:
    index: int
    exchange_url: str
    chain: tuple[Hop, ...]
    method: str
    scheme: str
    host: str
    port: int
    status: int
    had_authorization: bool
    had_twilio_pair: bool
    answered_at: float | None
    client: tuple[str | None, bytes]
    connection: str | None
    follower: tuple[float, int] | None = None
    """Time and place of the first request with which this client followed; a later one to that URL is no follower."""


class RedirectChains:
    """The redirects of one capture; for each target the last few, since several clients may be sent there at once."""

    def __init__(self, size: int) -> None:
        """`size` is the number of targets kept."""
        self._redirects: Bounded[_Url, tuple[_Redirect, ...]] = Bounded(size)
        self._awaited: Bounded[str, float | None] = Bounded(_AWAITED)

    def __len__(self) -> int:
        return len(self._redirects)

    def awaits(self, host: str, at: float | None) -> bool:
        """Whether a request to `host` at this time may follow a redirect, so that it has to be looked at."""
        if host not in self._awaited:
            return False
        until = self._awaited.get(host)
        return until is None or at is None or at <= until

    def put(self, index: int, case: Case) -> "_Url | None":
        """Remember the redirect that answered `case`. Gives the URL that it leads to; None when it leads nowhere."""
        exchange = case.exchange
        request, response = exchange.request, exchange.response
        if response is None or not (location := response.first(b"location")):
            return None
        target = resolve(exchange, location)
        if target is None:
            return None
        pair = case.legible
        found = _Redirect(
            index,
            shown_url(exchange, case.secrets),
            self.hops(exchange, index)[-_CHAIN_LENGTH:],
            request.method,
            request.scheme,
            request.host,
            request.port,
            response.status,
            bool(case.credentials),
            pair is not None and (near_sid(pair.username) or near_sid(pair.password)),
            exchange.finished_at or exchange.started_at,
            client_key(exchange),
            exchange.connection,
        )
        self._redirects.put(target, (*(self._redirects.get(target) or ()), found)[-_PER_TARGET:])
        ended = found.answered_at
        self._awaited.put(target[1], None if ended is None else ended + FOLLOW_SECONDS)
        return target

    def follow(self, exchange: Exchange, index: int) -> None:
        """Note that `exchange` was made: with it, its client has followed the redirects that lead there."""
        if not self.awaits(exchange.request.host.lower(), exchange.started_at):
            return
        client, moment = client_key(exchange), (exchange.started_at or 0.0, index)
        for redirect in self._redirects.get(url_key(exchange)) or ():
            if redirect.client == client and _follows(redirect, exchange, index):
                redirect.follower = min(redirect.follower or moment, moment)

    def hops(self, exchange: Exchange, index: int) -> tuple[Hop, ...]:
        """The redirects that led to `exchange`, number `index` of the capture, oldest first; empty when none did."""
        if not len(self._redirects):
            return ()
        redirects = self._redirects.get(url_key(exchange))
        if redirects is None:
            return ()
        client = client_key(exchange)
        near = [one for one in redirects if _follows(one, exchange, index) and _is_first(one, exchange, index)]
        if not near:
            return ()
        redirect = max(near, key=lambda one: (one.client == client, _order(one)))
        request = exchange.request
        connection = exchange.connection
        hop = Hop(
            redirect.method,
            redirect.exchange_url,
            redirect.scheme,
            redirect.host,
            redirect.status,
            redirect.had_authorization,
            step_between(redirect.scheme, redirect.host, redirect.port, request.scheme, request.host, request.port),
            gap_between(redirect.answered_at, exchange.started_at),
            redirect.client == client,
            None if connection is None or redirect.connection is None else connection == redirect.connection,
            redirect.method != request.method,
            redirect.index,
            redirect.had_twilio_pair,
        )
        return (*redirect.chain, hop)


def _follows(redirect: _Redirect, exchange: Exchange, index: int) -> bool:
    """Whether `exchange` came after the redirect, and soon: by the clock, and where that is not sure by the order."""
    if redirect.answered_at is None or exchange.started_at is None:
        return redirect.index < index
    gap = exchange.started_at - redirect.answered_at
    return 0 <= gap <= FOLLOW_SECONDS or (-_CLOCK_ERROR <= gap < 0 and redirect.index < index)


def _is_first(redirect: _Redirect, exchange: Exchange, index: int) -> bool:
    """Whether no earlier request of the same client followed this redirect already."""
    if redirect.follower is None or redirect.client != client_key(exchange):
        return True
    return redirect.follower >= (exchange.started_at or 0.0, index)


def _order(redirect: _Redirect) -> tuple[float, int]:
    return redirect.answered_at or 0.0, redirect.index


def client_key(exchange: Exchange) -> tuple[str | None, bytes]:
    """What identifies a client across connections: its address and its User-Agent."""
    return exchange.client_address, exchange.request.first(b"user-agent") or b""


def gap_between(before: float | None, after: float | None) -> float | None:
    """Seconds from `before` to `after`, at least 0; None when either is not known."""
    return None if before is None or after is None else max(0.0, after - before)
