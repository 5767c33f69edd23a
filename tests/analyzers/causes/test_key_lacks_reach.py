"""key-lacks-reach: an API key on a path that needs a Main key; certain only where the same key works elsewhere."""

from dataclasses import replace

import pytest
from judging import diagnoses, finding_of, judge, judged, live, seen, spots, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TEXT_INVALID_USERNAME,
    TOKEN,
    accepted,
    basic,
    refused,
)
from analyzers.causes.key_lacks_reach import RULE
from analyzers.exchange import Exchange, Response
from analyzers.findings import Stands

PAIR = basic(KEY, KEY_SECRET)
ACCOUNT = b"/2010-04-01/Accounts/%s.json" % SID
ACCOUNTS = b"/2010-04-01/Accounts.json"
KEYS = b"/2010-04-01/Accounts/%s/Keys.json" % SID
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
WORKS = seen(0, 0.0)


def probe(authorization: bytes | None = PAIR, path: bytes = ACCOUNT, **options: object) -> Exchange:
    return refused(authorization, path=path, **{"method": "GET", "at": 30.0, **options})  # type: ignore[arg-type] # as refused


@pytest.mark.parametrize(
    ("exchange", "alone", "with_a_success"),
    [
        pytest.param(probe(), "likely", "confirmed", id="authenticate"),
        pytest.param(probe(message=TEXT_INVALID_USERNAME), "likely", "confirmed", id="invalid-username"),
        pytest.param(probe(path=ACCOUNTS), "likely", "confirmed", id="list-of-accounts"),
        pytest.param(probe(path=KEYS), "likely", "confirmed", id="keys"),
        pytest.param(probe(path=KEYS, method="POST"), "likely", "confirmed", id="make-a-key"),
        pytest.param(probe(path=b"/v1/Keys", host="iam.twilio.com"), "likely", "confirmed", id="keys-of-iam"),
        pytest.param(probe(status=403, code=70051, message="Authorization Failed"), "likely", "confirmed", id="70051"),
        pytest.param(probe(status=403, code=None), "likely", "likely", id="bare-403"),
        pytest.param(probe(status=403, code=20403, message="Forbidden"), "likely", "likely", id="20403"),
        pytest.param(probe(message=""), "likely", "likely", id="text-unread"),
        pytest.param(probe(message="Something new"), "likely", "likely", id="text-of-its-own"),
        pytest.param(probe(PAIR[:-2]), "likely", "likely", id="broken-header"),
        pytest.param(probe(extra=((b"Authorization", PAIR),)), "likely", "likely", id="two-headers"),
        pytest.param(probe(message=KYC), "ruled-out", "ruled-out", id="gate"),
        pytest.param(probe(status=404, code=20404, message="Not found"), "ruled-out", "ruled-out", id="404"),
        pytest.param(probe(status=404, code=None), "ruled-out", "ruled-out", id="404-without-a-code"),
        pytest.param(probe(status=403, code=20008, message="Test"), "ruled-out", "ruled-out", id="test-credentials"),
        pytest.param(probe(status=403, code=20005, message="Inactive"), "ruled-out", "ruled-out", id="inactive"),
        pytest.param(probe(path=MESSAGES % SID), "ruled-out", "ruled-out", id="other-path"),
        pytest.param(probe(GOOD), "ruled-out", "ruled-out", id="account-pair"),
        pytest.param(probe(basic(KEY + b"\n", KEY_SECRET)), "ruled-out", "ruled-out", id="no-key-as-it-stands"),
        pytest.param(probe(b"Bearer a.b.c"), "ruled-out", "ruled-out", id="bearer"),
        pytest.param(probe(None), "ruled-out", "ruled-out", id="no-header"),
        pytest.param(probe(answer=Response(status=401, headers=())), "unknown", "unknown", id="not-twilio"),
        pytest.param(replace(probe(), response=None), "unknown", "unknown", id="no-answer"),
    ],
)
def test_verdict(exchange: Exchange, alone: str, with_a_success: str) -> None:
    assert word(judged(RULE, exchange, Bearing())) == alone
    assert word(judged(RULE, exchange, Bearing(accepted=(WORKS,)))) == with_a_success


@pytest.mark.parametrize(
    ("success", "path", "verdict"),
    [
        pytest.param(seen(), ACCOUNT, "confirmed", id="same-account"),
        pytest.param(seen(account=None, host="verify.twilio.com"), ACCOUNT, "confirmed", id="product-without-account"),
        pytest.param(seen(account=OTHER_SID), ACCOUNTS, "confirmed", id="path-without-account"),
        pytest.param(seen(account=OTHER_SID), ACCOUNT, "likely", id="other-account-may-be-the-parent"),
        pytest.param(seen(host="api.dublin.ie1.twilio.com"), ACCOUNT, "likely", id="other-region"),
        pytest.param(seen(account=None), ACCOUNT, "ruled-out", id="the-list-of-accounts"),
    ],
)
def test_which_success_proves_the_key_good(success: object, path: bytes, verdict: str) -> None:
    bearing = Bearing(accepted=(success,))  # type: ignore[arg-type] # a sighting
    assert word(judged(RULE, probe(path=path), bearing)) == verdict


