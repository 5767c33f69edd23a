import contextlib
import gzip
import io
import json
import os
import tracemalloc
import zlib
from collections.abc import Callable
from math import isqrt
from pathlib import Path

import pytest
from growth import assert_in_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import diagnoses
from wire_text import head, raw_text, request_of

from analyzers.building import GOOD, MESSAGES, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.exchange import Exchange, Fidelity
from recordings import raw
from recordings.decoding import BODY_LIMIT
from recordings.opening import open_recording
from recordings.reading import Cut, Entry, EntryError, Item, Skipped, UnreadableRecording

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))
PATH = MESSAGES % SID
BODY = b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
ASKED = head(b"GET %s HTTP/1.1" % PATH, ((b"Host", b"api.twilio.com"), (b"Authorization", GOOD)))
POSTED = head(
    b"POST %s HTTP/1.1" % PATH, ((b"Host", b"api.twilio.com"), (b"Authorization", GOOD), (b"Content-Length", b"5"))
)
ANSWERED = head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Type", b"application/json"), (b"Content-Length", b"107")))
REFUSED = ANSWERED + BODY
BARE_ANSWER = b"HTTP/1.1 401 Unauthorized\r\n\r\n" + BODY


def items(text: bytes) -> list[Item]:
    return list(raw.items(io.BytesIO(text)))


def exchanges(text: bytes) -> list[Exchange]:
    found = items(text)
    assert all(isinstance(item, Entry) for item in found), found
    return [item.exchange for item in found if isinstance(item, Entry)]


def only(text: bytes) -> Exchange:
    [exchange] = exchanges(text)
    return exchange


def statuses(text: bytes) -> list[tuple[str, int]]:
    return [(one.request.method, one.response.status if one.response else 0) for one in exchanges(text)]


def lf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


def quoted(text: bytes, mark: bytes) -> bytes:
    return b"".join((mark + line).rstrip(b" ") + b"\n" for line in lf(text).split(b"\n"))


# --- one exchange in all its forms ------------------------------------------------------------------------------------
PLAIN = ASKED + REFUSED

