"""Find the cause that somebody means: by slug, by words, by an error code, or by the nearest name.

What was typed is never part of a result: it may be a secret that was pasted here.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from analyzers.frozen import dataclass

_LONGEST = 200
_LONGEST_WORD = 30
_MOST_FOUND = 8
_NEAREST = 3
_ALIKE = 0.72
"""From this likeness on, of 1, a name is near enough to be offered; below it, pasted secrets would find some."""
_MUCH_BETTER = 0.15
_WORD = re.compile(r"[a-z0-9]+")
_IDLE = frozenset("a an and are as at by for from i in is it my no not of on or the to was what why with".split())  # noqa: SIM905 - reads better
_CODE = re.compile(r"(?:error|code|twilio|http|#|\s|:)*(\d{3}|\d{5,6})[\s.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found."""

    slug: str
    title: str
    group: str
    text: str
    """The rest of the page, which counts for less than slug and title."""


def entries() -> list[Entry]:
    """Every cause and then every kind of advice, in the order of the list."""
    from analyzers.advice import ADVICE
    from analyzers.catalogue import ADVICE_HEADING, heading_of, place_of
    from analyzers.registry import RULES

    causes = sorted(RULES, key=lambda rule: place_of(rule.slug))
    return [
        *(Entry(rule.slug, rule.title, heading_of(rule.slug), _prose(rule.page)) for rule in causes),
        *(Entry(kind.slug, kind.title, ADVICE_HEADING, _prose(kind.page)) for kind in ADVICE),
    ]


def _prose(page: str) -> str:
    """What a page says. Its samples are not searched: they would match nearly everything."""
    return " ".join(page.split())


def slug_of(typed: str) -> str:
    """How a slug would be spelt that was typed with capitals, blanks or underscores."""
    return re.sub(r"[\s_-]+", "-", typed[:_LONGEST].strip().lower())


def code_of(typed: str) -> int | None:
    """The error code, or HTTP status, in ``20008`` or ``error 20008``; None for anything else."""
    found = _CODE.fullmatch(typed[:_LONGEST].strip())
    return int(found.group(1)) if found else None


def by_text(typed: str) -> tuple[str, ...]:
    """Slugs of the causes that Twilio's own text speaks for, where `typed` is or ends in one; else none."""
    from analyzers.catalogue import LAST_WORD, TEXTS

    plain = " ".join(typed[:_LONGEST].lower().split())
    word, slugs = LAST_WORD
    if plain.rstrip(" .\"'").endswith(word):
        return slugs
    return next((found for text, found in TEXTS if text in plain), ())


def by_words(typed: str, known: Sequence[Entry]) -> list[str]:
    """Slugs of the entries that speak of what was typed, the nearest first.

    Those that have every word in slug or title; without one, those that have some there and the rest in their text.
    None when a word is known to no entry, or when a slug was meant and misspelt.
    """
    words = [word for word in _WORD.findall(typed[:_LONGEST].lower()) if word not in _IDLE]
    if not words or any(not 2 <= len(word) <= _LONGEST_WORD for word in words):
        return []
    names = [_words(f"{entry.slug} {entry.title}") for entry in known]
    named = [entry.slug for entry, name in zip(known, names, strict=True) if _count(words, name) == len(words)]
    if named or "-" in typed or "_" in typed:
        return named
    texts = [_words(entry.text) for entry in known]
    if any(not any(_count([word], name | text) for name, text in zip(names, texts, strict=True)) for word in words):
        return []
    scored = [
        (_count(words, name | text), _count(words, name), -place)
        for place, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    fitting = sorted((each for each in scored if each[0] == len(words) or each[1]), reverse=True)
    return [known[-place].slug for _, _, place in fitting[:_MOST_FOUND]]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _count(wanted: Iterable[str], words: set[str]) -> int:
    return sum(any(_same(one, word) for word in words) for one in wanted)


def _same(wanted: str, word: str) -> bool:
    """Whether `wanted` is `word`, its beginning, or `word` with an ending: swap, swapped; redirects, redirect."""
    if len(wanted) < 3:
        return wanted == word
    return word.startswith(wanted) or (len(word) >= 4 and wanted.startswith(word) and len(wanted) <= len(word) + 3)


def nearest(typed: str, known: Sequence[Entry]) -> list[str]:
    """The slugs most like `typed`, the nearest first; none when nothing is near."""
    slug = slug_of(typed)[:80]
    words = [word for word in slug.split("-") if word and word not in _IDLE]
    if not words:
        return []
    scored = [(_likeness(slug, words, entry), -place, entry.slug) for place, entry in enumerate(known)]
    best = sorted((each for each in scored if each[0] >= _ALIKE), reverse=True)[:_NEAREST]
    return [name for score, _, name in best if score >= best[0][0] - _MUCH_BETTER]


def _likeness(slug: str, words: Sequence[str], entry: Entry) -> float:
    """Of the whole, or of its words each with the nearest word of the entry, whichever is greater."""
    names = [word for word in _words(f"{entry.slug} {entry.title}") if word not in _IDLE]
    own = entry.slug.split("-")
    each = sum(max(_ratio(word, other) for other in names) for word in words) / len(words)
    covered = sum(max(_ratio(word, other) for other in words) for word in own) / len(own)
    return max(_ratio(slug, entry.slug), (2 * each + covered) / 3)


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.5 else 0.0
