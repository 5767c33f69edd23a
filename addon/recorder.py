"""A recording without secrets, written while the traffic passes: each exchange is redacted before it reaches the disk.

What is known later only cannot be taken into account: a secret that stands in the body of one exchange, and in the
Authorization header of a later one, is replaced there as any unknown content is, not as that secret.
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from typing import Final

from analyzers.exchange import Exchange
from recordings.mitm_writing import mitm
from recordings.redact import Redactor, Secrets, leaks, repr_of

logger = logging.getLogger(__name__)

_KEPT: Final = 500
"""Secrets that are searched for in what is written; further ones replace the oldest."""


class Recorder:
    """Appends exchanges to a capture that its owner alone can read. Never raises for an exchange."""

    def __init__(self, path: str, key: bytes) -> None:
        """`key` is random, for this recording. Raises OSError when the file cannot be written."""
        self.written = 0
        self.lost = 0
        """Exchanges that could not be written, or held a secret still."""
        self._key = key
        self._redactor = Redactor(key)
        self._new = "" if os.path.exists(path) else path  # noqa: PTH110 - as given to open
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.fchmod(self._file, 0o600)
        self._next: Exchange | None = None
        self._flows = mitm(self._fed())
        self._words: dict[bytes, None] = {}
        self._index = Secrets(())

    def add(self, exchange: Callable[[], Exchange]) -> None:
        """Record one more; what goes wrong costs one line, never the traffic."""
        try:
            flow = self._redacted(exchange())
        except Exception as error:  # noqa: BLE001 - the traffic goes on, and no text of an error may quote it
            self._lose(f"an exchange could not be redacted ({type(error).__name__}), so it is not recorded")
            self._flows = mitm(self._fed())
            return
        if flow is not None:
            self._write(flow)

    def close(self) -> None:
        """Write no more. A file that is new and empty goes."""
        if self._file < 0:
            return
        os.close(self._file)
        self._file = -1
        if self._new and not self.written:
            with contextlib.suppress(OSError):
                os.unlink(self._new)  # noqa: PTH108 - as above

    def _redacted(self, exchange: Exchange) -> bytes | None:
        self._redactor.learn(exchange)
        redacted = self._redactor.redact(exchange)
        self._note(exchange)
        if leaks(repr_of((redacted,)), self._index):
            self._lose("an exchange held a part of a secret after it was redacted, so it is not recorded")
            return None
        self._next = redacted
        return next(self._flows)

    def _fed(self) -> Iterator[Exchange]:
        """What the writer of flows takes, one at a time."""
        while (exchange := self._next) is not None:
            self._next = None
            yield exchange

    def _note(self, exchange: Exchange) -> None:
        """Search for the credentials of `exchange` from now on."""
        alone = Redactor(self._key)
        alone.learn(exchange)
        new = [word for word in alone.pseudonyms().values() if word not in self._words]
        if not new:
            return
        self._words |= dict.fromkeys(new)
        for oldest in [*self._words][: max(0, len(self._words) - _KEPT)]:
            del self._words[oldest]
        self._index = Secrets(self._words)

    def _write(self, flow: bytes) -> None:
        if self._file < 0:
            return
        begin = os.fstat(self._file).st_size
        try:
            rest = memoryview(flow)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, begin)  # half a flow would make what follows unreadable
            self._lose(f"the recording cannot be written ({error.strerror}); the traffic goes on")
            return
        self.written += 1

    def _lose(self, says: str) -> None:
        self.lost += 1
        if self.lost == 1:
            logger.warning("why20003: %s; more of these are not told", says)


__all__ = ["Recorder"]
