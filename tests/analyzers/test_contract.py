import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import diagnose_all
from analyzers.contract import annotation_json, diagnosis_json, merged, summary_json, utc
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.registry import RULES
from analyzers.rules import Rule

SCHEMA = json.loads((Path(__file__).parents[2] / "why20003" / "schema" / "why20003-1.json").read_text("utf-8"))


def validator(part: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]})


def diagnoses(*exchanges: Exchange) -> list[Diagnosis]:
    return [result.diagnosis for result in diagnose_all(exchanges, b"k" * 32) if result.diagnosis]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_is_closed() -> None:
    def check(part: object) -> None:
        if isinstance(part, dict):
            if "properties" in part:
                assert part["additionalProperties"] is False
                assert set(part["required"]) == set(part["properties"])
            for inner in part.values():
                check(inner)
        elif isinstance(part, list):
            for inner in part:
                check(inner)

    check(SCHEMA)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_sample_of_every_cause_follows_the_schema(rule: Rule) -> None:
    for sample in (rule.hit, rule.miss):
        for diagnosis in diagnoses(*sample()):
            validator("diagnosis").validate(diagnosis_json(diagnosis))


@pytest.mark.parametrize(
    "authorization",
    [None, b"", b"Basic", basic(SID, b""), basic(b"", b""), b"Bearer x.y.z", TOKEN, b"Digest a=b", GOOD],
)
def test_every_credential_follows_the_schema(authorization: bytes | None) -> None:
    [diagnosis] = diagnoses(refused(authorization))

    document = json.dumps(diagnosis_json(diagnosis))

    validator("diagnosis").validate(json.loads(document))
    assert TOKEN.decode() not in document


def test_a_refusal_without_an_answer_follows_the_schema() -> None:
    dead = replace(refused(host="api.ie1.twilio.com"), response=None, error="x", started_at=None, finished_at=None)

    [diagnosis] = diagnoses(dead)

    validator("diagnosis").validate(diagnosis_json(diagnosis))
    assert diagnosis_json(diagnosis)["status"] == 0
    assert diagnosis_json(diagnosis)["time"] is None


def test_repetitions_are_merged_with_their_indexes() -> None:
    found = merged(
        diagnoses(refused(), accepted(None, path=b"/x"), refused(at=1), refused(basic(SID, b"x" * 32), at=2))
    )

    assert [indexes for _, indexes in found] == [[0, 2], [3]]
    entry = diagnosis_json(found[0][0], recording=7, indexes=found[0][1])
    assert (entry["recording"], entry["index"], entry["count"], entry["indexes"]) == (7, 0, 2, [0, 2])


def test_a_summary_counts_by_cause_and_by_credential() -> None:
    [one, two] = [diagnosis for diagnosis, _ in merged(diagnoses(refused(basic(SID, TOKEN + b"\n")), refused(None)))]

    summary = summary_json([(one, 3), (two, 1)])

    assert summary["by_credential"] == [{"username": "AC0011…eeff", "fingerprint": "sec#1", "refused": 3}]
    assert sum(summary["by_cause"].values()) == 4  # type: ignore[union-attr, arg-type] # counts


@pytest.mark.parametrize(
    ("time", "shown"),
    [(None, None), (1793704448.1234, "2026-11-03T11:14:08.123Z"), (1e18, None), (float("nan"), None), (-1e18, None)],
)
def test_times(time: float | None, shown: str | None) -> None:
    assert utc(time) == shown


def test_an_annotation_is_plain_data_without_a_secret() -> None:
    [diagnosis] = diagnoses(redirected(GOOD, b"/x"), refused(basic(SID, TOKEN + b"\n"), at=1))

    document = json.dumps(annotation_json(diagnosis))

    assert set(json.loads(document)) == {"cause", "verdict", "says", "evidence", "fix", "settle", "explain"}
    assert TOKEN.decode() not in document
