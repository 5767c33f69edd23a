"""What it does: reads the claims of Access Tokens for client SDKs (cty twilio-fpa;v=1) and holds them against the
documentation: alg HS256, typ JWT, iss an API key SID, sub an Account SID, exp a date, a lifetime of at most 24 hours.
It counts the lifetime from nbf or iat, else from Twilio's own Date, and knows milliseconds taken for seconds.

Why it fails: Twilio reads the key and the account from iss and sub, and takes no token that outlives a day.

Cannot see: whether the key in iss lives and belongs to the account in sub, whether it is a Restricted key, which cannot
sign, and whether the grants allow what was asked; codes 20103, 20160 and 20106 speak of these. OAuth tokens and
capability tokens follow other rules and are never meant.

Fix: let a helper library make the token; give it the Account SID, an API key SID, that key's secret, and a ttl in
seconds.

Source: https://www.twilio.com/docs/iam/access-tokens, https://www.twilio.com/docs/api/errors/20160,
https://www.twilio.com/docs/api/errors/20157; docs/facts.md 1.6 and 7.1 (read 2026-11-20)
"""

from analyzers.building import SID, TIME
from analyzers.building_tokens import client_token, voice_event
from analyzers.case import Case
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.moments import answered_at
from analyzers.rules import Rule
from analyzers.token_answer import Aspect, code_about, code_evidence, weighed_token, without_token
from analyzers.token_claims import DAY, ClaimFault, faults_of
from analyzers.tokens import Token

_LIBRARY = "Let a helper library make the token: AccessToken(account_sid, api_key_sid, api_key_secret, ttl in seconds)"
# What a code says that names a part of the token in which nothing wrong can be seen, and what to look at.
_BY_CODE = (
    (Aspect.HEADER, "Twilio refuses the token's header", "Compare typ, alg and cty with the documentation"),
    (
        Aspect.ISSUER,
        "Twilio refuses the token's issuer or subject: the key is gone, or of another account than sub",
        "See in the Console whether the key in iss exists and belongs to the account in sub, and that both are active",
    ),
    (
        Aspect.GRANTS,
        "Twilio refuses the token's grants: they cannot be read, or do not allow what was asked",
        "Compare the grants with those that the product's SDK asks for",
    ),
    (
        Aspect.LIFETIME,
        "Twilio refuses the token's lifetime: at most 24 hours are allowed",
        "Give ttl in seconds, at most 86400",
    ),
)
# Codes whose pages name a Restricted key as a cause: docs/facts.md 7.1 (read 2026-11-20)
_RESTRICTED = frozenset({20160, 31204})


def check(case: Case) -> Outcome:
    """Confirmed by claims that the documentation excludes; likely when only Twilio's code names a part of the token."""
    tokens = case.tokens
    token = next((token for token in tokens if token.is_client_token or token.is_unmarked_client_token), None)
    if token is None:
        if tokens:
            return RuledOut("these rules are for Access Tokens of client SDKs, and the token is none")
        return _by_code(case, None) or without_token(case)
    if case.bearing.accepted and token.where == AUTHORIZATION:
        return RuledOut("this very token was accepted in this capture")
    return _judge(case, token)


def _judge(case: Case, token: Token) -> Outcome:
    answered = answered_at(case)
    faults = faults_of(token, answered.timestamp() if answered else None)
    if faults:
        aspects = {aspect for fault in faults for aspect in fault.aspects}
        return weighed_token(case, _stands(token, faults), RULE.settle, *aspects)
    if found := _by_code(case, token):
        return found
    if token.number("exp") is not None and answered is None and not {"nbf", "iat"} & set(token.jwt.claims):
        return Unknown("look at the Date of Twilio's answer: the token does not say when it was made")
    return RuledOut("alg, iss, sub and the lifetime of the token are as documented")


def _stands(token: Token, faults: tuple[ClaimFault, ...]) -> Stands:
    sure = token.is_client_token and any(fault.sure for fault in faults)
    names = ", ".join(fault.name for fault in faults)
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The Access Token cannot be accepted: {faults[0].says}"
        if len(faults) == 1
        else f"The Access Token cannot be accepted for {len(faults)} reasons: {names}",
        tuple(Evidence(token.where, fault.says, start=token.start, end=token.end) for fault in faults),
        (*dict.fromkeys(fault.fix for fault in faults), _LIBRARY),
        None if sure else RULE.settle,
    )


def _by_code(case: Case, token: Token | None) -> Stands | None:
    """What only Twilio's code says; None when it names nothing of the kind."""
    for aspect, says, step in _BY_CODE:
        code = code_about(case, aspect)
        about_time = code_about(case, Aspect.EXPIRY, Aspect.SIGNATURE)
        if code and not about_time:
            return Stands(Verdict.LIKELY, says, (code_evidence(code, "of the token"),), (step, _LIBRARY), RULE.settle)
    code = case.answer.code if case.answer else None
    if token is None or code not in _RESTRICTED:
        return None
    return Stands(
        Verdict.POSSIBLE,
        "Twilio takes the token for none, although its form is right: a Restricted key may have signed it",
        (code_evidence(code, "which a Restricted key gets too"),),
        ("See in the Console whether the key in iss is a Restricted key: those cannot sign Access Tokens", _LIBRARY),
        RULE.settle,
    )


RULE = Rule(
    slug="jwt-claims-invalid",
    title="The token's claims cannot be accepted",
    check=check,
    page=__doc__ or "",
    settle="decode the token and compare iss, sub, exp and alg with the documentation",
    hit=lambda: (voice_event(client_token(iss=SID.decode()), 20103, "Invalid Access Token issuer/subject"),),
    miss=lambda: (voice_event(client_token(exp=int(TIME) - 60 + DAY), 20107),),
)
