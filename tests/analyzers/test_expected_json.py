"""Expected credentials on their way to the proxy: whole, or refused with a line that quotes nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import TOKEN
from analyzers.expected import Expected, Role, Standing
from analyzers.expected_json import LARGEST, SCHEMA, expected_json, expected_of

ROW = json.loads(expected_json([Expected(Role.AUTH_TOKEN, "N", "s", TOKEN)]))["expected"][0]


@given(
    st.lists(
        st.builds(
            Expected,
            st.sampled_from(Role),
            st.text(max_size=20),
            st.text(max_size=20),
            st.binary(max_size=40),
            st.text(max_size=10),
            st.binary(max_size=40),
            st.sampled_from(Standing),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read(given_: list[Expected]) -> None:
    assert [*expected_of(expected_json(given_))] == given_


@pytest.mark.parametrize("data", [b"", b" \n", b"[]"])
def test_nothing_is_nothing(data: bytes) -> None:
    assert expected_of(data) == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"{" + TOKEN, "no JSON", id="no-json"),
        pytest.param(b"\xff\xfe", "no JSON", id="no-text"),
        pytest.param(b"[" * 100_000, "no JSON", id="deep"),
        pytest.param(b'"' + TOKEN + b'"', SCHEMA, id="text"),
        pytest.param(json.dumps({"schema": "x", "expected": []}).encode(), SCHEMA, id="another-schema"),
        pytest.param(json.dumps({"schema": SCHEMA, "expected": [ROW] * 1001}).encode(), SCHEMA, id="many"),
        pytest.param(json.dumps({"schema": SCHEMA, "expected": [{}]}).encode(), "lacks a member", id="empty-row"),
        pytest.param(
            json.dumps({"schema": SCHEMA, "expected": [{**ROW, "role": TOKEN.decode()}]}).encode(),
            "of a kind that is not known",
            id="unknown-role",
        ),
        pytest.param(
            json.dumps({"schema": SCHEMA, "expected": [{**ROW, "value": "\u20ac"}]}).encode(),
            "of a kind that is not known",
            id="no-bytes",
        ),
        pytest.param(b" " * LARGEST + b"xx", "larger", id="large"),
    ],
)
def test_what_is_none_is_told_without_its_content(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        expected_of(data)
    assert TOKEN.decode() not in str(raised.value)
    assert raised.value.__cause__ is None
