"""Diagnoses as plain values, so that a process can hand thousands to another one: pickling dataclasses costs thrice."""

import marshal
from collections.abc import Iterable
from typing import Any, TypeAlias

from analyzers.advice import Advice
from analyzers.diagnosis import CredentialView, Diagnosis
from analyzers.findings import Evidence, Finding, Verdict

Plain: TypeAlias = tuple[Any, ...]
"""Tuples, texts, numbers and None."""

_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def packed(rows: Iterable[Plain]) -> bytes:
    """`rows` as bytes, for a process of the same program only."""
    return marshal.dumps([*rows])


def unpacked(data: bytes) -> list[Plain]:
    """What `packed` was given."""
    rows: list[Plain] = marshal.loads(data)  # noqa: S302 - comes from a process that this one has forked
    return rows


def plain(diagnosis: Diagnosis) -> Plain:
    """`diagnosis` as plain values."""
    seen = diagnosis.credential
    return (
        diagnosis.index,
        diagnosis.time,
        diagnosis.method,
        diagnosis.url,
        diagnosis.status,
        diagnosis.code,
        diagnosis.message,
        diagnosis.request_id,
        diagnosis.client,
        diagnosis.client_version,
        diagnosis.helper_library,
        None if seen is None else plain_credential(seen),
        tuple(map(_finding, diagnosis.findings)),
        diagnosis.ruled_out,
        diagnosis.unknown,
        tuple((one.kind, one.says) for one in diagnosis.advice),
        diagnosis.crashed,
        diagnosis.benign,
        diagnosis.refused_by_proxy,
        diagnosis.client_hint,
        diagnosis.drawing,
    )


def diagnosis_of(row: Plain) -> Diagnosis:
    """The diagnosis that `plain` was given."""
    credential, findings, advice = row[11], row[12], row[15]
    return Diagnosis(
        index=row[0],
        time=row[1],
        method=row[2],
        url=row[3],
        status=row[4],
        code=row[5],
        message=row[6],
        request_id=row[7],
        client=row[8],
        client_version=row[9],
        helper_library=row[10],
        credential=None if credential is None else CredentialView(*credential),
        findings=tuple(map(_finding_of, findings)),
        ruled_out=row[13],
        unknown=row[14],
        advice=tuple(Advice(*one) for one in advice),
        crashed=row[16],
        benign=row[17],
        refused_by_proxy=row[18],
        client_hint=row[19],
        drawing=row[20],
    )


def plain_credential(seen: CredentialView) -> Plain:
    """`seen` as plain values."""
    return (
        seen.scheme,
        seen.username,
        seen.username_kind,
        seen.secret_length,
        seen.secret_shape,
        seen.fingerprint,
    )


def _finding(finding: Finding) -> Plain:
    evidence = tuple((one.where, one.says, one.index, one.start, one.end) for one in finding.evidence)
    return (
        finding.cause,
        finding.verdict.value,
        finding.says,
        evidence,
        finding.fix,
        finding.settle,
        finding.nested_under,
    )


def _finding_of(row: Plain) -> Finding:
    cause, verdict, says, evidence, fix, settle, nested_under = row
    shown = tuple(Evidence(*one) for one in evidence)
    return Finding(cause, _VERDICTS[verdict], says, shown, fix, settle, nested_under)
