"""``why20003 export``: a recording as HAR, with the diagnosis of each refused exchange."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzers.exchange import Exchange
    from recordings.har_writing import HarEntry

DONE, USAGE, UNREADABLE = 0, 2, 3


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the HAR goes, readable by you alone.")
    ],
) -> None:
    """Write a recording as HAR, with our verdict on every refused exchange.

    Each refused entry has the sentence as comment, which browsers and other viewers show, and the whole diagnosis as
    _why20003. The HAR holds the same credentials as the recording.

    Exit code 0: written; 2: wrong usage; 3: the recording could not be read, or the file not written.

    Example: why20003 export repro.mitm -o repro.har
    """
    from recordings.har_writing import har
    from recordings.opening import open_recording
    from recordings.reading import UnreadableRecording
    from why20003 import versions
    from why20003.printing import UnwritableFile, complain, save

    if output.exists() and file.exists() and output.samefile(file):
        complain("--output: would write over the recording; give another name")
        raise typer.Exit(USAGE)
    try:
        reading = open_recording(file)
    except UnreadableRecording as error:
        complain(f"{file}: {error}")
        raise typer.Exit(UNREADABLE) from None
    for bad in reading.errors[:5]:
        complain(f"{file}: entry {bad.entry}: {bad.says}; left out")
    if not reading.exchanges:
        complain(f"{file}: no HTTP exchange in it")
        raise typer.Exit(UNREADABLE)
    try:
        save(har(_entries(reading.exchanges), version=versions.of("why20003")), output)
    except UnwritableFile as problem:
        complain(str(problem))
        raise typer.Exit(UNREADABLE) from None
    count = len(reading.exchanges)
    complain(f"{output}: {count} exchange{'' if count == 1 else 's'}, with the credentials that the recording has")


def _entries(exchanges: "tuple[Exchange, ...]") -> "Iterator[HarEntry]":
    import secrets

    from analyzers.capture import diagnose_all
    from analyzers.contract import diagnosis_json
    from recordings.har_writing import HarEntry

    for exchange, result in zip(exchanges, diagnose_all(exchanges, secrets.token_bytes(32)), strict=True):
        diagnosis = result.diagnosis
        if diagnosis is None:
            yield HarEntry(exchange)
            continue
        top = diagnosis.top
        told = f"{top.cause} ({top.verdict.value}): {top.says}" if top else diagnosis.says
        yield HarEntry(exchange, f"why20003: {told}", diagnosis_json(diagnosis, recording=0))
