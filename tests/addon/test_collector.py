"""The collector is set once, and told what stays."""

import gc
from collections.abc import Iterator

import pytest

from addon.collector import calm


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_exists_is_passed_over_and_new_objects_are_looked_at_less_often() -> None:
    gc.set_threshold(700, 10, 10)
    calm()
    assert gc.get_threshold()[0] == 10_000
    assert gc.get_freeze_count() > 1000


def test_garbage_is_still_collected() -> None:
    calm()
    for _ in range(30_000):
        loop: list[object] = []
        loop.append(loop)
    assert gc.get_count()[0] <= 10_001
