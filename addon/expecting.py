"""The credentials that the application was meant to send, as the launcher hands them over: read once, then gone.

A descriptor is closed as soon as it is read, so that no program started later inherits it, and is never read twice:
its number may belong to somebody else by then.
"""

import os
import re
import select
import time
from pathlib import Path

from analyzers.expected import Expected
from analyzers.expected_json import LARGEST, expected_of

EXPECT_HELP = (
    "The credentials that the application was meant to send, as JSON in this file or from the open descriptor that "
    "/dev/fd/N names; read once at the start. why20003 run sets it."
)
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d{1,6})")
_SECONDS = 10.0
"""How long a writer may take."""
_STANDARD = 2
"""Descriptors up to here belong to the terminal."""
_taken: set[int] = set()


def expected_in(place: str) -> tuple[Expected, ...]:
    """What the option why20003_expect names; nothing for an empty one. Raises ValueError with one line."""
    if not place:
        return ()
    try:
        return expected_of(_content(place))
    except OSError as error:
        raise ValueError(f"why20003_expect: cannot be read: {error.strerror or type(error).__name__}") from None
    except ValueError as error:
        raise ValueError(f"why20003_expect: {error}") from None


def _content(place: str) -> bytes:
    found = _DESCRIPTOR.fullmatch(place)
    if found is None:
        return _of_file(place)
    handle = int(found[1])
    if handle <= _STANDARD or handle in _taken:
        raise ValueError("this descriptor cannot be read a second time, or is the terminal's")
    _taken.add(handle)
    try:
        return _all(handle)
    finally:
        os.close(handle)


def _of_file(place: str) -> bytes:
    if not Path(place).is_file():
        raise ValueError("there is no such file")
    with Path(place).open("rb") as file:
        return file.read(LARGEST + 1)


def _all(handle: int) -> bytes:
    """Everything up to the end; a writer that never closes is not waited for."""
    deadline = time.monotonic() + _SECONDS
    parts: list[bytes] = []
    size = 0
    while size <= LARGEST:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise ValueError(f"nothing more came for {_SECONDS:.0f} seconds")
        part = os.read(handle, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    raise ValueError("it is larger than 4 MB")


__all__ = ["EXPECT_HELP", "expected_in"]
