"""client-validation-failed: its codes, the faults of its token, and who changed the signed request."""

import re
from dataclasses import replace

import pytest

from analyzers.bearing import Bearing, Tap
from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TIME, accepted, basic, refused
from analyzers.building_tokens import client_token, make_jwt, validation_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import client_validation_failed
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import HISTORY, Outcome, RuledOut, Stands, Unknown, Verdict

NOW = int(TIME)
CONFIRMED, LIKELY = Verdict.CONFIRMED, Verdict.LIKELY
PAIR = basic(KEY, KEY_SECRET)
CODES = [*range(20151, 20161), 70052, 70053, *range(70153, 70157)]


def sent(
    code: int | None = 70156,
    token: bytes | None = None,
    authorization: bytes | None = PAIR,
    **options: object,
) -> Exchange:
    """A signed request that was refused; without `token` its signature fits."""
    value = validation_token(PAIR) if token is None else token
    return refused(authorization, code=code, extra=((b"Twilio-Client-Validation", value),), **options)  # type: ignore[arg-type]


def judge(exchange: Exchange, bearing: Bearing = Bearing()) -> Outcome:  # noqa: B008 - a frozen value
    return client_validation_failed.check(case_of(exchange, bearing))


def kind(outcome: Outcome) -> Verdict | type[Outcome]:
    return outcome.verdict if isinstance(outcome, Stands) else type(outcome)


def stands(exchange: Exchange, bearing: Bearing = Bearing()) -> Stands:  # noqa: B008 - a frozen value
    found = judge(exchange, bearing)
    assert isinstance(found, Stands)
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is CONFIRMED)
    return found


# --- the codes ---


@pytest.mark.parametrize("code", CODES)
def test_a_code_with_the_header_is_confirmed(code: int) -> None:
    found = stands(sent(code))
    assert found.verdict is CONFIRMED
    assert f"Twilio's code is {code}" in found.evidence[0].says


def test_the_sentence_names_the_header_or_what_only_it_has() -> None:
    own = re.compile("Twilio-Client-Validation|[Pp]ublic [Kk]ey|signed|token signs|behind this recording")
    assert [code for code in CODES if not own.search(stands(sent(code)).says)] == []


