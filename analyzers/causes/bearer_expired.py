"""What it does: compares the exp claim of every token in the request, after Bearer or in X-Twilio-Token, with the Date
of Twilio's own answer. Codes 20104, 20156 and 31205 say the same where the token or the Date cannot be seen.

Why it fails: an OAuth access token lives an hour unless its app says otherwise. twilio-python and twilio-csharp fetch a
new one only after the old one has expired, twilio-go half a minute later still. An Access Token for a client SDK lives
at most a day, and a page that stays open outlives it.

Cannot see: whether a token that is in time was revoked, or its app or key deleted; the clock of the machine that made
the token.

Fix: fetch a new token some time before exp, and again after a refusal. Client SDKs announce the end of their token and
take a new one.

Source: https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token, https://www.twilio.com/docs/api/errors/20104;
docs/facts.md 1.6 and 6.2; RFC 7519 4.1.4, RFC 9110 6.6.1 (read 2026-11-20)
"""

from datetime import datetime

from analyzers.building import TIME, refused
from analyzers.building_tokens import oauth_token
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.findings import RESPONSE_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.moments import TICK, answered_at, moment_of, span, utc
from analyzers.rules import Rule
from analyzers.sightings import works_later
from analyzers.token_answer import Aspect, code_about, code_evidence, weighed_token, without_token
from analyzers.tokens import Token

_OAUTH_FIX = (
    "Fetch a new token: POST https://oauth.twilio.com/v2/token with the client id and secret of the OAuth app",
    "Fetch the next one before exp, not after it",
)
_CLIENT_FIX = (
    "Make a new Access Token on your server and hand it to the SDK (Voice: device.updateToken)",
    "Renew it in time: the SDKs announce the end of a token (Voice: the tokenWillExpire event)",
)


def check(case: Case) -> Outcome:
    """Confirmed when exp lies before the Date of an answer made by Twilio; likely when only Twilio's code says so."""
    dated = [(token, moment) for token in case.tokens if (moment := moment_of(token.jwt.claims.get("exp")))]
    answered = answered_at(case)
    late = next(((token, exp) for token, exp in dated if answered and exp < answered), None)
    if late and answered:
        return _late(case, *late, answered)
    code = code_about(case, Aspect.EXPIRY)
    if code and (not case.tokens or (dated and answered is None)):
        return _by_code(case, code)
    if not case.tokens:
        return without_token(case)
    if not dated:
        return Unknown("look for the token's exp: it has none that is a date")
    if answered is None:
        return Unknown("look at the Date header of an answer made by Twilio")
    return _in_time([exp for _, exp in dated], answered, code)


def _late(case: Case, token: Token, expires: datetime, answered: datetime) -> Outcome:
    if isinstance(case.credential, Bearer) and token.raw == case.credential.token and works_later(case):
        return RuledOut("the same token was accepted later in this capture")
    return weighed_token(case, _expired(token, expires, answered), RULE.settle, Aspect.EXPIRY)


def _expired(token: Token, expires: datetime, answered: datetime) -> Stands:
    return Stands(
        Verdict.CONFIRMED,
        f"The token expired at {utc(expires)}, {span((answered - expires).total_seconds())} before Twilio answered"
        f" at {utc(answered)}",
        (
            Evidence(token.where, f"exp of {token.name} is {utc(expires)}", start=token.start, end=token.end),
            Evidence(RESPONSE_HEADERS, f"Twilio's Date is {utc(answered)}"),
        ),
        _fix(token),
    )


def _fix(token: Token) -> tuple[str, ...]:
    if token.is_capability_token:
        return ("Make a new capability token on your server, and the next one before exp",)
    return _CLIENT_FIX if token.is_client_token else _OAUTH_FIX


def _by_code(case: Case, code: int) -> Stands:
    client = not case.credentials
    return Stands(
        Verdict.LIKELY,
        "Twilio's code says that the token has expired, or that its expiration is none",
        (code_evidence(code, "token expired or expiration invalid"),),
        _CLIENT_FIX if client else _OAUTH_FIX,
        RULE.settle,
    )


def _in_time(moments: list[datetime], answered: datetime, code: int | None) -> Outcome:
    first = min(moments)
    if first >= answered + TICK:
        if code:
            return Unknown("decode the token that the SDK uses: the one in this request was in time")
        return RuledOut(f"the token was valid until {utc(first)}, later than Twilio answered")
    says = f"The token expired within the second in which Twilio answered, {utc(answered)}"
    evidence = Evidence(RESPONSE_HEADERS, f"Twilio's Date is {utc(answered)}, the token's exp the same second")
    return Stands(Verdict.POSSIBLE, says, (evidence,), ("Fetch a new token and send the request again",), RULE.settle)


RULE = Rule(
    slug="bearer-expired",
    title="The access token has expired",
    check=check,
    page=__doc__ or "",
    settle="compare the token's exp with the Date of Twilio's answer",
    hit=lambda: (refused(b"Bearer " + oauth_token(exp=TIME - 3600)),),
    miss=lambda: (refused(b"Bearer " + oauth_token(exp=TIME + 1)),),
)
