"""What came to the proxy, in counts and host names: enough to say why nothing of Twilio was seen."""

from collections.abc import Mapping
from typing import TypeAlias

from mitmproxy import connection, http, tls

from analyzers.bounded import Bounded
from analyzers.client import client_of
from analyzers.exchange import Request
from analyzers.masking import scrub

Plain: TypeAlias = "int | str | Mapping[str, int] | list[list[int | str]]"
_HOSTS = 50
_LONGEST = 100
_CONNECTIONS = 256
# What OpenSSL says of a client that breaks off: https://www.rfc-editor.org/rfc/rfc8446#section-6.2 (read 2026-11-21)
_ALERTS = {
    "unknown ca": "unknown-ca",
    "bad certificate": "bad-certificate",
    "certificate unknown": "certificate-unknown",
    "connection closed": "closed",
}


class Watch:
    """Counts connections, hosts and TLS that clients refused. Changes nothing."""

    def __init__(self) -> None:
        self.connections = 0
        self.connects = _Counts()
        """Hosts of CONNECT requests."""
        self.passed = _Counts()
        """Hosts whose TLS was passed through unopened."""
        self.refused = _Counts()
        """Host, reason and client of TLS handshakes in which the client broke off."""
        self.requests = _Counts()
        """Scheme and host of the requests that could be read."""
        self.unanswered = _Counts()
        """Hosts of requests that got no answer."""
        self._clients: Bounded[str, str] = Bounded(_CONNECTIONS)

    def client_connected(self, client: connection.Client) -> None:  # noqa: ARG002 - mitmproxy's hook
        self.connections += 1

    def http_connect(self, flow: http.HTTPFlow) -> None:
        self.connects.add(_named(flow.request.host))
        if agent := flow.request.headers.get("user-agent"):
            self._clients.put(flow.client_conn.id, _client(flow.request.host, agent))

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """After the addon, which decides what is passed through."""
        if data.ignore_connection:
            self.passed.add(_named(data.client_hello.sni or _host(data.context.server)))

    def tls_failed_client(self, data: tls.TlsData) -> None:
        text = str(data.conn.error or "")
        reason = next((kind for words, kind in _ALERTS.items() if words in text), "other")
        client = self._clients.get(data.context.client.id) or ""
        self.refused.add(_named(data.context.client.sni or _host(data.context.server)), reason, client)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self.requests.add(f"{flow.request.scheme}://{_named(flow.request.pretty_host)}")

    def error(self, flow: http.HTTPFlow) -> None:
        if flow.response is None:
            self.unanswered.add(_named(flow.request.pretty_host))

    def sightings(self) -> dict[str, Plain]:
        """All of it as plain data."""
        return {
            "connections": self.connections,
            "connects": self.connects.named(),
            "passed": self.passed.named(),
            "refused": [[*key, count] for key, count in self.refused.items()],
            "requests": self.requests.named(),
            "unanswered": self.unanswered.named(),
        }


class _Counts(dict[tuple[str, ...], int]):
    """How often something was met; what comes after the first few different ones is not counted."""

    def add(self, *key: str) -> None:
        if key in self or len(self) < _HOSTS:
            self[key] = self.get(key, 0) + 1

    def named(self) -> dict[str, int]:
        return {key[0]: count for key, count in self.items()}


def _named(host: str) -> str:
    """A host name that can be shown, should somebody have pasted a secret into it."""
    return scrub(host[:_LONGEST].lower())


def _host(server: connection.Server) -> str:
    return server.address[0] if server.address else ""


def _client(host: str, agent: str) -> str:
    """The client that a User-Agent names; empty for one that we do not know."""
    headers = ((b"user-agent", agent.encode("latin-1", "replace")),)
    found = client_of(Request(method="CONNECT", scheme="https", host=host, port=443, target=b"/", headers=headers))
    return found.name if found.known else ""
