"""When an entry began, in all the forms that producers of HAR files have for it (docs/har-variants.md)."""

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

_LONGEST = 64
# Blanks at odd places, a clock of twelve hours where the user's computer shows one, a zone without its colon.
_LOOSE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[Tt\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"[\s\u202f]*(?:([AaPp])\.?[Mm]\.?)?(?:[.,](\d{1,9}))?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\[[\w/+-]{1,40}\])?"
)
# What .NET's older serialiser writes.
_TICKS = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_DIGITS = re.compile(r"-?\d{1,17}(?:\.\d{1,9})?")
# Seconds since the epoch are below 1e11 until the year 5138; then come milli-, micro- and nanoseconds. Fewer than
# those of 1973 are no time of a request.
_FEWEST = 1e8
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (math.inf, 1e9))


@dataclass(slots=True)
class Clock:
    """Reads the times of one log. A time without a zone has that of the one before it, else UTC."""

    _zone: tzinfo = UTC

    def seconds(self, raw: object) -> float | None:
        """Seconds since the epoch; None where no time stands there. Never raises."""
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return None
        if isinstance(raw, str):
            return self._of_text(raw[:_LONGEST].strip())
        return _of_number(raw)

    def _of_text(self, text: str) -> float | None:
        if text[4:5] != "-" and (_DIGITS.fullmatch(text) or _TICKS.fullmatch(text)):
            return _of_digits(text)
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            loose = _loose(text)
            if loose is None:
                return None
            time = loose
        if time.tzinfo is None:
            time = time.replace(tzinfo=self._zone)
        else:
            self._zone = time.tzinfo
        with suppress(ValueError, OverflowError):
            return time.timestamp()
        return None


def _of_number(raw: float) -> float | None:
    try:
        number = float(raw)
    except OverflowError:
        return None
    if not math.isfinite(number) or number < _FEWEST:
        return None
    return next(number / unit for below, unit in _UNITS if number < below)


def _of_digits(text: str) -> float | None:
    if ticks := _TICKS.fullmatch(text):
        return int(ticks.group(1)) / 1000
    return _of_number(float(text))


def _loose(text: str) -> datetime | None:
    match = _LOOSE.fullmatch(text)
    if match is None:
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return parsedate_to_datetime(text)
        return None
    hour, half = int(match.group(4)), (match.group(8) or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = (match.group(7) or match.group(9) or "").ljust(6, "0")[:6]
    year, month, day = (int(match.group(part)) for part in (1, 2, 3))
    try:
        time = datetime(year, month, day, hour, int(match.group(5)), int(match.group(6) or 0), int(fraction))  # noqa: DTZ001 - the zone comes next, or is the log's
        return time.replace(tzinfo=_zone(match.group(10)))
    except ValueError:
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


__all__ = ["Clock"]
