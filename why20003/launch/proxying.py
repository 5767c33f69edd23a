"""mitmdump for one run: started beside us, listened to, and ended.

What it needs to know and what it saw pass through pipes (addon/launched.py), so that no secret stands on a command line
or on the disk. When the pipe on which we speak closes without a word, it ends the program and itself.
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path

from analyzers.frozen import dataclass
from why20003.launch.folder import Folder
from why20003.launch.upstream import EXEMPTING, VARIABLES
from why20003.mitmdump import START_SECONDS, MitmdumpError, program

_END_SECONDS = 10.0
_KEPT = 1 << 20
"""Bytes of its output that are kept from the beginning, and as many from the end."""
_NOT_FOR_IT = frozenset({*VARIABLES, *EXEMPTING, "SSLKEYLOGFILE", "PYTHONINSPECT", "PYTHONWARNINGS"})
_PREFIX = re.compile(r"^\[[\d:.]+\]\s*")


class ProxyError(ValueError):
    """The proxy could not be started; the text is one line for the user."""


@dataclass(frozen=True)
class Errand:
    """What mitmdump is to do."""

    options: Mapping[str, str]
    mode: str = ""
    """Of the proxy in front of ours; empty for none."""
    login: str = field(default="", repr=False)
    spares: bool = False
    """Whether hosts in scope are reached without that proxy."""
    expected: Callable[[], bytes] | None = None
    """Gives what the application was meant to send; called while mitmdump starts."""


@dataclass(frozen=True)
class Ended:
    """What became of it."""

    output: bytes
    sightings: bytes
    """JSON, or empty when it could not say."""
    died: str = ""
    """How it ended before its time, such as "killed by signal 9"; empty when it did not."""


class Proxying:
    """A mitmdump of our own. Call `start`, `listen`, and `finish`, which may be called at any time."""

    def __init__(self, folder: Folder, show: Callable[[bytes], None] | None = None) -> None:
        """`show` gets what it prints as it comes; without it everything is kept for the end."""
        self.port = 0
        self.local_mode: str | None = None
        """Why mitmproxy's local capture cannot be had; empty where it can, None where that is not known."""
        self.folder = folder.path
        self._lock = folder.lock
        self._output = Output(show)
        self._process: subprocess.Popen[bytes] | None = None
        self._told = -1
        self._control = -1
        self._reader: threading.Thread | None = None

    def start(self, errand: Errand, environment: Mapping[str, str]) -> None:
        """Start it, and wait until it listens. Raises ProxyError."""
        try:
            mitmdump = program()
        except MitmdumpError as error:
            raise ProxyError(str(error)) from None
        control, self._control = os.pipe()
        self._told, told = os.pipe()
        pipes = [control, told]
        payload, expected = (-1, -1) if errand.expected is None else os.pipe()
        if errand.expected is not None:
            pipes.append(payload)
        settings = json.dumps({"login": errand.login, "spares": errand.spares}).encode()
        self._say(settings)
        options = {**errand.options, "why20003_control": str(control), "why20003_told": str(told)}
        if errand.expected is not None:
            options["why20003_expect"] = f"/dev/fd/{payload}"
        arguments = [str(mitmdump), *_arguments(self.folder, errand.mode, options)]
        try:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(*pipes, self._lock),
                start_new_session=True,  # Ctrl-C and Ctrl-Z are for the program
                cwd=self.folder,
                env=_environment(environment),
            )
        except OSError as error:
            raise ProxyError(f"{mitmdump} cannot be started: {error.strerror}") from None
        finally:
            for one in pipes:
                os.close(one)
        if errand.expected is not None:
            _hand_over(errand.expected, expected)
        self._await_port()

    def listen(self) -> None:
        """Take what it prints from now on."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def tell(self, line: str) -> None:
        """What has become of the program: ``child PID``, ``ended``."""
        self._say(line.encode())

    def finish(self) -> Ended:
        """End it, and give what it printed and saw."""
        process = self._process
        if process is None:
            return Ended(b"", b"")
        died = process.poll()
        self._say(b"end")
        sightings = self._told_until(time.monotonic() + _END_SECONDS)
        _close(self._control)
        with suppress(subprocess.TimeoutExpired):
            process.wait(2.0)
        if process.poll() is None:
            process.kill()
            process.wait()
        if self._reader is None:
            self.listen()
        if self._reader is not None:
            self._reader.join(2.0)
        _close(self._told)
        self._told = self._control = -1
        self._process = None
        return Ended(self._output.text(), sightings, "" if died is None else _how(died))

    def _await_port(self) -> None:
        line = self._told_until(time.monotonic() + START_SECONDS, lines=True)
        try:
            ready = json.loads(line)
            self.port, self.local_mode = int(ready["port"]), ready["local"]
        except (ValueError, KeyError, TypeError):
            ended = self.finish()
            raise ProxyError(_complaint(ended.output)) from None

    def _told_until(self, deadline: float, *, lines: bool = False) -> bytes:
        """What it tells until it closes the pipe, or the line ends."""
        data = b""
        while not (lines and data.endswith(b"\n")):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._told], [], [], left)[0]:
                break
            part = os.read(self._told, 1 if lines else 65536)
            if not part:
                break
            data += part
        return data

    def _say(self, line: bytes) -> None:
        with suppress(OSError):  # it has died, which `finish` tells
            os.write(self._control, line + b"\n")

    def _read(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            with self._process.stdout as pipe:
                while part := os.read(pipe.fileno(), 65536):
                    self._output.add(part)


class Output:
    """What mitmdump prints: shown at once, or kept, of very much the beginning and the end."""

    def __init__(self, show: Callable[[bytes], None] | None) -> None:
        self._show = show
        self._first = bytearray()
        self._last = bytearray()
        self._lost = False

    def add(self, part: bytes) -> None:
        if self._show is not None:
            self._show(part)
            return
        room = _KEPT - len(self._first)
        self._first += part[:room]
        self._last += part[room:]
        if len(self._last) > 2 * _KEPT:
            del self._last[:-_KEPT]
            self._lost = True

    def text(self) -> bytes:
        """All that was kept."""
        between = b"\n[...]\n" if self._lost else b""
        return bytes(self._first) + between + bytes(self._last)


def _arguments(folder: Path, mode: str, options: Mapping[str, str]) -> list[str]:
    fixed = {
        "confdir": str(folder),
        "listen_host": "127.0.0.1",
        "listen_port": "0",
        "flow_detail": "0",
        "termlog_verbosity": "error",  # the launcher tells in its own words what mitmproxy would warn of
        "why20003_display": "full",
        "connection_strategy": "lazy",  # a request to a host that does not exist is seen too
    }
    arguments = ["-s", str(_script())]
    if mode:
        arguments += ["--mode", mode]
    for name, value in {**fixed, **options}.items():
        arguments += ["--set", f"{name}={value}"]
    return arguments


def _script() -> Path:
    """The file that mitmdump loads, of the addon as it is installed beside us."""
    spec = find_spec("addon")  # which is found, not imported
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    own = Path(__file__).parents[2] / "addon"  # of several packages of that name, ours
    return next((path for path in (own, *map(Path, folders)) if path.is_dir()), own) / "launched.py"


def _environment(parent: Mapping[str, str]) -> dict[str, str]:
    """The parent's, without its proxies; our own packages are found before others of the same name."""
    kept = {name: value for name, value in parent.items() if name not in _NOT_FOR_IT}
    path = [str(_script().parents[1]), *filter(None, [parent.get("PYTHONPATH", "")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1", **_colours(kept)}


def _colours(parent: Mapping[str, str]) -> dict[str, str]:
    """What makes it print to its pipe as it would to our standard error."""
    if sys.stderr is None or not sys.stderr.isatty() or parent.get("NO_COLOR"):
        return {}
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except OSError:
        columns = 0
    return {"FORCE_COLOR": "1", "COLUMNS": str(columns or 80)}


def _hand_over(expected: Callable[[], bytes], pipe: int) -> None:
    """Write the credentials into the pipe; a thread does, since a pipe holds only so much."""

    def write() -> None:
        with suppress(OSError):
            rest = memoryview(payload)
            while rest:
                rest = rest[os.write(pipe, rest) :]
        os.close(pipe)

    try:
        payload = expected()
    except BaseException:
        os.close(pipe)
        raise
    # A signal goes to any thread that has not blocked it, and one that is to be passed on would end us there.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        threading.Thread(target=write, daemon=True).start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _complaint(output: bytes) -> str:
    """Why it did not start, in one line of its own."""
    lines = [_PREFIX.sub("", line).strip() for line in output.decode("utf-8", "replace").splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Error logged during startup", "Traceback"))]
    own = [line for line in telling if line.startswith("why20003_")]
    return (own or [f"the proxy could not start: {(telling or ['mitmdump ended without a word'])[0]}"])[0]


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _close(pipe: int) -> None:
    if pipe >= 0:
        with suppress(OSError):
            os.close(pipe)
