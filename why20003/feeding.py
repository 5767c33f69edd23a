"""Recordings in, diagnoses out, one after the other: what ``diagnose`` prints from."""

import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from analyzers.capture import Capture, Correction, Options
from analyzers.diagnosis import Diagnosis, changed
from analyzers.expected import Expected
from analyzers.frozen import dataclass
from recordings.opening import recordings_in, recordings_of
from recordings.reading import Elsewhere, EntryError, Recording, UnreadableRecording
from why20003.encoded import Encode, EncodedRefusals
from why20003.judging import Judgement, digest_with, judged, placed
from why20003.packing import Plain, diagnosis_of, packed, plain, unpacked
from why20003.sharing import elsewhere, processors, shared

_TOLD_EVERY = 500
"""Exchanges from one word of progress to the next."""


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """One recording and what is wrong in it."""

    path: str
    """As the user named it; ``-`` for standard input; with the member's name behind it for an archive."""
    format: str
    exchanges: int
    twilio: int
    refused: int
    errors: tuple[EntryError, ...]
    damaged: int
    truncated: bool
    diagnoses: tuple[tuple[Diagnosis, tuple[int, ...]], ...]
    """Each with the places of all its repetitions, in order of first appearance."""
    encoded: EncodedRefusals = field(default_factory=EncodedRefusals)
    """The same instead of `diagnoses`, where the caller has asked for that."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that holds no recording."""

    path: str
    says: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of one file is."""

    path: str
    read: int
    """Bytes."""
    size: int | None
    """Bytes of the whole file; None where that cannot be known."""
    exchanges: int


@dataclass(frozen=True, slots=True)
class RecordingBegun:
    """A recording is open; the next number."""

    path: str
    format: str


@dataclass(frozen=True, slots=True)
class Found:
    """A refused exchange."""

    recording: int
    diagnosis: Diagnosis
    index: int
    """Its place in the file."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A later exchange settled earlier ones; the indexes are places in the file."""

    recording: int
    correction: Correction


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that could not be read."""

    recording: int
    error: EntryError


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """What was counted in a recording; its diagnoses came before."""

    recording: int
    counts: Diagnosed


Event: TypeAlias = RecordingBegun | Found | Corrected | BadEntry | RecordingEnded | Unreadable


def diagnosed_files(  # noqa: PLR0913 - what is read, on what terms, and who takes part
    names: Iterable[str],
    expected: Sequence[Expected],
    *,
    progress: Callable[[Progress], None] | None,
    drawn: bool = True,
    encode: Encode | None = None,
    ahead: Elsewhere = elsewhere,
) -> Iterator[Diagnosed | Unreadable]:
    """Each recording in the order of `names`; an archive gives one for each member that is one.

    Several files are read by several processes, the refusals of one large file are judged by several. `drawn` asks for
    the drawings that only text for people has; with `encode` the recordings have `encoded` instead of `diagnoses`.
    `ahead` is what one file is read with: scouting.py.
    """
    listed = [*names]
    numbering = _Numbering()
    terms = _Terms(numbering.key, expected, drawn, encode)
    jobs = processors()
    if jobs > 1 and len(listed) > 1 and "-" not in listed:
        works = [partial(_packed_file, name, terms) for name in listed]
        for result in shared(works, jobs):
            for row in unpacked(result):
                found = _unpacked(row)
                if progress is not None and isinstance(found, Diagnosed):
                    progress(Progress(found.path, 0, None, found.exchanges))
                yield numbering.numbered(found)
        return
    for name in listed:
        for found in _diagnosed_file(name, terms, jobs, progress, ahead):
            yield numbering.numbered(found)


def diagnosed_events(names: Iterable[str], expected: Sequence[Expected]) -> Iterator[Event]:
    """The same as it happens: every exchange is judged by what came before it, and corrected by what comes later."""
    numbering = _Numbering()
    number = -1
    for name in names:
        try:
            for recording in _recordings(name):
                number += 1
                yield RecordingBegun(_path(name, recording), recording.format)
                yield from _events(name, recording, number, numbering, expected)
        except UnreadableRecording as error:
            yield Unreadable(name, str(error))


def _events(
    name: str, recording: Recording, number: int, numbering: "_Numbering", expected: Sequence[Expected]
) -> Iterator[Event]:
    capture = Capture(numbering.key, expected=expected, options=Options(fingerprint=digest_with(numbering.key)))
    twilio = refused = told = 0
    places = array("Q")
    for entry in recording:
        for error in recording.errors[told:]:
            yield BadEntry(number, error)
        told = len(recording.errors)
        result = capture.add(entry.exchange)
        places.append(entry.place)
        twilio += result.twilio
        if result.diagnosis is not None:
            refused += 1
            yield Found(number, numbering.named(placed(result.diagnosis, places)), entry.place)
        for one in result.corrections:
            before, now = (numbering.named(placed(each, places)) for each in (one.before, one.now))
            indexes = tuple(places[index] for index in one.indexes)
            yield Corrected(number, replace(one, before=before, now=now, indexes=indexes))
    for error in recording.errors[told:]:
        yield BadEntry(number, error)
    yield RecordingEnded(number, _counted(name, recording, Judgement(twilio + recording.passed_twilio, refused, ())))


class _Numbering:
    """Numbers the secrets of several recordings alike, so that ``sec#1`` means one secret in the whole document."""

    def __init__(self) -> None:
        self.key = os.urandom(32)
        self._numbers: dict[str, int] = {}

    def named(self, diagnosis: Diagnosis) -> Diagnosis:
        """`diagnosis` with a number in place of the digest of its secret."""
        seen = diagnosis.credential
        if seen is None or not seen.fingerprint:
            return diagnosis
        shown = f"sec#{self._number(seen.fingerprint)}"
        return changed(diagnosis, credential=replace(seen, fingerprint=shown))

    def numbered(self, found: "Diagnosed | Unreadable") -> "Diagnosed | Unreadable":
        if isinstance(found, Unreadable):
            return found
        return replace(
            found,
            diagnoses=tuple((self.named(one), places) for one, places in found.diagnoses),
            encoded=found.encoded.numbered(self._number),
        )

    def _number(self, digest: str) -> int:
        return self._numbers.setdefault(digest, len(self._numbers) + 1)


