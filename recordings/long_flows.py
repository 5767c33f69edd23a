"""Flows that are too long to be kept in memory, read in pieces: of their bodies the beginning, the rest as it is.

Such a flow is a download of many megabytes. Everything in it comes in the order of the file, so that a pipe will do.
"""

from collections.abc import Iterator
from typing import Final

from recordings.flow_state import Damaged
from recordings.flow_values import RAW_LIMIT
from recordings.tnetstrings import MEMBER, Malformed, Value, loads
from recordings.windows import Windows

_BEGINNING: Final = 80
_LONGEST_PART: Final = 1 << 20
_PARTS: Final = frozenset({"request", "response", "backup"})
_SKIPPED: Final = frozenset({"websocket", "messages"})


class Ended(Exception):
    """The file ends inside the flow."""


def long_state(windows: Windows, start: int, end: int) -> dict[str, Value]:
    """The flow whose content lies from `start` to `end`, as flow_state.exchange_from takes it.

    Raises Damaged, and Ended.
    """
    found: dict[str, Value] = {}
    for name, first, last in _members(windows, start, end):
        size = last - first
        if name in _PARTS and size:
            found[name] = long_state(windows, first, last)
        elif name == "content":
            found[name] = windows.window(first, min(size, RAW_LIMIT))[: min(size, RAW_LIMIT)]
        elif name not in _SKIPPED:
            if size > _LONGEST_PART:
                raise Damaged(f"the flow is damaged: expected less than 1 MB as {name}, found more")
            found[name] = _value(windows.window(first, size + 1)[: size + 1])
    return found


def _members(windows: Windows, at: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Key, and start and end of the content, of each value of the dictionary from `at` to `end`."""
    while at < end:
        beginning = windows.window(at, _BEGINNING)
        member = MEMBER.match(beginning)
        if member is None or int(member[1]) != len(member[2]):
            if len(beginning) < min(_BEGINNING, end + 1 - at):
                raise Ended
            raise Damaged("the flow is damaged: expected a key, found something else")
        first = at + member.end()
        last = first + int(member[3])
        if last >= end:
            raise Damaged("the flow is damaged: expected a value, found its beginning only")
        yield member[2].decode("ascii"), first, last
        at = last + 1
    if windows.window(end)[:1] != b"}":
        raise Ended if not windows.window(end) else Damaged("the flow is damaged: expected a dictionary")


def _value(content: bytes) -> Value:
    try:
        return loads(b"%d:%b" % (len(content) - 1, content))
    except Malformed as error:
        raise Damaged(f"the flow is damaged: {error}") from None
