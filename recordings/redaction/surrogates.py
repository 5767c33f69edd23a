"""Text that stands in for another one: of the same length, every character of its own class and never the same.

A keyed function, so nothing has to be remembered to replace equal text equally. Words of credentials are replaced
character by character by what stands in front of it: the beginning of a word becomes the beginning of its surrogate,
and capital letters the capitals of it. Other text goes by the whole of it, so that a word says nothing about the same
word elsewhere.
"""

import hashlib
from operator import getitem
from typing import Final

from recordings.redaction.known import Known
from recordings.redaction.runs import DIGITS_RUN, RUN

_CLASSES: Final = (b"0123456789", b"abcdef", b"ghijklmnopqrstuvwxyz")
# SIDs begin so, and other causes ask whether a value does: these letters stay, and nothing else gets them.
_PREFIXES: Final = (b"AC", b"SK")
_NO_HEX: Final = bytes.maketrans(b"0123456789abcdef", b"ghijkmnopqrstuvw")
_CHAINED: Final = 512
"""Characters of a word that go one by one; behind them in blocks, for values of a megabyte."""
_BLOCK: Final = 64
_MEMORY: Final = 20_000
_LONGEST_REMEMBERED: Final = 256


def _choices(byte: int) -> bytes:
    """Every other character of the class of `byte`; nothing for what has no class and stays."""
    lower = byte | 0x20 if 65 <= byte <= 90 else byte
    found = next((each for each in _CLASSES if lower in each), b"").replace(bytes((lower,)), b"")
    return found.upper() if lower != byte else found


CHOICES: Final = tuple(_choices(byte) for byte in range(256))
_TABLE: Final = tuple(
    (choices * 256)[:256] if choices else bytes((byte,)) * 256 for byte, choices in enumerate(CHOICES)
)


class Surrogates:
    """The keyed function. What `known` holds is not allowed to appear by chance."""

    def __init__(self, key: bytes, known: Known) -> None:
        self._key = hashlib.blake2b(key, person=b"surrogates").digest()
        self._known = known
        self._words: dict[bytes, bytes] = {}

    def word(self, word: bytes) -> bytes:
        """The surrogate of a word of letters and digits."""
        found = self._words.get(word)
        if found is None:
            found = self._made(word)
            if len(word) <= _LONGEST_REMEMBERED:
                if len(self._words) >= _MEMORY:
                    self._words.clear()
                self._words[word] = found
        return found

    def text(self, text: bytes, salt: int = 0) -> bytes:
        """The surrogate of any text in ASCII, as a whole; what is no letter and no digit stays."""
        stream = hashlib.shake_256(self._key + b"text%d:" % salt + text).digest(len(text))
        return self._mended(text, bytes(map(getitem, map(_TABLE.__getitem__, text), stream)), 0)

    def letters(self, text: bytes, alphabet: bytes) -> bytes:
        """As much of `alphabet` as `text` is long: for what may not even show the class of a character."""
        stream = hashlib.shake_256(self._key + b"letters:" + text).digest(len(text))
        size = len(alphabet)
        return bytes([alphabet[byte % size] for byte in stream])

    def stream(self, text: bytes, size: int) -> bytes:
        """Bytes that nobody can tell who has not the key; equal for equal text."""
        return hashlib.shake_256(self._key + b"bytes:" + text).digest(size)

    def mark(self, text: bytes) -> bytes:
        """Sixteen letters, the same for equal text, none of them a hex digit: no part of a token by chance."""
        return self.stream(text, 8).hex().encode().translate(_NO_HEX)

    def _made(self, word: bytes) -> bytes:
        segments = self._known.parts.of(word)
        if not segments:
            return self._chained(word)
        made = bytearray()
        for piece in segments:
            if piece.of is None:
                made += self._chained(word[piece.start : piece.end])
                continue
            whole = self.word(piece.of)
            part = whole[::-1] if piece.reverse else whole
            part = part[piece.offset : piece.offset + piece.end - piece.start]
            made += bytes(map(in_case, part, word[piece.start : piece.end]))
        return bytes(made)

    def _chained(self, word: bytes) -> bytes:
        lower = word.lower()
        kept = 2 if word[:2].upper() in _PREFIXES else 3 if word.startswith(b"eyJ") else 0
        made = bytearray(word[:kept])
        state = hashlib.blake2b(lower[:kept], key=self._key, digest_size=8)
        for place in range(kept, min(len(word), _CHAINED)):
            state.update(lower[place : place + 1])
            made.append(self._chosen(word[place], state.digest()[0], made))
        for start in range(_CHAINED, len(word), _BLOCK):
            block = word[start : start + _BLOCK]
            stream = hashlib.shake_256(state.digest() + self._key).digest(_BLOCK)
            made += bytes(map(getitem, map(_TABLE.__getitem__, block), stream))
            state.update(lower[start : start + _BLOCK])
        return self._mended(word, bytes(made), _CHAINED) if len(word) > _CHAINED else bytes(made)

    def _chosen(self, byte: int, number: int, before: bytearray) -> int:
        """A character for `byte` behind what was made before, that makes no run of a known value."""
        choices = CHOICES[byte]
        if not choices:
            return byte
        found = choices[number % len(choices)]
        if len(before) == 1 and bytes((before[0], found)).upper() in _PREFIXES:
            number += 1
            found = choices[number % len(choices)]
        if len(before) < RUN - 1:
            return found
        last = bytes(before[1 - DIGITS_RUN :]).lower()
        for turn in range(len(choices)):
            found = choices[(number + turn) % len(choices)]
            run = last + bytes((found,)).lower()
            if run not in self._known.runs and run[-RUN:] not in self._known.runs:
                return found
        return found

    def _mended(self, text: bytes, made: bytes, start: int) -> bytes:
        """`made` without runs of known values, behind `start`."""
        runs, lower = self._known.runs, made.lower()
        if runs.isdisjoint([lower[at : at + RUN] for at in range(start, len(lower) - RUN + 1)]) and runs.isdisjoint(
            [lower[at : at + DIGITS_RUN] for at in range(start, len(lower) - DIGITS_RUN + 1)]
        ):
            return made
        mended = bytearray(made)
        for at in range(max(start, RUN - 1), len(made)):
            last = bytes(mended[max(0, at + 1 - DIGITS_RUN) : at + 1]).lower()
            if (last[-RUN:] in runs or last in runs) and CHOICES[text[at]]:
                mended[at] = self._chosen(text[at], mended[at], mended[max(0, at + 1 - DIGITS_RUN) : at])
        return bytes(mended)


def in_case(made: int, original: int) -> int:
    """`made`, the surrogate of a character in another case, in the case of `original`."""
    if 65 <= original <= 90:
        return made - 32 if 97 <= made <= 122 else made
    return made + 32 if 97 <= original <= 122 and 65 <= made <= 90 else made