def test_every_code_says_something_of_its_own() -> None:
    texts = [stands(sent(code)).says for code in CODES]
    generic = stands(sent(20151)).says
    assert len(set(texts)) == len(CODES) - texts.count(generic) + 1
    assert texts.count(generic) == 2


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(GOOD, code=70052), CONFIRMED, id="demanded"),
        pytest.param(refused(GOOD, code=70053), CONFIRMED, id="not-enabled"),
        pytest.param(refused(None, code=70052, fidelity=Fidelity.SANITIZED), CONFIRMED, id="demanded-sanitised"),
        pytest.param(refused(GOOD, code=70156), LIKELY, id="70156-without-the-header"),
        pytest.param(refused(GOOD, code=70153), LIKELY, id="70153-without-the-header"),
        pytest.param(refused(GOOD, code=20154), RuledOut, id="20154-without-the-header"),
        pytest.param(voice_event(client_token(), 20159), RuledOut, id="20159-of-a-client-token"),
        pytest.param(
            voice_event(client_token(), 20160, fidelity=Fidelity.DOUBTFUL), RuledOut, id="client-token-in-a-har"
        ),
        pytest.param(refused(GOOD, code=20154, fidelity=Fidelity.SANITIZED), Unknown, id="20154-sanitised"),
        pytest.param(refused(GOOD), RuledOut, id="20003-without-the-header"),
        pytest.param(refused(None), RuledOut, id="no-header-at-all"),
        pytest.param(replace(sent(), response=None), Unknown, id="no-answer"),
    ],
)
def test_header_and_code(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    assert kind(judge(exchange)) is expected


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(sent(20003), RuledOut, id="the-hash-fits"),
        pytest.param(sent(20003, body=b"Body=changed"), LIKELY, id="the-hash-does-not"),
        pytest.param(sent(20003, validation_token(PAIR, exp=NOW - 5)), LIKELY, id="expired"),
        pytest.param(sent(None, validation_token(PAIR, iss=SID.decode())), LIKELY, id="issuer-and-no-code"),
        pytest.param(sent(20003, b"abc"), LIKELY, id="no-jwt"),
        pytest.param(sent(401, body=b"Body=changed"), LIKELY, id="bare-status-as-the-code"),
        pytest.param(
            replace(sent(body=b"Body=changed"), response=Response(status=403, headers=((b"Server", b"squid"),))),
            Unknown,
            id="refused-by-another",
        ),
        pytest.param(sent(20005, validation_token(PAIR, exp=NOW - 5), status=403), Unknown, id="another-code"),
        pytest.param(sent(20003, fidelity=Fidelity.SANITIZED), Unknown, id="nothing-to-compare-with"),
    ],
)
def test_other_codes(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    assert kind(judge(exchange)) is expected


# --- the token ---


@pytest.mark.parametrize(
    ("token", "words"),
    [
        pytest.param(b"a.b", "its value is no JWT: 2 dot-separated parts", id="no-jwt"),
        pytest.param(make_jwt({"alg": "RS256", "cty": "twilio-fpa;v=1"}, {}), "cty is not twilio-pkrv;v=1", id="cty"),
        pytest.param(make_jwt({"alg": "HS256", "cty": "twilio-pkrv;v=1"}, {}), "alg is neither", id="alg"),
        pytest.param(make_jwt({"kid": KEY.decode()}, {}), "kid is not the SID of a public key", id="kid"),
        pytest.param(make_jwt({"kid": 5}, {}), "its value is no JWT", id="kid-a-number"),
        pytest.param(validation_token(PAIR, iss=SID.decode()), "iss is the Account SID AC0011…eeff", id="iss"),
        pytest.param(
            validation_token(PAIR, iss="SK" + "0" * 32), "iss is another API key than the username", id="other"
        ),
        pytest.param(validation_token(PAIR, sub=KEY.decode()), "sub is the API key SID", id="sub"),
        pytest.param(validation_token(PAIR, exp=None), "exp is missing", id="no-exp"),
        pytest.param(validation_token(PAIR, exp=NOW - 90), "exp lies 90 seconds before Twilio's Date", id="expired"),
        pytest.param(validation_token(PAIR, exp=NOW + 90000), "exp lies more than 24 hours after", id="too-long"),
        pytest.param(validation_token(PAIR, nbf=NOW + 90), "nbf lies 90 seconds after Twilio's Date", id="nbf"),
        pytest.param(validation_token(PAIR, nbf=NOW + 1), "nbf lies 1 second after Twilio's Date", id="nbf-a-second"),
        pytest.param(validation_token(PAIR, hrh=None), "hrh does not name authorization and host", id="no-hrh"),
        pytest.param(validation_token(PAIR, hrh="host"), "hrh does not name authorization", id="hrh-without-it"),
        pytest.param(validation_token(PAIR, rqh=None), "rqh is no SHA-256 in hex", id="no-rqh"),
        pytest.param(validation_token(PAIR, rqh="f" * 63), "rqh is no SHA-256 in hex", id="rqh-short"),
    ],
)
def test_what_is_wrong_with_the_token_is_evidence(token: bytes, words: str) -> None:
    found = stands(sent(20151, token))
    assert found.verdict is CONFIRMED
    assert any(words in evidence.says for evidence in found.evidence)


def test_no_step_stands_twice() -> None:
    assert len(stands(sent(70156, body=b"x")).fix) == 1
    assert len(stands(sent(20151)).fix) == 2
    assert len(stands(sent(20159)).fix) == 1


def test_a_header_that_the_token_signs_is_missing() -> None:
    found = stands(sent(70155, authorization=None))
    assert any("hrh names authorization, which the request has not" in each.says for each in found.evidence)


def test_a_good_token_shows_no_fault() -> None:
    [code, hashed] = stands(sent(20159)).evidence
    assert "private key does not belong" in code.says
    assert hashed.says == "the signed hash (rqh) fits the request as recorded"


def test_at_its_edges_a_token_is_in_time() -> None:
    for claims in ({"exp": NOW}, {"nbf": NOW}, {"nbf": NOW + 0.5}, {"exp": NOW + 86400}, {"nbf": None}):
        assert len(stands(sent(20159, validation_token(PAIR, **claims))).evidence) == 2


def test_the_date_of_somebody_else_judges_no_time() -> None:
    stranger = Response(status=401, headers=(), body=b'{"code":20159}')
    found = stands(sent(token=validation_token(PAIR, exp=NOW - 90), answer=stranger))
    assert not any("exp lies" in each.says for each in found.evidence)


# --- who changed the request ---


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        pytest.param(sent(body=b"Body=hello"), "The body was added", id="body"),
        pytest.param(sent(path=b"/2010-04-01/Accounts/%s/Messages.json?a=1" % SID), "The query was added", id="query"),
        pytest.param(sent(authorization=basic(KEY, b"other")), "is not the one that was signed", id="authorization"),
        pytest.param(sent(path=b"/2010-04-01/Accounts/%s/Messages.json" % OTHER_SID), "is not the one", id="path"),
        pytest.param(sent(method="GET"), "is not the one that was signed", id="method"),
        pytest.param(sent(host="api.us1.twilio.com"), "is not the one that was signed", id="host"),
        pytest.param(sent(), "was changed behind this recording: here it still fits", id="behind-us"),
        pytest.param(sent(fidelity=Fidelity.DOUBTFUL), "is not the one that was signed", id="not-decided"),
    ],
)
def test_70156_says_what_the_recording_shows(exchange: Exchange, words: str) -> None:
    assert words in stands(exchange).says


