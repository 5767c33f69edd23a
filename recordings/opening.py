"""Open a recording by what stands in it, never by its name."""

import codecs
import io
import re
from pathlib import Path
from typing import BinaryIO

from recordings import har
from recordings.reading import Reading, UnreadableRecording

_EXPECTED = "expected a mitmproxy capture (.mitm, .flow) or a HAR file"
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TNETSTRING = re.compile(rb"\d{1,12}:")
_SNIFFED = 4096


def open_recording(path: Path) -> Reading:
    """Read the file at `path`. Raises UnreadableRecording with one line that says what was expected."""
    try:
        if path.is_dir():
            raise UnreadableRecording(f"is a folder; {_EXPECTED}")
        with path.open("rb") as file:
            return read_recording(file)
    except OSError as error:
        raise UnreadableRecording(f"{error.strerror or 'cannot be read'}; {_EXPECTED}") from None
    except ValueError as error:
        if isinstance(error, UnreadableRecording):
            raise
        raise UnreadableRecording(f"is no file name; {_EXPECTED}") from None


def read_recording(file: BinaryIO) -> Reading:
    """Read an open file, pipe or buffer, from its beginning."""
    if not file.seekable():
        file = io.BytesIO(file.read())
    start = file.read(_SNIFFED)
    file.seek(0)
    if not start:
        raise UnreadableRecording(f"the file is empty; {_EXPECTED}")
    if _TNETSTRING.match(start):
        from recordings import mitm  # noqa: PLC0415 - who reads HAR files does not wait for mitmproxy

        return mitm.read(file)
    if _text(start).startswith(b"{"):
        return har.read(file)
    raise UnreadableRecording(f"unknown format; {_EXPECTED}")


def _text(start: bytes) -> bytes:
    """`start` without a byte order mark, the zeros of UTF-16 and white space."""
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip()
