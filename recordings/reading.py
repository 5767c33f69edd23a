"""What every reader of recordings gives, and the few things that all of them need."""

import ipaddress
import re
from dataclasses import dataclass

from analyzers.exchange import Exchange
from analyzers.twilio import is_twilio_host

BODY_LIMIT = 65536
"""Bytes of a body that are kept: an error body of Twilio is below 1 kB."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:@/?#\[\]\\]{1,253})(?::(\d{0,5}))?")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class UnreadableRecording(ValueError):
    """No exchange can be read; the text is one line for the user that never quotes the file."""


@dataclass(frozen=True, slots=True)
class EntryError:
    """One entry that could not be read while others could."""

    entry: int
    """Position of the entry in the file, from 0."""
    says: str
    """What was expected and what stands there, never its content."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a file holds, as far as it can be read."""

    format: str
    """``mitm`` or ``har``."""
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
    if is_twilio_host(host) or not _is_address(host):
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


def _is_address(host: str) -> bool:
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
