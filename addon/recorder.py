"""A recording without secrets, written while the traffic passes: each exchange is redacted before it reaches the disk.

What is known later only cannot be taken into account: a secret that stands in the body of one exchange, and in the
Authorization header of a later one, is replaced there as any unknown content is, not as that secret.
"""

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from analyzers.bounded import Bounded
from analyzers.exchange import Exchange, Request, Response
from recordings.mitm_writing import mitm
from recordings.redact import Redactor, Secrets, leaks, next_key, repr_of

logger = logging.getLogger(__name__)

M = TypeVar("M", Request, Response)
_KEYS: Final = 3
"""How many keys are tried where chance puts a run of a secret into what stands for it."""
_LONG: Final = 4096
"""Bytes of a body from which on chance is likely to."""
_DROPPED: Final = b"dropped "
_REMEMBERED: Final = 64
"""Of how many different sets of secrets the index is kept."""
_RELATED: Final = 1024
"""Of how many credentials the relations to others are kept in the recording."""
_CLEAN: Final = 1000
"""How many parts of texts each of them knows to be clean."""
_KEPT: Final = 500
"""Secrets that are searched for in what is written; one more, and the older half of them is forgotten."""


class Recorder:
    """Appends exchanges to a capture that its owner alone can read. Never raises for an exchange."""

    def __init__(self, path: str, key: bytes) -> None:
        """`key` is random, for this recording. Raises OSError when the file cannot be written."""
        self.written = 0
        self.lost = 0
        """Exchanges that could not be written, or held a secret still."""
        self._keys = [key]
        for _ in range(_KEYS - 1):
            self._keys.append(next_key(self._keys[-1]))
        self._redactors = [Redactor(each, most_secrets=_RELATED) for each in self._keys]
        self._new = "" if os.path.exists(path) else path  # noqa: PTH110 - as given to open
        # Private from the first byte on; a pipe that nobody reads is an error, and does not hold up the proxy.
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        self._is_file = stat.S_ISREG(os.fstat(self._file).st_mode)
        if self._is_file:  # /dev/null belongs to everybody
            os.fchmod(self._file, 0o600)
        self._kinds: list[str] = []
        """In what writing the last finds stood."""
        self._next: Exchange | None = None
        self._flows = mitm(self._fed())
        self._words: dict[bytes, None] = {}
        self._earlier = Secrets((), of_many=True)
        self._own: Bounded[tuple[bytes, ...], Secrets] = Bounded(_REMEMBERED)

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
        if self.lost:
            are = "exchanges are" if self.lost > 1 else "exchange is"
            logger.warning("why20003: %d %s missing from the recording", self.lost, are)
        if self._new and not self.written:
            with contextlib.suppress(OSError):
                os.unlink(self._new)  # noqa: PTH108 - as above

    def _redacted(self, exchange: Exchange) -> bytes | None:
        """The flow to write; with another key than the first where that one leaves a run of a secret, as chance may."""
        own = self._secrets_of(exchange)
        for redactor in self._redactors:
            redactor.learn(exchange)
            redacted = self._cleared(redactor.redact(exchange), own)
            if redacted is not None:
                self._next = redacted
                return next(self._flows)
        kinds = ", ".join(sorted(set(self._kinds)))
        self._lose(f"an exchange held a part of a secret after it was redacted ({kinds}), so it is not recorded")
        return None

    def _cleared(self, redacted: Exchange, own: Secrets) -> Exchange | None:
        """`redacted`, without a long body in which something is found; None where it is found elsewhere."""
        if not self._is_found(repr_of((redacted,)), own):
            return redacted
        answer = redacted.response
        redacted = replace(
            redacted,
            request=self._without_body(redacted.request, own),
            response=self._without_body(answer, own) if answer is not None else None,
        )
        return None if self._is_found(repr_of((redacted,)), own) else redacted

    def _without_body(self, message: M, own: Secrets) -> M:
        if len(message.body) <= _LONG or not self._is_found(message.body, own):
            return message
        return replace(message, body=(_DROPPED * (1 + len(message.body) // len(_DROPPED)))[: len(message.body)])

    def _is_found(self, data: bytes, own: Secrets) -> bool:
        """Whether `data` holds five characters of a secret of this exchange, or a longer run of an earlier one."""
        found = leaks(data, own) or leaks(data, self._earlier)
        if found:
            self._kinds = [leak.kind for leak in found]
        return bool(found)

    def _fed(self) -> Iterator[Exchange]:
        """What the writer of flows takes, one at a time."""
        while (exchange := self._next) is not None:
            self._next = None
            yield exchange

    def _secrets_of(self, exchange: Exchange) -> Secrets:
        """What must not stand in what is written of `exchange`; searched for in later ones too from now on."""
        alone = Redactor(self._keys[0])
        alone.learn(_light(exchange))
        words = tuple(alone.pseudonyms().values())
        for word in words:
            if word not in self._words:
                self._words[word] = None
                self._earlier.add(word)
        if len(self._words) > _KEPT:
            # Half of them at once: an index is made anew at the cost of all that is in it.
            self._words = dict.fromkeys([*self._words][-_KEPT // 2 :])
            self._earlier = Secrets(self._words, of_many=True)
        own = self._own.get(words)
        if own is None:
            own = Secrets(words)
            self._own.put(words, own)
        for index in (own, self._earlier):
            if len(index.clean) > _CLEAN:
                index.clean.clear()
        return own

    def _write(self, flow: bytes) -> None:
        if self._file < 0:
            return
        begin = os.fstat(self._file).st_size
        try:
            rest = memoryview(flow)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            if self._is_file:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, begin)  # half a flow would make what follows unreadable
            self._lose(f"the recording cannot be written ({error.strerror}); the traffic goes on")
            return
        self.written += 1

    def _lose(self, says: str) -> None:
        self.lost += 1
        if self.lost == 1:
            logger.warning("why20003: %s; more of these are not told", says)


def _light(exchange: Exchange) -> Exchange:
    """`exchange` without long bodies: what is a secret shows in its head, or in a form."""
    request, response = exchange.request, exchange.response
    if len(request.body) > _LONG:
        request = replace(request, body=b"")
    if response is not None and len(response.body) > _LONG:
        response = replace(response, body=b"")
    return replace(exchange, request=request, response=response)


__all__ = ["Recorder"]
