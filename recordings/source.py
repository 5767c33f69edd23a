"""A text file read forward, in lines and with a look ahead, whatever its encoding; memory is bounded."""

import codecs
import re
from typing import BinaryIO, Final

from recordings.markup import Markup

LINE_LIMIT: Final = 1 << 20
"""Bytes of one line that are given at a time; a longer one comes in pieces."""
_BLOCK: Final = 1 << 16
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Source:
    """Bytes of a file from its beginning to its end.

    A byte order mark is taken off, and UTF-16, as Windows PowerShell writes what is sent into a file, becomes UTF-8.
    What is `written` for people loses what a terminal, a page or a log put into it.
    """

    def __init__(self, file: BinaryIO, *, written: bool = False) -> None:
        # What a pipe has by now, so that a line is seen when it has come.
        self._more = getattr(file, "read1", file.read)
        self._buffer = bytearray()
        self._at = 0
        self._ended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._markup = Markup() if written else None
        self._begin()

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, without taking them; fewer only at the end."""
        self._fill(size)
        return bytes(self._buffer[self._at : self._at + size])

    def ahead(self, sign: re.Pattern[bytes], size: int) -> re.Match[bytes] | None:
        """Where `sign` first stands in the next `size` bytes, none of them taken; what follows it is hardly awaited."""
        seen = 0
        while True:
            self._fill(min(seen + seen // 8 + 1, size))  # looked at some dozens of times at most
            start = bytes(self._buffer[self._at : self._at + size])
            if (found := sign.search(start)) is not None or len(start) in {seen, size}:
                return found
            seen = len(start)

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
        searched = 0
        while True:
            end = self._buffer.find(b"\n", self._at + searched, self._at + LINE_LIMIT)
            if end >= 0:
                return end + 1 - self._at
            searched = len(self._buffer) - self._at
            if searched < LINE_LIMIT:
                self._fill(searched + 1)
            if len(self._buffer) - self._at == searched or searched >= LINE_LIMIT:
                return min(searched, LINE_LIMIT)

    def _begin(self) -> None:
        start = b""
        while len(start) < 3 and (more := self._more(_BLOCK)):
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
            if more := self._more(_BLOCK):
                self._add(more)
            else:
                self._ended = True
                self._add(b"", last=True)

    def _add(self, raw: bytes, *, last: bool = False) -> None:
        text = self._decoder.decode(raw).encode("utf-8", "surrogatepass") if self._decoder else raw
        self._buffer += self._markup.without(text, last=last) if self._markup else text
