"""The HTTP messages in a text, one after the other, without what a ticket, a mail or an editor put around them."""

import io
import re
from collections.abc import Iterator
from dataclasses import field
from http import HTTPStatus
from typing import Final

from analyzers.frozen import dataclass
from recordings.decoding import unchunked
from recordings.framing import LOOSE_LIMIT, content_length, exact_body, is_document, loose_body
from recordings.source import Source
from recordings.wire import HEADER_LINE, STATUS_LINE, headers_of, value_of

_METHODS: Final = rb"GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE"
_URL: Final = rb"(?:/|https?://)"
_MARK: Final = rb"(?P<mark>[ \t]*(?:[>|][ \t]*)*)"
_REQUEST: Final = rb"(?:(?:%s)[ \t]+\S|(?:[A-Z][A-Z-]{2,19}|%s)[ \t]+%s)[^\r\n]*[ \t]HTTP/\d(?:\.\d)?[ \t\r]*$" % (
    _METHODS,
    _METHODS.lower(),
    _URL,
)
_NEXT_HEADER: Final = rb"\n[ \t>|]*[A-Za-z][A-Za-z0-9-]*[ \t]*:"
# Without a version, as editors' REST clients write it: then a header line has to follow.
_BARE: Final = rb"(?:%s)[ \t]+%s\S*[ \t]*\r?(?=%s)" % (_METHODS, _URL, _NEXT_HEADER)
# HTTP/2 as Charles shows it: pseudo headers instead of a first line. RFC 9113 8.3
_PSEUDO: Final = rb":(?:method|authority|scheme|path|status):[ \t]*\S[^\r\n]*"
_REASONS: Final = b"|".join(
    re.escape(phrase.encode()) for phrase in (*(status.phrase for status in HTTPStatus), "Connection established")
)
# A sentence may begin with a status as well; so a header line follows, or the reason is a known one.
_STATUS: Final = rb"HTTP/\d(?:\.\d)?[ \t]+\d{3}(?:[ \t]+(?:(?i:%s)|[^\r\n]*(?=%s)))?[ \t\r]*$" % (
    _REASONS,
    rb"\r?" + _NEXT_HEADER,
)
START: Final = re.compile(rb"^%s(?:%s|%s|%s|%s)" % (_MARK, _STATUS, _REQUEST, _BARE, _PSEUDO), re.MULTILINE)
_HINT: Final = re.compile(rb"[ \t>|]*(?:HTTP/|:[mapss]|[A-Z][A-Z-]{2,19}[ \t]|(?:%s)[ \t])" % _METHODS.lower())
"""What the first line of a message has in common, as far as it can be seen at once."""
_NOTHING: Final = re.compile(rb"(?!)")
_LONGEST_START: Final = 1 << 16
_LOOK: Final = 512
_FENCE: Final = re.compile(rb"[ \t]*(?:`{3,}|~{3,})[^`]*")
LEFT_OUT: Final = re.compile(
    rb"[ \t]*[\[<({]?[ \t]*(?:\.{3,}|\xe2\x80\xa6|snip\w*|\.{3}[^:\r\n]*\.{3})[ \t]*[\]>)}]?\s*"
)
"""A line that stands for those which a person left out."""
_HEAD_LIMIT: Final = 1 << 16
_BLOCK_LIMIT: Final = 1 << 22
_DEEPEST: Final = 3

# Encoders break base64 after so many characters: docs/clients.md 10.
_ENCODER_WIDTHS: Final = frozenset({60, 64, 76})
_AUTHORIZATION: Final = re.compile(rb"authorization[ \t]*:", re.IGNORECASE)
_LAST_WORD: Final = re.compile(rb"[A-Za-z0-9+/=_.-]*\Z")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer, without marks and fences."""

    head: bytes = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool
    """Whether an empty line ends the head, and no line was left out of it."""
    pasted: bool
    """Whether it stood in a text that a person wrote."""
    short: bool
    """Whether the file ends before the message does."""

    @property
    def status(self) -> int:
        """The status of an answer; 0 for a request."""
        found = STATUS_LINE.match(self.head)
        return int(found.group(1)) if found else 0

    @property
    def method(self) -> str:
        """The method of a request, in capitals."""
        return self.head.split(None, 1)[0][:40].decode("latin-1").upper()

    @property
    def is_tunnel(self) -> bool:
        """Whether this is a proxy's answer to a CONNECT, which may not be shown itself."""
        found = STATUS_LINE.match(self.head)
        return found is not None and self.status == 200 and (found.group(2) or b"").lower() == b"connection established"


def messages(source: Source, *, pasted: bool = False, depth: int = 0) -> Iterator[Message]:
    """The messages, in order; `pasted` tells that the text is one, `depth` how many marks were taken off it."""
    method = "GET"
    while line := source.next_line():
        start = _start(source, line)
        if start is None or (start and depth == _DEEPEST):
            source.line()
            pasted = pasted or bool(line.strip())
        elif start:
            pasted = True
            block = _block(source, line, start)
            yield from messages(Source(io.BytesIO(block)), pasted=True, depth=depth + 1)
        else:
            message = _message(source, method, pasted=pasted)
            method = message.method if not message.status else method
            yield message


def _start(source: Source, line: bytes) -> bytes | None:
    """The marks before the first line of a message; None where none begins with `line`."""
    if len(line) > _LONGEST_START or not _HINT.match(line):
        return None
    found = START.match(source.peek(len(line) + _LOOK))
    return found.group("mark") if found else None


