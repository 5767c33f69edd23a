"""A recorded request on the wire once more, byte for byte, and the answer to it.

Written to a socket as it stands: no HTTP client sends the line end inside an Authorization value that is to be tried.
"""

import base64
import ipaddress
import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path

import h11

from analyzers.exchange import Exchange, Headers, Request, Response
from analyzers.frozen import dataclass
from recordings.decoding import BODY_LIMIT, plain_body

_SECONDS = 30.0
"""How long an answer may take, in all."""
_HEAD_LIMIT = 1 << 18
_MOST_READ = 8 << 20
_BLOCK = 1 << 16
# What belongs to the connection of then and to the body as it was framed (RFC 9110 7.6.1), and is set anew.
_FRAMING = frozenset(
    {b"connection", b"content-length", b"transfer-encoding", b"keep-alive", b"proxy-connection", b"te", b"upgrade"}
)
# The recorded body stands undone and whole; 100-continue would wait for nothing.
_UNDONE = frozenset({b"content-encoding", b"expect"})


@dataclass(frozen=True, slots=True)
class Destination:
    """Where requests go."""

    scheme: str
    host: str
    port: int
    keeps_host: bool = False
    """Whether the request goes on addressing the host that it was recorded with, as through the sandbox."""
    trusted: Path | None = None
    """CA certificates to trust in place of the system's."""

    @property
    def loopback(self) -> bool:
        """Whether nothing leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def addressed(self, request: Request) -> Request:
        """`request` for this destination, its headers but those of framing as recorded."""
        authority = request.host if request.port in {80, 443} else f"{request.host}:{request.port}"
        if not self.keeps_host:
            default = 443 if self.scheme == "https" else 80
            name = f"[{self.host}]" if ":" in self.host else self.host
            authority = name if self.port == default else f"{name}:{self.port}"
            request = replace(request, scheme=self.scheme, host=self.host, port=self.port)
        return replace(
            request, headers=_readdressed(request, authority.encode("latin-1", "replace")), version="HTTP/1.1"
        )


def with_pair(request: Request, username: str, password: str) -> Request:
    """`request` with this pair in the place of every Authorization it had."""
    value = b"Basic " + base64.b64encode(f"{username}:{password}".encode())
    headers: list[tuple[bytes, bytes]] = []
    done = False
    for name, old in request.headers:
        if name.strip().lower() != b"authorization":
            headers.append((name, old))
        elif not done:
            headers.append((b"Authorization", value))
            done = True
    return replace(request, headers=(*headers, *(() if done else ((b"Authorization", value),))))


def sent(request: Request, destination: Destination) -> Exchange:
    """`request`, already addressed, and what came back. Never raises for a network's or a server's fault."""
    began = time.time()
    try:
        return _answered(request, destination, began)
    except h11.RemoteProtocolError:
        says = "the answer is no HTTP"
    except TimeoutError:
        says = f"no answer within {_SECONDS:.0f} seconds"
    except ssl.SSLError as error:
        says = f"TLS failed: {error.reason or 'unknown reason'}"
    except OSError as error:
        says = f"no connection: {error.strerror or type(error).__name__}"
    return Exchange(request=request, error=says, started_at=began, finished_at=time.time())


def wire(request: Request) -> bytes:
    """The bytes of `request`."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("latin-1", "replace"), request.target)]
    lines += [name + b": " + value for name, value in request.headers]
    return b"\r\n".join([*lines, b"", request.body])


def _readdressed(request: Request, authority: bytes) -> Headers:
    kept = [(name, value) for name, value in request.headers if name.strip().lower() not in _FRAMING | _UNDONE]
    kept = [(name, value) for name, value in kept if name.strip().lower() != b"host"]
    sized = request.body or request.method in {"POST", "PUT", "PATCH"}
    length = ((b"Content-Length", b"%d" % len(request.body)),) if sized else ()
    return ((b"Host", authority), *kept, *length, (b"Connection", b"close"))


def _answered(request: Request, destination: Destination, began: float) -> Exchange:
    deadline = time.monotonic() + _SECONDS
    with socket.create_connection((destination.host, destination.port), timeout=_SECONDS) as plain:
        found = Exchange(request=request, started_at=began, server_address=plain.getpeername()[0])
        if destination.scheme != "https":
            return replace(found, response=_conversed(plain, request, deadline), finished_at=time.time())
        context = ssl.create_default_context(cafile=destination.trusted and str(destination.trusted))
        with context.wrap_socket(plain, server_hostname=request.host) as secure:
            found = replace(found, tls_issuer=_issuer(secure), tls_version=secure.version())
            return replace(found, response=_conversed(secure, request, deadline), finished_at=time.time())


def _conversed(connection: socket.socket, request: Request, deadline: float) -> Response:
    connection.sendall(wire(request))
    # h11 reads the answer; what it would send, a request without the faults that are to be tried, is thrown away.
    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
    method = request.method if request.method in {"HEAD", "CONNECT"} else "GET"
    reader.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    reader.send(h11.EndOfMessage())
    head: h11.Response | None = None
    body = bytearray()
    read = 0
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            data = connection.recv(_BLOCK)
            read += len(data)
            reader.receive_data(data)
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif not isinstance(event, h11.InformationalResponse) or read > _MOST_READ:
            break
        if head is not None and read > _MOST_READ:
            break
    if head is None:
        raise h11.RemoteProtocolError("no response")
    headers: Headers = tuple(head.headers.raw_items())
    coding = next((value for name, value in headers if name.lower() == b"content-encoding"), b"")
    content = plain_body(bytes(body), coding) if coding else bytes(body)
    return Response(
        status=head.status_code, headers=headers, body=content[:BODY_LIMIT], reason=head.reason.decode("latin-1")
    )


def _issuer(connection: ssl.SSLSocket) -> str | None:
    """Organisation or name of who issued the server's certificate."""
    names: dict[str, str] = {}
    for row in (connection.getpeercert() or {}).get("issuer", ()):
        names.update({part[0]: part[1] for part in row if isinstance(part, tuple)})
    found = names.get("organizationName") or names.get("commonName") or ""
    return "".join(char for char in found if char.isprintable())[:60] or None
