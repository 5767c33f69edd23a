"""A progress bar on stderr for files that take long; rich is loaded when the first one does."""

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from why20003.feeding import Progress

_PATIENCE = 1.0
"""Seconds that a file may take without a bar."""
_PAUSE = 0.1
"""Seconds from one look of the bar to the next."""


class Meter:
    """Takes note of progress; shows it on a terminal after a second, and is gone before anything else is printed."""

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()
        self._path: str | None = None
        self._began = 0.0
        self._next = 0.0
        self._bar: tuple[Bar, TaskID] | None = None

    def __call__(self, progress: "Progress") -> None:
        """Note how far the reading of a file is."""
        if not self._wanted:
            return
        now = time.monotonic()
        if progress.path != self._path:
            self.pause()
            self._path, self._began = progress.path, now
        spent = now - self._began
        if spent < _PATIENCE:
            return
        if now < self._next:
            return
        self._next = now + _PAUSE
        bar, task = self._bar or self._shown(progress)
        rate = f"{progress.exchanges / spent:,.0f} flows/s"
        bar.update(task, total=progress.size, completed=progress.read, rate=rate, refresh=True)

    def pause(self) -> None:
        """Take the bar away; the next progress brings it back."""
        if self._bar:
            self._bar[0].stop()
            self._bar = None

    def _shown(self, progress: "Progress") -> "tuple[Bar, TaskID]":
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        from analyzers.card import escaped
        from why20003.outputs.words import named

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
        )
        # Refreshed by hand, not by a thread: processes may be forked while it is shown.
        console = Console(stderr=True)
        bar = Bar(*columns, TimeRemainingColumn(), console=console, transient=True, auto_refresh=False)
        bar.start()
        self._bar = bar, bar.add_task(escape(escaped(named(progress.path))), total=progress.size, rate="")
        return self._bar
