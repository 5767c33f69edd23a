import contextlib
import gc
import gzip
import io
import json
import os
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mitmproxy import http
from wire_text import raw_text, trace

from analyzers.building import TOKEN, accepted, refused
from recordings import archives, raw
from recordings.archives import Budget, Content, packing_of, shown_name, told, unpacked
from recordings.opening import open_recording, read_recording, recordings_in, recordings_of
from recordings.reading import Cut, Entry, EntryError, Item, Passed, Recording, Skipped, UnreadableRecording

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))
RAW = raw_text(refused(), accepted())
CURL = trace(refused())
HAR = json.dumps(
    {"log": {"entries": [{"request": {"url": "https://api.twilio.com/"}, "response": {"status": 401}}]}}
).encode()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def zst(content: bytes) -> bytes:
    return zstandard.compress(content)


def found(content: bytes) -> list[tuple[str, str, int | str]]:
    """Format, member and number of exchanges, or why it cannot be read, of each recording."""
    return [told_of(recording) for recording in list(recordings_of(io.BytesIO(content)))]


def told_of(recording: Recording) -> tuple[str, str, int | str]:
    try:
        return recording.format, recording.member, len(list(recording))
    except UnreadableRecording as error:
        return recording.format, recording.member, str(error)


# --- every packing of every format -----------------------------------------------------------------------------------
@pytest.fixture
def capture(twilio_flow: Callable[..., http.HTTPFlow], saved: Callable[..., bytes]) -> bytes:
    return saved(twilio_flow(), twilio_flow())


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zhar": zlib.compress,
    "zlib-level-0": lambda content: zlib.compress(content, 0),
    "zlib-level-9": lambda content: zlib.compress(content, 9),
    "gz-of-two-members": lambda content: gzip.compress(content[:100]) + gzip.compress(content[100:]),
    "gz-with-padding": lambda content: gzip.compress(content) + bytes(512),
    "gz-level-0": lambda content: gzip.compress(content, 0),
    "zst": zst,
    "zst-of-two-frames": lambda content: zst(content[:100]) + zst(content[100:]),
    "zst-behind-a-frame-to-skip": lambda content: b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zst(content),
    "zip": lambda content: zipped(("a", content)),
    "zip-stored": lambda content: zipped(("a", content), method=zipfile.ZIP_STORED),
    "zip-bzip2": lambda content: zipped(("a", content), method=zipfile.ZIP_BZIP2),
    "zip-lzma": lambda content: zipped(("a", content), method=zipfile.ZIP_LZMA),
    "zip-of-gz": lambda content: zipped(("a.gz", gzip.compress(content))),
    "zip-of-zst": lambda content: zipped(("folder/a.zst", zst(content))),
    "zip-of-zip": lambda content: zipped(("b.zip", zipped(("a", content)))),
    "gz-of-zip": lambda content: gzip.compress(zipped(("a", content))),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_what_is_packed_reads_as_what_is_not(tmp_path: Path, packing: str, capture: bytes) -> None:
    for content in (capture, HAR, RAW, CURL):
        file = tmp_path / "recording.txt"
        file.write_bytes(PACKINGS[packing](content))
        plain = read_recording(io.BytesIO(content))

        assert open_recording(file) == plain
        with io.BufferedReader(NoSeek(file.read_bytes())) as pipe:
            assert read_recording(pipe) == plain


