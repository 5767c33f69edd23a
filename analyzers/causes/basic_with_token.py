"""What it does: looks whether Basic carries a JSON Web Token, as it is or in base64.

Why it fails: Basic wants the base64 of username:password. A token has no colon and is no pair.

Cannot see: whether the token would be accepted after Bearer; a client Access Token (for Voice, Video or
Conversations in a browser or an app) never is.

Fix: send the token with Bearer if it is an OAuth access token; for anything else send the Account SID and Auth
Token.

Source: RFC 7617 2, RFC 6750 2.1; https://www.twilio.com/docs/iam/oauth-apps (read 2026-11-20)
"""

from analyzers.building import refused
from analyzers.case import Case
from analyzers.credential import Broken, Flaw, decode_jwt
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed for a token in place of the pair; likely for a token as one half of a pair."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.TOKEN_IN_BASIC)
    half = _half(case)
    if fault is None and half is None:
        return RuledOut("Basic carries no JSON Web Token")
    sure = fault is not None and _is_token(case)
    says = "Basic carries a JSON Web Token, which belongs after Bearer"
    if fault is None and half is not None:
        says = f"The {half.where.rpartition('.')[2]} is a JSON Web Token, which belongs after Bearer"
    found = Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        says,
        tuple(evidence for evidence in (half, None if fault is None else spot(fault)) if evidence is not None),
        ("Send `Authorization: Bearer` and the token, if it is an OAuth access token", let_client_build(case)),
        None if sure else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _is_token(case: Case) -> bool:
    """Whether header and claims of the token can be read, so that it is none by shape alone."""
    decoded = case.credential.decoded if isinstance(case.credential, Broken) else b""
    words = decoded.split(maxsplit=1)
    return bool(words) and decode_jwt(words[-1])[0] is not None


def _half(case: Case) -> Evidence | None:
    pair = case.pair
    if pair is None:
        return None
    for where, half in ((USERNAME, pair.username), (PASSWORD, pair.password)):
        if decode_jwt(half)[0] is not None:
            return Evidence(where, f"a JSON Web Token of {len(half)} characters", start=0, end=len(half))
    return None


RULE = Rule(
    slug="basic-with-token",
    title="Basic carries a token that belongs after Bearer",
    check=check,
    page=__doc__ or "",
    settle="look at what follows Basic",
    explains=frozenset(),
    hit=lambda: (refused(b"Basic eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"),),
    miss=lambda: (refused(b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"),),
)
