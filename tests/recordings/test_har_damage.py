"""Damaged, cut and hostile HAR files: every entry that is whole is read, nothing is raised, nothing grows."""

import codecs
import contextlib
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from har_variants import PATH, entry
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzers.building import TOKEN
from recordings import har
from recordings.decoding import BODY_LIMIT
from recordings.har_text import Found, parts
from recordings.har_window import WINDOW, Fault, Window, breaks_off, condensed_value, decoded
from recordings.reading import Entry, Recording, UnreadableRecording

EXAMPLES = max(25, int(os.environ.get("WHY20003_EXAMPLES", "0")))
ENTRIES = 4
TARGET = PATH.encode() + b"?number=%d"


def read(text: bytes | io.RawIOBase, *, whole: bool = True) -> tuple[list[Entry], Recording]:
    file = io.BytesIO(text) if isinstance(text, bytes) else io.BufferedReader(text)
    recording = Recording(har.FORMAT, har.items(file, whole=whole))
    return list(recording), recording


def numbered(number: int, **more: object) -> dict[str, object]:
    odd = {"comment": f"}}]{number}\\\"'", "_initiator": {"stack": [["é\ud83d\ude00", None, True, -1.5e-7]]}}
    made = entry(**{**odd, **more})
    made["request"]["url"] += f"?number={number}"
    return made


def numbers(found: list[Entry]) -> list[int]:
    return sorted(int(one.exchange.request.target.rpartition(b"=")[2]) for one in found)


@dataclass(frozen=True)
class Layout:
    """A way of writing a file, and where each of its entries ends."""

    text: str
    begins: int
    """Where the list of entries has been opened."""
    ends: tuple[int, ...]


def laid_out(entries: list[str], *, last: bool = True, head: str = "", tail: str = "") -> Layout:
    notes = '"creator":{"name":"x","comment":"]}}"},"pages":[{"startedDateTime":"x","entries":[{}]}]'
    text = head + ('{"log":{"version":"1.2",' + notes + ',"entries" : [' if last else '{"log":{"entries":[')
    begins, ends = len(text), []
    for number, one in enumerate(entries):
        text += (",\n" if number else "") + one
        ends.append(len(text))
    return Layout(text + ("]}}" if last else "]," + notes + "}}") + tail, begins, tuple(ends))


INDENTS = [None, 1, "\t"]
WAYS = [
    laid_out([json.dumps(numbered(i), indent=indent) for i in range(ENTRIES)], last=last)
    for indent in INDENTS
    for last in (True, False)
]


# --- a file that breaks off -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("layout", WAYS, ids=[f"{indent!r}-{last}" for indent in INDENTS for last in ("last", "first")])
def test_a_cut_file_gives_every_whole_entry(layout: Layout) -> None:
    # Every place takes too long for all layouts: each is cut at places that none of the others is.
    shift = WAYS.index(layout)
    for at in range(layout.begins + shift, len(layout.text), len(WAYS)):
        found, recording = read(layout.text[:at].encode())

        assert numbers(found) == list(range(sum(end <= at for end in layout.ends)))
        assert (recording.truncated, recording.damaged) == (True, 0)


@settings(max_examples=EXAMPLES)
@given(
    way=st.sampled_from(WAYS), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]), data=st.data()
)
def test_a_file_of_any_encoding_may_be_cut_at_any_byte(way: Layout, encoding: str, data: st.DataObject) -> None:
    text = way.text.encode(encoding)
    at = data.draw(st.integers(0, len(text) - 1))
    whole = text[:at].decode(encoding, "ignore")

    try:
        found, recording = read(text[:at])
    except UnreadableRecording:
        assert len(whole) <= way.begins
        return

    assert numbers(found) == list(range(sum(end <= len(whole) for end in way.ends)))
    assert (recording.truncated, recording.damaged) == (True, 0)


def test_a_file_that_ends_before_its_entries_is_unreadable() -> None:
    layout = WAYS[0]

    with pytest.raises(UnreadableRecording, match=r"the JSON breaks off at line 1 column \d+, before any entries"):
        read(layout.text[: layout.begins - 1].encode())


