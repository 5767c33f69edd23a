"""``why20003 demo``: the faults of real clients, explained."""

from pathlib import Path
from typing import Annotated

import typer

CANNOT_PLAY = 3


def demo(
    keep: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the capture in this file.")] = None,
) -> None:
    """Play real faults of real clients against a sandbox on this machine, and explain each.

    Needs no network and no Twilio account. Exit code 0: every fault was explained; 1: one was not; 3: it could not be
    played.

    Example: why20003 demo --keep demo.mitm
    """
    from importlib.util import find_spec

    from why20003.printing import complain

    if find_spec("twilio") is None:
        complain("the demo drives the twilio library, which is missing; pip install 'why20003[demo]'")
        raise typer.Exit(CANNOT_PLAY)
    from rich.console import Console

    from why20003.demo.play import DemoError, play
    from why20003.mitmdump import MitmdumpError

    try:
        code = play(Console(), keep)
    except (DemoError, MitmdumpError) as error:
        complain(f"the demo stopped: {error}")
        raise typer.Exit(CANNOT_PLAY) from None
    except OSError as error:
        complain(f"the demo stopped: {error.filename or 'a file'}: {error.strerror}")
        raise typer.Exit(CANNOT_PLAY) from None
    raise typer.Exit(code)
