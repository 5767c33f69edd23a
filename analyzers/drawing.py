"""Draw the offending header with every secret masked and carets under the bytes that matter. Pure text, no colours."""

from analyzers.case import Case
from analyzers.credential import Pair
from analyzers.findings import AUTHORIZATION, PASSWORD, TARGET, USERNAME, Finding
from analyzers.masking import HIDDEN, is_secret, mask_sid, mask_target
from analyzers.twilio import Kind, kind_of

_SHOWN = b" =\"'`,;:<>[]{}()$%"
_CONTROL_PICTURES = {0x7F: "␡"} | {byte: chr(0x2400 + byte) for byte in range(32)}
_LONG_RUN = 12
_MOST_VALUES = 4

Cell = tuple[str, bool]
"""What is shown for one byte, and whether a caret stands under it."""


def draw(case: Case, finding: Finding) -> tuple[str, str] | None:
    """The line and the carets for the first evidence of `finding` that is a span of bytes; None without one."""
    for evidence in finding.evidence:
        span = (evidence.start, evidence.end)
        if evidence.where in {AUTHORIZATION, USERNAME, PASSWORD} and evidence.index >= len(case.credentials):
            continue
        if evidence.where == AUTHORIZATION:
            return _value(case, evidence.index, *span)
        if evidence.where in {USERNAME, PASSWORD} and (pair := case.pair) is not None:
            return _pair(pair, evidence.where, *span)
        if evidence.where == TARGET and evidence.start is not None and evidence.end is not None:
            return _target(case, evidence.start, evidence.end)
    return None


def masked(case: Case) -> tuple[str, ...]:
    """Each Authorization value, and the pair in the first where it can be read, with every secret hidden; no carets."""
    values = [_value(case, index, None, None)[0] for index in range(min(len(case.credentials), _MOST_VALUES))]
    if (pair := case.legible) is not None:
        values.insert(1, _pair(pair, "", None, None)[0])
    return tuple(values)


def _value(case: Case, index: int, start: int | None, end: int | None) -> tuple[str, str]:
    value = case.exchange.request.values(b"authorization")[index]
    scheme = (case.credentials[index].scheme or b"").lower()
    shown_up_to = value.lower().find(scheme) + len(scheme) if scheme in {b"basic", b"bearer"} else 0
    return _line("Authorization: ", _cells(value, start, end, shown_up_to))


def _pair(pair: Pair, where: str, start: int | None, end: int | None) -> tuple[str, str]:
    marks = (start, end)
    username = _half(pair.username, *(marks if where == USERNAME else (None, None)))
    password = _half(pair.password, *(marks if where == PASSWORD else (None, None)))
    return _line("Authorization decoded: ", [*username, (" : ", False), *password])


def _half(half: bytes, start: int | None, end: int | None) -> list[Cell]:
    marked = start is not None
    if not half:
        return [("(empty)", marked)]
    if kind_of(half) in {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}:
        return [(mask_sid(half), marked)]
    if not is_secret(half):
        return [(half.decode("ascii", "replace"), marked)]
    return _cells(half, start, end, 2 if half[:2] in {b"AC", b"SK"} else 0)


def _target(case: Case, start: int, end: int) -> tuple[str, str]:
    target = case.exchange.request.target
    secrets = case.secrets
    before = mask_target(target[:start], secrets)
    here = mask_target(target[start:end], secrets) or "(empty)"
    after = mask_target(target[end:], secrets)
    return _line(f"{case.exchange.request.method[:10]} ", [(before, False), (here, True), (after, False)])


def _cells(text: bytes, start: int | None, end: int | None, shown_up_to: int = 0) -> list[Cell]:
    """One cell for each byte; `start` None marks none, an empty span marks the place where something is missing."""
    first = 0 if start is None else start
    last = len(text) if end is None else end
    cells: list[Cell] = []
    for offset, byte in enumerate(text[:4096]):
        if first == last == offset:
            cells.append(("∅", True))
        marked = start is not None and first <= offset < last
        if byte in _CONTROL_PICTURES:
            cells.append((_CONTROL_PICTURES[byte], marked))
        elif offset < shown_up_to or byte in _SHOWN:
            cells.append((chr(byte), marked))
        elif byte > 126:
            cells.append(("▒", marked))
        else:
            cells.append((HIDDEN, marked))
    if first == last >= len(text):
        cells.append(("∅", True))
    return _shorten(cells)


def _shorten(cells: list[Cell]) -> list[Cell]:
    """Long runs of hidden characters become their count, so that a line fits a terminal."""
    short: list[Cell] = []
    run: list[Cell] = []
    for cell in [*cells, ("", False)]:
        if run and (cell[0] != HIDDEN or cell[1] != run[0][1]):
            if len(run) > _LONG_RUN:
                short.append((f"{HIDDEN * 3}({len(run)}){HIDDEN * 3}", run[0][1]))
            else:
                short.extend(run)
            run = []
        if cell[0] == HIDDEN:
            run.append(cell)
        elif cell[0]:
            short.append(cell)
    return short


def _line(label: str, cells: list[Cell]) -> tuple[str, str]:
    line, carets = label, " " * len(label)
    for text, marked in cells:
        line += text
        carets += ("^" if marked else " ") * len(text)
    return line, carets.rstrip()
