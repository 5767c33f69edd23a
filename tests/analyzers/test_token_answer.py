"""What the answer says of a token, and how far it lets a fault of one explain the refusal."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.bearing import Bearing, Sighting
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TIME, TOKEN, accepted, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, validation_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import (
    AUTHORIZATION,
    REQUEST_HEADERS,
    RESPONSE_STATUS,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.token_answer import (
    Aspect,
    code_about,
    code_evidence,
    misplaced_token,
    serves_rest,
    spoken_of,
    weighed_place,
    weighed_token,
    without_token,
)
from analyzers.tokens import CLIENT_TOKEN, VALIDATION_TOKEN

OAUTH = b"Bearer " + oauth_token()
CLIENT = client_token()
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE


def fault(where: str = REQUEST_HEADERS, verdict: Verdict = CONFIRMED) -> Stands:
    settle = None if verdict is CONFIRMED else "own"
    return Stands(verdict, "A fault", (Evidence(where, "here"),), ("Mend it",), settle)


def kind(outcome: Outcome) -> Verdict | type[Outcome]:
    return outcome.verdict if isinstance(outcome, Stands) else type(outcome)


def lowered(outcome: Outcome) -> None:
    """It was confirmed; now something else decides."""
    assert isinstance(outcome, Stands)
    assert (outcome.verdict, outcome.settle) == (LIKELY, "settle")


@pytest.mark.parametrize(
    ("code", "aspects"),
    [
        (None, set(Aspect)),
        (20003, set(Aspect)),
        *(
            (code, set(Aspect))
            for code in (20101, 20151, 20154, 20158, 20160, 31201, 31204, 45003, 57019, 57021, 70004)
        ),
        (20102, {Aspect.HEADER}),
        (20103, {Aspect.ISSUER}),
        (20104, {Aspect.EXPIRY, Aspect.LIFETIME}),
        (20105, {Aspect.START}),
        (20106, {Aspect.GRANTS}),
        (20107, {Aspect.SIGNATURE, Aspect.ISSUER}),
        (20155, {Aspect.START}),
        (20157, {Aspect.LIFETIME}),
        (20159, {Aspect.SIGNATURE}),
        (70051, set()),
        (20404, set()),
    ],
)
def test_what_a_code_speaks_of(code: int | None, aspects: set[Aspect]) -> None:
    assert spoken_of(case_of(voice_event(CLIENT, code))) == aspects


def test_without_an_answer_nothing_is_left_out() -> None:
    case = case_of(replace(refused(OAUTH), response=None))
    assert spoken_of(case) == set(Aspect)
    assert code_about(case, *Aspect) is None


@pytest.mark.parametrize(
    ("host", "serves"),
    [
        ("api.twilio.com", True),
        ("verify.twilio.com", True),
        ("api.dublin.ie1.twilio.com", True),
        ("eventgw.twilio.com", False),
        ("gateway.example", False),
    ],
)
def test_hosts_of_the_rest_api(host: str, serves: bool) -> None:
    assert serves_rest(case_of(refused(OAUTH, host=host))) is serves


def test_a_code_names_an_aspect_only_if_it_leaves_others_out() -> None:
    assert code_about(case_of(voice_event(CLIENT, 20107)), Aspect.SIGNATURE) == 20107
    assert code_about(case_of(voice_event(CLIENT, 20107)), Aspect.START) is None
    assert code_about(case_of(voice_event(CLIENT, 20101)), Aspect.SIGNATURE) is None
    assert code_about(case_of(refused(OAUTH)), *Aspect) is None


def test_a_code_is_evidence_in_the_answer() -> None:
    found = code_evidence(20105, "not yet valid")
    assert found.where == RESPONSE_STATUS
    assert "20105" in found.says
    assert "not yet valid" in found.says


@pytest.mark.parametrize("code", range(20151, 20161))
def test_with_a_validation_header_the_shared_codes_speak_of_that(code: int) -> None:
    header = (b"Twilio-Client-Validation", validation_token(GOOD))
    assert spoken_of(case_of(refused(GOOD, code=code, extra=(header,)))) == set()
    assert spoken_of(case_of(voice_event(CLIENT, code)))


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(voice_event(CLIENT, 20105), CONFIRMED, id="the-code-names-it"),
        pytest.param(voice_event(CLIENT, 20101), CONFIRMED, id="an-open-code"),
        pytest.param(refused(OAUTH), CONFIRMED, id="20003"),
        pytest.param(voice_event(CLIENT, 20107), LIKELY, id="the-code-names-another"),
        pytest.param(voice_event(CLIENT, 70051), LIKELY, id="a-code-about-other-things"),
        pytest.param(voice_event(CLIENT, 20404, status=404), POSSIBLE, id="not-found"),
        pytest.param(refused(OAUTH, code=21470, status=400), POSSIBLE, id="the-account-in-the-path"),
        pytest.param(refused(OAUTH, answer=Response(status=401, headers=())), LIKELY, id="somebody-answered"),
        pytest.param(
            refused(OAUTH, answer=Response(status=401, headers=(), body=b'{"code":20105}')), CONFIRMED, id="code-alone"
        ),
        pytest.param(refused(OAUTH, answer=Response(status=403, headers=())), LIKELY, id="somebody-forbids"),
        pytest.param(refused(OAUTH, code=None, status=404), POSSIBLE, id="not-found-without-a-code"),
        pytest.param(refused(OAUTH, answer=Response(status=407, headers=())), POSSIBLE, id="a-proxy-asks"),
        pytest.param(refused(OAUTH, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(OAUTH, code=20005, status=403), RuledOut, id="account-was-looked-up"),
        pytest.param(replace(refused(OAUTH), response=None), Unknown, id="no-answer"),
    ],
)
def test_the_answer_limits_the_verdict(exchange: Exchange, verdict: Verdict | type[Outcome]) -> None:
    outcome = weighed_token(case_of(exchange), fault(), "settle", Aspect.START)
    assert kind(outcome) == verdict
    if isinstance(outcome, Stands):
        assert outcome.settle == (None if verdict is CONFIRMED else "settle")


def test_a_weaker_finding_stays_as_it_is() -> None:
    found = fault(verdict=POSSIBLE)
    assert weighed_token(case_of(refused(OAUTH)), found, "settle", Aspect.START) is found
    weaker = weighed_token(
        case_of(voice_event(CLIENT, 20404, status=404)), fault(verdict=LIKELY), "settle", Aspect.START
    )
    assert isinstance(weaker, Stands)
    assert (weaker.verdict, weaker.settle) == (POSSIBLE, "own")


def test_two_authorization_lines_put_a_fault_of_one_in_doubt() -> None:
    case = case_of(refused(OAUTH, extra=((b"Authorization", GOOD),)))
    lowered(weighed_token(case, fault(AUTHORIZATION), "settle", Aspect.START))
    assert kind(weighed_token(case, fault(REQUEST_HEADERS), "settle", Aspect.START)) is CONFIRMED


def test_two_credentials_in_one_value_put_a_fault_of_one_in_doubt() -> None:
    case = case_of(refused(OAUTH + b", " + GOOD))
    lowered(weighed_token(case, fault(AUTHORIZATION), "settle", Aspect.START))
    assert kind(weighed_token(case, fault(REQUEST_HEADERS), "settle", Aspect.START)) is CONFIRMED


def test_a_token_for_a_gateway_may_not_be_what_twilio_refused() -> None:
    case = case_of(refused(OAUTH, host="gateway.example"))
    lowered(weighed_token(case, fault(AUTHORIZATION), "settle", Aspect.START))
    assert kind(weighed_token(case, fault(REQUEST_HEADERS), "settle", Aspect.START)) is CONFIRMED


def test_a_fault_of_a_misplaced_token_is_at_most_likely() -> None:
    case = case_of(refused(b"Bearer " + CLIENT))
    lowered(weighed_token(case, fault(AUTHORIZATION), "settle", Aspect.START))
    assert kind(weighed_place(case, fault(AUTHORIZATION), "settle", Aspect.START)) is CONFIRMED
    assert kind(weighed_token(case, fault(REQUEST_HEADERS), "settle", Aspect.START)) is CONFIRMED


SIGHTING = Sighting(index=0, at=None, method="GET", host="api.twilio.com", region="us1", account=SID)


@pytest.mark.parametrize(
    ("exchange", "bearing", "misplaced"),
    [
        pytest.param(refused(b"Bearer " + CLIENT), Bearing(), True, id="bearer"),
        pytest.param(refused(b"Basic " + CLIENT), Bearing(), True, id="basic"),
        pytest.param(refused(CLIENT), Bearing(), True, id="no-scheme"),
        pytest.param(refused(b"Bearer " + CLIENT), Bearing(accepted=(SIGHTING,)), False, id="accepted"),
        pytest.param(refused(b"Bearer " + CLIENT, host="eventgw.twilio.com"), Bearing(), False, id="client-host"),
        pytest.param(refused(b"Bearer " + CLIENT, host="mcs.us1.twilio.com"), Bearing(), False, id="regional"),
        pytest.param(refused(OAUTH), Bearing(), False, id="oauth"),
        pytest.param(voice_event(CLIENT), Bearing(), False, id="its-own-header"),
        pytest.param(refused(GOOD), Bearing(), False, id="basic-pair"),
    ],
)
def test_misplaced(exchange: Exchange, bearing: Bearing, misplaced: bool) -> None:
    assert (misplaced_token(case_of(exchange, bearing)) is not None) is misplaced


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(GOOD), RuledOut, id="a-pair"),
        pytest.param(refused(GOOD, fidelity=Fidelity.SANITIZED), RuledOut, id="a-pair-in-a-sanitised-export"),
        pytest.param(refused(None), RuledOut, id="nothing"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), Unknown, id="sanitised"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), Unknown, id="doubtful"),
        pytest.param(refused(b"Bearer abc"), Unknown, id="no-jwt"),
        pytest.param(voice_event(b"abc"), Unknown, id="no-jwt-in-its-header"),
        pytest.param(refused(b"***", fidelity=Fidelity.SANITIZED), Unknown, id="written-over"),
    ],
)
def test_without_a_token(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(without_token(case_of(exchange)), outcome)


# --- any token, in any place, with any code ---

VALUES = st.sampled_from(
    (
        KEY.decode(),
        SID.decode(),
        "",
        "undefined",
        "\ud800",
        "authorization;host",
        "f" * 64,
        TIME,
        TIME + 9,
        1e308,
        -1,
        True,
        None,
    )
)
NAMES = st.sampled_from(
    ("iss", "sub", "exp", "nbf", "iat", "hrh", "rqh", "grants", "scope", "alg", "cty", "kid", "typ")
)
HEADERS = st.dictionaries(
    NAMES, VALUES | st.sampled_from(("HS256", "RS256", CLIENT_TOKEN, VALIDATION_TOKEN, "CR" + "0" * 32)), max_size=5
)
CLAIMS: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    NAMES, VALUES | st.floats() | st.text(max_size=9) | st.just({}), max_size=6
)
TOKENS = st.builds(make_jwt, HEADERS, CLAIMS, st.sampled_from((b"", TOKEN, KEY_SECRET)))
CODES = st.sampled_from((None, 20003, *range(20101, 20108), *range(20151, 20161), 31202, 31204, 70052, 70155, 70156))


@settings(max_examples=300)
@given(
    TOKENS | st.binary(max_size=30),
    st.sampled_from((0, 1, 2, 3)),
    CODES,
    st.sampled_from(Fidelity),
    st.binary(max_size=5),
)
def test_no_token_makes_a_check_raise(
    token: bytes, place: int, code: int | None, fidelity: Fidelity, body: bytes
) -> None:
    name = (b"Authorization", b"Authorization", b"X-Twilio-Token", b"Twilio-Client-Validation")[place]
    value = (b"Bearer " if place == 0 else b"") + token
    made = refused(GOOD if place == 3 else None, code=code, extra=((name, value),), fidelity=fidelity, body=body)
    diagnosis = diagnose_all([accepted(), replace(made, proxy_options=("stickyauth",))], b"key")[1].diagnosis
    assert diagnosis is not None
    assert diagnosis.crashed == ()
    shown = repr(diagnosis)
    assert not any(part.decode() in shown for part in token.split(b".") if len(part) > 20 and part.isascii())
    assert all(finding.evidence and finding.fix and len(finding.says) <= 150 for finding in diagnosis.findings)
    assert all((finding.settle is None) == (finding.verdict is CONFIRMED) for finding in diagnosis.findings)