def test_a_long_entry_may_be_cut_as_well() -> None:
    long = numbered(1, comment="x" * (3 * WINDOW))
    layout = laid_out([json.dumps(numbered(0)), json.dumps(long), json.dumps(numbered(2))])

    for at in (layout.ends[0] + 9, layout.ends[0] + 2 * WINDOW, layout.ends[1] - 1, layout.ends[1], layout.ends[2]):
        found, recording = read(layout.text[:at].encode())

        assert numbers(found) == list(range(sum(end <= at for end in layout.ends)))
        assert (recording.truncated, recording.damaged) == (True, 0)


def test_a_value_that_was_cut_breaks_off_and_a_wrong_one_does_not() -> None:
    text = r'{"a":"x\u00e9\ud83d\ude00\n\"q","b":[true,false,null,NaN,Infinity,-Infinity,-1.5e+10,12E-3], "c":{"d":[]}}'
    for at in range(1, len(text)):
        fault = decoded(text[:at], 0)
        assert isinstance(fault, Fault)
        assert breaks_off(text[:at], fault), text[:at]
    for wrong in (
        '{"a":x',
        '{"a":}',
        '{"a":1 "b"',
        '{"a":tru]',
        '{"a":"x" y',
        r'{"a":"\q"',
        '{"a":1,,',
        '{"a" 1',
        "[1}",
        "[tru,",
    ):
        fault = decoded(wrong, 0)
        assert isinstance(fault, Fault)
        assert not breaks_off(wrong, fault), wrong


# --- a damaged entry --------------------------------------------------------------------------------------------------
GOOD_ENTRIES = [json.dumps(numbered(number)) for number in range(ENTRIES)]
NONSENSE = [
    *(
        "nonsense",
        "",
        ":",
        "\\",
        "\0",
        '"',
        "{",
        "[",
        "]",
        "}",
        "]}",
        "]}}",
        "}}}",
        "{{{[[[",
        '"abc',
        '"\\"',
        "'a'",
        '"' * 7,
    ),
    *("null", "5", "true", "{}", "[]", "undefined", "NaN", "1e999", "1" * 5000, "<html>", ",,,", '"a":1', "{'a':1}"),
    *(
        '{"a":',
        '{"a":[1',
        "[1",
        "[[1",
        '{"a":"x"}}',
        '{"a":1}]',
        "{\"a\":'b'}",
        '{"log":',
        '{"log":{"entries":[',
        '{"log":1}',
    ),
    *(
        '{"request":',
        '{"request":{"url":"x',
        '{"request":{"url":"https://x/?number=9"},"headers":[',
        '{"startedDateTime":',
    ),
    *('{"a":{"b":{"c":[0', '{"a":{}}, "b":1}', '{"a":{}}, "b":{}}, "c":[]}'),
    *('{"startedDateTime":"x"}', '{"request":{},"z":[0', "[" * 5000, '{"a":' * 3000),
    *(GOOD_ENTRIES[1][:cut] for cut in (40, 300, 500, 700, 900, -1)),
    *(GOOD_ENTRIES[1][1:], GOOD_ENTRIES[1].replace('"method"', "method"), GOOD_ENTRIES[1].replace(":", "")),
]


@pytest.mark.parametrize("place", range(ENTRIES))
@pytest.mark.parametrize("nonsense", NONSENSE, ids=[repr(one[:24]) + str(len(one)) for one in NONSENSE])
def test_nonsense_in_place_of_an_entry_loses_only_that(nonsense: str, place: int) -> None:
    entries = [*GOOD_ENTRIES[:place], nonsense, *GOOD_ENTRIES[place + 1 :]]
    for last in (True, False):
        found, recording = read(laid_out(entries, last=last).text.encode())

        assert {*numbers(found)} >= {*range(ENTRIES)} - {place}
        # At the very end damage cannot be told from a file that breaks off, nor from one that ends.
        if place < ENTRIES - 1:
            assert recording.damaged == (0 if not nonsense.strip(",") else 1)
            assert not recording.truncated


