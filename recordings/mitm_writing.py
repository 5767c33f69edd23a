"""Exchanges as a capture of mitmproxy's own, which 11.0.2 and 12 open; made without mitmproxy.

Our own reader gets back the very same exchanges: what a flow has no place for is noted in its metadata (noted.py).
That is what stood before ``@`` in a URL, who issued the server's certificate (none is made up), how much an absent
header proves, and whatever a flow gives back otherwise, such as a time that is not known.

Not kept: bytes of a body beyond the BODY_LIMIT that every reader keeps. The order of exchanges is kept.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from analyzers.exchange import Exchange, Headers, Request, Response
from recordings.flow_state import FORMAT, exchange_from
from recordings.flow_values import NOTED, OPTIONS, REFUSED
from recordings.noted import noted
from recordings.stored_bodies import coded
from recordings.tnetstrings import Value, dumps

State: TypeAlias = dict[str, Value]

_LATEST: Final = 253402300799.0
"""The last second of the year 9999: mitmproxy shows times as dates."""
_UNKNOWN: Final[tuple[str, ...]] = (
    *("timestamp_tls_setup", "timestamp_end", "timestamp_start", "sni", "tls_version"),
    *("cipher_list", "cipher", "alpn_offers", "alpn", "certificate_list"),
)
"""Of a connection, in the order in which mitmproxy writes it."""
_LISTS: Final = frozenset({"cipher_list", "alpn_offers", "certificate_list"})
_TLS_VERSIONS: Final = frozenset({
    *("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    *("DTLSv0.9", "DTLSv1", "DTLSv1.2", "QUICv1"),
})  # fmt: skip
"""mitmproxy opens no file that names another one: connection.py of 11.0.2 and 12.2.3 (read 2026-11-21)."""


def mitm(exchanges: Iterable[Exchange]) -> Iterator[bytes]:
    """A capture, flow by flow; equal exchanges give equal bytes."""
    for index, exchange in enumerate(exchanges):
        yield dumps(_flow(exchange, index))


def _flow(exchange: Exchange, index: int) -> State:
    """The state of a flow. A dictionary's last key comes first, as mitmproxy writes it (flow_layout.py)."""
    request, response = _request(exchange), _response(exchange)
    # Unlike for another recording, so that mitmproxy, which shows one flow of an id, shows the flows of both.
    seed = b"%d" % index + dumps(request) + dumps(response)
    metadata: State = {REFUSED: True} if exchange.refused_by_proxy else {}
    if exchange.proxy_options:
        metadata[OPTIONS] = [_unicode(name) for name in exchange.proxy_options]
    state: State = {
        "websocket": None,
        "response": response,
        "request": request,
        "backup": None,
        "timestamp_created": _time(exchange.started_at),
        "comment": "",
        "metadata": metadata,
        "marked": "",
        "is_replay": None,
        "intercepted": False,
        "server_conn": _server(exchange, _id(seed, b"server")),
        "client_conn": _client(exchange, _id(seed, b"client")),
        "error": None if exchange.error is None else _error(exchange.error, exchange.finished_at),
        "id": _id(seed, b"flow"),
        "type": "http",
        "version": FORMAT,
    }
    read = exchange_from(state)
    if read is not None and (note := noted(exchange, read)):
        metadata[NOTED] = note
    return state


def _request(exchange: Exchange) -> State:
    request = exchange.request
    started = _time(exchange.started_at)
    return {
        "path": request.target,
        "authority": b"",
        "scheme": _latin(request.scheme),
        "method": _latin(request.method),
        "port": request.port,
        "host": _unicode(request.host),
        "timestamp_end": started,
        "timestamp_start": started,
        "trailers": None,
        "content": _body(request.body, request.headers),
        "headers": _lines(request.headers),
        "http_version": _latin(request.version),
    }


def _response(exchange: Exchange) -> State | None:
    response: Response | None = exchange.response
    if response is None:
        return None
    ended = _time(exchange.finished_at)
    return {
        "reason": _latin(response.reason),
        "status_code": response.status,
        "timestamp_end": ended,
        "timestamp_start": ended,
        "trailers": None,
        "content": _body(response.body, response.headers),
        "headers": _lines(response.headers),
        "http_version": _latin(exchange.request.version),
    }


def _error(says: str, at: float | None) -> State:
    return {"timestamp": _time(at), "msg": _unicode(says)}


def _server(exchange: Exchange, identity: str) -> State:
    request, address, version = exchange.request, exchange.server_address, exchange.tls_version
    known = _connection(request, identity)
    known["tls_version"] = version if version in _TLS_VERSIONS else None
    return {
        "via": None,
        "timestamp_tcp_setup": None,
        "address": [_unicode(request.host), request.port],
        **known,
        "sockname": None,
        "peername": [_unicode(address), request.port] if address else None,
    }


def _client(exchange: Exchange, identity: str) -> State:
    known = _connection(exchange.request, identity)
    known["timestamp_start"] = _time(exchange.started_at)
    if exchange.connection is not None:
        known["id"] = _unicode(exchange.connection)
    return {
        "proxy_mode": "regular",
        "mitmcert": None,
        **known,
        "sockname": ["", 0],
        "peername": [_unicode(exchange.client_address or ""), 0],
    }


def _connection(request: Request, identity: str) -> State:
    return {
        **{name: [] if name in _LISTS else None for name in _UNKNOWN},
        "tls": request.scheme == "https",
        "error": None,
        "transport_protocol": "tcp",
        "id": identity,
    }


def _lines(headers: Headers) -> list[Value]:
    return [[name, value] for name, value in headers]


def _body(body: bytes, headers: Headers) -> bytes:
    coding = next((value for name, value in headers if name.lower() == b"content-encoding"), b"")
    return coded(body, coding) if body and coding else body


def _time(at: float | None) -> float:
    """0 where it is not known, as mitmproxy's own reader of HAR has it."""
    return float(at) if at is not None and 0 < at <= _LATEST else 0.0


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _unicode(text: str) -> str:
    """`text` without halves of surrogate pairs, which have no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _id(seed: bytes, kind: bytes) -> str:
    # In groups of four, so that no run of a secret that is five long comes about by chance; mitmweb knows no more.
    drawn = hashlib.blake2b(seed, digest_size=16, person=kind).hexdigest()
    return "-".join(drawn[at : at + 4] for at in range(0, len(drawn), 4))


__all__ = ["mitm"]
