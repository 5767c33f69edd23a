"""What it does: reads the header of the token in Authorization. Twilio's Access Tokens, made for the Voice, Video and
Conversations SDKs in browsers and phones, say so there: cty is twilio-fpa;v=1. A token without cty, but with grants and
an API key as its issuer, is most likely one that was made by hand.

Why it fails: the REST API takes the access tokens of an OAuth app, or Basic. An Access Token opens client SDKs only,
so even a perfect one is refused; what else is wrong with it does not matter here.

Cannot see: whether the token would be good for the SDK that it was made for.

Fix: call the REST API from the server, with Basic and an API key, or with a token from oauth.twilio.com/v2/token.

Source: https://www.twilio.com/docs/iam/access-tokens; docs/facts.md 3.1, 6.2 and 7.1 (read 2026-11-20)
"""

from analyzers.building import refused
from analyzers.building_tokens import client_token, make_jwt
from analyzers.case import Case
from analyzers.constructors import key_call
from analyzers.credential import Bearer
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.rules import Rule
from analyzers.token_answer import Aspect, misplaced_token, serves_rest, weighed_place, without_token
from analyzers.tokens import CLIENT_TOKEN, VALIDATION_TOKEN, Token


def check(case: Case) -> Outcome:
    """Confirmed by the token's own header after Bearer; likely in another place, without cty, or at an unknown host."""
    token = misplaced_token(case)
    if token is not None:
        sure = token.is_client_token and isinstance(case.credential, Bearer) and serves_rest(case)
        return weighed_place(case, _stands(case, token, sure=sure), RULE.settle, *Aspect)
    if not case.tokens:
        return without_token(case)
    if case.bearing.accepted and isinstance(case.credential, Bearer):
        return RuledOut("this very token was accepted in this capture")
    return RuledOut("no Access Token for client SDKs was sent to the REST API")


def _stands(case: Case, token: Token, *, sure: bool) -> Stands:
    marked = token.is_client_token
    what = f"{'Bearer ' if isinstance(case.credential, Bearer) else ''}token {'is' if marked else 'looks like'}"
    kind = f"cty {CLIENT_TOKEN}" if marked else "no cty; its claims are an API key as issuer, and grants"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The {what} an Access Token for client SDKs; the REST API does not accept it",
        (Evidence(AUTHORIZATION, f"a JWT whose header says {kind}", start=token.start, end=token.end),),
        (
            f"Call the REST API from the server with Basic: {key_call(case.client.name)}",
            "Or fetch an OAuth token: POST https://oauth.twilio.com/v2/token with an OAuth app's client id and secret",
        ),
        None if sure else RULE.settle if serves_rest(case) else "look whether this host is one of the REST API",
    )


RULE = Rule(
    slug="access-token-as-bearer",
    title="A client-side Access Token was used for the REST API",
    check=check,
    page=__doc__ or "",
    settle="decode the token's header and look for cty twilio-fpa;v=1",
    explains=frozenset({"bearer-expired", "bearer-not-yet-valid", "jwt-signed-with-auth-token", "jwt-claims-invalid"}),
    hit=lambda: (refused(b"Bearer " + client_token()),),
    miss=lambda: (refused(b"Bearer " + make_jwt({"typ": "JWT", "alg": "RS256", "cty": VALIDATION_TOKEN}, {})),),
)
