"""A saved flow, parsed key by key, as an Exchange: every flow can be read so, however its keys are ordered.

A flow is a dictionary: type, version, request, response, client_conn ...; what get_state() of mitmproxy 11.0.2 to
12.3.1 gives, flow version 21 (read 2026-11-20).
"""

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

from analyzers.exchange import Exchange, Headers, Request, Response
from recordings.certificates import issuer_of
from recordings.flow_values import (
    ANNOTATED,
    NOTED,
    OPTIONS,
    REFUSED,
    WIRE_TAILS,
    body_of,
    options_in,
    request_of,
    with_tails,
)
from recordings.noted import restored
from recordings.tnetstrings import Malformed, Value, bounds, loads, members

FORMAT: Final = 21
"""The version of flows that is read here."""
State: TypeAlias = Mapping[str, Value]
T = TypeVar("T")

_CONNECTIONS: Final = frozenset({"client_conn", "server_conn"})
_OF_CONNECTION: Final = frozenset({"id", "peername", "sni", "certificate_list", "tls_version"})
_NEEDED: Final = _CONNECTIONS | {"type", "version", "metadata", "request", "response", "error"}
_OTHER_FLOWS: Final = frozenset({"tcp", "udp", "dns"})
_KINDS: Final = {str: "text", bytes: "bytes", int: "a number", float: "a number", dict: "a dictionary", list: "a list"}
_ISSUERS: Final[dict[bytes, str | None]] = {}
_ISSUERS_KEPT: Final = 512


class Damaged(ValueError):
    """What was expected in a flow and what stands there; never quotes it."""


class OtherFormat(ValueError):
    """The flow is of a version other than FORMAT."""

    def __init__(self, version: object) -> None:
        """`version` is what stands there."""
        super().__init__("another version")
        self.version = version


def exchange_in(record: bytes) -> Exchange | None:
    """The exchange of the flow that `record` is; None where it is no HTTP flow. Raises Damaged and OtherFormat."""
    try:
        return exchange_from(_state(record))
    except Malformed as error:
        raise Damaged(f"the flow is damaged: {error}") from None


def exchange_from(state: State) -> Exchange | None:
    """As `exchange_in`, for a flow that was parsed, at least as far as it matters here."""
    if state.get("version") != FORMAT:
        raise OtherFormat(state.get("version"))
    if (kind := state.get("type")) != "http":
        if kind in _OTHER_FLOWS:
            return None
        raise Damaged("the flow is damaged: expected type http, tcp, udp or dns, found another one")
    metadata = _need(state, "metadata", dict)
    client, server = _need(state, "client_conn", dict), _need(state, "server_conn", dict)
    raw_request = _need(state, "request", dict)
    backup = _maybe(state, "backup", dict) if ANNOTATED in metadata else None
    response = _maybe(backup or state, "response", dict)
    error = _maybe(state, "error", dict)
    peer, certificates = _maybe(client, "peername", list), _maybe(server, "certificate_list", list)
    reached = _maybe(server, "peername", list)
    ended = response or error
    exchange = Exchange(
        request=_request(raw_request, metadata, _maybe(client, "sni", str) or _maybe(server, "sni", str) or ""),
        response=_response(response) if response else None,
        error=_need(error, "msg", str) if error else None,
        refused_by_proxy=metadata.get(REFUSED) is True,
        started_at=_time(raw_request, "timestamp_start"),
        finished_at=_time(ended, "timestamp_end" if response else "timestamp") if ended else None,
        client_address=_first(peer, "peername", str) or None if peer else None,
        connection=_need(client, "id", str),
        tls_issuer=known_issuer(_first(certificates, "certificate_list", bytes)) if certificates else None,
        proxy_options=options_in(metadata.get(OPTIONS)),
        server_address=_first(reached, "peername", str) or None if reached else None,
        tls_version=_maybe(server, "tls_version", str) or None,
    )
    return restored(exchange, metadata[NOTED]) if NOTED in metadata else exchange


def known_issuer(pem: bytes) -> str | None:
    """As `issuer_of`, remembered: a capture holds few certificates, each many times."""
    if pem not in _ISSUERS:
        if len(_ISSUERS) >= _ISSUERS_KEPT:
            _ISSUERS.clear()
        _ISSUERS[pem] = issuer_of(pem)
    return _ISSUERS[pem]


def _state(record: bytes) -> State:
    """What matters of a flow; the rest, such as the messages of a web socket, is stepped over."""
    state = _members(record, 0, len(record), _NEEDED)
    metadata = state.get("metadata")
    if isinstance(metadata, dict) and ANNOTATED in metadata:
        state |= _members(record, 0, len(record), frozenset({"backup"}))
    return state


def _members(data: bytes, at: int, end: int, names: frozenset[str]) -> dict[str, Value]:
    """The members called `names` of the dictionary from `at` to `end`."""
    first, last = bounds(data, at, end)
    if data[last:end] != b"}":
        raise Malformed("expected a dictionary")
    found: dict[str, Value] = {}
    for name, start, behind in members(data, first, last):
        if name in names:
            of_connection = name in _CONNECTIONS
            found[name] = _members(data, start, behind, _OF_CONNECTION) if of_connection else loads(data[start:behind])
    return found


def _request(data: State, metadata: State, sni: str) -> Request:
    headers = headers_in(data.get("headers"))
    if WIRE_TAILS in metadata:
        headers = with_tails(headers, metadata[WIRE_TAILS])
    return request_of(
        _need(data, "method", bytes),
        _need(data, "scheme", bytes),
        _need(data, "host", str),
        _need(data, "port", int),
        _need(data, "authority", bytes),
        _need(data, "path", bytes),
        headers,
        _maybe(data, "content", bytes) or b"",
        _need(data, "http_version", bytes),
        sni,
    )


def _response(data: State) -> Response:
    headers = headers_in(data.get("headers"))
    return Response(
        status=_need(data, "status_code", int),
        headers=headers,
        body=body_of(_maybe(data, "content", bytes) or b"", headers),
        reason=_need(data, "reason", bytes).decode("latin-1"),
    )


def headers_in(lines: Value) -> Headers:
    """Header lines as a flow holds them. Raises Damaged."""
    found: list[tuple[bytes, bytes]] = []
    for line in lines if isinstance(lines, list) else [None]:
        match line:
            case [bytes(name), bytes(value)]:
                found.append((name, value))
            case _:
                raise Damaged("the flow is damaged: expected headers as pairs of bytes, found something else")
    return tuple(found)


def _time(state: State, name: str) -> float | None:
    found = state.get(name)
    if found is not None and not isinstance(found, int | float):
        raise _unexpected(name, float)
    return found or None


def _first(values: list[Value], name: str, kind: type[T]) -> T:
    if not isinstance(values[0], kind):
        raise _unexpected(name, kind)
    return values[0]


def _need(state: State, name: str, kind: type[T]) -> T:
    found = state.get(name)
    if not isinstance(found, kind):
        raise _unexpected(name, kind)
    return found


def _maybe(state: State, name: str, kind: type[T]) -> T | None:
    found = state.get(name)
    if found is not None and not isinstance(found, kind):
        raise _unexpected(name, kind)
    return found


def _unexpected(name: str, kind: type) -> Damaged:
    return Damaged(f"the flow is damaged: expected {name} as {_KINDS[kind]}, found something else")
