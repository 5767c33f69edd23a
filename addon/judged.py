"""What is known of a flow that somebody looks at: the diagnosis that it got, or what the engine says of it alone."""

from collections.abc import Mapping, Sequence

from mitmproxy import http

from addon.marking import Marks, told_of
from analyzers.answer import request_id_of
from analyzers.capture import Capture
from analyzers.case import Case, case_of, is_refusal
from analyzers.contract import Json, annotation_json
from analyzers.diagnosis import CredentialView, Diagnosis, changed, diagnose, view
from analyzers.findings import Evidence, Finding, Verdict
from analyzers.frozen import dataclass
from recordings.flows import exchange_of

ALONE = "judged by itself; the command why20003.diagnose @shown judges it with the others"
BEFORE = "as it was said when this was recorded; the command why20003.diagnose @shown judges it anew"


@dataclass(frozen=True, slots=True)
class Judged:
    """One flow."""

    case: Case
    diagnosis: Diagnosis | None
    """None where nothing was refused."""
    notes: tuple[str, ...]
    """What to know of the diagnosis."""
    credential: CredentialView | None


def judged(flow: http.HTTPFlow, marks: Marks, capture: Capture) -> Judged:
    """What is known of `flow`, live or loaded, marked or not. `capture` names its secret as it names all others."""
    case = case_of(exchange_of(flow))
    diagnosis, notes = _diagnosis(flow, case, marks, capture)
    fingerprint = capture.fingerprint(case) if case.credentials else ""
    return Judged(case, diagnosis, notes, diagnosis.credential if diagnosis else view(case, fingerprint))


def _diagnosis(
    flow: http.HTTPFlow, case: Case, marks: Marks, capture: Capture
) -> tuple[Diagnosis | None, tuple[str, ...]]:
    known = marks.known(flow)
    if known is not None:
        return _of_this(known, case), ()
    told = told_of(flow)
    if told is None and not is_refusal(case):
        return None, ()
    from analyzers.registry import RULES  # noqa: PLC0415 - sixty modules that a start of the proxy need not wait for

    alone = diagnose(case, RULES, fingerprint=capture.fingerprint(case))
    if told is None:
        return alone, (ALONE,)
    if annotation_json(alone) == told:
        return alone, ()
    benign = any(rule.benign and rule.slug == told.get("cause") for rule in RULES)
    return _as_told(alone, told, benign=benign), (BEFORE,)


def _of_this(known: Diagnosis, case: Case) -> Diagnosis:
    """`known` for this one of the repetitions that share it."""
    answer = case.exchange.response
    request_id = request_id_of(answer.first(b"twilio-request-id")) if answer else None
    return changed(known, time=case.exchange.started_at, request_id=request_id)


def _as_told(alone: Diagnosis, told: Mapping[str, Json], *, benign: bool) -> Diagnosis:
    """The diagnosis that the annotation tells of; its ladder was not kept."""
    cause, settle = told.get("cause"), told.get("settle")
    evidence = tuple(Evidence("", says) for says in _texts(told.get("evidence")))
    finding = Finding(
        str(cause),
        Verdict(told["verdict"]),
        str(told["says"]),
        evidence,
        tuple(_texts(told.get("fix"))),
        settle if isinstance(settle, str) else None,
    )
    return changed(
        alone,
        findings=(finding,) if cause else (),
        ruled_out=(),
        unknown=(),
        advice=(),
        crashed=(),
        drawing=None,
        benign=benign,
    )


def _texts(told: Json) -> Sequence[str]:
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


__all__ = ["ALONE", "BEFORE", "Judged", "judged"]
