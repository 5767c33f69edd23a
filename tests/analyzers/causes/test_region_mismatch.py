"""region-mismatch: certain where another region accepts the same credential, likely at a host outside us1."""

import base64
import json
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
    TEXT_NO_CREDENTIALS,
    TIME,
    TOKEN,
    accepted,
    basic,
    refused,
)
from analyzers.causes.region_mismatch import RULE
from analyzers.exchange import Exchange, Response
from analyzers.findings import Stands

DUBLIN = "api.dublin.ie1.twilio.com"
SYDNEY = "api.sydney.au1.twilio.com"
OLD_DUBLIN = "api.ie1.twilio.com"
FRANKFURT = "api.frankfurt.de1.twilio.com"
KEY_PAIR = basic(KEY, KEY_SECRET)
KYC = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."


def bearer(expires: float = TIME + 3600, **header: str) -> bytes:
    parts = ({"alg": "RS256", **header}, {"sub": SID.decode(), "exp": expires})
    return b"Bearer " + b".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts) + b".eA"


def at_dublin(authorization: bytes | None = GOOD, **options: object) -> Exchange:
    return refused(authorization, host=DUBLIN, **options)  # type: ignore[arg-type] # as refused


@pytest.mark.parametrize(
    ("exchange", "alone", "accepted_in_au1"),
    [
        pytest.param(refused(GOOD), "unknown", "confirmed", id="us1"),
        pytest.param(refused(GOOD, host="api.us1.twilio.com"), "unknown", "confirmed", id="us1-by-name"),
        pytest.param(refused(GOOD, host=FRANKFURT), "unknown", "confirmed", id="old-id-is-us1"),
        pytest.param(refused(GOOD, host=OLD_DUBLIN), "unknown", "confirmed", id="region-without-edge-was-us1"),
        pytest.param(at_dublin(), "likely", "confirmed", id="ie1"),
        pytest.param(at_dublin(KEY_PAIR), "likely", "confirmed", id="key"),
        pytest.param(at_dublin(message=TEXT_INVALID_USERNAME), "likely", "confirmed", id="invalid-username"),
        pytest.param(at_dublin(path=MESSAGES % OTHER_SID), "likely", "confirmed", id="another-account"),
        pytest.param(
            at_dublin(KEY_PAIR, path=b"/2010-04-01/Accounts.json"), "unknown", "confirmed", id="key-on-a-main-key-path"
        ),
        pytest.param(at_dublin(bearer()), "likely", "confirmed", id="bearer"),
        pytest.param(at_dublin(bearer(), message="Something new"), "likely", "confirmed", id="bearer-text-unknown"),
        pytest.param(at_dublin(bearer(TIME - 10)), "unknown", "unknown", id="bearer-expired"),
        pytest.param(at_dublin(bearer(cty="twilio-fpa;v=1")), "unknown", "unknown", id="token-for-client-sdks"),
        pytest.param(at_dublin(b"Bearer abc"), "unknown", "unknown", id="no-jwt"),
        pytest.param(refused(bearer()), "unknown", "confirmed", id="bearer-at-us1"),
        pytest.param(at_dublin(basic(SID, TOKEN + b"\n")), "unknown", "confirmed", id="stray-byte"),
        pytest.param(at_dublin(basic(SID, b"")), "unknown", "confirmed", id="half-empty"),
        pytest.param(at_dublin(GOOD[:-2]), "unknown", "unknown", id="broken-header"),
        pytest.param(at_dublin(message=KYC), "unknown", "unknown", id="gate"),
        pytest.param(at_dublin(message="Something new"), "unknown", "unknown", id="text-of-its-own"),
        pytest.param(at_dublin(message=TEXT_NO_CREDENTIALS), "unknown", "unknown", id="nothing-arrived"),
        pytest.param(at_dublin(status=404, code=20404, message="Not found"), "unknown", "unknown", id="404"),
        pytest.param(at_dublin(status=403, code=70051, message="Failed"), "unknown", "unknown", id="70051"),
        pytest.param(at_dublin(answer=Response(status=401, headers=())), "unknown", "unknown", id="not-twilio"),
        pytest.param(replace(at_dublin(), response=None), "unknown", "unknown", id="no-answer"),
        pytest.param(refused(GOOD, host="api.some.xx1.twilio.com"), "unknown", "unknown", id="unknown-region"),
        pytest.param(at_dublin(None), "ruled-out", "ruled-out", id="no-header"),
        pytest.param(refused(GOOD, host="www.twilio.com"), "ruled-out", "ruled-out", id="website"),
        pytest.param(refused(GOOD, host="api.example.com"), "ruled-out", "ruled-out", id="not-a-twilio-host"),
    ],
)
def test_verdict(exchange: Exchange, alone: str, accepted_in_au1: str) -> None:
    assert word(judged(RULE, exchange, Bearing())) == alone
    assert word(judged(RULE, exchange, Bearing(accepted=(seen(host=SYDNEY),)))) == accepted_in_au1


