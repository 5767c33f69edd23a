"""The search for what must not be there: any run of five characters of a secret, in any writing.

Five characters are few, so chance finds some, and rules keep it from crying wolf: what is public is not searched for,
a run of digits alone has to be longer (dates, sizes and times are made of digits), and so has one inside of a SID,
which is 32 digits of anything. Values of less than five characters are not searched for at all: they are replaced where
they stand, and everywhere else they are chance.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import islice
from typing import Final, NamedTuple

from analyzers.frozen import dataclass
from recordings.redaction.leak_layers import ONCE, packed, readings, spans_quotes
from recordings.redaction.runs import DIGITS_RUN, RUN, runs_of

_SID_RUN: Final = 9
_SID_RUN_OF_MANY: Final = 12
_REVERSED_RUN: Final = 8
_REVERSED_RUN_OF_MANY: Final = 12
_OTHER_CASE_RUN: Final = 7
_MANY: Final = 2000
_MANY_CREDENTIALS: Final = 500
"""From so many personal values, or credentials, on their runs of five are everywhere."""
_RUN_OF_MANY: Final = 8
_LONGEST: Final = 1024
_PER_RUN: Final = 8
_DEEPEST: Final = 3
_CLEAR: Final = re.compile(rb"[\t\r\n -~]{7,}")
_WIDE: Final = re.compile(rb"(?:[ -~]\0){5,}|(?:\0[ -~]){5,}")
_SID: Final = re.compile(rb"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9a-zA-Z]{32}(?![0-9A-Za-z])")
_AROUND: Final = 34
_APART: Final = b" \x02 "
"""Between pieces that must not be read as one."""
_QUOTE: Final = b'"'
_ESCAPE: Final = b"\\"
_QUOTES: Final = b'""'
_MOST_CLEAN: Final = 16_384
_LONGEST_CLEAN: Final = 512
_BINARY: Final = frozenset({"base64", "hex"})
_NO_DIGIT: Final = re.compile(rb"[^0-9+]")


class Leak(NamedTuple):
    """A find. Says nothing of the value."""

    kind: str
    """The writing in which it stands: ``plain``, ``base64``, ``compressed, JSON escapes`` ..."""
    which: str
    """Which of the values: ``credential 3``, counted from 1 in the order in which they were met."""


@dataclass(frozen=True, slots=True)
class _Value:
    name: str
    spellings: tuple[bytes, ...] = field(repr=False)
    """As it stands, in lower case, in upper case."""
    least: int
    """How long a run of it has to be."""
    backward: bool = False


class Secrets:
    """Values that must not appear, indexed once."""

    def __init__(
        self,
        credentials: Iterable[bytes],
        personal: Iterable[bytes] = (),
        public: Iterable[bytes] = (),
        *,
        of_many: bool = False,
    ) -> None:
        """`public` are SIDs that may appear, whatever else they hold.

        With `of_many` only longer runs of credentials count, as of very many at once.
        """
        self._public = frozenset(public)
        self.clean: set[bytes] = set()
        """Parts of texts in which nothing was found, some of very many."""
        self.hold_quotes = False
        """Whether a value has a quote in it, or what stands before one, and may so stand on both sides of one."""
        self._values: list[_Value] = []
        self._runs: dict[bytes, tuple[tuple[int, int], ...]] = {}
        self._alphabet: set[int] = set()
        self._letters = re.compile(b"(?!)")
        words = list(credentials)
        many = of_many or len(words) > _MANY_CREDENTIALS
        self._least = (_RUN_OF_MANY, _REVERSED_RUN_OF_MANY) if many else (RUN, _REVERSED_RUN)
        self._sid_run = _SID_RUN_OF_MANY if many else _SID_RUN
        for number, value in enumerate(words, 1):
            self._add_credential(number, value)
        others = list(personal)
        least = _RUN_OF_MANY if len(others) > _MANY else RUN
        for number, value in enumerate(others, 1):
            size = min(least, max(RUN, len(value)))
            self._add(_Value(f"personal value {number}", _spellings(value), size))
        self._note_letters()

    def __repr__(self) -> str:
        return f"Secrets({len(self)})"

    def __len__(self) -> int:
        """How many values are searched for."""
        return sum(not value.backward for value in self._values)

    def __bool__(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self._runs)

    def note_clean(self, parts: Iterable[bytes]) -> None:
        """Parts of a text, each between two quotes, in which nothing was found: nobody need look at them again."""
        if len(self.clean) > _MOST_CLEAN:
            self.clean.clear()
        self.clean.update(part for part in islice(parts, _MOST_CLEAN) if len(part) <= _LONGEST_CLEAN)

    def add(self, credential: bytes) -> None:
        """Search for one more from now on, at a cost that does not depend on how many there are."""
        self._add_credential(len(self) + 1, credential)
        self._note_letters()
        self.clean.clear()

    def _add_credential(self, number: int, value: bytes) -> None:
        enough, backward = self._least
        self._add(_Value(f"credential {number}", _spellings(value), min(enough, max(RUN, len(value)))))
        if len(value) >= backward:
            back = value[:_LONGEST][::-1]
            self._add(_Value(f"credential {number}", _spellings(back), backward, backward=True))

    def _add(self, value: _Value) -> None:
        self.hold_quotes = self.hold_quotes or _QUOTE in value.spellings[0] or _ESCAPE in value.spellings[0]
        place = len(self._values)
        self._values.append(value)
        lower = value.spellings[1]
        wanted = runs_of(lower)
        for at in range(len(lower) - RUN + 1):
            run = lower[at : at + RUN]
            places = self._runs.get(run, ())
            if run in wanted and len(places) < _PER_RUN:
                self._runs[run] = (*places, (place, at))
                self._alphabet.update(run)

    def _note_letters(self) -> None:
        """Know what finds as many characters in a row as a run has, of those that runs are made of."""
        every = b"".join(re.escape(bytes([byte])) for byte in sorted(self._alphabet))
        if every:
            self._letters = re.compile(b"[%s]{%d,}" % (every, RUN))  # re knows what it compiled before

    def found_in(self, text: bytes) -> Iterator[tuple[str, bool]]:
        """The values of which `text`, taken as it is, holds a run; and whether it stands there backwards."""
        lower, runs = text.lower(), self._runs
        # Most of what base64 may say is noise, and holds few characters in a row of which a value is made.
        spans = [span.span() for span in self._letters.finditer(lower)]
        places = [at for start, end in spans for at in range(start, end - RUN + 1) if lower[at : at + RUN] in runs]
        last = -1
        for at in places:
            if at < last:
                continue  # the rest of a run that is known
            for place, offset in runs[lower[at : at + RUN]]:
                value = self._values[place]
                ends = [end for spelt in value.spellings if (end := self._end(text, at, value, spelt, offset))]
                if ends:
                    last = max(ends) - RUN + 1
                    yield value.name, value.backward

    def _end(self, text: bytes, at: int, value: _Value, spelt: bytes, offset: int) -> int:
        """The end of a run of the value in one spelling; 0 where it is too short for what it is and where it stands."""
        if text[at : at + RUN] != spelt[offset : offset + RUN]:
            return 0
        start, end = _extent(text, at, spelt, offset)
        length = end - start
        if length < (value.least if spelt is value.spellings[0] else max(value.least, _OTHER_CASE_RUN)):
            return 0
        if not _NO_DIGIT.search(text, start, end) and length < DIGITS_RUN:
            around = text[max(0, start - 1) : start] + text[end : end + 1]
            if length < len(spelt) or any(map(_is_digit, around)):
                return 0
        return 0 if length < _AROUND and self._in_a_sid(text, start, end) else end

    def _in_a_sid(self, text: bytes, start: int, end: int) -> bool:
        """Whether a run stands in a SID, and says no more than its other digits: it is short, or the SID may appear."""
        for sid in _SID.finditer(text, max(0, start - _AROUND), end + _AROUND):
            if sid.start() <= start and end <= sid.end():
                return end - start < self._sid_run or sid.group() in self._public
        return False


def _is_digit(byte: int) -> bool:
    return 48 <= byte <= 57


def _spellings(value: bytes) -> tuple[bytes, ...]:
    kept = value[:_LONGEST]
    return kept, kept.lower(), kept.upper()


def leaks(data: bytes, secrets: Secrets) -> list[Leak]:
    """Every value of `secrets` that `data` holds a part of, in any writing; each find once. Never gives a value."""
    if not secrets:
        return []
    if spans_quotes(data):
        return _found(_texts(data, "", 0), secrets)
    # Most of a recording is the same again and again. A part between quotes that was clean once is so everywhere.
    every = dict.fromkeys([part.rstrip(_ESCAPE) for part in data.split(_QUOTE)])
    parts = [part for part in every if part not in secrets.clean]
    found = _found([("", data)], secrets) if secrets.hold_quotes else []
    found += _found(_texts(_QUOTES.join(parts), "", 0), secrets)
    if not found:
        secrets.note_clean(parts)
    return list(dict.fromkeys(found))


def _found(texts: Iterable[tuple[str, bytes]], secrets: Secrets) -> list[Leak]:
    found: dict[Leak, None] = {}
    for kind, text in texts:
        for name, backward in secrets.found_in(text):
            found[Leak((kind or "plain") + (", reversed" if backward else ""), name)] = None
    return list(found)


def _texts(data: bytes, kind: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """`data` and all that it says in other writings, and these in others again."""
    yield kind, data
    if depth == _DEEPEST:
        return
    for name, plain in readings(data):
        if name in kind and name in ONCE:
            continue
        below = f"{kind}, {name}" if kind else name
        if name == "compressed":
            yield from _texts(plain, below, depth + 1)
            continue
        yield below, plain
        if name in _BINARY and (wide := _APART.join(_WIDE.findall(plain))):
            yield f"{below}, UTF-16", wide.replace(b"\0", b"")
        if name in _BINARY and (unpacked := packed(plain)):
            yield from _texts(unpacked, f"{below}, compressed", depth + 1)
        # Of binary noise, which most readings are, only what is clear can be written in another way once more.
        if clear := _APART.join(sorted(set(_CLEAR.findall(plain)))):
            yield from ((inner, text) for inner, text in _texts(clear, below, depth + 1) if inner != below)


def _extent(text: bytes, at: int, value: bytes, offset: int) -> tuple[int, int]:
    """From where to where `text` is the same as `value`, which has the character of `at` at its `offset`."""
    start, end = at, at + RUN
    shift = offset - at
    while start and start + shift and text[start - 1] == value[start + shift - 1]:
        start -= 1
    while end < len(text) and end + shift < len(value) and text[end] == value[end + shift]:
        end += 1
    return start, end
