"""That work grows in line with its input, measured as a ratio: a bound in seconds fails where a machine is slow.

The square of an input eight times as long costs 64 times as much, so the bound of 24 keeps well away from both.
"""

import gc
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_TIMES: Final = 8
_BOUND: Final = 3 * _TIMES
_TRIFLE: Final = 0.02
"""Processor seconds that decide nothing: some clocks go in steps as long as that."""


def assert_in_line(work: Callable[[T], object], build: Callable[[int], T], size: int) -> None:
    """That `work` on `build(size)` costs less than 24 times what it costs on `build(size // 8)`.

    Measured anew up to three times, since other work on the machine may fall on the one and not on the other.
    """
    part, whole = build(size // _TIMES), build(size)
    ratio = float("inf")
    for _ in range(3):
        spent = seconds(work, whole)
        if spent < _TRIFLE:
            return
        ratio = min(ratio, spent / max(seconds(work, part), _TRIFLE / _TIMES))
        if ratio < _BOUND:
            return
    raise AssertionError(f"{_TIMES} times the input cost {ratio:.0f} times as much; {_BOUND} is the bound")


def seconds(work: Callable[[T], object], value: T) -> float:
    """Of the processor, the best of three runs; without the collector, which looks at all that other tests hold."""
    best = float("inf")
    collected = gc.isenabled()
    gc.disable()
    try:
        for _ in range(3):
            began = time.process_time()
            work(value)
            best = min(best, time.process_time() - began)
    finally:
        if collected:
            gc.enable()
    return best
