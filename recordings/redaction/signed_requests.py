"""Public Key Client Validation: a token that signs the hash of its request signs that of the redacted one.

Where the hash fitted, it fits; where it fitted only without one part of the request, or not at all, that stays true.
"""

import hashlib
import json
from dataclasses import replace
from typing import Final

from analyzers.credential import decode_jwt
from analyzers.exchange import Exchange, Request
from analyzers.request_hash import fit_of
from analyzers.tokens import VALIDATION_HEADER
from recordings.redaction.base64_layer import rewritten
from recordings.redaction.credentials import Credentials

_LENGTH: Final = 64
"""Hex digits of SHA-256."""


def signed_anew(exchange: Exchange, request: Request, credentials: Credentials) -> Request:
    """`request`, the redacted one of `exchange`, with the hash that its validation token signs."""
    value = exchange.request.first(VALIDATION_HEADER)
    if value is None:
        return request
    jwt, _ = decode_jwt(value.strip())
    claims = {} if jwt is None else jwt.claims
    names, signed = claims.get("hrh"), claims.get("rqh")
    if not isinstance(names, str) or not isinstance(signed, str) or len(signed) != _LENGTH:
        return request
    fit = fit_of(exchange.request, exchange.fidelity, names, signed)
    if not fit.decided or not (fit.fits or fit.without):
        return request
    new = _hash(_without(request, fit.without), names)
    token = credentials.tokens.token(value.strip()).split(b".")
    token[1] = rewritten(token[1], lambda text: _with_hash(text, new), url_safe=True)
    line = value.replace(value.strip(), b".".join(token))
    headers = tuple((name, line if name.lower() == VALIDATION_HEADER else old) for name, old in request.headers)
    return replace(request, headers=headers)


def _with_hash(claims: bytes, new: str) -> bytes:
    """The claims with another hash, everything else as it stands there."""
    old = json.loads(claims).get("rqh")
    return claims.replace(json.dumps(old).encode(), json.dumps(new).encode()) if isinstance(old, str) else claims


def _without(request: Request, part: str) -> Request:
    """The request without the part that request_hash.py names so."""
    match part:
        case "query":
            return replace(request, target=request.target.partition(b"?")[0])
        case "body":
            return replace(request, body=b"")
        case "Authorization header":
            kept = tuple(item for item in request.headers if item[0].lower() != b"authorization")
            return replace(request, headers=kept)
        case _:
            return request


def _hash(request: Request, names: str) -> str:
    """The hash as the documentation defines it: https://www.twilio.com/docs/iam/pkcv/quickstart (read 2026-11-20)."""
    path, _, query = request.target.partition(b"?")
    listed = names.encode("utf-8", "replace").split(b";")
    lines = [line for name in listed if (line := _line(request, name.strip().lower()))]
    body = hashlib.sha256(request.body).hexdigest().encode() if request.body else b""
    method = request.method.upper().encode("utf-8", "replace")
    parts = (method, path or b"/", b"&".join(sorted(query.split(b"&"))), *lines, b"", b";".join(listed), body)
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _line(request: Request, name: bytes) -> bytes:
    if name == b"host":
        return b"host:" + (request.first(b"host") or request.host.encode("utf-8", "replace"))
    values = request.values(name)
    return name + b":" + b",".join(sorted(value.strip() for value in values)) if values else b""
