"""How Twilio and others answer: texts, codes, body shapes and header eras of docs/facts.md 1."""

import gzip
import json
from email.utils import formatdate
from typing import Literal
from xml.sax.saxutils import escape

from analyzers.exchange import Headers, Response
from score.corpus.resources import Resource
from score.corpus.values import Draw, Json

NO_CREDENTIALS = "Authentication Error - No credentials provided"
INVALID_USERNAME = "Authentication Error - invalid username"
REFUSED = "Authenticate"
TRIAL = "This feature is not available on a Trial account. Please upgrade your account to gain access."
KYC = (
    "Primary compliance profile is not approved. Please refer to documentation and complete the KYC process in Trust "
    "Hub to gain access."
)
POLICY = "Policy evaluation failed"
TEST_ACCOUNT = "Resource not accessible with Test Account Credentials"
_OLD_TEXTS = {NO_CREDENTIALS, INVALID_USERNAME, REFUSED}
_DETAIL = "Your AccountSid or AuthToken was incorrect."

# Ways in which a recording may lack a readable body; the code then stands in a header only.
_UNREADABLE = ("empty", "truncated", "gzip")
Readable = Literal["yes", "perhaps", "no"]
"""Whether the body of an error shows its text."""


def error(  # noqa: PLR0913 - each argument is a dimension of the corpus
    draw: Draw,
    resource: Resource,
    now: float,
    *,
    status: int,
    code: int,
    text: str,
    host: str,
    readable: Readable = "yes",
) -> Response:
    """Twilio's answer with an error."""
    grown = resource.dated and code == 20003 and text in _OLD_TEXTS and readable != "no"
    era = draw.choice(("2026", "2026", "2026", "2025", "2018")) if grown else "2026"
    old = era == "2018"
    kind, body = _body(draw, resource.shape, status, code, text, old=old)
    lines: list[tuple[bytes, bytes]] = []
    if (readable == "no" and not old) or (readable == "perhaps" and not old and draw.chance(0.35)):
        way = draw.choice(_UNREADABLE if readable == "perhaps" else _UNREADABLE[:2])
        if way == "gzip":
            body = gzip.compress(body, mtime=0)
            lines.append((b"Content-Encoding", b"gzip"))
        else:
            body = body[:19] if way == "truncated" else b""
    return Response(
        status=status,
        headers=_cased(draw, (*head(draw, now, kind, body, host, era), *lines, *_error_head(status, code, era))),
        body=body,
    )


def success(draw: Draw, resource: Resource, now: float, *, host: str, account: bytes = b"") -> Response:
    """Twilio's answer to a request that worked."""
    body = b"" if resource.status == 204 else _success_body(draw, resource, account)
    kind = b"application/xml" if resource.shape == "xml" else b"application/json"
    return Response(status=resource.status, headers=_cased(draw, head(draw, now, kind, body, host, "2026")), body=body)


def head(  # noqa: PLR0913, PLR0917 - what a head is made of
    draw: Draw, now: float, kind: bytes, body: bytes, host: str, era: str
) -> Headers:
    """The headers that every answer of Twilio's has."""
    common: Headers = (
        (b"Content-Type", kind),
        (b"Content-Length", b"%d" % len(body)),
        (b"Connection", b"keep-alive"),
        (b"Date", date(now)),
        (b"Twilio-Request-Id", b"RQ" + draw.hex(32)),
    )
    if era == "2018":
        return (
            *common,
            (b"Access-Control-Allow-Origin", b"*"),
            (b"Access-Control-Allow-Credentials", b"true"),
            (b"Twilio-Concurrent-Requests", b"1"),
            (b"Twilio-Request-Duration", b"0.006"),
            (b"X-Shenanigans", b"none"),
            (b"X-Powered-By", b"AT-5000"),
        )
    edge: Headers = (
        (b"Via", b"1.1 " + draw.hex(32) + b".cloudfront.net (CloudFront)"),
        (b"X-Amz-Cf-Pop", draw.choice((b"DUB56-P2", b"IAD55-P7", b"FRA60-P3"))),
        (b"X-Amz-Cf-Id", draw.alnum(54) + b"=="),
    )
    return (
        *common,
        (b"Twilio-Request-Duration", b"0.%03d" % draw.randrange(4, 400)),
        (b"X-Home-Region", b"us1"),
        (b"X-API-Domain", host.encode()),
        (b"Strict-Transport-Security", b"max-age=31536000"),
        *(edge if era == "2026" else ()),
        (b"X-Powered-By", b"AT-5000"),
        (b"X-Shenanigans", b"none"),
        (b"Vary", b"Origin"),
    )


def date(now: float) -> bytes:
    """The Date header of that moment."""
    return formatdate(now, usegmt=True).encode()


