"""docs/mutants.md: the figures of each module, and each survivor with the reason, which is written by hand and kept."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mutation.changes import Mutant

UNEXPLAINED = {"survived": "Not looked into.", "unreached": "No test runs it."}

_HEAD = """\
# Mutants

A mutant is `analyzers/` with one small change inside one function; the tests should notice each. `./just mutants`
makes them all, `./just mutants analyzers/endpoint.py` those of one module, and writes this page; the reasons below are
written by hand and are kept. With `--tests tests/analyzers/test_endpoint.py` only those tests are run and survivors
printed: for writing tests. Not in CI: all modules together take an hour or more.

Changed are operators, comparisons, numbers, bytes, words, arguments, conditions, assignments and cases. Not changed:
text for people (a literal with a blank in it), the case of a codec's name, what stands outside functions (patterns,
tables, pages, samples) and defaults of parameters. Left out are modules that are tables or text. A mutant meets each
test of `tests/analyzers` that runs its line and takes at most a second, except `test_absurd_input.py`. Endless ones
count as killed. The checksum is that of the module that was measured: the figures of a module that has changed since
are old.
"""
_ROW = re.compile(r"^\| `(analyzers/[\w/]+\.py)` \|.*$", re.MULTILINE)
_SECTION = re.compile(r"^## `(analyzers/[\w/]+\.py)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SURVIVOR = re.compile(r"^- line \d+, (.+)\n  (.+)$", re.MULTILINE)
_TITLES = ("Module", "Mutants", "Killed", "Endless", "Survived", "Killed %", "Checksum")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mutants of one module."""

    module: str
    source: str
    made: int
    endless: int
    survivors: Sequence[tuple[Mutant, str]]


def table(outcomes: Iterable[Outcome]) -> list[str]:
    return [f"| {' | '.join(_TITLES)} |", f"|---{'|--:' * 5}|---|", *map(_row, outcomes)]


def updated(page: str, outcome: Outcome) -> str:
    """`page` with what is known now of one module; the reasons stay with the changes they were written for."""
    rows = {match[1]: match[0] for match in _ROW.finditer(page)} | {outcome.module: _row(outcome)}
    sections = {match[1]: match[2].strip() for match in _SECTION.finditer(page)}
    found = _SURVIVOR.findall(sections.get(outcome.module, ""))
    reasons = {change: reason for change, reason in found if reason not in UNEXPLAINED.values()}
    sections[outcome.module] = "\n".join(
        f"- line {survivor.line}, {_named(survivor)}\n  {reasons.get(_named(survivor), UNEXPLAINED[fate])}"
        for survivor, fate in outcome.survivors
    )
    figures = [*table([])[:2], *(rows[module] for module in sorted(rows))]
    survivors = [f"## `{module}`\n\n{text}\n" for module, text in sorted(sections.items()) if text]
    return "\n".join([_HEAD, *figures, "", *survivors])


def _row(outcome: Outcome) -> str:
    survived = len(outcome.survivors)
    killed = outcome.made - survived
    percent = f"{100 * killed / outcome.made:.1f}" if outcome.made else "-"
    checksum = hashlib.sha256(outcome.source.encode()).hexdigest()[:8]
    cells = (f"`{outcome.module}`", outcome.made, killed, outcome.endless, survived, percent, checksum)
    return f"| {' | '.join(map(str, cells))} |"


def _named(mutant: Mutant) -> str:
    return f"`{mutant.function}`: `` {mutant.change} ``"
