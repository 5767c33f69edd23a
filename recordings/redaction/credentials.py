"""A value that carries credentials, in whatever state: what it says is replaced where it says it.

The layers are taken off from the outside: scheme and marks, base64 (also twice, broken, wrapped or cut), UTF-16, hex,
percent-encoding, a JSON Web Token, the two halves of a pair. Each layer is put on again in the same places.
"""

import re
from typing import Final

from analyzers.base64_text import LINE_BREAK, is_text, narrow
from analyzers.header_form import is_masked
from analyzers.lookalikes import plain_of
from analyzers.placeholders import is_overwritten, is_placeholder
from analyzers.twilio import HEX_32, core_of
from recordings.redaction.base64_layer import noise, put_back
from recordings.redaction.base64_runs import Span, spans_of
from recordings.redaction.tokens import Tokens, is_token
from recordings.redaction.veil import Veil, is_literal, is_sid
from recordings.redaction.vendor_keys import of_vendor, vendor_parts
from recordings.redaction.words import SCHEMES

_DEEPEST: Final = 4
_LONGEST: Final = 2_000_000
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 4096
# What may stand in front of credentials: blanks, line ends, marks, the header's name, scheme words.
_HEAD: Final = re.compile(
    rb"(?:[\s\"'`,;<>(\[{]|:+[ \t]*(?=(?:basic|bearer)\b)|%0[aAdD]|%20|\\[rn]"
    rb"|\xe2\x80[\x8b-\x8f\x98-\x9f\xaf]|\xef\xbb\xbf|\xc2\xa0|\xa0"
    rb"|(?:proxy-)?authorization(?=[\s:=])[\s:=]*|(?:basic|bearer)(?![a-z])(?:%20|\+|[-_,;|/.]|[ \t]*[:=]+)?"
    rb"|(?:basic|bearer)(?=[A-Za-z0-9+/]{8})"
    rb"|(?:"
    + b"|".join(re.escape(scheme) for scheme in sorted(SCHEMES, key=len, reverse=True))
    + rb")(?=[\s:=,]|\Z))*",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(
    rb"(,[ \t]*)(?=(?:basic|bearer|digest|negotiate|ntlm|token|apikey)[ \t]+[^ \t])", re.IGNORECASE
)
_HEX_TEXT: Final = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){40,400}(?![0-9A-Za-z])")
_BARE: Final = re.compile(rb"[A-Z]{2}[0-9a-fA-F]{32}|[0-9a-f]{32}")
# What twilio-ruby makes of a bearer token that is none: docs/facts.md 6.2
_NO_PAIR: Final = b"B:e"


