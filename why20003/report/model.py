"""What stands on the page. The caller has redacted the exchanges and chosen the time: nothing here asks a clock."""

from collections.abc import Iterable, Sequence
from dataclasses import field

from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """One line of the specialist's checklist."""

    name: str
    present: bool
    detail: str = ""
    """What was found, or why it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recording and what is wrong in it."""

    name: str
    """As a person would name it."""
    heading: str
    """How many exchanges it has, and how many were refused."""
    diagnoses: Sequence[tuple[Diagnosis, Sequence[int]]]
    """Each with the places of all its repetitions, in order of first appearance. Of the redacted recording, where there
    is one: a diagnosis names hosts and SIDs."""
    exchanges: Iterable[tuple[int, Exchange]] | None = field(default=None, repr=False)
    """Place and redacted exchange, in recorded order; gone through once. None where the caller has none: then the
    report draws what diagnoses alone can show. Places are those of the diagnoses."""
    more: int = 0
    """Refusals beyond those in `diagnoses`, which the caller had no room for."""
    proxy: str = ""
    """The proxy that recorded it, such as ``mitmproxy``; empty where none did."""
    complaints: Sequence[str] = ()
    """What of it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that one page tells."""

    recordings: Sequence[Recorded]
    title: str = "Why Twilio refused"
    note: str = ""
    """What whoever made the report has to say."""
    checklist: Sequence[CheckItem] = ()
    versions: Sequence[tuple[str, str]] = ()
    """Tools and their versions."""
    made_at: float | None = None
    """Seconds since the Unix epoch; None leaves the time out."""
