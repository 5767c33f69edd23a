"""What a response says: code and message in any of the shapes that Twilio uses, and who made it.

Nothing here trusts Content-Type, Content-Encoding or the body's own status.
"""

import re
import zlib
from dataclasses import field
from functools import lru_cache
from http import HTTPStatus

from analyzers.error_body import ErrorBody, code_of, read_error, text_of, whole
from analyzers.exchange import Response
from analyzers.frozen import dataclass
from analyzers.twilio import TWILIO_HEADERS, TWILIO_REALM

_BODY_LIMIT = 65536
_REQUEST_ID = re.compile(rb"RQ[0-9a-fA-F]{32}")
# Twilio's own codes have five or six digits: https://www.twilio.com/docs/api/errors (read 2026-11-20)
_SMALLEST_CODE = 10000
_SMALLEST_ERROR = 400
_REASON_PHRASES = frozenset(status.phrase.casefold() for status in HTTPStatus)
_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)*twilio\.com/docs/", re.IGNORECASE)
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_MAGIC = b"\x78"
_SHORT = 4096
"""Bytes of a body up to which it is kept for a while with what was read in it."""
_MOST_CODINGS = 3
"""A gateway may compress what is compressed already."""


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
    """Read `response`; never raises, whatever the body holds. Of an answer that is no error only the headers count."""
    if response.status < _SMALLEST_ERROR:
        request_id = request_id_of(response.first(b"twilio-request-id"))
        return Answer(response.status, None, "", "", _has_twilio_headers(response), request_id)
    read = _read if len(response.body) <= _SHORT else _read.__wrapped__
    code, message, detail, by_twilio = read(
        response.body[:_BODY_LIMIT],
        any(b"deflate" in value.lower() for value in response.values(b"content-encoding")),
        whole((response.first(b"x-twilio-error-code") or b"").decode("latin-1")),
        _has_twilio_headers(response) or any(map(TWILIO_REALM.search, response.values(b"www-authenticate"))),
    )
    request_id = request_id_of(response.first(b"twilio-request-id"))
    return Answer(response.status, code, message, detail, by_twilio, request_id)


@lru_cache(maxsize=64)  # an application that is refused gets the same answer again and again
def _read(body: bytes, deflate: bool, named: int | None, by_headers: bool) -> tuple[int | None, str, str, bool]:  # noqa: FBT001 - only called above
    """Code, message, detail, and whether Twilio made the answer: by its headers, else by a link in the body."""
    error = read_error(_decoded(body, deflate=deflate))
    errors = (*error.own, *error.wrapped)
    codes = [code_of(each) for each in errors]
    own = next((code for code in codes if code is not None and code >= _SMALLEST_CODE), None)
    bare = next((code for code in codes if code is not None), None)  # newer products put the bare HTTP status there
    place = codes.index(own or bare) if errors else 0
    told = (*errors[place : place + 1], *errors)
    detail = text_of(told, ("detail", "errordescription"))
    message = _specific(text_of(told, ("message", "title", "error")), detail)
    return own or named or bare, message, detail, by_headers or _links_to_twilio(error)


def _specific(message: str, detail: str) -> str:
    """The text that says why. The title of a problem document may be the status once more (RFC 9457 4.2.1)."""
    return detail if detail and message.casefold() in _REASON_PHRASES else message


def request_id_of(value: bytes | None) -> str | None:
    """The value of Twilio-Request-Id when it is one, else None."""
    return value.decode("ascii") if value and _REQUEST_ID.fullmatch(value) else None


def decoded_body(response: Response) -> bytes:
    """The body with gzip and deflate undone, said or not, as far as its first 64 kB allow; at most 64 kB.

    Brotli and zstd are undone by the reader or the addon, which know the libraries; here they stay as they are.
    """
    deflate = any(b"deflate" in value.lower() for value in response.values(b"content-encoding"))
    return _decoded(response.body[:_BODY_LIMIT], deflate=deflate)


def _decoded(body: bytes, *, deflate: bool) -> bytes:
    for _ in range(_MOST_CODINGS):
        if not (inner := _inflated(body, deflate=deflate)):
            break
        body = inner
    return body


def _inflated(body: bytes, *, deflate: bool) -> bytes:
    """What `body` is compressed from; empty where it is not, or cannot be read."""
    if body[:1] == _ZLIB_MAGIC or body[:2] == _GZIP_MAGIC:
        return _inflate(body, 32 + zlib.MAX_WBITS)
    if deflate and body.lstrip()[:1] not in {b"{", b"[", b"<", b""}:  # RFC 9110 8.4.1.2: some send it without header
        return _inflate(body, -zlib.MAX_WBITS)
    return b""


def _inflate(body: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(body, _BODY_LIMIT)
    except zlib.error:
        return b""


def _has_twilio_headers(response: Response) -> bool:
    return any(name.lower() in TWILIO_HEADERS for name, _ in response.headers)


def _links_to_twilio(body: ErrorBody) -> bool:
    """Whether a link to Twilio's documentation stands beside the code: docs/facts.md 1.4."""
    links = (error.get(name) for error in body.own if code_of(error) for name in ("moreinfo", "type", "infourl"))
    return any(isinstance(link, str) and _LINK.match(link.strip()) for link in links)
