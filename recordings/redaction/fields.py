"""A value under a name, wherever such stand: in a form, a query, a cookie, JSON, XML."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from analyzers.placeholders import is_placeholder
from analyzers.twilio import MAGIC_NUMBER
from recordings.redaction.credentials import Credentials
from recordings.redaction.escapes import through_percent
from recordings.redaction.names import COUNTS, DATES, FREE_TEXT, MESSAGES, is_public, is_secret, plain
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil, is_literal, is_sid
from recordings.redaction.words import CHOICES

# A run as long as a credential: base64, hex, a token, or what is as long by chance.
_LONG: Final = re.compile(rb"[0-9A-Za-z+/_=.-]{16}")
_SCHEME: Final = re.compile(rb"\s*(?:basic|bearer)\b", re.IGNORECASE)
_SMALL: Final = re.compile(rb"-?[0-9]{1,6}(?:\.[0-9]{1,4})?")
# RFC 9110 5.6.7, RFC 2822 3.3, RFC 3339
DATE: Final = re.compile(
    rb"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (?:GMT|UTC|[+-][0-9]{4})"
    rb"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_LONGEST_NAME: Final = 80
_LINK: Final = re.compile(rb"(?:https?:/)?/[^\s/]\S*")


class _Kind(NamedTuple):
    """What a name says of the value beside it."""

    free: bool
    number: bool
    date: bool
    message: bool
    secret: bool


@lru_cache(maxsize=4096)
def _kind(name: bytes) -> _Kind:
    key = plain(name)
    return _Kind(key in FREE_TEXT, key in COUNTS, key in DATES, not key or key in MESSAGES, is_secret(name))


class Fields:
    """Replaces values by what their names say."""

    def __init__(self, veil: Veil, credentials: Credentials, urls: Urls) -> None:
        self._veil = veil
        self._credentials = credentials
        self._urls = urls

    def name(self, name: bytes) -> bytes:
        """A name; one that is not public may be a value that lost its own."""
        return name if is_public(name) or not name else self.value(b"", name)

    def value(self, name: bytes, value: bytes) -> bytes:  # noqa: PLR0911 - one return for each kind of value
        """What somebody sent."""
        if not value:
            return value
        if is_sid(value):
            return self._veil.sid(value)
        kind = _kind(name[:_LONGEST_NAME])
        if (kind.date and DATE.fullmatch(value)) or (kind.number and _SMALL.fullmatch(value)):
            return value
        if not kind.free:
            if value.lower() in CHOICES or is_literal(value):
                return value
            if _LINK.fullmatch(value):
                return self._urls.url(value)
        if MAGIC_NUMBER.fullmatch(value.strip()):
            return value
        if kind.secret or (not kind.free and (_LONG.search(value) or _SCHEME.match(value))):
            return self._credentials.value(value, short=False)
        if is_placeholder(value):
            return self._credentials.half(value)
        return self._veil.personal(value)

    def told(self, name: bytes, value: bytes) -> bytes:
        """What was answered: beside the value of a field also messages, links and dates of Twilio's."""
        if _kind(name[:_LONGEST_NAME]).message and not _LINK.fullmatch(value):
            return self._urls.message(value)
        return self.value(name, value)

    def form(self, text: bytes, separator: bytes = b"&") -> bytes:
        """Names and values as in a query, a form or a cookie."""
        if b"=" not in text and separator not in text:
            return through_percent(text, lambda whole: self.value(b"", whole))
        return separator.join([self._part(part) for part in text.split(separator)])

    def _part(self, part: bytes) -> bytes:
        lead = part[: len(part) - len(part.lstrip())]
        name, equals, value = part[len(lead) :].partition(b"=")
        plain_name = name if b"%" not in name else _unquoted(name)
        return lead + through_percent(name, self.name) + equals + self._spaced(plain_name, value)

    def _spaced(self, name: bytes, value: bytes) -> bytes:
        """A value of a form, where a plus stands for a blank; at its beginning people mean that of a phone number."""
        return through_percent(value, lambda text: self.value(name, text))


def _unquoted(name: bytes) -> bytes:
    plain_name = b""

    def read(text: bytes) -> bytes:
        nonlocal plain_name
        plain_name = text
        return text

    through_percent(name, read)
    return plain_name
