"""Which files near a folder an application may take its variables from, in the order in which they win.

Where libraries look, and which of two files wins, read on 2026-11-21: python-dotenv's find_dotenv takes the first .env
on the way up; node's dotenv takes the one of the folder it runs in; in a folder .env.MODE.local wins over .env.local,
that over .env.MODE, that over .env (Next.js, Create React App and Ruby's dotenv; Vite and Symfony put .env.MODE before
.env.local). The real environment wins over all of them unless a program asks for the contrary.
docs/facts.md 9.4
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzers.expected import Standing
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from analyzers.setting import Reader
from why20003.sources.reading import VARIABLES, UnreadableSource, content

_UP = 16
"""Folders on the way up."""
_NAMES_READ = 4000
"""Names in a folder; more are left unread."""
_FILES_EACH = 20
# Files that show what variables there are, hold encrypted values, or are left over.
_NO_VALUES = re.compile(
    r"\.(?:example|sample|template|tmpl|dist|defaults?|schema|vault|keys|enc|gpg|age|bak|old|swp)\b|~$", re.IGNORECASE
)
_DOTENV = re.compile(r"\.env(?:\.[\w.-]{1,40})?")
_ENV_FILE = re.compile(r"[\w-][\w.-]{0,40}\.env")
_MODES = ("NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV")
"""Variables whose value is the mode that a program runs in."""
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
# Of Compose's file only the plain forms of env_file: a name, a list of names, a list of `path: name`.
_ENTRY = re.compile(
    r"^[ \t]*env_file[ \t]*:[ \t]*([^\r\n]*)$((?:\r?\n[ \t]*(?:-|path:|required:|format:)[^\r\n]*)*)",
    re.MULTILINE,
)
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_LONGEST = 80
_ITEM = re.compile(r"(?:^[ \t]*-[ \t]*(?:path:[ \t]*)?|^[ \t]*path:[ \t]*)([^\s#][^\r\n#]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may hold variables."""

    path: Path
    origin: str
    """As it is shown: ``../.env``."""
    reader: Reader
    standing: Standing


def candidates(folder: Path, environment: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The files that there are, the one that wins first. Never raises."""
    modes = [value for name in _MODES if (value := environment.get(name, "")) and re.fullmatch(r"[\w-]{1,20}", value)]
    found: list[Candidate] = []
    above = ""
    is_nearest = True
    for level, each in enumerate([folder, *folder.parents][:_UP]):
        names = _names(each)
        found += _dotenv(each, names, modes, above, is_nearest=is_nearest, is_start=not level)
        is_nearest = is_nearest and ".env" not in names
        if not level:
            found += _env_files(each, names)
        above += "../"
    return tuple(found)


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry, _ in zip(entries, range(_NAMES_READ), strict=False)]
    except (OSError, ValueError):
        return []


def _dotenv(  # noqa: PLR0913 - what there is to know of a folder
    folder: Path, names: list[str], modes: list[str], above: str, *, is_nearest: bool, is_start: bool
) -> Iterator[Candidate]:
    order = (*(f".env.{mode}.local" for mode in modes), ".env.local", *(f".env.{mode}" for mode in modes), ".env")
    known = {name: place for place, name in reversed([*enumerate(order)])}
    kept = [name for name in names if _DOTENV.fullmatch(name) and not _NO_VALUES.search(name)]
    for name in sorted(kept, key=lambda name: (known.get(name, len(order)), name))[:_FILES_EACH]:
        loaded = (is_start and name in known) or (is_nearest and name == ".env")
        standing = Standing.FOUND if loaded else Standing.ELSEWHERE
        yield Candidate(folder / name, above + scrub(name), Reader.DOTENV, standing)


def _env_files(folder: Path, names: list[str]) -> Iterator[Candidate]:
    plain = [name for name in names if _ENV_FILE.fullmatch(name) and not _NO_VALUES.search(name)]
    wanted = dict.fromkeys([*sorted(plain)[:_FILES_EACH], *_of_compose(folder, names)])
    for name in wanted:
        if not _DOTENV.fullmatch(name):
            yield Candidate(folder / name, scrub(name), Reader.ENV_FILE, Standing.ELSEWHERE)


def _of_compose(folder: Path, names: list[str]) -> Iterator[str]:
    for name in _COMPOSE:
        if name not in names:
            continue
        try:
            text = content(folder / name, VARIABLES).decode("utf-8", "replace")
        except UnreadableSource:
            continue
        for entry in [*_ENTRY.finditer(text)][:_FILES_EACH]:
            inline = entry[1].strip().strip("[]")
            listed = [part for part in inline.split(",") if part.strip()] or _ITEM.findall(entry[2])
            for one in listed[:_FILES_EACH]:
                plain = one.strip().strip("\"'").removeprefix("./")
                if len(plain) <= _LONGEST and _PATH.fullmatch(plain):
                    yield plain


__all__ = ["Candidate", "candidates"]
