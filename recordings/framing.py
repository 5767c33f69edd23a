"""Where a body ends: by h11 where the message is well-formed and what follows agrees, else by what the text shows.

People shorten bodies, indent them, or show them without their coding, and leave Content-Length as it was.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

import h11

from analyzers.exchange import Headers
from recordings.decoding import unchunked
from recordings.source import Source
from recordings.wire import STATUS_LINE, value_of

EXACT_LIMIT: Final = 1 << 20
"""Bytes of a body that are framed exactly; a longer one ends where the next message begins."""
LOOSE_LIMIT: Final = 1 << 18
"""Bytes kept of a body that is not; more than are ever looked at, for a content coding may still be on it."""
_BEHIND: Final = 4096
_HEAD_LIMIT: Final = 1 << 17
_BODILESS: Final = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
_ASKING: Final = [("Host", "h")]
_PARAGRAPH: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_FORM: Final = re.compile(rb"[^\s=&]{1,200}=\S*(?:\s*&\s*[^\s=&]{1,200}=\S*)*")
_SPACE: Final = b" \t\r\n"


def exact_body(source: Source, head: bytes, headers: Headers, method: str, ends: re.Pattern[bytes]) -> bytes | None:
    """Take the body that `source` stands before, chunks undone; None, and nothing taken, where it is not well-formed.

    `method` is that of the request whose answer this is; empty for a request. `ends` matches what begins the next
    message.
    """
    chunked = b"chunked" in value_of(headers, b"transfer-encoding").lower()
    length = content_length(headers)
    if not chunked and length is None:
        return None
    for size in (1 << 16, EXACT_LIMIT) if chunked else ((length or 0),):
        if size > EXACT_LIMIT:
            return None
        behind = source.peek(size + _BEHIND)
        found = _by_h11(head, behind, method) or _by_h11(_framing_alone(head, headers), behind, method)
        if found is not None:
            body, taken = found
            if not _agrees(body, behind[taken:], ends):
                return None
            source.take(taken)
            return body
    return None


def content_length(headers: Headers) -> int | None:
    """What Content-Length says; None without one, or where it is no number."""
    value = value_of(headers, b"content-length")
    return int(value) if value.isdigit() and len(value) <= 12 else None


def loose_body(raw: bytes, headers: Headers, method: str) -> bytes:
    """The body at the start of the text `raw`, without what stands behind it; `method` is empty for an answer."""
    if b"chunked" in value_of(headers, b"transfer-encoding").lower() and (found := unchunked(raw)):
        return found[0]
    text = raw.strip(_SPACE)
    if (document := _document(text)) is not None:
        return document
    if not method or text.startswith(b"--"):
        return raw.strip(b"\r\n") if text else b""
    paragraph = _PARAGRAPH.split(text, maxsplit=1)[0]
    if _FORM.fullmatch(paragraph) or (method not in _BODILESS and content_length(headers)):
        return paragraph
    return b""  # nothing says that the words below the head were sent


def is_document(body: bytes) -> bool:
    """Whether `body` is a whole JSON or XML document, or ends as one."""
    text = body.strip(_SPACE)
    return _json_end(text) == len(text) if text[:1] in {b"{", b"["} else text.endswith(b">")


def _by_h11(head: bytes, behind: bytes, method: str) -> tuple[bytes, int] | None:
    """The body at the start of `behind`, and how many bytes it took; None where h11 finds no whole message."""
    if len(head) > _HEAD_LIMIT:
        return None
    try:
        connection = _listening(method)
        connection.receive_data(head + behind)
        body = b"".join(_data(connection))
        if connection.their_state not in {h11.DONE, h11.MUST_CLOSE}:
            return None
    except h11.ProtocolError:  # its text quotes the head, so it is neither kept nor chained
        return None
    return body, len(behind) - len(connection.trailing_data[0])


def _framing_alone(head: bytes, headers: Headers) -> bytes:
    """A head that h11 accepts, with the framing of one that it may not: where a body ends does not hang on the rest."""
    status = STATUS_LINE.match(head)
    first = b"HTTP/1.1 %s OK" % status.group(1) if status else b"POST / HTTP/1.1\r\nHost: h"
    if b"chunked" in value_of(headers, b"transfer-encoding").lower():
        return first + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    return first + b"\r\nContent-Length: %d\r\n\r\n" % (content_length(headers) or 0)


def _listening(method: str) -> h11.Connection:
    """The side that hears requests or, after a request with `method`, the answer to it."""
    if not method:
        return h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT)
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
    connection.send(h11.Request(method=method, target="/", headers=_ASKING))
    connection.send(h11.EndOfMessage())
    return connection


def _data(connection: h11.Connection) -> Iterator[bytes]:
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Data):
            yield bytes(event.data)
        elif not isinstance(event, h11.Request | h11.Response | h11.InformationalResponse):
            return


def _agrees(body: bytes, behind: bytes, ends: re.Pattern[bytes]) -> bool:
    """Whether a body may end here: the file ends, a message begins, or a line does and the body is whole."""
    rest = behind.lstrip(_SPACE)
    if not rest or ends.match(rest):
        return True
    if behind[:1] not in {b"\r", b"\n"}:
        return False
    return body.lstrip()[:1] not in {b"{", b"["} or is_document(body)


def _document(text: bytes) -> bytes | None:
    """The JSON or XML document that `text` begins with; None where it begins with none."""
    if text[:1] in {b"{", b"["}:
        end = _json_end(text)
        return text[:end] if end else None
    if text[:1] == b"<":
        end = text.rfind(b">")
        return text[: end + 1] if end > 0 else None
    return None


def _json_end(text: bytes) -> int:
    """Where the JSON document at the start of `text` ends; 0 where it does not."""
    try:
        return json.JSONDecoder().raw_decode(text.decode("latin-1"))[1]  # one character for each byte
    except (ValueError, RecursionError):
        return 0
