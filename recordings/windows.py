"""The bytes of a file from any place on, in large reads; forward only where the file is a pipe or a compressed one."""

import io
import os
import weakref
from typing import BinaryIO, Final

WINDOW: Final = 120_000
"""Bytes that are read at once: few calls, still in the processor's cache when they are looked at, and a size that the
allocator keeps for the next."""


class Windows:
    """A file, read by windows."""

    def __init__(self, file: BinaryIO) -> None:
        """Places are counted from where `file` stands."""
        self._file = file
        self.returns = _is_plain(file)
        """Whether any place can be read again."""
        self._begin = file.tell() if self.returns else 0
        self._descriptor = _descriptor(file) if self.returns else None
        if self._descriptor is not None:  # stays open when the file is closed
            weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size - self._begin if self._descriptor is not None else 0
        """Bytes of the file, where that is known."""
        # What a pipe has by now, so that a recording can be read while it is made.
        self._more = file.read if self.returns else getattr(file, "read1", file.read)
        self._kept = b""
        self._kept_at = 0

    def window(self, at: int, least: int = 1, size: int = WINDOW) -> bytes:
        """The bytes from `at` on, about `size`: at least `least` of them, fewer only at the end of the file.

        Where the file does not return, `at` is never below an earlier one.
        """
        if self.returns:
            return self._at(self._begin + at, max(least, size))
        self._drop(at)
        if len(self._kept) < least:
            self._kept += self._read(least - len(self._kept))
        return self._kept

    def _at(self, at: int, size: int) -> bytes:
        """`size` bytes from `at` on, fewer only at the end of the file."""
        if self._descriptor is None:
            self._file.seek(at)
            return self._read(size)
        # The place of an open file is one and the same in all processes that were forked; this does not move it.
        data = os.pread(self._descriptor, size, at)
        while len(data) < size and (more := os.pread(self._descriptor, size - len(data), at + len(data))):
            data += more
        return data

    def _drop(self, at: int) -> None:
        """Let what stands before `at` go by."""
        while at > self._kept_at + len(self._kept):
            self._kept_at += len(self._kept)
            self._kept = self._more(WINDOW)
            if not self._kept:
                self._kept_at = at
        self._kept = self._kept[at - self._kept_at :]
        self._kept_at = at

    def _read(self, size: int) -> bytes:
        """`size` bytes or more, fewer only at the end; in pieces, since a file may promise more than it has."""
        parts, missing = [self._more(WINDOW)], size
        while (missing := missing - len(parts[-1])) > 0 and parts[-1]:
            parts.append(self._more(WINDOW))
        return b"".join(parts) if len(parts) > 1 else parts[0]


class View:
    """The part of a file that was read last."""

    def __init__(self, windows: Windows) -> None:
        """Nothing is read yet."""
        self._windows = windows
        self.begin = 0
        """Where `data` stands in the file."""
        self.data = b""

    def show(self, place: int, least: int, size: int = WINDOW) -> int:
        """Where `place` of the file is in `data`; `least` bytes follow there, fewer only at the end of the file.

        `size` is how much is read where that has to be.
        """
        at = place - self.begin
        if not 0 <= at <= len(self.data) - least:
            self.data = self._windows.window(place, least, size)
            self.begin = place
            at = 0
        return at


def _descriptor(file: BinaryIO) -> int | None:
    """One of the file's own, which can be read at any place without moving it; None of a buffer, and where none can."""
    return os.dup(file.fileno()) if isinstance(getattr(file, "raw", file), io.FileIO) and hasattr(os, "pread") else None


def _is_plain(file: BinaryIO) -> bool:
    """Whether going back is cheap: a compressed file can go back too, but starts over."""
    return isinstance(getattr(file, "raw", file), io.FileIO | io.BytesIO) and file.seekable()
