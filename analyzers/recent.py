"""Remember the last answers of a pure function: sixty checks ask the same about the same two halves of one pair."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

_KEPT = 512
"""Enough for the halves of all pairs that are judged together, with and without their strays; so long they are kept."""
_LONGEST = 128
"""Longer values are rare, and would keep too much."""


def recent(function: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """`function` with its last answers about short values remembered."""
    known: dict[bytes, T] = {}

    @wraps(function)
    def answer(text: bytes) -> T:
        try:
            return known[text]
        except KeyError:
            found = function(text)
        if len(text) <= _LONGEST:
            if len(known) >= _KEPT:
                known.clear()
            known[text] = found
        return found

    answer.cache_clear = known.clear  # type: ignore[attr-defined] # as functools.lru_cache has it
    return answer
