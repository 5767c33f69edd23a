"""Who issued a certificate, read from its DER form without the library that checks everything else in it.

X.509: RFC 5280 4.1. A certificate is SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer ...
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Final

_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_END: Final = b"-----END CERTIFICATE-----"
_SEQUENCE, _SET, _OID, _VERSION, _BITS = 0x30, 0x31, 0x06, 0xA0, 0x03
# Strings of four and two bytes a character; every other kind is read as UTF-8, as the cryptography package does.
_WIDE: Final = {0x1C: "utf-32-be", 0x1E: "utf-16-be"}
_NAMES: Final = {b"\x55\x04\x0a": "O", b"\x55\x04\x03": "CN"}  # 2.5.4.10 and 2.5.4.3
_SHOWN: Final = 60


def issuer_of(pem: bytes) -> str | None:
    """Organisation or name of who issued the certificate `pem`; None where it has none or cannot be read."""
    try:
        return shown_issuer(_issuer(_decoded(pem)))
    except (ValueError, IndexError):
        return None


def shown_issuer(names: Iterable[tuple[str, object]]) -> str | None:
    """What is shown of an issuer, of whose name these are the parts: O, CN ..."""
    found = dict(names)
    name = found.get("O") or found.get("CN") or ""
    return "".join(char for char in name if char.isprintable())[:_SHOWN] or None if isinstance(name, str) else None


def _decoded(pem: bytes) -> bytes:
    body = pem.partition(_BEGIN)[2].partition(_END)[0]
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise ValueError("expected base64") from None


def _issuer(der: bytes) -> Iterator[tuple[str, object]]:
    _, start, end = _element(der, 0, len(der))
    _, start, end = _element(der, start, end)
    fields = list(_elements(der, start, end, most=4))
    tag, start, end = fields[3 if fields[0][0] == _VERSION else 2]
    if tag != _SEQUENCE:
        raise ValueError("expected a name")
    for _, first, last in _elements(der, start, end):
        for _, inner, behind in _elements(der, first, last):
            (kind, oid, oid_end), (string, text, text_end) = _elements(der, inner, behind)
            if kind != _OID:
                raise ValueError("expected an attribute")
            value = der[text:text_end]
            told = value if string == _BITS else value.decode(_WIDE.get(string, "utf-8"))
            yield _NAMES.get(der[oid:oid_end], "other"), told


def _elements(der: bytes, at: int, end: int, most: int = 1 << 30) -> Iterator[tuple[int, int, int]]:
    while at < end and most:
        tag, start, at = _element(der, at, end)
        most -= 1
        yield tag, start, at


def _element(der: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the element at `at`: X.690 8.1, definite lengths only."""
    tag, length = der[at], der[at + 1]
    start = at + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[start : start + size], "big")
        start += size
    if start + length > end:
        raise ValueError("expected an element, found its beginning only")
    return tag, start, start + length
