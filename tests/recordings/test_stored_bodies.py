import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.net import encoding

from recordings.decoding import plain_body
from recordings.stored_bodies import coded

CODINGS = ["gzip", "deflate", "br", "zstd"]
# Around the largest block of each: 65,535 bytes for gzip and deflate, 65,536 for br, 131,072 for zstd.
SIZES = [0, 1, 2, 65_534, 65_535, 65_536, 65_537, 131_070, 131_071, 131_072, 131_073, 262_145]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", SIZES)
def test_mitmproxy_undoes_it(coding: str, size: int) -> None:
    body = os.urandom(size)
    packed = coded(body, coding.encode())
    assert packed != body
    assert encoding.decode(packed, coding) == body


@given(st.binary(max_size=200), st.sampled_from([*CODINGS, "x-gzip", " GZip ", "identity", "compress", "gzip, br", ""]))
def test_our_own_reader_undoes_it(body: bytes, coding: str) -> None:
    name = coding.encode()
    assert plain_body(coded(body, name), name) == body


def test_gzip_undoes_it() -> None:
    assert gzip.decompress(coded(b"abc", b"gzip")) == b"abc"


@pytest.mark.parametrize("coding", CODINGS)
def test_what_stands_in_it_is_legible(coding: str) -> None:
    assert b"a legible body" in coded(b"a legible body", coding.encode())


@pytest.mark.parametrize("coding", [b"compress", b"identity", b"gzip, br", b""])
def test_what_is_not_known_is_left_alone(coding: bytes) -> None:
    assert coded(b"abc", coding) == b"abc"
