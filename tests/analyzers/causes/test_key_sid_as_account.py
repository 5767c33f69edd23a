"""key-sid-as-account: /Accounts/SK..., whatever the code; never a key that is the resource."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY, KEY_SECRET, MESSAGES, SID, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import key_sid_as_account
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return key_sid_as_account.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(key_sid_as_account.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == key_sid_as_account.RULE.slug for r in hit)
    for result in diagnose_all(key_sid_as_account.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert key_sid_as_account.RULE.slug not in causes


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (400, 21470), (400, 90002), (404, 20404)])
@pytest.mark.parametrize(
    "path", [MESSAGES % KEY, b"/2010-04-01/Accounts/%s.json" % KEY, b"/2010-04-01/Accounts/%s/Calls?x=1" % KEY]
)
def test_key_in_the_path(status: int, code: int, path: bytes) -> None:
    exchange = refused(basic(KEY, KEY_SECRET), path=path, status=status, code=code, message="AccountSid is invalid")
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert path[found.evidence[0].start : found.evidence[0].end] == KEY
    assert_plain(found)
    assert next(iter(standing(exchange).items())) == ("key-sid-as-account", ("confirmed", None))


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(basic(KEY, KEY_SECRET)), id="account-in-the-path"),
        pytest.param(
            refused(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts/%s/Keys/%s.json" % (SID, KEY)),
            id="key-as-resource",
        ),
        pytest.param(refused(basic(KEY, KEY_SECRET), host="iam.twilio.com", path=b"/v1/Keys/" + KEY), id="iam"),
        pytest.param(refused(basic(KEY, KEY_SECRET), host="iam.twilio.com", path=b"/v1/Accounts/" + KEY), id="no-date"),
        pytest.param(refused(basic(KEY, KEY_SECRET), path=MESSAGES % KEY[:-1]), id="33-characters"),
        pytest.param(refused(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts.json"), id="list"),
    ],
)
def test_near_misses(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), RuledOut)


def test_fix_shows_the_third_argument() -> None:
    found = judge(
        refused(basic(KEY, KEY_SECRET), path=MESSAGES % KEY, agent=b"twilio-php/8.12.0 (Linux x86_64) PHP/8.2")
    )
    assert isinstance(found, Stands)
    assert "new Client($apiKeySid, $apiKeySecret, $accountSid)" in found.fix[0]


def test_path_account_is_nested() -> None:
    found = standing(refused(basic(KEY, KEY_SECRET), path=MESSAGES % KEY))
    assert found["path-account-missing"] == ("confirmed", "key-sid-as-account")


def test_without_a_header() -> None:
    found = standing(refused(None, path=MESSAGES % KEY))
    assert {"key-sid-as-account", "no-authorization"} <= set(found)


def test_accepted_request_is_not_diagnosed() -> None:
    assert diagnose_all([accepted(basic(KEY, KEY_SECRET), path=MESSAGES % KEY)], b"key")[0].diagnosis is None


def test_the_check_always_decides() -> None:
    assert not isinstance(judge(refused(b"Basic")), Unknown)


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        pytest.param(KEY, [("request.target", 21, 55), ("authorization.username", 0, 34)], id="the-same-key"),
        pytest.param(SID, [("request.target", 21, 55)], id="the-account"),
        pytest.param(b"SK" + b"1" * 32, [("request.target", 21, 55)], id="another-key"),
        pytest.param(None, [("request.target", 21, 55)], id="no-username"),
    ],
)
def test_evidence_is_the_path_and_the_same_key_as_username(
    username: bytes | None, expected: list[tuple[str, int, int]]
) -> None:
    value = None if username is None else basic(username, KEY_SECRET)
    assert spots(judge(refused(value, path=MESSAGES % KEY))) == expected
