"""Text in which characters are written as escapes: seen through, changed, and written again with the same escapes."""

import re
from collections.abc import Callable
from html import unescape
from typing import Final

Change = Callable[[bytes], bytes]
"""From text to text of the same length in bytes."""

PERCENT: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
# JSON's and JavaScript's, RFC 8259 7; a pair of surrogates is one character.
JSON: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
XML: Final = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def through_percent(text: bytes, change: Change) -> bytes:
    """`text` with `change` made to what its %XX stand for."""
    return (
        _through(text, PERCENT, lambda raw: bytes((int(raw[1:], 16),)), _percent, change)
        if b"%" in text
        else change(text)
    )


def through_json(text: bytes, change: Change) -> bytes:
    r"""The inside of a JSON string with `change` made to what its \n and \uXXXX stand for."""
    return _through(text, JSON, _of_json, _json, change) if b"\\" in text else change(text)


def through_xml(text: bytes, change: Change) -> bytes:
    """Text of XML or HTML with `change` made to what its entities stand for."""
    return _through(text, XML, _of_xml, _xml, change) if b"&" in text else change(text)


def _through(
    text: bytes,
    escape: re.Pattern[bytes],
    read: Callable[[bytes], bytes],
    write: Callable[[bytes, bytes], bytes],
    change: Change,
) -> bytes:
    """Each escape is one piece of the plain text; a piece that came back as it was keeps its spelling."""
    raws: list[bytes] = []
    plains: list[bytes] = []
    last = 0
    for found in escape.finditer(text):
        between = text[last : found.start()]
        raws += (between, found.group())
        plains += (between, read(found.group()))
        last = found.end()
    raws.append(text[last:])
    plains.append(text[last:])
    changed = change(b"".join(plains))
    out: list[bytes] = []
    at = 0
    for place, (raw, plain) in enumerate(zip(raws, plains, strict=True)):
        new = changed[at : at + len(plain)]
        at += len(plain)
        out.append(new if not place % 2 else raw if new == plain else write(new, raw))
    return b"".join(out)


def _percent(new: bytes, raw: bytes) -> bytes:
    return (b"%%%02x" if raw[1:].islower() else b"%%%02X") % new[0]


def _of_json(raw: bytes) -> bytes:
    if raw[1:2] != b"u" or len(raw) < 6:
        return _CONTROLS.get(raw[1:2], raw[1:2])
    code = int(raw[2:6], 16)
    if len(raw) > 6:
        code = 0x10000 + ((code - 0xD800) << 10) + int(raw[8:12], 16) - 0xDC00
    return chr(code).encode("utf-8", "surrogatepass")


def _json(new: bytes, raw: bytes) -> bytes:
    if len(raw) < 6:
        return raw[:1] + new
    form = b"\\u%04x" if raw[2:].islower() else b"\\u%04X"
    code = ord(new.decode("utf-8", "surrogatepass"))
    if code < 0x10000:
        return form % code
    code -= 0x10000
    return form % (0xD800 + (code >> 10)) + form % (0xDC00 + (code & 0x3FF))


def _of_xml(raw: bytes) -> bytes:
    """What an entity stands for; one that nobody knows stands for itself."""
    plain = unescape(raw.decode("ascii"))
    return raw if len(plain) != 1 else plain.encode("utf-8", "surrogatepass")


def _xml(new: bytes, raw: bytes) -> bytes:
    try:
        code = ord(new.decode("utf-8", "surrogatepass"))
    except (TypeError, UnicodeDecodeError):
        return new  # an unknown entity, whose letters were replaced
    return (b"&#x%x;" if raw[1:2] == b"#" and raw[2:3] in b"xX" else b"&#%d;") % code
