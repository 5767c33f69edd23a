"""The places that somebody names with --expect: the environment, a .env file, a netrc."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from analyzers.expected import Expected, Standing
from analyzers.setting import ENVIRONMENT as PLACE
from analyzers.variable_names import ROLES
from why20003.sources import dotenv_file, netrc_file
from why20003.sources.reading import UnreadableSource, reason

ENVIRONMENT = "env"
_LARGEST = 1 << 20


def expected_from(sources: list[str]) -> tuple[Expected, ...]:
    """The credentials of each source in order: ``env``, the path of a netrc file, or of a .env file.

    Raises UnreadableSource.
    """
    found: list[Expected] = []
    for source in sources:
        if source == ENVIRONMENT:
            found.extend(_of_environment(os.environ))
            continue
        path = Path(source)
        try:
            if path.stat().st_size > _LARGEST:
                raise UnreadableSource(f"{source}: larger than 1 MB, so no file of variables")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableSource(f"{source}: {reason(error)}") from None
        found.extend(_of_netrc(path) if path.name in netrc_file.NAMES else _of_dotenv(path, text))
    return tuple(found)


def _of_environment(environment: Mapping[str, str]) -> Iterator[Expected]:
    for name, role in ROLES.items():
        if name in environment:
            yield Expected(role, name, PLACE, os.fsencode(environment[name]))


def _of_dotenv(path: Path, text: str) -> Iterator[Expected]:
    """The last binding of a name counts, as in python-dotenv and its relatives."""
    found: dict[str, Expected] = {}
    for line in dotenv_file.lines(text):
        if line.name not in ROLES:
            continue
        value, written = (part.encode("utf-8", "surrogateescape") for part in (line.value, line.written))
        found[line.name] = Expected(
            ROLES[line.name],
            line.name,
            f"{path.name} line {line.number}",
            value,
            written=written if written != value else b"",
        )
    yield from found.values()


def _of_netrc(path: Path) -> Iterator[Expected]:
    try:
        for one in netrc_file.entries(path, path.name, Standing.GIVEN):
            if (expected := replace(one, line=0).expected()) is not None:
                yield expected
    except UnreadableSource as error:
        raise UnreadableSource(f"{path}: {error}") from None


__all__ = ["ENVIRONMENT", "expected_from"]
