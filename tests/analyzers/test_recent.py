"""Answers are remembered for short values only, and never mixed up."""

import pytest

from analyzers.building import TOKEN
from analyzers.recent import Answers, recent


def test_a_short_value_is_worked_out_once() -> None:
    asked: list[bytes] = []

    @recent
    def size(text: bytes) -> int:
        asked.append(text)
        return len(text)

    assert [size(b"ab"), size(b"abc"), size(b"ab")] == [2, 3, 2]
    assert asked == [b"ab", b"abc"]


def test_long_values_are_not_kept() -> None:
    asked: list[int] = []

    @recent
    def size(text: bytes) -> int:
        asked.append(len(text))
        return len(text)

    assert [size(b"x" * 129), size(b"x" * 129), size(b"x" * 128), size(b"x" * 128)] == [129, 129, 128, 128]
    assert asked == [129, 129, 128]


@pytest.mark.parametrize(("others", "times"), [(511, 1), (512, 2)])
def test_so_many_answers_are_kept(others: int, times: int) -> None:
    asked: list[bytes] = []

    @recent
    def size(text: bytes) -> int:
        asked.append(text)
        return len(text)

    for number in range(others + 1):
        size(b"%d" % number)
    assert [size(b"0"), asked.count(b"0")] == [1, times]


def test_what_was_asked_long_ago_is_forgotten() -> None:
    asked: list[bytes] = []

    @recent
    def size(text: bytes) -> int:
        asked.append(text)
        return len(text)

    for number in range(600):
        size(b"%d" % number)
    size(b"0")
    assert asked.count(b"0") == 2


def test_what_is_remembered_is_not_shown() -> None:
    answers = Answers(len)
    assert answers[TOKEN] == len(TOKEN)
    assert [*answers] == [TOKEN]
    assert f"{answers} {answers!r}" == "Answers() Answers()"
