"""Runs mutants of analyzers/ and keeps the result in docs/mutants.md: ./just mutants [analyzers/FILE.py ...]

With --tests PATH (repeatable) only those tests meet the mutants: quick while one writes tests. The survivors are then
printed, and the page stays as it is.
"""

import argparse
import fcntl
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from mutation.changes import mutants
from mutation.reach import Reach, reach
from mutation.report import Outcome, table, updated
from mutation.trial import ENDLESS, KILLED, try_out

_P = ParamSpec("_P")
_T = TypeVar("_T")

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mutants.md"
COPIED = ("addon", "analyzers", "recordings", "score", "tests", "why20003", "docs", "pyproject.toml", "README.md")

# Tables, lists of what there is, made-up traffic for samples, and text: a mutant of them says nothing about a verdict.
DATA = {
    *("redirect_facts", "client_calls", "client_habits", "registry", "catalogue"),
    *("building", "building_tokens", "example", "advice", "client_fixes", "layout", "page"),
}


def modules(names: list[str]) -> list[str]:
    """The modules asked for, or all that decide something."""
    if not names:
        paths = sorted((ROOT / "analyzers").rglob("*.py"))
        return [str(path.relative_to(ROOT)) for path in paths if path.stem not in {*DATA, "__init__"}]
    for name in names:
        if not (name.startswith("analyzers/") and (ROOT / name).is_file()):
            sys.exit(f"mutants: {name} is no module of analyzers/")
    return names


def run(names: list[str], tests: list[str]) -> None:
    print("Which tests run which lines ...", flush=True)
    known = _apart(reach, Path.cwd(), tests)
    if known.failed:
        print(f"{len(known.failed)} tests fail already and are left out", flush=True)
    outcomes = []
    for name in names:
        outcome = _apart(_examined, name, known, tests)
        outcomes.append(outcome)
        if tests:
            for mutant, fate in outcome.survivors:
                print(f"{name}:{mutant.line} {mutant.function} ({fate}): {mutant.change}")
        else:
            _note(outcome)
        print(table([outcome])[-1], flush=True)
    print("\n".join(["", *table(outcomes)]))


def _note(outcome: Outcome) -> None:
    """Into the page, which another run may be writing too."""
    with PAGE.open("a+", encoding="utf-8") as page:
        fcntl.flock(page, fcntl.LOCK_EX)
        page.seek(0)
        text = updated(page.read(), outcome)
        page.truncate(0)
        page.write(text)


def _apart(step: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """Does a step in a process of its own: what one has imported and computed would hide mutants from the next."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        return pool.submit(step, *arguments, **named).result()


def _examined(name: str, known: Reach, tests: list[str]) -> Outcome:
    source = Path(name).read_text(encoding="utf-8")
    made = mutants(source)
    fates = try_out(name, made, known, os.cpu_count() or 1, tests)
    survivors = [(mutant, fate) for mutant, fate in zip(made, fates, strict=True) if fate not in {KILLED, ENDLESS}]
    return Outcome(name, source, len(made), fates.count(ENDLESS), survivors)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./just mutants", description=__doc__)
    parser.add_argument("module", nargs="*", help="analyzers/FILE.py; without one, all")
    parser.add_argument("--tests", action="append", default=[], metavar="PATH", help="only these tests; repeatable")
    options = parser.parse_args()
    names = modules(options.module)
    with tempfile.TemporaryDirectory() as folder:
        for each in COPIED:
            copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
            copy(ROOT / each, Path(folder).resolve() / each)
        os.chdir(folder)
        sys.path[0] = str(Path.cwd())  # so that the copy is imported, whatever is installed
        run(names, options.tests)


if __name__ == "__main__":
    main()