FORMS = {
    "wire": PLAIN,
    "line-feeds": lf(PLAIN),
    "mixed-line-ends": lf(ASKED) + REFUSED,
    "quoted": quoted(PLAIN, b"> "),
    "quoted-twice": quoted(PLAIN, b"> > "),
    "quoted-without-blank": quoted(PLAIN, b">"),
    "table-bar": quoted(PLAIN, b"| "),
    "indented": quoted(PLAIN, b"    "),
    "tabs": quoted(PLAIN, b"\t"),
    "only-the-first-line-indented": b"  " + lf(PLAIN),
    "fenced": b"Hello,\n\nwe get this:\n\n```http\n" + lf(PLAIN) + b"\n```\n\nRegards\n",
    "fenced-apart": b"```\n" + lf(ASKED) + b"```\nand then\n```\n" + lf(REFUSED) + b"\n```\n",
    "fenced-and-quoted": quoted(b"```\n" + lf(PLAIN) + b"\n```\nSee?", b"> "),
    "with-words-around": b"We send:\n\n" + lf(ASKED) + b"and get\n\n" + lf(REFUSED) + b"\n\nThanks, GET well!\n",
    "empty-line-between": ASKED + b"\r\n\r\n" + REFUSED + b"\r\n",
    "byte-order-mark": b"\xef\xbb\xbf" + PLAIN,
    "utf-16": PLAIN.decode().encode("utf-16"),
    "length-too-short": ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Length", b"30"),)) + BODY,
    "length-too-long": ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Length", b"9000"),)) + BODY,
    "length-of-no-number": ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Length", b"some"),)) + BODY,
    "no-length": ASKED + BARE_ANSWER,
    "pretty": ASKED + ANSWERED + json.dumps(json.loads(BODY), indent=2).encode() + b"\n",
    "pretty-and-more": ASKED + ANSWERED + json.dumps(json.loads(BODY), indent=2).encode() + b"\n\nWhat now?\n",
    "length-ends-in-the-middle-of-a-line-end": (
        ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Length", b"1"),)) + b"{\n" + BODY[1:]
    ),
    "http-2": (ASKED + REFUSED)
    .replace(b"HTTP/1.1\r", b"HTTP/2\r")
    .replace(b"HTTP/1.1 401 Unauthorized", b"HTTP/2 401"),
    "absolute-target": PLAIN.replace(b"GET /", b"GET https://api.twilio.com/"),
    "no-version": PLAIN.replace(b" HTTP/1.1\r\nHost", b"\r\nHost"),
    "no-version-absolute": PLAIN.replace(b"GET /", b"GET https://api.twilio.com/").replace(
        b" HTTP/1.1\r\nHost", b"\r\nHost"
    ),
    "chunked": ASKED
    + head(b"HTTP/1.1 401 Unauthorized", ((b"Transfer-Encoding", b"chunked"),))
    + b"10\r\n%s\r\n5b\r\n%s\r\n0\r\n\r\n" % (BODY[:16], BODY[16:]),
    "chunked-with-trailer": ASKED
    + head(b"HTTP/1.1 401 Unauthorized", ((b"Transfer-Encoding", b"chunked"),))
    + b"6b;x=y\r\n%s\r\n0\r\nX-Checksum: 1\r\n\r\n" % BODY,
    "chunked-in-a-ticket": lf(
        ASKED
        + head(b"HTTP/1.1 401 Unauthorized", ((b"Transfer-Encoding", b"chunked"),))
        + b"6b\r\n%s\r\n0\r\n\r\n" % BODY
    ),
    "chunks-undone": ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Transfer-Encoding", b"chunked"),)) + BODY,
    "gzip": ASKED
    + head(
        b"HTTP/1.1 401 Unauthorized",
        ((b"Content-Encoding", b"gzip"), (b"Content-Length", b"%d" % len(gzip.compress(BODY, mtime=0)))),
    )
    + gzip.compress(BODY, mtime=0),
    "gzip-undone": ASKED + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Encoding", b"gzip"),)) + BODY,
    "deflate": ASKED
    + head(b"HTTP/1.1 401 Unauthorized", ((b"Content-Encoding", b"deflate"),))
    + zlib.compress(BODY)
    + b"\r\n",
    "continue": ASKED + b"HTTP/1.1 100 Continue\r\n\r\n" + REFUSED,
    "tunnel-not-asked-for": ASKED + b"HTTP/1.1 200 Connection established\r\n\r\n" + REFUSED,
    "early-hints": ASKED + b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + REFUSED,
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_exchange(text: bytes) -> None:
    exchange = only(text)
    request, response = exchange.request, exchange.response

    assert (request.method, request.scheme, request.host, request.port) == ("GET", "https", "api.twilio.com", 443)
    assert request.target == PATH
    assert request.headers == ((b"Host", b"api.twilio.com"), (b"Authorization", GOOD))
    assert request.body == b""
    assert response is not None
    assert response.status == 401
    assert json.loads(response.body) == json.loads(BODY)
    assert exchange.fidelity is Fidelity.FULL
    assert raw.sniff(text)


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_gets_the_same_diagnosis(text: bytes) -> None:
    [diagnosis] = diagnoses(exchanges(text)).values()
    [expected] = diagnoses([refused(method="GET", agent=b"")]).values()

    assert [(one.cause, one.verdict) for one in diagnosis.findings] == [
        (one.cause, one.verdict) for one in expected.findings
    ]


# --- bodies of requests ----------------------------------------------------------------------------------------------
FORM = b"To=%2B1&From=%2B2&Body=hello"


BETWEEN = {
    "one-line-end": (FORM + b"\r\n", FORM),
    "an-empty-line": (FORM + b"\r\n\r\n", FORM),
    "words-behind": (FORM + b"\n\nThe answer was:\n\n", FORM),
    "json-with-an-empty-line": (b'{"a":\n\n1}\n', b'{"a":\n\n1}'),
    "taken-out": (b"", b""),
}


@pytest.mark.parametrize(("between", "body"), BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("length", [None, b"28", b"5", b"700"])
def test_the_body_of_a_request(between: bytes, body: bytes, length: bytes | None) -> None:
    headers = ((b"Host", b"api.twilio.com"), *(((b"Content-Length", length),) if length else ()))

    exchange = only(head(b"POST %s HTTP/1.1" % PATH, headers) + between + REFUSED)

    assert exchange.request.body == body
    assert exchange.response is not None
    assert exchange.response.status == 401


@pytest.mark.parametrize(("method", "body"), [(b"POST", b"hello there"), (b"GET", b"")])
def test_a_length_vouches_for_words_where_a_body_belongs(method: bytes, body: bytes) -> None:
    headers = ((b"Host", b"api.twilio.com"), (b"Content-Length", b"9000"))

    text = head(method + b" / HTTP/1.1", headers) + b"hello there\n\nsays the app\n\n" + REFUSED

    assert only(text).request.body == body


def test_words_below_a_head_are_no_body() -> None:
    words = b"\nThe answer was as follows, and we do not see why:\n\n"

    assert only(head(b"POST / HTTP/1.1", ((b"Host", b"api.twilio.com"),)) + words + REFUSED).request.body == b""


def test_a_body_may_end_in_the_middle_of_a_line() -> None:
    headers = ((b"Host", b"api.twilio.com"), (b"Content-Length", b"28"))

    assert only(head(b"POST / HTTP/1.1", headers) + FORM + REFUSED).request.body == FORM


def test_a_get_is_given_no_body_of_words() -> None:
    text = ASKED.replace(b"Host", b"Content-Length: 50\r\nHost") + b"we do not know why this is\n\n" + REFUSED

    assert only(text).request.body == b""


def test_a_body_may_hold_what_looks_like_a_message() -> None:
    inner = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    length = b"%d" % len(inner)
    text = head(b"POST / HTTP/1.1", ((b"Host", b"h"), (b"Content-Length", length))) + inner + BARE_ANSWER

    assert only(text).request.body == inner


def test_a_body_is_kept_to_its_limit_and_the_next_message_still_found() -> None:
    large = b"x" * (3 << 20)
    long = head(b"HTTP/1.1 200 OK", ((b"Content-Length", b"%d" % len(large)),)) + large + b"\r\n"

    first, second = exchanges(ASKED + long + PLAIN)

    assert first.response is not None
    assert len(first.response.body) == BODY_LIMIT
    assert second.response is not None
    assert second.response.body == BODY


def test_a_gzip_bomb_is_not_inflated_beyond_the_limit() -> None:
    bomb = gzip.compress(bytes(1 << 26))
    length = b"%d" % len(bomb)
    text = head(b"HTTP/1.1 401 No", ((b"Content-Encoding", b"gzip"), (b"Content-Length", length))) + bomb

    response = only(ASKED + text).response

    assert response is not None
    assert len(response.body) == BODY_LIMIT


# --- several exchanges ----------------------------------------------------------------------------------------------
OTHER = ASKED.replace(b"GET ", b"PUT ").replace(b"Host:", b"Content-Length: 0\r\nHost:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(PLAIN + OTHER + REFUSED, [("GET", 401), ("PUT", 401)], id="one-after-the-other"),
        pytest.param(ASKED + OTHER + REFUSED + BARE_ANSWER, [("GET", 401), ("PUT", 401)], id="pipelined"),
        pytest.param(ASKED + OTHER, [("GET", 0), ("PUT", 0)], id="requests-alone"),
        pytest.param(ASKED + OTHER + REFUSED, [("GET", 0), ("PUT", 401)], id="the-first-without-an-answer"),
        pytest.param(PLAIN + b"\n\n" + OTHER, [("GET", 401), ("PUT", 0)], id="the-last-without-an-answer"),
        pytest.param(PLAIN + b"\n###\n\n" + lf(OTHER + REFUSED), [("GET", 401), ("PUT", 401)], id="separator"),
        pytest.param(
            lf(ASKED + BARE_ANSWER) + b"\n" + quoted(OTHER + REFUSED, b"> "),
            [("GET", 401), ("PUT", 401)],
            id="one-plain-one-quoted",
        ),
        pytest.param(
            ASKED + b"HTTP/1.1 204 No Content\r\n\r\n" + OTHER + REFUSED, [("GET", 204), ("PUT", 401)], id="no-content"
        ),
        pytest.param(
            ASKED.replace(b"GET", b"HEAD") + ANSWERED + OTHER + REFUSED, [("HEAD", 401), ("PUT", 401)], id="head"
        ),
    ],
)
def test_requests_get_their_answers(text: bytes, expected: list[tuple[str, int]]) -> None:
    assert statuses(text) == expected


def test_a_tunnel_is_skipped() -> None:
    connect = b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"

    found = items(connect + PLAIN)

    assert found[0] == Skipped()
    assert isinstance(found[1], Entry)
    assert found[1].place == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(REFUSED, id="alone"),
        pytest.param(b"$ curl -i https://api.twilio.com/\n" + lf(REFUSED), id="curl -i"),
    ],
)
def test_an_answer_without_its_request_is_an_error_that_says_what_to_do(text: bytes) -> None:
    [error] = items(text)

    assert isinstance(error, EntryError)
    assert error.entry == 0
    assert "paste its lines too" in error.says
    assert "curl -v" in error.says


