"""The lines that curl writes about a transfer, as events: what ``-v`` marks, and the dumps of ``--trace(-ascii)``.

Source: curl's src/tool_cb_dbg.c, the same in all that matters from 7.19.7 (2009) to 8.21.0: tool_debug_cb() and dump()
(read 2026-11-20). No version of curl hides a value there; where one is hidden, a person or another tool did it.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from enum import Enum
from typing import Final

from analyzers.frozen import dataclass
from recordings.framing import LOOSE_LIMIT
from recordings.source import Source


class Kind(Enum):
    """What an event is about."""

    INFO = "info"
    SENT_HEAD = "sent head"
    SENT_DATA = "sent data"
    GOT_HEAD = "got head"
    GOT_DATA = "got data"
    TLS = "tls"
    """Bytes of TLS itself, in a dump."""
    TEXT = "text"
    """A line that is not curl's: a body on standard output, or words around it all."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that curl told."""

    kind: Kind
    data: bytes = field(repr=False)
    stamp: float | None = None
    """Seconds since midnight, local time; None without --trace-time."""
    transfer: str = ""
    """The transfer's number; empty without --trace-ids."""
    dotted: bool = False
    """Whether bytes that do not print stand there as dots: --trace-ascii."""
    holes: tuple[int, ...] = ()
    """Where in `data` bytes of a dump are missing or changed, which its rows' offsets tell."""


_STAMP: Final = rb"(?:(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d\.\d{1,9}) )?"
_IDS: Final = rb"(?:\[(?P<transfer>\d+)-(?:\d+|x)\] )?"
_DUMPED: Final = re.compile(
    _STAMP + _IDS + rb"(?P<what>(?:=> Send|<= Recv) (?:header|data|SSL data)), (?P<size>\d{1,12}) bytes"
    rb" \(0x[0-9a-f]+\)[ \t\r]*\n?\Z"
)
_KINDS: Final = {
    b"=> Send header": Kind.SENT_HEAD,
    b"=> Send data": Kind.SENT_DATA,
    b"<= Recv header": Kind.GOT_HEAD,
    b"<= Recv data": Kind.GOT_DATA,
    b"=> Send SSL data": Kind.TLS,
    b"<= Recv SSL data": Kind.TLS,
}
_INFO: Final = re.compile(_STAMP + _IDS + rb"== Info:[ \t]?(?P<text>[^\n]*)")
_MARKED: Final = re.compile(_STAMP + _IDS + rb"(?P<mark>[*<>{}])(?: (?P<text>[^\n]*)|\r?)(?:\n|\Z)")
_DATA_MARK: Final = re.compile(rb"\[\d+ bytes data\]|\[data not shown\]")
_MARKS: Final = {b"*": Kind.INFO, b">": Kind.SENT_HEAD, b"<": Kind.GOT_HEAD}
_ROW: Final = re.compile(rb"([0-9a-f]{4,16}):(?: (.*))?", re.DOTALL)
_HEX: Final = re.compile(rb"(?:[0-9a-f]{2}(?: |\Z)){1,16}")
_HEX_WIDTH: Final = 16
_ASCII_WIDTH: Final = 64
_HOLES: Final = 100
# The progress meter, which shares standard error: lib/progress.c.
_AMOUNT: Final = rb"[ \t]+[\d.]+[kMGTP]?"
_METER: Final = re.compile(
    rb"(?:\r?[ \t]*\d{1,3}%s[ \t]+\d{1,3}%s[ \t]+\d{1,3}%s%s%s(?:[ \t]+[-\d]+:[-\d]+:[-\d]+){3}%s)+\r?"
    % (_AMOUNT, _AMOUNT, _AMOUNT, _AMOUNT, _AMOUNT, _AMOUNT)
)
_METER_HEAD: Final = re.compile(rb"\s*(?:% Total +% Received|Dload +Upload)[^\n]*\n?\Z")
# What curl says behind a body that did not end with a line end.
_AFTER_BODY: Final = re.compile(
    rb"\* (?:Connection #\d+ to host|[Cc]losing connection|Curl_http_done|STATE: |Expire |shutting down connection"
    rb"|transfer closed|Excess found|Issue another request|multi_done|\[HTTP/2\]|old SSL session)"
)
# First lines that curl writes, and nobody else.
_TELLING: Final = (
    rb"(?:Trying [\d\[:]|Connected to |Connecting to |Established |Host \S+ was resolved|About to connect\(\)"
    rb"|Re-?using |Could not resolve |Uses proxy env|Server auth using |Proxy auth using |TCP_NODELAY set|Hostname "
    rb"|ALPN|TLSv1|SSL connection using |Issue another request|Connection #\d+ to host |Request completely sent"
    rb"|[Uu]sing HTTP/)"
)
SIGN: Final = re.compile(
    rb"^(?P<quote>[ \t>|]*?)%s%s(?:(?:=> Send|<= Recv) (?:header|data|SSL data), \d+ bytes|== Info: |\*[ ]+%s"
    rb"|<[ ]HTTP/\d[.\d]*[ ]\d{3})" % (_STAMP, _IDS, _TELLING),
    re.MULTILINE,
)
_QUOTE_LOOK: Final = 1 << 16


