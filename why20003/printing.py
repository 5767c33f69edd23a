"""Lines and documents to a terminal, a pipe or a file. rich is loaded for a terminal only."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from analyzers.card import Line

_NARROWEST = 40


class UnwritableFile(ValueError):
    """What should be saved cannot be; the text is one line for the user."""


def show(lines: "Iterable[Line]") -> None:
    """Print to stdout as they come. A reader who has gone away (`| head`) is no error."""
    if sys.stdout.isatty():
        _to_terminal(lines)
    else:
        send(plain(lines, sys.stdout.encoding))


def plain(lines: "Iterable[Line]", encoding: str = "utf-8") -> Iterable[bytes]:
    """Each line without colours; characters that `encoding` lacks become question marks."""
    for line in lines:
        yield ("".join([span.text for span in line]).rstrip() + "\n").encode(encoding or "utf-8", "replace")


def write(text: str) -> None:
    """Write `text` to stdout as it is; characters that its encoding lacks become question marks."""
    send((text.encode(sys.stdout.encoding or "utf-8", "replace"),))


def send(pieces: Iterable[bytes]) -> None:
    """Write each piece to stdout at once. When the reader has gone away no more pieces are asked for."""
    for piece in pieces:
        try:
            _write_all(sys.stdout, piece)
        except BrokenPipeError:
            _hush(sys.stdout)
            return


def save(pieces: Iterable[bytes], path: "Path") -> None:
    """Write the pieces to a file that only its owner can read, and that is there whole or not at all.

    Without a piece there will be no file. A device or a pipe is written to as it is. Raises UnwritableFile, when it can
    before the first piece is asked for.
    """
    target = path.resolve()  # through a symbolic link, as any other program would write
    if target.is_dir():
        raise UnwritableFile(f"cannot write {path}: it is a folder")
    with _translated(path):
        special = target.exists() and not target.is_file()
        file, made = (target.open("wb"), None) if special else _beside(target)
    written = False
    try:
        for piece in pieces:
            with _translated(path):
                written = bool(file.write(piece)) or written
        with _translated(path):
            file.close()  # which writes the rest
        if made is not None and written:
            with _translated(path):
                made.replace(target)
    finally:
        with suppress(OSError):
            file.close()
        if made is not None:
            made.unlink(missing_ok=True)


def complain(text: str) -> None:
    """One line on stderr. `text` must quote nothing of a recording."""
    from analyzers.card import escaped

    with suppress(BrokenPipeError):
        _tolerant(sys.stderr)
        sys.stderr.write(f"why20003: {escaped(text)}\n")
        sys.stderr.flush()


def fault(error: Exception) -> str:
    """What to say of a fault of ours: the kind of the error and the line that raised it; never its text."""
    from traceback import extract_tb

    *_, last = extract_tb(error.__traceback__)
    place = f"{type(error).__name__} at {os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 - without pathlib
    return f"stopped by a fault of why20003 itself ({place}); please report it without the recording"


def _beside(target: "Path") -> "tuple[IO[bytes], Path]":
    """A new file in the folder of `target`, private from its first byte, and its name."""
    from tempfile import mkstemp

    handle, name = mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)  # mode 0600
    return open(handle, "wb"), target.with_name(os.path.basename(name))  # noqa: PTH119, PTH123 - open and named already


@contextmanager
def _translated(path: "Path") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnwritableFile(f"cannot write {path}: {error.strerror or type(error).__name__}") from None


def _to_terminal(lines: "Iterable[Line]") -> None:
    from rich.console import Console
    from rich.text import Text

    from analyzers.layout import COLOURS, wrapped

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    _tolerant(sys.stdout)
    for line in wrapped(lines, max(console.width, _NARROWEST)):
        console.print(Text.assemble(*((span.text, COLOURS[span.style]) for span in line)))


def _write_all(stream: TextIO, piece: bytes) -> None:
    """All of `piece`, at once; an unbuffered stream may take less than it is given."""
    out = getattr(stream, "buffer", None)
    if out is None:  # a stand-in without bytes
        stream.write(piece.decode(stream.encoding or "utf-8"))
        return
    rest = memoryview(piece)
    while rest:
        rest = rest[out.write(rest) :]
    out.flush()


def _tolerant(stream: IO[str]) -> None:
    with suppress(AttributeError, ValueError):
        stream.reconfigure(errors="replace")  # type: ignore[attr-defined] # a test's stream may not have it


def _hush(stream: IO[str]) -> None:
    """Let nothing more be written to a broken pipe, or Python complains once more at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
