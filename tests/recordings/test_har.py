import base64
import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, SID, TIME, TOKEN
from analyzers.exchange import Exchange, Fidelity
from recordings.decoding import BODY_LIMIT
from recordings.har import read, sniff
from recordings.reading import EntryError, Reading, UnreadableRecording

URL = f"https://api.twilio.com/2010-04-01/Accounts/{SID.decode()}/Messages.json"
AUTHORIZATION = {"name": "Authorization", "value": GOOD.decode()}
MISSING = object()


def entry(*, request: object = MISSING, response: object = MISSING, **more: object) -> dict[str, Any]:
    """An entry that Twilio refused; MISSING keeps the default, a dict changes single fields of it."""
    asked = {"method": "POST", "url": URL, "httpVersion": "HTTP/1.1", "headers": [AUTHORIZATION], "cookies": []}
    answered = {
        "status": 401,
        "statusText": "Unauthorized",
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "content": {"text": '{"code":20003}', "mimeType": "application/json"},
    }
    made = {
        "startedDateTime": "2026-11-03T11:14:08.000Z",
        "time": 100,
        "request": {**asked, **request} if isinstance(request, dict) else asked if request is MISSING else request,
        "response": {**answered, **response}
        if isinstance(response, dict)
        else answered
        if response is MISSING
        else response,
        **more,
    }
    return {name: value for name, value in made.items() if value is not MISSING}


def reading(*entries: object, **log: object) -> Reading:
    return read(io.BytesIO(json.dumps({"log": {"version": "1.2", "entries": list(entries), **log}}).encode()))


def only(*entries: object, **log: object) -> Exchange:
    [exchange] = reading(*entries, **log).exchanges
    return exchange


def test_an_ordinary_entry() -> None:
    exchange = only(entry())

    assert exchange.request.headers == ((b"Authorization", GOOD),)
    assert (exchange.request.method, exchange.request.scheme, exchange.request.host, exchange.request.port) == (
        "POST",
        "https",
        "api.twilio.com",
        443,
    )
    assert exchange.request.target == f"/2010-04-01/Accounts/{SID.decode()}/Messages.json".encode()
    assert exchange.request.userinfo is None
    assert exchange.response
    assert (exchange.response.status, exchange.response.body) == (401, b'{"code":20003}')
    assert (exchange.started_at, exchange.finished_at) == (TIME, TIME + 0.1)
    assert exchange.client_address is None
    assert exchange.error is None
    assert exchange.fidelity is Fidelity.FULL


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}], id="objects"),
        pytest.param([["X-A", "1"], ["x-a", "2"]], id="pairs"),
        pytest.param({"X-A": "1", "x-a": ["2"]}, id="object"),
        pytest.param(["X-A: 1", "x-a: 2"], id="lines"),
        pytest.param([{"Name": "X-A", "Value": 1}, None, 7, {"name": "x-a", "value": "2"}, {"value": "3"}], id="bent"),
        pytest.param([{"name": ":method", "value": "GET"}, ["X-A", "1"], ["x-a", "2"]], id="pseudo"),
    ],
)
def test_headers_come_in_many_forms(headers: object) -> None:
    assert only(entry(request={"headers": headers})).request.headers == ((b"X-A", b"1"), (b"x-a", b"2"))


def test_names_and_values_are_kept_as_they_are() -> None:
    headers = [{"name": "Authorization ", "value": "Basic YQ\r\n ==\n"}, {"name": "X-A", "value": "ü\ud800"}]

    assert only(entry(request={"headers": headers})).request.headers == (
        (b"Authorization ", b"Basic YQ\r\n ==\n"),
        (b"X-A", "ü".encode() + b"\xed\xa0\x80"),
    )


