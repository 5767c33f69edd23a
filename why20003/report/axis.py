"""Round moments on an axis of time."""

from bisect import bisect_left
from datetime import UTC, datetime
from typing import Final

_STEPS: Final = (
    0.01,
    0.05,
    0.1,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
)
_DAY: Final = 86400


def ticks(start: float, end: float, most: int) -> list[float]:
    """At most `most` round moments from `start` to `end`."""
    wanted = (end - start) / most
    at = bisect_left(_STEPS, wanted)
    step = _STEPS[at] if at < len(_STEPS) else _DAY * max(1, -(-wanted // _DAY))
    first = -(-start // step)
    return [round((first + number) * step, 3) for number in range(most + 1) if (first + number) * step <= end]


def tick_text(at: float, span: float) -> str:
    """What stands under a tick, as fine as an axis of `span` seconds needs it."""
    moment = datetime.fromtimestamp(at, UTC)
    if span >= 2 * 86400:
        return moment.strftime("%Y-%m-%d")
    if span >= 7200:
        return moment.strftime("%m-%d %H:%M")
    if span >= 10:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
