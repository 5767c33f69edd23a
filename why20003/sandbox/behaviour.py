"""How the sandbox writes its answers: encoding, error shape, framing, delay. Set once, or per request by a
header.
"""

from __future__ import annotations

import importlib
import zlib
from dataclasses import replace
from enum import Enum
from gzip import compress as gzip_compress
from typing import Final

from analyzers.frozen import dataclass

__all__ = ["HEADER", "Behaviour", "Encoding", "Shape", "encode"]

HEADER: Final = b"x-sandbox-behaviour"
"""``X-Sandbox-Behaviour: gzip, rfc9457, chunked, delay=0.2, rate-limited`` (any of them, lower-case name
here).
"""

_LONGEST_DELAY: Final = 10.0


class Encoding(Enum):
    """Content-Encoding of answers that have a body."""

    IDENTITY = "identity"
    GZIP = "gzip"
    BR = "br"
    DEFLATE = "deflate"
    ZSTD = "zstd"


class Shape(Enum):
    """Which of Twilio's error bodies to write (docs/facts.md 1.3 and 1.5)."""

    LEGACY = "legacy"
    LEGACY_DETAIL = "legacy-detail"
    RFC9457 = "rfc9457"
    V1_0 = "v1.0"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The knobs; the defaults are what Twilio did in 2026."""

    encoding: Encoding = Encoding.IDENTITY
    shape: Shape = Shape.LEGACY
    delay: float = 0.0
    """Seconds to wait before the answer; at most 10."""
    chunked: bool = False
    """Transfer-Encoding: chunked instead of Content-Length."""
    rate_limited: bool = False
    """Answer 429/20429 instead of asking the gate."""

    def __post_init__(self) -> None:
        if not 0 <= self.delay <= _LONGEST_DELAY:
            raise ValueError(f"delay must be 0 to {_LONGEST_DELAY:g} seconds, got {self.delay:g}")

    def adjusted(self, wish: str) -> Behaviour:
        """These knobs, changed by the value of the header.

        Raises ValueError on a word that is not known, and where this Python cannot compress that way.
        """
        result = self
        for raw in wish.split(","):
            word = raw.strip().lower()
            if word in _ENCODINGS:
                result = replace(result, encoding=_ENCODINGS[word])
            elif word in _SHAPES:
                result = replace(result, shape=_SHAPES[word])
            elif word.startswith("delay="):
                result = replace(result, delay=_seconds(word.removeprefix("delay=")))
            elif word == "chunked":
                result = replace(result, chunked=True)
            elif word == "rate-limited":
                result = replace(result, rate_limited=True)
            elif word:
                raise ValueError(f"a word of X-Sandbox-Behaviour is not known; known are {', '.join(_WORDS)}")
        encode(b"", result.encoding)
        return result


def encode(data: bytes, encoding: Encoding) -> bytes:
    """Compress a body. Raises ValueError where the module for it is not installed."""
    match encoding:
        case Encoding.IDENTITY:
            return data
        case Encoding.GZIP:
            return gzip_compress(data, mtime=0)
        case Encoding.DEFLATE:
            return zlib.compress(data)
        case Encoding.BR:
            return _compress_with(("brotli", "brotlicffi"), data, encoding)
        case Encoding.ZSTD:
            return _compress_with(("zstandard",), data, encoding)


def _compress_with(modules: tuple[str, ...], data: bytes, encoding: Encoding) -> bytes:
    for name in modules:
        try:
            compressed: bytes = importlib.import_module(name).compress(data)
        except ImportError:
            continue
        return compressed
    raise ValueError(f"{encoding.value} is not available here: install {' or '.join(modules)}")


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("delay= takes a number of seconds, as in delay=0.2") from None


_ENCODINGS: Final = {encoding.value: encoding for encoding in Encoding}
_SHAPES: Final = {shape.value: shape for shape in Shape}
_WORDS: Final = (*_ENCODINGS, *_SHAPES, "chunked", "delay=SECONDS", "rate-limited")
