"""Diagnoses on mitmdump's terminal: one block for each, repetitions counted, a summary at the end."""

from typing import IO, Any

from analyzers.capture import Correction, Result, refusal_key
from analyzers.card import Line, Span, card, escaped, summary_lines
from analyzers.diagnosis import Diagnosis
from analyzers.history import Bounded
from analyzers.layout import COLOURS, wrapped

_TOLD = frozenset({10, 100, 1000, 10_000, 100_000, 1_000_000})
_NARROWEST = 40
_REMEMBERED = 1024
"""How many different refusals are known, so that they are not shown again."""


class Console:
    """Prints with rich on a terminal and plainly elsewhere."""

    def __init__(self, out: IO[str], *, short: bool) -> None:
        self._out = out
        self._short = short
        self._counts: Bounded[tuple[object, ...], int] = Bounded(_REMEMBERED)
        self._causes: dict[tuple[str, bool], tuple[Diagnosis, int]] = {}
        self._marks: Bounded[int, tuple[object, tuple[object, ...]]] = Bounded(_REMEMBERED)
        self._twilio = 0
        self._rich: Any = None

    def count(self) -> None:
        """Count a Twilio exchange that brought nothing."""
        self._twilio += 1

    def show(self, result: Result) -> None:
        """Print what one exchange brought, if it is news."""
        self._twilio += result.twilio
        if result.correction is not None:
            self._corrected(result.correction)
        diagnosis = result.diagnosis
        if diagnosis is None:
            return
        count = self._add(diagnosis)
        if count == 1:
            self._print(card(diagnosis, style="short" if self._short else "full"))
        elif count in _TOLD:
            self._print(((_dim(f"  the same refusal, {count} times by now: {diagnosis.says}"),),))

    def summary(self) -> None:
        """Print the closing table: what was refused how often, corrections counted."""
        seen = f"{self._twilio} Twilio exchange{'' if self._twilio == 1 else 's'} seen"
        if not self._causes:
            self._print(((_dim(f"why20003: {seen}, none refused"),),))
            return
        self._print(((_dim(f"why20003: {seen}"),), *summary_lines([*self._causes.values()])))

    def _corrected(self, correction: Correction) -> None:
        before, now = correction.before, correction.now
        self._tally(before, -1)
        self._tally(now, 1)
        says = f"  correction: {now.method} {now.url} was no fault after all. {now.says}"
        self._print(((Span(escaped(says), "good"),),))

    def _tally(self, diagnosis: Diagnosis, step: int) -> None:
        name = (diagnosis.top.cause if diagnosis.top else "", diagnosis.benign)
        example, count = self._causes.get(name, (diagnosis, 0))
        if count + step:
            self._causes[name] = (example, count + step)
        else:
            self._causes.pop(name, None)

    def _add(self, diagnosis: Diagnosis) -> int:
        """Count one more; how often this refusal was seen by now."""
        # A repetition shares its findings with the first one, so that its key need not be made anew.
        known = self._marks.get(id(diagnosis.findings))
        if known is None or known[0] is not diagnosis.findings:
            known = (diagnosis.findings, refusal_key(diagnosis))  # kept together, so that the id stays its own
            self._marks.put(id(diagnosis.findings), known)
        count = (self._counts.get(known[1]) or 0) + 1
        self._counts.put(known[1], count)
        self._tally(diagnosis, 1)
        return count

    def _print(self, lines: tuple[Line, ...]) -> None:
        if not self._out.isatty():
            for line in lines:
                self._out.write("".join(span.text for span in line) + "\n")
            self._out.flush()
            return
        # rich is loaded at the first block, not at start-up, which every user of the proxy would pay for.
        from rich.console import Console as RichConsole  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        if self._rich is None:
            self._rich = RichConsole(file=self._out, highlight=False, markup=False, emoji=False, soft_wrap=True)
        for line in wrapped(lines, max(self._rich.width, _NARROWEST)):
            self._rich.print(Text.assemble(*((span.text, COLOURS[span.style]) for span in line)))


def _dim(text: str) -> Span:
    return Span(text, "dim")
