"""Processes of the benchmark: each on its core, asked for processor time and memory, ended in every case."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn, Self

PROXY_CORE: Final = 0
_CORES: Final = sorted(os.sched_getaffinity(0))
_START_SECONDS: Final = 60.0
_END_SECONDS: Final = 10.0
_SIGKILL_WHEN_PARENT_DIES: Final = 1  # PR_SET_PDEATHSIG, prctl(2)
_LIBC: Final = ctypes.CDLL(None)


class StartError(RuntimeError):
    """A process did not start; the text says which, and what it printed."""


def cores() -> int:
    """How many there are to use."""
    return len(_CORES)


def keep_off_the_proxy() -> None:
    """Client and origin take the other cores; with one core everything shares it."""
    os.sched_setaffinity(0, _CORES[1:] or _CORES)


def end_in_time(seconds: int) -> None:
    """Let this process end as by Ctrl-C when the time is over, and by SIGTERM, so that all that it started ends too."""

    def over(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(f"ended by {signal.Signals(number).name}" + (f" after {seconds} s" if number == 14 else ""))

    signal.signal(signal.SIGALRM, over)
    signal.signal(signal.SIGTERM, over)
    signal.alarm(seconds)


class Process:
    """A running program; leaving the block ends it and whatever it has started."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        port: int = 0,
        is_proxy: bool = True,
    ) -> None:
        """`port` is where it will listen; output goes to the file `log`. A proxy has a core of its own."""
        self.port = port
        self.url_port = 0
        """Of a proxy that cannot be told where the origin is: the port that its clients put into the URL."""
        self._command = list(command)
        self._log = log
        self._environment = dict(os.environ if environment is None else environment)
        self._core = {_CORES[PROXY_CORE]} if is_proxy else set(_CORES[1:] or _CORES)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
                preexec_fn=self._prepare,  # noqa: PLW1509 - this program has no threads
            )
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its session, whatever of it is left
        process.wait()

    def _prepare(self) -> None:
        _LIBC.prctl(_SIGKILL_WHEN_PARENT_DIES, signal.SIGKILL)
        os.sched_setaffinity(0, self._core)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise StartError(f"{self._command[0]} is not running")
        return self._process.pid

    def connected(self) -> socket.socket:
        """A connection to its port, as soon as it listens."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=_START_SECONDS)
            except ConnectionError:
                time.sleep(0.001)
        printed = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        raise StartError(f"{' '.join(self._command[:2])} did not start: {' | '.join(printed)}")

    def processor_seconds(self) -> float:
        """Processor time of all its threads, and of the processes that it has started, from the start until now."""
        return sum(_processor_ns(pid) for pid in (self.pid, *_children(self.pid))) / 1e9

    def resident(self) -> float:
        """Memory now, MB."""
        return _status(self.pid, "VmRSS")

    def peak(self) -> float:
        """The most memory since `forget_peak`, MB."""
        return _status(self.pid, "VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident_here() -> float:
    """Memory of this process now, MB."""
    return _status(os.getpid(), "VmRSS")


def _processor_ns(pid: int) -> int:
    """Of one process, by its clock (clock_getcpuclockid(3)), which counts nanoseconds where /proc counts ticks."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0


def _children(pid: int) -> Iterator[int]:
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in file.read_text(encoding="ascii").split():
            yield int(child)
            yield from _children(int(child))


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0
