"""Base64 and what it decodes to, judged as text: whether a form is strict, and whether anybody meant what it says.

Sources: RFC 4648 (base64), RFC 7617 (user-id ":" password).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import field
from itertools import chain

from analyzers.flaws import Fault, Flaw, Pair
from analyzers.frozen import dataclass
from analyzers.twilio import API_KEY_SECRET, SID, SID_LENGTH

JWT_LIKE = re.compile(rb"eyJ[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]*")
# The beginning of a signed or an encrypted token: RFC 7515 3.1, RFC 7516 3.1
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]")
LINE_BREAK = re.compile(rb"(?:\r\n|\r|\n|%0[dD]%0[aA]|%0[aAdD]|\\r\\n|\\n)[ \t]*")
SCHEME_AGAIN = re.compile(
    rb"(?:authorization[ \t]*[:=][ \t]*)?(?:basic|bearer)(?:[ \t]*[:=][ \t]*|[ \t]+|\Z)", re.IGNORECASE
)
_STANDARD = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_SID, _SECRET = SID.pattern, API_KEY_SECRET.pattern
WHOLE_PAIR = re.compile(_SID + b":" + _SECRET + rb"\s*")
_HOLDS_SID = re.compile(rb"[^0-9A-Za-z]*" + _SID + rb"[^0-9A-Za-z]*")
_PAIR_LENGTH = SID_LENGTH + 1 + 32
_PAIR_BEGINS = re.compile(rb"(?:AC|SK)(?:[0-9a-fA-F]{0,32}|[0-9a-fA-F]{32}:[0-9A-Za-z]*)")
# Larger than any request head that a server accepts; what lies behind is not looked at once a text is faulty.
LONGEST = 65536
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes of a header value, some of them left out, and where each one stood."""

    data: bytes = field(repr=False)
    places: Sequence[int] = field(repr=False)
    stop: int
    """Offset behind the last byte looked at."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the header value of data[start:end]."""
        if start >= len(self.data):
            return self.stop, self.stop
        first = self.places[start]
        return first, first if end <= start else self.places[end - 1] + 1

    def part(self, start: int, end: int) -> "Text":
        """data[start:end], with its places."""
        return Text(self.data[start:end], self.places[start:end], self.span(start, end)[1])

    def without(self, pattern: re.Pattern[bytes], *, unescape: bool = False) -> "Text":
        """Every match left out, or with `unescape` replaced by the one character that it stands for."""
        pieces: list[bytes] = []
        places: list[Sequence[int]] = []
        last = 0
        for found in pattern.finditer(self.data):
            pieces += (self.data[last : found.start()], _unescaped(found.group()) if unescape else b"")
            places += (self.places[last : found.start()], self.places[found.start() : found.start() + len(pieces[-1])])
            last = found.end()
        pieces.append(self.data[last:])
        places.append(self.places[last:])
        return Text(b"".join(pieces), list(chain.from_iterable(places)), self.stop)

    def fault(self, flaw: Flaw, start: int, end: int, detail: str) -> Fault:
        """A fault of data[start:end]."""
        return Fault(flaw, *self.span(start, end), detail)


def is_token(text: bytes) -> bool:
    """Whether `text` begins as a JSON Web Token does, a signed one or an encrypted one."""
    return _TOKEN.match(text) is not None


def twilio_shaped(pair: Pair | None) -> bool:
    """Whether a half is a SID, marks around it allowed, and both can be read: no chance gives that."""
    if pair is None or not is_text(pair.username + pair.password):
        return False
    return any(_HOLDS_SID.fullmatch(half) for half in (pair.username, pair.password) if len(half) < 64)


def pair_begins(decoded: bytes) -> bool:
    """Whether `decoded` is the beginning of a pair as Twilio issues it, shorter than a whole one."""
    return len(decoded) < _PAIR_LENGTH and _PAIR_BEGINS.fullmatch(decoded) is not None


def is_printable(text: bytes) -> bool:
    """Whether `text` is printable ASCII with blanks and line ends."""
    return not text.translate(None, _PRINTABLE)


def is_text(text: bytes) -> bool:
    """Whether four fifths of `text` are printable ASCII, so that somebody meant it to be read."""
    return bool(text) and len(text.translate(None, _PRINTABLE)) * 5 <= len(text)


def encoded_pair(text: bytes) -> Pair | None:
    """The pair of which `text` is the base64, up to three times, a scheme and line breaks allowed; else None."""
    if len(text) > LONGEST:
        return None
    for _ in range(3):
        inner = LINE_BREAK.sub(b"", unprefixed(text))
        if not _STANDARD.fullmatch(inner):
            return None
        text = loose(inner.rstrip(b"="))
        username, colon, password = text.partition(b":")
        if colon:
            pair = Pair(username, password)
            return pair if is_plausible(pair) or twilio_shaped(pair) else None
    return None


def unprefixed(text: bytes) -> bytes:
    """`text` without blanks at its edges and without a scheme or header name in front."""
    inner = text.strip()
    again = SCHEME_AGAIN.match(inner)
    return inner[again.end() :] if again else inner


def narrow(decoded: bytes) -> bytes | None:
    """The text of UTF-16 (either order, with or without a byte order mark), or None."""
    if len(decoded) < 4 or decoded.count(0) * 3 < len(decoded):
        return None
    name = "utf-16-be" if decoded[:2] == b"\xfe\xff" or decoded[:1] == b"\0" else "utf-16-le"
    return decoded.decode(name, "replace").lstrip("\ufeff").encode()


def strict(body: bytes) -> bytes | None:
    """What base64 as RFC 4648 wants it decodes to; None when anything at all is wrong with the form."""
    decoded = loose(body)
    return decoded if body and base64.b64encode(decoded) == body else None


def loose(core: bytes) -> bytes:
    """The bytes of base64, padded or not; a last letter that cannot be part of it is left out."""
    core = core[:-1] if len(core) % 4 == 1 else core
    try:
        return base64.b64decode(core + b"=" * (-len(core) % 4))
    except (binascii.Error, ValueError):
        return b""


def is_plausible(pair: Pair | None) -> bool:
    """Whether a pair looks like text somebody meant: readable, and not too short to be chance."""
    if pair is None:
        return False
    return is_printable(pair.username + pair.password) and len(pair.username) + len(pair.password) >= 8


def _unescaped(escape: bytes) -> bytes:
    return bytes.fromhex(escape[1:].decode("ascii"))