def test_stray_bytes_of_the_file_survive() -> None:
    data = json.dumps({"log": {"entries": [entry(request={"headers": [["X-A", "@"]]})]}}).encode()

    [exchange] = read(io.BytesIO(data.replace(b"@", b"\xff"))).exchanges

    assert exchange.request.headers == ((b"X-A", b"\xff"),)


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("http://api.twilio.com", ("http", "api.twilio.com", 80), b"/"),
        ("HTTPS://API.Twilio.COM:8443/a?b=c#d", ("https", "api.twilio.com", 8443), b"/a?b=c"),
        ("https://api.twilio.com?x", ("https", "api.twilio.com", 443), b"/?x"),
        ("https://api.twilio.com/a b\n", ("https", "api.twilio.com", 443), b"/a b"),
        ("https://api.twilio.com/é", ("https", "api.twilio.com", 443), "/é".encode()),
        ("https://[::1]:8/a", ("https", "::1", 8), b"/a"),
        ("wss://api.twilio.com/a", ("https", "api.twilio.com", 443), b"/a"),
    ],
)
def test_urls(url: str, origin: tuple[str, str, int], target: bytes) -> None:
    request = only(entry(request={"url": url})).request

    assert (request.scheme, request.host, request.port) == origin
    assert request.target == target


def test_userinfo_is_kept_apart() -> None:
    request = only(entry(request={"url": "https://AC1:a%40b@c@api.twilio.com/x"})).request

    assert (request.host, request.target, request.userinfo) == ("api.twilio.com", b"/x", b"AC1:a%40b@c")
    assert "a%40b" not in repr(request)


@pytest.mark.parametrize("url", ["https:///a", "https://127.0.0.1/a", "https://localhost:9/a"])
def test_the_authority_names_the_host_where_the_url_does_not(url: str) -> None:
    request = only(entry(request={"url": url, "headers": [[":authority", "verify.twilio.com"]]})).request

    assert (request.host, request.port, request.headers) == ("verify.twilio.com", 443, ())


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (None, "expected an object, found nothing"),
        ([1], "expected an object, found a list"),
        (entry(request=None), "request: expected an object, found nothing"),
        (entry(request="x"), "request: expected an object, found text"),
        (entry(request={"url": None}), "request.url: expected text, found nothing"),
        (entry(request={"url": 7}), "request.url: expected text, found a number"),
        (entry(request={"url": f"/{TOKEN.decode()}"}), "request.url: expected https://host/path, found no scheme"),
        (entry(request={"url": f"https://AC1:{TOKEN.decode()}/x@api.twilio.com/"}), "expected a host name"),
        (entry(request={"url": "https://api.twilio.com:99999/"}), "expected a host name"),
    ],
)
def test_one_bad_entry_does_not_lose_the_rest(bad: object, says: str) -> None:
    found = reading(entry(), bad, entry())

    assert found.places == (0, 2)
    [error] = found.errors
    assert error.entry == 1
    assert says in error.says
    assert TOKEN.decode() not in error.says


@pytest.mark.parametrize("url", ["data:text/plain,x", "blob:https://x/y", "chrome-extension://abc/x.js", "about:blank"])
def test_entries_of_other_kinds_are_skipped(url: str) -> None:
    found = reading(entry(request={"url": url}), entry())

    assert (found.skipped, found.errors, found.places) == (1, (), (1,))


def test_entries_are_sorted_by_start_and_keep_their_place() -> None:
    found = reading(
        entry(startedDateTime="2026-11-03T11:14:09Z", request={"method": "B"}),
        entry(startedDateTime=None, request={"method": "C"}),
        entry(startedDateTime="2026-11-03T12:14:08+01:00", request={"method": "A"}),
    )

    assert [exchange.request.method for exchange in found.exchanges] == ["A", "B", "C"]
    assert found.places == (2, 0, 1)


