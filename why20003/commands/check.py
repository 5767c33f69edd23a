"""``why20003 check``: what is wrong with the settings, before a request is sent; with --live one that only reads."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from why20003.checking.target import Target

if TYPE_CHECKING:
    from analyzers.preflight import Examination
    from why20003.checking.live import Tried
    from why20003.checking.showing import Veil
    from why20003.sources import Gathered

NOTHING_WRONG, PROBLEM, COULD_NOT = 0, 1, 3


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


def check(
    env_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--env-file", metavar="FILE", help="A file of variables, instead of looking for .env. Repeatable."
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Text, or JSON (why20003-check/1).")
    ] = Format.TEXT,
    *,
    live: Annotated[bool, typer.Option("--live", help="Send one GET that only reads, and explain its answer.")] = False,
    to: Annotated[Target, typer.Option(help="Where --live sends it; the sandbox is on this machine.")] = Target.TWILIO,
) -> None:
    """Say what is wrong with the Twilio settings before a request is sent.

    Looks at the environment, .env files, secret files, profiles of the Twilio CLI and the netrc; shows no value of
    them. With --live it asks Twilio, by one request that it prints beforehand and that changes nothing.

    Exit code 0: nothing wrong; 1: a problem, or Twilio refused; 2: wrong usage; 3: nothing to look at, a file could not
    be read, or no answer came.

    Example: why20003 check --env-file .env.production --live
    """
    from analyzers.preflight import examine
    from why20003.checking.showing import Veil

    gathered = _gathered(env_file or [])
    found = _with_faults(examine(gathered.settings), gathered)
    veil = Veil(gathered.settings)
    if format is Format.TEXT:
        from why20003 import printing
        from why20003.checking.showing import lines

        printing.show(lines(found, gathered.places, veil))
    tried, could_not = _tried(found, gathered, to, format, veil) if live else (None, "")
    if format is Format.JSON:
        import json

        from why20003.checking.showing import document
        from why20003.printing import write

        write(json.dumps(document(found, gathered.places, tried, could_not, veil), indent=2) + "\n")
    raise typer.Exit(_code(found, gathered, tried, could_not))


def _gathered(files: list[Path]) -> "Gathered":
    import os

    from why20003.printing import complain
    from why20003.sources import UnreadableSource, gather, gather_files

    folder, home = Path.cwd(), Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises without one
    if not files:
        return gather(os.environ, folder, home)
    try:
        return gather_files(os.environ, files, folder, home)
    except UnreadableSource as error:
        complain(f"--env-file {error}")
        raise typer.Exit(COULD_NOT) from None


def _with_faults(found: "Examination", gathered: "Gathered") -> "Examination":
    """What could not be read is a doubt: what stands there may win."""
    from dataclasses import replace

    from analyzers.preflight import Remark, Severity, Spot

    faults = tuple(
        Remark(Severity.DOUBT, "unreadable", f"{one.origin} could not be read: {one.fault}", (Spot("", one.origin),))
        for one in gathered.places
        if one.fault
    )
    order = [*Severity]
    return replace(found, remarks=tuple(sorted((*found.remarks, *faults), key=lambda one: order.index(one.severity))))


def _tried(
    found: "Examination",
    gathered: "Gathered",
    to: Target,
    form: Format,
    veil: "Veil",
) -> "tuple[Tried | None, str]":
    """What came of the request, or why none was sent. It is announced first: on stdout, beside JSON on stderr."""
    from why20003 import printing
    from why20003.checking.live import objection, tried, way
    from why20003.checking.showing import announced, outcome

    login, says = found.login, objection(found.login)
    if login is None or says:
        printing.complain(f"--live: {says}")
        return None, says
    printing.complain(announced(login, veil))
    try:
        with way(login, to) as chosen:
            result = tried(login, gathered.expected, chosen)
    except ValueError as error:
        printing.complain(f"--live: {error}")
        return None, str(error)
    if form is Format.TEXT:
        printing.show(outcome(result))
    return result, ""


def _code(found: "Examination", gathered: "Gathered", tried: "Tried | None", could_not: str) -> int:
    from analyzers.preflight import Severity

    if found.worst is Severity.PROBLEM or (tried is not None and tried.accepted is False):
        return PROBLEM
    undecided = tried is not None and tried.accepted is None
    nothing = found.login is None and not any(one.role for one in gathered.settings)
    return COULD_NOT if could_not or undecided or nothing else NOTHING_WRONG
