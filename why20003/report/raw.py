"""An exchange as it stood on the wire, redacted by the caller: long values and bodies are cut with a count."""

from collections.abc import Iterator
from typing import Final

from analyzers.exchange import Exchange, Headers
from analyzers.frozen import dataclass
from why20003.report.texts import LONGEST, counted, cut

_MOST_LINES: Final = 200
_BODY: Final = 6000
_STRANGE: Final = 0.1
"""Share of bytes that are no text from which on a body is called binary."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An exchange in lines."""

    name: str
    request: tuple[str, ...]
    response: tuple[str, ...]
    """Empty when no answer came."""


def raw_of(name: str, exchange: Exchange) -> Raw:
    """The lines of `exchange`."""
    request, response = exchange.request, exchange.response
    line = f"{request.method} {_text(request.target)} {request.version}"
    asked = (line, *_fields(request.headers), *_body(request.body))
    if response is None:
        return Raw(name, asked, ())
    status = f"{request.version} {response.status} {response.reason}".rstrip()
    return Raw(name, asked, (status, *_fields(response.headers), *_body(response.body)))


def _fields(headers: Headers) -> Iterator[str]:
    for name, value in headers[:_MOST_LINES]:
        yield f"{_text(name)}: {_text(value)}"
    if len(headers) > _MOST_LINES:
        yield f"… ({counted(len(headers) - _MOST_LINES, 'more header line')})"


def _body(body: bytes) -> Iterator[str]:
    if not body:
        return
    yield ""
    start = body[:_BODY]
    text = start.decode("utf-8", "replace")
    strange = text.count("\N{REPLACEMENT CHARACTER}") + sum(
        ord(letter) < 32 and letter not in "\t\r\n" for letter in text
    )
    if strange > len(text) * _STRANGE:
        yield f"({counted(len(body), 'byte')}, not text)"
        return
    yield from text.replace("\r\n", "\n").split("\n")[:_MOST_LINES]
    if len(body) > _BODY:
        yield f"… ({counted(len(body) - _BODY, 'more byte')})"


def _text(value: bytes) -> str:
    """A value, cut before it is decoded: it may be a megabyte."""
    text = value[: LONGEST + 4].decode("utf-8", "backslashreplace")
    if len(value) <= LONGEST:
        return text
    return cut(text, LONGEST).partition("… (")[0] + f"… ({len(value) - LONGEST:,} more bytes)"
