"""What it does: reads the header of a Bearer token. Twilio's Access Tokens, made for the Voice, Video and Conversations
SDKs in browsers and phones, say so there: cty is twilio-fpa;v=1.

Why it fails: the REST API takes the access tokens of an OAuth app, or Basic. An Access Token opens client SDKs only.

Cannot see: whether the token would be good for the SDK that it was made for.

Fix: call the REST API from the server, with Basic and an API key, or with a token from oauth.twilio.com/v2/token.

Source: https://www.twilio.com/docs/iam/access-tokens; docs/facts.md 6.2 and 7.1 (read 2026-11-20)
"""

import base64
import json

from analyzers.building import SID, refused
from analyzers.case import Case
from analyzers.constructors import key_call
from analyzers.credential import Bearer
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule

# The content type of a token for Twilio's client SDKs: https://www.twilio.com/docs/iam/access-tokens (read 2026-11-20)
_CLIENT_TOKEN = "twilio-fpa;v=1"  # noqa: S105 - the name of a kind, not a secret


def check(case: Case) -> Outcome:
    """Confirmed by the token's own header."""
    credential = case.credential
    if not isinstance(credential, Bearer):
        return RuledOut("no Bearer token was sent")
    if credential.jwt is None:
        return Unknown("the token cannot be read as a JWT")
    kind = credential.jwt.header.get("cty")
    if not isinstance(kind, str) or kind.replace(" ", "").lower() != _CLIENT_TOKEN:
        return RuledOut("the token is not an Access Token for client SDKs")
    return Stands(
        Verdict.CONFIRMED,
        "The Bearer token is an Access Token for client SDKs; the REST API does not accept it",
        (
            Evidence(
                AUTHORIZATION,
                f"a JWT whose header says cty {_CLIENT_TOKEN}",
                start=credential.start,
                end=credential.end,
            ),
        ),
        (
            f"Call the REST API from the server with Basic: {key_call(case.client.name)}",
            "Or fetch an OAuth token: POST https://oauth.twilio.com/v2/token with an OAuth app's client id and secret",
        ),
    )


def _token(header: dict[str, str]) -> bytes:
    """A token for the samples; nobody signed it."""
    parts = (header, {"sub": SID.decode(), "exp": 4102444800})
    return b".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts) + b".c2lnbmF0dXJl"


RULE = Rule(
    slug="access-token-as-bearer",
    title="A client-side Access Token was used for the REST API",
    check=check,
    page=__doc__ or "",
    settle="decode the token's header and look for cty twilio-fpa;v=1",
    hit=lambda: (refused(b"Bearer " + _token({"typ": "JWT", "alg": "HS256", "cty": _CLIENT_TOKEN})),),
    miss=lambda: (refused(b"Bearer " + _token({"typ": "JWT", "alg": "HS256", "cty": "twilio-pkrv;v=1"})),),
)
