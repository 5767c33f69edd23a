"""halves-swapped: a secret before a SID; a SID without its prefix is no secret."""

from base64 import b64encode
from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import halves_swapped
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return halves_swapped.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(halves_swapped.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == halves_swapped.RULE.slug for r in hit)
    for result in diagnose_all(halves_swapped.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert halves_swapped.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password", "verdict"),
    [
        pytest.param(TOKEN, SID, Verdict.CONFIRMED, id="token-account"),
        pytest.param(KEY_SECRET, KEY, Verdict.CONFIRMED, id="secret-key"),
        pytest.param(TOKEN.upper(), SID, Verdict.CONFIRMED, id="upper-case-token"),
        pytest.param(TOKEN + b"\n", SID, Verdict.CONFIRMED, id="stray-after-the-token"),
        pytest.param(TOKEN, b'"' + SID + b'"', Verdict.CONFIRMED, id="quotes-around-the-sid"),
        pytest.param(TOKEN[:-2], SID, Verdict.LIKELY, id="short-token"),
        pytest.param(TOKEN * 2, SID, Verdict.LIKELY, id="long-token"),
        pytest.param(TOKEN, SID[:-1], Verdict.LIKELY, id="short-sid"),
        pytest.param(TOKEN, SID.lower(), Verdict.LIKELY, id="lower-case-sid"),
    ],
)
def test_swapped(username: bytes, password: bytes, verdict: Verdict) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(SID, TOKEN, id="right-way-round"),
        pytest.param(SID[2:], SID, id="sid-without-its-prefix"),
        pytest.param(SID, SID, id="sid-twice"),
        pytest.param(SID[:-1], OTHER_SID, id="short-sid-before-a-sid"),
        pytest.param(b"your_auth_token", SID, id="placeholder"),
        pytest.param(b"x" * 32, SID, id="filler"),
        pytest.param(b"verificationserviceproduction", SID, id="a-long-word"),
        pytest.param(b"None", SID, id="unset"),
        pytest.param(TOKEN, b"MG" + SID[2:], id="another-kind-of-sid"),
        pytest.param(TOKEN, TOKEN, id="token-twice"),
        pytest.param(TOKEN, b"AC", id="two-letters"),
    ],
)
def test_not_swapped(username: bytes, password: bytes) -> None:
    assert isinstance(judge(refused(basic(username, password))), RuledOut)


@pytest.mark.parametrize("authorization", [None, b"Bearer abc", b"Basic !!!", b"Basic"])
def test_without_a_pair_unknown(authorization: bytes | None) -> None:
    assert isinstance(judge(refused(authorization)), Unknown)


def test_accepted_pair_is_never_called_swapped() -> None:
    swapped = basic(TOKEN, SID)
    assert isinstance(judge(accepted(swapped), refused(swapped, at=1)), RuledOut)


def test_fix_is_in_the_clients_language() -> None:
    ruby = b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"
    account, key = judge(refused(basic(TOKEN, SID), agent=ruby)), judge(refused(basic(KEY_SECRET, KEY), agent=ruby))
    assert isinstance(account, Stands)
    assert isinstance(key, Stands)
    assert "Client.new(account_sid, auth_token)" in account.fix[0]
    assert "Client.new(api_key_sid, api_key_secret, account_sid)" in key.fix[0]


def test_consequences_are_nested_and_nothing_accuses_the_halves_apart() -> None:
    found = standing(refused(basic(TOKEN, SID), path=MESSAGES % TOKEN))
    assert next(iter(found)) == "halves-swapped"
    assert found["sid-as-password"] == ("confirmed", "halves-swapped")
    assert found["path-account-missing"] == ("confirmed", "halves-swapped")
    assert {"sid-misshapen", "username-not-a-sid", "wrong-kind-of-sid"}.isdisjoint(found)


def test_wide_characters_are_read_too() -> None:
    value = b"Basic " + b64encode((TOKEN + b":" + SID).decode().encode("utf-16-le"))
    found = judge(refused(value))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("username", "password", "kind", "shape", "ends"),
    [
        pytest.param(TOKEN, SID, "Account SID", "32 lower-case hex digits", (32, 34), id="token-account"),
        pytest.param(KEY_SECRET, KEY, "API key SID", "32 letters and digits", (32, 34), id="secret-key"),
        pytest.param(TOKEN, SID.lower(), "Account SID", "32 lower-case hex digits", (32, 34), id="lower-case-sid"),
        pytest.param(
            b" " + TOKEN + b"\n", b'"' + SID + b'"', "Account SID", "32 lower-case hex digits", (34, 36), id="strays"
        ),
    ],
)
def test_both_halves_are_evidence(
    username: bytes, password: bytes, kind: str, shape: str, ends: tuple[int, int]
) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert f"the {kind} stands as the password" in found.says
    assert spots(found) == [("authorization.username", 0, ends[0]), ("authorization.password", 0, ends[1])]
    assert found.evidence[0].says.startswith(shape)
    assert found.evidence[1].says.endswith(kind)


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    swapped = basic(TOKEN, SID)
    found = judge(accepted(swapped), refused(swapped, at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
