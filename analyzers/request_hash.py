"""The hash of a request that Public Key Client Validation signs (rqh), worked out again from the request as recorded.

The canonical request: method, path, sorted query, one line for each signed header, an empty line, the names of these
headers, the hash of the body unless it is empty. The libraries of Twilio differ in how they write path, query and host,
so every form is tried; a hash that none of them gives was made from another request, or by other rules.

Source: https://www.twilio.com/docs/iam/pkcv/quickstart; twilio-python jwt/validation, twilio-java RequestCanonicalizer,
twilio-node RequestCanonicalizer; docs/facts.md 7.4 (read 2026-11-20)
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from urllib.parse import quote, unquote_to_bytes

from analyzers.exchange import Fidelity, Request
from analyzers.frozen import dataclass

# A body of this length may have been cut by the recorder; a longer target is refused before anybody hashes it.
_WHOLE_BODY = 65536
_LONGEST_TARGET = 8192
_LONGEST_NAMES = 500
_SLASHES = re.compile(rb"/{2,}")
_DEFAULT_PORT = re.compile(rb":(?:443|80)\Z")
# What encodeURIComponent of JavaScript leaves as it is beside letters, digits and _.-~ (twilio-node), and Java not.
_LEFT_BY_NODE = "!'()"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a signed hash relates to the request as recorded."""

    decided: bool
    """False where the recording does not show all that was hashed."""
    fits: bool = False
    without: str = ""
    """The part that has to be left out for the hash to fit, so that it was added later; empty for none."""


def fit_of(request: Request, fidelity: Fidelity, names: str, signed: str) -> Fit:
    """Whether `signed` (rqh) is the hash of `request` with the headers `names` (hrh, joined by semicolons)."""
    if fidelity is not Fidelity.FULL or not _is_whole(request) or len(names) > _LONGEST_NAMES:
        return Fit(decided=False)
    listed = names.encode("utf-8", "replace").split(b";")
    for part, changed in (("", request), *_reduced(request)):
        if signed.lower() in _hashes(changed, listed):
            return Fit(decided=True, fits=not part, without=part)
    return Fit(decided=True)


def _is_whole(request: Request) -> bool:
    """Whether the recording shows the whole body as it was sent."""
    length = request.first(b"content-length")
    told = length is None or length.strip() == b"%d" % len(request.body)
    coded = request.first(b"content-encoding") is not None  # readers undo it
    return told and not coded and len(request.body) < _WHOLE_BODY and len(request.target) <= _LONGEST_TARGET


def _reduced(request: Request) -> Iterator[tuple[str, Request]]:
    """The request without one of the parts that are hashed."""
    path, mark, _ = request.target.partition(b"?")
    kept = tuple(item for item in request.headers if item[0].lower() != b"authorization")
    if mark:
        yield "query", replace(request, target=path)
    if request.body:
        yield "body", replace(request, body=b"")
    if len(kept) < len(request.headers):
        yield "Authorization header", replace(request, headers=kept)


def _hashes(request: Request, names: list[bytes]) -> Iterator[str]:
    """The hash of each form in which a library may have written the request."""
    path, _, query = request.target.partition(b"?")
    body = hashlib.sha256(request.body).hexdigest().encode() if request.body else b""
    method = request.method.upper().encode("utf-8", "replace")
    for path_form, query_form, host in product(_paths(path), _queries(query), _hosts(request)):
        lines = [line for name in names if (line := _header_line(request, name, host))]
        text = b"\n".join((method, path_form, query_form, *lines, b"", b";".join(names), body))
        yield hashlib.sha256(text).hexdigest()


def _header_line(request: Request, name: bytes, host: bytes) -> bytes:
    key = name.strip().lower()
    if key == b"host":
        return b"host:" + host
    values = request.values(key)
    return key + b":" + b",".join(sorted(value.strip() for value in values)) if values else b""


def _paths(path: bytes) -> tuple[bytes, ...]:
    single = unquote_to_bytes(_SLASHES.sub(b"/", path))
    forms = (path, quote(single, safe="/").encode(), quote(single, safe="/" + _LEFT_BY_NODE).encode())
    return tuple(dict.fromkeys(form or b"/" for form in forms))


def _queries(query: bytes) -> tuple[bytes, ...]:
    replaced = query.replace(b"+", b"%20").replace(b"*", b"%2A").replace(b"%7E", b"~")
    plain = sorted(unquote_to_bytes(pair.replace(b"+", b" ")) for pair in query.split(b"&"))
    encoded = b"&".join(
        b"=".join(quote(half, safe=_LEFT_BY_NODE).encode() for half in pair.split(b"=", 1)) for pair in plain
    )
    forms = (b"&".join(sorted(query.split(b"&"))), b"&".join(sorted(replaced.split(b"&"))), encoded)
    return tuple(dict.fromkeys(forms))


def _hosts(request: Request) -> tuple[bytes, ...]:
    named = request.first(b"host")
    host = request.host.encode("utf-8", "replace")
    forms = (named or host, _DEFAULT_PORT.sub(b"", named or host), host, host + b":%d" % request.port)
    return tuple(dict.fromkeys(forms))
