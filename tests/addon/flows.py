"""Exchanges as the flows of mitmproxy that they would be."""

from mitmproxy import http
from mitmproxy.test import tflow

from analyzers.exchange import Exchange


def flow_of(exchange: Exchange) -> http.HTTPFlow:
    """A finished flow with this traffic."""
    flow = tflow.tflow()
    request, response = exchange.request, exchange.response
    flow.request = http.Request(
        host=request.host,
        port=request.port,
        method=request.method.encode(),
        scheme=request.scheme.encode(),
        authority=b"",
        path=request.target,
        http_version=b"HTTP/1.1",
        headers=http.Headers(request.headers),
        content=request.body,
        trailers=None,
        timestamp_start=exchange.started_at or 0,
        timestamp_end=exchange.started_at,
    )
    if response is not None:
        flow.response = http.Response(
            http_version=b"HTTP/1.1",
            status_code=response.status,
            reason=b"",
            headers=http.Headers(response.headers),
            content=response.body,
            trailers=None,
            timestamp_start=exchange.finished_at or 0,
            timestamp_end=exchange.finished_at,
        )
    return flow
