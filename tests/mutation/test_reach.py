"""What the mutants rest on; they themselves are run by hand: ./just mutants."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutation.reach import caches

from analyzers import accounts, recent, twilio


def test_the_analyzers_that_are_changed_are_those_of_the_copy() -> None:
    """Loaded before the copy is made they would be others, and every mutant would live."""
    program = "import sys, mutation.reach; print([name for name in sys.modules if name.startswith('analyzers')])"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, timeout=60)
    assert done.stdout == b"[]\n"


@pytest.fixture(params=[False, True], ids=["", "frozen"])
def frozen(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the collector is to pass over all that there is, as after a test of what does so."""
    yield request.param
    gc.unfreeze()


def test_all_that_is_remembered_is_forgotten(frozen: bool) -> None:
    asked: list[bytes] = []

    def answer(question: bytes) -> bytes:
        asked.append(question)
        return question

    answer.__module__ = accounts.__name__
    remembering = recent.recent(answer)
    remembering(b"a")
    twilio.gate_of("x")
    if frozen:
        gc.freeze()
    for forget in caches():
        forget()
    remembering(b"a")
    assert asked == [b"a", b"a"]
    assert twilio.gate_of.cache_info().currsize == 0
