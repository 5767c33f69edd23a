"""mitmproxy's captures and live flows as Exchanges. The only module of this package that knows mitmproxy."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mitmproxy import certs, connection, http, version
from mitmproxy.io import FlowReader, tnetstring
from mitmproxy.net import encoding

from analyzers.exchange import Exchange, Fidelity, Headers, Request, Response
from analyzers.twilio import is_twilio_host
from recordings.reading import (
    BODY_LIMIT,
    EntryError,
    Reading,
    UnreadableRecording,
    named_origin,
    origin_form,
)

ANNOTATED = "why20003"
"""Metadata key of a flow whose answer carries our annotation; its backup holds the original."""
WIRE_TAILS = "why20003_wire"
"""Metadata key: line ends at the end of an Authorization value, which mitmproxy's parser takes off: a list of [which
Authorization header, line ends]. The value itself is never kept there."""
REFUSED = "why20003_refused"
"""Metadata key: true where mitmproxy itself refused the request and nothing reached the host."""
OPTIONS = "why20003_options"
"""Metadata key: names of the recording proxy's options that were active and change requests, such as modify_headers."""

_EXPECTED = "expected a mitmproxy capture (mitmdump -w, or File > Save)"
# A tnetstring's length; mitmproxy reads 12 digits at most.
_LENGTH = re.compile(rb"(\d{1,12}):")
_PREFIX = 13
# A flow is a dictionary, so its content begins with a short key: "9:websocket;", in old files "7:version,".
_FIRST_KEY = re.compile(rb"\d{0,2}\Z|\d{1,2}:(?:[a-z_]{0,40}\Z|[a-z_]{1,40}[;,])")
_ISSUERS: dict[str, str | None] = {}
_ISSUERS_KEPT = 512
_ZLIB = {"gzip": 16, "x-gzip": 16, "deflate": 0}


def read(file: BinaryIO) -> Reading:
    """Read a whole capture. Raises UnreadableRecording when not one flow can be read; `file` must be seekable."""
    exchanges: list[Exchange] = []
    places: list[int] = []
    errors: list[EntryError] = []
    skipped, truncated = 0, False
    for entry, record in enumerate(_records(file)):
        match record:
            case _Cut():
                truncated = True
            case _Foreign():
                if not entry:
                    raise UnreadableRecording(f"{_EXPECTED}, found something else")
                errors.append(EntryError(entry, "expected a flow, found other bytes; nothing after them is read"))
            case bytes():
                found = _flow_exchange(record)
                if isinstance(found, Exchange):
                    exchanges.append(found)
                    places.append(entry)
                elif found:
                    errors.append(EntryError(entry, found))
                else:
                    skipped += 1
    if errors and not (exchanges or skipped):
        raise UnreadableRecording(f"{_EXPECTED}; {errors[0].says}")
    return Reading("mitm", tuple(exchanges), skipped, tuple(errors), truncated, tuple(places))


@dataclass(frozen=True, slots=True)
class _Cut:
    """The file ends inside a record."""


@dataclass(frozen=True, slots=True)
class _Foreign:
    """No record starts here."""


def _records(file: BinaryIO) -> Iterator[bytes | _Cut | _Foreign]:
    """The bytes of each flow. Framed here, so that one bad flow does not end mitmproxy's reader for all after it."""
    size = file.seek(0, io.SEEK_END)
    start = file.seek(0)
    if not size:
        raise UnreadableRecording(f"the file is empty; {_EXPECTED}")
    while start < size:
        file.seek(start)
        head = file.read(_PREFIX)
        length = _LENGTH.match(head)
        if length is None:
            yield _Cut() if head.isdigit() and len(head) < _PREFIX else _Foreign()
            return
        end = start + length.end() + int(length.group(1)) + 1
        file.seek(start + length.end())
        if not _FIRST_KEY.match(file.read(min(50, size - start - length.end()))):
            yield _Foreign()
            return
        if end > size:
            yield _Cut()
            return
        file.seek(start)
        yield file.read(end - start)
        start = end


def _flow_exchange(record: bytes) -> Exchange | str:
    """The exchange of one flow; "" where the flow is not HTTP, else what is wrong with it."""
    try:
        flow = next(iter(FlowReader(io.BytesIO(record)).stream()), None)
        if not isinstance(flow, http.HTTPFlow):
            return ""
        return exchange_of(flow)
    except Exception as error:  # noqa: BLE001 - mitmproxy lets KeyError, AssertionError and more through
        if _is_newer(record):
            return f"the flow was written by a newer mitmproxy than {version.VERSION}, which reads it"
        return f"mitmproxy {version.VERSION} cannot read the flow ({type(error).__name__})"


def _is_newer(record: bytes) -> bool:
    try:
        state = tnetstring.loads(record)
    except Exception:  # noqa: BLE001 - the flow is broken in a deeper way
        return False
    number = state.get("version") if isinstance(state, dict) else None
    return isinstance(number, int) and number > version.FLOW_FORMAT_VERSION