@pytest.mark.parametrize(
    ("started", "seconds"),
    [
        ("2026-11-03T11:14:08.1234567+00:00", TIME + 0.123456),
        ("2026-11-03T11:14:08", TIME),
        ("2026-11-03 11:14:08Z", TIME),
        ("2026-11-03t11:14:08z", TIME),
        ("2026-11-03T11:14:08,250+00:00", TIME + 0.25),
        ("2026-11-03T12:14:08.000+0100", TIME),
        ("2026-11-03T05:44:08.000-05:30", TIME),
        ("2026-11-03T11:14:08.500 +00:00", TIME + 0.5),
        ("2026-11-03 11:14:08 UTC", TIME),
        ("2026-11-3T9:14:08Z", TIME - 7200),
        ("2026-11-03T12:14:08.000+01:00[Europe/Berlin]", TIME),
        ("2026-11-03T11:14:08.000 AM", TIME),
        ("2026-11-03T11:14:08 p.m..500Z", TIME + 43200.5),
        ("2026-11-03T12:14:08 AM +0000", TIME - 11 * 3600),
        ("Tue, 03 Nov 2026 11:14:08 GMT", TIME),
        ("/Date(1793704448000)/", TIME),
        ("/Date(1793704448000+0100)/", TIME),
        ("1793704448.5", TIME + 0.5),
        ("1793704448000", TIME),
        (1793704448, TIME),
        (1793704448000, TIME),
        (1793704448000000, TIME),
        (1793704448000000000, TIME),
        ("yesterday", None),
        ("2026-13-03T11:14:08Z", None),
        ("2026-11-03T11:14:08+99:00", None),
        ("2026-11-03", TIME - 11 * 3600 - 848),
        ("9" * 400, None),
        ("0001-01-01T00:00:00+14:00", -62135647200.0),
        (12, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ([], None),
        ("", None),
        (None, None),
    ],
)
def test_times(started: object, seconds: float | None) -> None:
    assert only(entry(startedDateTime=started)).started_at == (
        None if seconds is None else pytest.approx(seconds, abs=1e-5)
    )


def test_a_time_without_a_zone_has_that_of_the_one_before() -> None:
    times = ["2026-11-03T12:14:08+01:00", "2026-11-03T12:14:09", "2026-11-03T11:14:10Z", "2026-11-03T11:14:11"]

    found = reading(*(entry(startedDateTime=time) for time in times)).exchanges

    assert [one.started_at for one in found] == [TIME, TIME + 1, TIME + 2, TIME + 3]


@pytest.mark.parametrize("time", [None, "x", True, -1, 1e300, float("nan"), 10**400])
def test_durations_that_are_none(time: object) -> None:
    assert only(entry(time=time)).finished_at in {None, TIME}


@pytest.mark.parametrize(
    ("more", "lasted"),
    [
        ({"time": 100, "timings": {"wait": 7}}, 0.1),
        ({"time": -1, "timings": {"blocked": -1, "send": 1, "wait": 7, "comment": ""}}, 0.008),
        ({"time": None, "timings": {"wait": 7}}, 0.007),
        ({"time": -1, "timings": {"wait": -1}}, 0.0),
        ({"time": None, "timings": None}, None),
    ],
)
def test_durations(more: dict[str, Any], lasted: float | None) -> None:
    finished = only(entry(**more)).finished_at

    assert finished == (None if lasted is None else pytest.approx(TIME + lasted, abs=1e-6))


@pytest.mark.parametrize(
    ("names", "address"),
    [
        ({"clientIPAddress": "10.0.0.1"}, "10.0.0.1"),
        ({"_clientIPAddress": "[2001:DB8::1]"}, "2001:db8::1"),
        ({"clientIPAddress": "me", "_clientAddress": "10.0.0.2"}, "10.0.0.2"),
        ({"clientIPAddress": "10.0.0.1:52499"}, None),
        ({"serverIPAddress": "10.0.0.1"}, None),
        ({"clientIPAddress": 5}, None),
    ],
)
def test_client_addresses(names: dict[str, Any], address: str | None) -> None:
    assert only(entry(**names)).client_address == address


@pytest.mark.parametrize(
    ("names", "address"),
    [
        pytest.param({"serverIPAddress": "54.172.60.0"}, "54.172.60.0", id="most"),
        pytest.param({"serverIPAddress": "[2600:1F18::1]"}, "2600:1f18::1", id="chrome-ipv6"),
        pytest.param({"serverIPAddress": "54.172.60.0:443"}, "54.172.60.0", id="proxypin"),
        pytest.param({"serverIPAddress": ""}, None, id="chrome-from-cache"),
        pytest.param({"serverIPAddress": None}, None, id="chucker"),
        pytest.param({"serverIPAddress": "api.twilio.com"}, None, id="a-name"),
        pytest.param({"serverIPAddress": {"ip": "54.172.60.0"}}, None, id="an-object"),
        pytest.param({"clientIPAddress": "54.172.60.0"}, None, id="the-clients"),
        pytest.param({}, None, id="none"),
    ],
)
def test_server_addresses(names: dict[str, Any], address: str | None) -> None:
    assert only(entry(**names)).server_address == address


@pytest.mark.parametrize(
    ("names", "version"),
    [
        pytest.param({"_securityDetails": {"protocol": "TLS 1.3", "issuer": "CA"}}, "TLSv1.3", id="playwright"),
        pytest.param({"_tls_version": "TLS 1.2"}, "TLSv1.2", id="webpagetest"),
        pytest.param({"_tls_version": "TLS 1.2", "_securityDetails": {}}, "TLSv1.2", id="one-of-two"),
        pytest.param({"_securityDetails": {"protocol": "QUIC"}}, None, id="no-version"),
        pytest.param({"_securityDetails": {"protocol": 1.3}}, None, id="a-number"),
        pytest.param({"_securityDetails": "TLS 1.3"}, None, id="no-object"),
        pytest.param({"_securityState": "secure"}, None, id="firefox"),
        pytest.param({}, None, id="chrome"),
    ],
)
def test_versions_of_tls(names: dict[str, Any], version: str | None) -> None:
    exchange = only(entry(**names))
    assert exchange.tls_version == version
    assert exchange.tls_issuer is None  # nothing is judged by what browsers call an issuer


def test_plain_http_has_no_tls_whatever_else_is_said() -> None:
    plain = entry(request={"url": "http://api.twilio.com/x"}, _securityDetails={"protocol": "TLS 1.3"})
    assert only(plain).tls_version is None


@pytest.mark.parametrize(
    ("status", "headers", "moved", "location"),
    [
        (302, [], "https://api.twilio.com/x", b"https://api.twilio.com/x"),
        (302, [["location", "/y"]], "https://api.twilio.com/x", b"/y"),
        (302, [], "", None),
        (200, [], "https://api.twilio.com/x", None),
        (304, [], "https://api.twilio.com/x", None),
    ],
)
def test_where_a_redirect_leads(status: int, headers: list[object], moved: str, location: bytes | None) -> None:
    response = only(entry(response={"status": status, "headers": headers, "redirectURL": moved})).response

    assert response
    assert response.first(b"location") == location


@pytest.mark.parametrize(
    ("url", "userinfo"),
    [
        ("https://AC1:[password redacted]@api.twilio.com/", None),
        ("https://AC1:***@api.twilio.com/", None),
        ("https://AC1:REDACTED@api.twilio.com/", None),
        ("https://AC1:redacted1@api.twilio.com/", b"AC1:redacted1"),
    ],
)
def test_userinfo_that_was_written_over_was_never_sent(url: str, userinfo: bytes | None) -> None:
    exchange = only(entry(request={"url": url}))

    assert exchange.request.userinfo == userinfo
    assert exchange.fidelity is (Fidelity.SANITIZED if userinfo is None else Fidelity.FULL)


def test_each_entry_has_pseudo_headers_of_its_own() -> None:
    hosts = ["api.twilio.com", "verify.twilio.com", "api.twilio.com"]
    entries = [entry(request={"url": "https:///a", "headers": [[":authority", host]]}) for host in hosts]
    objects = [
        entry(request={"url": "https:///a", "headers": [{"name": ":authority", "value": host}]}) for host in hosts
    ]

    for made in (entries, objects):
        assert [one.request.host for one in reading(*made).exchanges] == hosts


def test_an_authorization_in_an_answer_speaks_for_nothing() -> None:
    headers = [{"name": "Authorization", "value": "Basic YQ=="}]

    assert only(entry(request={"headers": []}, response={"headers": headers})).fidelity is Fidelity.DOUBTFUL


def test_what_the_proxy_added_to_a_page_is_taken_out() -> None:
    headers = [{"name": "Why20003-Cause", "value": "x"}, {"name": "X-A", "value": "1"}]
    response = only(entry(response={"headers": headers, "content": {"text": "<html>"}})).response

    assert response
    assert response.headers == ((b"X-A", b"1"),)


def test_an_answer_shows_that_nobody_refused_the_request() -> None:
    exchange = only(entry(response={"_error": "from client, refusing to prevent request smuggling attacks"}))

    assert exchange.response
    assert not exchange.refused_by_proxy


def test_pseudo_headers_stand_in_for_what_the_url_lacks() -> None:
    headers = [[":path", "/a?b"], [":authority", "verify.twilio.com:8443"], [":Scheme", "https"]]
    request = only(entry(request={"url": "https:///", "headers": headers})).request
    named = only(entry(request={"url": "https://api.twilio.com/c", "headers": headers})).request

    assert (request.host, request.port, request.target, request.headers) == ("verify.twilio.com", 8443, b"/", ())
    assert (named.host, named.port, named.target) == ("api.twilio.com", 443, b"/c")
    assert only(entry(request={"url": "https://api.twilio.com", "headers": headers})).request.target == b"/a?b"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"response": {"status": 0, "_error": "net::ERR_FAILED"}}, "net::ERR_FAILED", id="chrome"),
        pytest.param({"response": {"status": 0}, "_error": "reset"}, "reset", id="entry"),
        pytest.param({"response": {"status": 0}}, "status 0", id="status-0"),
        pytest.param({"response": {"status": None, "_error": "x"}}, "x", id="null"),
        pytest.param({"response": None}, None, id="no-response"),
    ],
)
def test_a_missing_answer(change: dict[str, Any], error: str | None) -> None:
    exchange = only(entry(**change))

    assert exchange.response is None
    assert exchange.error == error


