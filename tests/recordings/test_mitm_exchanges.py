"""Every saved flow gives the exchange that mitmproxy's own reading of it gives, whichever way it is read."""

import functools
import gzip
import io
import os
from collections.abc import Callable
from typing import Any

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import certs, http
from mitmproxy import flow as mitm_flow
from mitmproxy.io import FlowReader
from mitmproxy.proxy import mode_specs
from mitmproxy.websocket import WebSocketData, WebSocketMessage

from analyzers.building import GOOD, TIME
from analyzers.exchange import Exchange
from recordings.flow_state import exchange_in
from recordings.flows import exchange_of
from recordings.mitm import Located, MitmFile

MakeFlow = Callable[..., http.HTTPFlow]
Saved = Callable[..., bytes]
Change = Callable[[http.HTTPFlow], object]

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "30"))


def as_mitmproxy_reads(data: bytes) -> list[Exchange]:
    flows = FlowReader(io.BytesIO(data)).stream()
    return [exchange_of(flow) for flow in flows if isinstance(flow, http.HTTPFlow)]


def check(data: bytes) -> None:
    expected = as_mitmproxy_reads(data)
    assert expected
    capture = MitmFile(io.BytesIO(data), everything=True)
    entries = [item for item in capture.items() if isinstance(item, Located)]
    assert [entry.exchange for entry in entries] == expected
    assert expected == [entry.exchange for entry in entries]  # both ways round, since a class of ours compares
    assert [hash(entry.exchange) for entry in entries] == [hash(one) for one in expected]
    assert [capture.at(entry.offset) for entry in entries] == expected
    assert [repr(entry.exchange.request) for entry in entries] == [repr(one.request) for one in expected]
    ends = [*(entry.offset for entry in entries[1:]), len(data)]
    records = [data[entry.offset : end] for entry, end in zip(entries, ends, strict=True)]
    assert [exchange_in(record) for record in records] == expected


@functools.cache
def certificate(organization: str = "Example CA", host: str = "api.twilio.com") -> certs.Cert:
    authority = trustme.CA(organization_name=organization)
    return certs.Cert.from_pem(authority.issue_cert(host).cert_chain_pems[0].bytes())


def setting(where: str, value: object) -> Change:
    def change(flow: http.HTTPFlow) -> None:
        *parts, last = where.split(".")
        setattr(functools.reduce(getattr, parts, flow), last, value)

    return change


def every(*changes: Change) -> Change:
    def change(flow: http.HTTPFlow) -> None:
        for one in changes:
            one(flow)

    return change


def annotated(flow: http.HTTPFlow) -> None:
    flow.backup()
    flow.metadata["why20003"] = {"cause": "halves-swapped", "fix": ["x"]}
    assert flow.response
    flow.response.headers["Why20003-Cause"] = "halves-swapped"
    flow.response.content = b'{"code":20003,"message":"Authenticate [why20003: x]"}'
    flow.comment = "halves-swapped; 5:marks,"
    flow.marked = ":red_circle:"


def edited(flow: http.HTTPFlow) -> None:
    flow.backup()
    assert flow.response
    flow.response.status_code = 200


def nothing_before(flow: http.HTTPFlow) -> None:
    backup: Any = flow._backup
    backup["response"] = None


