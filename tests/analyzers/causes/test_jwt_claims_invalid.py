"""jwt-claims-invalid: claims of an Access Token that the documentation excludes; other tokens are never meant."""

from dataclasses import replace

import pytest
from judging import spots

from analyzers.bearing import Bearing, Sighting
from analyzers.building import GOOD, KEY, SID, TIME, TOKEN, accepted, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, validation_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import jwt_claims_invalid
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

NOW, DAY = int(TIME), 86400
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE


def judge(exchange: Exchange, bearing: Bearing = Bearing()) -> Outcome:  # noqa: B008 - a frozen value
    return jwt_claims_invalid.check(case_of(exchange, bearing))


def kind(outcome: Outcome) -> Verdict | type[Outcome]:
    return outcome.verdict if isinstance(outcome, Stands) else type(outcome)


def stands(exchange: Exchange) -> Stands:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert len(found.says) < 150
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is CONFIRMED)
    return found


def event(code: int | None = 20101, alg: str | None = "HS256", **claims: object) -> Exchange:
    return voice_event(client_token(alg=alg, **claims), code)  # type: ignore[arg-type] # claims of a token


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        pytest.param(event(20103, iss=SID.decode()), "iss is the Account SID AC0011…eeff", id="iss-account"),
        pytest.param(event(iss=None), "iss is missing", id="no-iss"),
        pytest.param(event(20103, sub=KEY.decode()), "sub is the API key SID SK0f1e…e1f0", id="sub-key"),
        pytest.param(event(20102, alg="HS512"), "alg is HS512", id="alg"),
        pytest.param(event(20104, exp=None), "exp is missing", id="no-exp"),
        pytest.param(event(20157, exp=NOW + 2 * DAY), "the lifetime is 48.0 hours", id="lifetime"),
        pytest.param(event(20157, exp=NOW - 60 + 3_600_000), "which looks like milliseconds", id="ttl-in-milliseconds"),
        pytest.param(event(20104, exp=(NOW + 60) * 1000), "exp counts milliseconds", id="exp-in-milliseconds"),
        pytest.param(event(31207, exp=NOW + 2 * DAY), "the lifetime is", id="31207"),
        pytest.param(event(None, iss=SID.decode()), "iss is the Account SID", id="no-code"),
        pytest.param(event(20107, iss=SID.decode()), "iss is the Account SID", id="20107-names-sids-too"),
    ],
)
def test_confirmed_by_the_token_itself(exchange: Exchange, words: str) -> None:
    found = stands(exchange)
    assert found.verdict is CONFIRMED
    assert words in found.says
    assert any(words in evidence.says for evidence in found.evidence)


def test_all_wrong_claims_are_listed() -> None:
    found = stands(event(iss=SID.decode(), sub=None, exp=None, alg="none"))
    assert found.says == "The Access Token cannot be accepted for 4 reasons: alg, iss, sub, exp"
    assert len(found.evidence) == 4
    assert len(found.fix) == 5


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(event(20105, iss=SID.decode()), LIKELY, id="the-code-names-something-else"),
        pytest.param(event(20106, iss=SID.decode()), LIKELY, id="the-code-says-the-issuer-is-right"),
        pytest.param(event(20157, nbf=NOW - 2 * DAY, exp=NOW + 60), LIKELY, id="less-than-a-day-was-left"),
        pytest.param(voice_event(make_jwt({"alg": "HS256", "cty": "twilio-fpa;v=1"}, {}), 20101), CONFIRMED, id="bare"),
        pytest.param(
            voice_event(make_jwt({"alg": "HS256", "typ": "JWT"}, {"iss": KEY.decode(), "grants": {}}), 20102),
            LIKELY,
            id="made-by-hand-without-cty",
        ),
        pytest.param(refused(b"Bearer " + client_token(iss=SID.decode())), LIKELY, id="misplaced"),
        pytest.param(
            voice_event(
                b"", extra=((b"X-Twilio-Token", client_token(iss=None)),), answer=Response(status=401, headers=())
            ),
            LIKELY,
            id="somebody-answered",
        ),
    ],
)
def test_the_verdict_is_weighed(exchange: Exchange, verdict: Verdict) -> None:
    assert stands(exchange).verdict is verdict


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        pytest.param(20102, LIKELY, "header", id="20102"),
        pytest.param(20103, LIKELY, "issuer or subject", id="20103"),
        pytest.param(31203, LIKELY, "issuer or subject", id="31203"),
        pytest.param(20106, LIKELY, "grants", id="20106"),
        pytest.param(20157, LIKELY, "lifetime", id="20157"),
        pytest.param(20160, POSSIBLE, "Restricted key", id="20160"),
        pytest.param(31204, POSSIBLE, "Restricted key", id="31204"),
        pytest.param(20101, RuledOut, "", id="20101"),
        pytest.param(20104, RuledOut, "", id="20104"),
        pytest.param(20105, RuledOut, "", id="20105"),
        pytest.param(20107, RuledOut, "", id="20107"),
    ],
)
def test_what_only_the_code_says_of_a_faultless_token(code: int, expected: Verdict | type[Outcome], words: str) -> None:
    found = judge(event(code))
    assert kind(found) is expected
    if isinstance(found, Stands):
        assert words in found.says
        assert str(code) in stands(event(code)).evidence[0].says


