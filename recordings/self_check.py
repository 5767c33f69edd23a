"""The last look at what was made of a redacted recording: every value that was learnt is searched for in all of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from analyzers.exchange import Exchange
from recordings.redact import Leak, Redactor, Secrets, leaks, repr_of
from recordings.redaction.runs import RUN

_TIMES: Final = re.compile(rb"(?:timestamp_[a-z_]+;[0-9]+:|\"(?:started|finished)\": )([0-9]+\.[0-9]+)")
"""A time as a capture of mitmproxy's has it, or a HAR of ours."""
_BATCH: Final = 1 << 18
"""Bytes that are searched together: at half the cost of one piece after the other."""


class SelfCheck:
    """Searches for the secrets that a redactor has learnt.

    A password may be a word, such as ``request1``, of which a part stands in the names that a format gives its members.
    A value of which a part stands in `vocabulary`, the text that is ours and of nobody's recording, is therefore
    searched for as a whole; in the exchanges themselves, in which no such text stands, by every part.
    """

    def __init__(self, redactor: Redactor, vocabulary: bytes, *, hide_sids: bool = False) -> None:
        """`redactor` has learnt all that it will."""
        self._originals = tuple(redactor.pseudonyms().values())
        self._all = [redactor.secrets()]
        if hide_sids:
            self._all.append(Secrets([value for value in self._originals if len(value) == _SID_LENGTH]))
        self._vocabulary = vocabulary

    @property
    def values(self) -> int:
        """How many values are searched for."""
        return sum(map(len, self._all))

    def in_exchange(self, exchange: Exchange) -> list[Leak]:
        """What is left in a redacted exchange."""
        data = repr_of((exchange,))
        return [leak for secrets in self._all for leak in leaks(data, secrets)]

    def in_output(self, data: bytes) -> list[Leak]:
        """What stands in bytes that were made of redacted exchanges."""
        found = [leaks(data, secrets) for secrets in self._all]
        if not any(found):
            return []
        # A part of a telephone number may stand in a time by chance.
        times = b" ".join(_TIMES.findall(data))
        known = [common | _found(secrets, times) for secrets, common in zip(self._all, self._common, strict=True)]
        lower = data.lower()
        whole = [Leak("plain", f"credential {number}") for number, value in self._rare if value in lower]
        left = zip(found, known, strict=True)
        return whole + [leak for some, harmless in left for leak in some if leak.which not in harmless]

    @property
    def is_sure_of_output(self) -> bool:
        """Whether every value is searched for in output by every part, so that nothing else need be looked at."""
        return not any(self._common)

    @cached_property
    def _common(self) -> list[frozenset[str]]:
        """Names of the values of which a part stands in the vocabulary."""
        return [_found(secrets, self._vocabulary) for secrets in self._all]

    @cached_property
    def _rare(self) -> list[tuple[int, bytes]]:
        """The credentials that do not stand in it as a whole."""
        lower = self._vocabulary.lower()
        values = enumerate((value.lower() for value in self._originals), 1)
        return [(number, value) for number, value in values if len(value) >= RUN and value not in lower]


class Watched:
    """Passes pieces on, and searches them meanwhile; `leaks` is known at the end."""

    def __init__(self, check: SelfCheck) -> None:
        self.leaks: list[Leak] = []
        self._check = check

    def pieces(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces. No value goes from one piece to the next."""
        batch: list[bytes] = []
        size = 0
        for piece in pieces:
            batch.append(piece)
            size += len(piece)
            if size >= _BATCH:
                self._look(batch)
                size = 0
            yield piece
        self._look(batch)

    def _look(self, batch: list[bytes]) -> None:
        if batch and not self.leaks:
            self.leaks = self._check.in_output(b"\n".join(batch))
        batch.clear()


def kinds(found: Iterable[Leak]) -> str:
    """Finds for the user: which value, in which writing."""
    told: Mapping[str, None] = dict.fromkeys(f"{leak.which} ({leak.kind})" for leak in found)
    return ", ".join([*told][:3])


_SID_LENGTH: Final = 34


def _found(secrets: Secrets, vocabulary: bytes) -> frozenset[str]:
    return frozenset(name for name, _ in secrets.found_in(vocabulary))


__all__ = ["SelfCheck", "Watched", "kinds"]
