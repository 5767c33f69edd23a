import gzip
import json
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped] # has no stubs
import pytest
import trustme
import zstandard
from mitmproxy import certs, http
from mitmproxy.connection import TlsVersion

from recordings.decoding import BODY_LIMIT
from recordings.flows import OPTIONS, exchange_of

MakeFlow = Callable[..., http.HTTPFlow]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "54.172.60.0"])
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param({"sni": "api.twilio.com"}, ("api.twilio.com", 8443), id="sni"),
        pytest.param({"headers": ((b"host", b"API.twilio.com"),)}, ("api.twilio.com", 443), id="host"),
        pytest.param({"authority": b"verify.twilio.com:8080"}, ("verify.twilio.com", 8080), id="authority"),
    ],
)
def test_an_address_gives_way_to_the_twilio_host_that_was_meant(
    twilio_flow: MakeFlow, host: str, named: dict[str, object], expected: tuple[str, int]
) -> None:
    request = exchange_of(twilio_flow(**{"host": host, "port": 8443, "headers": (), **named})).request

    assert (request.host, request.port) == expected


def test_an_address_stays_where_no_twilio_host_is_named(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow(host="10.0.0.1", headers=((b"Host", b"intranet.example"),), sni="twilio.com.example")

    assert exchange_of(flow).request.host == "10.0.0.1"


def test_a_name_is_never_replaced(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow(host="Backend.example", headers=((b"Host", b"api.twilio.com"),), sni="api.twilio.com")

    assert exchange_of(flow).request.host == "backend.example"


@pytest.mark.parametrize(
    ("path", "target"),
    [(b"/a?b", b"/a?b"), (b"", b"/"), (b"*", b"*"), (b"http://api.twilio.com/a", b"/a"), (b"http://h?x", b"/?x")],
)
def test_the_target_is_in_origin_form(twilio_flow: MakeFlow, path: bytes, target: bytes) -> None:
    assert exchange_of(twilio_flow(path=path)).request.target == target


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed", "body"),
    [
        pytest.param(b"gzip", gzip.compress(b"body"), b"body", id="gzip"),
        pytest.param(b"GZIP", gzip.compress(b"body"), b"body", id="upper-case"),
        pytest.param(b"deflate", zlib.compress(b"body"), b"body", id="deflate"),
        pytest.param(b"deflate", raw_deflate(b"body"), b"body", id="raw-deflate"),
        pytest.param(b"br", brotli.compress(b"body"), b"body", id="br"),
        pytest.param(b"zstd", zstandard.compress(b"body"), b"body", id="zstd"),
        pytest.param(b"gzip", b"body", b"body", id="not-gzip"),
        pytest.param(b"br", b"body", b"body", id="not-br"),
        pytest.param(b"utf-8", b"body", b"body", id="no-content-encoding-at-all"),
        pytest.param(b"gzip", gzip.compress(b"x" * 10**6), b"x" * BODY_LIMIT, id="gzip-bomb"),
        pytest.param(b"identity", b"x" * 10**6, b"x" * BODY_LIMIT, id="long"),
        pytest.param(b"gzip", None, b"", id="no-body"),
    ],
)
def test_a_body_is_unpacked_and_bounded(
    twilio_flow: MakeFlow, encoding: bytes, packed: bytes | None, body: bytes
) -> None:
    flow = twilio_flow(answer=packed, answer_headers=((b"Content-Encoding", encoding),))

    response = exchange_of(flow).response

    assert response
    assert response.body == body


def annotated(flow: http.HTTPFlow) -> http.HTTPFlow:
    flow.backup()
    flow.metadata["why20003"] = {"cause": "halves-swapped"}
    assert flow.response
    flow.response.headers["Why20003-Cause"] = "halves-swapped"
    flow.response.content = json.dumps({"code": 20003, "message": "Authenticate [why20003: x]"}).encode()
    return flow


def test_an_edit_of_the_users_own_is_no_annotation(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow()
    flow.backup()
    assert flow.response
    flow.response.status_code = 200

    response = exchange_of(flow).response

    assert response
    assert response.status == 200


@pytest.mark.parametrize("noted", ["text", [[0, "x"]], [[0]], [["0", "\n"]], [[5, "\n"]], {"0": "\n"}, None, 1])
def test_anything_else_noted_there_changes_nothing(twilio_flow: MakeFlow, noted: object) -> None:
    flow = twilio_flow()
    flow.metadata["why20003_wire"] = noted

    assert exchange_of(flow).request == exchange_of(twilio_flow()).request


@pytest.mark.parametrize(("noted", "refused"), [(True, True), (False, False), ("yes", False), (None, False)])
def test_a_request_that_the_proxy_refused_says_so(twilio_flow: MakeFlow, noted: object, refused: object) -> None:
    flow = twilio_flow()
    flow.metadata["why20003_refused"] = noted

    assert exchange_of(flow).refused_by_proxy is refused


def test_who_issued_the_servers_certificate_is_told(twilio_flow: Callable[..., http.HTTPFlow]) -> None:
    authority = trustme.CA(organization_name="Example Gateway\x07", organization_unit_name="x")
    found = certs.Cert.from_pem(authority.issue_cert("api.twilio.com").cert_chain_pems[0].bytes())
    made = twilio_flow()
    made.server_conn.certificate_list = [found]
    assert exchange_of(made).tls_issuer == "Example Gateway"
    assert exchange_of(twilio_flow()).tls_issuer is None


@pytest.mark.parametrize(
    ("peer", "version", "expected"),
    [
        pytest.param(("54.172.60.0", 443), "TLSv1.3", ("54.172.60.0", "TLSv1.3"), id="server"),
        pytest.param(("2600:1f18::1", 443, 0, 0), "QUICv1", ("2600:1f18::1", "QUICv1"), id="ipv6"),
        pytest.param(None, "TLSv1.2", (None, "TLSv1.2"), id="upstream-proxy"),
        pytest.param(("", 0), None, (None, None), id="none"),
    ],
)
def test_the_connection_to_the_server_is_told_and_not_the_clients(
    twilio_flow: MakeFlow, peer: tuple[str, int] | None, version: TlsVersion | None, expected: tuple[object, object]
) -> None:
    made = twilio_flow()
    made.client_conn.tls_version = "TLSv1.1"
    made.server_conn.peername, made.server_conn.tls_version = peer, version
    exchange = exchange_of(made)
    assert (exchange.server_address, exchange.tls_version) == expected


@pytest.mark.parametrize(
    ("noted", "options"),
    [
        (["stickyauth", "modify_headers"], ("stickyauth", "modify_headers")),
        (None, ()),
        ("stickyauth", ()),
        ([1, None, "a b", "map_remote"], ("map_remote",)),
    ],
)
def test_options_of_the_recording_proxy(
    twilio_flow: Callable[..., http.HTTPFlow], noted: object, options: tuple[str, ...]
) -> None:
    made = twilio_flow()
    if noted is not None:
        made.metadata[OPTIONS] = noted
    assert exchange_of(made).proxy_options == options
