import contextlib
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from growth import assert_in_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import diagnoses
from wire_text import ASCII, FORMS, HEX, dump, head, trace, verbose

from analyzers.building import GOOD, MESSAGES, SID, TOKEN, refused
from analyzers.exchange import Exchange, Fidelity
from recordings import curl
from recordings.opening import open_recording
from recordings.reading import Entry, EntryError, Item, Skipped, UnreadableRecording

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))
PATH = (MESSAGES % SID).decode()
AUTHORIZATION = GOOD.decode()
BODY = '{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'


def items(text: bytes) -> list[Item]:
    return list(curl.items(io.BytesIO(text)))


def exchanges(text: bytes) -> list[Exchange]:
    return [item.exchange for item in items(text) if isinstance(item, Entry)]


def only(text: bytes | str) -> Exchange:
    [item] = items(text if isinstance(text, bytes) else text.encode())
    assert isinstance(item, Entry)
    return item.exchange


# --- what other versions print ---------------------------------------------------------------------------------------
# Written from the infof() calls in lib/ and from src/tool_cb_dbg.c of each version's tag.
PRETTY = json.dumps(json.loads(BODY), indent=2)
ASK = f"""> GET {PATH} HTTP/1.1\r
> Host: api.twilio.com\r
> Authorization: {AUTHORIZATION}\r
> User-Agent: curl/7.0\r
> Accept: */*\r
> \r
"""
ANSWER = """< HTTP/1.1 401 Unauthorized\r
< Content-Type: application/json\r
* Authentication problem. Ignoring this.
< WWW-Authenticate: Basic realm="Twilio API"\r
< \r
"""
ASK_2 = ASK.replace("HTTP/1.1", "HTTP/2")
ANSWER_2 = ANSWER.replace("HTTP/1.1 401 Unauthorized", "HTTP/2 401 ")
CONNECTED = "* Connected to api.twilio.com (192.0.2.80) port 443 (#0)\n"
ISSUER = " issuer: C=US; O=DigiCert Inc; CN=DigiCert TLS RSA SHA256 2020 CA1"
UP = f"{CONNECTED}* SSL connection using TLSv1.3\n* {ISSUER}\n"
FIELDS = [("method", "GET"), ("scheme", "https"), ("authority", "api.twilio.com"), ("path", PATH)]
AS_FIELDS = [*((f":{name}", value) for name, value in FIELDS), ("authorization", AUTHORIZATION), ("accept", "*/*")]

METER = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"

