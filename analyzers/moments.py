"""Moments: of a token's claims, and of Twilio's own answer. No clock is ever asked.

A Date header is cut to whole seconds, so an answer dated 12:00:00 was given before 12:00:01 (RFC 9110 5.6.7, 6.6.1).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from analyzers.case import Case, once

TICK = timedelta(seconds=1)
"""What a Date header leaves out."""


@once
def answered_at(case: Case) -> datetime | None:
    """The second in which Twilio answered, by its own Date; None for another's answer or an unreadable date."""
    response = case.exchange.response
    if response is None or case.answer is None or not case.answer.by_twilio:
        return None
    return _second((response.first(b"date") or b"")[:100])


@lru_cache(maxsize=32)  # a busy client gets many answers in one second
def _second(date: bytes) -> datetime | None:
    try:
        found = parsedate_to_datetime(date.decode("latin-1"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def moment_of(claim: object) -> datetime | None:
    """What a NumericDate says (RFC 7519 2: seconds since 1970); None where it is no date of the calendar."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def utc(moment: datetime) -> str:
    """``2026-11-03 11:14:08 UTC``."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def span(seconds: float) -> str:
    """``90 seconds``, ``60 minutes``: in the largest unit of which there are two; at least a second."""
    whole = max(1, int(seconds))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}s"
    return f"{whole} second{'' if whole == 1 else 's'}"
