"""From an answer to the bytes of its body and the list of its headers, as Twilio wrote them in 2026.

Bodies: docs/facts.md 1.3 and 1.5. Headers: docs/facts.md 1.4, a real capture of 2026-03-30, in its order. Pure; time
and ids come in.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeAlias
from xml.sax.saxutils import escape

from analyzers.frozen import dataclass

from .accounts import every_secret
from .behaviour import Behaviour, Encoding, Shape, encode
from .messages import Answer, Content, Document, Fault, Form, Json, Maker

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Headers", "Reply", "Stamp", "fault_body", "render"]

Headers: TypeAlias = tuple[tuple[str, str], ...]

_REALM: Final = 'Basic realm="Twilio API"'
_DETAIL: Final = "Your AccountSid or AuthToken was incorrect."
_XML_HEAD: Final = "<?xml version='1.0' encoding='UTF-8'?>\n"
_FAILED: Final = 400
_UNAUTHORIZED: Final = 401
# docs:/api/errors/20003 (read 2026-11-20)
_TITLES: Final = {20003: "Permission Denied"}
_RUN: Final = 5
_ALPHANUMERIC: Final = str.maketrans("+/", "zZ")
_RUNS: Final = frozenset(s[at : at + _RUN] for s in every_secret() for at in range(len(s) - _RUN + 1))


@dataclass(frozen=True, slots=True)
class Stamp:
    """What differs between two equal answers: the date and the ids that the hops give."""

    date: str
    request_id: str
    """``RQ`` + 32 hex digits: what Twilio's support asks for."""
    duration: str
    edge: str
    edge_request: str

    @classmethod
    def fresh(cls, now: float) -> Stamp:
        """A new stamp for an answer given at ``now`` (seconds since the epoch)."""
        return cls(
            date=formatdate(now, usegmt=True),
            request_id=f"RQ{_digits()}",
            duration="0.006",
            edge=_digits(),
            edge_request=_letters(),
        )


def _letters() -> str:
    """56 random characters as CloudFront's ids have them, never five letters or digits in a row: see `_digits`."""
    drawn = b64encode(secrets.token_bytes(39)).decode().translate(_ALPHANUMERIC)
    return "".join(drawn[at : at + 4] + secrets.choice("-_") for at in range(0, 40, 4)) + drawn[40:44] + "=="


