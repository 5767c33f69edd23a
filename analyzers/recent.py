"""Remember the last answers of a pure function: sixty checks ask the same about the same two halves of one pair."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

_KEPT = 32
"""Enough for the halves of two pairs with and without their strays; the values asked about are kept that long."""
_LONGEST = 128
"""Longer values are rare, and would keep too much."""


def recent(function: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """`function` with its last answers about short values remembered."""
    remembered = lru_cache(maxsize=_KEPT)(function)

    @wraps(function)
    def answer(text: bytes) -> T:
        return remembered(text) if len(text) <= _LONGEST else function(text)

    return answer
