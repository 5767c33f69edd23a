import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.base64_layer import decoded, is_clear, noise, places_of, put_back, rewritten

TEXT = b"AC00112233445566778899aabbccddeeff:3f9a7c5e1b2d4860f7e6d5c4b3a29180"
LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", max_size=90).map(str.encode)


@given(st.binary(max_size=60))
def test_whole_bytes_are_read_with_or_without_padding(data: bytes) -> None:
    assert decoded(base64.b64encode(data).rstrip(b"=")) == data
    assert decoded(base64.urlsafe_b64encode(data).rstrip(b"=")) == data


@given(LETTERS)
def test_rewriting_with_no_change_gives_the_same_letters(letters: bytes) -> None:
    if len(letters) % 4 != 1:
        out = rewritten(letters, lambda same: same)
        assert out[:-1] == letters[:-1]
        assert decoded(out) == decoded(letters)


@given(st.binary(min_size=1, max_size=60))
def test_bits_that_no_encoder_sets_stay_unset(data: bytes) -> None:
    letters = base64.b64encode(data).rstrip(b"=")
    assert rewritten(letters, lambda same: same) == letters


def test_bits_that_are_set_stay_set() -> None:
    assert rewritten(b"YWJjZB", lambda same: same, 3) != b"YWJjZA"
    assert decoded(rewritten(b"YWJjZB", lambda same: same, 3)) == b"abcd"


@pytest.mark.parametrize(
    ("letters", "dashed"), [(b"-_-_", True), (b"+/+/", False), (base64.urlsafe_b64encode(b"\xff" * 3), True)]
)
def test_the_alphabet_stays(letters: bytes, dashed: bool) -> None:
    out = rewritten(letters, lambda inner: b"\xfb\xff\xfe"[: len(inner)])
    assert (b"-" in out or b"_" in out) == dashed


def test_letters_are_put_back_where_they_stood() -> None:
    text = b"QUJ\r\nDRA=="
    places = places_of(text)
    assert places == [0, 1, 2, 5, 6, 7]
    assert put_back(text, places, b"abcdef") == b"abc\r\ndef=="


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        (b"", False),
        (b"abc\n", True),
        ("Grüße".encode(), True),
        (b"ab\0", False),
        (b"ab\x07", False),
        (b"ab\xff", False),
        (b"\x7f", False),
    ],
)
def test_what_can_be_read(text: bytes, clear: bool) -> None:
    assert is_clear(text) is clear


@given(LETTERS, st.integers(0, 3), st.binary(min_size=100, max_size=100))
def test_noise_keeps_length_colons_and_odd_letters(letters: bytes, phase: int, stream: bytes) -> None:
    out = noise(letters, phase, stream)
    assert len(out) == len(letters)
    assert [byte in b"+/" for byte in letters[: -phase % 4]] == [byte in b"+/" for byte in out[: -phase % 4]]
    start = min(-phase % 4, len(letters))
    end = start + (len(letters) - start) // 4 * 4
    assert [byte == 58 for byte in decoded(out[start:end])] == [byte == 58 for byte in decoded(letters[start:end])]


def test_noise_says_nothing_of_what_it_replaces() -> None:
    letters = base64.b64encode(TEXT)
    out = noise(letters, 0, bytes(range(100)) * 2)
    assert sum(one == other for one, other in zip(out, letters, strict=True)) < len(letters) / 4
