"""``why20003 diagnose``: what is wrong in saved recordings."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzers.card import Line
    from analyzers.expected import Expected
    from recordings.reading import Reading
    from why20003.diagnosing import Diagnosed

NOTHING_REFUSED, REFUSED, UNREADABLE = 0, 1, 3
_ERRORS_SHOWN = 5


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


class Style(StrEnum):
    """How much is printed as text."""

    FULL = "full"
    SHORT = "short"


def diagnose(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Recordings, globs, or - for standard input.")],
    format: Annotated[Format, typer.Option(help="Text for people, JSON (why20003/1) for programs.")] = Format.TEXT,  # noqa: A002 - the option's name
    style: Annotated[Style, typer.Option(help="How much text for each refusal.")] = Style.FULL,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="env|FILE", help="Where the right credentials stand: env, .env, .netrc. Repeatable."),
    ] = None,
) -> None:
    """Say why Twilio refused requests.

    Reads mitmproxy captures (.mitm, .flow) and HAR files, whatever their names are.

    Exit code 0: no refusal found; 1: a refusal was diagnosed; 2: wrong usage; 3: a file could not be read.

    Example: why20003 diagnose capture.mitm browser.har --expect .env --format json
    """
    from why20003 import printing

    recordings, unreadable = _read(files, _expected(expect or []))
    if format is Format.JSON:
        if recordings:
            import json

            from why20003.diagnosing import document

            printing.write(json.dumps(document(recordings), indent=2) + "\n")
    else:
        from itertools import chain

        printing.show(chain.from_iterable(_text(recordings, style)))
    if unreadable:
        raise typer.Exit(UNREADABLE)
    raise typer.Exit(REFUSED if any(recording.faulty for recording in recordings) else NOTHING_REFUSED)


def _expected(sources: list[str]) -> "tuple[Expected, ...]":
    """The credentials that the application was meant to send; ends the command when they cannot be read."""
    if not sources:
        return ()
    from why20003.expecting import UnreadableSource, expected_from
    from why20003.printing import complain

    try:
        found = expected_from(sources)
    except UnreadableSource as error:
        complain(f"--expect {error}")
        raise typer.Exit(UNREADABLE) from None
    if not found:
        complain("--expect found no Twilio credentials there (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN ...)")
    return found


def _read(files: list[str], expected: "tuple[Expected, ...]") -> "tuple[list[Diagnosed], bool]":
    """What could be read, and whether anything could not. Complaints go to stderr."""
    from recordings.reading import UnreadableRecording
    from why20003.diagnosing import Numbering, diagnosed
    from why20003.printing import complain

    numbering = Numbering()
    recordings: list[Diagnosed] = []
    unreadable = False
    for name in _expanded(files):
        try:
            reading = _open(name)
        except UnreadableRecording as error:
            complain(f"{_shown(name)}: {error}")
            unreadable = True
            continue
        for complaint in _complaints(reading):
            complain(f"{_shown(name)}: {complaint}")
        if not reading.exchanges and (reading.errors or reading.truncated):
            unreadable = True
        recordings.append(diagnosed(name, reading, numbering, expected))
    return recordings, unreadable


def _open(name: str) -> "Reading":
    from recordings.opening import open_recording, read_recording

    if name != "-":
        from pathlib import Path

        return open_recording(Path(name))
    import io
    import sys

    return read_recording(io.BytesIO(sys.stdin.buffer.read()))


def _expanded(files: Iterable[str]) -> Iterator[str]:
    """Each name once. A glob that the shell left alone is expanded; one without a match stays, to be complained of."""
    from glob import glob
    from pathlib import Path

    seen: set[str] = set()
    for name in files:
        is_glob = any(mark in name for mark in "*?[") and not Path(name).exists()
        for found in (sorted(glob(name, recursive=True)) or [name]) if is_glob else [name]:  # noqa: PTH207 - keeps ./ and absolute names as typed
            if found not in seen:
                seen.add(found)
                yield found


def _complaints(reading: "Reading") -> Iterator[str]:
    for error in reading.errors[:_ERRORS_SHOWN]:
        yield f"entry {error.entry}: {error.says}"
    if len(reading.errors) > _ERRORS_SHOWN:
        yield f"{len(reading.errors) - _ERRORS_SHOWN} more entries could not be read"
    if reading.truncated:
        yield f"the file is cut off; {_count(len(reading.exchanges), 'exchange')} before the cut could be read"


def _text(recordings: "list[Diagnosed]", style: Style) -> "Iterator[Iterable[Line]]":
    from analyzers.card import Span, card, escaped, summary_lines

    for recording in recordings:
        yield ((Span(escaped(_shown(recording.path)), "title"), Span(f": {_heading(recording)}", "dim")),)
        for diagnosis, indexes in recording.diagnoses:
            yield ((),)
            yield card(diagnosis, len(indexes), style.value)
        if recording is not recordings[-1]:
            yield ((),)
    counted = [(diagnosis, len(indexes)) for recording in recordings for diagnosis, indexes in recording.diagnoses]
    if len(counted) > 1:
        yield ((),)
        yield summary_lines(counted)


def _heading(recording: "Diagnosed") -> str:
    exchanges = len(recording.reading.exchanges)
    if not exchanges:
        return "no HTTP exchange in it"
    said = f"{_count(exchanges, 'exchange')}, {recording.twilio} with Twilio"
    return f"{said}, {recording.refused or 'none'} refused"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name
