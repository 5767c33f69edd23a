"""pair-refused: stands where nothing else does, and never more than likely."""

import base64
import json
from dataclasses import replace

import pytest

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
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import pair_refused
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(expires: float | None) -> bytes:
    claims = {"sub": SID.decode()} if expires is None else {"exp": expires}
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in ({"alg": "RS256"}, claims))
    return b"Bearer " + b".".join(parts) + b".c2lnbmF0dXJl"


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return pair_refused.check(replace(case, bearing=capture._history.bearing(case)))


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last exchange, in order."""
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    assert not diagnosis.crashed
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in diagnosis.findings}


def assert_plain(found: Stands) -> None:
    """One plain sentence for the developer; a verdict that is not sure says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is Verdict.CONFIRMED)


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
    assert_plain(found)
    assert next(iter(standing(exchange))) == "pair-refused"


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
    assert_plain(found)


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


def test_earlier_success_is_told() -> None:
    found = judge(accepted(GOOD), refused(GOOD, at=60))
    assert isinstance(found, Stands)
    assert any("accepted earlier" in evidence.says for evidence in found.evidence)


def test_fix_names_the_host_whose_region_counts() -> None:
    found = judge(refused(GOOD, host="api.dublin.ie1.twilio.com"))
    assert isinstance(found, Stands)
    assert any("api.dublin.ie1.twilio.com" in step for step in found.fix)
