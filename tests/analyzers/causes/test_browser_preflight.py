"""browser-preflight: what only a browser sends, and the servers, SDKs and pages of Twilio's own that come near it."""

from dataclasses import replace

import pytest
from judging import checked, judge, standing, texts, word

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.case import case_of
from analyzers.causes.browser_preflight import RULE
from analyzers.exchange import Exchange, Fidelity, Headers, Response
from analyzers.findings import RuledOut, Stands

CHROME = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
FIREFOX = b"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ORIGIN = (b"Origin", b"http://localhost:3000")
CORS = (b"Sec-Fetch-Mode", b"cors")
ACROSS = (b"Sec-Fetch-Site", b"cross-site")
VIA = (b"Via", b"1.1 dev-server")
FORWARDED = (b"X-Forwarded-For", b"192.0.2.9")
FOREIGN = Response(status=403, headers=((b"Server", b"squid"),))
ASKS = (b"Access-Control-Request-Method", b"POST")
ASKS_FOR = (b"Access-Control-Request-Headers", b"authorization,content-type")


def preflight(*extra: tuple[bytes, bytes], agent: bytes = CHROME, fidelity: Fidelity = Fidelity.FULL) -> Exchange:
    headers: Headers = (ORIGIN, ASKS, *extra)
    return refused(None, method="OPTIONS", agent=agent, extra=headers, fidelity=fidelity)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(preflight(), id="preflight"),
        pytest.param(preflight(ASKS_FOR, agent=FIREFOX), id="preflight-of-firefox"),
        pytest.param(preflight(agent=b""), id="preflight-without-agent"),
        pytest.param(preflight(fidelity=Fidelity.DOUBTFUL), id="preflight-in-a-doubtful-export"),
        pytest.param(preflight(fidelity=Fidelity.SANITIZED), id="preflight-in-a-sanitized-export"),
        pytest.param(refused(None, agent=CHROME, extra=(ORIGIN, CORS)), id="simple-request"),
        pytest.param(refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS)), id="with-credentials"),
        pytest.param(refused(GOOD, agent=b"my-app", extra=(ORIGIN, CORS, ACROSS)), id="with-another-agent"),
        pytest.param(refused(GOOD, agent=b"Mozilla/5.0 (new)", extra=(ORIGIN, CORS)), id="browser-that-nobody-knows"),
        pytest.param(
            refused(GOOD, agent=b"twilio-node/6.0.2 (linux x64) node/v20", extra=(ORIGIN, CORS, ACROSS)),
            id="library-bundled",
        ),
    ],
)
def test_confirmed(exchange: Exchange) -> None:
    assert word(judge(RULE, exchange)) == "confirmed"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD, agent=CHROME, extra=(ORIGIN,)), id="old-browser"),
        pytest.param(
            refused(None, agent=CHROME, extra=(ORIGIN, (b"Sec-Fetch-Mode", b"navigate"))), id="form-of-a-page"
        ),
        pytest.param(refused(None, agent=b"", extra=(ORIGIN, (b"Sec-Fetch-Mode", b"no-cors"))), id="nameless-page"),
        pytest.param(refused(GOOD, agent=b"my-app/1.0", extra=(ORIGIN, CORS)), id="fetch-of-node-under-another-name"),
        pytest.param(refused(GOOD, agent=b"Deno/2.1.0", extra=(ORIGIN, CORS)), id="fetch-of-deno"),
        pytest.param(refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS, ACROSS, VIA)), id="passed-on-by-a-server"),
        pytest.param(refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS, FORWARDED)), id="passed-on-with-an-address"),
        pytest.param(refused(None, agent=CHROME, extra=(ORIGIN, CORS, ACROSS), answer=FOREIGN), id="by-another"),
        pytest.param(preflight(VIA), id="preflight-through-a-hop"),
        pytest.param(replace(preflight(), response=FOREIGN), id="preflight-refused-by-another"),
    ],
)
def test_likely(exchange: Exchange) -> None:
    assert word(judge(RULE, exchange)) == "likely"


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None, method="OPTIONS", agent=b"curl/8.14.1"), "ruled-out", id="options-by-curl"),
        pytest.param(refused(None, method="OPTIONS", extra=(ORIGIN,)), "unknown", id="options-with-origin"),
        pytest.param(refused(None, extra=(ASKS,)), "ruled-out", id="the-header-on-a-post"),
        pytest.param(refused(GOOD, extra=(ORIGIN,)), "unknown", id="origin-of-a-server"),
        pytest.param(refused(GOOD, agent=b"node", extra=(CORS,)), "ruled-out", id="fetch-of-node"),
        pytest.param(refused(GOOD, agent=b"node", extra=(ORIGIN, CORS)), "unknown", id="fetch-of-node-with-origin"),
        pytest.param(refused(None, agent=CHROME), "ruled-out", id="browser-without-origin"),
        pytest.param(
            refused(None, agent=CHROME, extra=(ORIGIN, CORS, (b"X-Twilio-Token", b"eyJ.e30.x")), code=20107),
            "unknown",
            id="voice-sdk",
        ),
        pytest.param(
            preflight((b"Access-Control-Request-Headers", b"X-Twilio-Token")), "unknown", id="preflight-of-sdk"
        ),
        pytest.param(
            refused(None, agent=CHROME, host="ecs.us1.twilio.com", path=b"/v1/x", extra=(ORIGIN, CORS)),
            "unknown",
            id="host-of-an-sdk",
        ),
        pytest.param(
            refused(GOOD, agent=CHROME, extra=((b"Origin", b"https://flex.twilio.com"), CORS)),
            "unknown",
            id="twilio-own-page",
        ),
        pytest.param(replace(preflight(), response=None), "unknown", id="no-answer"),
        pytest.param(replace(preflight(), response=Response(status=407, headers=())), "unknown", id="proxy-challenge"),
    ],
)
def test_near_misses(exchange: Exchange, expected: str) -> None:
    assert word(checked(RULE, case_of(exchange))) == expected


