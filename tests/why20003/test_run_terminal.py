"""`why20003 run` on a terminal: Ctrl-C, Ctrl-Z, the size, colours."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from runs import PROGRAM, PYTHON, SID, TOKEN, URL, Place, place, twilio

SERVER = """
import time
try:
    print("serving", flush=True)
    while True:
        time.sleep(1)
except KeyboardInterrupt:
    time.sleep(0.3)
    print("served", flush=True)
    raise SystemExit(3)
"""


class Terminal:
    """A program on a terminal of its own, and what it showed."""

    def __init__(self, pid: int, handle: int) -> None:
        self.pid, self.handle = pid, handle
        self.shown = ""

    def press(self, keys: str) -> None:
        os.write(self.handle, keys.encode())

    def shows(self, text: str, seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < deadline:
            self._read()
        return text in self.shown

    def _read(self) -> bool:
        if select.select([self.handle], [], [], 0.1)[0]:
            try:
                data = os.read(self.handle, 65536)
            except OSError:
                return False
            self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
            return bool(data)
        return True

    def ended(self) -> int:
        """Its exit code, when it has ended and all is read."""
        while self._read():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self._read() and select.select([self.handle], [], [], 0)[0]:
                    pass
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        self.pid, status = 0, os.waitpid(self.pid, 0)[1]
        return os.waitstatus_to_exitcode(status)


@contextmanager
def terminal(here: Place, *words: str, rows: int = 31, columns: int = 97) -> Iterator[Terminal]:
    pid, handle = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.chdir(here.root)
        os.execve(words[0], words, {**here.environment, "TERM": "xterm-256color", "PS1": "prompt> "})  # noqa: S606 - no shell is meant
    made = Terminal(pid, handle)
    try:
        yield made
    finally:
        if made.pid:
            with suppress(ProcessLookupError):
                os.kill(made.pid, signal.SIGKILL)
            os.waitpid(made.pid, 0)
        os.close(handle)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


def test_ctrl_c_ends_the_program_first_and_then_reports(here: Place) -> None:
    with terminal(here, PROGRAM, "run", "--", PYTHON, "-c", SERVER) as screen:
        assert screen.shows("serving\n")
        screen.press("\x03")
        assert screen.ended() == 3
    served, said = screen.shown.index("served\n"), screen.shown.index("why20003: no Twilio exchange was seen")
    assert served < said
    assert here.folders() == []
    assert here.processes() == {}


def test_ctrl_c_before_the_program_starts_ends_at_once(here: Place) -> None:
    with terminal(here, PROGRAM, "run", "--", "sleep", "60") as screen:
        time.sleep(0.4)
        screen.press("\x03")
        assert screen.ended() == 130
    assert "Traceback" not in screen.shown
    assert here.folders() == []


def test_ctrl_backslash_is_for_the_program(here: Place) -> None:
    with terminal(
        here, PROGRAM, "run", "--", "sh", "-c", "trap 'echo caught; exit 4' QUIT; echo up; while :; do sleep 1; done"
    ) as screen:
        assert screen.shows("up\n")
        screen.press("\x1c")
        assert screen.ended() == 4
    assert "caught\n" in screen.shown


def test_terminal_and_its_size_are_the_programs(here: Place) -> None:
    script = (
        "import os; print([os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size(), os.tcgetpgrp(0) == os.getpgrp())"
    )
    with terminal(here, PROGRAM, "run", "--", PYTHON, "-c", script) as screen:
        assert screen.ended() == 0
    assert "[True, True, True] os.terminal_size(columns=97, lines=31) True\n" in screen.shown


def test_a_program_that_reads_the_terminal(here: Place) -> None:
    with terminal(here, PROGRAM, "run", "--", PYTHON, "-c", "print('hello', input('name? '))") as screen:
        assert screen.shows("name? ")
        screen.press("ann\n")
        assert screen.ended() == 0
    assert "hello ann\n" in screen.shown


def test_ctrl_z_stops_and_fg_goes_on(here: Place) -> None:
    with terminal(here, "/bin/bash", "--norc", "--noprofile", "-i") as screen:
        screen.press(f"{PROGRAM} run -- {PYTHON} -c \"print('name'+'?'); print('hello', input())\"\n")
        assert screen.shows("name?\n")
        screen.press("\x1a")
        assert screen.shows("Stopped")
        screen.press("echo in'between'\n")
        assert screen.shows("inbetween")
        screen.press("fg\n")
        time.sleep(0.5)
        screen.press("ann\n")
        assert screen.shows("hello ann\n")
        assert screen.shows("why20003: no Twilio exchange was seen")
        screen.press("exit\n")
        assert screen.ended() == 0


def test_an_interactive_shell_is_a_program_too(here: Place) -> None:
    with terminal(here, PROGRAM, "run", "--", "/bin/bash", "--norc", "--noprofile", "-i") as screen:
        assert screen.shows("prompt> ")
        screen.press("sleep 60\n")
        time.sleep(0.5)
        screen.press("\x03")
        screen.press("echo al'ive'; exit 5\n")
        assert screen.ended() == 5
    assert "alive\n" in screen.shown


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["plain", "no-color"])
def test_the_diagnosis_is_coloured_and_fits(
    here: Place, tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str], coloured: bool
) -> None:
    with twilio(tmp_path_factory.mktemp("twilio")) as reachable:
        here.environment |= {**reachable, **variables}
        with terminal(here, PROGRAM, "run", "curl", "-so", "/dev/null", "-u", f"{TOKEN}:{SID}", URL) as screen:
            assert screen.ended() == 0
    assert ("\x1b[" in screen.shown) is coloured
    if coloured:
        assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in screen.shown.splitlines()) <= 97
    assert "halves-swapped" in screen.shown
