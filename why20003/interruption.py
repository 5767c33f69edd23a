"""Ctrl-C ends the reading, not the writing: what was found until then is still printed."""

import signal
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Self, TypeVar

Item = TypeVar("Item")


class Interruption:
    """Within `with`, the first Ctrl-C ends the items of `until`; the second ends the program as usual."""

    def __init__(self) -> None:
        self.came = False
        """Whether Ctrl-C was pressed."""
        self._reading = False
        self._installed = False

    def __enter__(self) -> Self:
        # Left alone where Ctrl-C is ignored, as in a shell's background job, and outside the main thread.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._press)
                self._installed = True
            except ValueError:
                pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def until(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items until Ctrl-C. What `items` gives when it is interrupted itself, a file read half, comes too."""
        source = iter(items)
        half_read = False
        while half_read or not self.came:
            self._reading = True
            try:
                item = next(source)
            except StopIteration:
                return
            except KeyboardInterrupt:
                self.came = True
                return
            finally:
                self._reading = False
            half_read = self.came
            yield item

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        if self.came or self._reading:
            self.came = True
            raise KeyboardInterrupt
        self.came = True
