"""What it does: compares the exp claim of a Bearer token with the Date of Twilio's own answer.

Why it fails: an OAuth access token lives an hour unless its app says otherwise. twilio-python and twilio-go fetch a new
one only after the old one has expired, so a request now and then comes too late.

Cannot see: whether a token that is in time was revoked, or its app deleted.

Fix: fetch a new token some time before exp, and again after a refusal.

Source: https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token; RFC 7519 4.1.4; RFC 9110 6.6.1 (read 2026-11-20)
"""

import base64
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from analyzers.building import SID, TIME, refused
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.findings import AUTHORIZATION, RESPONSE_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed when exp lies before the Date of an answer made by Twilio."""
    credential = case.credential
    if not isinstance(credential, Bearer):
        return RuledOut("no Bearer token was sent")
    if credential.jwt is None:
        return Unknown("the token cannot be read as a JWT")
    expires = _moment(credential.jwt.claims.get("exp"))
    if expires is None:
        return Unknown("the token has no exp that can be read")
    answered = _date(case)
    if answered is None:
        return Unknown("look at the Date header of an answer made by Twilio")
    if expires >= answered:
        return RuledOut(f"the token was valid until {_utc(expires)}, when Twilio answered or later")
    return Stands(
        Verdict.CONFIRMED,
        f"The token expired at {_utc(expires)}, {_ago((answered - expires).total_seconds())} before Twilio answered"
        f" at {_utc(answered)}",
        (
            Evidence(AUTHORIZATION, f"exp is {_utc(expires)}", start=credential.start, end=credential.end),
            Evidence(RESPONSE_HEADERS, f"Twilio's Date is {_utc(answered)}"),
        ),
        (
            "Fetch a new token: POST https://oauth.twilio.com/v2/token with the client id and secret of the OAuth app",
            "Fetch the next one before exp, not after it",
        ),
    )


def _date(case: Case) -> datetime | None:
    """When Twilio says that it answered; None for another's answer, or without a date that can be read."""
    response = case.exchange.response
    if response is None or case.answer is None or not case.answer.by_twilio:
        return None
    try:
        found = parsedate_to_datetime((response.first(b"date") or b"").decode("latin-1"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _moment(claim: object) -> datetime | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _ago(seconds: float) -> str:
    whole = max(1, int(seconds))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}s"
    return f"{whole} second{'' if whole == 1 else 's'}"


def _token(expires: float) -> bytes:
    """A token for the samples; nobody signed it."""
    parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": SID.decode(), "exp": expires})
    return b".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts) + b".c2lnbmF0dXJl"


RULE = Rule(
    slug="bearer-expired",
    title="The access token has expired",
    check=check,
    page=__doc__ or "",
    settle="compare the token's exp with the Date of Twilio's answer",
    hit=lambda: (refused(b"Bearer " + _token(TIME - 3600)),),
    miss=lambda: (refused(b"Bearer " + _token(TIME)),),
)
