"""Texts and attributes of XML replaced where they stand, by their element; broken XML as far as it goes."""

import re
from collections.abc import Callable
from typing import Final

from recordings.redaction.escapes import through_xml
from recordings.redaction.names import is_public
from recordings.redaction.veil import Veil

Value = Callable[[bytes, bytes], bytes]
"""What to write for a text under a name."""

_TAG: Final = re.compile(rb"<(?P<slash>/?)(?P<name>[^\s<>/!?\"'=]{1,80})(?P<rest>[^<>]*)>|<[!?][^<>]*>")
_ATTRIBUTE: Final = re.compile(rb"([A-Za-z_:][\w:.-]{0,80})(\s*=\s*)(\"[^\"]*\"|'[^']*')")


class XmlText:
    """Replaces the texts of a document."""

    def __init__(self, veil: Veil, value: Value) -> None:
        self._veil = veil
        self._value = value

    def rewritten(self, document: bytes) -> bytes:
        """The document with every text and attribute replaced as its name asks for."""
        out: list[bytes] = []
        name = b""
        last = 0
        for tag in _TAG.finditer(document):
            out += (self._text(name, document[last : tag.start()]), self._tag(tag))
            name = tag["name"] if tag["name"] and not tag["slash"] else b""
            last = tag.end()
        return b"".join((*out, self._text(name, document[last:])))

    def _text(self, name: bytes, text: bytes) -> bytes:
        return through_xml(text, lambda inner: self._value(name, inner)) if text.strip() else text

    def _tag(self, tag: re.Match[bytes]) -> bytes:
        if tag["name"] is None:
            return self._veil.public(tag.group())
        rest = tag["rest"]
        out = [b"<", tag["slash"], self._name(tag["name"])]
        last = 0
        for found in _ATTRIBUTE.finditer(rest):
            name, equals, quoted = found.groups()
            out += (self._veil.public(rest[last : found.start()]), self._name(name), equals, quoted[:1])
            out += (self._text(name, quoted[1:-1]), quoted[-1:])
            last = found.end()
        return b"".join((*out, self._veil.public(rest[last:]), b">"))

    def _name(self, name: bytes) -> bytes:
        return name if is_public(name) else self._veil.personal(name)
