"""The one request of ``check --live``: a GET, by the way that the environment tells, and never a second one."""

import base64
import http.client
import os
import re
import ssl
import time
import urllib.request
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from analyzers.exchange import Exchange, Request, Response
from analyzers.frozen import dataclass
from analyzers.preflight import Login
from why20003.versions import of

_SECONDS = 30.0
_MOST_READ = 1 << 16
_PORT = 443
# Where clients of other languages are told of one more CA; OpenSSL looks at SSL_CERT_FILE by itself. docs/clients.md 6
_TRUSTED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


@dataclass(frozen=True, slots=True)
class Way:
    """How the request travels."""

    proxy: tuple[str, int] | None = None
    """Host and port of an HTTP proxy; None for the direct way."""
    login: str = field(default="", repr=False)
    """What the proxy wants in Proxy-Authorization."""
    trusted: Path | None = None
    """CA certificates to trust in place of the system's."""


def way_to(host: str) -> Way:
    """What the environment says of requests to `host`. Raises ValueError for a proxy that cannot be used."""
    address = urllib.request.getproxies().get("https") or urllib.request.getproxies().get("all") or ""
    if not address or urllib.request.proxy_bypass(host):
        return Way()
    parts = urlsplit(address if "://" in address else f"http://{address}")
    try:
        port = parts.port or 80
    except ValueError:
        port = 0
    if parts.scheme != "http" or not parts.hostname or not port:
        raise ValueError("the proxy that the environment names is none of the form http://host:port")
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    login = "Basic " + base64.b64encode(pair.encode()).decode() if pair != ":" else ""
    return Way((parts.hostname, port), login)


def request_of(login: Login) -> Request:
    """The request, with the values as they stand in the settings, strays included."""
    value = b"Basic " + base64.b64encode(login.sid.value + b":" + login.secret.value)
    return Request(
        method="GET",
        scheme="https",
        host=login.host,
        port=_PORT,
        target=login.path.encode("ascii"),
        headers=(
            (b"Host", login.host.encode("ascii")),
            (b"User-Agent", f"why20003/{of('why20003')}".encode()),
            (b"Accept", b"application/json"),
            (b"Authorization", value),
        ),
    )


def sent(request: Request, way: Way) -> Exchange:
    """`request` and what came back. Never raises for a network's or a server's fault."""
    began = time.time()
    try:
        response = _answer(request, way)
        return Exchange(request=request, response=response, started_at=began, finished_at=time.time())
    except ssl.SSLError as error:
        says = f"TLS failed: {error.reason or 'unknown reason'}"
    except TimeoutError:
        says = f"no answer within {_SECONDS:.0f} seconds"
    except OSError as error:
        refused = _TUNNEL.match(str(error))  # its text goes on with the words of the proxy
        says = f"the proxy refused the tunnel ({refused[1]})" if refused else _why(error)
    except http.client.HTTPException:
        says = "the answer is no HTTP"
    return Exchange(request=request, error=says, started_at=began, finished_at=time.time())


def _why(error: OSError) -> str:
    return f"no connection: {error.strerror or type(error).__name__}"


def _answer(request: Request, way: Way) -> Response:
    host, port = way.proxy or (request.host, request.port)
    connection = http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=_context(way))
    try:
        if way.proxy is not None:
            headers = {"Proxy-Authorization": way.login} if way.login else {}
            connection.set_tunnel(request.host, request.port, headers)
        connection.putrequest("GET", request.target.decode("ascii"), skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name.decode("ascii"), value)
        connection.endheaders()
        answer = connection.getresponse()
        head = tuple(
            (name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.getheaders()
        )
        return Response(status=answer.status, headers=head, body=answer.read(_MOST_READ))
    finally:
        connection.close()


def _context(way: Way) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=way.trusted and str(way.trusted))
    for name in _TRUSTED:
        if (path := os.environ.get(name)) and way.trusted is None:
            with suppress(OSError, ValueError):
                context.load_verify_locations(path)
    return context


__all__ = ["Way", "request_of", "sent", "way_to"]
