"""What curl tells of its transfers: ``-v``, ``--trace-ascii`` and ``--trace``, with or without times and ids.

Source: lib/http.c, lib/http2.c, lib/url.c, lib/connect.c, lib/multi.c and lib/vtls/ of curl 7.29.0, 7.58.0, 7.64.0,
7.76.0, 7.81.0, 7.88.1, 8.1.0, 8.5.0, 8.10.0, 8.16.0 and 8.21.0 (read 2026-11-20).
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from recordings.connections import address_in, tls_version_in
from recordings.curl_events import SIGN, Event, Kind, events
from recordings.curl_transfer import HEAD_LIMIT, Connection, Transfer, issuer_in, keep
from recordings.reading import EntryError, Item, UnreadableRecording
from recordings.source import Source

FORMAT: Final = "curl"

_NO_REQUEST: Final = (
    "expected what curl -v, --trace-ascii or --trace print, found no request in it; its lines begin with > there"
)
_FAILED: Final = "curl sent no request: it could not connect"
_NO_ANSWER: Final = "curl had no answer"
_REQUEST: Final = re.compile(rb"[A-Za-z-]{1,40}[ \t]+\S.*[ \t]HTTP/\d(?:\.\d)?[ \t]*\r?\n")
_WAITING: Final = 256
"""How many exchanges may be under way at once: curl's own --parallel-max goes to 300."""
_DAY: Final = 86400

_NEW: Final = re.compile(
    rb"(?:Connected to|Established (?:\S+ )?connection to) (?P<host>\S+)(?: \((?P<address>[^\s()]{1,64}))?"
    rb"(?:.*\(#(?P<number>\d+)\))?"
)
_AGAIN: Final = re.compile(
    rb"Re-?using existing (?:\S+: )?connection!?(?: \(?#(?P<number>\d+)\)?)? with (?:\S+ )??(?P<host>\S+)\s*\Z"
)
_SECURE: Final = re.compile(rb"SSL connection using|SSL certificate|TLSv1|ALPN|CONNECT tunnel established")
# As OpenSSL, GnuTLS and wolfSSL are told of, then rustls; mbedTLS, BearSSL and Apple's name the version first. NSS and
# Schannel never do, nor did OpenSSL in 2013. "TLSv1.2 (OUT), TLS handshake" is a record on the way, not the outcome.
_VERSION: Final = rb"((?:TLS|SSL)[ v]?[0-9](?:\.[0-9])?)"
_TLS: Final = re.compile(
    rb"(?:SSL connection using |rustls: handshake complete, )%b(?![^ ,])"
    rb"|(?:(?:mbedTLS|BearSSL): )?%b (?:connection using |Handshake complete)" % (_VERSION, _VERSION)
)
_OUR_AUTH: Final = re.compile(rb"Server auth using \S+ with user ")
_CERTIFICATE: Final = re.compile(rb"(Server|Proxy) certificate:")
_ISSUER: Final = re.compile(rb"\s*issuer: (?P<name>.*)", re.IGNORECASE)
_FOLLOWS: Final = re.compile(rb"Issue another request to this URL: '(?P<scheme>https?)://", re.IGNORECASE)
_FIELD: Final = re.compile(rb"(?:\[HTTP/[23]\] \[\d+\]|h2h3|h2|h3) \[(?P<name>:?[^:\]]{1,200}): (?P<value>.*)\]\s*\Z")
_FAILURE: Final = re.compile(
    rb"Could not resolve|Failed to connect|connect to \S+ port \d+ failed|Recv failure|Send failure|Empty reply"
    rb"|Connection (?:refused|timed out|reset)|Operation timed out|(?:OpenSSL )?SSL_|SSL certificate problem"
)
_FAILED_AT_LAST: Final = re.compile(rb"curl: \(\d{1,3}\) ")


def sniff(start: bytes) -> bool:
    """Whether lines stand in the beginning of a file that only curl writes."""
    return SIGN.search(Source(io.BytesIO(start), written=True).peek(len(start) * 2)) is not None


