"""What it does: compares the scheme, the first word of the value, with Basic and Bearer.

Why it fails: Twilio reads Basic and Bearer. Token, ApiKey, Digest, NTLM, Negotiate, AWS4-HMAC-SHA256 and OAuth 1
belong to other services, or a company proxy's login took the place of the credentials.

Cannot see: who put the word there when the client was told otherwise.

Fix: send Basic with the Account SID and the Auth Token (or an API key and its secret), or Bearer with an OAuth
token.

Source: https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20);
https://www.iana.org/assignments/http-authschemes
"""

from analyzers.base64_text import twilio_shaped
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import KNOWN_SCHEMES, Other, decode, pair_of
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_value, let_client_build, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import SID

# Words that a company's own proxy asks for; they arrive at Twilio when a login is sent to the wrong place.
_LOGINS = frozenset({b"ntlm", b"negotiate", b"kerberos"})


def check(case: Case) -> Outcome:
    """Confirmed for a scheme known by name, or for any word before a Twilio pair; likely for an unknown word."""
    if (nothing := unseen(case)) is not None:
        return nothing
    credential = case.credential
    if not isinstance(credential, Other) or not credential.rest or SID.fullmatch(credential.scheme):
        return RuledOut("the value has no scheme but Basic or Bearer")
    word = credential.scheme.lower()
    known = word in KNOWN_SCHEMES
    misspelt = not known and twilio_shaped(pair_of(decode(b"Basic " + credential.rest)))
    at = first_value(case).find(credential.scheme)
    found = Stands(
        Verdict.CONFIRMED if known or misspelt else Verdict.LIKELY,
        _sentence(credential.scheme, known=known, misspelt=misspelt),
        (Evidence(AUTHORIZATION, "the scheme word", start=at, end=at + len(credential.scheme)),),
        _fix(case, word),
        None if known or misspelt else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _sentence(word: bytes, *, known: bool, misspelt: bool) -> str:
    if known:
        return f"Twilio does not accept the scheme {word.decode('ascii')}, only Basic and Bearer"
    if misspelt:
        return "A pair is there, but the word before it is not Basic"
    return "The first word of the Authorization value is neither Basic nor Bearer"


def _fix(case: Case, word: bytes) -> tuple[str, ...]:
    if word in _LOGINS:
        return ("Keep the login of your network's proxy out of Authorization: it belongs into Proxy-Authorization",)
    return ("Send Basic with the Account SID and the Auth Token", let_client_build(case))


RULE = Rule(
    slug="scheme-unsupported",
    title="The scheme is none that Twilio accepts",
    check=check,
    page=__doc__ or "",
    settle="look at the first word of the Authorization value",
    explains=frozenset(),
    hit=lambda: (refused(GOOD.replace(b"Basic", b"Token")),),
    miss=lambda: (refused(GOOD.replace(b"Basic", b"BASIC")),),
)
