"""What it does: looks whether Basic carries a JSON Web Token, as it is or in base64, or as one half of the pair.

Why it fails: Basic wants the base64 of username:password. A token has no colon and is no pair.

Cannot see: whether the token would be accepted after Bearer. A client Access Token (for Voice, Video or Conversations
in a browser or an app), which its header shows, never is.

Fix: send the token with Bearer if it is an OAuth access token; for anything else send the Account SID and Auth
Token.

Source: RFC 7617 2, RFC 6750 2.1; https://www.twilio.com/docs/iam/oauth-apps; docs/facts.md 7.1 (read 2026-11-20)
"""

from analyzers.building import refused
from analyzers.building_tokens import oauth_token
from analyzers.case import Case
from analyzers.credential import Flaw, decode_jwt
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule
from analyzers.token_answer import misplaced_token


def check(case: Case) -> Outcome:
    """Confirmed for a token in place of the pair; likely for a token as one half of a pair."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.TOKEN_IN_BASIC)
    evidence = _half(case) if fault is None else spot(fault)
    if evidence is None:
        return RuledOut("Basic carries no JSON Web Token")
    sure = fault is not None and bool(case.tokens)  # else it is one by its shape alone
    what = "Basic carries" if fault else f"The {evidence.where.rpartition('.')[2]} is"
    found = Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"{what} {_kind(case)}",
        (evidence,),
        _fix(case),
        None if sure else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _kind(case: Case) -> str:
    if misplaced_token(case):
        return "an Access Token for client SDKs, which the REST API takes in no form"
    return "a JSON Web Token, which belongs after Bearer"


def _fix(case: Case) -> tuple[str, ...]:
    if misplaced_token(case):
        return ("Send the account's pair, or an API key with its secret, instead of the token", let_client_build(case))
    return ("Send `Authorization: Bearer` and the token, if it is an OAuth access token", let_client_build(case))


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
    hit=lambda: (refused(b"Basic " + oauth_token(exp=4102444800)),),
    miss=lambda: (refused(b"Bearer " + oauth_token(exp=4102444800)),),
)
