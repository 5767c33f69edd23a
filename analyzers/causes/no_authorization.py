"""What it does: looks whether the request reached Twilio without any Authorization header.

Why it fails: every Twilio resource but the version document and the OAuth token endpoints wants Basic or Bearer.

Cannot see: why the header is missing. The causes that can (unset variables, a redirect, a gateway) are listed above
this one when they stand. In an export that may drop Authorization, absence proves little.

Fix: give the client the Account SID and the Auth Token (or an API key and its secret) in the way it expects, and look
at the request once more.

Source: https://www.twilio.com/docs/usage/requests-to-twilio and docs/facts.md 1.1 (read 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import REQUEST_HEADERS, Evidence, Outcome, Stands, Verdict
from analyzers.missing import not_missing, sureness
from analyzers.rules import Rule


def check(case: Case) -> Outcome:
    """Confirmed where the recording would have shown the header, likely where it may have lost it."""
    if (nothing := not_missing(case)) is not None:
        return nothing
    verdict = sureness(case)
    doubt = case.absence is Verdict.LIKELY
    return Stands(
        verdict,
        "No Authorization header was sent" + (", or the export left it out" if doubt else ""),
        (Evidence(REQUEST_HEADERS, f"{len(case.exchange.request.headers)} headers, none is Authorization"),),
        (f"Give {case.client.name} the credentials: {pair_call(case.client.name)}",),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


RULE = Rule(
    slug="no-authorization",
    title="No Authorization header was sent",
    check=check,
    page=__doc__ or "",
    settle="capture live with the proxy next to the application",
    hit=lambda: (refused(None),),
    miss=lambda: (refused(GOOD),),
)
