"""How a word is made of credentials that are known: the beginning of one, one with something around it, one reversed.

Such a word gets that part of the credential's surrogate, so that the relation of the two can still be seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from recordings.redaction.runs import RUN

_LEAST_SHARED: Final = 8
"""So many characters of another credential are a part of it; fewer may be chance."""
_LONGEST: Final = 1024
_PER_RUN: Final = 4
_OF_A_SID: Final = 10
"""So many characters of a SID in a word are a part of the SID, mistyped or cut off."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word, and the credential that it is a part of."""

    start: int
    end: int
    of: bytes | None = field(default=None, repr=False)
    """None for what belongs to no other one."""
    offset: int = 0
    """Where it stands in that one, or in that one reversed."""
    reverse: bool = False


class Parts:
    """Finds known credentials in words."""

    def __init__(self, spelt: Mapping[bytes, bytes]) -> None:
        """`spelt` gives the first spelling of each credential by its lower case."""
        self._spelt = spelt
        self._places: dict[bytes, tuple[tuple[bytes, int], ...]] = {}
        self._order: dict[bytes, int] = {}

    def note(self, lower: bytes) -> None:
        """A credential, in lower case."""
        self._order[lower] = len(self._order)
        for at in range(len(lower) - RUN + 1):
            run = lower[at : at + RUN]
            places = self._places.get(run, ())
            if len(places) < _PER_RUN:
                self._places[run] = (*places, (lower, at))

    def of(self, word: bytes) -> tuple[Piece, ...]:
        """How `word` is made of credentials that come before it in the order of length and of their first coming.

        Empty where it is a credential of its own.
        """
        if len(word) < _LEAST_SHARED or not self._places or len(word) > _LONGEST:
            return ()
        lower = word.lower()
        rank = self._rank(lower)
        found: list[Piece] = []
        at = gap = 0
        while at <= len(lower) - _LEAST_SHARED:
            piece = self._longest(lower, at, rank)
            if piece is None:
                at += 1
                continue
            if gap < at:
                found.append(Piece(gap, at))
            found.append(piece)
            at = gap = piece.end
        if found and gap < len(word):
            found.append(Piece(gap, len(word)))
        return tuple(found)

    def _rank(self, lower: bytes) -> tuple[int, int]:
        order = self._order.get(lower)
        return (0, 0) if order is None else (len(lower), -order)

    def _longest(self, lower: bytes, at: int, rank: tuple[int, int]) -> Piece | None:
        """The longest part of a credential that outranks the word, and that begins at `at`."""
        best: Piece | None = None
        forward = [(known, place, False) for known, place in self._places.get(lower[at : at + RUN], ())]
        run = lower[at : at + RUN][::-1]
        backward = [(known, len(known) - place - RUN, True) for known, place in self._places.get(run, ())]
        for known, offset, reverse in (*forward, *backward):
            if self._rank(known) <= rank:
                continue
            length = _shared(lower, at, known[::-1] if reverse else known, offset)
            if length >= _LEAST_SHARED and (best is None or length > best.end - best.start):
                best = Piece(at, at + length, self._spelt[known], offset, reverse)
        return best


def _shared(one: bytes, at: int, other: bytes, offset: int) -> int:
    """How many characters are the same from there on."""
    most = min(len(one) - at, len(other) - offset)
    if one[at : at + most] == other[offset : offset + most]:
        return most
    return next(length for length in range(most) if one[at + length] != other[offset + length])


def without_sids(words: Iterable[bytes], sids: Iterable[bytes]) -> Iterator[bytes]:
    """The words without what they share with SIDs that everybody may see; no rest that is too short to be told."""
    every = list(words)
    wanted = {run for word in every for run in _stretches(word)}
    shared = {run for sid in sids for run in _stretches(sid) if run in wanted}
    for word in every:
        places = [at for at, run in enumerate(_stretches(word)) if run in shared]
        covered = {place for at in places for place in range(at, at + _OF_A_SID)}
        rest = bytes(byte if place not in covered else 0 for place, byte in enumerate(word))
        yield from (part for part in rest.split(b"\0") if len(part) >= RUN)


def _stretches(word: bytes) -> list[bytes]:
    lower = word.lower()
    return [lower[at : at + _OF_A_SID] for at in range(len(lower) - _OF_A_SID + 1)]
