"""``why20003 run``: a program behind a proxy of its own."""

import os
from pathlib import Path
from typing import Annotated

import typer

WRONG_USAGE, CANNOT_START = 2, 3
_LEVELS = ("off", "headers", "body", "message")


def run(  # noqa: PLR0913, PLR0917 - typer makes an option of a parameter
    command: Annotated[
        list[str] | None, typer.Argument(metavar="CMD...", help="The program and its arguments.", show_default=False)
    ] = None,
    live: Annotated[  # noqa: FBT002 - typer makes a flag of a bool
        bool, typer.Option("--live", help="Print each diagnosis as it happens, not when CMD has ended.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Append the traffic, without secrets, to this capture that only you can read."
        ),
    ] = None,
    annotate: Annotated[
        str,
        typer.Option(
            metavar="off|headers|body|message",
            help="Write the diagnosis into refused answers: not at all, as headers, into the body, or behind Twilio's"
            " message too.",
        ),
    ] = "message",
    scope: Annotated[
        str,
        typer.Option(help="Whose TLS is opened: twilio, all, or further hosts, as in 'twilio,*.twiliocdn.com'."),
    ] = "twilio",
    exit_code: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--exit-code", help="Exit with 1 when a request was refused although CMD returned 0.")
    ] = False,
    wait: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--wait", help="Stay until the processes that CMD leaves behind have ended, or Ctrl-C.")
    ] = False,
    quiet: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--quiet", "-q", help="Print nothing when Twilio was called and nothing was refused.")
    ] = False,
) -> None:
    """Run CMD behind a proxy of its own and explain its refused requests on standard error when it has ended.

    CMD and what it starts use and trust the proxy by their environment alone; nothing else changes, and nothing is left
    behind. TLS of other hosts than Twilio's passes through unopened.

    Exit code: that of CMD; 128 and the number of the signal that ended it; 127: CMD not found; 126: not executable;
    2: wrong usage; 3: the proxy could not start.

    Example: why20003 run -- python app.py
    """
    from why20003.printing import complain

    if not command:
        complain("run: CMD is missing, as in: why20003 run -- python app.py")
        raise typer.Exit(WRONG_USAGE)
    if os.name != "posix":
        complain("run needs Linux, macOS or WSL; elsewhere: why20003 proxy")
        raise typer.Exit(CANNOT_START)
    if annotate not in _LEVELS:
        complain(f"--annotate: expected {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}")
        raise typer.Exit(WRONG_USAGE)
    from why20003.launch.launching import Wishes, launch

    wishes = Wishes(scope, annotate, record, live, quiet, exit_code, wait)
    raise typer.Exit(launch(command, wishes, os.environ))
