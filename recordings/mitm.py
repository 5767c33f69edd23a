"""mitmproxy captures (.mitm, .flow), read flow by flow and without mitmproxy.

A capture is one flow after the other, each a typed netstring with its length in front, so that a flow which cannot
matter is passed without being parsed: passing.py says which these are.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from analyzers.exchange import Exchange
from analyzers.frozen import dataclass
from recordings.ahead import Tale, Tales, received
from recordings.flow_layout import Laid, laid_out
from recordings.flow_state import Damaged, OtherFormat, exchange_from, exchange_in
from recordings.laid_flows import LaidFlows
from recordings.long_flows import Ended, long_state
from recordings.passing import Passing
from recordings.reading import (
    ERRORS_KEPT,
    Again,
    Cut,
    Elsewhere,
    Entry,
    EntryError,
    Item,
    Passed,
    Skipped,
    UnreadableRecording,
)
from recordings.tnetstrings import LENGTH
from recordings.windows import WINDOW, View, Windows

FORMAT: Final = "mitm"

_EXPECTED: Final = "expected a mitmproxy capture (mitmdump -w, or File > Save)"
_FOREIGN: Final = "expected a flow, found other bytes; nothing after them is read"
_LONG_AND_OLD: Final = "the flow is of an older format and too long; write the capture anew: mitmdump -nr OLD -w NEW"
# A flow is a dictionary, so its content begins with a short key: "9:websocket;", in old files "7:version,".
_FIRST_KEY: Final = re.compile(rb"\d{0,2}\Z|\d{1,2}:(?:[a-z_]{0,40}\Z|[a-z_]{1,40}[;,])")
_BEGINNING: Final = 64
"""Bytes that are enough for a flow's length and its first key."""
_DIGITS: Final = 12
_LONGEST: Final = 1 << 23
"""Bytes of a flow that is read as a whole."""
_SWITCHING: Final = 101
_WORTH_SCOUTING: Final = 1 << 24
"""Bytes of a file below which a second process would cost more than it spares."""
_TRIAL: Final = 1000
"""Flows in which a second process has to prove its worth."""
_FAR: Final = 256
"""Flows that are passed before the other process hears of it."""
_REFUSED: Final = b"45"
"""First digits of the status of a refusal."""
_WORTH_READING: Final = 8
"""Flows that can be passed in the time that it takes to read a refusal. Where more are passed than that for each, the
process that goes ahead has enough to do."""
_ONE_FLOW: Final = 1 << 14
"""Bytes that are read where most flows are passed."""

_Told: TypeAlias = Exchange | str | None
"""What a flow is: an exchange, damaged in the way that the text says, or of another kind."""


@dataclass(frozen=True, slots=True)
class Located(Entry):
    """An entry that can be read again."""

    offset: int
    """Where its flow begins in the file."""
    file: "MitmFile" = field(repr=False, compare=False)

    @property
    def again(self) -> Again:
        """As `Entry.again`; for as long as this or what it gives is there the file stays open."""
        return self.file.at, self.offset


def sniff(start: bytes) -> bool:
    """Whether a file that begins with `start` is a capture, or was about to become one when it was cut off."""
    length = LENGTH.match(start)
    if length is None:
        return start.isdigit() and len(start) <= _DIGITS
    return _FIRST_KEY.match(start[length.end() : length.end() + _BEGINNING]) is not None


def items(file: BinaryIO, *, everything: bool = False, elsewhere: Elsewhere | None = None) -> Iterator[Item]:
    """What the capture `file` holds, in order; flows that no diagnosis can rest on are passed.

    The options are those of MitmFile. Raises UnreadableRecording when not one flow can be read.
    """
    return MitmFile(file, everything=everything, elsewhere=elsewhere).items()


