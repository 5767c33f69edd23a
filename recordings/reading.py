"""What every reader of recordings gives."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import TypeAlias

from analyzers.exchange import Exchange
from analyzers.frozen import dataclass

Again: TypeAlias = tuple[Callable[[int], Exchange], int]
"""What reads an exchange once more, and the offset to give it; it raises UnreadableRecording when that has changed."""


class UnreadableRecording(ValueError):
    """No exchange can be read; the text is one line for the user that never quotes the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a recording that is an HTTP exchange."""

    place: int
    """Position of the entry in the file, from 0; entries of every kind are counted."""
    exchange: Exchange = field(repr=False)

    @property
    def again(self) -> Again | None:
        """How to read the exchange once more; None where only keeping it helps."""
        return None


@dataclass(frozen=True, slots=True)
class EntryError:
    """One entry that could not be read while others could."""

    entry: int
    """Position of the entry in the file, from 0."""
    says: str
    """What was expected and what stands there, never its content."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Entries that are no HTTP exchange: TCP, UDP and DNS flows, data: URLs."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Passed:
    """HTTP exchanges that a reader left undecoded, since no diagnosis of the recording can rest on them."""

    count: int = 1
    twilio: int = 0
    """How many of them were with Twilio."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The file ends in the middle of an entry. The last item, if it comes."""


Item: TypeAlias = Entry | EntryError | Skipped | Passed | Cut
"""What a reader finds, one after the other; entries come in the order in which they are to be judged."""

ERRORS_KEPT = 100


Elsewhere: TypeAlias = Callable[[Callable[[], Iterable[bytes]]], Iterator[bytes]]
"""Has another process make pieces of bytes, and gives them in their order, cut as it comes; if that fails, fewer."""


class Recording:
    """An open recording. To be iterated once; what was found is complete when that has ended."""

    def __init__(self, format: str, items: Iterable[Item], member: str = "") -> None:  # noqa: A002 - the contract's word
        """`items` as a reader yields them; `member` names the file inside an archive."""
        self.format = format
        """``mitm``, ``har``, ``raw`` or ``curl``."""
        self.member = member
        """Name of the file inside an archive; empty outside one."""
        self.exchanges = 0
        """HTTP exchanges found so far, those that were passed included."""
        self.passed_twilio = 0
        """How many of the exchanges that were passed were with Twilio."""
        self.skipped = 0
        """Entries that are no HTTP exchange."""
        self.errors: list[EntryError] = []
        """The first ERRORS_KEPT entries that could not be read."""
        self.damaged = 0
        """How many entries could not be read."""
        self.truncated = False
        """Whether the file ends in the middle of an entry."""
        self._items = iter(items)

    def __iter__(self) -> Iterator[Entry]:
        """The entries, while the file is read. Raises UnreadableRecording when there is no recording in it at all."""
        for item in self._items:
            match item:
                case Entry():
                    self.exchanges += 1
                    yield item
                case Passed():
                    self.exchanges += item.count
                    self.passed_twilio += item.twilio
                case Skipped():
                    self.skipped += item.count
                case EntryError():
                    self.damaged += 1
                    if len(self.errors) < ERRORS_KEPT:
                        self.errors.append(item)
                case Cut():
                    self.truncated = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a file holds, as far as it can be read."""

    format: str
    """``mitm``, ``har``, ``raw`` or ``curl``."""
    exchanges: tuple[Exchange, ...]
    """In the order in which they are to be judged."""
    skipped: int = 0
    """Entries that are no HTTP exchange: TCP, UDP and DNS flows, data: URLs."""
    errors: tuple[EntryError, ...] = ()
    truncated: bool = False
    """Whether the file ends in the middle of an entry."""
    places: tuple[int, ...] = ()
    """Position in the file of each exchange's entry, from 0; empty where it is the exchange's own index."""

    def place(self, index: int) -> int:
        """Position in the file, from 0, of the entry that exchange `index` came from."""
        return self.places[index] if self.places else index
