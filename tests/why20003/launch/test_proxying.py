import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import why20003.launch.proxying as tested
from why20003.launch.authority import make_authority
from why20003.launch.folder import Folder, private_folder
from why20003.launch.proxying import (
    Errand,
    Output,
    ProxyError,
    Proxying,
    _colours,
    _complaint,
    _environment,
    _hand_over,
)
from why20003.launch.sightings import sightings_of
from why20003.mitmdump import MitmdumpError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with private_folder() as made:
        make_authority(made.path, (), ())
        yield made


def test_it_listens_and_tells_what_it_saw(folder: Folder) -> None:
    proxy = Proxying(folder)
    proxy.start(Errand({}), os.environ)
    assert proxy.port > 0
    proxy.listen()
    proxy.tell("child 0")
    ended = proxy.finish()
    assert (ended.output, ended.died) == (b"", "")
    seen = sightings_of(ended.sightings)
    assert (seen.told, seen.connections, seen.twilio) == (True, 0, 0)
    assert proxy.finish().sightings == b""  # a second time does nothing


def test_it_tells_how_it_died(folder: Folder) -> None:
    proxy = Proxying(folder)
    proxy.start(Errand({}), os.environ)
    proxy.listen()
    process = proxy._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    ended = proxy.finish()
    assert ended.died == "killed by signal 9"
    assert not sightings_of(ended.sightings).told


def test_credentials_of_any_size_pass_through_the_pipe(folder: Folder) -> None:
    proxy = Proxying(folder)
    # More than the pipe holds, and no list of credentials: the addon has read all of it when it refuses.
    with pytest.raises(ProxyError, match=r"^why20003_expect: "):
        proxy.start(Errand({}, expected=lambda: b"[" + b" " * 500_000), os.environ)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"why20003_scope": "a/b"}, r"^why20003_scope: 'a/b' is no host glob"),
        ({"why20003_record": "/proc/nowhere/x"}, r"^why20003_record: cannot write /proc/nowhere/x: "),
        ({"mode": "nonsense"}, r"^the proxy could not start: .*nonsense"),
    ],
)
def test_why_it_does_not_start_is_one_line(folder: Folder, options: dict[str, str], says: str) -> None:
    with pytest.raises(ProxyError, match=says) as caught:
        Proxying(folder).start(Errand(options), os.environ)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc here")
def test_what_hands_them_over_takes_no_signal_that_is_for_the_program() -> None:
    before = set(Path("/proc/self/task").iterdir())
    reading, writing = os.pipe()
    _hand_over(lambda: b"x" * 1_000_000, writing)
    [thread] = set(Path("/proc/self/task").iterdir()) - before
    status = (thread / "status").read_text(encoding="ascii")
    with os.fdopen(reading, "rb") as pipe:
        assert len(pipe.read()) == 1_000_000
    blocked = int(next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1], 16)
    assert all(blocked >> (one - 1) & 1 for one in (signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP, signal.SIGINT))
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_missing_mitmdump_is_one_line(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def program() -> Path:
        raise MitmdumpError("mitmdump was not found")

    monkeypatch.setattr(tested, "program", program)
    with pytest.raises(ProxyError, match=r"^mitmdump was not found$"):
        Proxying(folder).start(Errand({}), os.environ)


def test_an_unusable_mitmdump_is_one_line(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "program", lambda: tmp_path)
    with pytest.raises(ProxyError, match=r" cannot be started: Permission denied$"):
        Proxying(folder).start(Errand({}), os.environ)


def test_no_login_stands_in_a_repr() -> None:
    assert "word" not in repr(Errand({}, "upstream:http://x:1", "ann:word"))


def test_of_much_output_beginning_and_end_are_kept() -> None:
    output = Output(None)
    for number in range(500):
        output.add(f"{number:05} ".encode() * 2000)
    text = output.text()
    assert text.startswith(b"00000 ")
    assert text.endswith(b"00499 ")
    assert b"\n[...]\n" in text
    assert len(text) < 3 << 20


def test_output_that_is_shown_is_not_kept() -> None:
    shown: list[bytes] = []
    output = Output(shown.append)
    output.add(b"one")
    assert (shown, output.text()) == ([b"one"], b"")


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (b"", "the proxy could not start: mitmdump ended without a word"),
        (b"[12:00:01.123] cannot bind\nTry another port.\n", "the proxy could not start: cannot bind"),
        (b"Error logged during startup, exiting...\nwhy20003_scope: bad\n", "why20003_scope: bad"),
        (b"\xff\n", "the proxy could not start: \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_telling_line_of_what_mitmdump_printed(output: bytes, says: str) -> None:
    assert _complaint(output) == says


def test_its_environment_has_no_proxies_and_finds_our_addon_first() -> None:
    parent = {"HTTPS_PROXY": "x", "no_proxy": "x", "SSLKEYLOGFILE": "x", "PYTHONPATH": "/theirs", "LANG": "C"}
    made = _environment(parent)
    assert {name: made.get(name) for name in parent} == {
        "HTTPS_PROXY": None,
        "no_proxy": None,
        "SSLKEYLOGFILE": None,
        "PYTHONPATH": f"{Path(tested.__file__).parents[2]}:/theirs",
        "LANG": "C",
    }


@pytest.mark.parametrize(
    ("is_terminal", "variables", "coloured"), [(True, {}, True), (True, {"NO_COLOR": "1"}, False), (False, {}, False)]
)
def test_it_prints_in_colours_where_standard_error_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, variables: dict[str, str], coloured: bool
) -> None:
    class Stream:
        def isatty(self) -> bool:
            return is_terminal

        def fileno(self) -> int:
            raise OSError

    monkeypatch.setattr("sys.stderr", Stream())
    assert _colours(variables) == ({"FORCE_COLOR": "1", "COLUMNS": "80"} if coloured else {})
