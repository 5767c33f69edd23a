"""``why20003 diagnose``: what is wrong in saved recordings."""

import gc
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from analyzers.expected import Expected
    from why20003.encoded import Encode
    from why20003.feeding import Diagnosed, Event, Unreadable

Item = TypeVar("Item")

NOTHING_REFUSED, REFUSED, UNREADABLE, INTERRUPTED = 0, 1, 3, 130


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


_DRAWN = frozenset({Format.TEXT, Format.JUNIT, Format.MARKDOWN, Format.HTML})
"""The formats that draw the header."""


class Style(StrEnum):
    """How much is printed as text."""

    FULL = "full"
    SHORT = "short"
    IDS = "ids"


def diagnose(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Recordings, globs, or - for standard input.")],
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Text for people, a ticket or a browser; json (why20003/1) and others for programs.")
    ] = Format.TEXT,
    style: Annotated[Style, typer.Option(help="How much text for each refusal; ids is one line.")] = Style.FULL,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="env|FILE", help="Where the right credentials stand: env, .env, .netrc. Repeatable."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to this file, readable by you alone."),
    ] = None,
) -> None:
    """Say why Twilio refused requests.

    Reads mitmproxy captures, HAR files, raw HTTP text, what curl prints with -v or --trace-ascii, and a .zip, .gz or
    .zst of these, whatever their names are.

    Exit code 0: no refusal found; 1: a refusal was diagnosed; 2: wrong usage; 3: a file could not be read.

    Example: why20003 diagnose capture.mitm browser.har --expect .env --format json
    """
    from why20003.scouting import sent_ahead

    gc.disable()  # nothing here goes in circles, and a look at thousands of diagnoses takes as long as they do
    names = [*_expanded(files)]
    target = _target(output, names)
    with sent_ahead(names if format is not Format.NDJSON else []) as ahead:
        from why20003.interruption import Interruption
        from why20003.printing import UnwritableFile, complain

        expected = _expected(expect or [])
        watch = _Watch()
        with Interruption() as interruption:
            try:
                if format is Format.NDJSON:
                    from why20003.feeding import diagnosed_events
                    from why20003.outputs import ndjson

                    _deliver(ndjson.pieces(watch.events(interruption.until(diagnosed_events(names, expected)))), target)
                else:
                    from why20003.feeding import diagnosed_files

                    encode: Encode | None = None
                    if format is Format.JSON:
                        from why20003.outputs.encoding import members

                        encode = members
                    drawn = format in _DRAWN
                    found = diagnosed_files(
                        names, expected, progress=watch.meter, drawn=drawn, encode=encode, ahead=ahead
                    )
                    _print(format, style, watch.recordings(interruption.until(found)), target)
            except UnwritableFile as error:
                complain(str(error))
                raise typer.Exit(UNREADABLE) from None
            finally:
                watch.meter.pause()
        if interruption.came:
            complain(
                "interrupted; " + ("what was read until then is shown" if watch.read else "nothing was read until then")
            )
            raise typer.Exit(INTERRUPTED)
        if watch.unreadable:
            raise typer.Exit(UNREADABLE)
        raise typer.Exit(REFUSED if watch.faulty else NOTHING_REFUSED)


