"""The private folder of one run: certificate authority, bundle, hooks. It goes with the run, or with the next one.

A lock on a file in it, held by the launcher and by its proxy, tells the folder of a run from one that was left behind.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analyzers.frozen import dataclass

_PREFIX = "why20003-run-"
_LOCK = "lock"
_NEW_SECONDS = 60.0
"""A folder without a lock that is younger than this is just being made."""
_TRIES = 10


class NoFolder(ValueError):
    """There is no place for a private folder; the text is one line for the user."""


@dataclass(frozen=True)
class Folder:
    """A folder that its owner alone can enter, and its lock; who inherits `lock` keeps the folder."""

    path: Path
    lock: int
    """File descriptor of the locked file."""

    def remove(self) -> None:
        """Remove it with all that is in it, and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self.lock)


@contextmanager
def private_folder() -> Iterator[Folder]:
    """A new private folder until the block ends; those that dead runs left go first. Raises NoFolder."""
    places = _places()
    for place in places:
        remove_stale(place)
    folder = _made(places)
    try:
        yield folder
    finally:
        folder.remove()


def remove_stale(place: Path) -> None:
    """Remove what runs that are dead left in `place`. Never raises."""
    with suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove_if_dead(Path(entry.path))


def _places() -> list[Path]:
    """Where the folder may lie, the best first: gone with the session, or at least with the next start."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [Path(runtime)] if os.path.isabs(runtime) and _is_mine(runtime) else []  # noqa: PTH117 - a text yet
    with suppress(OSError):  # FileNotFoundError: no usable temporary folder
        places.append(Path(tempfile.gettempdir()))
    return places


def _is_mine(path: str | Path) -> bool:
    """Whether it is a real folder that belongs to this user."""
    with suppress(OSError):
        found = os.lstat(path)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return False


def _made(places: list[Path]) -> Folder:
    reason = "no temporary folder can be written; set TMPDIR to one that can"
    for place in places:
        for _ in range(_TRIES):
            try:
                folder = _locked(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place)))  # mode 0700
            except OSError as error:
                reason = f"cannot make a private folder in {place}: {error.strerror}; set TMPDIR to another place"
                break
            if folder is not None:
                return folder
    raise NoFolder(reason)


def _locked(path: Path) -> Folder | None:
    """`path` with its lock; None when somebody took it for an abandoned one in the same moment."""
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.stat(path / _LOCK).st_ino == os.fstat(lock).st_ino:  # noqa: PTH116 - beside fstat
            return Folder(path, lock)
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(lock)
        shutil.rmtree(path, ignore_errors=True)
        raise
    os.close(lock)
    return None


def _remove_if_dead(path: Path) -> None:
    if not _is_mine(path):
        return
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        if time.time() - path.lstat().st_mtime > _NEW_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: its run is alive
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
