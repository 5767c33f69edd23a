"""feature-gate: texts that come with good credentials, or a pair that works elsewhere on the host."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import feature_gate
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return feature_gate.check(replace(case, bearing=capture._history.bearing(case)))


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
    assert_plain(found)


def test_accepted_pair_and_a_foreign_text_are_confirmed() -> None:
    found = judge(accepted(GOOD, method="GET"), refused(GOOD, at=3, message="This account cannot send to this country"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


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
