"""Runs of characters: what a thief could put a secret together from, and what says nothing because it is everywhere."""

import re
from typing import Final

from recordings.redaction.words import PUBLIC

RUN: Final = 5
"""A shorter run of characters gives nothing away, and chance gives it everywhere."""
DIGITS_RUN: Final = 7
"""The same for digits alone, which times, sizes and other people's numbers are made of."""
_LEAST_PIECE: Final = 4
_ODD: Final = re.compile(rb"[^0-9a-z\x80-\xff]")
_PUBLIC: Final = frozenset(
    word[at : at + size] for word in PUBLIC for size in range(1, RUN + 1) for at in range(len(word) - size + 1)
)


def runs_of(value: bytes) -> set[bytes]:
    """The runs of `value`, in lower case, that tell of it: nothing public, no punctuation, no filler."""
    lower = value.lower()
    runs = {lower[at : at + RUN] for at in range(len(lower) - RUN + 1)}
    return {run for run in runs if not _says_nothing(run)}


def unwanted(value: bytes) -> set[bytes]:
    """What of `value` must not come about by chance: its runs, of digits alone the longer ones."""
    runs = runs_of(value)
    if len(value) < DIGITS_RUN:
        return runs
    longer = (value[at : at + DIGITS_RUN] for at in range(len(value) - DIGITS_RUN + 1))
    return {run for run in runs if not run.isdigit()} | {run for run in longer if run.isdigit()}


def _says_nothing(run: bytes) -> bool:
    if run in _PUBLIC or len(set(run)) == 1:
        return True
    odd = _ODD.findall(run)
    if not odd:
        return False
    pieces = _ODD.split(run)
    public = all(not piece or piece in _PUBLIC for piece in pieces)
    return len(odd) > 1 or (public and max(map(len, pieces)) >= _LEAST_PIECE)
