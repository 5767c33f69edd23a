"""Bounded memory over the exchanges of one capture: redirect chains, accepted pairs, challenges, repeats.

Every table is a least-recently-used map of fixed size, so memory stays flat however long the capture runs. Secrets are
kept only as keyed digests; the key belongs to the capture and is never written anywhere.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from analyzers.case import Bearing, Case, Hop
from analyzers.credential import Broken, Pair
from analyzers.exchange import Exchange
from analyzers.flaws import Flaw
from analyzers.masking import mask_target
from analyzers.redirect_rules import Step
from analyzers.twilio import Kind, kind_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A client follows a redirect at once. Later than this, a request to the same URL may well be somebody's second try.
FOLLOW_SECONDS = 30.0
# A challenge-first client answers a 401 at once (wget: within milliseconds, docs/clients.md 2).
CHALLENGE_SECONDS = 30.0
_CHAIN_LENGTH = 10

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A map that forgets what was used longest ago."""

    __slots__ = ("_items", "_size")

    def __init__(self, size: int) -> None:
        """`size` is the number of entries kept, at least 1."""
        self._items: OrderedDict[K, V] = OrderedDict()
        self._size = size

    def get(self, key: K) -> V | None:
        """The value of `key`, now the most recently used, or None."""
        if key in self._items:
            self._items.move_to_end(key)
            return self._items[key]
        return None

    def put(self, key: K, value: V) -> None:
        """Keep `value`; forgets the oldest entry when full."""
        self._items[key] = value
        self._items.move_to_end(key)
        if len(self._items) > self._size:
            self._items.popitem(last=False)

    def pop(self, key: K) -> V | None:
        """Remove and give the value of `key`, or None."""
        return self._items.pop(key, None)

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True)
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
    answered_at: float | None
    client: tuple[str | None, bytes]
    connection: str | None


@dataclass(frozen=True, slots=True)
class _Challenge:
    index: int
    at: float | None


class History:
    """What the capture has shown so far. `size` bounds each table."""

    def __init__(self, key: bytes, size: int = 4096) -> None:
        """`key` makes the digests of secrets useless outside this capture."""
        self._key = key
        self._count = 0
        self._redirects: Bounded[tuple[str, str, int, bytes], _Redirect] = Bounded(size)
        self._pairs: Bounded[tuple[bytes, str], int] = Bounded(size)
        self._secrets: Bounded[bytes, frozenset[Kind]] = Bounded(size)
        self._challenges: Bounded[tuple[object, ...], _Challenge] = Bounded(size)
        self._fingerprints: Bounded[bytes, int] = Bounded(size)
        self._values: Bounded[tuple[bytes, str], tuple[bytes, str]] = Bounded(size)
        self._flaws: frozenset[Flaw] = frozenset()
        self.version = 0
        """Changes whenever something is learnt that may bear on another case."""
        self._numbered = 0

    def fingerprint(self, secret: bytes) -> str:
        """``sec#1``, ``sec#2`` ...: equal for equal secrets of this capture, and useless outside it."""
        digest = self._digest(secret)
        number = self._fingerprints.get(digest)
        if number is None:
            self._numbered += 1
            number = self._numbered
            self._fingerprints.put(digest, number)
        return f"sec#{number}"

    def bearing(self, case: Case) -> Bearing:
        """What was seen before `case` that bears on it."""
        bearing = Bearing(hops=self._hops(case.exchange), flaws_accepted=self._flaws)
        pair = case.pair
        if pair is None:
            return bearing
        accepted = self.accepted(self.pair_key(pair, case.exchange.request.host))
        return replace(
            bearing,
            pair_accepted=accepted,
            secret_accepted_with=self._secrets.get(self._digest(pair.password)) or frozenset(),
        )

    def knows_success(self, host: str, value: bytes | None) -> bool:
        """Remember a success of credentials that had one before, without decoding them again; False when it is news.

        Most traffic is this: the same value, accepted by the same host, nothing waiting for an answer.
        """
        if value is None or len(self._challenges):
            return False
        pair = self._values.get((self._digest(value), host))
        if pair is None:
            return False
        self._pairs.put(pair, self._count)
        self._count += 1
        return True

    def pair_key(self, pair: Pair | None, host: str) -> tuple[bytes, str] | None:
        """What stands for `pair` on `host` here; None for None."""
        return None if pair is None else (self._digest(pair.username + b":" + pair.password), host)

    def accepted(self, pair: tuple[bytes, str] | None) -> int | None:
        """Index of the last 2xx that the pair with this `pair_key` got; None if never seen."""
        return None if pair is None else self._pairs.get(pair)

    def skip(self) -> None:
        """Count an exchange that brings nothing new."""
        self._count += 1

    def observe(self, case: Case, *, refused: bool) -> int | None:
        """Remember `case`; call after `bearing`. Gives the index of an earlier 401 that this one answers, or None."""
        index = self._count
        self._count += 1
        exchange = case.exchange
        response = exchange.response
        if response is None:
            return None
        if response.status in REDIRECTS:
            self._remember_redirect(index, case)
            return None
        key = (client_key(exchange), exchange.request.method, url_key(exchange))
        if response.status < 300:
            self._remember_success(index, case)
            if case.credentials and (challenge := self._challenges.pop(key)):
                gap = _gap(challenge.at, exchange.started_at)
                return challenge.index if gap is None or gap <= CHALLENGE_SECONDS else None
        elif refused and response.status == 401 and not case.credentials:
            self._challenges.put(key, _Challenge(index, exchange.finished_at or exchange.started_at))
        return None

    def _remember_success(self, index: int, case: Case) -> None:
        pair = case.pair
        if pair is None or not case.endpoint.twilio or not case.endpoint.asks_for_credentials:
            return
        if case.exchange.request.method == "OPTIONS":  # a preflight is answered before anybody looks at credentials
            return
        if isinstance(case.credential, Broken) and not self._flaws.issuperset(f.flaw for f in case.credential.faults):
            self._flaws |= {fault.flaw for fault in case.credential.faults}
            self.version += 1
        host = case.exchange.request.host
        found = (self._digest(pair.username + b":" + pair.password), host)
        secret = self._digest(pair.password)
        kinds = self._secrets.get(secret) or frozenset()
        if self._pairs.get(found) is None or kind_of(pair.username) not in kinds:
            self.version += 1
        self._pairs.put(found, index)
        self._secrets.put(secret, kinds | {kind_of(pair.username)})
        if (value := case.exchange.request.first(b"authorization")) is not None:
            self._values.put((self._digest(value), host), found)

    def _remember_redirect(self, index: int, case: Case) -> None:
        exchange = case.exchange
        request, response = exchange.request, exchange.response
        if response is None or not (location := response.first(b"location")):
            return
        target = resolve(exchange, location)
        if target is None:
            return
        chain = self._hops(exchange)
        self.version += 1
        self._redirects.put(
            target,
            _Redirect(
                index,
                shown_url(exchange, case.secrets),
                chain[-_CHAIN_LENGTH:],
                request.method,
                request.scheme,
                request.host,
                request.port,
                response.status,
                bool(case.credentials),
                exchange.finished_at or exchange.started_at,
                client_key(exchange),
                exchange.connection,
            ),
        )

    def _hops(self, exchange: Exchange) -> tuple[Hop, ...]:
        redirect = self._redirects.get(url_key(exchange))
        if redirect is None:
            return ()
        gap = _gap(redirect.answered_at, exchange.started_at)
        if gap is not None and gap > FOLLOW_SECONDS:
            return ()
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
            gap,
            redirect.client == client_key(exchange),
            None if connection is None or redirect.connection is None else connection == redirect.connection,
            redirect.method != request.method,
            redirect.index,
        )
        return (*redirect.chain, hop)

    def _digest(self, secret: bytes) -> bytes:
        return hashlib.blake2b(secret, key=self._key[:64], digest_size=16).digest()


