"""The bytes of a file from any place on, in large reads; forward only where the file is a pipe or a compressed one."""

import io
from typing import BinaryIO, Final

WINDOW: Final = 1 << 18
"""Bytes that are read at once: few calls, and still in the processor's cache when they are looked at."""


class Windows:
    """A file, read by windows."""

    def __init__(self, file: BinaryIO) -> None:
        """Places are counted from where `file` stands."""
        self._file = file
        self.returns = _is_plain(file)
        """Whether any place can be read again."""
        self._begin = file.tell() if self.returns else 0
        # What a pipe has by now, so that a recording can be read while it is made.
        self._more = file.read if self.returns else getattr(file, "read1", file.read)
        self._kept = b""
        self._kept_at = 0

    def window(self, at: int, least: int = 1) -> bytes:
        """The bytes from `at` on: at least `least` of them, fewer only at the end of the file.

        Where the file does not return, `at` is never below an earlier one.
        """
        if self.returns:
            self._file.seek(self._begin + at)
            return self._read(max(least, WINDOW))
        self._drop(at)
        if len(self._kept) < least:
            self._kept += self._read(least - len(self._kept))
        return self._kept

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

    def show(self, place: int, least: int) -> int:
        """Where `place` of the file is in `data`; `least` bytes follow there, fewer only at the end of the file."""
        at = place - self.begin
        if not 0 <= at <= len(self.data) - least:
            self.data = self._windows.window(place, least)
            self.begin = place
            at = 0
        return at


def _is_plain(file: BinaryIO) -> bool:
    """Whether going back is cheap: a compressed file can go back too, but starts over."""
    return isinstance(getattr(file, "raw", file), io.FileIO | io.BytesIO) and file.seekable()
