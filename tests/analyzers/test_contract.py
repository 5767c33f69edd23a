import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analyzers.advice import Advice
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.contract import annotation_json, diagnosis_json, merged, utc
from analyzers.diagnosis import Diagnosis, diagnose
from analyzers.exchange import Exchange
from analyzers.findings import HISTORY, PASSWORD, Evidence, Finding, Verdict
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


STRAY = Finding(
    "stray-characters",
    Verdict.LIKELY,
    "The password has extra characters",
    (Evidence(PASSWORD, "line feed", index=1, start=32, end=33), Evidence(HISTORY, "and more")),
    ("Trim the value", "Restart the program"),
    "decode the value",
)
NESTED = replace(STRAY, cause="sid-misshapen", verdict=Verdict.CONFIRMED, settle=None, nested_under="stray-characters")
TOLD = {
    "cause": "stray-characters",
    "verdict": "likely",
    "says": "The password has extra characters",
    "fix": ["Trim the value", "Restart the program"],
    "settle": "decode the value",
}
SHOWN = [
    {"where": PASSWORD, "index": 1, "start": 32, "end": 33, "says": "line feed"},
    {"where": HISTORY, "index": 0, "start": None, "end": None, "says": "and more"},
]


def diagnosed(**changes: object) -> Diagnosis:
    """A diagnosis of which every field has another value."""
    return replace(
        diagnose(case_of(refused(agent=b"twilio-python/9.13.0 (Linux)")), [], index=4, fingerprint="sec#3"),
        findings=(STRAY, NESTED),
        ruled_out=(("half-empty", "both halves are there"),),
        unknown=(("region-mismatch", "try the other hosts"),),
        advice=(Advice("futile-retry", "Stop."),),
        **changes,  # type: ignore[arg-type] # fields by name
    )


def test_an_entry_tells_all_of_a_diagnosis() -> None:
    entry = diagnosis_json(diagnosed())
    assert {name: entry[name] for name in TOLD} == TOLD
    assert entry["evidence"] == SHOWN
    assert entry["findings"] == [
        {**TOLD, "evidence": SHOWN, "nested_under": None},
        {
            **TOLD,
            "cause": "sid-misshapen",
            "verdict": "confirmed",
            "settle": None,
            "evidence": SHOWN,
            "nested_under": "stray-characters",
        },
    ]
    assert (entry["recording"], entry["index"], entry["count"], entry["indexes"]) == (0, 4, 1, [4])
    assert (entry["time"], entry["method"], entry["status"]) == ("2026-11-03T11:14:08.000Z", "POST", 401)
    assert (entry["code"], entry["message"], entry["benign"]) == (20003, "Authenticate", False)
    assert entry["url"] == f"https://api.twilio.com/2010-04-01/Accounts/{SID.decode()}/Messages.json"
    assert str(entry["request_id"]).startswith("RQ")
    assert entry["client"] == {"name": "twilio-python", "version": "9.13.0"}
    assert entry["credential"] == {
        "scheme": "Basic",
        "username": "AC0011…eeff",
        "username_kind": "account-sid",
        "secret": {"length": 32, "shape": "lower-hex", "fingerprint": "sec#3"},
    }
    assert entry["ruled_out"] == [{"cause": "half-empty", "because": "both halves are there"}]
    assert entry["unknown"] == [{"cause": "region-mismatch", "settle": "try the other hosts"}]
    assert entry["advice"] == [{"kind": "futile-retry", "says": "Stop."}]


def test_a_benign_entry_blames_nothing() -> None:
    entry = diagnosis_json(diagnosed(benign=True))
    assert (entry["cause"], entry["benign"], entry["says"]) == (None, True, TOLD["says"])


def test_an_entry_without_a_finding() -> None:
    entry = diagnosis_json(replace(diagnosed(), findings=(), credential=None))
    assert (entry["cause"], entry["verdict"], entry["settle"]) == (None, "unknown", None)
    assert (entry["evidence"], entry["fix"], entry["findings"], entry["credential"]) == ([], [], [], None)
    assert entry["says"]


def test_an_annotation_tells_what_leads() -> None:
    told = annotation_json(diagnosed())
    assert told == {**TOLD, "evidence": ["line feed", "and more"], "explain": "why20003 explain stray-characters"}


def test_an_annotation_without_a_finding() -> None:
    told = annotation_json(replace(diagnosed(), findings=()))
    assert (told["cause"], told["verdict"], told["settle"]) == (None, "unknown", None)
    assert (told["evidence"], told["fix"], told["explain"]) == ([], [], "why20003 explain")


def test_repetitions_are_merged_with_their_indexes() -> None:
    found = merged(
        diagnoses(refused(), accepted(None, path=b"/x"), refused(at=1), refused(basic(SID, b"x" * 32), at=2))
    )

    assert [indexes for _, indexes in found] == [[0, 2], [3]]
    entry = diagnosis_json(found[0][0], recording=7, indexes=found[0][1])
    assert (entry["recording"], entry["index"], entry["count"], entry["indexes"]) == (7, 0, 2, [0, 2])


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
