"""The way of a request as a sequence diagram: parties side by side, time downwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from why20003.report.shapes import MONO, Box, Dot, Drawing, Line, Shape, Text, Trace, broken
from why20003.report.texts import clipped, path_text
from why20003.report.way import Reply, Result, State, Stretch, Way

MOST_STEPS: Final = 24
MOST_PARTIES: Final = 6
_HEAD: Final = 58
_STRETCH: Final = 76
_REPLY: Final = 50
_GAP: Final = 12
_LABEL: Final = 12.5
_PILL: Final = 11.5
_PILL_HEIGHT: Final = 22
_LOOKS: Final = {
    State.SENT: "good",
    State.KEPT: "good",
    State.BACK: "good",
    State.CHANGED: "bad",
    State.DROPPED: "bad",
    State.ABSENT: "warn",
    State.UNSEEN: "mute",
}
_RESULTS: Final = {Result.REFUSED: "bad", Result.LOST: "bad", Result.REDIRECTED: "mute", Result.ACCEPTED: "good"}
_ROOMY: Final = 600
_OPEN: Final = "unencrypted"


def sequence_drawing(way: Way, *, width: int, look: str) -> Drawing:
    """The diagram for a page of at least `width` pixels."""
    return _Plot(way, width, look).drawing()


@dataclass
class _Plot:
    way: Way
    width: int
    look: str
    y: float = 0.0

    def drawing(self) -> Drawing:
        self.y = _HEAD + 20
        steps = [shape for step in self.way.steps[:MOST_STEPS] for shape in self._step(step)]
        left_out = len(self.way.steps) - MOST_STEPS
        if left_out > 0:
            steps.append(Text(self.width / 2, self.y + 18, f"{left_out} more steps, told below", "note", "middle"))
            self.y += 30
        height = int(self.y + 8)
        return Drawing(
            width=self.width, height=height, shapes=[*self._lives(height), *self._heads(), *steps], look=self.look
        )

    # --- who takes part -------------------------------------------------------------------------------------------
    @property
    def _count(self) -> int:
        return max(2, min(len(self.way.parties), MOST_PARTIES))

    @property
    def _box(self) -> float:
        return min(200.0, (self.width + 8) / self._count - 8)

    def _x(self, party: int) -> float:
        step = (self.width - self._box - 2) / (self._count - 1)
        return round(self._box / 2 + 1 + step * min(party, self._count - 1), 1)

    def _lives(self, height: int) -> Iterator[Shape]:
        for party in range(min(len(self.way.parties), MOST_PARTIES)):
            yield Line(self._x(party), _HEAD, self._x(party), height, "life")

    def _heads(self) -> Iterator[Shape]:
        narrow = self._box < 150
        size = 11.0 if narrow else _LABEL
        for number, party in enumerate(self.way.parties[:MOST_PARTIES]):
            x = self._x(number)
            yield Box(round(x - self._box / 2, 1), 1, round(self._box, 1), _HEAD - 2, "party", 8)
            lines = broken(party.name, int((self._box - 10) / (size * MONO)))
            yield Text(x, 18, party.role, "role", "middle")
            top = 37 if len(lines) == 1 else 33
            for row, line in enumerate(lines):
                yield Text(x, top + row * 14, line, "name small" if narrow else "name", "middle")

    # --- what goes between them -----------------------------------------------------------------------------------
    def _step(self, step: Stretch | Reply) -> Iterator[Shape]:
        return self._stretch(step) if isinstance(step, Stretch) else self._reply(step)

    def _stretch(self, step: Stretch) -> Iterator[Shape]:
        left, look = self._left(step), _LOOKS[step.state]
        room = int((self.width - left - 4) / (_LABEL * MONO)) - len(step.method) - 1
        path = urlsplit(step.url).path or step.url
        yield Text(left, self.y + 14, f"{step.method} {path_text(path, max(8, room))}", "asked")
        yield from self._arrow(step.source, step.target, self.y + 26, "")
        yield from self._pills(left, self._words(step), look, open_=step.open)
        self.y += _STRETCH

    def _words(self, step: Stretch) -> str:
        words = f"{step.state.mark} {step.state.words}" + (f": {step.credential}" if step.credential else "")
        return clipped(words, int((self.width - 40) / (_PILL * MONO)))

    def _pills(self, left: float, words: str, look: str, *, open_: bool) -> Iterator[Shape]:
        wide = round(len(words) * _PILL * MONO + 20, 1)
        left = max(1.0, min(left, self.width - wide - 1))
        yield Box(left, self.y + 36, wide, _PILL_HEIGHT, f"pill {look}", 11)
        yield Text(left + 10, self.y + 51, words, f"said {look}")
        if not open_:
            return
        more = round(len(_OPEN) * _PILL * MONO + 20, 1)
        at = left + wide + 8
        if at + more > self.width:
            at, self.y = left, self.y + _PILL_HEIGHT + 6
        yield Box(round(at, 1), self.y + 36, more, _PILL_HEIGHT, "pill warn", 11)
        yield Text(round(at + 10, 1), self.y + 51, _OPEN, "said warn")

    def _reply(self, step: Reply) -> Iterator[Shape]:
        look = _RESULTS[step.result]
        right = self._x(max(step.source, step.target)) - 10
        mark = {"bad": "✕ ", "good": "✓ "}.get(look, "")
        near = self._x(min(step.source, step.target)) + 10 if self.width > _ROOMY else 4
        words = clipped(mark + step.text, max(12, int((right - near) / (_LABEL * MONO))))
        yield Text(right, self.y + 14, words, f"answer {look}", "end")
        if step.result is Result.LOST:
            self.y += _REPLY - 16
            return
        yield from self._arrow(step.source, step.target, self.y + 24, f"back {look}")
        self.y += _REPLY - (0 if step.target == 0 else _GAP)

    def _left(self, step: Stretch) -> float:
        """Where the words begin: at the sender's line, or on a narrow page where there is room."""
        sender = min(self._x(step.source), self._x(step.target)) + 10
        return round(sender if self.width > _ROOMY else min(sender, self.width * 0.3), 1)

    def _arrow(self, source: int, target: int, y: float, look: str) -> Iterator[Shape]:
        start, end = self._x(source), self._x(target)
        side = 1 if end >= start else -1
        yield Line(start, y, round(end - side * 2, 1), y, f"way {look}".strip())
        tip = round(end - side, 1)
        yield Trace(f"M{tip} {y}l{-9 * side} -4.5v9z", f"tip {look}".strip())
        if self.way.proxy is not None and min(start, end) < self._x(self.way.proxy) < max(start, end):
            yield Dot(self._x(self.way.proxy), y, 3.5, "tap")