def test_an_error_beside_a_status_does_not_hide_the_answer() -> None:
    exchange = only(entry(response={"_error": "net::ERR_HTTP_RESPONSE_CODE_FAILURE"}))

    assert exchange.response
    assert exchange.response.status == 401


@pytest.mark.parametrize(("status", "read"), [("401", 401), (401.0, 401), (401, 401)])
def test_statuses(status: object, read: int) -> None:
    response = only(entry(response={"status": status})).response

    assert response
    assert response.status == read


@pytest.mark.parametrize(
    ("content", "body"),
    [
        pytest.param({"text": "é"}, "é".encode(), id="text"),
        pytest.param({"text": base64.b64encode(b"a\0b").decode(), "encoding": "base64"}, b"a\0b", id="base64"),
        pytest.param({"text": '{"code":20003}', "encoding": "base64"}, b'{"code":20003}', id="not-base64"),
        pytest.param({"text": "YWJj\nZGVm", "encoding": "base64"}, b"abcdef", id="base64-lines"),
        pytest.param({"text": "é" * BODY_LIMIT}, "é".encode() * (BODY_LIMIT // 2), id="long"),
        pytest.param(
            {"text": base64.b64encode(b"x" * 10**6).decode(), "encoding": "base64"}, b"x" * BODY_LIMIT, id="long-64"
        ),
        pytest.param({"text": None}, b"", id="null"),
        pytest.param(None, b"", id="missing"),
        pytest.param("text", b"text", id="bare"),
        pytest.param({"text": base64.b64encode(b'{"code":20003,').decode()}, b'{"code":20003,', id="no-mark"),
        pytest.param(
            {"text": base64.b64encode(b'{"code":20003,' * 99).decode()}, b'{"code":20003,' * 99, id="no-mark-long"
        ),
        pytest.param(
            {"text": base64.b64encode(b"some words").decode()}, base64.b64encode(b"some words"), id="other-base64"
        ),
        pytest.param({"text": "eyJjb2RlIjoyMDAwM30.eyJh"}, b"eyJjb2RlIjoyMDAwM30.eyJh", id="a-token"),
        pytest.param({"text": "eyJhIjoxfQ=="}, b"eyJhIjoxfQ==", id="too-short-to-tell"),
    ],
)
def test_bodies(content: object, body: bytes) -> None:
    response = only(entry(response={"content": content})).response

    assert response
    assert response.body == body


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ({"text": "a=b&c"}, b"a=b&c"),
        ({"text": "", "params": [{"name": "To", "value": "+1 2"}, {"name": "B", "value": None}]}, b"To=%2B1+2&B="),
        ({"params": [{"name": "a", "value": "\ud800"}]}, b"a=%ED%A0%80"),
        ({"text": None, "params": None}, b""),
        (None, b""),
        ("raw", b"raw"),
    ],
)
def test_request_bodies(data: object, body: bytes) -> None:
    assert only(entry(request={"postData": data})).request.body == body