def test_a_second_answer_is_an_error_and_loses_nothing() -> None:
    first, error, last = items(PLAIN + REFUSED + OTHER + REFUSED)

    assert isinstance(first, Entry)
    assert isinstance(error, EntryError)
    assert isinstance(last, Entry)
    assert (first.place, error.entry, last.place) == (0, 1, 2)


# --- heads in wire form ----------------------------------------------------------------------------------------------
def request_with(*lines: bytes) -> bytes:
    return b"\r\n".join((b"GET %s HTTP/1.1" % PATH, b"Host: api.twilio.com", *lines, b"", b""))


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        pytest.param((b"Authorization : x",), [(b"Authorization ", b"x")], id="blank-before-the-colon"),
        pytest.param((b"Authorization: a\r\n b",), [(b"Authorization", b"a\r\n b")], id="folded"),
        pytest.param((b"Authorization: a\nb",), [(b"Authorization", b"a\nb")], id="line-feed-inside"),
        pytest.param(
            (b"Authorization: a\n", b"X: y"), [(b"Authorization", b"a\n"), (b"X", b"y")], id="line-feed-behind"
        ),
        pytest.param(
            (b"authorization: a", b"AUTHORIZATION: b"), [(b"authorization", b"a"), (b"AUTHORIZATION", b"b")], id="twice"
        ),
        pytest.param((b"Authorization:",), [(b"Authorization", b"")], id="empty"),
        pytest.param((b"Authorization: \xc3\xa9\xff\0",), [(b"Authorization", b"\xc3\xa9\xff\0")], id="bytes"),
    ],
)
def test_header_lines_keep_their_wire_form(lines: tuple[bytes, ...], headers: list[tuple[bytes, bytes]]) -> None:
    exchange = only(request_with(*lines) + REFUSED)

    assert list(exchange.request.headers[1:]) == headers
    assert exchange.response is not None
    assert exchange.response.body == BODY


