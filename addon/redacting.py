"""Flows without their secrets: as a capture, and as an escalation capture, which the command why20003 makes of it.

No secret touches the disk: what the command is given is redacted already.
"""

import asyncio
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mitmproxy import exceptions
from mitmproxy.log import ALERT

from analyzers.exchange import Exchange
from recordings.mitm_writing import mitm
from recordings.redact import Redactor, leaks, next_key, repr_of

logger = logging.getLogger(__name__)

_KEYS: Final = 4
"""How often flows are redacted anew with another key, when chance put a part of a secret into what was made."""
_SECONDS: Final = 300
_NOTHING_REFUSED: Final = 1
_NOTE: Final = (
    "Made of flows in mitmproxy, which were redacted beforehand; nobody can say what stood for sec#1, sec#2 ..."
)


def written(name: str, exchanges: Sequence[Exchange], path: Path) -> None:
    """Write a redacted capture to `path`. Raises CommandError in the name of a command."""
    _look_at(name, path)
    try:
        _save(_redacted(name, exchanges), path)
    except OSError as error:
        raise exceptions.CommandError(f"{name}: cannot write {path}: {error.strerror}") from None


class Escalation:
    """An escalation capture in the making."""

    name: Final = "why20003.escalate"

    def __init__(self, exchanges: Sequence[Exchange], path: Path) -> None:
        """Raises CommandError when it is known by now that there can be none."""
        self._path = path
        program = _program()
        if program is None:
            raise exceptions.CommandError(
                f"{self.name}: the command why20003 was not found; save the flows with why20003.redact, "
                "and run why20003 escalate where it is installed"
            )
        self._program = program
        _look_at(self.name, path)
        self._data = _redacted(self.name, exchanges)

    async def make(self) -> None:
        """Make it while the traffic goes on; what becomes of it goes to the event log."""
        try:
            with tempfile.TemporaryDirectory(prefix="why20003-") as folder:  # mode 0700
                await self._make(Path(folder))
        except TimeoutError:
            logger.error("%s: given up after %g seconds", self.name, _SECONDS)  # noqa: TRY400 - a line, no traceback
        except OSError as error:
            logger.error("%s: cannot write %s: %s", self.name, self._path, error.strerror)  # noqa: TRY400 - as above

    async def _make(self, folder: Path) -> None:
        recording, case = folder / "flows.mitm", folder / self._path.name
        _save(self._data, recording)
        with (folder / "told").open(
            "wb"
        ) as told:  # a pipe would stay open when a process that is given up leaves others
            process = await asyncio.create_subprocess_exec(
                *(self._program, "escalate", str(recording), "--output", str(case), "--note", _NOTE),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=folder,
            )
        try:
            await asyncio.wait_for(process.wait(), _SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        lines = (folder / "told").read_text(encoding="utf-8", errors="replace").splitlines()
        lines = [line.removeprefix("why20003: ") for line in lines]
        if process.returncode == _NOTHING_REFUSED:
            logger.error("%s: none of these flows is a refusal, so nothing was written", self.name)
            return
        if process.returncode:
            says = lines[-1].replace(str(folder), "") if lines else f"ended with {process.returncode}"
            logger.error("%s: %s", self.name, says)
            return
        data = case.read_bytes()
        _save(data, self._path)
        for line in lines:
            if str(folder) not in line:
                logger.info("%s: %s", self.name, line)
        digest = hashlib.sha256(data).hexdigest()
        logger.info("%s: SHA-256 %s; tell it to the specialist on another way", self.name, digest)
        logger.log(ALERT, "why20003: wrote %s", self._path)


def _redacted(name: str, exchanges: Sequence[Exchange]) -> bytes:
    """The redacted capture. Raises CommandError when some part of a secret would still be in it."""
    key = os.urandom(32)
    for _ in range(_KEYS):
        redactor = Redactor(key)
        for exchange in exchanges:
            redactor.learn(exchange)
        found = [redactor.redact(exchange) for exchange in exchanges]
        if not leaks(repr_of(found), redactor.secrets()):
            return b"".join(mitm(found))
        key = next_key(key)
    raise exceptions.CommandError(f"{name}: a part of a secret would still be there, so nothing was written")


def _look_at(name: str, path: Path) -> None:
    if path.is_dir():
        raise exceptions.CommandError(f"{name}: {path} is a folder")
    if path.exists() and not path.is_file():
        raise exceptions.CommandError(f"{name}: {path} is no file")
    if not path.parent.is_dir():
        raise exceptions.CommandError(f"{name}: there is no folder {path.parent}")


def _save(data: bytes, path: Path) -> None:
    """A file that its owner alone can read from the first byte, there whole or not at all."""
    target = path.resolve()  # through a symbolic link, as mitmproxy's own commands write
    handle, made = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(made).replace(target)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def _program() -> str | None:
    """The command why20003 of this Python's environment, else the one on PATH."""
    beside = Path(sys.executable).with_name("why20003")
    return str(beside) if beside.is_file() else shutil.which("why20003")


__all__ = ["Escalation", "written"]
