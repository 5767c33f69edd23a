"""media-url-without-auth: media and recordings without credentials; lists of them, or a file with them, are not."""

from dataclasses import replace

import pytest
from judging import checked, judge, spots, standing, texts, word

from analyzers.building import GOOD, SID, TOKEN, redirected, refused, twilio_answer
from analyzers.case import case_of
from analyzers.causes.media_url_without_auth import RULE
from analyzers.exchange import Exchange, Fidelity, Headers, Response
from analyzers.findings import RuledOut, Stands

BASE = b"/2010-04-01/Accounts/" + SID
RECORDING = BASE + b"/Recordings/RE" + b"5" * 32
MEDIA = BASE + b"/Messages/MM" + b"6" * 32 + b"/Media/ME" + b"7" * 32
CHROME = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
FOREIGN = Response(status=401, headers=((b"Server", b"nginx"),), body=b"<html></html>")
NAVIGATES: Headers = ((b"Sec-Fetch-Mode", b"navigate"), (b"Sec-Fetch-Dest", b"audio"))


def got(path: bytes, agent: bytes = b"Down/5.4.2", **options: object) -> Exchange:
    return refused(None, method="GET", path=path, agent=agent, **options)  # type: ignore[arg-type] # those of `refused`


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(got(RECORDING), id="recording"),
        pytest.param(got(RECORDING + b".mp3"), id="recording-mp3"),
        pytest.param(got(RECORDING + b".wav?Download=true"), id="recording-wav-query"),
        pytest.param(got(MEDIA), id="media"),
        pytest.param(
            got(b"/v1/Services/IS%s/Media/ME%s" % (b"1" * 32, b"2" * 32), host="mcs.us1.twilio.com"), id="mcs"
        ),
        pytest.param(got(MEDIA, CHROME, extra=NAVIGATES), id="browser"),
        pytest.param(refused(None, method="HEAD", path=MEDIA), id="head"),
    ],
)
def test_confirmed_for_a_file(exchange: Exchange) -> None:
    found = judge(RULE, exchange)
    assert word(found) == "confirmed"
    assert "Leave the protection of media and recordings on" in texts(found)


@pytest.mark.parametrize(
    "exchange", [got(RECORDING + b".json"), got(MEDIA + b".xml")], ids=["recording-json", "media-xml"]
)
def test_confirmed_for_what_is_known_about_a_file(exchange: Exchange) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert (word(found), len(found.fix)) == ("confirmed", 1)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(got(RECORDING, fidelity=Fidelity.DOUBTFUL), id="doubtful-export"),
        pytest.param(got(RECORDING, answer=twilio_answer(404, 20404, "Not found")), id="not-found"),
        pytest.param(got(RECORDING, host="gateway.example"), id="at-a-gateway"),
    ],
)
def test_likely(exchange: Exchange) -> None:
    assert word(checked(RULE, case_of(exchange))) == "likely"


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(GOOD, method="GET", path=RECORDING + b".mp3"), "ruled-out", id="with-credentials"),
        pytest.param(got(BASE + b"/Recordings.json"), "ruled-out", id="list"),
        pytest.param(got(RECORDING + b"/Transcriptions.json"), "ruled-out", id="below-a-recording"),
        pytest.param(got(RECORDING[:-1]), "ruled-out", id="sid-one-short"),
        pytest.param(refused(None, method="DELETE", path=RECORDING), "unknown", id="delete"),
        pytest.param(refused(None), "ruled-out", id="another-resource"),
        pytest.param(got(RECORDING, fidelity=Fidelity.SANITIZED), "unknown", id="sanitized"),
        pytest.param(got(RECORDING, answer=FOREIGN), "unknown", id="another-answered"),
        pytest.param(replace(got(RECORDING), response=None), "unknown", id="no-answer"),
        pytest.param(got(RECORDING + b"?sid=%s&token=%s" % (SID, TOKEN)), "ruled-out", id="credentials-in-the-query"),
        pytest.param(
            got(RECORDING, extra=((b"Proxy-Authorization", GOOD),)), "ruled-out", id="credentials-for-a-proxy"
        ),
        pytest.param(got(RECORDING, extra=((b"Authorisation", GOOD),)), "ruled-out", id="header-misspelt"),
    ],
)
def test_near_misses(exchange: Exchange, expected: str) -> None:
    assert word(checked(RULE, case_of(exchange))) == expected


def test_it_leads_and_explains_the_missing_header() -> None:
    assert standing(got(RECORDING, CHROME, extra=NAVIGATES)) == {
        "media-url-without-auth": ("confirmed", None),
        "no-authorization": ("confirmed", "media-url-without-auth"),
    }


