"""Many pieces of bytes, of which the first are kept in memory and the rest in a file that has no name."""

import contextlib
import os
import tempfile
import weakref
from typing import IO, Final, TypeAlias

Kept: TypeAlias = bytes | tuple[int, int]
"""The piece itself, or where it stands in the file, and its length. Plain values, which processes can hand on."""

_IN_MEMORY: Final = 2 << 20
"""Bytes for which a file is not worth while; a few hundred refusals."""
_BLOCK: Final = 1 << 18


class Spool:
    """Takes pieces in one process, and gives them there or in the one that made the spool before it forked.

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
        self._in_memory = 0
        self._written = 0
        self._block = bytearray()
        """What is not yet written, or cannot be."""

    def put(self, piece: bytes) -> Kept:
        """Keep `piece`; what is given stands for it. OSError in a forked process when the disk is full."""
        if self._file is None or self._full or self._in_memory < _IN_MEMORY:
            self._in_memory += len(piece)
            return piece
        place = self._written + len(self._block)
        self._block += piece
        if len(self._block) >= _BLOCK:
            self.flush()
        return place, len(piece)

    def get(self, kept: Kept) -> bytes:
        """The piece that `kept` stands for. OSError where the file cannot be read any more."""
        if isinstance(kept, bytes):
            return kept
        place, length = kept
        if place >= self._written and self._owner == os.getpid() and self._block:
            return bytes(self._block[place - self._written :][:length])
        if self._file is None:
            raise OSError("there is no temporary file")
        return os.pread(self._file.fileno(), length, place)

    def flush(self) -> None:
        """Write what was put so far, for another process to get. OSError in a forked process when the disk is full."""
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
