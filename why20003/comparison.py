"""The credentials of a recording, named as ``diagnose`` names them, and each held against one value."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzers.carried import Carried, Weighed, carried_by, numbered_in, weighed
from analyzers.endpoint import endpoint_of
from analyzers.exchange import Exchange, Fidelity
from analyzers.frozen import dataclass
from recordings.opening import recordings_in
from why20003.feeding import Diagnosed, Unreadable, diagnosed_files

if TYPE_CHECKING:
    from recordings.reading import Recording

_MOST: Final = 10_000
"""Different credentials of a file that are kept."""


@dataclass(slots=True)
class Row:
    """One credential and where it was sent."""

    carried: Carried = field(repr=False)
    recording: int
    """Which recording of the file."""
    elsewhere: str | None
    """The host that it was sent to, where that is not Twilio."""
    name: str | None = None
    """``sec#1``; None for what ``diagnose`` gives no number."""
    indexes: "array[int]" = field(default_factory=lambda: array("Q"))
    """Places in the file."""
    refused: int = 0
    """How many of these were refused."""


@dataclass(frozen=True, slots=True)
class Sent:
    """All credentials of a file."""

    recordings: tuple[Diagnosed, ...]
    unreadable: tuple[Unreadable, ...]
    rows: tuple[Row, ...]
    """In the order of their numbers, those without one last."""
    all_kept: bool
    absence_proves: bool
    """Whether a credential that is not in it was not sent: not so in an export without credentials."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A credential and what the value says of it."""

    row: Row
    weighed: Weighed


def credentials_in(path: Path) -> Sent:
    """What was sent in the file at `path`. Raises UnreadableRecording when there is no recording in it."""
    results = [*diagnosed_files([str(path)], (), progress=None, drawn=False)]
    reading = _Reading()
    diagnosed: list[Diagnosed] = []
    for result, recording in zip(results, recordings_in(path, everything=True), strict=False):
        if isinstance(result, Diagnosed):
            reading.read(len(diagnosed), result, recording)
            diagnosed.append(result)
    return Sent(
        tuple(diagnosed),
        tuple(result for result in results if isinstance(result, Unreadable)),
        reading.numbered(_numbers(results)),
        reading.all_kept,
        reading.absence_proves,
    )


def answers(rows: Iterable[Row], given: bytes) -> tuple[Answer, ...]:
    """What `given` says of each; credentials of others, sent to others, are left out unless they have to do with it."""
    found = (Answer(row, weighed(row.carried, given)) for row in rows)
    return tuple(one for one in found if one.row.elsewhere is None or one.weighed.comparison.relation.is_kin)


class _Reading:
    """Goes through recordings for the second time; by now it is known what was refused, and how it was named."""

    def __init__(self) -> None:
        self.all_kept = self.absence_proves = True
        self._rows: dict[tuple[int, str | None, Carried], Row] = {}
        self._names: dict[bytes, str] = {}

    def read(self, number: int, result: Diagnosed, recording: "Recording") -> None:
        names = dict(_named(result))
        for entry in recording:
            refused = entry.place in names
            if name := names.get(entry.place):
                secret = numbered_in(entry.exchange.request)
                if secret is not None:
                    self._names.setdefault(secret, name)
            self._note(number, entry.place, entry.exchange, refused=refused)

    def _note(self, number: int, place: int, exchange: Exchange, *, refused: bool) -> None:
        self.absence_proves = self.absence_proves and exchange.fidelity is Fidelity.FULL
        twilio = refused or endpoint_of(exchange.request).twilio
        elsewhere = None if twilio else exchange.request.host
        for carried in dict.fromkeys(carried_by(exchange.request)):
            key = number, elsewhere, carried
            if key not in self._rows and len(self._rows) >= _MOST:
                self.all_kept = False
                continue
            row = self._rows.setdefault(key, Row(carried, number, elsewhere))
            row.indexes.append(place)
            row.refused += refused

    def numbered(self, last: int) -> tuple[Row, ...]:
        """The rows; what was never refused gets the numbers behind `last`."""
        numbers = {secret: int(name.removeprefix("sec#")) for secret, name in self._names.items()}
        for row in self._rows.values():
            if row.carried.whole and row.carried.secret and row.carried.secret not in numbers:
                last += 1
                numbers[row.carried.secret] = last
        named = [(numbers.get(row.carried.secret) if row.carried.whole else None, row) for row in self._rows.values()]
        named.sort(key=lambda pair: (pair[0] is None, pair[0] or 0))
        return tuple(replace(row, name=f"sec#{number}" if number else None) for number, row in named)


def _named(result: Diagnosed) -> Iterator[tuple[int, str]]:
    """Each place that was diagnosed, with the number that its secret has in the diagnosis; empty where it has none."""
    for diagnosis, places in result.diagnoses:
        seen = diagnosis.credential
        for place in places:
            yield place, seen.fingerprint if seen else ""


def _numbers(results: Sequence[Diagnosed | Unreadable]) -> int:
    """How many secrets are numbered in `results`."""
    return len({name for one in results if isinstance(one, Diagnosed) for _, name in _named(one) if name})


__all__ = ["Answer", "Row", "Sent", "answers", "credentials_in"]
