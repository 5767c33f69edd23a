import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from offspring import children

from recordings.mitm import MitmFile
from why20003.cli import main
from why20003.scouting import sent_ahead
from why20003.sharing import elsewhere

SAMPLES = Path(__file__).parents[2] / "recordings" / "samples"
CAPTURE = b"".join((SAMPLES / f"{name}.mitm").read_bytes() for name in ("ok", "stray-characters", "ok"))
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("why20003.scouting.processors", lambda: 2)
    monkeypatch.setattr("recordings.mitm._WORTH_SCOUTING", len(CAPTURE))


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    (tmp_path / "a.mitm").write_bytes(CAPTURE)
    return tmp_path / "a.mitm"


def nothing() -> Iterator[bytes]:
    raise AssertionError("what is on its way already is asked for again")


def told(path: Path) -> bytes:
    """What is told of the capture by a process that begins when it is asked for."""
    with path.open("rb") as file:
        return b"".join(elsewhere(MitmFile(file).scouted))


@linux
def test_a_long_capture_is_gone_through_before_anybody_asks(capture: Path) -> None:
    before = children()
    with sent_ahead([str(capture)]) as ahead:
        assert len(children()) == len(before) + 1
        assert b"".join(ahead(nothing)) == told(capture) != b""
        assert children() == before
        assert [*ahead(lambda: [b"a"])] == [b"a"]  # a second one is begun as always
    assert children() == before


@linux
@pytest.mark.parametrize("begun", [True, False])
def test_nobody_is_left_behind(capture: Path, *, begun: bool) -> None:
    before = children()
    files = len([*Path("/proc/self/fd").iterdir()])
    with pytest.raises(KeyError, match="x"), sent_ahead([str(capture)]) as ahead:  # noqa: PT012 - it is in the midst
        pieces = ahead(nothing)
        if begun:
            next(pieces)
        raise KeyError("x")
    del pieces
    assert children() == before
    assert len([*Path("/proc/self/fd").iterdir()]) == files


@linux
def test_where_nobody_is_sent(capture: Path, tmp_path: Path) -> None:
    (tmp_path / "short.mitm").write_bytes(CAPTURE[:-1])
    (tmp_path / "digits").write_bytes(b"1" * len(CAPTURE))
    (tmp_path / "text").write_bytes(b"x" * len(CAPTURE))
    (tmp_path / "empty").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(capture)
    os.mkfifo(tmp_path / "pipe")  # to open it would wait for whoever writes
    (tmp_path / "closed").write_bytes(CAPTURE)
    (tmp_path / "closed").chmod(0)
    single = ["short.mitm", "digits", "text", "empty", "a.zip", "pipe", "no such file", "", "nul\0", "-"]
    if os.geteuid():
        single.append("closed")
    before = children()
    for names in ([], [str(capture)] * 2, *([str(tmp_path / name)] for name in single)):
        with sent_ahead(names) as ahead:
            assert children() == before, names
            assert [*ahead(lambda: [b"a"])] == [b"a"]


@linux
def test_one_processor_has_enough_to_do(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("why20003.scouting.processors", lambda: 1)
    before = children()
    with sent_ahead([str(capture)]):
        assert children() == before


def test_without_another_process_all_is_read_here(
    capture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", "--format", "json", str(capture)]) == 1
    printed = capsys.readouterr()

    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", full)
    assert main(["diagnose", "--format", "json", str(capture)]) == 1
    assert capsys.readouterr() == printed


@linux
@pytest.mark.parametrize("shape", ["json", "ndjson", "text"])
def test_the_command_says_the_same(
    capture: Path, shape: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = children()
    assert main(["diagnose", "--format", shape, str(capture)]) == 1
    with_two = capsys.readouterr()
    assert children() == before
    for place in ("scouting", "feeding"):
        monkeypatch.setattr(f"why20003.{place}.processors", lambda: 1)
    assert main(["diagnose", "--format", shape, str(capture)]) == 1
    assert capsys.readouterr() == with_two


@linux
def test_one_that_dies_is_done_without(capture: Path) -> None:
    before = children()
    with sent_ahead([str(capture)]) as ahead:
        for process in children() - before:
            os.kill(process, signal.SIGKILL)
        with capture.open("rb") as file:
            found = [*MitmFile(file, elsewhere=ahead).items()]
    with capture.open("rb") as file:
        assert found == [*MitmFile(file).items()]


@linux
def test_it_is_on_its_way_before_what_judges_is_loaded(capture: Path) -> None:
    program = (
        "import os, sys; import recordings.mitm, why20003.scouting; from why20003.cli import main\n"
        "recordings.mitm._WORTH_SCOUTING = 1; why20003.scouting.processors = lambda: 2; fork = os.fork\n"
        "def told():\n"
        "    print(*sorted({'analyzers.case', 'analyzers.capture', 'analyzers.registry'} & sys.modules.keys()), "
        "file=sys.stderr)\n"
        "    return fork()\n"
        "os.fork = told; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, "diagnose", str(capture)]
    done = subprocess.run(command, cwd=SAMPLES.parents[1], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"\n")
