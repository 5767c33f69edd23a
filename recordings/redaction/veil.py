"""What stays of a text and what is replaced: SIDs, placeholders and public words stay, the rest gets its surrogate.

One pass over a recording learns: it takes the same ways, notes what it meets, and changes nothing. The next replaces.
"""

import re
from typing import Final

from analyzers.placeholders import is_unset, is_words
from analyzers.twilio import SID_KINDS
from recordings.redaction.escapes import through_percent
from recordings.redaction.known import Known
from recordings.redaction.letters import replaced
from recordings.redaction.runs import RUN
from recordings.redaction.surrogates import Surrogates, in_case
from recordings.redaction.words import LABELS, TEXT

_WORD: Final = re.compile(rb"(?<=\\)[rnt]|[0-9A-Za-z]+")
"""A word, or the letter of a line end that is written out."""
_KINDS: Final = b"|".join(sorted(SID_KINDS))
# Letters of the prefix in capitals, hex digits in small letters, as in every SID seen; other spellings only where the
# prefix is one of Twilio's and no hex digit itself, or where a secret of that form is beyond chance.
_SID: Final = re.compile(
    rb"[A-Z]{2}[0-9a-f]{32}|OQ[0-9a-zA-Z]{32}|(?:"
    + _KINDS
    + rb")[0-9A-F]{32}|(?i:sk|mg|is|sm|mm|pn|us|ws|zs|ks|hx|tk)[0-9a-f]{32}"
)
_SID_LENGTH: Final = 34
_REQUEST_ID: Final = b"RQ"
# Values that somebody made up: placeholder_value.py has the same for what it calls so.
_MADE_UP: Final = re.compile(
    rb"(?:AC|SK)?(?:([0-9a-f])\1{31}|(?:0123456789abcdef|1234567890abcdef|abcdef0123456789|abcdef1234567890){2}"
    rb"|(?:1234567890){3}12|(?:0123456789){3}01|(?:deadbeef){4})",
    re.IGNORECASE,
)
# What documentation writes in the place of a value: ACxxxxxxxx, XXXX
_FILLER: Final = re.compile(rb"(?:AC|SK)?([xX])\1{2,}")
_LABELLED: Final = re.compile(rb"[\"']?\s{0,4}(?:=>|[:=])")
_SCHEMES: Final = (b"basic", b"bearer")
_MARKS: Final = re.compile(rb"[!-/:-@\[-`{-~]{%d,}" % RUN)
_MARK: Final = b"!#*-=^_~|"
# Numbers that could be somebody's, however they are grouped; versions and sizes are shorter.
_NUMBER: Final = rb"(?<![0-9A-Za-z])\+?\(?[0-9](?:[().\- ]{0,2}[0-9]){4,}(?![0-9A-Za-z])"
_VERSION: Final = re.compile(rb"[0-9]{1,4}(?:\.[0-9]{1,5}){1,4}")
_PUBLIC_PIECE: Final = re.compile(rb"(?<=age=)[0-9]{1,10}|" + _NUMBER + rb"|[0-9A-Za-z]+")
_SHORT_NUMBER: Final = 4
_ALIKE: Final = re.compile(rb"v?[0-9]{1,4}|(?:HS|RS|PS|ES)(?:256|384|512)|[0-9]{1,4}[a-z]")
_TOLD: Final = 12
"""So many characters of a SID that is known tell a part of it from any secret."""


