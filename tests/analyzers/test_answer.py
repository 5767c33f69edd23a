"""Every body of docs/facts.md 1.3, every shape of 1.5 and every header of 1.4, and every lie about them."""

import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from growth import assert_in_line
from hypothesis import given
from hypothesis import strategies as st

from addon import annotate
from addon.settings import Annotate
from analyzers import answer
from analyzers.answer import Answer, answer_of, decoded_body
from analyzers.building import GOOD, REQUEST_ID, refused
from analyzers.case import case_of, is_refusal
from analyzers.diagnosis import diagnose
from analyzers.error_body import ErrorBody, read_error
from analyzers.exchange import Headers, Response

MORE = "https://www.twilio.com/docs/errors/20003"
TEXT = "Authenticate"
OLD_DETAIL = "Your AccountSid or AuthToken was incorrect."


def read(body: bytes, headers: Headers = (), status: int = 401) -> Answer:
    return answer_of(Response(status=status, headers=headers, body=body))


def as_json(**members: object) -> bytes:
    return json.dumps(members).encode()


def told(answer: Answer) -> tuple[int | None, str, str, bool]:
    return answer.code, answer.message, answer.detail, answer.by_twilio


# --- bodies as they were seen -------------------------------------------------------------------------------------
def compact(message: str, code: int = 20003, status: int = 401) -> bytes:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return b'{"code":%d,"message":"%s","more_info":"%s","status":%d}' % (code, message.encode(), more.encode(), status)


def spaced(message: str) -> bytes:
    return (
        b'{"code": 20003, "detail": "Your AccountSid or AuthToken was incorrect.", "message": "%s", '
        b'"more_info": "https://www.twilio.com/docs/errors/20003", "status": 401}' % message.encode()
    )


XML = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
    b"<Detail>Your AccountSid or AuthToken was incorrect.</Detail><Message>Authenticate</Message>"
    b"<MoreInfo>https://www.twilio.com/docs/errors/20003</MoreInfo><Status>401</Status></RestException></TwilioResponse>"
)
XML_OF_2012 = (
    b"<TwilioResponse><RestException><Status>401</Status><Message>Authenticate</Message><Code>20003</Code>"
    b"<MoreInfo>http://www.twilio.com/docs/errors/20003</MoreInfo></RestException></TwilioResponse>"
)
TEST_PAIR = "Resource not accessible with Test Account Credentials"
NO_CREDENTIALS = "Authentication Error - No credentials provided"
INVALID_NAME = "Authentication Error - invalid username"
NOT_FOUND = "The requested resource /2010-04-01/Accounts//AvailablePhoneNumbers/US/Local.json was not found"


@pytest.mark.parametrize(
    ("body", "length", "code", "message", "detail"),
    [
        pytest.param(compact(NO_CREDENTIALS), 141, 20003, NO_CREDENTIALS, "", id="2026-no-credentials"),
        pytest.param(compact(TEXT), 107, 20003, TEXT, "", id="2026-authenticate"),
        pytest.param(compact(INVALID_NAME), 134, 20003, INVALID_NAME, "", id="2026-invalid-username"),
        pytest.param(spaced(TEXT), 171, 20003, TEXT, OLD_DETAIL, id="2018-authenticate"),
        pytest.param(spaced(INVALID_NAME), 198, 20003, INVALID_NAME, OLD_DETAIL, id="2018-invalid-username"),
        pytest.param(spaced(NO_CREDENTIALS), 205, 20003, NO_CREDENTIALS, OLD_DETAIL, id="2018-no-credentials"),
        pytest.param(XML, 293, 20003, TEXT, OLD_DETAIL, id="2018-xml"),
        pytest.param(XML_OF_2012, None, 20003, TEXT, "", id="2012-xml"),
        pytest.param(compact(TEST_PAIR, 20008, 403), None, 20008, TEST_PAIR, "", id="test-credentials"),
        pytest.param(compact(NOT_FOUND, 20404, 404), None, 20404, NOT_FOUND, "", id="no-account"),
    ],
)
def test_bodies_as_they_were_seen(body: bytes, length: int | None, code: int, message: str, detail: str) -> None:
    assert length in {None, len(body)}
    assert told(read(body)) == (code, message, detail, True)


