"""What it does: looks for a host of the form <product>.<region>.twilio.com with a region other than us1.

Why it fails: Twilio ended this form on 2026-04-28. The name no longer resolves, its certificate does not fit, or what
still answers refuses. A helper library that is given a region and no edge still builds it.

Cannot see: which region the account's data are in.

Fix: name an edge too (<product>.<edge>.<region>.twilio.com, for example api.dublin.ie1.twilio.com), and use credentials
that were made in that region; or leave both away for us1. Until the end, the old form was served by us1 whatever it
said, so a pair that used to work there is a us1 pair.

Source: https://www.twilio.com/docs/global-infrastructure/api-domain-migration-guide; docs/facts.md 3.3 (read
2026-11-20)
"""

from email.utils import parsedate_to_datetime

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.findings import REQUEST_HEADERS, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.rules import Rule
from analyzers.twilio import DEAD_REGIONS

# 2026-04-28 00:00 UTC, in seconds since the Unix epoch: changelog of 2026-02-04 (read 2026-11-20)
_END = 1777334400.0
# The edge that the migration guide names for each region; the others were edges only and are served by us1.
_EDGES = {"ie1": "dublin", "au1": "sydney"}
# Hosts of client SDKs and media keep the short form: docs/facts.md 3.1 (read 2026-11-20)
_NOT_REST = frozenset({"mcs", "ecs", "cds", "event-bridge", "tls-test", "mms", "media"})


def check(case: Case) -> Outcome:
    """Confirmed for the dead form; likely where the recording is older than its end."""
    endpoint = case.endpoint
    dead = endpoint.twilio and endpoint.region_named and endpoint.edge is None and endpoint.region in DEAD_REGIONS
    if not dead or endpoint.product in _NOT_REST:
        return RuledOut("the host is not of the form that was ended")
    if case.vouched:
        return RuledOut(f"this host still answers: {case.vouched}")
    product, region = endpoint.product[:24], endpoint.region
    when = _time(case)
    before = when is not None and when < _END
    says = f"Twilio ended the host form {product}.{region}.twilio.com on 2026-04-28"
    if before:
        says = f"The host form {product}.{region}.twilio.com was about to end: us1 served it whatever its name said"
    edge = _EDGES.get(region)
    return Stands(
        Verdict.LIKELY if before else Verdict.CONFIRMED,
        says,
        (Evidence(REQUEST_HEADERS, f"the host names the region {region} and no edge"),),
        (
            f"Use {product}.{edge}.{region}.twilio.com: set edge {edge} beside region {region}"
            if edge
            else f"Use {product}.twilio.com: {region} was never a processing region",
            "Credentials belong to one region: a pair that worked on the old host was made in us1",
        ),
        RULE.settle if before else None,
    )


def _time(case: Case) -> float | None:
    if case.exchange.started_at is not None:
        return case.exchange.started_at
    response = case.exchange.response
    date = response.first(b"date") if response else None
    try:
        return parsedate_to_datetime((date or b"").decode("latin-1")).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


RULE = Rule(
    slug="dead-regional-host",
    title="The host form api.<region>.twilio.com no longer exists",
    check=check,
    page=__doc__ or "",
    settle="look at the host name: api.<edge>.<region>.twilio.com is the form that exists",
    hit=lambda: (refused(GOOD, host="api.ie1.twilio.com"),),
    miss=lambda: (refused(GOOD, host="api.us1.twilio.com"),),
)
