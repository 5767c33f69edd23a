"""Lines to a terminal, wrapped and coloured, or to a pipe, plain. rich is loaded for a terminal only."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from analyzers.card import Line, escaped
from analyzers.layout import COLOURS, wrapped

_NARROWEST = 40


def show(lines: Iterable[Line]) -> None:
    """Print to stdout. A reader who has gone away (`| head`) is no error."""
    if sys.stdout.isatty():
        _to_terminal(lines)
    else:
        write("".join("".join(span.text for span in line).rstrip() + "\n" for line in lines))


def write(text: str) -> None:
    """Write `text` to stdout as it is; characters that its encoding lacks become question marks."""
    try:
        _tolerant(sys.stdout)
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _hush(sys.stdout)


def complain(text: str) -> None:
    """One line on stderr. `text` must quote nothing of a recording."""
    with suppress(BrokenPipeError):
        _tolerant(sys.stderr)
        sys.stderr.write(f"why20003: {escaped(text)}\n")
        sys.stderr.flush()


def _to_terminal(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    _tolerant(sys.stdout)
    for line in wrapped(lines, max(console.width, _NARROWEST)):
        console.print(Text.assemble(*((span.text, COLOURS[span.style]) for span in line)))


def _tolerant(stream: TextIO) -> None:
    with suppress(AttributeError, ValueError):
        stream.reconfigure(errors="replace")  # type: ignore[attr-defined] # a test's stream may not have it


def _hush(stream: TextIO) -> None:
    """Let nothing more be written to a broken pipe, or Python complains once more at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
