import contextlib
import gc
import gzip
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from wire_text import raw_text, trace

from analyzers.building import TOKEN, refused
from recordings import inputs
from recordings.opening import open_recording, read, read_recording, recordings_in, recordings_of
from recordings.reading import Reading, UnreadableRecording

HAR = json.dumps(
    {"log": {"entries": [{"request": {"url": "https://api.twilio.com/"}, "response": {"status": 401}}]}}
).encode()

RAW = raw_text(refused())
CURL = trace(refused())


@pytest.fixture
def capture(twilio_flow: Callable[..., http.HTTPFlow], saved: Callable[..., bytes]) -> bytes:
    return saved(twilio_flow())


@pytest.mark.parametrize("name", ["a.har", "a.mitm", "a", "a.txt"])
def test_the_content_decides_and_never_the_name(tmp_path: Path, capture: bytes, name: str) -> None:
    file = tmp_path / name

    file.write_bytes(capture)
    assert open_recording(file).format == "mitm"
    file.write_bytes(HAR)
    assert open_recording(file).format == "har"


@pytest.mark.parametrize(
    "har",
    [
        pytest.param(b"\n\t " + HAR, id="blanks"),
        pytest.param(b"\xef\xbb\xbf\n" + HAR, id="bom"),
        pytest.param(HAR.decode().encode("utf-16"), id="utf-16"),
    ],
)
def test_a_har_may_begin_with_blanks_or_a_mark(har: bytes) -> None:
    assert len(read_recording(io.BytesIO(har)).exchanges) == 1


