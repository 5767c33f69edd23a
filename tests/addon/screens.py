"""The real mitmproxy in a terminal and the real mitmweb for a browser, each in front of the sandbox."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
from live import Proxy, request
from test_other_tools import free_port, tool
from tmux import Terminal, terminal

from why20003.demo.play import sandbox
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE

TOOLS = Path(sys.executable).parent
_SECONDS = 30.0


def basic(username: str, password: str, *more: bytes) -> bytes:
    """The head of a request with this pair and these header lines."""
    flow = httpx.BasicAuth(username, password).auth_flow(httpx.Request("GET", "https://x"))
    return request(b"Authorization: " + next(flow).headers["authorization"].encode(), *more)


SWAPPED = basic(LIVE.auth_token, LIVE.sid)
STRAY = basic(LIVE.sid, LIVE.auth_token + " ")
GOOD = basic(LIVE.sid, LIVE.auth_token)


@dataclass(frozen=True)
class Screen:
    """A running mitmproxy: where its clients come in, and what its user sees."""

    proxy: Proxy
    terminal: Terminal


@contextmanager
def console(work: Path, *more: str, keys: str = "", columns: int = 120, rows: int = 45) -> Iterator[Screen]:
    """The console. `keys` is what stands in its keys.yaml."""
    (work / "conf").mkdir(mode=0o700)
    (work / "conf" / "keys.yaml").write_text(keys)
    port = free_port()
    with sandbox(work) as (upstream, trusted):
        command: list[str | Path] = [
            *(TOOLS / "mitmproxy", "-s", "addon", "--listen-host", "127.0.0.1", "--listen-port", str(port)),
            *("--mode", f"upstream:http://127.0.0.1:{upstream}", "--set", f"confdir={work / 'conf'}"),
            *("--set", f"ssl_verify_upstream_trusted_ca={trusted}", *more),
        ]
        with terminal(work, command, os.environ, columns=columns, rows=rows) as shown:
            running = Mitmdump(work / "conf")
            running.port = port
            _wait_for(port, running.certificate, shown)
            yield Screen(Proxy(running, work / "none", tls=True), shown)


def _wait_for(port: int, certificate: Path, shown: Terminal) -> None:
    deadline = time.monotonic() + _SECONDS
    while not (_listens(port) and certificate.exists()):
        assert time.monotonic() < deadline, f"mitmproxy did not start:\n{shown.screen()}"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Web:
    """A running mitmweb."""

    proxy: Proxy
    url: str
    printed: Path
    """The file with all that it has printed."""


@contextmanager
def mitmweb(work: Path, *more: str) -> Iterator[Web]:
    """The browser UI. Version 12 asks for a password, version 11 knows none."""
    port = free_port()
    options = ["--no-web-open-browser", "--web-port", str(port), *more]
    if _has_password():
        options += ["--set", "web_password=x"]
    with tool("mitmweb", work, *options) as (proxy, printed):
        yield Web(proxy, f"http://127.0.0.1:{port}/?token=x", printed)


@cache
def _has_password() -> bool:
    done = subprocess.run([TOOLS / "mitmweb", "--options"], capture_output=True, text=True, check=True, timeout=60)
    return "web_password" in done.stdout
