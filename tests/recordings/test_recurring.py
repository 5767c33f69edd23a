"""What the flows of a capture have in common is remembered, and not shown."""

from canary import spotted

from analyzers.building import TOKEN
from recordings.recurring import HeaderLines, Known


def test_header_lines_are_not_shown() -> None:
    lines = HeaderLines()
    line = b"53:13:Authorization,32:" + TOKEN
    assert lines[line] == (b"Authorization", TOKEN)
    assert [*lines] == [line]
    assert spotted(f"{lines} {lines!r}".encode(), [TOKEN]) == []


def test_what_is_known_is_not_shown() -> None:
    known = Known(b",", "latin-1")
    text = b"32:" + TOKEN
    assert known[text] == TOKEN.decode()
    assert [*known] == [text]
    assert spotted(f"{known} {known!r}".encode(), [TOKEN]) == []
