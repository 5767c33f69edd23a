"""One exchange with everything in it replaced that is nobody else's business; its shape, times and order stay."""

import re
from dataclasses import replace
from typing import Final

from analyzers.exchange import Exchange, Headers, Request, Response
from recordings.redaction.bodies import Bodies
from recordings.redaction.credentials import Credentials
from recordings.redaction.fields import Fields
from recordings.redaction.headers import HeaderLines
from recordings.redaction.servers import Servers
from recordings.redaction.signed_requests import signed_anew
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil

_METHODS: Final = frozenset("GET POST PUT PATCH DELETE HEAD OPTIONS CONNECT TRACE".split())  # noqa: SIM905 - to be read
_VERSION: Final = re.compile(r"HTTP/[0-9](?:\.[0-9])?|h[23]?|")
_SHORT_ID: Final = re.compile(r"[A-Za-z]?[0-9]{1,12}")
_LONGEST_ISSUER: Final = 200
_FIRST_REFUSING: Final = 300
"""In an answer of a lower status nobody explains anything: a message there is somebody's."""


class Exchanges:
    """Replaces what exchanges hold."""

    def __init__(self, veil: Veil) -> None:
        self.veil = veil
        self.credentials = Credentials(veil)
        self._urls = Urls(veil, self.credentials)
        fields = Fields(veil, self.credentials, self._urls)
        self._urls.form = fields.form
        self._headers = HeaderLines(veil, self.credentials, fields, self._urls)
        self._bodies = Bodies(veil, fields, self._urls)
        self._servers = Servers(veil, self._urls)

    def redacted(self, exchange: Exchange) -> Exchange:
        """The exchange, and nothing of what it kept secret."""
        request = self._request(exchange.request)
        address, version = exchange.server_address, exchange.tls_version
        if not self.veil.learning:
            request = signed_anew(exchange, request, self.credentials)
        return replace(
            exchange,
            request=request,
            response=None if exchange.response is None else self._response(exchange.response),
            error=None if exchange.error is None else self._said(exchange.error),
            client_address=None if exchange.client_address is None else self._urls.host(exchange.client_address),
            connection=None if exchange.connection is None else self._connection(exchange.connection),
            tls_issuer=None if exchange.tls_issuer is None else self._issuer(exchange.tls_issuer),
            proxy_options=tuple(name if name.isidentifier() else self._said(name) for name in exchange.proxy_options),
            server_address=None if address is None else self._servers.address(address, exchange.request.host),
            tls_version=None if version is None else self._servers.tls_version(version),
        )

    def _request(self, request: Request) -> Request:
        body = self._bodies.body(request, told=False)
        return replace(
            request,
            method=request.method if request.method in _METHODS else self._said(request.method),
            scheme=request.scheme if request.scheme in {"http", "https"} else self._said(request.scheme),
            host=self._urls.host(request.host),
            target=self._urls.target(request.target),
            version=request.version if _VERSION.fullmatch(request.version) else self._said(request.version),
            headers=_of_length(self._headers.lines(request.headers), len(request.body), len(body)),
            body=body,
            userinfo=None if request.userinfo is None else self._urls.userinfo(request.userinfo),
        )

    def _response(self, response: Response) -> Response:
        body = self._bodies.body(response, told=response.status >= _FIRST_REFUSING)
        return replace(
            response,
            reason=self._said(response.reason),
            headers=_of_length(self._headers.lines(response.headers), len(response.body), len(body)),
            body=body,
        )

    def _said(self, text: str) -> str:
        return (
            self._urls.message(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
            if text
            else text
        )

    def _issuer(self, issuer: str) -> str:
        """Who issued the server's certificate: that shows who opened the connection on the way."""
        return issuer[:_LONGEST_ISSUER]

    def _connection(self, name: str) -> str:
        if _SHORT_ID.fullmatch(name) or self.veil.learning:
            return name
        return self.veil.surrogates.mark(name.encode("utf-8", "surrogateescape")).decode("ascii")


def _of_length(headers: Headers, before: int, now: int) -> Headers:
    """The headers with a Content-Length that was right made right again."""
    if before == now:
        return headers
    return tuple(
        (name, b"%d" % now) if name.lower() == b"content-length" and value.strip() == b"%d" % before else (name, value)
        for name, value in headers
    )