class NoSeek(io.RawIOBase):
    """A pipe."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io hands over
        return self._file.readinto(buffer[:1000])


@pytest.mark.parametrize(
    ("start", "packing"),
    [
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x78\x9c\xed", "zlib"),
        (b"x^ is text", ""),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x5f\x2a\x4d\x18", "zstd"),
        (b"\x60\x2a\x4d\x18", ""),
        (b"PK", ""),
        (b"", ""),
        (HAR, ""),
    ],
)
def test_packings_are_told_by_their_first_bytes(start: bytes, packing: str) -> None:
    assert packing_of(start) == packing


# --- several members -------------------------------------------------------------------------------------------------
def test_every_member_that_is_a_recording_is_one(capture: bytes) -> None:
    content = zipped(
        ("readme.txt", b"Read me"),
        ("captures/a.mitm", capture),
        ("b.har", HAR),
        ("empty", b""),
        ("__MACOSX/._b.har", b"\0\5\x16\7\0"),
        ("c.log", CURL),
        ("d.zip", zipped(("e.txt", RAW), ("picture.png", b"\x89PNG\r\n\x1a\n"))),
    )

    assert [one for one in found(content) if isinstance(one[2], int)] == [
        ("mitm", "captures/a.mitm", 2),
        ("har", "b.har", 1),
        ("curl", "c.log", 1),
        ("raw", "d.zip/e.txt", 2),
    ]


def test_recordings_are_read_in_any_order_and_the_archive_is_closed_in_the_end(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(zipped(("a", RAW), ("b", HAR), ("c", CURL)))

    recordings = list(recordings_in(file))

    assert [len(list(recording)) for recording in reversed(recordings)] == [1, 1, 2]


def test_all_members_together_are_one_reading(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    bad = raw_text(refused()).split(b"\r\n\r\n", 1)[1]
    file.write_bytes(zipped(("a", RAW), ("b", bad), ("c", CURL), ("d", encrypted_content())))

    reading = open_recording(file)

    assert [reading.place(index) for index in range(3)] == [0, 1, 3]
    assert [error.entry for error in reading.errors] == [2, 4]


# --- members that cannot be read -------------------------------------------------------------------------------------
def encrypted(content: bytes, name: bytes = b"secret.har") -> bytes:
    """The bit that says so, set in both headers of the member."""
    at = content.index(b"PK\x03\x04", max(0, content.index(name) - 40))
    central = content.index(b"PK\x01\x02", max(0, content.rindex(name) - 60))
    changed = bytearray(content)
    changed[at + 6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


def encrypted_content() -> bytes:
    return encrypted(zipped(("secret.har", HAR)))


def test_an_encrypted_member_is_named_and_loses_no_other() -> None:
    assert found(encrypted(zipped(("secret.har", HAR), ("b.har", HAR)))) == [
        ("", "secret.har", "secret.har: is encrypted; unpack the archive with its password and give the files"),
        ("har", "b.har", 1),
    ]


def test_a_file_with_nothing_but_an_encrypted_member_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(encrypted_content())

    with pytest.raises(UnreadableRecording, match=r"^secret\.har: is encrypted; unpack the archive"):
        open_recording(file)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_loses_no_other(method: int) -> None:
    content = bytearray(zipped(("a", os.urandom(40) + RAW), ("b", HAR), method=method))
    content[60] ^= 0xFF

    assert ("har", "b", 1) in found(bytes(content))


def test_damage_in_the_middle_keeps_what_came_before() -> None:
    noise = b"".join(b"X-%d: %s\r\n" % (number, os.urandom(40).hex().encode()) for number in range(9000))
    packed = bytearray(gzip.compress(RAW + b"GET /later HTTP/1.1\r\nHost: h\r\n" + noise))
    packed[-20_000] ^= 0xFF

    [recording] = recordings_of(io.BytesIO(bytes(packed)))

    assert len(list(recording)) >= 2
    assert re.search(
        r"the archive (is damaged|ends in the middle); nothing after this is read", recording.errors[-1].says
    )


@pytest.mark.parametrize("pack", [gzip.compress, zst], ids=["gz", "zst"])
def test_a_cut_archive_gives_what_came_before_and_is_said_to_be_cut(
    pack: Callable[[bytes], bytes],
) -> None:
    whole = pack(RAW + b"\n" + os.urandom(200_000).hex().encode())

    [recording] = recordings_of(io.BytesIO(whole[: len(whole) * 3 // 4]))

    assert len(list(recording)) == 2
    assert recording.errors[-1].says == "the archive ends in the middle; nothing after this is read"


def test_what_is_said_of_damage_has_the_place_behind_all_that_came() -> None:
    content = unpacked("gzip", Content("", lambda: io.BytesIO(gzip.compress(RAW)[:-9])), Budget())

    def items(file: BinaryIO) -> Iterator[Item]:
        assert file.read()
        yield from (Skipped(3), Passed(5), EntryError(8, "broken"))

    *_, error = told(items, content.open)

    assert error == EntryError(9, "the archive ends in the middle; nothing after this is read")


def test_a_cut_gz_of_a_capture_is_truncated(capture: bytes) -> None:
    whole = gzip.compress(capture, 0)

    [recording] = recordings_of(io.BytesIO(whole[: len(whole) - 100]))

    assert len(list(recording)) == 1
    assert recording.truncated
    assert [error.says for error in recording.errors] == ["the archive ends in the middle; nothing after this is read"]


def test_a_cut_zip_says_so_and_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(zipped(("a", RAW))[:-30])

    with pytest.raises(UnreadableRecording, match=r"is a \.zip, but it is cut off or damaged"):
        open_recording(file)
    gc.collect()  # an open file would be a ResourceWarning, and that an error


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"\x1f\x8b\x08", "the archive ends in the middle", id="gz-with-nothing-in-it"),
        pytest.param(b"\x1f\x8b\x08" + b"\xff" * 30, "the archive is damaged", id="gz-of-nonsense"),
        pytest.param(b"\x28\xb5\x2f\xfd" + b"\xff" * 30, "the archive is damaged", id="zst-of-nonsense"),
        pytest.param(gzip.compress(b""), "the file is empty", id="gz-of-nothing"),
        pytest.param(gzip.compress(b"hello"), "unknown format; expected", id="gz-of-something-else"),
        pytest.param(zipped(), r"is a \.zip without a recording in it; expected", id="zip-of-nothing"),
        pytest.param(
            zipped(("a.txt", b"hello")), r"is a \.zip without a recording in it; expected", id="zip-of-other-things"
        ),
        pytest.param(
            zipped(("[Content_Types].xml", b""), ("word/document.xml", b"<x/>")),
            "is an Office document; give the text",
            id="docx",
        ),
        pytest.param(
            gzip.compress(gzip.compress(gzip.compress(RAW))), "an archive in an archive in an archive", id="deep"
        ),
        pytest.param(
            zipped(("a.zip", zipped(("b.zip", zipped(("c", RAW)))))),
            r"a\.zip.b\.zip: is an archive in an archive",
            id="zip-deep",
        ),
    ],
)
def test_archives_without_a_recording(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableRecording, match=says) as raised:
        read_recording(io.BytesIO(content))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.chlz", "is a Charles session; in Charles choose"),
        ("a.PROXYMANLOGV2", "is a Proxyman log; in Proxyman choose"),
        ("a.zip", "expected a HAR file"),
    ],
)
def test_the_zips_of_other_tools_get_a_hint(tmp_path: Path, name: str, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(zipped(("1-meta.json", b"{}"), ("2-meta.json", b"[{}]")))

    with pytest.raises(UnreadableRecording, match=says):
        open_recording(file)

    file.write_bytes(zipped(("1-meta.json", b"{}"), ("a.har", HAR)))
    assert len(open_recording(file).exchanges) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.har", "a.har"),
        ("über/日本.har", "über/日本.har"),
        ("a\x1b[31m\n\x07", "a\\x1b[31m\\n\\x07"),
        ("a\u202egpj.har", "a\\u202egpj.har"),
        ("a" * 300, "a" * 200 + "..."),
    ],
)
def test_names_control_no_terminal(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_members_name_is_shown_escaped() -> None:
    [(_, member, _)] = found(zipped(("a\x1b]0;x\x07.har", HAR)))

    assert member == "a\\x1b]0;x\\x07.har"


# --- bombs -----------------------------------------------------------------------------------------------------------
def read_with(budget: Budget, packing: str, packed: bytes) -> list[object]:
    content = unpacked(packing, Content("", lambda: io.BytesIO(packed)), budget)
    return list(told(raw.items, content.open))


def test_the_total_is_bounded() -> None:
    *entries, error, _ = read_with(Budget(total=100_000), "gzip", gzip.compress(RAW * 1000))

    assert len(entries) > 10
    assert isinstance(error, EntryError)
    assert error.says.startswith("it unpacks to more than 0 MB; unpack it yourself and give the files")


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("zstd", zst)])
def test_the_ratio_is_bounded_beyond_what_is_free(packing: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(RAW + bytes(1 << 21))

    *entries, error = read_with(Budget(free=1 << 20, ratio=100), packing, packed)
    free = read_with(Budget(free=1 << 22, ratio=100), packing, packed)

    assert all(isinstance(item, Entry) for item in entries)
    assert isinstance(error, EntryError)
    assert "more than 100 times its size" in error.says
    assert [type(item) for item in free] == [Entry, Entry]


def test_a_bomb_costs_neither_time_nor_memory() -> None:
    bomb = gzip.compress(RAW + bytes(1 << 28))
    began = time.monotonic()

    for content in (bomb, zipped(("bomb", RAW + bytes(1 << 28))), gzip.compress(bomb)):
        [recording] = recordings_of(io.BytesIO(content))
        assert len(list(recording)) == 2
        assert "times its size" in recording.errors[-1].says
    assert time.monotonic() - began < 30


def test_zeros_are_no_recording_however_many() -> None:
    with pytest.raises(UnreadableRecording, match="unknown format"):
        found(zst(bytes(1 << 28)))


def test_all_members_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.opening.Budget", lambda: Budget(total=40_000))

    content = zipped(*((f"{number}", RAW * 5) for number in range(20)))
    says = [told_of(recording)[2] for recording in recordings_of(io.BytesIO(content))]

    assert 10 in says
    assert any("unpacks to more than" in str(one) for one in says)


def test_more_members_than_are_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)

    assert found(zipped(*((f"{number}", HAR) for number in range(5))))[-1] == (
        "",
        "",
        ": holds 5 files; only the first 2 are read",
    )


def test_a_zip_from_a_pipe_is_held_only_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMORY_LIMIT", 1000)

    with (
        io.BufferedReader(NoSeek(zipped(("a", os.urandom(5000))))) as pipe,
        pytest.raises(UnreadableRecording, match="inside something else; unpack it"),
    ):
        list(recordings_of(pipe))


# --- any bytes -------------------------------------------------------------------------------------------------------
MIXED = zipped(("a", RAW), ("b.gz", gzip.compress(HAR)), ("raw/1_c.txt", RAW))
STARTS = st.sampled_from(
    [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\0\0\0\0\0\0\3", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18"]
)


def check(content: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        for one in found(content):
            assert TOKEN.decode() not in str(one)


@given(st.tuples(STARTS, st.binary(max_size=120)).map(b"".join))
def test_any_bytes_behind_a_packings_first(content: bytes) -> None:
    check(content)


@given(st.lists(st.tuples(st.integers(0, len(MIXED) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 50))
def test_any_damage_in_a_zip(changes: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(MIXED)
    for at, byte in changes:
        content[at] = byte
    check(bytes(content[: len(content) - cut]))


@pytest.mark.skipif(not EXAMPLES, reason="WHY20003_EXAMPLES sets how many archives are read")
@settings(max_examples=EXAMPLES or 1, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, len(MIXED) - 1), st.integers(0, 255)), max_size=20))
def test_any_damage_at_length(changes: list[tuple[int, int]]) -> None:
    content = bytearray(MIXED)
    for at, byte in changes:
        content[at] = byte
    check(bytes(content))


@pytest.mark.parametrize("pack", [gzip.compress, zst, lambda content: zipped(("a", content))], ids=["gz", "zst", "zip"])
def test_a_cut_anywhere_is_no_other_error(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(RAW)
    for at in range(len(whole)):
        check(whole[:at])


def test_cut_comes_last() -> None:
    packed = gzip.compress(RAW[:-30], 0)[:-40]

    *_, error, cut = read_with(Budget(), "gzip", packed)

    assert isinstance(error, EntryError)
    assert cut == Cut()
