"""The reader of captures: framing, damage, formats, and that nothing makes it raise or need much memory."""

import io
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import connection, dns, http, tcp, udp
from mitmproxy.io import tnetstring

from analyzers.building import GOOD, MESSAGES, SID, TIME, TOKEN
from analyzers.exchange import Exchange, Fidelity
from recordings.decoding import BODY_LIMIT
from recordings.flows import exchange_of
from recordings.mitm import FORMAT, Located, MitmFile, items, sniff
from recordings.reading import Cut, Entry, EntryError, Item, Passed, Skipped, UnreadableRecording

MakeFlow = Callable[..., http.HTTPFlow]
Saved = Callable[..., bytes]

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "30"))
LONG = 9 << 20
"""More than is kept of one flow."""


class Pipe(io.RawIOBase):
    """Bytes that come in small pieces and never again; `asked` is the most that was wanted at once."""

    def __init__(self, data: bytes, piece: int = 777) -> None:
        self._data = io.BytesIO(data)
        self._piece = piece
        self.asked = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        assert size > 0
        self.asked = max(self.asked, size)
        return self._data.read(min(size, self._piece))


def found(data: bytes) -> list[Item]:
    return list(MitmFile(io.BytesIO(data), everything=True).items())


def exchanges(read: list[Item]) -> list[Exchange]:
    return [item.exchange for item in read if isinstance(item, Entry)]


def only(data: bytes) -> Exchange:
    [item] = found(data)
    assert isinstance(item, Entry), item
    return item.exchange


def reordered(flow: http.HTTPFlow, **changes: object) -> bytes:
    """A flow with its keys the other way round, as another program may write it."""
    state = {**flow.get_state(), **changes}
    return tnetstring.dumps(dict(reversed(state.items())))


def udp_flow() -> udp.UDPFlow:
    client = connection.Client(peername=("192.0.2.7", 1), sockname=("192.0.2.1", 2), timestamp_start=TIME)
    return udp.UDPFlow(client, connection.Server(address=("192.0.2.9", 53)))


def dns_flow() -> dns.DNSFlow:
    client = connection.Client(peername=("192.0.2.7", 1), sockname=("192.0.2.1", 2), timestamp_start=TIME)
    made = dns.DNSFlow(client, connection.Server(address=("192.0.2.9", 53)))
    message = vars(dns).get("DNSMessage") or vars(dns)["Message"]  # called so since mitmproxy 12
    made.request = message(
        timestamp=TIME,
        id=1,
        query=True,
        op_code=0,
        authoritative_answer=False,
        truncation=False,
        recursion_desired=True,
        recursion_available=False,
        reserved=0,
        response_code=0,
        questions=[dns.Question("api.twilio.com", 1, 1)],
        answers=[],
        authorities=[],
        additionals=[],
    )
    return made


# --- what is read -----------------------------------------------------------------------------------------------------
def test_the_wire_form_is_kept(twilio_flow: MakeFlow, saved: Saved) -> None:
    exchange = only(saved(twilio_flow()))

    assert exchange.request.headers == (
        (b"Host", b"api.twilio.com"),
        (b"authorization", GOOD),
        (b"X-A", b"1"),
        (b"X-A", b"2"),
    )
    assert exchange.request.target == MESSAGES % SID
    assert (exchange.request.method, exchange.request.scheme) == ("POST", "https")
    assert (exchange.request.host, exchange.request.port) == ("api.twilio.com", 443)
    assert exchange.request.body == b"To=%2B1"
    assert exchange.response
    assert (exchange.response.status, exchange.response.reason) == (401, "Unauthorized")
    assert (exchange.started_at, exchange.finished_at) == (TIME, TIME + 0.2)
    assert exchange.client_address == "192.0.2.7"
    assert exchange.connection
    assert exchange.fidelity is Fidelity.FULL
    assert exchange.request.userinfo is None


def test_other_flows_are_skipped_and_keep_their_place(
    twilio_flow: MakeFlow, tcp_flow: tcp.TCPFlow, saved: Saved
) -> None:
    read = found(saved(tcp_flow, twilio_flow(), udp_flow(), dns_flow(), twilio_flow()))

    assert [item for item in read if not isinstance(item, Entry)] == [Skipped(), Skipped(), Skipped()]
    assert [item.place for item in read if isinstance(item, Entry)] == [1, 4]


