"""Texts and numbers of a JSON document replaced where they stand, by the name of the member that they belong to.

It is read as a stream of tokens, so a document that is cut off, or is none at the end, is changed as far as it goes,
and its spelling, its blanks and its order stay.
"""

import re
from collections.abc import Callable
from typing import Final

from recordings.redaction.escapes import through_json
from recordings.redaction.names import is_public
from recordings.redaction.veil import Veil

Member = Callable[[bytes, bytes], bytes]
"""What to write for a text under a name."""

_STRING: Final = rb'"(?:[^"\\]|\\.)*+'
# A name and what follows it, or a value without one. A text that is cut off at the end is one as well.
_VALUE: Final = rb"(" + _STRING + rb'"?|[^\s{}\[\],:"]+)'
_TOKEN: Final = re.compile(
    rb"(" + _STRING + rb'")\s*:\s*(?:' + _VALUE + rb"|([{\[]))?|" + _VALUE + rb"|([{\[])|[}\]]", re.DOTALL
)
_NAMED, _NAMED_OPEN, _VALUE_ALONE, _OPEN = 2, 3, 4, 5
"""Groups of the pattern: what a name stands in front of, and the same without a name."""
_NUMBER: Final = re.compile(rb"-?[0-9][0-9.eE+-]*")
_LITERALS: Final = frozenset({b"true", b"false", b"null"})
_MOMENTS: Final = frozenset({b"exp", b"nbf", b"iat"})
_DEEPEST: Final = 200
_REMEMBERED: Final = 4096
_SHORT: Final = 64


class JsonText:
    """Replaces the texts of a document."""

    def __init__(self, veil: Veil, member: Member, number: Member | None = None) -> None:
        """`member` replaces texts; `number` numbers, where it is not given all that are no moments of a token."""
        self._veil = veil
        self._member = member
        self._number = number or self._plain_number
        self._public: set[bytes] = set()
        """Names that stay, with their quotes."""
        self._kept: set[tuple[bytes, bytes]] = set()
        """Names and texts that stay: most of an answer is the same each time."""

    def rewritten(self, document: bytes) -> bytes:
        """The document with every text and number replaced as its name asks for."""
        name = b""
        above: list[bytes] = []
        out: list[bytes] = []
        last = 0
        kept = self._kept
        for token in _TOKEN.finditer(document):
            kind = token.lastindex
            if kind is None:
                name = above.pop() if above else b""
                continue
            if kind <= _NAMED_OPEN:
                raw = token[1]
                name = raw[1:-1]
                if raw not in self._public:
                    out += (document[last : token.start()], self._name(raw))
                    last = token.end(1)
            if kind in {_NAMED, _VALUE_ALONE}:
                raw = token[kind]
                if (name, raw) not in kept:
                    out += (document[last : token.start(kind)], self._value(name, raw))
                    last = token.end()
            elif kind != 1 and len(above) < _DEEPEST:
                above.append(name)
        out.append(document[last:])
        return b"".join(out)

    def _name(self, raw: bytes) -> bytes:
        if raw in self._public:
            return raw
        if not is_public(raw[1:-1]):
            return b'"' + through_json(raw[1:-1], self._veil.personal) + b'"'
        if len(self._public) < _REMEMBERED:
            self._public.add(raw)
        return raw

    def _value(self, name: bytes, raw: bytes) -> bytes:
        if raw in _LITERALS:
            new = raw
        elif raw.startswith(b'"'):
            new = self._text(name, raw)
        else:
            new = self._number(name, raw) if _NUMBER.fullmatch(raw) else self._veil.words(raw)
        if new == raw and len(raw) <= _SHORT and not self._veil.learning:
            if len(self._kept) >= _REMEMBERED:
                self._kept.clear()
            self._kept.add((name, raw))
        return new

    def _text(self, name: bytes, raw: bytes) -> bytes:
        end = len(raw) - 1 if len(raw) > 1 and raw.endswith(b'"') else len(raw)
        return raw[:1] + through_json(raw[1:end], lambda text: self._member(name, text)) + raw[end:]

    def _plain_number(self, name: bytes, raw: bytes) -> bytes:
        if name not in _MOMENTS:
            return other_number(self._veil, raw)
        if self._veil.learning:
            self._veil.known.note_moment(raw)
        return raw


def other_number(veil: Veil, raw: bytes) -> bytes:
    """Another number of as many digits; JSON allows no zero in front."""
    made = veil.personal(raw)
    out = bytes(new if chr(old).isdigit() else old for new, old in zip(made, raw, strict=True))
    digits = raw.lstrip(b"-")
    if len(digits) < 2 or not digits[:2].isdigit():
        return raw if len(digits) < 2 else out
    at = len(raw) - len(digits)
    return out if out[at : at + 1] != b"0" else out[:at] + (b"8" if raw[at : at + 1] != b"8" else b"7") + out[at + 1 :]
