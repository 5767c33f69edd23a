"""Faults of the scheme and of the encoding: sections B and C of the catalogue."""

import base64
import re
from collections.abc import Callable
from functools import partial

from score.corpus.clients import RAW, SENDS_LINE_FEEDS, raw_client
from score.corpus.forms import Form, family
from score.corpus.scene import Scene, positive
from score.corpus.values import Draw, b64, basic, oauth_token
from score.truth import Truth

_Wrong = Callable[[Draw, bytes, bytes], bytes]
"""Makes an Authorization value of a username and a password."""


def _sent(scene: Scene, wrong: _Wrong, truth: Truth) -> None:
    """A value put together by hand: raw clients only, with a pair that would do in the right form."""
    scene.client = raw_client(scene.draw)
    if scene.draw.chance(0.06):
        scene.regional = "ashburn.us1."
    scene.refuse(wrong(scene.draw, *scene.pair()), truth)


def _forms(
    slug: str, times: int, wrongs: dict[str, _Wrong], *others: str, may: tuple[str, ...] = ()
) -> tuple[Form, ...]:
    truth = positive((slug, *others), may=may)
    return family(slug, times, {name: partial(_sent, wrong=wrong, truth=truth) for name, wrong in wrongs.items()})


def _text(user: bytes, password: bytes) -> bytes:
    return user + b":" + password


def _encoded(user: bytes, password: bytes) -> bytes:
    return b64(_text(user, password))


# --- scheme -----------------------------------------------------------------------------------------------------------
_MISSING: dict[str, _Wrong] = {
    "base64": lambda _, u, p: _encoded(u, p),
    "clear": lambda _, u, p: _text(u, p),
    "base64-unpadded": lambda _, u, p: _encoded(u, p).rstrip(b"="),
}
_DOUBLED: dict[str, _Wrong] = {
    "basic-basic": lambda _, u, p: b"Basic " + basic(u, p),
    "lower-case": lambda _, u, p: b"basic " + basic(u, p),
    "name-inside": lambda _, u, p: b"Authorization: " + basic(u, p),
    "basic-name-inside": lambda _, u, p: b"Basic Authorization: " + basic(u, p),
    "colon": lambda _, u, p: b"Basic: " + _encoded(u, p),
    "bearer-bearer": lambda draw, _, __: b"Bearer Bearer " + oauth_token(draw, 2e9),
}
_TWO_SCHEMES: dict[str, _Wrong] = {
    "bearer-basic": lambda _, u, p: b"Bearer " + basic(u, p),
}
_UNSUPPORTED: dict[str, _Wrong] = {
    "token": lambda _, __, p: b"Token " + p,
    "token-equals": lambda _, __, p: b"Token token=" + p,
    "api-key": lambda _, u, p: b"ApiKey " + _text(u, p),
    "apikey": lambda _, __, p: b"apikey " + p,
    "key": lambda _, __, p: b"Key " + p,
    "twilio": lambda _, u, p: b"Twilio " + _text(u, p),
    "twilio-base64": lambda _, u, p: b"Twilio " + _encoded(u, p),
    "digest": lambda draw, u, _: (
        b'Digest username="%s", realm="Twilio API", nonce="%s", uri="/", response="%s"'
        % (u, draw.hex(16), draw.hex(32))
    ),
    "ntlm": lambda _, __, ___: b"NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA",
    "negotiate": lambda draw, _, __: b"Negotiate " + b64(draw.randbytes(48)),
    "aws": lambda draw, _, __: (
        b"AWS4-HMAC-SHA256 Credential=%s/20261103/us-east-1/execute-api/aws4_request, "
        b"SignedHeaders=host;x-amz-date, Signature=%s" % (b"AKIA" + draw.alnum(16).upper(), draw.hex(64))
    ),
    "oauth1": lambda draw, u, _: (
        b'OAuth oauth_consumer_key="%s", oauth_nonce="%s", oauth_signature="%s", '
        b'oauth_signature_method="HMAC-SHA1", oauth_version="1.0"' % (u, draw.hex(12), draw.hex(20))
    ),
    "typed-wrongly": lambda draw, u, p: (
        draw.choice((b"Baisc ", b"Bacis ", b"Basci ", b"Base64 ", b"Basis ")) + _encoded(u, p)
    ),
    "hmac": lambda draw, u, _: b"HMAC " + _text(u, b64(draw.randbytes(32))),
}
_BEARER: dict[str, _Wrong] = {
    "pair": lambda _, u, p: b"Bearer " + _text(u, p),
    "base64-pair": lambda _, u, p: b"Bearer " + _encoded(u, p),
    "account-sid": lambda draw, _, __: b"Bearer " + draw.sid("AC"),
    "key-sid": lambda draw, _, __: b"Bearer " + draw.sid("SK"),
    "auth-token": lambda draw, _, __: b"Bearer " + draw.hex(32),
    "key-secret": lambda draw, _, __: b"Bearer " + draw.alnum(32),
    "lower-case": lambda draw, _, __: b"bearer " + draw.hex(32),
}
_TOKEN_IN_BASIC: dict[str, _Wrong] = {
    "as-it-is": lambda draw, _, __: b"Basic " + oauth_token(draw, 2e9),
    "encoded": lambda draw, _, __: b"Basic " + b64(oauth_token(draw, 2e9)),
    "lower-case": lambda draw, _, __: b"basic " + oauth_token(draw, 2e9),
}


