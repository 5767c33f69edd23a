"""The arithmetic: rounds in pairs, their ratios, and how far these lie apart."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Ratio(NamedTuple):
    """The median of the ratios of pairs, and the range that holds the middle half of them."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f}-{self.high:.3f})"


def ratio(tops: Sequence[float], bottoms: Sequence[float]) -> Ratio:
    """Of pairs, each measured one after the other."""
    each = [top / bottom for top, bottom in zip(tops, bottoms, strict=True) if bottom]
    if len(each) < 2:
        only = each[0] if each else float("nan")
        return Ratio(only, only, only)
    low, middle, high = statistics.quantiles(each, n=4, method="inclusive")
    return Ratio(middle, low, high)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


@dataclass
class Series:
    """The rounds of one way in one scenario, in their order."""

    rates: list[float] = field(default_factory=list)
    """Requests per second."""
    costs: list[float] = field(default_factory=list)
    """Microseconds of the proxy's processor time for one request."""
    latencies: list[list[float]] = field(default_factory=list)
    """Seconds, by round."""

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        return statistics.median(self.costs)

    def late(self, share: float) -> float:
        """Milliseconds that `share` of all requests took at most."""
        return 1000 * percentile([each for one in self.latencies for each in one], share)

    def late_by_process(self, share: float, rounds: int) -> list[float]:
        """As `late`, of each `rounds` rounds that went through one process: a single round has too few late ones."""
        starts = range(0, len(self.latencies), rounds)
        return [percentile([each for one in self.latencies[at : at + rounds] for each in one], share) for at in starts]
