import gzip
import zlib

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from recordings.decoding import BODY_LIMIT, plain_body, unchunked

TEXT = b'{"code":20003}' * 5
BARE = zlib.compressobj(wbits=-15)
BARE_DEFLATE = BARE.compress(TEXT) + BARE.flush()


@pytest.mark.parametrize(
    ("raw", "coding"),
    [
        (TEXT, b""),
        (TEXT, b"identity"),
        (gzip.compress(TEXT), b"gzip"),
        (gzip.compress(TEXT), b" X-GZip "),
        (zlib.compress(TEXT), b"deflate"),
        (BARE_DEFLATE, b"deflate"),
        (brotli.compress(TEXT), b"br"),
        (zstandard.compress(TEXT), b"zstd"),
    ],
)
def test_codings_are_undone(raw: bytes, coding: bytes) -> None:
    assert plain_body(raw, coding) == TEXT


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd", b"compress"])
def test_what_is_not_coded_stays(coding: bytes) -> None:
    assert plain_body(TEXT, coding) == TEXT


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        (b"gzip", gzip.compress(bytes(1 << 24))),
        (b"deflate", zlib.compress(bytes(1 << 24))),
        (b"br", brotli.compress(bytes(1 << 24))),
        (b"zstd", zstandard.compress(bytes(1 << 24))),
        (b"", bytes(1 << 20)),
    ],
)
def test_no_more_than_the_limit_comes_out(coding: bytes, bomb: bytes) -> None:
    assert plain_body(bomb, coding) == bytes(BODY_LIMIT)


@pytest.mark.parametrize(
    ("coding", "coded"),
    [(b"gzip", gzip.compress(bytes(range(256)) * 100)), (b"deflate", zlib.compress(bytes(range(256)) * 100))],
)
def test_what_was_cut_gives_its_beginning(coding: bytes, coded: bytes) -> None:
    text = bytes(range(256)) * 100

    found = plain_body(coded[: len(coded) * 9 // 10], coding)

    assert len(found) > 1000
    assert text.startswith(found)


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\nabc\n0\n\n", b"abc"),
        (b"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n", b"abcde"),
        (b"0\r\n\r\n", b""),
        (b"3\r\nabc\r\n9\r\nde", b"abcde"),
        (b"3\r\nabc\r\nnonsense", b"abc"),
        (b"3\r\nabcd\r\n0\r\n\r\n", None),
        (b"{}", None),
        (b"", None),
    ],
)
def test_chunks(raw: bytes, content: bytes | None) -> None:
    found = unchunked(raw)

    assert (None if found is None else found[0]) == content


def test_what_follows_the_chunks_is_left() -> None:
    raw = b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"

    assert unchunked(raw) == (b"a", raw.index(b"HTTP"))


@given(st.binary(max_size=200), st.sampled_from([b"gzip", b"deflate", b"br", b"zstd", b"x"]))
def test_any_bytes_give_bytes(raw: bytes, coding: bytes) -> None:
    assert len(plain_body(raw, coding)) <= BODY_LIMIT
    unchunked(raw)
