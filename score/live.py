"""The corpus once more, one exchange after the other as a proxy meets them: what each costs, and whether the outcome,
with all corrections, is that of the file.
"""

import statistics
import time
from collections.abc import Iterable

from analyzers.capture import Capture
from analyzers.diagnosis import Diagnosis
from score.judging import KEY, Judged, expected_of, shown
from score.truth import Case


def live(outcomes: Iterable[Judged]) -> str:
    """Lines for the terminal: times are of this machine, so they are printed and not published."""
    times: dict[str, list[float]] = {"refused": [], "others": []}
    differing: list[str] = []
    for one in outcomes:
        found = _met(one.case, times)
        if {index: shown(diagnosis) for index, diagnosis in found.items()} != one.tops:
            differing.append(one.case.name)
    lines = [_cost(name, some) for name, some in times.items()]
    lines.append(f"live and as a file: {len(differing)} cases differ" + (f", as {differing[0]}" if differing else ""))
    return "\n".join(lines)


def _cost(name: str, times: list[float]) -> str:
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    return f"Capture.add, {name}: p50 {p50:.0f} us, p99 {p99:.0f} us of processor time ({len(times)} exchanges)"


def _met(case: Case, times: dict[str, list[float]]) -> dict[int, Diagnosis]:
    """The diagnoses of `case` when it is met live, corrections applied."""
    capture = Capture(KEY, expected=expected_of(case.given))
    found: dict[int, Diagnosis] = {}
    for exchange in case.exchanges:
        began = time.thread_time_ns()
        result = capture.add(exchange)
        spent = (time.thread_time_ns() - began) / 1000
        times["others" if result.diagnosis is None else "refused"].append(spent)
        if result.diagnosis is not None:
            found[result.index] = result.diagnosis
        for correction in result.corrections:
            found.update(dict.fromkeys(correction.indexes, correction.now))
    return found