@pytest.mark.parametrize(
    ("names", "connection"),
    [
        ({"connection": "52499", "_connectionId": "12500"}, "12500"),
        ({"connection": 52499}, "52499"),
        ({"connection": "443"}, None),
        ({"connection": "52499", "_securityState": "secure"}, None),
        ({"connection": "8443", "request": {"url": "https://api.twilio.com:8443/", "headers": []}}, None),
        ({"connection": "8443"}, "8443"),
        ({"_connectionId": 7}, "7"),
        ({"connection": "0"}, None),
        ({"connection": True}, None),
        ({}, None),
    ],
)
def test_connections(names: dict[str, Any], connection: str | None) -> None:
    assert only(entry(**names)).connection == connection


@pytest.mark.parametrize(
    ("version", "read"),
    [("h2", "HTTP/2.0"), ("HTTP/2", "HTTP/2.0"), ("http/1.1", "HTTP/1.1"), (None, "HTTP/1.1"), ("x\x1b", "HTTP/1.1")],
)
def test_versions(version: object, read: str) -> None:
    assert only(entry(request={"httpVersion": version})).request.version == read


def bare(*headers: list[object], **more: object) -> dict[str, Any]:
    return entry(request={"headers": list(headers), **more})


@pytest.mark.parametrize(
    "value",
    [
        *("REDACTED", "Basic REDACTED", "Bearer <redacted>", "***", "Basic ****", "[Filtered]", "[FILTERED]"),
        *("[Authorization redacted]", "<redacted>", "(removed)", "xxxxxxxx", "Basic XXXXXXXX", "•••••", "hidden"),
        *("Basic QUMw***", "Basic QUMwMTIz...", "Basic QUM…", None),
    ],
)
def test_an_overwritten_authorization_makes_the_file_sanitized(value: str | None) -> None:
    exchange = only(bare(["authorization", value], ["X-A", "1"]))

    assert exchange.fidelity is Fidelity.SANITIZED
    assert exchange.request.headers == ((b"X-A", b"1"),)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(bare(["Cookie", "a=[REDACTED]; b=[REDACTED]"]), id="cookie"),
        pytest.param(bare(["X-Api-Key", "[Filtered]"]), id="other-header"),
        pytest.param(bare(cookies=[{"name": "a", "value": "REDACTED"}]), id="cookie-list"),
        pytest.param(entry(request={"headers": []}, response={"headers": [["Set-Cookie", "***"]]}), id="answer"),
    ],
)
def test_any_overwritten_value_makes_the_whole_file_sanitized(change: dict[str, Any]) -> None:
    assert {exchange.fidelity for exchange in reading(entry(), change).exchanges} == {Fidelity.SANITIZED}


