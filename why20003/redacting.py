"""A recording redacted, from one file into another: once through it to learn what must go, once to write the rest."""

import io
import itertools
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from analyzers.exchange import Exchange, Request, Response
from recordings.har_writing import HarEntry, har
from recordings.mitm_writing import mitm
from recordings.opening import recordings_in, recordings_of
from recordings.reading import Recording, UnreadableRecording
from recordings.redact import Leak, Redactor, fits, next_key
from recordings.self_check import SelfCheck, Watched, kinds
from why20003 import versions
from why20003.printing import save

if TYPE_CHECKING:
    from analyzers.expected import Expected

_KEYS: Final = 4
"""How often a file is made anew with another key, when chance put a part of a secret into what was made."""
_TOLD_EVERY: Final = 500

Progress: TypeAlias = Callable[[int], None]
Writer: TypeAlias = Callable[[Iterable[Exchange]], Iterator[bytes]]


class LeakFound(ValueError):
    """What was made still holds a part of a secret, so it was not left; the text tells which and how it is written."""


class Source:
    """A recording that can be read more than once: a file, or what came through a pipe, kept in memory alone."""

    def __init__(self, name: str) -> None:
        """Raises UnreadableRecording when there is nothing to read."""
        self.name = name
        self._path = None if name == "-" else Path(name)
        self._held = None
        if self._path is None:
            self._held = sys.stdin.buffer.read()
        elif _is_pipe(self._path):
            self._held = self._path.read_bytes()

    @property
    def is_file(self) -> bool:
        """Whether others can read it too."""
        return self._held is None

    def recordings(self, *, everything: bool = True) -> Iterator[Recording]:
        """The recordings in it, from the beginning. Raises UnreadableRecording."""
        if self._held is not None:
            return recordings_of(io.BytesIO(self._held), everything=everything)
        return recordings_in(Path(self.name), everything=everything)

    def is_at(self, target: Path) -> bool:
        """Whether it is the file at `target`."""
        try:
            other = target.stat()
            mine = os.fstat(sys.stdin.fileno()) if self._path is None else self._path.stat()
        except (OSError, ValueError):
            return False  # one of them is not there, or no file
        return os.path.samestat(mine, other)


@dataclass(slots=True)
class Counts:
    """What was replaced."""

    exchanges: int = 0
    credentials: int = 0
    sids: int = 0
    personal: int = 0
    headers: int = 0
    targets: int = 0
    bodies: int = 0
    odd: int = 0
    """Exchanges whose shape chance has changed."""

    def note(self, before: Exchange, now: Exchange) -> None:
        """Count one more exchange."""
        self.exchanges += 1
        self.targets += before.request.target != now.request.target or before.request.host != now.request.host
        self._message(before.request, now.request)
        if before.response is not None and now.response is not None:
            self._message(before.response, now.response)
        self.odd += not fits(before, now)

    def _message(self, before: Request | Response, now: Request | Response) -> None:
        self.headers += sum(one != other for one, other in zip(before.headers, now.headers, strict=False))
        self.bodies += before.body != now.body

    def note_values(self, redactor: Redactor, *, hide_sids: bool) -> None:
        """Count the different values that `redactor` knows."""
        words = redactor.pseudonyms().values()
        self.sids = sum(len(word) == 34 for word in words) if hide_sids else 0
        self.credentials = len(words) - self.sids
        self.personal = max(0, len(redactor.secrets()) - self.credentials)


@dataclass(slots=True)
class Redacted:
    """What was done."""

    format: str
    counts: Counts = field(default_factory=Counts)
    complaints: list[str] = field(default_factory=list)


def redact_file(  # noqa: PLR0913 - what a user says
    source: Source,
    target: Path,
    *,
    key: bytes,
    hide_sids: bool = False,
    expected: "Iterable[Expected]" = (),
    progress: Progress | None = None,
) -> Redacted:
    """Write the recording in `source` to `target`, redacted. Nothing stands there before all of it was searched.

    Raises UnreadableRecording, UnwritableFile, LeakFound.
    """
    given = tuple(expected)
    for last in (False,) * (_KEYS - 1) + (True,):
        redactor = Redactor(key, hide_sids=hide_sids)
        redactor.learn_expected(given)
        learnt = _Pass(source, progress)
        for exchange in learnt:
            redactor.learn(exchange)
        if not learnt.count:
            raise UnreadableRecording("no HTTP exchange in it")
        done = Redacted(chosen_format(target, learnt.format), complaints=learnt.complaints)
        done.counts.note_values(redactor, hide_sids=hide_sids)
        check = SelfCheck(redactor, structure(), hide_sids=hide_sids)
        again = itertools.islice(_Pass(source, progress), learnt.count)  # not what a live recording has gained
        try:
            save(_checked(again, redactor, check, done, patient=last), target)
        except _Unlucky as found:
            if last:
                raise LeakFound(kinds(found.leaks)) from None
            key = next_key(key)
            continue
        break
    return done


