"""What it does: counts the credentials: several Authorization header lines, or one line in which a comma joins
two.

Why it fails: a request has one Authorization. A server that gets two takes one of them, or none; which one is not
defined, and clients that merge equal headers make one unreadable value of both.

Cannot see: which of the two Twilio took.

Fix: find the second place that sets the header: a default header of the session beside the client's own auth
option, a middleware that appends instead of replacing, a gateway.

Source: RFC 9110 5.3 and 11.6.2 (a header that is no list must not be repeated); docs/facts.md 11, gap 3
"""

from analyzers.building import GOOD, KEY, KEY_SECRET, basic, refused
from analyzers.case import Case
from analyzers.credential import Credential, Fault, Flaw, fault_of
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import first_fault, spot, unseen, weighed_alone
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed by two lines, or by two credentials in one line."""
    if (nothing := unseen(case)) is not None:
        return nothing
    lines = case.exchange.request.values(b"authorization")
    fault = first_fault(case, Flaw.JOINED)
    if len(lines) < 2 and fault is None:
        return RuledOut("one Authorization value was sent")
    found = Stands(
        Verdict.CONFIRMED,
        _sentence(lines, fault),
        _evidence(case, fault),
        (
            "Send one Authorization: look for a default header beside the client's own auth option",
            "Let middleware set the header instead of adding to it",
        ),
    )
    return weighed_alone(case, found, RULE.settle)


def _sentence(lines: tuple[bytes, ...], fault: Fault | None) -> str:
    if len(lines) < 2 and fault is not None:
        return "One Authorization value holds two credentials, joined by a comma"
    same = "all the same" if len(set(lines)) == 1 else "not all the same"
    return f"The request has {len(lines)} Authorization headers, {same}"


def _evidence(case: Case, fault: Fault | None) -> tuple[Evidence, ...]:
    if len(case.credentials) < 2 and fault is not None:
        return (spot(fault),)
    return tuple(
        Evidence(AUTHORIZATION, f"header {index + 1} of {len(case.credentials)}: {_kind(credential)}", index=index)
        for index, credential in enumerate(case.credentials[:5])
    )


def _kind(credential: Credential) -> str:
    if fault_of(credential, Flaw.EMPTY, Flaw.SCHEME_ONLY):
        return "no credential"
    return {"Basic": "a Basic pair", "Bearer": "a Bearer token", "Broken": "a broken value", "Other": "another scheme"}[
        type(credential).__name__
    ]


RULE = Rule(
    slug="authorization-repeated",
    title="More than one Authorization value was sent",
    check=check,
    page=__doc__ or "",
    settle="count the Authorization lines of the request on the wire",
    explains=frozenset({"base64-alphabet", "base64-truncated", "not-base64"}),
    hit=lambda: (refused(GOOD, extra=((b"authorization", basic(KEY, KEY_SECRET)),)),),
    miss=lambda: (refused(GOOD, extra=((b"Proxy-Authorization", basic(b"proxy", b"user")),)),),
)
