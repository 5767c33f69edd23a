"""JSON text read through a window that only moves forward: values of any length in bounded memory."""

import codecs
import io
import json
import re
from typing import BinaryIO, Final

from analyzers.frozen import dataclass

WINDOW: Final = 1 << 20
"""Characters that are ahead after each `fill`, unless the file ends before. A longer value gets its long texts cut."""
MARGIN: Final = 256
"""Longer than any pattern that is searched for."""
_READ = 2 << 20
_LONGEST_TEXT = 400_000
"""Characters kept of a text in a long value: 64 kB, the limit of a body, with each byte written as an escape."""
_LONGEST_VALUE = 8_000_000
"""Characters of a value without its long texts; a real entry has some thousand."""


class Window:
    """The text of a file from `at` on, as far as it has been read."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` is read forward only. UTF-8, -16 and -32, with a byte order mark or without one."""
        self._file = file
        start = self._bytes()
        name = json.detect_encoding(start[:4]) if start else "utf-8"
        # Stray bytes survive, since header values may hold any.
        errors = "surrogateescape" if name.startswith("utf-8") else "replace"
        self._decoder = codecs.getincrementaldecoder(name)(errors)
        self.ended = not start
        """Whether the file has been read to its end."""
        # Never told that the end has come: half a character there is no damage, the file breaks off.
        self.text = self._decoder.decode(start)
        self.at = 0
        """Everything in front of this place of `text` is done with."""
        self.read = len(self.text)
        """Characters read so far."""
        self._lines, self._column = 0, 0

    def fill(self) -> None:
        """Have WINDOW characters ahead, or all that is left. Moves what is ahead to the front of `text`."""
        if self.ended or len(self.text) - self.at >= WINDOW:
            return
        self._count_lines()
        pieces = [self.text[self.at :]]
        length = len(pieces[0])
        while length < WINDOW and not self.ended:
            data = self._bytes()
            self.ended = not data
            pieces.append(self._decoder.decode(data))
            length += len(pieces[-1])
            self.read += len(pieces[-1])
        self.text, self.at = "".join(pieces), 0

    def place(self) -> tuple[int, int]:
        """Line and column of `at`, both from 1."""
        lines = self.text.count("\n", 0, self.at)
        start = self.text.rfind("\n", 0, self.at)
        column = self.at - start - 1 if lines else self._column + self.at
        return self._lines + lines + 1, column + 1

    def _count_lines(self) -> None:
        line, column = self.place()
        self._lines, self._column = line - 1, column - 1

    def _bytes(self) -> bytes:
        """Bytes that are there to be read; none at the end of the file only."""
        return self._file.read(_READ) or b""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no value can be read."""

    at: int
    deep: bool = False
    """Whether it is nested too deeply to be read at all."""


def _short_int(digits: str) -> int:
    return int(digits) if len(digits) <= 20 else 0


# Some write line breaks and tabs into their texts as they are.
_DECODER = json.JSONDecoder(strict=False)
_PATIENT = json.JSONDecoder(strict=False, parse_int=_short_int)


def decoded(text: str, at: int) -> tuple[object, int] | Fault:
    """The JSON value that begins at `at`, and where it ends; never raises."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return Fault(error.pos)
    except (RecursionError, MemoryError):
        return Fault(at, deep=True)
    except ValueError:  # a number of more than 4,300 digits
        pass
    try:
        return _PATIENT.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return Fault(error.pos)
    except (ValueError, RecursionError, MemoryError):
        return Fault(at, deep=True)


