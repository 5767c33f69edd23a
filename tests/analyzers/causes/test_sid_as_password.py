"""sid-as-password: a SID where the secret belongs."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import sid_as_password
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return sid_as_password.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(sid_as_password.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == sid_as_password.RULE.slug for r in hit)
    for result in diagnose_all(sid_as_password.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert sid_as_password.RULE.slug not in causes


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        pytest.param(SID, SID, "the same as the username", id="twice"),
        pytest.param(SID, OTHER_SID, "(Account)", id="another-account"),
        pytest.param(SID, KEY, "(API key)", id="key"),
        pytest.param(KEY, SID, "(Account)", id="account-with-key"),
        pytest.param(SID, b"MG" + SID[2:], "(Messaging Service)", id="service"),
        pytest.param(SID, SID + b"\n", "the same as the username", id="stray"),
    ],
)
def test_a_sid_is_no_password(username: bytes, password: bytes, words: str) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param(TOKEN, id="token"),
        pytest.param(b"AC" + TOKEN[2:], id="secret-that-begins-with-AC"),
        pytest.param(b"AC" + KEY_SECRET, id="34-characters-not-hex"),
        pytest.param(SID[:-1], id="33-characters"),
        pytest.param(SID + b"0", id="35-characters"),
        pytest.param(b"OQ" + KEY_SECRET, id="34-letters-and-digits"),
        pytest.param(b"", id="empty"),
        pytest.param(TOKEN * 3, id="long-token"),
    ],
)
def test_near_misses(password: bytes) -> None:
    assert isinstance(judge(refused(basic(SID, password))), RuledOut)


def test_leads_alone_for_the_sid_twice() -> None:
    found = standing(refused(basic(SID, SID)))
    assert next(iter(found)) == "sid-as-password"
    assert [cause for cause, (verdict, _) in found.items() if verdict == "confirmed"] == ["sid-as-password"]


def test_fix_asks_for_the_secret_that_goes_with_the_username() -> None:
    account, key = judge(refused(basic(SID, SID))), judge(refused(basic(KEY, KEY)))
    assert isinstance(account, Stands)
    assert isinstance(key, Stands)
    assert "Auth Token" in account.fix[0]
    assert "key's secret" in key.fix[0]


def test_accepted_pair_is_never_accused() -> None:
    assert isinstance(judge(accepted(basic(SID, SID)), refused(basic(SID, SID), at=1)), RuledOut)


def test_without_a_pair_unknown() -> None:
    assert isinstance(judge(refused(None)), Unknown)


@pytest.mark.parametrize(
    ("username", "password", "says", "evidence", "span"),
    [
        pytest.param(
            SID, SID, "(Account), the same as the username;", "AC0011…eeff, SID of: Account", (0, 34), id="twice"
        ),
        pytest.param(SID, OTHER_SID, "(Account);", "AC9988…bbaa, SID of: Account", (0, 34), id="another-account"),
        pytest.param(SID, b" " + KEY + b"\n", "(API key);", "SK0f1e…e1f0, SID of: API key", (1, 35), id="strays"),
    ],
)
def test_which_sid_it_is_and_where(
    username: bytes, password: bytes, says: str, evidence: str, span: tuple[int, int]
) -> None:
    found = judge(refused(basic(username, password)))
    assert isinstance(found, Stands)
    assert says in found.says
    assert found.evidence[0].says == evidence
    assert spots(found) == [("authorization.password", *span)]


@pytest.mark.parametrize(
    ("username", "call", "where"),
    [
        (SID, "Client.new(account_sid, auth_token)", "below the Account SID in the Console"),
        (KEY, "Client.new(api_key_sid, api_key_secret, account_sid)", "shown only once"),
    ],
    ids=["account", "key"],
)
def test_the_fix_is_that_of_client_and_username(username: bytes, call: str, where: str) -> None:
    found = judge(refused(basic(username, SID), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert call in found.fix[0]
    assert where in found.fix[1]


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    found = judge(accepted(basic(SID, SID)), refused(basic(SID, SID), at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
