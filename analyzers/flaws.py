"""What can be wrong with the form of a credential, where it stands, and names for it that show nothing secret."""

from dataclasses import field
from enum import Enum

from analyzers.frozen import dataclass


class Flaw(Enum):
    """What is wrong with the form of a value. Each is the fault, never the fix."""

    EMPTY = "empty"
    SCHEME_ONLY = "scheme-only"
    SCHEME_MISSING = "scheme-missing"
    SCHEME_GLUED = "scheme-glued"
    SCHEME_REPEATED = "scheme-repeated"
    JOINED = "joined"
    LINE_BREAK = "line-break"
    BLANK_INSIDE = "blank-inside"
    FOREIGN_BYTE = "foreign-byte"
    URLSAFE_ALPHABET = "urlsafe-alphabet"
    PADDING_MISSING = "padding-missing"
    PADDING_WRONG = "padding-wrong"
    STRAY_BITS = "stray-bits"
    """The last character holds bits that no encoder sets; most decoders ignore them (RFC 4648 section 3.5)."""
    TRUNCATED = "truncated"
    CLEAR_TEXT = "clear-text"
    NOT_BASE64 = "not-base64"
    DOUBLED = "doubled"
    WIDE_CHARACTERS = "wide-characters"
    COLON_MISSING = "colon-missing"
    MARKS = "marks"
    """Quotes, brackets, commas and the like in front of or behind the rest."""
    JUNK = "junk"
    """More text behind a whole credential."""
    TOKEN_IN_BASIC = "token-in-basic"  # noqa: S105 - the name of a flaw, not a secret


@dataclass(frozen=True, slots=True)
class Fault:
    """One flaw and where it stands."""

    flaw: Flaw
    start: int
    """Offset of the first offending byte in the header value."""
    end: int
    """Offset behind the last offending byte; equal to `start` where something is missing."""
    detail: str = ""
    """What stands there, in words that never quote a credential."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Username and password. Neither is shown: with swapped halves the username is the secret."""

    username: bytes = field(repr=False)
    password: bytes = field(repr=False)


_BYTE_NAMES = {
    0x00: "NUL (0x00)",
    0x09: "tab (0x09)",
    0x0A: "line feed (0x0A)",
    0x0D: "carriage return (0x0D)",
    0x20: "blank (0x20)",
    0x22: 'double quote (")',
    0x27: "single quote (')",
    0x2C: "comma (,)",
    0x3B: "semicolon (;)",
    0x25: "percent sign (%)",
    0x2E: "full stop (.)",
    0x3A: "colon (:)",
}


def name_byte(byte: int) -> str:
    """A name for a byte that does not belong in a credential; letters and digits, perhaps secret, are never named."""
    if byte in _BYTE_NAMES:
        return _BYTE_NAMES[byte]
    if byte > 127:
        return f"non-ASCII byte (0x{byte:02X})"
    if not chr(byte).isprintable():
        return f"control character (0x{byte:02X})"
    if chr(byte).isalnum():
        return "a letter or digit"
    return f"character {chr(byte)}"


def name_break(found: bytes) -> str:
    text = found.rstrip(b" \t")
    folded = len(text) < len(found)
    names = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
    name = names.get(text, "an escaped line break")
    return f"{name} and a blank (a folded header)" if folded else name
