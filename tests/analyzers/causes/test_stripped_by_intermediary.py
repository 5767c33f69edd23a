"""stripped-by-intermediary: proven by two recordings of a request, likely by marks of a hop if nothing is nearer."""

from dataclasses import replace

import pytest
from judging import checked, diagnoses, finding_of, judge, judged, live, standing, texts, word

from analyzers.bearing import Bearing, Tap
from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    SID,
    TEXT_NO_CREDENTIALS,
    TEXT_REFUSED,
    TOKEN,
    basic,
    redirected,
    refused,
)
from analyzers.case import case_of
from analyzers.causes.stripped_by_intermediary import RULE
from analyzers.exchange import Exchange, Fidelity, Headers, Response
from analyzers.findings import Stands

GATEWAY = "twilio.gateway.example"
NODE = b"twilio-node/6.0.2 (linux x64) node/v22.23.3"
PYTHON = b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7"
VIA: Headers = ((b"Via", b"1.1 proxy.example (squid/6.10)"),)
ONE = b"RQ" + b"1" * 32
FOREIGN = Response(status=401, headers=((b"Server", b"nginx"),), body=b"<html></html>")
RECORDING = b"/2010-04-01/Accounts/%s/Recordings/RE%s" % (SID, b"5" * 32)
LOST = TEXT_NO_CREDENTIALS


def tap(*, had: bool, client_side: bool, certain: bool = True, same: bool = False, host: str = GATEWAY) -> Tap:
    return Tap(
        index=3,
        host=host,
        had_authorization=had,
        same_value=same,
        had_pair=had,
        client_side=client_side,
        certain=certain,
    )


def beside(*taps: Tap) -> Bearing:
    return Bearing(taps=taps)


BEFORE = tap(had=True, client_side=True)
BEHIND = tap(had=False, client_side=False, host="api.twilio.com")


@pytest.mark.parametrize(
    ("exchange", "found", "expected"),
    [
        pytest.param(refused(None), BEFORE, "confirmed", id="had-it-before"),
        pytest.param(refused(None), replace(BEFORE, certain=False), "likely", id="had-it-before-by-time"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), BEFORE, "likely", id="doubtful-export"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), BEFORE, "unknown", id="sanitized-export"),
        pytest.param(refused(None), replace(BEFORE, had_pair=False), "confirmed", id="had-a-bearer-before"),
        pytest.param(refused(GOOD, host=GATEWAY), BEHIND, "confirmed", id="none-behind"),
        pytest.param(refused(GOOD, host=GATEWAY), replace(BEHIND, certain=False), "likely", id="none-behind-by-time"),
        pytest.param(refused(b"Bearer x.y.z", host=GATEWAY), BEHIND, "confirmed", id="bearer-none-behind"),
        pytest.param(refused(GOOD), tap(had=True, client_side=False), "ruled-out", id="kept-behind"),
        pytest.param(refused(GOOD), tap(had=False, client_side=True), "ruled-out", id="added-by-the-gateway"),
        pytest.param(refused(None), tap(had=False, client_side=True, same=True), "ruled-out", id="never-had-it"),
        pytest.param(
            refused(None), tap(had=False, client_side=True, same=True, certain=False), "unknown", id="perhaps-never"
        ),
        pytest.param(refused(None), tap(had=True, client_side=False), "ruled-out", id="added-behind"),
    ],
)
def test_two_recordings(exchange: Exchange, found: Tap, expected: str) -> None:
    assert word(judged(RULE, exchange, beside(found))) == expected


def test_the_certain_one_of_several_counts() -> None:
    found = judged(RULE, refused(None), beside(replace(BEFORE, certain=False, index=1), BEFORE))
    assert isinstance(found, Stands)
    assert (word(found), found.evidence[0].index) == ("confirmed", 3)


def through_gateway() -> tuple[Exchange, Exchange]:
    return (
        refused(GOOD, host=GATEWAY, request_id=ONE, message=LOST),
        refused(None, at=0.02, request_id=ONE, message=LOST),
    )


def test_both_sides_are_told_the_same() -> None:
    outside, inside = through_gateway()
    for order in ((outside, inside), (inside, outside)):
        found = [finding_of(RULE, each) for each in diagnoses(order).values()]
        assert [each.verdict.value if each else "" for each in found] == ["confirmed", "confirmed"]
        assert all(each and GATEWAY in each.fix[0] for each in found)


