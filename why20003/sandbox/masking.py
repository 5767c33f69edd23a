"""What may be said of what a client sent: masked SIDs, known words, shapes. Never a value.

A secret can stand anywhere that a client writes: swapped arguments put the Auth Token into the path and the
user name. So nothing is shown because it does not look like a secret; only what is known to be harmless is.
"""

from __future__ import annotations

import re
from typing import Final

from .sites import Kind, site_of

__all__ = ["is_sid", "masked_path", "masked_request", "masked_sid", "shape"]

# Any classic SID: two letters + 32 hex digits. docs/facts.md 2.1, twilio_api_v2010.json (read 2026-11-20)
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_EXTENSION: Final = re.compile(r"\.(?:json|xml|csv)\Z")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
_NAMED_PORTS: Final = frozenset({"80", "443"})
_WORDS: Final = frozenset(
    """2010-04-01 v1 v2 v3 v4 Accounts Messages Media Calls Recordings Balance Usage Records Keys SigningKeys
    Applications IncomingPhoneNumbers AvailablePhoneNumbers OutgoingCallerIds Conferences Queues Addresses
    Transcriptions Notifications Services Verifications VerificationCheck PhoneNumbers Conversations Flows
    Executions Content Local TollFree Mobile US token authorize redirect 301 302 303 307 308 None null
    undefined Workspaces Factors Participants Senders Account OAuthApps
    Organizations AuthTokens Promote EndpointEvents""".split()  # noqa: SIM905 - to be read
)
_PREFIXES: Final = frozenset(
    "AC SK MG VA IS ZS WS FW KS HX BU GO PN AP CR OQ OR US SM MM CA CF RE ME TK RQ".split()  # noqa: SIM905 - to be read
)
_NEAR_SID: Final = range(24, 45)


def is_sid(text: str, prefix: str = "") -> bool:
    """Whether the text is a well-formed SID, of this prefix if one is given."""
    return _SID.fullmatch(text) is not None and text.startswith(prefix)


def masked_sid(sid: str) -> str:
    """``AC0123…cdef``: enough to tell the sandbox's SIDs apart."""
    return f"{sid[:6]}…{sid[-4:]}" if is_sid(sid) else shape(sid)


def shape(text: str) -> str:
    """Length and kind of characters, and the prefix where it is nearly a SID."""
    if not text:
        return "nothing"
    count = _count(text)
    if text[:2] in _PREFIXES and len(text) in _NEAR_SID:
        return f"{count} beginning {text[:2]}"
    for kind, pattern in (
        ("digits", r"[0-9]+"),
        ("lower-case hex", r"[0-9a-f]+"),
        ("hex", r"[0-9a-fA-F]+"),
        ("letters", r"[A-Za-z]+"),
        ("letters and digits", r"[0-9A-Za-z]+"),
        ("printable", r"[!-~]+"),
    ):
        if re.fullmatch(pattern, text):
            return f"{count}, {kind}"
    return f"{count}, some of them blank, control or not ASCII"


def masked_path(path: str) -> str:
    """The path with known words kept, SIDs masked, everything else as its length; the query goes."""
    path, mark, _ = path.partition("?")
    return "/".join(map(_masked_segment, path.split("/"))) + ("?…" if mark else "")


def masked_request(method: str, scheme: str, host: str, target: str) -> str:
    """Method and address as the log shows them."""
    verb = method if method in _METHODS else "OTHER"
    if verb == "CONNECT":
        name, _, port = host.rpartition(":")
        return f"CONNECT {_masked_host(name)}:{port if port in _NAMED_PORTS else '…'}"
    return f"{verb} {scheme}://{_masked_host(host)}{masked_path(target)}"


def _count(text: str) -> str:
    return f"{len(text)} character{'' if len(text) == 1 else 's'}"


def _masked_host(host: str) -> str:
    site = site_of(host)
    if site.kind is Kind.LOOPBACK:
        return "localhost"
    if site.kind in {Kind.TWILIO, Kind.REGIONLESS, Kind.CDN}:
        return site.host
    return f"[host of {_count(host)}]"


def _masked_segment(segment: str) -> str:
    found = _EXTENSION.search(segment)
    stem, extension = (segment[: found.start()], found.group()) if found else (segment, "")
    if not stem or stem in _WORDS:
        return stem + extension
    if is_sid(stem):
        return masked_sid(stem) + extension
    return f"[{_count(stem)}]{extension}"
