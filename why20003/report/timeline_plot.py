"""What every credential met, on one axis of time: circles for 2xx, crosses for refusals."""

from collections.abc import Iterator, Sequence
from typing import Final

from analyzers.frozen import dataclass
from why20003.report.axis import tick_text, ticks
from why20003.report.shapes import MONO, Dot, Drawing, Line, Shape, Text, Trace
from why20003.report.texts import clipped
from why20003.report.timeline import Outcome, Point, Track

_ROW: Final = 60
_TOP: Final = 4
_AXIS: Final = 38
_SIDE: Final = 18
_MERGED: Final = 11
"""Pixels within which marks of one kind become one, with their number."""
_LABEL: Final = 12.0


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a point stands."""

    start: float
    end: float
    clock: bool
    """Whether the axis is time; else it is the place in the recording."""
    left: float
    right: float

    def value(self, point: Point) -> float:
        return point.at if self.clock and point.at is not None else float(point.place)

    def x(self, value: float) -> float:
        if self.end <= self.start:
            return round((self.left + self.right) / 2, 1)
        return round(self.left + (value - self.start) / (self.end - self.start) * (self.right - self.left), 1)


def timeline_drawing(tracks: Sequence[Track], *, width: int, look: str) -> Drawing:
    """The plot for a page of at least `width` pixels."""
    scale = _scale(tracks, width)
    shapes: list[Shape] = []
    bottom = _TOP + _ROW * len(tracks)
    shapes += _axis(scale, bottom, width)
    for number, track in enumerate(tracks):
        shapes += _row(track, _TOP + _ROW * number, scale, width)
    return Drawing(width=width, height=bottom + _AXIS, shapes=shapes, look=look)


def _scale(tracks: Sequence[Track], width: int) -> _Scale:
    points = [point for track in tracks for spell in track.spells.values() for point in _of(spell.points, spell.last)]
    clock = bool(points) and all(_dated(point.at) for point in points)
    values = [(point.at if clock and point.at is not None else float(point.place)) for point in points] or [0.0]
    return _Scale(min(values), max(values), clock, _SIDE, width - _SIDE)


def _dated(at: float | None) -> bool:
    """Whether a time lies within the calendar, with room for an axis."""
    return at is not None and -6e10 < at < 2.5e11


def _of(points: Sequence[Point], last: Point | None) -> list[Point]:
    return [*points, last] if last is not None and last not in points[-1:] else [*points]


# --- rows -------------------------------------------------------------------------------------------------------------
def _row(track: Track, top: float, scale: _Scale, width: int) -> Iterator[Shape]:
    label = " ".join(part for part in (track.label, track.username) if part)
    told = ", ".join(_words(track, kind) for kind in _TOLD if track.spells[kind].count)
    room = int((width - 2) / (_LABEL * MONO))
    yield Text(1, top + 16, clipped(label, room), "track")
    if len(label) + len(told) + 3 <= room:
        yield Text(width - 1, top + 16, told, "count", "end")
    y = top + 38
    yield Line(1, y, width - 1, y, "rail")
    for kind in (Outcome.OTHER, Outcome.ACCEPTED, Outcome.REFUSED):
        spell = track.spells[kind]
        for x, number in _merged(_of(spell.points, spell.last), scale):
            yield from _mark(kind, x, y)
            if number > 1:
                yield Text(x, y + 17, f"{number}\N{MULTIPLICATION SIGN}", "times", "middle")


_TOLD: Final = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.OTHER)


def _words(track: Track, kind: Outcome) -> str:
    return f"{track.spells[kind].count:,} {kind.value}"


def _merged(points: Sequence[Point], scale: _Scale) -> Iterator[tuple[float, int]]:
    """Places on the axis and how many points stand there; neighbours that would touch become one."""
    places = sorted(scale.x(scale.value(point)) for point in points)
    start, number = 0.0, 0
    for x in places:
        if number and x - start < _MERGED:
            number += 1
            continue
        if number:
            yield start, number
        start, number = x, 1
    if number:
        yield start, number


def _mark(kind: Outcome, x: float, y: float) -> Iterator[Shape]:
    if kind is Outcome.ACCEPTED:
        yield Dot(x, y, 5.5, "met good")
    elif kind is Outcome.REFUSED:
        yield Dot(x, y, 8, "met behind")
        yield Trace(f"M{round(x - 5, 1)} {y - 5}l10 10m0 -10l-10 10", "met bad")
    else:
        yield Trace(f"M{x} {y - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", "met mute")


# --- the axis ---------------------------------------------------------------------------------------------------------
def _axis(scale: _Scale, bottom: float, width: int) -> Iterator[Shape]:
    yield Line(1, bottom + 4, width - 1, bottom + 4, "axis")
    marks = ticks(scale.start, scale.end, max(2, width // 170)) if scale.end > scale.start else [scale.start]
    if not scale.clock:
        marks = [float(mark) for mark in dict.fromkeys(round(mark) for mark in marks)]
    last = -1e9
    for mark in marks or [scale.start]:
        x = scale.x(mark)
        text = tick_text(mark, scale.end - scale.start) if scale.clock else f"entry {mark:.0f}"
        half = len(text) * 11 * MONO / 2
        at = min(max(x, half + 1), width - half - 1)
        yield Line(x, _TOP, x, bottom + 9, "tick")
        if at - half > last + 8:
            yield Text(round(at, 1), bottom + 26, text, "when", "middle")
            last = at + half
