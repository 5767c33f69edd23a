"""What it does: looks at refusals of the OAuth token endpoint, which takes the client id (OQ...) and the client secret
of an OAuth app in its form body and no Authorization.

Why it fails: Twilio does not know this client id, or the secret does not belong to it: the secret was rotated, or the
app deleted. Without a token the requests that follow have none, and some libraries send them all the same.

Cannot see: which of the two values is wrong, since an old secret and a mistyped one look alike.

Fix: copy client id and client secret of the OAuth app anew, and send both in the form body; many OAuth libraries put
them into Authorization unless told otherwise. An Account SID, an API key or an Auth Token cannot stand in for them
here. After a rotation the old secret works for at most 24 hours.

Source: https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token; https://www.twilio.com/docs/api/errors/322402;
docs/facts.md 6.1; RFC 6749 2.3.1 (the two ways to send them; read 2026-11-20)
"""

import re
from urllib.parse import parse_qs

from analyzers.building import refused
from analyzers.case import Case
from analyzers.findings import (
    REQUEST_BODY,
    RESPONSE_MESSAGE,
    RESPONSE_STATUS,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.rules import Rule
from analyzers.twilio import OAUTH_CLIENT_ID, Kind, kind_of, sid_kind

# 322402 Invalid credentials, 321401 OAuth client invalid: docs/facts.md 1.6 and 6.1 (read 2026-11-20)
_CODES = frozenset({321401, 322402})
_UNAUTHORIZED = 401
_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}
_BODY_LOOKED_AT = 4096
_VOWEL = re.compile(r"[AEIO]|organization|[SM]MS")


def check(case: Case) -> Outcome:
    """Confirmed by the codes for it; likely for any other 401 of Twilio at the token endpoint."""
    answer = case.answer
    coded = answer is not None and answer.code in _CODES
    if not case.endpoint.is_token_endpoint and not coded:
        return RuledOut("the request is not for the OAuth token endpoint")
    if answer is None or not answer.by_twilio:
        return Unknown("look at an answer made by Twilio itself")
    if not coded and answer.status != _UNAUTHORIZED:
        return RuledOut("the answer does not say that the client was refused")
    told = Evidence(RESPONSE_MESSAGE, f"code {answer.code}: Twilio refused the client's credentials")
    status = Evidence(RESPONSE_STATUS, "401 from the token endpoint, which looks at client id and secret only")
    wrong = _wrong_id(case)
    return Stands(
        Verdict.CONFIRMED if coded else Verdict.LIKELY,
        f"The token endpoint refused the OAuth app's {wrong[0] if wrong else 'client id or client secret'}",
        (told if coded else status, *((Evidence(REQUEST_BODY, wrong[1]),) if wrong else ())),
        (
            *(
                ("Put client_id and client_secret into the form body, not into Authorization",)
                if _in_header(case)
                else ()
            ),
            "Use the client id (OQ...) and the client secret of one OAuth app: client_id=OQ..., client_secret=...",
            "Copy both anew from the Console; after a rotation the old secret works for at most 24 hours",
        ),
        None if coded else RULE.settle,
    )


def _in_header(case: Case) -> bool:
    pair = case.legible
    return pair is not None and OAUTH_CLIENT_ID.fullmatch(pair.username) is not None


def _wrong_id(case: Case) -> tuple[str, str] | None:
    """What is visibly wrong with the client id, in words; None where nothing is, or where it cannot be read."""
    body = case.exchange.request.body[:_BODY_LOOKED_AT]
    try:
        given = parse_qs(body.decode("ascii"), max_num_fields=50).get("client_id", [""])[0].encode("ascii")
    except ValueError:
        return None
    if kind_of(given) not in _SIDS or given[:2] == b"OQ":
        return None
    kind = sid_kind(given)
    article = "an" if _VOWEL.match(kind) else "a"
    return (
        f"client id: it is {article} {kind} SID",
        f"client_id is {article} {kind} SID; that of an OAuth app begins OQ",
    )


_SAMPLE = b"grant_type=client_credentials&client_id=%s&client_secret=invented-for-this-sample"

RULE = Rule(
    slug="oauth-client-refused",
    title="The OAuth app's client id or secret was refused",
    check=check,
    page=__doc__ or "",
    settle="ask for a token with the client id and secret copied anew from the Console",
    explains=frozenset({"no-authorization", "credentials-elsewhere"}),
    hit=lambda: (
        refused(
            None,
            host="oauth.twilio.com",
            path=b"/v2/token",
            body=_SAMPLE % (b"OQ" + b"a1B2c3D4" * 4),
            code=322402,
            message="Invalid credentials",
        ),
    ),
    miss=lambda: (
        refused(
            None,
            host="oauth.twilio.com",
            path=b"/v2/token",
            body=b'{"grant_type":"client_credentials"}',
            status=400,
            code=322403,
            message="Bad request",
        ),
    ),
)
