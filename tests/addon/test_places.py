import json
import os
import resource
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon.sinks import places
from addon.sinks.courier import Place, Undelivered
from addon.sinks.places import File, Socket, Stream, place_of

LINE = json.dumps({"n": "x" * 9000}).encode() + b"\n"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file can grow beyond 20 kB."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def closed(place: Place) -> None:
    place.close()


def test_a_file_is_private_and_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(b"before\n")
    path.chmod(0o644)
    file = File(str(path))
    file.deliver(LINE)
    file.deliver(LINE)
    file.close()
    assert path.read_bytes() == b"before\n" + LINE * 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_last_line_without_an_end_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(b'{"cut')
    file = File(str(path))
    file.deliver(LINE)
    file.deliver(LINE)
    file.close()
    assert path.read_bytes() == b'{"cut\n' + LINE * 2


def test_a_rotated_file_is_opened_anew(tmp_path: Path) -> None:
    path, moved = tmp_path / "events", tmp_path / "events.1"
    file = File(str(path))
    file.deliver(LINE)
    path.rename(moved)
    file.deliver(LINE)
    path.unlink()
    file.deliver(LINE)
    file.close()
    assert (moved.read_bytes(), path.read_bytes()) == (LINE, LINE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_leaves_whole_lines_and_goes_on_when_there_is_room(tmp_path: Path, full_disk: None) -> None:
    path = tmp_path / "events"
    file = File(str(path))
    file.deliver(LINE)
    file.deliver(LINE)
    for _ in range(2):
        with pytest.raises(Undelivered, match=r"^File too large$") as refused:
            file.deliver(LINE)
        assert refused.value.again is None
        assert path.read_bytes() == LINE * 2
    os.truncate(path, len(LINE))
    file.deliver(LINE)
    file.close()
    assert path.read_bytes() == LINE * 2


@pytest.mark.parametrize("where", ["no/such/folder", "."], ids=["missing", "folder"])
def test_what_cannot_be_opened_is_said_at_once(tmp_path: Path, where: str) -> None:
    with pytest.raises(OSError, match=r"No such file|Is a directory"):
        place_of(str(tmp_path / where), may_print=True)


def test_a_named_pipe_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    file = place_of(str(path), may_print=True)
    with path.open("rb") as reader:
        file.deliver(b"a\n")
        assert reader.readline() == b"a\n"
    closed(file)


def test_a_stream_is_written_to_as_it_is() -> None:
    reading, writing = os.pipe()
    stream = Stream(writing)
    stream.deliver(b"a\n")
    assert os.read(reading, 10) == b"a\n"
    os.close(reading)
    with pytest.raises(Undelivered, match=r"^Broken pipe$"):
        stream.deliver(b"b\n")
    stream.close()


def test_standard_output_is_only_for_those_who_may_print() -> None:
    with pytest.raises(ValueError, match="only mitmdump leaves free"):
        place_of("-", may_print=False)
    made = place_of("-", may_print=True)
    assert isinstance(made, Stream)
    closed(made)


@pytest.mark.parametrize("path", ["", "x" * 104, "a\0b"], ids=["none", "long", "zero"])
def test_a_socket_needs_a_path_that_it_can_have(path: str) -> None:
    with pytest.raises(ValueError, match="wants the path of a socket"):
        place_of(f"unix:{path}", may_print=True)


def test_the_home_folder_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    closed(place_of("~/events", may_print=True))
    assert (tmp_path / "events").exists()


def listener(path: Path, kind: int) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, kind)
    made.settimeout(5)
    made.bind(str(path))
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def test_a_stream_socket_gets_lines_and_is_connected_anew(tmp_path: Path) -> None:
    path = tmp_path / "s"
    place = Socket(str(path))
    with pytest.raises(Undelivered, match="No such file") as first:
        place.deliver(LINE)
    with pytest.raises(Undelivered, match="No such file") as second:
        place.deliver(LINE)
    assert first.value.again is not None
    assert second.value.again == 2 * first.value.again
    with listener(path, socket.SOCK_STREAM) as server:
        place.deliver(b"a\n")
        connection, _ = server.accept()
        assert connection.recv(100) == b"a\n"
        connection.close()
        with pytest.raises(Undelivered, match="Broken pipe") as lost:
            place.deliver(b"b\n")
        assert lost.value.again == first.value.again
        place.deliver(b"b\n")
        connection, _ = server.accept()
        assert connection.recv(100) == b"b\n"
        connection.close()
    place.close()


def test_a_datagram_socket_gets_one_line_each(tmp_path: Path) -> None:
    with listener(tmp_path / "s", socket.SOCK_DGRAM) as server:
        place = Socket(str(tmp_path / "s"))
        place.deliver(b"a\n")
        place.deliver(LINE)
        assert [server.recv(20_000) for _ in range(2)] == [b"a\n", LINE]
        with pytest.raises(Undelivered, match="too long for a datagram") as refused:
            place.deliver(b"x" * 10_000_000)
        assert refused.value.again is None
        place.deliver(b"b\n")
        assert server.recv(10) == b"b\n"
        place.close()


def test_a_listener_that_does_not_read_is_left_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_SEND_SECONDS", 0.1)
    with listener(tmp_path / "s", socket.SOCK_STREAM) as server:
        place = Socket(str(tmp_path / "s"))
        with pytest.raises(Undelivered, match="does not read") as refused:
            place.deliver(b"x" * 10_000_000)
        assert refused.value.again is not None
        reading = threading.Thread(target=lambda: [_read(server) for _ in range(2)])
        reading.start()
        monkeypatch.setattr(places, "_SEND_SECONDS", 5)
        place.deliver(b"y" * 1_000_000)
        place.close()
        reading.join(30)


def _read(server: socket.socket) -> int:
    connection, _ = server.accept()
    with connection:
        count = 0
        while data := connection.recv(1 << 20):
            count += len(data)
    return count
