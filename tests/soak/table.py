"""The outcome as a table."""

from collections.abc import Iterator
from typing import Final

from soak.load import Order, Outcome

MOST_GROWTH: Final = 20.0
"""MB that the proxy may grow after it has warmed up."""


def shown(order: Order, outcome: Outcome) -> str:
    """What was done, and what came of it."""
    return "\n".join(_lines(order, outcome))


def _lines(order: Order, outcome: Outcome) -> Iterator[str]:
    ledger = outcome.ledger
    total = sum(ledger.planned.values())
    rate = total / max(outcome.seconds, 0.001)
    addon = "with the addon" if order.with_addon else "without the addon"
    speed = f"{outcome.seconds:.0f} s, {rate:.0f}/s"
    yield f"{total} exchanges, {order.clients} clients, {addon}, seed {order.seed}: {speed}"
    yield f"{'':34}{'planned':>9}{'intact':>9}"
    for group, count in sorted(ledger.planned.items(), key=lambda one: -one[1]):
        yield f"{group:34}{count:9}{ledger.intact[group]:9}"
    yield f"{'refused, and annotated':34}{ledger.refused:9}{ledger.annotated:9}"
    for name, (count, lost, changed) in outcome.recordings.items():
        yield f"{name}: {count} exchanges; of {len(ledger.kept)} completed ones {lost} missing, {changed} not as sent"
    course = outcome.memory[:: max(1, len(outcome.memory) // 10)]
    yield "memory: " + ", ".join(f"{at}: {taken:.0f} MB" for at, taken in course)
    for says, warm, end in (
        ("without traffic", outcome.rested, outcome.idle),
        ("under load, in the middle", outcome.warm, outcome.end),
    ):
        yield f"memory {says}: {warm:.1f} MB warm, {end:.1f} MB at the end, {end - warm:+.1f} MB"
    yield f"file descriptors: {outcome.descriptors[0]} before, {outcome.descriptors[1]} after {outcome.new_descriptors}"
    for says, times in (outcome.tracebacks + outcome.said).most_common(12):
        yield f"log, {times} times: {says}"
    yield from (f"PROBLEM {says}" for says in ledger.problems)
