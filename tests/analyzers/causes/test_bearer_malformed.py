"""bearer-malformed: a bearer token that is no JWT, and which part is not."""

import base64

import pytest
from judging import checked, spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.building_tokens import client_token, make_jwt, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import bearer_malformed
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return checked(bearer_malformed.RULE, case_of(exchange))


def verdict(value: bytes | None) -> Verdict | type[Outcome]:
    """The verdict on a refused request with this Authorization value, or the kind of outcome."""
    found = judge(refused(value))
    return found.verdict if isinstance(found, Stands) else type(found)


def stands(exchange: Exchange) -> Stands:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert len(found.says) <= 140
    assert not found.says.endswith(".")
    assert found.fix
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Bearer abc", CONFIRMED, id="one-part"),
        pytest.param(b"Bearer " + JWT.rpartition(b".")[0], CONFIRMED, id="two-parts"),
        pytest.param(b"Bearer " + JWT[:30], CONFIRMED, id="cut"),
        pytest.param(b'Bearer "' + JWT + b'"', CONFIRMED, id="quoted"),
        pytest.param(b'Bearer {"access_token": 1}', CONFIRMED, id="the-json-around-it"),
        pytest.param(b"Bearer " + JWT + b";", CONFIRMED, id="semicolon-behind"),
        pytest.param(b"Bearer", RuledOut, id="nothing"),
        pytest.param(b"Bearer null", RuledOut, id="unset"),
        pytest.param(b"Bearer " + JWT + b"\n", RuledOut, id="line-feed-behind"),
        pytest.param(JWT, RuledOut, id="no-scheme"),
        pytest.param(b"bearer " + JWT, RuledOut, id="lower-case"),
        pytest.param(b"Bearer ***", Unknown, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Bearer abc"


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(HIT, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(HIT, status=403, code=20008), RuledOut, id="test-credentials"),
        pytest.param(refused(HIT, status=404, code=20404), POSSIBLE, id="not-found"),
        pytest.param(refused(HIT, message="Something new"), CONFIRMED, id="a-text-about-something-else"),
        pytest.param(refused(HIT, answer=Response(status=407, headers=())), POSSIBLE, id="a-proxy-asks"),
        pytest.param(refused(HIT, answer=Response(status=401, headers=())), LIKELY, id="somebody-answered"),
        pytest.param(refused(HIT, extra=((b"Authorization", GOOD),)), LIKELY, id="two-headers"),
    ],
)
def test_the_answer_weighs(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert (found.settle is None) == (found.verdict is CONFIRMED)


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (JWT[:30], "2 dot-separated parts"),
        (b"abcd.e30.x", "the header part is not JSON"),
        (JWT.split(b".")[0] + b".eyJh.AA", "the claims part is cut off inside its JSON"),
        (JWT[:-1], "the signature part is cut off or altered"),
        (b"e30.e30.", "the signature part is empty"),
    ],
)
def test_it_says_which_part(token: bytes, says: str) -> None:
    found = stands(refused(b"Bearer " + token))
    assert says in found.says
    assert (found.evidence[0].start, found.evidence[0].end) == (7, 7 + len(token))


# --- a signature that lost its end ---


def signed(algorithm: str, length: int) -> bytes:
    text = base64.urlsafe_b64encode(bytes(length)).rstrip(b"=")
    return make_jwt({"alg": algorithm}, {"exp": 1793708048}).rpartition(b".")[0] + b"." + text


@pytest.mark.parametrize(
    ("algorithm", "length", "expected"),
    [
        ("HS256", 31, CONFIRMED),
        ("HS256", 16, CONFIRMED),
        ("HS256", 32, RuledOut),
        ("HS256", 9, RuledOut),
        ("HS256", 15, RuledOut),
        ("HS384", 47, CONFIRMED),
        ("HS384", 48, RuledOut),
        ("HS512", 63, CONFIRMED),
        ("HS512", 64, RuledOut),
        ("ES256", 63, CONFIRMED),
        ("ES256", 64, RuledOut),
        ("ES384", 95, CONFIRMED),
        ("ES384", 96, RuledOut),
        ("ES512", 131, CONFIRMED),
        ("ES512", 132, RuledOut),
        ("RS256", 255, LIKELY),
        ("RS256", 130, LIKELY),
        ("RS256", 256, RuledOut),
        ("RS256", 384, RuledOut),
        ("RS256", 9, RuledOut),
        ("none", 1, RuledOut),
    ],
)
def test_a_signature_that_is_too_short(algorithm: str, length: int, expected: Verdict | type[Outcome]) -> None:
    assert verdict(b"Bearer " + signed(algorithm, length)) is expected
    found = judge(voice_event(signed(algorithm, length), 20107))
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected


def test_it_says_how_much_is_missing() -> None:
    found = stands(refused(b"Bearer " + signed("HS256", 30)))
    assert "30 bytes, HS256 makes 32" in found.says
    assert "access_token" in found.fix[0]
    assert "at least 256" in stands(refused(b"Bearer " + signed("RS256", 200))).says


def test_the_evidence_marks_the_whole_token() -> None:
    token = signed("HS256", 30)
    found = stands(refused(b"Bearer " + token))
    assert spots(found) == [("authorization", 7, 7 + len(token))]
    assert "30 bytes" in found.evidence[0].says


@pytest.mark.parametrize(
    ("exchange", "verdict_", "settle"),
    [
        pytest.param(
            refused(b"Bearer " + signed("RS256", 200)), LIKELY, "compare the length of the token", id="length-unknown"
        ),
        pytest.param(
            refused(b"Bearer " + signed("HS256", 30), extra=((b"Authorization", GOOD),)),
            LIKELY,
            "one Authorization value only",
            id="two-headers",
        ),
        pytest.param(
            refused(b"Bearer " + signed("HS256", 30), status=404, code=20404), POSSIBLE, "count the", id="not-found"
        ),
        pytest.param(voice_event(signed("HS256", 30), 20106), LIKELY, "count the", id="another-code"),
    ],
)
def test_what_would_settle_it(exchange: Exchange, verdict_: Verdict, settle: str) -> None:
    found = stands(exchange)
    assert found.verdict is verdict_
    assert settle in (found.settle or "")


def test_another_token_beside_a_whole_one_is_not_its_fault() -> None:
    assert isinstance(judge(refused(b"Bearer " + JWT, extra=((b"X-Twilio-Token", signed("HS256", 30)),))), RuledOut)


# --- the token of a client SDK ---


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(voice_event(client_token()[:40], 20101), CONFIRMED, id="cut"),
        pytest.param(voice_event(b'"' + client_token() + b'"', 20101), CONFIRMED, id="quoted"),
        pytest.param(voice_event(b"undefined", 31204), CONFIRMED, id="unset"),
        pytest.param(voice_event(client_token()[:-8], 20107), CONFIRMED, id="signature-cut"),
        pytest.param(voice_event(client_token()[:40], 20106), LIKELY, id="another-code"),
        pytest.param(voice_event(b"***", 20101), Unknown, id="written-over"),
        pytest.param(voice_event(b"[redacted]", 20101), Unknown, id="redacted"),
        pytest.param(voice_event(client_token(), 20101), RuledOut, id="a-jwt"),
        pytest.param(voice_event(client_token(), 20101, fidelity=Fidelity.SANITIZED), RuledOut, id="a-jwt-sanitised"),
    ],
)
def test_x_twilio_token_is_read_too(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert "X-Twilio-Token" in found.says
        assert "SDK" in found.fix[0]
        assert len(found.says) < 140
        assert (found.settle is None) == (found.verdict is CONFIRMED)


def test_it_says_what_is_wrong_with_the_token_in_x_twilio_token() -> None:
    found = stands(voice_event(client_token()[:40], 20101))
    assert "dot-separated part" in found.says
    assert spots(found) == [("request.headers", None, None)]


RUBY = b"twilio-ruby/7.11.1 (linux x86_64) Ruby/3.3.0"


def test_the_pair_that_ruby_makes_of_a_token_is_known() -> None:
    found = stands(refused(basic(b"B", b"e"), agent=RUBY))
    assert found.verdict is LIKELY
    assert "twilio-ruby" in found.says
    assert spots(found) == [("authorization", None, None)]
    assert "bearer token" in found.evidence[0].says
    diagnosis = diagnose_all([refused(basic(b"B", b"e"), agent=RUBY)], b"key")[0].diagnosis
    assert diagnosis is not None
    told = [(each.cause, each.nested_under) for each in diagnosis.findings]
    assert told[:2] == [("bearer-malformed", None), ("username-not-a-sid", "bearer-malformed")]


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(basic(b"B", b"e")), id="another-client"),
        pytest.param(refused(basic(b"B", b"x"), agent=RUBY), id="another-pair"),
        pytest.param(refused(GOOD, agent=RUBY), id="a-whole-pair"),
    ],
)
def test_other_pairs_are_no_tokens(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), RuledOut)


def test_a_key_of_a_gateway_is_no_jwt_by_right() -> None:
    found = stands(refused(b"Bearer key-of-the-gateway", host="gateway.example"))
    assert found.verdict is LIKELY


def test_a_key_that_the_gateway_replaced_is_not_what_twilio_refused() -> None:
    one = b"RQ" + b"1" * 32
    front = refused(b"Bearer key-of-the-gateway", host="gateway.example", request_id=one)
    diagnosis = diagnose_all([front, refused(GOOD, at=0.02, request_id=one)], b"key")[0].diagnosis
    assert diagnosis is not None
    assert "replaced on the way" in dict(diagnosis.ruled_out)["bearer-malformed"]