# --- shapes -------------------------------------------------------------------------------------------------------
SCIM = {"schemas": ["urn:x"], "detail": "Denied", "scimType": "x", "status": "401", "code": 20003, "moreInfo": MORE}
PROBLEM = {
    "type": MORE,
    "title": TEXT,
    "status": 401,
    "detail": "no",
    "instance": "/x",
    "code": 20003,
    "errors": [{"detail": "inner", "pointer": "#/to"}],
}
OAUTH = {"error": "invalid_client", "error_description": "Client authentication failed"}
SHAPES: dict[str, tuple[bytes, tuple[int | None, str, str, bool]]] = {
    "a": (as_json(code=20003, message=TEXT, more_info=MORE, status=401), (20003, TEXT, "", True)),
    "a-details": (
        as_json(code=20003, message=TEXT, more_info=MORE, status=401, details={"code": 1, "message": "x"}),
        (20003, TEXT, "", True),
    ),
    "b": (XML, (20003, TEXT, OLD_DETAIL, True)),
    "c": (
        as_json(code=20003, message=TEXT, httpStatusCode=401, params={"code": 5, "message": "x"}, userError=True),
        (20003, TEXT, "", False),
    ),
    "d": (
        as_json(message=TEXT, code=20003, user_error=True, http_status_code=401, params={}, more_info=MORE, status=401),
        (20003, TEXT, "", True),
    ),
    "e": (json.dumps(PROBLEM).encode(), (20003, TEXT, "no", True)),
    "e-without-detail": (as_json(**{**PROBLEM, "detail": None}), (20003, TEXT, "inner", True)),
    "f": (json.dumps(SCIM).encode(), (20003, "", "Denied", True)),
    "g": (as_json(code=20003, message=TEXT, moreInfo=MORE, status=401), (20003, TEXT, "", True)),
    "h": (as_json(code=20003, message=TEXT, params={}, more_info=MORE, status=401), (20003, TEXT, "", True)),
    "i": (
        as_json(code=20003, message=TEXT, more_info=MORE, status=401, throttled_until=None),
        (20003, TEXT, "", True),
    ),
    "j": (
        as_json(errors=[{"code": 20003, "message": TEXT, "infoUrl": MORE, "context": {}}]),
        (20003, TEXT, "", True),
    ),
    "k": (json.dumps(OAUTH).encode(), (None, "invalid_client", "Client authentication failed", False)),
    "code-as-text": (as_json(code="20003", message=TEXT, status="401"), (20003, TEXT, "", False)),
    "wrapped": (
        as_json(message="Bad gateway", error={"code": 20003, "message": TEXT, "more_info": MORE, "status": 401}),
        (20003, TEXT, "", False),
    ),
    "in-a-list": (b"[" + compact(TEXT) + b"]", (20003, TEXT, "", True)),
}
EVERY_SHAPE = pytest.mark.parametrize(("body", "expected"), SHAPES.values(), ids=SHAPES)


@EVERY_SHAPE
def test_shapes(body: bytes, expected: tuple[int | None, str, str, bool]) -> None:
    assert told(read(body)) == expected


@EVERY_SHAPE
@pytest.mark.parametrize(
    "kind", [b"text/html", b"application/xml", b"application/json", b"text/csv", b"image/png", b""]
)
def test_content_type_is_not_believed(body: bytes, expected: object, kind: bytes) -> None:
    assert told(read(body, ((b"Content-Type", kind),))) == expected


@EVERY_SHAPE
def test_layout_does_not_matter(body: bytes, expected: object) -> None:
    if body[:1] == b"<":
        changed = body.replace(b"><", b">\r\n  <")
    else:
        changed = json.dumps(json.loads(body), indent="\t").encode()
    assert changed != body
    assert told(read(changed)) == expected


@pytest.mark.parametrize("names", itertools.permutations(("Code", "Message", "Detail", "Status")))
@pytest.mark.parametrize("write", [str, str.lower, str.upper], ids=["as-is", "lower", "upper"])
def test_xml_is_read_by_name(names: tuple[str, ...], write: Callable[[str], str]) -> None:
    values = {"Code": "20003", "Message": "a &lt;b&gt; &amp; <![CDATA[c]]>", "Detail": " d ", "Status": "999"}
    inside = "".join(f"<{write(name)}>{values[name]}</{write(name)}>" for name in names)
    outer = write("RestException")
    found = read(f"<TwilioResponse><{outer}>{inside}</{outer}></TwilioResponse>".encode())
    assert (found.status, found.code, found.message, found.detail) == (401, 20003, "a <b> & c", "d")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<Error><Code>20003</Code><Message>x</Message></Error>", id="another-root"),
        pytest.param(b"<RestException><Why><Code>20003</Code></Why></RestException>", id="deeper"),
        pytest.param(b"<RestException/><Code>20003</Code>", id="outside"),
        pytest.param(b"<RestException><Code>", id="never-closed"),
        pytest.param(b"<Code>20003</Code>", id="alone"),
        pytest.param(b"<RestException><Message>20003<Code/></Message></RestException>", id="inside-a-text"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e "20003">]><x><RestException><Code>&e;</Code></RestException></x>', id="entity"
        ),
    ],
)
def test_code_of_another_element_is_none(body: bytes) -> None:
    assert read(body).code is None


def test_elements_inside_a_text_are_left_out() -> None:
    body = b"<RestException><Message>a<b>c</b>d</Message><Why20003><Says>e</Says></Why20003></RestException>"
    assert read(body).message == "ad"


@pytest.mark.parametrize("outer", ["{}", "<TwilioResponse>{}</TwilioResponse>", "<a><b>{}</b></a>"])
def test_texts_of_elements_are_kept_apart(outer: str) -> None:
    inside = "<RestException><Code>20003</Code> <Message>a</Message><Detail>b</Detail></RestException>"
    found = read(outer.format(inside).encode())
    assert (found.code, found.message, found.detail) == (20003, "a", "b")


def test_first_of_two_elements_counts() -> None:
    assert read(b"<RestException><Code>20003</Code><Code>5</Code></RestException>").code == 20003


