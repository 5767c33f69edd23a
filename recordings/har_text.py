"""Finds the entries of a HAR in its text: piece by piece, past what is damaged, and as far as a cut file goes.

Only the outer structure is followed here: what may hold ``log.entries``, and where each entry begins and ends. What an
entry says is another module's matter. Time is linear in the length of the file, memory is bounded by `_WINDOW` and by
the largest entry, long texts not counted.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import BinaryIO, Final, TypeAlias

from analyzers.frozen import dataclass
from recordings.har_window import MARGIN, TOO_DEEP, Fault, Window, breaks_off, condensed_value, decoded

EXPECTED: Final = "expected a HAR file: a JSON object with log.entries"


@dataclass(frozen=True, slots=True)
class Found:
    """An element of ``entries``, of any type."""

    value: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """An element of ``entries`` that is no JSON."""

    says: str
    """What was expected and what stands there, never its content."""


@dataclass(frozen=True, slots=True)
class Note:
    """A member of the log that says something of the whole: creator, browser, comment."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class NewLog:
    """A log begins; a file may hold several."""


@dataclass(frozen=True, slots=True)
class BreaksOff:
    """The file ends within its outer structure or within an entry. The last part, if it comes."""


Part: TypeAlias = Found | Broken | Note | NewLog | BreaksOff


class NoEntriesError(ValueError):
    """The text has no list of entries; the message says what it has, never its content."""


def parts(file: BinaryIO) -> Iterator[Part]:
    """What stands in the HAR in `file`. Raises NoEntriesError where there is no list of entries at all."""
    return _Parser(Window(file)).parts()


NOTES: Final = ("creator", "browser", "comment", "_comment", "sanitized", "_sanitized", "redacted", "_redacted")

# What an entry begins with, which nothing within an entry does: a quote inside a text is always escaped. Chrome (its
# keys are sorted), Safari and Firefox (pageref), and nearly all others (startedDateTime): docs/har-variants.md.
_FIRST = "[sS]tartedDateTime|pageref|_initiator|_connectionId|_fromCache|_priority|_resourceType|_frameref"
_ENTRY = re.compile(rf'\{{\s*+"(?:{_FIRST})"\s*+:')
_LOGS = frozenset({"log", "Log"})
_START = re.compile(rf'\{{\s*+"({_FIRST}|[lL]og)"\s*+:')
# What an entry may begin with, and other objects as well: to be looked into.
_MAYBE_ENTRY = re.compile(
    r'\{\s*+"(?:[rR]equest|[rR]esponse|[tT]ime|cache|timings|connection|serverIPAddress|comment|_[A-Za-z]\w{0,30})"\s*+:'
)
_MESSAGES = frozenset({"request", "Request", "response", "Response"})
_BLANK = re.compile(r"[ \t\r\n\ufeff]*+")
_BETWEEN = re.compile(r"[ \t\r\n\ufeff,]*+")
_BARE_WORD = re.compile(r'[^\s,\[\]{}":]++')
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[{]++|[\]}]++', re.DOTALL)
_TOO_MUCH: Final = "too much of the file is damaged: nothing behind this entry is read"
_OTHER_TEXT: Final = "expected an entry, found other text"
_BEHIND_AN_ENTRY = frozenset({",", "]", "{"})
"""A comma, the end of the list, or the next entry where somebody forgot the comma."""
_DEEPEST = 3
"""Objects and lists around a log: tools wrap it as ``{"har": {"log": ...}}``, or put several into a list."""
_MOST_TRIES = 300
_WASTE_ALLOWED = 64_000_000
"""Characters that may be looked at again because of damage, and eight times the length of the file beside."""
_WASTE_OF_DEPTH = 200_000
_WASTE_OF_NOTHING = 500
"""What an element costs that is no exchange, however short it is."""


