"""half-empty: exactly one half; two empty ones are another cause, a cut value proves nothing."""

from base64 import b64encode
from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import half_empty
from analyzers.exchange import Exchange, Fidelity
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return half_empty.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(half_empty.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == half_empty.RULE.slug for r in hit)
    for result in diagnose_all(half_empty.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert half_empty.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password", "name"),
    [
        pytest.param(SID, b"", "password", id="no-password"),
        pytest.param(b"", TOKEN, "username", id="no-username"),
        pytest.param(SID, b"None", "password", id="python-none"),
        pytest.param(SID, b"undefined", "password", id="javascript-undefined"),
        pytest.param(b"null", TOKEN, "username", id="java-null"),
        pytest.param(SID, b"\n", "password", id="line-feed-only"),
        pytest.param(SID, b'""', "password", id="quotes-around-nothing"),
        pytest.param(b"billing", b"", "password", id="and-the-username-is-no-sid"),
    ],
)
def test_one_half_is_void(username: bytes, password: bytes, name: str) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert found.says.startswith(f"The {name} is")
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(GOOD, RuledOut, id="good"),
        pytest.param(basic(b"", b""), RuledOut, id="both"),
        pytest.param(basic(b"None", b""), RuledOut, id="both-void"),
        pytest.param(basic(SID, b"0"), RuledOut, id="one-character"),
        pytest.param(basic(SID, b"Nonesuch"), RuledOut, id="a-word-that-begins-so"),
        pytest.param(basic(SID, TOKEN + b":"), RuledOut, id="colon-at-the-end"),
        pytest.param(b"Basic " + b64encode(SID + b":") + b" " + TOKEN, Unknown, id="password-behind-the-base64"),
        pytest.param(b"Basic " + b64encode(SID + b":") + b64encode(TOKEN), RuledOut, id="halves-encoded-apart"),
        pytest.param(b"Basic " + b64encode(SID + b":").rstrip(b"=")[:-1], Unknown, id="cut"),
        pytest.param(b"Basic " + b64encode(bytes(range(200, 230)) + b":"), Unknown, id="not-text"),
        pytest.param(b"Basic " + b64encode(SID), Unknown, id="no-colon"),
        pytest.param(None, Unknown, id="no-header"),
        pytest.param(b"Bearer abc", Unknown, id="bearer"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


def test_leads_before_the_misshapen_sid_beside_it() -> None:
    found = standing(refused(basic(SID[:-1], b"")))
    assert [cause for cause in found if cause != "pair-refused"] == ["half-empty", "sid-misshapen"]


def test_accepted_pair_is_never_accused() -> None:
    assert isinstance(judge(accepted(basic(SID, b"")), refused(basic(SID, b""), at=1)), RuledOut)


@pytest.mark.parametrize(
    ("username", "password", "what", "span"),
    [
        pytest.param(SID, b"", "empty", ("authorization.password", 0, 0), id="nothing"),
        pytest.param(SID, b'""', "empty", ("authorization.password", 0, 2), id="quotes-around-nothing"),
        pytest.param(b"\n", TOKEN, "empty", ("authorization.username", 0, 1), id="line-feed"),
        pytest.param(SID, b"None", "the word for a missing value", ("authorization.password", 0, 4), id="word"),
        pytest.param(b'"null"', TOKEN, "the word for a missing value", ("authorization.username", 0, 6), id="quoted"),
    ],
)
def test_what_stands_there_and_where(username: bytes, password: bytes, what: str, span: tuple[str, int, int]) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert f" is {what}" in found.says
    assert found.evidence[0].says.startswith(what)
    assert spots(found) == [span]


def test_the_fix_is_in_the_clients_language() -> None:
    found = judge(refused(basic(SID, b""), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert "Client.new(account_sid, auth_token)" in found.fix[1]


@pytest.mark.parametrize(
    ("authorization", "because"),
    [
        pytest.param(basic(b"", b""), "both halves are empty", id="both-empty"),
        pytest.param(basic(b"None", b'""'), "both halves are empty", id="both-void"),
        pytest.param(GOOD, "both halves have a value", id="both-there"),
    ],
)
def test_why_it_is_ruled_out(authorization: bytes, because: str) -> None:
    found = judge(refused(authorization))
    assert isinstance(found, RuledOut)
    assert found.because == because


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    found = judge(accepted(basic(SID, b"")), refused(basic(SID, b""), at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because


@pytest.mark.parametrize(
    ("authorization", "fidelity", "expected"),
    [
        pytest.param(basic(SID, b""), Fidelity.SANITIZED, Unknown, id="removed-perhaps"),
        pytest.param(basic(b"", TOKEN), Fidelity.SANITIZED, Unknown, id="username-removed-perhaps"),
        pytest.param(basic(SID, b"None"), Fidelity.SANITIZED, Stands, id="no-export-writes-that"),
        pytest.param(basic(SID, b""), Fidelity.DOUBTFUL, Stands, id="a-doubtful-export-keeps-values"),
        pytest.param(b"Basic " + b64encode(SID + b":") + b"==", Fidelity.FULL, Unknown, id="too-much-padding"),
    ],
)
def test_where_the_other_half_may_have_been_lost(
    authorization: bytes, fidelity: Fidelity, expected: type[Outcome]
) -> None:
    assert isinstance(judge(refused(authorization, fidelity=fidelity)), expected)
