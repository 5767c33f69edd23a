"""Open a recording by what stands in it, never by its name; packed ones too."""

import weakref
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from analyzers.exchange import Exchange
from recordings.archives import Budget, Content, members_of, open_zip, packing_of, problem_of, told, unpacked
from recordings.foreign import EXPECTED, is_foreign, what_it_is, what_zip_it_is
from recordings.inputs import SNIFFED, opener_of, opener_of_file
from recordings.reading import Elsewhere, EntryError, Item, Reading, Recording, UnreadableRecording

_DEEPEST: Final = 2
"""Packed in packed is read, as in a .zip of .gz files; no more."""


_TOLD_EARLY: Final = frozenset({"mitm", "curl"})
"""Formats whose sign no other format has; after the sign of another one that of these may still come."""

_Items: TypeAlias = Callable[[BinaryIO], Iterator[Item]]


class _UnknownFormat(UnreadableRecording):
    """It is no recording at all."""


def read(path: Path) -> Iterator[Exchange]:
    """Every exchange of every recording in the file at `path`.

    Raises UnreadableRecording where there is none; one that stands beside others that can be read is raised last.
    """
    failed: UnreadableRecording | None = None
    for recording in recordings_in(path, everything=True):
        try:
            for entry in recording:
                yield entry.exchange
        except UnreadableRecording as error:
            failed = failed or error
    if failed is not None:
        raise failed


def recordings_in(path: Path, *, everything: bool = False, elsewhere: Elsewhere | None = None) -> Iterator[Recording]:
    """The recordings in the file at `path`: of a plain file one, of an archive one for each member that is one.

    A member that cannot be read is a Recording of no format, which raises UnreadableRecording when it is iterated.
    With `everything` exchanges on which no diagnosis can rest come too. `elsewhere` lets another process help with a
    large file. Raises UnreadableRecording with one line that says what was expected.
    """
    content = Content("", opener_of(path))
    yield from _recordings(content, Budget(), ending=path.suffix, everything=everything, elsewhere=elsewhere)


def recordings_of(file: BinaryIO, *, everything: bool = False) -> Iterator[Recording]:
    """As `recordings_in`, of an open file, pipe or buffer from where it stands; it is read once and not closed."""
    yield from _recordings(Content("", opener_of_file(file)), Budget(), everything=everything)


def open_recording(path: Path) -> Reading:
    """Everything in the file at `path`. Raises UnreadableRecording with one line that says what was expected."""
    return _collected(recordings_in(path, everything=True))


def read_recording(file: BinaryIO) -> Reading:
    """Everything in an open file, pipe or buffer, from where it stands."""
    return _collected(recordings_of(file, everything=True))


def _recordings(  # noqa: PLR0913 - what a file, its user and its place in an archive say
    content: Content,
    budget: Budget,
    *,
    depth: int = 0,
    ending: str = "",
    everything: bool = False,
    elsewhere: Elsewhere | None = None,
) -> Iterator[Recording]:
    start = _start(content)
    packing = packing_of(start)
    if packing and depth >= _DEEPEST:
        raise UnreadableRecording("is an archive in an archive in an archive; unpack it and give the files")
    if packing == "zip":
        yield from _in_zip(content, budget, depth=depth, ending=ending, everything=everything)
    elif packing:
        inner = unpacked(packing, content, budget)
        ending = Path(content.name).suffix if depth else ending
        yield from _recordings(inner, budget, depth=depth + 1, ending=ending, everything=everything)
    else:
        chosen = _reader(start, everything=everything, elsewhere=elsewhere)
        if chosen is None:
            raise _UnknownFormat(what_it_is(start, ending))
        name, items = chosen
        yield Recording(name, told(items, content.open), content.name)