VERSIONS = {
    # CentOS 7, NSS: lib/nss.c display_conn_info() with tabs, names from the most specific part on
    "7.29.0": f"""* About to connect() to api.twilio.com port 443 (#0)
*   Trying 192.0.2.80...
* Connected to api.twilio.com (192.0.2.80) port 443 (#0)
*   CAfile: /etc/pki/tls/certs/ca-bundle.crt
  CApath: none
* SSL connection using TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
* Server certificate:
* \tsubject: CN=twilio.com,O="Twilio, Inc.",L=San Francisco,ST=California,C=US
* \tissuer: CN=DigiCert TLS RSA SHA256 2020 CA1,O=DigiCert Inc,C=US
* Server auth using Basic with user '{SID.decode()}'
{ASK}{ANSWER}{BODY}* Connection #0 to host api.twilio.com left intact
""",
    # lib/http2.c: "Using HTTP2", "Using Stream ID"
    "7.58.0-http2": f"""* Connected to api.twilio.com (192.0.2.80) port 443 (#0)
* ALPN, server accepted to use h2
* Server certificate:
* {ISSUER}
* Using HTTP2, server supports multi-use
* Server auth using Basic with user '{SID.decode()}'
* Using Stream ID: 1 (easy handle 0x55d0c8a1e8c0)
{ASK_2}* Connection state changed (MAX_CONCURRENT_STREAMS updated)!
{ANSWER_2}* Connection #0 to host api.twilio.com left intact
{BODY}""",
    # lib/h2h3.c
    "7.88.1-http2": f"""* Connected to api.twilio.com (192.0.2.80) port 443 (#0)
* using HTTP/2
* Server certificate:
* {ISSUER}
{"".join(f"* h2h3 [{name}: {value}]" + chr(10) for name, value in AS_FIELDS)}{ASK_2}{ANSWER_2}{{ [107 bytes data]
{BODY}* Connection #0 to host api.twilio.com left intact
""",
    # lib/http2.c: h2 [...]
    "8.1.0-http2": f"""* Connected to api.twilio.com (192.0.2.80) port 443 (#0)
* Server certificate:
* {ISSUER}
{"".join(f"* h2 [{name}: {value}]" + chr(10) for name, value in AS_FIELDS)}{ASK_2}{ANSWER_2}{BODY}
""",
    # lib/http2.c: [HTTP/2] [1] ...; no number of the connection any more
    "8.5.0-http2": f"""* Host api.twilio.com:443 was resolved.
*   Trying 192.0.2.80:443...
* Connected to api.twilio.com (192.0.2.80) port 443
* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / X25519 / RSASSA-PSS
* Server certificate:
* {ISSUER}
* Server auth using Basic with user '{SID.decode()}'
* [HTTP/2] [1] OPENED stream for https://api.twilio.com{PATH}
{"".join(f"* [HTTP/2] [1] [{name}: {value}]" + chr(10) for name, value in AS_FIELDS)}{ASK_2}{ANSWER_2}{BODY}
* Connection #0 to host api.twilio.com left intact
""",
    # --trace-ids, since 8.2.0, with -v and --trace-time
    "8.10.0-ids": "".join(
        f"12:34:56.789012 [0-{'x' if number == 0 else 0}] {line}\n"
        for number, line in enumerate(f"{UP}{ASK}{ANSWER}".removesuffix("\n").split("\n"))
    )
    + BODY,
    # lib/connect.c: Established connection to; the port behind the host
    "8.21.0": f"""* Established connection to api.twilio.com (192.0.2.80 port 443) from 192.0.2.7 port 51234\x20
* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / X25519MLKEM768 / RSASSA-PSS
*   issuer: C=US; O=DigiCert Inc; CN=DigiCert TLS RSA SHA256 2020 CA1
{ASK}{ANSWER}{BODY}
* Connection #0 to host api.twilio.com:443 left intact
""",
    # the progress meter of lib/progress.c, which shares standard error; sent into a file with 2>&1
    "meter": f"""  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
{METER}{CONNECTED}* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
* {ISSUER}
{ASK}{METER}{ANSWER}{{ [107 bytes data]
\r100   107  100   107    0     0    251      0 --:--:-- --:--:-- --:--:--   251
* Connection #0 to host api.twilio.com left intact
{BODY}""",
    # Windows, where a text file's line feeds get a carriage return
    "windows": (f"{UP}{ASK}{ANSWER}{BODY}\n").replace("\n", "\r\n"),
    # in a ticket: no carriage returns, no blanks at line ends
    "pasted": re.sub(
        r"[ \r]+\n",
        "\n",
        f"Hello, this is it:\n\n```\n$ curl -v ...\n{UP}{ASK}{ANSWER}{BODY}\n```\nThanks!\n",
    ),
    "quoted": "".join(f"> {line}\n" for line in f"{UP}{ASK}{ANSWER}{BODY}".replace("\r", "").split("\n")),
    "marks-alone": f"{ASK}{ANSWER}{BODY}\n",
    "pretty": f"{UP}{ASK}{ANSWER}{PRETTY}* Connection #0 to host api.twilio.com left intact\n",
    "with -i": f"{UP}{ASK}{ANSWER}HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n{BODY}",
    "utf-16": f"{UP}{ASK}{ANSWER}{BODY}",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_outputs_of_other_versions(version: str) -> None:
    text = VERSIONS[version].encode("utf-16" if version == "utf-16" else "utf-8")

    exchange = only(text)
    request, response = exchange.request, exchange.response

    assert curl.sniff(text)
    assert (request.method, request.scheme, request.host, request.port) == ("GET", "https", "api.twilio.com", 443)
    assert request.target.decode() == PATH
    assert request.headers == (
        (b"Host", b"api.twilio.com"),
        (b"Authorization", GOOD),
        (b"User-Agent", b"curl/7.0"),
        (b"Accept", b"*/*"),
    )
    assert response is not None
    assert response.status == 401
    assert response.body.decode() in {BODY, PRETTY}
    assert response.first(b"www-authenticate") == b'Basic realm="Twilio API"'
    assert exchange.tls_issuer == ("DigiCert Inc" if version != "marks-alone" else None)
    assert exchange.fidelity is Fidelity.FULL


def test_times_of_day_get_their_day_from_the_answer() -> None:
    text = VERSIONS["8.10.0-ids"].replace("< Content-Type", "< Date: Tue, 03 Nov 2026 11:34:57 GMT\r\n< Content-Type")

    exchange = only(text.replace("\n< Content-Type", "\n12:34:56.889012 [0-0] < Content-Type"))

    assert exchange.started_at == pytest.approx(1793705697.0)
    assert exchange.finished_at == pytest.approx(1793705697.1, abs=0.11)


def test_midnight_is_passed() -> None:
    first = "23:59:59.900000 {mark} {text}\r\n"
    lines = [first.format(mark=">", text=text) for text in ("GET / HTTP/1.1", "Host: api.twilio.com", "")]
    later = [f"00:00:00.100000 < {text}\r\n" for text in ("HTTP/1.1 401 No", "Date: Tue, 03 Nov 2026 11:14:08 GMT", "")]

    exchange = only("".join((*lines, *later)))

    assert exchange.finished_at == pytest.approx(1793704448.0)
    assert exchange.started_at == pytest.approx(1793704447.8)


# --- values that were taken out --------------------------------------------------------------------------------------
def masked(text: str, value: str) -> str:
    return text.replace(f"> Authorization: {AUTHORIZATION}", f"> Authorization: {value}")


@pytest.mark.parametrize("value", ["[redacted]", "Basic [redacted]", "Basic <redacted>", "Basic ****", "Basic xxxx"])
def test_a_value_that_was_written_over_was_never_sent(value: str) -> None:
    exchange = only(masked(VERSIONS["7.29.0"], value))

    assert exchange.request.first(b"authorization") is None
    assert exchange.fidelity is Fidelity.SANITIZED


def test_what_http_2_sent_stands_in_for_a_line_that_was_taken_out() -> None:
    exchange = only(VERSIONS["8.5.0-http2"].replace(f"> Authorization: {AUTHORIZATION}\r\n", ""))

    assert exchange.request.first(b"authorization") == GOOD
    assert exchange.fidelity is Fidelity.FULL


@pytest.mark.parametrize(
    ("version", "fidelity"), [("7.29.0", Fidelity.SANITIZED), ("8.21.0", Fidelity.FULL), ("pasted", Fidelity.FULL)]
)
def test_curl_may_say_that_it_sent_what_is_not_shown(version: str, fidelity: Fidelity) -> None:
    text = re.sub(r"> Authorization:.*\n", "", VERSIONS[version])

    assert only(text).fidelity is fidelity


@pytest.mark.parametrize("width", [ASCII, HEX])
def test_a_row_taken_out_of_a_value_is_no_truncated_value(width: int) -> None:
    rows = trace(refused(), width=width).split(b"\n")
    missing = next(number for number, row in enumerate(rows) if row.endswith(GOOD[70:74]) or GOOD[70:74] in row)

    exchange = only(b"\n".join((*rows[:missing], *rows[missing + 1 :])))

    assert exchange.request.first(b"authorization") is None
    assert exchange.fidelity is Fidelity.SANITIZED


def test_a_line_taken_out_of_a_dump_leaves_a_hole() -> None:
    text = re.sub(rb"\n[0-9a-f]+: Authorization: \S+ \S+\n[0-9a-f]+: \S+", b"", trace(refused()))

    exchange = only(text)

    assert b"Authorization" not in text
    assert exchange.fidelity is Fidelity.SANITIZED
    assert exchange.request.first(b"user-agent") == b"python-requests/2.34.2"


def test_a_path_changed_in_a_dump_takes_nothing_else_with_it() -> None:
    exchange = only(trace(refused()).replace(SID, b"AC..."))

    assert exchange.request.target == b"/2010-04-01/Accounts/AC.../Messages.json"
    assert exchange.request.first(b"authorization") == GOOD
    assert exchange.fidelity is Fidelity.DOUBTFUL


def test_a_value_that_was_written_over_in_a_dump() -> None:
    text = re.sub(rb"Basic \S+\n([0-9a-f]+): \S+", rb"Basic *****\n\1: ***", trace(refused()))

    exchange = only(text)

    assert b"Basic *****" in text
    assert exchange.request.first(b"authorization") is None
    assert exchange.fidelity is Fidelity.SANITIZED
    assert exchange.request.first(b"user-agent") == b"python-requests/2.34.2"


@pytest.mark.parametrize(
    "broken",
    [
        f"Basic\n{AUTHORIZATION[6:]}",
        f"{AUTHORIZATION[:40]}\n{AUTHORIZATION[40:]}",
        f"{AUTHORIZATION[:40]}\n    {AUTHORIZATION[40:]}",
        f"Basic\n\t{AUTHORIZATION[6:50]}\n\t{AUTHORIZATION[50:]}",
    ],
    ids=["before-the-word", "in", "indented", "twice"],
)
def test_a_line_that_mail_broke_is_put_together(broken: str) -> None:
    """Curl marks each line that it sends, so one without a mark was none."""
    text = VERSIONS["pasted"].replace(AUTHORIZATION, broken)

    assert only(text).request.first(b"authorization") == GOOD


@pytest.mark.parametrize("dots", ["> ...\n", "...\n", "> [...]\r\n", "<snip>\n", "> …\n"])
def test_where_dots_stand_for_lines_a_missing_one_proves_nothing(dots: str) -> None:
    shown = VERSIONS["pasted"]
    hidden = re.sub(r"> Authorization: .*\n", dots, shown)
    added = re.sub(r"(?=> Authorization: )", dots, shown)

    assert (only(hidden).request.first(b"authorization"), only(hidden).fidelity) == (None, Fidelity.SANITIZED)
    assert (only(added).request.first(b"authorization"), only(added).fidelity) == (GOOD, Fidelity.DOUBTFUL)
    assert only(hidden).request.first(b"host") == b"api.twilio.com"


def test_dots_behind_the_head_are_no_lines_of_it() -> None:
    text = re.sub(r"> Authorization: .*\n", "", VERSIONS["pasted"]).replace("< HTTP", "...\n< HTTP")

    assert only(text).fidelity is Fidelity.FULL


# --- bytes that a form cannot show -----------------------------------------------------------------------------------
WRAPPED = GOOD[:66] + b"\n" + GOOD[66:]


@pytest.mark.parametrize("form", ["verbose", "trace"])
@pytest.mark.parametrize(
    "value",
    [WRAPPED, GOOD + b"\n", GOOD[:30] + b"\t" + GOOD[30:], b"Basic \xc3\xa9\xff"],
    ids=["in", "behind", "tab", "high"],
)
def test_every_byte_of_a_value_is_kept(form: str, value: bytes) -> None:
    assert exchanges(FORMS[form](refused(value)))[0].request.first(b"authorization") == value


@pytest.mark.parametrize("value", [WRAPPED, GOOD + b"\n", b"Basic a.b"])
def test_a_dot_of_trace_ascii_may_be_another_byte(value: bytes) -> None:
    entry, error = items(trace(refused(value)))

    assert isinstance(entry, Entry)
    assert entry.exchange.request.first(b"authorization") is None
    assert entry.exchange.fidelity is Fidelity.SANITIZED
    assert entry.exchange.request.first(b"user-agent") == b"python-requests/2.34.2"
    assert isinstance(error, EntryError)
    assert error.entry == entry.place
    assert "use --trace instead" in error.says


def test_the_dots_of_a_token_are_its_own() -> None:
    assert only(trace(refused(b"Bearer a.b.c"))).request.first(b"authorization") == b"Bearer a.b.c"


def test_line_ends_of_a_document_that_trace_ascii_shows_as_dots() -> None:
    pretty = b'{\n  "code": 20003,\n  "message": "a.b",\n  "n": 1.5\n}'
    made = refused()
    assert made.response is not None

    response = only(trace(replace(made, response=replace(made.response, body=pretty)))).response

    assert response is not None
    assert response.body == b'{\n  "code": 20003,\n  "message": "a.b",\n  "n": 1.5\n}'


@pytest.mark.parametrize("form", FORMS)
def test_answers_in_chunks(form: str) -> None:
    if form in {"raw", "verbose"}:
        return  # without chunks there
    made = refused()
    assert made.response is not None
    chunked = replace(
        made.response,
        headers=((b"Transfer-Encoding", b"chunked"),),
        body=b"6b\r\n%s\r\n0\r\n\r\n" % BODY.encode(),
    )

    response = only(FORMS[form](replace(made, response=chunked))).response

    assert response is not None
    assert response.body.decode() == BODY


@given(
    st.binary(min_size=1, max_size=300) | st.lists(st.sampled_from([b"\r\n", b"a" * 63, b"a" * 64, b"b"])).map(b"".join)
)
def test_a_hex_dump_is_decoded_exactly_and_an_ascii_dump_as_far_as_it_shows(data: bytes) -> None:
    before = dump(b"=> Send header", b"POST / HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n", HEX)
    answer = dump(b"<= Recv header", b"HTTP/1.1 200 OK\r\n", HEX) + dump(b"<= Recv header", b"\r\n", HEX)

    assert only(before + dump(b"=> Send data", data, HEX) + answer).request.body == data
    dots = re.sub(rb"\r\n|[^ -~]", lambda found: found[0] if found[0] == b"\r\n" else b".", data)
    if data and b"\n" not in data.replace(b"\r\n", b""):
        assert only(before + dump(b"=> Send data", data, ASCII) + answer).request.body == dots


# --- several transfers -----------------------------------------------------------------------------------------------
REDIRECT = f"""* Connected to api.twilio.com (192.0.2.80) port 80 (#0)
* Server auth using Basic with user '{SID.decode()}'
{ASK}< HTTP/1.1 301 Moved Permanently\r
< Date: Tue, 03 Nov 2026 11:14:08 GMT\r
< Location: https://api.twilio.com{PATH}\r
< \r
* Ignoring the response-body
* Connection #0 to host api.twilio.com left intact
* Clear auth, redirects to port from 80 to 443
* Issue another request to this URL: 'https://api.twilio.com{PATH}'
* Connected to api.twilio.com (192.0.2.80) port 443 (#1)
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
{re.sub("> Authorization:.*", "> X: y", ASK)}{ANSWER}{BODY}
* Connection #1 to host api.twilio.com left intact
"""


def test_a_redirect_that_curl_followed() -> None:
    first, second = exchanges(REDIRECT.encode())

    assert (first.request.scheme, first.request.port, second.request.scheme) == ("http", 80, "https")
    assert first.connection != second.connection
    assert first.finished_at == second.started_at == 1793704448.0
    [diagnosis] = diagnoses([first, second]).values()
    assert diagnosis.top is not None
    assert (diagnosis.top.cause, diagnosis.top.verdict.value) == ("stripped-on-redirect", "confirmed")


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("* Re-using existing connection! (#0) with host api.twilio.com", True),
        ("* Re-using existing connection #0 with host api.twilio.com", True),
        ("* Re-using existing connection with host api.twilio.com", True),
        ("* Reusing existing https: connection with host api.twilio.com", True),
        ("* Connected to api.twilio.com (192.0.2.80) port 443 (#1)", False),
        ("* Connected to api.twilio.com (192.0.2.80) port 443 (#0)", False),
    ],
)
def test_connections(line: str, *, same: bool) -> None:
    once = f"{UP}{ASK}{ANSWER}{BODY}\n"

    first, second = exchanges(f"{once}{line}\n{ASK}{ANSWER}{BODY}\n".encode())

    assert (first.connection == second.connection) is same


