"""The end of a launched proxy: when its launcher is gone, the program that it started, its folder and itself go too."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from mitmproxy import ctx

_TURN_SECONDS = 0.1
_TURNS = 20
"""How often a process is looked for after SIGTERM, and again after SIGKILL."""
_PROC = Path("/proc")


class Lifeline:
    """Holds the launcher's pipe. It closes without a word only when the launcher was killed.

    Lines: ``child PID`` when the program has started, ``ended`` when it has ended, ``end`` when all is over.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is the private folder of the run; its path stands in the environment of all that was started."""
        self.folder = folder
        self.child = 0
        self._pipe = -1
        self._rest = b""
        self._is_over = False
        self._ending: asyncio.Task[None] | None = None

    def hold(self, pipe: int) -> None:
        """Watch `pipe` from now on. Call in the event loop."""
        self._pipe = pipe
        os.set_blocking(pipe, False)
        asyncio.get_running_loop().add_reader(pipe, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._pipe, 4096)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)
        if not data:
            asyncio.get_running_loop().remove_reader(self._pipe)
            if not self._is_over:
                self._ending = asyncio.ensure_future(self._end())

    def _take(self, line: bytes) -> None:
        word, _, number = line.partition(b" ")
        if word == b"child" and number.isdigit():
            self.child = int(number)
        elif word == b"ended":
            self.child = 0
        elif word == b"end":
            self._is_over = True
            ctx.master.shutdown()

    async def _end(self) -> None:
        """End what the launcher had started, gently first, and leave nothing behind."""
        try:
            await end_all(self.child, self.folder)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            os._exit(0)  # nobody reads what would be printed, or waits


async def end_all(child: int, folder: Path) -> None:
    """End `child`, its descendants and whoever has `folder` in its environment: first SIGTERM, then SIGKILL."""
    known: dict[int, str] = {}
    for number in (signal.SIGTERM, signal.SIGKILL):
        told: set[int] = set()
        for _ in range(_TURNS):
            for pid in (*family(child, folder), *known):
                known.setdefault(pid, _birth(pid))
            alive = [pid for pid, birth in known.items() if birth and _birth(pid) == birth]
            if not alive:
                return
            for pid in alive:
                if pid not in told:
                    told.add(pid)
                    with contextlib.suppress(OSError):
                        os.kill(pid, number)
            await asyncio.sleep(_TURN_SECONDS)


def family(child: int, folder: Path) -> Iterator[int]:
    """`child`, its descendants, and all processes that were given `folder` in their environment; not this one.

    Without /proc only `child`, which then cannot be told from a process that got its number later.
    """
    mark = os.fsencode(folder)
    parents: dict[int, int] = {}
    marked: set[int] = {child} if child else set()
    for pid in _pids():
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[pid] = int(_stat(pid)[1])
            if mark in (_PROC / str(pid) / "environ").read_bytes():
                marked.add(pid)
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in marked} - marked
        marked |= more
        grown = bool(more)
    yield from marked - {os.getpid()}


def _pids() -> list[int]:
    try:
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    except OSError:
        return []


def _stat(pid: int) -> list[str]:
    """State, parent and so on: what follows the name, which may hold anything."""
    return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()


def _birth(pid: int) -> str:
    """When the process began, to tell it from a later one of the same number; empty when it is no more."""
    if not _PROC.exists():
        try:
            os.kill(pid, 0)
        except OSError:
            return ""
        return "unknown"
    try:
        fields = _stat(pid)
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""
