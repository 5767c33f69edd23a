"""``why20003 explain``: the page of a cause, offline."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzers.card import Line
    from analyzers.page import Page
    from why20003.cause_search import Entry

_WRONG_USAGE = 2
_WIDEST = 104
"""Prose in longer lines is hard to read."""
_SCHEMA = "why20003-pages/1"
_REFUSED_CODE = 20003


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def explain(
    cause: Annotated[
        str | None,
        typer.Argument(metavar="CAUSE", help="A cause as diagnose names it, a word or two, a code, or Twilio's text."),
    ] = None,
    format: Annotated[Format, typer.Option(help="Text for people, Markdown, JSON for programs.")] = Format.TEXT,  # noqa: A002 - the option's name
    all: Annotated[bool, typer.Option("--all", help="Every page.")] = False,  # noqa: A002, FBT002 - a flag, named so
) -> None:
    """Explain one cause, or list them all. Needs no network.

    A page says what the check looks at, why the request fails, what the check cannot see, the fix and the source, and
    draws an example. A word such as "swapped" finds causes too, and so do an error code such as 20008 and what Twilio
    said, such as "invalid username".

    Example: why20003 explain halves-swapped
    """
    from why20003 import cause_search, printing

    if all and cause is not None:
        raise typer.BadParameter("name a cause, or --all, not both")
    if all:
        from analyzers.page import all_pages

        _show_pages(all_pages(), format)
        return
    known = cause_search.entries()
    if cause is None:
        _show_list(known, format, whole=True)
        return
    slugs = _meant(cause, known)
    if not slugs:
        # What was typed is not repeated: it may be a secret that was pasted here.
        printing.complain(f"no such cause{_nearest(cause, known)} ('why20003 explain' lists all)")
        raise typer.Exit(_WRONG_USAGE)
    if len(slugs) == 1:
        _show_pages([_page(slugs[0])], format)
        return
    found = sorted((entry for entry in known if entry.slug in slugs), key=lambda entry: slugs.index(entry.slug))
    _show_list(found, format, whole=len(found) == len(known))


def _meant(typed: str, known: "Sequence[Entry]") -> list[str]:
    """The slugs that were asked for: one by its name, several by a code or by words; none."""
    from analyzers.catalogue import CODES
    from why20003.cause_search import by_text, by_words, code_of, slug_of

    slug, names = slug_of(typed), [entry.slug for entry in known]
    if slug in names:
        return [slug]
    code = code_of(typed)
    if code is not None:
        return names if code == _REFUSED_CODE else [name for name in CODES.get(code, ()) if name in names]
    return [name for name in by_text(typed) if name in names] or by_words(typed, known)


def _nearest(typed: str, known: "Sequence[Entry]") -> str:
    from why20003.cause_search import nearest

    found = nearest(typed, known)
    if not found:
        return ""
    return f"; did you mean {', '.join(found[:-1])}{' or ' if len(found) > 1 else ''}{found[-1]}?"


def _page(slug: str) -> "Page":
    from analyzers.advice import ADVICE
    from analyzers.page import advice_page, page_of
    from analyzers.registry import RULES

    rule = next((rule for rule in RULES if rule.slug == slug), None)
    return page_of(rule) if rule else advice_page(next(kind for kind in ADVICE if kind.slug == slug))


# --- showing ----------------------------------------------------------------------------------------------------------


def _show_pages(pages: "Sequence[Page]", format: Format) -> None:  # noqa: A002 - as the option
    from why20003 import printing

    match format:
        case Format.TEXT:
            from itertools import chain

            printing.show(chain.from_iterable(_texts(pages)))
        case Format.MARKDOWN:
            from why20003.page_markdown import document, markdown

            printing.write(document(pages) if len(pages) > 1 else markdown(pages[0]))
        case Format.JSON:
            from dataclasses import asdict

            _write_json({"pages": [asdict(page) for page in pages]})


def _texts(pages: "Sequence[Page]") -> "Iterator[Iterable[Line]]":
    from analyzers.page_text import page_lines

    width = min(_terminal() or _WIDEST, _WIDEST)
    for place, page in enumerate(pages):
        if place:
            yield ((), ())
        yield page_lines(page, width)


def _show_list(known: "Sequence[Entry]", format: Format, *, whole: bool) -> None:  # noqa: A002 - as the option
    """Slug and title of each; under headings when it is the whole list."""
    from itertools import groupby

    from why20003 import printing

    if format is Format.JSON:
        _write_json({"causes": [{"slug": each.slug, "title": each.title, "group": each.group} for each in known]})
        return
    by_group = [(heading, list(members)) for heading, members in groupby(known, key=lambda each: each.group)]
    groups = by_group if whole else [("", list(known))]
    if format is Format.MARKDOWN:
        from why20003.page_markdown import listing

        printing.write(listing(groups).rstrip("\n") + "\n")
        return
    from analyzers.card import Span
    from analyzers.page_text import list_lines

    printing.show(
        list_lines([(heading, [(m.slug, m.title) for m in members]) for heading, members in groups], _terminal())
    )
    printing.show([(), (Span("One page: why20003 explain CAUSE", "dim"),)])


def _write_json(members: dict[str, object]) -> None:
    import json

    from why20003 import printing

    printing.write(json.dumps({"schema": _SCHEMA, **members}, indent=2, ensure_ascii=False, default=_value) + "\n")


def _value(found: object) -> object:
    return getattr(found, "value", None)


def _terminal() -> int | None:
    """Columns of the terminal; None for a pipe or a file."""
    import sys
    from shutil import get_terminal_size

    return get_terminal_size().columns if sys.stdout.isatty() else None