# --- encoding ---------------------------------------------------------------------------------------------------------
def _wrapped(encoded: bytes, width: int, line_end: bytes, *, last: bool) -> bytes:
    lines = re.findall(rb".{1,%d}" % width, encoded)
    return line_end.join(lines) + (line_end if last else b"")


def _in_lines(scene: Scene, width: int, line_end: bytes, *, last: bool) -> None:
    """Only few clients send a line feed in a header value: docs/clients.md 9b."""
    scene.client = RAW[scene.draw.choice(SENDS_LINE_FEEDS)]
    value = b"Basic " + _wrapped(_encoded(*scene.pair()), width, line_end, last=last)
    scene.refuse(value, positive(("base64-line-wrapped",), may=("header-trailing-junk",)))


def _refused_by_the_recorder(scene: Scene, width: int, line_end: bytes) -> None:
    """Answered by mitmproxy such a request with 400 itself: nothing reached Twilio."""
    scene.client = RAW[scene.draw.choice(SENDS_LINE_FEEDS)]
    request = scene.request(b"Basic " + _wrapped(_encoded(*scene.pair()), width, line_end, last=width == 60))
    scene.add(
        request,
        None,
        positive(("base64-line-wrapped",), may=("header-trailing-junk",)),
        error="mitmproxy refused the malformed request head",
        refused_by_proxy=True,
    )


def _cut(scene: Scene, *, valid: bool) -> None:
    """Cut at any length. Where four characters are whole the base64 is in order, and only the pair is short."""
    draw, (user, password) = scene.draw, scene.pair()
    scene.client = raw_client(draw)
    length = draw.randint(12, 88)
    while (length % 4 == 0) is not valid:
        length = draw.randint(12, 88)
    cut = _encoded(user, password)[:length]
    if not valid and _whole_without_padding(cut):
        leads = ("base64-truncated", "base64-alphabet", "token-misshapen")
        truth = positive(leads, "likely", may=("base64-truncated", "base64-alphabet", "colon-missing", "sid-misshapen"))
    elif not valid:
        truth = positive(("base64-truncated",), may=("colon-missing", "sid-misshapen"))
    elif length * 3 // 4 <= len(user):
        truth = positive(("colon-missing", "base64-truncated", "sid-misshapen"))
    else:
        truth = positive(("token-misshapen", "base64-truncated"), "likely", may=("base64-truncated",))
    scene.refuse(b"Basic " + cut, truth)


