"""What live and saved mitmproxy flows have in common on their way to an Exchange; knows the values, not mitmproxy."""

from typing import Final

from analyzers.exchange import Headers, Request
from analyzers.twilio import is_twilio_host
from recordings.decoding import BODY_LIMIT, plain_body
from recordings.origins import named_origin, origin_form

ANNOTATED: Final = "why20003"
"""Metadata key of a flow whose answer carries our annotation; its backup holds the original."""
WIRE_TAILS: Final = "why20003_wire"
"""Metadata key: line ends at the end of an Authorization value, which mitmproxy's parser takes off: a list of [which
Authorization header, line ends]. The value itself is never kept there."""
REFUSED: Final = "why20003_refused"
"""Metadata key: true where mitmproxy itself refused the request and nothing reached the host."""
OPTIONS: Final = "why20003_options"
"""Metadata key: names of the recording proxy's options that were active and change requests, such as modify_headers."""
NOTED: Final = "why20003_noted"
"""Metadata key: what our own export found no place for in the flow (noted.py)."""

RAW_LIMIT: Final = 2 * BODY_LIMIT
"""Bytes of a body as sent that are looked at: compressed, BODY_LIMIT of it fit in, unless somebody padded it."""
_MOST_OPTIONS: Final = 20


def request_of(  # noqa: PLR0913, PLR0917 - every one is a part of the first line or of what stands below it
    method: bytes,
    scheme: bytes,
    host: str,
    port: int,
    authority: bytes,
    path: bytes,
    headers: Headers,
    body: bytes,
    version: bytes,
    sni: str,
) -> Request:
    """The request of a flow that records these; `body` as it was sent, `sni` is the server name of its TLS."""
    scheme_name = "http" if scheme.lower() == b"http" else "https"
    host = host.lower()
    if not is_twilio_host(host):
        host, port = meant_origin(host, port, scheme_name, authority, headers, sni)
    return Request(
        method=method.decode("latin-1"),
        scheme=scheme_name,
        host=host,
        port=port,
        target=origin_form(path),
        headers=headers,
        body=body_of(body, headers),
        version=version.decode("latin-1"),
    )


def meant_origin(  # noqa: PLR0913, PLR0917 - as `request_of`
    host: str, port: int, scheme: str, authority: bytes, headers: Headers, sni: str
) -> tuple[str, int]:
    """The host and port that a client called, where `host` may be the address of a server."""
    named = authority or next((value for name, value in headers if name.lower() == b"host"), b"")
    return named_origin(host, port, scheme, authority=named.decode("latin-1"), sni=sni)


def body_of(raw: bytes, headers: Headers) -> bytes:
    """The first 64 kB of a body, with the content coding that `headers` name undone."""
    coding = next((value for name, value in headers if name.lower() == b"content-encoding"), b"") if raw else b""
    return plain_body(raw[:RAW_LIMIT], coding) if coding else raw[:BODY_LIMIT]


def with_tails(headers: Headers, tails: object) -> Headers:
    """`headers` with the line ends put back that the addon noted, under WIRE_TAILS, for Authorization values."""
    if not isinstance(tails, list):
        return headers
    put_back: dict[int, bytes] = {}
    for tail in tails:
        match tail:
            case [int(which), str(text)] if text and not text.strip("\r\n"):
                put_back[which] = text.encode("ascii")
    found: list[tuple[bytes, bytes]] = []
    seen = 0
    for name, value in headers:
        if name.lower() == b"authorization":
            found.append((name, value + put_back.get(seen, b"")))
            seen += 1
        else:
            found.append((name, value))
    return tuple(found)


def options_in(noted: object) -> tuple[str, ...]:
    """The names of options that the addon noted under OPTIONS."""
    if not isinstance(noted, list):
        return ()
    return tuple(name for name in noted[:_MOST_OPTIONS] if isinstance(name, str) and name.isidentifier())