def test_credentials_lost_on_a_redirect_are_the_redirect_s_matter() -> None:
    first = redirected(GOOD, b"https://api.twilio.com" + RECORDING, 301, method="GET", path=RECORDING, scheme="http")
    found = standing(first, got(RECORDING, agent=b"python-requests/2.34.2", at=0.2))
    assert next(iter(found)) == "stripped-on-redirect"
    assert "media-url-without-auth" not in found


def test_a_visitor_sent_on_by_an_own_backend_never_had_twilio_s_credentials() -> None:
    own = redirected(
        b"Bearer session", b"https://api.twilio.com" + RECORDING, 302, method="GET", path=b"/play", host="app.example"
    )
    found = standing(own, got(RECORDING, agent=b"python-requests/2.34.2", at=0.2))
    assert next(iter(found)) == "media-url-without-auth"
    assert found["stripped-on-redirect"] == ("possible", None)


@pytest.mark.parametrize(
    ("exchange", "says"),
    [
        (got(RECORDING, CHROME), "The recording URL was fetched by a browser without"),
        (got(MEDIA, b"curl/8.14.1"), "The media URL was fetched by curl without"),
        (got(MEDIA, b""), "The media URL was fetched without credentials; Twilio wants them since 2026"),
        (got(MEDIA + b".json", b""), "The media URL was fetched without credentials; Twilio wants them"),
    ],
    ids=["browser", "curl", "nameless", "about-it"],
)
def test_the_sentence_names_file_and_reader(exchange: Exchange, says: str) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert found.says == says if says.endswith(("them", "2026")) else found.says.startswith(says)


def test_evidence_points_at_the_file() -> None:
    found = judge(RULE, got(RECORDING + b".mp3?x=1"))
    assert isinstance(found, Stands)
    span = found.evidence[0]
    assert (RECORDING + b".mp3?x=1")[span.start : span.end] == b"RE" + b"5" * 32 + b".mp3"


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        pytest.param(got(RECORDING), True, id="recording"),
        pytest.param(got(RECORDING + b".json"), False, id="what-is-known-about-it"),
        pytest.param(
            got(b"/v1/Services/IS%s/Media/ME%s" % (b"1" * 32, b"2" * 32), host="mcs.us1.twilio.com"),
            False,
            id="conversations-never-were-open",
        ),
    ],
)
def test_since_when_is_told_of_what_was_open_before(exchange: Exchange, *, told: bool) -> None:
    found = judge(RULE, exchange)
    assert isinstance(found, Stands)
    assert found.says.endswith("since 2026") is told


@pytest.mark.parametrize(
    ("headers", "agent", "reader"),
    [
        pytest.param(((b"Sec-Fetch-Mode", b"navigate"),), b"", "by a browser", id="navigates"),
        pytest.param(((b"Sec-Fetch-Dest", b"audio"),), b"", "by a browser", id="plays"),
        pytest.param((), CHROME, "by a browser", id="chrome"),
        pytest.param(((b"Sec-Fetch-Mode", b"cors"),), b"node", "by fetch (Node)", id="fetch-of-node"),
        pytest.param(((b"Sec-Fetch-Mode", b"cors"),), b"", "fetched without", id="nameless"),
    ],
)
def test_who_asks_for_the_file(headers: Headers, agent: bytes, reader: str) -> None:
    found = judge(RULE, got(RECORDING, agent, extra=headers))
    assert isinstance(found, Stands)
    assert reader in found.says


@pytest.mark.parametrize(("path", "what"), [(RECORDING, "recording"), (MEDIA, "media")])
def test_evidence_and_fix_name_the_kind_of_file(path: bytes, what: str) -> None:
    found = judge(RULE, got(path))
    assert isinstance(found, Stands)
    assert [where for where, _, _ in spots(found)] == ["request.target", "request.headers"]
    assert found.evidence[0].says == f"the {what}"
    assert found.fix[0].startswith(f"Fetch the {what} on your server")


@pytest.mark.parametrize(
    ("query", "because"),
    [
        pytest.param(b"?sid=%s&token=%s" % (SID, TOKEN), "in another place", id="pair"),
        pytest.param(b"?AuthToken=" + TOKEN, "in another place", id="secret-beside-the-account-in-the-path"),
    ],
)
def test_credentials_in_the_query_were_sent(query: bytes, because: str) -> None:
    found = judge(RULE, got(RECORDING + query))
    assert isinstance(found, RuledOut)
    assert because in found.because


def test_a_token_of_somebody_else_in_the_query_is_no_secret_of_twilio() -> None:
    assert isinstance(judge(RULE, got(RECORDING + b"?token=" + TOKEN)), Stands)