def test_a_live_capture_comes_to_the_same_in_either_order() -> None:
    outside, inside = through_gateway()
    for order in ((outside, inside), (inside, outside)):
        found = [finding_of(RULE, each) for each in live(order).values()]
        assert [each.verdict.value if each else "" for each in found] == ["confirmed", "confirmed"]


def test_without_a_common_request_id_times_make_it_likely() -> None:
    outside, inside = through_gateway()
    if outside.response is None or inside.response is None or inside.finished_at is None:
        raise AssertionError
    bare = [item for item in outside.response.headers if item[0] != b"Twilio-Request-Id"]
    outside = replace(
        outside,
        response=replace(outside.response, headers=tuple(bare)),
        finished_at=inside.finished_at + 0.1,
    )
    assert standing(outside, inside)["stripped-by-intermediary"] == ("likely", None)


def test_two_requests_of_different_clients_are_not_two_recordings() -> None:
    found = standing(refused(GOOD, host=GATEWAY), refused(None, at=0.02))
    assert "stripped-by-intermediary" not in found


@pytest.mark.parametrize(
    "name", [b"X-Amzn-Remapped-Authorization", b"X-Original-Authorization", b"x-forwarded-authorization"]
)
@pytest.mark.parametrize("value", [GOOD, b"Bearer x.y.z", b"REDACTED"], ids=["pair", "bearer", "masked"])
@pytest.mark.parametrize("fidelity", [Fidelity.FULL, Fidelity.DOUBTFUL])
def test_a_header_that_keeps_the_value_is_likely(name: bytes, value: bytes, fidelity: Fidelity) -> None:
    found = judge(RULE, refused(None, extra=((name, value),), fidelity=fidelity))
    assert isinstance(found, Stands)
    assert word(found) == "likely"
    assert name.decode().title() in found.says
    assert TOKEN.decode() not in texts(found)


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None, extra=((b"X-Original-Authorization", b""),)), "unknown", id="kept-empty"),
        pytest.param(refused(GOOD, extra=((b"X-Original-Authorization", GOOD),)), "ruled-out", id="kept-and-passed-on"),
        pytest.param(refused(None, extra=VIA), "likely", id="via"),
        pytest.param(refused(None, extra=((b"Forwarded", b"for=192.0.2.1"),)), "likely", id="forwarded"),
        pytest.param(refused(None, extra=((b"x-forwarded-for", b"192.0.2.1"),)), "likely", id="x-forwarded-for"),
        pytest.param(refused(None, extra=VIA, agent=NODE), "likely", id="via-with-a-library-that-raises"),
        pytest.param(refused(None, agent=NODE), "possible", id="library-that-raises"),
        pytest.param(refused(None, agent=NODE, fidelity=Fidelity.DOUBTFUL), "unknown", id="library-in-an-export"),
        pytest.param(refused(None, extra=VIA, agent=PYTHON), "possible", id="via-with-a-silent-library"),
        pytest.param(refused(None, extra=VIA, agent=b"Wget/1.21.3"), "possible", id="via-with-a-waiting-client"),
        pytest.param(refused(None, extra=VIA, agent=b"okhttp/4.12.0"), "likely", id="via-with-one-that-may-wait"),
        pytest.param(refused(None, extra=VIA, path=MESSAGES % b"None"), "possible", id="via-without-account"),
        pytest.param(refused(None, extra=VIA, method="OPTIONS"), "possible", id="via-on-a-preflight"),
        pytest.param(
            refused(None, extra=(*VIA, (b"Sec-Fetch-Mode", b"navigate"))), "possible", id="via-with-a-browser"
        ),
        pytest.param(refused(None, extra=VIA, method="GET", path=RECORDING), "possible", id="via-for-media"),
        pytest.param(refused(None, extra=(*VIA, (b"Authorisation", GOOD))), "possible", id="via-and-misspelt"),
        pytest.param(
            refused(None, extra=VIA, body=b"sid=%s&token=%s" % (SID, TOKEN)), "possible", id="via-and-in-the-body"
        ),
        pytest.param(refused(None, extra=VIA, fidelity=Fidelity.DOUBTFUL), "possible", id="via-in-an-export"),
        pytest.param(refused(None), "unknown", id="no-mark"),
        pytest.param(refused(None, agent=PYTHON), "unknown", id="silent-library"),
        pytest.param(refused(None, extra=((b"X-Forward", b"1"), (b"Viaduct", b"1"))), "unknown", id="other-names"),
        pytest.param(refused(None, extra=VIA, fidelity=Fidelity.SANITIZED), "unknown", id="via-sanitized"),
        pytest.param(refused(None, extra=VIA, answer=FOREIGN), "unknown", id="another-answered"),
        pytest.param(
            refused(None, extra=VIA, host="oauth.twilio.com", path=b"/v2/token"), "ruled-out", id="token-endpoint"
        ),
        pytest.param(replace(refused(None, extra=VIA), response=None), "unknown", id="no-answer"),
    ],
)
def test_marks_of_a_hop(exchange: Exchange, expected: str) -> None:
    assert word(checked(RULE, case_of(exchange))) == expected


