"""The collector is set once, and told what stays."""

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from addon import collector
from addon.collector import Sweeper, calm


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_exists_is_passed_over_and_old_objects_are_looked_at_less_often() -> None:
    gc.set_threshold(700, 10, 10)
    calm()
    assert gc.get_threshold() == (1_000, 20, 50)
    assert gc.get_freeze_count() > 1000


def test_garbage_is_still_collected() -> None:
    calm()
    for _ in range(30_000):
        loop: list[object] = []
        loop.append(loop)
    assert gc.get_count()[0] <= 10_001


class Loop:
    """Counts what it is asked to do later."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.cancelled = 0

    def call_later(self, seconds: float, _function: Callable[[], None]) -> "Loop":
        self.waits.append(seconds)
        return self

    def cancel(self) -> None:
        self.cancelled += 1


def started() -> tuple[Sweeper, Loop]:
    sweeper, loop = Sweeper(), Loop()
    sweeper.start(loop)  # type: ignore[arg-type] # as much of a loop as it needs
    return sweeper, loop


class Held:
    """In a circle of references, as mitmproxy's layers are."""

    def __init__(self) -> None:
        self.itself = self


def test_what_outlived_small_collections_goes_with_the_next_sweep() -> None:
    calm()
    sweeper, loop = started()
    held = Held()
    gone = weakref.ref(held)
    gc.collect(1)
    gc.collect(1)
    del held
    gc.collect(1)
    assert gone() is not None
    sweeper.sweep()
    assert gone() is None
    assert len(loop.waits) == 2
    sweeper.stop()
    sweeper.stop()
    assert loop.cancelled == 1


def test_without_traffic_nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper, loop = started()
    sweeper.sweep()
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    monkeypatch.setattr(gc, "collect", lambda: pytest.fail("collected"))
    sweeper.sweep()
    assert loop.waits == [5.0, *loop.waits[1:-1], 5.0]


@pytest.mark.parametrize(("took", "waits"), [(0.01, 5.0), (0.08, 8.0), (3.0, 15.0)])
def test_slow_collections_come_less_often(took: float, waits: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper, loop = started()
    clock = iter([0.0, took])
    monkeypatch.setattr(collector, "thread_time", lambda: next(clock))
    sweeper.sweep()
    assert loop.waits == [5.0, pytest.approx(waits)]


def test_garbage_of_a_run_is_not_kept_for_good_when_the_script_is_loaded_anew() -> None:
    calm()
    held = Held()
    gone = weakref.ref(held)
    del held
    calm()
    assert gone() is None
