"""The engine over a long history: what one exchange costs after a thousand and after a million of them, and memory."""

import gc
import statistics
import time
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from addon.collector import calm
from analyzers.building import MESSAGES, accepted, basic, refused
from analyzers.capture import Capture
from analyzers.exchange import Exchange
from live.processes import resident_here

_WINDOW: Final = 500
"""How many exchanges before each mark are timed; of the others nothing is known but that they were there."""
MARKS: Final = (1_000, 10_000, 100_000, 1_000_000)
_REFUSED_OF: Final = 10
"""Every tenth is refused."""


class Mark(NamedTuple):
    """After so many exchanges, each with credentials of its own: median microseconds, and MB of the process."""

    exchanges: int
    accepted: float
    refused: float
    memory: float


def measure(most: int) -> Iterator[Mark]:
    """The marks up to `most` exchanges, as they are reached."""
    capture = Capture(b"k" * 32)
    calm()
    stream = _stream()
    done = 0
    for mark in (mark for mark in MARKS if mark <= most):
        for exchange in islice(stream, mark - _WINDOW - done):
            capture.add(exchange)
        exchanges = list(islice(stream, _WINDOW))
        done = mark
        gc.collect()
        good, bad = [], []
        for exchange in exchanges:
            began = time.thread_time_ns()
            diagnosis = capture.add(exchange).diagnosis
            (good if diagnosis is None else bad).append((time.thread_time_ns() - began) / 1000)
        yield Mark(mark, statistics.median(good), statistics.median(bad), resident_here())


def _stream() -> Iterator[Exchange]:
    number = 0
    while True:
        number += 1
        build = accepted if number % _REFUSED_OF else refused
        sid = b"AC%032x" % (number * 2654435761 % 2**32)
        yield build(basic(sid, b"%032x" % (number * 40503)), path=MESSAGES % sid, at=number * 0.01)  # type: ignore[operator] # both builders take these
