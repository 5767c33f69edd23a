"""One refusal as the page tells it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from analyzers.card import QUIET
from analyzers.case import Case
from analyzers.diagnosis import Diagnosis
from analyzers.findings import TARGET
from analyzers.frozen import dataclass
from why20003.report.drawn import drawn_cells
from why20003.report.hops import way_of
from why20003.report.ladder import Rung, ladder_of
from why20003.report.model import Recorded
from why20003.report.raw import Raw, raw_of
from why20003.report.sequence_plot import sequence_drawing
from why20003.report.shapes import Drawing
from why20003.report.story import Story
from why20003.report.strips import Group, Strip, strips_before, strips_of
from why20003.report.telling import Headline, Seen, facts_of, headline_of, seen_of, ticket_of
from why20003.report.way import Way

WIDE: Final = 880
NARROW: Final = 330


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Everything that is told of one refusal."""

    number: int
    """From 1; names its place on the page."""
    recording: str
    headline: Headline
    facts: tuple[tuple[str, str], ...]
    fix: tuple[str, ...]
    settle: str
    way: Way
    drawings: tuple[Drawing, ...]
    whole: bool
    """Whether the exchanges were there, so that redirects and gateways would show."""
    strips: tuple[Strip, ...]
    lost: bool
    """Whether the strips are of an earlier exchange, since the refused one had no credentials."""
    drawn: tuple[str, tuple[Group, ...]] | None
    evidence: tuple[Seen, ...]
    ladder: tuple[Rung, ...]
    notes: tuple[str, ...]
    raws: tuple[Raw, ...]
    ticket: tuple[str, ...]


def refusal_of(  # noqa: PLR0913 - what the page, the recording and the diagnosis each know
    number: int,
    diagnosis: Diagnosis,
    places: Sequence[int],
    *,
    recorded: Recorded,
    story: Story | None,
    named: Callable[[Case], str],
) -> Refusal:
    """All of one refusal, as far as its exchanges are known."""
    top = diagnosis.top
    case = story.cases.get(diagnosis.index) if story else None
    way = way_of(diagnosis, story, named, recorded.proxy)
    strips = strips_of(diagnosis, case)
    before = strips_before(case, story.at) if case and story and not strips else ()
    return Refusal(
        number=number,
        recording=recorded.name,
        headline=headline_of(diagnosis),
        facts=tuple((name, value) for name, value in facts_of(diagnosis, places) if value),
        fix=top.fix if top else (),
        settle=(top.settle or "") if top else "",
        way=way,
        drawings=(
            sequence_drawing(way, width=WIDE, look="wide"),
            sequence_drawing(way, width=NARROW, look="narrow"),
        ),
        whole=case is not None,
        strips=strips or before,
        lost=bool(before),
        drawn=None if strips and not _of_target(diagnosis) else drawn_cells(diagnosis),
        evidence=tuple(seen_of(top.evidence if top else (), {n for strip in strips for n, _ in strip.legend})),
        ladder=ladder_of(diagnosis),
        notes=tuple(advice.says for advice in diagnosis.advice if advice.kind not in QUIET),
        raws=tuple(_raws(diagnosis, story)),
        ticket=tuple(ticket_of(diagnosis)),
    )


def _of_target(diagnosis: Diagnosis) -> bool:
    """Whether what the diagnosis draws is the URL and not the header."""
    first = next((one.where for one in diagnosis.top.evidence if one.start is not None), "") if diagnosis.top else ""
    return first == TARGET


def _raws(diagnosis: Diagnosis, story: Story | None) -> Iterator[Raw]:
    case = story.cases.get(diagnosis.index) if story else None
    if case is None or story is None:
        return
    beside = [*(hop.index for hop in case.bearing.hops), *(tap.index for tap in case.bearing.taps[:1])]
    for place in dict.fromkeys(beside):
        if place != diagnosis.index and (exchange := story.at(place)) is not None:
            yield raw_of(f"Entry {place}, which belongs to it", exchange)
    yield raw_of(f"Entry {diagnosis.index}, the refused one", case.exchange)
    if (answered := story.answered.get(diagnosis.index)) is not None:
        yield raw_of(f"Entry {answered[0]}, the same request with credentials", answered[1])
