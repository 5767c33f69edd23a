"""How a word is made of credentials that are known: the beginning of one, one with something around it, one reversed.

Such a word gets that part of the credential's surrogate, so that the relation of the two can still be seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import Final

from analyzers.frozen import dataclass
from recordings.redaction.runs import RUN, in_base64

_LEAST_SHARED: Final = 8
"""So many characters of another credential are a part of it; fewer may be chance."""
_LONGEST: Final = 1024
_PER_RUN: Final = 4
_OF_A_SID: Final = 10
"""So many characters of a SID in a word are a part of the SID, mistyped or cut off."""
_LEAST_OF_A_SID: Final = 7
"""So many are, where the word is nothing else; fewer only at the beginning or the end of the SID."""
_SHORT: Final = range(RUN, _LEAST_OF_A_SID)
_PLAIN: Final = 3
_BASE64: Final = 4
_HEX: Final = 6
_THIRDS: Final = (_PLAIN, _BASE64, _HEX)
"""How long three characters are in each writing."""
_MOST_WRITTEN: Final = 2048
"""So many SIDs are looked for in other writings than their own."""


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


def without_shown(words: Iterable[bytes], shown: Iterable[bytes]) -> Iterator[bytes]:
    """The words without what they share with SIDs and times that everybody may see: plain, in base64, hex or reversed.

    No rest that is too short to be told.
    """
    every = list(words)
    sizes = {thirds: {size for word in every if (size := _size(word, thirds))} for thirds in _THIRDS}
    wanted = {run for word in every for thirds in _THIRDS for run in _stretches(word, _size(word, thirds))}
    short = {word.lower() for word in every if len(word) < _LEAST_OF_A_SID * _BASE64 // _PLAIN + 1}
    shared: dict[bytes, bytes] = {}
    for number, one in enumerate(shown):
        ways = _writings(one) if number < _MOST_WRITTEN else ((_PLAIN, one),)
        found = [run for thirds, way in ways for size in sizes[thirds] for run in _stretches(way, size)]
        shared |= dict.fromkeys([run for run in found if run in wanted] + _ends(one, short), one)
    for word in every:
        yield from (part for part in _rest(word, shared).split(b"\0") if len(part) >= RUN)


def _ends(sid: bytes, words: AbstractSet[bytes]) -> list[bytes]:
    """Those of some short words with which a SID begins, with or without its prefix, or in base64, or ends."""
    if not words or not sid[:2].isalpha():
        return []
    lower, letters = sid.lower(), in_base64(sid[:_OF_A_SID])[0].lower()
    ends = [end for size in _SHORT for end in (lower[:size], lower[2 : 2 + size], lower[-size:])]
    return [end for end in (*ends, *(letters[:size] for size in range(RUN, _OF_A_SID))) if end in words]


def _rest(word: bytes, shared: Mapping[bytes, bytes]) -> bytes:
    """`word` with NULs where it is of what is shown; where that is much of one, any run of that one counts."""
    sizes = {_size(word, thirds) for thirds in _THIRDS} if len(word) >= _LEAST_OF_A_SID else {len(word)}
    alike = {shared[run] for size in sizes for run in _stretches(word, size) if run in shared}
    if not alike:
        return word
    runs = {run for one in alike for _, way in _writings(one) for run in _stretches(way, RUN)}
    places = [at for at, run in enumerate(_stretches(word, RUN)) if run in runs]
    covered = {place for at in places for place in range(at, at + RUN)}
    return bytes(byte if place not in covered else 0 for place, byte in enumerate(word))


def _size(word: bytes, thirds: int) -> int:
    """How much of `word` has to be of a SID in a writing: a short one as a whole; 0 where it is too short."""
    least, most = (-(-size * thirds // 3) for size in (_LEAST_OF_A_SID, _OF_A_SID))
    return min(most, len(word)) if len(word) >= least else 0


def _stretches(word: bytes, size: int) -> list[bytes]:
    lower = word.lower()
    return [lower[at : at + size] for at in range(len(lower) - size + 1)] if size else []


def _writings(text: bytes) -> tuple[tuple[int, bytes], ...]:
    """`text`, plain, in base64 and in hex, forwards and backwards, and how many thirds longer it is so."""
    ways = ((_PLAIN, text), *((_BASE64, way) for way in in_base64(text)), (_HEX, text.hex().encode()))
    return (*ways, *((thirds, way[::-1]) for thirds, way in ways))
