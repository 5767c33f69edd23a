"""The engine's answer to one case, held against the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.expected import Expected, Role
from analyzers.findings import Verdict
from score.truth import Case, Given, Kind, Truth

KEY = b"score" * 6
"""Any key: fingerprints are not looked at."""
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as the truth has it. Holds no byte of a capture."""

    case: str
    index: int
    kind: str
    """``top-1``, ``wrong confirmed`` or ``false accusation``."""
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and how it came out."""

    case: Case
    led: tuple[str, ...]
    """Verdict of the leading cause for each truth that wants one: a verdict, or ``other`` where another cause leads."""
    misses: tuple[Miss, ...]
    tops: dict[int, str]
    """What stands for each diagnosed exchange."""

    def count(self, kind: str) -> int:
        """How many misses of that kind."""
        return sum(miss.kind == kind for miss in self.misses)

    @property
    def right(self) -> bool:
        """Whether every refusal of a case with a fault got the cause and at least the verdict that it deserves."""
        return not self.count("top-1")


def judged(case: Case) -> Judged:
    """Run the engine over `case`, as over a file."""
    results = diagnose_all(case.exchanges, KEY, expected_of(case.given))
    return compared(case, {result.index: result.diagnosis for result in results if result.diagnosis is not None})


def expected_of(given: Iterable[Given]) -> tuple[Expected, ...]:
    """What the caller knows, as the engine takes it."""
    return tuple(Expected(Role[one.role], one.name, "environment", one.value, one.host) for one in given)


def compared(case: Case, found: dict[int, Diagnosis]) -> Judged:
    """Hold diagnoses, by place in the capture, against the truth of `case`."""
    truths = dict(case.truths)
    if case.anywhere is not None:
        truths = dict.fromkeys(found, case.anywhere) or {0: case.anywhere}
    misses: list[Miss] = []
    led: list[str] = []
    for index, truth in sorted(truths.items()):
        diagnosis = found.get(index)
        if truth.kind is Kind.POSITIVE:
            led.append(_led(truth, diagnosis))
            misses += _misled(case.name, index, truth, diagnosis)
    for index, diagnosis in sorted(found.items()):
        misses += _accused(case.name, index, truths.get(index), diagnosis)
    tops = {index: shown(diagnosis) for index, diagnosis in found.items()}
    return Judged(case, tuple(led), tuple(misses), tops)


def shown(diagnosis: Diagnosis | None) -> str:
    """What stands, in one line."""
    if diagnosis is None:
        return "not diagnosed"
    findings = [f"{one.cause} {one.verdict.value}" for one in diagnosis.findings if one.nested_under is None]
    return ", ".join(findings) or NOTHING


def _led(truth: Truth, diagnosis: Diagnosis | None) -> str:
    top = diagnosis.top if diagnosis is not None else None
    return top.verdict.value if top is not None and top.cause in truth.leads else "other"


def _misled(name: str, index: int, truth: Truth, diagnosis: Diagnosis | None) -> Sequence[Miss]:
    wanted = f"{' or '.join(truth.leads)} at least {truth.least}"
    top = diagnosis.top if diagnosis is not None else None
    right = (
        diagnosis is not None
        and top is not None
        and top.cause in truth.leads
        and top.verdict.rank <= Verdict(truth.least).rank
        and (not diagnosis.benign or "challenge-first-client" in truth.leads)
    )
    if not right or diagnosis is None:
        return (Miss(name, index, "top-1", wanted, shown(diagnosis)),)
    standing = {one.cause for one in diagnosis.findings}
    return tuple(
        Miss(name, index, "top-1", f"{slug} beside {truth.leads[0]}", shown(diagnosis))
        for slug in truth.also
        if slug not in standing
    )


def _accused(name: str, index: int, truth: Truth | None, diagnosis: Diagnosis) -> Sequence[Miss]:
    if (truth is None or truth.kind is Kind.BENIGN) and not diagnosis.benign:
        return (Miss(name, index, "false accusation", "no diagnosis", shown(diagnosis)),)
    may = truth.may if truth is not None else frozenset({"challenge-first-client"})
    return tuple(
        Miss(name, index, "wrong confirmed", f"{one.cause} not confirmed", shown(diagnosis))
        for one in diagnosis.findings
        if one.verdict is Verdict.CONFIRMED and one.cause not in may
    )
