"""What it does: looks whether what follows Bearer is an account's pair (raw or base64), a SID, or a bare secret
instead of a token.

Why it fails: Twilio takes a Bearer value for an OAuth access token, a JWT. A pair belongs after Basic.

Cannot see: whether an unknown text of another length is a token of another service.

Fix: send the same pair with Basic; most clients do it when they get a username and a password.

Source: https://www.twilio.com/docs/usage/requests-to-twilio (Basic), https://www.twilio.com/docs/iam/oauth-apps
(Bearer); both read 2026-11-20
"""

from analyzers.base64_reading import read
from analyzers.base64_text import twilio_shaped
from analyzers.building import SID, TOKEN, refused
from analyzers.building_tokens import oauth_token
from analyzers.case import Case
from analyzers.credential import BEARER, Bearer, Broken, Flaw
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_value, let_client_build, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of

_BARE = {
    Kind.ACCOUNT_SID: "an Account SID",
    Kind.KEY_SID: "an API key SID",
    Kind.OTHER_SID: "a SID",
    Kind.HEX_32: "32 hex digits (the shape of an Auth Token)",
    Kind.ALNUM_32: "32 letters and digits (the shape of an API key secret)",
}


def check(case: Case) -> Outcome:
    """Confirmed by the shape of what follows Bearer: no token looks like that."""
    if (nothing := unseen(case)) is not None:
        return nothing
    token = _token(case)
    if token is None:
        return RuledOut("the scheme is not Bearer")
    what = _what(token)
    if not what:
        return RuledOut("what follows Bearer is neither a pair nor a SID nor a bare secret")
    at = first_value(case).find(token)
    start, end = (at, at + len(token)) if at >= 0 else (None, None)  # a token that was wrapped stands there in pieces
    found = Stands(
        Verdict.CONFIRMED,
        f"Bearer carries {what} instead of a token",
        (Evidence(AUTHORIZATION, what, start=start, end=end),),
        ("Send the pair with Basic: username and password, not a bearer token", let_client_build(case)),
    )
    return weighed(case, found, RULE.settle)


def _token(case: Case) -> bytes | None:
    credential = case.credential
    if isinstance(credential, Bearer):
        return credential.token
    if not isinstance(credential, Broken) or credential.scheme is None or credential.scheme.lower() != BEARER:
        return None
    return credential.decoded


def _what(token: bytes) -> str:
    """What stands in place of the token; empty when it is none of these."""
    start, end = core_of(token)
    core = token[start:end]
    if what := _BARE.get(kind_of(core)):
        return what
    if not core or len(core) > 1000:
        return ""
    reading = read(core, 0, len(core))
    if not twilio_shaped(reading.pair):
        return ""
    raw = any(fault.flaw is Flaw.CLEAR_TEXT for fault in reading.faults)
    return "a raw SID and secret" if raw else "the base64 of a SID and secret"


RULE = Rule(
    slug="bearer-with-basic-credentials",
    title="Bearer carries an account pair, a SID or a bare secret",
    check=check,
    page=__doc__ or "",
    settle="look at what follows Bearer",
    explains=frozenset({"bearer-malformed"}),
    hit=lambda: (refused(b"Bearer " + SID + b":" + TOKEN),),
    miss=lambda: (refused(b"Bearer " + oauth_token(exp=4102444800)),),
)
