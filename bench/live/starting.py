"""Start-up: from the start of the process to the first answer, which is the first use that a user has of it."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from live.processes import Process
from live.scenarios import plain, same
from live.ways import Starts


class Start(NamedTuple):
    """One start: milliseconds by the clock and of the processor."""

    wall: float
    processor: float


@dataclass
class Starting:
    """Those of one way."""

    each: list[Start] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(one.wall for one in self.each)

    @property
    def processor(self) -> float:
        return statistics.median(one.processor for one in self.each)

    @property
    def memory(self) -> float:
        return statistics.median(self.resident)

    resident: list[float] = field(default_factory=list)
    """MB after the first answer."""


def answer_of(proxy: Process) -> None:
    """Wait until it has answered a request."""
    calls = same()
    with proxy.connected() as sock:
        line = plain(sock, lambda: next(calls))
        line.ask()
        while not list(line.feed(sock.recv(65_536))):
            pass


def measure(ways: Mapping[str, Starts], rounds: int) -> dict[str, Starting]:
    """Start each way in turn. The first start, which writes byte code and the CA, does not count."""
    found = {way: Starting() for way in ways}
    for number in range(rounds + 1):
        for way in list(ways) if number % 2 else reversed(list(ways)):
            began = time.perf_counter()
            with ways[way]() as proxy:
                answer_of(proxy)
                if number:
                    found[way].each.append(
                        Start(1000 * (time.perf_counter() - began), 1000 * proxy.processor_seconds())
                    )
                    found[way].resident.append(proxy.resident())
    return found
