"""two-secrets-in-use: one username, one secret accepted, another refused; never where reach or region explains it."""

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
    TOKEN,
    accepted,
    basic,
    refused,
)
from analyzers.causes.two_secrets_in_use import RULE
from analyzers.exchange import Exchange, Response
from analyzers.twilio import Kind

OLD = basic(SID, TOKEN[::-1])
KEY_PAIR = basic(KEY, KEY_SECRET)
OLD_KEY_PAIR = basic(KEY, KEY_SECRET[::-1])
DUBLIN = "api.dublin.ie1.twilio.com"
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
RIVAL = seen(0, 10.0)


def stale(authorization: bytes | None = OLD, **options: object) -> Exchange:
    return refused(authorization, **{"at": 30.0, **options})  # type: ignore[arg-type] # as refused


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(stale(), "confirmed", id="token"),
        pytest.param(stale(OLD_KEY_PAIR), "confirmed", id="key"),
        pytest.param(stale(message=TEXT_INVALID_USERNAME), "confirmed", id="invalid-username"),
        pytest.param(stale(host="verify.twilio.com", path=b"/v2/Services"), "confirmed", id="product"),
        pytest.param(stale(host="api.ie1.twilio.com"), "confirmed", id="old-host-of-us1"),
        pytest.param(stale(OLD_KEY_PAIR, path=MESSAGES % OTHER_SID), "confirmed", id="a-key-has-one-secret"),
        pytest.param(stale(OLD_KEY_PAIR, path=b"/2010-04-01/Accounts.json"), "confirmed", id="key-out-of-reach"),
        pytest.param(stale(path=MESSAGES % OTHER_SID), "likely", id="another-account-in-the-path"),
        pytest.param(stale(basic(SID, KEY_SECRET)), "likely", id="looks-like-a-key-secret"),
        pytest.param(stale(basic(KEY, TOKEN)), "likely", id="looks-like-an-auth-token"),
        pytest.param(stale(basic(SID, TOKEN * 2)), "likely", id="odd-secret"),
        pytest.param(stale(basic(SID, TOKEN + b"\n")), "unknown", id="stray-byte"),
        pytest.param(stale(basic(SID, b"")), "unknown", id="empty"),
        pytest.param(stale(basic(SID, b"your_auth_token")), "unknown", id="placeholder"),
        pytest.param(stale(basic(SID, SID)), "unknown", id="sid-as-password"),
        pytest.param(stale(OLD[:-2]), "unknown", id="broken-header"),
        pytest.param(stale(extra=((b"Authorization", OLD),)), "unknown", id="two-headers"),
        pytest.param(stale(message=KYC), "unknown", id="gate"),
        pytest.param(stale(message=""), "unknown", id="text-unread"),
        pytest.param(stale(message=TEXT_NO_CREDENTIALS), "unknown", id="nothing-arrived"),
        pytest.param(stale(status=403), "unknown", id="403"),
        pytest.param(stale(status=403, code=20005, message="Account not active"), "unknown", id="inactive"),
        pytest.param(stale(answer=Response(status=401, headers=())), "unknown", id="not-twilio"),
        pytest.param(replace(stale(), response=None), "unknown", id="no-answer"),
        pytest.param(stale(host=DUBLIN), "unknown", id="another-region"),
        pytest.param(stale(b"Bearer a.b.c"), "ruled-out", id="bearer"),
        pytest.param(stale(basic(b"someone", TOKEN)), "ruled-out", id="odd-username"),
        pytest.param(stale(None), "ruled-out", id="no-header"),
    ],
)
def test_verdict_beside_a_rival(exchange: Exchange, verdict: str) -> None:
    assert word(judged(RULE, exchange, Bearing(rivals=(RIVAL,)))) == verdict


