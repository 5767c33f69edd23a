"""Files that may hold credentials, read once and never more of them than such a file can be long."""

import os
import stat
from pathlib import Path

VARIABLES = 1 << 18
"""Bytes of a file of variables; a larger one is none."""
SECRET = 1 << 14
"""Bytes of a file that is one secret."""
_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class UnreadableSource(ValueError):
    """The expected credentials could not be read; the message quotes nothing of the source."""


def content(path: Path, most: int) -> bytes:
    """All bytes of a regular file. Waits for no pipe. Raises UnreadableSource, whose text does not name the file."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a descriptor
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableSource("it is no regular file")
            data = file.read(most + 1)
    except OSError as error:
        raise UnreadableSource(error.strerror or type(error).__name__) from None
    except ValueError as error:
        raise error if isinstance(error, UnreadableSource) else UnreadableSource("no name of a file") from None
    if len(data) > most:
        raise UnreadableSource(f"larger than {most >> 10} kB")
    return data


def text_of(data: bytes) -> str:
    """Bytes as text; what is not UTF-8 survives. Raises UnreadableSource for UTF-16, which no reader of these takes."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise UnreadableSource(f"it is {name}, which no program reads as variables: save it as UTF-8")
    return data.decode("utf-8", "surrogateescape")


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file could not be read, without a byte of it."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "no text in UTF-8"


__all__ = ["SECRET", "VARIABLES", "UnreadableSource", "content", "reason", "text_of"]
