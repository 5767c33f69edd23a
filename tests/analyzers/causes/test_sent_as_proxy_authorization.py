"""sent-as-proxy-authorization: Twilio's pair there and none in Authorization; a proxy's own login is nobody's fault."""

from dataclasses import replace

import pytest
from judging import checked, judge, standing, texts, word

from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic, refused, twilio_answer
from analyzers.case import case_of
from analyzers.causes.sent_as_proxy_authorization import RULE
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Stands

NAME = b"Proxy-Authorization"
FOREIGN = Response(status=407, headers=((b"Server", b"squid"),))


def sent(value: bytes, name: bytes = NAME, agent: bytes = b"python-requests/2.34.2") -> Exchange:
    return refused(None, extra=((name, value),), agent=agent)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(sent(GOOD), id="pair"),
        pytest.param(sent(basic(KEY, KEY_SECRET)), id="key"),
        pytest.param(sent(GOOD, b"proxy-authorization"), id="lower-case-name"),
        pytest.param(sent(basic(TOKEN, SID)), id="swapped"),
        pytest.param(sent(basic(SID, b"short")), id="odd-secret"),
        pytest.param(sent(basic(SID + b"\n", TOKEN)), id="stray"),
        pytest.param(sent(GOOD[6:]), id="without-scheme"),
        pytest.param(
            refused(None, extra=((NAME, basic(b"alice", b"pw")), (NAME, GOOD))), id="second-line-after-a-login"
        ),
    ],
)
def test_confirmed(exchange: Exchange) -> None:
    found = judge(RULE, exchange)
    assert (word(found), TOKEN.decode() in texts(found)) == ("confirmed", False)


def test_the_surest_of_several_lines_counts() -> None:
    lines = ((NAME, basic(SID[:-1], TOKEN)), (NAME, GOOD))
    assert word(judge(RULE, refused(None, extra=lines))) == "confirmed"


def test_the_second_line_counts_only_with_a_pair_of_twilio() -> None:
    lines = ((NAME, basic(b"alice", b"pw")), (NAME, basic(b"bob", b"pw")))
    assert word(judge(RULE, refused(None, extra=lines))) == "unknown"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(sent(basic(SID[:-1], TOKEN)), id="sid-one-short"),
        pytest.param(replace(sent(GOOD), fidelity=Fidelity.DOUBTFUL), id="doubtful-export"),
        pytest.param(
            refused(None, extra=((NAME, GOOD),), answer=twilio_answer(404, 20404, "Not found")), id="not-found"
        ),
        pytest.param(refused(None, extra=((NAME, GOOD),), host="gateway.example"), id="at-a-gateway"),
    ],
)
def test_likely(exchange: Exchange) -> None:
    assert word(checked(RULE, case_of(exchange))) == "likely"


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(sent(basic(b"alice", b"s3cret-of-the-proxy")), "unknown", id="login-of-a-proxy"),
        pytest.param(sent(basic(TOKEN, KEY_SECRET)), "unknown", id="login-of-32-hex-digits"),
        pytest.param(sent(basic(b"AC-proxy", b"secret")), "unknown", id="login-that-begins-like-a-sid"),
        pytest.param(sent(basic(SID[:-1], b"secret")), "unknown", id="nearly-a-sid-with-a-word"),
        pytest.param(sent(basic(b"MG" + OTHER_SID[2:], TOKEN)), "unknown", id="sid-of-another-kind"),
        pytest.param(sent(b"Negotiate YII="), "unknown", id="negotiate"),
        pytest.param(sent(b"Bearer " + TOKEN), "unknown", id="bearer"),
        pytest.param(sent(b""), "unknown", id="empty"),
        pytest.param(sent(b"\xff" * 100_000), "unknown", id="nonsense"),
        pytest.param(refused(None), "ruled-out", id="no-header"),
        pytest.param(refused(GOOD, extra=((NAME, GOOD),)), "ruled-out", id="both"),
        pytest.param(refused(b"", extra=((NAME, GOOD),)), "ruled-out", id="authorization-empty"),
        pytest.param(
            refused(None, extra=((NAME, GOOD),), host="oauth.twilio.com", path=b"/v2/token"), "ruled-out", id="token"
        ),
        pytest.param(replace(sent(GOOD), fidelity=Fidelity.SANITIZED), "unknown", id="sanitized"),
        pytest.param(refused(None, extra=((NAME, GOOD),), answer=FOREIGN), "unknown", id="proxy-challenge"),
        pytest.param(replace(sent(GOOD), response=None), "unknown", id="no-answer"),
    ],
)
def test_near_misses(exchange: Exchange, expected: str) -> None:
    assert word(checked(RULE, case_of(exchange))) == expected


def test_it_leads_and_explains_the_missing_header() -> None:
    assert standing(sent(GOOD)) == {
        "sent-as-proxy-authorization": ("confirmed", None),
        "no-authorization": ("confirmed", "sent-as-proxy-authorization"),
    }


def test_a_hop_before_us_is_not_blamed_as_well() -> None:
    found = standing(refused(None, extra=((NAME, GOOD), (b"Via", b"1.1 gw"))))
    assert found["stripped-by-intermediary"] == ("possible", None)
    assert next(iter(found)) == "sent-as-proxy-authorization"


def test_behind_a_proxy_that_asks_for_its_own_login_that_one_leads() -> None:
    found = standing(refused(None, extra=((NAME, GOOD),), answer=FOREIGN))
    assert list(found) == ["answer-not-from-twilio"]


@pytest.mark.parametrize(
    ("value", "agent", "expected"),
    [
        (GOOD, b"curl/8.14.1", "curl -u"),
        (basic(KEY, KEY_SECRET), b"twilio-php/8.12.0 (Linux) PHP/8.3", "new Client($apiKeySid, $apiKeySecret"),
    ],
    ids=["pair", "key"],
)
def test_the_fix_is_that_of_the_client(value: bytes, agent: bytes, expected: str) -> None:
    found = judge(RULE, sent(value, agent=agent))
    assert isinstance(found, Stands)
    assert expected in found.fix[0]


PHP = b"twilio-php/8.12.0 (Linux) PHP/8.3"


@pytest.mark.parametrize(
    ("value", "told", "call"),
    [
        pytest.param(GOOD, "an Account SID", "new Client($accountSid, $authToken)", id="pair"),
        pytest.param(basic(KEY, KEY_SECRET), "an API key SID", "new Client($apiKeySid, $apiKeySecret", id="key"),
        pytest.param(basic(TOKEN, SID), "a SID, the halves swapped", "new Client($accountSid", id="swapped"),
        pytest.param(basic(KEY_SECRET, KEY), "a SID, the halves swapped", "new Client($apiKeySid", id="key-swapped"),
        pytest.param(basic(SID[:-1], TOKEN), "what is nearly a SID", "new Client($accountSid", id="nearly"),
        pytest.param(basic(KEY[:-1], KEY_SECRET), "what is nearly a SID", "new Client(", id="nearly-a-key"),
    ],
)
def test_what_the_pair_holds_is_told(value: bytes, told: str, call: str) -> None:
    found = judge(RULE, sent(value, agent=PHP))
    assert isinstance(found, Stands)
    assert [(each.where, each.says) for each in found.evidence] == [
        ("request.headers", f"Proxy-Authorization holds a pair with {told}"),
        ("request.headers", "no Authorization header"),
    ]
    assert call in found.fix[0]
