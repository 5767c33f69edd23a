"""The pages of `explain` as Markdown, alone or as one document: docs/causes.md."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from analyzers.client_fixes import StepByClient
from analyzers.example import Example
from analyzers.page import Page
from analyzers.page_text import miss_said

# What Markdown would take for its own; an underscore inside a word is safe, and so is all within backticks.
_SPECIAL = re.compile(r"[\\*<>\[\]|#~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_KEPT = re.compile(r"`[^`]*`|https?://[^\s,;)]+[^\s,;).]|docs/(?:facts|clients)\.md")
_OWN_FACTS = re.compile(r"docs/((?:facts|clients)\.md)")
_CALL = re.compile(r"\w\(|=>|\w: \w")
_PROSE = re.compile(r" (?:and|or|with|the|a) |\.\s")
_INTRODUCTION = """\
# The causes

<!-- Made by ./just docs from the files in analyzers/causes/ and from analyzers/advice.py: change those, not this. -->

Every reason for a refused Twilio request that why20003 knows: {causes} causes, and {advice} kinds of advice that stand
beside any cause. `why20003 explain SLUG` shows the same page in a terminal, offline.

A diagnosis accounts for every cause with one word: **confirmed** (the bytes or the history in the capture suffice),
**likely** (specific evidence, another reading exists), **possible** (consistent, nothing specific), **ruled out** (the
capture contradicts it) or **unknown** (cannot be seen; one observation would settle it). The examples are invented, and
every secret in them is masked, as in a diagnosis."""


def document(pages: Sequence[Page]) -> str:
    """All pages with an introduction and a list of contents, grouped."""
    groups: dict[str, list[Page]] = {}
    for page in pages:
        groups.setdefault(page.group, []).append(page)
    causes = sum(page.example is not None or bool(page.settle) for page in pages)
    parts = [_INTRODUCTION.format(causes=causes, advice=len(pages) - causes)]
    parts += [listing(groups.items())]
    for heading, members in groups.items():
        parts.append(f"## {heading}")
        parts += [markdown(page) for page in members]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


class Listed(Protocol):
    """A page, or an entry of the list."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...


def listing(groups: Iterable[tuple[str, Sequence[Listed]]]) -> str:
    """Links to the pages, grouped."""
    lines: list[str] = []
    for heading, pages in groups:
        lines += [f"**{heading}**", ""] if heading else []
        lines += [f"- [{page.slug}](#{page.slug}): {text(page.title)}" for page in pages]
        lines.append("")
    return "\n".join(lines)


def markdown(page: Page) -> str:
    """One page, with the slug as its heading."""
    return "\n\n".join(_blocks(page)) + "\n"


def text(plain: str) -> str:
    """`plain` with what Markdown would interpret escaped; the project's own documents become links."""
    out, end = [], 0
    for kept in _KEPT.finditer(plain):
        out.append(_escaped(plain[end : kept.start()]))
        out.append(_OWN_FACTS.sub(r"[docs/\1](\1)", kept.group()))
        end = kept.end()
    return "".join([*out, _escaped(plain[end:])])


def _escaped(plain: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found.group(), plain)


def _blocks(page: Page) -> Iterator[str]:
    yield f"### {page.slug}"
    yield f"**{text(page.title)}**"
    for section in page.sections:
        if section.heading == "Source":
            continue
        if section.heading == "Fix" and page.example is not None:
            yield from _example(page, page.example)
        yield from _section(section.heading, section.paragraphs)
        if section.heading == "Fix":
            yield from _steps(page)
    if page.settle:
        yield f"**To be sure.** {text(page.settle[:1].upper() + page.settle[1:])}"
    if page.explains:
        yield f"**Explains** {_links(page.explains)}"
    if page.explained_by:
        yield f"**Explained by** {_links(page.explained_by)}"
    yield from _section("Source", page.section("Source"))


def _section(heading: str, paragraphs: Sequence[str]) -> Iterator[str]:
    for place, paragraph in enumerate(paragraphs):
        if paragraph.startswith(("- ", "* ")):
            yield f"- {text(paragraph[2:])}"
        elif place or not heading:
            yield text(paragraph)
        else:
            yield f"**{heading}.** {text(paragraph)}"


def _example(page: Page, example: Example) -> Iterator[str]:
    rows = [f"known: {', '.join(example.known)}"] if example.known else []
    numbered = len(example.exchanges) > 1
    for place, shown in enumerate(example.exchanges, 1):
        rows.append(f"{place}. {shown.line}" if numbered else shown.line)
        if shown.note or numbered:
            rows[-1] += f"  ({shown.note or 'this one is diagnosed'})"
    rows += [f"  {example.code}"] if example.code else []
    rows += [f"  {example.carets} {example.beside}".rstrip()] if example.carets else []
    yield "**Looks like**"
    yield "```text\n" + "\n".join(row.replace("```", "'''") for row in rows) + "\n```"
    if example.evidence:
        yield "\n".join(f"- {text(says)}" for says in example.evidence)
    yield f"> {example.verdict.value}: {text(example.says)}"
    if page.near_miss is not None:
        line, said = page.near_miss.shown, miss_said(page.near_miss)
        yield f"Not this: `{line}` ({text(said)})" if line else f"Not this: {text(said)}"


def _steps(page: Page) -> Iterator[str]:
    if page.steps:
        yield "\n".join(f"{number}. {text(step)}" for number, step in enumerate(page.steps, 1))
    yield from map(_client_fix, page.clients)


def _client_fix(fix: StepByClient) -> str:
    rows = [f"| {text(', '.join(clients))} | {_cell(way)} |" for clients, way in fix.ways]
    return "\n".join([f"| client | {text(fix.lead)} |", "|---|---|", *rows])


def _cell(way: str) -> str:
    """Code as code, unless words stand around it."""
    return _code(way) if _CALL.search(way) and not _PROSE.search(way) else text(way)


def _code(plain: str) -> str:
    mark = "``" if "`" in plain else "`"
    return f"{mark}{plain}{mark}".replace("|", "\\|")


def _links(slugs: Sequence[str]) -> str:
    return ", ".join(f"[{slug}](#{slug})" for slug in slugs)
