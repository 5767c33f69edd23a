"""The bytes of the answers. Lengths and order: docs/facts.md 1.3 and 1.4."""

import gzip
import json
import re
from xml.etree import ElementTree as ET

import pytest

from why20003.sandbox import LIVE, Behaviour, Encoding, Shape
from why20003.sandbox.messages import Answer, Content, Document, Fault, Form, Maker
from why20003.sandbox.refusals import AUTHENTICATE, INVALID_USERNAME, NO_CREDENTIALS
from why20003.sandbox.wire import Reply, Stamp, render

STAMP = Stamp("Mon, 30 Mar 2026 10:00:00 GMT", "RQ" + "0" * 32, "0.006", "e" * 32, "f" * 54 + "==")
ORDER = """Content-Type Content-Length Connection Date X-Twilio-Error-Code Twilio-Request-Id Twilio-Request-Duration
    X-Home-Region X-API-Domain Strict-Transport-Security WWW-Authenticate X-Cache Via X-Amz-Cf-Pop X-Amz-Cf-Id
    X-Powered-By X-Shenanigans Vary"""


def refused(
    fault: Fault = AUTHENTICATE, *, form: Form = Form.JSON, status: int = 401, behaviour: Behaviour | None = None
) -> Reply:
    return render(Answer(status, fault, "", form=form), behaviour or Behaviour(), STAMP)


@pytest.mark.parametrize(
    ("fault", "modern", "old"),
    [(AUTHENTICATE, 107, 171), (INVALID_USERNAME, 134, 198), (NO_CREDENTIALS, 141, 205)],
    ids=lambda value: getattr(value, "message", None),
)
def test_lengths_of_the_json_bodies(fault: Fault, modern: int, old: int) -> None:
    assert len(refused(fault).body) == modern
    assert dict(refused(fault).headers)["Content-Length"] == str(modern)
    assert len(refused(fault, behaviour=Behaviour(shape=Shape.LEGACY_DETAIL)).body) == old


def test_the_body_of_a_real_capture() -> None:
    assert refused(NO_CREDENTIALS).body == (
        b'{"code":20003,"message":"Authentication Error - No credentials provided",'
        b'"more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
    )


def test_xml_bodies() -> None:
    old = refused(form=Form.XML, behaviour=Behaviour(shape=Shape.LEGACY_DETAIL))
    assert len(old.body) == 293
    assert old.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003<")
    assert len(refused(NO_CREDENTIALS, form=Form.XML).body) == 267
    assert dict(old.headers)["Content-Type"] == "application/xml"


def test_xml_is_escaped() -> None:
    body = refused(Fault(20404, "</Message>&\0"), form=Form.XML).body
    assert ET.fromstring(body).findtext("RestException/Message") == "</Message>&?"  # noqa: S314 - our own


def test_headers_of_a_401() -> None:
    reply = refused(NO_CREDENTIALS)
    headers = dict(reply.headers)
    assert [name for name, _ in reply.headers] == ORDER.split()
    assert (reply.status, reply.reason) == (401, "Unauthorized")
    assert headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'
    assert headers["X-Twilio-Error-Code"] == "20003"
    assert headers["X-Cache"] == "Error from cloudfront"
    assert headers["X-Powered-By"] == "AT-5000"
    assert headers["X-Shenanigans"] == "none"
    assert headers["X-API-Domain"] == "api.twilio.com"
    assert headers["Via"] == f"1.1 {'e' * 32}.cloudfront.net (CloudFront)"


def test_a_403_has_no_challenge() -> None:
    assert "WWW-Authenticate" not in dict(refused(Fault(20008, ""), status=403).headers)


def test_headers_of_a_success() -> None:
    reply = render(Answer(200, Document("X", {"sid": "SM"}), ""), Behaviour(), STAMP)
    names = [name for name, _ in reply.headers]
    assert names == [name for name in ORDER.split() if name not in {"X-Twilio-Error-Code", "WWW-Authenticate"}]
    assert dict(reply.headers)["X-Cache"] == "Miss from cloudfront"
    assert reply.body == b'{"sid":"SM"}'


