import contextlib
import gzip
import io
import json
import zlib
from collections.abc import Callable
from typing import BinaryIO

import brotli  # type: ignore[import-untyped] # has no stubs
import pytest
import trustme
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import certs, http, tcp
from mitmproxy import flow as mitm_flow
from mitmproxy.io import tnetstring

from analyzers.building import GOOD, MESSAGES, SID, TIME, TOKEN
from analyzers.exchange import Fidelity
from recordings.mitm import OPTIONS, exchange_of, read
from recordings.reading import BODY_LIMIT, EntryError, Reading, UnreadableRecording

MakeFlow = Callable[..., http.HTTPFlow]
Saved = Callable[..., bytes]


def reading(data: bytes) -> Reading:
    return read(io.BytesIO(data))


def test_the_wire_form_is_kept(twilio_flow: MakeFlow, saved: Saved) -> None:
    [exchange] = reading(saved(twilio_flow())).exchanges

    assert exchange.request.headers == (
        (b"Host", b"api.twilio.com"),
        (b"authorization", GOOD),
        (b"X-A", b"1"),
        (b"X-A", b"2"),
    )
    assert exchange.request.target == MESSAGES % SID
    assert (exchange.request.method, exchange.request.scheme, exchange.request.host) == (
        "POST",
        "https",
        "api.twilio.com",
    )
    assert exchange.request.body == b"To=%2B1"
    assert exchange.response
    assert (exchange.response.status, exchange.response.reason) == (401, "Unauthorized")
    assert (exchange.started_at, exchange.finished_at) == (TIME, TIME + 0.2)
    assert exchange.client_address == "192.0.2.7"
    assert exchange.connection
    assert exchange.fidelity is Fidelity.FULL
    assert exchange.request.userinfo is None


