"""Refusals as JSON, encoded in the process that judged them: of tens of thousands that takes as long as the judging."""

import hashlib
import marshal
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from analyzers.advice import Advice, in_order
from analyzers.capture import refusal_key
from analyzers.diagnosis import Diagnosis
from why20003.packing import Plain, plain_credential

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


class EncodedShare:
    """The refusals that one process judges: equal ones together, in the order of the recording."""

    def __init__(self, encode: Encode) -> None:
        """Nothing was judged yet."""
        self._encode = encode
        self._groups: dict[Hashable, tuple[Plain, list[int], dict[str, tuple[int, Advice]]]] = {}

    def add(self, diagnosis: Diagnosis) -> None:
        """One more; its index is its place in the file."""
        key = refusal_key(diagnosis)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = (_row(diagnosis, key, self._encode(diagnosis)), [], {})
        group[1].append(diagnosis.index)
        for one in diagnosis.advice:
            group[2][one.kind] = (diagnosis.index, one)

    def rows(self) -> Iterator[Plain]:
        """For another process: for each group what is equal for those that are to be shown as one, then the rest."""
        for row, indexes, advice in self._groups.values():
            remarks = tuple([(at, one.kind, one.says) for at, one in advice.values()])
            yield hashlib.blake2b(marshal.dumps(row[0]), digest_size=16).digest(), row[1:], tuple(indexes), remarks


class EncodedGroups:
    """The refusals of a whole recording, as several processes judged them."""

    def __init__(self) -> None:
        """Nothing was judged yet."""
        self._groups: dict[bytes, tuple[Plain, list[int], dict[str, tuple[int, Advice]]]] = {}

    @property
    def refused(self) -> int:
        """How many refusals are in all groups."""
        return sum(len(indexes) for _, indexes, _ in self._groups.values())

    def take(self, rows: Sequence[Plain]) -> None:
        """Add what `EncodedShare.rows` gave."""
        for key, row, indexes, advice in rows:
            told = {kind: (at, Advice(kind, says)) for at, kind, says in advice}
            known = self._groups.get(key)
            if known is None:
                self._groups[key] = (row, [*indexes], told)
                continue
            first, others, remarks = known
            for kind, remark in told.items():
                remarks[kind] = max(remarks.get(kind, remark), remark, key=lambda each: each[0])
            self._groups[key] = (row if min(indexes) < min(others) else first, [*others, *indexes], remarks)

    def all(self) -> tuple[Encoded, ...]:
        """All groups, by the place of the first."""
        found = [
            _encoded(row, [one for _, one in advice.values()], indexes)
            for row, indexes, advice in self._groups.values()
        ]
        return tuple(sorted(found, key=lambda one: one.indexes[0]))


def _row(diagnosis: Diagnosis, key: tuple[object, ...], members: tuple[bytes, ...]) -> Plain:
    """First what is equal for refusals that are to be shown as one, then the first fields of `Encoded`."""
    seen, top = diagnosis.credential, diagnosis.top
    *told, _, benign, _ = key
    stands = tuple([(finding.cause, finding.verdict.value) for finding in diagnosis.findings])
    return (
        (*told, seen and plain_credential(seen), benign, stands),
        top.cause if top else "",
        diagnosis.benign,
        seen.username if seen else None,
        seen.fingerprint if seen else "",
        members,
    )


def _encoded(row: Plain, advice: Sequence[Advice], indexes: Iterable[int]) -> Encoded:
    cause, benign, username, fingerprint, members = row
    return Encoded(cause, benign, username, fingerprint, members, in_order(advice), tuple(sorted(indexes)))


def plain_encoded(one: Encoded) -> Plain:
    """`one` as plain values, for another process."""
    advice = tuple((each.kind, each.says) for each in one.advice)
    return one.cause, one.benign, one.username, one.fingerprint, one.members, advice, one.indexes


def encoded_from(row: Plain) -> Encoded:
    """What `plain_encoded` was given."""
    cause, benign, username, fingerprint, members, advice, indexes = row
    told = tuple(Advice(*each) for each in advice)
    return Encoded(cause, benign, username, fingerprint, members, told, indexes)
