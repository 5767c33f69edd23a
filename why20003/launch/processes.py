"""Which programs ran, as far as /proc shows it: to name a client that was never seen on the wire."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from analyzers.frozen import dataclass
from why20003.launch.exemptions import entries, exempts

_PROC = Path("/proc")
_OFTEN, _SELDOM = 0.05, 0.5
_EAGER_LOOKS = 60
_MOST = 64
_FAMILIES = (
    ("python", r"python[\d.]*|pypy[\d.]*"),
    ("node", r"node|nodejs"),
    ("java", r"java"),
    ("ruby", r"ruby[\d.]*|jruby"),
    ("php", r"php[\d.]*|php-fpm[\d.]*|php-cgi[\d.]*"),
    ("deno", r"deno"),
    ("bun", r"bun"),
    ("dotnet", r"dotnet"),
    ("perl", r"perl[\d.]*"),
    ("curl", r"curl"),
    ("wget", r"wget"),
    ("sudo", r"sudo|doas|su"),
    ("docker", r"docker|podman|nerdctl"),
    ("shell", r"sh|bash|dash|zsh|fish|ksh|busybox"),
)
# Go's linker puts the id at the beginning of the program: https://pkg.go.dev/cmd/internal/buildid (read 2026-11-21)
_GO_MARK = b"\xff Go build ID:"
_GO_BYTES = 32 * 1024


@dataclass(frozen=True)
class Ran:
    """A program that ran."""

    name: str
    """Of its file."""
    family: str
    """What it is: python, node, java and so on, go; empty for another."""
    lost: str = ""
    """The variable through which it had lost the way to the proxy when it started; empty for none known."""


class Onlooker:
    """Looks at a process and its descendants from time to time. Sees what lives long enough; never raises."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid = pid
        self._port = port
        self._seen: dict[tuple[int, str], Ran] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        if (_PROC / "self" / "stat").exists():
            self._thread.start()

    def stop(self) -> tuple[Ran, ...]:
        """Look no more; the programs that were seen, each once, in the order of their appearance."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        return tuple(dict.fromkeys(self._seen.values()))

    def _look_on(self) -> None:
        looks = 0
        while len(self._seen) < _MOST:
            for pid in _family(self._pid):
                with suppress(OSError):
                    self._look(pid)
            looks += 1
            if self._over.wait(_OFTEN if looks < _EAGER_LOOKS else _SELDOM):
                return

    def _look(self, pid: int) -> None:
        path = str((_PROC / str(pid) / "exe").readlink())
        if (pid, path) not in self._seen and len(self._seen) < _MOST:
            self._seen[pid, path] = Ran(os.path.basename(path), family(path), _lost(pid, self._port))  # noqa: PTH119


def family(path: str) -> str:
    """What the program at `path` is."""
    name = os.path.basename(path)  # noqa: PTH119 - a text
    found = next((kind for kind, pattern in _FAMILIES if re.fullmatch(pattern, name)), "")
    return found or ("go" if _is_go(path) else "")


def _is_go(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text
            return _GO_MARK in file.read(_GO_BYTES)
    except OSError:
        return False


def _lost(pid: int, port: int) -> str:
    """The variable that keeps the process off the proxy; empty where there is none, or where it cannot be read."""
    try:
        variables = dict(
            one.partition("=")[::2]
            for one in (_PROC / str(pid) / "environ").read_bytes().decode("utf-8", "replace").split("\0")
            if "=" in one
        )
    except OSError:
        return ""
    if not variables:  # it has overwritten them with its title
        return ""
    if not any(f":{port}" in variables.get(name, "") for name in ("HTTPS_PROXY", "https_proxy")):
        return "HTTPS_PROXY"
    return next(
        (name for name in ("NO_PROXY", "no_proxy") if any(map(exempts, entries(variables.get(name, ""))))),
        "",
    )


def _family(pid: int) -> Iterator[int]:
    """`pid` and its descendants."""
    waiting = [pid]
    while waiting:
        one = waiting.pop(0)
        yield one
        with suppress(OSError, ValueError):
            for task in (_PROC / str(one) / "task").iterdir():
                with suppress(OSError):
                    waiting += [int(child) for child in (task / "children").read_text().split()]


def left_behind(folder: Path) -> dict[int, str]:
    """Numbers and names of the processes that were given `folder` in their environment and still run."""
    mark = os.fsencode(folder)
    found: dict[int, str] = {}
    with suppress(OSError):
        for entry in os.scandir(_PROC):
            if entry.name.isdigit():
                with suppress(OSError):
                    if mark in (_PROC / entry.name / "environ").read_bytes():
                        found[int(entry.name)] = (_PROC / entry.name / "comm").read_text("utf-8", "replace").strip()
    return found
