"""Lets `mitmdump -s addon` name a folder, or an installed package, that holds a script.py.

Stock mitmproxy takes files only and answers "No such script". This module is installed beside the packages,
not in one, and why20003.pth imports it at every start of a Python in this environment. So it imports nothing
that the interpreter has not loaded already, and waits for mitmproxy; whatever goes wrong, mitmproxy behaves
as without it.
"""

import os
import sys

TYPE_CHECKING = False  # as typing has it, without the time that importing typing takes
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

TARGET = "mitmproxy.addons.script"


def resolve(path: str) -> str:
    """The full path of the script.py that `path` stands for; `path` as it came where there is none."""
    named = os.path.expanduser(path.strip("'\" "))  # the way mitmproxy reads it
    if not named or os.path.isfile(named):
        return path
    for folder in (named, *_installed(named)):
        script = os.path.join(folder, "script.py")
        if os.path.isfile(script):
            return os.path.abspath(script)
    return path


def _installed(name: str) -> "Sequence[str]":
    """The folders of the package `name`, which is looked up but not imported."""
    if not name.isidentifier():  # a path, or a dotted name whose parent would have to be imported
        return ()
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except ValueError:  # __main__ and other modules that never had a spec
        return ()
    return (spec and spec.submodule_search_locations) or ()


def teach(script: "ModuleType") -> None:
    """Makes the Script class of mitmproxy's module resolve its path first."""
    original = script.Script.__init__

    def resolve_first(self: object, path: str, *args: object, **kwargs: object) -> None:
        try:
            found = resolve(path)
        except Exception:
            found = path
        original(self, found, *args, **kwargs)
        if found != path:
            # mitmproxy compares path with the option's value, to see what to keep, unload or reload.
            vars(self).update(path=path, name=f"scriptmanager:{path}")

    script.Script.__init__ = resolve_first


class Finder:
    """Finds nothing itself: waits for the import of mitmproxy's script module, then leaves."""

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        if fullname != TARGET:
            return None
        try:
            return self._spec_that_teaches(path, target)
        except Exception:
            return None

    def _spec_that_teaches(self, path: "Sequence[str] | None", target: "ModuleType | None") -> "ModuleSpec | None":
        """What the other finders answer, with a loader that calls `teach` after the first module it runs."""
        others = (finder for finder in tuple(sys.meta_path) if finder is not self)
        spec = next(filter(None, (finder.find_spec(TARGET, path, target) for finder in others)), None)
        loader = spec.loader if spec else None
        if loader is None:
            return None

        def exec_module(module: "ModuleType") -> None:
            del vars(loader)["exec_module"]
            loader.exec_module(module)
            try:
                sys.meta_path.remove(self)
                teach(module)
            except Exception:
                pass

        vars(loader)["exec_module"] = exec_module
        return spec


sys.meta_path.insert(0, Finder())
