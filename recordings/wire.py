"""From the bytes of a request and of its answer to an Exchange; what every reader of wire text shares.

Heads keep their wire form (analyzers.head). Where they do not say what an Exchange needs, this is what is assumed, and
why.
"""

import re
from dataclasses import field
from typing import Final

from analyzers.exchange import REDIRECTS, Exchange, Fidelity, Headers, Request, Response
from analyzers.frozen import dataclass
from analyzers.head import Head, read_head
from analyzers.twilio import is_twilio_host
from recordings.annotation import unannotated
from recordings.decoding import plain_body
from recordings.origins import default_port, is_address, named_origin, origin_form, split_authority
from recordings.sanitised import without_overwritten

HEADER_LINE: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}[ \t]*:")
STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+([^\r\n]*?))?[ \t\r]*(?:\n|\Z)")
_ABSOLUTE: Final = re.compile(rb"(https?)://([^/?#\s]*)", re.IGNORECASE)
_VERSIONS: Final = {"HTTP/2": "HTTP/2.0", "": "HTTP/1.1"}
# A dated path is served by this host alone: docs/facts.md 3.1
_CLASSIC: Final = re.compile(rb"/+20\d\d-\d\d-\d\d/")
_CLASSIC_HOST: Final = "api.twilio.com"
# Twilio names the host that answered: docs/facts.md 1.4
_NAMES_HOST: Final = b"x-api-domain"
_REFUSED: Final = "mitmproxy refused the malformed request head"
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What a recording tells of an exchange besides the bytes of its two messages."""

    scheme: str = ""
    """``http`` or ``https``; empty where the recording does not say."""
    whole: bool = True
    """Whether the request's head stands there whole; else the absence of a line in it proves nothing."""
    pasted: bool = False
    """Whether a human hand was in between: then an Authorization that is missing may have been taken out."""
    hidden: bool = False
    """Whether the recording says that credentials were sent which it does not show."""
    started_at: float | None = None
    finished_at: float | None = None
    client_address: str | None = None
    connection: str | None = None
    tls_issuer: str | None = None
    server_address: str | None = None
    tls_version: str | None = None
    """Of whatever TLS was spoken; it counts where the request is one of https."""
    error: str | None = field(default=None, repr=False)


NOTHING: Final = Known()


def exchange_from(
    request: bytes, body: bytes, answer: bytes | None, answer_body: bytes = b"", known: Known = NOTHING
) -> Exchange | None:
    """The exchange of two heads and their bodies, chunks undone; None where `request` begins with no request line."""
    head = read_head(request)
    if head is None:
        return None
    answered, hidden = _response(answer, answer_body) if answer is not None else (None, False)
    response = unannotated(answered) if answered else None
    refused = answered is not None and response is None
    headers, overwritten = without_overwritten(_without_pseudo(head.headers))
    made = _request(head, headers, body, response, known.scheme)
    shown = made.first(b"authorization") is not None
    return Exchange(
        request=made,
        response=response,
        error=_REFUSED if refused else known.error if response is None else None,
        refused_by_proxy=refused,
        started_at=known.started_at,
        finished_at=known.finished_at,
        client_address=known.client_address,
        connection=known.connection,
        fidelity=Fidelity.SANITIZED if overwritten or hidden else _fidelity(known, shown=shown),
        tls_issuer=known.tls_issuer,
        server_address=known.server_address,
        tls_version=known.tls_version if made.scheme == "https" else None,
    )


def _fidelity(known: Known, *, shown: bool) -> Fidelity:
    """What the absence of a line proves; `shown` tells whether Authorization is there."""
    if known.hidden or (not known.whole and not shown):
        return Fidelity.SANITIZED
    return Fidelity.DOUBTFUL if not known.whole or (known.pasted and not shown) else Fidelity.FULL


