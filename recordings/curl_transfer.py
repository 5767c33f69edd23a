"""One request that curl told of, and what came back: from what was heard of it to an entry."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final

from recordings.decoding import unchunked
from recordings.framing import LOOSE_LIMIT, loose_body
from recordings.raw_messages import LEFT_OUT
from recordings.reading import Entry, EntryError, Item, Skipped
from recordings.wire import STATUS_LINE, Known, exchange_from, headers_of, value_of

HEAD_LIMIT: Final = 1 << 17
_UNREADABLE: Final = "expected a request line behind >, found one that cannot be read"
_DOTTED: Final = (
    "--trace-ascii shows a byte of the Authorization value as a dot, so the value is left out; use --trace instead"
)
_AUTHORIZATION: Final = re.compile(
    rb"^authorization[ \t]*:[ \t]*(?P<value>.*(?:\n[ \t].*)*)\n?", re.IGNORECASE | re.MULTILINE
)
_WORD: Final = re.compile(rb"[ \t]*[A-Za-z0-9+/=_.-]+\s*")
_SCHEME_ALONE: Final = re.compile(rb":[ \t]*(?:basic|bearer)?[ \t]*\Z", re.IGNORECASE)
_BASIC: Final = re.compile(rb"basic\b", re.IGNORECASE)
_EMPTY_LINE: Final = re.compile(rb"\r?\n\r?\n")
_LITERAL: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[-+]?\d+(?:\.\d+)?|\.', re.DOTALL)
_LONGEST_NAME: Final = 60
_FOR_A_PROXY: Final = re.compile(rb"[A-Za-z-]{1,40}[ \t]+[A-Za-z]{1,10}://")
"""A plain request that goes to a proxy: its first line has the whole URL."""


@dataclass(slots=True)
class Connection:
    """A connection of curl's, as far as it was told of."""

    label: str
    secure: bool = False
    """Whether TLS was spoken on it."""
    issuer: str | None = None
    address: str | None = None
    tls_version: str | None = None
    proxied: bool = False
    """Whether the certificate that is being told of is a proxy's."""