# Flows that are written again and again, so that they have to be read by their layout.
USUAL: dict[str, Change] = {
    "plain": lambda _: None,
    "accepted": setting("response.status_code", 200),
    "http-2": every(
        setting("request.http_version", "HTTP/2.0"),
        setting("request.authority", "api.twilio.com"),
        setting("response.reason", ""),
        setting("client_conn.alpn", b"h2"),
    ),
    "http-3": every(setting("request.http_version", "HTTP/3"), setting("client_conn.tls_version", "QUICv1")),
    "http-1.0": setting("response.http_version", "HTTP/1.0"),
    "ipv6-client": setting("client_conn.peername", ("2001:db8::1", 55555, 0, 0)),
    "plain-http": setting("request.data.scheme", b"http"),
    "upper-case-scheme": setting("request.data.scheme", b"HTTP"),
    "upper-case-host": setting("request.data.host", "API.Twilio.com"),
    "certificate": setting("server_conn.certificate_list", [certificate(), certificate("Other")]),
    "tls": every(
        setting("client_conn.sni", "api.twilio.com"),
        setting("server_conn.sni", "api.twilio.com"),
        setting("server_conn.timestamp_tls_setup", TIME),
        setting("server_conn.cipher", "TLS_AES_256_GCM_SHA384"),
        setting("server_conn.tls_version", "TLSv1.3"),
        setting("server_conn.alpn", b"http/1.1"),
        setting("server_conn.alpn_offers", [b"h2", b"http/1.1"]),
        setting("server_conn.cipher_list", ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA"]),
        setting("client_conn.mitmcert", certificate("mitmproxy")),
        setting("client_conn.certificate_list", [certificate("Client CA", "client.example")]),
    ),
    "server-address": setting("server_conn.peername", ("54.172.60.0", 443)),
    "ipv6-server": every(
        setting("server_conn.peername", ("2600:1f18::1", 443, 0, 0)),
        setting("server_conn.sockname", ("2001:db8::7", 50123, 0, 0)),
        setting("server_conn.certificate_list", [certificate()]),
        setting("server_conn.tls_version", "TLSv1.2"),
    ),
    "server-of-no-name": setting("server_conn.peername", ("", 0)),
    "http-3-server": every(
        setting("server_conn.tls_version", "QUICv1"),
        setting("server_conn.transport_protocol", "udp"),
        setting("server_conn.peername", ("54.172.60.1", 443)),
    ),
    "upstream": every(
        setting("client_conn.proxy_mode", mode_specs.ProxyMode.parse("upstream:http://127.0.0.1:3128")),
        setting("server_conn.via", ("http", ("127.0.0.1", 3128))),
    ),
    "reverse-to-an-address": every(
        setting("client_conn.proxy_mode", mode_specs.ProxyMode.parse("reverse:https://127.0.0.1:8443")),
        setting("request.data.host", "127.0.0.1"),
        setting("request.data.port", 8443),
    ),
    "transparent-with-sni": every(
        setting("client_conn.proxy_mode", mode_specs.ProxyMode.parse("transparent")),
        setting("request.data.host", "54.172.60.0"),
        setting("request.headers", http.Headers(((b"Authorization", GOOD),))),
        setting("client_conn.sni", "Verify.twilio.com"),
    ),
    "transparent-with-the-servers-sni": every(
        setting("request.data.host", "::1"),
        setting("request.headers", http.Headers()),
        setting("server_conn.sni", "verify.twilio.com"),
    ),
    "local-host-that-is-nobody-else": every(
        setting("request.data.host", "localhost"), setting("request.headers", http.Headers())
    ),
    "gzip": every(
        setting("response.data.content", gzip.compress(b"answer")),
        setting("response.headers", http.Headers(((b"Content-Encoding", b"gzip"),))),
    ),
    "gzip-accepted": every(
        setting("response.status_code", 201),
        setting("response.data.content", gzip.compress(b"answer")),
        setting("response.headers", http.Headers(((b"content-encoding", b"gzip"),))),
    ),
    "gzip-request": every(
        setting("request.data.content", gzip.compress(b"asked")),
        setting("request.headers", http.Headers(((b"Content-Encoding", b"gzip"), (b"Host", b"api.twilio.com")))),
    ),
    "no-headers": every(setting("request.headers", http.Headers()), setting("response.headers", http.Headers())),
    "no-bodies": every(setting("request.data.content", None), setting("response.data.content", None)),
    "long-bodies": every(
        setting("request.data.content", b"q" * 200_000), setting("response.data.content", b"a" * 200_000)
    ),
    "absolute-target": setting("request.data.path", b"https://api.twilio.com/x?y,z;#"),
    "no-target": setting("request.data.path", b""),
    "no-clock": every(setting("request.timestamp_start", 0.0), setting("response.timestamp_end", 0.0)),
    "intercepted": setting("intercepted", True),  # noqa: FBT003 - a value, no switch
}
# And what few flows have.
RARE: dict[str, Change] = {
    "annotated": annotated,
    "edited": edited,
    "edited-and-annotated-before": every(edited, annotated),
    "annotated-and-nothing-before": every(annotated, nothing_before),
    "refused-by-the-proxy": lambda flow: flow.metadata.update(why20003_refused=True),
    "line-ends": lambda flow: flow.metadata.update(why20003_wire=[[0, "\r\n"]]),
    "options": lambda flow: flow.metadata.update(why20003_options=["stickyauth", 1]),
    "metadata-of-others": lambda flow: flow.metadata.update({"a": {"b": [1, 2.5, None, True, b"x"]}}),
    "failed": every(setting("response", None), setting("error", mitm_flow.Error("connection refused", TIME + 3))),
    "failed-after-the-answer": setting("error", mitm_flow.Error("client disconnected", TIME + 3)),
    "pending": setting("response", None),
    "web-socket": every(
        setting("response.status_code", 101),
        setting("websocket", WebSocketData(messages=[WebSocketMessage(1, True, b"x" * 100)])),  # noqa: FBT003
    ),
    "trailers": every(
        setting("request.trailers", http.Headers(a=b"b")), setting("response.trailers", http.Headers(c="d"))
    ),
    "answer-without-end": setting("response.timestamp_end", None),
    "request-without-end": setting("request.timestamp_end", None),
    "whole-seconds": every(setting("request.timestamp_start", 17), setting("response.timestamp_end", 18)),
    "no-client": setting("client_conn.peername", ("", 0)),
    "named-connection": setting("client_conn.id", "of another program"),
    "four-digits": setting("response.status_code", 1401),
    "replayed": setting("is_replay", "request"),
    "server-that-failed": every(
        setting("server_conn.error", "certificate; verify failed"),
        setting("server_conn.peername", ("54.172.60.0", 443)),
        setting("server_conn.tls_version", "TLSv1.1"),
    ),
    "named-server-connection": every(
        setting("server_conn.id", "of another program"), setting("server_conn.peername", ("54.172.60.0", 443))
    ),
    "international-host": setting("request.data.host", "bücher.example"),
}
# Parts that look like what stands around them.
SNARES = [
    *(b",]", b"]", b"}", b";", b",", b"#", b"^", b":", b"0:~", b"2:id;36:", b",9:authority;0:,6:scheme;5:https,"),
    b",11:status_code;3:200#13:timestamp_end;18:1793704448.0412345^15:timestamp_start;3:1.5^8:trailers;0:~7:content;0:",
    b"6:method;3:GET,4:port;3:443#4:host;11:example.com;13:timestamp_end;",
    b",]5:1:a,1:b,]",
    b"]12:http_version;8:HTTP/1.1,}",
    b"16:certificate_list;5:2:ab,]",
    b"x]8:peername;17:7:1.2.3.4;3:443#]",
    b"0:~8:sockname;0:~8:peername;0:~",
]


@pytest.mark.parametrize("name", [*USUAL, *RARE])
def test_a_flow_is_read_as_mitmproxy_reads_it(twilio_flow: MakeFlow, saved: Saved, name: str) -> None:
    flow = twilio_flow()
    {**USUAL, **RARE}[name](flow)

    check(saved(flow, twilio_flow(), flow))


@pytest.mark.parametrize("name", USUAL)
def test_the_usual_flows_are_read_by_their_layout(
    twilio_flow: MakeFlow, saved: Saved, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = twilio_flow()
    USUAL[name](flow)
    monkeypatch.setattr("recordings.mitm.exchange_in", lambda _: "was parsed")

    [item] = MitmFile(io.BytesIO(saved(flow)), everything=True).items()

    assert isinstance(item, Located)


@pytest.mark.parametrize("snare", SNARES)
@pytest.mark.parametrize(
    "where",
    [
        *("request.data.path", "request.data.authority", "request.data.method", "request.data.http_version"),
        *("response.data.reason", "response.data.http_version", "request.data.content", "response.data.content"),
        *("request.headers", "response.headers", "request.data.host", "client_conn.sni", "server_conn.sni"),
        *("server_conn.address", "server_conn.alpn", "server_conn.cipher_list", "comment", "client_conn.peername"),
        *("server_conn.peername", "server_conn.sockname", "server_conn.error", "server_conn.id"),
    ],
)
@pytest.mark.parametrize("status", [200, 401])
def test_nothing_that_a_flow_holds_is_taken_for_its_layout(
    twilio_flow: MakeFlow, saved: Saved, snare: bytes, where: str, status: int
) -> None:
    text, value = snare.decode(), b"x" + snare + b"y"
    values: dict[str, object] = {
        "request.headers": http.Headers(((b"a", value), (value, b"b"), (b"c", snare), (snare, b"d"))),
        "response.headers": http.Headers(
            ((b"a", value), (b"c", snare), (b"c", b"")) + ((value, b"b"),) * (status > 200)
        ),
        "server_conn.address": (text, 443),
        "server_conn.cipher_list": [text, "a" + text],
        "client_conn.peername": (text, 7),
        "server_conn.peername": (text, 443),
        "server_conn.sockname": (text, 7),
        "server_conn.id": text[:36].ljust(36),
    }
    texts = {"request.data.host", "client_conn.sni", "server_conn.sni", "server_conn.error", "comment"}
    is_text = where in texts
    flow = twilio_flow(status=status)
    setting("server_conn.peername", ("54.172.60.0", 443))(flow)
    setting(where, values.get(where, text if is_text else value))(flow)

    check(saved(flow, twilio_flow()))


def with_parts(*parts: bytes) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(parts) | st.binary(max_size=4), max_size=4).map(b"".join)


BYTES = with_parts(*SNARES, b"twilio", b"/Accounts/", b"api.twilio.com")
TEXTS = BYTES.map(lambda some: some.decode("utf-8", "replace"))
HOSTS = st.sampled_from(["api.twilio.com", "API.TWILIO.COM", "10.0.0.1", "localhost", "other.example", ""]) | TEXTS
LINES = st.lists(
    st.tuples(st.sampled_from([b"Host", b"Authorization", b"Content-Encoding", b"X"]) | BYTES, BYTES), max_size=4
).map(lambda lines: http.Headers(tuple(lines)))
TIMES = st.floats(0, 4e9) | st.sampled_from([TIME, 0.0, 1e-7, 1e22])
MAYBE_TIMES = TIMES | st.none()
NAMES = st.none() | HOSTS
CERTIFICATES = st.sampled_from([[], [certificate()], [certificate("Other"), certificate()]])
NOTED: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | BYTES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
PEERS = st.none() | st.tuples(
    TEXTS | st.sampled_from(["54.172.60.0", "2600:1f18::1", "127.0.0.1", ""]), st.integers(0, 65535)
)
METADATA: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    st.sampled_from(["why20003", "why20003_wire", "why20003_refused", "why20003_options"]) | TEXTS, NOTED, max_size=3
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **{f"request.data.{name}": BYTES for name in ("path", "authority", "method", "scheme", "http_version")},
    **{f"response.data.{name}": BYTES for name in ("reason", "http_version")},
    **{f"{message}.data.content": BYTES | st.none() for message in ("request", "response")},
    **{f"{message}.headers": LINES for message in ("request", "response")},
    **{f"{message}.data.trailers": LINES | st.none() for message in ("request", "response")},
    **{f"{message}.data.timestamp_end": MAYBE_TIMES for message in ("request", "response")},
    "request.data.timestamp_start": TIMES,
    "request.data.host": HOSTS,
    "request.data.port": st.integers(0, 70000),
    "response.data.status_code": st.integers(0, 999) | st.sampled_from([200, 204, 304, 401]),
    "client_conn.sni": NAMES,
    "server_conn.sni": NAMES,
    "client_conn.peername": st.tuples(TEXTS | st.just("192.0.2.1"), st.integers(0, 65535)),
    "server_conn.peername": PEERS,
    "server_conn.sockname": PEERS,
    "server_conn.error": st.none() | TEXTS,
    "server_conn.tls_version": st.none() | st.sampled_from(["SSLv3", "TLSv1", "TLSv1.2", "TLSv1.3", "QUICv1"]),
    "client_conn.alpn": BYTES | st.none(),
    "server_conn.alpn": BYTES | st.none(),
    "server_conn.alpn_offers": st.lists(BYTES, max_size=2),
    "server_conn.address": st.none() | st.tuples(TEXTS, st.integers(0, 65535)),
    "server_conn.certificate_list": CERTIFICATES,
    "client_conn.certificate_list": CERTIFICATES,
    "server_conn.timestamp_start": MAYBE_TIMES,
    "client_conn.timestamp_end": MAYBE_TIMES,
    "metadata": METADATA,
    "comment": TEXTS,
    "marked": TEXTS,
    "error": st.none() | st.builds(mitm_flow.Error, TEXTS, TIMES),
}


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, object]]:
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=5, unique=True))
    return [(name, draw(FIELDS[name])) for name in names]