WRAPPED = GOOD[:66] + b"\n" + GOOD[66:]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_base64_that_was_broken_by_its_encoder_is_found(end: bytes) -> None:
    text = (request_with(b"Authorization: " + WRAPPED) + REFUSED).replace(b"\r\n", end)

    [diagnosis] = diagnoses(exchanges(text)).values()

    assert diagnosis.top is not None
    assert diagnosis.top.cause == "base64-line-wrapped"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"Authorization: Basic\n" + GOOD[6:], id="before-the-word"),
        pytest.param(b"Authorization: " + GOOD[:57] + b"\n" + GOOD[57:], id="at-column-72"),
        pytest.param(b"Authorization: " + GOOD[:63] + b"\n" + GOOD[63:], id="at-column-78"),
        pytest.param(b"Authorization: Basic\n" + GOOD[6:80] + b"\n" + GOOD[80:], id="twice"),
    ],
)
def test_a_line_that_mail_broke_is_put_together(line: bytes) -> None:
    text = lf(request_with(line, b"X: y") + REFUSED)

    assert only(text).request.headers[1:] == ((b"Authorization", GOOD), (b"X", b"y"))


def test_a_broken_line_between_the_wires_line_ends_is_no_mails() -> None:
    text = request_with(b"Authorization: " + GOOD[:57] + b"\n" + GOOD[57:]) + REFUSED

    assert only(text).request.first(b"authorization") == GOOD[:57] + b"\n" + GOOD[57:]


