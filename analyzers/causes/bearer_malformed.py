"""What it does: takes the token apart, after Bearer or in X-Twilio-Token. A JWT is three base64url texts with dots
between them; the first two are JSON objects. It names the part that is not, and how: empty, another alphabet, cut off,
no JSON. It also counts the bytes of the signature, which its algorithm fixes.

Why it fails: Twilio's OAuth access tokens and Access Tokens are JWTs. A cut, quoted or altered token cannot be
verified.

Cannot see: whether the signature is right, and whether a token that can be read is still valid.

Fix: send the token exactly as the token endpoint or your token server returned it: without quotes, whole, and not the
JSON around it. Look at columns and variables on the way that hold fewer characters.

Source: https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token, https://www.twilio.com/docs/api/errors/20101;
RFC 7519 3, RFC 7515 3.1, RFC 7518 3.2 to 3.4; docs/facts.md 6.1 (the helper libraries split and read it; read
2026-11-20)
"""

from analyzers.building import KEY_SECRET, refused
from analyzers.building_tokens import client_token, oauth_token
from analyzers.case import Case
from analyzers.credential import Bearer, Pair
from analyzers.findings import (
    AUTHORIZATION,
    REQUEST_HEADERS,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.frozen import dataclass
from analyzers.header_form import is_masked, unseen, weighed
from analyzers.rules import Rule
from analyzers.token_answer import Aspect, weighed_token
from analyzers.tokens import TOKEN_HEADER, Token, header_token

# Bytes of a signature. RFC 7518 3.2 to 3.4 fix those of HMAC and ECDSA; those of RSA are the length of the key, and
# 2048 bits are the least that may be used.
_EXACT = {"HS256": 32, "HS384": 48, "HS512": 64, "ES256": 64, "ES384": 96, "ES512": 132}
_LEAST = dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), 256)
_WHOLE = "the token is a JWT"
# It takes the first two characters of the text "Bearer ..." for username and password: docs/facts.md 6.2
_FROM_RUBY = Pair(b"B", b"e")
_OAUTH_FIX = (
    "Send the access_token exactly as the token endpoint returned it, whole and without quotes",
    "For an Account SID with its Auth Token, or an API key with its secret, use Basic instead",
)
_SDK_FIX = (
    "Hand the token to the SDK exactly as your server made it, whole and without quotes or JSON around it",
    "Look at columns, cookies and variables on the way that hold fewer characters than the token has",
)


@dataclass(frozen=True, slots=True)
class _Flaw:
    says: str
    verdict: Verdict
    evidence: Evidence


def check(case: Case) -> Outcome:
    """Confirmed when a part of the token is missing or cannot be read, or its signature is too short."""
    credential = case.credential
    if not isinstance(credential, Bearer):
        return _from_ruby(case) or _in_token_header(case)
    if credential.jwt is None:
        flaw = _Flaw(
            credential.trouble,
            Verdict.CONFIRMED,
            Evidence(AUTHORIZATION, credential.trouble, start=credential.start, end=credential.end),
        )
        return weighed(case, _stands(flaw, "The bearer token is not a JWT"), RULE.settle)
    cut = next(filter(None, map(_cut, case.tokens[:1])), None)
    if cut is None:
        return RuledOut(_WHOLE)
    return weighed(case, _stands(cut, "The bearer token is not whole"), RULE.settle)


def _from_ruby(case: Case) -> Outcome | None:
    """What twilio-ruby makes of a token that has no three parts."""
    if case.client.name != "twilio-ruby" or case.pair != _FROM_RUBY:
        return None
    says = "the pair is what twilio-ruby makes of a bearer token that has no three parts"
    found = _Flaw("it sent two letters of the word Bearer", Verdict.LIKELY, Evidence(AUTHORIZATION, says))
    says = "twilio-ruby was given a bearer token that is not a JWT"
    return weighed(case, _stands(found, says), RULE.settle)


def _in_token_header(case: Case) -> Outcome:
    """The outcome for the token of a client SDK, which needs no Authorization header."""
    token, trouble = header_token(case.exchange.request, TOKEN_HEADER, "X-Twilio-Token")
    flaw = _cut(token) if token else None
    if trouble:
        flaw = _Flaw(trouble, Verdict.CONFIRMED, Evidence(REQUEST_HEADERS, f"X-Twilio-Token: {trouble}"))
    if flaw is not None:
        if is_masked(case.exchange.request.first(TOKEN_HEADER) or b""):
            return Unknown("capture live: the token seems to be written over in this recording")
        found = _stands(flaw, "The token in X-Twilio-Token is not a whole JWT")
        return weighed_token(case, found, RULE.settle, Aspect.FORM, Aspect.SIGNATURE)
    if token is not None:
        return RuledOut(_WHOLE)
    return unseen(case) or RuledOut("no token stands after Bearer")


def _cut(token: Token) -> _Flaw | None:
    """A signature that lost its end; None for one that is whole, or so short that it never was one."""
    got = len(token.raw.rpartition(b".")[2].rstrip(b"=")) * 3 // 4
    want = _EXACT.get(token.algorithm) or _LEAST.get(token.algorithm, 0)
    if not want // 2 <= got < want:
        return None
    least = "" if token.algorithm in _EXACT else "at least "
    says = f"the signature part has {got} bytes, {token.algorithm} makes {least}{want}: it is cut off"
    evidence = Evidence(token.where, says, start=token.start, end=token.end)
    return _Flaw(says, Verdict.LIKELY if least else Verdict.CONFIRMED, evidence)


def _stands(flaw: _Flaw, what: str) -> Stands:
    by_sdk = flaw.evidence.where == REQUEST_HEADERS
    return Stands(
        flaw.verdict,
        f"{what}: {flaw.says}",
        (flaw.evidence,),
        _SDK_FIX if by_sdk else _OAUTH_FIX,
        None if flaw.verdict is Verdict.CONFIRMED else "compare the length of the token with that of the one issued",
    )


RULE = Rule(
    slug="bearer-malformed",
    title="The bearer token is not a JWT",
    check=check,
    page=__doc__ or "",
    settle="count the dot-separated parts of the token: a JWT has three",
    explains=frozenset({"username-not-a-sid"}),
    hit=lambda: (refused(b"Bearer " + oauth_token().rpartition(b".")[0]),),
    miss=lambda: (refused(b"Bearer " + client_token(KEY_SECRET)),),
)
