"""A captured value held against the one that was meant: equal, or how it differs, in words that show neither.

Whether they are equal is found out in constant time. How they differ is told by places, counts and the names of
characters that no credential has.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from analyzers.frozen import dataclass
from analyzers.kinship import GIVEN, Kin, Relation, Stray, first_difference, kin_of, stray, strays_said
from analyzers.placeholders import is_overwritten, is_placeholder, is_unset
from analyzers.twilio import Kind, core_of, kind_of

_LEGIBLE: Final = re.compile(rb"[0-9A-Za-z]")
_LOOKED_AT: Final = 400


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer. Neither value is in it."""

    kin: Kin
    length: int
    """Of the captured value, in bytes."""
    expected_length: int
    first_difference: int | None = None
    """How many bytes are the same before the first that is not; None where all are."""

    @property
    def relation(self) -> Relation:
        """How the captured value relates to the one that was meant."""
        return self.kin.relation

    @property
    def says(self) -> str:
        """To be read after "It is"."""
        return self.kin.says


def compare(seen: bytes, expected: bytes) -> Comparison:
    """How `seen`, which was captured, relates to `expected`. Never raises."""
    if _same(seen, expected):
        return Comparison(Kin(Relation.EQUAL, f"equal to {GIVEN}"), len(seen), len(expected))
    kin = _without_strays(seen, expected) or kin_of(seen, expected) or _stranger(seen)
    return Comparison(kin, len(seen), len(expected), first_difference(seen, expected))


def strays_of(value: bytes) -> tuple[Stray, ...]:
    """What stands at the edges of `value` that no credential has."""
    start, end = core_of(value)
    return tuple(_around(value, start, end)) if start < end else ()


def _same(seen: bytes, expected: bytes) -> bool:
    """In constant time, whatever the lengths are: digests have one length."""
    return hmac.compare_digest(hashlib.sha256(seen).digest(), hashlib.sha256(expected).digest())


def _without_strays(seen: bytes, expected: bytes) -> Kin | None:
    """What is told once the strays at the edges are taken off; None when that helps nothing."""
    start, end = core_of(seen)
    if start >= end or end - start == len(seen) or core_of(expected) != (0, len(expected)):
        return None
    core, strays = seen[start:end], tuple(_around(seen, start, end))
    if core == expected:
        return Kin(Relation.STRAYS, f"{GIVEN}, with {strays_said(strays)}", strays=strays)
    found = kin_of(core, expected) if b"\0" not in core else None  # UTF-16 has one at an end, too
    if found is None:
        return None
    inner = tuple(replace(one, start=one.start + start) for one in found.strays)
    return replace(found, says=f"{found.says}, and with {strays_said(strays)}", strays=(*strays, *inner))


def _around(value: bytes, start: int, end: int) -> Iterator[Stray]:
    if start:
        yield stray(value[:start], "in front", 0)
    if end < len(value):
        yield stray(value[end:], "behind", end)


def _stranger(seen: bytes) -> Kin:
    start, end = core_of(seen)
    if start >= end and not _LEGIBLE.search(seen, 0, _LOOKED_AT):
        return Kin(Relation.EMPTY, "nothing but blanks or marks" if seen else "empty")
    if is_unset(seen[start:end]) or is_placeholder(seen):
        return Kin(Relation.STAND_IN, "no value: a placeholder, or the word for a missing one")
    if kind_of(seen) is Kind.TEXT and is_overwritten(seen):
        return Kin(Relation.OVERWRITTEN, "overwritten by the tool that made the recording: nothing can be said of it")
    return Kin(Relation.OTHER, "another value")


__all__ = ["Comparison", "compare", "strays_of"]