@pytest.mark.parametrize(
    "log",
    [
        {"comment": "Sanitized by har-sanitizer"},
        {"creator": {"name": "x", "comment": "credentials redacted"}},
        {"_sanitized": True},
    ],
)
def test_a_file_may_say_that_it_is_sanitized(log: dict[str, Any]) -> None:
    assert only(entry(), **log).fidelity is Fidelity.SANITIZED


COOKIE = ["cookie", "a=b"]


@pytest.mark.parametrize(
    ("headers", "entry_of", "creator", "fidelity"),
    [
        ([], {"_connectionId": "7"}, "WebInspector", Fidelity.SANITIZED),
        ([COOKIE], {"_connectionId": "7"}, "WebInspector", Fidelity.DOUBTFUL),
        ([], {"_connectionId": "0"}, "WebInspector", Fidelity.DOUBTFUL),
        ([], {}, "WebInspector", Fidelity.DOUBTFUL),
        ([], {"_connectionId": "7"}, "Charles Proxy", Fidelity.DOUBTFUL),
        ([["Authorization", GOOD.decode()]], {"_connectionId": "7"}, "WebInspector", Fidelity.FULL),
    ],
)
def test_chromes_first_export_leaves_credentials_out(
    headers: list[object], entry_of: dict[str, Any], creator: str, fidelity: Fidelity
) -> None:
    assert only(entry(request={"headers": headers}, **entry_of), creator={"name": creator}).fidelity is fidelity


