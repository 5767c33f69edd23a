"""The labelled cases beside the checkout: which cause each recording deserves, and which it must not be given."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.findings import Verdict
from recordings.opening import open_recording
from recordings.reading import Reading

CASES = Path(os.environ.get("WHY20003_CASES") or Path(__file__).parents[2] / "shared" / "cases")
FORMATS = {"mitm": "mitm", "har": "har", "http": "raw"}
"""The format of each kind of file."""


def _labelled() -> list[Any]:
    file = CASES / "expected.json"
    if not file.is_file():
        reason = f"no labelled cases in {CASES}; WHY20003_CASES names another folder"
        return [pytest.param({}, "", marks=pytest.mark.skip(reason=reason), id="none")]
    cases = json.loads(file.read_text("utf-8"))["cases"]
    return [
        pytest.param(case, kind, id=f"{case['id']}-{kind}")
        for case in cases
        for kind in FORMATS
        if kind in case["files"]
    ]


@pytest.mark.parametrize(("case", "kind"), _labelled())
def test_a_labelled_case(case: dict[str, Any], kind: str) -> None:
    reading = open_recording(CASES / case["files"][kind])
    found = _diagnoses(reading)

    assert (reading.format, len(reading.exchanges), reading.errors) == (FORMATS[kind], case["exchanges"], ())
    statuses = [exchange.response.status if exchange.response else 0 for exchange in reading.exchanges]
    assert not [index for index in found if 0 < statuses[index] < 400], "a success was diagnosed"
    for expect in (case["expect"], *case.get("others", case["expect"].get("others", ()))):
        _check(expect, found, kind)


def _check(expect: dict[str, Any], found: dict[int, Diagnosis], kind: str) -> None:
    wrong = _confirmed(found.values()) - set(expect.get("may_confirm", ()))
    match expect["kind"]:
        case "none":
            assert {index: diagnosis.top for index, diagnosis in found.items()} == {}
        case "benign":
            diagnosis = found.get(expect["index"])
            assert diagnosis is None or diagnosis.benign, diagnosis
        case "positive":
            assert wrong == set()
            for index in (expect["index"], *expect.get("same_refusal", ())):
                _check_leading(expect, found.get(index), kind)


def _check_leading(expect: dict[str, Any], diagnosis: Diagnosis | None, kind: str) -> None:
    assert diagnosis is not None, "not diagnosed"
    top = diagnosis.top
    assert top is not None, "nothing stands"
    assert not diagnosis.benign
    assert top.cause in expect["cause"], [(finding.cause, finding.verdict) for finding in diagnosis.findings]
    least = expect.get(f"min_verdict_{kind}", expect["min_verdict"])
    assert top.verdict.rank <= Verdict(least).rank, top


def _diagnoses(reading: Reading) -> dict[int, Diagnosis]:
    return {
        reading.place(result.index): result.diagnosis
        for result in diagnose_all(reading.exchanges, b"k" * 32)
        if result.diagnosis is not None
    }


def _confirmed(diagnoses: Iterable[Diagnosis]) -> set[str]:
    return {
        finding.cause
        for diagnosis in diagnoses
        for finding in diagnosis.findings
        if finding.verdict is Verdict.CONFIRMED
    }
