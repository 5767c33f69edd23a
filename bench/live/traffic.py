"""Traffic through several proxies in turn: requests per second, processor time for each, latency."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from live.clients import Line, Round, play
from live.paired import Series
from live.processes import Process
from live.scenarios import Scenario
from live.ways import MARKS, Starts

ROUNDS_OF_A_PROCESS: Final = 4
_WARM_UP: Final = 0.3


class WrongAnswerError(RuntimeError):
    """A proxy did not do what is measured."""


@dataclass
class Found:
    """What was measured: by scenario and way."""

    series: dict[tuple[str, str], Series] = field(default_factory=dict)

    def of(self, scenario: Scenario, way: str) -> Series:
        return self.series.setdefault((scenario.name, way), Series())


def measure(
    scenarios: Sequence[Scenario], ways: Mapping[str, Starts], rounds: int, seconds: float, found: Found
) -> None:
    """Play `scenarios`, `rounds` of each through each way: A B C, B C A, C A B ...

    After every few rounds the proxies are started anew: two runs of the same program differ too, by their hash seeds
    and by where things lie in memory.
    """
    for first in range(0, rounds, ROUNDS_OF_A_PROCESS):
        with ExitStack() as stack:
            running = {way: stack.enter_context(start()) for way, start in ways.items()}
            for scenario in scenarios:
                some = range(first, min(first + ROUNDS_OF_A_PROCESS, rounds))
                for way, each, cost in _in_turn(scenario, running, some, seconds):
                    series = found.of(scenario, way)
                    series.rates.append(each.answers / each.seconds)
                    series.costs.append(1e6 * cost / each.answers)
                    series.latencies.append(each.latencies)


def _in_turn(
    scenario: Scenario, running: Mapping[str, Process], rounds: range, seconds: float
) -> Iterator[tuple[str, Round, float]]:
    """Rounds of one scenario, each with the seconds of processor time that it took the proxy."""
    lines = {way: scenario.connect(proxy) for way, proxy in running.items()}
    try:
        for way, some in lines.items():
            _check(scenario, way, play(some, min(seconds, _WARM_UP)))
        for number in rounds:
            for way in _turned(list(running), number):
                yield way, *_timed(lines[way], running[way], seconds)
    finally:
        for some in lines.values():
            for line in some:
                line.sock.close()


def _turned(ways: list[str], number: int) -> list[str]:
    """Each way is first, last, and in between equally often."""
    at = number % len(ways)
    return ways[at:] + ways[:at]


def _timed(lines: Sequence[Line], proxy: Process, seconds: float) -> tuple[Round, float]:
    before = proxy.processor_seconds()
    found = play(lines, seconds)
    return found, proxy.processor_seconds() - before


def _check(scenario: Scenario, way: str, found: Round) -> None:
    """A proxy that answers anything else, or does not annotate, would be fast."""
    refused = found.statuses[401]
    if found.statuses[200] + refused != found.answers or refused < scenario.refused * found.answers:
        raise WrongAnswerError(f"{scenario.name} through {way}: answers {dict(found.statuses)}")
    if refused and MARKS.get(way, b"") not in found.last_refusal:
        raise WrongAnswerError(f"{scenario.name} through {way}: the refusals are not annotated")
