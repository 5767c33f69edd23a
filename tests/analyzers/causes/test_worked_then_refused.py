"""worked-then-refused: the same credential, host and account; certain only where nothing else explains the refusal."""

import base64
import json
from dataclasses import replace
from itertools import permutations

import pytest
from judging import diagnoses, finding_of, judge, judged, live, seen, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TEXT_INVALID_USERNAME,
    TEXT_NO_CREDENTIALS,
    TIME,
    TOKEN,
    accepted,
    basic,
    refused,
)
from analyzers.causes.worked_then_refused import RULE
from analyzers.exchange import Exchange, Response
from analyzers.findings import Stands

KEY_PAIR = basic(KEY, KEY_SECRET)
ACCOUNT = b"/2010-04-01/Accounts/%s.json" % SID
DUBLIN = "api.dublin.ie1.twilio.com"
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
WORKED = seen(0, 0.0)


def bearer(expires: float = TIME + 3600) -> bytes:
    parts = ({"alg": "RS256"}, {"sub": SID.decode(), "exp": expires})
    return b"Bearer " + b".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts) + b".eA"


def again(authorization: bytes | None = GOOD, **options: object) -> Exchange:
    return refused(authorization, **{"at": 640.0, **options})  # type: ignore[arg-type] # as refused


@pytest.mark.parametrize(
    ("exchange", "worked", "did_this"),
    [
        pytest.param(again(), "confirmed", "confirmed", id="account-pair"),
        pytest.param(again(message=TEXT_INVALID_USERNAME), "confirmed", "confirmed", id="invalid-username"),
        pytest.param(again(path=ACCOUNT), "confirmed", "confirmed", id="account-pair-on-another-path"),
        pytest.param(again(message=""), "likely", "likely", id="text-unread"),
        pytest.param(again(code=None), "likely", "likely", id="body-unread"),
        pytest.param(again(KEY_PAIR), "likely", "confirmed", id="key"),
        pytest.param(again(KEY_PAIR, path=ACCOUNT), "ruled-out", "confirmed", id="key-on-a-main-key-path"),
        pytest.param(again(bearer()), "likely", "confirmed", id="bearer"),
        pytest.param(again(bearer(), message="Something new"), "likely", "confirmed", id="bearer-text-unknown"),
        pytest.param(again(bearer(TIME - 10)), "ruled-out", "ruled-out", id="bearer-expired"),
        pytest.param(again(message=KYC), "ruled-out", "ruled-out", id="gate"),
        pytest.param(again(message="Something new"), "unknown", "unknown", id="text-of-its-own"),
        pytest.param(again(message=TEXT_NO_CREDENTIALS), "unknown", "unknown", id="nothing-arrived"),
        pytest.param(again(status=403), "unknown", "unknown", id="403"),
        pytest.param(again(KEY_PAIR, status=403, code=70051, message="Failed"), "unknown", "unknown", id="70051"),
        pytest.param(again(status=403, code=20005, message="Inactive"), "unknown", "unknown", id="inactive"),
        pytest.param(again(status=404, code=20404, message="Not found"), "unknown", "unknown", id="404"),
        pytest.param(again(answer=Response(status=401, headers=())), "unknown", "unknown", id="not-twilio"),
        pytest.param(replace(again(), response=None), "unknown", "unknown", id="no-answer"),
        pytest.param(again(GOOD[:-2]), "ruled-out", "ruled-out", id="now-a-broken-header"),
        pytest.param(again(extra=((b"Authorization", GOOD),)), "ruled-out", "ruled-out", id="now-two-headers"),
        pytest.param(again(None), "ruled-out", "ruled-out", id="no-header"),
    ],
)
def test_verdict_after_a_success(exchange: Exchange, worked: str, did_this: str) -> None:
    assert word(judged(RULE, exchange, Bearing(worked=WORKED))) == worked
    assert word(judged(RULE, exchange, Bearing(worked=WORKED, did_this=WORKED))) == did_this


