"""token-with-key-sid: by shape likely, by history confirmed, a secret never."""

from dataclasses import replace

import pytest

from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import token_with_key_sid
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return token_with_key_sid.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(token_with_key_sid.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == token_with_key_sid.RULE.slug for r in hit)
    for result in diagnose_all(token_with_key_sid.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert token_with_key_sid.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(KEY, TOKEN, id="token"),
        pytest.param(KEY, TOKEN + b"\n", id="with-a-stray"),
        pytest.param(b"SK" + KEY[2:].upper(), TOKEN, id="upper-case-sid"),
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
        pytest.param(KEY, KEY_SECRET, id="secret"),
        pytest.param(KEY, TOKEN[:-1] + b"g", id="one-letter-beyond-hex"),
        pytest.param(KEY, TOKEN.upper(), id="capitals"),
        pytest.param(KEY, TOKEN[:-1], id="31-characters"),
        pytest.param(KEY, TOKEN * 2, id="long-token"),
        pytest.param(KEY, b"", id="empty"),
        pytest.param(SID, TOKEN, id="with-its-account"),
        pytest.param(KEY[:-1], TOKEN, id="misshapen-sid"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


def test_confirmed_when_accepted_with_the_other_kind() -> None:
    found = judge(accepted(basic(SID, TOKEN)), refused(basic(KEY, TOKEN), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


def test_history_of_another_secret_proves_nothing() -> None:
    other = basic(SID, TOKEN[::-1])
    found = judge(accepted(other), refused(basic(KEY, TOKEN), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_answer_that_needs_no_credentials_proves_nothing() -> None:
    version = accepted(basic(SID, TOKEN), path=b"/2010-04-01", method="GET")
    found = judge(version, refused(basic(KEY, TOKEN), at=1))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_the_same_pair_accepted_elsewhere_is_ruled_out() -> None:
    pair = basic(KEY, TOKEN)
    assert isinstance(
        judge(accepted(pair, host="verify.twilio.com", path=b"/v2/Services"), refused(pair, at=1)), RuledOut
    )


def test_good_pair_behind_a_gate_is_ruled_out() -> None:
    text = "Primary compliance profile is not approved. Please complete the KYC process in Trust Hub to gain access."
    assert isinstance(judge(refused(basic(KEY, TOKEN), message=text)), RuledOut)


@pytest.mark.parametrize("authorization", [None, b"Bearer abc", b"Basic " + TOKEN])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_leads_and_the_residual_cause_steps_back() -> None:
    found = standing(refused(basic(KEY, TOKEN)))
    assert next(iter(found)) == "token-with-key-sid"
    assert found.get("pair-refused", ("possible", None))[0] == "possible"
