"""What one client does on one connection, drawn from the seed: clean sessions, where all must be well, and faulty."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from soak.plan import MANY, Kind, Plan, drawn

REFUSED: Final = 0.1
_LONGEST: Final = 40


class Way(Enum):
    """How the client speaks to the proxy."""

    PLAIN = "HTTP/1.1"
    TLS = "HTTP/1.1, TLS"
    PIPELINED = "HTTP/1.1, pipelined"
    H2 = "HTTP/2, TLS"
    PASSED = "TLS passed through"
    UPGRADE = "upgrade"
    NOISE = "no HTTP, no TLS"


class Fault(Enum):
    """What goes wrong in it."""

    NONE = "none"
    ORIGIN = "origin fails"
    ABORTED_HEAD = "client gone in the head"
    ABORTED_BODY = "client gone in its body"
    ABORTED_ANSWER = "client gone in the answer"
    HALF_CLOSED = "client half-closed"
    RESET_STREAMS = "client resets streams"
    MITMPROXY = "what mitmproxy cannot do"
    """Informational answers and trailers over HTTP/1: it ends the exchange, with or without the addon."""
    GARBAGE = "garbage on the port"
    NO_TLS = "invalid TLS of the client"
    DISTRUST = "client rejects the certificate"
    UPSTREAM_TLS = "invalid TLS of the origin"


_ON_HTTP1: Final = (Fault.ORIGIN, Fault.ABORTED_HEAD, Fault.ABORTED_BODY, Fault.ABORTED_ANSWER, Fault.HALF_CLOSED)
_NOISE: Final = (Fault.GARBAGE, Fault.NO_TLS, Fault.DISTRUST, Fault.UPSTREAM_TLS)


@dataclass(frozen=True)
class Session:
    """One connection and what happens on it, in this order."""

    way: Way
    fault: Fault
    plans: tuple[Plan, ...]
    host: str
    seed: int
    is_slow: bool = False
    """Whether the client sends and reads in small pieces."""


def sessions(seed: int, exchanges: int, large: int) -> Iterator[Session]:
    """As many sessions as `exchanges` take, of which `large` have a large body."""
    choice = random.Random(seed)
    number, spread = 0, max(1, exchanges // max(1, large))
    due = spread // 2
    while number < exchanges:
        if large and number >= due:
            due += spread
            session = _large(number, choice)
        else:
            session = _session(number, choice, exchanges - number)
        number += len(session.plans)
        yield session


def _session(number: int, choice: random.Random, most: int) -> Session:
    at, seed = choice.random(), choice.getrandbits(32)
    if at < 0.1:
        fault = choice.choice(_NOISE)
        host = "broken.twilio.com" if fault is Fault.UPSTREAM_TLS else "api.twilio.com"
        return Session(Way.NOISE, fault, _plans(number, 1, choice), host, seed)
    if at < 0.14:
        plan = Plan(number, choice.choice((Kind.WEBSOCKET, Kind.UPGRADE)), choice.choice((10, 3000, 70_000)), seed)
        return Session(Way.UPGRADE, Fault.NONE, (plan,), "api.twilio.com", seed)
    if at < 0.15:
        plan = Plan(number, choice.choice((Kind.TRAILERS, Kind.EARLY)), 300, seed)
        return Session(Way.PLAIN, Fault.MITMPROXY, (plan,), "api.twilio.com", seed)
    way = choice.choice((Way.PLAIN, Way.PLAIN, Way.TLS, Way.TLS, Way.PIPELINED, Way.H2, Way.H2, Way.H2, Way.PASSED))
    plans = _plans(number, min(most, choice.randint(1, _LONGEST)), choice)
    if way is Way.H2:
        return _h2(plans, choice, seed)
    hosts = {Way.PASSED: "files.example.org", Way.TLS: choice.choice(("api.twilio.com", "chat.twilio.com"))}
    host = hosts.get(way, "api.twilio.com")
    if way is Way.PASSED or choice.random() < 0.5:
        plans = _until_close_last(plans[:5] if way is Way.PIPELINED else plans)
        slow = way is not Way.PIPELINED and choice.random() < 0.05
        return Session(way, Fault.NONE, plans[:3] if slow else plans, host, seed, slow)
    way = Way.PLAIN if way is Way.PIPELINED else way
    fault = choice.choice(_ON_HTTP1)
    bad = _bad(plans[-1], fault, choice)
    plans = (*_until_close_last(plans[:-1])[:-1], bad)
    plans = tuple(_renumbered(plan, number + at) for at, plan in enumerate(plans))
    return Session(way, fault, plans, host, seed)


def _h2(plans: tuple[Plan, ...], choice: random.Random, seed: int) -> Session:
    at = choice.random()
    if at < 0.1:
        plans = (*plans[:-1], _bad(plans[-1], Fault.ORIGIN, choice))
        return Session(Way.H2, Fault.ORIGIN, plans, "api.twilio.com", seed)
    if at < 0.2:
        return Session(Way.H2, Fault.RESET_STREAMS, plans, "api.twilio.com", seed)
    special = choice.choice((Kind.TRAILERS, Kind.EARLY, Kind.SLOW))
    first = Plan(plans[0].number, special, 300, plans[0].seed)
    return Session(Way.H2, Fault.NONE, (first, *plans[1:]), "api.twilio.com", seed)


def _large(number: int, choice: random.Random) -> Session:
    way = choice.choice((Way.PLAIN, Way.TLS, Way.H2))
    plan = Plan(number, choice.choice((Kind.UPLOAD, Kind.DOWNLOAD)), MANY, choice.getrandbits(56))
    return Session(way, Fault.NONE, (plan,), "api.twilio.com", plan.seed)


def _bad(plan: Plan, fault: Fault, choice: random.Random) -> Plan:
    """The exchange that goes wrong."""
    if fault is Fault.ORIGIN:
        kind = choice.choice((Kind.CUT_OFF, Kind.SILENT, Kind.NONSENSE))
        return Plan(plan.number, kind, choice.choice((0, 300, 20_000)), plan.seed)
    if fault is Fault.ABORTED_BODY:
        return Plan(plan.number, Kind.POST, choice.choice((300, 65_537)), plan.seed)
    if fault is Fault.ABORTED_ANSWER:
        return Plan(plan.number, choice.choice((Kind.SLOW, Kind.FINE)), 65_537, plan.seed)
    return Plan(plan.number, Kind.FINE, 300, plan.seed)


def _plans(number: int, count: int, choice: random.Random) -> tuple[Plan, ...]:
    return tuple(drawn(number + at, choice, refused=REFUSED) for at in range(count))


def _until_close_last(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """`plans` up to the first one after which the connection is closed."""
    for at, plan in enumerate(plans):
        if plan.kind is Kind.UNTIL_CLOSE:
            return plans[: at + 1]
    return plans


def _renumbered(plan: Plan, number: int) -> Plan:
    return Plan(number, plan.kind, plan.size, plan.seed)
