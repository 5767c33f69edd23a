"""A terminal that tests type into and read from: tmux, a server of its own for each, which ends with it."""

import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 20.0
_BETWEEN = 0.1


def why_not() -> str:
    """Why there is no terminal to be had here; empty where there is."""
    return "" if shutil.which("tmux") else "no tmux here; as root on Debian, tests/tmux.sh installs it"


@dataclass(frozen=True)
class Terminal:
    """A running terminal."""

    socket: Path

    def type(self, text: str) -> None:
        """Type `text`, then Enter."""
        self._tmux("send-keys", "-t", "0", "-l", text)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names, such as Enter, Escape, Tab, q."""
        self._tmux("send-keys", "-t", "0", *keys)

    def screen(self, *, coloured: bool = False) -> str:
        """What the screen shows, with its colours as escape sequences where asked for."""
        return self._tmux("capture-pane", "-p", "-t", "0", *(["-e"] if coloured else []))

    def wait_for(self, *wanted: str, seconds: float = _SECONDS) -> str:
        """The screen as soon as it shows all that is `wanted`; AssertionError with the screen when it never does."""
        return self.wait_until(lambda shown: all(each in shown for each in wanted), seconds=seconds)

    def wait_until(self, holds: Callable[[str], object], *, seconds: float = _SECONDS) -> str:
        """The screen as soon as `holds` says so of it."""
        deadline = time.monotonic() + seconds
        while not holds(shown := self.screen()):
            assert time.monotonic() < deadline, f"the screen never came to it:\n{shown}"
            time.sleep(_BETWEEN)
        return shown

    def settled(self) -> str:
        """The screen once it has stopped changing."""
        before = ""
        while (now := self.screen()) != before:
            before = now
            time.sleep(3 * _BETWEEN)
        return now

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.socket), *arguments]
        done = subprocess.run(command, capture_output=True, check=True, timeout=30)
        return done.stdout.decode("utf-8", "replace")


@contextmanager
def terminal(
    folder: Path, command: Sequence[str | Path], environment: Mapping[str, str], *, columns: int = 120, rows: int = 45
) -> Iterator[Terminal]:
    """`command` on a terminal; both have ended afterwards."""
    running = Terminal(folder / "tmux")
    # Of a configuration of the user's own nothing is read; a program that ends leaves its last words on the screen.
    (folder / "tmux.conf").write_text("set -g remain-on-exit on\nset -g status off\nset -sg escape-time 0\n")
    begin = ["tmux", "-S", str(running.socket), "-f", str(folder / "tmux.conf"), "-u", "new-session", "-d"]
    size = ["-x", str(columns), "-y", str(rows)]
    variables = {**environment, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    subprocess.run([*begin, *size, *map(str, command)], env=variables, check=True, timeout=30)
    try:
        yield running
    finally:
        _end(running)


def _end(running: Terminal) -> None:
    """End the program as a closed window does, then the server."""
    with contextlib.suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
        running._tmux("kill-server")


def plain(screen: str) -> str:
    """`screen` without its colours, and with single blanks, so that a line break of the screen's is none."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", screen).split())