def test_an_order_of_keys_that_mitmproxy_does_not_use_is_read_too(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow()

    assert only(reordered(flow)) == exchange_of(flow)


def test_what_nobody_looks_at_is_not_asked_for(twilio_flow: MakeFlow) -> None:
    flow = twilio_flow()
    state = flow.get_state()
    for name in ("websocket", "marked", "comment", "intercepted", "timestamp_created", "is_replay", "backup"):
        del state[name]
    for name in ("trailers", "timestamp_end"):
        del state["request"][name]

    assert only(tnetstring.dumps({**state, "of_a_plugin": [1, {"x": None}]})) == exchange_of(flow)


# --- formats ----------------------------------------------------------------------------------------------------------
def test_older_formats_are_brought_up_to_date(twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()
    state = flow.get_state()
    state["client_conn"]["tls_version"] = "QUIC"
    old = tnetstring.dumps({**state, "version": 20})
    for name in ("client_conn", "server_conn"):
        state[name]["state"] = 0
    older = tnetstring.dumps({**state, "version": 19})

    read = found(saved(flow) + old + older)

    assert exchanges(read) == [exchange_of(flow)] * 3


def test_an_old_handshake_that_mitmproxy_reads_only_once_can_be_had_again(
    twilio_flow: MakeFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = exchange_of(twilio_flow(status=101))
    answers = [exchange]
    monkeypatch.setattr("recordings.flows.migrated", lambda _: answers.pop())
    old = tnetstring.dumps({**twilio_flow(status=101).get_state(), "version": 10})
    capture = MitmFile(io.BytesIO(old))

    [entry] = capture.items()

    assert isinstance(entry, Located)
    assert capture.at(entry.offset) is exchange


def test_only_an_older_format_loads_mitmproxy(tmp_path: Path, twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()
    odd = reordered(flow) + tnetstring.dumps({"version": 21, "type": "x"})
    (tmp_path / "new").write_bytes(saved(flow, twilio_flow(status=200)) + odd)
    (tmp_path / "old").write_bytes(tnetstring.dumps({**flow.get_state(), "version": 20}))
    program = (
        "import sys; from recordings.mitm import items; "
        "[print(type(i).__name__, end=' ') for i in items(open(sys.argv[1], 'rb'))]; "
        "print('mitmproxy' in sys.modules, 'cryptography' in sys.modules)"
    )

    done = [
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / name)], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for name in ("new", "old")
    ]

    assert done == ["Located Located Located EntryError False False\n", "Located True True\n"]


def test_a_flow_of_a_newer_mitmproxy_is_named_as_such(twilio_flow: MakeFlow, saved: Saved) -> None:
    newer = tnetstring.dumps({**twilio_flow().get_state(), "version": 999})

    with pytest.raises(UnreadableRecording, match="written by a newer mitmproxy than"):
        found(newer)

    [_, error] = found(saved(twilio_flow()) + newer)
    assert isinstance(error, EntryError)
    assert error.entry == 1
    assert "written by a newer mitmproxy than" in error.says


@pytest.mark.parametrize("version", [0, -1, True, "21", None, [0, 99], b"x", 1.5])
def test_a_version_that_never_was_is_an_error(twilio_flow: MakeFlow, saved: Saved, version: object) -> None:
    [_, error] = found(saved(twilio_flow()) + tnetstring.dumps({**twilio_flow().get_state(), "version": version}))

    assert isinstance(error, EntryError)
    assert "cannot read the flow" in error.says


# --- damage -----------------------------------------------------------------------------------------------------------
def wrong(where: str, value: object) -> Callable[[dict[str, object]], None]:
    def change(state: dict[str, object]) -> None:
        *parts, last = where.split(".")
        for part in parts:
            inner = state[part]
            assert isinstance(inner, dict)
            state = inner
        if value is ...:
            del state[last]
        else:
            state[last] = value

    return change


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        ("type", "ftp", "expected type http, tcp, udp or dns"),
        ("type", ..., "expected type http, tcp, udp or dns"),
        ("request", ..., "expected request as a dictionary"),
        ("request", None, "expected request as a dictionary"),
        ("request.host", b"api.twilio.com", "expected host as text"),
        ("request.port", "443", "expected port as a number"),
        ("request.method", ..., "expected method as bytes"),
        ("request.headers", [[b"a", b"b", b"c"]], "expected headers as pairs of bytes"),
        ("request.headers", [["a", b"b"]], "expected headers as pairs of bytes"),
        ("request.headers", b"a: b", "expected headers as pairs of bytes"),
        ("request.content", "text", "expected content as bytes"),
        ("request.timestamp_start", "now", "expected timestamp_start as a number"),
        ("response.status_code", "401", "expected status_code as a number"),
        ("response", [401], "expected response as a dictionary"),
        ("metadata", ..., "expected metadata as a dictionary"),
        ("error", "failed", "expected error as a dictionary"),
        ("error", {"timestamp": 1.0}, "expected msg as text"),
        ("client_conn", ..., "expected client_conn as a dictionary"),
        ("client_conn.id", 7, "expected id as text"),
        ("client_conn.peername", [4], "expected peername as text"),
        ("server_conn.certificate_list", ["PEM"], "expected certificate_list as bytes"),
    ],
)
def test_one_bad_flow_says_what_is_wrong_and_does_not_lose_the_rest(
    twilio_flow: MakeFlow, saved: Saved, where: str, value: object, says: str
) -> None:
    good, state = saved(twilio_flow()), twilio_flow().get_state()
    wrong(where, value)(state)

    read = found(good + good + tnetstring.dumps(state) + good)

    assert [item.place for item in read if isinstance(item, Entry)] == [0, 1, 3]
    [error] = [item for item in read if isinstance(item, EntryError)]
    assert error.entry == 2
    assert says in error.says
    assert error.says.startswith("the flow is damaged: ")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"9:4:type;1:x" + TOKEN[:1] + b"}", id="member-cut"),
        pytest.param(b"14:4:type#4:http;}", id="key-no-text"),
        pytest.param(b"17:7:version;2:21#0:", id="no-tag"),
        pytest.param(b"17:7:version;3:xyz#}", id="no-number"),
        pytest.param(b"14:4:type;4:http;]", id="list"),
        pytest.param(b"15:4:type;5:truth!}", id="no-boolean"),
        pytest.param(b"15:4:type;5:truth?}", id="unknown-tag"),
        pytest.param(b"11:4:type;1:x~}", id="full-nothing"),
    ],
)
def test_bytes_that_are_no_flow_inside_are_an_error(twilio_flow: MakeFlow, saved: Saved, record: bytes) -> None:
    good = saved(twilio_flow())

    read = found(good + record + good)

    assert isinstance(read[1], EntryError)
    assert TOKEN.decode() not in str(read)


