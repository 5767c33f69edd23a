import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from offspring import children

from why20003.sharing import elsewhere, processors, shared


def said(text: bytes) -> bytes:
    return text


def where() -> bytes:
    return b"%d" % os.getpid()


def dies(here: int) -> bytes:
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"done here"


def fails(here: int) -> bytes:
    if os.getpid() != here:
        raise MemoryError
    return b"done here"


def sleeps(seconds: float) -> bytes:
    time.sleep(seconds)
    return b"slept"


@pytest.mark.parametrize("jobs", [1, 2, 3, 9])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_stand_in_the_order_of_the_works(jobs: int, count: int) -> None:
    texts = [b"%d" % number for number in range(count)]
    assert [*shared([partial(said, text) for text in texts], jobs)] == texts


@pytest.mark.parametrize(("jobs", "apart"), [(1, False), (2, True)])
def test_one_job_needs_no_process(jobs: int, *, apart: bool) -> None:
    assert ([*shared([where, where], jobs)] != [where(), where()]) is apart


def test_more_than_a_pipe_holds() -> None:
    long = b"x" * 3_000_000
    assert [*shared([partial(said, long)] * 3, 2)] == [long] * 3


@pytest.mark.parametrize("work", [dies, fails])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_process_cannot_do_is_done_here(work: object) -> None:
    assert callable(work)
    assert [*shared([partial(work, os.getpid()), partial(said, b"b")], 2)] == [b"done here", b"b"]


def test_what_cannot_be_started_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, left = os.fork, [2]

    def full() -> int:
        left[0] -= 1
        if left[0] < 0:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return fork()

    monkeypatch.setattr("os.fork", full)
    places = [*shared([where] * 4, 2)]
    assert [place == where() for place in places] == [False, False, True, True]
    assert [*elsewhere(lambda: [b"a"])] == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_what_nobody_waits_for_is_ended() -> None:
    before = children()
    results = shared([partial(said, b"a"), partial(sleeps, 60)], 2)
    assert next(results) == b"a"
    assert len(children()) == len(before) + 1
    began = time.monotonic()
    results.close()  # type: ignore[attr-defined] # a generator
    assert time.monotonic() - began < 30
    assert children() == before


def test_there_is_a_processor() -> None:
    assert processors() >= 1


def test_without_fork_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert processors() == 1
