"""What is told of refusals as they happen: the contract's diagnosis as one line of JSON, corrections, repetitions.

A refusal is told once. What repeats it is counted, and the count told a minute later, as long as it goes on; a client
that retries would fill a disk otherwise. docs/events.md is the description for readers.
"""

import json
import re
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from addon.sinks.courier import Courier, Habits
from addon.sinks.places import place_of
from analyzers.bounded import Bounded
from analyzers.capture import Correction, Result, refusal_key
from analyzers.contract import Json, diagnosis_json, utc
from analyzers.diagnosis import Diagnosis

SCHEMA: Final = "why20003-events/1"
REPEATED_AFTER: Final = 60.0
"""Seconds for which repetitions are counted before they are told."""
_REMEMBERED: Final = 1024
"""How many different refusals are known, so that they are not told again."""
_RUN: Final = str(uuid.uuid4())
"""Tells the run of this proxy from others: places in the traffic count from 0 in each."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Kind:
    """Refusals, or corrections, that a reader would call the same."""

    told: Diagnosis
    """The one that was told in full."""
    of: str
    count: int = 1
    waits: bool = False
    """Whether its repetitions will be told."""
    latest: float | None = None
    """When the latest began, in seconds since the Unix epoch."""


class Lines:
    """Writes events as lines of JSON, each with the run of the proxy that it belongs to."""

    def __init__(self) -> None:
        self._head: dict[str, Json] = {"schema": SCHEMA, "run": _RUN, "proxy": socket.gethostname()}

    def line(self, type_: str, members: Mapping[str, Json]) -> bytes:
        """One event. Nothing in it moves a cursor: what is not ASCII, and DEL, is written out."""
        text = json.dumps({**self._head, "type": type_, **members}, separators=(",", ":"))
        if "\\ud" in text:  # half a surrogate pair has no UTF-8; a whole one is written as two halves
            text = json.dumps(
                {**self._head, "type": type_, **{name: _mended(each) for name, each in members.items()}},
                separators=(",", ":"),
            )
        return text.encode() + b"\n"

    def diagnosis(self, told: Diagnosis) -> bytes:
        return self.line("diagnosis", diagnosis_json(told))

    def correction(self, told: Correction) -> bytes:
        return self.line("correction", correction_json(told))

    def repetition(self, kind: _Kind) -> bytes:
        told = kind.told
        members: dict[str, Json] = {
            "of": kind.of,
            "index": told.index,
            "count": kind.count,
            "time": utc(kind.latest),
            "method": told.method,
            "url": told.url,
            "status": told.status,
            **_short(told),
        }
        return self.line("repetition", members)

    def gap(self, missing: int) -> bytes:
        """Of so many events there is no line."""
        return self.line("dropped", {"count": missing})


def opened(option: str, value: str, *, may_print: bool) -> "News":
    """Tell what `value` names from now on. ValueError or OSError where that cannot be."""
    lines = Lines()
    return News(Courier(option, place_of(value, may_print=may_print), Habits(gap=lines.gap)), lines)


class News:
    """Hands to a courier what is new in the results of the proxy, and counts the rest."""

    _tells_repetitions = True

    def __init__(self, courier: Courier, lines: Lines) -> None:
        self.courier = courier
        self._lines = lines
        self._kinds: Bounded[tuple[object, ...], _Kind] = Bounded(_REMEMBERED)
        self._known: Bounded[int, tuple[object, _Kind]] = Bounded(_REMEMBERED)
        """By the identity of the findings, which are kept along so that it cannot come to mean others."""

    def judged(self, result: Result) -> None:
        """What one exchange brought."""
        for correction in result.corrections:
            self._corrected(correction)
        if result.diagnosis is not None:
            self.again(result.diagnosis, result.diagnosis.time)

    def again(self, diagnosis: Diagnosis, at: float | None) -> None:
        """A refusal; quick for the very diagnosis of before. `at` is when its request began."""
        findings = diagnosis.findings
        seen = self._known.get(id(findings))
        if seen is not None and seen[0] is findings:
            self._repeated(seen[1], at)
            return
        key = refusal_key(diagnosis)
        kind = self._kinds.get(key)
        if kind is not None:
            self._known.put(id(findings), (findings, kind))
            self._repeated(kind, at)
        elif self.courier.offer(lambda: self._lines.diagnosis(diagnosis)):
            self._know(key, findings, _Kind(diagnosis, "diagnosis"))

    def _corrected(self, correction: Correction) -> None:
        now = correction.now
        key = ("correction", refusal_key(correction.before), refusal_key(now))
        kind = self._kinds.get(key)
        if kind is not None:
            self._repeated(kind, now.time)
        elif self.courier.offer(lambda: self._lines.correction(correction)):
            kind = _Kind(now, "correction", correction.count)
            self._kinds.put(key, kind)
            self._know(refusal_key(now), now.findings, kind)  # what repeats it from now on has been told already

    def _know(self, key: tuple[object, ...], findings: object, kind: _Kind) -> None:
        self._kinds.put(key, kind)
        self._known.put(id(findings), (findings, kind))

    def _repeated(self, kind: _Kind, at: float | None) -> None:
        kind.count += 1
        kind.latest = at
        # A count that finds no room is no loss: the next one says it too.
        if self._tells_repetitions and not kind.waits and self.courier.has_room:
            kind.waits = self.courier.offer(self._repetition(kind), after=REPEATED_AFTER)

    def _repetition(self, kind: _Kind) -> Callable[[], bytes]:
        def line() -> bytes:
            kind.waits = False  # before the count is read: one more from now on is told by a line of its own
            return self._lines.repetition(kind)

        return line


def correction_json(told: Correction) -> dict[str, Json]:
    """The diagnosis that replaces those of its indexes, with what they said before."""
    members = diagnosis_json(told.now, indexes=told.indexes)
    return {**members, "index": told.indexes[0], "count": told.count, "before": {**_short(told.before)}}


def _short(told: Diagnosis) -> dict[str, Json]:
    top = told.top
    return {
        "cause": top.cause if top and not told.benign else None,
        "verdict": top.verdict.value if top else "unknown",
        "benign": told.benign,
        "says": told.says,
    }


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {name: _mended(each) for name, each in value.items()}
    return value


__all__ = ["SCHEMA", "Lines", "News", "correction_json", "opened"]
