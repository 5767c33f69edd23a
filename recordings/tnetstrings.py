"""Typed netstrings as mitmproxy writes them: ``5:hello,``; reading is total on any bytes, bounded in depth.

Tags: ``,`` bytes, ``;`` text in UTF-8, ``#`` whole number, ``^`` float, ``!`` boolean, ``~`` nothing, ``]`` list,
``}`` dictionary. mitmproxy/io/tnetstring.py of mitmproxy 11.0.2 to 12.3.1, which are the same (read 2026-11-20).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeAlias

Value: TypeAlias = "bytes | str | int | float | bool | list[Value] | dict[str, Value] | None"

LENGTH: Final = re.compile(rb"([0-9]{1,12}):")
"""What stands before every value; mitmproxy reads 12 digits at most."""
MEMBER: Final = re.compile(rb"([0-9]{1,2}):([a-z0-9_]{1,40})[;,]([0-9]{1,12}):")
"""The beginning of nearly every member of a dictionary: its key and the length of its value."""
_DEEPEST: Final = 64
_BYTES, _LIST = b",]"
_NESTING: Final = frozenset(b"]}")
_TRUTHS: Final = {b"true": True, b"false": False}


class Malformed(ValueError):
    """The bytes are no such value; the text never quotes them."""


def loads(data: bytes) -> Value:
    """The one value that `data` is. Raises Malformed."""
    value, end = _value(data, 0, len(data), _DEEPEST)
    if end != len(data):
        raise Malformed("expected one value, found more behind it")
    return value


def dumps(value: Value) -> bytes:  # noqa: PLR0911 - one return for each tag reads as the table it is
    """`value` as `loads` reads it; the members of a dictionary stand in its own order. Text must be Unicode."""
    if isinstance(value, bytes):
        return b"%d:%b," % (len(value), value)
    if isinstance(value, str):
        text = value.encode()
        return b"%d:%b;" % (len(text), text)
    if value is None:
        return b"0:~"
    if isinstance(value, dict):
        inner = b"".join([_key(name) + dumps(one) for name, one in value.items()])
        return b"%d:%b}" % (len(inner), inner)
    if isinstance(value, list):
        inner = b"".join([dumps(one) for one in value])
        return b"%d:%b]" % (len(inner), inner)
    if isinstance(value, bool):
        return b"4:true!" if value else b"5:false!"
    number, tag = repr(value).encode("ascii"), b"#" if isinstance(value, int) else b"^"
    return b"%d:%b%b" % (len(number), number, tag)


@lru_cache(maxsize=256)
def _key(name: str) -> bytes:
    return dumps(name)


def bounds(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Start and end of the content of the value at `at`; its tag stands at the end. Raises Malformed."""
    length = LENGTH.match(data, at, end)
    if length is None:
        raise Malformed("expected a length")
    last = length.end() + int(length[1])
    if last >= end:
        raise Malformed("expected a value, found its beginning only")
    return length.end(), last


def members(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Key, start and end of each whole value of a dictionary whose content is ``data[start:end]``. Raises Malformed.

    The values are stepped over, not read.
    """
    at = start
    while at < end:
        member = MEMBER.match(data, at, end)
        if member and int(member[1]) == len(member[2]):
            name, value = member[2].decode("ascii"), member.start(3)
            at = member.end() + int(member[3]) + 1
            if at > end:
                raise Malformed("expected a value, found its beginning only")
        else:
            first, last = bounds(data, at, end)
            if data[last] not in b";,":
                raise Malformed("expected a key")
            name, value = data[first:last].decode("utf-8", "replace"), last + 1
            at = bounds(data, value, end)[1] + 1
        yield name, value, at


def _value(data: bytes, at: int, end: int, deeper: int) -> tuple[Value, int]:
    """The value at `at`, which ends before `end`, and where it ends."""
    length = LENGTH.match(data, at, end)  # as `bounds`, but without a call for each of many values
    if length is None:
        raise Malformed("expected a length")
    start = length.end()
    last = start + int(length[1])
    if last >= end:
        raise Malformed("expected a value, found its beginning only")
    tag = data[last]
    if tag == _BYTES:
        return data[start:last], last + 1
    if tag not in _NESTING:
        return _plain(data[start:last], tag), last + 1
    if not deeper:
        raise Malformed("expected no such deep nesting")
    if tag == _LIST:
        return _list(data, start, last, deeper - 1), last + 1
    return {key: _value(data, where, last, deeper - 1)[0] for key, where, _ in members(data, start, last)}, last + 1


def _list(data: bytes, at: int, end: int, deeper: int) -> list[Value]:
    found: list[Value] = []
    while at < end:
        value, at = _value(data, at, end, deeper)
        found.append(value)
    return found


def _plain(content: bytes, tag: int) -> Value:
    try:
        match chr(tag):
            case ";":
                return content.decode()
            case "#":
                return int(content)
            case "^":
                return float(content)
            case "!":
                return _TRUTHS[content]
            case "~" if not content:
                return None
    except (ValueError, KeyError):
        raise Malformed("expected another content for its kind") from None
    raise Malformed("expected a known kind of value")
