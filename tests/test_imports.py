"""The fences between the packages, read from the source: analyzers/ is pure, arrows point towards it."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("addon", "analyzers", "recordings", "why20003")

# What the analyzers may use of the standard library: modules that compute. Some could open a file or ask the
# clock all the same: BACK_DOORS.
PURE = (
    *("__future__", "abc", "base64", "binascii", "bisect", "codecs", "collections", "contextlib", "copy"),
    *("dataclasses", "datetime", "difflib", "email.utils", "enum", "functools", "gzip", "hashlib", "heapq"),
    *(
        "hmac",
        "html",
        "http.HTTPStatus",
        "io.BytesIO",
        "ipaddress",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
    ),
    *(
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "xml.parsers.expat",
        "zlib",
    ),
)
BACK_DOORS = ("open", "input", "print", "now", "today", "utcnow", "localtime")
STANDARD_LIBRARY = tuple(sys.stdlib_module_names)


def is_in(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def in_analyzers(file: Path, name: str) -> str | None:
    if not is_in(name, (*PURE, "analyzers", "jwt")):
        return "analyzers/ imports only itself, jwt and modules that compute"
    is_cause = file.parent.name == "causes" and file.name != "__init__.py"
    if is_cause and is_in(name, ("analyzers.causes",)):
        return "a cause never imports another"
    if is_cause and is_in(name, ("analyzers.registry", "analyzers.diagnosis")):
        return "a cause does not know who calls it"
    return None


def in_recordings(file: Path, name: str) -> str | None:
    if is_in(name, ("analyzers.causes", "analyzers.registry", "analyzers.diagnosis")):
        return "recordings/ knows the analyzers' values, not their verdicts"
    if is_in(name, ("addon", "why20003")):
        return "recordings/ knows neither addon/ nor why20003/"
    if is_in(name, ("mitmproxy",)) and file.as_posix() != "recordings/flows.py":
        return "of recordings/ only flows.py knows mitmproxy"
    return None


EXTRAS = {"addon/webhook.py": ("httpx",), "addon/metrics.py": ("prometheus_client",)}
"""What the extra "observe" brings: each for one module, which imports it when its option is set."""


def in_addon(file: Path, name: str) -> str | None:
    writing = ("recordings.flows", "recordings.mitm_writing", "recordings.redact")
    if is_in(name, ("addon", "analyzers", *writing, "mitmproxy", "rich", *STANDARD_LIBRARY)):
        return None
    if is_in(name, EXTRAS.get(file.as_posix(), ())):
        return None
    return "addon/ imports itself, analyzers, what writes redacted flows, mitmproxy, rich and the standard library"


def in_why20003(_file: Path, name: str) -> str | None:
    return "why20003/ starts mitmproxy, it does not import it" if is_in(name, ("addon", "mitmproxy")) else None


FENCES: dict[str, Callable[[Path, str], str | None]] = {
    "addon": in_addon,
    "analyzers": in_analyzers,
    "recordings": in_recordings,
    "why20003": in_why20003,
}


def imports(tree: ast.AST, file: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of each import, also in functions, by string, or for type checking only."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield node.lineno, alias.name
            case ast.ImportFrom(module=module, names=names, level=level):
                # A relative import counts from the folder of the file, which is level 1.
                start = file.parent.parts[: len(file.parent.parts) - level + 1] if level else ()
                for alias in names:
                    yield node.lineno, ".".join((*start, *([module] if module else []), alias.name))
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="__import__" | "import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def back_doors(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)) if name in BACK_DOORS:
                yield node.lineno, name


def breaches(root: Path) -> list[str]:
    """One line `file:line: what: why` for each import that crosses a fence."""
    found = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            file = path.relative_to(root)
            tree = ast.parse(path.read_bytes(), str(file))
            for line, name in imports(tree, file):
                if says := FENCES[package](file, name):
                    found.append(f"{file.as_posix()}:{line}: {name}: {says}")
            if package == "analyzers":
                found += [
                    f"{file.as_posix()}:{line}: {name}(): analyzers/ has no files, clock or output"
                    for line, name in back_doors(tree)
                ]
    return found


def test_no_import_crosses_a_fence() -> None:
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("file", "source", "starts"),
    [
        ("analyzers/a.py", "import base64\nimport os", "analyzers/a.py:2: os: "),
        ("analyzers/a.py", "import email", "analyzers/a.py:1: email: "),
        ("analyzers/a.py", "def f():\n    from time import time", "analyzers/a.py:2: time.time: "),
        ("analyzers/a.py", "from urllib import request", "analyzers/a.py:1: urllib.request: "),
        ("analyzers/a.py", "from recordings import har", "analyzers/a.py:1: recordings.har: "),
        ("analyzers/a.py", "from .. import why20003", "analyzers/a.py:1: why20003: "),
        ("analyzers/a.py", "import mitmproxy.http", "analyzers/a.py:1: mitmproxy.http: "),
        ("analyzers/a.py", "from datetime import datetime\ndatetime.now()", "analyzers/a.py:2: now(): "),
        ("analyzers/a.py", "open('x')", "analyzers/a.py:1: open(): "),
        ("analyzers/causes/a.py", "from . import b", "analyzers/causes/a.py:1: analyzers.causes.b: "),
        (
            "analyzers/causes/a.py",
            "from analyzers.causes.b import f",
            "analyzers/causes/a.py:1: analyzers.causes.b.f",
        ),
        (
            "analyzers/causes/a.py",
            "from analyzers import causes",
            "analyzers/causes/a.py:1: analyzers.causes: ",
        ),
        (
            "analyzers/causes/a.py",
            "from ..registry import RULES",
            "analyzers/causes/a.py:1: analyzers.registry.RULES",
        ),
        ("recordings/a.py", "from analyzers import causes", "recordings/a.py:1: analyzers.causes: "),
        (
            "recordings/a.py",
            "from analyzers.diagnosis import x",
            "recordings/a.py:1: analyzers.diagnosis.x: ",
        ),
        ("recordings/a.py", "from mitmproxy import http", "recordings/a.py:1: mitmproxy.http: "),
        ("recordings/mitm.py", "def f():\n    import mitmproxy.io", "recordings/mitm.py:2: mitmproxy.io: "),
        ("recordings/a.py", "import why20003.cli", "recordings/a.py:1: why20003.cli: "),
        ("addon/a.py", "from recordings import har", "addon/a.py:1: recordings.har: "),
        ("addon/a.py", "import why20003", "addon/a.py:1: why20003: "),
        ("addon/a.py", "import typer", "addon/a.py:1: typer: "),
        ("addon/a.py", "def f():\n    import httpx", "addon/a.py:2: httpx: "),
        ("why20003/a.py", "import addon.plugin", "why20003/a.py:1: addon.plugin: "),
        ("why20003/a.py", "importlib.import_module('mitmproxy.io')", "why20003/a.py:1: mitmproxy.io: "),
    ],
)
def test_a_breach_is_found_and_placed(tmp_path: Path, file: str, source: str, starts: str) -> None:
    write(tmp_path, file, source)

    [breach] = breaches(tmp_path)

    assert breach.startswith(starts)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("analyzers/a.py", "import collections.abc, xml.parsers.expat\nfrom email.utils import parsedate"),
        ("analyzers/a.py", "from http import HTTPStatus\nimport jwt\nfrom .causes import b"),
        ("analyzers/causes/a.py", "from ..exchange import Exchange\nfrom analyzers.findings import Finding"),
        ("analyzers/causes/__init__.py", "from . import a"),
        (
            "recordings/flows.py",
            "from mitmproxy import io\nimport h11\nfrom analyzers.exchange import Exchange",
        ),
        ("addon/a.py", "import os, rich.console\nfrom mitmproxy import ctx\nfrom recordings import flows"),
        (
            "addon/a.py",
            "from recordings.flows import exchange_of\nfrom . import settings\nfrom analyzers import causes",
        ),
        (
            "why20003/a.py",
            "import typer, recordings.har\nfrom analyzers import causes\nimport addons_of_others",
        ),
    ],
)
def test_what_is_allowed_is_no_breach(tmp_path: Path, file: str, source: str) -> None:
    write(tmp_path, file, source)

    assert breaches(tmp_path) == []


def write(root: Path, file: str, source: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