@settings(max_examples=EXAMPLES)
@given(
    nonsense=st.text(st.sampled_from("{}[]\",:\\' \n\tart01ue\u00e9"), max_size=30), place=st.integers(0, ENTRIES - 1)
)
@example(nonsense='{"":0}]', place=0)
@example(nonsense='[{"":"', place=1)
def test_any_nonsense_in_place_of_an_entry_loses_only_that(nonsense: str, place: int) -> None:
    entries = [*GOOD_ENTRIES[:place], nonsense, *GOOD_ENTRIES[place + 1 :]]

    found, _ = read(laid_out(entries).text.encode())

    assert numbers(found) == [number for number in range(ENTRIES) if number != place]


@settings(max_examples=EXAMPLES)
@given(place=st.integers(0, ENTRIES - 1), at=st.integers(0, 2000), length=st.integers(1, 40), put=st.text(max_size=3))
def test_a_hole_in_an_entry_loses_only_that(place: int, at: int, length: int, put: str) -> None:
    whole = GOOD_ENTRIES[place]
    at %= len(whole)
    holed = whole[:at] + put + whole[at + length :]
    entries = [*GOOD_ENTRIES[:place], holed, *GOOD_ENTRIES[place + 1 :]]

    found, _ = read(laid_out(entries).text.encode("utf-8", "surrogatepass"))

    others = [TARGET % number for number in range(ENTRIES) if number != place]
    assert {*others} <= {one.exchange.request.target for one in found}


TORN = '{"request":{"url":"https://api.twilio.com/","headers":[{"name":"a","value":"b"}'


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (
            [GOOD_ENTRIES[0], '{"startedDateTime":x}', GOOD_ENTRIES[2]],
            "the JSON of the entry is wrong at its character 20",
        ),
        ([GOOD_ENTRIES[0], GOOD_ENTRIES[1][:200], GOOD_ENTRIES[2]], "the JSON of the entry is wrong"),
        ([GOOD_ENTRIES[0], TORN, GOOD_ENTRIES[2]], "breaks off, and the next entry begins"),
        ([GOOD_ENTRIES[0], "[" * 100_000 + "]" * 100_000, GOOD_ENTRIES[2]], "nested too deeply"),
        ([GOOD_ENTRIES[0], f'"{TOKEN.decode()}"', GOOD_ENTRIES[2]], "expected an object, found text"),
        ([GOOD_ENTRIES[0], TOKEN.decode(), GOOD_ENTRIES[2]], "expected an entry, found other text"),
        ([GOOD_ENTRIES[0], '{"a":1} b', GOOD_ENTRIES[2]], "expected an entry, found other text"),
    ],
)
def test_the_damage_is_named_with_its_number(entries: list[str], says: str) -> None:
    found, recording = read(laid_out(entries).text.encode())

    [error] = recording.errors
    assert ([one.place for one in found], error.entry) == ([0, 2], 1)
    assert says in error.says
    assert TOKEN.decode() not in error.says


def test_damaged_entries_keep_their_numbers_apart() -> None:
    entries = [GOOD_ENTRIES[0], '{"a":x}', "null", '{"a":y}', GOOD_ENTRIES[1]]

    found, recording = read(laid_out(entries).text.encode())

    assert [error.entry for error in recording.errors] == [1, 2, 3]
    assert [one.place for one in found] == [0, 4]


@pytest.mark.parametrize("tail", ["garbage", "]}}", "\0" * 99, "</pre>", '{"a":1}', "null", "[1,2]", '{"entries":'])
def test_what_stands_behind_the_archive_is_nobodys_business(tail: str) -> None:
    found, recording = read(laid_out(GOOD_ENTRIES, tail=tail).text.encode())

    assert numbers(found) == [*range(ENTRIES)]
    assert recording.damaged == 0


@pytest.mark.parametrize("head", ["callback(", "// HAR\n", "<pre>", '"x"', "null,", "{}", "[]", '{"a":[1,{"b":2}]}'])
def test_what_stands_in_front_of_the_archive_neither(head: str) -> None:
    found, recording = read(laid_out(GOOD_ENTRIES, head=head).text.encode())

    assert numbers(found) == [*range(ENTRIES)]
    assert recording.damaged == 0


