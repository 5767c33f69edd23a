import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.escapes import through_json, through_percent, through_xml


def other(text: bytes) -> bytes:
    return bytes(byte + 1 if chr(byte) in "abcxyz149" else byte for byte in text)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (b"abc", b"bcd"),
        (b"%61%62%63", b"%62%63%64"),
        (b"a%3ab", b"b%3ac"),
        (b"%3A%7a", b"%3A%7b"),
        (b"%zz%4", b"%{{%5"),
        (b"%", b"%"),
    ],
)
def test_percent(text: bytes, out: bytes) -> None:
    assert through_percent(text, other) == out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (rb"a\nb", rb"b\nc"),
        (rb"\u0061\u0041", rb"\u0062\u0041"),
        (rb"\"a\\", rb"\"b\\"),
        (rb"\ud83d\ude00a", rb"\ud83d\ude00b"),
        (rb"\u00e4", rb"\u00e4"),
        (rb"\ud800a", rb"\ud800b"),
        (b"a\\", b"b\\"),
    ],
)
def test_json(text: bytes, out: bytes) -> None:
    assert through_json(text, other) == out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (b"a&amp;b", b"b&amp;c"),
        (b"&#97;&#x61;&#X61;", b"&#98;&#x62;&#x62;"),
        (b"&nosuch;", b"&nosudh;"),
        (b"a & b", b"b & c"),
        (b"&#xD800;a", b"&#xD800;b"),
    ],
)
def test_xml(text: bytes, out: bytes) -> None:
    assert through_xml(text, other) == out


@given(st.binary(max_size=60))
def test_what_changes_nothing_keeps_every_byte(text: bytes) -> None:
    for through in (through_percent, through_json, through_xml):
        assert through(text, lambda same: same) == text


@given(st.text(max_size=20))
def test_a_changed_json_string_is_still_one(text: str) -> None:
    inner = json.dumps(text)[1:-1].encode()
    assert json.loads(b'"' + through_json(inner, lambda plain: plain.replace(b"a", b"b")) + b'"') == text.replace(
        "a", "b"
    )
