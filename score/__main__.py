# ruff: noqa: T201 - a command prints
"""How often the engine is right.

    ./just score [--only ID] [--show] [--misses N]

Runs the engine over the labelled cases beside the checkout, the sample captures and the generated corpus, prints the
figures, writes them to docs/accuracy.md, and exits with 1 when a goal is missed. --only replays the cases whose id is,
or begins with, ID; with --show it prints what was sent and all that was found.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from score.corpus.all_cases import corpus
from score.document import document
from score.judging import Judged, judged
from score.labelled import FORMATS, cases_folder, labelled_cases, samples
from score.live import live
from score.showing import show
from score.table import Part, all_misses, by_cause, plain, totals, without_fault
from score.truth import Case

_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
_LABELLED_GOAL, _SAMPLES_GOAL, _CORPUS_GOAL = 1.0, 1.0, 0.99


def main() -> int:
    """Measure, print, publish."""
    parser = argparse.ArgumentParser(prog="./just score", description="How often the engine is right.")
    parser.add_argument("--only", metavar="ID", help="replay one case, or all whose id begins so")
    parser.add_argument("--show", action="store_true", help="with --only: print what was sent and found")
    parser.add_argument("--misses", type=int, default=40, metavar="N", help="how many misses to list (default 40)")
    options = parser.parse_args()
    if options.only is not None:
        return _replay(options.only, shows=options.show)
    began = time.perf_counter()
    parts = _parts()
    _print(parts, options.misses)
    print(live(parts[-1].judged))
    print(f"{sum(len(part.judged) for part in parts)} cases in {time.perf_counter() - began:.0f} s")
    _publish(parts)
    return 0 if all(part.reached for part in parts) else 1


def _parts() -> tuple[Part, ...]:
    return (
        *(_part(f"labelled, .{kind}", labelled_cases(kind), _LABELLED_GOAL) for kind in FORMATS),
        _part("samples", samples(), _SAMPLES_GOAL),
        _part("corpus", corpus(), _CORPUS_GOAL),
    )


def _part(name: str, cases: Iterable[Case], goal: float) -> Part:
    return Part(name=name, judged=tuple(judged(case) for case in cases), goal=goal)


def _print(parts: tuple[Part, ...], listed: int) -> None:
    if not parts[0].judged:
        print(f"No labelled cases in {cases_folder()}: part skipped; WHY20003_CASES names another folder.\n")
    for lines in (totals(parts), by_cause(parts), without_fault(parts)):
        print(plain(lines), end="\n\n")
    misses = all_misses(parts)
    for miss in misses[:listed]:
        print(f"{miss.kind}: {miss.case} [{miss.index}]: wanted {miss.wanted}; found {miss.found}")
    if len(misses) > listed:
        print(f"... and {len(misses) - listed} more: --misses {len(misses)}")


def _publish(parts: tuple[Part, ...]) -> None:
    if not parts[0].judged:
        print("docs/accuracy.md left as it is: it is written only when all parts were measured.")
        return
    _DOCUMENT.write_text(document(parts), encoding="utf-8")
    print("Written: docs/accuracy.md")


def _replay(name: str, *, shows: bool) -> int:
    found = [case for case in _every_case() if case.name == name or case.name.startswith(name.rstrip("/") + "/")]
    if not found:
        print(f"No case is called {name}, and no id begins so.", file=sys.stderr)
        return 2
    outcomes: list[Judged] = [judged(case) for case in found]
    for one in outcomes:
        print(f"{one.case.name}: {'right' if not one.misses else 'missed'}")
        for miss in one.misses:
            print(f"  {miss.kind} [{miss.index}]: wanted {miss.wanted}; found {miss.found}")
        if shows:
            print(show(one.case))
    return 1 if any(one.misses for one in outcomes) else 0


def _every_case() -> Iterator[Case]:
    return chain(*(labelled_cases(kind) for kind in FORMATS), samples(), corpus())


if __name__ == "__main__":
    sys.exit(main())
