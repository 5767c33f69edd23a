"""``why20003 compare``: is a credential of a recording the one in the Console, and if not, how does it differ."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from why20003.comparison import Answer, Sent

EQUAL, NONE_EQUAL, USAGE, UNREADABLE = 0, 1, 2, 3
_LONGEST = 1 << 20
_PROMPT = "The value from the Console (not shown): "


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


def compare(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    sid: Annotated[
        str | None, typer.Option(metavar="SID", help="Only credentials that were sent with this SID in them.")
    ] = None,
    env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Take the value from this environment variable instead of asking for it."),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Text, or JSON (why20003-compare/1).")
    ] = Format.TEXT,
) -> None:
    """Say whether the credentials of a recording are the one that you have, or how each differs from it.

    The value is asked for without showing it; where standard input is no terminal, it is read as one line of that.
    Neither value is printed, not even a part of it. Credentials have the names that diagnose gives them.

    Exit code 0: one is equal, in its place, or a token was signed with it; 1: none is; 2: wrong usage; 3: the recording
    could not be read.

    Example: why20003 compare capture.mitm
    """
    if str(file) == "-":
        _refuse("FILE: standard input is where the value comes from; give a file")
    given = None if env is None else _of_environment(env)
    sent = _sent(file, sid)
    if not sent.rows:
        _say_none(sent, sid)
        raise typer.Exit(NONE_EQUAL)
    raise typer.Exit(_compared(sent, given if given is not None else _asked(), format))


def _compared(sent: "Sent", given: bytes, form: Format) -> int:
    from why20003.comparison import answers
    from why20003.printing import complain

    try:
        found = answers(sent.rows, given)
        _print(sent, found, given, form)
    except Exception as error:  # noqa: BLE001 - its text might show a value
        complain(f"stopped by a fault of why20003 itself ({type(error).__name__}); please report it without the value")
        return UNREADABLE
    return EQUAL if any(one.weighed.is_right for one in found) else NONE_EQUAL


def _print(sent: "Sent", found: "tuple[Answer, ...]", given: bytes, form: Format) -> None:
    from why20003 import printing
    from why20003.outputs import compared

    if form is Format.TEXT:
        printing.show(compared.lines(sent, found, given))
    else:
        printing.send(compared.pieces(sent, found, given))


def _sent(file: Path, sid: str | None) -> "Sent":
    """What was sent; ends the command when nothing can be read."""
    from dataclasses import replace

    from recordings.reading import UnreadableRecording
    from why20003.comparison import credentials_in
    from why20003.outputs.words import complaints, unreadable
    from why20003.printing import complain

    try:
        sent = credentials_in(file)
    except UnreadableRecording as error:
        complain(f"{file}: {error}")
        raise typer.Exit(UNREADABLE) from None
    for one in sent.unreadable:
        complain(f"{one.path}: {one.says}")
    for each in sent.recordings:
        for says in complaints(each):
            complain(f"{each.path}: {says}")
    if all(unreadable(each) for each in sent.recordings):
        raise typer.Exit(UNREADABLE)
    if not sent.all_kept:
        complain(f"{file}: more different credentials than can be compared; the first ones are")
    wanted = None if sid is None else sid.encode("utf-8", "surrogateescape")
    rows = sent.rows if wanted is None else tuple(row for row in sent.rows if row.carried.is_of(wanted))
    return replace(sent, rows=rows)


def _say_none(sent: "Sent", sid: str | None) -> None:
    from why20003.printing import complain

    whose = "" if sid is None else " with this SID"
    proof = "" if sent.absence_proves else "; the export may have left it out"
    complain(f"no credential was sent{whose} in the recording{proof}")


def _of_environment(name: str) -> bytes:
    import os

    value = os.environ.get(name, "")
    if not value:
        # Its name is not repeated: it may be the value itself, given by mistake.
        _refuse("--env: there is no such variable, or it is empty; give its name, not its value")
    return os.fsencode(value)


def _asked() -> bytes:
    """The value, from the terminal without showing it, or from a pipe."""
    import sys

    if sys.stdin is not None and sys.stdin.isatty():
        value = _typed().strip()
    else:
        value = b"" if sys.stdin is None else sys.stdin.buffer.readline(_LONGEST).rstrip(b"\r\n")
    if not value:
        _refuse("no value was given: type it, pipe it in as one line, or name a variable with --env")
    return value


def _typed() -> bytes:
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(_PROMPT).encode("utf-8", "surrogateescape")
        except GetPassWarning:
            _refuse("this terminal would show what you type; pipe the value in, or name a variable with --env")
        except EOFError:
            return b""


def _refuse(says: str) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(USAGE)
