"""Readings in, diagnoses with counts out, and the JSON document ``why20003/1`` over several recordings."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzers.advice import in_order
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.contract import SCHEMA, Json, diagnosis_json, merged, summary_json
from analyzers.credential import Bearer
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from analyzers.history import History
from recordings.reading import Reading
from why20003 import versions


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """One recording and what is wrong in it."""

    path: str
    """As the user named it; ``-`` for standard input."""
    reading: Reading
    twilio: int
    """How many exchanges were with Twilio, or answered by it."""
    refused: int
    """How many exchanges were diagnosed, benign ones included."""
    diagnoses: tuple[tuple[Diagnosis, tuple[int, ...]], ...]
    """Each with the places of all its repetitions, in order of first appearance."""

    @property
    def faulty(self) -> bool:
        """Whether a refusal was found that is not benign."""
        return any(not diagnosis.benign for diagnosis, _ in self.diagnoses)


class Numbering:
    """Numbers the secrets of several recordings alike, so that ``sec#1`` means one secret in the whole document."""

    def __init__(self) -> None:
        """The key is random and lives as long as this object."""
        self.key = secrets.token_bytes(32)
        self._history = History(self.key)

    def applied(self, diagnosis: Diagnosis, exchange: Exchange) -> Diagnosis:
        """`diagnosis` with the number that its secret has in all recordings."""
        seen = diagnosis.credential
        if seen is None or not seen.fingerprint:
            return diagnosis
        case = case_of(exchange)
        if isinstance(case.credential, Bearer):
            secret = case.credential.token
        else:
            secret = case.pair.password if case.pair else b""
        return replace(diagnosis, credential=replace(seen, fingerprint=self._history.fingerprint(secret)))


def diagnosed(path: str, reading: Reading, numbering: Numbering, expected: Sequence[Expected] = ()) -> Diagnosed:
    """Judge every exchange of `reading`; identical refusals are counted together.

    `expected` are the credentials that the application was meant to send.
    """
    results = diagnose_all(reading.exchanges, numbering.key, expected)
    found = [
        replace(
            numbering.applied(result.diagnosis, reading.exchanges[result.index]),
            index=reading.place(result.index),
        )
        for result in results
        if result.diagnosis is not None
    ]
    return Diagnosed(
        path,
        reading,
        twilio=sum(result.twilio for result in results),
        refused=len(found),
        diagnoses=tuple((_with_all_advice(first, indexes, found), tuple(indexes)) for first, indexes in merged(found)),
    )


def document(recordings: Sequence[Diagnosed]) -> dict[str, Json]:
    """The whole answer of ``diagnose --format json``."""
    return {
        "schema": SCHEMA,
        "tool": {"version": versions.of("why20003"), "mitmproxy": versions.of("mitmproxy")},
        "recordings": [_recording(recording) for recording in recordings],
        "diagnoses": [
            diagnosis_json(diagnosis, recording=number, indexes=indexes)
            for number, recording in enumerate(recordings)
            for diagnosis, indexes in recording.diagnoses
        ],
        "summary": summary_json(
            [(diagnosis, len(indexes)) for recording in recordings for diagnosis, indexes in recording.diagnoses]
        ),
    }


def _recording(recording: Diagnosed) -> Json:
    reading = recording.reading
    errors: list[Json] = [{"entry": error.entry, "says": error.says} for error in reading.errors]
    return {
        "path": recording.path,
        "format": reading.format,
        "exchanges": len(reading.exchanges),
        "twilio": recording.twilio,
        "refused": recording.refused,
        "errors": errors,
        "truncated": reading.truncated,
    }


def _with_all_advice(first: Diagnosis, indexes: Sequence[int], found: Sequence[Diagnosis]) -> Diagnosis:
    """`first` with the latest advice of each kind that any repetition got: only later ones know that they repeat."""
    places = set(indexes)
    latest = {advice.kind: advice for each in found if each.index in places for advice in each.advice}
    return replace(first, advice=in_order(latest.values()))
