"""Where base64 stands in a text, how many strays there are between its letters, and which of them say something.

What was broken on its way says something only in parts: behind a letter that was lost or put in everything is shifted.
So the parts that read well are looked for at each of the four places where a group of letters may begin. All other
letters are noise, and become other noise: a secret may stand in them at a place where nobody reads it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Final

from analyzers.base64_text import is_text, narrow
from analyzers.frozen import dataclass
from recordings.redaction.base64_layer import Change, decoded, is_clear, rewritten
from recordings.redaction.letters import OLD_WORD, is_spoken
from recordings.redaction.runs import RUN

_LEAST: Final = 12
"""So many bytes of clear text are no chance."""
_LEAST_LETTERS: Final = 16
_MOST: Final = 1_500_000
_TRIMMED: Final = 3
"""Words in front of base64 and behind it that are tried without."""
# An escaped line end, which is none of the letters; padding; letters.
_SYMBOL: Final = re.compile(rb"(?P<stray>%0[aAdD]|\\[rn])|(?P<end>=|%3[dD])|(?P<letters>[A-Za-z0-9+/_-]+)")
_CLEAR: Final = re.compile(rb"[\t\r\n -~]{%d,}" % _LEAST)
_WIDE: Final = re.compile(rb"(?:[\t\r\n -~]\0){%d,}" % _LEAST)
_KEPT: Final = re.compile(rb"[^0-9A-Za-z]{3,}")
_BEYOND_ASCII: Final = re.compile("[^\0-\x7f]+")
_SOME: Final = 2
"""Letters beyond ASCII, in a row, that chance makes of letters that are no base64."""
_CONTROL: Final = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PRINTABLE: Final = bytes(range(32, 127)) + b"\t\r\n"
_PADDING: Final = re.compile(rb"(?:=|%3[dD]){1,2}(?![0-9A-Za-z=%\"'])")
_BARE: Final = re.compile(rb"[0-9A-Za-z]{1,48}")
_HEX: Final = re.compile(rb"[0-9a-fA-F]+")
_DASHES: Final = b"-_"

Noise = Callable[[bytes, int], bytes]
"""Other letters for some, of which the first is at this place of a group of four."""


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of base64 that belong together."""

    start: int
    end: int
    """Offset behind the last letter."""
    places: tuple[int, ...] = field(repr=False)
    """Offset of each letter."""
    parts: tuple[tuple[int, int], ...]
    """Which letters, from and to, say something that can be read; all others are noise."""
    phase: int = 0
    """At which place of a group of four the first letter stands."""

    def rewritten(self, text: bytes, change: Change, noise: Noise) -> bytes:
        """The letters with `change` made to what the parts say, and `noise` in the place of the rest."""
        letters = bytes(text[place] for place in self.places)
        out = bytearray(letters)
        last = 0
        for start, end in (*self.parts, (len(letters), len(letters))):
            out[last:start] = noise(letters[last:start], (self.phase + last) % 4)
            if start < end:
                out[start:end] = rewritten(letters[start:end], change, len(letters))
            last = end
        return bytes(out)


def spans_of(text: bytes, *, short: bool) -> tuple[Span, ...]:
    """The spans of base64 in `text`, in their order; with `short` also of a few letters."""
    if len(text) > _MOST or (len(text) < _LEAST_LETTERS and not short):
        return ()
    groups: list[list[int]] = [[]]
    for symbol in _SYMBOL.finditer(text):
        if symbol.lastgroup == "letters":
            groups[-1].extend(range(*symbol.span()))
        elif symbol.lastgroup == "end" and groups[-1]:
            groups.append([])
    every = [place for group in groups for place in group]
    if len(groups) > 2 and len(every) >= _LEAST_LETTERS and is_clear(decoded(_at(text, every))):
        return (_whole(every),)  # padding in the middle is a stray
    last = groups.pop()
    ended = [span for group in groups for span in _spans(text, group, short=short, ended=True)]
    return (*ended, *_spans(text, last, short=short, ended=False))


def _spans(text: bytes, places: list[int], *, short: bool, ended: bool) -> list[Span]:
    if len(places) < (2 if short else _LEAST_LETTERS):
        return []
    least = 1 if short else _LEAST
    for kept in _choices(text, places):
        plain = decoded(_at(text, kept))
        if len(plain) >= least and (_is_meant(plain) or _is_wide(plain)):
            return [_whole(kept)]
    plain = decoded(_at(text, places))
    if len(plain) >= least and is_text(plain) and not _stays(plain):
        return [_whole(places)]
    return _pieces(text, places) or _noise(text, places, short=short, ended=ended)


