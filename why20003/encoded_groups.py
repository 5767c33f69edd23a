"""The encoded refusals of a whole recording, brought together from the processes that judged them."""

import marshal
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from why20003.encoded import EncodedRefusals, Row
from why20003.encoded_share import KEY
from why20003.packing import Plain
from why20003.spooling import Spool


class EncodedGroups:
    """The refusals of a whole recording, as several processes judged them."""

    def __init__(self, places: Sequence[int]) -> None:
        """Nothing was judged yet; `places` in the file of all exchanges, by their numbers."""
        self._places = places
        self._groups: dict[bytes, int] = {}
        self._merged = _Merged()

    @property
    def refused(self) -> int:
        """How many refusals are in all groups."""
        return len(self._merged.of)

    def take(self, row: Plain, spool: Spool) -> None:
        """Add what `EncodedShare.plain` gave of a share with this `spool`."""
        keys, of, numbers, (abouts, rests, remarks), later, told = row
        spool.take(told)
        groups = array("Q")
        merged = self._merged
        share = _Share(spool, abouts, rests, remarks, {group: dict(kinds) for group, kinds in later})
        piece = merged.begin(share)
        for start in range(0, len(keys), KEY):
            group = self._groups.setdefault(keys[start : start + KEY], len(self._groups))
            merged.tell(group, piece)
            groups.append(group)
            piece += 1
        merged.of.extend([groups[group] for group in array("Q", of)])
        merged.places.extend([self._places[number] for number in array("Q", numbers)])

    def all(self) -> EncodedRefusals:
        """All groups, by the place of the first."""
        self._merged.sort()
        return EncodedRefusals(self._merged)


class _Merged:
    """Rows, each read from the spools when it is asked for."""

    def __init__(self) -> None:
        self.of = array("Q")
        """Of each refusal, its group."""
        self.places = array("Q")
        """Of each refusal, its place in the file."""
        self._shares: list[_Share] = []
        self._starts = array("Q")
        """Of each share, the number of its first piece among those of all."""
        self._pieces = array("Q")
        """Of each group, its piece in the first share that has it."""
        self._others: dict[int, list[int]] = {}
        """Of few groups, those in other shares."""

    def begin(self, share: "_Share") -> int:
        """One more share; the number of its first piece."""
        start = self._starts[-1] + len(self._shares[-1].spool) if self._shares else 0
        self._shares.append(share)
        self._starts.append(start)
        return start

    def tell(self, group: int, piece: int) -> None:
        """Where a new group stands, or where else one that is known."""
        if group == len(self._pieces):
            self._pieces.append(piece)
        else:
            self._others.setdefault(group, []).append(piece)

    def sort(self) -> None:
        """Put equal refusals together, in the order of the file, and the groups in that of their first."""
        of, places = self.of, self.places
        order = sorted(range(len(of)), key=places.__getitem__)
        ranks = array("Q", bytes(8 * len(self._pieces)))
        for rank, refusal in enumerate(reversed(order)):
            ranks[of[refusal]] = len(order) - rank
        order.sort(key=lambda refusal: ranks[of[refusal]])
        self.of, self.places = (array("Q", [column[refusal] for refusal in order]) for column in (of, places))

    def __len__(self) -> int:
        return len(self._pieces)

    def __iter__(self) -> Iterator[Row]:
        for group, refusals in groupby(zip(self.of, self.places, strict=True), key=itemgetter(0)):
            yield self._row(group, tuple([place for _, place in refusals]))

    def _row(self, group: int, indexes: tuple[int, ...]) -> Row:
        piece = self._read(self._pieces[group])
        for other in self._others.get(group, ()):
            piece |= self._read(other)
        remarks = tuple([(kind, says) for kind, (_, says) in piece.remarks.items()])
        cause, benign, username = piece.about
        return Row(cause, benign, username, piece.fingerprint, piece.members, remarks, indexes)

    def _read(self, piece: int) -> "_Piece":
        share = bisect_right(self._starts, piece) - 1
        return self._shares[share].piece(piece - self._starts[share])


class _Share(NamedTuple):
    """What is left of a share in the process that merges them."""

    spool: Spool
    abouts: Sequence[Plain]
    rests: Sequence[Plain]
    remarks: Sequence[Plain]
    later: Mapping[int, Mapping[str, tuple[int, str]]]

    def piece(self, number: int) -> "_Piece":
        """That of a group."""
        piece = marshal.loads(self.spool.get(number))  # noqa: S302 - comes from a process that this one has forked
        at, about, fingerprint, first, rest, remarks = piece
        told = {kind: (at, says) for kind, says in _shared(self.remarks, remarks)}
        if number in self.later:
            told.update(self.later[number])
        return _Piece(at, _shared(self.abouts, about), fingerprint, (first, *_shared(self.rests, rest)), told)


class _Piece(NamedTuple):
    """What one share tells of a group."""

    at: int
    """Number of the first refusal."""
    about: Plain
    fingerprint: str
    members: tuple[bytes, ...]
    remarks: dict[str, tuple[int, str]]
    """The last of each kind, and where."""

    def __or__(self, other: "_Piece") -> "_Piece":
        remarks = dict(self.remarks)
        for kind, remark in other.remarks.items():
            remarks[kind] = max(remarks.get(kind, remark), remark)
        return min(self, other, key=lambda piece: piece.at)._replace(remarks=remarks)


def _shared(values: Sequence[Plain], told: Plain | int) -> Plain:
    """What `_Shared.told` stands for."""
    return values[told] if isinstance(told, int) else told
