"""A diagnosis as a compact block for a developer at three in the morning. Pure: lines of styled text, no output.

Everything that goes in is free of secrets already (see Diagnosis); what could move a cursor is escaped here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from analyzers.contract import utc
from analyzers.diagnosis import CredentialView, Diagnosis
from analyzers.findings import AUTHORIZATION, PASSWORD, TARGET, USERNAME, Evidence, Finding, Verdict
from analyzers.frozen import dataclass

Style: TypeAlias = Literal["title", "good", "bad", "warn", "dim", "code", "plain", "caret"]


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one style, without line breaks or other control characters."""

    text: str
    style: Style = "plain"


Line: TypeAlias = tuple[Span, ...]
"""A line of code and the line of carets under it follow each other and have to be cut at the same column."""

_OTHERS = 6
# True of most requests, and no help with a refusal: for programs only.
QUIET = frozenset({"auth-token-in-use"})
_DRAWN = frozenset({AUTHORIZATION, USERNAME, PASSWORD})
# C0, C1, line and paragraph separators, what changes the direction of writing, halves of surrogate pairs.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def escaped(text: str) -> str:
    r"""`text` with every control character written out: ``\x1b``, ``\u202e``."""
    return _CONTROLS.sub(_written_out, text)


def card(diagnosis: Diagnosis, count: int = 1, style: Literal["full", "short"] = "full") -> tuple[Line, ...]:
    """One block. `count` is how often the same refusal was seen; short is cause, request and first step only."""
    top = diagnosis.top
    lines = [_headline(diagnosis), _request(diagnosis, count)]
    if style == "short":
        lines += [_line("  ", ("fix: ", "dim"), top.fix[0])] if top and top.fix and not diagnosis.benign else []
        return tuple(lines)
    lines += _who(diagnosis)
    if top is not None:
        lines += _evidence(diagnosis, top)
        lines += [_line(f"  {number}. {step}") for number, step in enumerate(top.fix, 1)]
        if top.verdict is not Verdict.CONFIRMED and top.settle:
            lines.append(_line("  ", ("To be sure: ", "warn"), top.settle))
    lines += _others(diagnosis)
    lines += [_line("  ", ("note: ", "warn"), a.says) for a in diagnosis.advice if a.kind not in QUIET]
    lines += [
        _line("  ", (f"the check for {slug} failed ({kind}) and counts as unknown", "dim"))
        for slug, kind in diagnosis.crashed
    ]
    more = f"why20003 explain {top.cause}" if top else "why20003 explain"
    lines.append(_line("  ", (f"more: {more}", "dim")))
    return tuple(lines)


def summary_lines(diagnoses: Sequence[tuple[Diagnosis, int]]) -> tuple[Line, ...]:
    """How often each cause was met, the most frequent first. Pairs of diagnosis and count."""
    counts: dict[str, int] = {}
    for diagnosis, count in diagnoses:
        name = named(_slug(diagnosis), benign=diagnosis.benign)
        counts[name] = counts.get(name, 0) + count
    return tally_lines(counts)


def named(cause: str, *, benign: bool) -> str:
    """How a tally names a cause."""
    return f"{cause} (nothing wrong)" if benign else cause


def tally_lines(counts: Mapping[str, int]) -> tuple[Line, ...]:
    """A count for each name, the most frequent first; nothing where nothing was counted."""
    if not counts:
        return ()
    width = max(len(str(count)) for count in counts.values())
    rows = sorted(counts.items(), key=lambda row: -row[1])
    return (
        _line(("Refusals by cause", "title")),
        *(_line(f"  {count:>{width}}  {name}") for name, count in rows),
    )


def _headline(diagnosis: Diagnosis) -> Line:
    top = diagnosis.top
    if top is None:
        return _line(("? unexplained", "warn"), "  ", (diagnosis.says, "title"))
    if diagnosis.benign:
        return _line((f"✓ {top.cause}", "good"), "  ", diagnosis.says)
    mark, colour = _MARKS[top.verdict]
    return _line((f"{mark} {top.cause} ({top.verdict.value})", colour), "  ", (diagnosis.says, "title"))


_MARKS: dict[Verdict, tuple[str, Style]] = {
    Verdict.CONFIRMED: ("✗", "bad"),
    Verdict.LIKELY: ("✗", "warn"),
    Verdict.POSSIBLE: ("?", "warn"),
    Verdict.RULED_OUT: ("?", "warn"),
    Verdict.UNKNOWN: ("?", "warn"),
}