def test_a_redirect_of_twilio_s_has_a_type_and_no_body() -> None:
    reply = render(Answer(307, None, "", location="https://mms.twiliocdn.com/x"), Behaviour(), STAMP)
    names = [name for name, _ in reply.headers]
    assert names[:2] == ["Content-Type", "Content-Length"]
    assert names[names.index("Location") - 1] == "Strict-Transport-Security"
    assert reply.body == b""


def test_a_204_has_neither_type_nor_length() -> None:
    names = {name for name, _ in render(Answer(204, None, ""), Behaviour(), STAMP).headers}
    assert names.isdisjoint({"Content-Type", "Content-Length"})


@pytest.mark.parametrize("maker", [Maker.EDGE, Maker.NGINX, Maker.S3, Maker.SANDBOX])
def test_what_twilio_did_not_make_has_none_of_its_headers(maker: Maker) -> None:
    reply = render(Answer(400, Content("text/plain", b"x"), "", maker=maker), Behaviour(), STAMP)
    names = {name for name, _ in reply.headers}
    assert names.isdisjoint({"Twilio-Request-Id", "X-Shenanigans", "WWW-Authenticate", "X-Twilio-Error-Code"})
    assert {"Server", "Date", "Content-Length"} <= names


@pytest.mark.parametrize(
    ("shape", "media_type", "expected"),
    [
        (
            Shape.RFC9457,
            "application/json",
            {
                "type": "https://www.twilio.com/docs/errors/20003",
                "title": "Permission Denied",
                "status": 401,
                "detail": "Authenticate",
                "instance": None,
                "code": 20003,
                "errors": [],
            },
        ),
        (
            Shape.V1_0,
            "application/json",
            {
                "code": 20003,
                "message": "Authenticate",
                "httpStatusCode": 401,
                "params": {},
                "userError": True,
            },
        ),
        (
            Shape.SCIM,
            "application/scim+json",
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "detail": "Authenticate",
                "scimType": None,
                "status": "401",
                "code": 20003,
                "moreInfo": "https://www.twilio.com/docs/errors/20003",
            },
        ),
    ],
)
def test_other_shapes(shape: Shape, media_type: str, expected: object) -> None:
    reply = refused(behaviour=Behaviour(shape=shape))
    assert json.loads(reply.body) == expected
    assert dict(reply.headers)["Content-Type"] == media_type


def test_encoded() -> None:
    reply = refused(behaviour=Behaviour(encoding=Encoding.GZIP))
    headers = dict(reply.headers)
    assert gzip.decompress(reply.body) == refused().body
    assert (headers["Content-Encoding"], headers["Content-Length"]) == ("gzip", str(len(reply.body)))


def test_chunked() -> None:
    headers = dict(refused(behaviour=Behaviour(chunked=True)).headers)
    assert headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in headers


def test_documents_as_xml() -> None:
    document = Document("Call", {"sid": "CA", "date_sent": None, "beta": True, "parts": [{"a_b": 1}, {"a_b": 2}]})
    body = render(Answer(200, document, "", form=Form.XML), Behaviour(), STAMP).body.decode()
    assert body.endswith(
        "<TwilioResponse><Call><Sid>CA</Sid><DateSent></DateSent><Beta>true</Beta>"
        "<Parts><Part><AB>1</AB></Part><Part><AB>2</AB></Part></Parts></Call></TwilioResponse>"
    )


def test_fresh_stamps() -> None:
    one, two = Stamp.fresh(0), Stamp.fresh(0)
    assert one.date == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert re.fullmatch(r"RQ[0-9a-f]{32}", one.request_id)
    assert one.request_id != two.request_id
    assert re.fullmatch(r"[\w-]{54}==", one.edge_request)
    assert not re.search(r"[0-9A-Za-z]{5}", one.edge_request)


def test_no_id_looks_like_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    lookalike = "0" * 20 + LIVE.auth_token[7:12] + "0" * 7
    drawn = iter([lookalike, "1" * 32, lookalike, "2" * 32])
    monkeypatch.setattr("secrets.token_hex", lambda _: next(drawn))
    stamp = Stamp.fresh(0)
    assert (stamp.request_id, stamp.edge) == ("RQ" + "1" * 32, "2" * 32)
