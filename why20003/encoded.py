"""Refusals as JSON, encoded in the process that judged them: of tens of thousands that takes as long as the judging."""

from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Final, NamedTuple, Protocol, TypeAlias

from analyzers.advice import Advice, in_order
from analyzers.diagnosis import Diagnosis
from analyzers.frozen import dataclass
from why20003.packing import Plain

Encode: TypeAlias = Callable[[Diagnosis], tuple[bytes, ...]]
"""Gives the members of a diagnosis that do not hang on where it stands, and how often, in parts; those that many
diagnoses share are one object, which is handed to another process once."""

_NAMED: Final = b'"fingerprint":"%s"'


@dataclass(frozen=True, slots=True)
class Encoded:
    """Equal refusals of one recording."""

    cause: str
    """The leading one; empty when nothing stands."""
    benign: bool
    username: str | None
    """As it may be shown; None where no credential was sent."""
    fingerprint: str
    """``sec#1``; before it has its number, a digest; empty without a secret."""
    members: tuple[bytes, ...]
    """What `Encode` gave; the first of them has the digest."""
    advice: tuple[Advice, ...]
    indexes: tuple[int, ...]
    """Places in the file."""
    digest: str = ""
    """What stands in `members` for `fingerprint`; empty where that is the same."""

    def numbered(self, number: int) -> "Encoded":
        """With ``sec#number`` in place of the digest that `fingerprint` is."""
        shown = f"sec#{number}"
        digest = self.fingerprint
        return Encoded(self.cause, self.benign, self.username, shown, self.members, self.advice, self.indexes, digest)

    def shown(self) -> tuple[bytes, ...]:
        """`members` with the fingerprint in its place."""
        if not self.digest:
            return self.members
        first, *rest = self.members
        return (first.replace(_NAMED % self.digest.encode(), _NAMED % self.fingerprint.encode(), 1), *rest)


class Row(NamedTuple):
    """Equal refusals, as plain values."""

    cause: str
    benign: bool
    username: str | None
    fingerprint: str
    """A digest."""
    members: tuple[bytes, ...]
    remarks: tuple[tuple[str, str], ...]
    """Kind and text of the last of each kind."""
    indexes: tuple[int, ...]


class Rows(Sized, Iterable[Row], Protocol):
    """Rows in the order of first appearance."""


class EncodedRefusals:
    """The refusals of a recording, in the order of first appearance; each is made when it is asked for."""

    def __init__(self, rows: Rows = (), number: Callable[[str], int] | None = None) -> None:
        """`rows` as `EncodedGroups` makes them; `number` gives what is shown in place of the digest of a secret."""
        self._rows = rows
        self._number = number

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Encoded]:
        for row in self._rows:
            one = _encoded(row)
            yield one if self._number is None or not one.fingerprint else one.numbered(self._number(one.fingerprint))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EncodedRefusals) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment] # as of a list

    @property
    def faulty(self) -> bool:
        """Whether one of them is not benign."""
        return any(not row.benign for row in self._rows)

    def numbered(self, number: Callable[[str], int]) -> "EncodedRefusals":
        """The same with a number in place of the digest of each secret, asked for whenever one of them is shown.

        Equal digests have to get equal numbers.
        """
        return EncodedRefusals(self._rows, number)

    def plain(self) -> Plain:
        """The same as plain values, for another process."""
        return tuple(map(tuple, self._rows))

    @classmethod
    def of(cls, rows: Plain) -> "EncodedRefusals":
        """What `plain` gave in another process."""
        return cls([Row(*row) for row in rows])


def _encoded(row: Row) -> Encoded:
    advice = in_order([Advice(kind, says) for kind, says in row.remarks])
    return Encoded(row.cause, row.benign, row.username, row.fingerprint, row.members, advice, row.indexes)
