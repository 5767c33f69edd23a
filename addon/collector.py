"""Python's garbage collector, set for a program that makes and drops many small objects for each request.

As Python is set, 5 % of mitmproxy's time under load goes into looking at what it has loaded, again and again. That is
passed over from the start on, and what has lasted is looked at rarely. The young ones go often, a thousand at a time:
measured with bench/proxy.py, with ten thousand each look takes four milliseconds, which one exchange in thirty waits
for, and nothing is gained, not even without any collection, since memory that was just freed is the fastest.

But what mitmproxy makes for an exchange or a connection, TLS and bodies included, goes only with a full collection if
it was in use during a small one. Counted in objects these are few and far between: measured with tests/soak, the
process grew by 20 kB with each exchange. So full collections go by the clock while there is traffic; and what large
bodies left behind in the C library's heap is given back to the system, which takes two milliseconds.
"""

import asyncio
import gc
import sys
from collections.abc import Callable
from time import thread_time
from typing import Final

_YOUNG, _MIDDLE, _OLD = 1_000, 20, 50
_SECONDS, _MOST_SECONDS = 5.0, 15.0
"""Between two full collections, at least and at most."""
_SHARE: Final = 100
"""In between they take no more than one part in so many of the time."""
_FEW: Final = 500
"""Objects since the last one for which another would not be worth it."""


def calm() -> None:
    """Let the collector pass over what exists by now, and look at old ones less often."""
    if gc.get_freeze_count():  # mitmproxy has loaded the script anew, in the middle of traffic
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


class Sweeper:
    """Collects all garbage now and then."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._trim: Callable[[int], object] | None = None
        self._swept = 0
        """How many small collections there had been at the last full one."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on, on this loop."""
        self._loop = loop
        self._wait(_SECONDS)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, seconds: float) -> None:
        if self._loop is not None:
            self._timer = self._loop.call_later(seconds, self.sweep)

    def sweep(self) -> None:
        """Collect, if there was traffic, and come again."""
        took = 0.0
        if gc.get_stats()[0]["collections"] != self._swept or gc.get_count()[0] > _FEW:
            began = thread_time()
            gc.collect()
            if self._trim is None:
                self._trim = _trim_of_libc()
            self._trim(0)
            took = thread_time() - began
            self._swept = gc.get_stats()[0]["collections"]
        self._wait(min(max(_SECONDS, took * _SHARE), _MOST_SECONDS))


def _trim_of_libc() -> Callable[[int], object]:
    """The malloc_trim of glibc, and where there is none a function that does nothing."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - a start of the proxy need not wait for it

        try:
            trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
        except (AttributeError, OSError):
            return int
        return trim
    return int


__all__ = ["Sweeper", "calm"]
