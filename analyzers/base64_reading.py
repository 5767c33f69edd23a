"""Base64 text to a username and a password, however broken it is, with every fault on the way and its place.

Total, linear in the length of the text and free of recursion: each step takes one kind of fault off and hands on.

Sources: RFC 4648 (base64), RFC 7617 (user-id ":" password). What clients make of odd values: docs/clients.md 9.
"""

import base64
import re
from dataclasses import field, replace

from analyzers.base64_text import (
    JWT_LIKE,
    LINE_BREAK,
    LONGEST,
    WHOLE_PAIR,
    Text,
    encoded_pair,
    is_plausible,
    is_printable,
    is_text,
    loose,
    narrow,
    pair_begins,
    strict,
    twilio_shaped,
    unprefixed,
)
from analyzers.flaws import Fault, Flaw, Pair, name_break, name_byte
from analyzers.frozen import dataclass
from analyzers.twilio import API_KEY_SECRET, AUTH_TOKEN, SID, SID_LENGTH, Kind, core_of, kind_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text gives. Without faults, any server decodes it to `pair`."""

    faults: tuple[Fault, ...] = ()
    """Outermost first."""
    pair: Pair | None = field(default=None, repr=False)
    whole: bool = True
    """False when `pair` is only a beginning."""
    decoded: bytes = field(default=b"", repr=False)
    """What base64 gives; the text itself where it is no base64; empty where nothing can be read."""


EDGES = b"\"'<>;,`()[]{}"
_QUOTES = b"\"'`"
_BLANKS = re.compile(rb"[ \t]+")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=_-]+")
_URLSAFE = re.compile(rb"[-_]")
_RUN = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_ESCAPED = re.compile(rb"%(?:3[dD]|2[bBfF])")
_PADDING = re.compile(rb"=+")
_SID, _SECRET = SID.pattern, API_KEY_SECRET.pattern
_BARE = re.compile(_SID + b"|" + AUTH_TOKEN.pattern)
_BARE_PAIR = re.compile(b"(" + _SID + rb")([^0-9A-Za-z:])[ \t]*(" + _SECRET + rb")[^0-9A-Za-z]*")
_HEX_TEXT = re.compile(rb"(?:[0-9a-fA-F]{2}){40,400}")


def read(value: bytes, start: int, end: int) -> Reading:
    """Read value[start:end], which is not empty and has no blank at either edge."""
    body = value[start:end]
    if (bare := _bare(body, start, end)) is not None:
        return bare
    if (twin := _hexadecimal(body, start, end)) is not None:
        return twin
    if (decoded := strict(body)) is not None:
        return _split(decoded, start, end, ())
    stop = min(end, start + LONGEST)
    text = Text(value[start:stop], range(start, stop), stop)
    if broken := LINE_BREAK.search(text.data):
        return _read_broken(text, broken)
    return _read_line(text)


def _bare(body: bytes, start: int, end: int) -> Reading | None:
    """A SID or a token that stands there as it is: 32 hex digits are base64 by chance, not by intent."""
    if _BARE.fullmatch(body):
        what = "a SID" if len(body) == SID_LENGTH else "32 hex digits"
        return Reading((Fault(Flaw.CLEAR_TEXT, start, end, f"{what}, not encoded, and no pair"),), decoded=body)
    if found := _BARE_PAIR.fullmatch(body):
        at = start + found.start(2)
        fault = Fault(Flaw.CLEAR_TEXT, at, at + 1, f"not encoded; {name_byte(found.group(2)[0])} instead of a colon")
        return Reading((fault,), Pair(found.group(1), found.group(3)), decoded=body)
    return None


def _hexadecimal(body: bytes, start: int, end: int) -> Reading | None:
    if not _HEX_TEXT.fullmatch(body):
        return None
    username, colon, password = bytes.fromhex(body.decode("ascii")).partition(b":")
    pair = Pair(username, password)
    if not colon or not twilio_shaped(pair):
        return None
    return Reading((Fault(Flaw.NOT_BASE64, start, end, "hexadecimal instead of base64"),), pair, decoded=body)


def _read_broken(text: Text, broken: re.Match[bytes]) -> Reading:
    """A line break splits the base64, ends it, or lets another header line follow."""
    fault = text.fault(Flaw.LINE_BREAK, *broken.span(), name_break(broken.group()))
    joined = text.without(LINE_BREAK)
    if not joined.data:
        return Reading((fault,))
    head = _clean(text.data[: broken.start()]) if broken.end() < len(text.data) else None
    inner = _read_line(joined)
    if head and (WHOLE_PAIR.fullmatch(head.decoded) or not _is_meant(inner)):
        junk = text.fault(Flaw.JUNK, broken.end(), len(text.data), "another line follows the base64")
        return Reading((fault, junk), head.pair, decoded=head.decoded)
    return replace(inner, faults=(fault, *inner.faults))


def _read_line(text: Text) -> Reading:
    """A text without line breaks."""
    if (decoded := strict(text.data)) is not None:
        return _split(decoded, *text.span(0, len(text.data)), ())
    if b":" in text.data:
        return _read_colon(text)
    if escaped := _ESCAPED.search(text.data):
        fault = text.fault(Flaw.FOREIGN_BYTE, *escaped.span(), "percent sign (%) of a percent-encoded character")
        inner = _read_marked(text.without(_ESCAPED, unescape=True))
        if twilio_shaped(inner.pair):
            return replace(inner, faults=(fault, *inner.faults))
    return _read_marked(text)


def _read_marked(text: Text) -> Reading:
    """A text without colons: marks may stand around it."""
    data = text.data
    core = data.strip(EDGES)
    if core != data:
        lead = data.index(core)
        inner = _read_words(text.part(lead, lead + len(core)))
        if _reads_well(inner):
            return replace(inner, faults=(*_marks(text, lead, lead + len(core)), *inner.faults))
    return _read_words(text)


def _read_colon(text: Text) -> Reading:
    """A colon never occurs in base64, so the pair was not encoded, or junk with a colon follows it."""
    data = text.data
    lead = len(data) - len(data.lstrip(EDGES + b" \t"))
    if (run := _RUN.match(data, lead)) and (head := _clean(run.group())) and twilio_shaped(head.pair):
        junk = text.fault(Flaw.JUNK, run.end(), len(data), "more text follows the base64")
        return Reading((junk,), head.pair, decoded=head.decoded)
    inner = data.strip(_QUOTES) or data
    lead = data.index(inner)
    username, _, password = inner.partition(b":")
    fault = text.fault(Flaw.CLEAR_TEXT, lead, lead + len(inner), "the pair stands there unencoded")
    return Reading((fault,), Pair(username, password), decoded=inner)


def _read_words(text: Text) -> Reading:
    """A text without marks around it: blanks split the base64, or junk follows it."""
    blank = _BLANKS.search(text.data)
    if blank is None:
        return _read_word(text)
    head = text.part(0, blank.start())
    edge = len(head.data.rstrip(EDGES))
    clean = _clean(head.data[:edge].lstrip(EDGES))
    junk = text.fault(Flaw.JUNK, edge, len(text.data), "more text follows the base64")
    if clean and (WHOLE_PAIR.fullmatch(clean.decoded) or head.data[:edge].endswith(b"=")):
        return Reading((junk,), clean.pair, decoded=clean.decoded)
    fault = text.fault(Flaw.BLANK_INSIDE, *blank.span(), name_byte(blank.group()[0]))
    joined = _read_word(text.without(_BLANKS))
    if joined.pair and joined.whole and _is_meant(joined):
        return replace(joined, faults=(fault, *joined.faults))
    if clean:
        return Reading((junk,), clean.pair, decoded=clean.decoded)
    if _reads_well(joined):
        return replace(joined, faults=(fault, *joined.faults))
    return Reading((replace(fault, flaw=Flaw.NOT_BASE64),))


def _read_word(text: Text) -> Reading:
    """A text without blanks: foreign bytes may stand in it, or junk right behind it."""
    data = text.data
    foreign = _FOREIGN.search(data)
    if foreign is None:
        return _read_letters(text)
    if (run := _RUN.match(data)) and (head := _clean(run.group())) and twilio_shaped(head.pair):
        junk = text.fault(Flaw.JUNK, run.end(), len(data), "more text follows the base64")
        if run.group().endswith(b"=") or WHOLE_PAIR.fullmatch(head.decoded):
            return Reading((junk,), head.pair, decoded=head.decoded)
    at = foreign.start()
    cleaned = _read_letters(text.without(_FOREIGN))
    if cleaned.pair and cleaned.whole and is_plausible(cleaned.pair):
        fault = text.fault(Flaw.FOREIGN_BYTE, at, at + 1, name_byte(data[at]))
        return replace(cleaned, faults=(fault, *cleaned.faults))
    return Reading((text.fault(Flaw.NOT_BASE64, at, at + 1, name_byte(data[at])),))


def _is_meant(reading: Reading) -> bool:
    """Whether pieces were rightly joined: all of it reads well, or what stands in front of junk is a whole pair."""
    return _reads_well(reading) or WHOLE_PAIR.fullmatch(reading.decoded) is not None


def _reads_well(reading: Reading) -> bool:
    """Whether the whole text is base64 of something that somebody meant to be read."""
    flaws = {fault.flaw for fault in reading.faults}
    if flaws & {Flaw.CLEAR_TEXT, Flaw.JUNK, Flaw.NOT_BASE64}:
        return False
    return is_text(reading.decoded) or Flaw.WIDE_CHARACTERS in flaws


def _marks(text: Text, start: int, end: int) -> tuple[Fault, ...]:
    """What stands around data[start:end]."""
    places = ((0, start, "in front of"), (end, len(text.data), "behind"))
    return tuple(
        text.fault(Flaw.MARKS, first, last, f"{name_byte(text.data[first])} {where} the base64")
        for first, last, where in places
        if first < last
    )


def _read_letters(text: Text) -> Reading:
    """Text of base64 letters only: alphabet, padding, length, then what it decodes to."""
    data = text.data
    if (exact := strict(data)) is not None:
        return _split(exact, *text.span(0, len(data)), ())
    core = data.rstrip(b"=")
    if not core:
        return Reading((text.fault(Flaw.NOT_BASE64, 0, len(data), "padding and nothing else"),))
    if b"=" in core:
        return _read_padded_inside(text)
    faults: list[Fault] = []
    if urlsafe := _URLSAFE.search(data):
        detail = "a character of the URL-safe alphabet"
        faults.append(text.fault(Flaw.URLSAFE_ALPHABET, *urlsafe.span(), detail))
        core = core.replace(b"-", b"+").replace(b"_", b"/")
    decoded = loose(core)
    if ending := _ending(text, core, decoded):
        faults.append(ending)
    start, end = text.span(0, len(data))
    whole = ending is None or not _lacks_its_end(ending.flaw, decoded)
    reading = _split(decoded, start, end, tuple(faults), whole=whole)
    if urlsafe and not is_plausible(reading.pair):
        return _read_dashed(text, *urlsafe.span())
    wide = any(f.flaw is Flaw.WIDE_CHARACTERS for f in reading.faults)
    if not is_text(decoded) and not wide:
        return Reading((Fault(Flaw.NOT_BASE64, start, end, "letters that decode to no text"),))
    return reading


def _read_dashed(text: Text, start: int, end: int) -> Reading:
    """``-`` and ``_`` that are not of the URL-safe alphabet: put into standard base64, or into no base64 at all."""
    cleaned = text.without(_URLSAFE).data
    name = name_byte(text.data[start])
    if (inner := _clean(cleaned)) and is_plausible(inner.pair):
        return replace(inner, faults=(text.fault(Flaw.FOREIGN_BYTE, start, end, name),))
    return Reading((text.fault(Flaw.NOT_BASE64, start, end, name),))


def _ending(text: Text, core: bytes, decoded: bytes) -> Fault | None:
    """What is wrong at the end of base64 `core`, the text without its padding; None where the end is right."""
    size, needed = len(core), -len(core) % 4
    padding = len(text.data) - size
    stop = len(text.data)
    if needed == 3:
        flaw = Flaw.PADDING_WRONG if WHOLE_PAIR.match(decoded) else Flaw.TRUNCATED
        return text.fault(flaw, stop, stop, f"{size} characters cannot be base64")
    if padding < needed:
        flaw = Flaw.TRUNCATED if not padding and pair_begins(decoded) else Flaw.PADDING_MISSING
        return text.fault(flaw, stop, stop, f"{needed - padding} of {needed} padding characters missing")
    if padding > needed:
        return text.fault(Flaw.PADDING_WRONG, size + needed, stop, "too much padding")
    if needed and base64.b64encode(decoded).rstrip(b"=") != core:
        return text.fault(Flaw.STRAY_BITS, size - 1, size, "the last character holds bits that no encoder sets")
    return None


def _lacks_its_end(flaw: Flaw, decoded: bytes) -> bool:
    """Whether what decodes may be a beginning only: cut for sure, or without padding and with a strange last half."""
    if flaw is Flaw.TRUNCATED:
        return True
    last = (narrow(decoded) or decoded).rpartition(b":")[2]
    start, end = core_of(last)
    return flaw is Flaw.PADDING_MISSING and kind_of(last[start:end]) is Kind.TEXT


def _read_padded_inside(text: Text) -> Reading:
    """Padding in the middle: two base64 texts in a row, or junk right behind one."""
    data = text.data
    padding = _PADDING.search(data)
    if padding is None:
        return Reading()
    head = _clean(data[: padding.end()])
    fault = text.fault(Flaw.PADDING_WRONG, *padding.span(), "padding in the middle")
    if head is None or not WHOLE_PAIR.fullmatch(head.decoded):
        pieces = _PADDING.split(data, maxsplit=4)
        for decoded in (b"".join(map(loose, pieces)), loose(data.replace(b"=", b""))):
            username, colon, password = decoded.partition(b":")
            if colon and twilio_shaped(pair := Pair(username, password)):
                return Reading((fault,), pair, decoded=decoded)
    if head and twilio_shaped(head.pair):
        junk = text.fault(Flaw.JUNK, padding.end(), len(data), "more text follows the base64")
        return Reading((junk,), head.pair, decoded=head.decoded)
    return Reading((replace(fault, flaw=Flaw.NOT_BASE64),))


def _clean(data: bytes) -> Reading | None:
    """The reading of strict base64 of a readable pair, else None."""
    decoded = strict(data)
    if decoded is None or not is_printable(decoded):
        return None
    username, colon, password = decoded.partition(b":")
    return Reading((), Pair(username, password), decoded=decoded) if colon and len(decoded) > 1 else None


def _split(decoded: bytes, start: int, stop: int, faults: tuple[Fault, ...], *, whole: bool = True) -> Reading:
    """Split what base64 gave at its colon, or say why there is none."""
    text = decoded
    if (narrowed := narrow(decoded)) is not None:
        faults = (*faults, Fault(Flaw.WIDE_CHARACTERS, start, stop, "UTF-16 text, two bytes for each character"))
        text = narrowed
    if JWT_LIKE.fullmatch(unprefixed(text)):
        fault = Fault(Flaw.TOKEN_IN_BASIC, start, stop, "what decodes is a JSON Web Token")
        return Reading((*faults, fault), None, whole, decoded)
    username, colon, password = text.partition(b":")
    if colon:
        return Reading(faults, Pair(username, password), whole, decoded)
    if pair := encoded_pair(text):
        fault = Fault(Flaw.DOUBLED, start, stop, "what decodes is base64 once more")
        return Reading((*faults, fault), pair, whole, decoded)
    fault = Fault(Flaw.COLON_MISSING, start, stop, "no colon in what decodes")
    return Reading((*faults, fault), None, whole, decoded)