@dataclass(frozen=True, slots=True)
class _Terms:
    """On what terms all files are judged."""

    key: bytes = field(repr=False)
    expected: Sequence[Expected]
    drawn: bool
    encode: Encode | None


def _diagnosed_file(
    name: str,
    terms: _Terms,
    jobs: int = 1,
    progress: Callable[[Progress], None] | None = None,
    ahead: Elsewhere = elsewhere,
) -> Iterator[Diagnosed | Unreadable]:
    try:
        for recording in _recordings(name, ahead if jobs > 1 else None):
            path = _path(name, recording)
            told = None if progress is None else _Told(path, progress)
            try:
                judgement = judged(
                    recording,
                    terms.key,
                    terms.expected,
                    drawn=terms.drawn,
                    jobs=jobs,
                    learnt=told,
                    interruptible=True,
                    encode=terms.encode,
                )
            except UnreadableRecording as error:
                yield Unreadable(path, _without_member(str(error), recording))
                continue
            yield _counted(name, recording, judgement)
    except UnreadableRecording as error:
        yield Unreadable(name, str(error))


def _without_member(says: str, recording: Recording) -> str:
    return says.removeprefix(f"{recording.member}: ")


class _Told:
    """Tells of the progress of one recording, now and then."""

    def __init__(self, path: str, progress: Callable[[Progress], None]) -> None:
        self._path, self._progress, self._next = path, progress, _TOLD_EVERY

    def __call__(self, count: int) -> None:
        if count >= self._next:
            self._next = count + _TOLD_EVERY
            self._progress(Progress(self._path, 0, None, count))


def _packed_file(name: str, terms: _Terms) -> bytes:
    return packed(map(_plain, _diagnosed_file(name, terms)))


def _plain(found: Diagnosed | Unreadable) -> Plain:
    if isinstance(found, Unreadable):
        return found.path, found.says
    return (
        found.path,
        found.format,
        found.exchanges,
        found.twilio,
        found.refused,
        tuple((error.entry, error.says) for error in found.errors),
        found.damaged,
        found.truncated,
        tuple((plain(diagnosis), places) for diagnosis, places in found.diagnoses),
        found.encoded.plain(),
    )


def _unpacked(row: Plain) -> Diagnosed | Unreadable:
    if len(row) == 2:
        return Unreadable(*row)
    path, form, exchanges, twilio, refused, errors, damaged, truncated, diagnoses, encoded = row
    return Diagnosed(
        path,
        form,
        exchanges,
        twilio,
        refused,
        tuple(EntryError(*error) for error in errors),
        damaged,
        truncated,
        tuple((diagnosis_of(diagnosis), places) for diagnosis, places in diagnoses),
        EncodedRefusals.of(encoded),
    )


def _counted(name: str, recording: Recording, judgement: Judgement) -> Diagnosed:
    return Diagnosed(
        _path(name, recording),
        recording.format,
        recording.exchanges,
        judgement.twilio,
        judgement.refused,
        tuple(recording.errors),
        recording.damaged,
        recording.truncated,
        tuple((refusal.diagnosis, refusal.places) for refusal in judgement.refusals),
        judgement.encoded,
    )


def _recordings(name: str, ahead: Elsewhere | None = None) -> Iterator[Recording]:
    """The recordings in a file, opened when they are asked for. Raises UnreadableRecording."""
    if name == "-":
        return recordings_of(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))  # nobody has read from it yet
    return recordings_in(Path(name), elsewhere=ahead)


def _path(name: str, recording: Recording) -> str:
    return f"{name}/{recording.member}" if recording.member else name
