"""The way of a request in plain values: parties, what goes from one to the other, and what became of Authorization."""

from enum import Enum

from analyzers.frozen import dataclass


class State(Enum):
    """What became of Authorization on one stretch of the way: its mark, and the words for it."""

    SENT = ("●", "Authorization sent")
    KEPT = ("●", "Authorization still there")
    BACK = ("●", "Authorization sent now")
    CHANGED = ("≠", "Authorization changed")
    DROPPED = ("✕", "Authorization dropped")
    ABSENT = ("○", "no Authorization")
    UNSEEN = ("?", "Authorization not in this recording")

    @property
    def mark(self) -> str:
        """A sign that needs no colour."""
        return self.value[0]

    @property
    def words(self) -> str:
        """What it means."""
        return self.value[1]


class Result(Enum):
    """How an answer bears on the credentials."""

    REFUSED = "refused"
    REDIRECTED = "redirected"
    ACCEPTED = "accepted"
    LOST = "no answer"


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever takes part: the client, a proxy, a host."""

    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A request on its way from one party to another."""

    source: int
    target: int
    method: str
    url: str
    state: State
    credential: str
    """What was sent, in words: ``Basic, sec#1``."""
    open: bool
    """Whether it went unencrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer on its way back."""

    source: int
    target: int
    text: str
    result: Result


@dataclass(frozen=True, slots=True)
class Way:
    """All of it, in order."""

    parties: tuple[Party, ...]
    steps: tuple[Stretch | Reply, ...]
    proxy: int | None
    """Which party is the proxy that everything passes through; None where none recorded it."""
