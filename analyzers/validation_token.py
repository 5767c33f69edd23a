"""What is wrong with the token of Public Key Client Validation, as far as token, request and Twilio's Date show it.

The rules: https://www.twilio.com/docs/iam/pkcv/quickstart and the pages of 20152 to 20160 and 70153 to 70156;
docs/facts.md 7.4 (read 2026-11-20).
"""

import re
from collections.abc import Iterator

from analyzers.case import Case
from analyzers.findings import REQUEST_HEADERS, Evidence
from analyzers.frozen import dataclass
from analyzers.moments import answered_at, span
from analyzers.request_hash import Fit, fit_of
from analyzers.token_claims import DAY, describe_claim
from analyzers.tokens import VALIDATION_HEADER, VALIDATION_TOKEN, Token, header_token
from analyzers.twilio import Kind, kind_of

NAME = "Twilio-Client-Validation"
ALGORITHMS = frozenset({"RS256", "PS256"})
# A public key that was submitted: CR and 32 hex digits, docs/facts.md 2.1 (specs, read 2026-11-20)
_PUBLIC_KEY = re.compile(r"CR[0-9a-fA-F]{32}")
_SIGNED_HEADERS = ("authorization", "host")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_USERNAMES = frozenset({Kind.KEY_SID, Kind.ACCOUNT_SID})


@dataclass(frozen=True, slots=True)
class Validation:
    """The validation token of a request and what is wrong with it."""

    present: bool
    """Whether the request has the header at all."""
    token: Token | None
    """None where its value is no JWT."""
    faults: tuple[str, ...]
    """What is wrong, each in words that may be shown; the hash of the request apart."""
    fit: Fit
    """How the signed hash relates to the request as recorded."""


def validation_of(case: Case) -> Validation:
    """The validation of a case; never raises."""
    request = case.exchange.request
    token, trouble = header_token(request, VALIDATION_HEADER, NAME)
    if token is None:
        faults = (f"its value is no JWT: {trouble}",) if trouble else ()
        return Validation(request.first(VALIDATION_HEADER) is not None, None, faults, Fit(decided=False))
    names, signed = token.claim("hrh"), token.claim("rqh")
    hashed = bool(names) and _HASH.fullmatch(signed) is not None
    fit = fit_of(request, case.exchange.fidelity, names, signed) if hashed else Fit(decided=False)
    return Validation(present=True, token=token, faults=tuple(_faults(case, token)), fit=fit)


def evidence_of(validation: Validation) -> tuple[Evidence, ...]:
    """What was seen of the header, its faults and its hash."""
    if not validation.present:
        return (Evidence(REQUEST_HEADERS, f"no {NAME} header"),)
    found = [Evidence(REQUEST_HEADERS, f"{NAME}: {says}") for says in validation.faults]
    fit = validation.fit
    if fit.decided and fit.fits:
        found.append(Evidence(REQUEST_HEADERS, "the signed hash (rqh) fits the request as recorded"))
    elif fit.without:
        found.append(Evidence(REQUEST_HEADERS, f"the signed hash (rqh) fits only without the {fit.without}"))
    elif fit.decided:
        found.append(Evidence(REQUEST_HEADERS, "the signed hash (rqh) is that of another request"))
    return tuple(found) or (Evidence(REQUEST_HEADERS, f"{NAME} is there, and no fault of it can be seen"),)


def _faults(case: Case, token: Token) -> Iterator[str]:
    kid = token.jwt.header.get("kid")
    if token.content_type != VALIDATION_TOKEN:
        yield f"cty is not {VALIDATION_TOKEN}"
    if token.algorithm not in ALGORITHMS:
        yield "alg is neither RS256 nor PS256"
    if not isinstance(kid, str) or not _PUBLIC_KEY.fullmatch(kid):
        yield "kid is not the SID of a public key (CR...)"
    yield from _names(case, token)
    yield from _times(case, token)
    listed = {name.strip().lower() for name in token.claim("hrh")[:500].split(";")}
    if missing := [name for name in _SIGNED_HEADERS if name not in listed]:
        yield f"hrh does not name {' and '.join(missing)}"
    absent = [name for name in _SIGNED_HEADERS if name in listed and not _has(case, name)]
    if absent:
        yield f"hrh names {' and '.join(absent)}, which the request has not"
    if not _HASH.fullmatch(token.claim("rqh")):
        yield "rqh is no SHA-256 in hex"


def _has(case: Case, name: str) -> bool:
    return name == "host" or case.exchange.request.first(name.encode()) is not None


def _names(case: Case, token: Token) -> Iterator[str]:
    issuer = token.claim("iss")
    if _kind(issuer) is not Kind.KEY_SID:
        yield f"iss is {describe_claim(issuer)}, it must be an API key SID (SK...)"
    elif case.pair and kind_of(case.pair.username) in _USERNAMES and case.pair.username != issuer.encode():
        yield "iss is another API key than the username in Authorization"
    if _kind(token.claim("sub")) is not Kind.ACCOUNT_SID:
        yield f"sub is {describe_claim(token.claim('sub'))}, it must be an Account SID (AC...)"


def _times(case: Case, token: Token) -> Iterator[str]:
    moment = answered_at(case)
    answered = moment.timestamp() if moment else None
    expires, start = token.number("exp"), token.number("nbf")
    if expires is None:
        yield "exp is missing or no number"
    elif answered is not None and expires < answered:
        yield f"exp lies {span(answered - expires)} before Twilio's Date"
    elif answered is not None and expires - answered > DAY:
        yield "exp lies more than 24 hours after Twilio's Date"
    if start is not None and answered is not None and start >= answered + 1:
        yield f"nbf lies {span(start - answered)} after Twilio's Date"


def _kind(claim: str) -> Kind:
    return kind_of(claim.encode("utf-8", "replace")[:200])
