"""placeholder-value: documentation words and template marks; never a real value that wears one."""

from dataclasses import replace

import pytest

from analyzers.building import KEY_SECRET, MESSAGES, SID, TOKEN, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import placeholder_value
from analyzers.exchange import Exchange, Fidelity
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return placeholder_value.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(placeholder_value.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == placeholder_value.RULE.slug for r in hit)
    for result in diagnose_all(placeholder_value.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert placeholder_value.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(b"AC" + b"X" * 32, b"your_auth_token", id="docs"),
        pytest.param(b"AC" + b"x" * 32, TOKEN, id="username-only"),
        pytest.param(SID, b"[AuthToken]", id="brackets"),
        pytest.param(SID, b"{{auth_token}}", id="braces"),
        pytest.param(SID, b"<auth_token>", id="angles"),
        pytest.param(SID, b"${TWILIO_AUTH_TOKEN}", id="shell-braces"),
        pytest.param(SID, b"$TWILIO_AUTH_TOKEN", id="shell"),
        pytest.param(SID, b"%TWILIO_AUTH_TOKEN%", id="cmd"),
        pytest.param(SID, b"process.env.TWILIO_AUTH_TOKEN", id="javascript"),
        pytest.param(b"TWILIO_ACCOUNT_SID", b"TWILIO_AUTH_TOKEN", id="names"),
        pytest.param(SID, b"changeme", id="changeme"),
        pytest.param(SID, b'"your_auth_token"', id="in-quotes"),
        pytest.param(SID, b"your_auth_token\n", id="with-a-line-feed"),
        pytest.param(b"AC...", TOKEN, id="dots"),
        pytest.param(b"SKXXXX", KEY_SECRET, id="short-key"),
    ],
)
def test_placeholders(username: bytes, password: bytes) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="good"),
        pytest.param(SID, b"<" + TOKEN + b">", id="token-in-angles"),
        pytest.param(SID, b"${" + KEY_SECRET + b"}", id="secret-in-braces"),
        pytest.param(b"{{" + SID + b"}}", TOKEN, id="sid-in-braces"),
        pytest.param(SID, b"my" + KEY_SECRET[2:], id="secret-that-begins-with-my"),
        pytest.param(SID, b"0" * 32, id="zeros"),
        pytest.param(b"billing", TOKEN, id="name"),
        pytest.param(b"account-api", TOKEN, id="name-of-such-words"),
        pytest.param(b"me@example.com", TOKEN, id="mail"),
        pytest.param(SID, b"[REDACTED]", id="overwritten"),
        pytest.param(SID, b"", id="empty"),
    ],
)
def test_near_misses(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


def test_overwriting_export_is_not_taken_for_a_placeholder() -> None:
    exchange = refused(basic(SID, b"*" * 32), fidelity=Fidelity.SANITIZED)
    assert isinstance(judge(exchange), Unknown)


@pytest.mark.parametrize("authorization", [None, b"Bearer your_token", b"Basic " + b"!" * 8])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_evidence_shows_words_and_no_secret() -> None:
    found = judge(refused(basic(b"AC" + b"X" * 32, KEY_SECRET)))
    assert isinstance(found, Stands)
    assert len(found.evidence) == 1
    assert KEY_SECRET.decode() not in repr(found)


def test_consequences_are_nested() -> None:
    account = b"AC" + b"X" * 32
    found = standing(refused(basic(account, b"your_auth_token"), path=MESSAGES % account))
    assert next(iter(found)) == "placeholder-value"
    assert found["path-account-missing"] == ("confirmed", "placeholder-value")
    assert {"sid-misshapen", "username-not-a-sid", "half-empty"}.isdisjoint(found)


def test_beside_an_empty_half() -> None:
    found = standing(refused(basic(b"your_account_sid", b"")))
    assert [cause for cause in found if cause != "pair-refused"] == ["placeholder-value", "half-empty"]
