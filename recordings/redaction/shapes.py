"""Whether a redacted value still has the shape of the original: what can be said of it without reading it.

A surrogate is made of characters of the same classes, so nearly every question about its form has the same answer. What
chance decides, such as whether letters that are no base64 decode to a colon, is compared here.
"""

from typing import Final

from analyzers.base64_text import is_text, is_token, narrow
from analyzers.client import client_of
from analyzers.credential import Basic, Bearer, Broken, Credential, Other, Pair, decode, pair_of
from analyzers.exchange import Exchange, Request
from analyzers.hosts import place_of
from analyzers.lookalikes import plain_of
from analyzers.placeholders import is_overwritten
from analyzers.twilio import core_of, kind_of, near_secret, near_sid
from analyzers.vendors import foreign, is_mail_address
from recordings.redaction.vendor_keys import BEYOND_ASCII
from recordings.redaction.words import SCHEMES

_LONGEST: Final = 4096
_ENOUGH: Final = 19
_READABLE: Final = bytes([*b"\t\r\n", *range(32, 127)])
_SHORTEST_PAIR: Final = 40
_LONGEST_FIELD: Final = 400


def fits(original: Exchange, redacted: Exchange) -> bool:
    """Whether every question about the form of credentials, client and host gets the same answer for both."""
    return _shape(original) == _shape(redacted)


def _shape(exchange: Exchange) -> object:
    request = exchange.request
    values = [value for name, value in request.headers if name.lower() == b"authorization"]
    client = client_of(request)
    return (
        [_of(decode(value)) for value in values],
        _pairs(request),
        client.name,
        client.hint,
        place_of(request.host),
    )


def _pairs(request: Request) -> list[object]:
    """Which other headers hold a pair, and of what form."""
    fields = [value for name, value in request.headers if _SHORTEST_PAIR <= len(value) <= _LONGEST_FIELD]
    pairs = (pair_of(decode(value)) for value in fields)
    return [_pair(pair) for pair in pairs]


def _of(credential: Credential) -> object:
    match credential:
        case Basic(scheme=scheme, pair=pair):
            return scheme, _pair(pair)
        case Bearer(scheme=scheme, token=token, jwt=jwt, trouble=trouble):
            return scheme, jwt is None, trouble, _half(token)
        case Other(scheme=scheme, rest=rest):
            if scheme.lower() in SCHEMES:
                return scheme, len(rest)
            return _half(scheme), _half(rest), _of(decode(b"Basic " + rest)) if rest else None
        case Broken(scheme=scheme, faults=faults, pair=pair, whole=whole, decoded=text, parts=parts):
            shown = _half(text) if is_text(text) else len(text)
            return scheme, faults, _pair(pair), whole, shown, list(map(_of, parts))


def _pair(pair: Pair | None) -> object:
    """Both halves; of letters that decode to a colon by chance only that they do."""
    if pair is None:
        return None
    text = pair.username + pair.password
    if len(text.translate(None, _READABLE)) * 5 > len(text):
        return "noise"
    return _half(pair.username), _half(pair.password), pair.username == pair.password


def _half(half: bytes) -> object:
    """The answers to what the checks ask of a username, a password or a token."""
    text = half[:_LONGEST]
    start, end = core_of(text)
    core, plain = text[start:end], plain_of(text)
    ascii_only = text.translate(None, BEYOND_ASCII)
    others = [foreign(each) for each in (core, ascii_only)]
    return (
        len(half),
        (start, end),
        kind_of(text),
        kind_of(core),
        kind_of(plain),
        near_sid(plain),
        near_secret(core),
        [other and (other.vendor, other.whole) for other in others],
        len(ascii_only) > _ENOUGH and ascii_only.strip().isalnum(),
        is_mail_address(core),
        is_overwritten(core),
        is_token(core),
        core[:2].upper() in {b"AC", b"SK"},
        narrow(text) is None,
    )
