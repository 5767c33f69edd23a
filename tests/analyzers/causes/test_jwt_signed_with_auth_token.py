"""jwt-signed-with-auth-token: proven by a known Auth Token, likely by the issuer; never where it is right."""

from dataclasses import replace

import pytest

from analyzers.bearing import Bearing, Signature
from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TIME, TOKEN, accepted, basic, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, voice_event
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import jwt_signed_with_auth_token
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity
from analyzers.expected import Expected, Role
from analyzers.findings import AUTHORIZATION, HISTORY, REQUEST_HEADERS, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.twilio import Kind

SLUG = "jwt-signed-with-auth-token"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
WRONG, RIGHT = client_token(TOKEN), client_token(KEY_SECRET)
GOOD_KEY = basic(KEY, KEY_SECRET)
CAPABILITY = make_jwt({"typ": "JWT", "alg": "HS256"}, {"iss": SID.decode(), "scope": "scope:client:outgoing"}, TOKEN)
TASKROUTER = make_jwt({"typ": "JWT", "alg": "HS256"}, {"iss": SID.decode(), "policies": [], "version": "v1"}, TOKEN)


def kind(outcome: Outcome) -> Verdict | type[Outcome]:
    return outcome.verdict if isinstance(outcome, Stands) else type(outcome)


def judge(exchange: Exchange, *signatures: Signature) -> Outcome:
    return jwt_signed_with_auth_token.check(case_of(exchange, Bearing(signatures=signatures)))


def stands(outcome: Outcome) -> Stands:
    assert isinstance(outcome, Stands)
    assert len(outcome.says) < 140
    assert not outcome.says.endswith(".")
    assert outcome.evidence
    assert outcome.fix
    assert (outcome.settle is None) == (outcome.verdict is CONFIRMED)
    return outcome


def last(*exchanges: Exchange, expected: tuple[Expected, ...] = ()) -> Diagnosis:
    capture = Capture(b"key", expected=expected)
    found = [capture.add(exchange) for exchange in exchanges][-1].diagnosis
    assert found is not None
    assert not found.crashed
    return found


def of(diagnosis: Diagnosis) -> Verdict | None:
    return next((finding.verdict for finding in diagnosis.findings if finding.cause == SLUG), None)


def account(index: int | None = 3, *, verifies: bool = True, source: str = "") -> Signature:
    return Signature(kind=Kind.ACCOUNT_SID, verifies=verifies, index=index, source=source)


def key(*, verifies: bool = True) -> Signature:
    return Signature(kind=Kind.KEY_SID, verifies=verifies, index=4)


# --- what the history knows ---


@pytest.mark.parametrize(
    ("signatures", "expected"),
    [
        pytest.param((account(),), CONFIRMED, id="auth-token"),
        pytest.param((account(verifies=False), account(5)), CONFIRMED, id="the-second-auth-token"),
        pytest.param((key(verifies=False), account()), CONFIRMED, id="not-the-key"),
        pytest.param((account(None, source="TWILIO_AUTH_TOKEN from .env"),), CONFIRMED, id="expected"),
        pytest.param((key(),), RuledOut, id="key"),
        pytest.param((key(), account()), RuledOut, id="one-secret-for-both"),
        pytest.param((account(verifies=False),), POSSIBLE, id="another-secret"),
        pytest.param((key(verifies=False),), POSSIBLE, id="another-secret-than-the-key's"),
        pytest.param((), POSSIBLE, id="nothing-known"),
    ],
)
def test_signatures(signatures: tuple[Signature, ...], expected: Verdict | type[Outcome]) -> None:
    assert kind(judge(voice_event(WRONG), *signatures)) is expected


def test_the_proof_is_named() -> None:
    seen = stands(judge(voice_event(WRONG), account(3))).evidence[0]
    assert (seen.where, seen.index) == (HISTORY, 3)
    given = stands(judge(voice_event(WRONG), account(None, source="TWILIO_AUTH_TOKEN from .env"))).evidence[0]
    assert given.where == REQUEST_HEADERS
    assert "TWILIO_AUTH_TOKEN from .env" in given.says


