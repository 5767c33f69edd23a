"""What it does: compares a username that was meant as an Account or API key SID with the form of one: AC or SK in
capitals and 32 hex digits, 34 characters in all. It says what differs and where.

Why it fails: a lost, doubled or mistyped character makes another SID, which does not exist.

Cannot see: a wrong hex digit at a place where a hex digit belongs.

Fix: copy the SID once more from the Console, whole, instead of typing it.

Source: https://www.twilio.com/docs/glossary/what-is-a-sid; twilio_api_v2010.json of twilio-oai (read 2026-11-20)
"""

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.findings import USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import weighed_half
from analyzers.lookalikes import plain_of
from analyzers.rules import Rule
from analyzers.twilio import HEX_32, SID_LENGTH, Kind, core_of, kind_of, near_sid
from analyzers.vendors import foreign

_HEX = frozenset(b"0123456789abcdefABCDEF")


def check(case: Case) -> Outcome:
    """Confirmed when the username is nearly an AC or SK SID, but is none."""
    pair = case.legible
    if pair is None:
        return Unknown()
    if case.vouched:
        return RuledOut(case.vouched)
    start, end = core_of(pair.username)
    username = plain_of(pair.username)
    if kind_of(username) in {Kind.ACCOUNT_SID, Kind.KEY_SID}:
        return RuledOut("the username has the form of a SID")
    if kind_of(username) in {Kind.PLACEHOLDER, Kind.UNSET} or not near_sid(username) or foreign(username):
        return RuledOut("the username was not meant as an Account or API key SID")
    if HEX_32.fullmatch(username) and not _begins_with_prefix(username):
        first, last = core_of(pair.password)
        password = pair.password[first:last]
        swapped = password[:2].upper() in {b"AC", b"SK"} and near_sid(password) and password[2:] != username
        if swapped or username == password:
            return RuledOut("the username is shaped like a secret, not like a SID without its prefix")
        faults = ["32 hex digits without the AC prefix"]
    else:
        faults = _faults(username)
    found = Stands(
        Verdict.CONFIRMED,
        f"The username is not shaped like a SID: {', '.join(faults)}",
        (Evidence(USERNAME, ", ".join(faults), start=start, end=end),),
        ("Copy the SID once more from the Console: AC (or SK for an API key) and 32 hex digits, 34 characters",),
    )
    return weighed_half(case, found)


def _begins_with_prefix(username: bytes) -> bool:
    """Whether AC stands out as a prefix: both are hex digits too, but capitals before small ones are no accident."""
    return username[:2] == b"AC" and username[2:] != username[2:].upper()


def _faults(username: bytes) -> list[str]:
    faults: list[str] = []
    if not username[:2].isupper():
        faults.append("the prefix is lower-case")
    length = len(username)
    if length < SID_LENGTH:
        missing = SID_LENGTH - length
        faults.append(f"{length} characters, {'one is' if missing == 1 else f'{missing} are'} missing")
    elif length > SID_LENGTH:
        over = length - SID_LENGTH
        faults.append(f"{length} characters, {'one' if over == 1 else over} too many")
    odd = [place for place, byte in enumerate(username, 1) if place > 2 and byte not in _HEX]
    if len(odd) == 1:
        faults.append(f"a character that is no hex digit at position {odd[0]}")
    elif odd:
        faults.append(f"{len(odd)} characters that are no hex digits, the first at position {odd[0]}")
    return faults


RULE = Rule(
    slug="sid-misshapen",
    title="The SID is not shaped like a SID",
    check=check,
    page=__doc__ or "",
    settle="decode the Authorization value and count the characters of the username",
    explains=frozenset({"path-account-missing"}),
    hit=lambda: (refused(basic(SID[:-1], TOKEN)),),
    miss=lambda: (refused(basic(b"AC" + SID[2:].upper(), TOKEN)),),
)