@pytest.mark.parametrize("pages", ["[{]", '{"a":', "[[[", "'", "x", "]"])
def test_damage_in_front_of_the_entries_does_not_lose_them(pages: str) -> None:
    text = laid_out(GOOD_ENTRIES, last=False).text.replace('{"log":{', '{"log":{"pages":' + pages + ",", 1)

    found, _ = read(text.encode())

    assert numbers(found) == [*range(ENTRIES)]


# --- bounds -----------------------------------------------------------------------------------------------------------
class Stream(io.RawIOBase):
    """A file that is made while it is read, so that its size costs the test no memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def peak(pieces: Iterator[bytes]) -> tuple[int, list[Entry], Recording]:
    tracemalloc.start()
    try:
        found, recording = read(Stream(pieces), whole=False)
        return tracemalloc.get_traced_memory()[1], found, recording
    finally:
        tracemalloc.stop()


def around(*middle: bytes, repeated: int) -> Iterator[bytes]:
    text = laid_out(["@" if number == 1 else one for number, one in enumerate(GOOD_ENTRIES)]).text.encode()
    head, _, tail = text.partition(b"@")
    yield head
    yield middle[0]
    for _ in range(repeated):
        yield middle[1]
    yield middle[2]
    yield tail


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("first", "piece", "end", "size", "read_too"),
    [
        pytest.param(GOOD_ENTRIES[1].encode()[:-1] + b',"z":"', b"x", b'"}', 60, True, id="text"),
        pytest.param(GOOD_ENTRIES[1].encode()[:-1] + b',"z":"', b"\\u00e9\\", b'\\"}', 40, True, id="escapes"),
        pytest.param(GOOD_ENTRIES[1].encode()[:-1] + b',"z":', b" ", b"1}", 40, False, id="blanks"),
        pytest.param(GOOD_ENTRIES[1].encode()[:-1] + b',"z":[0', b",0", b"]}", 10, False, id="numbers"),
        pytest.param(GOOD_ENTRIES[1].encode()[:-1] + b',"z": [0', b",0", b"]}", 10, False, id="shifted numbers"),
        pytest.param(b"", b"[", b"", 40, False, id="nested lists"),
        pytest.param(b"", b'{"a":', b"", 5, False, id="nested objects"),
        pytest.param(b"", b"\0", b"", 40, False, id="zeros"),
    ],
)
def test_the_size_of_an_entry_does_not_count(first: bytes, piece: bytes, end: bytes, size: int, read_too: bool) -> None:
    used, found, recording = peak(around(first, piece * (MEGABYTE // len(piece)), end, repeated=size))

    assert used < 40 * MEGABYTE
    assert numbers(found) == ([0, 1, 2, 3] if read_too else [0, 2, 3])
    assert recording.damaged == (not read_too)


def test_a_long_text_gives_its_beginning() -> None:
    long = json.loads(GOOD_ENTRIES[0])
    long["response"]["content"]["text"] = '\u00e9\\"' * WINDOW

    [one], _ = read(laid_out([json.dumps(long)]).text.encode())

    assert one.exchange.response
    assert one.exchange.response.body == ('\u00e9\\"' * WINDOW).encode()[:BODY_LIMIT]


@pytest.mark.parametrize("piece", ["\\u00e9", "\\n", "x\\\\", "\\ud83d\\ude00"])
def test_a_long_text_is_not_cut_within_an_escape(piece: str) -> None:
    for shift in range(len(piece)):
        text = '["' + "x" * shift + piece * (WINDOW // 2) + '"]'

        walked = condensed_value(Window(io.BytesIO(text.encode())), None)

        assert (walked.whole, walked.says) == (True, None)
        assert isinstance(walked.value, list)


def test_a_long_entry_that_is_not_closed_ends_where_the_next_begins() -> None:
    torn = GOOD_ENTRIES[1][:-1] + ',"z":["' + "x" * (3 * WINDOW) + '"'

    found, recording = read(laid_out([GOOD_ENTRIES[0], torn, *GOOD_ENTRIES[2:]]).text.encode())

    assert numbers(found) == [0, 2, 3]
    assert [error.says for error in recording.errors] == ["the JSON of the entry breaks off, and the next entry begins"]


def test_a_long_entry_may_be_wrong() -> None:
    wrong = GOOD_ENTRIES[1][:-1] + ',"z":"' + "x" * (3 * WINDOW) + '","y":x}'

    found, recording = read(laid_out([GOOD_ENTRIES[0], wrong, *GOOD_ENTRIES[2:]]).text.encode())

    assert numbers(found) == [0, 2, 3]
    assert [error.says for error in recording.errors] == ["the JSON of the entry is wrong"]


@pytest.mark.parametrize("piece", ["{},", "null,", '"x",', '{"startedDateTime":x},', '{"a":x},'])
def test_too_much_damage_ends_the_reading(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.har_text._WASTE_ALLOWED", -50_000_000)

    _, recording = read(laid_out([GOOD_ENTRIES[0], piece * 99 + "1", GOOD_ENTRIES[2]]).text.encode())

    assert recording.errors[-1].says == "too much of the file is damaged: nothing behind this entry is read"
    assert recording.damaged == 1


def test_unrelated_entries_cost_next_to_nothing() -> None:
    unrelated = GOOD_ENTRIES[0].replace("api.twilio.com", "www.example.com").replace('"status": 401', '"status": 200')
    unrelated = unrelated.replace('"comment": "', '"comment": "' + "x" * 20_000)
    block = (unrelated + ",").encode() * 100

    less, *_ = peak(around(GOOD_ENTRIES[1].encode() + b",", block, b"null", repeated=4))
    more, found, recording = peak(around(GOOD_ENTRIES[1].encode() + b",", block, b"null", repeated=8))

    assert (recording.exchanges, len(found)) == (804, 4)
    assert more - less < 400 * 2000


@pytest.mark.parametrize(
    "piece",
    [
        b'{"startedDateTime":[',
        b'{"request":{"url":"',
        b',{"time":',
        b'"',
        b"[1,",
        b"{}",
        b"x{",
        b'{"log":{"entries":[',
        b"]}",
    ],
)
def test_hostile_repetition_takes_no_longer_than_its_length(piece: bytes) -> None:
    text = laid_out([GOOD_ENTRIES[0]]).text.encode()[:-3] + b"," + piece * (MEGABYTE // 4 // len(piece))

    found, _ = read(text)

    assert numbers(found)[0] == 0


def test_one_text_may_be_the_whole_value() -> None:
    window = Window(io.BytesIO(b'"' + b"a" * (3 * WINDOW) + b'" rest'))

    walked = condensed_value(window, None)

    assert isinstance(walked.value, str)
    assert (walked.whole, walked.says, window.text[window.at :]) == (True, None, " rest")
    assert walked.value == "a" * 400_000


def test_a_window_tells_where_it_is() -> None:
    window = Window(io.BytesIO(b"ab\ncd\n" + b"x" * 10))
    window.at = 8

    assert window.place() == (3, 3)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_pipe_may_give_a_little_at_a_time(size: int) -> None:
    text = WAYS[0].text.encode("utf-16")
    pieces = (text[at : at + size] for at in range(0, len(text), size))

    found = [part for part in parts(io.BufferedReader(Stream(pieces), 16)) if isinstance(part, Found)]

    assert len(found) == ENTRIES


@settings(max_examples=EXAMPLES)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"{", b'{"log":{"entries":[', codecs.BOM_UTF16_LE, b"[", b'{"log":{"']),
)
def test_any_bytes_are_read_or_unreadable(data: bytes, head: bytes) -> None:
    found: list[Entry] = []
    recording = Recording(har.FORMAT, har.items(io.BytesIO(head + data), whole=True))
    with contextlib.suppress(UnreadableRecording):
        found.extend(recording)

    assert recording.exchanges == len(found)