def test_many_damaged_flows_are_told_one_by_one(twilio_flow: MakeFlow, saved: Saved) -> None:
    bad = tnetstring.dumps({"version": 21})

    read = found(bad * 150 + saved(twilio_flow()))

    assert [item.entry for item in read[:-1] if isinstance(item, EntryError)] == list(range(150))
    assert isinstance(read[-1], Entry)


def test_what_follows_the_last_flow_is_reported(twilio_flow: MakeFlow, saved: Saved) -> None:
    read = found(saved(twilio_flow()) + TOKEN)

    assert len(exchanges(read)) == 1
    assert read[1:] == [EntryError(1, "expected a flow, found other bytes; nothing after them is read")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(TOKEN, "found something else", id="text"),
        pytest.param(b"5:hello,", "found something else", id="text-record"),
        pytest.param(b"0:}", "found something else", id="empty-record"),
        pytest.param(b"999999999999:" + TOKEN, "found something else", id="long-record"),
        pytest.param(b"9999999999999:9:websocket;", "found something else", id="absurd-length"),
        pytest.param(b"9" * 13, "found something else", id="digits"),
        pytest.param(tnetstring.dumps({"version": 21}), "the flow is damaged", id="no-flow"),
        pytest.param(tnetstring.dumps({"version": 21}) + b"99", "the flow is damaged", id="no-flow-and-cut"),
    ],
)
def test_garbage_is_unreadable_and_never_quoted(data: bytes, says: str) -> None:
    for file in (io.BytesIO(data), Pipe(data)):
        with pytest.raises(UnreadableRecording, match=says) as raised:
            list(items(file))  # type: ignore[arg-type] # a raw pipe is enough

        assert "expected a mitmproxy capture" in str(raised.value)
        assert TOKEN.decode() not in str(raised.value)


