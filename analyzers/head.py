"""A request head as it stood on the wire, also one that no server accepts.

Parsers repair or refuse what is wrong in a head; this one keeps it, because the fault is what we are asked about.
"""

import re
from dataclasses import field
from itertools import islice

from analyzers.exchange import Headers
from analyzers.frozen import dataclass

_LIMIT = 65536
"""Bytes looked at; CloudFront and most servers stop reading a head before this."""
_LINES = 1000
_LINE = re.compile(rb"([^\n]*?)(\r?\n|\Z)")
# RFC 9112 3: method SP request-target SP HTTP-version. Blanks inside a target are a client's fault and are kept.
_REQUEST_LINE = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40})[ \t]+(\S.*?)(?:[ \t]+(HTTP/\d(?:\.\d)?))?[ \t]*", re.DOTALL
)
_HEADER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*:")
_BLANKS = b" \t"


@dataclass(frozen=True, slots=True)
class Head:
    """A request line and its header lines."""

    method: str
    target: bytes = field(repr=False)
    """As sent: origin-form, absolute-form, authority-form or ``*``."""
    version: str
    """``HTTP/1.1``; empty where the line names none."""
    headers: Headers = field(repr=False)
    """Names keep a blank before the colon. A value that went over several lines keeps its raw line breaks."""


def read_head(raw: bytes) -> Head | None:
    """Read the head at the start of `raw`, up to the first empty line; None where no request line stands.

    A line that starts with a blank, or has no colon, continues the value above it. Never raises.
    """
    raw = raw[:_LIMIT]
    start = len(raw) - len(raw.lstrip(b"\r\n"))  # RFC 9112 2.2: empty lines before the request line are skipped
    line = _LINE.match(raw, start)
    if line is None or (request := _REQUEST_LINE.fullmatch(line.group(1))) is None:
        return None
    method, target, version = request.groups()
    if version is None and not target.startswith((b"/", b"http://", b"https://")):
        return None
    return Head(
        method.decode("ascii"),
        target,
        (version or b"").decode("ascii"),
        _headers(raw, line.end(), crlf=line.group(2) == b"\r\n"),
    )


def _headers(raw: bytes, start: int, *, crlf: bool) -> Headers:
    found: list[tuple[bytes, int, int]] = []  # name, start and end of the value
    broken = False  # whether the line before ended in a bare line feed although this head uses CR LF
    for line in islice(_LINE.finditer(raw, start), _LINES):
        text, end_of_line = line.groups()
        if not text:
            if not (broken and found and end_of_line == b"\r\n"):
                break
            # The bare line feed was the value's last byte; the CR LF behind it ends the header line, not the head.
            found[-1] = (*found[-1][:2], line.start())
            if not _HEADER.match(raw, line.end()):
                break
            continue
        if found and (text[:1] in {b" ", b"\t"} or b":" not in text):
            name, begin, _ = found[-1]
            found[-1] = (name, begin, line.end(1))
        elif b":" in text:
            name = text.partition(b":")[0]
            found.append((name, line.start() + len(name) + 1, line.end(1)))
        broken = crlf and end_of_line == b"\n"
    return tuple((name, raw[begin:end].strip(_BLANKS)) for name, begin, end in found)
