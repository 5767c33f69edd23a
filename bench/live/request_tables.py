"""The parts of the benchmark that are about requests: all scenarios, more connections, other proxies."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from live import peers, traffic
from live.paired import Ratio, Series, ratio
from live.scenarios import SCENARIOS, Scenario
from live.tables import Table, met
from live.ways import ADDON, ASKING, HAND, MARKS, PLAIN, Extent, Place, Starts, ways_of

_LATE: Final = 1.05
"""The p99 that is wanted at most, as a ratio to plain mitmdump's."""
_BY_NAME: Final = {scenario.name: scenario for scenario in SCENARIOS}


def requests(place: Place, extent: Extent) -> Iterator[Table]:
    """Every scenario: plain, with the addon, with nothing of it but how it asks, and with a hand-written addon."""
    ways = (PLAIN, ADDON, ASKING, HAND)
    found = traffic.Found()
    traffic.measure(SCENARIOS, ways_of(place, *ways), extent.rounds, extent.seconds, found)
    yield Table(
        "Requests with the addon, against plain mitmdump",
        ("traffic", "by processor time", "by the clock", "p99", "wanted", "judged", "asking only", "hand-written"),
        [_compared(scenario, found) for scenario in SCENARIOS],
    )
    yield Table("The same as figures of this machine", _FIGURES, [*_figures(SCENARIOS, ways, found)])


def _compared(scenario: Scenario, found: traffic.Found) -> tuple[str, ...]:
    plain, addon, asking, hand = (found.of(scenario, way) for way in (PLAIN, ADDON, ASKING, HAND))
    by_processor, by_clock = ratio(plain.costs, addon.costs), ratio(addon.rates, plain.rates)
    late = _late(addon, plain)
    wanted, judged = "-", "-"
    if scenario.wanted is not None:
        wanted = f">= {scenario.wanted:.2f}, p99 <= {_LATE:.2f}"
        judged = f"{met(by_processor.median >= scenario.wanted)}, p99 {met(late.median <= _LATE)}"
    return (
        scenario.says,
        str(by_processor),
        str(by_clock),
        str(late),
        wanted,
        judged,
        f"{ratio(plain.costs, asking.costs).median:.3f}",
        f"{ratio(plain.costs, hand.costs).median:.3f}",
    )


def _late(addon: Series, plain: Series) -> Ratio:
    """How much later the latest of a hundred come."""
    count = traffic.ROUNDS_OF_A_PROCESS
    return ratio(addon.late_by_process(0.99, count), plain.late_by_process(0.99, count))


_FIGURES: Final = ("traffic", "through", "requests/s", "processor us each", "p50 ms", "p99 ms")


def _figures(scenarios: Sequence[Scenario], ways: tuple[str, ...], found: traffic.Found) -> Iterator[tuple[str, ...]]:
    for scenario in scenarios:
        for way in ways:
            one = found.of(scenario, way)
            late = [f"{one.late(share):.2f}" for share in (0.5, 0.99)]
            yield scenario.says, way, f"{one.rate:.0f}", f"{one.cost:.0f}", *late


def connections(place: Place, extent: Extent) -> Iterator[Table]:
    """From one connection to 64."""
    base = _BY_NAME["200-each"]
    some = [replace(base, name=f"{base.name}-{count}", connections=count) for count in (1, 4, 16, 64)]
    found = traffic.Found()
    traffic.measure(some, ways_of(place, PLAIN, ADDON), max(extent.rounds // 2, 2), extent.seconds, found)
    rows = []
    for scenario in some:
        plain, addon = found.of(scenario, PLAIN), found.of(scenario, ADDON)
        rows.append(
            (
                str(scenario.connections),
                f"{plain.rate:.0f}",
                f"{addon.rate:.0f}",
                f"{addon.cost:.0f}",
                str(ratio(plain.costs, addon.costs)),
                f"{plain.late(0.5):.1f} / {plain.late(0.99):.1f}",
                f"{addon.late(0.5):.1f} / {addon.late(0.99):.1f}",
            )
        )
    yield Table(
        "From 1 connection to 64: 200, each another message",
        (
            "connections",
            "plain/s",
            "addon/s",
            "addon us each",
            "ratio by processor time",
            "plain p50/p99 ms",
            "addon p50/p99 ms",
        ),
        rows,
    )


def others(place: Place, extent: Extent) -> Iterator[Table]:
    """Other programmable proxies."""
    ways: dict[str, Starts] = ways_of(place, PLAIN, ADDON, HAND)
    for peer in peers.fetched(place):
        if isinstance(peer, str):
            print(peer)
        else:
            ways[peer.name] = peer.start
            MARKS[peer.name] = peers.HINT
    some = tuple(_BY_NAME[name] for name in ("200-each", "401", "mixed"))
    found = traffic.Found()
    traffic.measure(some, ways, max(extent.rounds // 2, 2), extent.seconds, found)
    yield Table("Beside other programmable proxies", _FIGURES, [*_figures(some, tuple(ways), found)])
