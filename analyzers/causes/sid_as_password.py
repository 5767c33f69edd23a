"""What it does: looks whether the password is a SID.

Why it fails: a SID names a thing and proves nothing; the password must be the Auth Token or an API key's secret.

Cannot see: where the real secret is. An API key's secret is shown only once, when the key is made.

Fix: copy the Auth Token from the Console, or make a new API key and keep the secret that is shown then.

Source: https://www.twilio.com/docs/iam/api-keys (read 2026-11-20); docs/facts.md 2.1
"""

from analyzers.building import KEY, KEY_SECRET, SID, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.findings import PASSWORD, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.twilio import SID as SID_FORM
from analyzers.twilio import Kind, core_of, kind_of, sid_kind


def check(case: Case) -> Outcome:
    """Confirmed when the password has the form of a SID."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.password)
    password = pair.password[start:end]
    if not SID_FORM.fullmatch(password):
        return RuledOut("the password is no SID")
    first, last = core_of(pair.username)
    username = pair.username[first:last]
    twice = ", the same as the username" if username == password else ""
    key = kind_of(username) is Kind.KEY_SID
    found = Stands(
        Verdict.CONFIRMED,
        f"The password is a SID ({sid_kind(password)}){twice}; the secret belongs there",
        (Evidence(PASSWORD, f"{mask_sid(password)}, SID of: {sid_kind(password)}", start=start, end=end),),
        (
            f"Put the API key's secret there: {key_call(case.client.name)}"
            if key
            else f"Put the Auth Token there: {pair_call(case.client.name)}",
            "The secret is shown only once, when the key is made; if it is lost, make a new key"
            if key
            else "The Auth Token stands below the Account SID in the Console",
        ),
    )
    return weighed_half(case, found)


RULE = Rule(
    slug="sid-as-password",
    title="The password is a SID",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look at the password",
    hit=lambda: (refused(basic(SID, SID)),),
    miss=lambda: (refused(basic(KEY, b"AC" + KEY_SECRET[2:])),),
)