# --- a killed capture -------------------------------------------------------------------------------------------------
def test_a_capture_cut_anywhere_gives_what_is_whole(twilio_flow: MakeFlow, saved: Saved, tcp_flow: tcp.TCPFlow) -> None:
    parts = [saved(twilio_flow()), saved(tcp_flow), saved(twilio_flow(status=200, host="other.example"))]
    data, ends = b"".join(parts), [len(b"".join(parts[: n + 1])) for n in range(3)]
    whole = found(data)

    for end in range(1, len(data)):
        number = sum(end >= one for one in ends)
        read = found(data[:end])
        assert read[:number] == whole[:number], end
        assert read[number:] == ([] if end in ends else [Cut()]), end


def test_a_flow_that_is_cut_in_its_length_is_still_a_capture() -> None:
    for cut in (b"5", b"52", b"999999999999", b"52:", b"52:9", b"52:9:", b"52:9:web", b"52:9:websocket;"):
        assert sniff(cut), cut
        assert found(cut) == [Cut()], cut


# --- bounds -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [b"10000000000", b"999999999999", b"300000"])
def test_a_length_that_the_file_does_not_have_costs_no_memory(length: bytes) -> None:
    for tail in (b"", b"0:~8:response;9999999999:6:reason;0:,"):
        pipe = Pipe(length + b":9:websocket;" + tail, 1 << 20)

        assert list(items(pipe)) == [Cut()]  # type: ignore[arg-type] # a raw pipe is enough
        assert pipe.asked <= 1 << 20


def deep(levels: int, inner: bytes = b"", tag: bytes = b"]") -> bytes:
    """`inner` in that many lists."""
    lengths, size = [], len(inner)
    for _ in range(levels):
        prefix = b"%d:" % size
        lengths.append(prefix)
        size += len(prefix) + 1
    return b"".join(reversed(lengths)) + inner + tag * levels


@pytest.mark.parametrize("key", [b"8:metadata;", b"9:websocket;", b"5:other;", b"8:response;", b"11:client_conn;"])
def test_a_million_nested_lists_are_damage_or_passed_over(twilio_flow: MakeFlow, saved: Saved, key: bytes) -> None:
    content = key + deep(10**6)
    record = b"%d:%b}" % (len(content), content)

    read = found(saved(twilio_flow()) + record + saved(twilio_flow()))

    assert [type(item) for item in read] == [Located, EntryError, Located]


def test_nesting_as_deep_as_a_plugin_may_need_is_read(twilio_flow: MakeFlow, saved: Saved) -> None:
    flow = twilio_flow()
    noted: object = "x"
    for _ in range(40):
        noted = [noted]
    flow.metadata["of_a_plugin"] = noted

    assert only(saved(flow)) == exchange_of(flow)


@pytest.mark.parametrize("body", [b"x" * LONG, b"\x00" * (BODY_LIMIT + 1)], ids=["long", "short"])
@pytest.mark.parametrize("read", ["file", "pipe"])
def test_a_long_body_is_bounded_and_the_flow_read(twilio_flow: MakeFlow, saved: Saved, body: bytes, read: str) -> None:
    flow = twilio_flow(answer=body, body=body)
    data = saved(flow, twilio_flow())
    file = io.BytesIO(data) if read == "file" else Pipe(data, 1 << 20)

    tracemalloc.start()
    one, other = MitmFile(file).items()  # type: ignore[arg-type] # a raw pipe is enough
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert isinstance(one, Entry)
    assert one.exchange == exchange_of(flow)
    assert isinstance(other, Entry)
    assert peak < 3 << 20


