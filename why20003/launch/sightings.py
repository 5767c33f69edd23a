"""What the launched proxy saw, as it tells at its end: counts and host names. Any bytes give a value."""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from analyzers.frozen import dataclass

Counts: TypeAlias = Mapping[str, int]


@dataclass(frozen=True)
class Broken:
    """TLS handshakes that a client broke off."""

    host: str
    reason: str
    """unknown-ca, bad-certificate, certificate-unknown, closed, other."""
    client: str
    """By its User-Agent; empty when it gave none."""
    count: int


@dataclass(frozen=True)
class Sightings:
    """What came to the proxy."""

    connections: int = 0
    connects: Counts = field(default_factory=dict)
    """Hosts of CONNECT requests."""
    passed: Counts = field(default_factory=dict)
    """Hosts whose TLS was passed through unopened."""
    broken: tuple[Broken, ...] = ()
    requests: Counts = field(default_factory=dict)
    """Scheme and host of requests that could be read, as in https://api.twilio.com."""
    unanswered: Counts = field(default_factory=dict)
    """Hosts of requests that got no answer."""
    twilio: int = 0
    refusals: int = 0
    """Those of the Twilio exchanges that were refused, where that was a fault."""
    told: bool = True
    """Whether the proxy could tell it."""


UNTOLD = Sightings(told=False)


def sightings_of(data: bytes) -> Sightings:
    """What the last line of `data` tells; UNTOLD for anything else."""
    try:
        found = json.loads(data.strip().rpartition(b"\n")[2])
    except (ValueError, RecursionError):
        return UNTOLD
    if not isinstance(found, dict):
        return UNTOLD
    broken = found.get("refused")
    return Sightings(
        connections=_count(found.get("connections")),
        connects=_counts(found.get("connects")),
        passed=_counts(found.get("passed")),
        broken=tuple(one for each in (broken if isinstance(broken, list) else ()) if (one := _broken(each))),
        requests=_counts(found.get("requests")),
        unanswered=_counts(found.get("unanswered")),
        twilio=_count(found.get("twilio")),
        refusals=_count(found.get("refusals")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _counts(value: object) -> Counts:
    return {str(name): _count(count) for name, count in value.items()} if isinstance(value, dict) else {}


def _broken(value: object) -> Broken | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    host, reason, client, count = value
    return Broken(str(host), str(reason), str(client), _count(count))
