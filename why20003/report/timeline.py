"""What every credential of a recording met, and when: accepted, refused, answered otherwise."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from enum import Enum
from typing import Final

from analyzers.case import Case
from analyzers.credential import Bearer, Other
from analyzers.frozen import dataclass
from analyzers.masking import describe, is_secret, show_half

MOST_CREDENTIALS: Final = 8
"""Credentials with a row of their own in the plot and the table."""
_MOST_KEPT: Final = 256
_MOST_POINTS: Final = 2000
_NUMBERED: Final = re.compile(r"sec#([0-9]{1,9})")


class Outcome(Enum):
    """How a request ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    OTHER = "another answer"


@dataclass(slots=True)
class Spell:
    """The requests of one credential with one outcome: how many, the first, the last, and points to draw."""

    count: int = 0
    first: "Point | None" = None
    last: "Point | None" = None
    points: list["Point"] = field(default_factory=list)
    """All of them, or evenly some of very many."""
    _stride: int = 1

    def add(self, point: "Point") -> None:
        """Count one more."""
        if self.count % self._stride == 0:
            self.points.append(point)
            if len(self.points) > _MOST_POINTS:
                self.points, self._stride = self.points[::2], self._stride * 2
        self.count += 1
        order = _order(point)
        self.first = point if self.first is None or order < _order(self.first) else self.first
        self.last = point if self.last is None or order >= _order(self.last) else self.last


@dataclass(frozen=True, slots=True)
class Point:
    """A request: its place in the recording and when it began."""

    place: int
    at: float | None


@dataclass(slots=True)
class Track:
    """What one credential met."""

    label: str
    """``sec#1``; or words, where there is no secret."""
    username: str
    secret: str
    """Its length and shape."""
    several: bool = False
    """Whether other usernames came with the same secret."""
    spells: dict[Outcome, Spell] = field(default_factory=lambda: {outcome: Spell() for outcome in Outcome})

    @property
    def count(self) -> int:
        """How many requests."""
        return sum(spell.count for spell in self.spells.values())


class Numbers:
    """Numbers secrets as the diagnoses do, and goes on where these end; shared by the recordings of one page."""

    def __init__(self, known: Iterable[str]) -> None:
        found = (_NUMBERED.fullmatch(label) for label in known)
        self._last = max((int(match[1]) for match in found if match), default=0)
        self._labels: dict[bytes, str] = {}

    def learn(self, secret: bytes, label: str) -> None:
        """`label` is what the diagnoses call `secret`."""
        self._labels.setdefault(secret, label)

    def of(self, secret: bytes) -> str:
        """What `secret` is called."""
        if secret not in self._labels:
            self._last += 1
            self._labels[secret] = f"sec#{self._last}"
        return self._labels[secret]


class Tracks:
    """Collects what the credentials of one recording met."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._tracks: dict[bytes | str, Track] = {}
        self.uncounted = 0
        """Requests with credentials beyond those that are kept."""

    def add(self, place: int, case: Case, label: str | None) -> None:
        """Note an exchange; `label` is the fingerprint in its diagnosis, None for one that was not diagnosed."""
        if label is None and not case.endpoint.twilio:
            return
        key = _key(case)
        if isinstance(key, bytes) and label:
            self._numbers.learn(key, label)
        track = self._tracks.get(key)
        if track is None:
            if len(self._tracks) >= _MOST_KEPT:
                self.uncounted += 1
                return
            track = self._tracks[key] = _new(case, key)
        elif case.pair is not None and not track.several and track.username != show_half(case.pair.username):
            track.several = True
        track.spells[_outcome(case, refused=label is not None)].add(Point(place, case.exchange.started_at))

    def named(self, case: Case) -> str:
        """What the credential of `case` is called; empty where it has no secret."""
        key = _key(case)
        return self._numbers.of(key) if isinstance(key, bytes) else ""

    def ended(self) -> tuple[Track, ...]:
        """Every track, in the order of their numbers; those without a secret stand last."""
        for key, track in self._tracks.items():
            if isinstance(key, bytes):
                track.label = self._numbers.of(key)
        return tuple(sorted(self._tracks.values(), key=_place_of))


def shown(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The tracks that are drawn: those with refusals first, in their order."""
    refused = [track for track in tracks if track.spells[Outcome.REFUSED].count]
    rest = [track for track in tracks if track not in refused]
    chosen = [*refused, *rest][:MOST_CREDENTIALS]
    return tuple(track for track in tracks if track in chosen)


def _key(case: Case) -> bytes | str:
    """The secret, or words where none can be read."""
    credential = case.credential
    match credential:
        case None:
            return "no Authorization"
        case Bearer(token=token):
            return token
        case Other():
            return "another scheme"
    pair = case.pair
    if pair is None:
        return "unreadable"
    return pair.password or "no secret"


def _new(case: Case, key: bytes | str) -> Track:
    if isinstance(key, str):
        pair = case.pair
        return Track(key, show_half(pair.username) if pair else "", "")
    if isinstance(case.credential, Bearer):
        return Track("", "Bearer token", describe(key))
    pair = case.pair
    known = "" if is_secret(key) else f" ({show_half(key)})"
    return Track("", show_half(pair.username) if pair else "", describe(key) + known)


def _outcome(case: Case, *, refused: bool) -> Outcome:
    if refused:
        return Outcome.REFUSED
    return Outcome.ACCEPTED if 200 <= case.status < 300 else Outcome.OTHER


def _order(point: Point) -> tuple[float, int]:
    return point.at or 0.0, point.place


def _place_of(track: Track) -> tuple[bool, int, str]:
    number = _NUMBERED.fullmatch(track.label)
    return number is None, int(number[1]) if number else 0, track.label
