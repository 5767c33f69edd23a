"""The sandbox as a program: one ready line, one line for each request, one line for what goes wrong."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from .messages import Decision
from .server import Sandbox

__all__ = ["print_line", "run", "serve"]

_CANNOT_RUN: Final = 3
_NAME: Final = "why20003 sandbox"


def print_line(line: str) -> None:
    """Write a line to stdout at once, so that a parent process sees it."""
    try:
        print(line, flush=True)  # noqa: T201 - this is the program's output
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at exit
        raise


def run(
    host: str = "127.0.0.1",
    port: int = 0,
    ca_path: Path | None = None,
    log: Callable[[str], None] = print_line,
) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code: 0, or 3 with one line on stderr if it cannot
    start.
    """
    try:
        asyncio.run(serve(host, port, ca_path, log))
    except _CannotStart as problem:
        print(f"{_NAME}: {problem}", file=sys.stderr)  # noqa: T201 - the one line
        return _CANNOT_RUN
    except KeyboardInterrupt:
        pass
    return 0


async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    ca_path: Path | None = None,
    log: Callable[[str], None] = print_line,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until a signal, or until ``stop`` is set. Logs ``ready port=NNNN`` first, when clients may come.

    Ends as well when ``log`` raises OSError: nobody listens any more. Raises an exception with a one-line
    text if the port or the CA's path cannot be used.
    """
    stop = stop or asyncio.Event()
    _stop_on_signals(stop)

    def say(decision: Decision) -> None:
        try:
            log(str(decision))
        except OSError:
            stop.set()

    sandbox = Sandbox(port, host=host, on_decision=say)
    try:
        await sandbox.__aenter__()
    except (OSError, OverflowError) as error:
        raise _CannotStart(_why_not_listening(error, host, port)) from None
    try:
        if ca_path is not None:
            _write_certificate(ca_path, sandbox.ca_pem)
        with suppress(OSError):
            log(f"ready port={sandbox.port}")
            await stop.wait()
    finally:
        await sandbox.__aexit__(None, None, None)


class _CannotStart(Exception):
    """Its text is for the user."""


def _why_not_listening(error: OSError | OverflowError, host: str, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another with --port"
    if isinstance(error, OverflowError):
        return f"port {port} does not exist; choose one from 0 to 65535 with --port"
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
    return f"cannot listen on {host} port {port}: {reason}"


def _write_certificate(path: Path, pem: bytes) -> None:
    """A certificate is public, hence 0644. Writes through links and to devices; does not replace them."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as file:
            file.write(pem)
    except OSError as error:
        raise _CannotStart(f"cannot write the CA certificate to {path}: {error.strerror}") from None


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no add_signal_handler, and only the main thread may set one; Ctrl-C still ends it there.
        with suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, stop.set)