def _block(source: Source, line: bytes, mark: bytes) -> bytes:
    """The lines from `line` on that bear `mark`, without it; empty where only the first one does."""
    behind = source.peek(len(line) + len(mark) + _LOOK)[len(line) :]
    if not mark.strip() and behind.split(b"\n", 1)[0].strip() and not behind.startswith(mark):
        source.take(len(mark))
        return b""
    quotes, blanks = len(re.findall(rb"[>|]", mark)), len(mark) - len(mark.rstrip(b" \t"))
    marked = re.compile(rb"(?:[ \t]*[>|]){%d}[ \t]{0,%d}" % (quotes, blanks) if quotes else re.escape(mark))
    kept = bytearray()
    while len(kept) < _BLOCK_LIMIT and (line := source.next_line()):
        found = marked.match(line)
        if found is None and (quotes or line.strip()):
            break
        source.line()
        kept += line[found.end() :] if found else line.lstrip(b" \t")
    return bytes(kept)


def _message(source: Source, method: str, *, pasted: bool) -> Message:
    """The message that begins at the next line; `method` is that of the request before it."""
    lines, ended = _head_lines(source)
    head, whole = _mended(lines)
    answer = STATUS_LINE.match(head) is not None
    if not ended:
        short = not source.next_line() and lines[0].endswith(b"\r\n")
        return Message(head, b"", whole=False, pasted=pasted, short=short)
    headers = headers_of(head)
    body = exact_body(source, head + b"\r\n", headers, method if answer else "", START)
    if body is not None:
        return Message(head, body, whole=whole, pasted=pasted, short=False)
    raw = _until_next(source)
    own = "" if answer else head.split(None, 1)[0].decode("latin-1").upper()
    length = content_length(headers) or 0
    missing = not source.next_line() and len(raw) + raw.count(b"\n") < length and not is_document(raw)
    short = missing and not (answer and method == "HEAD")
    return Message(head, loose_body(raw, headers, own), whole=whole, pasted=pasted, short=short)


def _head_lines(source: Source) -> tuple[list[bytes], bool]:
    """The lines of a head without the empty one that ends it, and whether that was there."""
    lines = [source.line()]
    size, crlf, bare = len(lines[0]), lines[0].endswith(b"\r\n"), False
    while line := source.next_line():
        empty = not line.strip(b" \t\r\n")
        if not empty and ((line[:1] != b":" and _start(source, line) == b"") or _FENCE.fullmatch(line.rstrip())):
            return lines, False
        source.line()
        if empty and not (bare and line == b"\r\n" and HEADER_LINE.match(source.next_line())):
            if bare and line == b"\r\n":
                lines.append(line)  # the line feed before it was the last byte of the value: analyzers.head
            return lines, True
        size += len(line)
        if size <= 2 * _HEAD_LIMIT:
            lines.append(line)
        bare = crlf and not line.endswith(b"\r\n")
    return lines, False


def _mended(lines: list[bytes]) -> tuple[bytes, bool]:
    """The head without what a hand put in: lines of dots for those left out, and breaks where a line got too long.

    The second tells whether no line was left out.
    """
    kept = [line for line in lines if not LEFT_OUT.fullmatch(line)]
    whole = len(kept) == len(lines)
    if kept and kept[0].startswith(b":"):
        kept = _with_first_line(kept)
    if not any(line.endswith(b"\r\n") for line in kept):
        kept = _unwrapped(kept)
    return b"".join(kept)[:_HEAD_LIMIT], whole and sum(map(len, kept)) <= _HEAD_LIMIT


def _with_first_line(lines: list[bytes]) -> list[bytes]:
    """A head that begins with pseudo headers, with the first line that they stand for."""
    values = dict(re.findall(rb":(method|path|status):[ \t]*([^\r\n]*)", b"".join(lines[:10])))
    if b"status" in values:
        return [b"HTTP/2 %s\n" % values[b"status"].strip()[:3], *lines]
    return [b"%s %s HTTP/2\n" % (values.get(b"method", b"GET"), values.get(b"path", b"/")), *lines]


def _unwrapped(lines: list[bytes]) -> list[bytes]:
    """The lines with an Authorization put together again that was broken on its way through mail or a window.

    Only in text whose line ends are no longer the wire's. Where encoders break base64, the break is kept: that is a
    fault of the request.
    """
    found: list[bytes] = []
    joining = False
    for line in lines:
        text = line.strip()
        goes_on = bool(text) and b":" not in line and line[:1] not in {b" ", b"\t"}
        before = found[-1].rstrip() if found else b""
        if not goes_on:
            joining = _AUTHORIZATION.match(line) is not None
        elif joining:
            word = _LAST_WORD.search(before)
            last = word.group() if word else b""
            joining = len(last) not in _ENCODER_WIDTHS
            if joining:
                apart = b" " if not last or last.lower() in {b"basic", b"bearer"} else b""
                found[-1] = before + apart + line
                continue
        found.append(line)
    return found


def _until_next(source: Source) -> bytes:
    """The text before the next message or fence, of which the beginning is kept."""
    kept = bytearray()
    while line := source.next_line():
        if _start(source, line) is not None or _FENCE.fullmatch(line.rstrip()):
            break
        source.line()
        if len(kept) < LOOSE_LIMIT:
            kept += line
    return bytes(kept[:LOOSE_LIMIT])


def split(message: bytes, method: str = "") -> tuple[bytes, bytes]:
    """Head and body, chunks undone, of bytes that are one message and nothing else.

    `method` is that of the request whose answer it is; empty for a request.
    """
    source = Source(io.BytesIO(message))
    lines, ended = _head_lines(source) if message else ([], False)
    head = b"".join(lines)
    if not ended:
        return head, b""
    rest = source.peek(len(message))
    headers = headers_of(head)
    body = exact_body(source, head + b"\r\n", headers, method, _NOTHING)
    if body is None:
        found = unchunked(rest) if b"chunked" in value_of(headers, b"transfer-encoding").lower() else None
        body = found[0] if found else rest
    return head, body
