import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from why20003.launch.child import CannotRun, find


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    for path, mode in (
        ("first/plain", 0o644),
        ("second/plain", 0o755),
        ("second/only", 0o755),
        ("first/locked", 0o644),
    ):
        (tmp_path / path).write_text("#!/bin/sh\n")
        (tmp_path / path).chmod(mode)
    (tmp_path / "first" / "only").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["plain", "only"])
def test_the_first_program_along_path_is_found(folders: Path, name: str) -> None:
    path = {"PATH": f"{folders}/first:{folders}/second"}
    assert find(name, path) == f"{folders}/second/{name}"


def test_an_empty_part_of_path_is_the_current_folder(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folders / "second")
    assert find("only", {"PATH": "/nowhere:"}) == "./only"


def test_without_path_the_systems_own_counts() -> None:
    assert find("sh", {}).endswith("/sh")


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        pytest.param("no-such", 127, "no-such: command not found", id="nowhere"),
        pytest.param("locked", 126, "locked: permission denied; it is not executable", id="not-executable"),
        pytest.param("/no/such", 127, "/no/such: no such file", id="path"),
        pytest.param("/dev/null/x", 127, "/dev/null/x: not a directory", id="below-a-file"),
        pytest.param("/", 126, "/: is a folder", id="folder"),
        pytest.param("", 127, "CMD is empty", id="empty"),
    ],
)
def test_what_cannot_run_has_the_shells_code(folders: Path, name: str, code: int, says: str) -> None:
    with pytest.raises(CannotRun) as caught:
        find(name, {"PATH": f"{folders}/first"})
    assert (caught.value.code, str(caught.value)) == (code, says)


def launcher(body: str) -> "subprocess.CompletedProcess[str]":
    """Python code with `start`, in a process of its own: signals are a process's business."""
    start = """
    import os, signal, sys, threading, time
    from why20003.launch.child import Child, Signals, find
    signals = Signals()
    def start(*words):
        signals.hold()
        return Child(find(words[0], os.environ), words, dict(os.environ, MARK="given"), signals)
    """
    code = textwrap.dedent(start) + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)


def test_it_gets_its_environment_and_arguments() -> None:
    done = launcher("""sys.exit(start("sh", "-c", 'echo "$MARK $0 $1"', "a b", "").wait())""")
    assert (done.returncode, done.stdout) == (0, "given a b \n")


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 255", 255), ("kill -KILL $$", 137), ("kill -INT $$", 130)]
)
def test_its_exit_code(script: str, code: int) -> None:
    assert launcher(f"sys.exit(start('sh', '-c', {script!r}).wait())").returncode == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_signals_reach_it(number: signal.Signals) -> None:
    done = launcher(f"""
    child = start("sh", "-c", "trap 'echo caught; exit 5' {number.name[3:]}; echo; while :; do sleep 0.1; done")
    time.sleep(0.5)
    os.kill(os.getpid(), {int(number)})
    print(child.wait(), child.interrupted)
    """)
    assert done.stdout.split() == ["caught", "5", str(number in {signal.SIGTERM, signal.SIGHUP})]


def test_a_signal_that_comes_before_it_starts_is_not_lost() -> None:
    done = launcher("""
    signals.hold()
    os.kill(os.getpid(), signal.SIGTERM)
    child = Child(find("sleep", os.environ), ["sleep", "60"], dict(os.environ), signals)
    print(child.wait())
    """)
    assert done.stdout == "143\n"


def test_the_end_of_another_process_is_not_its_end() -> None:
    done = launcher("""
    import subprocess
    other = subprocess.Popen(["true"])
    child = start("sh", "-c", "sleep 0.5; exit 6")
    print(child.wait(), other.wait())
    """)
    assert done.stdout == "6 0\n"


def test_afterwards_signals_are_taken_as_before_and_old_ones_are_gone() -> None:
    done = launcher("""
    child = start("true")
    child.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    signals.release()
    print("alive", len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    """)
    assert (done.stdout, done.returncode) == ("alive 0\n", -signal.SIGTERM)


def test_asking_for_the_end_is_noticed() -> None:
    done = launcher("""
    signals.hold()
    print(signals.ask_for_end(0.05))
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    print(signals.ask_for_end(10))
    signals.release()
    """)
    assert done.stdout.split() == ["False", "True"]


def test_ignored_signals_stay_ignored() -> None:
    done = launcher("""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    child = start("sh", "-c", "kill -HUP $$; echo alive")
    os.kill(os.getpid(), signal.SIGHUP)
    print(child.wait())
    """)
    assert done.stdout.split() == ["alive", "0"]


@pytest.mark.parametrize(
    ("content", "code"), [(b"\x7fELF\0junk", 126), (b"#!/no/such/thing\n", 127)], ids=["junk", "interpreter"]
)
def test_a_file_that_the_system_refuses(tmp_path: Path, content: bytes, code: int) -> None:
    (tmp_path / "x").write_bytes(content)
    (tmp_path / "x").chmod(0o755)
    done = launcher(f"""
    from why20003.launch.child import CannotRun
    try:
        start("{tmp_path}/x")
    except CannotRun as error:
        sys.exit(error.code)
    """)
    assert done.returncode == code


def test_a_script_without_an_interpreter_is_the_shells(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('echo "$0 $1"; exit 7\n')
    (tmp_path / "x").chmod(0o755)
    done = launcher(f"sys.exit(start('{tmp_path}/x', 'one').wait())")
    assert (done.returncode, done.stdout) == (7, f"{tmp_path}/x one\n")
