"""Names for the bytes and the line breaks that spoil a credential; letters and digits stay unnamed."""

import string

import pytest

from analyzers.building import SID, TOKEN
from analyzers.flaws import Pair, name_break, name_byte


@pytest.mark.parametrize(
    ("byte", "name"),
    [
        pytest.param(0x00, "NUL (0x00)", id="nul"),
        pytest.param(0x09, "tab (0x09)", id="tab"),
        pytest.param(0x1F, "control character (0x1F)", id="last-control-character"),
        pytest.param(0x20, "blank (0x20)", id="blank"),
        pytest.param(0x21, "character !", id="first-that-shows"),
        pytest.param(0x22, 'double quote (")', id="with-a-name"),
        pytest.param(0x7E, "character ~", id="last-that-shows"),
        pytest.param(0x7F, "control character (0x7F)", id="delete"),
        pytest.param(0x80, "non-ASCII byte (0x80)", id="first-above-ascii"),
        pytest.param(0xAA, "non-ASCII byte (0xAA)", id="a-letter-of-latin-1"),
        pytest.param(0xFF, "non-ASCII byte (0xFF)", id="last"),
    ],
)
def test_names_of_bytes(byte: int, name: str) -> None:
    assert name_byte(byte) == name


@pytest.mark.parametrize("letter", string.ascii_letters + string.digits)
def test_a_letter_or_digit_may_be_part_of_a_secret(letter: str) -> None:
    assert name_byte(ord(letter)) == "a letter or digit"


@pytest.mark.parametrize(
    ("found", "name", "folded"),
    [
        pytest.param(b"\r\n", "CRLF", False, id="crlf"),
        pytest.param(b"\n", "LF", False, id="lf"),
        pytest.param(b"\r", "CR", False, id="cr"),
        pytest.param(b"\r\n ", "CRLF", True, id="folded-by-a-blank"),
        pytest.param(b"\n\t \t", "LF", True, id="folded-by-tabs"),
        pytest.param(b"%0D%0A", "an escaped line break", False, id="percent-encoded"),
        pytest.param(b"\\n  ", "an escaped line break", True, id="escaped-and-folded"),
    ],
)
def test_names_of_line_breaks(found: bytes, name: str, folded: bool) -> None:
    said = name_break(found)
    assert said.partition(" and ")[0] == name
    assert ("folded" in said) is folded


def test_a_pair_shows_neither_half() -> None:
    shown = repr(Pair(SID, TOKEN))
    assert SID.decode() not in shown
    assert TOKEN.decode() not in shown
