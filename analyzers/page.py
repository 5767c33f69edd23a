"""The page of a cause: its docstring in parts, its own hit drawn, the nearest thing that it is not, the fix.

All of it is worked out from the rule, so nothing is written twice, and a page shows what a diagnosis would show.
"""

import re
from collections.abc import Sequence
from textwrap import dedent

from analyzers.advice import ADVICE, AdviceKind
from analyzers.catalogue import ADVICE_HEADING, heading_of, place_of
from analyzers.client_fixes import StepByClient, client_fixes
from analyzers.example import Example, NearMiss, example_of, near_miss_of
from analyzers.frozen import dataclass
from analyzers.registry import RULES
from analyzers.rules import Rule

HEADINGS = ("What it does", "Why it fails", "Cannot see", "Fix", "Source")
_HEADING = re.compile(rf"^(?P<heading>{'|'.join(HEADINGS)}):", re.MULTILINE)
_ITEM = re.compile(r"\n(?=\s*[-*] )")
_LOWER_WORD = re.compile(r"[a-z]+(?=[\s,])")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: paragraphs, each one line without a break."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that `explain` shows of one cause, or of one kind of advice."""

    slug: str
    title: str
    group: str
    sections: tuple[Section, ...]
    example: Example | None = None
    near_miss: NearMiss | None = None
    steps: tuple[str, ...] = ()
    """What a diagnosis advises, in words for a client that nobody knows."""
    clients: tuple[StepByClient, ...] = ()
    """Those of the steps that read differently for a client that we know."""
    settle: str = ""
    explains: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()

    def section(self, heading: str) -> tuple[str, ...]:
        """The paragraphs under `heading`; empty where there is none."""
        return next((each.paragraphs for each in self.sections if each.heading == heading), ())


def all_pages(rules: Sequence[Rule] = RULES, advice: Sequence[AdviceKind] = ADVICE) -> tuple[Page, ...]:
    """The page of every cause in the order of the list, then of every kind of advice."""
    listed = sorted(rules, key=lambda rule: place_of(rule.slug))
    return (*(page_of(rule, rules) for rule in listed), *(advice_page(kind) for kind in advice))


def page_of(rule: Rule, rules: Sequence[Rule] = RULES) -> Page:
    """The page of one cause; `rules` are those of which some may explain it."""
    example = example_of(rule)
    steps, clients = client_fixes(rule)
    return Page(
        slug=rule.slug,
        title=rule.title,
        group=heading_of(rule.slug),
        sections=sections_of(rule.page),
        example=example,
        near_miss=near_miss_of(rule, example),
        steps=steps,
        clients=clients,
        settle=rule.settle,
        explains=tuple(other.slug for other in rules if other.slug in rule.explains),
        explained_by=tuple(other.slug for other in rules if rule.slug in other.explains),
    )


def advice_page(kind: AdviceKind) -> Page:
    """The page of one kind of advice."""
    return Page(slug=kind.slug, title=kind.title, group=ADVICE_HEADING, sections=sections_of(kind.page))


def sections_of(page: str) -> tuple[Section, ...]:
    """A docstring in its parts, in its own order; what stands before the first heading has the heading ""."""
    text = dedent(page if page[:1] in {"\n", " "} else "\n" + page)
    marks = list(_HEADING.finditer(text))
    starts = [("", 0), *((mark["heading"], mark.end()) for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    parts = ((heading, text[start:end]) for (heading, start), end in zip(starts, ends, strict=True))
    return tuple(Section(heading, paragraphs) for heading, part in parts if (paragraphs := _paragraphs(part)))


def _paragraphs(text: str) -> tuple[str, ...]:
    """Blocks between empty lines, and items of a list, each on one line."""
    blocks = [item for block in re.split(r"\n\s*\n", text) for item in _ITEM.split("\n" + block.lstrip("\n"))]
    joined = [" ".join(block.split()) for block in blocks]
    return tuple(_sentence(block) for block in joined if block)


def _sentence(text: str) -> str:
    """`text` with a capital, for what followed a heading on its line; a name such as twilio-go stays as it is."""
    return text[:1].upper() + text[1:] if _LOWER_WORD.match(text) else text
