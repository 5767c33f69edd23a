"""Every body shape of docs/facts.md 1.5, and every lie about it."""

import gzip
import json
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.answer import Answer, answer_of, decoded_body
from analyzers.exchange import Headers, Response

MORE = "https://www.twilio.com/docs/errors/20003"
TEXT = "Authenticate"


def read(body: bytes, headers: Headers = (), status: int = 401) -> Answer:
    return answer_of(Response(status=status, headers=headers, body=body))


def as_json(**members: object) -> bytes:
    return json.dumps(members).encode()


XML = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
    b"<Detail>Your AccountSid or AuthToken was incorrect.</Detail><Message>Authenticate</Message><MoreInfo>https://www.twilio.com/docs/errors/20003"
    b"</MoreInfo><Status>401</Status></RestException></TwilioResponse>"
)
XML_OF_2012 = (
    b"<TwilioResponse><RestException><Status>401</Status><Message>Authenticate</Message><Code>20003</Code>"
    b"<MoreInfo>http://www.twilio.com/docs/errors/20003</MoreInfo></RestException></TwilioResponse>"
)
SHAPES = {
    "a-classic": as_json(code=20003, message=TEXT, more_info=MORE, status=401),
    "a-old-with-detail": as_json(
        code=20003, detail="Your AccountSid or AuthToken was incorrect.", message=TEXT, status=401
    ),
    "a-with-details": as_json(code=20003, message=TEXT, more_info=MORE, status=401, details={"x": 1}),
    "b-xml": XML,
    "b-xml-of-2012": XML_OF_2012,
    "c-rest-error-v1": as_json(code=20003, message=TEXT, httpStatusCode=401, params={}, userError=True),
    "d-service-error": as_json(message=TEXT, code=20003, user_error=True, http_status_code=401, params={}, status=401),
    "e-rfc-9457": as_json(
        type=MORE, title=TEXT, status=401, detail="no", instance="/x", code=20003, errors=[{"detail": "x"}]
    ),
    "g-camel-case": as_json(code=20003, message=TEXT, moreInfo=MORE, status=401),
    "h-with-params": as_json(code=20003, message=TEXT, params={}, more_info=MORE, status=401),
    "i-throttled": as_json(code=20003, message=TEXT, more_info=MORE, status=401, throttled_until=None),
    "j-list": as_json(errors=[{"code": 20003, "message": TEXT, "infoUrl": MORE, "context": {}}]),
    "code-as-text": as_json(code="20003", message=TEXT, status="401"),
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_shapes(body: bytes) -> None:
    found = read(body)
    assert (found.status, found.code, found.message) == (401, 20003, TEXT)


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("kind", [b"text/html", b"application/xml", b"application/json", b"image/png", b""])
def test_content_type_is_not_believed(body: bytes, kind: bytes) -> None:
    assert read(body, ((b"Content-Type", kind),)).code == 20003


def test_scim() -> None:
    found = read(as_json(schemas=["urn"], detail="Denied", scimType="x", status="401", code=20003, moreInfo=MORE))
    assert (found.code, found.message, found.detail, found.by_twilio) == (20003, "", "Denied", True)


def test_oauth_error() -> None:
    found = read(as_json(error="invalid_client", error_description="Client authentication failed"))
    assert (found.code, found.detail) == (None, "Client authentication failed")


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\r\n  \t", b"\xef\xbb\xbf\n"])
def test_marks_and_blanks_before_the_body(start: bytes) -> None:
    assert read(start + SHAPES["a-classic"]).code == 20003
    assert read(start + XML_OF_2012).code == 20003


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param(b"gzip", gzip.compress(SHAPES["a-classic"]), id="gzip"),
        pytest.param(b"", gzip.compress(SHAPES["a-classic"]), id="gzip-unsaid"),
        pytest.param(b"identity", gzip.compress(XML), id="gzip-denied"),
        pytest.param(b"deflate", zlib.compress(SHAPES["a-classic"]), id="deflate"),
        pytest.param(b"deflate", zlib.compress(SHAPES["a-classic"])[2:-4], id="raw-deflate"),
        pytest.param(b"gzip", SHAPES["a-classic"], id="gzip-said-only"),
        pytest.param(b"deflate", SHAPES["a-classic"], id="deflate-said-only"),
        pytest.param(b"br", SHAPES["a-classic"], id="br-already-undone"),
        pytest.param(b" GZIP ", gzip.compress(SHAPES["a-classic"]), id="shouted"),
        pytest.param(b"gzip", gzip.compress(SHAPES["a-classic"])[:-9], id="gzip-cut"),
    ],
)
def test_content_encoding_is_not_believed(encoding: bytes, body: bytes) -> None:
    assert read(body, ((b"Content-Encoding", encoding),)).code == 20003


def test_bomb_of_gzip_is_bounded() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(decoded_body(Response(status=401, headers=((b"Content-Encoding", b"gzip"),), body=bomb))) <= 65536


@pytest.mark.parametrize("length", range(60, len(SHAPES["a-classic"]), 7))
def test_cut_json_still_shows_its_first_members(length: int) -> None:
    found = read(SHAPES["a-classic"][:length])
    assert found.code == 20003
    assert found.message == TEXT