class MitmFile:
    """An open capture.

    `items` reads it once, forward. Where `returns` is true, its entries are `Located`, and `at` reads any of them
    again, meanwhile or afterwards, in this process or in one that was forked: who needs two passes keeps offsets
    instead of exchanges.
    """

    def __init__(self, file: BinaryIO, *, everything: bool = False, elsewhere: Elsewhere | None = None) -> None:
        """`file` stands where the capture begins. With `everything` no flow is passed.

        With `elsewhere` another process goes through a long file ahead of this one, to find what cannot be passed and
        to read refusals.
        """
        self._windows = Windows(file)
        self.returns = self._windows.returns
        """Whether entries can be read again: true for a file, false for a pipe and inside an archive."""
        self.is_long = self._windows.size >= _WORTH_SCOUTING
        """Whether it is worth another process."""
        self._flows = LaidFlows()
        self._passing = Passing(self._flows, active=not everything)
        self._again = View(self._windows)
        self._elsewhere = elsewhere if not everything and self.is_long else None
        self._handshakes: dict[int, Exchange] = {}
        """Of older formats; mitmproxy takes them together with what follows, and only once."""

    def items(self) -> Iterator[Item]:
        """As the function `items`."""
        errors: list[EntryError] = []  # held back for as long as it may be that nothing else is in the file
        good = False
        for item in self._items():
            if not good and isinstance(item, EntryError) and len(errors) < ERRORS_KEPT:
                errors.append(item)
            elif not errors or not isinstance(item, Cut):
                if not good:
                    good = True
                    yield from errors
                yield item
        if errors and not good:
            raise UnreadableRecording(f"{_EXPECTED}; {errors[0].says}")

    def scouted(self) -> Iterator[bytes]:
        """What another process tells of the capture: where the flows begin that cannot be passed, and the refusals.

        Only `items` of a MitmFile on the same file can read it, given as `elsewhere`.
        """
        view = View(self._windows)
        tales = Tales()
        passed = offset = 0
        gain = _TRIAL
        room = 0
        try:
            for step in self._walk(view, 0):
                passed += step.passed
                room -= step.passed
                gain += step.passed
                offset = step.offset + step.size
                if not step.size and passed < _FAR:
                    continue
                room += _WORTH_READING * _is_refusal(step)
                refusal = self._refusal(view, step) if room > 0 else None
                if refusal is not None:
                    full = tales.add_read(passed, step.offset, step.size, refusal)
                    gain += 1
                elif step.size:
                    full = tales.add(passed, step.offset, is_flow=True)
                    gain -= 1
                    self._glance(view, step)
                else:
                    full = tales.add(passed, offset, is_flow=False)
                passed = 0
                if full:
                    yield tales.block()
                if gain < 0:
                    break  # most flows have to be read by the other process, so that going ahead spares nothing
        except (Ended, _NoFlow, OtherFormat):
            pass  # the other process will come to it
        if passed:
            tales.add(passed, offset, is_flow=False)
        yield tales.block()

    def at(self, offset: int) -> Exchange:
        """The exchange of the entry that had this offset. Raises UnreadableRecording when it is no longer there."""
        view = self._again
        if offset in self._handshakes:
            return self._handshakes[offset]
        told: _Told = None
        try:
            at = view.show(offset, _BEGINNING)
            size = _size(view.data, at)
            if size <= _LONGEST:
                at = view.show(offset, size)
            if at + size <= len(view.data) or size > _LONGEST:
                told = self._told(view, at, size, laid_out(view.data, at))
        except (Ended, _NoFlow):
            pass
        if not isinstance(told, Exchange):
            raise UnreadableRecording("the file has changed while it was read")
        return told

    def _items(self) -> Iterator[Item]:
        view = View(self._windows)
        place = 0
        try:
            for step in self._steps(view):
                if step.passed:
                    place += step.passed
                    yield Passed(step.passed)
                if step.size:
                    told = step.exchange or self._told(view, step.at, step.size, step.laid)
                    yield self._item(place, step.offset, told)
                    place += 1
        except Ended:
            yield Cut()
        except _NoFlow:
            if not place:
                raise UnreadableRecording(f"{_EXPECTED}, found something else") from None
            yield EntryError(place, _FOREIGN)
        if not place and not view.data:
            raise UnreadableRecording(f"the file is empty; {_EXPECTED}")

    def _steps(self, view: View) -> Iterator["_Step"]:
        """All steps through the file. Raises Ended where it is cut off, _NoFlow where something else begins."""
        offset = 0
        if self._elsewhere is not None:
            for tale in received(self._elsewhere(self.scouted)):
                step = self._behind(view, tale)
                yield step
                offset = step.offset + step.size  # where to go on when no more comes
        yield from self._walk(view, offset)

    def _behind(self, view: View, tale: Tale) -> "_Step":
        """The step that another process has told of."""
        passed, offset, is_flow, size, exchange = tale
        if exchange is not None:
            return _Step(passed, offset, 0, size, None, exchange)
        if not is_flow:
            return _Step(passed, offset, 0, 0, None)
        at = view.show(offset, _BEGINNING, _ONE_FLOW if passed else WINDOW)
        laid = laid_out(view.data, at)
        size = _size(view.data, at, laid)
        if at + size > len(view.data) and size <= _LONGEST:
            at = view.show(offset, size)
            if at + size > len(view.data):
                raise Ended
            laid = laid_out(view.data, at)
        return _Step(passed, offset, at, size, laid)

    def _walk(self, view: View, offset: int) -> Iterator["_Step"]:
        """The steps from `offset` on, as `_steps`."""
        while (at := view.show(offset, _BEGINNING)) < len(view.data):
            passed, at, laid = self._passing.run(view.data, at)
            offset = view.begin + at
            if passed and laid is None:
                yield _Step(passed, offset, at, 0, None)
                continue
            size = _size(view.data, at, laid)
            if at + size <= len(view.data) or size > _LONGEST:
                yield _Step(passed, offset, at, size, laid)
                offset += size
            elif view.show(offset, size) + size > len(view.data):
                raise Ended

    def _refusal(self, view: View, step: "_Step") -> Exchange | None:
        """The exchange of a flow that was refused; None for another, and where only the other process can read it."""
        if step.laid is None or step.size > _LONGEST or not _is_refusal(step):
            return None
        try:
            found = self._flows.exchange(view.data, step.laid)
        except ValueError:
            return None
        self._passing.learn(found)
        return found

    def _glance(self, view: View, step: "_Step") -> None:
        """Learn from a flow what may change which later ones are passed, and no more. Raises Ended, OtherFormat."""
        told: _Told = None
        if step.laid is None and step.size <= _LONGEST:
            try:
                told = exchange_in(view.data[step.at : step.at + step.size])
            except Damaged:
                return
        elif step.laid is None or self._passing.asks(view.data, step.laid):
            told = self._told(view, step.at, step.size, step.laid)
        if isinstance(told, Exchange):
            self._passing.learn(told)

    def _item(self, place: int, offset: int, told: _Told) -> Item:
        if isinstance(told, Exchange):
            self._passing.learn(told)
            return Located(place, told, offset, self) if self.returns else Entry(place, told)
        return Skipped() if told is None else EntryError(place, told)

    def _told(self, view: View, at: int, size: int, laid: Laid | None) -> _Told:
        """What the flow at `at` is, which is `size` bytes long. Raises Ended."""
        if size > _LONGEST:
            return self._long(view, at, view.begin + at + size - 1)
        if laid is not None:
            try:
                return self._flows.exchange(view.data, laid)
            except ValueError:
                pass
        record = view.data[at : at + size]
        try:
            return exchange_in(record)
        except Damaged as error:
            return str(error)
        except OtherFormat as error:
            told = _migrated(record, error.version)
            if isinstance(told, Exchange) and told.response and told.response.status == _SWITCHING:
                self._handshakes[view.begin + at] = told
            return told

    def _long(self, view: View, at: int, end: int) -> _Told:
        """What the flow is whose tag stands at `end` of the file."""
        start = view.begin + view.data.index(b":", at) + 1
        try:
            return exchange_from(long_state(self._windows, start, end))
        except Damaged as error:
            if not self._windows.window(end):
                raise Ended from None
            return str(error)
        except OtherFormat:
            return _LONG_AND_OLD


