"""A value as it was meant: percent-decoded, look-alikes replaced, invisible characters left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import KEY, SID, TOKEN
from analyzers.lookalikes import name_of, plain_of

A, ES, KA = "\N{CYRILLIC CAPITAL LETTER A}", "\N{CYRILLIC CAPITAL LETTER ES}", "\N{CYRILLIC CAPITAL LETTER KA}"


@pytest.mark.parametrize(
    ("half", "plain"),
    [
        pytest.param(SID, SID, id="as-it-is"),
        pytest.param(b' "' + SID + b'"\n', SID, id="strays"),
        pytest.param(b"%20" + SID + b"%0A", SID, id="percent-encoded"),
        pytest.param(A.encode() + SID[1:], SID, id="one-cyrillic-letter"),
        pytest.param((A + ES).encode() + SID[2:], SID, id="both-cyrillic-letters"),
        pytest.param(b"S" + KA.encode() + KEY[2:], KEY, id="cyrillic-key"),
        pytest.param("\N{GREEK CAPITAL LETTER ALPHA}".encode() + SID[1:], SID, id="greek"),
        pytest.param("\N{FULLWIDTH LATIN CAPITAL LETTER A}".encode() + SID[1:], SID, id="full-width"),
        pytest.param(SID[:9] + "\N{ZERO WIDTH SPACE}".encode() + SID[9:], SID, id="zero-width"),
        pytest.param(SID[:9] + b"\xc2\xa0" + SID[9:], SID, id="no-break-blank"),
        pytest.param(SID[:9] + b"\xa0" + SID[9:], SID, id="no-break-blank-of-latin-1"),
        pytest.param(
            SID[:9] + "\N{LATIN SMALL LETTER E WITH ACUTE}".encode() + SID[10:], SID[:9] + b"!" + SID[10:], id="e"
        ),
        pytest.param(SID[:9] + b"\xef\xbf\xbd" + SID[10:], SID[:9] + b"!" + SID[10:], id="replacement-character"),
        pytest.param("\N{HIRAGANA LETTER A}".encode() * 3, b"!!!", id="another-script"),
        pytest.param(TOKEN[:9] + b"%zz", TOKEN[:9] + b"%zz", id="no-percent-encoding"),
        pytest.param(b"", b"", id="empty"),
    ],
)
def test_plain(half: bytes, plain: bytes) -> None:
    assert plain_of(half) == plain


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (b"\xef\xbb\xbf", "a byte order mark"),
        (b"\xc2\xa0abc", "a no-break blank"),
        (b"\xa0", "a no-break blank"),
        (b"\xa0abc", "a no-break blank"),
        ("\N{RIGHT DOUBLE QUOTATION MARK}x".encode(), "a typographic quote"),
        (A.encode() + b"x", "a letter of another alphabet that looks like a Latin one"),
        (b"\xc3\xa9", "non-ASCII byte (0xC3)"),
        (b"\xff", "non-ASCII byte (0xFF)"),
    ],
)
def test_names(found: bytes, name: str) -> None:
    assert name_of(found) == name


@given(st.binary(max_size=100))
def test_it_is_always_ascii(half: bytes) -> None:
    assert plain_of(half).isascii()


def test_a_long_value_is_looked_at_in_part() -> None:
    assert len(plain_of(b"%41" * 10**6)) <= 400
