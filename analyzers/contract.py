"""A diagnosis as the JSON contract ``why20003/1`` lays it out: plain dicts and lists, no secret in them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from analyzers.capture import refusal_key
from analyzers.diagnosis import Diagnosis
from analyzers.findings import Evidence, Finding

SCHEMA = "why20003/1"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def diagnosis_json(diagnosis: Diagnosis, *, recording: int = 0, indexes: Sequence[int] = ()) -> dict[str, Json]:
    """One entry of ``diagnoses``. `indexes` are the places of all repetitions, this one included."""
    places: list[Json] = [*(indexes or (diagnosis.index,))]
    return {
        "recording": recording,
        "index": diagnosis.index,
        "count": len(places),
        "indexes": places,
        **told_json(diagnosis),
        "ruled_out": [{"cause": slug, "because": because} for slug, because in diagnosis.ruled_out],
        "unknown": [{"cause": slug, "settle": settle} for slug, settle in diagnosis.unknown],
        "advice": [{"kind": advice.kind, "says": advice.says} for advice in diagnosis.advice],
    }


def told_json(diagnosis: Diagnosis) -> dict[str, Json]:
    """The members of ``diagnoses`` that are the same wherever the refusal stands and however often it comes.

    All but what does not stand, which is most of a diagnosis and in most of them the same.
    """
    top = diagnosis.top
    return {
        "time": utc(diagnosis.time),
        "method": diagnosis.method,
        "url": diagnosis.url,
        "status": diagnosis.status,
        "code": diagnosis.code,
        "message": diagnosis.message,
        "request_id": diagnosis.request_id,
        "client": {"name": diagnosis.client, "version": diagnosis.client_version},
        "credential": _credential(diagnosis),
        "cause": top.cause if top and not diagnosis.benign else None,
        "verdict": top.verdict.value if top else "unknown",
        "benign": diagnosis.benign,
        "says": diagnosis.says,
        "evidence": [_evidence(evidence) for evidence in top.evidence] if top else [],
        "fix": [*top.fix] if top else [],
        "settle": top.settle if top else None,
        "findings": [_finding(finding) for finding in diagnosis.findings],
    }


def merged(diagnoses: Sequence[Diagnosis]) -> list[tuple[Diagnosis, list[int]]]:
    """Repeated identical refusals as one, with the indexes of all; in order of first appearance."""
    groups: dict[tuple[object, ...], tuple[Diagnosis, list[int]]] = {}
    for diagnosis in diagnoses:
        group = groups.setdefault(refusal_key(diagnosis), (diagnosis, []))
        group[1].append(diagnosis.index)
    return [*groups.values()]


def utc(time: float | None) -> str | None:
    """``2026-11-20T12:00:00.000Z``; None without a time, or for one outside the calendar."""
    if time is None:
        return None
    try:
        return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def annotation_json(diagnosis: Diagnosis) -> dict[str, Json]:
    """The object ``why20003`` that an annotated answer carries."""
    top = diagnosis.top
    return {
        "cause": top.cause if top else None,
        "verdict": top.verdict.value if top else "unknown",
        "says": diagnosis.says,
        "evidence": [evidence.says for evidence in top.evidence] if top else [],
        "fix": [*top.fix] if top else [],
        "settle": top.settle if top else None,
        "explain": f"why20003 explain {top.cause}" if top else "why20003 explain",
    }


def _credential(diagnosis: Diagnosis) -> Json:
    seen = diagnosis.credential
    if seen is None:
        return None
    secret: Mapping[str, Json] = {
        "length": seen.secret_length,
        "shape": seen.secret_shape,
        "fingerprint": seen.fingerprint or None,
    }
    return {
        "scheme": seen.scheme,
        "username": seen.username,
        "username_kind": seen.username_kind,
        "secret": dict(secret),
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "cause": finding.cause,
        "verdict": finding.verdict._value_,  # `value` is a descriptor written in Python
        "says": finding.says,
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "fix": [*finding.fix],
        "settle": finding.settle,
        "nested_under": finding.nested_under,
    }


def _evidence(evidence: Evidence) -> dict[str, Json]:
    return {
        "where": evidence.where,
        "index": evidence.index,
        "start": evidence.start,
        "end": evidence.end,
        "says": evidence.says,
    }