@pytest.mark.parametrize(
    ("bearing", "verdict"),
    [
        pytest.param({}, "unknown", id="nothing-seen"),
        pytest.param({"accepted": (seen(host=DUBLIN),)}, "unknown", id="only-in-another-region"),
        pytest.param(
            {"accepted": (seen(host="verify.twilio.com", account=None),)}, "unknown", id="only-on-another-host"
        ),
        pytest.param({"works_again": seen(9, 900.0)}, "unknown", id="only-later"),
        pytest.param({"worked": seen(host="www.twilio.com")}, "unknown", id="website"),
        pytest.param({"worked": seen(0, None)}, "confirmed", id="no-clock"),
        pytest.param({"worked": WORKED, "works_again": seen(9, 900.0)}, "likely", id="works-again"),
        pytest.param(
            {"worked": WORKED, "accepted": (seen(9, 900.0, host="verify.twilio.com"),)}, "likely", id="works-elsewhere"
        ),
        pytest.param(
            {"worked": WORKED, "accepted": (seen(9, 900.0, host=DUBLIN),)}, "confirmed", id="later-in-another-region"
        ),
        pytest.param({"worked": WORKED, "account_status": "suspended"}, "confirmed", id="suspended"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], verdict: str) -> None:
    assert word(judged(RULE, again(), Bearing(**bearing))) == verdict  # type: ignore[arg-type] # fields by name


ROTATED = (accepted(GOOD), accepted(GOOD, at=600.0), again())


@pytest.mark.parametrize(
    ("exchanges", "verdict"),
    [
        pytest.param(ROTATED, "confirmed", id="rotated"),
        pytest.param((*ROTATED, accepted(GOOD, at=700.0)), "likely", id="and-back"),
        pytest.param((again(), accepted(GOOD, at=700.0)), None, id="works-only-later"),
        pytest.param((accepted(GOOD), again(host="verify.twilio.com", path=b"/v2/Services")), None, id="other-host"),
        pytest.param((accepted(GOOD), again(path=MESSAGES % OTHER_SID)), None, id="other-account"),
        pytest.param((accepted(GOOD, host=DUBLIN), again()), None, id="other-region"),
        pytest.param((accepted(basic(SID, TOKEN[::-1])), again()), None, id="other-secret"),
        pytest.param((accepted(GOOD, path=b"/2010-04-01"), again()), None, id="open-page"),
        pytest.param((accepted(KEY_PAIR), again(KEY_PAIR)), "confirmed", id="key-and-the-same-call"),
        pytest.param((accepted(KEY_PAIR, method="GET"), again(KEY_PAIR)), "likely", id="key-and-another-method"),
        pytest.param(
            (accepted(KEY_PAIR, path=b"/2010-04-01/Accounts/%s/Calls.json" % SID), again(KEY_PAIR)),
            "likely",
            id="key-and-another-resource",
        ),
        pytest.param((accepted(KEY_PAIR, path=ACCOUNT), again(KEY_PAIR, path=ACCOUNT)), "confirmed", id="main-key"),
        pytest.param(
            (accepted(KEY_PAIR, path=ACCOUNT, method="GET"), again(KEY_PAIR, path=b"/2010-04-01/Accounts.json")),
            None,
            id="main-key-on-another-path-without-account",
        ),
        pytest.param((accepted(bearer()), again(bearer())), "confirmed", id="bearer-and-the-same-call"),
    ],
)
def test_recordings_and_live_captures(exchanges: tuple[Exchange, ...], verdict: str | None) -> None:
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        finding = finding_of(RULE, diagnosis)
        assert (finding.verdict.value if finding else None) == verdict
        if verdict == "confirmed":
            assert diagnosis.top == finding


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_the_order_of_recording_does_not_matter(order: tuple[int, ...]) -> None:
    exchanges = tuple(ROTATED[at] for at in order)
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        assert diagnosis.top is not None
        assert (diagnosis.top.cause, diagnosis.top.verdict.value) == (RULE.slug, "confirmed")
    (diagnosis,) = diagnoses(exchanges).values()
    assert "until 2026-11-03 11:24:08 UTC" in diagnosis.says


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_what_a_key_did_before_does_not_depend_on_the_order(order: tuple[int, ...]) -> None:
    calls = (accepted(KEY_PAIR, method="GET"), accepted(KEY_PAIR, at=1.0), again(KEY_PAIR))
    found = diagnoses(tuple(calls[at] for at in order))
    (diagnosis,) = found.values()
    assert diagnosis.top is not None
    assert (diagnosis.top.cause, diagnosis.top.verdict.value) == (RULE.slug, "confirmed")


def test_a_key_that_never_reached_accounts_is_not_said_to_have_changed() -> None:
    found = standing(accepted(KEY_PAIR), again(KEY_PAIR, path=ACCOUNT, method="GET"))
    assert RULE.slug not in found
    assert next(iter(found)) == "key-lacks-reach"


def test_a_main_key_that_is_refused_is_said_to_have_changed() -> None:
    read = {"path": ACCOUNT, "method": "GET"}
    found = standing(accepted(KEY_PAIR, **read), again(KEY_PAIR, **read))
    assert next(iter(found)) == RULE.slug
    assert "key-lacks-reach" not in found


def test_repetitions_say_the_same() -> None:
    exchanges = (*ROTATED, *(again(at=640.0 + wait) for wait in (1.0, 30.0, 3600.0)))
    found = [one for diagnosis in diagnoses(exchanges).values() if (one := finding_of(RULE, diagnosis))]
    assert len(found) == 4
    assert len({(one.says, one.verdict, one.fix, tuple(each.says for each in one.evidence)) for one in found}) == 1


def test_a_later_kind_of_refusal_points_at_the_first() -> None:
    exchanges = (*ROTATED, again(at=700.0, message=TEXT_INVALID_USERNAME))
    found = finding_of(RULE, diagnoses(exchanges)[3])
    assert found is not None
    assert ("history", 2) in {(one.where, one.index) for one in found.evidence}
    assert "first refused at 2026-11-03 11:24:48 UTC, 40 seconds later" in found.evidence[1].says


def test_after_a_recovery_only_the_last_change_counts() -> None:
    exchanges = (accepted(GOOD), again(at=10.0), accepted(GOOD, at=20.0), again(at=30.0))
    first, second = (finding_of(RULE, diagnosis) for diagnosis in diagnoses(exchanges).values())
    assert first is not None
    assert first.verdict.value == "likely"
    assert "nothing is wrong with them for good" in first.says
    assert second is not None
    assert second.verdict.value == "confirmed"
    assert "until 2026-11-03 11:14:28 UTC" in second.says


def test_the_times_are_told() -> None:
    found = texts(judge(RULE, *ROTATED))
    assert "accepted for the last time at 2026-11-03 11:24:08 UTC" in found
    assert "first refused at 2026-11-03 11:24:48 UTC, 40 seconds later" in found


def test_without_a_clock_no_time_is_told() -> None:
    exchanges = tuple(replace(one, started_at=None, finished_at=None) for one in ROTATED)
    found = judge(RULE, *exchanges)
    assert word(found) == "confirmed"
    assert "UTC" not in texts(found)


@pytest.mark.parametrize(
    ("worked", "now", "told"),
    [
        pytest.param({}, {}, "nothing else changed", id="nothing"),
        pytest.param(
            {"agent": b"curl/8.5"}, {}, "then curl at 192.0.2.7, now python-requests at 192.0.2.7", id="agent"
        ),
        pytest.param({"address": "10.0.0.7"}, {}, "then python-requests at 10.0.0.7, now", id="address"),
        pytest.param({"address": None}, {}, "nothing else changed", id="address-unknown-then"),
        pytest.param({"issuer": "A"}, {"tls_issuer": "B"}, "the issuer of the server's certificate", id="issuer"),
        pytest.param({}, {"tls_issuer": "B"}, "nothing else changed", id="issuer-unknown-then"),
    ],
)
def test_what_else_changed(worked: dict[str, object], now: dict[str, object], told: str) -> None:
    exchange = replace(again(), **now)  # type: ignore[arg-type] # fields by name
    found = judged(RULE, exchange, Bearing(worked=seen(0, 0.0, **worked)))  # type: ignore[arg-type] # fields by name
    assert told in texts(found)


def test_a_long_agent_is_compared_as_far_as_it_is_kept() -> None:
    agent = b"python-requests/2.34.2 " + b"x" * 300
    found = judged(RULE, again(agent=agent), Bearing(worked=seen(0, 0.0, agent=agent[:120])))
    assert "nothing else changed" in texts(found)


@pytest.mark.parametrize(
    ("authorization", "step"),
    [(GOOD, "Auth Token was rotated"), (KEY_PAIR, "the key still exists"), (bearer(), "Fetch a new token")],
    ids=["token", "key", "bearer"],
)
def test_the_first_step_fits_the_credential(authorization: bytes, step: str) -> None:
    found = judge(RULE, accepted(authorization), again(authorization))
    assert isinstance(found, Stands)
    assert step in found.fix[0]


@pytest.mark.parametrize(
    ("value", "what"), [(GOOD, "The same pair"), (bearer(), "The same token")], ids=["pair", "token"]
)
@pytest.mark.parametrize(
    ("at", "until"),
    [
        pytest.param(0.0, "until 2026-11-03 11:14:08 UTC and is refused since: something changed", id="clock"),
        pytest.param(None, "worked on this host and account before and is refused now: something", id="no-clock"),
    ],
)
def test_what_worked_until_when(value: bytes, what: str, at: float | None, until: str) -> None:
    found = judged(RULE, again(value), Bearing(worked=seen(3, at)))
    assert isinstance(found, Stands)
    assert found.says.startswith(what)
    assert until in found.says


@pytest.mark.parametrize(
    ("exchange", "bearing", "evidence"),
    [
        pytest.param(
            again(),
            Bearing(worked=seen(3, 0.0)),
            [("history", 3, "accepted for the last time"), ("response.status", 0, "first refused at 2026-11-03")],
            id="first-refusal",
        ),
        pytest.param(
            again(),
            Bearing(worked=seen(3, 0.0), failed_first=seen(5, 600.0)),
            [("history", 3, "accepted for the last time"), ("history", 5, "first refused at 2026-11-03 11:24:08")],
            id="refused-before",
        ),
        pytest.param(
            replace(again(), started_at=None, finished_at=None),
            Bearing(worked=seen(3, None)),
            [("history", 3, "accepted for the last time"), ("response.status", 0, "refused now")],
            id="no-clock",
        ),
    ],
)
def test_the_turn_is_pointed_at(exchange: Exchange, bearing: Bearing, evidence: list[tuple[str, int, str]]) -> None:
    found = judged(RULE, exchange, bearing)
    assert isinstance(found, Stands)
    assert len(found.evidence) == 3
    for each, (where, index, says) in zip(found.evidence, evidence, strict=False):
        assert (each.where, each.index) == (where, index)
        assert each.says.startswith(says)


def test_a_passing_refusal_is_told_with_both_successes() -> None:
    found = judged(RULE, again(), Bearing(worked=seen(3, 0.0), works_again=seen(9, 900.0)))
    assert isinstance(found, Stands)
    assert [(each.where, each.index, each.says.partition(" at ")[0]) for each in found.evidence] == [
        ("history", 3, "accepted before"),
        ("history", 9, "accepted again"),
    ]


@pytest.mark.parametrize(("status", "told"), [("", False), ("active", True), ("suspended", True)])
def test_the_status_of_the_account_is_told_where_it_was_seen(status: str, *, told: bool) -> None:
    found = judged(RULE, again(), Bearing(worked=WORKED, account_status=status))
    assert isinstance(found, Stands)
    assert (f"calls the account {status}" in texts(found)) is told
    assert len(found.evidence) == (4 if told else 3)


def test_a_client_that_names_itself_neither_time_has_not_changed() -> None:
    found = judged(RULE, again(agent=b""), Bearing(worked=seen(0, 0.0, agent=b"")))
    assert "nothing else changed" in texts(found)
