"""Live and loaded mitmproxy flows as Exchanges. The only module of this package that knows mitmproxy.

Reading a capture needs it for flows of old formats alone: mitm.py reads the others without it.
"""

import io

from mitmproxy import certs, connection, http, version
from mitmproxy.io import FlowReader

from analyzers.exchange import Exchange, Fidelity, Request, Response
from recordings.certificates import shown_issuer
from recordings.flow_values import (
    ANNOTATED,
    NOTED,
    OPTIONS,
    RAW_LIMIT,
    REFUSED,
    WIRE_TAILS,
    body_of,
    options_in,
    request_of,
    with_tails,
)
from recordings.noted import restored

VERSION = version.VERSION
"""Which mitmproxy this is."""
FLOW_FORMAT = version.FLOW_FORMAT_VERSION
"""The version of flows that it writes; it reads these and all before."""
_ISSUERS: dict[str, str | None] = {}
_ISSUERS_KEPT = 512


def migrated(record: bytes) -> Exchange | None:
    """The exchange of a saved flow of any format that mitmproxy reads; None where it is no HTTP flow.

    Raises whatever mitmproxy raises, ValueError, KeyError and AssertionError among it.
    """
    flow = next(iter(FlowReader(io.BytesIO(record)).stream()), None)
    return exchange_of(flow) if isinstance(flow, http.HTTPFlow) else None


def exchange_of(flow: http.HTTPFlow) -> Exchange:
    """The exchange of a flow, live or loaded, with the answer as the server gave it."""
    response = _original_response(flow)
    ended = response.timestamp_end if response else flow.error.timestamp if flow.error else None
    peer, reached = flow.client_conn.peername, flow.server_conn.peername
    exchange = Exchange(
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
        proxy_options=options_in(flow.metadata.get(OPTIONS)),
        server_address=str(reached[0]) or None if reached else None,
        tls_version=flow.server_conn.tls_version or None,
    )
    return restored(exchange, flow.metadata[NOTED]) if NOTED in flow.metadata else exchange


def _issuer(server: connection.Server) -> str | None:
    """Who issued the server's certificate: organisation or name. Read once a connection, since it is slow."""
    if server.id not in _ISSUERS:
        if len(_ISSUERS) >= _ISSUERS_KEPT:
            _ISSUERS.clear()
        _ISSUERS[server.id] = _issuer_of(server.certificate_list[0])
    return _ISSUERS[server.id]


def _issuer_of(certificate: certs.Cert) -> str | None:
    try:
        return shown_issuer(certificate.issuer)
    except ValueError:  # a certificate that cryptography cannot parse
        return None


def _request(flow: http.HTTPFlow) -> Request:
    data = flow.request.data
    # mitmproxy keeps what we keep: a tuple of pairs of bytes. Taken as it is, since this runs for every exchange.
    headers = data.headers.fields
    if WIRE_TAILS in flow.metadata:
        headers = with_tails(headers, flow.metadata[WIRE_TAILS])
    return request_of(
        data.method,
        data.scheme,
        data.host,
        data.port or 0,
        data.authority,
        data.path,
        headers,
        data.content or b"",
        data.http_version,
        flow.client_conn.sni or flow.server_conn.sni or "",
    )


def _response(response: http.Response) -> Response:
    data = response.data
    return Response(
        status=data.status_code,
        headers=data.headers.fields,
        body=body_of(data.content or b"", data.headers.fields),
        reason=data.reason.decode("latin-1"),
    )


def _original_response(flow: http.HTTPFlow) -> http.Response | None:
    """The response, or the one that our annotation replaced."""
    if ANNOTATED in flow.metadata and (backup := flow.get_state().get("backup")):
        state = backup.get("response")
        return http.Response.from_state(state) if state else None
    return flow.response


__all__ = [
    "ANNOTATED",
    "FLOW_FORMAT",
    "OPTIONS",
    "RAW_LIMIT",
    "REFUSED",
    "VERSION",
    "WIRE_TAILS",
    "body_of",
    "exchange_of",
    "migrated",
]
