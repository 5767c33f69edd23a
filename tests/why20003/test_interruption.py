import signal
from collections.abc import Iterator

import pytest

from why20003.interruption import Interruption


def press() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def ctrl_c_works() -> Iterator[None]:
    """Whatever starts the tests may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_was_begun_is_written_to_its_end() -> None:
    written = []
    with Interruption() as interruption:
        for item in interruption.until("abc"):
            press()
            written.append(item)

    assert interruption.came
    assert written == ["a"]


def test_it_ends_a_reading_that_waits() -> None:
    def waiting() -> Iterator[str]:
        yield "a"
        press()
        yield "b"

    with Interruption() as interruption:
        assert [*interruption.until(waiting())] == ["a"]
    assert interruption.came


def test_a_file_that_was_read_half_is_still_given() -> None:
    def reading() -> Iterator[str]:
        try:
            press()
            yield "never"
        except KeyboardInterrupt:
            yield "half of it"
            yield "and half of another"

    with Interruption() as interruption:
        assert [*interruption.until(reading())] == ["half of it", "and half of another"]
    assert interruption.came


def test_the_second_ends_the_program() -> None:
    with Interruption() as interruption:
        for _ in interruption.until("abc"):
            press()
            with pytest.raises(KeyboardInterrupt):
                press()


def test_without_one_all_comes() -> None:
    with Interruption() as interruption:
        assert [*interruption.until("abc")] == ["a", "b", "c"]
    assert not interruption.came
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_where_it_is_ignored_it_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption() as interruption:
        press()
        assert [*interruption.until("ab")] == ["a", "b"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
