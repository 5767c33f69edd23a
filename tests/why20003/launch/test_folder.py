import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from why20003.launch.folder import Folder, NoFolder, private_folder, remove_stale


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "tmp").iterdir())


def test_it_is_private_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with private_folder() as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
        assert not os.get_inheritable(folder.lock)
        (folder.path / "below").mkdir()
        (folder.path / "below" / "key.pem").write_text("key")
    assert left(tmp_path) == []


def test_it_goes_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="inside"), private_folder():
        raise KeyError("inside")
    assert left(tmp_path) == []


def test_the_folder_of_the_session_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with private_folder() as folder:
        assert folder.path.parent == runtime


@pytest.mark.parametrize("value", ["", "relative", "/proc/nowhere", "/dev/null"])
def test_a_folder_of_the_session_that_is_none_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    with private_folder() as folder:
        assert folder.path.parent == tmp_path / "tmp"


def test_the_folders_of_living_runs_stay(tmp_path: Path) -> None:
    with private_folder() as first:
        with private_folder() as second:
            assert first.path.exists()
            assert second.path != first.path
        remove_stale(tmp_path / "tmp")
        assert first.path.exists()


def test_the_folder_of_a_run_that_was_killed_goes_at_the_next_start(tmp_path: Path) -> None:
    script = "from why20003.launch.folder import private_folder\nwith private_folder(): print(flush=True); input()"
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        remove_stale(tmp_path / "tmp")
        assert len(left(tmp_path)) == 1
        process.kill()
    with private_folder() as folder:
        assert left(tmp_path) == [folder.path.name]


def test_who_inherits_the_lock_keeps_the_folder(tmp_path: Path) -> None:
    with private_folder() as folder:
        copy = os.dup(folder.lock)
        os.close(folder.lock)
        remove_stale(tmp_path / "tmp")
        assert folder.path.exists()
        os.close(copy)
        remove_stale(tmp_path / "tmp")
        assert left(tmp_path) == []
        os.open(os.devnull, os.O_RDONLY)  # takes the number of the lock, which the block closes


def test_a_folder_that_has_no_lock_yet_is_being_made(tmp_path: Path) -> None:
    young, old = (tmp_path / "tmp" / f"why20003-run-{name}" for name in ("young", "old"))
    young.mkdir()
    old.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    remove_stale(tmp_path / "tmp")
    assert left(tmp_path) == [young.name]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    tmp, elsewhere = tmp_path / "tmp", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").write_text("")
    (tmp / "why20003-run-link").symlink_to(elsewhere)
    (tmp / "why20003-run-file").write_text("")
    (tmp / "other").mkdir()
    remove_stale(tmp)
    remove_stale(tmp_path / "nowhere")
    assert left(tmp_path) == ["other", "why20003-run-file", "why20003-run-link"]
    assert (elsewhere / "lock").exists()


def test_no_place_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    with (
        pytest.raises(NoFolder, match=r"^no temporary folder can be written; set TMPDIR to one that can$"),
        private_folder(),
    ):
        pass


def test_a_place_that_cannot_be_written_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    with pytest.raises(NoFolder, match=r"^cannot make a private folder in /proc: "), private_folder():
        pass


def test_removing_twice_is_no_error(tmp_path: Path) -> None:
    lock = os.open(os.devnull, os.O_RDONLY)
    Folder(tmp_path / "gone", lock).remove()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(lock)
