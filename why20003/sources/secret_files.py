"""Files that are one secret each: what a variable ending in _FILE names, and what Docker and Kubernetes mount.

https://docs.docker.com/compose/how-tos/use-secrets/ (the folder /run/secrets). A Kubernetes secret made of a file is
the content of the file, so a line end that stood there is part of it: docs/facts.md 9.4 (read 2026-11-21).
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzers.expected import Role, Standing
from analyzers.masking import scrub
from analyzers.setting import Reader, Setting
from analyzers.variable_names import FILE_SUFFIX, ROLES, concerns_twilio
from why20003.sources.reading import SECRET, UnreadableSource, content

MOUNTED = Path("/run/secrets")
_PREFIX = "twilio"
_MOST = 50


def named(environment: Mapping[str, str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of every variable ``TWILIO_..._FILE`` that is set."""
    for name in sorted(environment):
        if name.endswith(FILE_SUFFIX) and concerns_twilio(name) and environment[name]:
            yield name, folder / environment[name]


def mounted(folder: Path) -> Iterator[Path]:
    """The files in `folder` whose name begins with ``twilio``."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry, _ in zip(entries, range(1000), strict=False)]
    except (OSError, ValueError):
        return
    yield from (folder / name for name in sorted(names)[:_MOST] if name.lower().startswith(_PREFIX))


def setting_of_named(name: str, path: Path) -> Iterator[Setting]:
    """The value for the variable that `name` without ``_FILE`` is. Raises UnreadableSource."""
    plain = name.removesuffix(FILE_SUFFIX)
    yield _setting(plain, path, f"file of {scrub(name)}", ROLES.get(plain, Role.OTHER), Standing.FOUND)


def setting_of_mounted(path: Path) -> Iterator[Setting]:
    """A mounted secret; its name tells what it is. Raises UnreadableSource."""
    name = path.name.upper().replace("-", "_").replace(".", "_")
    role = ROLES.get(name, Role.OTHER)
    yield _setting(name if name in ROLES else scrub(path.name), path, str(path.parent), role, Standing.ELSEWHERE)


def _setting(name: str, path: Path, origin: str, role: Role, standing: Standing) -> Setting:
    data = content(path, SECRET)
    plain = data.removesuffix(b"\n").removesuffix(b"\r")
    written = data if data != plain else b""
    return Setting(name, plain, origin, Reader.SECRET_FILE, written=written, role=role, standing=standing)


__all__ = ["MOUNTED", "UnreadableSource", "mounted", "named", "setting_of_mounted", "setting_of_named"]
