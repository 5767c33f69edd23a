"""Whether what stands in Authorization was meant for Twilio and reached it: a gateway on the way may change it.

A request to a host that is not Twilio's may log in there, and the gateway then sends Twilio credentials of its own:
what Twilio refuses is not what this recording shows.
"""

from dataclasses import replace

from analyzers.case import Case
from analyzers.findings import Outcome, RuledOut, Stands, Verdict
from analyzers.twilio import near_sid

# Where Amazon API Gateway and reverse proxies keep the Authorization that they took out.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html (read 2026-11-20)
KEPT_AS = (b"x-amzn-remapped-authorization", b"x-original-authorization", b"x-forwarded-authorization")
# Only a hop adds these to a request: RFC 9110 7.6.3, RFC 7239, and the older X-Forwarded-For, -Host, -Proto ...
_HOPS = {b"via": "Via", b"forwarded": "Forwarded"}
_OLDER = b"x-forwarded-"


def mark_of_hop(name: bytes) -> str:
    """How to call a request header that only a proxy or gateway adds; empty for any other."""
    lower = name[:40].lower()
    return _HOPS.get(lower, "an X-Forwarded header" if lower.startswith(_OLDER) else "")


def names_sid(case: Case) -> bool:
    """Whether Authorization holds a pair with an Account or API key SID, or nearly one: that is meant for Twilio."""
    pair = case.legible
    return pair is not None and (near_sid(pair.username) or near_sid(pair.password))


def replaced(case: Case) -> bool:
    """Whether a recording nearer to Twilio has another Authorization than this one."""
    return any(
        tap.certain and tap.had_authorization and not tap.same_value and not tap.client_side
        for tap in case.bearing.taps
    )


def as_far_as_it_went(case: Case, outcome: Outcome, settle: str) -> Outcome:
    """`outcome`, a fault of the Authorization value, as far as Twilio saw that value.

    `settle` is used where the verdict is lowered.
    """
    if not isinstance(outcome, Stands):
        return outcome
    if replaced(case):
        return RuledOut("the recording nearer to Twilio has another Authorization: this one was replaced on the way")
    if outcome.verdict is Verdict.CONFIRMED and not case.endpoint.twilio and not names_sid(case):
        return replace(outcome, verdict=Verdict.LIKELY, settle=outcome.settle or settle)
    return outcome


__all__ = ["KEPT_AS", "as_far_as_it_went", "mark_of_hop", "names_sid", "replaced"]
