"""``why20003 explain``: the page of a cause, offline."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzers.card import Line

_NEAREST = 3


def explain(
    cause: Annotated[str | None, typer.Argument(metavar="CAUSE", help="A cause as diagnose names it.")] = None,
) -> None:
    """Explain one cause, or list them all.

    A page says what the check looks at, why the request fails, what the check cannot see, the fix and the source.

    Example: why20003 explain halves-swapped
    """
    from why20003 import printing

    if cause is None:
        printing.show(_list())
        return
    slug = cause.strip().lower().replace("_", "-")
    lines = _page(slug)
    if lines is None:
        # What was typed is not repeated: it may be a secret that was pasted here.
        printing.complain(f"no such cause{_nearest(slug)} ('why20003 explain' lists all)")
        raise typer.Exit(2)
    printing.show(lines)


def _page(slug: str) -> "list[Line] | None":
    from analyzers.card import Span
    from analyzers.registry import RULES, UNDETECTED

    for rule in RULES:
        if rule.slug == slug:
            title = (Span(rule.slug, "title"), Span(f": {rule.title}"))
            return [title, (), *((Span(line),) for line in rule.page.strip().splitlines())]
    for known in UNDETECTED:
        if known.slug == slug:
            return [
                (Span(known.slug, "title"), Span(f": {known.title}")),
                (),
                (Span("No check looks for this cause yet, so a diagnosis lists it as unknown."),),
                (),
                (Span(f"To be sure: {known.settle}"),),
            ]
    return None


def _list() -> "list[Line]":
    from analyzers.card import Span
    from analyzers.registry import RULES, UNDETECTED

    width = max(len(slug) for slug in _slugs())
    return [
        *((Span(f"{rule.slug:{width}}", "title"), Span(f"  {rule.title}")) for rule in RULES),
        (),
        (Span("Known, but no check looks for them yet:", "dim"),),
        *((Span(f"{known.slug:{width}}", "title"), Span(f"  {known.title}")) for known in UNDETECTED),
    ]


def _slugs() -> list[str]:
    from analyzers.registry import RULES, UNDETECTED

    return [*(rule.slug for rule in RULES), *(known.slug for known in UNDETECTED)]


def _nearest(slug: str) -> str:
    from difflib import get_close_matches

    slugs = _slugs()
    found = get_close_matches(slug[:80], slugs, _NEAREST) or [name for name in slugs if slug and slug in name]
    return f"; did you mean {' or '.join(found[:_NEAREST])}?" if found else ""
