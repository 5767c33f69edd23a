"""The refusals that one process judges, encoded: what is large goes to a spool, so that memory stays flat."""

import hashlib
import marshal
from array import array
from collections.abc import Hashable
from itertools import islice
from typing import Final

from analyzers.capture import refusal_key
from analyzers.diagnosis import Diagnosis
from why20003.encoded import Encode
from why20003.packing import Plain, plain_credential
from why20003.spooling import Spool

KEY: Final = 16
"""Bytes that tell refusals apart which are not to be shown as one."""
_BY_VALUE: Final = 2
"""The version of marshal whose bytes do not hang on which of several equal objects is meant."""
_SHARED: Final = 256
"""How many different values of one kind are kept in memory for all refusals that have them."""


class EncodedShare:
    """The refusals that one process judges: equal ones together, in the order of the recording.

    Of those only a number is kept here, and what it takes to know them again. The rest is a piece of the spool.
    """

    def __init__(self, encode: Encode, spool: Spool) -> None:
        """Nothing was judged yet. What is large goes to `spool`, which is empty."""
        self._encode = encode
        self._spool = spool
        self._groups: dict[bytes, int] = {}
        """By key; number of the piece in the spool."""
        self._last: tuple[Hashable, int] = (None, 0)
        self._abouts, self._rests, self._remarks = _Shared(), _Shared(), _Shared()
        self._later: dict[int, dict[str, tuple[int, str]]] = {}
        """Of groups that repeat, by kind: the last remark, and where."""
        self._of = array("Q")
        """Of each refusal, its group."""
        self._numbers = array("Q")
        """Of each refusal, its number."""

    def add(self, diagnosis: Diagnosis) -> None:
        """One more; its index is its number in the order of reading."""
        told = refusal_key(diagnosis)
        if told != self._last[0]:
            self._last = (told, self._groups.setdefault(_key(diagnosis, told), len(self._groups)))
        group = self._last[1]
        if group == len(self._spool):
            self._spool.put(self._piece(diagnosis))
        elif diagnosis.advice:
            later = self._later.setdefault(group, {})
            for one in diagnosis.advice:
                later[one.kind] = (diagnosis.index, one.says)
        self._of.append(group)
        self._numbers.append(diagnosis.index)

    def plain(self) -> Plain:
        """For another process. OSError there when the disk is full."""
        count = len(self._numbers)  # an interruption may have come between any two of the steps above
        of = self._of[:count]
        keys = bytearray()  # a join would take 80 bytes for each
        for key in islice(self._groups, max(of, default=-1) + 1):
            keys += key
        shared = tuple(one.values() for one in (self._abouts, self._rests, self._remarks))
        later = tuple((group, tuple(kinds.items())) for group, kinds in self._later.items())
        return bytes(keys), of.tobytes(), self._numbers.tobytes(), shared, later, self._spool.plain()

    def _piece(self, diagnosis: Diagnosis) -> bytes:
        seen, top = diagnosis.credential, diagnosis.top
        about = (top.cause if top else "", diagnosis.benign, seen.username if seen else None)
        remarks = tuple([(one.kind, one.says) for one in diagnosis.advice])
        first, *rest = self._encode(diagnosis)
        piece = (
            diagnosis.index,
            self._abouts.told(about),
            seen.fingerprint if seen else "",
            first,
            self._rests.told(tuple(rest)),
            self._remarks.told(remarks),
        )
        return marshal.dumps(piece, _BY_VALUE)


class _Shared:
    """Values that many refusals have: a number stands for each, but those that come late stand for themselves."""

    def __init__(self) -> None:
        self._numbers: dict[Plain, int] = {}

    def told(self, value: Plain) -> Plain | int:
        """What stands for `value`."""
        number = self._numbers.get(value)
        if number is not None:
            return number
        if len(self._numbers) < _SHARED:
            self._numbers[value] = number = len(self._numbers)
        return value if number is None else number

    def values(self) -> Plain:
        """By their numbers."""
        return tuple(self._numbers)


def _key(diagnosis: Diagnosis, told: tuple[object, ...]) -> bytes:
    """Equal for refusals that are to be shown as one, in whichever process they were judged."""
    seen = diagnosis.credential
    *same, _, benign, _ = told
    stands = tuple([(finding.cause, finding.verdict._value_) for finding in diagnosis.findings])
    whole: Plain = (*same, seen and plain_credential(seen), benign, stands)
    return hashlib.blake2b(marshal.dumps(whole, _BY_VALUE), digest_size=KEY).digest()
