"""secret-with-account-sid: by shape likely, by history confirmed, a token never."""

from dataclasses import replace

import pytest

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import secret_with_account_sid
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return secret_with_account_sid.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(secret_with_account_sid.RULE.hit(), b"key")
    assert any(
        r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == secret_with_account_sid.RULE.slug for r in hit
    )
    for result in diagnose_all(secret_with_account_sid.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert secret_with_account_sid.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, b"z" + TOKEN[1:], id="one-letter-beyond-hex"),
        pytest.param(SID, KEY_SECRET, id="mixed-case"),
        pytest.param(SID, KEY_SECRET + b"\n", id="with-a-stray"),
        pytest.param(SID.upper(), KEY_SECRET, id="upper-case-sid"),
    ],
)
def test_likely_by_the_form(username: bytes, password: bytes) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="token"),
        pytest.param(SID, TOKEN.upper(), id="token-in-capitals"),
        pytest.param(SID, KEY_SECRET + b"a", id="33-characters"),
        pytest.param(SID, TOKEN + KEY_SECRET, id="long-token"),
        pytest.param(SID, b"x" * 32, id="filler"),
        pytest.param(SID, SID, id="sid"),
        pytest.param(KEY, KEY_SECRET, id="with-its-key"),
        pytest.param(SID[:-1], KEY_SECRET, id="misshapen-sid"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


def test_confirmed_when_accepted_with_the_other_kind() -> None:
    found = judge(accepted(basic(KEY, KEY_SECRET)), refused(basic(SID, KEY_SECRET), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


def test_history_of_another_secret_proves_nothing() -> None:
    other = basic(KEY, KEY_SECRET[::-1])
    found = judge(accepted(other), refused(basic(SID, KEY_SECRET), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_answer_that_needs_no_credentials_proves_nothing() -> None:
    version = accepted(basic(KEY, KEY_SECRET), path=b"/2010-04-01", method="GET")
    found = judge(version, refused(basic(SID, KEY_SECRET), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_the_same_pair_accepted_elsewhere_is_ruled_out() -> None:
    pair = basic(SID, KEY_SECRET)
    assert isinstance(
        judge(accepted(pair, host="verify.twilio.com", path=b"/v2/Services"), refused(pair, at=1)), RuledOut
    )


def test_good_pair_behind_a_gate_is_ruled_out() -> None:
    text = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
    assert isinstance(judge(refused(basic(SID, KEY_SECRET), message=text)), RuledOut)


@pytest.mark.parametrize("authorization", [None, b"Bearer abc", b"Basic " + KEY_SECRET])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_leads_and_the_residual_cause_steps_back() -> None:
    found = standing(refused(basic(SID, KEY_SECRET)))
    assert next(iter(found)) == "secret-with-account-sid"
    assert found.get("pair-refused", ("possible", None))[0] == "possible"