@pytest.mark.parametrize(("value", "kept"), [(f"Basic {'0a' * 32}", False), ("Basic " + "0a" * 31, True)])
def test_a_hash_was_never_sent_where_the_file_says_that_it_was_sanitised(value: str, kept: bool) -> None:
    exchange = only(bare(["Authorization", value]), creator={"name": "har-sanitizer"})

    assert (exchange.request.headers != ()) is kept
    assert exchange.fidelity is Fidelity.SANITIZED
    assert only(bare(["Authorization", value])).request.headers != ()


def test_the_notes_of_a_log_may_stand_behind_its_entries() -> None:
    text = json.dumps({"log": {"entries": [entry()], "comment": "sanitized"}}).encode()

    assert read(io.BytesIO(text)).exchanges[0].fidelity is Fidelity.SANITIZED


def test_logs_in_one_file_speak_for_themselves() -> None:
    shown, missing = json.dumps({"log": {"entries": [entry()]}}), json.dumps({"log": {"entries": [bare()]}})

    found = read(io.BytesIO((shown + missing).encode())).exchanges

    assert [one.fidelity for one in found] == [Fidelity.FULL, Fidelity.DOUBTFUL]


@pytest.mark.parametrize(
    ("start", "is_har"),
    [
        *(
            (start, True)
            for start in (b"{", b'  {"log"', b"\xef\xbb\xbf{ }", '{"a"'.encode("utf-16"), b"[{", b"[", b"[]", b"[\n")
        ),
        *((start, True) for start in (b'onInputData({"log":{', b'a.b( { "log"', '{"a"'.encode("utf-16-be"))),
        *(
            (start, False)
            for start in (b"", b" ", b"{ [5 bytes data]", b"} [5 bytes data]", b"[1, 2]", b"GET / HTTP/1.1")
        ),
        *(
            (start, False)
            for start in (b"9:websocket;", b"* Trying", b'"log"', b"<{", b"f({})", b"\x1f\x8b\x08", b"PK\x03\x04")
        ),
    ],
)
def test_what_a_file_begins_with_tells_its_format(start: bytes, is_har: bool) -> None:
    assert sniff(start) is is_har


@pytest.mark.parametrize(
    "log", [{"comment": "not sanitized"}, {"comment": "unsanitized"}, {"_sanitized": False}, {"creator": None}]
)
def test_a_file_may_say_that_it_is_not(log: dict[str, Any]) -> None:
    assert only(entry(), **log).fidelity is Fidelity.FULL


@pytest.mark.parametrize(
    "value",
    [
        *("Basic Og==", "Basic <your token>", "Bearer {{token}}", "Bearer undefined", "Basic YOUR_AUTH_TOKEN"),
        *("[your token]", "Basic AC1:x", "$TOKEN", "xxx"),
    ],
)
def test_what_a_client_may_have_sent_is_judged_as_sent(value: str) -> None:
    exchange = only(bare(["Authorization", value]))

    assert exchange.fidelity is Fidelity.FULL
    assert exchange.request.headers == ((b"Authorization", value.encode()),)


