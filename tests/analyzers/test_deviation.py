"""How one value differs from another, told without either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.deviation import deviation

MEANT = b"3f9a7c5e1b2d4860f7e6d5c4b3a29180"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param(MEANT, "", id="equal"),
        pytest.param(b"", "", id="empty"),
        pytest.param(MEANT[:7], "", id="a-beginning-shared-by-chance"),
        pytest.param(MEANT[:8], "without its last 24 of 32 characters", id="cut-behind"),
        pytest.param(MEANT[1:], "without its first character", id="cut-in-front"),
        pytest.param(MEANT + b"xy", "with 2 more characters behind it", id="longer-behind"),
        pytest.param(MEANT + b"x", "with 1 more character behind it", id="one-longer"),
        pytest.param(b"xy" + MEANT, "with 2 more characters in front of it", id="longer-in-front"),
        pytest.param(MEANT + b"\r\n", "with 2 more bytes around it, carriage return (0x0D) first", id="line-end"),
        pytest.param(b" " + MEANT, "with 1 more byte around it, blank (0x20) first", id="blank"),
        pytest.param(MEANT.upper(), "in other letter case", id="letter-case"),
        pytest.param(MEANT[:5] + b"0" + MEANT[6:], "with 1 of 32 characters changed", id="one-changed"),
        pytest.param(MEANT[:5] + b"00" + MEANT[7:], "with 2 of 32 characters changed", id="two-changed"),
        pytest.param(MEANT[:5] + b"000" + MEANT[8:], "", id="three-changed"),
        pytest.param(MEANT[:5] + MEANT[6:], "with 1 character missing inside", id="one-missing"),
        pytest.param(MEANT[:5] + MEANT[7:], "with 2 characters missing inside", id="two-missing"),
        pytest.param(MEANT[:5] + MEANT[8:], "", id="three-missing"),
        pytest.param(MEANT[:5] + b"z" + MEANT[5:], "with 1 character too many inside", id="one-too-many"),
        pytest.param(MEANT[:5] + MEANT[6:-1], "", id="missing-in-two-places"),
        pytest.param(MEANT[::-1], "", id="another-value"),
    ],
)
def test_ways(value: bytes, says: str) -> None:
    assert deviation(value, MEANT) == says


def test_short_values_are_compared_as_wholes_only() -> None:
    assert deviation(b"abcx", b"abcd") == ""
    assert deviation(b"ABCD", b"abcd") == "in other letter case"
    assert deviation(b"anything", b"") == ""


@pytest.mark.parametrize(
    ("value", "meant", "says"),
    [
        pytest.param(b"3f9a7c5ex", b"3f9a7c5e", "with 1 more character behind it", id="eight-are-not-shared-by-chance"),
        pytest.param(b"3f9a7c5x", b"3f9a7c5", "", id="seven-may-be"),
        pytest.param(MEANT[:15] + b"x", MEANT[:16], "with 1 of 16 characters changed", id="a-slip-in-sixteen"),
        pytest.param(MEANT[:14] + b"x", MEANT[:15], "", id="another-value-of-fifteen"),
        pytest.param(MEANT[:9] + MEANT[10:16], MEANT[:16], "with 1 character missing inside", id="one-of-sixteen-lost"),
        pytest.param(MEANT + b"\n" * 9, MEANT, "with 9 more bytes around it, line feed (0x0A) first", id="many-strays"),
        pytest.param(MEANT[:-2], MEANT, "without its last 2 of 32 characters", id="two-cut-off"),
        pytest.param(MEANT[-8:], MEANT, "without its first 24 of 32 characters", id="only-the-end"),
        pytest.param(MEANT[:1] + MEANT, MEANT, "with 1 more character in front of it", id="first-one-doubled"),
        pytest.param(MEANT[:5] + b"zz" + MEANT[5:], MEANT, "with 2 characters too many inside", id="two-too-many"),
        pytest.param(MEANT[:5] + b"zzz" + MEANT[5:], MEANT, "", id="three-too-many"),
    ],
)
def test_how_much_is_compared(value: bytes, meant: bytes, says: str) -> None:
    assert deviation(value, meant) == says


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_it_says_nothing_of_equal_values_and_never_raises(value: bytes, meant: bytes) -> None:
    assert deviation(value, value) == ""
    assert deviation(value, meant).isprintable()


@given(st.text("ab", max_size=20), st.text("ab", max_size=20))
def test_values_of_few_letters_are_told_apart_or_not_without_raising(value: str, meant: str) -> None:
    assert deviation(value.encode(), meant.encode()).isprintable()
