"""wrong-kind-of-sid: a well-formed SID that cannot log in."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.building import KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import wrong_kind_of_sid
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return wrong_kind_of_sid.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(wrong_kind_of_sid.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == wrong_kind_of_sid.RULE.slug for r in hit)
    for result in diagnose_all(wrong_kind_of_sid.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert wrong_kind_of_sid.RULE.slug not in causes


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        (b"MG", "Messaging Service"),
        (b"VA", "Verify service"),
        (b"PN", "phone number"),
        (b"IS", "Conversations"),
        (b"ZS", "Serverless service"),
        (b"OR", "organization"),
        (b"XY", "resource of kind XY"),
        (b"mg", "Messaging Service"),
    ],
)
def test_other_kinds(prefix: bytes, kind: str) -> None:
    found = judge(refused(basic(prefix + SID[2:], TOKEN)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert kind in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "outcome"),
    [
        pytest.param(SID, RuledOut, id="account"),
        pytest.param(KEY, RuledOut, id="key"),
        pytest.param(SID[:2] + SID[2:].upper(), RuledOut, id="upper-case-hex"),
        pytest.param(SID.lower(), RuledOut, id="lower-case-account"),
        pytest.param(b"MG" + SID[2:-1], RuledOut, id="one-character-short"),
        pytest.param(b"MG" + SID[2:-1] + b"g", RuledOut, id="not-hex"),
        pytest.param(b"OQ" + KEY_SECRET[:-1], RuledOut, id="oauth-client-id-one-short"),
        pytest.param(b"", RuledOut, id="empty"),
    ],
)
def test_near_misses(username: bytes, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(basic(username, TOKEN))), outcome)


@pytest.mark.parametrize("username", [b"OQ" + KEY_SECRET, b"OQ" + SID[2:], b"oq" + SID[2:]])
def test_the_client_id_of_an_oauth_app_does_not_log_in(username: bytes) -> None:
    found = judge(refused(basic(username, KEY_SECRET)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert "OAuth app" in found.says
    assert any("oauth.twilio.com/v2/token" in step for step in found.fix)
    assert_plain(found)


@pytest.mark.parametrize(
    ("host", "path"), [("oauth.twilio.com", b"/v2/token"), ("preview-iam.twilio.com", b"/v1/token")]
)
def test_the_client_id_belongs_to_the_token_endpoint(host: str, path: bytes) -> None:
    value = basic(b"OQ" + KEY_SECRET, KEY_SECRET)
    assert isinstance(judge(refused(value, host=host, path=path, code=322402)), RuledOut)
    assert isinstance(judge(refused(basic(b"MG" + SID[2:], KEY_SECRET), host=host, path=path)), Stands)
    found = standing(refused(value, host=host, path=path, code=322402))
    assert "wrong-kind-of-sid" not in found


def test_stray_around_another_kind() -> None:
    found = judge(refused(basic(b" MG" + SID[2:], TOKEN)))
    assert isinstance(found, Stands)
    assert (found.evidence[0].start, found.evidence[0].end) == (1, 35)


def test_the_same_sid_in_the_path_is_nested() -> None:
    service = b"MG" + SID[2:]
    found = standing(refused(basic(service, TOKEN), path=MESSAGES % service))
    assert next(iter(found)) == "wrong-kind-of-sid"
    assert found["path-account-missing"] == ("confirmed", "wrong-kind-of-sid")


def test_with_a_newline_after_the_token_both_are_named() -> None:
    found = standing(refused(basic(b"VA" + SID[2:], TOKEN + b"\n")))
    assert found["wrong-kind-of-sid"][0] == found["stray-characters"][0] == "confirmed"


def test_accepted_pair_is_never_accused() -> None:
    value = basic(b"MG" + SID[2:], TOKEN)
    assert isinstance(judge(accepted(value), refused(value, at=1)), RuledOut)


@pytest.mark.parametrize(
    ("username", "evidence", "keep"),
    [
        pytest.param(b"MG" + SID[2:], "MG0011…eeff, SID of: Messaging Service", "Keep this SID", id="service"),
        pytest.param(b"mg" + SID[2:], "MG0011…eeff, SID of: Messaging Service", "Keep this SID", id="lower-case"),
        pytest.param(
            b"mg" + b"A1" * 16, "MGA1A1…A1A1, SID of: Messaging Service", "Keep this SID", id="capital-digits"
        ),
        pytest.param(b"OQ" + SID[2:], "OQ0011…eeff, SID of: OAuth app", "Or use the OAuth app", id="app"),
    ],
)
def test_which_sid_it_is_and_what_to_do_with_it(username: bytes, evidence: str, keep: str) -> None:
    found = judge(refused(basic(username, TOKEN), agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert [each.says for each in found.evidence] == [evidence]
    assert spots(found) == [("authorization.username", 0, 34)]
    assert "Client.new(account_sid, auth_token)" in found.fix[0]
    assert found.fix[1].startswith(keep)


@pytest.mark.parametrize("prefix", [b"xy", b"Mg", b"ac"])
def test_small_letters_that_begin_no_kind_of_sid(prefix: bytes) -> None:
    assert isinstance(judge(refused(basic(prefix + SID[2:], TOKEN))), RuledOut)


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    value = basic(b"MG" + SID[2:], TOKEN)
    found = judge(accepted(value), refused(value, at=1))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