@pytest.mark.parametrize(
    ("value", "verdict"), [(TOKEN, CONFIRMED), (KEY_SECRET, LIKELY)], ids=["an-auth-token", "the-form-of-a-key-secret"]
)
def test_an_expected_auth_token_may_be_misnamed(value: bytes, verdict: Verdict) -> None:
    expected = (Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", value),)
    case = replace(case_of(voice_event(WRONG), Bearing(signatures=(account(None),))), expected=expected)
    assert stands(jwt_signed_with_auth_token.check(case)).verdict is verdict


@pytest.mark.parametrize(
    ("signatures", "where", "index"),
    [
        pytest.param((account(5, verifies=False),), HISTORY, 5, id="seen"),
        pytest.param((account(None, verifies=False), account(0, verifies=False)), HISTORY, 0, id="seen-too"),
        pytest.param((account(None, verifies=False),), REQUEST_HEADERS, 0, id="given"),
    ],
)
def test_an_auth_token_that_does_not_fit_is_named(signatures: tuple[Signature, ...], where: str, index: int) -> None:
    code, other = stands(judge(voice_event(WRONG), *signatures)).evidence
    assert "20107" in code.says
    assert (other.where, other.index) == (where, index)
    assert "makes another signature" in other.says


def test_signatures_are_those_of_the_first_token() -> None:
    both = voice_event(WRONG, extra=((b"Authorization", b"Bearer " + oauth_token()), (b"X-Twilio-Token", WRONG)))
    assert kind(judge(both, account())) is POSSIBLE


# --- the issuer ---

BY_ACCOUNT = client_token(TOKEN, iss=SID.decode())


@pytest.mark.parametrize("code", [20103, 20107, 20151, 31202, 20101])
def test_an_account_as_issuer_makes_it_likely(code: int) -> None:
    assert stands(judge(voice_event(BY_ACCOUNT, code))).verdict is LIKELY


def test_an_account_as_issuer_and_another_auth_token() -> None:
    found = stands(judge(voice_event(BY_ACCOUNT), account(verifies=False)))
    assert found.verdict is POSSIBLE
    assert "another signature" in found.evidence[1].says


def test_an_account_as_issuer_and_its_auth_token_is_proven() -> None:
    assert of(last(accepted(), voice_event(BY_ACCOUNT, 20103))) is CONFIRMED


# --- the code ---


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(voice_event(RIGHT, 20107), POSSIBLE, id="20107"),
        pytest.param(voice_event(RIGHT, 31202), POSSIBLE, id="31202"),
        pytest.param(voice_event(RIGHT, 20159), POSSIBLE, id="20159"),
        pytest.param(refused(None, code=20107), POSSIBLE, id="20107-without-the-token"),
        pytest.param(voice_event(RIGHT, 20151), Unknown, id="20151"),
        pytest.param(voice_event(RIGHT, 20103), Unknown, id="20103"),
        pytest.param(voice_event(RIGHT, 20104), Unknown, id="20104"),
        pytest.param(voice_event(WRONG, 20106), RuledOut, id="20106-says-the-signature-is-right"),
    ],
)
def test_the_code_alone(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert kind(found) is expected
    if isinstance(found, Stands):
        stands(found)


@pytest.mark.parametrize(
    ("code", "verdict"), [(20107, CONFIRMED), (20103, CONFIRMED), (20104, LIKELY), (20105, LIKELY)]
)
def test_a_proof_against_what_the_code_names(code: int, verdict: Verdict) -> None:
    assert stands(judge(voice_event(WRONG, code), account())).verdict is verdict


# --- never meant ---


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(voice_event(CAPABILITY, 20107), id="client-capability"),
        pytest.param(voice_event(TASKROUTER, 20107), id="taskrouter-capability"),
        pytest.param(voice_event(CAPABILITY, 31202), id="capability-and-31202"),
        pytest.param(refused(b"Bearer " + CAPABILITY), id="capability-as-bearer"),
        pytest.param(refused(b"Bearer " + oauth_token(iss=SID.decode())), id="oauth"),
        pytest.param(voice_event(make_jwt({"alg": "HS256"}, {"iss": SID.decode()}, TOKEN), 20107), id="no-cty"),
    ],
)
def test_other_tokens_are_never_meant(exchange: Exchange) -> None:
    assert kind(judge(exchange, account())) is RuledOut
    assert of(last(accepted(), exchange)) is None


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(GOOD), RuledOut, id="basic"),
        pytest.param(refused(None), RuledOut, id="nothing"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), Unknown, id="sanitised"),
        pytest.param(voice_event(b"abc", 20101), Unknown, id="no-jwt"),
        pytest.param(voice_event(WRONG, 20101), Unknown, id="nothing-known"),
        pytest.param(replace(voice_event(WRONG), response=None), Unknown, id="no-answer"),
    ],
)
def test_without_a_token_or_a_secret(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


# --- end to end ---


def test_the_auth_token_seen_in_basic_proves_it() -> None:
    found = last(accepted(), voice_event(WRONG))
    assert found.top is not None
    assert (found.top.cause, found.top.verdict) == (SLUG, CONFIRMED)
    assert [finding.cause for finding in found.findings] == [SLUG]
    assert found.top.evidence[0].index == 0


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        pytest.param((accepted(GOOD_KEY), voice_event(RIGHT)), None, id="the-key's-secret"),
        pytest.param((accepted(), accepted(GOOD_KEY), voice_event(RIGHT)), None, id="both-known"),
        pytest.param((accepted(), accepted(GOOD_KEY), voice_event(WRONG)), CONFIRMED, id="both-known-the-wrong-used"),
        pytest.param((refused(), voice_event(WRONG)), POSSIBLE, id="a-refused-pair-proves-nothing"),
        pytest.param(
            (refused(basic(SID, KEY_SECRET)), voice_event(RIGHT)), POSSIBLE, id="a-key's-secret-with-the-account"
        ),
        pytest.param((accepted(basic(OTHER_SID, TOKEN)), voice_event(WRONG)), POSSIBLE, id="another-account"),
        pytest.param((accepted(basic(SID, TOKEN + b"x")), voice_event(WRONG)), POSSIBLE, id="another-secret"),
        pytest.param((voice_event(WRONG),), POSSIBLE, id="nothing-known"),
    ],
)
def test_end_to_end(exchanges: tuple[Exchange, ...], expected: Verdict | None) -> None:
    assert of(last(*exchanges)) is expected


