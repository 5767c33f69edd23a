"""Lines of a card in a given number of columns, and their colours; for every terminal that shows one."""

from collections.abc import Iterable

from analyzers.card import Line, Span, Style

COLOURS: dict[Style, str] = {
    "title": "bold",
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "dim": "dim",
    "code": "cyan",
    "plain": "",
    "caret": "bold red",
}
"""The style of rich for each style of a span."""


def wrapped(lines: Iterable[Line], width: int) -> Iterable[Line]:
    """`lines` in at most `width` columns where blanks allow; code and the carets under it stay in step."""
    code: Line | None = None
    for line in lines:
        if code is not None:
            if line and line[0].style == "caret":
                yield from _in_step(code, line, width)
                code = None
                continue
            yield code
            code = None
        if any(span.style == "code" for span in line):
            code = line
        else:
            yield from _words(line, width)
    if code is not None:
        yield code


def _words(line: Line, width: int) -> Iterable[Line]:
    text = "".join(span.text for span in line)
    if len(text) <= width:
        yield line
        return
    indent = len(text) - len(text.lstrip()) + 2
    row: list[Span] = []
    column = 0
    for span in line:
        for word in _split(span.text):
            length = len(word.rstrip())
            # A word that fits no row, a URL, is left to the terminal to break.
            if column + length > width and column > indent and length <= width - indent:
                yield _trimmed(row)
                row, column = [Span(" " * indent)], indent
                if not length:
                    continue
            if row and row[-1].style == span.style:
                row[-1] = Span(row[-1].text + word, span.style)
            else:
                row.append(Span(word, span.style))
            column += len(word)
    yield tuple(row)


def _trimmed(row: list[Span]) -> Line:
    """`row` without blanks at its end: one more column than the terminal has would cost an empty line."""
    return (*row[:-1], Span(row[-1].text.rstrip(), row[-1].style)) if row else ()


def _split(text: str) -> list[str]:
    """Words with the blanks behind them, and leading blanks by themselves."""
    words: list[str] = []
    for part in text.split(" "):
        if words:
            words[-1] += " "
        words.append(part)
    return [word for word in words if word]


def _in_step(code: Line, carets: Line, width: int) -> Iterable[Line]:
    """Code and carets cut at the same columns; what is said beside the carets goes below where it does not fit."""
    text = "".join(span.text for span in code)
    marks = carets[0].text
    beside = carets[1:]
    said = sum(len(span.text) for span in beside)
    for start in range(0, max(len(text), len(marks)), width):
        if piece := text[start : start + width]:
            yield (Span(piece, "code"),)
        under = marks[start : start + width]
        if under.strip():
            last = start + width >= len(marks)
            if last and len(under) + said <= width:
                yield (Span(under, "caret"), *beside)
                beside = ()
            else:
                yield (Span(under.rstrip(), "caret"),)
    if beside:
        yield from _words((Span("    "), *(Span(span.text.lstrip(), span.style) for span in beside)), width)
