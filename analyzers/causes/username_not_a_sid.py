"""What it does: looks whether the username is neither a SID nor near one: an e-mail address, a name, a phone number, a
secret.

Why it fails: Twilio looks accounts and keys up by SID. The login of the Console does not work for the API.

Cannot see: which account was meant.

Fix: put the Account SID (AC...) or an API key SID (SK...) there.

Source: https://www.twilio.com/docs/usage/requests-to-twilio; docs/facts.md 1.1 (read 2026-11-20)
"""

import re
from urllib.parse import unquote_to_bytes

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.credential import Basic, Broken, Flaw
from analyzers.findings import USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import describe
from analyzers.rules import Rule
from analyzers.twilio import Kind, core_of, kind_of, near_secret, near_sid

_SIDS = {Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID}
_SPECIAL = {Kind.EMPTY, Kind.UNSET, Kind.PLACEHOLDER}
# Flaws through which the username can still be read for certain.
_READABLE = {
    Flaw.SCHEME_REPEATED,
    Flaw.SCHEME_GLUED,
    Flaw.LINE_BREAK,
    Flaw.PADDING_MISSING,
    Flaw.URLSAFE_ALPHABET,
    Flaw.WIDE_CHARACTERS,
    Flaw.JUNK,
}
_MAIL = re.compile(rb"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(rb"\+?[0-9][0-9 ()-]{6,18}")


def check(case: Case) -> Outcome:
    """Confirmed when the username has nothing of a SID and no cause of its own speaks for it."""
    pair = case.legible
    if pair is None or not _certain(case):
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.username)
    username = pair.username[start:end]
    plain = bytes(byte for byte in unquote_to_bytes(username) if byte < 128)
    first, last = core_of(plain)
    plain = plain[first:last]
    if kind_of(plain) in _SPECIAL:
        return RuledOut("the username is empty, a placeholder or the word for a missing value")
    before, behind = core_of(pair.password)
    password = pair.password[before:behind]
    twin = plain == password
    swapped = near_secret(plain) and near_sid(password) and password[:2].upper() in {b"AC", b"SK"}
    other = kind_of(plain[:2].upper() + plain[2:]) is Kind.OTHER_SID
    if kind_of(plain) in _SIDS or other or swapped or (near_sid(plain) and not twin):
        return RuledOut("the username is a SID or near one, or the halves are swapped")
    what = _shape(username)
    return Stands(
        Verdict.CONFIRMED,
        f"The username is {what}, not an Account SID or API key SID" + (", the same as the password" if twin else ""),
        (Evidence(USERNAME, f"{what}: {describe(username)}", start=start, end=end),),
        (f"Put the Account SID (AC...) or an API key SID (SK...) there: {pair_call(case.client.name)}",),
    )


def _certain(case: Case) -> bool:
    match case.credential:
        case Basic():
            return True
        case Broken(faults=faults):
            return all(fault.flaw in _READABLE for fault in faults)
        case _:
            return False


def _shape(username: bytes) -> str:
    if _MAIL.fullmatch(username):
        return "an e-mail address"
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
