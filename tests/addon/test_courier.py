import logging
import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from addon.sinks import courier as module
from addon.sinks.courier import Courier, Habits, Parcel, Undelivered


class Shelf:
    """Keeps what is delivered; refuses and waits as told."""

    def __init__(self, *refusals: Exception) -> None:
        self.lines: list[bytes] = []
        self.refusals = [*refusals]
        self.gate = threading.Event()
        self.gate.set()
        self.tried: list[float] = []
        self.is_closed = False

    def deliver(self, line: bytes) -> None:
        self.tried.append(time.monotonic())
        self.gate.wait(30)
        if self.refusals:
            raise self.refusals.pop(0)
        self.lines.append(line)

    def close(self) -> None:
        self.is_closed = True


def said(text: bytes) -> Parcel:
    return lambda: text


def until(met: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_lines_come_in_order_and_the_place_is_closed_at_the_end() -> None:
    shelf = Shelf()
    made = Courier("sink", shelf)
    assert all(made.offer(said(b"%d" % number)) for number in range(100))
    made.close()
    made.join(30)
    assert shelf.lines == [b"%d" % number for number in range(100)]
    assert (made.delivered, made.dropped, made.waiting, made.is_over, shelf.is_closed) == (100, 0, 0, True, True)
    assert made.offer(said(b"late")) is False


def test_a_place_that_hangs_holds_up_nobody_and_what_finds_no_room_is_counted_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    shelf.gate.clear()
    made = Courier("sink", shelf, Habits(room=3, gap=lambda missing: b"gap %d" % missing))
    made.offer(said(b"a"))
    until(lambda: bool(shelf.tried))
    began = time.monotonic()
    taken = [made.offer(said(b"b")) for _ in range(1000)]
    assert time.monotonic() - began < 10  # the place hangs until the gate is set
    assert taken == [True] * 3 + [False] * 997
    assert warnings(caplog) == ["why20003: 1 event was not delivered to sink: the queue is full"]
    shelf.gate.set()
    made.close()
    made.join(30)
    assert shelf.lines == [b"a", b"gap 997", b"b", b"b", b"b"]
    assert (made.delivered, made.dropped) == (4, 997)
    assert warnings(caplog)[1:] == ["why20003: 996 events were not delivered to sink: the queue is full"]


def test_a_minute_passes_between_two_lines_of_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOLD_EVERY", 0.2)
    shelf = Shelf(*(Undelivered("no") for _ in range(1000)))
    made = Courier("sink", shelf)
    for _ in range(50):
        made.offer(said(b"x"))
        time.sleep(0.01)
    assert 2 <= len(warnings(caplog)) <= 4
    made.close()
    made.join(30)
    assert sum(int(text.split()[1]) for text in warnings(caplog)) == made.dropped == 50


def test_what_may_be_tried_again_is_and_keeps_its_place(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(*(Undelivered("nobody listens", again=0.01) for _ in range(4)))
    made = Courier("sink", shelf)
    made.offer(said(b"first"))
    made.offer(said(b"second"))
    until(lambda: len(shelf.lines) == 2)
    assert shelf.lines == [b"first", b"second"]
    assert all(later - sooner >= 0.01 for sooner, later in pairwise(shelf.tried[:5]))
    assert made.dropped == 0
    assert warnings(caplog) == ["why20003: sink: nobody listens; up to 1000 events wait for it"]
    made.close()


@pytest.mark.parametrize("error", [ValueError("sec" + "ret"), Undelivered("full")], ids=["fault", "refusal"])
def test_what_fails_costs_its_line_only(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> bytes:
        raise KeyError("secret")

    shelf = Shelf(error)
    made = Courier("sink", shelf)
    made.offer(said(b"lost"))
    made.offer(broken)
    made.offer(lambda: None)
    made.offer(said(b"kept"))
    made.close()
    made.join(30)
    assert shelf.lines == [b"kept"]
    assert (made.delivered, made.dropped) == (1, 2)
    assert "secret" not in "\n".join(warnings(caplog))


def test_what_is_to_come_later_comes_later_and_at_the_end_at_once() -> None:
    shelf = Shelf()
    made = Courier("sink", shelf)
    began = time.monotonic()
    made.offer(said(b"later"), after=0.1)
    made.offer(said(b"now"))
    until(lambda: len(shelf.lines) == 2)
    assert shelf.lines == [b"now", b"later"]
    assert time.monotonic() - began >= 0.1
    made.offer(said(b"much later"), after=60)
    until(lambda: not made._queue.qsize())
    made.close()
    made.join(30)
    assert shelf.lines[2:] == [b"much later"]


def test_what_waits_for_later_takes_room_too() -> None:
    made = Courier("sink", Shelf(), Habits(room=5))
    taken = [made.offer(said(b"x"), after=60) for _ in range(20)]
    assert 5 <= sum(taken) <= 6  # one may be on its way from one queue to the other
    assert not any(taken[6:])
    made.close()


@pytest.mark.parametrize("how", ["hangs", "refuses"])
def test_the_end_is_bounded(how: str, caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(*(Undelivered("nobody listens", again=0.01) for _ in range(100_000)))
    if how == "hangs":
        shelf.gate.clear()
    made = Courier("sink", shelf, Habits(end_seconds=0.4))
    for _ in range(10):
        made.offer(said(b"x"))
    until(lambda: bool(shelf.tried))
    began = time.monotonic()
    made.close()
    made.join(2)
    assert time.monotonic() - began < 10
    assert (made.delivered, made.dropped) == (0, 10)
    assert sum(int(text.split()[1]) for text in warnings(caplog) if "not delivered" in text) == 10
    shelf.gate.set()


def test_a_handler_that_ends_the_program_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    class Ending(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise SystemExit(1)

    shelf, ending = Shelf(Undelivered("no")), Ending()
    logging.getLogger("addon").addHandler(ending)
    try:
        made = Courier("sink", shelf)
        made.offer(said(b"lost"))
        made.offer(said(b"kept"))
        until(lambda: shelf.lines == [b"kept"])
        made.close()
        made.join(30)
    finally:
        logging.getLogger("addon").removeHandler(ending)
