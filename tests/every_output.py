"""Commands run as a user runs them, and everything that they leave: printed, written, and named."""

import os
import pty
import re
import select
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from canary import RUN, spotted
from every_output_capture import VALUES

BIN: Final = Path(sys.executable).parent
PROGRAM: Final = str(BIN / "why20003")
_NUMBER: Final = re.compile(r"value (\d+)")
_DRAWN: Final = re.compile(
    rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|RQ[0-9a-f]{32}|(?<=fingerprint=')[0-9a-f]{16,}"
)
"""Names of connections and requests, keyed fingerprints: a few of their drawn digits might be a secret's."""
_DRAWN_RUN: Final = 7
"""Digits in a row of an Auth Token that are a find among drawn ones; five come about in one run of fifty."""
_BETWEEN: Final = re.compile(rb"[\n\"<>]")


@dataclass
class Told:
    """What came out, by where: each stream, each file."""

    outputs: dict[str, bytes] = field(default_factory=dict)
    codes: list[int] = field(default_factory=list)
    is_drawn: bool = False
    """Whether much of it is drawn at random: surrogates of Auth Tokens, plain and in base64."""

    def __iadd__(self, other: Self) -> Self:
        for name, data in other.outputs.items():
            self.outputs[f"{len(self.codes)}: {name}"] = data
        self.codes += other.codes
        return self

    @property
    def text(self) -> str:
        """All of it."""
        return b"\n".join(self.outputs.values()).decode("utf-8", "replace")

    def leaks(self, *, but: Iterable[str] = ()) -> list[str]:
        """Which value stands where, in what writing; never the value. Those named in `but` may."""
        names, values = zip(*((name, value) for name, value in VALUES.items() if name not in but), strict=True)
        hex_run = _DRAWN_RUN if self.is_drawn else RUN
        if not spotted(_once(self.outputs.values()), values, hex_run=hex_run):
            return []
        found = {
            f"{where}: {_NUMBER.sub(lambda at: names[int(at[1])], says)}"
            for where, data in self.outputs.items()
            for says in spotted(_DRAWN.sub(b"", data), values, hex_run=hex_run)
        }
        return sorted(found)


def _once(outputs: Iterable[bytes]) -> bytes:
    """Every piece of all texts once, since each format says much again, and what is no text as it is."""
    pieces: dict[bytes, None] = {}
    for data in outputs:
        drawn = _DRAWN.sub(b"", data)
        pieces |= dict.fromkeys(_BETWEEN.split(drawn) if _is_text(data) else [drawn])
    return b"\n".join(pieces)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


@dataclass(frozen=True)
class Place:
    """A folder for one run: where it is, its home, its temporary files. What was there before is no output."""

    root: Path
    given: Path
    """The folder of the recordings."""

    def run(self, *command: str | Path, said: bytes = b"", env: Mapping[str, str] = MappingProxyType({})) -> Told:
        """Run why20003 with these arguments, standard input a pipe."""
        return self.start(PROGRAM, *command, said=said, env=env)

    def start(self, *command: str | Path, said: bytes = b"", env: Mapping[str, str] = MappingProxyType({})) -> Told:
        """Run any command."""
        before = self._files()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.work,
            env=self.environment(env),
            input=said,
            capture_output=True,
            timeout=120,
            check=False,
        )
        told = Told({"stdout": done.stdout, "stderr": done.stderr}, [done.returncode])
        told.outputs |= self.written(before)
        return told

    def on_terminal(self, *command: str | Path) -> Told:
        """Run any command on a terminal of 100 columns."""
        before = self._files()
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.work,
            env=self.environment({"TERM": "xterm-256color", "COLUMNS": "100"}),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        shown = b"".join(_read(leader))
        os.close(leader)
        told = Told({"terminal": shown}, [process.wait(timeout=60)])
        told.outputs |= self.written(before)
        return told

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Without anything of the machine's that could change an output; nothing is found in the real home."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        for name in ("home", "tmp", "work"):
            (self.root / name).mkdir(exist_ok=True)
        return {**kept, "HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp"), **more}

    @property
    def work(self) -> Path:
        """Where the command runs."""
        (self.root / "work").mkdir(exist_ok=True)
        return self.root / "work"

    def _files(self) -> set[Path]:
        return {path for path in self.root.rglob("*") if path.is_file()}

    def written(self, before: set[Path]) -> dict[str, bytes]:
        """The files that are new, by name, with the members of archives, and all names as one more."""
        new = sorted(self._files() - before)
        names = [str(path.relative_to(self.root)) for path in new]
        found = {name: path.read_bytes() for name, path in zip(names, new, strict=True)}
        for name, data in [*found.items()]:
            found |= {f"{name}/{member}": content for member, content in _members(data)}
            if name.endswith(".private.json"):  # stays with whoever made the recording, and says so
                assert b"never send it" in found.pop(name)
                assert stat.S_IMODE((self.root / name).stat().st_mode) == 0o600
        return _without_digests(found) | {"file names": "\n".join(names).encode()}


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist():
                yield info.filename, archive.read(info) + b"\n" + info.comment + info.extra


def _without_digests(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The digests of members go: they are drawn anew with every key, and five of their digits may be a secret's."""
    digests = [sha256(data).hexdigest().encode() for data in found.values()]
    made = {}
    for name, data in found.items():
        kept = data
        for digest in digests:
            kept = kept.replace(digest, b"")
        made[name] = kept
    return made


def _read(terminal: int) -> Iterator[bytes]:
    while select.select([terminal], [], [], 60)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last program has closed it
            return
        if not data:
            return
        yield data


def program(body: str, arguments: Sequence[str | Path]) -> list[str]:
    """The command line behind a few lines of Python that change the tool beforehand."""
    return [
        sys.executable,
        "-c",
        f"import sys\n{body}\nfrom why20003.cli import main\nsys.exit(main({[*map(str, arguments)]!r}))",
    ]
