"""The credentials of a recording over time: a plot, and the same in a table."""

from collections.abc import Sequence

from analyzers.frozen import dataclass
from why20003.report.refusal import NARROW, WIDE
from why20003.report.shapes import Drawing
from why20003.report.telling import moment
from why20003.report.timeline import Outcome, Spell, Track, Tracks, shown
from why20003.report.timeline_plot import timeline_drawing

_DAY = len("2026-11-20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How often a credential met one outcome, and when."""

    count: int
    first: str
    last: str
    """Empty when it is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    """One credential in the table."""

    label: str
    username: str
    secret: str
    accepted: Met
    refused: Met
    other: Met


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """What is drawn and told."""

    drawings: tuple[Drawing, ...]
    rows: tuple[CredentialRow, ...]
    left_out: int
    """Credentials that are not drawn."""
    span: str
    """From when to when; empty without a clock."""


def history_view(tracks: Tracks) -> HistoryView | None:
    """The view of what was collected; None where nothing was."""
    every = tracks.ended()
    drawn = shown(every)
    if not drawn:
        return None
    days = {text[:_DAY] for track in drawn for spell in track.spells.values() for text in _ends(spell) if text}
    shortened = len(days) == 1
    return HistoryView(
        drawings=(
            timeline_drawing(drawn, width=WIDE, look="wide"),
            timeline_drawing(drawn, width=NARROW, look="narrow"),
        ),
        rows=tuple(_row(track, shortened=shortened) for track in drawn),
        left_out=len(every) - len(drawn),
        span=_span(drawn),
    )


def _row(track: Track, *, shortened: bool) -> CredentialRow:
    return CredentialRow(
        label=track.label,
        username=track.username + (" and others" if track.several else ""),
        secret=track.secret,
        accepted=_met(track.spells[Outcome.ACCEPTED], shortened=shortened),
        refused=_met(track.spells[Outcome.REFUSED], shortened=shortened),
        other=_met(track.spells[Outcome.OTHER], shortened=shortened),
    )


def _met(spell: Spell, *, shortened: bool) -> Met:
    """`shortened` leaves the day out, when all is of one."""
    first, last = (text[_DAY + 1 if shortened else 0 :].removesuffix(" UTC") for text in _ends(spell))
    return Met(count=spell.count, first=first, last=last if last != first else "")


def _ends(spell: Spell) -> tuple[str, str]:
    first, last = (("" if point is None else moment(point.at)) for point in (spell.first, spell.last))
    return first, last


def _span(tracks: Sequence[Track]) -> str:
    ends = [point for track in tracks for spell in track.spells.values() for point in (spell.first, spell.last)]
    times = sorted(point.at for point in ends if point is not None and point.at is not None)
    if not times:
        return ""
    first, last = moment(times[0]), moment(times[-1])
    return first if first == last else f"{first} to {last}"
