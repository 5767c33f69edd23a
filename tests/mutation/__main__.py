"""Runs mutants of analyzers/ and keeps the result in docs/mutants.md: ./just mutants [analyzers/FILE.py ...]"""

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


def run(names: list[str]) -> None:
    print("Which tests run which lines ...", flush=True)
    known = _apart(reach, Path.cwd())
    if known.failed:
        print(f"{len(known.failed)} tests fail already and are left out", flush=True)
    outcomes = []
    for name in names:
        outcome = _apart(_examined, name, known)
        outcomes.append(outcome)
        PAGE.write_text(updated(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "", outcome), "utf-8")
        print(table([outcome])[-1], flush=True)
    print("\n".join(["", *table(outcomes)]))


def _apart(step: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """Does a step in a process of its own: what one has imported and computed would hide mutants from the next."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        return pool.submit(step, *arguments, **named).result()


def _examined(name: str, known: Reach) -> Outcome:
    source = Path(name).read_text(encoding="utf-8")
    made = mutants(source)
    fates = try_out(name, made, known, os.cpu_count() or 1)
    survivors = [(mutant, fate) for mutant, fate in zip(made, fates, strict=True) if fate not in {KILLED, ENDLESS}]
    return Outcome(name, source, len(made), fates.count(ENDLESS), survivors)


def main() -> None:
    names = modules(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for each in COPIED:
            copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
            copy(ROOT / each, Path(folder).resolve() / each)
        os.chdir(folder)
        sys.path[0] = str(Path.cwd())  # so that the copy is imported, whatever is installed
        run(names)


if __name__ == "__main__":
    main()