def _in_zip(content: Content, budget: Budget, *, depth: int, ending: str, everything: bool) -> Iterator[Recording]:
    file = content.open()
    try:
        archive = open_zip(file)
    except UnreadableRecording:
        file.close()
        raise
    # Its recordings are read after this function has ended, so it stays open for as long as one of them is there.
    weakref.finalize(archive, file.close)
    from recordings import saz  # noqa: PLC0415 - most files are no archive
    from recordings.escalation.members import RECORDING, is_bundle  # noqa: PLC0415 - as above

    names = archive.namelist()
    if saz.is_saz(names):
        yield Recording("raw", saz.items(archive, budget), content.name)
        return
    if other := what_zip_it_is(names, ending):
        raise _UnknownFormat(other)
    found = False
    # Of an escalation capture the others are the same recording once more, and what is none.
    only = RECORDING if is_bundle(names) else ""
    for member in (each for each in members_of(archive, budget) if each.name.endswith(only)):
        name = f"{content.name}/{member.name}" if content.name else member.name
        try:
            if member.problem:
                raise UnreadableRecording(member.problem)  # noqa: TRY301 - said below, as what is found in it
            inner = Content(name, member.open)
            for recording in _recordings(
                inner, budget, depth=depth + 1, ending=Path(member.name).suffix, everything=everything
            ):
                found = True
                yield recording
        except _UnknownFormat:
            continue
        except UnreadableRecording as error:
            found = True
            yield Recording("", _failing(f"{name}: {error}"), name)
    if not found:
        raise _UnknownFormat(f"is a .zip without a recording in it; {EXPECTED}")


def _failing(says: str) -> Iterator[Item]:
    raise UnreadableRecording(says)
    yield  # makes it an iterator, so that it fails when it is read and no earlier


def _start(content: Content) -> bytes:
    """The first bytes. Raises UnreadableRecording where there are none."""
    try:
        with content.open() as file:
            start = file.read(SNIFFED) if file.seekable() else _arriving(file)
            problem = problem_of(file)
    except OSError as error:
        raise UnreadableRecording(f"{error.strerror or 'cannot be read'}; {EXPECTED}") from None
    if not start:
        raise UnreadableRecording(problem or f"the file is empty; {EXPECTED}")
    return start


def _arriving(file: BinaryIO) -> bytes:
    """The first bytes of a pipe: no more than tell the format, so that what is written slowly is read as it comes."""
    start, looked = b"", 0
    more = getattr(file, "read1", file.read)
    while len(start) < SNIFFED and (part := more(SNIFFED - len(start))):
        start += part
        if len(start) < looked * 9 // 8:  # looked at some dozens of times at most
            continue
        looked = len(start)
        reader = None if start.isdigit() else _reader(start, everything=False, elsewhere=None)
        if reader is not None and reader[0] in _TOLD_EARLY:
            break
    return start


def _reader(start: bytes, *, everything: bool, elsewhere: Elsewhere | None) -> tuple[str, _Items] | None:
    """Format and reader of a file that begins so. A module is imported only for a file that may be its own."""
    if start[:1].isdigit():
        from recordings import mitm  # noqa: PLC0415 - see above, and so below

        if mitm.sniff(start):
            return mitm.FORMAT, partial(mitm.items, everything=everything, elsewhere=elsewhere)
    if is_foreign(start):
        return None
    from recordings import har  # noqa: PLC0415

    if har.sniff(start):
        return har.FORMAT, partial(har.items, whole=everything)
    from recordings import curl, raw  # noqa: PLC0415

    if curl.sniff(start):
        return curl.FORMAT, curl.items
    return (raw.FORMAT, raw.items) if raw.sniff(start) else None


def _collected(recordings: Iterator[Recording]) -> Reading:
    """All recordings as one; the places of entries count on from one to the next."""
    exchanges: list[Exchange] = []
    places: list[int] = []
    errors: list[EntryError] = []
    formats: list[str] = []
    failed: UnreadableRecording | None = None
    begin = skipped = 0
    truncated = False
    for recording in recordings:
        try:
            for entry in recording:
                exchanges.append(entry.exchange)
                places.append(begin + entry.place)
        except UnreadableRecording as error:
            failed = failed or error
            errors.append(EntryError(begin, str(error)))
            begin += 1
            continue
        formats.append(recording.format)
        errors += [EntryError(begin + error.entry, error.says) for error in recording.errors]
        begin += recording.exchanges + recording.skipped + recording.damaged
        skipped += recording.skipped
        truncated = truncated or recording.truncated
    if failed is not None and not formats:
        raise failed
    return Reading(formats[0], tuple(exchanges), skipped, tuple(errors), truncated, tuple(places))
