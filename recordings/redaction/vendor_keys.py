"""Credentials of other services: what shows whose they are stays."""

import re
from typing import Final

from analyzers.vendors import VENDORS, foreign

# What stands inside or at the end of a whole form: see the patterns of vendors.py.
_INSIDE: Final = re.compile(rb"(T3BlbkFJ)")
_ANTHROPIC: Final = re.compile(rb"(AA)\Z")
BEYOND_ASCII: Final = bytes(range(128, 256))
# AWS writes numbers in base32, which has no other digits: RFC 4648 6
_BASE32: Final = (b"AKIA", b"ASIA")
_DIGITS: Final = bytes.maketrans(b"0189", b"2367")


def vendor_parts(core: bytes) -> tuple[tuple[bytes, bool], ...] | None:
    """The parts of another service's credential, and whether each stays; None for what is none."""
    if foreign(core) is None and foreign(core.translate(None, BEYOND_ASCII)) is None:
        return None
    prefix = next(vendor.prefix for vendor in VENDORS if core.startswith(vendor.prefix))
    mark = _ANTHROPIC if prefix == b"sk-ant-" else _INSIDE
    rest = mark.split(core[len(prefix) :])
    return ((prefix, True), *((part, bool(place % 2)) for place, part in enumerate(rest) if part))


def of_vendor(prefix: bytes, part: bytes, original: bytes) -> bytes:
    """`part`, the surrogate of `original`, with the digits that the service behind `prefix` knows."""
    if prefix not in _BASE32:
        return part
    digits = part.translate(_DIGITS)
    return bytes(_OTHERS.get(new, new) if new == old else new for new, old in zip(digits, original, strict=True))


_OTHERS: Final = dict(zip(b"234567", b"345672", strict=True))
