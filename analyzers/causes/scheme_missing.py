"""What it does: looks whether the value begins with a scheme word and a blank. Base64 of a pair, a raw pair or a
token may stand there alone, or the word Basic sticks to it.

Why it fails: a server reads the first word as the scheme. Without one it takes the credentials for an unknown
scheme.

Cannot see: what a single word was meant to be when it decodes to nothing known; then the verdict is only likely.

Fix: write Basic, one blank, then the base64 text; or let the HTTP client build the header.

Source: RFC 9110 11.4 (auth-scheme, blank, token68) and RFC 7617 2;
https://www.twilio.com/docs/usage/requests-to-twilio (read 2026-11-20)
"""

from analyzers.base64_text import JWT_LIKE, twilio_shaped
from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Broken, Credential, Fault, Flaw, Other
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule
from analyzers.twilio import SID


def check(case: Case) -> Outcome:
    """Confirmed when credentials can be read where the scheme should stand; likely when a lone word stands there."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.SCHEME_MISSING, Flaw.SCHEME_GLUED) or _split_pair(case)
    credential = case.credential
    if fault is None:
        return RuledOut("the value begins with a scheme")
    token = isinstance(credential, Broken) and JWT_LIKE.fullmatch(credential.decoded) is not None
    glued = fault.flaw is Flaw.SCHEME_GLUED and case.pair is not None
    sure = token or glued or twilio_shaped(case.pair)
    word = _word(credential, token=token)
    found = Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        _sentence(case, fault, word, sure=sure),
        (spot(fault),),
        (f"Put {word} and one blank in front of the value", let_client_build(case)),
        None if sure else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _word(credential: Credential | None, *, token: bool) -> str:
    """The scheme that belongs there."""
    if isinstance(credential, Broken) and credential.scheme:
        return credential.scheme.decode("ascii").capitalize()
    return "Bearer" if token else "Basic"


def _split_pair(case: Case) -> Fault | None:
    """A SID where the scheme should stand, and something behind it."""
    if isinstance(case.credential, Other) and SID.fullmatch(case.credential.scheme):
        return Fault(Flaw.SCHEME_MISSING, 0, 0, "a SID stands where the scheme belongs")
    return None


def _sentence(case: Case, fault: Fault, word: str, *, sure: bool) -> str:
    if fault.flaw is Flaw.SCHEME_GLUED:
        return f"{word} and the credentials are not separated: {fault.detail}"
    if not sure:
        return "The Authorization value has no scheme word in front, and it is no pair either"
    if word == "Bearer":
        return "The Authorization value is a bare token: the word Bearer is missing"
    raw = case.pair is None or case.pair.username in first_value(case)
    form = "a raw pair, not even base64" if raw else "the base64 of a pair alone"
    return f"The Authorization value is {form}: the word Basic is missing"


RULE = Rule(
    slug="scheme-missing",
    title="The Authorization value has no scheme",
    check=check,
    page=__doc__ or "",
    settle="look at the first word of the Authorization value",
    explains=frozenset(),
    hit=lambda: (refused(GOOD.removeprefix(b"Basic ")),),
    miss=lambda: (refused(GOOD.replace(b"Basic", b"basic")),),
)