class Veil:
    """Replaces text, or with `learning` notes what would be replaced."""

    def __init__(self, key: bytes, known: Known, *, hide_sids: bool, learning: bool) -> None:
        self.known = known
        self.surrogates = Surrogates(key, known)
        self.hide_sids = hide_sids
        self.learning = learning

    # --- credentials --------------------------------------------------------------------------------------------------
    def words(self, text: bytes) -> bytes:
        """Text of credentials: every word gets its surrogate, what stands between the words stays."""
        return through_percent(text, self._plain)

    def _plain(self, text: bytes) -> bytes:
        out = _WORD.sub(self._found, text)
        if out.isascii():
            return out
        return out if self.learning else replaced(out, self.surrogates.stream, RUN)

    def _found(self, found: re.Match[bytes]) -> bytes:
        word = found.group()
        if _is_line_end(found):
            return word
        label = len(word) <= _TOLD and word.lower() in LABELS
        if label and (word.lower() in _SCHEMES or _LABELLED.match(found.string, found.end())):
            return word
        return self.word(word)

    def labels(self, text: bytes) -> bytes:
        """What stands around a credential: words that are copied along stay."""
        return _WORD.sub(self._label, text)

    def _label(self, found: re.Match[bytes]) -> bytes:
        word = found.group()
        if word.lower() in LABELS or _is_line_end(found):
            return word
        filler = _FILLER.match(word)
        start = filler.end() if filler else 0
        return word[:start] + (self.word(word[start:]) if start < len(word) else b"")

    def marks(self, text: bytes) -> bytes:
        """Text of a credential in which a long run of punctuation, a part of it, is replaced by another one."""
        if self.learning:
            return text
        return _MARKS.sub(lambda found: self.surrogates.letters(found[0], _MARK), text)

    def word(self, word: bytes, *, doubtful: bool = False) -> bytes:
        """The surrogate of one word; a SID, a part of a known one, and what somebody made up stay.

        A `doubtful` one may be a SID without its prefix, and is a secret only if no such SID is known.
        """
        if len(word) >= _SID_LENGTH:
            if len(word) == _SID_LENGTH and _SID.fullmatch(word):
                return self.sid(word)
            if len(word) > _SID_LENGTH and (span := self.known.sid_inside(word)):
                start, end = span
                parts = word[:start], word[end:]
                before, behind = (self.word(part) if part else b"" for part in parts)
                return before + self.sid(word[start:end]) + behind
        if _MADE_UP.fullmatch(word):
            return word
        if self.learning:
            self.known.note_secret(word, doubtful=doubtful)
            return word
        if len(word) >= _TOLD and (part := self.known.sid_part(word)):
            sid, start = part
            return bytes(map(in_case, self.sid(sid)[start : start + len(word)], word))
        return self.surrogates.word(word)

    def sid(self, sid: bytes) -> bytes:
        """A SID as it may be shown: itself, or its pseudonym; one that has a secret in it, never itself."""
        if self.learning:
            self.known.note_sid(sid)
            return sid
        if self.known.is_secret_sid(sid):
            return sid[:2] + self.surrogates.word(sid[2:])
        if self.hide_sids and sid[:2] != _REQUEST_ID:
            return sid[:2] + self.surrogates.word(sid[2:])
        return sid

    # --- other text ---------------------------------------------------------------------------------------------------
    def personal(self, text: bytes) -> bytes:
        """Text that belongs to somebody: replaced as a whole, SIDs apart."""
        if len(text) >= _SID_LENGTH and any(
            _SID.fullmatch(word) for word in _WORD.findall(text) if len(word) == _SID_LENGTH
        ):
            return b"".join(self._piece(piece) for piece in _PIECES.split(text))
        return self._text(text)

    def _piece(self, piece: bytes) -> bytes:
        return self.sid(piece) if len(piece) == _SID_LENGTH and _SID.fullmatch(piece) else self._text(piece)

    def _text(self, text: bytes) -> bytes:
        if self.learning:
            self.known.note_personal(text)
            return text
        out = self.surrogates.text(text)
        return out if out.isascii() else replaced(out, self.surrogates.stream, 1)

    def opaque(self, text: bytes) -> bytes:
        """What machines number their own work with: replaced, but neither a secret nor about anybody."""
        return text if self.learning else self.personal(text)

    def public(self, text: bytes) -> bytes:
        """What Twilio, a server or a client wrote: public words, short numbers, versions and SIDs stay."""
        out = _PUBLIC_PIECE.sub(self._told, text)
        return out if out.isascii() or self.learning else replaced(out, self.surrogates.stream, 1)

    def _told(self, found: re.Match[bytes]) -> bytes:
        piece = found.group()
        if piece.isdigit() and found.string.startswith(b"age=", found.start() - 4):
            return piece
        if piece.lower() in TEXT or (len(piece) <= _TOLD and _ALIKE.fullmatch(piece)) or _VERSION.fullmatch(piece):
            return piece
        if len(piece) >= _SID_LENGTH:
            return self.word(piece) if _SID.match(piece) else self._text(piece)
        return self.word(piece) if piece.lower() in self.known.secrets else self._text(piece)


_PIECES: Final = re.compile(rb"(?<![0-9A-Za-z])([A-Za-z]{2}[0-9A-Za-z]{32})(?![0-9A-Za-z])")


def _is_line_end(found: re.Match[bytes]) -> bool:
    """Whether a word is the letter of a line end that is written out with a backslash."""
    return found.group() in {b"r", b"n", b"t"} and found.string[found.start() - 1 : found.start()] == b"\\"


def is_sid(text: bytes) -> bool:
    """Whether `text` is a SID as this module keeps it."""
    return len(text) == _SID_LENGTH and _SID.fullmatch(text) is not None


def is_literal(text: bytes) -> bool:
    """Whether `text` is no value but a word for one: what a language prints, or what documentation says."""
    return is_unset(text) or is_words(text)
