"""Servers that stand in for what is between an application and Twilio: a company's proxy, a gateway."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Self

import requests

# RFC 9110 7.6.1, and what a new body makes wrong
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length", "te"})


class Quiet(http.server.BaseHTTPRequestHandler):
    """A handler that logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Squid(Quiet):
    """A company's proxy that wants a password first, with the marks that Squid leaves."""

    server_version = "squid/6.10"
    sys_version = ""

    def do_GET(self) -> None:
        body = b"<html><head><title>Proxy Authentication Required</title></head><body></body></html>"
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="office"')
        self.send_header("X-Squid-Error", "ERR_CACHE_ACCESS_DENIED 0")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Does(Enum):
    """What a gateway does with Authorization."""

    DROP = "drop"
    KEEP_ASIDE = "keep aside"
    """In X-Original-Authorization."""
    REPLACE = "replace"


class Gateway:
    """A reverse proxy for api.twilio.com. It sends what it gets on through the proxy `onward`, once that is set."""

    def __init__(self, does: Does, own: str = "") -> None:
        """`own` is the value that replaces the client's."""
        self.does = does
        self.own = own
        self.onward = ""
        self.certificate = ""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def passed_on(self, headers: dict[str, str]) -> dict[str, str]:
        """The headers as they go on."""
        sent = {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_HOP | {"host"}}
        value = sent.pop("Authorization", None)
        if value is not None and self.does is Does.KEEP_ASIDE:
            sent["X-Original-Authorization"] = value
        if self.does is Does.REPLACE:
            sent["Authorization"] = self.own
        return {**sent, "Via": "1.1 twilio-gateway"}

    def fetch(self, method: str, path: str, headers: dict[str, str], body: bytes) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            session.headers.clear()
            session.proxies = {"https": self.onward}
            session.verify = self.certificate
            url = f"https://api.twilio.com{path}"
            return session.request(method, url, headers=self.passed_on(headers), data=body or None, timeout=30)

    def _handler(self) -> type[Quiet]:
        gateway = self

        class Handler(Quiet):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = "/" + self.path.partition("://")[2].partition("/")[2] if "://" in self.path else self.path
                answer = gateway.fetch(self.command, path, dict(self.headers), body)
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in _OF_ONE_HOP | {"date", "server", "content-encoding"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def do_POST(self) -> None:
                self.do_GET()

        return Handler


@contextmanager
def squid() -> Iterator[int]:
    """A running `Squid`: its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Squid)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