def test_long_flows_of_every_kind(twilio_flow: MakeFlow, saved: Saved, tcp_flow: tcp.TCPFlow) -> None:
    tcp_flow.messages = [tcp.TCPMessage(True, b"x" * LONG)]  # noqa: FBT003 - mitmproxy's argument
    annotated = twilio_flow(answer=b"y" * LONG)
    annotated.backup()
    annotated.metadata["why20003"] = {"cause": "x"}
    annotated.response.status_code = 200  # type: ignore[union-attr] # made with one
    failed = twilio_flow(body=b"z" * LONG)
    failed.response = None
    old = tnetstring.dumps({**failed.get_state(), "version": 20})
    bad = failed.get_state()
    bad["client_conn"] = b"c" * LONG
    flows = saved(annotated, tcp_flow, failed)

    read = found(flows + old + tnetstring.dumps(bad) + saved(twilio_flow()))

    assert exchanges(read[:3]) == [exchange_of(annotated), exchange_of(failed)]
    assert read[1] == Skipped()
    assert isinstance(read[3], EntryError)
    assert "write the capture anew" in read[3].says
    assert isinstance(read[4], EntryError)
    assert "expected less than 1 MB as client_conn" in read[4].says
    assert isinstance(read[5], Entry)
    for end in (len(flows) - 1, len(flows) - 2000, 100, LONG, LONG * 2 - 1):
        assert found(flows[:end])[-1] == Cut(), end


# --- pipes, and reading again -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("piece", [1, 7, 777, 1 << 20])
def test_a_pipe_gives_what_a_file_gives(twilio_flow: MakeFlow, saved: Saved, piece: int) -> None:
    flows = [twilio_flow(status=200 + n, host=f"h{n % 3}.example", answer=b"x" * n * 40) for n in range(25)]
    data = saved(*flows, twilio_flow())[:-3]

    of_file = list(items(io.BytesIO(data)))
    of_pipe = list(items(Pipe(data, piece)))  # type: ignore[arg-type] # a raw pipe is enough

    assert [item.count for item in of_file if isinstance(item, Passed)]
    assert totals(of_pipe) == totals(of_file)
    assert of_pipe[-1] == Cut()


def totals(read: list[Item]) -> tuple[int, list[tuple[int, Exchange]], list[Item]]:
    """How many were passed, the entries, and the rest."""
    entries = [(item.place, item.exchange) for item in read if isinstance(item, Entry)]
    rest: list[Item] = [item for item in read if not isinstance(item, Entry | Passed)]
    return sum(item.count for item in read if isinstance(item, Passed)), entries, rest


def test_a_flow_comes_as_soon_as_the_pipe_has_it(twilio_flow: MakeFlow, saved: Saved) -> None:
    receiver, sender = os.pipe()
    with open(receiver, "rb") as file, open(sender, "wb", buffering=0) as out:  # noqa: PTH123 - descriptors
        read = items(file)
        for status in (401, 403):
            threading.Thread(target=out.write, args=(saved(twilio_flow(status=status)),), daemon=True).start()
            item = next(read)
            assert isinstance(item, Entry)
            assert item.exchange.response
            assert item.exchange.response.status == status


