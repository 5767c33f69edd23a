"""What one Authorization value decodes to. Total: every input has a result, and a broken one says what is broken where.

A server only needs to know whether the value is good. We need to know where it stops being good and what was meant,
so a flawed value keeps the pair that can still be read out of it. The base64 itself is read in base64_reading.

Sources: RFC 9110 section 11.4 (credentials), RFC 7617 (Basic), RFC 6750 (Bearer), RFC 7515 (JWT).
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import TypeAlias

from analyzers.base64_reading import EDGES, read
from analyzers.base64_text import JWT_LIKE, LINE_BREAK, LONGEST, SCHEME_AGAIN
from analyzers.flaws import Fault, Flaw, Pair, name_break, name_byte
from analyzers.frozen import dataclass
from analyzers.placeholders import is_unset
from analyzers.twilio import API_KEY_SECRET, SID


@dataclass(frozen=True, slots=True)
class Basic:
    """A value that any server decodes to this pair."""

    scheme: bytes
    """The scheme word as sent: any case of ``Basic``."""
    pair: Pair
    start: int
    """Offset of the base64 text in the value."""
    end: int


@dataclass(frozen=True, slots=True)
class Jwt:
    """The readable parts of a JSON Web Token; nothing is verified."""

    header: Mapping[str, object] = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """``Bearer`` and a token; `jwt` is None when the token is none, and `trouble` says which part is not."""

    scheme: bytes
    token: bytes = field(repr=False)
    start: int
    end: int
    jwt: Jwt | None = field(default=None, repr=False)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another scheme, or a word that is none. The word may be a bare secret, so it is not shown."""

    scheme: bytes = field(repr=False)
    rest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that no server reads as meant."""

    scheme: bytes | None = field(repr=False)
    """``Basic``, ``Bearer`` as sent, or None where no scheme stands."""
    faults: tuple[Fault, ...]
    """At least one, outermost first."""
    pair: Pair | None = field(default=None, repr=False)
    """What was meant, as far as it can be read; None where nothing can."""
    whole: bool = True
    """False when `pair` is only a beginning, so that its end proves nothing."""
    decoded: bytes = field(default=b"", repr=False)
    """What tolerant decoding gives; empty where it gives nothing."""
    parts: tuple["Credential", ...] = ()
    """The single credentials of a joined value; their offsets count from their own beginning."""


Credential: TypeAlias = Basic | Bearer | Other | Broken

BASIC, BEARER = b"basic", b"bearer"
# Schemes of the IANA registry, and those that other APIs invented and people carry over (read 2026-11-20).
# https://www.iana.org/assignments/http-authschemes
KNOWN_SCHEMES = frozenset(
    b"apikey api-key aws aws4-hmac-sha256 concealed digest dpop gnap hawk hmac hoba jwt kerberos key mutual "
    b"negotiate ntlm oauth privatetoken scram-sha-1 scram-sha-256 sharedkey sso token twilio vapid x-api-key".split()
)

# Canonical base64 of as many bytes as a SID, a colon and a secret have: of the last letter two bits count.
_PLAIN = re.compile(rb"([Bb][Aa][Ss][Ii][Cc]) ([A-Za-z0-9+/]{89}[AQgw]==)")
_WHOLE_PAIR = re.compile(b"(" + SID.pattern + b"):(" + API_KEY_SECRET.pattern + b")")
_BLANK = b" \t"
_BLANKS = re.compile(rb"[ \t]+")
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SCHEME = re.compile(rb"(" + _TOKEN + rb")(?:[ \t]+|\Z)")
_SCHEME_THEN_BREAK = re.compile(rb"(basic|bearer)(?=[\r\n]|%0[aAdD]|\\[rn])", re.IGNORECASE)
_SCHEME_THEN_COLON = re.compile(rb"(basic|bearer)[ \t]*[:=][ \t]*(?=[^ \t])", re.IGNORECASE)
_NAME = re.compile(
    rb"authorization(?:[ \t]*[:=]+[ \t]*|[ \t]+(?=(?:basic|bearer)\b))|:+[ \t]*(?=(?:basic|bearer)\b)",
    re.IGNORECASE,
)
# Quotes, a comma and what a word processor or an editor puts in front: typographic quotes, no-break and zero-width
# blanks, a byte order mark (UTF-8; 0xA0 is the no-break blank of Latin-1).
_MARKS = re.compile(rb"(?:[\"'`,]|\xe2\x80[\x8b-\x8f\x98-\x9f\xaf]|\xef\xbb\xbf|\xc2?\xa0)[\"'`, \t]*")
_GLUED = re.compile(
    rb"(basic|bearer)(%20|\+|\xc2?\xa0|\xe2\x80[\x8b\xaf]|\xef\xbb\xbf|[-_,;|/.\"'])?(?=[A-Za-z0-9+/]{8})",
    re.IGNORECASE,
)
_JOINT = re.compile(rb",[ \t]*(?=(?:basic|bearer|digest|negotiate|ntlm|token|apikey)[ \t]+[^ \t])", re.IGNORECASE)
_TRAILING = b"\"'`"
# How many marks before a scheme are taken off one by one; nobody writes more, and a hostile value may hold thousands.
_MOST_MARKS = 100


def decode(value: bytes) -> Credential:
    """Decode one Authorization header value, exactly as it stood on the wire; never raises."""
    # Nearly every value is this, and all the questions below have no for an answer then.
    if (plain := _PLAIN.fullmatch(value)) and (pair := _WHOLE_PAIR.fullmatch(base64.b64decode(plain[2]))):
        return Basic(plain[1], Pair(*pair.groups()), *plain.span(2))
    end = len(value.rstrip(_BLANK))
    start, faults = _peel(value, end)
    if start >= end or not value[start:end].strip():
        detail = "nothing but marks" if faults else "the value is empty"
        return Broken(None, (Fault(Flaw.EMPTY, 0, len(value), detail),))
    if joint := _JOINT.search(value, start, end):
        return _joined(value, joint, end)
    return _under(faults, _decode_one(value, start, end, quoted=bool(faults)))


def pair_of(credential: Credential) -> Pair | None:
    """The pair that the value carries or was meant to carry, or None. A partial pair of a cut value counts as none."""
    match credential:
        case Basic(pair=pair):
            return pair
        case Broken(pair=Pair() as pair, whole=True):
            return pair
        case _:
            return None


def fault_of(credential: Credential, *flaws: Flaw) -> Fault | None:
    """The first fault of one of the kinds `flaws`, or None."""
    if isinstance(credential, Broken):
        return next((fault for fault in credential.faults if fault.flaw in flaws), None)
    return None


def scheme_of(credential: Credential) -> bytes | None:
    """The scheme word as sent, or None where there is none."""
    return credential.scheme


def _peel(value: bytes, end: int) -> tuple[int, tuple[Fault, ...]]:
    """Where the scheme begins, and what stands before it: one fault for each kind, however often it is repeated."""
    faults: dict[Flaw, Fault] = {}
    at = 0
    for _ in range(_MOST_MARKS):
        if found := _BLANKS.match(value, at, end):
            pass
        elif found := LINE_BREAK.match(value, at, end):
            faults.setdefault(Flaw.LINE_BREAK, Fault(Flaw.LINE_BREAK, at, found.end(), name_break(found.group())))
        elif found := _MARKS.match(value, at, end):
            detail = f"{name_byte(value[at])} before the scheme"
            faults.setdefault(Flaw.MARKS, Fault(Flaw.MARKS, at, found.end(), detail))
        elif found := _NAME.match(value, at, end):
            detail = "the header name or its colon stands in the value"
            faults.setdefault(Flaw.SCHEME_REPEATED, Fault(Flaw.SCHEME_REPEATED, at, found.end(), detail))
        else:
            break
        at = found.end()
    return at, tuple(faults.values())


def _joined(value: bytes, joint: re.Match[bytes], end: int) -> Broken:
    """Two credentials in one value. Only the first two are read: a value may hold thousands of commas."""
    after = _JOINT.search(value, joint.end(), end)
    second = value[joint.end() : after.start() if after else end]
    parts = (decode(value[: joint.start()]), decode(second))
    fault = Fault(Flaw.JOINED, joint.start(), joint.end(), "a second credential follows a comma")
    scheme = parts[0].scheme if isinstance(parts[0], Basic | Bearer | Broken) else None
    return Broken(scheme, (fault,), next((p for p in map(pair_of, parts) if p), None), parts=parts)


def _under(faults: tuple[Fault, ...], inner: Credential) -> Credential:
    """`inner` with `faults` put before its own."""
    if not faults:
        return inner
    match inner:
        case Broken():
            return replace(inner, faults=(*faults, *inner.faults))
        case Basic():
            return Broken(inner.scheme, faults, inner.pair)
        case Bearer():
            return Broken(inner.scheme, faults, decoded=inner.token)
        case Other():
            return Broken(None, faults, decoded=inner.rest)


def _decode_one(value: bytes, start: int, end: int, *, quoted: bool) -> Credential:
    match = _SCHEME.match(value, start, end)
    word = match.group(1).lower() if match else b""
    if match and word == BASIC:
        return _basic(value, match.group(1), match.end(), end)
    if match and word == BEARER:
        stop = end if not quoted else max(match.end(), len(value[:end].rstrip(_TRAILING)))
        return _bearer(value, match.group(1), match.end(), stop)
    if broken := _SCHEME_THEN_BREAK.match(value, start, end):
        return _of_scheme(value, broken.group(1), broken.end(), end)
    if colon := _SCHEME_THEN_COLON.match(value, start, end):
        fault = Fault(Flaw.SCHEME_REPEATED, start, colon.end(), "a colon or = stands after the scheme")
        return _under((fault,), _of_scheme(value, colon.group(1), colon.end(), end))
    if match and word in KNOWN_SCHEMES:
        return Other(match.group(1), value[match.end() : end])
    return _without_scheme(value, match, start, end)


def _of_scheme(value: bytes, scheme: bytes, start: int, end: int) -> Credential:
    return (_basic if scheme.lower() == BASIC else _bearer)(value, scheme, start, end)


def _without_scheme(value: bytes, match: re.Match[bytes] | None, start: int, end: int) -> Credential:
    body = value[start:end]
    missing = Fault(Flaw.SCHEME_MISSING, start, start, "no scheme stands before the credentials")
    if is_unset(body):
        return Broken(None, (Fault(Flaw.EMPTY, start, end, f"the word {body.decode('ascii')}"),))
    if JWT_LIKE.fullmatch(body):
        return Broken(None, (missing,), decoded=body)
    if glued := _glued(value, start, end):
        return glued
    one_word = match is None or match.end() >= end
    reading = read(value, start, end)
    pair = reading.pair if reading.whole else None
    clear = any(fault.flaw is Flaw.CLEAR_TEXT for fault in reading.faults)
    if pair and (not clear or SID.match(pair.username) or len(body.split()) == 1):
        faults = () if clear else reading.faults
        return Broken(None, (missing, *faults), pair)
    if one_word:
        return Broken(None, (missing,), decoded=reading.decoded if clear else body)
    return Broken(None, (missing,), decoded=body) if match is None else Other(match.group(1), value[match.end() : end])


def _glued(value: bytes, start: int, end: int) -> Broken | None:
    """A scheme word without a blank behind it, when what follows can be read."""
    found = _GLUED.match(value, start, end)
    if found is None:
        return None
    mark = found.group(2)
    detail = f"{name_byte(mark[0])} instead of a blank after the scheme" if mark else "no blank after the scheme"
    fault = Fault(Flaw.SCHEME_GLUED, found.end(1), found.end(), detail)
    if JWT_LIKE.fullmatch(value, found.end(), end):
        return Broken(found.group(1), (fault,), decoded=value[found.end() : end])
    reading = read(value, found.end(), end)
    if reading.pair is None or not reading.whole or found.group(1).lower() != BASIC:
        return None
    return Broken(found.group(1), (fault, *reading.faults), reading.pair, decoded=reading.decoded)


def _basic(value: bytes, scheme: bytes, start: int, end: int) -> Credential:
    """Read value[start:end] as the credentials of Basic."""
    faults: tuple[Fault, ...] = ()
    while again := SCHEME_AGAIN.match(value, start, end):
        faults = faults or (Fault(Flaw.SCHEME_REPEATED, start, again.end(), "the scheme stands twice"),)
        start = again.end()
    if (nothing := _nothing(value, start, end)) is not None:
        return Broken(scheme, (*faults, nothing))
    if JWT_LIKE.fullmatch(value, start, end):
        fault = Fault(Flaw.TOKEN_IN_BASIC, start, end, "a JSON Web Token")
        return Broken(scheme, (*faults, fault), decoded=value[start:end])
    reading = read(value, start, end)
    faults = (*faults, *reading.faults)
    if reading.pair and not faults:
        return Basic(scheme, reading.pair, start, end)
    return Broken(scheme, faults, reading.pair, reading.whole, reading.decoded)


def _nothing(value: bytes, start: int, end: int) -> Fault | None:
    """The fault of a scheme that nothing follows, or only what a language prints for a missing value."""
    body = value[start:end]
    if not body.strip(EDGES + b" \t\r\n"):
        return Fault(Flaw.SCHEME_ONLY, start, end, "nothing stands after the scheme")
    if is_unset(body):
        return Fault(Flaw.SCHEME_ONLY, start, end, f"the word {body.decode('ascii')} stands after the scheme")
    return None


def _bearer(value: bytes, scheme: bytes, start: int, end: int) -> Credential:
    """Read value[start:end] as the token of Bearer."""
    faults: tuple[Fault, ...] = ()
    while again := SCHEME_AGAIN.match(value, start, end):
        faults = faults or (Fault(Flaw.SCHEME_REPEATED, start, again.end(), "the scheme stands twice"),)
        start = again.end()
    if (nothing := _nothing(value, start, end)) is not None:
        return Broken(scheme, (*faults, nothing))
    body = value[start:end]
    if broken := LINE_BREAK.search(value, start, end):
        fault = Fault(Flaw.LINE_BREAK, broken.start(), broken.end(), name_break(broken.group()))
        return Broken(scheme, (*faults, fault), decoded=LINE_BREAK.sub(b"", body))
    jwt, trouble = decode_jwt(body)
    return _under(faults, Bearer(scheme, body, start, end, jwt, trouble))


def decode_jwt(token: bytes) -> tuple[Jwt | None, str]:
    """The readable parts of a JWT and "", or None and which part is none and how; nothing is verified, never raises.

    PyJWT reads; which part it cannot read, and why, is worked out here, part by part.
    """
    if len(token) > LONGEST:
        return None, f"{len(token)} bytes, more than any server accepts in a header"
    parts = token.split(b".", 3)
    if len(parts) != 3:  # header, claims, signature: RFC 7515 section 3.1
        count = min(token.count(b"."), 99) + 1
        return None, f"{count} dot-separated part{'s' if count > 1 else ''}, a JWT has 3"
    if all(map(_BASE64URL.fullmatch, parts)):
        import jwt  # noqa: PLC0415 - brings cryptography along: only who meets a token waits for it, never a start

        try:
            found = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, RecursionError):
            pass
        else:
            return Jwt(found["header"], found["payload"]), ""
    troubles = map(_trouble_of, ("header", "claims", "signature"), parts)
    return None, next(filter(None, troubles), "the header part sets kid, crit or b64 as no JWT may")


# RFC 4648 section 5; the padding that a JWT does without (RFC 7515 section 2) is overlooked where it is right. A text
# that was cut ends between two bytes, or with bits that no encoder leaves behind.
_BASE64URL = re.compile(
    rb"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{4}|[A-Za-z0-9_-][AQgw](?:==)?|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]=?)"
)
_NOT_BASE64URL = re.compile(rb"[^A-Za-z0-9_-]")


def _trouble_of(name: str, part: bytes) -> str:
    """Why a part of a JWT cannot be read; empty for one that can."""
    core = part.rstrip(b"=")
    if not core:
        return f"the {name} part is empty"
    if odd := _NOT_BASE64URL.search(core):
        return f"the {name} part is not base64url: {name_byte(core[odd.start()])} at byte {odd.start()}"
    if not _BASE64URL.fullmatch(part):
        return f"the {name} part is cut off or altered: no base64url ends so"
    return "" if name == "signature" else _trouble_in(name, base64.urlsafe_b64decode(core + b"=" * (-len(core) % 4)))


def _trouble_in(name: str, text: bytes) -> str:
    """Why the decoded text of a part is no JSON object; empty for one that is."""
    try:
        found = json.loads(text)
    except RecursionError:
        return f"the {name} part is JSON nested too deep"
    except (json.JSONDecodeError, UnicodeDecodeError):
        cut = text.lstrip().startswith(b"{") and text.count(b"{") > text.count(b"}")
        return f"the {name} part is {'cut off inside its JSON' if cut else 'not JSON'}"
    except ValueError:  # Python reads no integer of more than 4,300 digits
        return f"the {name} part holds a number of thousands of digits"
    return "" if isinstance(found, dict) else f"the {name} part is not a JSON object"


__all__ = [
    "BASIC",
    "BEARER",
    "KNOWN_SCHEMES",
    "Basic",
    "Bearer",
    "Broken",
    "Credential",
    "Fault",
    "Flaw",
    "Jwt",
    "Other",
    "Pair",
    "decode",
    "decode_jwt",
    "fault_of",
    "name_byte",
    "pair_of",
    "scheme_of",
]
