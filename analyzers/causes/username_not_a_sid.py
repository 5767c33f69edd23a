"""What it does: looks whether the username is neither a SID nor near one: an e-mail address, a name, a phone number, a
secret.

Why it fails: Twilio looks accounts and keys up by SID. The login of the Console does not work for the API.

Cannot see: which account was meant.

Fix: put the Account SID (AC...) or an API key SID (SK...) there.

Source: https://www.twilio.com/docs/usage/requests-to-twilio; docs/facts.md 1.1 (read 2026-11-20)
"""

import re

from analyzers.base64_text import is_token
from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import is_readable, weighed_half
from analyzers.lookalikes import plain_of
from analyzers.masking import describe
from analyzers.placeholders import is_overwritten
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of, near_secret, near_sid
from analyzers.vendors import foreign, is_mail_address

_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}
_SPECIAL = {Kind.EMPTY, Kind.UNSET, Kind.PLACEHOLDER}
_PHONE = re.compile(rb"\+?[0-9][0-9 ()-]{6,18}")


def check(case: Case) -> Outcome:
    """Confirmed when the username has nothing of a SID and no cause of its own speaks for it."""
    pair = case.legible
    if pair is None or not is_readable(case):
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.username)
    username = pair.username[start:end]
    plain = plain_of(pair.username)
    if kind_of(plain) in _SPECIAL:
        return RuledOut("the username is empty, a placeholder or the word for a missing value")
    before, behind = core_of(pair.password)
    password = pair.password[before:behind]
    twin = plain == password
    swapped = near_secret(plain) and near_sid(password) and password[:2].upper() in {b"AC", b"SK"}
    other = kind_of(plain[:2].upper() + plain[2:]) is Kind.OTHER_SID
    near = near_sid(plain) and not twin and foreign(plain) is None
    if kind_of(plain) in _SIDS or other or swapped or near:
        return RuledOut("the username is a SID or near one, or the halves are swapped")
    if settle := _in_doubt(case, username, password):
        return Unknown(settle)
    what = _shape(plain)
    found = Stands(
        Verdict.CONFIRMED,
        f"The username is {what}, not an Account SID or API key SID" + (", the same as the password" if twin else ""),
        (Evidence(USERNAME, f"{what}: {describe(username)}", start=start, end=end),),
        (f"Put the Account SID (AC...) or an API key SID (SK...) there: {pair_call(case.client.name)}",),
    )
    return weighed_half(case, found)


def _in_doubt(case: Case, username: bytes, password: bytes) -> str:
    """What would show the username that Twilio got, where this one need not be it; empty where it is."""
    if is_overwritten(username):
        return "capture live: the username seems to be written over in this recording"
    if not case.endpoint.twilio and not near_sid(password):
        return "capture behind the host that was addressed: it may send another pair on to Twilio"
    if is_token(password):
        return "see whether this resource takes a token as the password, beside a fixed word as the username"
    return ""


def _shape(username: bytes) -> str:
    if is_mail_address(username):
        return "an e-mail address"
    if (other := foreign(username)) is not None:
        return f"shaped like a credential of {other.vendor}"
    if _PHONE.fullmatch(username):
        return "a phone number"
    return "shaped like a secret" if near_secret(username) else "a name or word"


RULE = Rule(
    slug="username-not-a-sid",
    title="The username is no SID at all",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and look at the username",
    explains=frozenset({"path-account-missing"}),
    hit=lambda: (refused(basic(b"billing", TOKEN)),),
    miss=lambda: (refused(basic(SID[:-1], TOKEN)),),
)
