import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.source import LINE_LIMIT, Source


def lines(text: bytes) -> list[bytes]:
    source = Source(io.BytesIO(text))
    found = []
    while line := source.next_line():
        assert source.line() == line
        found.append(line)
    assert source.line() == b""
    return found


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"b" * 300, b"c" * 70_000])).map(b"".join))
def test_lines_are_those_of_the_text(text: bytes) -> None:
    assert lines(text) == io.BytesIO(text).readlines()


def test_a_long_line_comes_in_pieces() -> None:
    assert [len(line) for line in lines(b"x" * (LINE_LIMIT + 5) + b"\ny")] == [LINE_LIMIT, 6, 1]


@pytest.mark.parametrize(
    "text", ["a\né".encode("utf-8-sig"), "a\né".encode("utf-16-le"), "a\né".encode("utf-16"), "a\né".encode()]
)
def test_encodings(text: bytes) -> None:
    marked = b"\xff\xfe" + text if text.startswith(b"a\0") else text

    assert lines(marked) == [b"a\n", "é".encode()]


def test_a_look_ahead_takes_nothing() -> None:
    source = Source(io.BytesIO(b"abc" * 50_000))

    assert source.peek(5) == b"abcab"
    assert source.take(2) == b"ab"
    assert source.peek(200_000) == (b"abc" * 50_000)[2:]
    assert source.take(200_000) == (b"abc" * 50_000)[2:]
    assert source.peek(1) == b""