@dataclass(slots=True)
class Transfer:
    """A request, what was told before it, and the answer."""

    head: bytearray = field(repr=False)
    connection: Connection
    scheme: str = ""
    hidden: bool = False
    """Whether curl said that it sends credentials."""
    fields: list[tuple[bytes, bytes]] = field(default_factory=list, repr=False)
    """The header lines as HTTP/2 sent them, which curl tells a second time."""
    dotted: bool = False
    holes: list[int] = field(default_factory=list)
    """Where in the head bytes of a dump are missing or were changed."""
    followed: float | None = None
    """When the redirect was answered that led here, by its Date; without times of its own curl sent this then."""
    left_out: bool = False
    """Whether dots stand in the head for lines that are not shown."""
    sent_on: bool = False
    """Whether curl said that it followed the redirect which answered this."""
    started: float | None = None
    ended: float | None = None
    body: bytearray = field(default_factory=bytearray, repr=False)
    answer: bytearray = field(default_factory=bytearray, repr=False)
    data: bytearray = field(default_factory=bytearray, repr=False)
    """The answer's body as it came; empty under -v."""
    dotted_data: bool = False
    text: bytearray = field(default_factory=bytearray, repr=False)
    """What stood on standard output; under -v the body."""
    error: str | None = None
    done: bool = False

    @property
    def is_tunnel(self) -> bool:
        """Whether this only asks a proxy for a connection."""
        return self.head[:8].upper() == b"CONNECT "

    @property
    def head_ended(self) -> bool:
        """Whether the empty line behind the request's head was heard."""
        return self.head.endswith((b"\n\r\n", b"\n\n"))

    @property
    def answer_ended(self) -> bool:
        """Whether the empty line behind the answer's head was heard."""
        return self.answer.endswith((b"\n\r\n", b"\n\n"))

    def date(self) -> float | None:
        """The answer's Date in seconds since the epoch."""
        found = value_of(headers_of(bytes(self.answer)), b"date")
        try:
            return parsedate_to_datetime(found[:100].decode("latin-1")).timestamp()
        except (ValueError, OverflowError):
            return None

    def take_in(self, line: bytes) -> None:
        """Add `line` to the head, unless it stands for others that a person left out."""
        if not self.head_ended and LEFT_OUT.fullmatch(line):
            self.left_out = True
        else:
            keep(self.head, line, HEAD_LIMIT)

    def mend(self, line: bytes) -> None:
        """Take `line` as the rest of a header line that was broken on its way through mail, if it may be that."""
        before = bytes(self.head.rstrip(b"\r\n"))
        name = before[before.rfind(b"\n") + 1 :]
        if self.head_ended:
            return
        if LEFT_OUT.fullmatch(line):
            self.left_out = True
        elif _AUTHORIZATION.match(name) and _WORD.fullmatch(line):
            apart = b" " if _SCHEME_ALONE.search(name) else b""
            self.head[:] = before + apart + line.strip() + b"\n"

    def items(self, place: int) -> Iterator[Item]:
        """The entry, and what could not be read in it."""
        if self.is_tunnel:
            yield Skipped()
            return
        head, hidden = self._shown_head()
        undecided = self.dotted and _is_undecided(head)
        damaged = self._has_hole_in_authorization()
        if undecided or damaged:
            head = _AUTHORIZATION.sub(b"", head)
        known = Known(
            scheme=self.scheme or ("https" if self.connection.secure else ""),
            whole=self.head_ended and not self.holes and not self.left_out,
            hidden=hidden or undecided or damaged,
            started_at=self.followed if self.started is None else self.started,
            finished_at=self.date() if self.ended is None and self.sent_on else self.ended,
            connection=self.connection.label,
            tls_issuer=self.connection.issuer if self.connection.secure else None,
            server_address=None if _FOR_A_PROXY.match(self.head) else self.connection.address,
            tls_version=self.connection.tls_version,
            error=self.error,
        )
        answer = bytes(self.answer) if STATUS_LINE.match(self.answer) else None
        exchange = exchange_from(head, bytes(self.body), answer, self._answer_body(), known)
        yield Entry(place, exchange) if exchange else EntryError(place, _UNREADABLE)
        if undecided:
            yield EntryError(place, _DOTTED)

    def _has_hole_in_authorization(self) -> bool:
        """Whether a part of a value may be missing: what is left of it was never sent."""
        return any(
            found.start() < hole <= found.end() for found in _AUTHORIZATION.finditer(self.head) for hole in self.holes
        )

    def _shown_head(self) -> tuple[bytes, bool]:
        """The head, and whether it lacks credentials that were sent.

        Where they were taken out of it, but not out of what HTTP/2 sent, they come from there.
        """
        head = bytes(self.head)
        if _AUTHORIZATION.search(head) is not None:
            return head, False
        lines = [b"authorization: %s\r\n" % value for name, value in self.fields if name.lower() == b"authorization"]
        first, end, rest = head.partition(b"\n")
        return first + end + b"".join(lines) + rest, self.hidden and not lines

    def _answer_body(self) -> bytes:
        headers = headers_of(bytes(self.answer))
        if not self.data:
            return loose_body(_without_heads(bytes(self.text)), (), "")
        data = bytes(self.data)
        if b"chunked" in value_of(headers, b"transfer-encoding").lower() and (found := unchunked(data)):
            data = found[0]
        if not self.dotted_data:
            return data
        return b"" if value_of(headers, b"content-encoding") else _undotted(data)


def keep(there: bytearray, more: bytes, limit: int = LOOSE_LIMIT) -> None:
    """Add to a body or a head no more than is ever looked at."""
    there += more[: max(0, limit - len(there))]


def issuer_in(name: bytes) -> str | None:
    """The organisation or the name in a distinguished name, as captures of mitmproxy have it."""
    text = name[:4096].decode("utf-8", "replace").strip()
    parts = text.split("; ") if "; " in text or "," not in text else re.split(r"(?<!\\),\s*", text)
    named = {key.strip(): value for key, _, value in (part.partition("=") for part in reversed(parts))}
    found = (named.get("O") or named.get("CN") or "").strip('" ').replace("\\", "")
    return "".join(char for char in found if char.isprintable())[:_LONGEST_NAME] or None


def _is_undecided(head: bytes) -> bool:
    """Whether a dot in the value stands for another byte: base64 has none, and a token is no Basic."""
    found = _AUTHORIZATION.search(head)
    return found is not None and _BASIC.match(found.group("value")) is not None and b"." in found.group("value")


def _without_heads(text: bytes) -> bytes:
    """A body on standard output without the heads that -i prints there once more."""
    while STATUS_LINE.match(text):
        empty = _EMPTY_LINE.search(text)
        text = text[empty.end() :] if empty else b""
    return text


def _undotted(body: bytes) -> bytes:
    """A body of --trace-ascii, with the line ends between the parts of a JSON document, which it shows as dots."""
    if body[:1] not in {b"{", b"["}:
        return body
    return _LITERAL.sub(lambda found: b"\n" if found.group() == b"." else found.group(), body)