def test_good_credentials_behind_a_gate_are_no_matter_of_the_browser() -> None:
    text = "This feature is not available on a Trial account. Please upgrade your account to gain access."
    found = standing(refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS), message=text))
    assert next(iter(found)) == "feature-gate"
    assert "browser-preflight" not in found


def test_a_pair_that_worked_in_the_browser_is_no_matter_of_the_browser() -> None:
    first = accepted(GOOD, agent=CHROME, extra=(ORIGIN, CORS))
    assert word(judge(RULE, first, refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS), at=60))) == "ruled-out"


def test_it_leads_and_explains_the_missing_header() -> None:
    assert standing(preflight(ASKS_FOR)) == {
        "browser-preflight": ("confirmed", None),
        "no-authorization": ("confirmed", "browser-preflight"),
    }


def test_a_fault_of_the_pair_is_told_beside_it() -> None:
    found = standing(refused(basic(SID, TOKEN + b"\n"), agent=CHROME, extra=(ORIGIN, CORS)))
    assert found["stray-characters"] == ("confirmed", None)


def test_media_that_a_script_fetches_is_one_matter() -> None:
    path = b"/2010-04-01/Accounts/%s/Recordings/RE%s.mp3" % (SID, b"5" * 32)
    found = standing(refused(None, method="GET", path=path, agent=CHROME, extra=(ORIGIN, CORS)))
    assert found["media-url-without-auth"] == ("confirmed", "browser-preflight")


@pytest.mark.parametrize(
    ("exchange", "replace_it"),
    [
        pytest.param(refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS)), True, id="sent"),
        pytest.param(preflight(ASKS_FOR), True, id="announced"),
        pytest.param(preflight(), False, id="not-there"),
    ],
)
def test_a_secret_that_a_page_holds_is_to_be_replaced(exchange: Exchange, *, replace_it: bool) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert any(step.startswith("Replace the secret") for step in found.fix) is replace_it
    assert TOKEN.decode() not in texts(found)


@pytest.mark.parametrize("site", [b"same-origin", b"same-site", b"Same-Origin "])
def test_a_development_server_that_passes_headers_on_is_no_page(site: bytes) -> None:
    """Vite, webpack and their like forward all that the browser sent to them, and add the credentials themselves."""
    exchange = refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS, (b"Sec-Fetch-Site", site)))
    assert word(judge(RULE, exchange)) == "ruled-out"
    assert next(iter(standing(exchange))) == "pair-refused"


@pytest.mark.parametrize(
    ("exchange", "marks", "with_credentials"),
    [
        pytest.param(preflight(), ["OPTIONS with Access-Control-Request-Method"], False, id="preflight"),
        pytest.param(
            refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS)), ["Origin", "Sec-Fetch-Mode: cors"], True, id="script"
        ),
        pytest.param(
            refused(None, agent=CHROME, extra=(ORIGIN, CORS)), ["Origin", "Sec-Fetch-Mode: cors"], False, id="simple"
        ),
        pytest.param(
            refused(None, agent=CHROME, extra=(ORIGIN, (b"Sec-Fetch-Mode", b"navigate"))),
            ["Origin", "Sec-Fetch-Mode"],
            False,
            id="form-of-a-page",
        ),
        pytest.param(
            refused(GOOD, agent=CHROME, extra=(ORIGIN,)), ["Origin", "User-Agent of a browser"], True, id="old-browser"
        ),
    ],
)
def test_the_marks_are_told(exchange: Exchange, marks: list[str], *, with_credentials: bool) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert [(each.where, each.says) for each in found.evidence] == [("request.headers", mark) for mark in marks]
    assert ("with credentials:" in found.says) is with_credentials
    assert with_credentials or "browser:" in found.says or "request:" in found.says


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        pytest.param(b"https://console.twilio.com", "unknown", id="the-console"),
        pytest.param(b"https://console.twilio.com.example.org", "confirmed", id="a-name-that-begins-so"),
        pytest.param(b"https://mytwilio.com", "confirmed", id="a-name-that-ends-so"),
        pytest.param(b"flex.twilio.com", "confirmed", id="no-scheme-is-no-origin"),
        pytest.param(b"null", "confirmed", id="a-file"),
        pytest.param(b"", "confirmed", id="empty"),
    ],
)
def test_whose_page_it_is(origin: bytes, expected: str) -> None:
    assert word(judge(RULE, refused(GOOD, agent=CHROME, extra=((b"Origin", origin), CORS)))) == expected


def test_a_gateway_is_called_from_a_page_too() -> None:
    assert word(judge(RULE, refused(GOOD, agent=CHROME, host="gateway.example", extra=(ORIGIN, CORS)))) == "confirmed"


def test_a_pair_that_worked_says_why_it_is_ruled_out() -> None:
    exchange = refused(GOOD, agent=CHROME, extra=(ORIGIN, CORS))
    found = judge(RULE, accepted(GOOD, agent=CHROME), exchange)
    assert isinstance(found, RuledOut)
    assert "accepted" in found.because
