"""What it does: looks at Access Tokens for client SDKs (cty twilio-fpa;v=1). It checks their signature with the secrets
that were accepted elsewhere in this capture, and with those that you gave: the Auth Token of the account in sub, the
secret of the API key in iss. Without any, iss tells: an Account SID there means that the account's own pair was taken
for an API key.

Why it fails: Twilio checks the signature with the secret of the API key in iss. The Auth Token is another secret.

Cannot see: with which secret a token was signed when none is known. Code 20107 says only that it was another one: a
mistyped secret and that of a deleted key look the same. The older capability tokens are rightly signed with the Auth
Token and never meant.

Fix: make an API key (Standard or Main) and sign with its SID and secret; the Account SID goes into sub.

Source: https://www.twilio.com/docs/api/errors/20107, https://www.twilio.com/docs/iam/access-tokens; docs/facts.md 7.2
and 7.3 (read 2026-11-20)
"""

from analyzers.bearing import Signature
from analyzers.building import KEY_SECRET, TOKEN, accepted
from analyzers.building_tokens import client_token, voice_event
from analyzers.case import Case
from analyzers.expected import Role
from analyzers.findings import HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.token_answer import Aspect, code_about, code_evidence, weighed_token, without_token
from analyzers.tokens import Token
from analyzers.twilio import Kind, kind_of

_FIX = (
    "Sign with an API key: AccessToken(account_sid, api_key_sid, api_key_secret) in every helper library",
    "Make the key in the Console under API keys & tokens, Standard or Main: a Restricted key cannot sign Access Tokens",
)
_ASPECTS = (Aspect.SIGNATURE, Aspect.ISSUER)


def check(case: Case) -> Outcome:
    """Confirmed by a known Auth Token that makes the signature; likely when iss is an Account SID."""
    tokens = case.tokens
    token = next((token for token in tokens if token.is_client_token), None)
    blamed = code_about(case, Aspect.SIGNATURE)
    if token is None:
        if tokens:
            return RuledOut(_other_kind(tokens[0]))
        return _another_secret(blamed, ()) if blamed else without_token(case)
    if code_about(case, Aspect.GRANTS):
        return RuledOut("Twilio's code says that the token's signature and issuer are valid")
    return _judge(case, token, case.bearing.signatures if token is tokens[0] else (), blamed)


def _judge(case: Case, token: Token, signatures: tuple[Signature, ...], blamed: int | None) -> Outcome:
    if any(each.verifies and each.kind is Kind.KEY_SID for each in signatures):
        return RuledOut("the secret of the API key makes this very signature")
    if proof := next((each for each in signatures if each.verifies), None):
        return weighed_token(case, _signed(case, token, proof), RULE.settle, *_ASPECTS)
    others = tuple(each for each in signatures if each.kind is Kind.ACCOUNT_SID)
    if token.claim("iss").startswith("AC"):
        return weighed_token(case, _by_account(token, others), RULE.settle, *_ASPECTS)
    if blamed:
        return _another_secret(blamed, (_no_match(token, others),) if others else ())
    return RuledOut("the account's Auth Token, as far as it is known, makes another signature") if others else Unknown()


def _other_kind(token: Token) -> str:
    if token.is_capability_token:
        return "a capability token is rightly signed with the Auth Token"
    return "the token is no Access Token for client SDKs"


def _signed(case: Case, token: Token, proof: Signature) -> Stands:
    if proof.index is None:
        whose = proof.source or "the Auth Token that you gave"
        evidence = Evidence(token.where, f"{whose} makes this very signature", start=token.start, end=token.end)
    else:
        says = "the Auth Token accepted here makes the very signature of the client token"
        evidence = Evidence(HISTORY, says, index=proof.index)
    doubtful = proof.index is None and _misnamed(case)
    return Stands(
        Verdict.LIKELY if doubtful else Verdict.CONFIRMED,
        "The client token was signed with the Auth Token; Twilio checks it with the secret of an API key, named in iss",
        (evidence, Evidence(token.where, f"{token.name} is an Access Token", start=token.start, end=token.end)),
        _FIX,
        RULE.settle if doubtful else None,
    )


def _misnamed(case: Case) -> bool:
    """Whether an expected Auth Token has the form of an API key's secret: then the name may be wrong, not the key."""
    return any(each.role is Role.AUTH_TOKEN and kind_of(each.value) is Kind.ALNUM_32 for each in case.expected)


def _by_account(token: Token, others: tuple[Signature, ...]) -> Stands:
    evidence = [Evidence(token.where, "iss is an Account SID, no API key SID", start=token.start, end=token.end)]
    if others:
        evidence.append(_no_match(token, others))
    return Stands(
        Verdict.POSSIBLE if others else Verdict.LIKELY,
        "The client token names the Account SID as its key (iss), so the Auth Token most likely signed it",
        tuple(evidence),
        _FIX,
        RULE.settle,
    )


def _another_secret(code: int, also: tuple[Evidence, ...]) -> Stands:
    return Stands(
        Verdict.POSSIBLE,
        "Another secret than that of the API key in iss signed the token; often it is the Auth Token",
        (code_evidence(code, "signature invalid"), *also),
        (*_FIX, "Compare the secret with the one shown when the key was made; if it is lost, make a new key"),
        RULE.settle,
    )


def _no_match(token: Token, others: tuple[Signature, ...]) -> Evidence:
    index = next((each.index for each in others if each.index is not None), None)
    if index is None:
        return Evidence(token.where, "the Auth Token that you gave makes another signature")
    return Evidence(HISTORY, "the Auth Token accepted here makes another signature", index=index)


RULE = Rule(
    slug="jwt-signed-with-auth-token",
    title="A client token was signed with the Auth Token",
    check=check,
    page=__doc__ or "",
    settle="verify the token's signature with the Auth Token and with the API key secret",
    hit=lambda: (accepted(), voice_event(client_token(TOKEN))),
    miss=lambda: (accepted(), voice_event(client_token(KEY_SECRET))),
)
