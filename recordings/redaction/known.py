"""What a recording held that must not appear in the redacted one, as far as it is kept: bounded, whatever comes.

A value that is not kept is replaced all the same wherever it is met, since surrogates are a function of the key. What
is lost is the search for it elsewhere, and, for a credential that contains or is part of another one, this relation.
"""

import re
from typing import Final

from recordings.redaction.parts import Parts, without_shown
from recordings.redaction.runs import RUN, unwanted
from recordings.redaction.words import PUBLIC

MOST_SECRETS: Final = 4096
MOST_PERSONAL: Final = 8192
MOST_SIDS: Final = 16_384
MOST_SIGNERS: Final = 2048
_PER_SIGNER: Final = 6
_BEGINNING: Final = 10
_LONGEST: Final = 1024
"""Characters of a value that are kept."""
_MOST_BYTES: Final = 2_000_000
_MOST_RUNS: Final = 250_000
_MOST_MOMENTS: Final = 2048
_MARK: Final = 12
_WORD: Final = re.compile(rb"[0-9a-z]+")
_SID_LENGTH: Final = 34
_MOMENT: Final = re.compile(rb"[0-9]{10}")
_SID_INSIDE: Final = re.compile(rb"(?=[A-Z]{2}[0-9a-f]{32})")


class Known:
    """Values that were met, the first ones of very many."""

    def __init__(self, most_secrets: int | None = None) -> None:
        """`most_secrets` is how many words of credentials are kept, at 13 kB each; MOST_SECRETS unless told."""
        self._most_secrets = most_secrets
        self.secrets: dict[bytes, bytes] = {}
        """Words of credentials: in lower case, and as first met."""
        self.personal: dict[bytes, None] = {}
        """Other values that were replaced."""
        self.runs: set[bytes] = set()
        """Every run of them that must not appear by chance."""
        self.dropped = 0
        """How many values came when there was no room any more."""
        self.sids: dict[bytes, bytes] = {}
        """SIDs by their digits."""
        self.moments: dict[bytes, None] = {}
        """Times in claims of tokens, which stay."""
        self.signers: dict[bytes, tuple[bytes, ...]] = {}
        """Secrets by the SID that they were sent with."""
        self.parts = Parts(self.secrets)
        self._doubtful: set[bytes] = set()
        self._marks: set[bytes] = set()
        """Parts of passwords of SIDs, long enough to tell them."""
        self._bytes = 0
        self._beginnings: dict[bytes, bytes] = {}
        self._endings: dict[bytes, bytes] = {}

    # --- noting -------------------------------------------------------------------------------------------------------
    def note_secret(self, word: bytes, *, doubtful: bool = False) -> None:
        """A word of a credential; a `doubtful` one may be a SID without its prefix."""
        lower = word[:_LONGEST].lower()
        if len(lower) < RUN or lower in PUBLIC:
            return
        if doubtful and lower not in self.secrets:
            self._doubtful.add(lower)
        elif not doubtful:
            self._doubtful.discard(lower)
        if lower in self.secrets:
            return
        if len(self.secrets) >= (self._most_secrets or MOST_SECRETS) or not self._has_room(lower):
            self.dropped += 1
            return
        self.secrets[lower] = word[:_LONGEST]
        if period := _period(lower):
            self.note_secret(word[:period])
            return
        self.parts.note(lower)

    def note_personal(self, value: bytes) -> None:
        """Any other value that is replaced."""
        kept = value[:_LONGEST]
        if len(kept) < RUN or kept in self.personal or kept.lower() in self.secrets:
            return
        if len(self.personal) >= MOST_PERSONAL or not self._has_room(kept):
            self.dropped += 1
            return
        self.personal[kept] = None

    def _has_room(self, value: bytes) -> bool:
        if self._bytes + len(value) > _MOST_BYTES:
            return False
        self._bytes += len(value)
        if len(self.runs) < _MOST_RUNS:
            self.runs |= unwanted(value)
        return True

    def note_sure(self, secret: bytes) -> None:
        """The password of a SID: no other word that shares as much with it is a SID."""
        lower = secret[:_LONGEST].lower()
        if len(self._marks) < _MOST_RUNS and _WORD.fullmatch(lower):
            self._marks.update(lower[at : at + _MARK] for at in range(len(lower) - _MARK + 1))

    def note_sid(self, sid: bytes) -> None:
        """A SID, which stays."""
        if len(self.sids) < MOST_SIDS:
            self.sids.setdefault(sid[2:], sid)
            self._beginnings.setdefault(sid[2 : 2 + _BEGINNING].lower(), sid)
            self._endings.setdefault(sid[-_BEGINNING:].lower(), sid)

    def note_moment(self, moment: bytes) -> None:
        """A time in a claim, which stays."""
        if len(self.moments) < _MOST_MOMENTS and _MOMENT.fullmatch(moment):
            self.moments[moment] = None

    def note_pair(self, username: bytes, password: bytes) -> None:
        """A secret that may have signed tokens of `username`."""
        known = self.signers.get(username, ())
        if password and password not in known and (known or len(self.signers) < MOST_SIGNERS):
            self.signers[username] = (*known, password)[-_PER_SIGNER:]

    # --- asking -------------------------------------------------------------------------------------------------------
    def credentials(self) -> dict[bytes, bytes]:
        """The words of credentials without what turned out to stay: all of them, or parts of some."""
        words = {lower: word for lower, word in self.secrets.items() if not self._is_of_sid(lower, word)}
        shown = [sid for sid in self.sids.values() if not self.is_secret_sid(sid)]
        return {part.lower(): part for part in without_shown(words.values(), (*shown, *self.moments))}

    def _is_of_sid(self, lower: bytes, word: bytes) -> bool:
        return (lower in self._doubtful and lower in self.sids) or (
            lower not in self.sids and self.sid_part(word) is not None
        )

    def is_secret_sid(self, sid: bytes) -> bool:
        """Whether the digits of a SID are a credential, or have so much of one that they are no SID."""
        lower = sid[2:].lower()
        if lower in self.secrets and lower not in self._doubtful:
            return True
        return not self._marks.isdisjoint([lower[at : at + _MARK] for at in range(len(lower) - _MARK + 1)])

    def sid_inside(self, word: bytes) -> tuple[int, int] | None:
        """Where a known SID stands in a longer word; None where none does."""
        for found in _SID_INSIDE.finditer(word[:_LONGEST]):
            at = found.start()
            if self.sids.get(word[at + 2 : at + _SID_LENGTH]) == word[at : at + _SID_LENGTH]:
                return at, at + _SID_LENGTH
        return None

    def sid_part(self, word: bytes) -> tuple[bytes, int] | None:
        """The SID of which `word` is a part, and where it begins there; None where it is no part, or a secret.

        Letter case does not matter: some write SIDs in small letters.
        """
        lower = word.lower()
        found = [(self._beginnings.get(lower[2 - start :][:_BEGINNING]), start) for start in (0, 2)]
        found.append((self._endings.get(lower[-_BEGINNING:]), _SID_LENGTH - len(word)))
        for sid, start in found:
            if sid is None or start < 0 or sid[start : start + len(word)].lower() != lower:
                continue
            return None if self._is_secret(lower) else (sid, start)
        return None

    def _is_secret(self, lower: bytes) -> bool:
        """Whether it is a credential although it is a part of a SID: all of the digits, and not in doubt."""
        return lower in self.sids and lower in self.secrets and lower not in self._doubtful


def _period(lower: bytes) -> int:
    """How long the part is of which `lower` is a repetition; 0 where it is none."""
    at = (lower + lower).find(lower, 1)
    return at if RUN <= at < len(lower) else 0
