"""Many pieces of bytes, of which the first are kept in memory and the rest in a file that has no name."""

import contextlib
import os
import tempfile
import weakref
from array import array
from typing import IO, Final

from why20003.packing import Plain

_IN_MEMORY: Final = 2 << 20
"""Bytes for which a file is not worth while; a few hundred refusals."""
_BLOCK: Final = 1 << 18


class Spool:
    """Takes pieces in one process, and gives them by their numbers there or in the one that made the spool and forked.

    Who opens the file can read all that is put into it, so that is to hold no secret. Where no file can be made or
    written, the pieces stay in memory.
    """

    def __init__(self) -> None:
        """Opens the file; nothing is in it yet."""
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open for as long as this is there
            weakref.finalize(self, self._file.close)
        self._owner = os.getpid()
        self._full = False
        self._first: list[bytes] = []
        """The pieces that are kept in memory."""
        self._in_memory = 0
        self._ends = array("Q")
        """Where in the file each of the others ends; the next one begins there."""
        self._written = 0
        self._block = bytearray()
        """What is not yet written, or cannot be."""

    def __len__(self) -> int:
        return len(self._first) + len(self._ends)

    def put(self, piece: bytes) -> None:
        """Keep `piece`; its number is how many there were before. OSError in a forked process when the disk is full."""
        if self._file is None or self._in_memory < _IN_MEMORY:
            self._in_memory += len(piece)
            self._first.append(piece)
            return
        self._block += piece
        self._ends.append(self._written + len(self._block))
        if len(self._block) >= _BLOCK:
            self._write()

    def get(self, number: int) -> bytes:
        """A piece. OSError where the file cannot be read any more."""
        if number < len(self._first):
            return self._first[number]
        place = number - len(self._first)
        start, end = self._ends[place - 1] if place else 0, self._ends[place]
        if self._block and start >= self._written:
            return bytes(self._block[start - self._written : end - self._written])
        piece = b"" if self._file is None else os.pread(self._file.fileno(), end - start, start)
        if len(piece) < end - start:
            raise OSError("the temporary file is shorter than it was")
        return piece

    def plain(self) -> Plain:
        """All that `take` needs in the other process. OSError in a forked process when the disk is full."""
        self._write()
        return tuple(self._first), self._ends.tobytes()

    def take(self, plain: Plain) -> None:
        """Know what was put in the process that gave `plain`."""
        first, ends = plain
        self._first, self._ends = [*first], array("Q", ends)

    def _write(self) -> None:
        if self._file is None or self._full:
            return
        try:
            done = 0
            while done < len(self._block):
                done += os.pwrite(self._file.fileno(), self._block[done:], self._written + done)
        except OSError:
            if self._owner != os.getpid():
                raise  # what is in this memory is of no use to the other process, which does the work itself then
            self._full = True
        else:
            self._written += done
            self._block = bytearray()