def test_what_the_caller_gave_proves_it_too() -> None:
    expected = (Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN),)
    assert of(last(voice_event(WRONG), expected=expected)) is CONFIRMED
    assert of(last(voice_event(RIGHT), expected=expected)) is POSSIBLE


def test_what_twilios_code_names_leads() -> None:
    late = client_token(TOKEN, exp=int(TIME) - 5)
    found = last(accepted(), voice_event(late, 20104))
    assert [(each.cause, each.verdict) for each in found.findings] == [
        ("bearer-expired", CONFIRMED),
        (SLUG, LIKELY),
    ]


def test_no_secret_and_no_claim_is_shown() -> None:
    shown = repr(last(accepted(), voice_event(WRONG)))
    for secret in (TOKEN, KEY_SECRET, WRONG, b"sample"):
        text = secret.decode()
        assert not any(text[at : at + 5] in shown for at in range(len(text) - 4))


def test_a_later_pair_is_known_too() -> None:
    """A recording is judged as a whole."""
    results = diagnose_all([voice_event(WRONG), accepted(at=1)], b"key")
    assert results[0].diagnosis is not None
    assert of(results[0].diagnosis) is CONFIRMED


# --- what is told ---


def bearer(token: bytes, code: int = 20107) -> Exchange:
    """The token in Authorization, at a host of a client SDK."""
    return voice_event(b"", code, extra=((b"Authorization", b"Bearer " + token),))


@pytest.mark.parametrize(
    ("exchange", "because"),
    [
        pytest.param(voice_event(CAPABILITY, 20107), "rightly signed with the Auth Token", id="capability"),
        pytest.param(refused(b"Bearer " + oauth_token()), "no Access Token", id="oauth"),
    ],
)
def test_why_another_token_is_ruled_out(exchange: Exchange, because: str) -> None:
    found = judge(exchange)
    assert isinstance(found, RuledOut)
    assert because in found.because


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(None, code=20107), id="without-a-token"),
        pytest.param(voice_event(WRONG, 20107), id="without-a-secret"),
    ],
)
def test_the_code_alone_is_the_only_evidence(exchange: Exchange) -> None:
    (seen,) = stands(judge(exchange)).evidence
    assert "Twilio's code is 20107" in seen.says


def test_a_known_auth_token_that_signs_otherwise_rules_it_out_where_no_code_blames_the_signature() -> None:
    found = judge(voice_event(WRONG, 20101), account(verifies=False))
    assert isinstance(found, RuledOut)
    assert "another signature" in found.because


@pytest.mark.parametrize(
    ("exchange", "signatures", "indexes"),
    [
        pytest.param(bearer(WRONG), (account(3),), [(HISTORY, 3), (AUTHORIZATION, 0)], id="seen"),
        pytest.param(bearer(WRONG), (account(None),), [(AUTHORIZATION, 0), (AUTHORIZATION, 0)], id="given"),
        pytest.param(bearer(BY_ACCOUNT), (), [(AUTHORIZATION, 0)], id="issuer"),
        pytest.param(
            bearer(BY_ACCOUNT),
            (account(5, verifies=False),),
            [(AUTHORIZATION, 0), (HISTORY, 5)],
            id="issuer-and-another-secret-seen",
        ),
        pytest.param(
            voice_event(BY_ACCOUNT),
            (account(None, verifies=False),),
            [(REQUEST_HEADERS, 0), (REQUEST_HEADERS, 0)],
            id="issuer-and-another-secret-given",
        ),
    ],
)
def test_evidence_points_at_the_token(
    exchange: Exchange, signatures: tuple[Signature, ...], indexes: list[tuple[str, int]]
) -> None:
    found = stands(judge(exchange, *signatures))
    assert [(each.where, each.index) for each in found.evidence] == indexes
    value = exchange.request.first(b"authorization") or b""
    for each in found.evidence:
        if each.where == AUTHORIZATION:
            assert (each.start, each.end) == (7, len(value))


def test_a_proof_that_the_code_does_not_name_leaves_something_to_settle() -> None:
    found = stands(judge(voice_event(WRONG, 20104), account()))
    assert (found.verdict, found.settle) == (LIKELY, jwt_signed_with_auth_token.RULE.settle)