@pytest.mark.parametrize(
    ("value", "message", "expected"),
    [
        pytest.param(GOOD, LOST, "likely", id="pair"),
        pytest.param(basic(KEY, KEY_SECRET), LOST, "likely", id="key"),
        pytest.param(GOOD, TEXT_REFUSED, "ruled-out", id="other-text"),
        pytest.param(basic(SID, b""), LOST, "unknown", id="no-password"),
        pytest.param(basic(SID, b"None"), LOST, "unknown", id="unset-password"),
        pytest.param(basic(b"alice", TOKEN), LOST, "unknown", id="no-sid"),
        pytest.param(GOOD[:-1], LOST, "unknown", id="padding-missing"),
        pytest.param(b"", LOST, "unknown", id="empty"),
        pytest.param(b"Bearer x.y.z", LOST, "unknown", id="bearer"),
    ],
)
def test_a_whole_pair_that_twilio_never_saw(value: bytes, message: str, expected: str) -> None:
    assert word(judge(RULE, refused(value, message=message))) == expected


def test_the_maker_of_the_certificate_is_named() -> None:
    exchange = replace(refused(GOOD, message=LOST), tls_issuer="Corp Root\x1b[31m CA")
    told = texts(judge(RULE, exchange))
    assert "a certificate of Corp Root" in told
    assert "\x1b" not in told


def test_a_lost_pair_leads_over_the_residual_cause() -> None:
    found = standing(refused(GOOD, message=LOST))
    assert next(iter(found)) == "stripped-by-intermediary"
    assert found["pair-refused"][0] == "possible"


def test_it_leads_and_explains_the_missing_header() -> None:
    found = standing(refused(None, extra=((b"X-Amzn-Remapped-Authorization", GOOD),)))
    assert found == {
        "stripped-by-intermediary": ("likely", None),
        "no-authorization": ("confirmed", "stripped-by-intermediary"),
    }


def test_unset_variables_lead_over_a_hop() -> None:
    found = standing(refused(None, extra=VIA, agent=PYTHON, path=MESSAGES % b"None"))
    assert next(iter(found)) == "unset-credentials"
    assert found["stripped-by-intermediary"] == ("possible", None)


def test_a_redirect_that_lost_it_leads_over_a_hop() -> None:
    first = redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, 301, scheme="http")
    found = standing(first, refused(None, extra=VIA, at=0.2))
    assert next(iter(found)) == "stripped-on-redirect"
    assert found["stripped-by-intermediary"] == ("possible", None)


def test_dotnet_is_told_about_its_proxy() -> None:
    found = judge(RULE, refused(None, extra=VIA, agent=b"twilio-csharp/7.14.3 (Unix x64) .NET/8.0.1"))
    assert "useDefaultCredentials" in texts(found)


def test_a_header_that_only_begins_like_a_mark_is_not_quoted() -> None:
    found = judge(RULE, refused(None, extra=((b"X-Forwarded-Quokka-Bramble", b"1"),)))
    assert word(found) == "likely"
    assert "an X-Forwarded header" in texts(found)
    assert "uokka" not in texts(found)


@pytest.mark.parametrize(("had_pair", "told"), [(True, False), (False, True)], ids=["a-pair", "a-login-there"])
def test_a_gateway_with_a_login_of_its_own_is_told_another_way(*, had_pair: bool, told: bool) -> None:
    found = judged(RULE, refused(None), beside(replace(BEFORE, had_pair=had_pair)))
    assert word(found) == "confirmed"
    assert ("put in credentials of its own" in texts(found)) is told


HERE, NEARER = "this recording", "the recording nearer to the application"


