import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.leak_layers import packed, readings

WORD = b"zq7Kx9vw"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (base64.b64encode(b"x" + WORD), "base64"),
        (WORD.hex().encode(), "hex"),
        (b" ".join(b"%02x" % byte for byte in WORD), "hex"),
        (b"".join(b"%%%02X" % byte for byte in WORD), "percent-encoding"),
        (b"".join(rb"\u%04x" % byte for byte in WORD), "JSON escapes"),
        (b"zq7Kx=\r\n9vw", "quoted-printable"),
        (b"&#x7a;q7Kx9vw", "HTML entities"),
        (WORD.decode().encode("utf-16-le"), "UTF-16"),
        (gzip.compress(WORD), "compressed"),
    ],
)
def test_readings(data: bytes, name: str) -> None:
    assert any(kind == name and WORD in text for kind, text in readings(data))


def test_plain_text_has_no_sign_of_any() -> None:
    assert [kind for kind, _ in readings(b"a b c, d.")] == []


def test_a_member_of_a_zip_is_read() -> None:
    assert packed(b"PK\x03\x04 cut") == b""


@given(st.binary(max_size=100))
def test_any_bytes_can_be_read(data: bytes) -> None:
    assert all(isinstance(text, bytes) for _, text in readings(data))
