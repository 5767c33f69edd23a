"""parent-key-on-subaccount: a key at work on one account and refused on another; likely, never more."""

from dataclasses import replace

import pytest
from judging import account_read, diagnoses, finding_of, judge, judged, live, seen, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TEXT_INVALID_USERNAME,
    accepted,
    basic,
    refused,
)
from analyzers.causes.parent_key_on_subaccount import RULE
from analyzers.exchange import Exchange, Response
from analyzers.findings import Stands
from analyzers.masking import mask_sid

PAIR = basic(KEY, KEY_SECRET)
THIRD = b"AC" + b"5" * 32
SUB = OTHER_SID
SUB_PATH = MESSAGES % SUB
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."


def crossed(authorization: bytes | None = PAIR, path: bytes = SUB_PATH, **options: object) -> Exchange:
    return refused(authorization, path=path, **{"at": 30.0, **options})  # type: ignore[arg-type] # as refused


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(crossed(), "likely", id="authenticate"),
        pytest.param(crossed(message=TEXT_INVALID_USERNAME), "likely", id="invalid-username"),
        pytest.param(crossed(message=""), "likely", id="text-unread"),
        pytest.param(crossed(message=KYC), "unknown", id="gate"),
        pytest.param(crossed(message="Something new"), "unknown", id="text-of-its-own"),
        pytest.param(crossed(status=403, code=70051, message="Authorization Failed"), "unknown", id="70051"),
        pytest.param(crossed(status=404, code=20404, message="Not found"), "unknown", id="404"),
        pytest.param(crossed(answer=Response(status=401, headers=())), "unknown", id="not-twilio"),
        pytest.param(replace(crossed(), response=None), "unknown", id="no-answer"),
        pytest.param(crossed(path=MESSAGES % SID), "ruled-out", id="the-account-that-accepted-it"),
        pytest.param(crossed(path=MESSAGES % b"None"), "ruled-out", id="no-account"),
        pytest.param(crossed(path=MESSAGES % KEY), "ruled-out", id="key-in-the-path"),
        pytest.param(crossed(host="verify.twilio.com", path=b"/v2/Services"), "ruled-out", id="product"),
        pytest.param(crossed(GOOD), "ruled-out", id="account-pair"),
        pytest.param(crossed(b"Bearer a.b.c"), "ruled-out", id="bearer"),
        pytest.param(crossed(None), "ruled-out", id="no-header"),
    ],
)
def test_verdict_of_a_key_that_works_on_another_account(exchange: Exchange, verdict: str) -> None:
    assert word(judged(RULE, exchange, Bearing(accepted=(seen(),)))) == verdict


@pytest.mark.parametrize(
    ("bearing", "verdict"),
    [
        pytest.param({}, "unknown", id="nothing-seen"),
        pytest.param({"accepted": (seen(account=None, host="verify.twilio.com"),)}, "unknown", id="no-account-seen"),
        pytest.param({"accepted": (seen(host="api.dublin.ie1.twilio.com"),)}, "unknown", id="other-region"),
        pytest.param({"accepted": (seen(), seen(account=SUB))}, "ruled-out", id="accepted-on-both"),
        pytest.param(
            {"accepted": (seen(), seen(account=SUB, host="api.dublin.ie1.twilio.com"))}, "ruled-out", id="there-in-ie1"
        ),
        pytest.param({"accepted": (seen(),), "path_owner": SID}, "likely", id="its-subaccount"),
        pytest.param({"accepted": (seen(),), "path_owner": SUB}, "ruled-out", id="a-main-account"),
        pytest.param({"accepted": (seen(),), "path_owner": THIRD}, "ruled-out", id="subaccount-of-another"),
        pytest.param({"path_owner": THIRD}, "unknown", id="owner-alone"),
        pytest.param({"path_owner": SUB}, "ruled-out", id="main-account-alone"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], verdict: str) -> None:
    assert word(judged(RULE, crossed(), Bearing(**bearing))) == verdict  # type: ignore[arg-type] # fields by name


OWNED = (accepted(PAIR), account_read(SUB, SID, at=1.0), crossed())


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param((accepted(PAIR), crossed()), id="before"),
        pytest.param((crossed(), accepted(PAIR, at=60.0)), id="after"),
        pytest.param((accepted(PAIR), crossed(), accepted(PAIR, at=60.0)), id="before-and-after"),
        pytest.param(OWNED, id="owner-known"),
        pytest.param(OWNED[::-1], id="owner-learnt-later"),
    ],
)
def test_recordings_and_live_captures(exchanges: tuple[Exchange, ...]) -> None:
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        assert diagnosis.top == finding_of(RULE, diagnosis)
        assert [one.verdict.value for one in diagnosis.findings] == ["likely", *["possible"] * 99][
            : len(diagnosis.findings)
        ]


def test_a_known_owner_is_named_and_still_only_likely() -> None:
    found = judge(RULE, *OWNED)
    assert word(found) == "likely"
    assert "A key of main account AC0011…eeff does not reach its subaccount AC9988…bbaa" in texts(found)


def test_on_the_resource_of_the_subaccount_its_reach_is_the_nearer_reason() -> None:
    found = standing(accepted(PAIR), crossed(path=b"/2010-04-01/Accounts/%s.json" % SUB, method="GET"))
    assert list(found)[:2] == ["key-lacks-reach", RULE.slug]
    assert {verdict for verdict, _ in found.values()} == {"likely", "possible"}


def test_evidence_marks_both_accounts() -> None:
    finding = finding_of(RULE, diagnoses((refused(None), accepted(PAIR, at=1.0), crossed()))[2])
    assert finding is not None
    history, target = finding.evidence
    assert (history.where, history.index) == ("history", 1)
    assert SUB_PATH[target.start : target.end] == SUB


def test_the_client_is_told_in_its_own_words() -> None:
    agent = b"twilio-csharp/7.14.3 (Unix x64) .NET/8.0.1"
    found = texts(judge(RULE, accepted(PAIR), crossed(agent=agent)))
    assert "TwilioClient.Init(apiKeySid, apiKeySecret, accountSid)" in found


@pytest.mark.parametrize(
    ("owner", "shown", "kin"),
    [
        pytest.param(None, SID, False, id="owner-unknown"),
        pytest.param(SID, SID, True, id="owner-first"),
        pytest.param(THIRD, THIRD, True, id="owner-second"),
    ],
)
def test_of_several_accounts_the_owner_is_named(owner: bytes | None, shown: bytes, *, kin: bool) -> None:
    bearing = Bearing(accepted=(seen(3), seen(4, account=THIRD)), path_owner=owner)
    found = judged(RULE, crossed(), bearing)
    assert isinstance(found, Stands)
    assert f"{'account' if kin else 'works on'} {mask_sid(shown)}" in found.says
    history, target = found.evidence
    assert (history.where, history.index) == ("history", 3 if shown == SID else 4)
    assert f"accepted on {mask_sid(shown)} at " in history.says
    assert target.where == "request.target"
    assert target.says == f"the path names {mask_sid(SUB)}" + (
        "; an Account resource in this capture names its parent" if kin else ""
    )


def test_the_list_of_accounts_names_none() -> None:
    exchange = crossed(path=b"/2010-04-01/Accounts.json", method="GET")
    assert word(judged(RULE, exchange, Bearing(accepted=(seen(),)))) == "ruled-out"
