"""The entries of a netrc file."""

import netrc
import re
from collections.abc import Iterator
from pathlib import Path

from analyzers.expected import Role, Standing
from analyzers.setting import Reader, Setting
from why20003.sources.reading import VARIABLES, UnreadableSource, content

NAMES = (".netrc", "_netrc")
"""In the order in which clients look for them in the home directory."""
_MOST = 200


def entries(path: Path, origin: str, standing: Standing = Standing.ELSEWHERE) -> Iterator[Setting]:
    """Login and password of each machine, and of the default entry. Raises UnreadableSource."""
    text = content(path, VARIABLES).decode("utf-8", "surrogateescape")
    try:
        hosts = netrc.netrc(str(path)).hosts
    except (netrc.NetrcParseError, OSError, ValueError, RecursionError):
        raise UnreadableSource("no netrc file: expected machine, login and password") from None
    for machine, (login, _, password) in list(hosts.items())[:_MOST]:
        host = "" if machine == "default" else machine.lower()
        where = f"machine {machine}" if host else "the default entry"
        line = _line(text, machine)
        for name, value, role in (("login", login, Role.NETRC_LOGIN), ("password", password, Role.NETRC_PASSWORD)):
            yield Setting(
                f"{name} of {where}",
                (value or "").encode("utf-8", "surrogateescape"),
                origin,
                Reader.NETRC,
                line,
                role=role,
                standing=standing,
                host=host,
            )


def _line(text: str, machine: str) -> int:
    """Where the entry begins; the last one of that name counts, as for Python's reader. 0 where it is not found."""
    form = r"(?<!\S)default(?!\S)" if machine == "default" else rf"(?<!\S)machine\s+{re.escape(machine)}(?!\S)"
    found = [*re.finditer(form, text)]
    return text.count("\n", 0, found[-1].start()) + 1 if found else 0


__all__ = ["NAMES", "entries"]
