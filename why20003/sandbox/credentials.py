"""What one request offers in ``Authorization``. Total: every value is one of three kinds.

How Twilio answers a malformed Basic value is not documented and was never captured (docs/facts.md 11, gap 3). The
sandbox takes the plain reading: what cannot be decoded to ``user:password`` provides no credentials.
"""

from __future__ import annotations

import binascii
from dataclasses import field
from typing import TypeAlias

from analyzers.frozen import dataclass

__all__ = ["Basic", "Bearer", "Nothing", "Offer", "offered"]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No usable credentials; ``why`` holds no secret."""

    why: str


@dataclass(frozen=True, slots=True)
class Basic:
    """Both halves as latin-1 text, which keeps every byte. Neither is shown: swapped pairs have the secret
    first.
    """

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A value of three dot-separated parts, not yet read."""

    token: str = field(repr=False)


Offer: TypeAlias = Basic | Bearer | Nothing


def offered(values: tuple[bytes, ...]) -> Offer:
    """Read the values of all Authorization headers of a request.

    Several headers are joined with a comma, as intermediaries do; such a value cannot be decoded.
    """
    value = b", ".join(values).strip(b" \t").decode("latin-1")
    if not value:
        return Nothing("Authorization is missing" if not values else "Authorization is empty")
    scheme, _, rest = value.partition(" ")
    match scheme.lower():
        case "basic":
            return _basic(rest.strip(" \t"))
        case "bearer":
            return _bearer(rest.strip(" \t"))
    return Nothing("Authorization is neither Basic nor Bearer")


def _basic(encoded: str) -> Offer:
    try:
        pair = binascii.a2b_base64(encoded.encode("latin-1"), strict_mode=True)
    except binascii.Error:
        return Nothing("what follows Basic is not base64")
    username, colon, password = pair.decode("latin-1").partition(":")
    if not colon:
        return Nothing("what follows Basic is base64, but of a text without a colon")
    return Basic(username, password)


def _bearer(token: str) -> Offer:
    if token.count(".") != 2:
        return Nothing("what follows Bearer is not a JWT")
    return Bearer(token)