def _whole_without_padding(cut: bytes) -> bool:
    """Whether what is left looks just like a shorter text that was written without its padding."""
    padded = cut + b"=" * (-len(cut) % 4)
    return len(cut) % 4 != 1 and b64(base64.b64decode(padded)) == padded


_ALPHABET: dict[str, _Wrong] = {
    "unpadded": lambda _, u, p: basic(u, p).rstrip(b"="),
    "one-of-two": lambda _, u, p: basic(u, p)[:-1],
    "lower-case-scheme": lambda _, u, p: b"basic " + _encoded(u, p).rstrip(b"="),
}


def _foreign_byte(draw: Draw, user: bytes, password: bytes) -> bytes:
    encoded = _encoded(user, password)
    at = draw.randint(4, len(encoded) - 8)
    return b"Basic " + encoded[:at] + draw.choice((b"!", b"*", b"~", b".", b"?")) + encoded[at:]


_DOUBLED_BASE64: dict[str, _Wrong] = {
    "twice": lambda _, u, p: b"Basic " + b64(_encoded(u, p)),
    "lower-case-scheme": lambda _, u, p: b"basic " + b64(_encoded(u, p)),
}
_CHARSET: dict[str, _Wrong] = {
    "utf-16-le": lambda _, u, p: b"Basic " + b64(_text(u, p).decode().encode("utf-16-le")),
    "utf-16-be": lambda _, u, p: b"Basic " + b64(_text(u, p).decode().encode("utf-16-be")),
    "utf-16-bom": lambda _, u, p: b"Basic " + b64(b"\xff\xfe" + _text(u, p).decode().encode("utf-16-le")),
    "utf-32": lambda _, u, p: b"Basic " + b64(_text(u, p).decode().encode("utf-32-le")),
    "cyrillic-a": lambda _, u, p: basic("\N{CYRILLIC CAPITAL LETTER A}".encode() + u[1:], p),
    "full-width-digit": lambda _, u, p: basic(u, p[:9] + "\N{FULLWIDTH DIGIT FIVE}".encode() + p[10:]),
    "nbsp-inside": lambda _, u, p: basic(u, p[:16] + b"\xc2\xa0" + p[16:]),
}
# Both causes name these: the bytes are not ASCII, and they are extra characters at an edge.
_EDGE_NOT_ASCII: dict[str, _Wrong] = {
    "bom": lambda _, u, p: basic(b"\xef\xbb\xbf" + u, p),
    "curly-quotes": lambda _, u, p: basic(u, "\N{LEFT DOUBLE QUOTATION MARK}".encode() + p + b"\xe2\x80\x9d"),
    "nbsp-at-end": lambda _, u, p: basic(u, p + b"\xc2\xa0"),
    "nbsp-latin-1": lambda _, u, p: basic(u, p + b"\xa0"),
    "zero-width-space": lambda draw, u, p: basic(*draw.choice(((u, p + b"\xe2\x80\x8b"), (b"\xe2\x80\x8b" + u, p)))),
    "word-joiner": lambda _, u, p: basic(u, p + "\N{WORD JOINER}".encode()),
}
_PERCENT: dict[str, _Wrong] = {
    "line-feed": lambda _, u, p: basic(u, p + b"%0A"),
    "blank": lambda draw, u, p: basic(*draw.choice(((u + b"%20", p), (u, p + b"%20"), (u, b"%20" + p)))),
    "quotes": lambda _, u, p: basic(u, b"%22" + p + b"%22"),
    "letters": lambda _, u, p: basic(u, p[:8] + b"%%%02X" % p[8] + p[9:]),
    "carriage-return": lambda _, u, p: basic(u, p + b"%0D%0A"),
}


def _without_colon(draw: Draw, user: bytes, password: bytes) -> bytes:
    glue = draw.choice((b" ", b";", b",", b"|", b"-", b"_", b"/", b".", b"=", b"\t", b"", b"@", b"+"))
    return b"Basic " + b64(user + glue + password)


