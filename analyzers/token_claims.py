"""What is wrong with the claims of an Access Token for client SDKs, as far as the token itself shows it.

The rules: https://www.twilio.com/docs/iam/access-tokens and the pages of 20101, 20157 and 20160; docs/facts.md 7.1
(read 2026-11-20). Claims are personal data: only SIDs are shown, shortened; of all else the kind.
"""

from analyzers.frozen import dataclass
from analyzers.masking import mask_sid
from analyzers.token_answer import Aspect
from analyzers.tokens import Token
from analyzers.twilio import SID_LENGTH, Kind, kind_of, near_sid, sid_kind

DAY = 86400
"""Seconds that an Access Token may live at most: https://www.twilio.com/docs/api/errors/20157 (read 2026-11-20)"""
ALGORITHM = "HS256"
# Algorithms of RFC 7518 3.1 and RFC 8037 3.1, the only words of a header that are shown.
_ALGORITHMS = frozenset(
    {"HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    | {"ES256", "ES384", "ES512", "EdDSA", "none"}
)
# A NumericDate of our age in milliseconds; in seconds it would be later than the year 5000.
_MILLISECONDS = 1e11
_KINDS = {
    Kind.EMPTY: "missing or no text",
    Kind.UNSET: "the word for a missing value",
    Kind.PLACEHOLDER: "a placeholder",
    Kind.HEX_32: "32 hex digits, the shape of an Auth Token",
    Kind.ALNUM_32: "32 letters and digits, the shape of a secret",
}


@dataclass(frozen=True, slots=True)
class ClaimFault:
    """One thing for which the documentation excludes a token."""

    name: str
    """The claim or member of the header."""
    says: str
    fix: str
    aspects: tuple[Aspect, ...]
    sure: bool = True


def faults_of(token: Token, answered: float | None) -> tuple[ClaimFault, ...]:
    """Every fault of a client token, those of the header first; `answered` is Twilio's Date, None where unknown."""
    found = (
        *_header(token),
        _sid(token, "iss", Kind.KEY_SID, "an API key SID (SK...)"),
        _sid(token, "sub", Kind.ACCOUNT_SID, "an Account SID (AC...)"),
        _expiry(token, answered),
    )
    return tuple(fault for fault in found if fault is not None)


def describe_claim(value: str) -> str:
    """A claim that should be a SID: shortened when it is one, else its kind."""
    data = value.encode("utf-8", "replace")[:200]
    match kind_of(data):
        case Kind.ACCOUNT_SID:
            return f"the Account SID {mask_sid(data)}"
        case Kind.KEY_SID:
            return f"the API key SID {mask_sid(data)}"
        case Kind.OTHER_SID:
            return f"the SID of a {sid_kind(data)}"
        case kind:
            wrong_length = near_sid(data) and len(data) != SID_LENGTH
            return _KINDS.get(kind, f"{len(data)} characters, a SID has {SID_LENGTH}" if wrong_length else "no SID")


def _header(token: Token) -> tuple[ClaimFault, ...]:
    found = []
    if not token.content_type:
        step = "Add cty twilio-fpa;v=1 to the token's header"
        found.append(
            ClaimFault("cty", "the header has no cty, it must be twilio-fpa;v=1", step, (Aspect.HEADER,), sure=False)
        )
    if token.algorithm != ALGORITHM:
        name = token.algorithm if token.algorithm in _ALGORITHMS else "another word" if token.algorithm else "missing"
        says = f"alg is {name}, it must be {ALGORITHM}"
        found.append(ClaimFault("alg", says, f"Sign with {ALGORITHM}", (Aspect.HEADER, Aspect.SIGNATURE)))
    if token.jwt.header.get("typ") != "JWT":
        says = "typ is not JWT, as the documentation wants it"
        found.append(ClaimFault("typ", says, "Set typ of the token's header to JWT", (Aspect.HEADER,), sure=False))
    return tuple(found)


def _sid(token: Token, name: str, kind: Kind, wanted: str) -> ClaimFault | None:
    value = token.claim(name)
    if kind_of(value.encode("utf-8", "replace")[:200]) is kind:
        return None
    says = f"{name} is {describe_claim(value)}, it must be {wanted}"
    return ClaimFault(name, says, f"Set {name} to {wanted}", (Aspect.ISSUER, Aspect.SIGNATURE))


def _expiry(token: Token, answered: float | None) -> ClaimFault | None:
    aspects = (Aspect.EXPIRY, Aspect.LIFETIME)
    expires = token.number("exp")
    if expires is None:
        what = "no number" if "exp" in token.jwt.claims else "missing"
        return ClaimFault(
            "exp", f"exp is {what}, it must be a date in seconds since 1970", "Give the token an exp", aspects
        )
    if expires >= _MILLISECONDS:
        says = "exp counts milliseconds, it must count seconds since 1970"
        return ClaimFault("exp", says, "Divide exp by 1000", aspects)
    made = [moment for name in ("nbf", "iat") if (moment := token.number(name)) is not None]
    start = max(made) if made else answered
    if start is None or expires - start <= DAY:
        return None
    return _lifetime(expires, start, answered, aspects)


def _lifetime(expires: float, start: float, answered: float | None, aspects: tuple[Aspect, ...]) -> ClaimFault:
    """A lifetime above 24 hours; not sure when less than that was left as Twilio answered, or when that is unknown."""
    lifetime = expires - start
    says = f"the lifetime is {lifetime / 3600:.1f} hours, 24 are allowed"
    step = f"Give ttl in seconds, at most {DAY}"
    if _looks_like_milliseconds(lifetime):
        says = f"the lifetime is {lifetime:.0f} s, which looks like milliseconds; 24 hours are allowed"
        step = f"Give ttl in seconds, not in milliseconds: {lifetime / 1000:.0f}"
    return ClaimFault("exp", says, step, aspects, sure=answered is not None and expires - answered > DAY)


def _looks_like_milliseconds(lifetime: float) -> bool:
    """Whether a thousandth of it is a whole number of minutes, at most a day's; days, months and years are none.

    A library that reads the clock twice may be a second off.
    """
    return abs(lifetime - round(lifetime / 60_000) * 60_000) <= 1 and lifetime <= DAY * 1000
