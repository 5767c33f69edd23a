"""Public Key Client Validation: whether the request that came is the one that was signed (docs/facts.md 7.4).

The sandbox keeps no public keys: it believes every signature, and looks at the signed hash only.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from .messages import Answer, Fault, Request
from .refusals import refuse

if TYPE_CHECKING:
    from .sites import Route

__all__ = ["request_hash", "validated"]

_HEADER: Final = b"twilio-client-validation"


def validated(request: Request, route: Route) -> Answer | None:
    """The refusal of a signed request that was changed on its way; None for one that was not, or is not signed.

    Uncertain: the codes are documented, no answer was ever captured. docs/facts.md 7.4
    """
    values = request.values(_HEADER)
    if not values:
        return None
    claims = _claims(values[0])
    names, signed = claims.get("hrh"), claims.get("rqh")
    if not isinstance(names, str) or not isinstance(signed, str):
        return refuse(route, Fault(20154, "Missing Required Claim"), "the pair is good, but hrh or rqh is missing")
    if signed != request_hash(request, names):
        why = "the pair is good, but the signed hash is that of another request: something changed this one"
        return refuse(route, Fault(70156, "Request Hash Is Invalid"), why)
    return None


def request_hash(request: Request, names: str) -> str:
    """The hash (rqh) of a request with these signed headers (hrh), as twilio-python makes it."""
    path, _, query = request.target.partition("?")
    found = ((name, request.values(name.encode("utf-8", "replace"))) for name in names.split(";"))
    headers = (f"{name}:{values[0].decode('latin-1')}" for name, values in found if values)
    body = sha256(request.body).hexdigest() if request.body else ""
    lines = (request.method, path, "&".join(sorted(query.split("&"))), *headers, "", names, body)
    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _claims(token: bytes) -> dict[str, object]:
    """The claims of a token; none where it cannot be read."""
    try:
        part = token.split(b".")[1]
        claims = json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}