_CLOSED = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+("|\\?\Z)', re.DOTALL)
# The beginning of a word, a number or an escape. A whole one is no fault at the end of a text.
_BEGUN = re.compile(
    r"(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|Na?|-?(?:I(?:n(?:f(?:i(?:n(?:it?)?)?)?)?)?)?|\.|[eE][+-]?"
    r"|\\?(?:u[0-9a-fA-F]{0,4})?)\Z"
)


def breaks_off(text: str, fault: Fault) -> bool:
    """Whether the value would be right up to the end of `text`, if only it went on."""
    if fault.deep:
        return False
    if text.startswith('"', fault.at):
        found = _CLOSED.match(text, fault.at + 1)
        return found is None or found.group(1) != '"'
    return _BEGUN.match(text, fault.at) is not None


@dataclass(frozen=True, slots=True)
class Walked:
    """A value that was read while it went through the window."""

    value: object = None
    whole: bool = True
    """False where the file ends in it."""
    says: str | None = None
    """Why it cannot be read; None where it was."""
    stopped: bool = False
    """Whether it was given up in front of what was not to be passed."""
    hopeless: bool = False
    """Whether it was given up in its middle, because no more of it could be kept."""


def condensed_value(window: Window, stop: "re.Pattern[str] | None") -> Walked:
    """The value at ``window.at``, which is left behind, with its long texts cut.

    Given up where `stop` is found behind its first character; it matches nothing longer than MARGIN.
    """
    condensing = _Condensing()
    begun = 0
    while not condensing.done:
        window.fill()
        limit = len(window.text) if window.ended else len(window.text) - MARGIN
        match = stop.search(window.text, window.at + 1 - begun) if stop is not None else None
        until = match.start() if match is not None and match.start() < limit else limit
        window.at = condensing.feed(window.text, window.at, until)
        begun = 1
        if condensing.done:
            break
        if condensing.hopeless:
            return Walked(says=condensing.hopeless, hopeless=True)
        if until < limit:
            window.at = until
            return Walked(stopped=True)
        if window.ended:
            window.at = len(window.text)
            return _torn(condensing)
    return _read(condensing)


def _read(condensing: "_Condensing") -> Walked:
    """A value that went through the window whole."""
    if condensing.hopeless:
        return Walked(says=condensing.hopeless)
    found = decoded(condensing.text(), 0)
    if not isinstance(found, Fault):
        return Walked(found[0])
    return Walked(says=TOO_DEEP if found.deep else "the JSON of the entry is wrong")


def _torn(condensing: "_Condensing") -> Walked:
    """What to make of a value in which the file ends: it may be damaged as well."""
    text = condensing.text()
    found = decoded(text, 0)
    if isinstance(found, Fault) and (breaks_off(text, found) or found.deep):
        return Walked(whole=False)
    return Walked(says="the JSON of the entry is wrong, and the file ends in it")


TOO_DEEP: Final = "the JSON of the entry is nested too deeply"
_TOO_LONG = "the entry is too long, even without its long texts"
_DEEPEST = 2000
"""More than the json module can read."""
# All that changes no depth: what is outside of texts, short texts, and what is in brackets without further ones.
_PLAIN = re.compile(r'(?:[^"\[\]{}]++|"[^"\\]{0,200}+"|[\[{](?:[^"\[\]{}]++|"[^"\\]{0,200}+")*+[\]}])*+')
_OPENING = re.compile(r"[\[{]++")
_IN_TEXT = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_WHOLE_ESCAPES = re.compile(r"[^\\]*+(?:\\(?:u[0-9a-fA-F]{4}|[^u])[^\\]*+)*+", re.DOTALL)


class _Condensing:
    """Takes in the text of one object, list or text, in pieces, and keeps it without the rest of long texts."""

    def __init__(self) -> None:
        self.done = False
        """Whether the value has ended."""
        self.hopeless = ""
        """Why there is no use in going on; empty while there is."""
        self._pieces = io.StringIO()
        self._length = 0
        self._depth = 0
        self._in_text = False
        self._current: list[str] = []
        self._kept = 0

    def text(self) -> str:
        """What was kept; a text that is still open stays open."""
        return self._pieces.getvalue() + "".join(self._current)

    def feed(self, text: str, at: int, until: int) -> int:
        """Take in `text` from `at`; gives where that ends: `until`, behind the value, in front of half an escape."""
        while at < until and not (self.done or self.hopeless):
            before = at
            at = self._text(text, at, until) if self._in_text else self._structure(text, at, until)
            if at == before:
                break
        return at

    def _structure(self, text: str, at: int, until: int) -> int:
        end = at
        if self._depth and (match := _PLAIN.match(text, at, until)) is not None:
            end = match.end()
        if end < until:
            char = text[end]
            opening = _OPENING.match(text, end, until)
            if opening is not None:
                self._depth += opening.end() - end
                end = opening.end() - 1
            end += 1
            if char == '"':
                self._in_text, self._kept = True, 0
            elif opening is None:
                self._depth -= 1
                self.done = self._depth <= 0
        self._keep(text[at:end])
        if self._depth > _DEEPEST:
            self.hopeless = TOO_DEEP
        return end

    def _text(self, text: str, at: int, until: int) -> int:
        match = _IN_TEXT.match(text, at, until)
        end = match.end() if match is not None else at
        if self._kept < _LONGEST_TEXT:
            self._current.append(text[at : min(end, at + _LONGEST_TEXT - self._kept)])
        self._kept += end - at
        if end < until and text[end] == '"':
            body = "".join(self._current)
            if self._kept > _LONGEST_TEXT:
                whole = _WHOLE_ESCAPES.match(body)
                body = body[: whole.end()] if whole is not None else ""
            self._current.clear()
            self._keep(body + '"')
            self._in_text = False
            self.done = not self._depth
            end += 1
        return end

    def _keep(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > _LONGEST_VALUE:
            self.hopeless = _TOO_LONG
        else:
            self._pieces.write(piece)


__all__ = ["MARGIN", "TOO_DEEP", "WINDOW", "Fault", "Walked", "Window", "breaks_off", "condensed_value", "decoded"]
