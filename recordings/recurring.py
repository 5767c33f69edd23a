"""What is found again and again in the flows of a capture, kept so that it is checked and decoded once. Bounded."""

import re
from typing import Final

from recordings.flow_layout import Unusual
from recordings.tnetstrings import Malformed, bounds

KEPT: Final = 8192


class Known(dict[bytes, str]):
    """What is found again and again in the flows of a file, and has to be checked and decoded only once.

    It stands in the file as ``len:content``: a pattern finds its end by what follows, and the length has to confirm it.
    """

    def __init__(self, tag: bytes, encoding: str) -> None:
        """`tag` is added where the pattern left it out."""
        super().__init__()
        self._tag = tag
        self._encoding = encoding

    def __repr__(self) -> str:
        return "Known()"

    def confirm(self, values: list[bytes]) -> None:
        """Raises Unusual when one of `values` is no whole value."""
        for value in values:
            if value not in self:
                self.__missing__(value)

    def __missing__(self, value: bytes) -> str:
        whole = value + self._tag
        try:
            start, end = bounds(whole, 0, len(whole))
        except Malformed:
            raise Unusual from None
        if end + 1 != len(whole):
            raise Unusual
        if len(self) >= KEPT:
            self.clear()
        self[value] = found = whole[start:end].decode(self._encoding)
        return found


class HeaderLines(dict[bytes, tuple[bytes, bytes]]):
    """Header lines as they stand in the file, without the ``,]`` that ends each: ``23:4:Host,13:x.example.com``."""

    _LINE: Final = re.compile(rb"([0-9]{1,7}+):([0-9]{1,7}+):([^,]*+),([0-9]{1,7}+):")

    def __init__(self) -> None:
        super().__init__()
        self.coded = False
        """Set when a Content-Encoding line was met; such a line is met anew each time."""

    def __repr__(self) -> str:
        return "HeaderLines()"  # Authorization is one of them

    def __missing__(self, line: bytes) -> tuple[bytes, bytes]:
        match = self._LINE.match(line)
        if match is None:
            raise Unusual
        whole, first, name, second = match.groups()
        found = name, line[match.end() :]
        # A value that holds ",]" itself was taken apart in the wrong place; then the lengths do not fit.
        if len(name) != int(first) or len(found[1]) != int(second) or len(line) - len(whole) != int(whole):
            raise Unusual
        if name.lower() == b"content-encoding":
            self.coded = True
            return found
        if len(self) >= KEPT:
            self.clear()
        self[line] = found
        return found
