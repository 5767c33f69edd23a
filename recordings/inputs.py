"""Files, pipes and buffers as something that is opened twice: once to look at its beginning, once to read it."""

import io
import os
import select
import stat
import time
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from recordings.foreign import EXPECTED
from recordings.reading import UnreadableRecording

SNIFFED: Final = 1 << 16
"""Bytes that are looked at to tell the format."""
PATIENCE: Final = 5.0
"""Seconds that somebody has to open the other end of a named pipe."""
_PAUSE: Final = 0.02
_LOOKING_UP: Final = 0.2
_KEPT: Final = 1 << 20
"""Bytes that are kept of what can be read once, until its format is known."""
_OTHER_KINDS: Final = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISBLK, "is a device"),
    (stat.S_ISCHR, "is a device"),
)


def opener_of(path: Path) -> Callable[[], BinaryIO]:
    """Opens the file at `path`, as often as it is called. Raises UnreadableRecording where that is nothing to read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableRecording(f"{error.strerror or 'cannot be read'}; {EXPECTED}") from None
    except ValueError:
        raise UnreadableRecording(f"is no file name; {EXPECTED}") from None
    for is_other, says in _OTHER_KINDS:
        if is_other(mode):
            raise UnreadableRecording(f"{says}; {EXPECTED}")
    return _pipe(path) if stat.S_ISFIFO(mode) else lambda: path.open("rb")


def opener_of_file(file: BinaryIO) -> Callable[[], BinaryIO]:
    """Opens what stands in an open file from here on, as often as it is called; the file itself is not closed."""
    return partial(_returned, file, file.tell()) if file.seekable() else _Once(file).open


def _pipe(path: Path) -> Callable[[], BinaryIO]:
    """Opens a named pipe once. Raises UnreadableRecording when nobody has come to write into it after a while."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableRecording(f"{error.strerror or 'cannot be read'}; {EXPECTED}") from None
    first, until = b"", time.monotonic() + PATIENCE
    try:
        while not (first := os.read(descriptor, SNIFFED)):  # nobody has opened the other end, or closed it again
            if time.monotonic() > until:
                os.close(descriptor)
                raise UnreadableRecording(f"nothing was written into this pipe; {EXPECTED}")
            time.sleep(_PAUSE)
    except BlockingIOError:
        pass  # somebody is there and has written nothing yet
    os.set_blocking(descriptor, True)
    file = os.fdopen(descriptor, "rb", buffering=0)
    once = _Once(file, first)
    weakref.finalize(once, file.close)
    return once.open


class _Once:
    """Something that can be read once, from whose beginning it is nevertheless opened twice: to look, and to read."""

    def __init__(self, file: BinaryIO, first: bytes = b"") -> None:
        self._file = file
        self._seen = bytearray(first)

    def open(self) -> BinaryIO:
        return io.BufferedReader(_Replayed(self), SNIFFED)

    def read(self, at: int, size: int) -> bytes:
        """At most `size` bytes from the position `at` on, which has been seen or comes next."""
        if at < len(self._seen):
            return bytes(self._seen[at : at + size])
        _await(self._file)
        more = self._file.read(size) or b""
        if at == len(self._seen) and at < _KEPT:
            self._seen += more
        return more


def _await(file: BinaryIO) -> None:
    """Wait until there is something to read, or the end, looking up now and then.

    A Ctrl-C that comes in the moment before a read that waits would be heard when that has read something, if ever.
    """
    if isinstance(file, io.FileIO) and os.name != "nt":  # where select knows sockets only
        while not select.select([file], [], [], _LOOKING_UP)[0]:
            pass


class _Replayed(io.RawIOBase):
    def __init__(self, once: _Once) -> None:
        self._once = once
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override] # what io hands over
        """As io.RawIOBase has it."""
        data = self._once.read(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _returned(file: BinaryIO, begin: int) -> BinaryIO:
    return io.BufferedReader(_Returned(file, begin), SNIFFED)


class _Returned(io.RawIOBase):
    """A file that can be sought in, from where it stood on; closing it leaves it open."""

    def __init__(self, file: BinaryIO, begin: int) -> None:
        self._file = file
        self._begin = begin
        file.seek(begin)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override] # what io hands over
        """As io.RawIOBase has it."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As io.IOBase has it, counted from where the recording begins."""
        return self._file.seek(offset + (self._begin if whence == io.SEEK_SET else 0), whence) - self._begin

    def tell(self) -> int:
        return self._file.tell() - self._begin
