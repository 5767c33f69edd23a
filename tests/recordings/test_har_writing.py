import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, accepted, redirected, refused
from analyzers.exchange import Exchange, Fidelity, Request, Response
from analyzers.registry import RULES
from recordings.har_writing import HarEntry, har
from recordings.opening import open_recording, read_recording

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "recordings" / "samples").glob("*.mitm"))


def written(*exchanges: Exchange) -> bytes:
    return b"".join(har(map(HarEntry, exchanges), version="1.2.3"))


def again(*exchanges: Exchange) -> tuple[Exchange, ...]:
    reading = read_recording(io.BytesIO(written(*exchanges)))
    assert reading.errors == ()
    assert not reading.truncated
    return reading.exchanges


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_as_they_were(sample: Path) -> None:
    # A HAR is read in the order of time, a capture in the order in which its exchanges ended.
    exchanges = tuple(sorted(open_recording(sample).exchanges, key=lambda exchange: exchange.started_at or 0.0))
    assert again(*exchanges) == exchanges


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_hit_comes_back_as_it_was(rule: object) -> None:
    hit = tuple(sorted(rule.hit(), key=lambda exchange: exchange.started_at or 0.0))  # type: ignore[attr-defined] # of the list
    assert again(*hit) == hit


STRANGE = refused(GOOD)
PARTS: dict[str, dict[str, Any]] = {
    "version": {"version": "HTTP/2.0"},
    "http3": {"version": "HTTP/3"},
    "port": {"port": 8443},
    "plain": {"scheme": "http", "port": 80},
    "ipv6": {"host": "2001:db8::2"},
    "userinfo": {"userinfo": b"AC1:secret@x"},
    "method": {"method": "PROPFIND"},
    "query": {"target": b"/a?b=%20+c&d&e=\xff"},
    "headers": {"headers": ((b"A", b"\xff\x00\r\n x"), (b"a ", b""), (b"\xe9", b"\xc3\xa9"))},
    "binary-body": {"body": b"\x00\xff\x80"},
    "text-body": {"body": "Größe".encode()},
}
ODD = [
    pytest.param(replace(STRANGE, started_at=None, finished_at=None), id="no-clock"),
    pytest.param(replace(STRANGE, started_at=0.1234567891, finished_at=7.0000001), id="exact-times"),
    pytest.param(replace(STRANGE, finished_at=None), id="never-finished"),
    pytest.param(replace(STRANGE, response=None, error="connection \N{SNOWMAN} closed"), id="failed"),
    pytest.param(replace(STRANGE, response=None, error="x", refused_by_proxy=True), id="refused-by-proxy"),
    pytest.param(replace(STRANGE, client_address="2001:db8::1", connection="abc"), id="client"),
    pytest.param(replace(STRANGE, server_address="54.172.60.0", tls_version="TLSv1.3"), id="server"),
    pytest.param(replace(STRANGE, server_address="2600:1f18::1", tls_version="TLSv1"), id="ipv6-server"),
    pytest.param(replace(STRANGE, server_address="no \N{SNOWMAN} address", tls_version="TLSv9"), id="odd-server"),
    pytest.param(replace(STRANGE, tls_issuer="Twilio", proxy_options=("stickyauth", "modify_headers")), id="recorder"),
    *(pytest.param(replace(STRANGE, fidelity=fidelity), id=fidelity.value) for fidelity in Fidelity),
    pytest.param(replace(accepted(None), fidelity=Fidelity.FULL), id="nothing-authorized"),
    pytest.param(redirected(GOOD, b"https://api.twilio.com/x"), id="redirect"),
    *(
        pytest.param(replace(STRANGE, request=replace(STRANGE.request, **parts)), id=name)
        for name, parts in PARTS.items()
    ),
    pytest.param(
        replace(STRANGE, response=Response(status=599, reason="Ümlaut", headers=((b"x", b"\xfe"),), body=b"\x1f\x8b")),
        id="answer",
    ),
]


@pytest.mark.parametrize("exchange", ODD)
def test_whatever_an_exchange_holds_comes_back(exchange: Exchange) -> None:
    assert again(exchange) == (exchange,)


PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@settings(max_examples=60)
@given(
    name=st.binary(min_size=1, max_size=20).filter(lambda name: not name.startswith(b":")),
    value=st.binary(max_size=60),
    body=st.binary(max_size=60),
    query=st.binary(max_size=30).filter(lambda query: b"#" not in query),
)
def test_any_bytes_come_back(name: bytes, value: bytes, body: bytes, query: bytes) -> None:
    plain = Request(method="POST", scheme="https", host="api.twilio.com", port=443, target=b"/x?", headers=())
    request = replace(plain, headers=((name, value),), body=body)
    exchange = Exchange(
        request=request, response=Response(status=401, headers=((name, value),)), fidelity=Fidelity.FULL
    )
    (found,) = again(exchange)
    assert found.request.headers == request.headers
    assert found.request.body == body
    assert found.response is not None
    assert found.response.headers == ((name, value),)
    (asked,) = again(replace(exchange, request=replace(plain, target=b"/x?" + query.strip())))
    assert asked.request.target == b"/x?" + query.strip()


def test_other_tools_find_what_they_expect() -> None:
    exchange = refused(GOOD, path=b"/2010-04-01/Accounts.json?PageSize=2&a=")
    entry = HarEntry(exchange, "why20003: it is so", {"cause": "x"})
    log = json.loads(b"".join(har([entry, HarEntry(exchange)], version="1.2.3", comment="two")))["log"]
    assert (log["version"], log["creator"], log["comment"]) == ("1.2", {"name": "why20003", "version": "1.2.3"}, "two")
    first, second = log["entries"]
    assert (first["comment"], first["_why20003"]) == ("why20003: it is so", {"cause": "x"})
    assert "comment" not in second
    assert "_why20003" not in second
    assert first["request"]["queryString"] == [{"name": "PageSize", "value": "2"}, {"name": "a", "value": ""}]
    assert first["time"] == 100
    assert first["startedDateTime"].endswith("Z")
    # What the format demands: http://www.softwareishard.com/blog/har-12-spec/ (read 2026-11-21)
    for name in ("startedDateTime", "time", "request", "response", "cache", "timings"):
        assert name in first
    for name in ("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"):
        assert name in first["request"]
    for name in ("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "bodySize"):
        assert name in first["response"]


def test_other_tools_find_the_servers_address() -> None:
    known, unknown = replace(STRANGE, server_address="54.172.60.0", tls_version="TLSv1.3"), STRANGE
    first, second = json.loads(written(known, unknown))["log"]["entries"]
    assert first["serverIPAddress"] == "54.172.60.0"
    assert first["_why20003_wire"]["tls_version"] == "TLSv1.3"
    assert "serverIPAddress" not in second
    assert "tls_version" not in second["_why20003_wire"]


def test_nothing_is_a_whole_file_too() -> None:
    assert json.loads(b"".join(har([], version="1")))["log"]["entries"] == []


def test_it_streams() -> None:
    pieces = har((HarEntry(refused(GOOD, at=n)) for n in range(3)), version="1")
    assert next(pieces).endswith(b'"entries": [')
    assert json.loads(next(pieces))["request"]["method"] == "POST"
