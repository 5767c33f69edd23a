"""access-token-as-bearer: told by the token's own header."""

import pytest
from judging import checked, judged

from analyzers.bearing import Bearing, Sighting
from analyzers.building import GOOD, KEY, SID, TIME, TOKEN, accepted, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import access_token_as_bearer
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(header: dict[str, object], claims: dict[str, object]) -> bytes:
    return b"Bearer " + make_jwt(header, claims)


def judge(exchange: Exchange) -> Outcome:
    return checked(access_token_as_bearer.RULE, case_of(exchange))


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
    hit = diagnose_all(access_token_as_bearer.RULE.hit(), b"key")
    assert any(
        r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == access_token_as_bearer.RULE.slug for r in hit
    )
    for result in diagnose_all(access_token_as_bearer.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert access_token_as_bearer.RULE.slug not in causes


@pytest.mark.parametrize("cty", ["twilio-fpa;v=1", "twilio-fpa; v=1", "TWILIO-FPA;V=1"])
def test_client_tokens_are_confirmed(cty: str) -> None:
    value = bearer({"typ": "JWT", "alg": "HS256", "cty": cty}, {"exp": TIME + 100})
    found = judge(refused(value))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert value[found.evidence[0].start : found.evidence[0].end] == value.removeprefix(b"Bearer ")
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(bearer({"alg": "RS256"}, {"exp": TIME}), RuledOut, id="oauth-token"),
        pytest.param(bearer({"alg": "RS256", "cty": "twilio-pkrv;v=1"}, {}), RuledOut, id="client-validation"),
        pytest.param(bearer({"alg": "RS256", "cty": "twilio-fpa;v=2"}, {}), RuledOut, id="another-version"),
        pytest.param(bearer({"cty": ["twilio-fpa;v=1"]}, {}), RuledOut, id="no-string"),
        pytest.param(bearer({"typ": "twilio-fpa;v=1"}, {}), RuledOut, id="in-another-member"),
        pytest.param(bearer({"alg": "HS256"}, {"cty": "twilio-fpa;v=1"}), RuledOut, id="in-the-claims"),
        pytest.param(b"Bearer abc", Unknown, id="no-jwt"),
        pytest.param(GOOD, RuledOut, id="basic"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


LATE = int(TIME) - 10


@pytest.mark.parametrize(
    ("token", "nested"),
    [
        pytest.param(client_token(), [], id="good"),
        pytest.param(client_token(exp=LATE), ["bearer-expired"], id="expired"),
        pytest.param(client_token(nbf=int(TIME) + 60), ["bearer-not-yet-valid"], id="not-yet-valid"),
        pytest.param(client_token(sub=KEY.decode()), ["jwt-claims-invalid"], id="claims"),
        pytest.param(client_token(TOKEN), ["jwt-signed-with-auth-token"], id="signed-with-the-auth-token"),
    ],
)
def test_even_a_perfect_token_is_refused_so_its_place_leads(token: bytes, nested: list[str]) -> None:
    found = standing(accepted(), refused(b"Bearer " + token))
    assert next(iter(found)) == "access-token-as-bearer"
    below = {cause: verdict for cause, (verdict, above) in found.items() if above == "access-token-as-bearer"}
    assert below.pop("pair-refused", "possible") == "possible"
    assert below == dict.fromkeys(nested, "likely")


def test_it_says_what_is_seen_and_how_sure_that_is() -> None:
    marked = judge(refused(b"Bearer " + client_token()))
    bare = judge(refused(bearer({"alg": "HS256"}, {"iss": KEY.decode(), "grants": {}})))
    elsewhere = judge(refused(client_token()))
    assert isinstance(marked, Stands)
    assert isinstance(bare, Stands)
    assert isinstance(elsewhere, Stands)
    assert "The Bearer token is an Access Token" in marked.says
    assert "cty twilio-fpa;v=1" in marked.evidence[0].says
    assert "The Bearer token looks like an Access Token" in bare.says
    assert "no cty" in bare.evidence[0].says
    assert "The token is an Access Token" in elsewhere.says


SIGHTING = Sighting(index=0, at=None, method="GET", host="api.twilio.com", region="us1", account=SID)
CLIENT = b"Bearer " + client_token()


@pytest.mark.parametrize(
    ("exchange", "bearing", "expected"),
    [
        pytest.param(refused(CLIENT), Bearing(), Verdict.CONFIRMED, id="bearer"),
        pytest.param(refused(b"Basic " + client_token()), Bearing(), Verdict.LIKELY, id="basic"),
        pytest.param(refused(client_token()), Bearing(), Verdict.LIKELY, id="no-scheme"),
        pytest.param(
            refused(bearer({"alg": "HS256"}, {"iss": KEY.decode(), "grants": {}})),
            Bearing(),
            Verdict.LIKELY,
            id="no-cty",
        ),
        pytest.param(refused(CLIENT, code=70051, status=403), Bearing(), Verdict.LIKELY, id="another-code"),
        pytest.param(
            refused(CLIENT, answer=Response(status=401, headers=())), Bearing(), Verdict.LIKELY, id="stranger"
        ),
        pytest.param(refused(CLIENT), Bearing(accepted=(SIGHTING,)), RuledOut, id="accepted-in-this-capture"),
        pytest.param(refused(CLIENT, host="mcs.us1.twilio.com"), Bearing(), RuledOut, id="host-of-client-sdks"),
        pytest.param(voice_event(client_token()), Bearing(), RuledOut, id="in-x-twilio-token"),
        pytest.param(refused(bearer({}, {"iss": SID.decode(), "grants": {}})), Bearing(), RuledOut, id="iss-account"),
        pytest.param(refused(b"Bearer " + oauth_token(exp=1)), Bearing(), RuledOut, id="oauth"),
    ],
)
def test_place_and_answer_weigh(exchange: Exchange, bearing: Bearing, expected: Verdict | type[Outcome]) -> None:
    found = checked(access_token_as_bearer.RULE, case_of(exchange, bearing))
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert_plain(found)


def test_it_says_why_it_is_ruled_out() -> None:
    again = judged(access_token_as_bearer.RULE, refused(CLIENT), Bearing(accepted=(SIGHTING,)))
    basic = judged(
        access_token_as_bearer.RULE,
        refused(GOOD, extra=((b"X-Twilio-Token", client_token()),)),
        Bearing(accepted=(SIGHTING,)),
    )
    other = judge(refused(b"Bearer " + oauth_token(exp=1)))
    assert isinstance(again, RuledOut)
    assert isinstance(basic, RuledOut)
    assert isinstance(other, RuledOut)
    assert "this very token was accepted" in again.because
    assert "no Access Token" in basic.because
    assert "no Access Token" in other.because


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(client_token()), id="elsewhere"),
        pytest.param(refused(CLIENT, code=70051, status=403), id="another-code"),
    ],
)
def test_at_the_rest_api_the_token_itself_settles_it(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.settle == access_token_as_bearer.RULE.settle


def test_the_fix_is_in_the_words_of_the_client() -> None:
    found = judge(refused(CLIENT, agent=b"twilio-php/8.12.0 (Linux x86_64) PHP/8.3"))
    assert isinstance(found, Stands)
    assert "new Client($apiKeySid, $apiKeySecret, $accountSid)" in found.fix[0]


def test_the_token_is_never_shown() -> None:
    value = bearer({"cty": "twilio-fpa;v=1"}, {"sub": "AC1"})
    diagnosis = diagnose_all([refused(value)], b"key")[0].diagnosis
    assert value.removeprefix(b"Bearer ").decode()[:30] not in repr(diagnosis)


@pytest.mark.parametrize("host", ["sdkgw.us1.twilio.com", "aim.us1.twilio.com", "something-new.twilio.com"])
def test_a_host_that_may_serve_sdks_makes_it_likely(host: str) -> None:
    found = judge(refused(b"Bearer " + client_token(), host=host, path=b"/v1/Configuration"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert found.settle == "look whether this host is one of the REST API"


@pytest.mark.parametrize("host", ["chat.twilio.com", "video.twilio.com", "api.dublin.ie1.twilio.com"])
def test_every_host_of_the_rest_api_confirms_it(host: str) -> None:
    found = judge(refused(b"Bearer " + client_token(), host=host, path=b"/v1/Rooms"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


def test_a_gateway_may_take_it_and_log_in_at_twilio_itself() -> None:
    found = judge(refused(b"Bearer " + client_token(), host="gateway.example"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
