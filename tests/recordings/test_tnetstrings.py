import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.io import tnetstring

from recordings.tnetstrings import Malformed, Value, bounds, dumps, loads, members

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=20)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@given(VALUES)
def test_what_mitmproxy_writes_is_read(value: Value) -> None:
    written = tnetstring.dumps(value)

    assert loads(written) == value
    assert type(loads(written)) is type(value)


@given(VALUES)
def test_what_is_written_is_read_here_and_by_mitmproxy(value: Value) -> None:
    written = dumps(value)

    assert loads(written) == value
    assert tnetstring.loads(written) == value
    assert type(loads(written)) is type(value)


def test_members_are_written_in_their_order() -> None:
    assert dumps({"a": [1, -0.5, True], "b": None}) == b"33:1:a;18:1:1#4:-0.5^4:true!]1:b;0:~}"


@given(st.dictionaries(st.text(max_size=5), LEAVES, max_size=5))
def test_members_are_stepped_over_in_the_order_of_the_file(value: dict[str, Value]) -> None:
    written = tnetstring.dumps(value)
    start, end = bounds(written, 0, len(written))

    found = {key: loads(written[at:behind]) for key, at, behind in members(written, start, end)}

    assert found == value
    assert list(found) == list(reversed(value))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"5", b":", b"x:", b"5:hello", b"6:hello,", b"4:hello,", b"5:hello,x", b"5:hello?", b"-1:,"),
        *(b"1:x#", b"0:#", b"1:x^", b"4:True!", b"1:x~", b"1:\xff;", b"4:1:x,", b"3:1:x]", b"1:x]", b"1:x}"),
        *(b"4:1:x,}", b"8:1:1#1:1#}", b"7:1:x,0:}", b"9:4:type;0:~x}", b"10:4:type;9:x,}", b"10:4:typo;1:x,,}"),
        *(b"1234567890123:x,", b"5000:" + b"9" * 5000 + b"#"),
    ],
)
def test_what_is_no_value_is_malformed_and_never_quoted(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"^expected (?!.*hello)"):
        loads(data)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_are_malformed(data: bytes) -> None:
    try:
        value = loads(data)
    except Malformed:
        return
    assert value is None or isinstance(value, bytes | str | int | float | list | dict)


def test_nesting_ends_somewhere() -> None:
    value: Value = b"x"
    for _ in range(60):
        value = [value]
    assert loads(tnetstring.dumps(value)) == value
    for _ in range(20):
        value = [value]
    with pytest.raises(Malformed, match="expected no such deep nesting"):
        loads(tnetstring.dumps(value))


def test_keys_may_be_bytes_as_in_very_old_files() -> None:
    assert loads(b"18:7:version,5:21:ab,}") == {"version": b"21:ab"}
    assert loads(b"17:8:a key...;3:abc,}") == {"a key...": b"abc"}