_COLON: dict[str, _Wrong] = {
    "only-the-sid": lambda _, u, __: b"Basic " + b64(u),
    "only-the-secret": lambda _, __, p: b"Basic " + b64(p),
    "other-separator": _without_colon,
    "any-separator": _without_colon,
}
_JUNK: dict[str, _Wrong] = {
    "semicolon": lambda _, u, p: basic(u, p) + b";",
    "quote": lambda draw, u, p: basic(u, p) + draw.choice((b'"', b"'")),
    "comment": lambda _, u, p: basic(u, p) + b" # twilio",
    "charset": lambda _, u, p: basic(u, p) + b"; charset=UTF-8",
    "word": lambda draw, u, p: basic(u, p) + b" " + draw.choice((b"-H", b"production", b"\\", b"&&", b"Accept:")),
    "comment-of-c": lambda _, u, p: basic(u, p) + b" // main account",
}


FORMS: tuple[Form, ...] = (
    *_forms("scheme-missing", 15, _MISSING, may=("base64-alphabet",)),
    *_forms("scheme-doubled", 7, _DOUBLED, may=("not-base64",)),
    *_forms("scheme-doubled", 7, _TWO_SCHEMES, "bearer-with-basic-credentials", may=("not-base64",)),
    *_forms("scheme-unsupported", 5, _UNSUPPORTED),
    *_forms("bearer-with-basic-credentials", 7, _BEARER),
    *_forms("basic-with-token", 11, _TOKEN_IN_BASIC),
    *_forms(
        "not-base64",
        12,
        {
            "clear-text": lambda _, u, p: b"Basic " + _text(u, p),
            "clear-text-lower": lambda _, u, p: b"basic " + _text(u, p),
            "json": lambda _, u, p: b'Basic {"username":"%s","password":"%s"}' % (u, p),
        },
    ),
    *family(
        "base64-line-wrapped",
        7,
        {
            f"{width}-{name}": partial(_in_lines, width=width, line_end=end, last=last)
            for width, name, end, last in (
                (60, "lf-lf", b"\n", True),
                (76, "lf", b"\n", False),
                (76, "lf-lf", b"\n", True),
                (60, "folded", b"\r\n ", False),
                (76, "folded-tab", b"\r\n\t", False),
                (76, "percent", b"%0A", False),
                (76, "percent-crlf", b"%0D%0A", False),
            )
        },
    ),
    *family(
        "base64-line-wrapped",
        6,
        {
            "refused-60": partial(_refused_by_the_recorder, width=60, line_end=b"\n"),
            "refused-76": partial(_refused_by_the_recorder, width=76, line_end=b"\n"),
        },
    ),
    *_forms("base64-alphabet", 12, _ALPHABET),
    *_forms("base64-alphabet", 10, {"foreign-byte": _foreign_byte}, "not-base64"),
    *_forms("base64-alphabet", 6, {"three-equals": lambda _, u, p: basic(u, p) + b"="}, "base64-truncated"),
    *family("base64-truncated", 60, {"cut": partial(_cut, valid=False)}),
    *family("base64-truncated", 20, {"cut-between": partial(_cut, valid=True)}),
    *_forms("base64-doubled", 14, _DOUBLED_BASE64),
    *_forms("charset-not-ascii", 7, _CHARSET, may=("sid-misshapen",)),
    *_forms("charset-not-ascii", 5, _EDGE_NOT_ASCII, "stray-characters", may=("sid-misshapen",)),
    *_forms("percent-encoded-credentials", 8, _PERCENT, may=("sid-misshapen",)),
    *_forms(
        "percent-encoded-credentials", 6, {"colon": lambda _, u, p: b"Basic " + b64(u + b"%3A" + p)}, "colon-missing"
    ),
    *_forms("colon-missing", 12, _COLON),
    *_forms("header-trailing-junk", 8, _JUNK),
)
