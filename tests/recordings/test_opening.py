import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http

from analyzers.building import TOKEN
from recordings.opening import open_recording, read_recording
from recordings.reading import Reading, UnreadableRecording

HAR = json.dumps(
    {"log": {"entries": [{"request": {"url": "https://api.twilio.com/"}, "response": {"status": 401}}]}}
).encode()


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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"GET / HTTP/1.1\r\nAuthorization: Basic " + TOKEN, "unknown format", id="text"),
        pytest.param(b"\x1f\x8b\x08", "unknown format", id="gzip"),
        pytest.param(b"12", "unknown format", id="digits"),
        pytest.param(b"12:" + TOKEN, "expected a mitmproxy capture", id="digits-and-colon"),
        pytest.param(b"{" + TOKEN, "expected a HAR file", id="brace"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "x.mitm"
    file.write_bytes(content)

    with pytest.raises(UnreadableRecording, match=says) as raised:
        open_recording(file)

    said = str(raised.value)
    assert "expected a " in said
    assert "\n" not in said
    assert TOKEN.decode() not in said


def test_a_folder_a_missing_file_and_an_impossible_name(tmp_path: Path) -> None:
    for path, says in (
        (tmp_path, "is a folder; expected"),
        (tmp_path / "missing", "No such file or directory; expected"),
        (Path("a\0b"), "expected a mitmproxy capture"),
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
def test_a_pipe_is_read_to_its_end(tmp_path: Path, capture: bytes) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(capture,))
    writer.start()

    found = open_recording(pipe)

    writer.join()
    assert len(found.exchanges) == 1


@given(st.binary(max_size=200) | st.from_regex(rb"\A\s*[{0-9][0-9]*:.{0,50}", fullmatch=True))
def test_any_bytes_give_a_reading_or_are_unreadable(content: bytes) -> None:
    with contextlib.suppress(UnreadableRecording):
        assert isinstance(read_recording(io.BytesIO(content)), Reading)


def test_reading_a_har_loads_no_mitmproxy(tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(HAR)
    program = (
        "import sys, pathlib; from recordings.opening import open_recording; "
        f"open_recording(pathlib.Path({str(file)!r})); print('mitmproxy' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout == "False\n"
