"""Any bytes, cut anywhere: the addon never raises, and origin and client get what they would get without it.

The same bytes go through mitmproxy's layers twice, with the addon and without. WHY20003_EXAMPLES sets how many.
"""

import base64
import contextlib
import gzip
import logging
import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from without_sockets import Layers, Seen, cut, quiet

from addon import streaming
from addon.plugin import Why20003
from analyzers.building import GOOD, MESSAGES, SID, TOKEN, basic
from recordings.flows import ANNOTATED
from why20003.mitmdump import Mitmdump

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0")) or 400
PATIENCE: Final = max(180, EXAMPLES // 10)
PAIR: Final = base64.b64encode(SID + b":" + TOKEN)
JSON: Final = (
    b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
)
XML: Final = b"<TwilioResponse><RestException><Code>20003</Code><Message>No</Message></RestException></TwilioResponse>"

ANY = st.binary(max_size=300)


def mostly(usual: st.SearchStrategy[bytes], odd: st.SearchStrategy[bytes], one_in: int = 8) -> st.SearchStrategy[bytes]:
    """Mostly `usual`, so that most of it gets far."""
    return st.integers(1, one_in).flatmap(lambda at: odd if at == one_in else usual)


ENDS = mostly(st.just(b"\r\n"), st.sampled_from([b"\n", b"\r", b"\n\r\n", b"\r\n ", b"\0", b"\n\n"]), 20)
AUTHORIZATION = st.one_of(
    st.sampled_from(
        [GOOD, basic(TOKEN, SID), basic(SID, TOKEN + b"\n"), b"Basic", b"Basic  ", b"Bearer x", b"Basic " + PAIR[:60]]
    ),
    st.builds(lambda at, junk: b"Basic " + PAIR[:at] + junk + PAIR[at:], st.integers(0, 90), st.binary(max_size=4)),
    st.builds(lambda raw: b"Basic " + base64.b64encode(raw), ANY),
    st.builds(lambda raw: b"Basic " + base64.b64encode(SID + b":" + raw), ANY),
    st.builds(lambda raw: b"Bearer " + base64.urlsafe_b64encode(raw) + b".e30.x", ANY),
    st.builds(lambda word, times: word * times, st.binary(min_size=1, max_size=5), st.integers(1, 3000)),
    ANY,
)
NAMES = st.sampled_from(
    [
        *(b"Authorization", b"authorization ", b"Proxy-Authorization", b"Host", b"User-Agent", b"Cookie", b"X-A"),
        *(b"Content-Length", b"Content-Type", b"Transfer-Encoding", b"Expect", b"Connection", b"Upgrade"),
        *(b"X-Twilio-Signature", b"Twilio-Client-Validation"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [b"0", b"5", b"99999999999999999999", b"-1", b"chunked", b"gzip, chunked", b"100-continue", b"close"]
    ),
    st.sampled_from([b"websocket", b"application/x-www-form-urlencoded", b"application/json", b"api.twilio.com", b""]),
    AUTHORIZATION,
)
TARGETS = mostly(
    st.sampled_from([b"http://api.twilio.com" + MESSAGES % SID, b"http://verify.twilio.com/v2/Services"]),
    st.sampled_from(
        [
            *(b"http://api.twilio.com", b"http://" + SID + b":" + TOKEN + b"@api.twilio.com/x", b"http://[::1"),
            *(b"http://api.twilio.com:99999/", b"http://\xff.twilio.com/", b"https://api.twilio.com/?a=%zz"),
            *(b"example.org:443", b"/", b"*", b"x"),
        ]
    ),
)
METHODS = mostly(
    st.sampled_from([b"GET", b"POST", b"DELETE", b"HEAD"]),
    st.sampled_from([b"OPTIONS", b"get", b"CONNECT", b"\xff", b""]),
)
VERSIONS = mostly(st.just(b"HTTP/1.1"), st.sampled_from([b"HTTP/1.0", b"HTTP/2", b"HTTP/9.9", b""]))


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request that is nearly right, in the hope that mitmproxy lets it pass."""
    first = draw(METHODS) + b" " + draw(TARGETS) + b" " + draw(VERSIONS) + draw(ENDS)
    lines = [(b"Host", b"api.twilio.com", b"\r\n"), (b"Authorization", draw(AUTHORIZATION), draw(ENDS))]
    body = draw(mostly(st.just(b""), ANY, 3))
    if body:
        lines.append((b"Content-Length", b"%d" % len(body), b"\r\n"))
    lines += draw(st.lists(st.tuples(NAMES, VALUES, ENDS), max_size=2))
    return first + b"".join(name + b": " + value + end for name, value, end in lines) + b"\r\n" + body


STATUSES = mostly(
    st.just(b"401"), st.sampled_from([b"200", b"403", b"404", b"100", b"103", b"101", b"204", b"999", b"-1", b"x"]), 3
)
BODIES = mostly(st.sampled_from([JSON, XML, JSON[:50], b"", b"{" * 3000, b"{}"]), ANY, 3)
ANSWER_NAMES = st.sampled_from(
    [b"Content-Type", b"Content-Encoding", b"WWW-Authenticate", b"Why20003-Cause", b"Date", b"Location", b"Connection"]
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """An answer: nearly right as well."""
    body, lines = draw(BODIES), draw(st.lists(st.tuples(ANSWER_NAMES, VALUES, ENDS), max_size=3))
    framing = draw(st.sampled_from("lllllcng"))
    if framing == "g":
        body = gzip.compress(body, mtime=0)
        lines.append((b"Content-Encoding", b"gzip", b"\r\n"))
    if framing in "lg":
        lines.append((b"Content-Length", b"%d" % len(body), b"\r\n"))
    elif framing == "c":
        lines.append((b"Transfer-Encoding", b"chunked", b"\r\n"))
        body = b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, draw(mostly(st.just(b""), st.just(b"X-Sum: 1\r\n"))))
    first = b"HTTP/1.1 " + draw(STATUSES) + b" " + draw(mostly(st.just(b"X"), st.just(b"\xff\0"))) + b"\r\n"
    return first + b"".join(name + b": " + value + end for name, value, end in lines) + b"\r\n" + body


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from("xid"), st.binary(min_size=1, max_size=3)), max_size=3
)


def mutated(data: bytes, changes: list[tuple[int, str, bytes]]) -> bytes:
    for place, how, piece in changes:
        at = place % (len(data) + 1)
        data = data[:at] + (b"" if how == "d" else piece) + data[at + (0 if how == "i" else len(piece)) :]
    return data


def streams(well: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """What may come on a connection: mostly one message or two, or one with some bytes changed, or anything."""
    odd = st.one_of(ANY, st.builds(mutated, well, MUTATIONS))
    return mostly(mostly(well, st.builds(lambda one, other: one + other, well, well), 6), odd, 4)


CUTS: st.SearchStrategy[list[int]] = st.one_of(
    st.just([]), st.lists(st.integers(0, 4000), max_size=6), st.just(list(range(400)))
)


@dataclass
class Both:
    """The layers with the addon and without, and what the addon said."""

    watched: Layers
    plain: Layers
    addon: Why20003
    said: list[str]


class Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # An exchange that cannot be redacted without a trace of its secret is left out, as it has to be.
        if record.name.startswith("addon") and "held a part of a secret" not in record.getMessage():
            self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    addon = Why20003()
    watched = Layers(addon)
    watched.context.configure(addon, why20003_record=str(tmp_path_factory.mktemp("any") / "a.mitm"))
    plain = Layers()
    handler = Said()
    logging.getLogger().addHandler(handler)
    yield Both(watched, plain, addon, handler.lines)
    logging.getLogger().removeHandler(handler)
    addon.done()
    quiet(watched)
    quiet(plain)


def through(both: Both, asked: list[bytes], answered: list[bytes]) -> tuple[Seen, Seen]:
    """The same bytes with the addon and without. The tap is in a class of mitmproxy's, so it is taken off for that."""
    both.said.clear()
    seen = both.watched.exchange(asked, answered)
    both.addon.tap.remove()
    try:
        return seen, both.plain.exchange(asked, answered)
    finally:
        both.addon.tap.install()


COMMON = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@COMMON
@given(asked=streams(requests()), answered=streams(answers()), cuts=st.tuples(CUTS, CUTS))
@pytest.mark.timeout(PATIENCE)
def test_nothing_is_changed_and_nothing_raised(
    both: Both, asked: bytes, answered: bytes, cuts: tuple[list[int], list[int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "begin", lambda flow, covers: None)  # what passes at once has another framing
        seen, plain = through(both, cut(asked, cuts[0]), cut(answered, cuts[1]))
    assert both.said == []
    assert seen.raised == plain.raised
    assert seen.to_server == plain.to_server
    if seen.to_client != plain.to_client:
        assert is_our_refusal(seen.to_client, plain.to_client)
    for flow in seen.flows:
        assert ANNOTATED not in flow.metadata or flow.comment


def is_our_refusal(seen: bytes, plain: bytes) -> bool:
    """Whether only mitmproxy's own error page was replaced by our explanation."""
    start = next((at for at, (one, other) in enumerate(zip(seen, plain, strict=False)) if one != other), 0)
    at = plain.rfind(b"HTTP/1.1 400 Bad Request\r\nServer: mitmproxy", 0, start + 1)
    mine = seen[at:]
    return (
        at >= 0
        and mine.startswith(plain[at : at + 40])
        and b"Content-Type: application/json" in mine
        and b'"why20003"' in mine
    )


@COMMON
@given(asked=requests(), answered=streams(answers()), cuts=CUTS)
@pytest.mark.timeout(PATIENCE)
def test_what_passes_at_once_reaches_the_client_as_well(
    both: Both, asked: bytes, answered: bytes, cuts: list[int]
) -> None:
    seen, plain = through(both, [asked], cut(answered, cuts))
    assert both.said == []
    assert seen.to_server == plain.to_server
    assert (seen.to_client == b"") <= (plain.to_client == b"")


LIVE_EXAMPLES = max(60, min(EXAMPLES // 10, 500))


class Origin:
    """Answers every connection with the bytes that it was last given, and closes it."""

    def __init__(self) -> None:
        self.answer = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(1)
                if connection.recv(65536):
                    connection.sendall(self.answer)

    def close(self) -> None:
        self._socket.close()


@dataclass
class Live:
    proxy: Mitmdump
    origin: Origin


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A reverse proxy, which sends everything to the origin, whatever it is."""
    folder, origin = tmp_path_factory.mktemp("live"), Origin()
    arguments = ["--mode", f"reverse:http://127.0.0.1:{origin.port}", "--set", "keep_host_header=true"]
    arguments += ["-s", "addon", "--set", f"why20003_record={folder / 'a.mitm'}", "--set", "flow_detail=0"]
    with Mitmdump(folder, arguments) as proxy:
        yield Live(proxy, origin)
        told = proxy.stop()
    origin.close()
    tracebacks = re.findall(r"^(?:\w+\.)*\w+(?:Error|Exception)\b.*", told, re.MULTILINE)
    assert [one for one in tracebacks if "HTTP trailers are not implemented" not in one] == []
    assert "could not be" not in told


@settings(COMMON, max_examples=LIVE_EXAMPLES)
@given(asked=streams(requests()), answered=streams(answers()), cuts=CUTS)
@pytest.mark.timeout(PATIENCE)
def test_a_real_proxy_answers_or_closes_and_goes_on(live: Live, asked: bytes, answered: bytes, cuts: list[int]) -> None:
    live.origin.answer = answered
    client = socket.create_connection(("127.0.0.1", live.proxy.port), timeout=10)
    with client, contextlib.suppress(OSError):
        for piece in cut(asked, cuts[:20]):
            client.sendall(piece)
        client.settimeout(0.15)  # whoever waits for the rest of a request gets no answer
        while client.recv(65536):
            pass
    live.origin.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with socket.create_connection(("127.0.0.1", live.proxy.port), timeout=10) as client:
        client.sendall(b"GET /x HTTP/1.1\r\nHost: api.twilio.com\r\nConnection: close\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")