@pytest.mark.parametrize(
    ("bearing", "at_us1", "at_ie1"),
    [
        pytest.param({"accepted": (seen(host=DUBLIN),)}, "confirmed", "ruled-out", id="ie1"),
        pytest.param({"accepted": (seen(),)}, "ruled-out", "confirmed", id="us1"),
        pytest.param({"accepted": (seen(host=OLD_DUBLIN),)}, "ruled-out", "confirmed", id="old-host-was-us1"),
        pytest.param({"accepted": (seen(host=FRANKFURT),)}, "ruled-out", "confirmed", id="old-id-was-us1"),
        pytest.param({"accepted": (seen(), seen(host=DUBLIN))}, "ruled-out", "ruled-out", id="both"),
        pytest.param(
            {"accepted": (seen(host="verify.dublin.ie1.twilio.com", account=None),)},
            "confirmed",
            "ruled-out",
            id="another-product",
        ),
        pytest.param({"accepted": (seen(host="www.twilio.com"),)}, "unknown", "likely", id="website"),
        pytest.param({"accepted": (seen(host="api.a.xx1.twilio.com"),)}, "unknown", "likely", id="unknown-region"),
        pytest.param({"rivals": (seen(host=DUBLIN),)}, "unknown", "unknown", id="another-secret-in-ie1"),
        pytest.param({"rivals": (seen(),)}, "unknown", "likely", id="another-secret-in-us1"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], at_us1: str, at_ie1: str) -> None:
    known = Bearing(**bearing)  # type: ignore[arg-type] # fields by name
    assert word(judged(RULE, refused(GOOD), known)) == at_us1
    assert word(judged(RULE, at_dublin(), known)) == at_ie1


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param((accepted(GOOD, host=DUBLIN), refused(GOOD, at=12.0)), id="before"),
        pytest.param((refused(GOOD), accepted(GOOD, host=DUBLIN, at=12.0)), id="after"),
        pytest.param((accepted(GOOD), at_dublin(at=12.0)), id="us1-pair-in-ie1"),
        pytest.param((accepted(bearer()), at_dublin(bearer(), at=12.0)), id="bearer"),
    ],
)
def test_recordings_and_live_captures(exchanges: tuple[Exchange, ...]) -> None:
    for found in (diagnoses(exchanges), live(exchanges)):
        (diagnosis,) = found.values()
        assert diagnosis.top is not None
        assert (diagnosis.top.cause, diagnosis.top.verdict.value) == (RULE.slug, "confirmed")
        assert {one.verdict.value for one in diagnosis.findings[1:]} <= {"possible"}


def test_an_old_host_and_us1_are_the_same_region() -> None:
    found = standing(accepted(GOOD, host=OLD_DUBLIN), refused(GOOD, at=12.0))
    assert RULE.slug not in found


def test_each_region_with_its_own_secret_is_no_rivalry() -> None:
    other = basic(SID, TOKEN[::-1])
    found = standing(accepted(GOOD), accepted(other, host=DUBLIN, at=1.0), refused(other, at=12.0))
    assert found[RULE.slug] == ("confirmed", None)
    assert "two-secrets-in-use" not in found


def test_an_answer_without_a_text_leaves_another_reading() -> None:
    found = standing(accepted(GOOD, host=DUBLIN), refused(GOOD, message="", at=12.0))
    assert found[RULE.slug] == ("likely", None)
    assert RULE.slug not in standing(refused(GOOD, message=""))
    assert RULE.slug not in standing(at_dublin(message=""))


def test_likely_stands_above_the_residual_cause() -> None:
    assert list(standing(at_dublin())) == [RULE.slug, "pair-refused"]


