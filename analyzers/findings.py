"""What one cause's check says of a case."""

from enum import Enum
from typing import TypeAlias

from analyzers.frozen import dataclass


class Verdict(Enum):
    """How sure. A wrong `confirmed` is the worst defect we can ship."""

    CONFIRMED = "confirmed"
    """The bytes or the history in this capture suffice; no other reading is left."""
    LIKELY = "likely"
    """Specific evidence for it; another reading exists."""
    POSSIBLE = "possible"
    """Consistent; nothing specific speaks for it."""
    RULED_OUT = "ruled-out"
    """Something in this capture contradicts it."""
    UNKNOWN = "unknown"
    """Cannot be seen from here; `settle` names the observation that would decide it."""

    __hash__ = object.__hash__  # as twilio.Kind

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return RANKS[self]


RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}
"""As `Verdict.rank`, for those who ask a hundred times: a dictionary costs less than a property."""

# Where evidence stands, as the JSON contract names it.
AUTHORIZATION = "request.header.authorization"
USERNAME = "request.header.authorization.username"
PASSWORD = "request.header.authorization.password"  # noqa: S105 - the name of a place, not a secret
TARGET = "request.target"
REQUEST_HEADERS = "request.headers"
REQUEST_BODY = "request.body"
RESPONSE_STATUS = "response.status"
RESPONSE_HEADERS = "response.headers"
RESPONSE_MESSAGE = "response.body.message"
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation: where, and what stands there in words that never quote a credential."""

    where: str
    says: str
    index: int = 0
    """Which header of that name, from 0; for history, the place of that exchange in the capture, from 0."""
    start: int | None = None
    """Offset of the first byte; None where the evidence is no span of bytes."""
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Stands:
    """The cause holds, as sure as `verdict` (confirmed, likely or possible)."""

    verdict: Verdict
    says: str
    """One sentence for the developer."""
    evidence: tuple[Evidence, ...] = ()
    fix: tuple[str, ...] = ()
    """What to do, one step each, the first one first."""
    settle: str | None = None
    """The observation that would make it sure; None for confirmed."""


@dataclass(frozen=True, slots=True)
class RuledOut:
    """The capture contradicts the cause."""

    because: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The capture cannot show it; `settle` overrides the rule's own sentence when not empty."""

    settle: str = ""


Outcome: TypeAlias = Stands | RuledOut | Unknown


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause that stands in a diagnosis."""

    cause: str
    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...] = ()
    fix: tuple[str, ...] = ()
    settle: str | None = None
    nested_under: str | None = None
    """Slug of the finding of which this one is a consequence."""
