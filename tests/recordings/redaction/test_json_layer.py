import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction_tools import tools_of

from recordings.redaction.json_layer import JsonText, other_number
from recordings.redaction.known import Known

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def shape(value: object) -> object:
    match value:
        case dict():
            return [shape(each) for each in value.values()]
        case list():
            return [shape(each) for each in value]
        case str():
            return len(value.encode("utf-8", "surrogatepass"))
        case bool() | None:
            return value
        case _:
            return "number"


def rewriter(seen: list[tuple[bytes, bytes]]) -> JsonText:
    def member(name: bytes, value: bytes) -> bytes:
        seen.append((name, value))
        return value.replace(b"a", b"b")

    return JsonText(tools_of(Known()).veil, member)


@given(JSON, st.booleans())
def test_any_document_keeps_its_shape(value: object, ascii_only: bool) -> None:
    document = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    out = rewriter([]).rewritten(document)
    assert shape(json.loads(out.decode("utf-8", "surrogatepass"))) == shape(value) or b"\\ud" in document


@pytest.mark.parametrize(
    ("document", "seen"),
    [
        (b'{"to":"x","body":"y"}', [(b"to", b"x"), (b"body", b"y")]),
        (b'{"to":{"sid":"x"},"body":["y","z"]}', [(b"sid", b"x"), (b"body", b"y"), (b"body", b"z")]),
        (b'{"to":["a",{"sid":"x"},"c"]}', [(b"to", b"a"), (b"sid", b"x"), (b"to", b"c")]),
        (b'{"to":"cut', [(b"to", b"cut")]),
        (b'{"to":', []),
        (b'{"to":,"body":"y"}', [(b"body", b"y")]),
        (b'["x" "y"]', [(b"", b"x"), (b"", b"y")]),
        (b'{"to" : "x\\"y"}', [(b"to", b'x"y')]),
        (b"]]]}", []),
    ],
)
def test_each_text_is_given_with_its_name(document: bytes, seen: list[tuple[bytes, bytes]]) -> None:
    found: list[tuple[bytes, bytes]] = []
    rewriter(found).rewritten(document)
    assert found == seen


@given(st.binary(max_size=80))
def test_any_bytes_keep_their_length(document: bytes) -> None:
    assert len(rewriter([]).rewritten(document)) == len(document)


@pytest.mark.parametrize("number", [b"12125558437", b"-5", b"10", b"0.25", b"1e9", b"100000"])
def test_another_number_is_one_of_as_many_digits(number: bytes) -> None:
    out = other_number(tools_of(Known()).veil, number)
    assert len(out) == len(number)
    assert isinstance(json.loads(out), (int, float))
    assert (out != number) == (len(number.lstrip(b"-")) > 1)


def test_moments_stay() -> None:
    assert rewriter([]).rewritten(b'{"exp":1793707988,"n":1793707988}').startswith(b'{"exp":1793707988,')
