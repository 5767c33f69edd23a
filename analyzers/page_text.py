"""A page of `explain` as lines for a terminal or a pipe, in the style of the cards of `diagnose`."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from analyzers.card import Line, Span, Style, escaped
from analyzers.client_fixes import StepByClient
from analyzers.example import Example, NearMiss
from analyzers.findings import Verdict
from analyzers.page import Page

_INDENT = "  "
_WIDEST_LABEL = 24


def page_lines(page: Page, width: int) -> Iterator[Line]:
    """The whole page in `width` columns; only code and what stands beside its carets may be longer."""
    yield (Span(page.slug, "title"), Span(f": {page.title}"))
    if page.group:
        yield (Span(f"{_INDENT}{page.group}", "dim"),)
    for section in page.sections:
        if section.heading == "Source":
            continue
        if section.heading == "Fix" and page.example is not None:
            yield from _example(page.example, page.near_miss, width)
        yield from _heading(section.heading)
        yield from _prose(section.paragraphs, width)
        if section.heading == "Fix":
            yield from _steps(page, width)
    yield from _rest(page, width)


def list_lines(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], width: int | None) -> Iterator[Line]:
    """One line for each slug and title, aligned; titles are cut at `width`, None for no end."""
    column = max((len(slug) for _, rows in groups for slug, _ in rows), default=0)
    for place, (heading, rows) in enumerate(groups):
        if heading:
            yield from ((),) if place else ()
            yield (Span(heading, "dim"),)
        for slug, title in rows:
            yield (Span(f"{slug:{column}}", "title"), Span(_INDENT + _cut(title, width, column + len(_INDENT))))


def _cut(text: str, width: int | None, column: int) -> str:
    room = len(text) if width is None else max(1, width - column)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _heading(heading: str) -> Iterator[Line]:
    yield ()
    if heading:
        yield (Span(f"{heading}:", "title"),)


def _prose(paragraphs: Iterable[str], width: int) -> Iterator[Line]:
    for place, paragraph in enumerate(paragraphs):
        item = paragraph.startswith(("- ", "* "))
        if place and not item:
            yield ()
        yield from _wrapped(paragraph, width, _INDENT, _INDENT * 2 if item else _INDENT)


def _wrapped(
    text: str, width: int, first: str = _INDENT, rest: str = _INDENT, style: Style = "plain"
) -> Iterator[Line]:
    rows = wrap(
        escaped(text),
        max(width, 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from ((Span(row, style),) for row in rows)


_MARKS: dict[Verdict, Style] = {Verdict.CONFIRMED: "bad", Verdict.LIKELY: "warn"}


def _example(example: Example, near_miss: NearMiss | None, width: int) -> Iterator[Line]:
    yield from _heading("Looks like")
    if example.known:
        yield from _wrapped(f"Known: {', '.join(example.known)}", width, style="dim")
    numbered = len(example.exchanges) > 1
    for place, shown in enumerate(example.exchanges):
        number = f"{place + 1}. " if numbered else ""
        here = numbered and place == example.place
        note = f"  ({shown.note})" if shown.note else "  (this one is diagnosed)" if here else ""
        hanging = _INDENT * 2 + " " * len(number)
        yield from _wrapped(f"{number}{shown.line}{note}", width, _INDENT, hanging, "dim" if shown.note else "plain")
    if example.code:
        yield (Span(_INDENT * 2 + escaped(example.code), "code"),)
    if example.carets:
        yield (Span(_INDENT * 2 + example.carets, "caret"), Span(f" {escaped(example.beside)}"))
    for says in example.evidence:
        yield from _wrapped(f"· {says}", width, _INDENT, _INDENT * 2)
    verdict = f"{example.verdict.value}: {example.says}"
    yield from _wrapped(verdict, width, _INDENT, _INDENT * 2, _MARKS.get(example.verdict, "plain"))
    if near_miss is not None:
        said = miss_said(near_miss)
        words = f"{near_miss.shown} ({said})" if near_miss.shown else said
        yield from _wrapped(f"Not this: {words}", width, _INDENT, _INDENT * 2)


def miss_said(miss: NearMiss) -> str:
    """What speaks against the cause in its near miss."""
    return "; ".join(part for part in (miss.because, f"that is {miss.instead}" if miss.instead else "") if part)


def _steps(page: Page, width: int) -> Iterator[Line]:
    yield from ((),) if page.steps else ()
    for number, step in enumerate(page.steps, 1):
        yield from _wrapped(f"{number}. {step}", width, _INDENT, _INDENT + "   ")
    for fix in page.clients:
        yield from _client_fix(fix, width)


def _client_fix(fix: StepByClient, width: int) -> Iterator[Line]:
    yield ()
    yield from _wrapped(f"{fix.lead}, by client:" if fix.lead else "By client:", width, style="dim")
    labels = [", ".join(clients) for clients, _ in fix.ways]
    column = min(max(map(len, labels)), _WIDEST_LABEL)
    hanging = _INDENT * 2 + " " * (column + 2)
    for label, (_, text) in zip(labels, fix.ways, strict=True):
        if len(label) > column:
            yield from _wrapped(label, width, _INDENT * 2, _INDENT * 2)
            yield from _wrapped(text, width, hanging, hanging, "code")
        else:
            yield from _wrapped(f"{label:{column}}  {text}", width, _INDENT * 2, hanging)


def _rest(page: Page, width: int) -> Iterator[Line]:
    told = (
        ("To be sure", page.settle[:1].upper() + page.settle[1:]),
        ("Explains", ", ".join(page.explains)),
        ("Explained by", ", ".join(page.explained_by)),
    )
    for heading, text in told:
        if text:
            yield from _heading(heading)
            yield from _wrapped(text, width)
    if source := page.section("Source"):
        yield from _heading("Source")
        yield from _prose(source, width)
