"""A bound on the time that a cause may take: whatever it does, the traffic does not wait for it.

The engine has no clock. This is the edge that has one: while an exchange is judged, a timer of the system ticks, and a
check that is still at it at the second tick gets an exception, which the engine counts as a crash of that one cause.
What took too long a few times is left out for the rest of the run; it counts as unknown then.

Only where there are such timers (not on Windows), in the main thread, where mitmproxy runs its addons, and where nobody
else uses SIGALRM. Elsewhere there is no bound. Nor can a single call into C be cut short, unless it looks for signals
itself as `re` does.
"""

import logging
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import CodeType, FrameType
from typing import Any, Final, overload

from analyzers.case import Case
from analyzers.diagnosis import diagnose_each
from analyzers.findings import Unknown
from analyzers.rules import Rule

logger = logging.getLogger(__name__)

TICK: Final = 0.25
"""Seconds. A check may take between one and two of these; the slowest one takes less than a hundredth of it."""
_MOST_OFTEN: Final = 3


class OutOfTime(Exception):
    """Raised inside a check that takes too long."""


class Watched(Sequence[Rule]):
    """The rules of the registry, loaded when first used; `current` is the one whose check is running."""

    def __init__(self) -> None:
        self.current: Rule | None = None
        self._rules: tuple[Rule, ...] = ()

    def leave_out(self, slug: str) -> None:
        """Let the cause `slug` be unknown from now on."""
        self._rules = tuple(replace(rule, check=_unknown) if rule.slug == slug else rule for rule in self._all())

    def __iter__(self) -> Iterator[Rule]:
        try:
            for rule in self._all():
                self.current = rule
                yield rule
        finally:
            self.current = None

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | Sequence[Rule]:
        return self._all()[index]

    def _all(self) -> tuple[Rule, ...]:
        if not self._rules:
            # Loaded with the first refusal: sixty modules that a start of the proxy need not wait for.
            from analyzers.registry import RULES  # noqa: PLC0415

            self._rules = RULES
        return self._rules


class Deadline:
    """``with deadline:`` around what judges by `rules`."""

    def __init__(self) -> None:
        self.rules = Watched()
        self._is_armed = False
        self._ours = False
        self._seen: Rule | None = None
        """What was running at the last tick."""
        self._late: Counter[str] = Counter()
        self._tell: list[str] = []

    def install(self) -> None:
        """Take SIGALRM, if it is to be had."""
        if (
            hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        ):
            signal.signal(signal.SIGALRM, self._tick)
            self._ours = True

    def remove(self) -> None:
        """Give SIGALRM back."""
        if self._ours:
            self._ours = False
            signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def __enter__(self) -> None:
        if self._ours:
            self._is_armed = True
            signal.setitimer(signal.ITIMER_REAL, TICK, TICK)

    def __exit__(self, *error: object) -> None:
        if self._is_armed:
            self._is_armed = False  # first: a tick may come until the timer has stopped
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._seen = None
            while self._tell:
                logger.warning("why20003: the cause %s takes too long and is left out from now on", self._tell.pop())

    def _tick(self, _signal: int, frame: FrameType | None) -> None:
        """Called between two steps of whatever runs in the main thread."""
        rule = self.rules.current
        if not self._is_armed or rule is None or frame is None or frame.f_code in _BETWEEN:
            return  # nothing would catch it
        if rule is not self._seen:
            self._seen = rule
            return
        self._seen = None
        self._late[rule.slug] += 1
        if self._late[rule.slug] == _MOST_OFTEN:
            self.rules.leave_out(rule.slug)
            self._tell.append(rule.slug)
        raise OutOfTime


def _unknown(_case: Case) -> Unknown:
    return Unknown()


def _code(function: Callable[..., Any]) -> CodeType:
    code: CodeType = getattr(function, "__code__")  # noqa: B009 - a Callable need not have one; these do
    return code


_BETWEEN: Final = frozenset({_code(diagnose_each), _code(Watched.__iter__)})
"""Code that runs between two checks."""

__all__ = ["TICK", "Deadline", "OutOfTime", "Watched"]