@pytest.mark.parametrize("code", [70156, 20154, 70155, 20003])
def test_an_active_proxy_option_is_the_cause(code: int) -> None:
    found = stands(replace(sent(code, body=b"Body=changed"), proxy_options=("modify_body", "stickyauth")))
    assert "An active option of this proxy changes requests (modify_body, stickyauth)" in found.says
    assert "modify_body" in found.fix[0]


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(replace(sent(), proxy_options=("modify_headers",)), id="the-hash-fits-all-the-same"),
        pytest.param(replace(sent(20159, body=b"x"), proxy_options=("modify_headers",)), id="a-code-about-the-key"),
        pytest.param(
            replace(sent(70153, body=b"x"), proxy_options=("modify_headers",)), id="a-code-about-the-public-key"
        ),
        pytest.param(replace(sent(20151, b"a.b"), proxy_options=("modify_headers",)), id="the-token-is-none"),
        pytest.param(sent(body=b"x"), id="no-option"),
    ],
)
def test_the_proxy_is_not_blamed_where_it_is_not_at_fault(exchange: Exchange) -> None:
    assert "proxy" not in stands(exchange).says


def test_what_an_option_is_called_is_not_taken_on_trust() -> None:
    names = ("modify_body", "x" * 41, "two words", "a;b", "c", "d", "e")
    assert "(modify_body, c, d)" in stands(replace(sent(body=b"x"), proxy_options=names)).says


def tap(**changes: bool) -> Tap:
    facts = {"had_authorization": True, "same_value": False, "had_pair": True, "client_side": True, "certain": True}
    return Tap(index=7, host="gateway.example", **{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "seen"),
    [({}, True), ({"same_value": True}, False), ({"client_side": False}, False), ({"certain": False}, False)],
)
def test_another_tap_shows_where_authorization_changed(changes: dict[str, bool], seen: bool) -> None:
    found = stands(sent(authorization=basic(KEY, b"other")), Bearing(taps=(tap(**changes),)))
    assert any(each.where == HISTORY and each.index == 7 for each in found.evidence) is seen


# --- end to end ---


def test_it_leads_alone() -> None:
    found = diagnose_all([accepted(PAIR), sent(body=b"Body=hello", at=1)], b"key")[1].diagnosis
    assert found is not None
    assert not found.crashed
    assert [(each.cause, each.verdict) for each in found.findings] == [("client-validation-failed", CONFIRMED)]


def test_a_late_validation_token_is_no_late_bearer() -> None:
    found = diagnose_all([sent(20156, validation_token(PAIR, exp=NOW - 90))], b"key")[0].diagnosis
    assert found is not None
    assert [each.cause for each in found.findings] == ["client-validation-failed"]


def test_the_same_token_is_judged_anew_at_another_date() -> None:
    first = sent(20151, at=0)
    later = sent(20151, at=0, request_id=b"RQ" + b"1" * 32)
    assert later.response is not None
    headers = tuple(
        (name, b"Tue, 03 Nov 2026 11:24:08 GMT" if name == b"Date" else value) for name, value in later.response.headers
    )
    found = diagnose_all([first, replace(later, response=replace(later.response, headers=headers))], b"key")
    shown = [repr(result.diagnosis) for result in found]
    assert ["exp lies 5 minutes before" in text for text in shown] == [False, True]


def test_nothing_of_the_token_is_shown() -> None:
    token = validation_token(PAIR, iss="alice@example.com")
    shown = repr(diagnose_all([sent(token=token)], b"key"))
    for secret in (token.decode(), "alice@example.com", KEY_SECRET.decode()):
        assert not any(secret[at : at + 8] in shown for at in range(len(secret) - 7))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (20152, "the header of the token in Twilio-Client-Validation is invalid"),
        (20153, "issuer or subject of the token"),
        (70156, "the request is not the one that was signed"),
    ],
)
def test_the_code_is_told_with_its_meaning(code: int, words: str) -> None:
    assert words in stands(sent(code)).evidence[0].says


def test_without_a_code_of_its_own_the_first_fault_of_the_token_is_told() -> None:
    found = stands(sent(20003, b"abc"))
    assert "cannot be accepted: its value is no JWT" in found.says
    assert found.fix[0].startswith("Compare the token")


@pytest.mark.parametrize(
    ("token", "blamed"),
    [
        pytest.param(validation_token(PAIR, exp=NOW - 5), True, id="the-hash-does-not-fit-either"),
        pytest.param(b"a.b", False, id="no-hash-to-compare"),
    ],
)
def test_an_option_explains_the_hash_even_beside_another_fault(token: bytes, *, blamed: bool) -> None:
    found = stands(replace(sent(20151, token, body=b"x"), proxy_options=("modify_body",)))
    assert ("modify_body" in found.says) is blamed


@pytest.mark.parametrize(("length", "shown"), [(40, True), (41, False)])
def test_how_long_the_name_of_an_option_may_be(length: int, *, shown: bool) -> None:
    name = "x" * length
    assert (name in " ".join(stands(replace(sent(body=b"x"), proxy_options=(name,))).fix)) is shown


def test_the_other_tap_is_described() -> None:
    found = stands(sent(authorization=basic(KEY, b"other")), Bearing(taps=(tap(),)))
    assert [each.says for each in found.evidence if each.where == HISTORY] == [
        "the same request, nearer to the client, has another Authorization"
    ]
