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


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_it_says_nothing_of_equal_values_and_never_raises(value: bytes, meant: bytes) -> None:
    assert deviation(value, value) == ""
    assert deviation(value, meant).isprintable()