def test_transfers_side_by_side_are_told_apart_by_their_ids() -> None:
    def lines(number: int, text: str) -> list[str]:
        return [f"[{number}-{number}] {line}\n" for line in text.split("\n")[:-1]]

    sent = [lines(number, ASK.replace("Accept: */*", f"X-Number: {number}")) for number in (0, 1, 2)]
    came = [lines(number, ANSWER.replace("401 Unauthorized", f"40{number} No")) for number in (0, 1, 2)]
    text = "".join((*sent[0], *sent[1][:3], *sent[2], *sent[1][3:], *came[2], *came[0][:2], *came[1], *came[0][2:]))

    found = exchanges(text.encode())

    assert [one.request.first(b"x-number") for one in found] == [b"0", b"1", b"2"]
    assert [one.response.status if one.response else 0 for one in found] == [400, 401, 402]


def test_a_tunnel_and_a_continue_are_no_exchanges() -> None:
    tunnel = "> CONNECT api.twilio.com:443 HTTP/1.1\r\n> Host: api.twilio.com:443\r\n> \r\n< HTTP/1.1 200 OK\r\n< \r\n"
    text = f"{tunnel}* CONNECT tunnel established, response 200\n{ASK}< HTTP/1.1 100 Continue\r\n< \r\n{ANSWER}{BODY}"

    skipped, entry = items(text.encode())

    assert skipped == Skipped()
    assert isinstance(entry, Entry)
    assert entry.exchange.request.scheme == "https"
    assert entry.exchange.response is not None
    assert entry.exchange.response.status == 401


