"""What it does: looks for the scheme or the header name inside the value: "Basic Basic ...", "Basic Bearer ...",
"Authorization: Basic ...", "Basic: ...".

Why it fails: the server takes the first word as the scheme and all the rest as the credential, and that is then no
base64.

Cannot see: which of the places that add the word is the right one.

Fix: leave the word to one place. A function that builds "Basic ..." is often handed to an option that adds it
again, and a whole header line is often pasted where only the value belongs.

Source: RFC 9110 11.4; https://github.com/vmware-tanzu/kubeapps/pull/3372 (the mechanism, read 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Fault, Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, first_value, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed by the second word alone."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.SCHEME_REPEATED)
    if fault is None:
        return RuledOut("the scheme stands in the value once")
    found = Stands(
        Verdict.CONFIRMED,
        _sentence(first_value(case)[fault.start : fault.end].lower(), fault),
        (spot(fault),),
        (
            "Leave the scheme to one place: either your code or the client's option adds it, not both",
            let_client_build(case),
        ),
    )
    return weighed(case, found, RULE.settle)


def _sentence(text: bytes, fault: Fault) -> str:
    if text.startswith(b"authorization"):
        return "The header name Authorization stands in the value a second time"
    if text.startswith(b":"):
        return "The colon behind the header name stands in the value a second time"
    if b":" in text or b"=" in text:
        return f"The scheme is not followed by a blank alone: {fault.detail}"
    return "The scheme stands in the Authorization value twice"


RULE = Rule(
    slug="scheme-doubled",
    title="The scheme or the header name stands in the value twice",
    check=check,
    page=__doc__ or "",
    settle="look at the first two words of the Authorization value",
    explains=frozenset(),
    hit=lambda: (refused(b"Basic " + GOOD),),
    miss=lambda: (refused(GOOD.replace(b"Basic ", b"Basic  ")),),
)