@pytest.mark.parametrize(
    "page",
    [
        b"<html><head><title>401 Authorization Required</title></head><body>nginx</body></html>",
        b"<!DOCTYPE html>\n<html><body><p>code 20003, twilio.com/docs/errors/20003</p></body></html>",
        b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><HTML><BODY>ERR_CACHE_ACCESS_DENIED<br></BODY></HTML>',
        b"Code,Message\r\n20003,Authenticate\r\n",
        b'"Status","Message","Code"\n401,"Authenticate",20003\n',
        b"20003",
        b'"20003"',
        b"Authenticate",
        b"code=20003&message=Authenticate",
        b"null",
        b"[]",
        b"[[20003]]",
        b"{}",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"",
    ],
)
def test_other_bodies_have_no_code(page: bytes) -> None:
    assert told(read(page)) == (None, "", "", False)
    assert read(page, ((b"X-Twilio-Error-Code", b"20003"),)).code == 20003


# --- lies about type and encoding ---------------------------------------------------------------------------------
CHARACTER_SETS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
UMLAUTS = "Ungültig \N{EN DASH} \N{PILE OF POO}"


@pytest.mark.parametrize("encoding", CHARACTER_SETS)
@pytest.mark.parametrize("form", ["json", "xml", "xml-that-says-utf-8"])
def test_character_sets(encoding: str, form: str) -> None:
    if form == "json":
        text = json.dumps({"code": 20003, "message": UMLAUTS}, ensure_ascii=False)
    else:
        declared = "<?xml version='1.0' encoding='UTF-8'?>" if form == "xml-that-says-utf-8" else ""
        text = f"{declared}<R><RestException><Code>20003</Code><Message>{UMLAUTS}</Message></RestException></R>"
    for mark in ("", "\ufeff" if encoding in {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"} else ""):
        found = read((mark + text).encode(encoding))
        assert (found.code, found.message) == (20003, UMLAUTS)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_latin_1(form: str) -> None:
    text = '{"code":20003,"message":"Ungültig"}'
    if form == "xml":
        text = "<x><RestException><Code>20003</Code><Message>Ungültig</Message></RestException></x>"
    found = read(text.encode("latin-1"))
    assert (found.code, found.message) == (20003, "Ungültig")


@pytest.mark.parametrize("start", ["\ufeff", "\r\n  \t", "\ufeff\n", "\n\n\ufeff", "6b\r\n", "  \r\n1F4\r\n"])
@EVERY_SHAPE
def test_marks_blanks_and_a_chunk_length_before_the_body(start: str, body: bytes, expected: object) -> None:
    assert told(read(start.encode() + body)) == expected


@pytest.mark.parametrize(
    "encoding", ["x-foo", "utf-7", "cp037", "shift_jis", "utf-16", "ucs-4", "hex", "idna", "rot13", ""]
)
def test_an_xml_declaration_is_not_believed(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?><x><RestException><Code>20003</Code></RestException></x>"
    assert read(body.encode()).code == (20003 if encoding else None)


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


PACKED: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "gzip-unsaid": (b"", gzip.compress),
    "gzip-denied": (b"identity", gzip.compress),
    "gzip-called-deflate": (b"deflate", gzip.compress),
    "gzip-called-br": (b"br", gzip.compress),
    "x-gzip": (b"x-gzip", gzip.compress),
    "gzip-twice": (b"gzip", lambda body: gzip.compress(gzip.compress(body))),
    "gzip-in-deflate": (b"gzip, deflate", lambda body: zlib.compress(gzip.compress(body))),
    "gzip-with-more-behind": (b"gzip", lambda body: gzip.compress(body) + b"\0" * 8),
    "gzip-without-its-end": (b"gzip", lambda body: gzip.compress(body)[:-9]),
    "deflate": (b"deflate", zlib.compress),
    "deflate-unsaid": (b"", zlib.compress),
    "deflate-called-gzip": (b"gzip", zlib.compress),
    "raw-deflate": (b"deflate", raw_deflate),
    "shouted": (b" GZIP ", gzip.compress),
    "gzip-said-only": (b"gzip", bytes),
    "deflate-said-only": (b"deflate", bytes),
    "br-already-undone": (b"br", bytes),
    "zstd-already-undone": (b"zstd", bytes),
    "nonsense": (b"\xff\x00, ,", bytes),
}


@pytest.mark.parametrize(("said", "pack"), PACKED.values(), ids=PACKED)
@EVERY_SHAPE
def test_content_encoding_is_not_believed(
    body: bytes, expected: object, said: bytes, pack: Callable[[bytes], bytes]
) -> None:
    assert told(read(pack(body), ((b"Content-Encoding", said),))) == expected


def test_content_encoding_of_several_lines() -> None:
    headers: Headers = ((b"Content-Encoding", b"identity"), (b"Content-Encoding", b"deflate"))
    assert read(raw_deflate(compact(TEXT)), headers).code == 20003


@pytest.mark.parametrize("body", [b"x^2 + y^2", b"x\x9c", b"x\x9cnonsense", b"\x1f\x8b", b"\x1f\x8b\x08nonsense"])
def test_what_looks_compressed_and_is_not_stays(body: bytes) -> None:
    assert decoded_body(Response(status=401, headers=(), body=body)) == body


def test_raw_deflate_has_to_be_said() -> None:
    packed = raw_deflate(b"a page that nobody called compressed")
    assert decoded_body(Response(status=401, headers=(), body=packed)) == packed


@pytest.mark.parametrize(
    ("headers", "undone"),
    [
        pytest.param(((b"Content-Encoding", b"deflate"),), True, id="said"),
        pytest.param(((b"content-encoding", b" DEFLATE "),), True, id="shouted"),
        pytest.param(((b"CONTENT-ENCODING", b"gzip"), (b"Content-Encoding", b"x, Deflate")), True, id="second-line"),
        pytest.param(((b"Content-Encoding", b"gzip"),), False, id="another"),
        pytest.param(((b"X-Content", b"deflate"),), False, id="in-another-header"),
        pytest.param((), False, id="unsaid"),
    ],
)
def test_a_body_is_inflated_without_a_mark_where_deflate_is_said(headers: Headers, *, undone: bool) -> None:
    """Of a page as of an error: both are read."""
    packed = raw_deflate(compact(TEXT))
    assert decoded_body(Response(status=200, headers=headers, body=packed)) == (compact(TEXT) if undone else packed)
    assert read(packed, headers).code == (20003 if undone else None)


def test_text_that_is_called_deflate_stays() -> None:
    """Some of these decompress to something, by chance."""
    for body in (compact(TEXT), XML, b"[1]", b" \n{}", b"", b"\n\n\n", b'{"ab":401}', b'\n{"ab":401}'):
        assert decoded_body(Response(status=401, headers=((b"Content-Encoding", b"deflate"),), body=body)) == body


# --- cut, joined, broken ------------------------------------------------------------------------------------------
def cuts(body: bytes) -> Iterator[Answer]:
    return (read(body[:length]) for length in range(len(body)))


CUTTABLE = {name: body for name, (body, _) in SHAPES.items() if name != "wrapped"} | {
    "2012": XML_OF_2012,
    "compact": compact(TEXT),
    "six-digits": as_json(code=321401, message=TEXT),
    "code-last": as_json(message=TEXT, status=401, code=20003),
    "text-last": as_json(message=TEXT, status="401", code="20003"),
    "exponent": b'{"code":2.0003e4,"message":"Authenticate"}',
    "umlauts": json.dumps({"message": UMLAUTS, "code": 20003}, ensure_ascii=False).encode(),
    "umlauts-twice": f'{{"code":20003,"message":"{UMLAUTS}","detail":"{UMLAUTS}"}}'.encode(),
    "escapes": as_json(message='a "code": 12345, \\" \u2013 {"code":777777}', code=20003),
    "two": compact(TEXT) + b"\n" + compact("another", 20404),
    "pretty": json.dumps(PROBLEM, indent=2).encode(),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zlib.compress], ids=["plain", "gzip", "deflate"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16"])
@pytest.mark.parametrize("body", CUTTABLE.values(), ids=CUTTABLE)
def test_a_cut_body_loses_fields_and_invents_none(body: bytes, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    whole = read(body)
    packed = pack(body.decode().encode(encoding))
    for found in cuts(packed):
        assert found.code in {None, whole.code}
        assert found.message in {"", whole.message}
        assert found.detail in {"", whole.detail, "inner"}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(b'{"code":20003,', (20003, ""), id="behind-the-comma"),
        pytest.param(b'{"code":20003 ', (20003, ""), id="behind-a-blank"),
        pytest.param(b'{"code":20003\t', (20003, ""), id="behind-a-tab"),
        pytest.param(b'{"code":20003\r', (20003, ""), id="behind-a-carriage-return"),
        pytest.param(b'{"code":20003\n', (20003, ""), id="behind-a-line-feed"),
        pytest.param(b'["code":20003,', (None, ""), id="a-name-in-a-list"),
        pytest.param(b'["x":{"code":20003},', (None, ""), id="an-object-with-a-name-in-a-list"),
        pytest.param(b'["x":1,{"code":20003},', (None, ""), id="behind-a-name-in-a-list"),
        pytest.param(b'{20003,"code":12345,', (None, ""), id="a-value-without-a-name"),
        pytest.param(b'[5,{"code":20003},', (20003, ""), id="a-number-in-a-list"),
        pytest.param(b'[{"code":20003},{"code":5', (20003, ""), id="in-the-second-of-a-list"),
        pytest.param(b'{"code":20003', (None, ""), id="perhaps-a-longer-number"),
        pytest.param(b'{"code":2000', (None, ""), id="in-the-number"),
        pytest.param(b'{"code":20003.', (None, ""), id="in-the-fraction"),
        pytest.param(b'{"code":"2000', (None, ""), id="in-the-text-of-the-number"),
        pytest.param(b'{"code":20003,"message":"Authen', (20003, ""), id="in-the-message"),
        pytest.param(b'{"code":20003,"message":"Authenticate"', (20003, TEXT), id="behind-the-message"),
        pytest.param(b'{"message":"Authenticate","code":20003,"more', (20003, TEXT), id="in-a-name"),
        pytest.param(b'{"errors":[{"code":20003,"message":"Authenticate","context":{"a":', (20003, TEXT), id="listed"),
        pytest.param(b'{"error":{"code":20003,"message":"Authenticate","x":[', (20003, TEXT), id="wrapped"),
        pytest.param(b'[{"code":20003,"message":"Authenticate"', (20003, TEXT), id="in-a-list"),
        pytest.param(b'{"details":{"code":12345,"message":"x"', (None, ""), id="of-another-object"),
        pytest.param(b'{"x\\": 1, "code": 12345, ', (None, ""), id="in-a-name-with-a-quote"),
        pytest.param(b'{"a":[[[{"code":12345,', (None, ""), id="deep"),
        pytest.param(b"<x><RestException><Code>2000", (None, ""), id="xml-in-the-number"),
        pytest.param(b"<x><RestException><Code>20003</Cod", (None, ""), id="xml-in-the-end-tag"),
        pytest.param(b"<x><RestException><Code>20003</Code><Message>Authen", (20003, ""), id="xml-in-the-message"),
    ],
)
def test_what_a_cut_body_keeps(body: bytes, kept: tuple[int | None, str]) -> None:
    found = read(body)
    assert (found.code, found.message) == kept


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(compact(TEXT) + compact("b", 20404), (20003, TEXT), id="two-objects"),
        pytest.param(b'{"progress":1}\n' + compact(TEXT), (20003, TEXT), id="lines"),
        pytest.param(b'\x1e{"progress":1}\n\x1e' + compact(TEXT), (20003, TEXT), id="records-of-rfc-7464"),
        pytest.param(b'{"message":"wait"} , ' + compact(TEXT), (20003, TEXT), id="commas"),
        pytest.param(b'{"message":"wait"} [' + compact(TEXT) + b"]", (20003, TEXT), id="a-list-behind"),
        pytest.param(b'{"message":"wait"}{"message":"stop"}', (None, "wait"), id="none-has-a-code"),
        pytest.param(compact(TEXT) + b"\r\n0\r\n\r\n", (20003, TEXT), id="last-chunk"),
        pytest.param(compact(TEXT) + b"<html>", (20003, TEXT), id="junk"),
        pytest.param(b'{"code":20003,"message":"Authenticate",}', (20003, TEXT), id="a-comma-too-many"),
        pytest.param(b'{"code":20003,"message":"Authenticate",x}', (20003, TEXT), id="a-name-without-quotes"),
        pytest.param(b'{\xc2\xa0"message":"x","code":20003}', (20003, "x"), id="a-no-break-blank"),
        pytest.param(b'{"message":"wait"}x' + compact(TEXT), (None, "wait"), id="junk-between"),
        pytest.param(b'{"code":20003,"message":"Authen\nticate"}', (20003, "Authen\nticate"), id="a-line-break"),
        pytest.param(b'{"code":20003,"message":"Authenticate","a":tru', (20003, TEXT), id="half-a-word"),
        pytest.param(b'{"code":20003,"message":"x","a":' + b"9" * 5000 + b"}", (20003, "x"), id="long-number"),
        pytest.param(b'{"a":' + b"9" * 5000 + b',"code":20003,"message":"x"}', (20003, "x"), id="long-number-first"),
        pytest.param(b'{"code":null,"errors":[{"code":20003,"message":"x"}]}', (20003, "x"), id="null-then-listed"),
        pytest.param(b'{"code":401,"message":"a","errors":[{"code":20003,"message":"x"}]}', (20003, "x"), id="listed"),
        pytest.param(b'{"errors":{"code":20003,"message":"x"}}', (20003, "x"), id="errors-is-an-object"),
        pytest.param(b'{"errors":["x",null,{"code":20003,"message":"x"}]}', (20003, "x"), id="errors-is-mixed"),
        pytest.param(b'{"Code":20003,"Message":"Authenticate"}', (20003, TEXT), id="capitals"),
        pytest.param(b'{"code":20003,"message":"","title":"Authenticate"}', (20003, TEXT), id="empty-message"),
        pytest.param(b'{"code":20003,"message":{"x":1},"title":["x"]}', (20003, ""), id="no-texts"),
    ],
)
def test_joined_and_broken_documents(body: bytes, kept: tuple[int | None, str]) -> None:
    found = read(body)
    assert (found.code, found.message) == kept