@pytest.mark.parametrize(
    ("host", "before", "expected"),
    [
        (
            "api.twilio.com",
            "* Connected to api.twilio.com (192.0.2.80) port 443 (#0)\n* ALPN, offering h2\n",
            ("https", 443),
        ),
        ("gateway.example:8080", "* Connected to gateway.example (192.0.2.80) port 8080\n", ("http", 8080)),
        ("gateway.example:8443", "* Connected to x (y) port 8443\n* SSL connection using TLSv1.3\n", ("https", 8443)),
    ],
)
def test_schemes(host: str, before: str, expected: tuple[str, int]) -> None:
    request = only(before + ASK.replace("api.twilio.com", host) + ANSWER).request

    assert (request.scheme, request.port) == expected


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("C=US; O=DigiCert Inc; CN=DigiCert CA", "DigiCert Inc"),
        ("C=US,O=Cloudflare\\, Inc.,CN=CA", "Cloudflare, Inc."),
        ('CN=CA,O="Zscaler",C=US', "Zscaler"),
        ("CN=mitmproxy,O=mitmproxy", "mitmproxy"),
        ("CN=only", "only"),
        ("O=why20003 sandbox; OU=throwaway, trust nowhere else", "why20003 sandbox"),
        ("O=a\x1b[31m; CN=x", "a[31m"),
        ("", None),
    ],
)
def test_issuers(name: str, issuer: str | None) -> None:
    text = f"{CONNECTED}* SSL connection using TLSv1.3\n* Server certificate:\n*  issuer: {name}\n{ASK}"

    assert only(text).tls_issuer == issuer


