"""What is told of the connection to a server: Twilio's address stays, a private one is told by its range alone.

A private address shows that a proxy or a name server of somebody's own answers, and more than that is their business.
"""

import ipaddress
import re
from typing import Final, TypeAlias

from analyzers.twilio import is_twilio_host
from recordings.connections import address_in
from recordings.redaction.runs import unwanted
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
# RFC 6890: what is no public address, and may yet answer. For loopback nothing is hidden by the range.
_RANGES: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "198.18.0.0/15"),
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "fc00::/7", "fe80::/10"),
    )
)
_LOOPBACK: Final = {4: "127.0.0.1", 6: "::1"}
_VERSION: Final = re.compile(r"(?:D?TLS|SSL|QUIC)v[0-9](?:\.[0-9])?")


class Servers:
    """Replaces what is told of servers."""

    def __init__(self, veil: Veil, urls: Urls) -> None:
        self._veil, self._urls = veil, urls

    def address(self, address: str, host: str) -> str | None:
        """The address of the server that `host` was looked for at; None where that is no address."""
        text = address_in(address.partition("%")[0])
        if text is None:
            return None
        found = ipaddress.ip_address(text)
        if not found.is_global:
            return _range_of(found)
        return text if is_twilio_host(host) and not self._is_hidden(text) else self._urls.host(text)

    def tls_version(self, version: str) -> str | None:
        """A version of TLS; None where it is none."""
        return version if _VERSION.fullmatch(version) and not self._is_hidden(version) else None

    def _is_hidden(self, text: str) -> bool:
        """Whether a part of `text` is one of a value that was replaced elsewhere."""
        return not self._veil.known.runs.isdisjoint(unwanted(text.encode()))


def _range_of(address: _Address) -> str | None:
    """The first address of the range that a private one is of."""
    if address.is_loopback:
        return _LOOPBACK[address.version]
    return next((str(each.network_address) for each in _RANGES if address in each), None)


__all__ = ["Servers"]