def test_entries_of_a_file_can_be_read_again_in_any_order(
    tmp_path: Path, twilio_flow: MakeFlow, saved: Saved, tcp_flow: tcp.TCPFlow
) -> None:
    data = b"".join(
        saved(twilio_flow(status=400 + n, answer=b"x" * n * 3000), tcp_flow) + reordered(twilio_flow())
        for n in range(40)
    )
    (tmp_path / "x").write_bytes(data)
    with (tmp_path / "x").open("rb") as file:
        capture = MitmFile(file)
        again = []
        for item in capture.items():
            if isinstance(item, Located):
                again.append((item.offset, item.exchange))
                assert capture.at(again[len(again) // 2][0]) == again[len(again) // 2][1]

        assert capture.returns
        assert len(again) == 80
        assert [capture.at(offset) for offset, _ in reversed(again)] == [exchange for _, exchange in reversed(again)]


def test_a_long_flow_can_be_read_again(twilio_flow: MakeFlow, saved: Saved) -> None:
    capture = MitmFile(io.BytesIO(saved(twilio_flow(), twilio_flow(answer=b"x" * LONG), twilio_flow())))
    entries = [item for item in capture.items() if isinstance(item, Located)]

    assert [capture.at(one.offset) for one in entries] == [one.exchange for one in entries]


def test_a_capture_is_read_from_where_the_file_stands(twilio_flow: MakeFlow, saved: Saved) -> None:
    file = io.BytesIO(b"in front" + saved(twilio_flow(), twilio_flow(status=403)))
    file.seek(8)
    capture = MitmFile(file)
    entries = [item for item in capture.items() if isinstance(item, Located)]

    assert len(entries) == 2
    assert entries[0].offset == 0
    assert capture.at(entries[1].offset) == entries[1].exchange


def test_a_file_that_has_changed_is_noticed(tmp_path: Path, twilio_flow: MakeFlow, saved: Saved) -> None:
    path = tmp_path / "x"
    path.write_bytes(saved(twilio_flow(), twilio_flow()))
    with path.open("rb") as file:
        capture = MitmFile(file)
        [_, entry] = capture.items()
        assert isinstance(entry, Located)
        for left in (0, entry.offset, entry.offset + 3, entry.offset + 900):
            os.truncate(path, left)
            with pytest.raises(UnreadableRecording, match="has changed while it was read"):
                MitmFile(file).at(entry.offset)
        with pytest.raises(UnreadableRecording, match="has changed while it was read"):
            capture.at(7)


def test_entries_of_a_pipe_cannot_be_read_again(twilio_flow: MakeFlow, saved: Saved) -> None:
    capture = MitmFile(Pipe(saved(twilio_flow())))  # type: ignore[arg-type] # a raw pipe is enough
    [entry] = capture.items()

    assert not capture.returns
    assert type(entry) is Entry


# --- sniffing, and any bytes ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "is_capture"),
    [
        (b"5280:9:websocket;0:~8:response;", True),
        (b"1200:8:messages;0:]", True),
        (b"833:7:version,13:1:0#2:18#]", True),
        (b"5280:9:websocket,", True),
        (b"", False),
        (b"{", False),
        (b"GET / HTTP/1.1", False),
        (b"5280:hello", False),
        (b"12:30:45.123456 == Info: Trying", False),
        (b"12:30:45 GET", False),
        (b"1" * 13, False),
        (b"5280 ", False),
        (b"PK\x03\x04", False),
    ],
)
def test_a_capture_is_known_by_its_first_bytes(start: bytes, is_capture: object) -> None:
    assert sniff(start) is is_capture
    assert FORMAT == "mitm"


def kinds_of(file: BinaryIO, *, everything: bool) -> Iterator[Item]:
    read = MitmFile(file, everything=everything).items()
    try:
        for item in read:
            if isinstance(item, Located):
                assert item.exchange.response is None or item.exchange.response.headers is not None
            yield item
    except UnreadableRecording:
        pass


def check_total(data: bytes) -> None:
    for file in (io.BytesIO(data), Pipe(data)):
        for everything in (True, False):
            read = list(kinds_of(file, everything=everything))  # type: ignore[arg-type] # a raw pipe is enough
            assert all(isinstance(item, Entry | EntryError | Skipped | Passed | Cut) for item in read)
            assert not any(isinstance(item, Cut) for item in read[:-1])


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"%d:9:websocket;" % len(rest) + rest))
def test_any_bytes_give_items_or_are_unreadable(data: bytes) -> None:
    check_total(data)


@settings(max_examples=EXAMPLES)
@given(position=st.integers(0, 10**6), put=st.binary(max_size=3), taken=st.integers(0, 3))
def test_a_damaged_capture_gives_items_or_is_unreadable(
    saved: Saved, twilio_flow: MakeFlow, position: int, put: bytes, taken: int
) -> None:
    data = _capture(saved, twilio_flow)
    position %= len(data)
    check_total(data[:position] + put + data[position + taken :])
    check_total(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])


_CAPTURES: list[bytes] = []


def _capture(saved: Saved, twilio_flow: MakeFlow) -> bytes:
    if not _CAPTURES:
        foreign = twilio_flow(status=200, host="other.example")
        _CAPTURES.append(saved(twilio_flow(), twilio_flow(status=200), foreign, foreign, twilio_flow()))
    return _CAPTURES[0]
