"""``why20003 redact``: the same recording without its secrets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from why20003.redacting import Counts, Source

DONE, USAGE, UNREADABLE = 0, 2, 3


def redact(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="Where it goes; .mitm or .har says as what.")
    ],
    hide_sids: Annotated[  # noqa: FBT002 - typer makes a flag of it
        bool, typer.Option("--hide-sids", help="Replace SIDs too; Twilio's support needs them.")
    ] = False,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="env|FILE", help="Credentials that must not be in it either: env, .env, .netrc."),
    ] = None,
) -> None:
    """Write a recording anew without its secrets, with the same shape, faults and diagnosis.

    Every secret is replaced by another value of the same length and kind, equal ones by equal ones. The result is
    searched for every secret in every writing before it stands under its name.

    Exit code 0: written; 2: wrong usage; 3: the recording could not be read, or the result not be written.

    Example: why20003 redact capture.mitm -o shareable.har
    """
    import secrets
    from contextlib import suppress

    from recordings.reading import UnreadableRecording
    from why20003.commands.diagnose import _expected as expected_from
    from why20003.feeding import Progress
    from why20003.meter import Meter
    from why20003.printing import UnwritableFile, complain
    from why20003.redacting import LeakFound, Source, redact_file

    expected = expected_from(expect or [])
    meter = Meter()
    try:
        source = Source(file)
        _look_at(output, source)
        done = redact_file(
            source,
            output,
            key=secrets.token_bytes(32),
            hide_sids=hide_sids,
            expected=expected,
            progress=lambda count: meter(Progress(file, 0, None, count)),
        )
    except UnreadableRecording as error:
        _fail(f"{file}: {error}")
    except UnwritableFile as error:
        _fail(str(error))
    except LeakFound as error:
        _fail(f"{output} was not written: {error} would still be in it; please report this without the recording")
    except OSError as error:
        _fail(f"{file}: {error.strerror or 'cannot be read'}")
    finally:
        with suppress(Exception):
            meter.pause()
    for says in done.complaints:
        complain(f"{file}: {says}")
    complain(f"{output}: {told(done.counts, hide_sids=hide_sids)}")


def told(counts: "Counts", *, hide_sids: bool) -> str:
    """What was replaced and what was not, in one paragraph."""
    from why20003.outputs.words import counted

    kinds = [counted(counts.credentials, "credential"), counted(counts.personal, "personal value")]
    kinds += [counted(counts.sids, "SID")] if hide_sids else []
    places = ", ".join(
        counted(number, noun)
        for number, noun in (
            (counts.headers, "header value"),
            (counts.targets, "URL"),
            (counts.bodies, "message body"),
        )
        if number
    ).replace("bodys", "bodies")
    kept = "times, statuses, header names" + ("" if hide_sids else ", SIDs") + " and what Twilio said stay"
    says = f"{counted(counts.exchanges, 'exchange')}; replaced {', '.join(kinds)} in {places or 'nothing'}; {kept}"
    if counts.odd:
        says += f"; of {counted(counts.odd, 'exchange')} the diagnosis may differ"
    return says


def _look_at(output: Path, source: "Source") -> None:
    if source.is_at(output):
        _refuse("--output: would write over the recording; give another name")
    if output.exists() and not output.is_file() and not output.is_dir():
        _refuse("--output: is no file; what is written there could not be taken back if a secret was found in it")


def _refuse(says: str) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(USAGE)


def _fail(says: str) -> NoReturn:
    from why20003.printing import complain

    complain(says)
    raise typer.Exit(UNREADABLE)
