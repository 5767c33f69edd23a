import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.letters import replaced


def stream(text: bytes, size: int) -> bytes:
    return bytes((sum(text) + place * 37) % 256 for place in range(size))


@given(st.text(max_size=30))
def test_bytes_and_categories_stay(text: str) -> None:
    made = replaced(text.encode("utf-8", "surrogatepass"), stream, 1)
    assert len(made) == len(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("word", ["Пароль", "パスワード", "Ελληνικά", "Grüße"])
def test_every_letter_beyond_ascii_becomes_another_of_its_script(word: str) -> None:
    made = replaced(word.encode(), stream, 1).decode()
    assert len(made) == len(word)
    for one, other in zip(made, word, strict=True):
        assert (one == other) == other.isascii()
        assert unicodedata.category(one) == unicodedata.category(other)


@pytest.mark.parametrize("text", ["a\u2028b", "x\u00a0y", "\u200b", "”quoted“"])
def test_blanks_and_quotes_stay(text: str) -> None:
    assert replaced(text.encode(), stream, 1).decode() == text


def test_short_runs_stay_where_they_are_a_fault() -> None:
    assert replaced("АC12".encode(), stream, 5) == "АC12".encode()


def test_bytes_that_are_no_utf_8_become_such_bytes() -> None:
    made = replaced(b"a\xe4b\xff", stream, 1)
    assert (made[0], made[2]) == (ord("a"), ord("b"))
    assert made[1] >= 0xF8
    assert made != b"a\xe4b\xff"
