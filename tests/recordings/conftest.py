"""mitmproxy flows for the readers' tests: made here only, from mitmproxy's public classes."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from mitmproxy import connection, flow, http, tcp
from mitmproxy.io import FlowWriter

from analyzers.building import GOOD, MESSAGES, SID, TIME

BODY = b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
REQUEST_HEADERS = ((b"Host", b"api.twilio.com"), (b"authorization", GOOD), (b"X-A", b"1"), (b"X-A", b"2"))
ANSWER_HEADERS = ((b"Content-Type", b"application/json"),)


def make_flow(
    *,
    host: str = "api.twilio.com",
    port: int = 443,
    authority: bytes = b"",
    path: bytes = MESSAGES % SID,
    headers: Sequence[tuple[bytes, bytes]] = REQUEST_HEADERS,
    body: bytes | None = b"To=%2B1",
    status: int = 401,
    answer_headers: Sequence[tuple[bytes, bytes]] = ANSWER_HEADERS,
    answer: bytes | None = BODY,
    version: bytes = b"HTTP/1.1",
    sni: str | None = None,
    **client: Any,  # noqa: ANN401 - what connection.Client takes
) -> http.HTTPFlow:
    conn = connection.Client(
        **{"peername": ("192.0.2.7", 51234), "sockname": ("192.0.2.1", 8080), "timestamp_start": TIME, **client}
    )
    conn.sni = sni
    made = http.HTTPFlow(conn, connection.Server(address=(host, port)))
    made.request = http.Request(
        host=host,
        port=port,
        method=b"POST",
        scheme=b"https",
        authority=authority,
        path=path,
        http_version=version,
        headers=http.Headers(tuple(headers)),
        content=body,
        trailers=None,
        timestamp_start=TIME,
        timestamp_end=TIME + 0.01,
    )
    made.response = http.Response(
        http_version=version,
        status_code=status,
        reason=b"Unauthorized",
        headers=http.Headers(tuple(answer_headers)),
        content=answer,
        trailers=None,
        timestamp_start=TIME + 0.1,
        timestamp_end=TIME + 0.2,
    )
    return made


def saved_flows(*flows: flow.Flow) -> bytes:
    file = io.BytesIO()
    writer = FlowWriter(file)
    for each in flows:
        writer.add(each)
    return file.getvalue()


def make_tcp_flow() -> tcp.TCPFlow:
    return tcp.TCPFlow(
        connection.Client(peername=("192.0.2.7", 1), sockname=("192.0.2.1", 2), timestamp_start=TIME),
        connection.Server(address=("192.0.2.9", 5060)),
    )


@pytest.fixture(scope="session")
def twilio_flow() -> Callable[..., http.HTTPFlow]:
    """A flow that Twilio refused; every part may be given by keyword."""
    return make_flow


@pytest.fixture(scope="session")
def tcp_flow() -> tcp.TCPFlow:
    return make_tcp_flow()


@pytest.fixture(scope="session")
def saved() -> Callable[..., bytes]:
    """Flows as the bytes of a capture."""
    return saved_flows
