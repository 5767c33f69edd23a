"""A refusal in words: its headline, its facts, its evidence, a text for a ticket."""

from collections.abc import Iterator, Sequence
from typing import Final

from analyzers.card import answer_text, client_text, credential_text
from analyzers.contract import utc
from analyzers.diagnosis import Diagnosis
from analyzers.findings import (
    AUTHORIZATION,
    HISTORY,
    PASSWORD,
    REQUEST_BODY,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    RESPONSE_MESSAGE,
    RESPONSE_STATUS,
    TARGET,
    USERNAME,
    Evidence,
    Verdict,
)
from analyzers.frozen import dataclass
from why20003.report.ladder import title_of
from why20003.report.texts import counted

_PLACES: Final = 12
_PLACE_NAMES: Final = {
    AUTHORIZATION: "Authorization",
    USERNAME: "username",
    PASSWORD: "password",
    TARGET: "URL",
    REQUEST_HEADERS: "request headers",
    REQUEST_BODY: "request body",
    RESPONSE_STATUS: "status",
    RESPONSE_HEADERS: "response headers",
    RESPONSE_MESSAGE: "Twilio's message",
}
_HEADLINES: Final = {
    Verdict.CONFIRMED: ("bad", "✕", "Confirmed"),
    Verdict.LIKELY: ("warn", "✕", "Likely"),
    Verdict.POSSIBLE: ("warn", "?", "Possible"),
    Verdict.RULED_OUT: ("mute", "?", "Unexplained"),
    Verdict.UNKNOWN: ("mute", "?", "Unexplained"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A refusal in one line."""

    look: str
    mark: str
    verdict: str
    cause: str
    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of evidence of the leading finding."""

    number: int
    place: str
    says: str
    marked: bool
    """Whether its number stands under a byte of the header."""


def headline_of(diagnosis: Diagnosis) -> Headline:
    """The verdict in one line."""
    top = diagnosis.top
    if top is None:
        return Headline(
            look="mute", mark="?", verdict="Unexplained", cause="", title="No cause found", says=diagnosis.says
        )
    look, mark, word = ("good", "✓", "Nothing wrong") if diagnosis.benign else _HEADLINES[top.verdict]
    return Headline(look=look, mark=mark, verdict=word, cause=top.cause, title=title_of(top.cause), says=diagnosis.says)


def facts_of(diagnosis: Diagnosis, places: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Name and value of what is known of the call; an empty value for what is not."""
    yield "Request", f"{diagnosis.method} {diagnosis.url}"
    yield "Answer", answer_text(diagnosis)
    yield "Client", client_text(diagnosis)
    yield "Credential", credential_text(diagnosis.credential)
    yield "Time", moment(diagnosis.time)
    yield "Twilio-Request-Id", diagnosis.request_id or ""
    shown = ", ".join(str(place) for place in places[:_PLACES])
    more = f" and {len(places) - _PLACES:,} more" if len(places) > _PLACES else ""
    times = f", {counted(len(places), 'time')}" if len(places) > 1 else ""
    yield "Place in the recording", f"entry {shown}{more}{times}"


def moment(time: float | None) -> str:
    """``2026-11-20 12:00:00.000 UTC``; empty without a clock."""
    return (utc(time) or "").replace("T", " ").replace("Z", " UTC")


def ticket_of(diagnosis: Diagnosis) -> Iterator[str]:
    """What one pastes into a ticket."""
    head = headline_of(diagnosis)
    yield f"why20003: {head.cause or 'unexplained'} ({head.verdict.lower()})"
    yield diagnosis.says
    yield f"{diagnosis.method} {diagnosis.url} -> {answer_text(diagnosis)}"
    told = (moment(diagnosis.time), diagnosis.request_id or "", client_text(diagnosis))
    yield ", ".join(part for part in told if part)
    if diagnosis.top:
        yield from (f"{number}. {step}" for number, step in enumerate(diagnosis.top.fix, 1))


def seen_of(evidence: Sequence[Evidence], marked: set[int]) -> Iterator[Seen]:
    """The evidence, numbered from 1; `marked` are the numbers that stand under a byte."""
    for number, one in enumerate(evidence, 1):
        yield Seen(number, _place(one), one.says, number in marked)


def _place(one: Evidence) -> str:
    """Where it stands, in words; bytes are counted from 0."""
    if one.where == HISTORY:
        return f"entry {one.index}"
    name = _PLACE_NAMES.get(one.where, one.where)
    if one.start is None:
        return name
    last = (one.start if one.end is None else one.end) - 1
    return f"{name}, byte {one.start}" if last <= one.start else f"{name}, bytes {one.start} to {last}"
