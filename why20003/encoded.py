"""Refusals as JSON, encoded in the process that judged them: of tens of thousands that takes as long as the judging."""

import hashlib
import marshal
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from analyzers.advice import Advice, in_order
from analyzers.capture import refusal_key
from analyzers.diagnosis import Diagnosis
from why20003.packing import Plain, plain_credential
from why20003.spooling import Kept, Spool

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


class EncodedRefusals:
    """The refusals of a recording, in the order of first appearance; each is made when it is asked for."""

    def __init__(self, rows: "Sequence[_Row]" = ()) -> None:
        """`rows` as `EncodedGroups` makes them."""
        self._rows = rows
        self._number: Callable[[str], int] | None = None

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
        """The same with a number in place of the digest of each secret; equal digests have to get equal numbers."""
        for row in self._rows:
            if row.fingerprint:
                number(row.fingerprint)
        numbered = EncodedRefusals(self._rows)
        numbered._number = number
        return numbered

    def plain(self) -> Plain:
        """The same as plain values, for another process."""
        return tuple([(*row[:4], row.told(), row.rest, tuple(row.indexes), row.remarks) for row in self._rows])

    @classmethod
    def of(cls, rows: Plain) -> "EncodedRefusals":
        """What `plain` gave in another process."""
        return cls([_Row(*row) for row in rows])


class EncodedShare:
    """The refusals that one process judges: equal ones together, in the order of the recording."""

    def __init__(self, encode: Encode, spool: Spool) -> None:
        """Nothing was judged yet. What is large goes to `spool`."""
        self._encode = encode
        self._spool = spool
        self._groups: dict[bytes, tuple[Plain, list[int], dict[str, tuple[int, Advice]]]] = {}
        self._last: tuple[Hashable, bytes] = (None, b"")
        self._rest: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}

    def add(self, diagnosis: Diagnosis) -> None:
        """One more; its index is its place in the file."""
        told = refusal_key(diagnosis)
        if told != self._last[0]:
            self._last = (told, _key(diagnosis, told))
        key = self._last[1]
        group = self._groups.get(key)
        if group is None:
            first, *rest = self._encode(diagnosis)
            shared = self._rest.setdefault(tuple(rest), tuple(rest))
            group = self._groups[key] = ((*_about(diagnosis), self._spool.put(first), shared), [], {})
        group[1].append(diagnosis.index)
        for one in diagnosis.advice:
            group[2][one.kind] = (diagnosis.index, one)

    def rows(self) -> Iterator[Plain]:
        """For another process: for each group what is equal for those that are to be shown as one, then the rest."""
        self._spool.flush()
        for key, (row, indexes, advice) in self._groups.items():
            yield key, row, tuple(indexes), tuple([(at, one.kind, one.says) for at, one in advice.values()])


class EncodedGroups:
    """The refusals of a whole recording, as several processes judged them."""

    def __init__(self) -> None:
        """Nothing was judged yet."""
        self._groups: dict[bytes, _Row] = {}

    @property
    def refused(self) -> int:
        """How many refusals are in all groups."""
        return sum(len(row.indexes) for row in self._groups.values())

    def take(self, rows: Sequence[Plain], spool: Spool) -> None:
        """Add what `EncodedShare.rows` gave of a share with this `spool`."""
        for key, row, indexes, remarks in rows:
            more, known = _Row._make((*row, indexes, remarks, spool)), self._groups.get(key)
            self._groups[key] = more if known is None else _together(known, more)

    def all(self) -> EncodedRefusals:
        """All groups, by the place of the first."""
        return EncodedRefusals(sorted(self._groups.values(), key=lambda row: min(row.indexes)))


class _Row(NamedTuple):
    """Equal refusals, as they are kept."""

    cause: str
    benign: bool
    username: str | None
    fingerprint: str
    """A digest."""
    first: Kept
    """Of `members` of `Encoded`."""
    rest: tuple[bytes, ...]
    indexes: Sequence[int]
    remarks: tuple[tuple[int, str, str], ...]
    """Place, kind and text of the last of each kind."""
    spool: Spool | None = None

    def told(self) -> bytes:
        """What `first` stands for."""
        if isinstance(self.first, bytes):
            return self.first
        if self.spool is None:
            raise ValueError("a row whose first member is elsewhere needs its spool")
        return self.spool.get(self.first)


def _together(one: _Row, other: _Row) -> _Row:
    """The first of both, with the places of both and the last remark of each kind."""
    last: dict[str, tuple[int, str, str]] = {}
    for remark in (*one.remarks, *other.remarks):
        last[remark[1]] = max(last.get(remark[1], remark), remark, key=lambda each: each[0])
    first = other if min(other.indexes) < min(one.indexes) else one
    return first._replace(indexes=(*one.indexes, *other.indexes), remarks=tuple(last.values()))


def _key(diagnosis: Diagnosis, told: tuple[object, ...]) -> bytes:
    """Equal for refusals that are to be shown as one, in whichever process they were judged."""
    seen = diagnosis.credential
    *same, _, benign, _ = told
    stands = tuple([(finding.cause, finding.verdict.value) for finding in diagnosis.findings])
    whole: Plain = (*same, seen and plain_credential(seen), benign, stands)
    return hashlib.blake2b(marshal.dumps(whole), digest_size=16).digest()


def _about(diagnosis: Diagnosis) -> tuple[str, bool, str | None, str]:
    seen, top = diagnosis.credential, diagnosis.top
    return (
        top.cause if top else "",
        diagnosis.benign,
        seen.username if seen else None,
        seen.fingerprint if seen else "",
    )


def _encoded(row: _Row) -> Encoded:
    advice = in_order([Advice(kind, says) for _, kind, says in row.remarks])
    members = (row.told(), *row.rest)
    indexes = tuple(sorted(row.indexes))
    return Encoded(row.cause, row.benign, row.username, row.fingerprint, members, advice, indexes)
