"""What it does: looks whether the username is a well-formed SID of something that cannot log in: a Messaging Service, a
Verify service, a phone number ...

Why it fails: only an Account SID (AC...) or an API key SID (SK...) is a username. All SIDs have 34 characters and are
easily copied from the wrong page.

Cannot see: whether the password belongs to the account or to a key.

Fix: put the Account SID or the API key SID there; the SID that stands there now belongs in a parameter or in the path.

Source: https://www.twilio.com/docs/glossary/what-is-a-sid; https://github.com/twilio/twilio-csharp/issues/414 (read
2026-11-20)
"""

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.twilio import SID_KINDS, Kind, core_of, kind_of, sid_kind

# The client id of an OAuth app logs in nowhere but at the token endpoint: docs/facts.md 4.1 and 6.1 (read 2026-11-20)
_APP = b"OQ"
_KEEP_APP = "Or use the OAuth app: POST its client id and secret to oauth.twilio.com/v2/token, then send Bearer"


def check(case: Case) -> Outcome:
    """Confirmed when the username has a SID's form and another prefix than AC or SK."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.username)
    username = pair.username[start:end]
    if username[:2].islower() and username[:2].upper() in SID_KINDS:
        username = username[:2].upper() + username[2:]
    if kind_of(username) is not Kind.OTHER_SID:
        return RuledOut("the username is no SID of another kind")
    app = username.startswith(_APP)
    if app and case.endpoint.is_token_endpoint:
        return RuledOut("an OAuth token endpoint takes the client id of an app")
    kind = sid_kind(username)
    found = Stands(
        Verdict.CONFIRMED,
        f"The username is the SID of another thing ({kind}); only an Account SID or API key SID can log in",
        (Evidence(USERNAME, f"{mask_sid(username)}, SID of: {kind}", start=start, end=end),),
        (
            f"Put the Account SID (AC...) there: {pair_call(case.client.name)}",
            _KEEP_APP if app else "Keep this SID for the parameter or the path that asks for it",
        ),
    )
    return weighed_half(case, found)


RULE = Rule(
    slug="wrong-kind-of-sid",
    title="The username is a SID of another kind",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and read the first two letters of the username",
    explains=frozenset({"path-account-missing"}),
    hit=lambda: (refused(basic(b"MG" + SID[2:], TOKEN)),),
    miss=lambda: (refused(basic(b"SK" + SID[2:].upper(), TOKEN)),),
)