def redirect(draw: Draw, now: float, status: int, location: bytes, server: bytes = b"nginx") -> Response:
    """A redirect, as nginx or a gateway gives it."""
    body = b"<html>\r\n<head><title>%d Moved</title></head>\r\n</html>\r\n" % status if draw.chance(0.7) else b""
    headers: Headers = (
        (b"Server", server),
        (b"Date", date(now)),
        (b"Content-Type", b"text/html"),
        (b"Content-Length", b"%d" % len(body)),
        (b"Location", location),
    )
    return Response(status=status, headers=_cased(draw, headers), body=body)


def foreign(now: float, status: int, headers: Headers = (), body: bytes = b"") -> Response:
    """An answer that somebody else than Twilio made."""
    common: Headers = ((b"Date", date(now)), (b"Content-Length", b"%d" % len(body)))
    return Response(status=status, headers=(*headers, *common), body=body)


def page(title: str, text: str = "") -> bytes:
    """A small HTML page."""
    head, body = f"<head><title>{title}</title></head>", f"<body><h1>{title}</h1>{text}</body>"
    return f"<!DOCTYPE html>\n<html>{head}{body}</html>\n".encode()


def _error_head(status: int, code: int, era: str) -> Headers:
    lines: Headers = () if era == "2018" else ((b"X-Twilio-Error-Code", b"%d" % code),)
    if era == "2026":
        lines = (*lines, (b"X-Cache", b"Error from cloudfront"))
    return (*lines, (b"WWW-Authenticate", b'Basic realm="Twilio API"')) if status == 401 else lines


def _cased(draw: Draw, headers: Headers) -> Headers:
    """The same headers; a quarter of the recordings are HTTP/2 and have lower-case names."""
    return tuple((name.lower(), value) for name, value in headers) if draw.chance(0.25) else headers


def _body(  # noqa: PLR0913 - what a body is made of
    draw: Draw, shape: str, status: int, code: int, text: str, *, old: bool
) -> tuple[bytes, bytes]:
    """Content type and body."""
    more = draw.choice(("https://www.twilio.com/docs/errors/%d", "https://www.twilio.com/docs/api/errors/%d")) % code
    if shape == "xml":
        return b"application/xml", _xml(draw, status, code, text, more, old=old)
    shapes: dict[str, Json] = {
        "v1": {"code": code, "message": text, "httpStatusCode": status, "params": [], "userError": True},
        "monitor": {
            "message": text,
            "code": code,
            "user_error": True,
            "http_status_code": status,
            "params": {},
            "more_info": more,
            "status": status,
        },
        "problem": {
            "type": more,
            "title": draw.choice((text, "Unauthorized", "Permission Denied")) if status == 401 else text,
            "status": status,
            "detail": text,
            "instance": "/v3/Transcriptions",
            "code": code,
        },
        "scim": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "detail": text,
            "scimType": None,
            "status": str(status),
            "code": code,
            "moreInfo": more,
        },
        "camel": {"code": code, "message": text, "moreInfo": more, "status": status},
        "params": {"code": code, "message": text, "params": {}, "more_info": more, "status": status},
    }
    kind = b"application/scim+json" if shape == "scim" else b"application/json"
    value = shapes.get(shape)
    if value is None:
        detail: Json = {"detail": _DETAIL} if old else {}
        value = {"code": code, **detail, "message": text, "more_info": more, "status": status}
    if old:
        return kind, json.dumps(value).encode()
    if draw.chance(0.08):
        return kind, json.dumps(value, indent=2).encode() + b"\n"
    return kind, json.dumps(value, separators=(",", ":")).encode()


def _xml(  # noqa: PLR0913 - the members of the body
    draw: Draw, status: int, code: int, text: str, more: str, *, old: bool
) -> bytes:
    fields = [("Code", str(code)), ("Message", text), ("MoreInfo", more), ("Status", str(status))]
    if old:
        fields.insert(1, ("Detail", _DETAIL))
    elif draw.chance(0.15):
        fields = [fields[3], fields[1], fields[0], fields[2]]
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException>"
        f"{inner}</RestException></TwilioResponse>"
    ).encode()


def _success_body(draw: Draw, resource: Resource, account: bytes) -> bytes:
    if resource.shape == "xml":
        return b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse></TwilioResponse>"
    value: Json
    if resource.method == "GET":
        value = {"page": 0, "page_size": 50, "meta": {"key": "items"}, "items": []}
    else:
        value = {"sid": draw.sid("SM").decode(), "status": "queued"}
    if account and draw.chance(0.5):
        value["account_sid"] = account.decode("latin-1")
    return json.dumps(value, separators=(",", ":")).encode()
