"""Every cause that was looked at, on the rung that its verdict puts it on."""

from collections.abc import Iterator
from typing import Final

from analyzers.diagnosis import Diagnosis
from analyzers.findings import Finding, Verdict
from analyzers.frozen import dataclass
from analyzers.registry import RULES

_TITLES: Final = {rule.slug: rule.title for rule in RULES}
_MEANS: Final = {
    Verdict.CONFIRMED: "The bytes or the history in this recording suffice; no other reading is left.",
    Verdict.LIKELY: "Specific evidence speaks for it; another reading exists.",
    Verdict.POSSIBLE: "Consistent with the recording; nothing specific speaks for it.",
    Verdict.RULED_OUT: "Something in this recording contradicts it.",
    Verdict.UNKNOWN: "This recording cannot show it. One observation would decide it.",
}
_LOOKS: Final = {
    Verdict.CONFIRMED: ("bad", "✕"),
    Verdict.LIKELY: ("warn", "✕"),
    Verdict.POSSIBLE: ("warn", "?"),
    Verdict.RULED_OUT: ("good", "✓"),
    Verdict.UNKNOWN: ("mute", "?"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One cause."""

    slug: str
    title: str
    says: str
    settle: str = ""
    under: str = ""
    """Slug of the cause that explains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """All causes of one verdict."""

    verdict: str
    look: str
    mark: str
    means: str
    folded: bool
    """Whether its causes are many and seldom asked for."""
    steps: tuple[Step, ...]


def title_of(slug: str) -> str:
    """The name of a cause for a person."""
    return _TITLES.get(slug, slug)


def ladder_of(diagnosis: Diagnosis) -> tuple[Rung, ...]:
    """The rungs from the top; an empty one stays, since that it is empty says something."""
    return tuple(
        Rung(
            verdict=verdict.value.replace("-", " ").capitalize(),
            folded=verdict in {Verdict.RULED_OUT, Verdict.UNKNOWN},
            look=_LOOKS[verdict][0],
            mark=_LOOKS[verdict][1],
            means=_MEANS[verdict],
            steps=tuple(_steps(diagnosis, verdict)),
        )
        for verdict in Verdict
    )


def _steps(diagnosis: Diagnosis, verdict: Verdict) -> Iterator[Step]:
    yield from (_found(finding) for finding in diagnosis.findings if finding.verdict is verdict)
    if verdict is Verdict.RULED_OUT:
        yield from (Step(slug, title_of(slug), because) for slug, because in diagnosis.ruled_out)
    if verdict is Verdict.UNKNOWN:
        crashed = dict(diagnosis.crashed)
        for slug, settle in diagnosis.unknown:
            failed = f"The check itself failed ({crashed[slug]}). " if slug in crashed else ""
            yield Step(slug, title_of(slug), failed, settle)


def _found(finding: Finding) -> Step:
    return Step(finding.cause, title_of(finding.cause), finding.says, finding.settle or "", finding.nested_under or "")