def chosen_format(target: Path, given: str) -> str:
    """``mitm`` or ``har``: what the name of `target` asks for, else what is nearest to the format that it was in."""
    return {".mitm": "mitm", ".har": "har"}.get(target.suffix.lower(), "mitm" if given == "mitm" else "har")


def complaints_of(recording: Recording) -> Iterator[str]:
    """What of a recording that was read could not be."""
    shown = recording.errors[:5]
    yield from (f"entry {error.entry}: {error.says}; left out" for error in shown)
    if recording.damaged > len(shown):
        yield f"{recording.damaged - len(shown)} more entries could not be read; left out"
    if recording.truncated:
        yield "the file is cut off; what stands before the cut is there"


class _Unlucky(Exception):
    """Chance has put something where it must not be, or changed a shape."""

    def __init__(self, leaks: list[Leak]) -> None:
        super().__init__()
        self.leaks = leaks


class _Pass:
    """Once through a source."""

    def __init__(self, source: Source, progress: Progress | None) -> None:
        self.count = 0
        self.format = ""
        self.complaints: list[str] = []
        self._source = source
        self._progress = progress

    def __iter__(self) -> Iterator[Exchange]:
        failed: UnreadableRecording | None = None
        for recording in self._source.recordings():
            try:
                for entry in recording:
                    self.count += 1
                    if self._progress is not None and self.count % _TOLD_EVERY == 0:
                        self._progress(self.count)
                    yield entry.exchange
            except UnreadableRecording as error:
                failed = failed or error
                self.complaints.append(str(error))
                continue
            self.format = self.format or recording.format
            where = f"{recording.member}: " if recording.member else ""
            self.complaints += [where + says for says in complaints_of(recording)]
        if failed is not None and not self.format:
            raise failed


def _checked(
    exchanges: Iterable[Exchange], redactor: Redactor, check: SelfCheck, done: Redacted, *, patient: bool
) -> Iterator[bytes]:
    """The pieces of the file. Raises _Unlucky before the end when a value was found in them."""

    def redacted() -> Iterator[Exchange]:
        for before in exchanges:
            now = redactor.redact(before)
            done.counts.note(before, now)
            if done.counts.odd and not patient:
                raise _Unlucky([])
            if not check.is_sure_of_output and (found := check.in_exchange(now)):
                raise _Unlucky(found)
            yield now

    watched = Watched(check)
    for piece in watched.pieces(writer_of(done.format)(redacted())):
        yield piece
        if watched.leaks:
            break
    if watched.leaks:
        raise _Unlucky(watched.leaks)


def writer_of(form: str) -> Writer:
    """What writes exchanges in a format."""
    if form == "mitm":
        return mitm

    def written(exchanges: Iterable[Exchange]) -> Iterator[bytes]:
        entries = map(HarEntry, exchanges)
        return har(entries, version=versions.of("why20003"), comment="Redacted: every secret is another value")

    return written


@cache
def structure() -> bytes:
    """What the formats themselves say, whatever they hold."""
    nothing = Exchange(
        request=Request(headers=(), method="", scheme="https", host="", port=443, target=b"/"),
        response=Response(headers=(), status=0, body=b"\xff"),
        connection="1",
        client_address="1",
        tls_issuer="",
        error="-",
        refused_by_proxy=True,
        proxy_options=("",),
        server_address="1",
        tls_version="",
    )
    return b"".join(piece for form in ("mitm", "har") for piece in writer_of(form)((nothing,)))


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False  # said by whoever opens it


__all__ = [
    "Counts",
    "LeakFound",
    "Redacted",
    "Source",
    "chosen_format",
    "complaints_of",
    "redact_file",
    "structure",
    "writer_of",
]
