import gzip
import io
import os
import re
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.io import FlowReader

from analyzers.building import GOOD, accepted, redirected, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange, Fidelity, Request, Response
from analyzers.registry import RULES
from analyzers.rules import Rule
from recordings.decoding import BODY_LIMIT
from recordings.flows import exchange_of
from recordings.mitm_writing import mitm
from recordings.opening import open_recording, read_recording

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "80"))
SAMPLES = sorted((Path(__file__).resolve().parents[2] / "recordings" / "samples").glob("*.mitm"))


def written(*exchanges: Exchange) -> bytes:
    return b"".join(mitm(exchanges))


def again(*exchanges: Exchange) -> tuple[Exchange, ...]:
    reading = read_recording(io.BytesIO(written(*exchanges)))
    assert reading.errors == ()
    assert not reading.truncated
    return reading.exchanges


def flows(*exchanges: Exchange) -> list[http.HTTPFlow]:
    """What mitmproxy itself reads."""
    return [flow for flow in FlowReader(io.BytesIO(written(*exchanges))).stream() if isinstance(flow, http.HTTPFlow)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_as_they_were_with_their_diagnosis(sample: Path) -> None:
    exchanges = open_recording(sample).exchanges
    found = again(*exchanges)

    assert found == exchanges
    assert diagnose_all(found, b"key") == diagnose_all(exchanges, b"key")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_hit_and_miss_comes_back_and_mitmproxy_reads_the_same(rule: Rule) -> None:
    for exchanges in (tuple(rule.hit()), tuple(rule.miss())):
        assert again(*exchanges) == exchanges
        assert tuple(map(exchange_of, flows(*exchanges))) == exchanges


STRANGE = refused(GOOD)
PARTS: dict[str, dict[str, Any]] = {
    "version": {"version": "HTTP/2.0"},
    "http3": {"version": "HTTP/3"},
    "odd-version": {"version": "HTTP/\N{SNOWMAN}"},
    "port": {"port": 8443},
    "plain": {"scheme": "http", "port": 80},
    "ipv6": {"host": "2001:db8::2"},
    "address-that-was-meant": {"host": "127.0.0.1", "headers": ((b"Host", b"api.twilio.com"),)},
    "no-host": {"host": ""},
    "half-a-character-in-the-host": {"host": "api\udcff.example"},
    "capitals-in-the-host": {"host": "API.example"},
    "userinfo": {"userinfo": b"AC1:secret@x\xff"},
    "empty-userinfo": {"userinfo": b""},
    "method": {"method": "PROPFIND"},
    "odd-method": {"method": "G\N{SNOWMAN}T"},
    "query": {"target": b"/a?b=%20+c&d&e=\xff"},
    "no-path": {"target": b""},
    "absolute-target": {"target": b"https://api.twilio.com/x"},
    "headers": {"headers": ((b"A", b"\xff\x00\r\n x"), (b"a ", b""), (b"a ", b"2"), (b"\xe9", b"\xc3\xa9"))},
    "line-end": {"headers": ((b"Authorization", GOOD + b"\r\n"), (b"authorization", b"\n"))},
    "binary-body": {"body": b"\x00\xff\x80"},
    "text-body": {"body": "Größe".encode()},
}
# What other programs write, inside of what is recorded: a capture is known by its own beginning.
MARKS = (b'<items burpVersion="1">', b"<charles-session>", b"%PDF-", b'{"log": {', b"ustar" * 200, b"PK\x03\x04")
ODD = [
    *(
        pytest.param(replace(STRANGE, request=replace(STRANGE.request, body=mark)), id=f"mark-{n}")
        for n, mark in enumerate(MARKS)
    ),
    pytest.param(replace(STRANGE, started_at=None, finished_at=None), id="no-clock"),
    pytest.param(replace(STRANGE, started_at=0.1234567891, finished_at=7.0000001), id="exact-times"),
    pytest.param(replace(STRANGE, started_at=0.0, finished_at=-1.0), id="times-that-mean-unknown"),
    pytest.param(replace(STRANGE, started_at=1e300, finished_at=float("inf")), id="times-of-no-calendar"),
    pytest.param(replace(STRANGE, finished_at=None), id="never-finished"),
    pytest.param(replace(STRANGE, response=None, error="connection \N{SNOWMAN} closed"), id="failed"),
    pytest.param(replace(STRANGE, response=None, error="\udc80"), id="failed-in-no-unicode"),
    pytest.param(replace(STRANGE, response=None, error=""), id="failed-without-a-word"),
    pytest.param(replace(STRANGE, response=None), id="pending-with-an-end"),
    pytest.param(replace(STRANGE, response=None, finished_at=None), id="pending"),
    pytest.param(replace(STRANGE, error="client disconnected"), id="failed-after-the-answer"),
    pytest.param(replace(STRANGE, response=None, error="x", refused_by_proxy=True), id="refused-by-proxy"),
    pytest.param(replace(STRANGE, client_address="2001:db8::1", connection="abc"), id="client"),
    pytest.param(replace(STRANGE, client_address=None, connection=None), id="nobody"),
    pytest.param(replace(STRANGE, client_address="", connection=""), id="empty-names"),
    pytest.param(replace(STRANGE, connection="\ud800"), id="connection-in-no-unicode"),
    pytest.param(replace(STRANGE, server_address="54.172.60.0", tls_version="TLSv1.3"), id="server"),
    pytest.param(replace(STRANGE, server_address="2600:1f18::1", tls_version="TLSv1"), id="ipv6-server"),
    pytest.param(replace(STRANGE, server_address="no \N{SNOWMAN} address", tls_version="TLSv9"), id="odd-server"),
    pytest.param(replace(STRANGE, tls_issuer="Twilio", proxy_options=("stickyauth", "modify_headers")), id="recorder"),
    pytest.param(replace(STRANGE, proxy_options=("no name", "\udc80")), id="odd-options"),
    *(pytest.param(replace(STRANGE, fidelity=fidelity), id=fidelity.value) for fidelity in Fidelity),
    pytest.param(accepted(None), id="nothing-authorized"),
    pytest.param(redirected(GOOD, b"https://api.twilio.com/x"), id="redirect"),
    *(
        pytest.param(replace(STRANGE, request=replace(STRANGE.request, **parts)), id=name)
        for name, parts in PARTS.items()
    ),
    pytest.param(
        replace(STRANGE, response=Response(status=599, reason="Ümlaut", headers=((b"x", b"\xfe"),), body=b"\x1f\x8b")),
        id="answer",
    ),
    pytest.param(
        replace(STRANGE, response=Response(status=0, reason="\N{SNOWMAN}", headers=())), id="answer-of-no-protocol"
    ),
]


@pytest.mark.parametrize("exchange", ODD)
def test_whatever_an_exchange_holds_comes_back(exchange: Exchange) -> None:
    assert again(exchange) == (exchange,)
    (flow,) = flows(exchange)
    assert exchange_of(flow) == exchange


TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(["", "\udcff", "\ud800", "0:~", "5:a,]"])
TIMES = st.none() | st.floats(allow_nan=False) | st.floats(1, 4e9) | st.integers(0, 10)
CODINGS = st.sampled_from([b"gzip", b"x-gzip", b" BR", b"deflate", b"zstd", b"compress", b"gzip, br", b""])
LINES = st.lists(
    st.tuples(st.sampled_from([b"Host", b"Authorization", b"X", b"x"]) | st.binary(max_size=6), st.binary(max_size=30))
    | st.tuples(st.sampled_from([b"Content-Encoding", b"content-encoding"]), CODINGS),
    max_size=5,
).map(tuple)
HOSTS = st.sampled_from(["api.twilio.com", "10.0.0.1", "localhost", "other.example"]) | TEXTS
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST"]) | TEXTS,
    scheme=st.sampled_from(["http", "https"]) | TEXTS,
    host=HOSTS,
    port=st.integers(-1, 70000),
    target=st.binary(max_size=40).map(lambda path: b"/" + path) | st.binary(max_size=9),
    version=st.sampled_from(["HTTP/1.1", "HTTP/2.0"]) | TEXTS,
    userinfo=st.none() | st.binary(max_size=20),
    headers=LINES,
    body=st.binary(max_size=60),
)
RESPONSES = st.builds(
    Response,
    status=st.integers(-1, 10**6) | st.sampled_from([200, 204, 401]),
    reason=TEXTS,
    headers=LINES,
    body=st.binary(max_size=60),
)
EXCHANGES = st.builds(  # every field, but what a message remembers of itself
    Exchange,
    request=REQUESTS,
    response=st.none() | RESPONSES,
    error=st.none() | TEXTS,
    refused_by_proxy=st.booleans(),
    started_at=TIMES,
    finished_at=TIMES,
    client_address=st.none() | TEXTS,
    connection=st.none() | TEXTS,
    fidelity=st.sampled_from(Fidelity),
    tls_issuer=st.none() | TEXTS,
    server_address=st.none() | TEXTS | st.sampled_from(["54.172.60.0", "::1"]),
    tls_version=st.none() | TEXTS | st.sampled_from(["SSLv2", "TLSv1", "TLSv1.3", "QUICv1"]),
    proxy_options=st.lists(TEXTS | st.just("stickyauth"), max_size=25).map(tuple),
)