def client_key(exchange: Exchange) -> tuple[str | None, bytes]:
    """What identifies a client across connections: its address and its User-Agent."""
    return exchange.client_address, exchange.request.first(b"user-agent") or b""


def url_key(exchange: Exchange) -> tuple[str, str, int, bytes]:
    """Scheme, host, port and target of a request, percent-encoding undone so that rewritten URLs compare equal."""
    request = exchange.request
    return request.scheme, request.host.lower(), request.port, unquote_to_bytes(request.target) or b"/"


def resolve(exchange: Exchange, location: bytes) -> tuple[str, str, int, bytes] | None:
    """Where a Location header leads, as a `url_key`; None when it cannot be a URL (RFC 9110 10.2.2, RFC 3986 5)."""
    request = exchange.request
    base = f"{request.scheme}://{request.host}:{request.port}{request.target.decode('latin-1')}"
    try:
        parts = urlsplit(urljoin(base, location.decode("latin-1").strip()))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname.lower(), port, unquote_to_bytes(target.encode("latin-1")) or b"/"


def step_between(  # noqa: PLR0913, PLR0917 - two origins of three parts each
    scheme: str, host: str, port: int, next_scheme: str, next_host: str, next_port: int
) -> Step:
    """How the second origin relates to the first."""
    if host.lower() != next_host.lower():
        return Step.PARENT_TO_SUBDOMAIN if next_host.lower().endswith("." + host.lower()) else Step.OTHER_HOST
    if scheme == next_scheme:
        return Step.SAME_ORIGIN if port == next_port else Step.OTHER_PORT
    return Step.HTTP_TO_HTTPS if next_scheme == "https" else Step.HTTPS_TO_HTTP


def shown_url(exchange: Exchange, secrets: tuple[bytes, ...]) -> str:
    """The URL of an exchange as it may be shown."""
    request = exchange.request
    default = 443 if request.scheme == "https" else 80
    port = "" if request.port == default else f":{request.port}"
    return f"{request.scheme}://{request.host}{port}{mask_target(request.target, secrets)}"


def _gap(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)
