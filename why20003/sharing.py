"""Work shared among processes, its results in the order of the work."""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

_BLOCK = 1 << 20
_PIECE = 1 << 14
_NONE = (0, -1)
"""No process, and no pipe."""


def processors() -> int:
    """How many processes may compute at once here; 1 where processes cannot be forked."""
    if not hasattr(os, "fork") or sys.platform == "darwin":  # macOS's own libraries do not survive a fork
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared(works: Sequence[Callable[[], bytes]], jobs: int) -> Iterator[bytes]:
    """The result of each work, at most `jobs` at a time in processes of their own that know all that this one knows.

    A process that dies or cannot be started, for want of memory say, is done without: its work is done here.
    """
    if jobs < 2:
        yield from (work() for work in works)
        return
    running: list[tuple[int, int]] = []
    try:
        for number, work in enumerate(works):
            while len(running) < min(len(works), number + jobs):
                running.append(_started(works[len(running)]))
            process, pipe = running[number]
            result = _result(process, pipe) if process else None
            running[number] = _NONE
            yield work() if result is None else result
    finally:
        for process, pipe in running:
            if process:
                _abandon(process, pipe)


def elsewhere(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """What `make` gives in a process of its own, which knows all that this one knows, while this one goes on.

    As `Ahead.pieces`; where no process can be started there is none.
    """
    with contextlib.suppress(OSError):
        yield from Ahead(make).pieces()


class Ahead:
    """A process of its own that knows all that this one knows, begun at once and to be read from once."""

    def __init__(self, make: Callable[[], Iterable[bytes]]) -> None:
        """Has it do `make`. Raises OSError where no process can be started."""
        self._process, self._pipe = _forked(lambda out: _written(make(), out), patient=True)

    def pieces(self) -> Iterator[bytes]:
        """What it makes, the pieces cut as it comes; it ends with this iterator. One that dies gives no more."""
        try:
            while data := os.read(self._pipe, _PIECE):
                yield data
        finally:
            self.close()

    def close(self) -> None:
        """End it if it has not ended."""
        process, self._process = self._process, 0
        if process:
            _abandon(process, self._pipe)


def _written(pieces: Iterable[bytes], out: BinaryIO) -> None:
    for piece in pieces:
        out.write(piece)
        out.flush()


def _started(work: Callable[[], bytes]) -> tuple[int, int]:
    """The process that does `work`, and the pipe from which its result can be read; `_NONE` if none can be started."""
    try:
        return _forked(lambda out: out.write(work()))
    except OSError:
        return _NONE


def _forked(write: Callable[[BinaryIO], object], *, patient: bool = False) -> tuple[int, int]:
    """A process that does `write`, and the pipe into which; a `patient` one is not for Ctrl-C to end.

    Raises OSError where no process can be started.
    """
    reading, writing = os.pipe()
    _widen(writing)
    gc.freeze()  # a look at all that there is would copy all of it into the new process
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if process:
        os.close(writing)
        return process, reading
    status = 1
    gc.disable()
    try:
        if patient:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            write(pipe)
        status = 0
    finally:
        os._exit(status)  # nothing that the parent has still to write may be written twice


def _widen(pipe: int) -> None:
    """Let a pipe hold much, so that a result comes in a few large pieces."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _BLOCK)
    except (ImportError, AttributeError, OSError):  # only Linux can, and only as far as it is allowed
        pass


def _result(process: int, pipe: int) -> bytes | None:
    """What the process gives, also when it is interrupted together with this one: it is then about to end."""
    parts: list[bytes] = []
    interrupted = False
    with os.fdopen(pipe, "rb", buffering=0) as reader:
        while True:
            try:
                part = reader.read(_BLOCK)
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                continue
            if not part:
                break
            parts.append(part)
    return b"".join(parts) if os.waitpid(process, 0)[1] == 0 else None


def _abandon(process: int, pipe: int) -> None:
    os.close(pipe)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