class Credentials:
    """Replaces values that carry credentials."""

    def __init__(self, veil: Veil) -> None:
        self._veil = veil
        self.tokens = Tokens(veil, self)
        self._values: dict[tuple[bytes, bool], bytes] = {}

    def value(self, value: bytes, *, short: bool = True) -> bytes:
        """A whole value. With `short` even a few letters may be base64, as behind Basic."""
        found = self._values.get((value, short))
        if found is None:
            found = self._value(value, 0, short=short)
            if len(value) <= _LONGEST_REMEMBERED:
                if len(self._values) >= _REMEMBERED:
                    self._values.clear()
                self._values[value, short] = found
        return found

    def _value(self, value: bytes, depth: int, *, short: bool) -> bytes:
        if is_masked(value) or is_literal(value):
            return value
        joined = _JOINT.split(value)
        return b"".join(
            part if place % 2 else self._single(part, depth, short=short) for place, part in enumerate(joined)
        )

    def _single(self, value: bytes, depth: int, *, short: bool) -> bytes:
        end = _HEAD.match(value).end()  # type: ignore[union-attr] # it matches nothing, too
        short = short and b"basic" in value[:end].lower()
        return value[:end] + self._rest(value[end:], depth, short=short)

    def _rest(self, rest: bytes, depth: int, *, short: bool) -> bytes:
        """What stands behind scheme and marks."""
        core = rest.strip()
        if is_literal(core):
            return rest
        if depth > _DEEPEST or not core or _BARE.fullmatch(core):
            return self._veil.words(rest)
        if is_token(core):
            return self.tokens.within(rest)
        if (found := _HEX_TEXT.search(rest)) and is_text(plain := bytes.fromhex(found[0].decode("ascii"))):
            inner = self._inner(plain, depth).hex().encode()
            parts = rest[: found.start()], rest[found.end() :]
            before, behind = (self._rest(part, depth + 1, short=False) for part in parts)
            return before + (inner.upper() if found[0].isupper() else inner) + behind
        spans = spans_of(rest, short=short)
        if not spans:
            return self.pair(rest)
        return self._in_base64(rest, spans, depth)

    def _in_base64(self, rest: bytes, spans: tuple[Span, ...], depth: int) -> bytes:
        """`rest` with what its base64 says replaced, and what stands between as ordinary words."""
        out = bytearray(rest)
        last = 0
        for span in spans:
            out[last : span.start] = self.pair(rest[last : span.start])
            changed = span.rewritten(rest, lambda inner: self._inner(inner, depth), self._noise)
            out[span.start : span.end] = put_back(rest, span.places, changed)[span.start : span.end]
            last = span.end
        out[last:] = self.pair(rest[last:])
        return bytes(out)

    def _noise(self, letters: bytes, phase: int) -> bytes:
        """In the place of letters that are base64 of what cannot be read: others of that kind."""
        if self._veil.learning or not letters:
            return letters
        return noise(letters, phase, self._veil.surrogates.stream(letters, len(letters) + 8))

    def _inner(self, inner: bytes, depth: int) -> bytes:
        """What base64 said."""
        if narrow(inner) is None:
            return self._value(inner, depth + 1, short=False)
        places = [place for place, byte in enumerate(inner) if byte]
        text = bytes(inner[place] for place in places)
        return put_back(inner, places, self._value(text, depth + 1, short=False))

    # --- halves -------------------------------------------------------------------------------------------------------
    def pair(self, text: bytes) -> bytes:
        """Username, colon and password, or one of them alone."""
        username, colon, password = text.partition(b":")
        if not colon or text == _NO_PAIR:
            return text if text == _NO_PAIR else self.half(text)
        if self._veil.learning:
            self._veil.known.note_pair(username, password)
        named, secret = (half[slice(*core_of(half))] for half in (username, password))
        swapped = is_sid(secret) and secret[2:] != named
        doubtful = HEX_32.fullmatch(named) is not None and not swapped
        twin = is_sid(named) and secret == named[2:]
        if self._veil.learning and is_sid(named) and not twin:
            self._veil.known.note_sure(secret)
        return self.half(username, doubtful=doubtful) + colon + self.half(password, doubtful=twin)

    def half(self, half: bytes, *, doubtful: bool = False) -> bytes:
        """A username or a password, with whatever stands around it."""
        if not half or is_literal(half) or len(half) > _LONGEST:
            return half if len(half) <= _LONGEST else self._veil.words(half)
        start, end = core_of(half)
        lead, core, tail = half[:start], half[start:end], half[end:]
        return self._veil.labels(lead) + self._core(core, doubtful=doubtful) + self._veil.labels(tail)

    def _core(self, core: bytes, *, doubtful: bool) -> bytes:  # noqa: PLR0911 - one return for each kind of value
        veil = self._veil
        if is_literal(core):
            return core
        if is_placeholder(core) or is_overwritten(core):
            return veil.labels(core)
        if doubtful:
            return veil.word(core, doubtful=True)
        if (parts := vendor_parts(core)) is not None:
            prefix = parts[0][0]
            return b"".join(part if kept else of_vendor(prefix, veil.words(part), part) for part, kept in parts)
        if is_token(core):
            return self.tokens.within(core)
        if spans := spans_of(core, short=False):
            return self._in_base64(core, spans, _DEEPEST - 1)
        if not core.isascii() and is_sid(alike := plain_of(core)) and alike not in core:
            return self._like_a_sid(core, alike)
        if LINE_BREAK.search(core):
            return self._across_lines(core)
        return veil.words(veil.marks(core))

    def _across_lines(self, core: bytes) -> bytes:
        """A value that line ends have split: read without them, and split again in the same places."""
        gaps = {place for found in LINE_BREAK.finditer(core) for place in range(*found.span())}
        places = [place for place in range(len(core)) if place not in gaps]
        joined = bytes(core[place] for place in places)
        return put_back(core, places, self._veil.words(self._veil.marks(joined)))

    def _like_a_sid(self, core: bytes, sid: bytes) -> bytes:
        """A SID in which letters of another alphabet stand for its own: its prefix stays, whatever spells it."""
        self._veil.sid(sid)
        prefix = len("".join(core.decode("utf-8", "replace")[:2]).encode())
        return core[:prefix] + self._veil.words(core[prefix:])