def _digits() -> str:
    """32 random hex digits, no five of which stand in a secret: what looks for leaks would take them for one."""
    while True:
        drawn = secrets.token_hex(16)
        if not any(drawn[at : at + _RUN] in _RUNS for at in range(len(drawn) - _RUN + 1)):
            return drawn


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, ready to be framed."""

    status: int
    reason: str
    headers: Headers
    body: bytes
    """Encoded. A HEAD request gets the headers of it only."""


def render(answer: Answer, behaviour: Behaviour, stamp: Stamp) -> Reply:
    """Write an answer. Raises ValueError where the encoding is not available here."""
    media_type, plain = _payload(answer, behaviour.shape)
    encoding = behaviour.encoding if plain else Encoding.IDENTITY
    body = encode(plain, encoding)
    framing: Headers = (("Content-Length", str(len(body))),)
    if answer.status == HTTPStatus.NO_CONTENT:
        framing = ()
    elif behaviour.chunked:
        framing = (("Transfer-Encoding", "chunked"),)
    entity: Headers = (("Content-Type", media_type),) if media_type else ()
    if encoding is not Encoding.IDENTITY:
        entity += (("Content-Encoding", encoding.value),)
    connection: Headers = (("Connection", "keep-alive"),)
    date: Headers = (("Date", stamp.date),)
    location: Headers = (("Location", answer.location),) if answer.location else ()
    match answer.maker:
        case Maker.TWILIO:
            headers = entity + framing + connection + date + _twilio(answer, stamp)
        case Maker.EDGE:
            headers = (("Server", "CloudFront"), *date, *entity, *framing, *connection, *_edge(answer, stamp))
        case Maker.NGINX:
            headers = (*date, ("Server", "nginx"), *entity, *location, *framing, *connection)
        case Maker.S3:
            headers = (*date, ("Server", "AmazonS3"), *entity, *framing, *connection)
        case Maker.SANDBOX:
            headers = (*date, ("Server", "why20003-sandbox"), *entity, *framing, *connection)
    return Reply(answer.status, HTTPStatus(answer.status).phrase, headers, body)


def fault_body(fault: Fault, status: int, form: Form, shape: Shape) -> tuple[str, str]:
    """Media type and text of an error."""
    if form is Form.XML:
        return form.value, _fault_xml(fault, status, detail=_DETAIL if shape is Shape.LEGACY_DETAIL else None)
    more = f"https://www.twilio.com/docs/errors/{fault.code}"
    legacy: dict[str, Json] = {
        "code": fault.code,
        "message": fault.message,
        "more_info": more,
        "status": status,
    }
    title = _TITLES.get(fault.code, HTTPStatus(status).phrase)
    match shape:
        case Shape.LEGACY:
            return form.value, _compact(legacy)
        case Shape.LEGACY_DETAIL:
            return form.value, json.dumps({"code": fault.code, "detail": _DETAIL, **legacy})
        case Shape.RFC9457:
            # The specs give application/json, not application/problem+json. docs/facts.md 1.5, shape e
            problem: dict[str, Json] = {
                "type": more,
                "title": title,
                "status": status,
                "detail": fault.message,
            }
            return form.value, _compact({**problem, "instance": None, "code": fault.code, "errors": []})
        case Shape.V1_0:
            fields: dict[str, Json] = {"code": fault.code, "message": fault.message, "httpStatusCode": status}
            return form.value, _compact({**fields, "params": {}, "userError": True})
        case Shape.SCIM:
            scim: dict[str, Json] = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"]}
            scim |= {"detail": fault.message, "scimType": None, "status": str(status), "code": fault.code}
            return "application/scim+json", _compact({**scim, "moreInfo": more})


def _payload(answer: Answer, shape: Shape) -> tuple[str, bytes]:
    """Media type and unencoded body."""
    match answer.payload:
        case None:
            # A redirect of Twilio's has a type though no body, as in the captures.
            return (Form.JSON.value if answer.location else ""), b""
        case Content(media_type, data):
            return media_type, data
        case Document(name, fields) if answer.form is Form.XML:
            inner = _xml(name, fields) if name else "".join(_xml(_pascal(key), value) for key, value in fields.items())
            return Form.XML.value, f"{_XML_HEAD}<TwilioResponse>{inner}</TwilioResponse>".encode()
        case Document(_, fields):
            return Form.JSON.value, _compact(fields).encode()
        case Fault() as fault:
            media_type, text = fault_body(fault, answer.status, answer.form, shape)
            return media_type, text.encode("utf-8", "replace")


def _twilio(answer: Answer, stamp: Stamp) -> Headers:
    fault = answer.payload if isinstance(answer.payload, Fault) else None
    return (
        *((("X-Twilio-Error-Code", str(fault.code)),) if fault else ()),
        ("Twilio-Request-Id", stamp.request_id),
        ("Twilio-Request-Duration", stamp.duration),
        ("X-Home-Region", answer.region),
        ("X-API-Domain", answer.domain),
        ("Strict-Transport-Security", "max-age=31536000"),
        *((("WWW-Authenticate", _REALM),) if answer.status == _UNAUTHORIZED else ()),
        *((("Location", answer.location),) if answer.location else ()),
        *_edge(answer, stamp),
        ("X-Powered-By", "AT-5000"),
        ("X-Shenanigans", "none"),
        ("Vary", "Origin"),
    )


def _edge(answer: Answer, stamp: Stamp) -> Headers:
    return (
        ("X-Cache", "Error from cloudfront" if answer.status >= _FAILED else "Miss from cloudfront"),
        ("Via", f"1.1 {stamp.edge}.cloudfront.net (CloudFront)"),
        ("X-Amz-Cf-Pop", "FRA60-P3"),
        ("X-Amz-Cf-Id", stamp.edge_request),
    )


def _compact(fields: Mapping[str, Json]) -> str:
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def _fault_xml(fault: Fault, status: int, *, detail: str | None) -> str:
    fields: dict[str, Json] = {"Code": fault.code}
    if detail is not None:
        fields["Detail"] = detail
    fields |= {
        "Message": fault.message,
        "MoreInfo": f"https://www.twilio.com/docs/errors/{fault.code}",
        "Status": status,
    }
    return f"{_XML_HEAD}<TwilioResponse>{_xml('RestException', fields)}</TwilioResponse>"


def _xml(name: str, value: Json) -> str:
    match value:
        case None:
            inner = ""
        case bool():
            inner = str(value).lower()
        case int() | str():
            inner = escape(_xml_text(str(value)))
        case dict():
            inner = "".join(_xml(_pascal(key), field) for key, field in value.items())
        case _:
            inner = "".join(_xml(name.removesuffix("s"), item) for item in value)
    return f"<{name}>{inner}</{name}>"


def _xml_text(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(c if c in "\t\n" or c.isprintable() else "?" for c in text)


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