@pytest.mark.parametrize(
    ("exchange", "found", "says", "evidence"),
    [
        pytest.param(
            refused(None),
            BEFORE,
            f"{NEARER} had it, the one nearer to Twilio has none",
            ["with the same Twilio-Request-Id", "no Authorization header"],
            id="had-it-before",
        ),
        pytest.param(
            refused(None),
            replace(BEFORE, certain=False),
            f"{NEARER} had it, the one nearer to Twilio has none",
            ["with the same path and answer at the same time", "no Authorization header"],
            id="had-it-before-by-time",
        ),
        pytest.param(
            refused(GOOD, host=GATEWAY),
            BEHIND,
            f"{HERE} has it, the one nearer to Twilio had none",
            ["with the same Twilio-Request-Id", "an Authorization header"],
            id="none-behind",
        ),
    ],
)
def test_what_two_recordings_show_is_told(exchange: Exchange, found: Tap, says: str, evidence: list[str]) -> None:
    outcome = judged(RULE, exchange, beside(found))
    assert isinstance(outcome, Stands)
    assert outcome.says.endswith(says)
    assert [each.where for each in outcome.evidence] == ["history", "request.headers"]
    assert all(each.says.endswith(said) for each, said in zip(outcome.evidence, evidence, strict=True))
    assert GATEWAY in outcome.fix[0]


@pytest.mark.parametrize("order", [1, -1], ids=["certain-last", "certain-first"])
def test_the_certain_one_of_several_behind_counts(order: int) -> None:
    taps = (replace(BEHIND, certain=False, index=1), BEHIND)[::order]
    found = judged(RULE, refused(GOOD, host=GATEWAY), beside(*taps))
    assert isinstance(found, Stands)
    assert (word(found), found.evidence[0].index) == ("confirmed", 3)


@pytest.mark.parametrize(
    ("value", "told"), [(GOOD, False), (b"Bearer x.y.z", True)], ids=["a-pair-of-twilio", "a-login-of-the-gateway"]
)
def test_a_login_that_was_meant_for_the_gateway_may_be_replaced_there(value: bytes, *, told: bool) -> None:
    found = judged(RULE, refused(value, host=GATEWAY), beside(BEHIND))
    assert ("put in credentials of its own" in texts(found)) is told


@pytest.mark.parametrize(
    ("issuer", "told"),
    [
        pytest.param(None, "a whole pair", id="not-recorded"),
        pytest.param("Corp CA", "a whole pair, over TLS with a certificate of Corp CA", id="recorded"),
        pytest.param(
            "Corp hunter2-x CA", "a whole pair, over TLS with a certificate of Corp <9 characters> CA", id="secret"
        ),
    ],
)
def test_a_whole_pair_is_told_with_the_issuer_and_never_shown(issuer: str | None, told: str) -> None:
    exchange = replace(refused(basic(SID, b"hunter2-x"), message=LOST), tls_issuer=issuer)
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert [(each.where, each.says) for each in found.evidence] == [
        ("request.header.authorization", told),
        ("response.body.message", "the text says that no credentials were provided"),
    ]


RAISES = "twilio-node raises an error"


@pytest.mark.parametrize(
    ("exchange", "may", "reason", "evidence"),
    [
        pytest.param(
            refused(None, agent=NODE), "may have", "twilio-node never leaves it out", ["no Auth", RAISES], id="library"
        ),
        pytest.param(
            refused(None, extra=VIA), "seems to have", "through a proxy or gateway", ["no Auth", "Via"], id="hop"
        ),
        pytest.param(
            refused(None, extra=VIA, agent=NODE),
            "seems to have",
            "through a proxy or gateway",
            ["no Auth", "Via", RAISES],
            id="both",
        ),
        pytest.param(
            refused(None, extra=VIA, agent=PYTHON), "may have", "through a proxy", ["no Auth", "Via"], id="silent"
        ),
    ],
)
def test_what_a_hop_leaves_is_told(exchange: Exchange, may: str, reason: str, evidence: list[str]) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert found.says.startswith(f"Something on the way {may} removed Authorization")
    assert reason in found.says
    assert len(found.evidence) == len(evidence)
    assert {each.where for each in found.evidence} == {"request.headers"}
    assert all(said in each.says for each, said in zip(found.evidence, evidence, strict=True))


def test_a_kept_value_is_sent_on_or_the_gateway_is_passed_by() -> None:
    found = judge(RULE, refused(None, extra=((b"X-Original-Authorization", GOOD),)))
    assert isinstance(found, Stands)
    assert len(found.fix) == 2
    assert found.fix[0] == "Let the gateway send the value of X-Original-Authorization as Authorization"
    assert "NO_PROXY" in found.fix[1]


def test_a_secret_beside_the_account_in_the_path_is_another_reason() -> None:
    path = b"/2010-04-01/Accounts/%s/Messages.json?AuthToken=%s" % (SID, TOKEN)
    assert word(checked(RULE, case_of(refused(None, extra=VIA, path=path)))) == "possible"
