"""Bodies of requests and responses: JSON, XML, forms and pages are changed where they stand; all else is dropped.

What is dropped leaves as many bytes behind, equal for equal content, so that its length still says what it said.
"""

import re
from typing import Final

from analyzers.exchange import Message
from recordings.redaction.fields import Fields
from recordings.redaction.json_layer import JsonText, other_number
from recordings.redaction.names import COUNTS, plain
from recordings.redaction.packing import packed, unpacked
from recordings.redaction.urls import Urls
from recordings.redaction.veil import Veil
from recordings.redaction.xml_layer import XmlText

_DEEPEST: Final = 3
_BOUNDARY: Final = re.compile(rb"((?:\A|\r?\n)--[^\r\n]{1,200})")
_BLANK_LINE: Final = re.compile(rb"(\r?\n\r?\n)")
_PART_NAME: Final = re.compile(rb"\bname=\"([^\"\r\n]{0,200})\"", re.IGNORECASE)
_QUOTED: Final = re.compile(rb"\"[^\"\r\n]*\"")
_LONGEST_FIELD: Final = 4096
_SMALL: Final = re.compile(rb"-?[0-9]{1,10}(?:\.[0-9]{1,6})?")
# A byte order mark, and the length of the first chunk where a recorder left the chunks in.
_LEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[0-9a-fA-F]{1,8}\r\n\s*)?")
_CONTROLS: Final = bytes(byte for byte in range(32) if byte not in b"\t\r\n")
_LONG: Final = 4096


class Bodies:
    """Replaces bodies."""

    def __init__(self, veil: Veil, fields: Fields, urls: Urls) -> None:
        self._veil, self._fields, self._urls = veil, fields, urls
        self._json = {
            told: JsonText(veil, fields.told if told else fields.value, self._number) for told in (False, True)
        }
        self._xml = {told: XmlText(veil, fields.told if told else fields.value) for told in (False, True)}

    def body(self, message: Message, *, told: bool) -> bytes:
        """The body of a request, or of a response, in which Twilio speaks."""
        kind = (message.first(b"content-type") or b"")[:200].lower()
        deflate = any(b"deflate" in value.lower() for value in message.values(b"content-encoding"))
        return self._coded(message.body, kind, told=told, deflate=deflate) if message.body else b""

    def _coded(self, body: bytes, kind: bytes, *, told: bool, deflate: bool, depth: int = 0) -> bytes:
        plain_body = unpacked(body, deflate=deflate) if depth < _DEEPEST else None
        if plain_body is None:
            return self._plain(body, kind, told=told)
        changed = self._coded(plain_body, kind, told=told, deflate=deflate, depth=depth + 1)
        return body if self._veil.learning else packed(changed, body)

    def _plain(self, body: bytes, kind: bytes, *, told: bool) -> bytes:  # noqa: PLR0911 - one return for each kind
        lead = _LEAD.match(body)
        start = body[lead.end() if lead else 0 :]
        if len(body.translate(None, _CONTROLS)) * 10 < len(body) * 9:
            return self._wide(body, kind, told=told)
        if len(body) > _LONG and _is_binary(body):
            return self._dropped(body)  # as a form it would be searched for base64 for half a second
        if start[:1] in {b"{", b"["}:
            return self._json[told].rewritten(body)
        if start[:1] == b"<":
            page = b"html" in kind or start[:15].lower().startswith((b"<!doctype html", b"<html"))
            return self._urls.message(body) if page else self._xml[told].rewritten(body)
        if b"multipart/" in kind:
            return self._parts(body)
        if told and (not kind or b"text/" in kind):
            return self._urls.message(body)
        if not told and (not kind or b"urlencoded" in kind or b"text/plain" in kind):
            return self._fields.form(body)
        return self._dropped(body)

    def _wide(self, body: bytes, kind: bytes, *, told: bool) -> bytes:
        """UTF-16 or UTF-32 of ASCII; all other bytes among NULs are no text."""
        marks = len(body) - len(body.lstrip(b"\xff\xfe\0"))
        places = [place for place in range(marks, len(body)) if body[place]]
        text = bytes(body[place] for place in places)
        if not text.isascii() or text.translate(None, _CONTROLS) != text or len(text) * 4 < len(body) - marks:
            return self._dropped(body)
        out = bytearray(body)
        for place, byte in zip(places, self._plain(text, kind, told=told), strict=True):
            out[place] = byte
        return bytes(out)

    def _dropped(self, body: bytes) -> bytes:
        if self._veil.learning:
            return body
        mark = b"dropped " + self._veil.surrogates.mark(body) + b" "
        return (mark * (len(body) // len(mark) + 1))[: len(body)]

    def _number(self, name: bytes, raw: bytes) -> bytes:
        if plain(name) in COUNTS and _SMALL.fullmatch(raw):
            return raw
        return other_number(self._veil, raw)

    def _parts(self, body: bytes) -> bytes:
        """A form in parts; what stands outside of any is no field either."""
        pieces = _BOUNDARY.split(body)
        return b"".join(
            self._veil.public(piece) if place % 2 else self._part(piece) for place, piece in enumerate(pieces)
        )

    def _part(self, part: bytes) -> bytes:
        head, *rest = _BLANK_LINE.split(part, maxsplit=1)
        if not rest:
            return self._veil.public(part)
        blank, content = rest
        named = _PART_NAME.search(head)
        name = named[1] if named else b""
        quoted = _QUOTED.sub(lambda found: b'"' + self._fields.name(found[0][1:-1]) + b'"', head)
        shown = _QUOTED.split(head)
        kept = b"".join(
            self._veil.public(between) + inner
            for between, inner in zip(shown, [*_QUOTED.findall(quoted), b""], strict=False)
        )
        text = b"\0" not in content and len(content) <= _LONGEST_FIELD
        return kept + blank + (self._fields.value(name, content) if text else self._dropped(content))


def _is_binary(body: bytes) -> bool:
    """Whether a quarter of it is no UTF-8."""
    return len(body.decode("utf-8", "ignore").encode()) * 4 < len(body) * 3
