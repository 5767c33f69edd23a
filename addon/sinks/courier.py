"""A bounded queue and a thread: takes lines to a place that may be slow, full or gone, and never holds up the traffic.

What finds no room, or cannot be delivered, is dropped and counted; of that one line in the log tells, once a minute at
most. The first drop is told at once.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import field
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeAlias

from analyzers.frozen import dataclass

logger = logging.getLogger(__name__)

Parcel: TypeAlias = Callable[[], bytes | None]
"""Makes what is to be delivered, in the courier's thread; None where there is nothing to say any more."""

ROOM: Final = 1000
"""Parcels that may wait; a diagnosis is 10 to 20 kB."""
TOLD_EVERY: Final = 60.0
"""Seconds between two log lines about drops."""
_LAST_TRIES: Final = 0.2
"""Seconds between two tries once the end has been asked for."""
_PATIENCE: Final = 3
"""After so many tries the log says that events wait."""


class Undelivered(Exception):
    """A place did not take a line. The text says why, without quoting any of it."""

    def __init__(self, why: str, again: float | None = None) -> None:
        """`again` is how many seconds to wait before the same line is tried once more; None to drop it."""
        super().__init__(why)
        self.again = again


class Place(Protocol):
    """Somewhere to deliver to. Both methods run in the courier's thread, and may block there."""

    def deliver(self, line: bytes) -> None:
        """Take one line; Undelivered where that fails."""

    def close(self) -> None:
        """Nothing comes any more."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a courier works; other values are for tests."""

    room: int = ROOM
    end_seconds: float = 3.0
    """How long the queue may take to empty once nothing comes any more."""
    gap: Callable[[int], bytes] | None = field(default=None)
    """Makes a line that says how many lines are missing in front of it; None where nothing says so."""


class Courier:
    """Delivers parcels in the order in which they were offered."""

    def __init__(self, name: str, place: Place, habits: Habits | None = None) -> None:
        """`name` is what the log calls it: the option that asked for it."""
        self.delivered = 0
        self._name = name
        self._place = place
        self._habits = habits or Habits()
        self._queue: SimpleQueue[tuple[float, Parcel] | None] = SimpleQueue()
        self._later: deque[tuple[float, Parcel]] = deque()
        # Two counts, because two threads count: whoever offers finds no room, this thread cannot deliver.
        self._full = 0
        self._failed = 0
        self._missing = 0
        """How many of them the lines themselves tell of."""
        self._why = "the queue is full"
        self._reported = 0
        self._told_at = -TOLD_EVERY
        self._telling = threading.Lock()
        self._ends = threading.Event()
        self._end_by = 0.0
        self._emptied = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """How many lines nobody got."""
        return self._full + self._failed

    @property
    def waiting(self) -> int:
        """How many parcels wait now."""
        return self._queue.qsize() + len(self._later)

    @property
    def has_room(self) -> bool:
        """Whether `offer` would take a parcel now."""
        return not self._ends.is_set() and self.waiting < self._habits.room

    @property
    def is_over(self) -> bool:
        """Whether all is delivered or dropped, and the place closed."""
        return not self._thread.is_alive()

    def offer(self, parcel: Parcel, *, after: float = 0.0) -> bool:
        """Have `parcel` delivered, `after` seconds from now; never waits. False, and counted, where there is no room.

        Those with a delay must all have the same one.
        """
        if not self.has_room:
            self._full += 1
            self._tell()
            return False
        self._queue.put((time.monotonic() + after if after else 0.0, parcel))
        return True

    def close(self) -> None:
        """Take no more, and deliver what waits for as long as `end_seconds` allow. Returns at once."""
        if not self._ends.is_set():
            self._end_by = time.monotonic() + self._habits.end_seconds
            self._ends.set()
            self._queue.put(None)

    def join(self, seconds: float) -> None:
        """After `close`: wait for the end, `seconds` at most; what was left is told."""
        self._thread.join(max(0.0, seconds))
        if self._thread.is_alive():
            self._failed += max(self.waiting, 1)  # the line that it hangs on counts for the mark of the end
            self._why = "the end came before they were taken"
        self._tell(at_once=True)

    # --- the thread ---------------------------------------------------------------------------------------------------
    def _work(self) -> None:
        while (parcel := self._next()) is not None:
            try:
                line = parcel()
            except Exception as error:  # noqa: BLE001 - a fault of ours in one event must not end all
                self._lose(f"it could not be written down ({type(error).__name__})")
                continue
            if line is not None:
                self._deliver(line)
            self._tell()
        self._say_what_is_missing()
        with contextlib.suppress(Exception):
            self._place.close()

    def _next(self) -> Parcel | None:
        """The next parcel that is due; None at the end."""
        while True:
            now = time.monotonic()
            if self._ends.is_set() and now >= self._end_by:
                self._failed += self.waiting - (not self._emptied)
                return None
            if self._later and (self._emptied or self._later[0][0] <= now):
                return self._later.popleft()[1]
            if self._emptied:
                return None
            try:
                item = self._queue.get(timeout=self._later[0][0] - now if self._later else None)
            except Empty:
                continue
            if item is None:
                self._emptied = True
            elif item[0]:
                self._later.append(item)
            else:
                return item[1]

    def _deliver(self, line: bytes) -> None:
        self._say_what_is_missing()
        if self._is_taken(line):
            self.delivered += 1
        else:
            self._lose(self._why)

    def _say_what_is_missing(self) -> None:
        gap = self.dropped - self._missing
        if gap and self._habits.gap is not None and self._is_taken(self._habits.gap(gap)):
            self._missing += gap

    def _is_taken(self, line: bytes) -> bool:
        """Deliver `line`, again and again where its place asks for that."""
        tries = 0
        while True:
            try:
                self._place.deliver(line)
            except Undelivered as refused:
                self._why = str(refused)
                tries += 1
                if refused.again is None or not self._may_wait(refused.again):
                    return False
                if tries == _PATIENCE:
                    self._say("why20003: %s: %s; up to %d events wait for it", self._name, self._why, self._habits.room)
            except Exception as error:  # noqa: BLE001 - whatever a place does wrong costs one line
                self._why = type(error).__name__
                return False
            else:
                return True

    def _may_wait(self, seconds: float) -> bool:
        """Wait so long, or until the end nears; False when it has come."""
        if not self._ends.wait(seconds):
            return True
        left = self._end_by - time.monotonic()
        time.sleep(max(0.0, min(left, _LAST_TRIES)))
        return left > 0

    def _lose(self, why: str) -> None:
        self._failed += 1
        self._why = why

    # --- the log ------------------------------------------------------------------------------------------------------
    def _tell(self, *, at_once: bool = False) -> None:
        """Say what was dropped since the last time, if that is long enough ago."""
        if self.dropped == self._reported or not self._telling.acquire(blocking=False):
            return
        try:
            now, news = time.monotonic(), self.dropped - self._reported
            if news and (at_once or now - self._told_at >= TOLD_EVERY):
                self._reported, self._told_at = self._reported + news, now
                things = "event was" if news == 1 else "events were"
                self._say("why20003: %d %s not delivered to %s: %s", news, things, self._name, self._why)
        finally:
            self._telling.release()

    def _say(self, text: str, *values: object) -> None:
        # A handler of mitmproxy's ends the program when it cannot print; in a thread that would end the thread alone.
        with contextlib.suppress(Exception, SystemExit):
            logger.warning(text, *values)


__all__ = ["Courier", "Habits", "Parcel", "Place", "Undelivered"]