def _request(diagnosis: Diagnosis, count: int) -> Line:
    asked = f"{diagnosis.method} {diagnosis.url} -> {answer_text(diagnosis)}"
    parts: list[str | tuple[str, Style]] = ["  ", (asked, "plain")]
    if diagnosis.request_id:
        parts.append((f"  {diagnosis.request_id}", "dim"))
    if count > 1:
        parts.append((f"  {count} times", "warn"))
    return _line(*parts)


def answer_text(diagnosis: Diagnosis) -> str:
    """What came back: ``401 20003 "Authenticate"``. Control characters are not escaped yet."""
    if diagnosis.refused_by_proxy:
        return "refused by the proxy itself, nothing reached Twilio"
    if not diagnosis.status:
        return "no answer"
    code = "" if diagnosis.code is None else f" {diagnosis.code}"
    return f"{diagnosis.status}{code}" + (f' "{diagnosis.message}"' if diagnosis.message else "")


def _who(diagnosis: Diagnosis) -> list[Line]:
    parts = [client_text(diagnosis), credential_text(diagnosis.credential), utc(diagnosis.time) or ""]
    return [_line("  ", (", ".join(part for part in parts if part), "dim"))]


def client_text(diagnosis: Diagnosis) -> str:
    """The client and its version, as far as they are known. Control characters are not escaped yet."""
    client = diagnosis.client + (f" {diagnosis.client_version}" if diagnosis.client_version else "")
    return client + (f" (perhaps {diagnosis.client_hint})" if diagnosis.client_hint else "")


def credential_text(seen: CredentialView | None) -> str:
    """The credential in one phrase. Control characters are not escaped yet."""
    if seen is None:
        return "no Authorization"
    if not seen.secret_length:
        return f"{seen.scheme} {seen.username}".strip()
    number = f", {seen.fingerprint}" if seen.fingerprint else ""
    length, shape = f"{seen.secret_length}-character", f"({seen.secret_shape}{number})"
    if seen.username_kind == "token":
        return f"{seen.scheme}, {length} token {shape}"
    return f"{seen.scheme} {seen.username or '(empty)'}, {length} password {shape}"


def _evidence(diagnosis: Diagnosis, top: Finding) -> Iterator[Line]:
    """The drawn header with the evidence beside its carets, then whatever evidence is left."""
    rest = list(top.evidence)
    if diagnosis.drawing and diagnosis.drawing[0]:
        shown, carets = diagnosis.drawing
        drawn = next((evidence for evidence in rest if _is_drawn(evidence)), None)
        yield _line("    ", (shown, "code"))
        if carets:
            yield _line(("    " + carets, "caret"), f" {drawn.says}" if drawn else "")
            rest = [evidence for evidence in rest if evidence is not drawn]
    for evidence in rest:
        yield _line("  ", ("· ", "dim"), evidence.says)


def _is_drawn(evidence: Evidence) -> bool:
    return evidence.where in _DRAWN or (evidence.where == TARGET and evidence.start is not None)


def _others(diagnosis: Diagnosis) -> list[Line]:
    # What a proven cause explains and is itself only possible says nothing new.
    others = [f for f in diagnosis.findings[1:] if not (f.nested_under and f.verdict is Verdict.POSSIBLE)]
    lines = [
        _line("  ", (f"{_relation(finding)} {finding.cause} ({finding.verdict.value})", "dim"), f"  {finding.says}")
        for finding in others[:_OTHERS]
    ]
    if len(others) > _OTHERS:
        lines.append(_line("  ", (f"and {len(others) - _OTHERS} more: --format json", "dim")))
    return lines


def _relation(finding: Finding) -> str:
    if finding.nested_under:
        return "hence"
    return "also" if finding.verdict is Verdict.CONFIRMED else "or"


def _slug(diagnosis: Diagnosis) -> str:
    return diagnosis.top.cause if diagnosis.top else "unexplained"


def _line(*parts: str | tuple[str, Style]) -> Line:
    spans = (Span(escaped(part)) if isinstance(part, str) else Span(escaped(part[0]), part[1]) for part in parts)
    return tuple(span for span in spans if span.text)


def _written_out(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"  # one byte