def headers_of(head: bytes) -> Headers:
    """The header lines of a request's or an answer's head, in wire form."""
    # analyzers.head reads requests; what it does with the lines below the first is the same for answers.
    first, end, rest = head.partition(b"\n")
    request = read_head(b"GET / HTTP/1.1" + (b"\r" if first.endswith(b"\r") else b"") + end + rest)
    return request.headers if request else ()


def value_of(headers: Headers, name: bytes) -> bytes:
    """The first value of the header `name` (lower case), without blanks around it; empty without one."""
    return next((value.strip() for key, value in headers if key.strip().lower() == name), b"")


def _response(head: bytes, body: bytes) -> tuple[Response | None, bool]:
    """The answer, and whether a value in its head was overwritten."""
    status = STATUS_LINE.match(head)
    if status is None:
        return None, False
    headers, overwritten = without_overwritten(_without_pseudo(headers_of(head)))
    reason = (status.group(2) or b"")[:_LONGEST_REASON].decode("latin-1")
    return Response(
        status=int(status.group(1)), headers=headers, body=_plain(headers, body), reason=reason
    ), overwritten


def _request(head: Head, headers: Headers, body: bytes, response: Response | None, scheme: str) -> Request:
    absolute = _ABSOLUTE.match(head.target)
    host_line = _authority(value_of(headers, b"host") or _pseudo(head.headers, b"authority"))
    before, at, name = absolute.group(2).rpartition(b"@") if absolute else (b"", b"", b"")
    authority = (_authority(name) or host_line) if absolute else host_line
    host, port = authority or (_unnamed(head.target, response), None)
    if absolute:
        scheme = absolute.group(1).decode("ascii").lower()
    scheme = scheme or _scheme(host, port, head.target, response)
    host_text = f"{host_line[0]}:{host_line[1] or default_port(scheme)}" if host_line else ""
    host, port = named_origin(host, port or default_port(scheme), scheme, authority=host_text)
    return Request(
        method=head.method,
        scheme=scheme,
        host=host,
        port=port,
        target=origin_form(head.target),
        headers=headers,
        body=_plain(headers, body),
        version=_VERSIONS.get(head.version, head.version),
        userinfo=before if at else None,
    )


def _authority(text: bytes) -> tuple[str, int | None] | None:
    return split_authority(text.strip().decode("latin-1")) if text else None


def _unnamed(target: bytes, response: Response | None) -> str:
    """The host of a request that names none; empty where nothing tells it."""
    named = response.first(_NAMES_HOST) if response else None
    if named and is_twilio_host(found := named.strip().decode("latin-1").lower()):
        return found
    return _CLASSIC_HOST if _CLASSIC.match(target) else ""


def _scheme(host: str, port: int | None, target: bytes, response: Response | None) -> str:
    """Twilio is called over https, unless the answer sends the client from this very URL to its https form."""
    if port in {None, 80} and response is not None and _is_sent_to_https(host, target, response):
        return "http"
    if port is not None:
        return "https" if port == 443 or (is_twilio_host(host) and port != 80) else "http"
    return "http" if host and is_address(host) else "https"


def _is_sent_to_https(host: str, target: bytes, response: Response) -> bool:
    location = (response.first(b"location") or b"").strip()
    there = _ABSOLUTE.match(location)
    if there is None or response.status not in REDIRECTS or there.group(1).lower() != b"https":
        return False
    authority = _authority(there.group(2))
    return authority is not None and authority[0] == host and location[there.end() :] == target


def _plain(headers: Headers, body: bytes) -> bytes:
    return plain_body(body, value_of(headers, b"content-encoding"))


def _without_pseudo(headers: Headers) -> Headers:
    """The header lines without those of HTTP/2 that stand for the first line: ``:method: GET``."""
    return tuple((name, value) for name, value in headers if name.strip())


def _pseudo(headers: Headers, name: bytes) -> bytes:
    """The value of a pseudo header: its name begins with the colon, so that it stands before the value."""
    mark = name + b":"
    return next((value[len(mark) :].strip() for key, value in headers if not key and value.startswith(mark)), b"")
