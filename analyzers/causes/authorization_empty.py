"""What it does: looks whether the Authorization header has a value at all: nothing, blanks, only a scheme word, or
a scheme and the word that a language prints for a missing value (undefined, None, null).

Why it fails: the header is there, so a program that checks for it is content, but it carries no credential.

Cannot see: why the variable was empty; and nothing in an export that blanks credentials itself.

Fix: print the length of the token or of the base64 text just before the request is sent; set the variable in the
process that sends it.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-11.4; docs/clients.md 10 (what languages print for a
missing value, measured 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import KNOWN_SCHEMES, Fault, Flaw, Other
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed when no byte of a credential stands in the value."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = _empty(case)
    if fault is None:
        return RuledOut("something stands in the value")
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    found = Stands(
        case.absence,
        f"The Authorization header carries no credential: {fault.detail}",
        (spot(fault),),
        (
            "Look where your program reads the credential: the variable is empty or not set in this process",
            let_client_build(case),
        ),
        None if case.absence is Verdict.CONFIRMED else RULE.settle,
    )
    return weighed(case, found, RULE.settle)


def _empty(case: Case) -> Fault | None:
    credential = case.credential
    if isinstance(credential, Other) and not credential.rest and credential.scheme.lower() in KNOWN_SCHEMES:
        return Fault(Flaw.SCHEME_ONLY, 0, len(credential.scheme), "nothing stands after the scheme")
    return first_fault(case, Flaw.EMPTY, Flaw.SCHEME_ONLY)


RULE = Rule(
    slug="authorization-empty",
    title="The Authorization header carries no credential",
    check=check,
    page=__doc__ or "",
    settle="print the length of the value just before the request is sent",
    explains=frozenset(),
    hit=lambda: (refused(b"Basic "),),
    miss=lambda: (refused(GOOD + b" "),),
)
