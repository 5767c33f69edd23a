"""What it does: looks whether a 401 without Authorization was answered at once by the same request with credentials,
and that one succeeded. wget, urllib, java.net.http and others work so by design.

Why it fails: it does not. RFC 9110 lets a client wait for the challenge; every call then costs two requests.

Cannot see: a second request that the capture does not hold.

Fix: nothing has to be fixed. To save the first request, send the credentials unasked (wget --auth-no-challenge, or set
the Authorization header yourself).

Source: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1; docs/clients.md 2, rows marked [401] (measured
2026-11-20)
"""

from analyzers.building import GOOD, accepted, refused
from analyzers.case import Case
from analyzers.client_habits import WAITING
from analyzers.findings import HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule

# Another client that comes again with credentials after more seconds than these may be a person who mended a script.
_AT_ONCE = 5.0


def check(case: Case) -> Outcome:
    """Confirmed once the same request came again with credentials and succeeded."""
    if case.credentials:
        return RuledOut("credentials were sent")
    if case.client.helper_library:
        return RuledOut(f"{case.client.name} sends its credentials unasked")
    after, waits = case.bearing.challenge_answered, case.client.name in WAITING
    if after is not None and (waits or after <= _AT_ONCE):
        return Stands(
            Verdict.CONFIRMED,
            "No fault: the client waited for this challenge, then sent its credentials and was accepted",
            (Evidence(HISTORY, f"the same request with Authorization got a 2xx {after:.2f} s later"),),
            ("Nothing has to be fixed; to save a request, send the credentials without waiting for the challenge",),
        )
    if waits:
        return Unknown(f"{case.client.name} may wait for this challenge: watch whether it comes back with credentials")
    return Unknown()


RULE = Rule(
    slug="challenge-first-client",
    title="No fault: this client sends credentials only after a challenge",
    check=check,
    page=__doc__ or "",
    settle="watch whether the same request comes again with Authorization and succeeds",
    explains=frozenset({"no-authorization", "media-url-without-auth"}),
    benign=True,
    hit=lambda: (
        refused(None, method="GET", agent=b"Wget/1.21.3"),
        accepted(GOOD, method="GET", agent=b"Wget/1.21.3", at=0.2),
    ),
    miss=lambda: (
        accepted(GOOD, method="GET", agent=b"Wget/1.21.3"),
        refused(None, method="GET", agent=b"Wget/1.21.3", at=0.2),
    ),
)
