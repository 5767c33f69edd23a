"""test-credentials: 20008 proves it; a magic number or a known test value makes it likely; look-alikes never do."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.bearing import Bearing
from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import Case, case_of
from analyzers.causes import test_credentials as cause
from analyzers.exchange import Exchange, Response
from analyzers.expected import Expected, Role
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = "Resource not accessible with Test Account Credentials"
NAMED = refused(GOOD, status=403, code=20008, message=TEXT)
OTHER_TOKEN = TOKEN[::-1]


def judge(exchange: Exchange, *known: Expected, bearing: Bearing | None = None) -> Outcome:
    case: Case = case_of(exchange, bearing or Bearing())
    return cause.check(replace(case, expected=known))


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


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("authorization", [GOOD, basic(KEY, KEY_SECRET)], ids=["pair", "key"])
def test_20008_is_proof(status: int, authorization: bytes) -> None:
    found = judge(refused(authorization, status=status, code=20008, message=TEXT))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert "valid test pair" in found.says
    assert any("Messages" in step and "Calls" in step for step in found.fix)
    assert_plain(found)


def test_20008_without_a_mark_of_twilio_is_likely() -> None:
    found = judge(refused(GOOD, answer=Response(status=403, headers=(), body=b'{"code":20008}')))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


def test_20008_leads_alone() -> None:
    assert list(standing(NAMED)) == ["test-credentials"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"To=%2B15005550006&Body=hi", "To", id="percent-encoded"),
        pytest.param(b"Body=hi&From=%2b15005550006", "From", id="lower-case-percent"),
        pytest.param(b"To=+15005550001", "To", id="bare-plus"),
        pytest.param(b"To=15005550001", "To", id="no-plus"),
        pytest.param(b"PhoneNumber=%2B15005550000", "PhoneNumber", id="number-purchase"),
        pytest.param(b'{"to": "+15005550009", "body": "hi"}', "To", id="json"),
        pytest.param(b' {"phone_number": "+15005550006"}', "PhoneNumber", id="json-snake-case"),
        pytest.param(b"&" * 50 + b"From=%2B15005550007", "From", id="after-others"),
    ],
)
def test_a_magic_number_with_a_refused_pair_is_likely(body: bytes, field: str) -> None:
    found = judge(refused(GOOD, body=body))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert f"({field} is" in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    "body",
    [
        b"To=%2B15005551234",
        b"To=%2B150055500060",
        b"To=%2B15005550005",
        b"To=%2B1500555000",
        b"To=%2B115005550006",
        b"Body=call+%2B15005550006",
        b"Body=%2B15005550006",
        b"To=call+%2B15005550006",
        b"StatusCallback=https://example.com/?To=%2B15005550006",
        b'{"body": "+15005550006"}',
        b'{"to": ["+15005550006"]}',
        b'["+15005550006"]',
        b'{"to": "+15005550006"',
        b"{" * 30000,
        b"",
        b"\xff\x00" * 100,
        b"&" * 500 + b"To=%2B15005550006",
    ],
    ids=range(17),
)
def test_look_alikes_in_the_body(body: bytes) -> None:
    assert isinstance(judge(refused(GOOD, body=body)), Unknown)


MAGIC = b"To=%2B15005550006"


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(basic(KEY, KEY_SECRET), body=MAGIC), RuledOut, id="api-key"),
        pytest.param(refused(basic(SID, KEY_SECRET), body=MAGIC), Unknown, id="no-token"),
        pytest.param(refused(basic(SID[:-1], TOKEN), body=MAGIC), Unknown, id="no-sid"),
        pytest.param(refused(basic(TOKEN, SID), body=MAGIC), Unknown, id="swapped"),
        pytest.param(refused(basic(SID, TOKEN + b"\n"), body=MAGIC), Unknown, id="stray"),
        pytest.param(refused(b"Basic " + GOOD, body=MAGIC), Unknown, id="doubled-scheme"),
        pytest.param(refused(None, body=MAGIC), Unknown, id="no-header"),
        pytest.param(refused(b"Bearer a.b.c", body=MAGIC), Unknown, id="bearer"),
        pytest.param(
            refused(GOOD, body=MAGIC, message="Authentication Error - No credentials provided"),
            Unknown,
            id="nothing-arrived",
        ),
        pytest.param(refused(GOOD, body=MAGIC, message="Policy evaluation failed"), RuledOut, id="gate"),
        pytest.param(refused(GOOD, body=MAGIC, message="Something new"), Unknown, id="new-text"),
        pytest.param(refused(GOOD, body=MAGIC, code=20005, status=403), RuledOut, id="account-not-active"),
        pytest.param(refused(GOOD, body=MAGIC, code=70051), Unknown, id="other-code"),
        pytest.param(refused(GOOD, body=MAGIC, code=21211, status=400), Unknown, id="other-status"),
        pytest.param(replace(refused(GOOD, body=MAGIC), response=None), Unknown, id="no-answer"),
        pytest.param(refused(GOOD), Unknown, id="no-number"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


def test_a_pair_that_worked_here_is_not_a_mixed_one() -> None:
    assert isinstance(judge(refused(GOOD, body=MAGIC), bearing=Bearing(pair_accepted=0)), RuledOut)
    assert "test-credentials" not in standing(accepted(GOOD, method="GET"), refused(GOOD, body=MAGIC, at=2.0))


def test_a_magic_number_with_a_good_answer_is_never_diagnosed() -> None:
    assert diagnose_all([accepted(GOOD, body=MAGIC)], b"key")[0].diagnosis is None


def test_with_a_magic_number_the_residual_cause_steps_back() -> None:
    found = standing(refused(GOOD, body=MAGIC))
    assert next(iter(found)) == "test-credentials"
    assert found["pair-refused"] == ("possible", None)


def given(role: Role, value: bytes) -> Expected:
    return Expected(role, role.name, "environment", value)


LIVE = (given(Role.ACCOUNT_SID, SID), given(Role.AUTH_TOKEN, TOKEN))
TEST = (given(Role.TEST_ACCOUNT_SID, OTHER_SID), given(Role.TEST_AUTH_TOKEN, OTHER_TOKEN))


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        pytest.param(OTHER_SID, TOKEN, "The test Account SID comes with another secret", id="test-sid-live-token"),
        pytest.param(SID, OTHER_TOKEN, "The test Auth Token comes with another username", id="live-sid-test-token"),
        pytest.param(OTHER_SID, OTHER_TOKEN, "The whole test pair", id="test-pair"),
        pytest.param(OTHER_SID + b"\n", TOKEN, "The test Account SID", id="with-a-stray"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_known_test_values_are_likely(username: bytes, password: bytes, words: str, status: int) -> None:
    found = judge(refused(basic(username, password), status=status), *LIVE, *TEST)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert words in found.says
    assert "TEST_" in found.evidence[0].says
    assert_plain(found)


@pytest.mark.parametrize(
    ("username", "password", "known"),
    [
        pytest.param(SID, TOKEN, (*LIVE, *TEST), id="live-pair"),
        pytest.param(OTHER_SID, TOKEN, LIVE, id="no-test-values-known"),
        pytest.param(SID, TOKEN, (*LIVE, given(Role.TEST_ACCOUNT_SID, SID)), id="one-value-for-both"),
        pytest.param(SID, TOKEN, (given(Role.TEST_ACCOUNT_SID, b""),), id="empty-value"),
    ],
)
def test_values_that_are_not_the_test_ones(username: bytes, password: bytes, known: tuple[Expected, ...]) -> None:
    assert isinstance(judge(refused(basic(username, password)), *known), Unknown)


def test_a_known_test_pair_that_was_read_is_not_blamed() -> None:
    found = judge(refused(basic(OTHER_SID, OTHER_TOKEN), message="Policy evaluation failed"), *TEST)
    assert isinstance(found, RuledOut)


def test_no_secret_is_shown() -> None:
    found = judge(refused(basic(OTHER_SID, OTHER_TOKEN), body=MAGIC), *LIVE, *TEST)
    assert isinstance(found, Stands)
    shown = repr(found)
    assert not any(OTHER_TOKEN.decode()[at : at + 5] in shown for at in range(28))
    assert "1500555" not in shown


RUBY = b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"


@pytest.mark.parametrize(
    ("exchange", "known", "places"),
    [
        pytest.param(refused(GOOD, status=403, code=20008, message=TEXT), (), ["response.status"], id="20008"),
        pytest.param(refused(GOOD, body=MAGIC), (), ["request.body", "authorization.username"], id="magic-number"),
        pytest.param(refused(basic(OTHER_SID, TOKEN)), TEST, ["authorization.username"], id="test-sid"),
        pytest.param(refused(basic(SID, OTHER_TOKEN)), TEST, ["authorization.password"], id="test-token"),
        pytest.param(
            refused(basic(OTHER_SID, OTHER_TOKEN)),
            TEST,
            ["authorization.username", "authorization.password"],
            id="test-pair",
        ),
    ],
)
def test_where_the_evidence_stands_and_what_the_client_is_told(
    exchange: Exchange, known: tuple[Expected, ...], places: list[str]
) -> None:
    request = exchange.request
    headers = tuple((name, RUBY if name == b"User-Agent" else value) for name, value in request.headers)
    found = judge(replace(exchange, request=replace(request, headers=headers)), *known)
    assert [where for where, _, _ in spots(found)] == places
    assert isinstance(found, Stands)
    assert "Client.new(account_sid, auth_token)" in found.fix[0]


def test_a_token_that_is_the_live_one_too_is_no_test_token() -> None:
    found = judge(refused(basic(SID, TOKEN)), given(Role.TEST_AUTH_TOKEN, TOKEN), given(Role.AUTH_TOKEN, TOKEN))
    assert isinstance(found, Unknown)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(MAGIC + b"&a=1" * 150, "To", id="before-many-others"),
        pytest.param(b"To=15005550006+", "To", id="a-blank-behind"),
        pytest.param(b'{"to": "\\ud800", "from": "+15005550006"}', "From", id="half-a-character-in-a-value"),
        pytest.param(b'{"\\ud800": "x", "from": "+15005550006"}', "From", id="half-a-character-in-a-name"),
    ],
)
def test_odd_bodies_are_read_as_well(body: bytes, field: str) -> None:
    found = judge(refused(GOOD, body=body))
    assert isinstance(found, Stands)
    assert f"({field} is" in found.says


def test_an_accepted_pair_is_ruled_out_for_that() -> None:
    found = judge(refused(GOOD, body=MAGIC), bearing=Bearing(pair_accepted=0))
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
