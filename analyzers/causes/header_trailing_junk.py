"""What it does: looks for anything before or behind a base64 text that is a good pair: quotes, a comma, a
semicolon, a comment, another word, a parameter.

Why it fails: everything after the scheme is the credential. A decoder that is strict refuses the marks, one that is
not takes them for more of the password.

Cannot see: which template or shell line put them there.

Fix: send the scheme, one blank and the base64, nothing else. Quotes come from a shell line or an env file.

Source: RFC 9110 11.2 (token68) and 11.4 (read 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Flaw
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, let_client_build, spot, unseen, weighed
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed when the base64 alone is a good pair and more stands around it."""
    if (nothing := unseen(case)) is not None:
        return nothing
    fault = first_fault(case, Flaw.JUNK, Flaw.MARKS)
    if fault is None:
        return RuledOut("nothing stands around the credential")
    if first_fault(case, Flaw.CLEAR_TEXT, Flaw.NOT_BASE64) or case.pair is None:
        return RuledOut("what stands between the marks is no base64 of a pair")
    found = Stands(
        Verdict.CONFIRMED,
        f"The Authorization value holds more than the credential: {fault.detail}",
        (spot(fault),),
        ("Send only the scheme, one blank and the base64 text", let_client_build(case)),
    )
    return weighed(case, found, RULE.settle)


RULE = Rule(
    slug="header-trailing-junk",
    title="Something follows the credential in the header value",
    check=check,
    page=__doc__ or "",
    settle="look at what follows the base64 text in the Authorization value",
    explains=frozenset({"base64-alphabet", "not-base64"}),
    hit=lambda: (refused(GOOD + b"; charset=utf-8"),),
    miss=lambda: (refused(GOOD + b"  "),),
)
