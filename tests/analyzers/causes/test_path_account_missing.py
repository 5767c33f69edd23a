"""path-account-missing: a segment behind /Accounts/ that is no Account SID; never a path without one."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import path_account_missing
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return path_account_missing.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(path_account_missing.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == path_account_missing.RULE.slug for r in hit)
    for result in diagnose_all(path_account_missing.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert path_account_missing.RULE.slug not in causes


@pytest.mark.parametrize(
    ("account", "words"),
    [
        pytest.param(b"", "nothing stands", id="empty"),
        pytest.param(b"None", "a missing value", id="none"),
        pytest.param(b"null", "a missing value", id="null"),
        pytest.param(b"undefined", "a missing value", id="undefined"),
        pytest.param(b"%20", "nothing but blanks", id="encoded-blank"),
        pytest.param(b"%20" + SID, "extra characters", id="encoded-blank-in-front"),
        pytest.param(SID + b"%0A", "extra characters", id="encoded-line-feed"),
        pytest.param(SID[:-1], "33 characters", id="33-characters"),
        pytest.param(SID.lower(), "not AC and 32 hex digits", id="lower-case"),
        pytest.param(SID[2:], "without the AC prefix", id="no-prefix"),
        pytest.param(b"AC" + b"X" * 32, "a placeholder", id="placeholder"),
        pytest.param(b"%7BAccountSid%7D", "a placeholder", id="encoded-template"),
        pytest.param(b"MG" + SID[2:], "Messaging Service", id="another-kind"),
        pytest.param(KEY, "API key", id="key"),
        pytest.param(b"Messages", "left out", id="resource-name"),
        pytest.param(KEY_SECRET, "32 characters", id="secret"),
    ],
)
def test_no_account(account: bytes, words: str) -> None:
    path = MESSAGES % account
    found = judge(refused(GOOD, path=path, status=404, code=20404, message="was not found"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert path[found.evidence[0].start : found.evidence[0].end] == account
    assert_plain(found)


@pytest.mark.parametrize(
    "path",
    [
        MESSAGES % SID,
        MESSAGES % (b"AC" + SID[2:].upper()),
        b"/2010-04-01/Accounts/%41" + SID[1:] + b"/Messages.json",
        b"/2010-04-01/Accounts",
        b"/2010-04-01/Accounts/",
        b"/2010-04-01/Accounts.json",
        b"/2010-04-01/Accounts.json?PageSize=20",
        b"/2010-04-01/Accounts/" + SID + b".json",
        b"/2010-04-01/Accounts/" + SID + b"/Keys/" + KEY + b".json",
        b"/2010-04-01",
        b"/v1/Accounts/None/x",
        b"/v2/Services/None",
        b"/",
    ],
)
def test_near_misses(path: bytes) -> None:
    assert isinstance(judge(refused(GOOD, path=path)), RuledOut)


def test_empty_account_of_a_single_fetch() -> None:
    found = judge(refused(GOOD, path=b"/2010-04-01/Accounts/.json", method="GET"))
    assert isinstance(found, Stands)
    assert (found.evidence[0].start, found.evidence[0].end) == (21, 21)


def test_nothing_of_a_secret_in_the_path_is_shown() -> None:
    diagnosis = diagnose_all([refused(GOOD, path=MESSAGES % KEY_SECRET)], b"key")[0].diagnosis
    assert diagnosis is not None
    assert KEY_SECRET.decode() not in repr(diagnosis)


def test_good_pair_on_a_void_account_leads() -> None:
    found = standing(refused(GOOD, path=MESSAGES % b"None"))
    assert next(iter(found)) == "path-account-missing"
    assert found["pair-refused"][0] == "possible"


def test_stray_in_both_is_nested_under_the_stray() -> None:
    found = standing(refused(basic(SID + b" ", TOKEN), path=MESSAGES % (SID + b"%20")))
    assert next(iter(found)) == "stray-characters"
    assert found["path-account-missing"] == ("confirmed", "stray-characters")


def test_found_resource_is_not_diagnosed() -> None:
    plain = refused(GOOD, path=b"/2010-04-01/Accounts/%s/Messages/SM%s.json" % (SID, SID[2:]), status=404, code=20404)
    assert diagnose_all([plain], b"key")[0].diagnosis is None


def test_the_check_always_decides() -> None:
    assert not isinstance(judge(refused(None, path=MESSAGES % b"None")), Unknown)


@pytest.mark.parametrize(
    ("agent", "step"),
    [
        (b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7", "Give twilio-python the Account SID"),
        (b"curl/8.5", "print it"),
    ],
)
def test_a_library_makes_the_path_itself(agent: bytes, step: str) -> None:
    found = judge(refused(GOOD, path=MESSAGES % b"None", agent=agent))
    assert isinstance(found, Stands)
    assert step in found.fix[0]


@pytest.mark.parametrize("account", [b"%3CX%3E", b"sid=your_account_sid", b"%22your_account_sid%22"])
def test_a_placeholder_with_marks_or_a_label(account: bytes) -> None:
    found = judge(refused(GOOD, path=MESSAGES % account))
    assert isinstance(found, Stands)
    assert "a placeholder" in found.says
    assert [each.where for each in found.evidence] == ["request.target"]


def test_the_fix_is_in_the_librarys_language() -> None:
    agent = b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"
    found = judge(refused(GOOD, path=MESSAGES % b"None", agent=agent))
    assert isinstance(found, Stands)
    assert "Client.new(account_sid, auth_token)" in found.fix[0]