class _Parser:
    """Follows the outer structure. Where that is violated, goes on at whatever looks like the next entry."""

    def __init__(self, window: Window) -> None:
        self._w = window
        self._listed = False
        """Whether a list of entries was met."""
        self._torn = False
        """Whether the outer structure was violated, so that it is of no more use."""
        self._over = False
        """Whether the file ended where something was still open."""
        self._done = False
        """Whether nothing more can be read."""
        self._instead = ""
        """What stands in place of the list of entries."""
        self._sound = True
        """Whether the last element was an exchange; what follows one that was not may be the rest of it."""
        self._closed = False
        """Whether a list of entries was closed, so that an entry behind it stands outside."""
        self._tries = 0
        self._waste = 0

    def parts(self) -> Iterator[Part]:
        yield from self._documents()
        if not self._listed:
            raise NoEntriesError(f"{EXPECTED}{self._instead or self._trouble()}")
        if self._over:
            yield BreaksOff()

    def _trouble(self) -> str:
        line, column = self._w.place()
        if self._over:
            return f", but the JSON breaks off at line {line} column {column}, before any entries"
        return ", found no object log"

    # --- the outer structure ------------------------------------------------------------------------------------------
    def _documents(self) -> Iterator[Part]:
        """One HAR or several one after the other, a list of them, or bare entries one after the other."""
        while (char := self._peek(_BETWEEN)) and not (self._over or self._done):
            if char == "{" and self._is_entry():
                yield from self._bare_entries()
            elif char == "{":
                yield from self._object(0)
            elif char == "[" and not self._listed:
                yield from self._list(0)
            else:
                self._to_next_start()
            if self._torn and not self._done:
                self._to_next_start()

    def _bare_entries(self) -> Iterator[Part]:
        """Entries without a list around them: one a line, or left over where nonsense has ended their list."""
        if (self._torn or self._closed) and self._sound:
            yield Broken(_OTHER_TEXT)
        self._torn, self._closed, self._listed = False, False, True
        while self._peek(_BETWEEN) == "{" and self._is_entry() and not self._done:
            if (part := self._element()) is not None:
                yield part

    def _list(self, depth: int) -> Iterator[Part]:
        """A list of logs, or the entries themselves."""
        self._w.at += 1
        while (char := self._peek(_BETWEEN)) and not (self._torn or self._over or self._done):
            if char == "]":
                self._w.at += 1
                return
            if char == "{" and depth == 0 and self._is_entry():
                yield from self._entries()
                return
            yield from self._inner(char, depth)
        self._over |= not (self._torn or self._done)

    def _object(self, depth: int, *, is_log: bool = False) -> Iterator[Part]:
        self._w.at += 1
        while (char := self._peek(_BETWEEN)) and not (self._torn or self._over or self._done):
            if char == "}":
                self._w.at += 1
                return
            name = self._name() if char == '"' else None
            if name is None:
                self._tear()
                return
            yield from self._member(name, self._peek(), depth, is_log=is_log)
        self._over |= not (self._torn or self._done)

    def _tear(self) -> None:
        """Give up the outer structure, unless the file just ends here."""
        self._torn = not self._over
        if self._torn and not self._listed and not self._instead:
            self._instead = ", but the JSON is wrong at line {} column {}".format(*self._w.place())

    def _name(self) -> str | None:
        """The name of a member, with the colon behind it taken; None, and nothing taken, where there is none."""
        text = self._w.text
        found = decoded(text, self._w.at)
        if isinstance(found, Fault):
            self._over = self._w.ended and breaks_off(text, found)
            return None
        name, end = found
        blank = _BLANK.match(text, end)
        end = blank.end() if blank is not None else end
        if text[end : end + 1] == ":" and isinstance(name, str):
            self._w.at = end + 1
            return name
        self._over = self._w.ended and end == len(text)
        return None

    def _member(self, name: str, char: str, depth: int, *, is_log: bool) -> Iterator[Part]:
        folded = name[:20].lower()
        if not char:
            self._over = True
        elif folded == "log" and char == "{" and not is_log:
            yield NewLog()
            yield from self._object(depth, is_log=True)
            if not self._listed and not self._instead and not self._over:
                self._instead = ", found log.entries as nothing"
        elif folded == "entries" and char == "[" and (is_log or depth == 0):
            self._w.at += 1
            yield from self._entries()
        elif is_log and folded == "entries":
            self._instead = f", found log.entries as {kind_of(self._value())}"
        elif is_log and name in NOTES:
            yield Note(name, self._value())
        elif is_log:
            self._value()
        else:
            yield from self._inner(char, depth)

    def _inner(self, char: str, depth: int) -> Iterator[Part]:
        """A value in which a log may stand."""
        if char == "{" and depth < _DEEPEST:
            yield from self._object(depth + 1)
        elif char == "[" and depth < _DEEPEST:
            yield from self._list(depth + 1)
        else:
            self._value()

    def _value(self) -> object:
        """The value that stands here, which is left behind; None for one that cannot be read."""
        window = self._w
        window.fill()
        found = decoded(window.text, window.at)
        if not isinstance(found, Fault):
            value, window.at = found
            return value
        if found.deep:
            self._tear()
            return None
        if breaks_off(window.text, found) and not window.ended:
            walked = condensed_value(window, None)
            self._over = not walked.whole
            if walked.hopeless:
                self._tear()
            return walked.value
        self._over = breaks_off(window.text, found)
        end = self._end_of(window.at, len(window.text))
        if self._over or end is None or self._entry_in(window.at + 1, end) is not None:
            self._tear()
        else:
            window.at = end
        return None

    def _peek(self, skipped: "re.Pattern[str]" = _BLANK) -> str:
        """The next character behind blanks, or what else is to be skipped; empty at the end of the file."""
        while True:
            self._w.fill()
            match = skipped.match(self._w.text, self._w.at)
            if match is not None:
                self._w.at = match.end()
            if self._w.at < len(self._w.text):
                return self._w.text[self._w.at]
            if self._w.ended:
                return ""

    # --- entries ------------------------------------------------------------------------------------------------------
    def _entries(self) -> Iterator[Part]:
        """The elements of the list that has just been opened."""
        self._listed = True
        while (char := self._peek(_BETWEEN)) and not self._done:
            if char == "]":
                self._w.at += 1
                self._closed = True
                return
            if (part := self._element()) is not None:
                yield part
        self._over |= not self._done

    def _element(self) -> Part | None:
        """The element that begins here, which is left behind; None where the file ends in it."""
        before = self._sound
        part = self._read_element()
        self._sound = isinstance(part, Found) and _is_exchange(part.value)
        return None if isinstance(part, Broken) and part.says is _OTHER_TEXT and not before else part

    def _read_element(self) -> Part | None:
        self._w.fill()
        text, start = self._w.text, self._w.at
        found = decoded(text, start)
        if isinstance(found, Fault):
            return self._faulty(start, found)
        value, end = found
        blank = _BLANK.match(text, end)
        behind = text[blank.end() : blank.end() + 1] if blank else ""
        orderly = behind in _BEHIND_AN_ENTRY
        exchange = _is_exchange(value)
        if not exchange and self._is_wasted(_WASTE_OF_NOTHING):
            return Broken(_TOO_MUCH)
        # A damaged entry may have taken in those behind it, and look whole.
        inside = None if orderly and exchange else self._entry_in(start + 1, end)
        if inside is not None:
            self._w.at = inside
            return Broken("the JSON of the entry breaks off, and the next entry begins")
        self._w.at = end
        if not orderly and not exchange and behind:
            self._past_damage(end)
            return Broken(_OTHER_TEXT)
        return Found(value)

    def _faulty(self, start: int, fault: Fault) -> Part | None:
        text = self._w.text
        if breaks_off(text, fault):
            match = _ENTRY.search(text, start + 1)
            if match is not None:
                self._w.at = match.start()
                return Broken("the JSON of the entry breaks off, and the next entry begins")
            if not self._w.ended:
                return self._long()
            self._w.at, self._over = len(text), True
            return None
        if self._is_wasted(_WASTE_OF_DEPTH if fault.deep else fault.at - start):
            return Broken(_TOO_MUCH)
        self._past_damage(start, in_value=fault.deep)
        if fault.deep:
            return Broken(TOO_DEEP)
        return Broken(f"the JSON of the entry is wrong at its character {fault.at - start + 1}")

    def _is_wasted(self, cost: int) -> bool:
        """Whether damage has cost too much by now, so that nothing more is read."""
        self._waste += cost
        self._done = self._waste > _WASTE_ALLOWED + 8 * self._w.read
        return self._done

    def _long(self) -> Part | None:
        """An entry that is longer than the window: read with its long texts cut."""
        walked = condensed_value(self._w, _ENTRY)
        if walked.stopped:
            return Broken("the JSON of the entry breaks off, and the next entry begins")
        if not walked.whole:
            self._over = True
            return None
        if walked.hopeless or self._peek() not in {*_BEHIND_AN_ENTRY, ""}:
            self._past_damage(self._w.at, in_value=walked.hopeless)
        return Found(walked.value) if walked.says is None else Broken(walked.says)

    # --- behind damage ------------------------------------------------------------------------------------------------
    def _past_damage(self, start: int, *, in_value: bool = False) -> None:
        """Go on behind the damaged element at `start`: where the next entry begins, or where this one seems to end.

        `in_value` says that brackets tell nothing: `start` is in the middle of the element, or it has too many.
        """
        window = self._w
        window.at = start
        own = 1  # what begins at `start` is the damaged element itself
        while not self._done:
            window.fill()
            limit = len(window.text) if window.ended else len(window.text) - MARGIN
            found = self._entry_in(window.at + own, limit)
            end = self._end_of(window.at, limit if found is None else found) if own and not in_value else None
            if found is not None and (end is None or found < end):
                window.at = found
                return
            window.at = limit if end is None else end
            if end is not None and self._peek() in {*_BEHIND_AN_ENTRY, ""}:
                return
            self._done = window.ended and window.at >= len(window.text)
            own = 0

    def _end_of(self, start: int, limit: int) -> int | None:
        """Where brackets and quotes say that the value at `start` ends; None where they do not."""
        text = self._w.text
        if text[start : start + 1] not in {"{", "["}:
            word = _BARE_WORD.match(text, start, limit)
            return word.end() if word else None
        depth = 0
        for token in _TOKEN.finditer(text, start, limit):
            char = text[token.start()]
            if char == '"':
                if not token.group(1):
                    return None
            elif char in "{[":
                depth += token.end() - token.start()
            elif token.end() - token.start() < depth:
                depth -= token.end() - token.start()
            else:
                self._waste += token.end() - start
                return token.start() + depth
        self._waste += limit - start
        return None

    def _entry_in(self, start: int, end: int) -> int | None:
        """Where in the window between `start` and `end` an entry begins; None where none does."""
        text = self._w.text
        if text.find("{", start, end) < 0:
            return None
        # Not to the end of the window each time: there may be very many elements.
        certain = next((one.start() for one in _ENTRY.finditer(text, start, end + MARGIN) if self._is_like(one)), None)
        until = end if certain is None else min(certain, end)
        for maybe in _MAYBE_ENTRY.finditer(text, start, until + MARGIN):
            if maybe.start() >= until or self._tries >= _MOST_TRIES:
                break
            self._tries += 1
            found = decoded(text, maybe.start())
            if not isinstance(found, Fault) and _is_exchange(found[0]):
                return maybe.start()
        return until if certain == until and until < end else None

    def _is_like(self, match: "re.Match[str]") -> bool:
        """Whether what begins like an entry may be one, and not a page, which begins with its time as well."""
        if self._tries >= _MOST_TRIES:
            return True
        found = decoded(match.string, match.start())
        if isinstance(found, Fault) or _has_message(found[0]):
            return True
        self._tries += 1
        return False

    def _is_entry(self) -> bool:
        """Whether the object that begins here is an entry."""
        text, at = self._w.text, self._w.at
        if match := _ENTRY.match(text, at):
            return self._is_like(match)
        if not _MAYBE_ENTRY.match(text, at):
            return False
        found = decoded(text, at)
        return not isinstance(found, Fault) and _is_exchange(found[0])

    def _to_next_start(self) -> None:
        """Pass over all that is no beginning of an entry or of a HAR."""
        while True:
            self._w.fill()
            text = self._w.text
            limit = len(text) if self._w.ended else len(text) - MARGIN
            starts = _START.finditer(text, self._w.at)
            match = next((one for one in starts if one.group(1) in _LOGS or self._is_like(one)), None)
            if match is not None and match.start() < limit:
                self._w.at = match.start()
                self._torn = self._listed and match.group(1) not in _LOGS
                return
            self._w.at = limit
            if self._w.ended:
                self._done = True
                return


def _has_message(value: object) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(_MESSAGES)


def _is_exchange(value: object) -> bool:
    """Whether `value` has what makes an entry: a request."""
    return isinstance(value, dict) and isinstance(value.get("request", value.get("Request")), dict)


def kind_of(raw: object) -> str:
    """What `raw` is, for a message that must not quote it."""
    match raw:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
    return "an object"


__all__ = ["EXPECTED", "BreaksOff", "Broken", "Found", "NewLog", "NoEntriesError", "Note", "Part", "kind_of", "parts"]