class _Step(NamedTuple):
    """A step through the file: over flows that are passed, then to one that is not, unless `size` is 0."""

    passed: int
    offset: int
    """Where the flow begins in the file."""
    at: int
    """Where it begins in the view."""
    size: int
    laid: Laid | None
    exchange: Exchange | None = None
    """Where another process has read it."""


def _is_refusal(step: _Step) -> bool:
    return step.laid is not None and step.laid.head[4][0] in _REFUSED


class _NoFlow(Exception):
    """No flow begins here."""


def _size(data: bytes, at: int, laid: Laid | None = None) -> int:
    """How long the flow at `at` is, or says that it is. Raises _NoFlow, and Ended where the file ends in the length."""
    if laid is not None:
        return laid.end + 1 - at
    length = LENGTH.match(data, at)
    if length is None:
        rest = data[at : at + _BEGINNING]
        raise Ended if rest.isdigit() and len(rest) <= _DIGITS else _NoFlow
    if not _FIRST_KEY.match(data[length.end() : length.end() + _BEGINNING]):
        raise _NoFlow
    return length.end() - at + int(length[1]) + 1


def _migrated(record: bytes, written: object) -> _Told:
    """What a flow of the format version `written` is: mitmproxy brings older ones up to date."""
    from recordings import flows  # noqa: PLC0415 - imports mitmproxy, for which nobody else waits

    try:
        return flows.migrated(record)
    except Exception as error:  # noqa: BLE001 - mitmproxy lets KeyError, AssertionError and more through
        if isinstance(written, int) and written > flows.FLOW_FORMAT:
            return f"the flow was written by a newer mitmproxy than {flows.VERSION}, which reads it"
        return f"mitmproxy {flows.VERSION} cannot read the flow ({type(error).__name__})"