# --- codes --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "code",
    [
        *(True, None, [], {}, "", "x", "20003x", -1, 0, 10**9, 10**400, "9" * 5000, 1e400, float("nan"), "\u00b2", " "),
        *(
            "\u0662\u0660\u0660\u0660\u0663",
            "20003.0",
            "+20003",
            "2_0003",
            "0x4e23",
            20003.5,
            -20003,
            [20003],
            {"a": 1},
        ),
    ],
)
def test_codes_that_are_none(code: object) -> None:
    assert read(json.dumps({"code": code, "message": TEXT}).encode()).code is None


@pytest.mark.parametrize("code", ["20003", '"20003"', '" 20003 "', "20003.0", "2.0003e4", "2.0003E+4", "200030e-1"])
def test_codes_that_are_20003(code: str) -> None:
    assert read(f'{{"code":{code}}}'.encode()).code == 20003


@pytest.mark.parametrize(
    ("body", "header", "code"),
    [
        pytest.param(b"", b"20003", 20003, id="header-alone"),
        pytest.param(b"<html>", b"20003", 20003, id="header-and-a-page"),
        pytest.param(b"<html>", b" 20003 ", 20003, id="blanks"),
        pytest.param(as_json(code=20404), b"20003", 20404, id="body-first"),
        pytest.param(as_json(code=10000), b"20003", 10000, id="smallest-code-of-twilio"),
        pytest.param(as_json(code=9999), b"20003", 20003, id="smaller"),
        pytest.param(as_json(code=1), b"", 1, id="smallest-number"),
        pytest.param(as_json(code=9_999_999), b"", 9_999_999, id="largest-number"),
        pytest.param(as_json(code=10_000_000), b"", None, id="larger"),
        pytest.param(as_json(code=401), b"20003", 20003, id="bare-status-in-the-body"),
        pytest.param(as_json(code="401"), b"20003", 20003, id="bare-status-as-text"),
        pytest.param(XML.replace(b"<Code>20003", b"<Code>401"), b"20003", 20003, id="bare-status-in-xml"),
        pytest.param(as_json(code=403), b"x", 403, id="bare-status-alone"),
        pytest.param(as_json(code=403, errors=[{"code": 404}]), b"", 403, id="bare-statuses"),
        pytest.param(as_json(code=401, error={"code": 70051}), b"20003", 70051, id="inner-code-first"),
        pytest.param(b"", b"2000x", None, id="no-number"),
        pytest.param(b"", b"0", None, id="zero"),
        pytest.param(b"", b"\xb2\xb3", None, id="other-digits"),
        pytest.param(b"", b"9" * 1_000_000, None, id="a-megabyte"),
        pytest.param(b"", b"", None, id="empty"),
    ],
)
def test_code_of_the_header(body: bytes, header: bytes, code: int | None) -> None:
    assert read(body, ((b"X-Twilio-Error-Code", header),)).code == code


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param({"title": "Unauthorized", "detail": "No such key"}, "No such key", id="title-is-the-status"),
        pytest.param({"title": "NOT FOUND", "detail": "No such key"}, "No such key", id="of-another-status"),
        pytest.param({"title": "Unauthorized"}, "Unauthorized", id="and-nothing-else"),
        pytest.param({"title": "Key revoked", "detail": "No such key"}, "Key revoked", id="title-says-more"),
        pytest.param({"message": "Unauthorized", "detail": "No such key"}, "No such key", id="a-message"),
    ],
)
def test_the_text_that_says_why(members: dict[str, str], message: str) -> None:
    found = read(as_json(code=20003, **members))
    assert (found.message, found.detail) == (message, members.get("detail", ""))


