import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.card import Line, Span
from analyzers.layout import wrapped
from why20003.printing import complain, save, send, show


def text(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_a_long_line_is_wrapped_and_indented() -> None:
    line = (Span("  "), Span("1. one two", "plain"), Span(" three four", "dim"))

    assert [row.rstrip() for row in text(list(wrapped([line], 14)))] == ["  1. one two", "    three four"]


def test_no_row_is_longer_than_the_terminal_is_wide() -> None:
    line = (Span("✗ cause (confirmed)  "), Span("one two three four five six seven eight nine"))

    for width in range(24, 60):
        assert all(len(row) <= width for row in text(list(wrapped([line], width)))), width


def test_code_and_carets_are_cut_at_the_same_column() -> None:
    code = (Span("abcdefghijkl", "code"),)
    carets = (Span("       ^^", "caret"), Span(" here", "plain"))

    assert text(list(wrapped([code, carets], 20))) == ["abcdefghijkl", "       ^^ here"]
    assert text(list(wrapped([code, carets], 10))) == ["abcdefghij", "       ^^", "kl", "    here"]
    assert text(list(wrapped([code, carets], 8))) == ["abcdefgh", "       ^", "ijkl", "^ here"]


def test_code_without_carets_stays_as_it_is() -> None:
    lines: list[Line] = [(Span("a b c d", "code"),), (Span("x"),), (Span("e f g h", "code"),)]

    assert text(list(wrapped(lines, 4))) == ["a b c d", "x", "e f g h"]


@given(st.lists(st.text("ab ", min_size=1, max_size=12), min_size=1, max_size=5), st.integers(8, 30))
def test_wrapping_loses_no_word(parts: list[str], width: int) -> None:
    rows = text(list(wrapped([tuple(Span(part) for part in parts)], width)))

    assert "".join("".join(rows).split()) == "".join("".join(parts).split())


def test_a_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show([(Span("x" * 300, "bad"), Span("  ")), ()])

    assert capsys.readouterr().out == "x" * 300 + "\n\n"


def test_a_terminal_gets_colour(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)

    show([(Span("bad", "bad"), Span(" word" * 20)), (Span("[red]:smile:"),)])

    out = capsys.readouterr().out
    assert "\x1b[1;31mbad\x1b[0m" in out
    assert "[red]:smile:" in out
    assert len(out.splitlines()) == 4
    assert all(len(line) <= 50 for line in out.splitlines())


def test_a_complaint_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\nb\x1b[0m")

    assert capsys.readouterr().err == "why20003: a\\x0ab\\x1b[0m\n"


def failing() -> Iterator[bytes]:
    yield b"new"
    raise ValueError("enough")


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")

    with pytest.raises(ValueError, match="enough"):
        save(failing(), tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    save([b"new", b"er"], tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"newer"


def test_each_piece_is_written_at_once(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    def pieces() -> Iterator[bytes]:
        for piece in (b"a", b"b"):
            yield piece
            assert capfdbinary.readouterr().out == piece

    send(pieces())