# --- where it went --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "host", "expected"),
    [
        pytest.param(b"GET /a HTTP/1.1", b"Host: api.twilio.com", ("https", "api.twilio.com", 443), id="twilio"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: API.Twilio.com:443", ("https", "api.twilio.com", 443), id="443"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: api.twilio.com:80", ("http", "api.twilio.com", 80), id="80"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: api.twilio.com:8443", ("https", "api.twilio.com", 8443), id="8443"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: gateway.example", ("https", "gateway.example", 443), id="a-stranger"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: localhost:3000", ("http", "localhost", 3000), id="local"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: 127.0.0.1", ("http", "127.0.0.1", 80), id="address"),
        pytest.param(b"GET http://verify.twilio.com/a HTTP/1.1", b"X: y", ("http", "verify.twilio.com", 80), id="http"),
        pytest.param(
            b"GET https://verify.twilio.com/a HTTP/1.1", b"Host: other", ("https", "verify.twilio.com", 443), id="both"
        ),
        pytest.param(
            b"GET https://10.0.0.1/a HTTP/1.1",
            b"Host: api.twilio.com",
            ("https", "api.twilio.com", 443),
            id="by-address",
        ),
        pytest.param(b"GET /2010-04-01/Accounts HTTP/1.1", b"X: y", ("https", "api.twilio.com", 443), id="dated-path"),
        pytest.param(b"GET /v1/a HTTP/1.1", b"X: y", ("https", "", 443), id="nowhere"),
        pytest.param(b"GET /a HTTP/1.1", b"Host: a b", ("https", "", 443), id="no-host-name"),
    ],
)
def test_origins(first: bytes, host: bytes, expected: tuple[str, str, int]) -> None:
    request = only(first + b"\r\n" + host + b"\r\n\r\n" + BARE_ANSWER).request

    assert (request.scheme, request.host, request.port) == expected


def test_the_answer_may_name_the_host() -> None:
    answer = b"HTTP/1.1 401 Unauthorized\r\nX-API-Domain: verify.twilio.com\r\n\r\n" + BODY

    assert only(b"GET /v2/Services HTTP/1.1\r\nX: y\r\n\r\n" + answer).request.host == "verify.twilio.com"


@pytest.mark.parametrize(
    ("location", "scheme"),
    [
        (b"https://api.twilio.com" + PATH, "http"),
        (b"https://api.twilio.com/elsewhere", "https"),
        (b"https://www.twilio.com" + PATH, "https"),
        (b"http://api.twilio.com" + PATH, "https"),
        (PATH, "https"),
    ],
)
def test_who_is_sent_to_https_came_by_http(location: bytes, scheme: str) -> None:
    answer = head(b"HTTP/1.1 301 Moved Permanently", ((b"Location", location),))

    request = only(ASKED + answer).request

    assert (request.scheme, request.port) == (scheme, 80 if scheme == "http" else 443)


def test_who_named_a_port_did_not_come_by_http() -> None:
    answer = head(b"HTTP/1.1 301 Moved Permanently", ((b"Location", b"https://api.twilio.com" + PATH),))

    request = only(ASKED.replace(b"twilio.com", b"twilio.com:8443") + answer).request

    assert (request.scheme, request.port) == ("https", 8443)


def test_pseudo_headers_are_read_as_the_first_line() -> None:
    text = b":method: POST\n:scheme: https\n:authority: api.twilio.com\n:path: %s\nauthorization: %s\n\n\n" % (
        PATH,
        GOOD,
    )
    answer = b":status: 401\ncontent-type: application/json\n\n" + BODY

    exchange = only(text + answer)

    assert (exchange.request.method, exchange.request.host, exchange.request.target) == ("POST", "api.twilio.com", PATH)
    assert exchange.request.version == "HTTP/2.0"
    assert exchange.request.headers == ((b"authorization", GOOD),)
    assert exchange.response is not None
    assert exchange.response.status == 401


# --- what absence proves ----------------------------------------------------------------------------------------------
NAKED = head(b"GET %s HTTP/1.1" % PATH, ((b"Host", b"api.twilio.com"), (b"User-Agent", b"x/1")))