@pytest.mark.parametrize(
    ("bearing", "verdict"),
    [
        pytest.param({}, "unknown", id="no-rival"),
        pytest.param({"rivals": (seen(host=DUBLIN),)}, "unknown", id="rival-in-another-region"),
        pytest.param({"rivals": (seen(host="www.twilio.com"),)}, "unknown", id="rival-on-the-website"),
        pytest.param({"rivals": (seen(0, None),)}, "confirmed", id="no-clock"),
        pytest.param({"rivals": (seen(9, 60.0),)}, "confirmed", id="rival-later"),
        pytest.param({"rivals": (RIVAL,), "worked": seen(1, 5.0)}, "confirmed", id="worked-before-the-rival"),
        pytest.param({"rivals": (RIVAL,), "worked": seen(1, 20.0)}, "ruled-out", id="worked-after-the-rival"),
        pytest.param({"rivals": (RIVAL,), "accepted": (seen(1, 20.0),)}, "ruled-out", id="accepted-after-the-rival"),
        pytest.param({"rivals": (seen(9, 60.0),), "works_again": seen(8, 50.0)}, "ruled-out", id="works-again"),
        pytest.param(
            {"rivals": (seen(9, 60.0),), "accepted": (seen(8, 50.0, host="verify.twilio.com"),)},
            "ruled-out",
            id="works-again-elsewhere",
        ),
        pytest.param({"rivals": (RIVAL,), "accepted": (seen(1, host=DUBLIN),)}, "ruled-out", id="good-in-its-region"),
        pytest.param(
            {"rivals": (RIVAL,), "secret_accepted_with": frozenset({Kind.KEY_SID})}, "ruled-out", id="of-a-key"
        ),
        pytest.param({"rivals": (RIVAL,), "account_status": "suspended"}, "likely", id="account-suspended"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], verdict: str) -> None:
    assert word(judged(RULE, stale(), Bearing(**bearing))) == verdict  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("rival", "own", "verdict"),
    [
        pytest.param(seen(0, 10.0, account=OTHER_SID), (), "confirmed", id="rival-reached-it"),
        pytest.param(RIVAL, (seen(1, 5.0, account=OTHER_SID),), "confirmed", id="this-secret-reached-it"),
        pytest.param(RIVAL, (), "likely", id="nobody-reached-it"),
    ],
)
def test_on_the_path_of_another_account(rival: object, own: tuple[object, ...], verdict: str) -> None:
    bearing = Bearing(rivals=(rival,), accepted=own)  # type: ignore[arg-type] # sightings
    assert word(judged(RULE, stale(path=MESSAGES % OTHER_SID), bearing)) == verdict


PODS = (accepted(GOOD), stale(at=2.0), accepted(GOOD, at=5.0))


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_the_order_of_recording_does_not_matter(order: tuple[int, ...]) -> None:
    exchanges = tuple(PODS[at] for at in order)
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        assert diagnosis.top is not None
        assert (diagnosis.top.cause, diagnosis.top.verdict.value) == (RULE.slug, "confirmed")


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param((accepted(OLD), stale(), accepted(GOOD, at=60.0)), id="the-new-one-later"),
        pytest.param((accepted(OLD), accepted(GOOD, at=10.0), stale()), id="the-new-one-before"),
    ],
)
def test_after_a_rotation_it_leads_and_explains_the_change(exchanges: tuple[Exchange, ...]) -> None:
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        causes = [(one.cause, one.verdict.value, one.nested_under) for one in diagnosis.findings]
        assert causes[:2] == [
            (RULE.slug, "confirmed", None),
            ("worked-then-refused", "confirmed", RULE.slug),
        ]


def test_a_rotation_back_is_only_a_change() -> None:
    found = standing(accepted(GOOD), accepted(OLD, at=10.0), stale())
    assert RULE.slug not in found
    assert found["worked-then-refused"] == ("confirmed", None)


def test_two_tokens_that_both_work_are_nobodys_fault() -> None:
    found = standing(accepted(GOOD), stale(), accepted(OLD, at=60.0))
    assert RULE.slug not in found


def test_the_secret_of_a_key_with_the_account_goes_first() -> None:
    found = standing(accepted(GOOD), stale(basic(SID, KEY_SECRET)))
    assert list(found)[:2] == ["secret-with-account-sid", RULE.slug]


def test_it_tells_where_each_was_seen_and_shows_none() -> None:
    works = accepted(GOOD, agent=b"twilio-java/11.3.3 (Linux amd64) java/21", at=2.0)
    other = replace(stale(agent=b"curl/8.5"), client_address="10.20.81.7")
    finding = finding_of(RULE, diagnoses((refused(None), works, other))[2])
    assert finding is not None
    history, sent = finding.evidence
    assert (history.where, history.index) == ("history", 1)
    assert "2026-11-03 11:14:10 UTC, from twilio-java at 192.0.2.7" in history.says
    assert "curl at 10.20.81.7" in sent.says


@pytest.mark.parametrize(
    ("pair", "call"),
    [(OLD, "Client(account_sid, auth_token)"), (OLD_KEY_PAIR, "Client(api_key_sid, api_key_secret, account_sid)")],
    ids=["token", "key"],
)
def test_the_client_is_told_in_its_own_words(pair: bytes, call: str) -> None:
    works = accepted(GOOD if pair == OLD else KEY_PAIR)
    agent = b"twilio-python/9.13.0 (Linux x86_64) Python/3.12"
    assert call in texts(judge(RULE, works, stale(pair, agent=agent)))