def test_a_proxys_certificate_is_not_the_servers() -> None:
    text = f"* Connected to x (y) port 443\n* Proxy certificate:\n*  issuer: O=Proxy\n{ASK}"

    assert only(text).tls_issuer is None


@pytest.mark.parametrize(
    ("told", "address"),
    [
        pytest.param("Connected to api.twilio.com (54.172.60.0) port 443 (#0)", "54.172.60.0", id="7.x"),
        pytest.param("Connected to api.twilio.com (54.172.60.0) port 443", "54.172.60.0", id="8.5"),
        pytest.param("Connected to api.twilio.com (2600:1f18::1) port 443 (#2)", "2600:1f18::1", id="ipv6"),
        pytest.param(
            "Established connection to api.twilio.com (54.172.60.0 port 443) from 10.0.0.5 port 50123 ",
            "54.172.60.0",
            id="8.16",
        ),
        pytest.param("Connected to api.twilio.com (/run/proxy.sock) port 0", None, id="socket-of-this-machine"),
        pytest.param("Connected to api.twilio.com port 443", None, id="without"),
        pytest.param("Trying 54.172.60.0:443...", None, id="tried-only"),
    ],
)
def test_server_addresses(told: str, address: str | None) -> None:
    assert only(f"* {told}\n* SSL connection using TLSv1.3\n{ASK}{ANSWER}").server_address == address


