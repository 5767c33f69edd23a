"""The faults of an Access Token's claims: each named, none that is none, nothing personal shown."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TIME, TOKEN, refused
from analyzers.building_tokens import client_token, make_jwt
from analyzers.case import case_of
from analyzers.token_answer import Aspect
from analyzers.token_claims import DAY, ClaimFault, describe_claim, faults_of
from analyzers.tokens import Token

NOW = int(TIME)
FPA = {"typ": "JWT", "alg": "HS256", "cty": "twilio-fpa;v=1"}
# What a code of Twilio has to speak of to mean a fault of this claim: docs/facts.md 7.2
ASPECTS = {
    "alg": {Aspect.HEADER, Aspect.SIGNATURE},
    "typ": {Aspect.HEADER},
    "cty": {Aspect.HEADER},
    "iss": {Aspect.ISSUER, Aspect.SIGNATURE},
    "sub": {Aspect.ISSUER, Aspect.SIGNATURE},
    "exp": {Aspect.EXPIRY, Aspect.LIFETIME},
}
RIGHT: dict[str, object] = {"iss": KEY.decode(), "sub": SID.decode(), "nbf": NOW, "exp": NOW + 3600}


def token(raw: bytes) -> Token:
    [found] = case_of(refused(None, extra=((b"X-Twilio-Token", raw),))).tokens
    return found


def faults(
    claims: Mapping[str, object], header: Mapping[str, object] | None = None, answered: float | None = TIME
) -> tuple[ClaimFault, ...]:
    return faults_of(token(make_jwt({**FPA, **(header or {})}, {**RIGHT, **claims})), answered)


def test_a_good_token_has_none() -> None:
    assert faults({}) == ()
    assert faults_of(token(client_token()), TIME) == ()


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param({"iss": SID.decode()}, "iss is the Account SID AC0011…eeff, it must be", id="iss-account"),
        pytest.param({"iss": None}, "iss is missing or no text", id="iss-missing"),
        pytest.param({"iss": 5}, "iss is missing or no text", id="iss-number"),
        pytest.param({"iss": "undefined"}, "iss is the word for a missing value", id="iss-unset"),
        pytest.param({"iss": "SKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}, "iss is a placeholder", id="iss-placeholder"),
        pytest.param(
            {"iss": KEY_SECRET.decode()}, "iss is 32 letters and digits, the shape of a secret", id="iss-secret"
        ),
        pytest.param({"iss": TOKEN.decode()}, "iss is 32 hex digits, the shape of an Auth Token", id="iss-auth-token"),
        pytest.param({"iss": KEY.decode()[:-1]}, "iss is 33 characters, a SID has 34", id="iss-short"),
        pytest.param({"iss": "MG" + "0" * 32}, "iss is the SID of a Messaging Service", id="iss-other"),
        pytest.param({"iss": "me"}, "iss is no SID", id="iss-word"),
        pytest.param({"iss": "\ud800"}, "iss is no SID", id="iss-surrogate"),
        pytest.param(
            {"sub": KEY.decode()}, "sub is the API key SID SK0f1e…e1f0, it must be an Account SID", id="sub-key"
        ),
        pytest.param({"sub": None}, "sub is missing or no text", id="sub-missing"),
        pytest.param({"exp": None}, "exp is missing", id="no-exp"),
        pytest.param({"exp": str(NOW + 60)}, "exp is no number", id="exp-text"),
        pytest.param({"exp": True}, "exp is no number", id="exp-true"),
        pytest.param({"exp": float("nan")}, "exp is no number", id="exp-nan"),
        pytest.param({"exp": (NOW + 60) * 1000}, "exp counts milliseconds", id="exp-milliseconds"),
        pytest.param({"exp": 10**11}, "exp counts milliseconds", id="year-5138-or-milliseconds"),
        pytest.param({"exp": 10**11 - 1}, "hours, 24 are allowed", id="a-second-before-that"),
        pytest.param({"exp": NOW + DAY + 1}, "the lifetime is 24.0 hours, 24 are allowed", id="a-second-too-long"),
        pytest.param({"exp": NOW + 48 * 3600}, "the lifetime is 48.0 hours, 24 are allowed", id="two-days"),
        pytest.param({"exp": NOW + 30 * DAY}, "the lifetime is 720.0 hours, 24 are allowed", id="thirty-days"),
        pytest.param({"exp": NOW + 365 * DAY}, "the lifetime is 8760.0 hours, 24 are allowed", id="a-year"),
        pytest.param(
            {"exp": NOW + 3600_000}, "the lifetime is 3600000 s, which looks like milliseconds", id="ttl-in-ms"
        ),
        pytest.param(
            {"exp": NOW + 86399_999}, "the lifetime is 86399999 s, which looks like milliseconds", id="near-ms"
        ),
        pytest.param({"exp": NOW + 86400_000}, "86400000 s, which looks like milliseconds", id="a-day-in-ms"),
        pytest.param({"exp": NOW + 86400_000 + 60_000}, "24016.7 hours", id="more-than-a-day-in-ms"),
        pytest.param({"exp": NOW + 3600_002}, "the lifetime is 1000.0 hours", id="no-ms"),
        pytest.param({"nbf": None, "exp": NOW + DAY + 1}, "the lifetime is 24.0 hours", id="no-start"),
        pytest.param({"nbf": None, "iat": NOW, "exp": NOW + DAY + 1}, "the lifetime is 24.0 hours", id="iat"),
    ],
)
def test_each_fault_is_named(claims: dict[str, object], expected: str) -> None:
    [fault] = faults(claims)
    assert expected in fault.says
    assert fault.sure
    assert fault.name in claims
    assert set(fault.aspects) == ASPECTS[fault.name]
    assert fault.fix


@pytest.mark.parametrize(
    ("exp", "fix"),
    [
        pytest.param((NOW + 60) * 1000, "Divide exp by 1000", id="exp-in-milliseconds"),
        pytest.param(NOW + 3600_000, "not in milliseconds: 3600", id="ttl-in-milliseconds"),
        pytest.param(NOW + 86400_000, "not in milliseconds: 86400", id="a-day-in-milliseconds"),
        pytest.param(NOW + 48 * 3600, "in seconds, at most 86400", id="two-days"),
    ],
)
def test_how_long_it_should_live(exp: int, fix: str) -> None:
    [fault] = faults({"exp": exp})
    assert fault.fix.endswith(fix)


@pytest.mark.parametrize(
    ("header", "expected", "sure"),
    [
        pytest.param({"alg": "HS512"}, "alg is HS512, it must be HS256", True, id="hs512"),
        pytest.param({"alg": "RS256"}, "alg is RS256, it must be HS256", True, id="rs256"),
        pytest.param({"alg": "none"}, "alg is none, it must be HS256", True, id="none"),
        pytest.param({"alg": None}, "alg is missing, it must be HS256", True, id="no-alg"),
        pytest.param({"alg": KEY_SECRET.decode()}, "alg is another word, it must be HS256", True, id="a-secret"),
        pytest.param({"typ": None}, "typ is not JWT", False, id="no-typ"),
        pytest.param({"cty": None}, "the header has no cty", False, id="no-cty"),
    ],
)
def test_the_header_is_read_too(header: dict[str, object], expected: str, sure: bool) -> None:
    [fault] = faults({}, header)
    assert expected in fault.says
    assert fault.sure is sure
    assert fault.name in header
    assert set(fault.aspects) == ASPECTS[fault.name]
    assert fault.fix


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": NOW + DAY}, id="exactly-a-day"),
        pytest.param({"iat": NOW, "nbf": NOW - 300, "exp": NOW + DAY}, id="nbf-set-back"),
        pytest.param({"iat": NOW - 300, "nbf": NOW, "exp": NOW + DAY}, id="nbf-after-iat"),
        pytest.param({"nbf": None, "exp": NOW + DAY}, id="no-start"),
        pytest.param({"exp": NOW - 10 * DAY}, id="expired"),
        pytest.param({"nbf": NOW * 1000}, id="nbf-in-milliseconds"),
        pytest.param({"sub": OTHER_SID.decode()}, id="another-account"),
        pytest.param({"grants": None}, id="no-grants"),
        pytest.param({"iss": "SK" + "ABCDEF01" * 4}, id="upper-case-hex"),
    ],
)
def test_near_misses(claims: dict[str, object]) -> None:
    assert faults(claims) == ()


def test_an_old_token_that_lived_too_long_is_not_sure() -> None:
    """Less than a day was left when Twilio answered: it may count from then."""
    [fault] = faults({"nbf": NOW - 30 * 3600, "exp": NOW + 3600})
    assert not fault.sure
    [day] = faults({"nbf": NOW - 60, "exp": NOW + DAY})
    assert not day.sure
    [unknown] = faults({"exp": NOW + 48 * 3600}, answered=None)
    assert not unknown.sure
    assert faults({"nbf": None, "exp": NOW + 48 * 3600}, answered=None) == ()


def test_all_faults_are_listed_header_first() -> None:
    found = faults({"iss": SID.decode(), "sub": None, "exp": None}, {"alg": "HS512"})
    assert [fault.name for fault in found] == ["alg", "iss", "sub", "exp"]


@given(st.text(max_size=60))
def test_no_claim_is_shown_but_a_sid(value: str) -> None:
    words = "missing or no text|the word for a missing value|a placeholder|no SID|[0-9]+ characters, a SID has 34"
    assert re.fullmatch(words, describe_claim(value))


@pytest.mark.parametrize("secret", [TOKEN, KEY_SECRET, b"alice@example.com", b"+15005550006"])
def test_neither_secret_nor_identity_is_shown(secret: bytes) -> None:
    text = secret.decode()
    shown = repr(faults({"iss": text, "sub": text, "grants": {"identity": text}}))
    assert not any(text[at : at + 5] in shown for at in range(len(text) - 4))
