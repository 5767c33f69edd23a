"""The header as text diagnoses draw it, cell by cell: for pages made without the exchanges."""

from typing import Final

from analyzers.diagnosis import Diagnosis
from why20003.report.strips import CONTROLS, Cell, Group

_LONGEST: Final = 400
_PICTURES: Final = {chr(0x2400 + byte): name for byte, name in CONTROLS.items() if byte < 32} | {"␡": CONTROLS[127]}


def drawn_cells(diagnosis: Diagnosis) -> tuple[str, tuple[Group, ...]] | None:
    """The label and the cells of the drawing that a diagnosis carries; None where it has none."""
    if not diagnosis.drawing or not diagnosis.drawing[0]:
        return None
    line, carets = diagnosis.drawing
    label, colon, text = line.partition(": ")
    if not colon:
        label, text = "", line
    start = len(line) - len(text)
    marks = carets.ljust(len(line))[start:]
    groups: list[Group] = []
    for number, word in enumerate(_runs(text[:_LONGEST], marks)):
        glyphs, marked = word
        groups.append(Group(tuple(Cell(glyph, number, "plain", int(marked)) for glyph in glyphs)))
    if len(text) > _LONGEST:
        groups.append(Group((), len(text) - _LONGEST))
    return label, tuple(groups)


def _runs(text: str, marks: str) -> list[tuple[list[str], bool]]:
    """Runs of characters that are all marked, or all not."""
    runs: list[tuple[list[str], bool]] = []
    for letter, mark in zip(text, marks, strict=False):
        marked = mark == "^"
        if not runs or runs[-1][1] != marked:
            runs.append(([], marked))
        runs[-1][0].append(_PICTURES.get(letter, letter))
    return runs