def test_an_error_without_a_text_borrows_that_of_the_outermost() -> None:
    inner = [{"code": 20003}, {"message": "another"}]
    assert told(read(as_json(message="outer", errors=inner)))[:2] == (20003, "outer")
    assert told(read(as_json(errors=inner)))[:2] == (20003, "another")


def test_of_an_answer_that_is_no_error_only_the_headers_count() -> None:
    body = as_json(code=20003, message=TEXT, detail=OLD_DETAIL)
    assert read(body, ((b"Twilio-Request-Id", REQUEST_ID),), 399) == Answer(
        399, None, "", "", by_twilio=True, request_id=REQUEST_ID.decode()
    )
    assert read(body, (), 200) == Answer(200, None, "", "", by_twilio=False, request_id=None)
    assert read(body, (), 400).code == 20003


def test_status_line_counts_not_the_body() -> None:
    assert read(as_json(code=20003, status=200), status=401).status == 401


@pytest.mark.parametrize("status", [200, 201, 204, 206, 301, 302, 304, 307])
@pytest.mark.parametrize("body", [compact(TEXT), XML, b""], ids=["json", "xml", "header"])
def test_a_code_in_an_answer_that_is_no_refusal_is_not_diagnosed(status: int, body: bytes) -> None:
    answer = Response(status=status, headers=((b"X-Twilio-Error-Code", b"20003"),), body=body)
    case = case_of(refused(GOOD, answer=answer))
    assert case.answer is not None
    assert case.answer.code is None
    assert case.answer.by_twilio
    assert not is_refusal(case)


