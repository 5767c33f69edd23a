"""What a response says: code and message in any of the shapes that Twilio uses, and who made it.

Shapes a to k of docs/facts.md 1.5. Nothing here trusts Content-Type, Content-Encoding or the body's status.
"""

import gzip
import json
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from analyzers.exchange import Response
from analyzers.twilio import TWILIO_HEADERS, TWILIO_REALM

_BODY_LIMIT = 65536
_ANNOTATION = re.compile(r" ?\[why20003: .*\Z", re.DOTALL)
_REQUEST_ID = re.compile(rb"RQ[0-9a-fA-F]{32}")
# Twilio's own codes have five digits or more: https://www.twilio.com/docs/api/errors (read 2026-11-20)
_SMALLEST_CODE = 10000
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Answer:
    """The error that a response reports."""

    status: int
    code: int | None
    """Twilio's error code from the body, else from X-Twilio-Error-Code; None where neither has one."""
    message: str = field(repr=False)
    """The text that goes with the code; empty where the body has none."""
    detail: str = field(repr=False)
    by_twilio: bool
    """Whether a header that only Twilio sends, or Twilio's realm, or a Twilio error body shows who answered."""
    request_id: str | None
    """Twilio-Request-Id, what Twilio support asks for."""


def answer_of(response: Response) -> Answer:
    """Read `response`; never raises, whatever the body holds."""
    fields = _fields(response)
    named = _whole((response.first(b"x-twilio-error-code") or b"").decode("latin-1"))
    code = _whole(fields.get("code"))
    if named is not None and (code is None or code < _SMALLEST_CODE):
        code = named  # newer products put the bare HTTP status into the body
    message = _text(fields.get("message")) or _text(fields.get("title"))
    detail = _text(fields.get("detail")) or _text(fields.get("error_description"))
    return Answer(
        response.status,
        code,
        _ANNOTATION.sub("", message),
        _ANNOTATION.sub("", detail),
        _by_twilio(response, fields),
        request_id_of(response.first(b"twilio-request-id")),
    )


def request_id_of(value: bytes | None) -> str | None:
    """The value of Twilio-Request-Id when it is one, else None."""
    return value.decode("ascii") if value and _REQUEST_ID.fullmatch(value) else None


def decoded_body(response: Response) -> bytes:
    """The body with its content encoding undone as far as the bytes allow, at most 64 kB; for gzip and deflate.

    Brotli and zstd are undone by the reader or the addon, which know the libraries; here they stay as they are.
    """
    body = response.body
    encoding = (response.first(b"content-encoding") or b"").strip().lower()
    if body[:2] == _GZIP_MAGIC or encoding == b"gzip":
        return _inflate(body, 16 + zlib.MAX_WBITS) or body[:_BODY_LIMIT]
    if encoding == b"deflate":
        return _inflate(body, zlib.MAX_WBITS) or _inflate(body, -zlib.MAX_WBITS) or body[:_BODY_LIMIT]
    return body[:_BODY_LIMIT]


def _inflate(body: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(body, _BODY_LIMIT)
    except (zlib.error, gzip.BadGzipFile):
        return b""


def _fields(response: Response) -> dict[str, object]:
    body = decoded_body(response).lstrip(b"\xef\xbb\xbf \t\r\n")
    if body[:1] == b"<":
        return _from_xml(body)
    if body[:1] == b"{":
        return _from_json(body)
    return {}


def _from_json(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return _from_torn_json(body)
    if not isinstance(found, dict):
        return {}
    errors = found.get("errors")
    if "code" not in found and isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return {**errors[0], **found}
    return found


# A body that was cut off while recording still shows its first members.
_TORN_CODE = re.compile(rb'"code"\s*:\s*"?(\d{3,6})')
_TORN_MESSAGE = re.compile(rb'"message"\s*:\s*"((?:[^"\\]|\\.)*)"')


def _from_torn_json(body: bytes) -> dict[str, object]:
    fields: dict[str, object] = {}
    if code := _TORN_CODE.search(body):
        fields["code"] = int(code.group(1))
    if message := _TORN_MESSAGE.search(body):
        fields["message"] = message.group(1).decode("utf-8", "replace")
    return fields


_XML_NAMES = {
    "Code": "code",
    "Message": "message",
    "Detail": "detail",
    "Status": "status",
    "MoreInfo": "more_info",
}


def _from_xml(body: bytes) -> dict[str, object]:
    """Code, Message and Detail by element name, in any order; entities are never expanded."""
    fields: dict[str, object] = {}
    stack: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        stack.append(name)

    def end(_: str) -> None:
        stack.pop()

    def data(text: str) -> None:
        name = _XML_NAMES.get(stack[-1]) if stack and "RestException" in stack else None
        if name:
            fields[name] = str(fields.get(name, "")) + text

    def refuse(*_: object) -> None:
        raise _EntityError

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = refuse
    # What was read before a fault still counts. LookupError: the XML names an encoding that nobody knows.
    with suppress(expat.ExpatError, _EntityError, ValueError, LookupError):
        parser.Parse(body, True)  # noqa: FBT003 - expat's own signature
    return fields


class _EntityError(ValueError):
    """The XML declares entities, which Twilio never does."""


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**7 else None
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) <= 6:
        return int(value)
    return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _by_twilio(response: Response, fields: dict[str, object]) -> bool:
    if any(response.first(name) is not None for name in TWILIO_HEADERS):
        return True
    if any(TWILIO_REALM.search(value) for value in response.values(b"www-authenticate")):
        return True
    more = fields.get("more_info") or fields.get("moreInfo") or fields.get("type")
    return "code" in fields and isinstance(more, str) and "twilio.com/docs" in more
