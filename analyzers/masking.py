"""Show shape, not value: how credentials, URLs and texts appear in anything that a person or a program may read.

A secret is never shown, neither whole nor in part. SIDs are no secrets; they are shortened so that a swapped or
misplaced secret can never be taken for one.
"""

import re
from functools import lru_cache
from urllib.parse import quote_from_bytes

from analyzers.placeholders import is_placeholder, is_unset, is_words
from analyzers.twilio import Kind, core_of, kind_of

HIDDEN = "•"
_LONGEST_SHOWN = 40
# Twilio's longest path has about 15 segments; a URL of thousands would fill the terminal and cost a search for each.
_MOST_SEGMENTS = 50
_MOST_PARAMETERS = 50
_PRINTABLE = bytes(range(33, 127))
_LOWER_HEX, _HEX = b"0123456789abcdef", b"0123456789abcdefABCDEF"
_ALPHANUMERIC = bytes([byte for byte in _PRINTABLE if chr(byte).isalnum()])
_SAFE_QUERY = frozenset({b"page", b"pagesize", b"page_size", b"limit", b"pagetoken"})
_EXTENSIONS = frozenset({b"json", b"xml", b"csv", b"html"})
_DATE = re.compile(rb"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._~-]*")
_SID_IN_TEXT = re.compile(r"\b[A-Z]{2}[0-9a-fA-F]{32}\b")
# Anything in free text that could be a credential: a long run, unless it is a path or name of plain words and numbers.
_RUN_IN_TEXT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9+/_=-]{20,}")
_PLAIN_PIECE = re.compile(r"[A-Z]?[a-z]*(?:[A-Z][a-z]+)*|[A-Z]{1,16}|\d{1,8}")
# An e-mail address, and a telephone number with or without blanks and marks in it; not a date, nor the digits of a SID.
_PERSONAL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+|(?<![\w/])(?:\+\d[\d ().-]{5,}\d|\d{7,})(?!\w)")
_LONGEST_TOLD = 500
_LONGEST_REMEMBERED = 200
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def mask_sid(sid: bytes) -> str:
    """``AC0123…cdef`` for a SID; the caller knows that it is one."""
    text = sid.decode("ascii", "replace")
    return f"{text[:6]}…{text[-4:]}"


def shape_of(secret: bytes) -> str:  # noqa: PLR0911 - one return for each shape reads as the table it is
    """The character classes of a secret: lower-hex, alphanumeric, printable ..., never a character of it."""
    if not secret:
        return "empty"
    if not secret.translate(None, _LOWER_HEX):
        return "lower-hex"
    if not secret.translate(None, _HEX):
        return "hex"
    if not secret.translate(None, _ALPHANUMERIC):
        return "alphanumeric"
    if not (others := secret.translate(None, _PRINTABLE)):
        return "printable"
    if not others.translate(None, b" \t\r\n"):
        return "with-blanks"
    return "binary"


_SHAPE_WORDS = {
    "empty": "nothing",
    "lower-hex": "lower-case hex digits",
    "hex": "hex digits",
    "alphanumeric": "letters and digits",
    "printable": "printable characters",
    "with-blanks": "characters with blanks",
    "binary": "bytes, some not printable",
}


def describe(secret: bytes) -> str:
    """``32 lower-case hex digits``."""
    if not secret:
        return "nothing"
    return f"{len(secret)} {_SHAPE_WORDS[shape_of(secret)]}"


def show_half(half: bytes) -> str:
    """A username or password as it may be shown: a shortened SID, a literal that is no value, or its shape."""
    match kind_of(half):
        case Kind.ACCOUNT_SID | Kind.KEY_SID | Kind.OTHER_SID:
            return mask_sid(half)
        case Kind.EMPTY:
            return ""
        case Kind.UNSET:
            return half.decode("ascii")
        case Kind.PLACEHOLDER if _shows(half):
            return half.decode("ascii")
    start, end = core_of(half)
    if kind_of(half[start:end]) in {Kind.ACCOUNT_SID, Kind.KEY_SID}:
        return f"{mask_sid(half[start:end])} with {start + len(half) - end} stray byte(s)"
    return f"<{describe(half)}>"


def _shows(text: bytes) -> bool:
    """Whether a placeholder is known by its words alone, with no room for a secret inside."""
    return len(text) <= _LONGEST_SHOWN and text.isascii() and is_words(text)


def mask_target(target: bytes, secrets: tuple[bytes, ...] = ()) -> str:
    """Path and query with every secret-like segment and every query value replaced by its shape; printable ASCII."""
    path, mark, query = target.partition(b"?")
    *segments, last = path.split(b"/", _MOST_SEGMENTS)
    shown = "".join([f"{_segment(segment, secrets)}/" for segment in segments])
    shown += f"<{last.count(b'/') + 1} segments>" if b"/" in last else _segment(last, secrets)
    if not mark:
        return shown
    parts = query.split(b"&", _MOST_PARAMETERS)[:_MOST_PARAMETERS]
    return shown + "?" + "&".join(_parameter(part, secrets) for part in parts)