def items(file: BinaryIO) -> Iterator[Item]:
    """The requests that curl sent, each with its answer. Raises UnreadableRecording when it tells of none."""
    conversation = _Conversation()
    place = -1
    for event in events(Source(file, written=True)):
        conversation.hear(event)
        for transfer in conversation.finished():
            place += 1
            yield from transfer.items(place)
    for transfer in conversation.rest():
        place += 1
        yield from transfer.items(place)
    if place >= 0:
        return
    if not conversation.failed:
        raise UnreadableRecording(_NO_REQUEST)
    yield EntryError(0, _FAILED)


@dataclass(slots=True)
class _Line:
    """What was told of the transfers with one id; of all where curl gives none."""

    connection: Connection
    current: Transfer | None = None
    scheme: str = ""
    hidden: bool = False
    fields: list[tuple[bytes, bytes]] = field(default_factory=list, repr=False)
    followed: float | None = None
    """When the redirect was answered that curl follows now."""

    def follow(self, scheme: bytes) -> None:
        """Take in that curl goes on to another URL, at once."""
        self.scheme = scheme.decode("ascii").lower()
        if self.current is not None:
            self.followed = self.current.date()
            self.current.sent_on = True


class _Conversation:
    """Puts events together."""

    def __init__(self) -> None:
        self.failed = False
        self._transfers: list[Transfer] = []
        self._lines: dict[str, _Line] = {}
        self._last: Transfer | None = None
        self._connections: dict[bytes, Connection] = {}
        self._count = 0
        self._clock = _Clock()

    def finished(self) -> Iterator[Transfer]:
        """Those that are done, in the order in which they began."""
        while self._transfers and (self._transfers[0].done or len(self._transfers) > _WAITING):
            yield self._clock.set(self._transfers.pop(0))

    def rest(self) -> Iterator[Transfer]:
        """All others, at the end."""
        yield from map(self._clock.set, self._transfers)

    def hear(self, event: Event) -> None:
        """Take in what comes next."""
        stamp = self._clock.moment(event.stamp)
        line = self._lines.setdefault(event.transfer, _Line(Connection("0")))
        if len(self._lines) > _WAITING:
            self._lines.pop(next(iter(self._lines)))
        match event.kind:
            case Kind.INFO:
                self._learn(event.data, line)
            case Kind.TLS:
                line.connection.secure = True
            case Kind.SENT_HEAD:
                self._sent(event, stamp, line)
            case Kind.TEXT:
                self._read(event.data)
            case _ if line.current is not None:
                self._passed(event, stamp, line.current)

    def _sent(self, event: Event, stamp: float | None, line: _Line) -> None:
        transfer = line.current
        # A value that ends with a line feed leaves an empty line in the middle of the head.
        if transfer is not None and not transfer.answer and not _REQUEST.match(event.data):
            transfer.holes += [len(transfer.head) + hole for hole in event.holes]
            transfer.take_in(event.data)
            return
        if transfer is not None:
            transfer.done = True
        line.current = self._last = Transfer(
            bytearray(event.data[:HEAD_LIMIT]),
            line.connection,
            line.scheme,
            line.hidden,
            line.fields,
            followed=line.followed,
            dotted=event.dotted,
            holes=list(event.holes),
            started=stamp,
        )
        self._transfers.append(line.current)
        if line.current.is_tunnel:  # up to here all was about the proxy
            line.connection.address = line.connection.tls_version = None
        else:  # what was said before a CONNECT holds for the request behind it
            line.scheme, line.hidden, line.fields, line.followed = "", False, [], None

    def _passed(self, event: Event, stamp: float | None, transfer: Transfer) -> None:
        """What came or went behind the head of a request."""
        transfer.ended = stamp
        match event.kind:
            case Kind.SENT_DATA:
                keep(transfer.body, event.data)
            case Kind.GOT_DATA:
                keep(transfer.data, event.data)
                transfer.dotted_data = transfer.dotted_data or event.dotted
            case Kind.GOT_HEAD if event.data.startswith(b"HTTP/"):
                transfer.answer[:] = event.data
                transfer.text.clear()
                self._last = transfer
            case Kind.GOT_HEAD if not transfer.answer_ended:  # what follows the data are trailers
                keep(transfer.answer, event.data, HEAD_LIMIT)
                if transfer.answer_ended:
                    self._clock.read(transfer, stamp)
            case _:
                pass

    def _read(self, line: bytes) -> None:
        """A line that is not curl's own."""
        if _FAILED_AT_LAST.match(line):
            self._fail()
        elif self._last is not None and self._last.answer_ended:
            keep(self._last.text, line)
        elif self._last is not None and not self._last.answer:
            self._last.mend(line)

    def _learn(self, text: bytes, line: _Line) -> None:
        """What a line of information says about the connection or the next request."""
        connection = line.connection
        if (found := _NEW.match(text)) is not None:
            line.connection = self._connected(found)
        elif (found := _AGAIN.match(text)) is not None:
            line.connection = self._known(found) or connection
        elif (found := _CERTIFICATE.match(text)) is not None:
            connection.proxied = found.group(1) == b"Proxy"
        elif (found := _ISSUER.match(text)) is not None and not connection.proxied:
            connection.issuer, connection.secure = issuer_in(found.group("name")), True
        elif (found := _TLS.match(text)) is not None:
            connection.tls_version = tls_version_in((found[1] or found[2]).decode("ascii"))
            connection.secure = True
        elif (found := _FOLLOWS.match(text)) is not None:
            line.follow(found.group("scheme"))
        elif (found := _FIELD.match(text)) is not None:
            pending = line.current if line.current and not line.current.answer else line
            _add_field(pending.fields, found.group("name"), found.group("value"))
        elif _FAILURE.match(text):
            self._fail()
        line.hidden = line.hidden or _OUR_AUTH.match(text) is not None
        connection.secure = connection.secure or _SECURE.match(text) is not None

    def _fail(self) -> None:
        self.failed = True
        if self._last is not None and not self._last.answer:
            self._last.error = _NO_ANSWER

    def _connected(self, found: re.Match[bytes]) -> Connection:
        """A new connection, remembered by its number and its host."""
        self._count += 1
        told = found.group("address")
        connection = Connection(str(self._count), address=address_in(told.decode("latin-1")) if told else None)
        for key in (found.group("number"), found.group("host")):
            if key is not None:
                self._connections[key] = connection
        while len(self._connections) > 2 * _WAITING:
            self._connections.pop(next(iter(self._connections)))
        return connection

    def _known(self, found: re.Match[bytes]) -> Connection | None:
        keys = (found.group("number"), found.group("host"))
        return next((self._connections[key] for key in keys if key in self._connections), None)


