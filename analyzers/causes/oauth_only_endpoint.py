"""What it does: looks for Basic credentials at the APIs of an organization, Organizations and SCIM, which stand at the
hosts iam.twilio.com and preview-iam.twilio.com.

Why it fails: these APIs take nothing but an access token of an OAuth app that belongs to the organization. An Account
SID with its Auth Token and API keys of every kind are refused, however good they are elsewhere.

Cannot see: whether the organization has such an app, and whether its scopes suffice.

Fix: create an OAuth app in the organization's settings, fetch an access token with its client id and secret, and send
that after Bearer. Account OAuth apps (/v1/Account/OAuthApps) are another matter: they take Basic too.

Source: https://www.twilio.com/docs/iam/oauth-apps/org-oauth-apps; https://www.twilio.com/docs/iam/scim;
https://www.twilio.com/docs/iam/access-control/role-resource; docs/facts.md 4.1 (read 2026-11-20)
"""

import re

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import BASIC, BEARER, Broken, scheme_of
from analyzers.findings import AUTHORIZATION, TARGET, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.twilio import gate_of

_REFUSALS = frozenset({401, 403})
# https://preview-iam.twilio.com/Organizations/{OrganizationSid}/...: twilio_iam_organizations.json of twilio-oai
# https://iam.twilio.com/v2/Organizations/...: docs:/iam/access-control/role-resource; /scim/v2/...: docs:/iam/scim
# (read 2026-11-20)
_DOCUMENTED = {
    "preview-iam": re.compile(rb"/+Organizations(?:/|\Z)"),
    "iam": re.compile(rb"/+(?:v2/+Organizations(?:/|\Z)|scim/+v2/)"),
}
# Named in twilio_iam_v1.json without a word on who may call it.
_UNDOCUMENTED = re.compile(rb"/+v1/+Organizations?/")
_STEPS = (
    "Fetch a token: POST https://oauth.twilio.com/v2/token with client id and secret of the organization's OAuth app",
    "Send it as Authorization: Bearer <token>; it lives an hour unless the app says otherwise",
    "Without such an app: the organization's settings in the Console, API access, Create OAuth application",
)


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Confirmed for Basic at a documented Organization or SCIM resource that Twilio refused."""
    product, path = case.endpoint.product, case.endpoint.path
    documented = product in _DOCUMENTED and _DOCUMENTED[product].match(path) is not None
    if not documented and not (product == "iam" and _UNDOCUMENTED.match(path)):
        return RuledOut("the path is no Organization or SCIM resource")
    if not case.credentials:
        return _without_header(case)
    scheme = _scheme(case)
    if scheme == BEARER:
        return RuledOut("a Bearer token was sent, as this endpoint wants it")
    if scheme != BASIC:
        return Unknown()
    if gate_of(case.text):
        return RuledOut("Twilio's text says that the credentials are good")
    if product == "preview-iam" and case.vouched:  # nothing else is served there
        return RuledOut(case.vouched)
    answer = case.answer
    sure = documented and answer is not None and answer.by_twilio and answer.status in _REFUSALS
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        "This API of the organization accepts OAuth access tokens only, and Basic credentials were sent",
        (_place(), Evidence(AUTHORIZATION, "the scheme is Basic")),
        _STEPS,
        None if sure else RULE.settle,
    )


def _without_header(case: Case) -> Outcome:
    if case.absence is Verdict.UNKNOWN:
        return Unknown()
    says = "This API of the organization accepts OAuth access tokens only: Basic credentials would be refused too"
    return Stands(Verdict.POSSIBLE, says, (_place(),), _STEPS, RULE.settle)


def _place() -> Evidence:
    return Evidence(TARGET, "the path is an Organization or SCIM resource")


def _scheme(case: Case) -> bytes:
    """The scheme in lower case; Basic too for a pair that only lacks the word."""
    credential = case.credential
    if isinstance(credential, Broken) and credential.scheme is None and credential.pair is not None:
        return BASIC
    return (scheme_of(credential) or b"").lower() if credential is not None else b""


RULE = Rule(
    slug="oauth-only-endpoint",
    title="This endpoint accepts only OAuth",
    check=check,
    page=__doc__ or "",
    settle="look whether the path is an Organization or SCIM resource",
    hit=lambda: (
        refused(
            GOOD,
            host="preview-iam.twilio.com",
            path=b"/Organizations/OR00112233445566778899aabbccddeeff/scim/Users",
            method="GET",
        ),
    ),
    miss=lambda: (refused(GOOD, host="iam.twilio.com", path=b"/v1/Account/OAuthApps"),),
)
