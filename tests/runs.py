"""`why20003 run` as its users start it, in an environment that leads to the sandbox as a company's proxy would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from why20003.demo.play import sandbox
from why20003.sandbox import LIVE, STANDARD_KEY

BIN: Final = Path(sys.executable).parent
PROGRAM: Final = str(BIN / "why20003")
PYTHON: Final = sys.executable
URL: Final = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
SID, TOKEN = LIVE.sid, LIVE.auth_token
SECRETS: Final = (LIVE.auth_token, STANDARD_KEY.secret)
_NOT_OURS: Final = ("_PROXY", "TWILIO_", "XDG_", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "SSL_CERT", "PYTEST")


@dataclass
class Place:
    """A home, a temporary folder and an environment of one's own."""

    root: Path
    environment: dict[str, str]
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    def folders(self) -> list[Path]:
        """The private folders of runs."""
        return sorted(self.temporary.glob("why20003-run-*"))

    def run(
        self, *words: str, env: Mapping[str, str] | None = None, given: bytes | None = None, timeout: float = 60
    ) -> "subprocess.CompletedProcess[bytes]":
        """`why20003 run` with these words, waited for."""
        return subprocess.run(
            [PROGRAM, "run", *words],
            env={**self.environment, **(env or {})},
            cwd=self.root,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *words: str, env: Mapping[str, str] | None = None, **more: object) -> "subprocess.Popen[bytes]":
        """The same, running."""
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload] # whatever a test wants
            [PROGRAM, "run", *words],
            **{
                "env": {**self.environment, **(env or {})},
                "cwd": self.root,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                **more,
            },
        )
        self.started.append(process)
        return process

    def processes(self) -> dict[int, str]:
        """Command lines of all processes that belong to a run here."""
        mark = str(self.temporary).encode()
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    line = (entry / "cmdline").read_bytes()
                    if line and (mark in line or mark in (entry / "environ").read_bytes()):
                        found[int(entry.name)] = line.replace(b"\0", b" ").decode("utf-8", "replace")
        return found

    def mitmdump(self) -> int:
        """The process number of the only mitmdump."""
        [pid] = [pid for pid, line in self.processes().items() if "launched.py" in line]
        return pid


@contextmanager
def place(root: Path) -> Iterator[Place]:
    """A place whose environment leads nowhere; what was started there is ended."""
    (root / "tmp").mkdir()
    (root / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if not any(one in name.upper() for one in _NOT_OURS)}
    made = Place(root, {**kept, "HOME": str(root / "home"), "TMPDIR": str(root / "tmp")})
    try:
        yield made
    finally:
        for pid in (*(process.pid for process in made.started if process.poll() is None), *made.processes()):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for process in made.started:
            process.communicate()


@contextmanager
def twilio(root: Path) -> Iterator[dict[str, str]]:
    """Variables of a machine that reaches Twilio, which is the sandbox, by way of a proxy only."""
    with sandbox(root) as (port, trusted):
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(trusted)}


def eventually(holds: Callable[[], object], seconds: float = 15) -> bool:
    """Whether it holds within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
