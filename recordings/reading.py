"""What every reader of recordings gives, and the few things that all of them need."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from analyzers.exchange import Exchange
from analyzers.twilio import is_twilio_host

BODY_LIMIT = 65536
"""Bytes of a body that are kept: an error body of Twilio is below 1 kB."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:@/?#\[\]\\]{1,253})(?::(\d{0,5}))?")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


Again: TypeAlias = tuple[Callable[[int], Exchange], int]
"""What reads an exchange once more, and the offset to give it; it raises UnreadableRecording when that has changed."""


class UnreadableRecording(ValueError):
    """No exchange can be read; the text is one line for the user that never quotes the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a recording that is an HTTP exchange."""

    place: int
    """Position of the entry in the file, from 0; entries of every kind are counted."""
    exchange: Exchange = field(repr=False)

    @property
    def again(self) -> Again | None:
        """How to read the exchange once more; None where only keeping it helps."""
        return None


@dataclass(frozen=True, slots=True)
class EntryError:
    """One entry that could not be read while others could."""

    entry: int
    """Position of the entry in the file, from 0."""
    says: str
    """What was expected and what stands there, never its content."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Entries that are no HTTP exchange: TCP, UDP and DNS flows, data: URLs."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Passed:
    """HTTP exchanges that a reader left undecoded, since no diagnosis of the recording can rest on them."""

    count: int = 1
    twilio: int = 0
    """How many of them were with Twilio."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The file ends in the middle of an entry. The last item, if it comes."""


Item: TypeAlias = Entry | EntryError | Skipped | Passed | Cut
"""What a reader finds, one after the other; entries come in the order in which they are to be judged."""

ERRORS_KEPT = 100


Elsewhere: TypeAlias = Callable[[Callable[[], Iterable[bytes]]], Iterator[bytes]]
"""Has another process make pieces of bytes, and gives them in their order, cut as it comes; if that fails, fewer."""


class Recording:
    """An open recording. To be iterated once; what was found is complete when that has ended."""

    def __init__(self, format: str, items: Iterable[Item], member: str = "") -> None:  # noqa: A002 - the contract's word
        """`items` as a reader yields them; `member` names the file inside an archive."""
        self.format = format
        """``mitm``, ``har``, ``raw`` or ``curl``."""
        self.member = member
        """Name of the file inside an archive; empty outside one."""
        self.exchanges = 0
        """HTTP exchanges found so far, those that were passed included."""
        self.passed_twilio = 0
        """How many of the exchanges that were passed were with Twilio."""
        self.skipped = 0
        """Entries that are no HTTP exchange."""
        self.errors: list[EntryError] = []
        """The first ERRORS_KEPT entries that could not be read."""
        self.damaged = 0
        """How many entries could not be read."""
        self.truncated = False
        """Whether the file ends in the middle of an entry."""
        self._items = iter(items)

    def __iter__(self) -> Iterator[Entry]:
        """The entries, while the file is read. Raises UnreadableRecording when there is no recording in it at all."""
        for item in self._items:
            match item:
                case Entry():
                    self.exchanges += 1
                    yield item
                case Passed():
                    self.exchanges += item.count
                    self.passed_twilio += item.twilio
                case Skipped():
                    self.skipped += item.count
                case EntryError():
                    self.damaged += 1
                    if len(self.errors) < ERRORS_KEPT:
                        self.errors.append(item)
                case Cut():
                    self.truncated = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a file holds, as far as it can be read."""

    format: str
    """``mitm``, ``har``, ``raw`` or ``curl``."""
    exchanges: tuple[Exchange, ...]
    """In the order in which they are to be judged."""
    skipped: int = 0
    """Entries that are no HTTP exchange: TCP, UDP and DNS flows, data: URLs."""
    errors: tuple[EntryError, ...] = ()
    truncated: bool = False
    """Whether the file ends in the middle of an entry."""
    places: tuple[int, ...] = ()
    """Position in the file of each exchange's entry, from 0; empty where it is the exchange's own index."""

    def place(self, index: int) -> int:
        """Position in the file, from 0, of the entry that exchange `index` came from."""
        return self.places[index] if self.places else index


def split_authority(text: str) -> tuple[str, int | None] | None:
    """Host (lower case, without brackets) and port of ``host[:port]``; None where it is no authority."""
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    port = int(match.group(2)) if match.group(2) else None
    if port is not None and not 0 < port < 65536:  # TCP's range
        return None
    return match.group(1).strip("[]").lower(), port


def default_port(scheme: str) -> int:
    """The port of a URL that names none."""
    return _DEFAULT_PORTS.get(scheme, 443)


def named_origin(host: str, port: int, scheme: str, *, authority: str = "", sni: str = "") -> tuple[str, int]:
    """Host and port that a request was meant for.

    A transparent or reverse proxy records the address of the server. Where that is an IP or loopback address, and the
    request's authority or the TLS server name is a Twilio host, the latter is what the client called.
    """
    host = host.lower()
    if is_twilio_host(host) or not is_address(host):
        return host, port
    named = split_authority(authority)
    if named and is_twilio_host(named[0]):
        return named[0], named[1] or default_port(scheme)
    if sni and is_twilio_host(sni):
        return sni.lower(), port
    return host, port


def origin_form(target: bytes) -> bytes:
    """`target` without scheme and authority; ``/`` where nothing is left."""
    if absolute := _ABSOLUTE.match(target):
        target = target[absolute.end() :]
    return target if target[:1] in {b"/", b"*"} else b"/" + target


def is_address(host: str) -> bool:
    """Whether `host` is an IP address or this very machine, so that it says nothing about whom a request was for."""
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
