"""The header byte by byte: every byte a cell, secrets as dots, the offending ones marked and numbered."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from analyzers.case import Case, case_of
from analyzers.credential import scheme_of
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.findings import AUTHORIZATION, PASSWORD, USERNAME, Evidence
from analyzers.frozen import dataclass
from analyzers.masking import HIDDEN, is_secret
from analyzers.twilio import Kind, kind_of

_SHOWN: Final = frozenset(b" =\"'`,;:<>[]{}()$%.")
_PREFIXES: Final = frozenset({b"AC", b"SK"})
_MOST_VALUES: Final = 4
_SCHEMES: Final = frozenset({b"basic", b"bearer"})
_MOST: Final = 480
"""Cells of a strip that is drawn whole."""
_AROUND: Final = 24
"""Cells kept on either side of a mark, and at both ends, of one that is not."""
_GROUP: Final = 8
_MISSING: Final = "∅"
# Names, since many fonts lack the pictures that a terminal shows: ECMA-48 8.2, RFC 20
_NAMES = """NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS
GS RS US"""
CONTROLS: Final = dict(enumerate(_NAMES.split())) | {127: "DEL"}
_SID_SHOWN: Final = range(6, 30)
"""Places of a SID that are dots: as mask_sid shortens it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown for one byte."""

    glyph: str
    offset: int
    kind: str = "dot"
    """``dot`` for a hidden byte, ``plain`` for one that is shown, ``odd`` for a control or a byte beyond ASCII,
    ``gone`` for a place where something is missing."""
    mark: int = 0
    """Number of the evidence that speaks of it; 0 for none."""
    band: bool = False
    """Whether it stands inside of many that are marked: the first and the last of them say so."""
    byte: str = ""
    """``0A``; empty for a hidden byte."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cells that stand together, or a gap."""

    cells: tuple[Cell, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One value."""

    name: str
    length: int
    groups: tuple[Group, ...]
    legend: tuple[tuple[int, str], ...]
    """Number and words of each piece of evidence that is marked."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Evidence as far as it concerns one strip."""

    number: int
    start: int
    end: int
    says: str

    @property
    def empty(self) -> bool:
        return self.start == self.end


def strips_of(diagnosis: Diagnosis, case: Case | None) -> tuple[Strip, ...]:
    """The values that were sent, with marks where the leading finding speaks of them; none without an exchange."""
    if case is None:
        return ()
    evidence = diagnosis.top.evidence if diagnosis.top else ()
    return tuple(_strips(case, [*enumerate(evidence, 1)]))


def strips_before(case: Case, at: Callable[[int], Exchange | None]) -> tuple[Strip, ...]:
    """Of a request without credentials: the values that it had before a redirect or a gateway took them."""
    places = [hop.index for hop in case.bearing.hops if hop.had_authorization]
    places += [tap.index for tap in case.bearing.taps if tap.had_authorization]
    exchange = next((found for place in places if (found := at(place)) is not None), None)
    return tuple(_strips(case_of(exchange), ())) if exchange else ()


def _strips(case: Case, evidence: Sequence[tuple[int, Evidence]]) -> Iterator[Strip]:
    values = case.exchange.request.values(b"authorization")
    for index, value in enumerate(values[:_MOST_VALUES]):
        spoken = [(n, one) for n, one in evidence if one.where == AUTHORIZATION and one.index == index]
        name = "Authorization, as sent" if len(values) == 1 else f"Authorization {index + 1} of {len(values)}, as sent"
        marks = [_mark(n, one, one.start, one.end) for n, one in spoken if one.start is not None]
        yield _strip(name, value, marks, _clear(case, index, value))
    pair = case.legible
    if pair is None:
        return
    for half, where, name in ((pair.username, USERNAME, "Username"), (pair.password, PASSWORD, "Password")):
        spoken = [(n, one) for n, one in evidence if one.where == where and not one.index]
        marks = [_half_mark(n, one, len(half)) for n, one in spoken]
        yield _strip(f"{name}, decoded", half, marks, frozenset(_clear_half(half)))


def _half_mark(number: int, one: Evidence, length: int) -> _Mark:
    """Evidence that names no bytes of a half means all of it."""
    return _mark(number, one, 0, length) if one.start is None else _mark(number, one, one.start, one.end)


def _mark(number: int, one: Evidence, start: int | None, end: int | None) -> _Mark:
    first = start or 0
    return _Mark(number, first, first if end is None else max(first, end), one.says)


def _clear(case: Case, index: int, value: bytes) -> frozenset[int]:
    """Places of the scheme word, where it is one: any other word may be the secret itself."""
    scheme = (scheme_of(case.credentials[index]) or b"").lower()
    at = value[:4096].lower().find(scheme) if scheme in _SCHEMES else -1
    return frozenset(range(at, at + len(scheme))) if at >= 0 else frozenset()


def _clear_half(half: bytes) -> Iterator[int]:
    if not half or not is_secret(half):
        sid = kind_of(half) in {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}
        yield from (place for place in range(min(len(half), _MOST)) if not (sid and place in _SID_SHOWN))
    elif half[:2] in _PREFIXES:
        yield from (0, 1)


def _strip(name: str, value: bytes, marks: Sequence[_Mark], clear: frozenset[int]) -> Strip:
    groups: list[Group] = []
    behind = 0
    for first, last in _kept(len(value), marks):
        if first > behind:
            groups.append(Group((), first - behind))
        cells = [cell for offset in range(first, last) for cell in _cells(value, offset, marks, clear)]
        if last == len(value):
            cells += [Cell(_MISSING, last, "gone", mark.number) for mark in marks if mark.empty and mark.start >= last]
        groups += _grouped(cells)
        behind = last
    if behind < len(value):
        groups.append(Group((), len(value) - behind))
    return Strip(
        name=name, length=len(value), groups=tuple(groups), legend=tuple((mark.number, mark.says) for mark in marks)
    )


def _cells(value: bytes, offset: int, marks: Sequence[_Mark], clear: frozenset[int]) -> Iterator[Cell]:
    yield from (Cell(_MISSING, offset, "gone", mark.number) for mark in marks if mark.empty and mark.start == offset)
    byte = value[offset]
    mark = next((mark for mark in marks if mark.start <= offset < mark.end), None)
    number = mark.number if mark else 0
    band = mark is not None and mark.end - mark.start > _GROUP and mark.start < offset < mark.end - 1
    told = f"{byte:02X}"
    if byte < 32 or byte == 127:
        yield Cell(CONTROLS[byte], offset, "odd", number, band, told)
    elif byte > 127:
        yield Cell("▒", offset, "odd", number, band, told)
    elif offset in clear or byte in _SHOWN:
        yield Cell("␣" if byte == 32 else chr(byte), offset, "plain", number, band, told)
    else:
        yield Cell(HIDDEN, offset, "dot", number, band)


def _grouped(cells: Sequence[Cell]) -> Iterator[Group]:
    """Groups that begin at round places, so that a place can be counted."""
    group: list[Cell] = []
    for cell in cells:
        if group and cell.kind != "gone" and cell.offset % _GROUP == 0 and cell.offset != group[0].offset:
            yield Group(tuple(group))
            group = []
        group.append(cell)
    if group:
        yield Group(tuple(group))


def _kept(length: int, marks: Sequence[_Mark]) -> list[tuple[int, int]]:
    """The ranges that are drawn: all of a short value; of a long one its ends and what is around the marks."""
    if length <= _MOST:
        return [(0, length)]
    near = [(0, _AROUND), (length - _AROUND, length)]
    ends = [place for mark in marks[:_MOST_VALUES] for place in (mark.start, mark.end)]
    near += [(place - _AROUND, place + _AROUND) for place in ends]
    kept: list[tuple[int, int]] = []
    for low, high in sorted((max(0, low), min(length, high)) for low, high in near):
        if kept and low <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], high))
        elif low < high:
            kept.append((low, high))
    return kept
