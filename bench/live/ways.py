"""The proxies that are compared, and how each is started in front of the origin."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from live.processes import Process, free_port
from why20003.mitmdump import program

_ASKING: Final = Path(__file__).with_name("asking_only.py")
_HAND_WRITTEN: Final = Path(__file__).with_name("handwritten.py")
PLAIN, ADDON, ASKING, HAND = "mitmdump", "mitmdump -s addon", "mitmdump -s asking-only", "mitmdump -s hand-written"
_SCRIPTS: Final = {PLAIN: (), ADDON: ("-s", "addon"), ASKING: ("-s", str(_ASKING)), HAND: ("-s", str(_HAND_WRITTEN))}
MARKS: Final = {ADDON: b"[why20003:", HAND: b'"hint"'}
"""What stands in a refusal that came through."""


def environment(**more: str) -> dict[str, str]:
    """This process's environment and more, without proxies of its own, and without what keeps Python from compiling."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **more}


@dataclass(frozen=True)
class Place:
    """Where a run keeps its files, and its origin."""

    folder: Path
    authority: Path
    """The certificate that signed the origin's."""
    origin: Process

    def mitmdump(self, way: str, *more: str) -> Process:
        """A mitmdump that sends everything to the origin and prints no line for a flow, which would hide the rest."""
        port = free_port()
        command = [str(program()), "--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", "flow_detail=0"]
        command += [
            "--set",
            f"confdir={self.folder / 'confdir'}",
            "--mode",
            f"upstream:http://127.0.0.1:{self.origin.port}",
        ]
        command += ["--set", f"ssl_verify_upstream_trusted_ca={self.authority}", *_SCRIPTS[way], *more]
        compiled = environment(PYTHONPYCACHEPREFIX=str(self.folder / "compiled"))  # as after an installation
        return Process(command, self.folder / "mitmdump.log", port=port, environment=compiled)


Starts = Callable[[], Process]
"""Starts a proxy."""


class Extent(NamedTuple):
    """How long a run is."""

    rounds: int
    seconds: float
    """Of one round of traffic."""
    starts: int
    downloads: int
    exchanges: int


def ways_of(place: Place, *names: str) -> dict[str, Starts]:
    """How to start each of these."""

    def starts(name: str) -> Starts:
        return lambda: place.mitmdump(name)

    return {name: starts(name) for name in names}