@settings(max_examples=EXAMPLES)
@given(
    st.lists(
        st.tuples(st.sampled_from([200, 204, 401, None]), changes(), st.booleans(), changes()), min_size=1, max_size=4
    )
)
def test_flows_of_any_content_are_read_as_mitmproxy_reads_them(
    twilio_flow: MakeFlow,
    saved: Saved,
    drawn: list[tuple[int | None, list[tuple[str, object]], bool, list[tuple[str, object]]]],
) -> None:
    flows = []
    for status, before, backed_up, after in drawn:
        flow = twilio_flow(status=status or 200)
        if status is None:
            flow.response = None
        apply(flow, before)
        if backed_up:
            flow.backup()
            apply(flow, after)
        flows.append(flow)

    check(saved(*flows))


def apply(flow: http.HTTPFlow, drawn: list[tuple[str, object]]) -> None:
    for where, value in drawn:
        if flow.response is not None or not where.startswith("response"):
            setting(where, value)(flow)


def test_a_head_that_was_damaged_unseen_is_empty_and_raises_nothing(twilio_flow: MakeFlow, saved: Saved) -> None:
    data = saved(twilio_flow(status=200)).replace(b"12:Content-Type,", b"99:Content-Type,")

    [item] = MitmFile(io.BytesIO(data)).items()

    assert isinstance(item, Located)
    assert item.exchange.response
    assert item.exchange.response.headers == ()