def events(source: Source) -> Iterator[Event]:
    """The events of a text, in order."""
    found = source.ahead(SIGN, _QUOTE_LOOK)
    quote = found.group("quote") if found else b""
    while line := source.line():
        line = _without(quote, line)
        if (dumped := _DUMPED.search(line)) is not None:
            yield _dump(source, dumped, quote)
        elif (info := _INFO.search(line)) is not None:
            yield Event(Kind.INFO, info.group("text").rstrip(b"\r"), *_when(info))
        elif (event := _marked(line)) is not None:
            yield event
        else:
            yield from _unmarked(line)


def _without(quote: bytes, line: bytes) -> bytes:
    if not quote:
        return line
    if line.startswith(quote):
        return line[len(quote) :]
    short = quote.rstrip(b" \t")
    return line[len(short) :] if short and line.startswith(short) else line


def _when(match: re.Match[bytes]) -> tuple[float | None, str]:
    """Time of day and transfer of a line."""
    hour, transfer = match.group("hour"), match.group("transfer")
    stamp = None
    if hour is not None:
        stamp = int(hour) * 3600 + int(match.group("minute")) * 60 + float(match.group("second"))
    return stamp, transfer[:20].decode("ascii") if transfer else ""


def _marked(line: bytes) -> Event | None:
    """The event of a line that ``-v`` marked; None for any other line."""
    found = _MARKED.match(line)
    if found is None:
        return None
    mark, text = found.group("mark"), found.group("text")
    stamp, transfer = _when(found)
    if mark in {b"{", b"}"}:
        is_data = text is not None and _DATA_MARK.match(text)
        return Event(Kind.INFO, b"", stamp, transfer) if is_data else None
    if mark == b"*":
        return Event(Kind.INFO, text.rstrip(b"\r"), stamp, transfer) if text else None
    # A header line; that it ends with CR LF can be lost in a ticket, where all lines end alike.
    ending = b"\r\n" if line.endswith(b"\r\n") else b"\n"
    return Event(_MARKS[mark], (text or b"").rstrip(b"\r") + ending, stamp, transfer)


def _unmarked(line: bytes) -> Iterator[Event]:
    """Events of a line without a mark: text, perhaps with the progress meter before or curl's words behind."""
    if _METER_HEAD.match(line):
        return
    rest = _METER.sub(b"", line) if b":--" in line or _METER.match(line) else line
    if rest != line:
        if (event := _marked(rest.lstrip(b"\r"))) is not None:
            yield event
            return
        if not rest.strip():
            return
    behind = _AFTER_BODY.search(rest)
    yield Event(Kind.TEXT, rest[: behind.start()] if behind else rest)
    if behind and (event := _marked(rest[behind.start() :])) is not None:
        yield event


def _dump(source: Source, dumped: re.Match[bytes], quote: bytes) -> Event:
    kind, size = _KINDS[dumped.group("what")], int(dumped.group("size"))
    rows = _rows(source, size, quote)
    stamp, transfer = _when(dumped)
    if kind is Kind.TLS:
        return Event(kind, b"", stamp, transfer)
    is_hex = bool(rows) and _is_hex(rows[0][1], size)
    data, holes = _from_hex(rows, size) if is_hex else _from_ascii(rows, size)
    return Event(kind, data, stamp, transfer, not is_hex, tuple(holes[:_HOLES]))


def _rows(source: Source, size: int, quote: bytes) -> list[tuple[int, bytes]]:
    """Offset and text of the rows of a dump of `size` bytes; those beyond what is kept are only passed."""
    rows: list[tuple[int, bytes]] = []
    last = -1
    while line := source.next_line():
        row = _ROW.fullmatch(_without(quote, line).rstrip(b"\r\n"))
        offset = int(row.group(1), 16) if row else size
        if row is None or offset >= size or offset <= last:
            break
        source.line()
        last = offset
        if offset <= LOOSE_LIMIT:
            rows.append((offset, row.group(2) or b""))
    return rows


def _is_hex(text: bytes, size: int) -> bool:
    found = _HEX.match(text)
    return found is not None and len(found.group().split()) == min(size, _HEX_WIDTH)


def _from_hex(rows: list[tuple[int, bytes]], size: int) -> tuple[bytes, list[int]]:
    """The bytes of a --trace dump, and where some are missing."""
    data = bytearray()
    holes: list[int] = []
    at = 0
    for offset, text in rows:
        found = _HEX.match(text)
        pairs = found.group().split() if found else []
        if offset != at:
            holes.append(len(data))
        data += bytes.fromhex(b"".join(pairs).decode("ascii"))
        at = offset + len(pairs)
    if at < min(size, LOOSE_LIMIT):
        holes.append(len(data))
    return bytes(data), holes


def _from_ascii(rows: list[tuple[int, bytes]], size: int) -> tuple[bytes, list[int]]:
    """The bytes of a --trace-ascii dump, and where some are missing or were changed.

    A row ends after 64 bytes or before CR LF, which is not shown: the next row's offset tells which it was.
    """
    data = bytearray()
    holes: list[int] = [] if rows and rows[0][0] == 0 else [0]
    for number, (offset, text) in enumerate(rows):
        after = rows[number + 1][0] if number + 1 < len(rows) else size
        missing = after - offset - len(text)
        data += text
        if missing not in {0, len(b"\r\n")}:
            holes.append(len(data))
        if missing and (missing == len(b"\r\n") or after - offset != _ASCII_WIDTH):
            data += b"\r\n"
    return bytes(data), holes