def test_a_key_that_was_accepted_on_such_a_path_is_a_main_key() -> None:
    assert word(judged(RULE, probe(), Bearing(accepted=(WORKS,), did_this=seen(1)))) == "ruled-out"


def test_an_account_that_is_suspended_may_be_the_reason() -> None:
    assert word(judged(RULE, probe(), Bearing(accepted=(WORKS,), account_status="suspended"))) == "likely"


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_success_before_or_after_confirms(order: str) -> None:
    works = accepted(PAIR, at=0.0 if order == "before" else 60.0)
    exchanges = (works, probe()) if order == "before" else (probe(), works)
    for found in (diagnoses(exchanges), live(exchanges)):
        assert [(one.top.cause, one.top.verdict.value) for one in found.values() if one.top] == [
            (RULE.slug, "confirmed")
        ]


def test_it_leads_and_nothing_says_that_the_key_changed() -> None:
    found = standing(accepted(PAIR), probe(), accepted(PAIR, at=31.0), probe(at=60.0))
    assert found[RULE.slug] == ("confirmed", None)
    assert next(iter(found)) == RULE.slug
    assert "worked-then-refused" not in found
    assert found["pair-refused"] == ("possible", RULE.slug)


def test_behind_a_gate_only_the_gate_is_named() -> None:
    assert list(standing(accepted(PAIR), probe(message=KYC))) == ["feature-gate"]


def test_a_key_as_the_resource_is_no_key_that_logs_in() -> None:
    read = refused(GOOD, path=b"/2010-04-01/Accounts/%s/Keys/%s.json" % (SID, KEY), method="GET")
    assert RULE.slug not in standing(read)


def test_a_token_in_the_place_of_the_secret_goes_first() -> None:
    assert next(iter(standing(probe(basic(KEY, TOKEN))))) == "token-with-key-sid"


def test_a_health_check_is_told_what_to_ask_instead() -> None:
    found = texts(judge(RULE, accepted(PAIR), probe()))
    assert "Messages.json?PageSize=1" in found
    assert "Leave the key as it is" in found
    assert "PageSize" not in texts(judge(RULE, accepted(PAIR), probe(path=KEYS, method="POST")))


def test_the_client_is_told_in_its_own_words() -> None:
    agent = b"twilio-node/6.0.2 (linux x64) node/v22.14.0"
    assert "twilio(accountSid, authToken)" in texts(judge(RULE, probe(agent=agent)))


def test_the_evidence_points_at_the_success() -> None:
    found = finding_of(RULE, diagnoses((refused(None), accepted(PAIR, at=1.0), probe()))[2])
    assert found is not None
    assert [(one.where, one.index) for one in found.evidence if one.where == "history"] == [("history", 1)]


@pytest.mark.parametrize(
    ("exchange", "path"),
    [
        pytest.param(probe(), "/Accounts/{sid}", id="account"),
        pytest.param(probe(path=ACCOUNTS), "/Accounts", id="list-of-accounts"),
        pytest.param(probe(path=KEYS, method="POST"), "/Accounts/{sid}/Keys", id="keys"),
        pytest.param(probe(path=b"/v1/Keys", host="iam.twilio.com"), "/v1/Keys", id="keys-of-iam"),
    ],
)
def test_the_path_is_named(exchange: Exchange, path: str) -> None:
    alone = judged(RULE, exchange, Bearing())
    works = judged(RULE, exchange, Bearing(accepted=(WORKS,)))
    assert isinstance(alone, Stands)
    assert isinstance(works, Stands)
    assert alone.says.startswith(f"{path} needs a Main key")
    assert works.says.startswith(f"This key works elsewhere; {path} needs a Main key")
    assert alone.evidence[0].says.startswith(f"{path} is closed")


@pytest.mark.parametrize(
    ("message", "bearing", "places"),
    [
        pytest.param("Authenticate", Bearing(), ["request.target", "authorization.username"], id="path-and-key"),
        pytest.param(
            f"{TEXT_INVALID_USERNAME}.",
            Bearing(accepted=(WORKS,)),
            ["request.target", "authorization.username", "response.body.message", "history"],
            id="text-and-success-too",
        ),
    ],
)
def test_what_speaks_for_it(message: str, bearing: Bearing, places: list[str]) -> None:
    assert [where for where, _, _ in spots(judged(RULE, probe(message=message), bearing))] == places


@pytest.mark.parametrize(("method", "told"), [("GET", True), ("HEAD", True), ("POST", False), ("DELETE", False)])
def test_only_what_reads_can_be_a_health_check(method: str, *, told: bool) -> None:
    assert ("As a health check" in texts(judged(RULE, probe(path=KEYS, method=method), Bearing()))) is told