def test_cut_message_is_no_message() -> None:
    assert read(b'{"code":20003,"message":"Authen').message == ""


@pytest.mark.parametrize("length", range(95, len(XML_OF_2012), 9))
def test_cut_xml_never_raises(length: int) -> None:
    assert read(XML_OF_2012[:length]).code in {None, 20003}


def test_xml_entities_are_not_expanded() -> None:
    lol = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol" * 10}">' for i in range(12))
    bomb = f"<?xml version='1.0'?><!DOCTYPE x [{lol}]><TwilioResponse><RestException><Code>&a11;</Code>".encode()
    start = time.perf_counter()
    assert read(bomb).code is None
    assert time.perf_counter() - start < 1


def test_external_entities_are_not_fetched() -> None:
    body = (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x><RestException><Code>&e;</Code></RestException></x>'
    )
    assert read(body).code is None


@pytest.mark.parametrize(
    "encoding", ["x-foo", "utf-7", "cp037", "shift_jis", "utf-16", "ucs-4", "hex", "idna", "rot13", ""]
)
def test_strange_xml_encodings_never_raise(encoding: str) -> None:
    read(
        f"<?xml version='1.0' encoding='{encoding}'?><x><RestException><Code>20003</Code></RestException></x>".encode()
    )


def test_deep_json_never_raises() -> None:
    assert read(b'{"a":' * 20000 + b"1" + b"}" * 20000).code is None
    assert read(b'{"code":20003,"message":"x","a":' + b"[" * 60000).code == 20003


def test_deep_xml_never_raises() -> None:
    assert read(b"<a>" * 20000).code is None


@pytest.mark.parametrize(
    "code",
    [True, None, [], {}, "", "x", "20003x", -1, 0, 10**9, 10**400, "9" * 5000, 1e400, float("nan"), "\u00b2", " "],
)
def test_codes_that_are_none(code: object) -> None:
    assert read(json.dumps({"code": code, "message": TEXT}).encode()).code is None


@pytest.mark.parametrize(
    ("body", "header", "code"),
    [
        pytest.param(b"", b"20003", 20003, id="header-alone"),
        pytest.param(b"<html>", b"20003", 20003, id="header-and-a-page"),
        pytest.param(as_json(code=20404), b"20003", 20404, id="body-first"),
        pytest.param(as_json(code=401), b"20003", 20003, id="bare-status-in-the-body"),
        pytest.param(as_json(code=403), b"x", 403, id="bare-status-alone"),
        pytest.param(b"", b"2000x", None, id="no-number"),
    ],
)
def test_code_of_the_header(body: bytes, header: bytes, code: int | None) -> None:
    assert read(body, ((b"X-Twilio-Error-Code", header),)).code == code


def test_status_line_counts_not_the_body() -> None:
    assert read(as_json(code=20003, status=200), status=401).status == 401


@pytest.mark.parametrize(
    ("headers", "body", "twilio"),
    [
        pytest.param(((b"Twilio-Request-Id", b"RQ" + b"0" * 32),), b"", True, id="request-id"),
        pytest.param(((b"x-shenanigans", b"none"),), b"", True, id="shenanigans"),
        pytest.param(((b"WWW-Authenticate", b'Basic realm="Twilio API"'),), b"", True, id="realm"),
        pytest.param(((b"WWW-Authenticate", b"Basic realm=Twilio"),), b"", True, id="realm-unquoted"),
        pytest.param((), SHAPES["a-classic"], True, id="body"),
        pytest.param((), XML, True, id="xml-body"),
        pytest.param(((b"WWW-Authenticate", b'Basic realm="intranet"'),), b"", False, id="another-realm"),
        pytest.param((), as_json(code=20003, message=TEXT), False, id="code-alone"),
        pytest.param((), as_json(message=TEXT, more_info=MORE), False, id="link-alone"),
        pytest.param(((b"Server", b"nginx"),), b"<html>twilio.com/docs</html>", False, id="page"),
    ],
)
def test_who_answered(headers: Headers, body: bytes, *, twilio: bool) -> None:
    assert read(body, headers).by_twilio is twilio


@pytest.mark.parametrize(
    ("value", "shown"), [(b"RQ" + b"0a" * 16, "RQ" + "0a" * 16), (b"RQ1", None), (b"<script>", None), (b"\xff", None)]
)
def test_request_id(value: bytes, shown: str | None) -> None:
    assert read(b"", ((b"Twilio-Request-Id", value),)).request_id == shown


def test_our_own_annotation_is_taken_off() -> None:
    found = read(
        as_json(code=20003, message="Authenticate [why20003: swapped (confirmed): ...]", detail="x [why20003: y]")
    )
    assert (found.message, found.detail) == ("Authenticate", "x")


def test_repr_shows_no_text() -> None:
    assert "hunter2" not in repr(read(as_json(code=20003, message="hunter2", detail="hunter2")))


@given(st.binary(max_size=300), st.sampled_from([b"", b"gzip", b"deflate", b"br"]))
def test_any_bytes_give_an_answer(body: bytes, encoding: bytes) -> None:
    for start in (b"", b"{", b"<", b'{"code":', b"\x1f\x8b", b"<RestException><Code>"):
        read(start + body, ((b"Content-Encoding", encoding),))