@pytest.mark.parametrize(
    ("told", "version"),
    [
        pytest.param("SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / RSASSA-PSS", "TLSv1.3", id="8"),
        pytest.param("SSL connection using TLSv1.0 / AES128-SHA", "TLSv1", id="openssl-1.0"),
        pytest.param("SSL connection using TLS1.2 / ECDHE_RSA_AES_256_GCM_SHA384", "TLSv1.2", id="gnutls"),
        pytest.param("TLS 1.2 connection using TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLSv1.2", id="apple"),
        pytest.param("BearSSL: TLSv1.2 connection using TLS_ECDHE", "TLSv1.2", id="bearssl"),
        pytest.param("mbedTLS: TLSv1.3 Handshake complete, cipher is TLS1-3-AES", "TLSv1.3", id="mbedtls"),
        pytest.param("rustls: handshake complete, TLSv1.3, cipher: TLS13_AES_256", "TLSv1.3", id="rustls"),
        pytest.param("SSL connection using ECDHE-RSA-AES128-GCM-SHA256", None, id="openssl-of-2013"),
        pytest.param("SSL connection using TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None, id="nss"),
        pytest.param("mbedTLS: Handshake complete, cipher is TLS-ECDHE", None, id="mbedtls-of-2022"),
        pytest.param("TLSv1.2 (OUT), TLS handshake, Client hello (1):", None, id="a-record"),
        pytest.param("SSLv3, TLS handshake, Client hello (1):", None, id="a-record-of-2013"),
        pytest.param("rustls: handshake complete, TLS version unknown, cipher: x", None, id="unknown"),
        pytest.param("schannel: SSL/TLS connection with api.twilio.com port 443 (step 1/3)", None, id="schannel"),
        pytest.param("SSL connection using TLSv1.3x", None, id="no-version"),
    ],
)
def test_versions_of_tls(told: str, version: str | None) -> None:
    exchange = only(f"{CONNECTED}* {told}\n* SSL certificate verify ok.\n{ASK}{ANSWER}")

    assert (exchange.request.scheme, exchange.tls_version) == ("https", version)


TUNNEL = (
    "* Connected to proxy.example (203.0.113.9) port 3128\n* SSL connection using TLSv1.2 / X\n"
    "> CONNECT api.twilio.com:443 HTTP/1.1\r\n> Host: api.twilio.com:443\r\n>\r\n"
    "< HTTP/1.1 200 OK\r\n<\r\n* CONNECT tunnel established, response 200\n"
)


@pytest.mark.parametrize(
    ("said", "version"),
    [("* SSL connection using TLSv1.3 / Y\n", "TLSv1.3"), ("* ALPN: server accepted http/1.1\n", None)],
    ids=["servers-own", "proxys-alone"],
)
def test_what_is_told_of_a_proxy_is_not_the_servers(said: str, version: str | None) -> None:
    [exchange] = exchanges(f"{TUNNEL}{said}{ASK}{ANSWER}".encode())

    assert (exchange.server_address, exchange.tls_version) == (None, version)


def test_a_plain_request_to_a_proxy_tells_nothing_of_the_server() -> None:
    ask = ASK.replace(f"GET {PATH}", f"GET http://api.twilio.com{PATH}")
    exchange = only(f"* Connected to proxy.example (203.0.113.9) port 3128\n* SSL connection using TLSv1.3\n{ask}")

    assert ask != ASK
    assert (exchange.request.scheme, exchange.server_address, exchange.tls_version) == ("http", None, None)


def test_a_connection_that_is_used_again_keeps_what_was_told_of_it() -> None:
    first = f"* Connected to api.twilio.com (54.172.60.0) port 443 (#0)\n* SSL connection using TLSv1.3\n{ASK}{ANSWER}"
    other = "* Connected to b.example (192.0.2.9) port 80 (#1)\n" + ASK.replace("api.twilio.com", "b.example") + ANSWER
    again = f"* Re-using existing connection! (#0) with host api.twilio.com\n{ASK}{ANSWER}"

    found = [(one.server_address, one.tls_version) for one in exchanges((first + other + again).encode())]

    assert found == [("54.172.60.0", "TLSv1.3"), ("192.0.2.9", None), ("54.172.60.0", "TLSv1.3")]


# --- no answer, no request -------------------------------------------------------------------------------------------
def test_a_request_without_an_answer() -> None:
    exchange = only(f"{ASK}* Empty reply from server\ncurl: (52) Empty reply from server\n")

    assert exchange.response is None
    assert exchange.error


@pytest.mark.parametrize(
    "text",
    [
        "* Could not resolve host: api.br1.twilio.com\ncurl: (6) Could not resolve host: api.br1.twilio.com\n",
        "*   Trying 192.0.2.80:443...\n* connect to 192.0.2.80 port 443 failed: Connection refused\n",
    ],
)
def test_a_connection_that_failed_is_an_error(text: str) -> None:
    assert curl.sniff(text.encode())
    assert items(text.encode()) == [EntryError(0, "curl sent no request: it could not connect")]


@pytest.mark.parametrize(
    "text", [b"", b"hello", b"* a list\n* of things\n", b"<= Recv data, 3 bytes (0x3)\n0000: abc\n", TOKEN]
)
def test_what_is_no_request(text: bytes) -> None:
    with pytest.raises(UnreadableRecording, match="expected what curl -v, --trace-ascii or --trace print") as raised:
        items(text)
    assert TOKEN.decode() not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [b"", b"* a list\n* of things\n", b"> GET / HTTP/1.1\n> Host: x\n", b"GET / HTTP/1.1\n", b"< b\n> c\n", b"{}"],
)
def test_what_is_not_curls(text: bytes) -> None:
    assert not curl.sniff(text)