def _at(text: bytes, places: list[int]) -> bytes:
    if places and places[-1] - places[0] + 1 == len(places):  # most often, and the long ones nearly always
        return text[places[0] : places[-1] + 1]
    return bytes([text[place] for place in places])


def _choices(text: bytes, places: list[int]) -> Iterator[list[int]]:
    """The letters; those without dashes, which may be strays; and without the first words and the last ones."""
    yield [place for place in places if text[place] not in _DASHES]
    yield places
    starts = [at for at in range(len(places)) if not at or places[at] != places[at - 1] + 1]
    if len(starts) < 2:
        return
    ends = [*starts[1:], len(places)]
    for first in starts[: _TRIMMED + 1]:
        for end in ends[: -_TRIMMED - 2 : -1]:
            if _LEAST_LETTERS <= end - first < len(places):
                yield places[first:end]


def _whole(places: list[int]) -> Span:
    return Span(places[0], places[-1] + 1, tuple(places), ((0, len(places)),))


def _is_meant(plain: bytes) -> bool:
    """Whether it can be read; a few letters beyond ASCII may have come about by chance."""
    return is_clear(plain) and not _stays(plain)


def _is_wide(plain: bytes) -> bool:
    """Whether it is UTF-16 of what can be read; not where a letter that was lost or put in has shifted all behind."""
    said = plain.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return narrow(plain) is not None and is_text(said) and not _stays(said)


def _stays(plain: bytes) -> bool:
    """Whether so much of what base64 says would stay that a secret, written at another place, could be in it.

    Long words beyond ASCII do not stay, nor do those of an old encoding: letters.py.
    """
    if is_clear(plain):
        runs = _BEYOND_ASCII.findall(plain.decode())
        return any(_SOME <= sum(map(is_spoken, run)) < RUN for run in runs)
    if not _CONTROL.search(plain):
        plain = OLD_WORD.sub(b"z", plain)
    return any(run.translate(None, _PRINTABLE) for run in _KEPT.findall(plain))


def _pieces(text: bytes, places: list[int]) -> list[Span]:
    """The stretches of clear text at any alignment; a run of letters without any is no base64."""
    letters = _at(text, places)
    found: list[tuple[int, int]] = []
    for shift in range(4):
        plain = decoded(letters[shift:])
        for pattern in (_CLEAR, _WIDE):
            for clear in pattern.finditer(plain):
                first, last = -(-clear.start() // 3) * 4, clear.end() // 3 * 4
                if clear.end() == len(plain):
                    last = len(letters) - shift
                if last - first >= _LEAST_LETTERS:
                    found.append((shift + first, shift + last))
    parts: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda part: part[0] - part[1]):  # the longest first
        if all(end <= first or last <= start for first, last in parts):
            parts.append((start, end))
    if not parts:
        return []
    # Words of their own in front of the first part and behind the last one are no base64.
    parts.sort()
    first, last = _run_around(places, parts[0][0], parts[-1][1])
    shown = tuple((start - first, end - first) for start, end in parts)
    return [Span(places[first], places[last - 1] + 1, tuple(places[first:last]), shown, first % 4)]


def _run_around(places: list[int], start: int, end: int) -> tuple[int, int]:
    """The letters from `start` to `end` with those that stand next to them without a gap."""
    while start and places[start - 1] == places[start] - 1:
        start -= 1
    while end < len(places) and places[end] == places[end - 1] + 1:
        end += 1
    return start, end


def _noise(text: bytes, places: list[int], *, short: bool, ended: bool) -> list[Span]:
    """Letters that decode to nothing readable, but are no bare secret either: packed, encrypted, reversed."""
    letters = _at(text, places)
    end = places[-1] + 1
    if end - places[0] != len(places) or (len(letters) < _LEAST_LETTERS and not short):
        return []
    padding = _PADDING.match(text, end) if ended else None
    padded = padding is not None and (len(letters) + padding[0].count(b"=") + padding[0].count(b"%")) % 4 == 0
    if _HEX.fullmatch(letters) or (not padded and (not short or _BARE.fullmatch(letters))):
        return []
    return [Span(places[0], end, tuple(places), ())]
