"""What tells growth in line from growth with the square, on a clock of its own."""

import gc
from collections.abc import Callable

import growth
import pytest


def working(monkeypatch: pytest.MonkeyPatch, cost: Callable[[int], float]) -> Callable[[int], None]:
    """Work that moves the clock by `cost` of its input."""
    clock = [0.0]

    def work(size: int) -> None:
        clock[0] += cost(size)

    monkeypatch.setattr("growth.time.process_time", lambda: clock[0])
    return work


@pytest.mark.parametrize(
    "cost",
    [
        pytest.param(lambda size: size / 1e3, id="in-line"),
        pytest.param(lambda size: size / 1e9, id="a-trifle"),
        pytest.param(lambda size: size**1.5 / 1e3, id="a-little-more"),
        pytest.param(lambda size: 1 + size / 1e6, id="a-start-that-costs"),
        pytest.param(lambda size: size // 8000 / 20, id="a-clock-that-goes-in-steps"),
    ],
)
def test_what_is_in_line(cost: Callable[[int], float], monkeypatch: pytest.MonkeyPatch) -> None:
    growth.assert_in_line(working(monkeypatch, cost), int, 8000)


@pytest.mark.parametrize(
    ("cost", "times"),
    [
        pytest.param(lambda size: size**2 / 1e6, 64, id="square"),
        pytest.param(lambda size: size**3 / 1e9, 512, id="cube"),
        pytest.param(lambda size: 100.0 if size > 1000 else 1.0, 100, id="a-step"),
    ],
)
def test_what_is_not(cost: Callable[[int], float], times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match=rf"^8 times the input cost {times} times as much; 24 is the bound$"):
        growth.assert_in_line(working(monkeypatch, cost), int, 8000)


def test_one_slow_round_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [50.0] * 3
    growth.assert_in_line(working(monkeypatch, lambda size: left.pop() if left else size / 1e3), int, 8000)
    assert left == []


def test_the_collector_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def cost(size: int) -> float:
        seen.append(gc.isenabled())
        return size / 1e3

    work = working(monkeypatch, cost)
    growth.assert_in_line(work, int, 8000)
    assert set(seen) == {False}
    assert gc.isenabled()