@pytest.mark.parametrize(
    ("text", "fidelity"),
    [
        pytest.param(NAKED + REFUSED, Fidelity.FULL, id="whole"),
        pytest.param(lf(NAKED + REFUSED), Fidelity.FULL, id="whole-with-line-feeds"),
        pytest.param(NAKED[:-2] + REFUSED, Fidelity.SANITIZED, id="no-empty-line-behind-the-head"),
        pytest.param(lf(NAKED)[:-1] + b"```\n", Fidelity.SANITIZED, id="fence-behind-the-head"),
        pytest.param(lf(NAKED).replace(b"User", b"...\nUser") + REFUSED, Fidelity.SANITIZED, id="dots"),
        pytest.param(lf(NAKED).replace(b"User", b"[snip]\nUser") + REFUSED, Fidelity.SANITIZED, id="snip"),
        pytest.param(lf(NAKED).replace(b"User", "…\nUser".encode()) + REFUSED, Fidelity.SANITIZED, id="ellipsis"),
        pytest.param(b"Hello\n\n" + NAKED + REFUSED, Fidelity.DOUBTFUL, id="ticket"),
        pytest.param(quoted(NAKED + REFUSED, b"> "), Fidelity.DOUBTFUL, id="mail"),
        pytest.param(b"```\n" + lf(NAKED + REFUSED), Fidelity.DOUBTFUL, id="fence"),
        pytest.param(b"Hello\n\n" + PLAIN, Fidelity.FULL, id="ticket-that-shows-it"),
        pytest.param(ASKED[:-2] + REFUSED, Fidelity.DOUBTFUL, id="no-empty-line-behind-a-head-that-shows-it"),
    ],
)
def test_what_a_missing_header_proves(text: bytes, fidelity: Fidelity) -> None:
    assert only(text).fidelity is fidelity


@pytest.mark.parametrize(
    "value",
    [
        b"Basic [redacted]",
        b"Basic ****",
        b"[REDACTED]",
        b"Basic QUMx...",
        b"Basic xxxxxxxx",
        b"Basic " + GOOD[6:20] + b"*****",
        "Basic ••••".encode(),
        b"<hidden>",
    ],
)
def test_an_overwritten_value_was_never_sent(value: bytes) -> None:
    exchange = only(request_with(b"Authorization: " + value) + REFUSED)

    assert exchange.request.first(b"authorization") is None
    assert exchange.fidelity is Fidelity.SANITIZED
    [diagnosis] = diagnoses([exchange]).values()
    assert "no-authorization" not in [finding.cause for finding in diagnosis.findings]


@pytest.mark.parametrize("value", [b"Basic xyz", b"Basic", b"Bearer YOUR_TOKEN", b"Basic x-x"])
def test_near_misses_of_overwritten_values(value: bytes) -> None:
    assert only(request_with(b"Authorization: " + value) + REFUSED).request.first(b"authorization") == value


def test_an_annotated_answer_is_read_as_it_came() -> None:
    body = json.loads(BODY)
    body["message"] += " [why20003: the pair is wrong (confirmed)]"
    body["why20003"] = {"cause": "pair-refused", "verdict": "confirmed"}

    response = only(
        ASKED + b"HTTP/1.1 401 No\r\nWhy20003-Cause: pair-refused\r\n\r\n" + json.dumps(body).encode()
    ).response

    assert response is not None
    assert response.headers == ()
    assert json.loads(response.body) == json.loads(BODY)


# --- no recording --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"hello",
        b"POST is what we use, with HTTP/1.1 of course\n",
        b"HTTP/1.1 401 is what we get back every time\n",
        b"GET well soon\n",
        b"Please GET /a HTTP/1.1",
        b"get started with HTTP/1.1\n",
        b'"GET / HTTP/1.1" 401',
        TOKEN,
    ],
)
def test_what_is_no_message(text: bytes) -> None:
    assert not raw.sniff(text)
    with pytest.raises(UnreadableRecording, match="expected raw HTTP text") as raised:
        items(text)
    assert TOKEN.decode() not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param(PLAIN, False, id="whole"),
        pytest.param(PLAIN[:-20], True, id="in-the-body"),
        pytest.param(ASKED + ANSWERED[:40], True, id="in-the-answers-head"),
        pytest.param(ASKED[:-20], True, id="in-the-requests-head"),
        pytest.param(FORMS["length-too-long"], False, id="a-wrong-length-before-a-whole-document"),
        pytest.param(ASKED, False, id="request-alone"),
        pytest.param(lf(ASKED)[:-1], False, id="pasted-without-the-empty-line"),
    ],
)
def test_a_cut_is_told(text: bytes, *, cut: bool) -> None:
    assert (items(text)[-1] == Cut()) is cut


