"""Exchanges as HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/ (read 2026-11-21)

Browsers, mitmproxy and whatever else opens a HAR read it; our own reader gets back the very same exchanges, by members
of our own (``_why20003...``), which the format allows and others pass over.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from analyzers.exchange import Exchange, Headers, Request, Response
from analyzers.frozen import dataclass
from recordings.origins import default_port

Object: TypeAlias = dict[str, object]

DIAGNOSIS_MEMBER: Final = "_why20003"
"""Of an entry: its diagnosis."""
WIRE_MEMBER: Final = "_why20003_wire"
"""Of an entry: what HAR has no place for, or rounds."""

_NO_TIME: Final = "1970-01-01T00:00:00.000Z"
"""A time has to stand there, or browsers refuse the file."""
_VERSIONS = {"HTTP/2.0": "h2", "HTTP/3": "h3"}
"""As browsers name them."""


@dataclass(frozen=True, slots=True)
class HarEntry:
    """An exchange, and what is wrong with it."""

    exchange: Exchange = field(repr=False)
    comment: str = ""
    """One line that other tools show."""
    diagnosis: Mapping[str, object] | None = None
    """The object of the JSON contract; None where the exchange was not refused."""


def har(entries: Iterable[HarEntry], *, version: str, comment: str = "") -> Iterator[bytes]:
    """A HAR file, piece by piece; `version` is that of this program."""
    log: Object = {"version": "1.2", "creator": {"name": "why20003", "version": version}}
    if comment:
        log["comment"] = comment
    yield b'{"log": ' + _encoded(log)[:-1] + b', "entries": ['
    mark = b"\n"
    for entry in entries:
        yield mark + _encoded(_entry(entry))
        mark = b",\n"
    yield b"\n]}}\n"


def _encoded(value: object) -> bytes:
    # In ASCII: bytes of a header that are no UTF-8 become halves of surrogate pairs, written as escapes.
    return json.dumps(value).encode("ascii")


def _entry(entry: HarEntry) -> Object:
    exchange = entry.exchange
    took = _milliseconds(exchange)
    found: Object = {
        "startedDateTime": _time(exchange.started_at),
        "time": max(took, 0),
        "request": _request(exchange.request),
        "response": _response(exchange.response),
        "cache": {},
        "timings": {"send": 0, "wait": max(took, 0), "receive": 0},
    }
    if exchange.connection:
        found["connection"] = exchange.connection
    if exchange.client_address:
        found["_clientIPAddress"] = exchange.client_address
    if exchange.server_address:
        found["serverIPAddress"] = exchange.server_address
    if exchange.error:
        found["_error"] = exchange.error
    if entry.comment:
        found["comment"] = entry.comment
    if entry.diagnosis is not None:
        found[DIAGNOSIS_MEMBER] = dict(entry.diagnosis)
    found[WIRE_MEMBER] = _wire(exchange)
    return found


def _wire(exchange: Exchange) -> Object:
    request = exchange.request
    known: Object = {
        "started": exchange.started_at,
        "finished": exchange.finished_at,
        "version": request.version,
        "refused_by_proxy": exchange.refused_by_proxy,
        "fidelity": exchange.fidelity.value,
    }
    if exchange.tls_issuer is not None:
        known["tls_issuer"] = exchange.tls_issuer
    if exchange.tls_version is not None:
        known["tls_version"] = exchange.tls_version
    if exchange.proxy_options:
        known["proxy_options"] = [*exchange.proxy_options]
    return known


def _request(request: Request) -> Object:
    found: Object = {
        "method": request.method,
        "url": _url(request),
        "httpVersion": _VERSIONS.get(request.version, request.version),
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": _query(request.target),
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        found["postData"] = {"mimeType": _type(request.headers), **_body(request.body)}
    return found


def _response(response: Response | None) -> Object:
    found: Object = {
        "status": response.status if response else 0,
        "statusText": response.reason if response else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(response.headers) if response else [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": _text(response.first(b"location") or b"") if response else "",
        "headersSize": -1,
        "bodySize": len(response.body) if response else -1,
    }
    if response is not None:
        found["content"] = {
            "size": len(response.body),
            "mimeType": _type(response.headers) or "x-unknown",
            **_body(response.body),
        }
    return found


def _url(request: Request) -> str:
    userinfo = "" if request.userinfo is None else f"{_text(request.userinfo)}@"
    host = f"[{request.host}]" if ":" in request.host else request.host
    port = "" if request.port == default_port(request.scheme) else f":{request.port}"
    return f"{request.scheme}://{userinfo}{host}{port}{_text(request.target)}"


def _query(target: bytes) -> list[Object]:
    query = _text(target.partition(b"?")[2])
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=1000)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def _headers(headers: Headers) -> list[Object]:
    return [{"name": _text(name), "value": _text(value)} for name, value in headers]


def _type(headers: Headers) -> str:
    return _text(next((value for name, value in headers if name.lower() == b"content-type"), b""))


def _body(body: bytes) -> Object:
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"}
    return {"text": text}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _time(at: float | None) -> str:
    try:
        known = None if at is None else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        known = None
    return _NO_TIME if known is None else known.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(exchange: Exchange) -> float:
    """-1 where it is not known."""
    if exchange.started_at is None or exchange.finished_at is None:
        return -1
    return round((exchange.finished_at - exchange.started_at) * 1000, 3)


__all__ = ["DIAGNOSIS_MEMBER", "WIRE_MEMBER", "HarEntry", "har"]
