"""HAR 1.2, as browsers, proxies and sanitisers write it: http://www.softwareishard.com/blog/har-12-spec/

Tolerant, because every producer misses or bends something: docs/har-variants.md. One damaged entry never loses another,
and a file that breaks off gives all that stands whole in front of that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import BinaryIO, Final

from analyzers.exchange import Exchange, Fidelity
from analyzers.frozen import dataclass
from recordings.har_entry import BadEntryError, EntryReader, exported_fidelity
from recordings.har_needed import Needed
from recordings.har_text import BreaksOff, Broken, Found, NewLog, NoEntriesError, Note, parts
from recordings.reading import (
    Cut,
    Entry,
    EntryError,
    Item,
    Passed,
    Reading,
    Recording,
    Skipped,
    UnreadableRecording,
)

FORMAT: Final = "har"

_START = re.compile(rb'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[{\]]|\Z)|[A-Za-z_$][\w$.]{0,60}\(\s*\{\s*"log")')
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SAYS_SANITIZED = re.compile(
    r"(?<!not )(?<!non-)(?<!non )\b(?:sanitized|sanitised|redacted)\b|\bhar[ _-]?saniti[sz]er\b", re.IGNORECASE
)
# What the hashing mode of the npm package har-sanitizer puts in place of a credential.
_HASHED = re.compile(rb"(?:\S{1,20} )?[0-9a-f]{64}")
# Chrome and whatever is built of it: Edge, Opera, Brave, Electron.
_CHROME = "WebInspector"


def sniff(start: bytes) -> bool:
    """Whether a file that begins so is JSON that may hold a HAR."""
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return _START.match(start[:4096].replace(b"\0", b"")) is not None


def items(file: BinaryIO, *, whole: bool = False) -> Iterator[Item]:
    """What the HAR in `file` holds; its exchanges last, sorted by their time.

    Without `whole`, exchanges come without what no diagnosis can rest on, or are passed. Raises UnreadableRecording
    where there is no list of entries at all.
    """
    archive = _Archive(None if whole else Needed())
    try:
        yield from archive.read(file)
    except NoEntriesError as error:
        raise UnreadableRecording(str(error)) from None
    yield from archive.entries()
    if archive.breaks_off:
        yield Cut()


def read(file: BinaryIO) -> Reading:
    """Everything in a HAR. Raises UnreadableRecording where there is no list of entries at all."""
    recording = Recording(FORMAT, items(file, whole=True))
    entries = tuple(recording)
    return Reading(
        FORMAT,
        tuple(entry.exchange for entry in entries),
        recording.skipped,
        tuple(recording.errors),
        recording.truncated,
        tuple(entry.place for entry in entries),
    )


@dataclass(slots=True)
class _Log:
    """One log of the file, what it says of itself, and what its entries show."""

    number: int
    reader: EntryReader
    notes: dict[str, object] = field(default_factory=dict)

    def fidelity(self) -> Fidelity:
        traces = self.reader.traces
        if traces.overwritten or self.says_sanitized():
            return Fidelity.SANITIZED
        if traces.authorized:
            return Fidelity.FULL
        # Chrome leaves credentials out unless told otherwise, and says so nowhere.
        creator = self.notes.get("creator")
        if isinstance(creator, Mapping) and creator.get("name") == _CHROME:
            return Fidelity.SANITIZED if traces.connection_ids and not traces.cookies else Fidelity.DOUBTFUL
        return Fidelity.DOUBTFUL

    def says_sanitized(self) -> bool:
        creators = [part for name in ("creator", "browser") if isinstance(part := self.notes.get(name), Mapping)]
        said = [note for part in (self.notes, *creators) for name, note in part.items() if name not in _SAYS_NOTHING]
        return any(note is True or (isinstance(note, str) and _SAYS_SANITIZED.search(note[:1000])) for note in said)


_SAYS_NOTHING = frozenset({"version", "creator", "browser"})


@dataclass(frozen=True, slots=True)
class _Kept:
    place: int
    log: _Log
    exchange: Exchange = field(repr=False)
    sure: bool
    """Whether it is needed for sure."""
    fidelity: Fidelity | None
    """What our own export says of the exchange; None where its log decides."""


class _Archive:
    """Collects the exchanges of a file, which stand there in any order."""

    def __init__(self, needed: Needed | None) -> None:
        self.breaks_off = False
        self._needed = needed
        self._log = _Log(0, EntryReader(needed))
        self._kept: list[_Kept] = []
        self._place = 0

    def read(self, file: BinaryIO) -> Iterator[Item]:
        """Read the whole file; gives what is no exchange."""
        begun = False
        for part in parts(file):
            match part:
                case Found(value=value):
                    begun = True
                    if (item := self._element(value)) is not None:
                        yield item
                    self._place += 1
                case Broken(says=says):
                    begun = True
                    yield EntryError(self._place, says)
                    self._place += 1
                case Note(name=name, value=value):
                    self._log.notes[name] = value
                case NewLog():
                    if begun:
                        self._log = _Log(self._log.number + 1, EntryReader(self._needed))
                    begun = False
                case BreaksOff():
                    self.breaks_off = True

    def entries(self) -> Iterator[Item]:
        """The exchanges in the order of their time, and how many were passed."""
        passed = 0
        fidelities: dict[int, Fidelity] = {}
        for kept in _in_time(self._kept):
            if not kept.sure and self._needed is not None and not self._needed.is_wanted(kept.exchange):
                passed += 1
                continue
            number = kept.log.number
            if number not in fidelities:
                fidelities[number] = kept.log.fidelity()
            yield Entry(kept.place, _finished(kept, kept.fidelity or fidelities[number]))
        if passed:
            yield Passed(passed)

    def _element(self, value: object) -> Item | None:
        try:
            exchange = self._log.reader.read(value)
        except BadEntryError as error:
            return EntryError(self._place, str(error))
        if exchange is None:
            return Skipped()
        sure = True
        if self._needed is not None:
            exchange, sure = self._needed.of(exchange)
        self._kept.append(_Kept(self._place, self._log, exchange, sure, exported_fidelity(value)))
        return None


def _finished(kept: _Kept, fidelity: Fidelity) -> Exchange:
    """The exchange with what only the whole log tells."""
    exchange = kept.exchange
    if fidelity is not exchange.fidelity:
        exchange = replace(exchange, fidelity=fidelity)
    if kept.log.number and exchange.connection:
        exchange = replace(exchange, connection=f"{kept.log.number}:{exchange.connection}")
    if kept.fidelity is None and fidelity is Fidelity.SANITIZED and kept.log.says_sanitized():
        lines = exchange.request.headers
        sent = tuple(line for line in lines if line[0].lower() != b"authorization" or not _HASHED.fullmatch(line[1]))
        if len(sent) != len(lines):
            exchange = replace(exchange, request=replace(exchange.request, headers=sent))
    return exchange


def _in_time(kept: list[_Kept]) -> list[_Kept]:
    """By start; an entry without a time stays behind the one before it."""
    keys: dict[int, float] = {}
    last = float("-inf")
    for one in kept:
        started = one.exchange.started_at
        last = last if started is None else started
        keys[one.place] = last
    return sorted(kept, key=lambda one: (keys[one.place], one.place))


__all__ = ["FORMAT", "items", "read", "sniff"]