def _add_field(fields: list[tuple[bytes, bytes]], name: bytes, value: bytes) -> None:
    """Add a header line of HTTP/2; a pseudo header that comes again begins another request."""
    if name == b":method" and any(key == name for key, _ in fields):
        fields.clear()
    if len(fields) < _WAITING:
        fields.append((name, value))


class _Clock:
    """--trace-time gives local times of no day; the first Date of an answer tells what they are."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._latest = 0.0
        self._days = 0

    def moment(self, stamp: float | None) -> float | None:
        """Seconds since the first midnight: a time of day that goes back far is one of the next day."""
        if stamp is None:
            return None
        if stamp + self._days * _DAY < self._latest - _DAY / 2:
            self._days += 1
        self._latest = stamp + self._days * _DAY
        return self._latest

    def read(self, transfer: Transfer, stamp: float | None) -> None:
        """Look at an answer whose head ended at `stamp`."""
        if stamp is not None and self._offset is None and (date := transfer.date()) is not None:
            self._offset = date - stamp

    def set(self, transfer: Transfer) -> Transfer:
        """The transfer with times since the epoch, or without times."""
        offset = self._offset
        if offset is None or transfer.started is None:
            transfer.started = transfer.ended = None
        else:
            transfer.started += offset
            transfer.ended = None if transfer.ended is None else transfer.ended + offset
        return transfer
