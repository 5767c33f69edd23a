"""What it does: looks for the same credential at work in another region of Twilio's. Without that, it points at a host
outside us1 that refused well-formed credentials, and at a Bearer token there.

Why it fails: Auth Tokens and API keys are valid only in the region where they were made, although the Account SID is
the same everywhere. OAuth apps and Restricted keys exist in us1 only.

Cannot see: where a credential was made, unless some region accepts it. At a us1 host without that it says nothing: us1
is the default, so nothing about such a request is special.

Fix: send the request to a host of the credential's region, or use credentials made in the region of the host.

Source: https://www.twilio.com/docs/global-infrastructure/manage-regional-api-credentials;
https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region (read 2026-11-20);
docs/facts.md 3.3 and 3.4
"""

from analyzers.bearing import Sighting
from analyzers.building import GOOD, accepted, refused
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.endpoint import DEFAULT_REGION
from analyzers.findings import HISTORY, REQUEST_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.sightings import (
    blames_credentials,
    elsewhere,
    expired,
    here,
    refused_plainly,
    region_of,
    rivals_here,
    shown_host,
    text_unread,
    well_sent,
    well_shaped,
    when,
)
from analyzers.twilio import NOT_API_HOSTS, PROCESSING_REGIONS, Kind, kind_of

# How each client is given a region and an edge: docs/facts.md 3.2 (read 2026-11-20)
_SETTING = {
    "twilio-python": 'Client(..., region="{region}", edge="{edge}"), or TWILIO_REGION and TWILIO_EDGE',
    "twilio-node": "twilio(..., {{ region: '{region}', edge: '{edge}' }}), or TWILIO_REGION and TWILIO_EDGE",
    "twilio-java": 'Twilio.setRegion("{region}") and Twilio.setEdge("{edge}"), or TWILIO_REGION and TWILIO_EDGE',
    "twilio-csharp": 'TwilioClient.SetRegion("{region}") and TwilioClient.SetEdge("{edge}")',
    "twilio-ruby": "client.region = '{region}' and client.edge = '{edge}'",
    "twilio-php": "TWILIO_REGION={region} and TWILIO_EDGE={edge}",
    "twilio-go": 'client.SetRegion("{region}") and client.SetEdge("{edge}"), or TWILIO_REGION and TWILIO_EDGE',
    "twilio-cli": "`twilio login --region {region} --edge {edge}`",
}
_CONSOLE = "the Console shows tokens and keys by region"
_EDGES = {"ie1": "dublin", "au1": "sydney"}


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Confirmed when another region accepts the credential and this one does not; likely outside us1."""
    endpoint = case.endpoint
    if not case.credentials or not endpoint.twilio or not endpoint.product or endpoint.product in NOT_API_HOSTS:
        return RuledOut("no credentials were sent to a host of the REST API")
    if here(case):
        return RuledOut("this region accepted the same credentials in this capture")
    bearer = isinstance(case.credential, Bearer)
    told = blames_credentials(case) or (bearer and refused_plainly(case))
    if not (told or text_unread(case)) or not well_sent(case):
        return Unknown()
    region = endpoint.serving_region
    if region not in PROCESSING_REGIONS or (bearer and not _in_time(case)):
        return Unknown()
    if others := elsewhere(case):
        return _settled(case, others[0], region, sure=told)
    if not told or region == DEFAULT_REGION or rivals_here(case):
        return Unknown()
    if bearer:
        return _outside(case, region, f"OAuth tokens are accepted in us1 only, and this host is in {region}")
    key = case.pair is not None and kind_of(case.pair.username) is Kind.KEY_SID
    if not well_shaped(case) or (key and case.endpoint.needs_main_key):
        return Unknown()
    says = f"This host takes only credentials made in {region}; these are well-formed and may be of us1"
    return _outside(case, region, says, f"Or use credentials that were made in {region}: {_CONSOLE}")


def _settled(case: Case, other: Sighting, region: str, *, sure: bool) -> Stands:
    home, host = region_of(other), shown_host(other.host)
    old = "" if other.region == home else f"; {home} served that old host name"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"These credentials belong to region {home}: {host} accepts them, this host is in {region}",
        (
            Evidence(HISTORY, f"the same credentials were accepted in {home}{when(other)}{old}", other.index),
            Evidence(REQUEST_HEADERS, f"the host of this request is in {region}"),
        ),
        (_move(case, home), f"Or use credentials that were made in {region}: {_CONSOLE}"),
        None if sure else "read the text of Twilio's answer: 'Authenticate' leaves no other reading",
    )


def _outside(case: Case, region: str, says: str, *more: str) -> Stands:
    return Stands(
        Verdict.LIKELY,
        says,
        (Evidence(REQUEST_HEADERS, f"the host of this request is in {region}"),),
        (_move(case, DEFAULT_REGION), *more),
        RULE.settle if more else f"try the token on {_host(case, DEFAULT_REGION)}",
    )


def _in_time(case: Case) -> bool:
    """Whether Bearer carries a readable token for the REST API that had not expired when Twilio answered."""
    readable = isinstance(case.credential, Bearer) and case.credential.jwt is not None
    return readable and not case.tokens[0].is_client_token and not expired(case)


def _host(case: Case, region: str) -> str:
    place = "" if region == DEFAULT_REGION else f".{_EDGES.get(region)}.{region}"
    return shown_host(f"{case.endpoint.product}{place}.twilio.com")


def _move(case: Case, region: str) -> str:
    host, setting = _host(case, region), _SETTING.get(case.client.name)
    if setting is None:
        return f"Send the request to {host}"
    if region == DEFAULT_REGION:
        return f"Send the request to {host}: leave region and edge unset, in the code and in the environment"
    return f"Send the request to {host}: {setting.format(region=region, edge=_EDGES.get(region))}"


_DUBLIN = "api.dublin.ie1.twilio.com"

RULE = Rule(
    slug="region-mismatch",
    title="The credential belongs to another Twilio Region than the host",
    check=check,
    page=__doc__ or "",
    settle="try the pair on api.twilio.com, api.dublin.ie1.twilio.com and api.sydney.au1.twilio.com",
    hit=lambda: (accepted(GOOD, host=_DUBLIN), refused(GOOD, at=12)),
    miss=lambda: (accepted(GOOD, host=_DUBLIN), accepted(GOOD), refused(GOOD, at=12)),
)