def test_live_and_loaded_flows_give_the_same(twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()

    assert reading(saved(flow)).exchanges == (exchange_of(flow),)


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
        pytest.param(b"deflate", raw_deflate(b"body"), raw_deflate(b"body"), id="raw-deflate-is-left-to-the-answer"),
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


def test_missing_bodies_are_empty(twilio_flow: MakeFlow, saved: Saved) -> None:
    [exchange] = reading(saved(twilio_flow(body=None, answer=None))).exchanges

    assert exchange.response
    assert (exchange.request.body, exchange.response.body) == (b"", b"")


def test_an_error_takes_the_place_of_the_response(twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()
    flow.response = None
    flow.error = mitm_flow.Error("connection failed", TIME + 3)

    [exchange] = reading(saved(flow)).exchanges

    assert exchange.response is None
    assert exchange.error == "connection failed"
    assert exchange.finished_at == TIME + 3


def annotated(flow: http.HTTPFlow) -> http.HTTPFlow:
    flow.backup()
    flow.metadata["why20003"] = {"cause": "halves-swapped"}
    assert flow.response
    flow.response.headers["Why20003-Cause"] = "halves-swapped"
    flow.response.content = json.dumps({"code": 20003, "message": "Authenticate [why20003: x]"}).encode()
    return flow


def test_an_annotated_flow_shows_the_original_answer(twilio_flow: MakeFlow, saved: Saved) -> None:
    original = exchange_of(twilio_flow())
    flow = annotated(twilio_flow())

    assert exchange_of(flow).response == original.response
    assert reading(saved(flow)).exchanges[0].response == original.response


def test_an_edit_of_the_users_own_is_no_annotation(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow()
    flow.backup()
    assert flow.response
    flow.response.status_code = 200

    response = exchange_of(flow).response

    assert response
    assert response.status == 200


def test_an_annotation_without_a_backup_leaves_the_answer(twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()
    flow.metadata["why20003"] = {"cause": "x"}

    assert reading(saved(flow)).exchanges[0].response == exchange_of(twilio_flow()).response


def test_line_ends_that_the_addon_noted_come_back(twilio_flow: MakeFlow, saved: Saved) -> None:
    headers = ((b"Authorization", b"Basic YQ=="), (b"X-A", b"1"), (b"authorization", GOOD))
    flow = twilio_flow(headers=headers)
    flow.metadata["why20003_wire"] = [[1, "\n"]]

    [exchange] = reading(saved(flow)).exchanges

    assert exchange.request.headers == (*headers[:2], (b"authorization", GOOD + b"\n"))


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


def test_other_flows_are_skipped_and_keep_their_place(
    twilio_flow: MakeFlow, tcp_flow: tcp.TCPFlow, saved: Saved
) -> None:
    found = reading(saved(tcp_flow, twilio_flow(), tcp_flow, twilio_flow()))

    assert (found.skipped, len(found.exchanges), found.places) == (2, 2, (1, 3))
    assert [found.place(index) for index in range(2)] == [1, 3]


def test_one_bad_flow_does_not_lose_the_rest(twilio_flow: MakeFlow, saved: Saved) -> None:
    data = saved(twilio_flow(), twilio_flow()) + tnetstring.dumps({"version": 21, "type": TOKEN.decode()})
    data += saved(twilio_flow())

    found = reading(data)

    assert found.places == (0, 1, 3)
    assert [error.entry for error in found.errors] == [2]
    assert "cannot read the flow" in found.errors[0].says
    assert TOKEN.decode() not in str(found)


def test_a_flow_of_a_newer_mitmproxy_is_named_as_such(twilio_flow: MakeFlow) -> None:
    state = {**twilio_flow().get_state(), "version": 999}

    with pytest.raises(UnreadableRecording, match="written by a newer mitmproxy than"):
        reading(tnetstring.dumps(state))


def test_what_follows_the_last_flow_is_reported(twilio_flow: MakeFlow, saved: Saved) -> None:
    found = reading(saved(twilio_flow()) + TOKEN)

    assert len(found.exchanges) == 1
    assert found.errors == (EntryError(1, "expected a flow, found other bytes; nothing after them is read"),)
    assert not found.truncated


def test_a_capture_cut_anywhere_gives_what_is_whole(twilio_flow: MakeFlow, saved: Saved) -> None:
    one = saved(twilio_flow())
    both = one + saved(twilio_flow(status=200))
    exchanges = reading(both).exchanges

    for end in range(1, len(both)):
        found = reading(both[:end])
        whole = int(end >= len(one))
        assert (len(found.exchanges), found.truncated, found.errors) == (whole, end != len(one), ()), end
        assert found.exchanges == exchanges[:whole]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(TOKEN, "found something else", id="text"),
        pytest.param(b"5:hello,", "found something else", id="text-record"),
        pytest.param(b"0:}", "found something else", id="empty-record"),
        pytest.param(b"999999999999:" + TOKEN, "found something else", id="long-record"),
        pytest.param(b"9999999999999:9:websocket;", "found something else", id="absurd-length"),
        pytest.param(tnetstring.dumps({"version": 21}), "cannot read the flow", id="no-flow"),
    ],
)
def test_garbage_is_unreadable_and_never_quoted(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableRecording, match=says) as raised:
        reading(data)

    assert "expected a mitmproxy capture" in str(raised.value)
    assert TOKEN.decode() not in str(raised.value)


def test_a_length_that_the_file_does_not_have_costs_no_memory() -> None:
    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size < 1000
            return super().read(size)

    file: BinaryIO = Watched(b"999999999999:9:websocket;0:~")

    assert read(file) == Reading("mitm", (), truncated=True)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading_or_are_unreadable(data: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        assert isinstance(reading(data), Reading)


@given(position=st.integers(0, 4000), byte=st.binary(min_size=1, max_size=3))
def test_a_damaged_capture_gives_a_reading_or_is_unreadable(position: int, byte: bytes) -> None:
    data = _CAPTURE[0]
    position %= len(data)
    with contextlib.suppress(UnreadableRecording):
        assert isinstance(reading(data[:position] + byte + data[position + len(byte) :]), Reading)


_CAPTURE: list[bytes] = []


@pytest.fixture(autouse=True)
def _capture(twilio_flow: MakeFlow, saved: Saved) -> None:
    if not _CAPTURE:
        _CAPTURE.append(saved(twilio_flow(), twilio_flow()))


def test_who_issued_the_servers_certificate_is_told(twilio_flow: Callable[..., http.HTTPFlow]) -> None:
    authority = trustme.CA(organization_name="Example Gateway\x07", organization_unit_name="x")
    found = certs.Cert.from_pem(authority.issue_cert("api.twilio.com").cert_chain_pems[0].bytes())
    made = twilio_flow()
    made.server_conn.certificate_list = [found]
    assert exchange_of(made).tls_issuer == "Example Gateway"
    assert exchange_of(twilio_flow()).tls_issuer is None


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
