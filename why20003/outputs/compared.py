"""What ``compare`` prints. Neither value is in it, nor a part of one."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from analyzers.card import Line, Span, escaped
from analyzers.comparing import strays_of
from analyzers.contract import Json
from analyzers.kinship import Stray, counted, strays_said
from analyzers.masking import describe, shape_of, show_half
from why20003.comparison import Answer, Row, Sent
from why20003.outputs.words import named

SCHEMA: Final = "why20003-compare/1"
_PLACES_SHOWN: Final = 8


def lines(sent: Sent, answers: Sequence[Answer], given: bytes) -> Iterator[Line]:
    """A block for each credential, and a last line that counts."""
    yield (Span("The value given: ", "dim"), Span(describe(given)))
    if strays := strays_of(given):
        yield (Span("note: ", "warn"), Span(f"the value given itself has {strays_said(strays)}"))
    for answer in answers:
        yield ()
        yield from _block(answer, sent)
    yield ()
    yield (Span(_sum(answers), "title"),)


def pieces(sent: Sent, answers: Sequence[Answer], given: bytes) -> Iterator[bytes]:
    """The same as JSON, ``why20003-compare/1``."""
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "recordings": [{"path": each.path, "format": each.format} for each in sent.recordings],
        "given": {"length": len(given), "shape": shape_of(given), "strays": [*map(_stray, strays_of(given))]},
        "equal": any(answer.weighed.is_right for answer in answers),
        "credentials": [_credential(answer) for answer in answers],
    }
    yield json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _sum(answers: Sequence[Answer]) -> str:
    right = sum(answer.weighed.is_right for answer in answers)
    if right:
        return f"The value given was sent: {right} of {len(answers)} match{'es' if right == 1 else ''}."
    if any(answer.weighed.misplaced for answer in answers):
        return "The value given was sent, but in another place than its own."
    return "The value given was not sent as it is."


def _block(answer: Answer, sent: Sent) -> Iterator[Line]:
    row, weighed = answer.row, answer.weighed
    right, kin = weighed.is_right, weighed.comparison.relation.is_kin
    relation = weighed.comparison.relation.value + (", misplaced" if weighed.misplaced else "")
    yield (
        Span(row.name or "no number", "title"),
        Span(f"  {relation}", "good" if right else "bad" if kin else "dim"),
    )
    yield (Span(f"  {weighed.says}."),)
    if (at := weighed.comparison.first_difference) is not None:
        length, meant = weighed.comparison.length, weighed.comparison.expected_length
        yield (Span(f"  {counted(length)}, the value given has {meant}; the first difference is after {at}.", "dim"),)
    yield (Span(f"  {_where(row, sent)}.", "dim"),)


def _where(row: Row, sent: Sent) -> str:
    shown, hidden = row.indexes[:_PLACES_SHOWN], len(row.indexes) - _PLACES_SHOWN
    places = ", ".join(map(str, shown)) + (f" and {hidden} more" if hidden > 0 else "")
    noun = "entry" if len(row.indexes) == 1 else "entries"
    of = f" of {escaped(named(sent.recordings[row.recording].path))}" if len(sent.recordings) > 1 else ""
    username = "" if row.carried.username is None else f" with {show_half(row.carried.username) or 'no username'}"
    whom = "" if row.elsewhere is None else f" to {escaped(row.elsewhere)}, which is not Twilio,"
    return f"Sent{whom}{username} in {noun} {places}{of}{_refusals(row)}"


def _refusals(row: Row) -> str:
    if row.elsewhere is not None:
        return ""
    if row.refused in {0, len(row.indexes)}:
        return ", refused" if row.refused else ", not refused"
    return f", {row.refused} of {len(row.indexes)} refused"


def _credential(answer: Answer) -> Json:
    row, weighed = answer.row, answer.weighed
    found = weighed.comparison
    return {
        "name": row.name,
        "recording": row.recording,
        "indexes": [*row.indexes],
        "refused": row.refused,
        "host": row.elsewhere,
        "username": None if row.carried.username is None else show_half(row.carried.username),
        "part": weighed.part.value,
        "relation": found.relation.value,
        "equal": weighed.is_right,
        "misplaced": weighed.misplaced,
        "says": weighed.says,
        "length": found.length,
        "first_difference": found.first_difference,
        "missing": {"in_front": found.kin.missing[0], "behind": found.kin.missing[1]},
        "more": {"in_front": found.kin.more[0], "behind": found.kin.more[1]},
        "strays": [*map(_stray, found.kin.strays)],
    }


def _stray(stray: Stray) -> Json:
    return {"kind": stray.kind, "where": stray.where, "start": stray.start, "length": stray.length}


__all__ = ["SCHEMA", "lines", "pieces"]