def test_the_answer_alone_is_no_recording() -> None:
    with pytest.raises(UnreadableRecording, match="lines begin with >"):
        items(ANSWER.encode() + BODY.encode())


# --- the samples -----------------------------------------------------------------------------------------------------
SAMPLES = sorted((Path(curl.__file__).parent / "samples").glob("*.mitm"))
# What a form cannot show: bodies of requests under -v; a line feed in --trace-ascii; that the proxy itself answered.
LOST = {
    "verbose": ["base64-line-wrapped-refused", "credentials-elsewhere", "test-credentials-magic-number"],
    "trace": ["base64-line-wrapped-refused"],
    "trace-ascii": ["base64-line-wrapped-refused"],
}


def summary(found: list[Exchange]) -> dict[int, list[tuple[str, str]]]:
    return {
        index: [(one.cause, one.verdict.value) for one in diagnosis.findings]
        for index, diagnosis in diagnoses(found).items()
    }


@pytest.mark.parametrize("form", LOST)
def test_samples_get_the_same_diagnosis(form: str) -> None:
    changed, compared = [], 0
    for sample in SAMPLES:
        original = open_recording(sample).exchanges
        if len(original) > 1 or not original[0].request.version.startswith("HTTP/1."):
            continue
        compared += 1
        if summary(exchanges(FORMS[form](*original))) != summary(list(original)):
            changed.append(sample.stem)
    assert changed == LOST[form]
    assert compared > 20


