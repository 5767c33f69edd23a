"""pair-refused: stands where nothing else does, and never more than likely."""

import base64
import json
from dataclasses import replace

import judging
import pytest
from judging import seen, spots, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    SID,
    TEXT_INVALID_USERNAME,
    TEXT_NO_CREDENTIALS,
    TIME,
    TOKEN,
    accepted,
    basic,
    refused,
)
from analyzers.capture import diagnose_all
from analyzers.causes import pair_refused
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(expires: float | None) -> bytes:
    claims = {"sub": SID.decode()} if expires is None else {"exp": expires}
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in ({"alg": "RS256"}, claims))
    return b"Bearer " + b".".join(parts) + b".c2lnbmF0dXJl"


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    return judging.judge(pair_refused.RULE, *exchanges)


def with_bearing(exchange: Exchange, **bearing: object) -> Outcome:
    """What the check says with just this bearing."""
    return judging.judged(pair_refused.RULE, exchange, Bearing(**bearing))  # type: ignore[arg-type] # fields by name


def test_samples() -> None:
    hit = diagnose_all(pair_refused.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == pair_refused.RULE.slug for r in hit)
    for result in diagnose_all(pair_refused.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert pair_refused.RULE.slug not in causes


OTHERS = ["stray-characters", "half-empty", "placeholder-value", "sid-misshapen", "token-with-key-sid"]


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD), id="account-pair"),
        pytest.param(refused(basic(KEY, KEY_SECRET)), id="key-pair"),
        pytest.param(refused(basic(SID, TOKEN * 2)), id="long-token"),
        pytest.param(refused(GOOD, message=TEXT_INVALID_USERNAME), id="invalid-username"),
        pytest.param(refused(GOOD, message="Permission Denied"), id="permission-denied"),
        pytest.param(refused(bearer(TIME + 100)), id="token-in-time"),
        pytest.param(refused(bearer(None)), id="token-without-exp"),
    ],
)
def test_well_formed_credentials_are_likely(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(basic(SID, TOKEN + b"\n")), id="stray"),
        pytest.param(refused(basic(SID, b"")), id="empty"),
        pytest.param(refused(basic(SID[:-1], TOKEN)), id="misshapen"),
        pytest.param(refused(basic(SID, b"your_auth_token")), id="placeholder"),
        pytest.param(refused(bearer(TIME - 1)), id="expired"),
        pytest.param(refused(b"Bearer abc"), id="no-jwt"),
        pytest.param(refused(GOOD[:-1]), id="broken"),
        pytest.param(refused(GOOD, message=TEXT_NO_CREDENTIALS), id="text-says-no-credentials"),
        pytest.param(refused(GOOD, message="Something new"), id="unknown-text"),
        pytest.param(refused(GOOD, status=403), id="403"),
        pytest.param(refused(GOOD, code=70051, message="Authorization Failed"), id="another-code"),
        pytest.param(refused(GOOD, extra=((b"Authorization", GOOD),)), id="two-headers"),
    ],
)
def test_anything_less_is_only_possible(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(None), RuledOut, id="no-header"),
        pytest.param(refused(GOOD, message="Please upgrade your account to gain access."), RuledOut, id="trial-gate"),
        pytest.param(refused(GOOD, message="Policy evaluation failed"), RuledOut, id="policy-gate"),
        pytest.param(refused(GOOD, status=403, code=20008, message="Test"), RuledOut, id="test-pair"),
        pytest.param(refused(GOOD, status=403, code=20005, message="Account not active"), RuledOut, id="inactive"),
        pytest.param(refused(GOOD, code=20107, message="Invalid signature"), RuledOut, id="token-signature"),
        pytest.param(refused(GOOD, status=400, code=21470, message="AccountSid"), RuledOut, id="account-in-the-path"),
        pytest.param(refused(GOOD, answer=Response(status=407, headers=())), Unknown, id="answer-of-a-proxy"),
        pytest.param(replace(refused(GOOD), response=None), Unknown, id="no-answer"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize(
    "authorization",
    [
        basic(SID, TOKEN + b"\n"),
        basic(SID, b""),
        basic(b"AC" + b"X" * 32, TOKEN),
        basic(SID[:-1], TOKEN),
        basic(KEY, TOKEN),
    ],
    ids=OTHERS,
)
def test_steps_back_behind_every_other_cause(authorization: bytes) -> None:
    found = standing(refused(authorization))
    assert next(iter(found)) in OTHERS
    assert list(found)[-1] == "pair-refused"
    assert found["pair-refused"][0] == "possible"


@pytest.mark.parametrize(
    "authorization", [GOOD, basic(KEY, KEY_SECRET), bearer(TIME + 100)], ids=["pair", "key", "token"]
)
def test_leads_where_nothing_else_stands(authorization: bytes) -> None:
    assert list(standing(refused(authorization))) == ["pair-refused"]


@pytest.mark.parametrize(
    ("bearing", "says"),
    [
        pytest.param({}, "mistyped", id="nothing-seen"),
        pytest.param({"works_again": seen(9, 60.0)}, "accepted later in this capture", id="works-again"),
        pytest.param({"accepted": (seen(9, 60.0),)}, "accepted later in this capture", id="accepted-later"),
        pytest.param({"accepted": (seen(0, -60.0),)}, "changed since, or not allowed", id="accepted-before"),
        pytest.param({"accepted": (seen(0, None),)}, "changed since, or not allowed", id="no-clock"),
        pytest.param({"accepted": (seen(host="api.dublin.ie1.twilio.com"),)}, "accepts in ie1", id="other-region"),
        pytest.param({"rivals": (seen(),)}, "mistyped", id="another-secret"),
    ],
)
@pytest.mark.parametrize("exchange", [refused(GOOD), refused(GOOD, status=403)], ids=["401", "403"])
def test_what_was_accepted_is_not_called_mistyped(exchange: Exchange, bearing: dict[str, object], says: str) -> None:
    found = with_bearing(exchange, **bearing)
    assert isinstance(found, Stands)
    assert says in found.says
    assert ("character by character" in texts(found)) is (says == "mistyped")
    assert word(found) == ("likely" if exchange.response and exchange.response.status == 401 else "possible")


def test_a_success_is_pointed_at() -> None:
    found = judge(refused(None), accepted(GOOD, at=1.0), refused(GOOD, at=60))
    assert isinstance(found, Stands)
    assert (found.evidence[-1].where, found.evidence[-1].index) == ("history", 1)
    assert "2026-11-03 11:14:09 UTC" in texts(found)


def test_fix_names_the_host_whose_region_counts() -> None:
    found = judge(refused(GOOD, host="api.dublin.ie1.twilio.com"))
    assert isinstance(found, Stands)
    assert any("api.dublin.ie1.twilio.com" in step for step in found.fix)


BEARER = bearer(TIME + 100)
IE1 = "api.dublin.ie1.twilio.com"


@pytest.mark.parametrize(
    ("exchange", "places", "says"),
    [
        pytest.param(
            refused(GOOD), ["response.body.message", "authorization"], "refused a well-formed pair", id="pair"
        ),
        pytest.param(
            refused(BEARER), ["response.body.message", "authorization"], "refused a readable token", id="token"
        ),
        pytest.param(
            refused(GOOD, message="Something new"), ["response.body.message"], "may have refused the secret", id="text"
        ),
        pytest.param(refused(BEARER, status=403), ["response.body.message"], "may have refused the secret", id="403"),
    ],
)
def test_what_is_told_where_nothing_was_accepted(exchange: Exchange, places: list[str], says: str) -> None:
    found = judge(exchange)
    assert [where for where, _, _ in spots(found)] == places
    assert says in texts(found)


@pytest.mark.parametrize(
    ("message", "says"), [("Authenticate", "Twilio's text blames the credentials"), ("Something new", "a refusal")]
)
def test_the_text_is_evidence_for_what_it_says(message: str, says: str) -> None:
    found = judge(refused(GOOD, message=message))
    assert isinstance(found, Stands)
    assert found.evidence[0].says == says


@pytest.mark.parametrize("what", ["pair", "token"])
@pytest.mark.parametrize(
    ("bearing", "index", "says", "step"),
    [
        pytest.param(
            {"works_again": seen(9, 60.0)},
            9,
            "Twilio refused a {} that it accepted later",
            "Keep the {}; look",
            id="later",
        ),
        pytest.param(
            {"accepted": (seen(7, -60.0),)},
            7,
            "Twilio refused a {} that it accepts elsewhere",
            "Look in the Console whether",
            id="before",
        ),
        pytest.param(
            {"accepted": (seen(5, host=IE1),)},
            5,
            "Twilio refused a {} that it accepts in ie1",
            f"Send the request to {IE1}",
            id="another-region",
        ),
    ],
)
def test_what_was_accepted_is_named_and_pointed_at(
    what: str, bearing: dict[str, object], index: int, says: str, step: str
) -> None:
    found = with_bearing(refused(GOOD if what == "pair" else BEARER), **bearing)
    assert isinstance(found, Stands)
    assert found.says.startswith(says.format(what))
    assert (found.evidence[-1].where, found.evidence[-1].index) == ("history", index)
    assert f"the same {what}" in found.evidence[-1].says
    assert any(each.startswith(step.format(what)) for each in found.fix)
