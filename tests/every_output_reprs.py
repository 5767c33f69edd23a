"""Run commands and write down what every dataclass of the tool says of itself meanwhile: FOLDER, then a JSON of them.

A program of its own, since it changes the classes.
"""

import dataclasses
import importlib
import json
import pkgutil
import re
import sys
from collections import defaultdict
from pathlib import Path

from why20003.cli import main

_MOST = 400
"""Objects of each class that are looked at."""
_BETWEEN = re.compile(r"(?<=[,(]) ?")
_RUNS_BY_ITSELF = "__main__"


def classes() -> list[type]:
    """Every dataclass and named tuple of the four packages; the addon's need mitmproxy, which is there."""
    found: dict[type, None] = {}
    for package in ("analyzers", "recordings", "why20003", "addon"):
        folder = importlib.import_module(package)
        for module in pkgutil.walk_packages(folder.__path__, f"{package}."):
            if module.name.endswith((_RUNS_BY_ITSELF, "faults")) or ".startup" in module.name:
                continue
            for each in vars(importlib.import_module(module.name)).values():
                if isinstance(each, type) and each.__module__ == module.name and _is_record(each):
                    found[each] = None
    return [*found]


def _is_record(each: type) -> bool:
    return dataclasses.is_dataclass(each) or (issubclass(each, tuple) and hasattr(each, "_fields"))


def watch(each: type, seen: dict[str, list[object]]) -> None:
    """Keep the objects of a class that are made from now on."""
    kept = seen[f"{each.__module__}.{each.__qualname__}"]
    if dataclasses.is_dataclass(each):
        original = each.__init__

        def made(self: object, *args: object, **kwargs: object) -> None:
            original(self, *args, **kwargs)
            if len(kept) < _MOST:
                kept.append(self)

        each.__init__ = made  # type: ignore[method-assign] # that is the point
        return
    create = each.__new__

    def created(cls: type, *args: object, **kwargs: object) -> object:
        new = create(cls, *args, **kwargs)
        if len(kept) < _MOST:
            kept.append(new)
        return new

    each.__new__ = staticmethod(created)  # type: ignore[method-assign, assignment] # the same


def _parts(each: object) -> list[str]:
    """What it says, by members: most of it others say too."""
    return [part for text in {repr(each), str(each)} for part in _BETWEEN.split(text)]


def run(folder: Path, commands: list[list[str]]) -> None:
    """What the objects say goes into `folder`, and the names of the classes that had none."""
    seen: defaultdict[str, list[object]] = defaultdict(list)
    for each in classes():
        watch(each, seen)
    for command in commands:
        main(command)
    said = {part: name for name, kept in [*seen.items()] for each in kept for part in _parts(each)}
    says = "\n".join(f"{name}: {part}" for part, name in said.items())
    (folder / "reprs").write_text(says, encoding="utf-8", errors="backslashreplace")
    (folder / "unseen").write_text("\n".join(sorted(name for name, kept in seen.items() if not kept)))


if __name__ == _RUNS_BY_ITSELF:
    run(Path(sys.argv[1]), json.loads(sys.argv[2]))