EXPECTED = "expected a mitmproxy capture"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"hello " + TOKEN, "unknown format; expected a mitmproxy capture", id="text"),
        pytest.param(b"\x1f\x8b\x08", "the archive ends in the middle", id="gzip"),
        pytest.param(b"12:" + TOKEN, EXPECTED, id="digits-and-colon"),
        pytest.param(b"{" + TOKEN, "unknown format; expected", id="brace"),
        pytest.param(b'{"a":"' + TOKEN, "expected a HAR file", id="json"),
        pytest.param(b"%PDF-1.7\n", "is a PDF; give the text itself", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "is a picture; give the text itself", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", "is a picture; give the text itself", id="jpeg"),
        pytest.param(b"\xd4\xc3\xb2\xa1\2\0\4\0", "is packets; in Wireshark choose Follow", id="pcap"),
        pytest.param(b"\xa1\xb2\xc3\xd4\0\2\0\4", "is packets; in Wireshark choose Follow", id="pcap-big-endian"),
        pytest.param(b"\x4d\x3c\xb2\xa1\2\0\4\0", "is packets; in Wireshark choose Follow", id="pcap-nanoseconds"),
        pytest.param(b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "is packets; in Wireshark choose Follow", id="pcapng"),
        pytest.param(
            b"<?xml version='1.0'?><!DOCTYPE charles-session><charles-session>",
            "is a Charles session in XML; in Charles choose File > Export Session",
            id="chlsx",
        ),
        pytest.param(
            b'[{"status":"COMPLETE","method":"POST","protocolVersion":"HTTP/1.1"}]',
            "is a Charles session in JSON; in Charles choose File > Export Session",
            id="chlsj",
        ),
        pytest.param(
            b'<?xml version="1.0"?>\n<items burpVersion="2026.1">', "is Burp's XML; in Burp choose", id="burp"
        ),
        pytest.param(b"<!DOCTYPE html>\n<html>", "is a web page; give the text itself", id="html"),
        pytest.param(b"7z\xbc\xaf\x27\x1c\0\4", "is a 7-Zip archive; unpack it", id="7z"),
        pytest.param(b"Rar!\x1a\x07\1\0", "is a RAR archive; unpack it", id="rar"),
        pytest.param(b"\xfd7zXZ\0\0\4", "is an .xz file; unpack it", id="xz"),
        pytest.param(b"BZh91AY&SY\0", "is a .bz2 file; unpack it", id="bz2"),
        pytest.param(b"a.mitm" + bytes(251) + b"ustar\x0000", "is a tar archive; unpack it", id="tar"),
        pytest.param(b"SQLite format 3\0", "is a database; give the text itself", id="sqlite"),
        pytest.param(b"HTTP/1.1 401 is what we get\n", "unknown format; expected", id="prose"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "x.mitm"
    file.write_bytes(content)

    with pytest.raises(UnreadableRecording, match=says) as raised:
        open_recording(file)

    said = str(raised.value)
    assert len(said) < 400
    assert "\n" not in said
    assert TOKEN.decode() not in said


def test_a_folder_a_missing_file_and_an_impossible_name(tmp_path: Path) -> None:
    for path, says in (
        (tmp_path, "is a folder; expected"),
        (tmp_path / "missing", "No such file or directory; expected"),
        (Path("a\0b"), "is no file name; expected"),
        (Path(os.devnull), "is a device; expected"),
    ):
        with pytest.raises(UnreadableRecording, match=says):
            open_recording(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(HAR)
    file.chmod(0)

    with pytest.raises(UnreadableRecording, match="Permission denied; expected"):
        open_recording(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("wait", [0.0, 0.3])
@pytest.mark.parametrize("packed", [False, True])
def test_a_pipe_is_read_to_its_end(tmp_path: Path, capture: bytes, wait: float, *, packed: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = gzip.compress(capture * 50) if packed else capture * 50

    def write() -> None:
        time.sleep(wait)
        with pipe.open("wb", buffering=0) as file:
            time.sleep(wait)
            for at in range(0, len(content), 5000):
                file.write(content[at : at + 5000])

    writer = threading.Thread(target=write, daemon=True)
    writer.start()

    found = open_recording(pipe)

    writer.join(30)
    assert len(found.exchanges) == 50


@pytest.mark.parametrize("form", ["mitm", "curl"])
def test_what_has_come_is_read_before_the_end(capture: bytes, form: str) -> None:
    """As ``mitmdump -w /dev/stdout`` or ``curl -v`` write it, for ndjson to tell of each refusal when it happens."""
    content = capture if form == "mitm" else CURL
    reading, writing = os.pipe()
    found: list[int] = []

    def read_two() -> None:
        with os.fdopen(reading, "rb", buffering=0) as file:
            for recording in recordings_of(file):
                for entry in recording:
                    found.append(entry.place)
                    seen.set()

    seen = threading.Event()
    reader = threading.Thread(target=read_two, daemon=True)
    reader.start()
    with os.fdopen(writing, "wb", buffering=0) as file:
        file.write(content + content[: len(content) // 2])
        told = seen.wait(20)
        file.write(content[len(content) // 2 :])
    reader.join(20)
    assert told, "nothing was read before the end"
    assert found == [0, 1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("opened", [False, True])
def test_a_pipe_into_which_nobody_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, opened: bool) -> None:
    monkeypatch.setattr(inputs, "PATIENCE", 0.2)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if opened:
        writer = threading.Thread(target=lambda: pipe.open("wb").close(), daemon=True)
        writer.start()

    with pytest.raises(UnreadableRecording, match=r"(nothing was written into this pipe|the file is empty); expected"):
        open_recording(pipe)

    if opened:
        writer.join(30)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as here:
        here.bind("s")
        with pytest.raises(UnreadableRecording, match="is a socket; expected"):
            open_recording(tmp_path / "s")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.chls", "is a Charles session; in Charles choose"),
        ("a.CHLS", "is a Charles session; in Charles choose"),
        ("a.proxymanlog", "is a Proxyman log; in Proxyman choose"),
        ("a.bin", "unknown format; expected"),
    ],
)
def test_a_name_decides_nothing_but_the_hint(tmp_path: Path, name: str, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"\0\1\2")
    with pytest.raises(UnreadableRecording, match=says):
        open_recording(file)

    file.write_bytes(HAR)
    assert open_recording(file).format == "har"


# --- the ways to read ------------------------------------------------------------------------------------------------
def test_every_way_gives_the_same_exchanges(tmp_path: Path, capture: bytes) -> None:
    for content in (capture, HAR, RAW, CURL, gzip.compress(capture)):
        file = tmp_path / "x"
        file.write_bytes(content)
        expected = list(open_recording(file).exchanges)

        assert list(read(file)) == expected
        [recording] = recordings_in(file, everything=True)
        assert [entry.exchange for entry in recording] == expected
        with file.open("rb") as opened:
            assert list(read_recording(opened).exchanges) == expected
            assert not opened.closed


def test_what_is_cut_off_is_said_to_be(capture: bytes) -> None:
    reading = read_recording(io.BytesIO(capture * 2 + capture[:-5]))

    assert len(reading.exchanges) == 2
    assert reading.truncated


def test_an_open_file_is_read_from_where_it_stands(capture: bytes) -> None:
    file = io.BytesIO(b"before" + capture)
    file.seek(6)

    [recording] = recordings_of(file)

    assert len(list(recording)) == 1


@pytest.mark.parametrize(
    ("content", "format_"), [(HAR, "har"), (RAW, "raw"), (CURL, "curl"), (b"\xef\xbb\xbf" + RAW, "raw")]
)
def test_formats(content: bytes, format_: str) -> None:
    [recording] = recordings_of(io.BytesIO(content))

    assert recording.format == format_
    assert len(list(recording)) == 1


def test_reading_goes_on_past_a_member_that_fails(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.har", b'{"log":{}}')
        archive.writestr("b.har", HAR)
    exchanges = read(file)

    assert next(exchanges).request.host == "api.twilio.com"
    with pytest.raises(UnreadableRecording, match="expected a HAR file"):
        next(exchanges)


def test_a_file_that_is_never_read_is_not_left_open(tmp_path: Path) -> None:
    for content in (HAR, gzip.compress(RAW)):
        file = tmp_path / "x"
        file.write_bytes(content)
        list(recordings_in(file))
        gc.collect()  # an open file would be a ResourceWarning, and that an error


@given(st.binary(max_size=200) | st.from_regex(rb"\A\s*[{0-9][0-9]*:.{0,50}", fullmatch=True))
def test_any_bytes_give_a_reading_or_are_unreadable(content: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        assert isinstance(read_recording(io.BytesIO(content)), Reading)


@pytest.mark.parametrize(
    ("content", "unloaded"),
    [
        pytest.param(HAR, ("mitmproxy", "h11", "zipfile", "zstandard"), id="har"),
        pytest.param(RAW, ("mitmproxy", "zipfile", "zstandard"), id="raw"),
        pytest.param(CURL, ("mitmproxy", "zipfile", "zstandard"), id="curl"),
        pytest.param(gzip.compress(HAR), ("mitmproxy", "h11", "zipfile", "zstandard"), id="gz"),
    ],
)
def test_what_is_not_needed_is_not_loaded(tmp_path: Path, content: bytes, unloaded: tuple[str, ...]) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(content)
    program = (
        "import sys, pathlib; from recordings.opening import open_recording; "
        f"open_recording(pathlib.Path({str(file)!r})); print([name for name in {unloaded!r} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout == "[]\n"
