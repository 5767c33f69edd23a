"""secret-with-account-sid: by shape likely, by history confirmed, a token never."""

import judging
import pytest
from judging import seen, standing, texts, word

from analyzers.bearing import Bearing
from analyzers.building import KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import secret_with_account_sid
from analyzers.exchange import Exchange
from analyzers.expected import Expected, Role
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.twilio import Kind


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    return judging.judge(secret_with_account_sid.RULE, *exchanges)


def with_bearing(exchange: Exchange, **bearing: object) -> Outcome:
    """What the check says with just this bearing."""
    return judging.judged(secret_with_account_sid.RULE, exchange, Bearing(**bearing))  # type: ignore[arg-type] # fields by name


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


PAIR = basic(SID, KEY_SECRET)


@pytest.mark.parametrize(
    ("bearing", "verdict"),
    [
        pytest.param({}, "likely", id="nothing-seen"),
        pytest.param({"accepted": (seen(host="verify.twilio.com"),)}, "ruled-out", id="accepted"),
        pytest.param({"works_again": seen(9, 60.0)}, "ruled-out", id="works-later"),
        pytest.param({"accepted": (seen(host="api.dublin.ie1.twilio.com"),)}, "ruled-out", id="good-in-ie1"),
        pytest.param({"rivals": (seen(),)}, "likely", id="another-secret-works"),
        pytest.param({"pair_accepted": 0}, "ruled-out", id="vouched"),
    ],
)
def test_what_the_capture_knows(bearing: dict[str, object], verdict: str) -> None:
    assert word(with_bearing(refused(PAIR), **bearing)) == verdict


def test_another_secret_that_works_is_pointed_at() -> None:
    found = with_bearing(refused(PAIR), rivals=(seen(3, 1.0),))
    assert isinstance(found, Stands)
    assert (found.evidence[-1].where, found.evidence[-1].index) == ("history", 3)
    assert "another secret at 2026-11-03 11:14:09 UTC" in texts(found)


@pytest.mark.parametrize(
    ("role", "value", "verdict"),
    [
        (Role.KEY_SECRET, KEY_SECRET, "confirmed"),
        (Role.KEY_SECRET, KEY_SECRET[::-1], "likely"),
        (Role.AUTH_TOKEN, KEY_SECRET, "likely"),
    ],
    ids=["held-as-such", "holds-another", "held-as-the-other"],
)
def test_what_the_caller_gave(role: Role, value: bytes, verdict: str) -> None:
    given = Expected(role, "TWILIO_VALUE", "environment", value)
    found = judging.checked(secret_with_account_sid.RULE, case_of(refused(PAIR), expected=(given,)))
    assert word(found) == verdict
    assert ("TWILIO_VALUE from environment" in texts(found)) is (verdict == "confirmed")


def test_a_success_that_comes_later_counts() -> None:
    assert "secret-with-account-sid" not in standing(refused(PAIR), accepted(PAIR, at=60.0))


GIVEN = Expected(Role.KEY_SECRET, "TWILIO_VALUE", "environment", KEY_SECRET)


@pytest.mark.parametrize(
    ("bearing", "expected", "says", "evidence"),
    [
        pytest.param(
            {}, (), "comes with what looks like an API key's secret", ["the form of an API key's secret"], id="form"
        ),
        pytest.param(
            {"secret_accepted_with": frozenset({Kind.KEY_SID})},
            (),
            "comes with an API key's secret",
            ["the same ", "that secret"],
            id="seen-with-the-other-kind",
        ),
        pytest.param({}, (GIVEN,), "comes with an API key's secret", ["TWILIO_VALUE from", "that secret"], id="given"),
        pytest.param(
            {"rivals": (seen(3, 1.0), seen(4, 0.0))},
            (),
            "comes with what looks like an API key's secret",
            ["the form of an API key's secret", "the same SID was accepted with another secret"],
            id="the-latest-other-secret",
        ),
    ],
)
def test_what_is_said_and_shown(
    bearing: dict[str, object], expected: tuple[Expected, ...], says: str, evidence: list[str]
) -> None:
    case = case_of(refused(PAIR), Bearing(**bearing), expected)  # type: ignore[arg-type] # fields by name
    found = judging.checked(secret_with_account_sid.RULE, case)
    assert isinstance(found, Stands)
    assert found.says.startswith(f"The Account SID {says}")
    assert len(found.evidence) == len(evidence)
    assert all(each.says.startswith(said) for each, said in zip(found.evidence, evidence, strict=True))


@pytest.mark.parametrize(
    ("bearing", "because"),
    [
        ({"pair_accepted": 0}, "the same pair was accepted by this host"),
        ({"secret_accepted_with": frozenset({Kind.ACCOUNT_SID})}, "the same secret was accepted with an Account SID"),
    ],
    ids=["pair", "secret"],
)
def test_why_it_is_ruled_out(bearing: dict[str, object], because: str) -> None:
    found = with_bearing(refused(PAIR), **bearing)
    assert isinstance(found, RuledOut)
    assert found.because.startswith(because)


def test_the_fix_is_in_the_clients_language() -> None:
    found = judge(refused(PAIR, agent=b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.1.2"))
    assert isinstance(found, Stands)
    assert "Client.new(api_key_sid, api_key_secret, account_sid)" in found.fix[0]


def test_one_value_under_two_names_proves_nothing() -> None:
    both = tuple(
        Expected(role, f"TWILIO_{role.name}", "environment", KEY_SECRET) for role in (Role.KEY_SECRET, Role.AUTH_TOKEN)
    )
    found = judging.checked(secret_with_account_sid.RULE, case_of(refused(PAIR), expected=both))
    assert word(found) == "likely"


def test_every_place_that_holds_it_is_named() -> None:
    both = tuple(
        Expected(Role.KEY_SECRET, "TWILIO_VALUE", place, KEY_SECRET) for place in ("environment", ".env line 4")
    )
    found = judging.checked(secret_with_account_sid.RULE, case_of(refused(PAIR), expected=both))
    assert word(found) == "confirmed"
    assert "TWILIO_VALUE from environment" in texts(found)
    assert "TWILIO_VALUE from .env line 4" in texts(found)


def test_a_name_does_not_prove_what_the_form_contradicts() -> None:
    given = Expected(Role.KEY_SECRET, "TWILIO_VALUE", "environment", TOKEN)
    found = judging.checked(secret_with_account_sid.RULE, case_of(refused(basic(SID, TOKEN)), expected=(given,)))
    assert word(found) == "ruled-out"
