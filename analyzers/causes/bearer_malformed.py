"""What it does: takes the bearer token apart. A JWT is three base64url texts with dots between them; the first two
are JSON objects. It names the part that is not.

Why it fails: Twilio's OAuth access tokens are JWTs. A cut, quoted or altered token cannot be verified.

Cannot see: whether the signature is right, and whether a token that can be read is still valid.

Fix: send the access_token exactly as the token endpoint returned it: without quotes, whole, and not the JSON around
it.

Source: https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token; RFC 7519 3, RFC 7515 3.1; docs/facts.md 6.1 (the
helper libraries split and read it; read 2026-11-20)
"""

from analyzers.building import refused
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import unseen, weighed
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed when a part of the token is missing or cannot be read."""
    if (nothing := unseen(case)) is not None:
        return nothing
    credential = case.credential
    if not isinstance(credential, Bearer):
        return RuledOut("no token stands after Bearer")
    if credential.jwt is not None:
        return RuledOut("the token is a JWT")
    found = Stands(
        Verdict.CONFIRMED,
        f"The bearer token is not a JWT: {credential.trouble}",
        (Evidence(AUTHORIZATION, credential.trouble, start=credential.start, end=credential.end),),
        (
            "Send the access_token exactly as the token endpoint returned it, whole and without quotes",
            "For an Account SID with its Auth Token, or an API key with its secret, use Basic instead",
        ),
    )
    return weighed(case, found, RULE.settle)


RULE = Rule(
    slug="bearer-malformed",
    title="The bearer token is not a JWT",
    check=check,
    page=__doc__ or "",
    settle="count the dot-separated parts of the token: a JWT has three",
    explains=frozenset(),
    hit=lambda: (refused(b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9"),),
    miss=lambda: (refused(b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"),),
)