def test_reading_a_pipe_piece_by_piece_changes_nothing() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self._rest = content

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            piece, self._rest = self._rest[:1], self._rest[1:]
            buffer[: len(piece)] = piece
            return len(piece)

    for text in (*FORMS.values(), PLAIN + OTHER + REFUSED):
        assert list(raw.items(Trickle(text))) == items(text)  # type: ignore[arg-type] # it reads


# --- any bytes -------------------------------------------------------------------------------------------------------
def bounded(text: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        found = items(text)
        assert len(found) <= text.count(b"\n") + 2


SCRAPS = st.sampled_from(
    [
        *(
            ASKED,
            POSTED,
            REFUSED,
            ANSWERED,
            BARE_ANSWER,
            BODY,
            b"\r\n",
            b"\n",
            b"> ",
            b"    ",
            b"```\n",
            b"...\n",
            b": ",
        ),
        *(
            b"HTTP/1.1 ",
            b"HTTP/2 401\n",
            b"GET / HTTP/1.1\n",
            b"Content-Length: 9\r\n",
            b"Transfer-Encoding: chunked\r\n",
        ),
        *(
            b"5\r\n",
            b"0\r\n\r\n",
            b":method: GET\n",
            b"CONNECT a:1 HTTP/1.1\r\n\r\n",
            b"\xff\xfe",
            b"\0",
            b"{",
            b"<",
            b"To=1",
        ),
    ]
)


@given(st.binary(max_size=200) | st.lists(SCRAPS | st.binary(max_size=9), max_size=12).map(b"".join))
def test_any_bytes_give_items_or_are_unreadable(text: bytes) -> None:
    raw.sniff(text)
    bounded(text)


@pytest.mark.skipif(not EXAMPLES, reason="WHY20003_EXAMPLES sets how many texts are read")
@settings(max_examples=EXAMPLES or 1, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SCRAPS | st.binary(max_size=9), max_size=40).map(b"".join))
def test_any_bytes_at_length(text: bytes) -> None:
    bounded(text)


def test_a_cut_anywhere_gives_all_whole_exchanges_before_it() -> None:
    text = PLAIN + OTHER + REFUSED
    for at in range(len(PLAIN), len(text)):
        found = items(text[:at])
        assert isinstance(found[0], Entry)
        assert found[0].exchange == only(PLAIN)


HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"X-A", b"Authorization", b"accept", b"Cookie"]),
        st.binary(max_size=60).filter(lambda value: not set(value) & set(b"\r\n") and value == value.strip(b" \t")),
    ),
    max_size=6,
)


