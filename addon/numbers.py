"""What the metrics count. Plain numbers, written by the event loop alone: a scrape reads them from another thread.

No label can take more values than are listed here: hosts that clients name are not the proxy's to remember.
"""

from bisect import bisect_left
from collections import Counter
from time import time
from typing import Final

from analyzers.bounded import Bounded
from analyzers.capture import Result
from analyzers.diagnosis import Diagnosis
from analyzers.hosts import PRODUCTS
from analyzers.twilio import DOMAIN, NOT_API_HOSTS, REGIONS

OTHER: Final = "other"
UNEXPLAINED: Final = "unexplained"
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper bounds of the histogram, in seconds. A refusal that is new takes about 2 ms."""
# https://www.twilio.com/docs/global-infrastructure/edge-locations: docs/facts.md 3.3 (read 2026-11-20)
_EDGES: Final = frozenset(
    {"ashburn", "umatilla", "dublin", "frankfurt", "singapore", "sydney", "tokyo", "sao-paulo"} | {"roaming"}
)
_MOST_HOSTS: Final = 100
_NAMES: Final = PRODUCTS | NOT_API_HOSTS | {"mcs"}

Refused = tuple[str, str, str]
"""Cause, verdict and host."""


class Numbers:
    """Counts since they were asked for."""

    def __init__(self) -> None:
        self.exchanges: Counter[str] = Counter()
        """By host."""
        self.refusals: Counter[Refused] = Counter()
        self.last_refusal: dict[Refused, float] = {}
        """When the last one came, in seconds since the Unix epoch."""
        self.benign: Counter[str] = Counter()
        """Refusals that are no fault, by cause."""
        self.corrections: Counter[tuple[str, str]] = Counter()
        """By the cause said before and the one said now."""
        self.undiagnosed = 0
        self.in_bucket = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        self._labels: Bounded[str, str] = Bounded(_MOST_HOSTS * 4)
        self._hosts: set[str] = {OTHER}

    def passed(self, host: str) -> None:
        """An exchange that is not refused."""
        self.exchanges[self._label(host)] += 1

    def refused(self, host: str, diagnosis: Diagnosis) -> None:
        """One more refusal."""
        label = self._label(host)
        self.exchanges[label] += 1
        if diagnosis.benign:
            self.benign[cause_of(diagnosis)] += 1
            return
        top = diagnosis.top
        key = (cause_of(diagnosis), top.verdict.value if top else "unknown", label)
        self.refusals[key] += 1
        self.last_refusal[key] = time()

    def judged(self, host: str, result: Result, seconds: float) -> None:
        """An exchange that had to be read, which took so long."""
        self.in_bucket[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds
        for correction in result.corrections:
            self.corrections[cause_of(correction.before), cause_of(correction.now)] += correction.count
        if result.diagnosis is None:
            self.passed(host)
        else:
            self.refused(host, result.diagnosis)

    def _label(self, host: str) -> str:
        label = self._labels.get(host)
        if label is None:
            label = host_label(host)
            if label not in self._hosts:
                label = label if len(self._hosts) < _MOST_HOSTS else OTHER
                self._hosts.add(label)
            self._labels.put(host, label)
        return label


def host_label(host: str) -> str:
    """`host`, if it is one of Twilio's by name, in lower case; any other is ``other``."""
    name = host.lower().rstrip(".")
    if name == DOMAIN:
        return name
    product, *between = name.removesuffix(f".{DOMAIN}").split(".") if name.endswith(f".{DOMAIN}") else [""]
    region, edges = between[-1:], between[:-1]
    fine = product in _NAMES and REGIONS.issuperset(region) and _EDGES.issuperset(edges) and len(edges) < 2
    return name if fine else OTHER


def cause_of(diagnosis: Diagnosis) -> str:
    """The slug of the leading cause."""
    return diagnosis.top.cause if diagnosis.top else UNEXPLAINED


__all__ = ["BUCKETS", "OTHER", "UNEXPLAINED", "Numbers", "cause_of", "host_label"]
