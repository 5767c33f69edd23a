import contextlib
import logging
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NoReturn

import pytest

from addon.deadline import TICK, Deadline
from analyzers.building import SID, TOKEN, basic, refused
from analyzers.capture import Capture, Result
from analyzers.case import Case
from analyzers.findings import Outcome
from analyzers.registry import RULES

pytestmark = [
    pytest.mark.timeout(60, method="thread"),  # the other method of pytest-timeout takes SIGALRM itself
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the bound needs a timer of Unix"),
]
LATE = "stray-characters"
ONE_CHECK = 10 * TICK
"""What one late check may cost on a busy machine."""


@pytest.fixture
def deadline() -> Iterator[Deadline]:
    made = Deadline()
    made.install()
    yield made
    made.remove()
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def sleeps(_case: Case) -> NoReturn:
    time.sleep(600)
    raise AssertionError


def loops(_case: Case) -> NoReturn:
    while True:
        pass


def backtracks(_case: Case) -> NoReturn:
    re.match(r"(a|aa)+$", "a" * 100 + "b")
    raise AssertionError


def swallows(_case: Case) -> Outcome:
    for _ in range(2):
        with contextlib.suppress(Exception):  # what no check should do
            sleeps(_case)
    raise ValueError


def patched(deadline: Deadline, check: Callable[[Case], Outcome]) -> Capture:
    deadline.rules._rules = tuple(replace(rule, check=check) if rule.slug == LATE else rule for rule in RULES)
    return Capture(b"key", deadline.rules)


def judged(capture: Capture, deadline: Deadline, number: int = 0) -> tuple[Result, float]:
    began = time.monotonic()
    with deadline:
        result = capture.add(refused(basic(SID, TOKEN + b"\n" * (1 + number)), at=number))
    return result, time.monotonic() - began


@pytest.mark.parametrize("check", [sleeps, loops, backtracks, swallows])
def test_a_cause_that_takes_too_long_counts_as_crashed(deadline: Deadline, check: Callable[[Case], Outcome]) -> None:
    result, took = judged(patched(deadline, check), deadline)
    assert took < 2 * ONE_CHECK
    assert result.diagnosis is not None
    assert [slug for slug, _ in result.diagnosis.crashed] == [LATE]
    accounted = {slug for slug, _ in (*result.diagnosis.unknown, *result.diagnosis.ruled_out)}
    assert accounted | {found.cause for found in result.diagnosis.findings} == {rule.slug for rule in RULES}


def test_after_three_times_it_is_left_out_and_that_is_said_once(
    deadline: Deadline, caplog: pytest.LogCaptureFixture
) -> None:
    capture = patched(deadline, sleeps)
    with caplog.at_level(logging.WARNING):
        results = [judged(capture, deadline, number) for number in range(6)]
    diagnoses = [result.diagnosis for result, _ in results]
    assert [len(each.crashed) if each else None for each in diagnoses] == [1, 1, 1, 0, 0, 0]
    assert sum(took for _, took in results[3:]) < ONE_CHECK
    assert all(each is not None and LATE in dict(each.unknown) for each in diagnoses)
    assert [record.getMessage() for record in caplog.records] == [
        f"why20003: the cause {LATE} takes too long and is left out from now on"
    ]


def test_a_corrected_diagnosis_is_bounded_as_well(deadline: Deadline) -> None:
    """Sixteen earlier refusals are judged anew with one exchange, each by a cause that sleeps."""
    capture = patched(deadline, sleeps)
    began = time.monotonic()
    for number in range(20):
        with deadline:
            capture.add(refused(basic(SID, b"%032x" % number), at=number))
    assert time.monotonic() - began < 4 * ONE_CHECK


def test_many_short_checks_are_not_mistaken_for_a_long_one(deadline: Deadline) -> None:
    deadline.rules._rules = RULES
    waiting = TICK / 8

    def waits(case: Case) -> Outcome:
        time.sleep(waiting)
        return RULES[0].check(case)

    deadline.rules._rules = tuple(replace(rule, check=waits) for rule in RULES[:30])
    result, took = judged(Capture(b"key", deadline.rules), deadline)
    assert took > 3 * TICK
    assert result.diagnosis is not None
    assert result.diagnosis.crashed == ()


def test_nothing_is_interrupted_outside(deadline: Deadline) -> None:
    with deadline:
        time.sleep(3 * TICK)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    deadline._tick(signal.SIGALRM, None)


def test_the_diagnosis_is_that_of_an_unwatched_engine(deadline: Deadline) -> None:
    watched, plain = Capture(b"key", deadline.rules), Capture(b"key")
    exchange = refused(basic(SID, TOKEN + b"\n"))
    with deadline:
        assert watched.add(exchange) == plain.add(exchange)
    assert len(deadline.rules) == len(RULES)
    assert (deadline.rules[0], deadline.rules[:2]) == (RULES[0], RULES[:2])


def test_a_signal_that_somebody_uses_is_left_alone() -> None:
    def others(*_: object) -> None: ...

    before = signal.signal(signal.SIGALRM, others)
    try:
        made = Deadline()
        made.install()
        with made:
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        made.remove()
        assert signal.getsignal(signal.SIGALRM) is others
    finally:
        signal.signal(signal.SIGALRM, before)


def test_another_thread_has_no_bound_and_no_trouble() -> None:
    results: list[Result] = []

    def run() -> None:
        made = Deadline()
        made.install()
        results.append(judged(patched(made, RULES[0].check), made)[0])
        made.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert [result.diagnosis is not None for result in results] == [True]
