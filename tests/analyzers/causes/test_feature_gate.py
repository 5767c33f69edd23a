"""feature-gate: texts that come with good credentials, or a pair that works elsewhere on the host."""

import judging
import pytest
from judging import seen, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.causes import feature_gate
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    return judging.judge(feature_gate.RULE, *exchanges)


def with_bearing(exchange: Exchange, **bearing: object) -> Outcome:
    """What the check says with just this bearing."""
    return judging.judged(feature_gate.RULE, exchange, Bearing(**bearing))  # type: ignore[arg-type] # fields by name


def test_samples() -> None:
    hit = diagnose_all(feature_gate.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == feature_gate.RULE.slug for r in hit)
    for result in diagnose_all(feature_gate.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert feature_gate.RULE.slug not in causes


TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."
KYC = (
    "Primary compliance profile is not approved. Please refer to documentation and complete the KYC process in Trust"
    " Hub to gain access."
)


@pytest.mark.parametrize(
    ("message", "word"), [(TRIAL, "trial"), (KYC, "compliance profile"), ("Policy evaluation failed", "policy")]
)
@pytest.mark.parametrize(
    "authorization", [GOOD, basic(KEY, KEY_SECRET), b"Bearer a.b.c"], ids=["pair", "key", "bearer"]
)
def test_gate_texts_are_confirmed(message: str, word: str, authorization: bytes) -> None:
    found = judge(refused(authorization, message=message))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert word in found.says
    assert "good" in found.says


def test_accepted_pair_and_a_foreign_text_are_confirmed() -> None:
    found = judge(accepted(GOOD, method="GET"), refused(GOOD, at=3, message="This account cannot send to this country"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("exchanges", "outcome"),
    [
        pytest.param((refused(GOOD),), RuledOut, id="authenticate"),
        pytest.param((accepted(GOOD), refused(GOOD, at=1)), RuledOut, id="worked-then-refused"),
        pytest.param((accepted(GOOD), refused(GOOD, at=1, message="authenticate.")), RuledOut, id="other-spelling"),
        pytest.param(
            (accepted(GOOD), refused(GOOD, at=1, message="Authentication Error - invalid api key")),
            RuledOut,
            id="new-text",
        ),
        pytest.param((refused(GOOD, message="This account cannot do that"),), Unknown, id="foreign-text-alone"),
        pytest.param(
            (accepted(GOOD, host="verify.twilio.com"), refused(GOOD, at=1, message="Cannot do that")),
            Unknown,
            id="other-host",
        ),
        pytest.param(
            (accepted(basic(KEY, KEY_SECRET)), refused(GOOD, at=1, message="Cannot do that")), Unknown, id="other-pair"
        ),
        pytest.param((accepted(GOOD), refused(GOOD, at=1, message="")), Unknown, id="no-text"),
        pytest.param(
            (accepted(GOOD, path=b"/2010-04-01"), refused(GOOD, at=1, message="Cannot do that")),
            Unknown,
            id="open-page",
        ),
        pytest.param((refused(None, message=TRIAL),), RuledOut, id="no-credentials"),
        pytest.param((refused(GOOD, message=TRIAL, code=20008, status=403),), RuledOut, id="other-code"),
    ],
)
def test_near_misses(exchanges: tuple[Exchange, ...], outcome: type[Outcome]) -> None:
    assert isinstance(judge(*exchanges), outcome)


@pytest.mark.parametrize(
    "authorization",
    [GOOD, basic(SID, KEY_SECRET), basic(KEY, TOKEN), basic(b"billing", TOKEN)],
    ids=["good", "secret-with-account", "token-with-key", "odd-username"],
)
def test_behind_a_gate_no_credential_is_blamed(authorization: bytes) -> None:
    assert list(standing(refused(authorization, message=KYC))) == ["feature-gate"]


def test_gate_on_a_path_without_account_names_both() -> None:
    found = standing(refused(GOOD, message=TRIAL, path=MESSAGES % b"None"))
    assert {"feature-gate", "path-account-missing"} == set(found)


def test_annotated_text_is_read_like_the_original() -> None:
    found = judge(refused(GOOD, message=f"{TRIAL} [why20003: The credentials are good (confirmed)]"))
    assert isinstance(found, Stands)


CANNOT = "This account cannot do that"
MAIN_KEY_PATH = b"/2010-04-01/Accounts/%s.json" % SID
KEY_PAIR = basic(KEY, KEY_SECRET)


@pytest.mark.parametrize(
    ("exchange", "bearing", "verdict"),
    [
        pytest.param(refused(GOOD, message=CANNOT), {"accepted": (seen(),)}, "confirmed", id="before"),
        pytest.param(refused(GOOD, message=CANNOT), {"works_again": seen(9, 60.0)}, "confirmed", id="later"),
        pytest.param(refused(GOOD, message=CANNOT), {"worked": seen()}, "confirmed", id="same-account"),
        pytest.param(
            refused(b"Bearer a.b.c", message=CANNOT), {"accepted": (seen(),)}, "confirmed", id="bearer-accepted"
        ),
        pytest.param(refused(GOOD, message=CANNOT), {"rivals": (seen(),)}, "unknown", id="another-secret"),
        pytest.param(
            refused(GOOD, message=CANNOT), {"accepted": (seen(host="verify.twilio.com"),)}, "unknown", id="other-host"
        ),
        pytest.param(refused(GOOD[:-2], message=CANNOT), {"accepted": (seen(),)}, "unknown", id="broken-header"),
        pytest.param(
            refused(KEY_PAIR, message=CANNOT, path=MAIN_KEY_PATH),
            {"accepted": (seen(),)},
            "unknown",
            id="key-lacks-reach",
        ),
        pytest.param(
            refused(GOOD, message=CANNOT, path=MAIN_KEY_PATH), {"accepted": (seen(),)}, "confirmed", id="account-pair"
        ),
        pytest.param(refused(GOOD, message=""), {"accepted": (seen(),)}, "unknown", id="text-unread"),
    ],
)
def test_a_text_of_its_own_with_credentials_that_work(
    exchange: Exchange, bearing: dict[str, object], verdict: str
) -> None:
    assert word(with_bearing(exchange, **bearing)) == verdict


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_success_before_or_after(order: str) -> None:
    pair = (accepted(GOOD, method="GET"), refused(GOOD, message=CANNOT, at=30.0))
    late = (refused(GOOD, message=CANNOT), accepted(GOOD, method="GET", at=30.0))
    found = standing(*(pair if order == "before" else late))
    assert found["feature-gate"] == ("confirmed", None)


def test_the_success_is_pointed_at() -> None:
    found = judge(refused(None), accepted(GOOD, at=1.0), refused(GOOD, message=CANNOT, at=2.0))
    assert isinstance(found, Stands)
    assert (found.evidence[0].where, found.evidence[0].index) == ("history", 1)
    assert "2026-11-03 11:14:09 UTC" in texts(found)


@pytest.mark.parametrize(
    ("message", "step"),
    [
        (TRIAL, "Upgrade the account"),
        (KYC, "Complete the compliance profile"),
        ("Policy evaluation failed", "Ask Twilio support"),
    ],
)
def test_the_text_says_what_to_do(message: str, step: str) -> None:
    found = judge(refused(GOOD, message=message))
    assert isinstance(found, Stands)
    assert [each.where for each in found.evidence] == ["response.body.message"]
    assert found.fix[0].startswith(step)


def test_an_unknown_text_is_evidence_beside_the_success() -> None:
    found = judge(accepted(GOOD, method="GET"), refused(GOOD, message=CANNOT, at=2.0))
    assert isinstance(found, Stands)
    assert [each.where for each in found.evidence] == ["history", "response.body.message"]
