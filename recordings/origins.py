"""Where a recorded request was meant to go: host, port, and the path without them."""

import ipaddress
import re

from analyzers.twilio import is_twilio_host

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:@/?#\[\]\\]{1,253})(?::(\d{0,5}))?")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


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
