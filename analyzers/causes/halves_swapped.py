"""What it does: looks whether the username is shaped like a secret while the password is an Account or API key SID.

Why it fails: Twilio looks the username up as a SID. Constructors take two strings in a row, so nothing complains when
they are given the wrong way round.

Cannot see: a swap in which neither half has the shape that Twilio issues.

Fix: give the SID first and the secret second. Replace the secret too when the request was logged: user names are often
written to logs in clear text.

Source: https://www.twilio.com/docs/api/errors/20003; docs/facts.md 2.1 (read 2026-11-20)
"""

import re

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.findings import PASSWORD, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.masking import describe
from analyzers.rules import Rule
from analyzers.twilio import API_KEY_SECRET, Kind, core_of, kind_of, near_secret, sid_kind

_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID}
_NEARLY_A_SID = re.compile(rb"(?:AC|SK)[0-9a-f]{26,40}", re.IGNORECASE)


def check(case: Case) -> Outcome:
    """Confirmed for a 32-character secret before a SID; likely when one of them is only nearly shaped so."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.username)
    username = pair.username[start:end]
    first, last = core_of(pair.password)
    password = pair.password[first:last]
    exact = kind_of(password) in _SIDS
    if not exact and not _NEARLY_A_SID.fullmatch(password):
        return RuledOut("the password is no SID")
    if not near_secret(username):
        return RuledOut("the username is not shaped like a secret")
    if username == password[2:]:
        return RuledOut("the username is the same SID without its prefix, not a secret")
    sure = exact and API_KEY_SECRET.fullmatch(username) is not None
    kind = sid_kind(password.upper())
    found = Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The halves are swapped: the {kind} SID stands as the password and the secret as the username",
        (
            Evidence(USERNAME, f"{describe(username)}, the shape of a secret", start=0, end=len(pair.username)),
            Evidence(PASSWORD, f"shaped like an {kind} SID", start=0, end=len(pair.password)),
        ),
        (
            f"Exchange the two: {_call(case.client.name, password)}",
            "Replace the secret if the username was written to a log",
        ),
        None if sure else RULE.settle,
    )
    return weighed_half(case, found)


def _call(client: str, sid: bytes) -> str:
    return key_call(client) if sid[:2].upper() == b"SK" else pair_call(client)


RULE = Rule(
    slug="halves-swapped",
    title="Account SID and secret are swapped",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and see which half starts with AC",
    explains=frozenset({"sid-misshapen", "token-misshapen", "sid-as-password", "path-account-missing"}),
    hit=lambda: (refused(basic(TOKEN, SID)),),
    miss=lambda: (refused(basic(SID[2:], SID)),),
)
