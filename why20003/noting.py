"""What somebody writes for the specialist, without the credentials that were pasted into it."""

import re
from collections.abc import Iterable
from typing import Final

from analyzers.frozen import dataclass
from analyzers.masking import scrub
from recordings.redact import Secrets, leaks

_WORD: Final = re.compile(r"\S+")
_RUN: Final = 5
# A mail address, and a phone number as E.164 has it, however it is grouped.
_PERSONAL: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+|(?<![\w.:-])\+\d(?:[ ()./-]{0,2}\d){6,14}(?!\w)")
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note that may go out."""

    text: str
    replaced: int
    """How many words were taken out of it."""


def cleaned(text: str, credentials: Iterable[bytes]) -> Note:
    """`text` without any word in which one of `credentials`, or what looks like one, stands in any writing."""
    secrets = Secrets(credentials)
    count = 0

    def looked_at(found: re.Match[str]) -> str:
        nonlocal count
        word = found.group()
        plain = scrub(word)
        if leaks(word.encode("utf-8", "surrogateescape"), secrets):
            plain = "<a credential was here>"
        count += plain != word
        return plain

    def personal(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return "<taken out>"

    kept = _WORD.sub(looked_at, _PERSONAL.sub(personal, text[:LONGEST]))
    return Note("".join(char if char.isprintable() or char in "\n\t" else " " for char in kept).strip(), count)


__all__ = ["LONGEST", "Note", "cleaned"]