@pytest.mark.parametrize("value", ["private", "filtered", "x-filtered", "..", "a;q=0.5", "--", "hidden", "***/*"])
def test_ordinary_values_are_not_overwritten_ones(value: str) -> None:
    assert only(bare(["X-A", value], ["Authorization", "Basic YQ=="])).fidelity is Fidelity.FULL


def test_one_real_authorization_speaks_for_the_file() -> None:
    other = entry(request={"url": "https://other.example/", "headers": [AUTHORIZATION]})

    assert {exchange.fidelity for exchange in reading(bare(), other).exchanges} == {Fidelity.FULL}


@pytest.mark.parametrize("headers", [(), (["Authorization", ""],), (["X-Authorization", "Basic YQ=="],)])
def test_no_authorization_at_all_is_doubtful(headers: tuple[list[object], ...]) -> None:
    assert only(bare(*headers)).fidelity is Fidelity.DOUBTFUL


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b'{"log":', "the JSON breaks off at line 1 column 8, before any entries"),
        (b'{"log":\n {"' + TOKEN, "the JSON breaks off at line 2 column 3"),
        (b'{"log" "' + TOKEN + b'"}', "the JSON is wrong at line 1 column 2"),
        (b'{"log": {"pages": 1,\n\n"' + TOKEN + b'"}}', "the JSON is wrong at line 3 column 1"),
        (b"[]", "found no object log"),
        (b'"' + TOKEN + b'"', "found no object log"),
        (b'{"log": null}', "found no object log"),
        (b'{"log": {"entries": {}}}', "found log.entries as an object"),
        (b'{"log": {}}', "found log.entries as nothing"),
        (b'{"log": {"entries":', "before any entries"),
        (b'{"log": {"entries": 1' + b"0" * 5000 + b"}}", "found log.entries as a number"),
        (b'{"log": {"pages": []}}', "found log.entries as nothing"),
        (b'{"log": ' + b"[" * 200_000, "the JSON is wrong at line 1 column 12"),
        (b'{"log": ' + b"1" * 5000 + b"}", "found no object log"),
        (b"", "found no object log"),
        (b"\0\1" + TOKEN, "found no object log"),
    ],
)
def test_what_is_no_har_file_is_unreadable(document: bytes, found: str) -> None:
    with pytest.raises(UnreadableRecording, match="expected a HAR file") as raised:
        read(io.BytesIO(document))

    assert found in str(raised.value)
    assert TOKEN.decode() not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_of_the_file(encoding: str) -> None:
    data = json.dumps({"log": {"entries": [entry()]}}).encode(encoding)

    assert read(io.BytesIO(data)) == reading(entry())


def test_a_file_without_entries_is_no_error() -> None:
    assert reading() == Reading("har", ())


def test_the_entries_that_fail_are_all_named() -> None:
    assert reading(1, 2).errors == (
        EntryError(0, "expected an object, found a number"),
        EntryError(1, "expected an object, found a number"),
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_reading_or_are_unreadable(data: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        assert isinstance(read(io.BytesIO(b"{" + data)), Reading)


@given(
    field=st.sampled_from(["method", "url", "httpVersion", "headers", "cookies", "postData"]),
    answer=st.sampled_from(["status", "statusText", "headers", "content", "_error"]),
    outer=st.sampled_from(["startedDateTime", "time", "request", "response", "connection", "_connectionId", "_error"]),
    values=st.tuples(_JSON, _JSON, _JSON),
)
def test_any_entry_is_read_or_named(field: str, answer: str, outer: str, values: tuple[Any, Any, Any]) -> None:
    bent = entry(request={field: values[0]}, response={answer: values[1]})
    found = reading(bent, {**entry(), outer: values[2]})

    assert len(found.exchanges) + len(found.errors) + found.skipped == 2
