"""What several formats say in the same words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzers.diagnosis import Diagnosis
    from why20003.feeding import Diagnosed

_ERRORS_SHOWN = 5


def named(path: str) -> str:
    """The name of a recording for a person."""
    return "standard input" if path == "-" else path


def counted(number: int, noun: str) -> str:
    """``1 exchange``, ``2 exchanges``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def heading(recording: "Diagnosed") -> str:
    """How many exchanges there were, and how many were refused."""
    if not recording.exchanges:
        return "no HTTP exchange in it"
    said = f"{counted(recording.exchanges, 'exchange')}, {recording.twilio} with Twilio"
    return f"{said}, {recording.refused or 'none'} refused"


def judged(diagnosis: "Diagnosis") -> tuple[str, str]:
    """The leading cause and its verdict, or the words for there being none and for there being nothing wrong."""
    if diagnosis.top is None:
        return "unexplained", "unknown"
    return diagnosis.top.cause, "nothing wrong" if diagnosis.benign else diagnosis.top.verdict.value


def complaints(recording: "Diagnosed") -> "Iterator[str]":
    """What of a recording could not be read: the first few entries, then how many more, then whether it is cut off."""
    shown = recording.errors[:_ERRORS_SHOWN]
    yield from (f"entry {error.entry}: {error.says}" for error in shown)
    if recording.damaged > len(shown):
        yield f"{recording.damaged - len(shown)} more entries could not be read"
    if recording.truncated:
        yield f"the file is cut off; {counted(recording.exchanges, 'exchange')} before the cut could be read"


def unreadable(recording: "Diagnosed") -> bool:
    """Whether nothing of it could be read."""
    return not recording.exchanges and bool(recording.damaged or recording.truncated)
