"""Lines of a .env file: the value that a library makes of one, and the text that stands there.

What a library makes of it is python-dotenv's word; node's dotenv differs in what stands around comments and quotes
only. `docker run --env-file` takes the text as it is: https://github.com/docker/cli/blob/master/pkg/kvfile/kvfile.go
(read 2026-11-21).
"""

import io
import re
from collections.abc import Iterator
from dataclasses import field

from dotenv.parser import parse_stream

from analyzers.frozen import dataclass

# python-dotenv looks for a comment behind every blank of a run, so a long run would take it very long.
_RUN = re.compile(r"[^\S\r\n]{200,}")
_HEAD = re.compile(r"(export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)[^\S\r\n]*=")


@dataclass(frozen=True, slots=True)
class Line:
    """A variable that is set in a file."""

    name: str
    value: str = field(repr=False)
    written: str = field(repr=False)
    """The text behind the equals sign, with all that stands around the value and a carriage return at the end."""
    number: int
    exported: bool


def lines(text: str) -> Iterator[Line]:
    """Every variable that is set, in the order of the file; a name may come twice."""
    short = _RUN.sub(lambda run: run.group()[:200], text.removeprefix("\ufeff"))
    for binding in parse_stream(io.StringIO(short)):
        if binding.key is None or binding.value is None:
            continue
        read = binding.original.string  # begins with the empty lines before the binding
        start = read.lstrip()
        head = _HEAD.match(start)
        yield Line(
            binding.key,
            binding.value,
            start[head.end() :].removesuffix("\n") if head else binding.value,
            binding.original.line + read[: len(read) - len(start)].count("\n"),
            bool(head and head[1]),
        )


__all__ = ["Line", "lines"]
