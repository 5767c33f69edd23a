"""A text file read forward, in lines and with a look ahead, whatever its encoding; memory is bounded."""

import codecs
from typing import BinaryIO, Final

LINE_LIMIT: Final = 1 << 20
"""Bytes of one line that are given at a time; a longer one comes in pieces."""
_BLOCK: Final = 1 << 16
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Source:
    """Bytes of a file from its beginning to its end.

    A byte order mark is taken off, and UTF-16, as Windows PowerShell writes what is sent into a file, becomes UTF-8.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = bytearray()
        self._at = 0
        self._ended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._begin()

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, without taking them; fewer only at the end."""
        self._fill(size)
        return bytes(self._buffer[self._at : self._at + size])

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        found = self.peek(size)
        self._at += len(found)
        return found

    def line(self) -> bytes:
        """The next line with its line end, or LINE_LIMIT bytes of a longer one; empty at the end."""
        return self.take(self._line_length())

    def next_line(self) -> bytes:
        """What `line` will give, without taking it."""
        return self.peek(self._line_length())

    def _line_length(self) -> int:
        size, searched = 256, 0
        while True:
            self._fill(size)
            end = self._buffer.find(b"\n", self._at + searched, self._at + size)
            available = len(self._buffer) - self._at
            if end >= 0:
                return end + 1 - self._at
            if available < size or size >= LINE_LIMIT:
                return min(available, LINE_LIMIT)
            searched, size = size, size * 4

    def _begin(self) -> None:
        start = b""
        while len(start) < 3 and (more := self._file.read(_BLOCK)):
            start += more
        if encoding := next((name for mark, name in _MARKS.items() if start.startswith(mark)), None):
            self._decoder = codecs.getincrementaldecoder(encoding)("replace")
            start = start[2:]
        self._add(start.removeprefix(codecs.BOM_UTF8))

    def _fill(self, size: int) -> None:
        while not self._ended and len(self._buffer) - self._at < size:
            if self._at > _BLOCK:
                del self._buffer[: self._at]
                self._at = 0
            if more := self._file.read(_BLOCK):
                self._add(more)
            else:
                self._ended = True

    def _add(self, raw: bytes) -> None:
        self._buffer += self._decoder.decode(raw).encode("utf-8", "surrogatepass") if self._decoder else raw