@pytest.mark.parametrize(
    ("code", "expected"), [(20103, LIKELY), (20106, LIKELY), (20157, LIKELY), (20160, RuledOut), (20107, RuledOut)]
)
def test_what_the_code_says_without_a_token(code: int, expected: Verdict | type[Outcome]) -> None:
    assert kind(judge(refused(None, code=code))) is expected


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(event(exp=NOW - 60 + DAY), id="exactly-a-day"),
        pytest.param(event(nbf=None, exp=NOW + DAY), id="a-day-from-the-answer"),
        pytest.param(event(iat=NOW - 60, nbf=NOW - 400, exp=NOW - 60 + DAY), id="nbf-set-back"),
        pytest.param(event(exp=NOW - 5), id="expired"),
        pytest.param(event(nbf=NOW + 95), id="not-yet-valid"),
        pytest.param(refused(b"Bearer " + oauth_token(exp=NOW + 30 * DAY)), id="oauth-for-thirty-days"),
        pytest.param(refused(b"Bearer " + oauth_token()), id="oauth-without-exp"),
        pytest.param(
            refused(b"Bearer " + make_jwt({"alg": "HS512"}, {"iss": "me", "exp": 1})), id="of-another-service"
        ),
        pytest.param(
            voice_event(make_jwt({"alg": "HS256"}, {"iss": SID.decode(), "scope": "x"}, TOKEN), 20103), id="capability"
        ),
        pytest.param(refused(GOOD), id="basic"),
        pytest.param(refused(None), id="nothing"),
        pytest.param(replace(refused(None), response=None), id="nothing-and-no-answer"),
        pytest.param(
            refused(GOOD, code=20153, extra=((b"Twilio-Client-Validation", validation_token(GOOD, iss="me")),)),
            id="validation-token",
        ),
    ],
)
def test_never_meant(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), RuledOut)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), id="sanitised"),
        pytest.param(voice_event(b"abc", 20101), id="no-jwt"),
        pytest.param(replace(event(iss=SID.decode()), response=None), id="no-answer"),
    ],
)
def test_what_cannot_be_seen(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), Unknown)


def test_without_a_date_a_token_without_start_cannot_be_judged() -> None:
    made = event(nbf=None, exp=NOW + 2 * DAY)
    assert made.response is not None
    kept = tuple(header for header in made.response.headers if header[0] != b"Date")
    assert kind(judge(made)) is CONFIRMED
    assert kind(judge(replace(made, response=replace(made.response, headers=kept)))) is Unknown


def test_a_token_that_was_accepted_has_no_such_fault() -> None:
    seen = Sighting(index=0, at=None, method="GET", host="api.twilio.com", region="us1", account=SID)
    assert kind(judge(refused(b"Bearer " + client_token(iss=None)), Bearing(accepted=(seen,)))) is RuledOut


def test_an_account_as_issuer_leads_and_the_auth_token_follows() -> None:
    found = diagnose_all([event(20103, iss=SID.decode())], b"key")[0].diagnosis
    assert found is not None
    assert not found.crashed
    assert [(each.cause, each.verdict, each.nested_under) for each in found.findings] == [
        ("jwt-claims-invalid", CONFIRMED, None),
        ("jwt-signed-with-auth-token", LIKELY, None),
    ]


def test_neither_identity_nor_grants_are_shown() -> None:
    grants = {"identity": "alice@example.com", "voice": {"outgoing": {"application_sid": "AP" + "7" * 32}}}
    made = event(20106, grants=grants, jti="personal-jti")
    for exchange in (made, event(20103, grants=grants, iss="alice@example.com", jti="personal-jti")):
        shown = repr(diagnose_all([accepted(), exchange], b"key")[1])
        assert not any(word in shown for word in ("alice", "example.com", "AP7777", "personal-jti"))


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param({"nbf": NOW - 60}, RuledOut, id="valid-from"),
        pytest.param({"nbf": None, "iat": NOW - 60}, RuledOut, id="issued-at"),
        pytest.param({"nbf": None}, Unknown, id="neither"),
        pytest.param({"nbf": None, "exp": "soon"}, Verdict.CONFIRMED, id="no-number-as-the-end"),
    ],
)
def test_without_a_date_the_start_of_the_token_is_enough(
    claims: dict[str, object], expected: Verdict | type[Outcome]
) -> None:
    made = event(**claims)  # type: ignore[arg-type] # claims of a token
    assert made.response is not None
    kept = tuple(header for header in made.response.headers if header[0] != b"Date")
    assert kind(judge(replace(made, response=replace(made.response, headers=kept)))) is expected


@pytest.mark.parametrize(
    ("exchange", "spot"),
    [
        pytest.param(event(iss=None), ("request.headers", None, None), id="header-of-the-sdk"),
        pytest.param(
            refused(b"Bearer " + client_token(iss=None)),
            ("authorization", 7, 7 + len(client_token(iss=None))),
            id="authorization",
        ),
    ],
)
def test_the_token_is_pointed_at(exchange: Exchange, spot: tuple[str, int | None, int | None]) -> None:
    assert spots(stands(exchange)) == [spot]
