"""What it does: looks whether exactly one half of the pair is empty or the word for a missing value (None, undefined,
null, nil, false).

Why it fails: Twilio needs both halves. An empty half is encoded into a perfectly valid header.

Cannot see: whether the variable is unset, set to nothing, or read under another name.

Fix: set the missing half where the sending process reads it, and look for a misspelt variable name.

Source: https://www.twilio.com/docs/usage/requests-to-twilio; docs/facts.md 2.2 and 9.2; docs/clients.md 10 (read or
measured 2026-11-20)
"""

from analyzers.building import KEY, KEY_SECRET, SID, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.credential import Flaw, fault_of
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.rules import Rule
from analyzers.twilio import core_of, is_void


def check(case: Case) -> Outcome:
    """Confirmed when one half is void and the other is not."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    username, password = is_void(pair.username), is_void(pair.password)
    if username == password:
        return RuledOut("both halves are empty" if username else "both halves have a value")
    if password and case.credential and fault_of(case.credential, Flaw.PADDING_WRONG, Flaw.JUNK):
        return Unknown("mend the encoding first: what follows the base64 may be the password")
    if case.absence is Verdict.UNKNOWN and not (pair.username and pair.password):
        return Unknown("capture live: this export had its credentials removed")
    where, name, half = (USERNAME, "username", pair.username) if username else (PASSWORD, "password", pair.password)
    start, end = core_of(half)
    what = "empty" if start == end else "the word for a missing value, not a credential"
    found = Stands(
        Verdict.CONFIRMED,
        f"The {name} is {what}",
        (Evidence(where, what, start=0, end=len(half)),),
        (
            f"Set the {name} in the process that sends the request: its variable is unset, empty or misspelt",
            f"Give both halves: {pair_call(case.client.name)}",
        ),
    )
    return weighed_half(case, found)


RULE = Rule(
    slug="half-empty",
    title="The username or the password is empty",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and see whether a half is empty",
    hit=lambda: (refused(basic(SID, b"")),),
    miss=lambda: (refused(basic(KEY, KEY_SECRET)),),
)
