import pytest

from why20003.report.texts import clipped, counted, cut, path_text, visible

SID = "AC" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain é 漢 😀", "plain é 漢 😀", id="what-can-be-seen"),
        pytest.param("a\x1b[2J\x00", "a\\x1b[2J\\x00", id="controls"),
        pytest.param("\x9b\x7f", "\\x9b\\x7f", id="c1"),
        pytest.param("a\u202eb\u2066", "a\\u202eb\\u2066", id="direction"),
        pytest.param("a\u200bb\u200d\u2060\ufeff", "a\\u200bb\\u200d\\u2060\\ufeff", id="no-width"),
        pytest.param("a\xadb", "a\\xadb", id="soft-hyphen"),
        pytest.param("\u115f\u3164\uffa0", "\\u115f\\u3164\\uffa0", id="fillers"),
        pytest.param("\U000e0041", "\\U000e0041", id="tags"),
        pytest.param("\ud800\uffff", "\\ud800\\uffff", id="no-characters"),
        pytest.param("a\tb\n", "a\\x09b\\x0a", id="blanks-that-move"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_text_says_how_much_more_there_is() -> None:
    assert cut("a" * 10, 10) == "a" * 10
    assert cut("a" * 12345, 10) == "aaaaaaaaaa… (12,335 more characters)"
    assert clipped("abcdef", 4) == "abc…"


def test_numbers_are_counted() -> None:
    assert [counted(number, "byte") for number in (0, 1, 2, 12345)] == ["0 bytes", "1 byte", "2 bytes", "12,345 bytes"]


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (99, "/2010-04-01/Accounts/AC0123…cdef/Messages.json"),
        (40, "…/Accounts/AC0123…cdef/Messages.json"),
        (30, "…/AC0123…cdef/Messages.json"),
        (20, "…/Messages.json"),
        (8, "…es.json"),
    ],
)
def test_a_path_keeps_its_end(limit: int, shown: str) -> None:
    assert path_text(f"/2010-04-01/Accounts/{SID}/Messages.json", limit) == shown
    assert len(shown) <= limit
