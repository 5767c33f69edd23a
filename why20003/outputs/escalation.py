"""An escalation capture on the terminal: what it is, the diagnoses, the ladder, the checklist, the note."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final

from analyzers.card import Line, Span, escaped
from analyzers.close_up import ladder_lines
from analyzers.diagnosis import Diagnosis
from analyzers.frozen import dataclass
from recordings.escalation.manifest import Json
from why20003.feeding import Diagnosed
from why20003.outputs import text
from why20003.outputs.words import counted

_LADDERS: Final = 3
_MOST_TOLD: Final = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """What is shown of a bundle."""

    name: str
    sha256: str
    facts: Mapping[str, Json] = field(repr=False)
    """Of the manifest: from somebody else, and of any shape."""
    diagnosed: Diagnosed = field(repr=False)
    doubts: Sequence[str] = ()
    """What the one who opens it should know before anything else."""


def lines(told: Told) -> Iterator[Line]:
    """All of it."""
    yield from _head(told)
    yield ()
    yield from text.lines([told.diagnosed], "full")
    for diagnosis, _ in told.diagnosed.diagnoses[:_LADDERS]:
        yield ()
        yield from _ladder(diagnosis)
    yield ()
    yield from _checklist(_object(told.facts, "checklist"))
    note = _text(told.facts, "note")
    if note:
        yield ()
        yield (Span("Note of whoever made it", "title"),)
        yield from ((Span(f"  {escaped(line)}"),) for line in note[:_MOST_TOLD].splitlines())


def _head(told: Told) -> Iterator[Line]:
    recording, redaction = _object(told.facts, "recording"), _object(told.facts, "redaction")
    tool = _text(_object(told.facts, "tool"), "why20003")
    yield (Span(escaped(told.name), "title"), Span(": every member is what the manifest says", "good"))
    yield (Span(f"  SHA-256 {told.sha256}; ask the sender whether it is the same", "dim"),)
    yield (Span(escaped(f"  made {_text(told.facts, 'created')} by why20003 {tool}"), "dim"),)
    entries, left = _number(recording, "entries"), _number(recording, "left_out")
    yield (Span(f"  {counted(entries, 'exchange')}, {left} left out", "dim"),)
    values = [("credentials", "credential"), ("personal_values", "personal value"), ("sids", "SID")]
    replaced = ", ".join(counted(_number(redaction, name), noun) for name, noun in values if _number(redaction, name))
    yield (Span(f"  replaced: {replaced or 'nothing'}", "dim"),)
    for says in told.doubts:
        yield (Span(f"  {escaped(says)}", "warn"),)


def _ladder(diagnosis: Diagnosis) -> Iterator[Line]:
    yield (Span(f"Ladder of entry {diagnosis.index}", "title"),)
    yield from ladder_lines(diagnosis)


def _checklist(facts: Mapping[str, Json]) -> Iterator[Line]:
    yield (Span(f"Checklist: {_number(facts, 'score')} of {_number(facts, 'of')}", "title"),)
    items = facts.get("items")
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        name, detail, todo = (escaped(_text(item, key)[:_MOST_TOLD]) for key in ("name", "detail", "todo"))
        if item.get("present") is True:
            yield (Span("  ✓ ", "good"), Span(f"{name}: "), Span(detail, "dim"))
        else:
            yield (Span("  ✗ ", "bad"), Span(f"{name}: "), Span(f"{detail}; {todo}" if todo else detail, "warn"))


def _object(facts: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def _text(facts: Mapping[str, Json], name: str) -> str:
    found = facts.get(name)
    return found if isinstance(found, str) else ""


def _number(facts: Mapping[str, Json], name: str) -> int:
    found = facts.get(name)
    return found if isinstance(found, int) else 0


__all__ = ["Told", "lines"]
