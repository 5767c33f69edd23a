import gzip
import zlib
from collections.abc import Callable

import pytest

from why20003.sandbox import Behaviour, Encoding, Shape
from why20003.sandbox.behaviour import encode


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param("", Behaviour(), id="nothing"),
        pytest.param("gzip", Behaviour(encoding=Encoding.GZIP), id="encoding"),
        pytest.param("rfc9457", Behaviour(shape=Shape.RFC9457), id="shape"),
        pytest.param(" GZIP ,legacy-detail,", Behaviour(Encoding.GZIP, Shape.LEGACY_DETAIL), id="blanks-and-case"),
        pytest.param("delay=0.5,chunked", Behaviour(delay=0.5, chunked=True), id="delay-and-framing"),
        pytest.param("rate-limited", Behaviour(rate_limited=True), id="429"),
        pytest.param("gzip, identity", Behaviour(), id="the-last-word-counts"),
    ],
)
def test_wishes(wish: str, expected: object) -> None:
    assert Behaviour().adjusted(wish) == expected


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        pytest.param("gzipp", "known are identity, gzip", id="unknown-word"),
        pytest.param("delay=soon", "takes a number", id="no-number"),
        pytest.param("delay=11", "0 to 10 seconds", id="too-long"),
        pytest.param("delay=-1", "0 to 10 seconds", id="negative"),
        pytest.param("delay=nan", "0 to 10 seconds", id="nan"),
    ],
)
def test_nonsense_is_refused(wish: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Behaviour().adjusted(wish)


def test_errors_do_not_repeat_what_came() -> None:
    with pytest.raises(ValueError, match="not known") as caught:
        Behaviour().adjusted("fa4ebeef")
    assert "fa4ebeef" not in str(caught.value)


def test_knobs_that_are_set_stay_set() -> None:
    assert Behaviour(chunked=True).adjusted("gzip") == Behaviour(encoding=Encoding.GZIP, chunked=True)


@pytest.mark.parametrize(
    ("encoding", "decode"),
    [(Encoding.IDENTITY, bytes), (Encoding.GZIP, gzip.decompress), (Encoding.DEFLATE, zlib.decompress)],
)
def test_encodings_of_the_standard_library(encoding: Encoding, decode: Callable[[bytes], bytes]) -> None:
    assert decode(encode(b"abc" * 99, encoding)) == b"abc" * 99


def test_brotli() -> None:
    brotli = pytest.importorskip("brotli")
    assert brotli.decompress(encode(b"abc", Encoding.BR)) == b"abc"


def test_zstd() -> None:
    zstandard = pytest.importorskip("zstandard")
    assert zstandard.decompress(encode(b"abc", Encoding.ZSTD)) == b"abc"


def test_an_encoding_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ValueError, match="zstd is not available here: install zstandard"):
        Behaviour().adjusted("zstd")
