"""Other programmable proxies, doing the nearest that they can: mockttp (npm) and proxy.py (PyPI).

They are fetched into the run's temporary folder, never into the project's environment.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from live.processes import Process, free_port
from live.ways import Place, Starts, environment

_SCRIPTS: Final = Path(__file__).with_name("peers")
_FETCH_SECONDS: Final = 120
HINT: Final = b'"hint"'


@dataclass(frozen=True)
class Peer:
    """One that could be fetched."""

    name: str
    start: Starts


def fetched(place: Place) -> Iterator[Peer | str]:
    """Those that could be fetched, and of the others one line that says why not."""
    for fetch in (_mockttp, _proxy_py):
        try:
            yield fetch(place)
        except (OSError, subprocess.SubprocessError) as error:
            yield f"{fetch.__name__.strip('_')}: not fetched ({type(error).__name__})"


def _mockttp(place: Place) -> Peer:
    home = place.folder / "mockttp"
    home.mkdir()
    _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(home), "mockttp"])
    version = json.loads((home / "node_modules/mockttp/package.json").read_text(encoding="utf-8"))["version"]
    node = _run(["node", "--version"]).strip()

    def start() -> Process:
        port = free_port()
        command = ["node", str(_SCRIPTS / "mockttp_proxy.mjs"), str(port), str(place.origin.port)]
        return Process(command, place.folder / "peers.log", port=port, environment=environment(MOCKTTP_HOME=str(home)))

    return Peer(f"mockttp {version}, node {node}", start)


def _proxy_py(place: Place) -> Peer:
    home = place.folder / "proxy.py"
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(home), "proxy.py"])
    version = next(home.glob("proxy.py-*.dist-info")).name.removesuffix(".dist-info").rpartition("-")[2]

    def start() -> Process:
        port = free_port()
        command = [
            sys.executable,
            "-P",
            "-m",
            "proxy",
            "--hostname",
            "127.0.0.1",
            "--port",
            str(port),
            "--num-workers",
            "1",
        ]
        command += ["--num-acceptors", "1", "--log-level", "ERROR", "--plugins", "adds_hint.AddsHint"]
        path = os.pathsep.join([str(home), str(_SCRIPTS)])
        process = Process(command, place.folder / "peers.log", port=port, environment=environment(PYTHONPATH=path))
        process.url_port = place.origin.port
        return process

    return Peer(f"proxy.py {version}", start)


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS).stdout