@settings(max_examples=EXAMPLES)
@given(st.lists(EXCHANGES, max_size=3))
def test_any_exchanges_come_back(exchanges: list[Exchange]) -> None:
    found = again(*exchanges) if exchanges else ()
    assert found == tuple(exchanges)
    assert [exchange_of(flow) for flow in flows(*exchanges)] == exchanges
    assert written(*exchanges) == written(*found)


def test_nothing_is_nothing() -> None:
    assert written() == b""


def test_it_streams_a_flow_for_each_exchange() -> None:
    asked: list[int] = []

    def exchanges() -> Any:  # noqa: ANN401 - a generator
        for number in range(3):
            asked.append(number)
            yield refused(GOOD, at=number)

    pieces = mitm(exchanges())
    assert asked == []
    first = next(pieces)
    assert asked == [0]
    assert read_recording(io.BytesIO(first)).exchanges == (refused(GOOD, at=0),)


def test_memory_does_not_grow_with_the_number_of_exchanges() -> None:
    body = b"x" * 20_000
    made = (refused(GOOD, at=number, body=body) for number in range(300))
    tracemalloc.start()
    total = sum(map(len, mitm(made)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 6_000_000
    assert peak < 1_000_000


def test_ids_are_of_the_form_of_mitmproxys_and_differ() -> None:
    one, same, other = flows(refused(GOOD), refused(GOOD), refused(GOOD, at=1))
    ids = [flow.id for flow in (one, same, other)] + [flow.server_conn.id for flow in (one, same, other)]
    assert len({*ids}) == 6
    assert all(re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){7}", each) for each in ids)
    # mitmproxy shows one flow of an id, so the first flows of two files must not share theirs.
    assert flows(other_one := refused(GOOD, at=1))[0].id != one.id
    assert written(other_one) == written(other_one)


def test_exchanges_of_one_connection_stay_together_and_others_apart() -> None:
    shared = [replace(refused(GOOD, at=at), connection="c7") for at in (0, 1)]
    alone = [replace(refused(GOOD, at=at), connection=None) for at in (2, 3)]
    clients = [flow.client_conn.id for flow in flows(*shared, *alone)]
    assert clients[:2] == ["c7", "c7"]
    assert len({*clients}) == 3


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_mitmproxy_undoes_the_coding_that_a_header_names(coding: bytes) -> None:
    body = b'{"code":20003}'
    answer = Response(status=401, headers=((b"Content-Encoding", coding),), body=body)
    (flow,) = flows(refused(GOOD, answer=answer))
    assert flow.response
    assert flow.response.content == body
    assert again(refused(GOOD, answer=answer)) == (refused(GOOD, answer=answer),)


def test_a_body_that_is_packed_although_no_header_says_so_is_left_alone() -> None:
    exchange = refused(GOOD, body=gzip.compress(b"x"))
    assert again(exchange) == (exchange,)


@pytest.mark.parametrize("coding", [b"", b"gzip", b"br"])
def test_of_a_long_body_the_beginning_comes_back(coding: bytes) -> None:
    body = os.urandom(BODY_LIMIT + 5)
    (found,) = again(refused(GOOD, body=body, extra=((b"Content-Encoding", coding),) if coding else ()))
    assert found.request.body == body[:BODY_LIMIT]


def test_no_certificate_is_made_up() -> None:
    (flow,) = flows(replace(STRANGE, tls_issuer="Example CA"))
    assert flow.server_conn.certificate_list == []
    assert (flow.server_conn.tls, flow.client_conn.tls) == (True, True)
    assert flow.server_conn.address == ("api.twilio.com", 443)
    (plain,) = flows(refused(GOOD, scheme="http"))
    assert (plain.server_conn.tls, plain.client_conn.tls) == (False, False)


@pytest.mark.parametrize(
    ("address", "version", "peer", "shown"),
    [
        pytest.param("54.172.60.0", "TLSv1.3", ("54.172.60.0", 443), "TLSv1.3", id="known"),
        pytest.param("54.172.60.0", None, ("54.172.60.0", 443), None, id="address-alone"),
        pytest.param(None, "QUICv1", None, "QUICv1", id="version-alone"),
        pytest.param("", "TLSv1.4", None, None, id="nothing-that-mitmproxy-has-a-place-for"),
    ],
)
def test_mitmproxy_shows_the_server(
    address: str | None, version: str | None, peer: tuple[str, int] | None, shown: str | None
) -> None:
    exchange = replace(STRANGE, server_address=address, tls_version=version)
    (flow,) = flows(exchange)
    assert (flow.server_conn.peername, flow.server_conn.tls_version) == (peer, shown)
    assert flow.client_conn.tls_version is None
    assert again(exchange) == (exchange,)


def test_an_ordinary_flow_has_no_note() -> None:
    (flow,) = flows(STRANGE)
    assert flow.metadata == {}


def test_mitmdump_opens_it(tmp_path: Path) -> None:
    target, copied = tmp_path / "out.mitm", tmp_path / "again.mitm"
    exchanges = [case.values[0] for case in ODD if isinstance(case.values[0], Exchange)]
    target.write_bytes(written(*exchanges))
    mitmdump = Path(sys.executable).with_name("mitmdump")
    command: list[str | Path] = [mitmdump, "-nr", target, "-w", copied, "--set", f"confdir={tmp_path / 'conf'}"]
    done = subprocess.run(
        [*command, "--flow-detail", "3", "--set", f"hardump={tmp_path / 'out.har'}"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {*open_recording(copied).exchanges} == {*exchanges}  # it saves some later, and one twice
    assert done.stderr == b""
    assert b"HAR file saved" in done.stdout
