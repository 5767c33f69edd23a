"""One request and its response, as recorded: the wire form is kept, nothing is decoded here.

Header names and values, the request target, the bodies and what a server says may hold credentials; none of them is
part of a repr.
"""

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from analyzers.frozen import dataclass

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Name and value of each header line in wire order: bytes, case and duplicates kept (h11's ``raw_items``)."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses with which a client is sent to the Location: RFC 9110 section 15.4."""


class Fidelity(Enum):
    """Whether the absence of a header in a recording says anything about the wire."""

    FULL = "full"
    """Live traffic, a mitmproxy capture, raw bytes, or an export that shows Authorization: absence is evidence."""
    DOUBTFUL = "doubtful"
    """An export in which no Authorization stands at all: it was never sent, or the export left it out."""
    SANITIZED = "sanitized"
    """An export that says, or shows by overwritten values, that credentials were removed: absence proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a request and a response have in common: header lines, and the (bounded) raw body behind them."""

    headers: Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    """The first bytes of the body, content encoding undone where the reader could."""

    _firsts: dict[bytes, bytes] | None = field(default=None, init=False, repr=False, compare=False)
    """The first value of each header by its name in lower case; made when first asked, since many questions follow."""

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """All values of the header `name` (lower case), in wire order."""
        firsts = self._firsts or self._looked_through()
        if name not in firsts:
            return ()
        if len(firsts) == len(self.headers):  # every name stands once, as a rule
            return (firsts[name],)
        return tuple([value for key, value in self.headers if len(key) == len(name) and key.lower() == name])

    def first(self, name: bytes) -> bytes | None:
        """The first value of the header `name` (lower case), or None."""
        return (self._firsts or self._looked_through()).get(name)

    def _looked_through(self) -> dict[bytes, bytes]:
        firsts = {key.lower(): value for key, value in reversed(self.headers)}
        object.__setattr__(self, "_firsts", firsts)
        return firsts


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    """A request."""

    method: str
    scheme: str
    """``http`` or ``https``, lower case."""
    host: str
    """Host name of the URL, lower case, without port."""
    port: int
    target: bytes = field(repr=False)
    """Path and query as sent; always origin-form."""
    version: str = "HTTP/1.1"
    userinfo: bytes | None = field(default=None, repr=False)
    """What stood before ``@`` in a recorded URL; None where the recording cannot show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    """A response."""

    status: int
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came back: a response, or the error that took its place."""

    request: Request
    response: Response | None = None
    """None when the connection failed, or the recording proxy refused the request itself."""
    error: str | None = field(default=None, repr=False)
    """The recorder's words for a missing response; may quote header bytes, so never shown."""
    refused_by_proxy: bool = False
    """True when the recording proxy (mitmproxy) answered 400 itself and nothing reached the host."""
    started_at: float | None = None
    """Seconds since the Unix epoch when the request began; None where the recording has no clock."""
    finished_at: float | None = None
    """Seconds since the Unix epoch when the response ended; None where the recording has no clock."""
    client_address: str | None = None
    """Address of the client without its port; None where the recording has one client only or does not say."""
    connection: str | None = None
    """An identifier of the client's connection, unique in the recording; None where it does not say."""
    fidelity: Fidelity = Fidelity.FULL
    tls_issuer: str | None = None
    """Who issued the server's certificate, as the recorder saw it; None for plain HTTP or where it does not say."""
    proxy_options: tuple[str, ...] = ()
    """Names of the recording proxy's options that were active and change requests, such as ``modify_headers``."""
    server_address: str | None = None
    """Address, without port, that the recorder's connection to the server went to; None where another proxy made that
    connection, or where the recording does not say. A browser behind a proxy writes the proxy's."""
    tls_version: str | None = None
    """Of that connection, as ``TLSv1.3``; None for plain HTTP or where the recording does not say. A recording proxy
    sees its own TLS to the server: nothing is said of the client's."""
