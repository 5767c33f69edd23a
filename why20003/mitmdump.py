"""Start the real mitmdump as a process of its own, with the addon, and know when it listens."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_LISTENING = re.compile(r"listening at \S*:(\d+)")
START_SECONDS = 30.0
# mitmdump listens before it looks whether a script failed to load, and then ends.
GRACE_SECONDS = 0.1


class MitmdumpError(RuntimeError):
    """mitmdump is missing, or ended before it listened; the text says which and what it printed last."""


def program() -> Path:
    """The mitmdump of this Python's environment, else the one on PATH. MitmdumpError when there is none."""
    beside = Path(sys.executable).with_name("mitmdump")
    if beside.exists():
        return beside
    found = shutil.which("mitmdump")
    if found is None:
        raise MitmdumpError("mitmdump was not found; install mitmproxy in this Python's environment")
    return Path(found)


class Mitmdump:
    """A running mitmdump; leaving the block ends it.

    `port` is the port that it listens on, `certificate` the CA certificate that its clients must trust.
    """

    def __init__(
        self, confdir: Path, arguments: Sequence[str] = (), *, environment: Mapping[str, str] | None = None
    ) -> None:
        """`arguments` go to mitmdump as they are; `confdir` is where it keeps its CA."""
        self.certificate = confdir / "mitmproxy-ca-cert.pem"
        self.port = 0
        self.lines: list[str] = []
        """What it has printed so far, standard error included, without line ends."""
        self._arguments = [
            str(program()),
            "--set",
            f"confdir={confdir}",
            "--listen-host",
            "127.0.0.1",
            "--listen-port",
            "0",
            *arguments,
        ]
        self._environment = dict(environment if environment is not None else os.environ)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**self._environment, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        deadline = time.monotonic() + START_SECONDS
        while self.port == 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._end()
                raise MitmdumpError("mitmdump did not start: " + "; ".join(self.lines[-3:]))
            time.sleep(0.02)
        time.sleep(GRACE_SECONDS)
        if self._process.poll() is not None:
            self._end()
            raise MitmdumpError("mitmdump ended at once: " + "; ".join(self.lines[-3:]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def pid(self) -> int:
        """The process id, while it runs."""
        if self._process is None:
            raise MitmdumpError("mitmdump is not running")
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    def stop(self) -> str:
        """End it as Ctrl-C does and give everything it printed."""
        self._end()
        return self.output

    def _read(self) -> None:
        if self._process is None or self._process.stdout is None:
            return
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            if self.port == 0 and (match := _LISTENING.search(line)):
                self.port = int(match.group(1))

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._reader is not None:
            self._reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