# --- who answered -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headers", "body", "twilio"),
    [
        pytest.param(((b"Twilio-Request-Id", b"RQ" + b"0" * 32),), b"", True, id="request-id"),
        pytest.param(((b"TWILIO-REQUEST-ID", b""),), b"", True, id="request-id-overwritten"),
        pytest.param(((b"x-shenanigans", b"none"),), b"", True, id="shenanigans"),
        pytest.param(((b"X-Twilio-Error-Code", b"20003"),), b"", True, id="error-code"),
        pytest.param(((b"Twilio-Request-Duration", b"0.006"),), b"", True, id="duration"),
        pytest.param(((b"WWW-Authenticate", b'Basic realm="Twilio API"'),), b"", True, id="realm"),
        pytest.param(((b"WWW-Authenticate", b"Basic realm=Twilio"),), b"", True, id="realm-unquoted"),
        pytest.param(
            ((b"WWW-Authenticate", b"Negotiate"), (b"WWW-Authenticate", b'Basic realm="Twilio API"')),
            b"",
            True,
            id="second-challenge",
        ),
        pytest.param((), compact(TEXT), True, id="body"),
        pytest.param((), compact(TEXT).replace(b"/docs/", b"/docs/api/"), True, id="older-link"),
        pytest.param((), XML, True, id="xml-body"),
        pytest.param((), XML_OF_2012, True, id="xml-body-with-http"),
        pytest.param(((b"Via", b"1.1 x.cloudfront.net (CloudFront)"), (b"Server", b"nginx")), b"", False, id="edge"),
        pytest.param(((b"WWW-Authenticate", b'Basic realm="intranet"'),), b"", False, id="another-realm"),
        pytest.param((), as_json(code=20003, message=TEXT), False, id="code-alone"),
        pytest.param((), as_json(message=TEXT, more_info=MORE), False, id="link-alone"),
        pytest.param((), as_json(code=None, message=TEXT, more_info=MORE), False, id="link-without-a-code"),
        pytest.param((), as_json(code=1, more_info="https://example.com/?twilio.com/docs/"), False, id="another-link"),
        pytest.param((), as_json(code=1, more_info="https://nottwilio.com/docs/1"), False, id="another-domain"),
        pytest.param((), as_json(code=1, more_info=["twilio.com/docs/"]), False, id="no-text"),
        pytest.param((), as_json(error={"code": 20003, "more_info": MORE}), False, id="passed-on-by-a-backend"),
        pytest.param((), as_json(detail=compact(TEXT).decode()), False, id="quoted-by-a-backend"),
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


# --- our own annotation -------------------------------------------------------------------------------------------
ANNOTATED = SHAPES | {
    "k-without-description": (as_json(error="invalid_client"), ()),
    "only-a-title": (as_json(type=MORE, title=TEXT, status=401, code=20003), ()),
    "message-and-detail": (spaced(TEXT), ()),
    "message-is-detail": (as_json(code=20003, message=TEXT, detail=TEXT), ()),
    "no-text": (as_json(code=20003, status=401), ()),
    "message-empty": (as_json(code=20003, message=""), ()),
    "xml-without-message": (b"<T><RestException><Code>20003</Code><Message/></RestException></T>", ()),
}


@pytest.mark.parametrize("level", [Annotate.MESSAGE, Annotate.BODY])
@pytest.mark.parametrize("name", ANNOTATED)
def test_an_annotated_answer_reads_as_the_original(name: str, level: Annotate) -> None:
    original, _ = ANNOTATED[name]
    annotated = annotate.body(original, diagnose(case_of(refused(GOOD)), []), level)
    if name == "in-a-list":
        assert annotated is None  # no object to write into
        return
    assert annotated is not None
    assert b"hy20003" in annotated
    assert read(annotated) == read(original)
    for found in cuts(annotated):
        assert found.code in {None, read(original).code}
        assert "why20003" not in found.message + found.detail


@pytest.mark.parametrize(
    "text",
    [
        "Authenticate [why20003: swapped (confirmed): ...]",
        "Authenticate[why20003: x]",
        "Authenticate [why20003: a\nb]",
        f"{TEXT} [why20003: cut",
    ],
)
def test_annotation_is_taken_off(text: str) -> None:
    found = read(as_json(code=20003, message=text, detail="x [why20003: y]"))
    assert (found.message, found.detail) == (TEXT, "x")


def test_annotation_beside_members_of_other_types_never_raises() -> None:
    note = "x [why20003: y]"
    assert read(as_json(code=20003, message=note, detail=note, title=[1])).message == ""
    assert read(as_json(code=20003, message=note, detail=[note], title={})).message == "x"


# --- secrets and bounds -------------------------------------------------------------------------------------------
def test_repr_shows_no_text() -> None:
    assert "hunter2" not in repr(read(as_json(code=20003, message="hunter2", detail="hunter2")))


def response(body: bytes, encoding: bytes = b"") -> Response:
    return Response(status=401, headers=((b"Content-Encoding", encoding),), body=body)


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol" * 10}">' for i in range(12))
GROWING: dict[str, Callable[[int], bytes]] = {
    "arrays": lambda size: b"[" * size,
    "arrays-closed": lambda size: b"[" * size + b"]" * size,
    "objects": lambda size: b'{"a":' * size + b"1" + b"}" * size,
    "errors": lambda size: b'{"errors":[' * size,
    "errors-and-error": lambda size: b'{"error":{"errors":[' * (size // 5),
    "elements": lambda size: b"<a>" * size,
    "elements-with-text": lambda size: b"<a>x" * size,
    "elements-below-an-exception": lambda size: b"<RestException>" + b"<a>x" * size,
    "attributes": lambda size: b"<a " + b" ".join(b'a%d="x"' % i for i in range(size // 5)) + b">",
    "lines": lambda size: b"<RestException><Message>" + b"x\n" * size,
    "members": lambda size: b"{" + b",".join(b'"%d":1' % i for i in range(size // 5)),
    "documents": lambda size: b"{}" * size,
    "quotes": lambda size: b'{"' * size,
    "backslashes": lambda size: b'{"message":"' + b"\\" * size,
    "digits": lambda size: b'{"code":' + b"2" * size,
    "blanks": lambda size: b" " * size,
    "nulls": lambda size: b"\x00" * size,
    "annotations": lambda size: b'{"message":"' + b" [why20003: " * (size // 10) + b'"}',
}
ENORMOUS = {
    **{name: build(100_000) for name, build in GROWING.items()},
    "billion-laughs": f"<!DOCTYPE x [{LAUGHS}]><x><RestException><Code>&a11;</Code>".encode(),
    "external": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><RestException><Code>&e;</Code>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/"> %e;]><RestException><Code>&x;</Code>',
    "unknown-entity": b"<RestException><Code>&e;</Code></RestException>",
    "ten-megabytes": b'{"message":"' + b"x" * 10_000_000 + b'","code":20003}',
}


@pytest.mark.parametrize("body", ENORMOUS.values(), ids=ENORMOUS)
def test_enormous_bodies_are_bounded(body: bytes) -> None:
    assert read(body).code is None


@pytest.mark.parametrize("build", GROWING.values(), ids=GROWING)
def test_an_enormous_body_takes_no_more_than_its_share_of_time(build: Callable[[int], bytes]) -> None:
    def asked(body: bytes) -> None:
        answer._read.cache_clear()
        read(body)

    assert_in_line(asked, build, 100_000)


def test_what_stands_before_the_depth_is_kept() -> None:
    assert told(read(b'{"code":20003,"message":"x","a":' + b"[" * 100_000)) == (20003, "x", "", False)


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_bombs_are_bounded(levels: int) -> None:
    bomb = b" " * 50_000_000
    for _ in range(levels):
        bomb = gzip.compress(bomb)
    assert len(decoded_body(response(bomb, b"gzip"))) <= 65536


@pytest.mark.parametrize("body", [b" " * 65536 + compact(TEXT), b'{"a":"' + b"x" * 65530 + b'","code":20003}'])
def test_only_the_first_64_kb_are_looked_at(body: bytes) -> None:
    assert read(body).code is None
    assert read(gzip.compress(body)).code is None


def test_a_body_up_to_64_kb_is_read_to_its_end() -> None:
    body = b'{"a":"%s","code":20003}' % (b"x" * 65000)
    assert read(body).code == read(gzip.compress(body)).code == 20003


@given(st.binary(max_size=300), st.sampled_from([b"", b"gzip", b"deflate", b"br"]))
def test_any_bytes_give_an_answer(body: bytes, encoding: bytes) -> None:
    starts = (b"", b"{", b"<", b"[", b'{"code":', b"\x1f\x8b", b"x\x9c", b"<RestException><Code>", b"\xff\xfe{\x00")
    for start in starts:
        answer_of(response(start + body, encoding))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("x [why20003: y]"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "message", "detail", "title", "error", "errors", "moreInfo", "type"]) | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.integers(0, 200))
def test_any_json_gives_an_answer(document: object, length: int) -> None:
    body = json.dumps(document).encode()
    found = read(body)
    assert found.code is None or 0 < found.code < 10**7
    read(body[:length])


# --- short answers are remembered ---


def reading(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the bodies that are read from now on."""
    lengths: list[int] = []

    def spy(body: bytes) -> ErrorBody:
        lengths.append(len(body))
        return read_error(body)

    monkeypatch.setattr("analyzers.answer.read_error", spy)
    answer._read.cache_clear()
    return lengths


@pytest.mark.parametrize(("length", "times"), [(0, 1), (100, 1), (4096, 1), (4097, 2), (70_000, 2)])
def test_a_short_answer_is_read_once(monkeypatch: pytest.MonkeyPatch, length: int, times: int) -> None:
    body = compact(TEXT).ljust(length) if length else b""
    lengths = reading(monkeypatch)
    assert read(body) == read(body)
    assert lengths == [min(len(body), 65536)] * times


NAMED = (b"X-Twilio-Error-Code", b"20003")
REALM = (b"WWW-Authenticate", b'Basic realm="Twilio API"')


@pytest.mark.parametrize("length", [0, 5000], ids=["short", "long"])
def test_answers_with_one_body_are_not_mixed_up(length: int) -> None:
    """What is remembered is only what these bytes say under these headers; status and request id are their own."""
    body = as_json(code=401, message="x").ljust(length)
    packed = raw_deflate(as_json(code=20404, message="x")).ljust(length, b"\0")
    deflate, ident = (b"Content-Encoding", b"deflate"), (b"Twilio-Request-Id", REQUEST_ID)
    other = (b"X-Twilio-Error-Code", b"20404")
    for _ in range(2):
        assert told(read(body)) == (401, "x", "", False)
        assert told(read(body, (NAMED,)))[0] == 20003
        assert told(read(body, (other,)))[0] == 20404
        assert told(read(body, (REALM,))) == (401, "x", "", True)
        assert told(read(packed)) == (None, "", "", False)
        assert told(read(packed, (deflate,)))[0] == 20404
        assert [read(body, (), status).status for status in (401, 403)] == [401, 403]
        assert [read(body, headers).request_id for headers in ((ident,), (REALM,))] == [REQUEST_ID.decode(), None]


def test_after_many_others_an_answer_still_says_the_same() -> None:
    first = [read(compact(f"text {number}"), status=400 + number % 7) for number in range(200)]
    assert [read(compact(f"text {number}"), status=400 + number % 7) for number in range(200)] == first
    assert [found.message for found in first] == [f"text {number}" for number in range(200)]


def test_nothing_of_the_original_is_changed() -> None:
    before = Response(status=401, headers=((b"Content-Encoding", b"gzip"),), body=gzip.compress(compact(TEXT)))
    after = replace(before)
    answer_of(before)
    assert before == after
