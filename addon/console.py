"""Diagnoses on mitmdump's terminal: one block for each, repetitions counted, a summary at the end."""

import os
from dataclasses import dataclass
from typing import IO, Any

from analyzers.bounded import Bounded
from analyzers.capture import Correction, Result, refusal_key
from analyzers.card import Line, Span, card, escaped, summary_lines
from analyzers.diagnosis import Diagnosis
from analyzers.layout import COLOURS, wrapped

_TOLD = frozenset({10, 100, 1000, 10_000, 100_000, 1_000_000})
_NARROWEST = 40
_REMEMBERED = 1024
"""How many different refusals are known, so that they are not shown again."""


@dataclass(slots=True)
class _Cause:
    example: Diagnosis
    count: int = 0


@dataclass(slots=True)
class _Seen:
    findings: object
    cause: _Cause
    count: int = 0


class Console:
    """Prints with rich on a terminal and plainly elsewhere; FORCE_COLOR and NO_COLOR overrule that."""

    def __init__(self, out: IO[str], *, short: bool) -> None:
        self._out = out
        self.short = short
        self._refusals: Bounded[tuple[object, ...], _Seen] = Bounded(_REMEMBERED)
        self._seen: Bounded[int, _Seen] = Bounded(_REMEMBERED)
        self._causes: dict[tuple[str, bool], _Cause] = {}
        self._twilio = 0
        self._corrections = 0
        self._rich: Any = None

    @property
    def twilio(self) -> int:
        """How many exchanges were with Twilio."""
        return self._twilio

    @property
    def refused(self) -> int:
        """How many of them were refused, as far as that was a fault."""
        return sum(cause.count for cause in self._causes.values() if not cause.example.benign)

    def count(self) -> None:
        """Count a Twilio exchange that brought nothing."""
        self._twilio += 1

    def again(self, diagnosis: Diagnosis) -> None:
        """Count a refusal that was shown before; quick for the very diagnosis of that time."""
        seen = self._seen.get(id(diagnosis.findings))
        if seen is None or seen.findings is not diagnosis.findings:
            seen = self._first(diagnosis)
        self._twilio += 1
        seen.count += 1
        seen.cause.count += 1
        if seen.count in _TOLD:
            self._print(((_dim(f"  the same refusal, {seen.count} times by now: {diagnosis.says}"),),))

    def show(self, result: Result) -> None:
        """Print what one exchange brought, if it is news."""
        for correction in result.corrections:
            self._corrected(correction)
        if result.diagnosis is None:
            self._twilio += result.twilio
            return
        if self._first(result.diagnosis).count == 0:
            self._print(card(result.diagnosis, style="short" if self.short else "full"))
        self.again(result.diagnosis)

    def summary(self) -> None:
        """Print the closing table: what was refused how often, corrections counted."""
        told = f"{self._twilio} Twilio exchange{'' if self._twilio == 1 else 's'} seen"
        if self._corrections:
            told += f", {self._corrections} diagnos{'is' if self._corrections == 1 else 'es'} corrected by later ones"
        counts = [(cause.example, cause.count) for cause in self._causes.values() if cause.count]
        if not counts:
            self._print(((_dim(f"why20003: {told}, none refused"),),))
            return
        self._print(((_dim(f"why20003: {told}"),), *summary_lines(counts)))

    def _corrected(self, correction: Correction) -> None:
        now = correction.now
        self._cause(correction.before).count -= correction.count
        self._cause(now).count += correction.count
        self._corrections += correction.count
        if now.benign:
            says = f"  correction: {now.method} {now.url} was no fault after all. {now.says}"
        else:
            verdict = f"{now.top.cause} ({now.top.verdict.value})" if now.top else "unexplained"
            says = f"  correction: {now.method} {now.url} is now {verdict}. {now.says}"
        self._print(((Span(escaped(says), "good"),),))

    def _cause(self, diagnosis: Diagnosis) -> "_Cause":
        name = (diagnosis.top.cause if diagnosis.top else "", diagnosis.benign)
        return self._causes.setdefault(name, _Cause(diagnosis))

    def _first(self, diagnosis: Diagnosis) -> "_Seen":
        """What is known of this refusal; made anew for one that was not met before."""
        key = refusal_key(diagnosis)
        seen = self._refusals.get(key) or _Seen(diagnosis.findings, self._cause(diagnosis))
        # The findings are kept with their id, so that it cannot come to mean others.
        seen.findings = diagnosis.findings
        self._refusals.put(key, seen)
        self._seen.put(id(diagnosis.findings), seen)
        return seen

    def _print(self, lines: tuple[Line, ...]) -> None:
        if not self._is_coloured():
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
        self._out.flush()

    def _is_coloured(self) -> bool:
        """Whether rich draws. It reads FORCE_COLOR, NO_COLOR and COLUMNS itself: https://no-color.org."""
        if self._out.isatty():
            return True
        return bool(os.environ.get("FORCE_COLOR")) and not os.environ.get("NO_COLOR")


def _dim(text: str) -> Span:
    return Span(text, "dim")
