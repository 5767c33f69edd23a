"""How one value was made of another: cut off, in other letter case, encoded, with strays in it ...

Told by places, counts and the names of characters that no credential has; letters and digits are never named.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Final
from urllib.parse import unquote_to_bytes

from analyzers.base64_text import loose, narrow
from analyzers.deviation import deviation
from analyzers.flaws import name_byte
from analyzers.frozen import dataclass
from analyzers.lookalikes import name_of, plain_of


class Relation(Enum):
    """How a captured value relates to the one that was meant."""

    EQUAL = "equal"
    STRAYS = "stray-characters"
    CASE = "letter-case"
    TRUNCATED = "truncated"
    CONTAINS = "contains-it"
    SLIP = "few-characters"
    REPEATED = "repeated"
    REVERSED = "reversed"
    PERCENT = "percent-encoded"
    BASE64 = "base64"
    WIDE = "utf-16"
    LOOKALIKE = "look-alike"
    SIGNED = "signed-with-it"
    """Of a token: its signature was made with the value."""
    EMPTY = "empty"
    STAND_IN = "stand-in"
    """A placeholder, or the word for a missing value."""
    OVERWRITTEN = "overwritten"
    """By the tool that made the recording, so that nothing can be said of it."""
    OTHER = "other"

    @property
    def is_kin(self) -> bool:
        """Whether one was made of the other."""
        return self not in _STRANGERS


_STRANGERS: Final = {Relation.EMPTY, Relation.STAND_IN, Relation.OVERWRITTEN, Relation.OTHER}


@dataclass(frozen=True, slots=True)
class Stray:
    """Characters that do not belong where they stand."""

    kind: str
    """A name for the first of them."""
    where: str
    """``in front``, ``behind`` or ``inside``."""
    start: int
    """Offset in the captured value."""
    length: int
    """In bytes."""
    count: int
    """In characters."""


@dataclass(frozen=True, slots=True)
class Kin:
    """How one value was made of another."""

    relation: Relation
    says: str
    """To be read after "It is"."""
    missing: tuple[int, int] = (0, 0)
    """How many bytes are missing in front and behind."""
    more: tuple[int, int] = (0, 0)
    """How many bytes stand in front and behind that are not of the value."""
    strays: tuple[Stray, ...] = ()


GIVEN: Final = "the value given"
_LEAST: Final = 8
"""A shorter piece is shared by chance."""
_MOST_LAYERS: Final = 3
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]+={0,2}")
_INVISIBLE: Final = re.compile(
    rb"(?:[\s\"'`\x00]|\xe2\x80[\x8b-\x8f\xa8-\xaf]|\xef\xbb\xbf|\xc2\xa0|\xe2\x81\xa0|%0[aAdD]|\\[rn])+"
)
_PLACES: Final = {"in front": "in front of it", "behind": "behind it"}
_LABEL: Final = "a label or a remark"
_WORD: Final = re.compile(rb"[A-Za-z]{2}")


def kin_of(seen: bytes, expected: bytes) -> Kin | None:
    """How `seen` was made of `expected`; None where they are strangers, and for equal ones."""
    if not seen or not expected or seen == expected:
        return None
    return next((found for look in _LOOKS if (found := look(seen, expected))), None)


def stray(found: bytes, where: str, start: int) -> Stray:
    """The characters `found`, which do not belong where they stand. What may be a word is not named."""
    name = name_of(found) if found[0] > 127 else name_byte(found[0])
    kind = _LABEL if _WORD.search(found) else name
    return Stray(kind, where, start, len(found), len(found.decode("utf-8", "replace")))


def strays_said(strays: tuple[Stray, ...]) -> str:
    """``line feed (0x0A) behind it``."""
    by_kind: dict[str, list[str]] = {}
    for one in strays:
        place = f"inside, after {counted(one.start)}" if one.where == "inside" else _PLACES[one.where]
        by_kind.setdefault(_kind_said(one), []).append(place)
    return " and ".join(f"{kind} {' and '.join(places)}" for kind, places in by_kind.items())


def _kind_said(one: Stray) -> str:
    if one.kind == _LABEL:
        return f"{one.kind} of {counted(one.count)}"
    return one.kind if one.count == 1 else f"{counted(one.count)}, {one.kind} first,"


def counted(number: int) -> str:
    """``1 character``, ``2 characters``."""
    return f"{number} character" if number == 1 else f"{number} characters"


def first_difference(seen: bytes, expected: bytes) -> int:
    """How many bytes are the same before the first that is not."""
    pairs = enumerate(zip(seen, expected, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(seen), len(expected)))


def _in_other_case(seen: bytes, expected: bytes) -> Kin | None:
    return Kin(Relation.CASE, f"{GIVEN} in other letter case") if seen.lower() == expected.lower() else None


def _wide(seen: bytes, expected: bytes) -> Kin | None:
    if len(seen) > 2 * len(expected) + 2 or narrow(seen) != expected:
        return None
    return Kin(Relation.WIDE, f"{GIVEN} in UTF-16, two bytes for each character")


def _scattered(seen: bytes, expected: bytes) -> Kin | None:
    first = _INVISIBLE.search(seen)
    if first is None or _INVISIBLE.sub(b"", seen) != expected:
        return None
    strays = (stray(first.group(), "inside", first.start()),)
    return Kin(Relation.STRAYS, f"{GIVEN}, with {strays_said(strays)}", strays=strays)


def _turned(seen: bytes, expected: bytes) -> Kin | None:
    if seen == expected[::-1]:
        return Kin(Relation.REVERSED, f"{GIVEN}, back to front")
    times = len(seen) // len(expected)
    if times > 1 and seen == expected * times:
        return Kin(Relation.REPEATED, f"{GIVEN}, {times} times in a row")
    return None


def _percent(seen: bytes, expected: bytes) -> Kin | None:
    for times in range(1, _MOST_LAYERS + 1):
        if b"%" not in seen:
            break
        seen = unquote_to_bytes(seen)
        if seen == expected:
            return Kin(Relation.PERCENT, f"{GIVEN}, percent-encoded{_over(times)}")
    return None


def _base64(seen: bytes, expected: bytes) -> Kin | None:
    for times in range(1, _MOST_LAYERS + 1):
        if not _BASE64.fullmatch(seen):
            break
        seen = loose(seen.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/"))
        if seen == expected:
            return Kin(Relation.BASE64, f"the base64 of {GIVEN}{_over(times)}")
        if expected in seen.split(b":", 1):
            return Kin(Relation.BASE64, f"the base64 of a pair with {GIVEN} in it{_over(times)}")
    return None


def _resembling(seen: bytes, expected: bytes) -> Kin | None:
    if seen.isascii() or not expected.isascii() or plain_of(seen) != expected:
        return None
    at = next(at for at, byte in enumerate(seen) if byte > 127)
    return Kin(Relation.LOOKALIKE, f"{GIVEN} with {name_of(seen[at:])} in it, after {counted(at)}")


def _cut(seen: bytes, expected: bytes) -> Kin | None:
    at = _place(seen, expected)
    if at is None:
        return None
    front, behind = at, len(expected) - at - len(seen)
    if front + behind == 1:
        return Kin(Relation.TRUNCATED, f"{GIVEN} without its {_edges(front, behind)[:-2]} character", (front, behind))
    says = f"{GIVEN} without its {_edges(front, behind)} of {counted(len(expected))}"
    return Kin(Relation.TRUNCATED, says, (front, behind))


def _holding(seen: bytes, expected: bytes) -> Kin | None:
    at = _place(expected, seen)
    if at is None:
        return None
    more = (at, len(seen) - at - len(expected))
    places = [f"{counted(number)} {where}" for number, where in zip(more, _PLACES.values(), strict=True) if number]
    return Kin(Relation.CONTAINS, f"{GIVEN} and {' and '.join(places)}", more=more)


def _slipped(seen: bytes, expected: bytes) -> Kin | None:
    says = deviation(seen, expected)
    place = counted(first_difference(seen, expected))
    return Kin(Relation.SLIP, f"{GIVEN} {says}, the first after {place}") if says else None


_LOOKS: Final[tuple[Callable[[bytes, bytes], Kin | None], ...]] = (
    _in_other_case,
    _turned,
    _wide,
    _percent,
    _base64,
    _scattered,
    _resembling,
    _cut,
    _holding,
    _slipped,
)


def _place(piece: bytes, whole: bytes) -> int | None:
    """Where `piece` stands in `whole`: at its beginning or end if it does; None where that may be chance."""
    if not _LEAST <= len(piece) < len(whole):
        return None
    if whole.startswith(piece):
        return 0
    at = len(whole) - len(piece) if whole.endswith(piece) else whole.find(piece)
    return None if at < 0 else at


def _edges(front: int, behind: int) -> str:
    return " and ".join(f"{word} {number}" for word, number in (("first", front), ("last", behind)) if number)


def _over(times: int) -> str:
    return "" if times == 1 else f", {times} times over"


__all__ = ["GIVEN", "Kin", "Relation", "Stray", "counted", "first_difference", "kin_of", "stray", "strays_said"]
