import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.packing import packed, unpacked

TEXT = b'{"code":20003}' * 20


@pytest.mark.parametrize(
    ("body", "deflate"),
    [
        (gzip.compress(TEXT), False),
        (zlib.compress(TEXT), False),
        (zlib.compress(TEXT, 9), False),
        (zlib.compress(TEXT, wbits=-15), True),
    ],
)
def test_what_was_packed_is_packed_again(body: bytes, deflate: bool) -> None:
    assert unpacked(body, deflate=deflate) == TEXT
    again = packed(TEXT, body)
    assert unpacked(again, deflate=deflate) == TEXT
    assert again == packed(TEXT, body)


def test_of_a_cut_body_the_beginning_is_read() -> None:
    assert TEXT.startswith(unpacked(gzip.compress(TEXT)[:-12], deflate=False) or b"none")


@pytest.mark.parametrize("body", [b"", TEXT, b"\x1f\x8bnone", b"<Message>"])
def test_what_is_not_packed(body: bytes) -> None:
    assert unpacked(body, deflate=True) is None
    assert unpacked(body, deflate=False) is None


def test_a_bomb_is_unpacked_within_bounds() -> None:
    assert len(unpacked(gzip.compress(b"\0" * 50_000_000), deflate=False) or b"") == 131_072


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes(body: bytes, deflate: bool) -> None:
    unpacked(b"\x1f\x8b" + body, deflate=deflate)
    unpacked(body, deflate=deflate)