# --- any bytes -------------------------------------------------------------------------------------------------------
SCRAPS = st.sampled_from(
    [
        *(line.encode() + b"\n" for line in VERSIONS["8.5.0-http2"].split("\n")),
        *trace(refused()).splitlines(keepends=True),
        *trace(refused(), width=HEX).splitlines(keepends=True),
        *(
            b"=> Send header, 99999999 bytes (0x5f5e0ff)\n",
            b"> ",
            b"< ",
            b"* ",
            b"[0-0] ",
            b"12:00:00.1 ",
            b"\r",
            b"\0",
            b"{",
        ),
        head(b"> GET / HTTP/1.1", ()),
    ]
)


def check(text: bytes) -> None:
    curl.sniff(text)
    with contextlib.suppress(UnreadableRecording):
        assert len(items(text)) <= 2 * text.count(b"\n") + 4


@given(st.binary(max_size=200) | st.lists(SCRAPS | st.binary(max_size=5), max_size=25).map(b"".join))
def test_any_bytes_give_items_or_are_unreadable(text: bytes) -> None:
    check(text)


@pytest.mark.skipif(not EXAMPLES, reason="WHY20003_EXAMPLES sets how many texts are read")
@settings(max_examples=EXAMPLES or 1, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SCRAPS | st.binary(max_size=9), max_size=80).map(b"".join))
def test_any_bytes_at_length(text: bytes) -> None:
    check(text)


@pytest.mark.parametrize("form", ["verbose", "trace-ascii", "trace"])
def test_a_cut_anywhere_gives_the_whole_exchanges_before_it(form: str) -> None:
    whole = FORMS[form](refused())
    text = whole + FORMS[form](refused(method="GET"))
    expected = exchanges(whole)[0]
    for at in range(len(whole), len(text), 7):
        found = exchanges(text[:at])
        assert replace(found[0], started_at=None) == expected


ASKED_AND_ANSWERED = b"> GET / HTTP/1.1\n> \n< HTTP/1.1 200 OK\n< \n"


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: b"> GET / HTTP/1.1\n" * (size // 100), id="requests"),
        pytest.param(lambda size: b"> GET / HTTP/1.1\n" + b"> a: b\n" * (size // 13), id="header-lines"),
        pytest.param(lambda size: ASKED_AND_ANSWERED + b"text * text\n" * (size // 13), id="body"),
        pytest.param(
            lambda size: b"".join(b"[%d-0] > GET / HTTP/1.1\n" % number for number in range(size // 160)),
            id="transfers",
        ),
        pytest.param(
            lambda size: b"=> Send header, 999999999999 bytes (0xe8d4a50fff)\n" + b"0000: a\n" * (size // 25),
            id="a-promise",
        ),
        pytest.param(
            lambda size: (
                b"=> Send header, 9999999 bytes (0x98967f)\n" + b"".join(b"%04x: a\n" % at for at in range(size // 11))
            ),
            id="rows",
        ),
        pytest.param(lambda size: b"  0 " * (size // 3) + b"\n", id="meter"),
        pytest.param(lambda size: b"12:00:00.1 " * (size // 10), id="stamps"),
        pytest.param(lambda size: ASKED_AND_ANSWERED + b"[" * size, id="nested-lists"),
        pytest.param(lambda size: ASKED_AND_ANSWERED + b'{"' + b"\\" * size, id="escapes"),
    ],
)
def test_a_long_text_takes_no_more_than_its_share_of_time(build: Callable[[int], bytes]) -> None:
    assert_in_line(check, build, 300_000)


def test_verbose_writes_what_the_real_curl_writes() -> None:
    text = verbose(refused())

    assert text.startswith(b"*   Trying 192.0.2.80:443...\n* Connected to api.twilio.com (192.0.2.80) port 443 (#0)\n")
    assert b"\n> Authorization: Basic " in text