@pytest.mark.parametrize(
    ("agent", "step"),
    [
        (
            b"twilio-python/9.13.0 (Linux x86_64) Python/3.12",
            'Client(..., region="ie1", edge="dublin"), or TWILIO_REGION',
        ),
        (b"twilio-node/6.0.2 (linux x64) node/v22", "twilio(..., { region: 'ie1', edge: 'dublin' }), or TWILIO_REGION"),
        (b"twilio-csharp/7.14.3 (Unix x64) .NET/8", 'TwilioClient.SetRegion("ie1") and TwilioClient.SetEdge("dublin")'),
        (b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.3", "client.region = 'ie1' and client.edge = 'dublin'"),
        (b"curl/8.5", "Send the request to api.dublin.ie1.twilio.com |"),
    ],
)
def test_the_client_is_told_in_its_own_words(agent: bytes, step: str) -> None:
    assert step in texts(judge(RULE, accepted(GOOD, host=DUBLIN), refused(GOOD, at=12.0, agent=agent)))


def test_csharp_reads_no_variables() -> None:
    agent = b"twilio-csharp/7.14.3 (Unix x64) .NET/8"
    assert "TWILIO_REGION" not in texts(judge(RULE, accepted(GOOD, host=DUBLIN), refused(GOOD, at=12.0, agent=agent)))


def test_back_to_us1_nothing_is_to_be_set() -> None:
    agent = b"twilio-go/1.30.9 (linux amd64) go/go1.22.1"
    found = texts(judge(RULE, accepted(GOOD), at_dublin(at=12.0, agent=agent)))
    assert "Send the request to api.twilio.com: leave region and edge unset" in found


def test_the_product_is_kept_and_an_old_host_explained() -> None:
    found = judge(RULE, accepted(GOOD, host=OLD_DUBLIN), refused(GOOD, host="verify.dublin.ie1.twilio.com", at=12.0))
    assert "belong to region us1: api.ie1.twilio.com accepts them" in texts(found)
    assert "us1 served that old host name" in texts(found)
    assert "Send the request to verify.twilio.com" in texts(found)


def test_no_odd_host_name_is_shown() -> None:
    found = texts(judge(RULE, refused(GOOD, host=f"{TOKEN.decode()}.dublin.ie1.twilio.com")))
    assert TOKEN.decode()[:5] not in found


def test_evidence_points_at_the_success() -> None:
    finding = finding_of(
        RULE, diagnoses((refused(None), accepted(GOOD, host=DUBLIN, at=1.0), refused(GOOD, at=9.0)))[2]
    )
    assert finding is not None
    assert (finding.evidence[0].where, finding.evidence[0].index) == ("history", 1)
    assert "2026-11-03 11:14:09 UTC" in finding.evidence[0].says


BARE = "twilio.com"


@pytest.mark.parametrize(
    ("exchange", "bearing", "says", "places", "settle"),
    [
        pytest.param(
            refused(GOOD),
            {"accepted": (seen(host=DUBLIN),)},
            "belong to region ie1: api.dublin.ie1.twilio.com accepts them, this host is in us1",
            ["history", "request.headers"],
            None,
            id="another-region-accepts-them",
        ),
        pytest.param(
            refused(GOOD, message=""),
            {"accepted": (seen(host=DUBLIN),)},
            "this host is in us1",
            ["history", "request.headers"],
            "read the text of Twilio's answer",
            id="text-unread",
        ),
        pytest.param(
            at_dublin(),
            {},
            "takes only credentials made in ie1",
            ["request.headers"],
            "try the pair on api.twilio.com",
            id="outside-us1",
        ),
        pytest.param(
            at_dublin(bearer()),
            {},
            "accepted in us1 only, and this host is in ie1",
            ["request.headers"],
            "try the token on api.twilio.com",
            id="token-outside-us1",
        ),
    ],
)
def test_what_is_said_and_left_to_settle(
    exchange: Exchange, bearing: dict[str, object], says: str, places: list[str], settle: str | None
) -> None:
    found = judged(RULE, exchange, Bearing(**bearing))  # type: ignore[arg-type] # fields by name
    assert isinstance(found, Stands)
    assert says in found.says
    assert [where for where, _, _ in spots(found)] == places
    assert found.evidence[-1].says.endswith(
        "the host of this request is in " + ("us1" if "us1" in says[-4:] else "ie1")
    )
    assert found.settle is None if settle is None else (found.settle or "").startswith(settle)


def test_outside_us1_the_two_ways_out_are_told() -> None:
    pair, token = (judged(RULE, at_dublin(value), Bearing()) for value in (GOOD, bearer()))
    assert isinstance(pair, Stands)
    assert isinstance(token, Stands)
    assert [step.partition(":")[0] for step in pair.fix] == [
        "Send the request to api.twilio.com",
        "Or use credentials that were made in ie1",
    ]
    assert list(token.fix) == ["Send the request to api.twilio.com"]


@pytest.mark.parametrize(("host", "old"), [(DUBLIN, False), (OLD_DUBLIN, True)], ids=["region-host", "old-host"])
def test_only_an_old_host_name_is_explained(host: str, *, old: bool) -> None:
    exchange = refused(GOOD) if host == DUBLIN else at_dublin()
    found = judged(RULE, exchange, Bearing(accepted=(seen(host=host),)))
    assert isinstance(found, Stands)
    assert found.evidence[0].says.endswith("UTC") is not old
    assert ("served that old host name" in found.evidence[0].says) is old


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(GOOD, host=BARE), "ruled-out", id="no-product"),
        pytest.param(at_dublin(path=b"/2010-04-01/Accounts.json"), "likely", id="account-on-a-main-key-path"),
    ],
)
def test_what_of_the_host_and_path_counts(exchange: Exchange, expected: str) -> None:
    assert word(judged(RULE, exchange, Bearing())) == expected