@given(HEADERS, st.binary(max_size=80), st.binary(max_size=80))
def test_what_is_written_is_read_back(headers: list[tuple[bytes, bytes]], body: bytes, content: bytes) -> None:
    lines = (*headers, (b"Host", b"api.twilio.com"), (b"Content-Length", b"%d" % len(body)))
    sent = head(b"POST %s HTTP/1.1" % PATH, lines) + body
    came = head(b"HTTP/1.1 401 No", ((b"Content-Length", b"%d" % len(content)),)) + content

    [item] = items(sent + came)

    assert isinstance(item, Entry)
    assert item.exchange.request.body == body
    assert item.exchange.response is not None
    assert item.exchange.response.body == content
    if item.exchange.fidelity is Fidelity.FULL:
        assert item.exchange.request.headers == lines
        assert b"".join(request_of(item.exchange)) == sent


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: b"> " * (size // 5) + b"GET / HTTP/1.1\n", id="marks"),
        pytest.param(lambda size: b"GET / HTTP/1.1\n" * (size // 70), id="requests"),
        pytest.param(lambda size: b"HTTP/1.1 200 OK\n\n" * (size // 70), id="answers"),
        pytest.param(lambda size: ASKED + ANSWERED + b"[" * size, id="nested-lists"),
        pytest.param(lambda size: b"GET / HTTP/1.1\n" + b"A: b\n" * (size // 5), id="header-lines"),
        pytest.param(lambda size: b"GET / HTTP/1.1\nA: " + b"b" * (5 * size), id="one-line"),
        pytest.param(
            lambda size: b"GET / HTTP/1.1\nContent-Length: 99999999999\n\n" + b"a b\n" * (size // 4),
            id="a-long-promise",
        ),
        pytest.param(
            lambda size: b"GET / HTTP/1.1\nTransfer-Encoding: chunked\n\n" + b"1\n1\n" * (size // 10),
            id="many-chunks",
        ),
        pytest.param(lambda size: b"GET " + b"a " * (size // 30) + b"\n", id="no-version"),
    ],
)
def test_a_long_text_takes_no_more_than_its_share_of_time(build: Callable[[int], bytes]) -> None:
    assert_in_line(looked_at, build, 300_000)


def test_deeper_and_deeper_quotes_take_no_more_than_their_share_of_time() -> None:
    def build(size: int) -> bytes:  # its length is the square of its depth
        return b"".join(b"%sGET / HTTP/1.1\n%s\n" % ((b">" * depth,) * 2) for depth in range(1, isqrt(size)))

    assert_in_line(looked_at, build, 500_000)


def looked_at(text: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        items(text)
    raw.sniff(text[:65536])


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for times in (200, 1_000):
        file = Repeated(PLAIN + b"\r\n", times)
        tracemalloc.start()
        assert sum(isinstance(item, Entry) for item in raw.items(io.BufferedReader(file))) == times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 50_000


class Repeated(io.RawIOBase):
    """The same bytes many times."""

    def __init__(self, content: bytes, times: int) -> None:
        self._content = content
        self._times = times

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io hands over
        now = min(self._times, len(buffer) // len(self._content)) * len(self._content)
        buffer[:now] = self._content * (now // len(self._content))
        self._times -= now // len(self._content)
        return now


# --- the samples ------------------------------------------------------------------------------------------------------
SAMPLES = sorted((Path(raw.__file__).parent / "samples").glob("*.mitm"))
# The proxy itself answered, which is no part of the wire: nothing tells that the request never reached Twilio.
NOT_ON_THE_WIRE = ["base64-line-wrapped-refused"]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_samples_as_raw_text_get_the_same_diagnosis(line_end: bytes) -> None:
    changed, compared = [], 0
    for sample in SAMPLES:
        original = open_recording(sample).exchanges
        if len(original) > 1 or not original[0].request.version.startswith("HTTP/1."):
            continue
        compared += 1
        if summary(exchanges(raw_text(*original).replace(b"\r\n", line_end))) != summary(original):
            changed.append(sample.stem)
    assert changed == NOT_ON_THE_WIRE
    assert compared > 20


def test_samples_of_several_exchanges_keep_their_causes() -> None:
    for sample in SAMPLES:
        original = open_recording(sample).exchanges
        if len(original) == 1 or not all(one.request.version.startswith("HTTP/1.") for one in original):
            continue
        found = exchanges(raw_text(*original))
        assert len(found) == len(original)
        # Without times it cannot be seen that a redirect was followed at once, so verdicts may be lower.
        assert [[one[0] for one in each] for each in summary(found)] == [
            [one[0] for one in each] for each in summary(original)
        ], sample.stem


def summary(found: list[Exchange] | tuple[Exchange, ...]) -> list[list[tuple[str, str, str | None]]]:
    return [
        [(one.cause, one.verdict.value, one.nested_under) for one in diagnosis.findings]
        for diagnosis in diagnoses(found).values()
    ]


def test_a_redirect_that_lost_the_header_is_seen_in_raw_text() -> None:
    first = redirected(GOOD, b"https://api.twilio.com" + PATH, 301, scheme="http", method="GET")
    text = raw_text(first, refused(None, method="GET", at=0.2), accepted(basic(SID, TOKEN), at=9))

    found = diagnoses(exchanges(text))

    assert found[1].findings[0].cause == "stripped-on-redirect"
