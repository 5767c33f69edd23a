"""Whatever comes and however much of it, what the addon keeps stays within a bound, and so does the time it takes."""

import gc
import gzip
import json
import logging
import os
import time
import tracemalloc
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakSet, WeakValueDictionary

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from flows import flow_of
from mitmproxy import http
from mitmproxy.proxy import events
from mitmproxy.test import taddons
from without_sockets import Layers, quiet

from addon import annotate, refused
from addon.console import Console
from addon.limits import HEAD_LIMIT
from addon.plugin import Why20003
from addon.settings import Annotate
from analyzers.bounded import Bounded
from analyzers.building import GOOD, MESSAGES, SID, accepted, basic
from analyzers.building import refused as refusal
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings.flows import ANNOTATED

MB = 1_000_000


def many(count: int, *, body: bytes = b"", header: bytes = b"") -> list[Exchange]:
    """Refusals that differ in all: secret, path, answer."""
    made = []
    for number in range(count):
        exchange = refusal(basic(SID, b"%032x" % number), at=number, path=MESSAGES % (b"AC%032x" % number), body=body)
        answer = exchange.response
        assert answer is not None
        told = json.dumps({"code": 20003, "message": "no", "pad": f"{number:08}" * (len(body) // 8)}).encode()
        fields = (*answer.headers[:1], (b"Content-Length", b"%d" % len(told)), (b"X-Long", b"%d" % number + header))
        made.append(replace(exchange, response=replace(answer, body=told, headers=fields)))
    return made


def kept(addon: Why20003, exchanges: list[Exchange]) -> float:
    """MB that the addon keeps of these, of which no flow is kept."""
    for exchange in exchanges[:3]:
        addon.response(flow_of(exchange))
    tracemalloc.start()
    try:
        for exchange in exchanges:
            addon.response(flow_of(exchange))
        gc.collect()  # what goes in circles is not kept
        return tracemalloc.get_traced_memory()[0] / MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("annotated", ["message", "off"])
async def test_large_bodies_are_not_kept(annotated: str) -> None:
    addon = Why20003()
    with taddons.context(addon) as context:
        context.configure(addon, why20003_annotate=annotated)
        # Of 512 refusals that may repeat 64 kB of each body, and 20 kB of all else.
        assert kept(addon, many(700, body=b"x" * 200_000)) < 512 * (2 * 0.066 + 0.02) + 4
        addon.done()


async def test_long_heads_are_neither_kept_nor_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    addon = Why20003()
    with taddons.context(addon), caplog.at_level(logging.WARNING):
        assert kept(addon, many(200, header=b"x" * MB)) < 10
        addon.done()
    assert [record.getMessage() for record in caplog.records] == [
        "why20003: an exchange with more than 128 kB of header lines is not looked at"
    ]


async def test_heads_just_below_the_limit_are_bounded_by_what_is_kept_for_corrections() -> None:
    addon = Why20003()
    with taddons.context(addon):
        assert kept(addon, many(700, header=b"x" * (HEAD_LIMIT - 10_000))) < 512 * 0.14 + 10
        addon.done()


MANY = 700


async def test_nothing_grows_with_the_number_of_exchanges_but_what_has_a_bound() -> None:
    """Every container that is reachable from the addon is looked at."""
    addon = Why20003(out=StringIO())
    with taddons.context(addon) as context:
        context.configure(addon, why20003_events="", why20003_display="full")
        addon.console = Console(StringIO(), short=True)
        for number, one in enumerate(many(MANY)):
            addon.response(flow_of(one))
            addon.response(flow_of(accepted(basic(SID, b"%031xa" % number), at=number, path=one.request.target)))
        found = [each for each in containers(addon) if len(each) > MANY // 2]
        bounds = [each for each in reachable(addon) if isinstance(each, Bounded)]
        addon.done()
    allowed = {id(owner._items) for owner in bounds if len(owner._items) <= owner._size <= 20_000}
    assert any(id(each) in allowed for each in found)
    assert [f"{type(each).__name__} of {len(each)}" for each in found if id(each) not in allowed] == []


def containers(start: object) -> list[Any]:
    return [
        each
        for each in reachable(start)
        if isinstance(each, (dict, list, set, deque, tuple, WeakSet, WeakValueDictionary))
    ]


def reachable(start: object) -> Iterator[object]:
    """All that hangs on `start`, apart from code."""
    seen, waiting = {id(start)}, [start]
    while waiting:
        this = waiting.pop()
        yield this
        for each in gc.get_referents(this):
            if id(each) not in seen and not isinstance(each, (type, ModuleType, FunctionType, CodeType)):
                seen.add(id(each))
                waiting.append(each)


def flow_with(body: bytes, coding: str) -> http.HTTPFlow:
    exchange = refusal(GOOD)
    answer = exchange.response
    assert answer is not None
    fields = (*answer.headers, (b"Content-Encoding", coding.encode()))
    return flow_of(replace(exchange, response=replace(answer, body=body, headers=fields)))


def bombs() -> Iterator[tuple[str, bytes]]:
    """A gigabyte of blanks, in a few kB."""
    size = 1 << 30
    piece = b" " * (1 << 20)
    for coding, packer in (("gzip", zlib.compressobj(9, zlib.DEFLATED, 31)), ("deflate", zlib.compressobj(9))):
        yield coding, b"".join(packer.compress(piece) for _ in range(64)) + packer.flush()
    squeezer = brotli.Compressor(quality=5)
    yield "br", b"".join(squeezer.process(piece) for _ in range(size >> 20)) + squeezer.finish()
    packing = zstandard.ZstdCompressor(level=3).compressobj()
    yield "zstd", b"".join(packing.compress(piece) for _ in range(size >> 20)) + packing.flush()


@pytest.mark.parametrize(("coding", "bomb"), [pytest.param(coding, bomb, id=coding) for coding, bomb in bombs()])
async def test_a_small_body_that_stands_for_gigabytes_is_not_unpacked(coding: str, bomb: bytes) -> None:
    addon = Why20003()
    with taddons.context(addon):
        flow = flow_with(bomb, coding)
        tracemalloc.start()
        addon.response(flow)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        addon.done()
    assert peak < 40 * MB
    assert flow.response is not None
    assert flow.response.raw_content == bomb
    assert flow.metadata[ANNOTATED]


async def test_a_coding_of_python_is_none_of_http() -> None:
    """Mitmproxy hands unknown codings to Python's codecs, and bz2 is one of those."""
    packed = b"BZh91AY&SY" + b"\0" * 40
    addon = Why20003()
    with taddons.context(addon):
        flow = flow_with(packed, "bz2")
        addon.response(flow)
        addon.done()
    assert flow.response is not None
    assert flow.response.raw_content == packed


NUMBERS = [b"1e999", b"-1e999", b"NaN", b"Infinity", b"1" * 5000]


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
def test_a_number_that_would_change_leaves_the_body_as_it_is(number: bytes) -> None:
    found = diagnose_all([refusal(GOOD)], b"key")[0].diagnosis
    assert found is not None
    body = b'{"code":20003,"message":"Authenticate","x":%s}' % number
    assert annotate.body(body, found, Annotate.MESSAGE) is None
    assert annotate.body(body.replace(number, b"1.5"), found, Annotate.MESSAGE) is not None


class Counting:
    """A regular expression that counts how much it has to read."""

    def __init__(self, pattern: Any) -> None:  # noqa: ANN401 - a pattern, of which one method is used
        self._pattern, self.read = pattern, 0

    def match(self, data: bytes) -> object:
        self.read += len(data)
        return self._pattern.match(data)


def test_a_long_head_in_many_pieces_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(refused._CLEAN_HEAD)
    monkeypatch.setattr(refused, "_CLEAN_HEAD", counting)
    addon = Why20003()
    layers = Layers(addon)
    head = b"GET http://api.twilio.com/ HTTP/1.1\r\n" + b"X-A: 1\r\n" * 50_000 + b"\r\n"
    seen = layers.exchange([head[at : at + 100] for at in range(0, len(head), 100)], [])
    assert seen.to_server
    assert counting.read <= 2 * len(head)
    addon.done()
    quiet(layers)


SLOW_SECONDS = 20.0
"""Several times what the slowest takes on a busy machine; where it takes longer, it may not grow with the square."""
STUFF = {
    "hex": os.urandom(40_000).hex().encode(),
    "base64": b"QUJD" * 16_000,
    "padding": b"QQ==" * 16_000,
    "slashes": b"%2F" * 21_000,
    "percent": b"%41" * 21_000,
    "pairs": b"a=b&" * 16_000,
    "colons": b"a:b," * 16_000,
    "quotes": b'"\\' * 30_000,
    "brackets": b'{"a":[' * 10_000,
    "tags": b"<a><Message>" * 5_000,
    "entities": b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY b%d "%s">' % (at + 1, b"&b%d;" % at * 10) for at in range(1, 12)).replace(b"&b1;", b"&b;")
    + b"]><TwilioResponse><RestException><Message>&b12;</Message></RestException></TwilioResponse>",
    "dots": b"eyJhIjoxfQ." * 5_000,
    "blanks": b" " * 64_000,
    "basic": b"Basic " * 10_000,
    "binary": os.urandom(64_000),
    "gzip": gzip.compress(b"a" * 30 * MB),
}


@pytest.mark.parametrize("stuff", STUFF)
@pytest.mark.parametrize("place", ["authorization", "body", "answer", "header of the answer", "cookie"])
async def test_nothing_takes_long(stuff: str, place: str, tmp_path: Path) -> None:
    """Judged and recorded; the bound is a fuse against what grows with the square."""
    data = STUFF[stuff]
    took = seconds(data, place, tmp_path / "a.mitm")
    if took >= SLOW_SECONDS:
        assert took < 8 * seconds(data[: len(data) // 4], place, tmp_path / "b.mitm")


def seconds(data: bytes, place: str, recording: Path) -> float:
    """Of the processor, for one exchange with `data` at `place`."""
    exchange = refusal(
        GOOD, body=data if place == "body" else b"", extra=((b"Cookie", data),) if place == "cookie" else ()
    )
    if place == "authorization":
        exchange = refusal(b"Basic " + data.replace(b"\n", b""))
    answer = exchange.response
    assert answer is not None
    if place == "answer":
        answer = replace(answer, body=data)
    elif place.startswith("header"):
        answer = replace(answer, headers=(*answer.headers, (b"X-Long", data)))
    addon = Why20003()
    with taddons.context(addon) as context:
        context.configure(addon, why20003_record=str(recording))
        began = time.process_time()
        addon.response(flow_of(replace(exchange, response=answer)))
        took = time.process_time() - began
        addon.done()
    return took


def test_the_events_of_the_driver_are_those_of_mitmproxy() -> None:
    """The tests above stand on a driver of ours: a usual exchange passes through it as through the proxy."""
    layers = Layers()
    seen = layers.exchange(
        [b"GET http://api.twilio.com/x HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    )
    assert seen.to_server == b"GET /x HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n"
    assert seen.to_client == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert events.Start is not None
    quiet(layers)