class _Watch:
    """Looks at what passes on its way to be printed: complains of what cannot be read, and knows the exit code."""

    def __init__(self) -> None:
        from why20003.meter import Meter
        from why20003.outputs.tally import Tally

        self.meter = Meter()
        self.read = False
        """Whether a recording was read, if only in part."""
        self.unreadable = False
        self._tally = Tally()
        self._faulty = False

    @property
    def faulty(self) -> bool:
        """Whether a refusal was found that is not benign."""
        return self._faulty or self._tally.faulty

    def recordings(self, found: "Iterable[Diagnosed | Unreadable]") -> "Iterator[Diagnosed | Unreadable]":
        for recording in self._sound(found):
            self.meter.pause()
            self._note(recording)
            yield recording

    def events(self, found: "Iterable[Event]") -> "Iterator[Event]":
        from why20003.feeding import Corrected, Found, RecordingBegun, RecordingEnded, Unreadable

        for event in self._sound(found):
            match event:
                case Found(diagnosis=diagnosis):
                    self._tally.add(diagnosis)
                case Corrected(correction=correction):
                    self._tally.correct(correction.before, correction.now, correction.count)
                case Unreadable():
                    self._note(event)
                case RecordingBegun():
                    self.read = True
                case RecordingEnded(counts=counts):
                    self._note(counts)
            yield event

    def _sound(self, items: "Iterable[Item]") -> "Iterator[Item]":
        """The items until a fault of ours: a traceback might show what stands in the recording."""
        from why20003.printing import complain, fault

        try:
            yield from items
        except Exception as error:  # noqa: BLE001 - as said
            self.unreadable = True
            self.meter.pause()
            complain(fault(error))

    def _note(self, recording: "Diagnosed | Unreadable") -> None:
        from why20003.feeding import Unreadable
        from why20003.outputs.words import complaints, named, unreadable
        from why20003.printing import complain

        name = named(recording.path)
        if isinstance(recording, Unreadable):
            self.unreadable = True
            complain(f"{name}: {recording.says}")
            return
        self.read = True
        self.unreadable = self.unreadable or unreadable(recording)
        for says in complaints(recording):
            complain(f"{name}: {says}")
        for diagnosis, indexes in recording.diagnoses:
            self._tally.add(diagnosis, len(indexes))
        self._faulty = self._faulty or recording.encoded.faulty


def _print(format: Format, style: Style, found: "Iterator[Diagnosed | Unreadable]", target: Path | None) -> None:  # noqa: A002 - as the option
    """Print in one go; only the module of the format is loaded."""
    match format:
        case Format.TEXT:
            from why20003 import printing
            from why20003.outputs import text

            lines = (
                text.ids(found)
                if style is Style.IDS
                else text.lines(found, "short" if style is Style.SHORT else "full")
            )
            if target is None:
                printing.show(lines)
            else:
                printing.save(printing.plain(lines), target)
        case Format.JSON:
            import sys

            from why20003.outputs import json_document

            _deliver(json_document.pieces(found, indented=target is None and sys.stdout.isatty()), target)
        case _:
            from importlib import import_module

            module = import_module(f"why20003.outputs.{_MODULES[format]}")
            _deliver(module.pieces(found), target)


_MODULES = {Format.SARIF: "sarif", Format.JUNIT: "junit", Format.MARKDOWN: "markdown", Format.HTML: "html_page"}


def _deliver(pieces: Iterable[bytes], target: Path | None) -> None:
    from why20003 import printing

    if target is None:
        printing.send(pieces)
    else:
        printing.save(pieces, target)


def _target(output: Path | None, names: Iterable[str]) -> Path | None:
    """Where to write; None for standard output. Never over a recording that is read."""
    if output is None or str(output) == "-":
        return None
    for name in names:
        try:
            same = output.samefile(name)
        except (OSError, ValueError):
            same = False  # one of them is not there
        if same:
            raise typer.BadParameter("--output is one of the recordings; it would be lost")
    return output


def _expected(sources: list[str]) -> "tuple[Expected, ...]":
    """The credentials that the application was meant to send; ends the command when they cannot be read."""
    if not sources:
        return ()
    from why20003.printing import complain
    from why20003.sources import UnreadableSource, expected_from

    try:
        found = expected_from(sources)
    except UnreadableSource as error:
        complain(f"--expect {error}")
        raise typer.Exit(UNREADABLE) from None
    if not found:
        complain("--expect found no Twilio credentials there (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN ...)")
    return found


def _expanded(files: Iterable[str]) -> Iterator[str]:
    """Each name once. A glob that the shell left alone is expanded; one without a match stays, to be complained of."""
    from glob import glob

    seen: set[str] = set()
    for name in files:
        is_glob = any(mark in name for mark in "*?[") and not Path(name).exists()
        for found in (sorted(glob(name, recursive=True)) or [name]) if is_glob else [name]:  # noqa: PTH207 - keeps ./ and absolute names as typed
            if found not in seen:
                seen.add(found)
                yield found