def exchange_of(flow: http.HTTPFlow) -> Exchange:
    """The exchange of a flow, live or loaded, with the answer as the server gave it."""
    response = _original_response(flow)
    ended = response.timestamp_end if response else flow.error.timestamp if flow.error else None
    peer = flow.client_conn.peername
    return Exchange(
        request=_request(flow),
        response=_response(response) if response else None,
        error=flow.error.msg if flow.error else None,
        refused_by_proxy=flow.metadata.get(REFUSED) is True,
        started_at=flow.request.timestamp_start or None,
        finished_at=ended or None,
        client_address=str(peer[0]) or None if peer else None,
        connection=flow.client_conn.id,
        fidelity=Fidelity.FULL,
        tls_issuer=_issuer(flow.server_conn) if flow.server_conn.certificate_list else None,
        proxy_options=_options(flow.metadata.get(OPTIONS)),
    )


def _issuer(server: connection.Server) -> str | None:
    """Who issued the server's certificate: organisation or name. Read once a connection, since it is slow."""
    if server.id not in _ISSUERS:
        if len(_ISSUERS) >= _ISSUERS_KEPT:
            _ISSUERS.clear()
        _ISSUERS[server.id] = _issuer_of(server.certificate_list[0])
    return _ISSUERS[server.id]


def _issuer_of(certificate: certs.Cert) -> str | None:
    try:
        names = dict(certificate.issuer)
    except ValueError:  # a certificate that cryptography cannot parse
        return None
    found = names.get("O") or names.get("CN") or ""
    return "".join(char for char in found if char.isprintable())[:60] or None


def _options(noted: object) -> tuple[str, ...]:
    if not isinstance(noted, list):
        return ()
    return tuple(name for name in noted[:20] if isinstance(name, str) and name.isidentifier())


def _request(flow: http.HTTPFlow) -> Request:
    data = flow.request.data
    headers = _fields(data.headers)
    if WIRE_TAILS in flow.metadata:
        headers = _with_tails(headers, flow.metadata[WIRE_TAILS])
    scheme = "http" if data.scheme.lower() == b"http" else "https"
    host, port = data.host.lower(), data.port or 0
    if not is_twilio_host(host):
        sni = flow.client_conn.sni or flow.server_conn.sni or ""
        host, port = named_origin(host, port, scheme, authority=_authority(data.authority, headers), sni=sni)
    return Request(
        method=data.method.decode("latin-1"),
        scheme=scheme,
        host=host,
        port=port,
        target=origin_form(data.path),
        headers=headers,
        body=_body(flow.request),
        version=data.http_version.decode("latin-1"),
    )


def _response(response: http.Response) -> Response:
    return Response(
        status=response.status_code,
        headers=_fields(response.headers),
        body=_body(response),
        reason=response.data.reason.decode("latin-1"),
    )


def _original_response(flow: http.HTTPFlow) -> http.Response | None:
    """The response, or the one that our annotation replaced."""
    if ANNOTATED in flow.metadata and (backup := flow.get_state().get("backup")):
        state = backup.get("response")
        return http.Response.from_state(state) if state else None
    return flow.response


def _authority(authority: bytes, headers: Headers) -> str:
    """The authority of an HTTP/2 request or an absolute target, else the Host header."""
    host = next((value for name, value in headers if name.lower() == b"host"), b"")
    return (authority or host).decode("latin-1")


def _with_tails(headers: Headers, tails: object) -> Headers:
    """`headers` with the line ends put back that the addon noted for Authorization values."""
    if not isinstance(tails, list):
        return headers
    put_back: dict[int, bytes] = {}
    for tail in tails:
        match tail:
            case [int(which), str(text)] if text and not text.strip("\r\n"):
                put_back[which] = text.encode("ascii")
    found: list[tuple[bytes, bytes]] = []
    seen = 0
    for name, value in headers:
        if name.lower() == b"authorization":
            found.append((name, value + put_back.get(seen, b"")))
            seen += 1
        else:
            found.append((name, value))
    return tuple(found)


def _fields(headers: http.Headers) -> Headers:
    # mitmproxy keeps what we keep: a tuple of pairs of bytes. Taken as it is, since this runs for every exchange.
    return headers.fields


def _body(message: http.Message) -> bytes:
    """The first 64 kB, with a content encoding undone that can be undone; empty where mitmproxy kept no body."""
    raw = message.raw_content or b""
    named = raw and next((value for name, value in message.headers.fields if name.lower() == b"content-encoding"), b"")
    if not named:
        return raw[:BODY_LIMIT]
    applied = named.strip().lower().decode("latin-1")
    try:
        if applied in _ZLIB:
            # Not through mitmproxy: it inflates without a limit, and wants the whole body.
            return zlib.decompressobj(_ZLIB[applied] + zlib.MAX_WBITS).decompress(raw, BODY_LIMIT)
        plain = encoding.decode(raw, applied) if len(raw) <= BODY_LIMIT and applied in {"br", "zstd"} else raw
    except (ValueError, zlib.error):
        plain = raw
    return plain[:BODY_LIMIT] if isinstance(plain, bytes) else raw[:BODY_LIMIT]