_SIDS = frozenset({Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID})
# Words of nearly every path of the REST API, which say nothing of anybody: https://www.twilio.com/docs/usage/api
_PATH_WORDS = frozenset({b"", b"2010-04-01", b"Accounts", b"Messages", b"Calls", b"Services", b"v1", b"v2", b"v3"})


def _segment(segment: bytes, secrets: tuple[bytes, ...]) -> str:
    if segment in _PATH_WORDS:
        return segment.decode("ascii")
    stem, dot, extension = segment.rpartition(b".")
    if dot and extension in _EXTENSIONS:
        return f"{_name(stem, secrets)}.{extension.decode()}"
    return _name(segment, secrets)


def _name(segment: bytes, secrets: tuple[bytes, ...]) -> str:
    if segment in _PATH_WORDS:
        return segment.decode("ascii")
    kind = kind_of(segment)
    if kind in _SIDS and not _holds(segment, secrets):
        return segment.decode("ascii")
    if kind in {Kind.EMPTY, Kind.UNSET} or (kind is Kind.PLACEHOLDER and _shows(segment)):
        return quote_from_bytes(segment, safe="<>{}$[]()_-.~")
    short = len(segment) < 20 and sum(48 <= byte < 58 for byte in segment) < 8
    if short and _WORD.fullmatch(segment) and not _held(segment, secrets):  # words of a path hold few digits
        return segment.decode("ascii")
    if _DATE.fullmatch(segment):
        return segment.decode("ascii")
    return f"<{describe(segment)}>"


def _holds(text: bytes, secrets: tuple[bytes, ...]) -> bool:
    """Whether one of `secrets` stands in `text`; up to 4 characters give nothing away."""
    for secret in secrets:  # noqa: SIM110 - a loop costs half of any(), and each segment of each path is asked about
        if len(secret) > 4 and secret in text:
            return True
    return False


def _held(text: bytes, secrets: tuple[bytes, ...]) -> bool:
    """Whether `text` holds, or is part of, one of `secrets`."""
    return _holds(text, secrets) or (len(text) > 4 and any(text in secret for secret in secrets))


def _parameter(part: bytes, secrets: tuple[bytes, ...]) -> str:
    name, equals, value = part.partition(b"=")
    word = re.fullmatch(rb"[A-Za-z][A-Za-z_.<>-]{0,30}", name) and not _held(name, secrets)
    shown = name.decode("ascii") if word else f"<{describe(name)}>"
    if not equals:
        return shown
    if name.lower() in _SAFE_QUERY and re.fullmatch(rb"\d{0,6}", value):
        return f"{shown}={value.decode()}"
    return f"{shown}=<{len(value)}>"


def scrub(text: str, secrets: tuple[bytes, ...] = ()) -> str:
    """`text` without the given secrets and without anything that looks like one; SIDs stay. Control characters go."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 4:
            text = text.replace(secret.decode("latin-1"), f"<{len(secret)} characters>")
    return _scrubbed(text) if len(text) <= _LONGEST_REMEMBERED else _scrubbed.__wrapped__(text)


@lru_cache(maxsize=64)  # Twilio says the same again and again
def _scrubbed(text: str) -> str:
    sids = [*_SID_IN_TEXT.findall(text), ""]
    between = [_RUN_IN_TEXT.sub(lambda found: _run(found.group()), part) for part in _SID_IN_TEXT.split(text)]
    text = "".join(part + sid for part, sid in zip(between, sids, strict=True))
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def scrub_told(text: str, secrets: tuple[bytes, ...] = ()) -> str:
    """As `scrub`, for the words of a server: they may quote whom a message was for. At most 500 characters of it."""
    told = scrub(text, secrets)[: 2 * _LONGEST_TOLD]
    return _PERSONAL.sub(lambda found: f"<{len(found.group())} characters>", told)[:_LONGEST_TOLD]


def _run(run: str) -> str:
    plain = all(_PLAIN_PIECE.fullmatch(piece) for piece in re.split(r"[/_=+-]+", run))
    return run if plain else f"<{len(run)} characters>"


def secrets_in(username: bytes, password: bytes) -> tuple[bytes, ...]:
    """The halves that must never be shown: all but SIDs, unset literals and well-known placeholders."""
    return tuple(half for half in (username, password) if is_secret(half))


def is_secret(half: bytes) -> bool:
    """Whether a half must be hidden."""
    if kind_of(half) in _NO_SECRET:
        return False
    return not (is_unset(half) or (is_placeholder(half) and _shows(half)))


_NO_SECRET = frozenset({Kind.EMPTY, Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID})
