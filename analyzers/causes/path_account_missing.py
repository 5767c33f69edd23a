"""What it does: looks at the part of the path behind /Accounts/: it must be an Account SID, and is empty, the word for
a missing value, a placeholder, misshapen, or the SID of another thing.

Why it fails: Twilio cannot tell which account is meant. It answers 401, or 404 with 20404, even for a good pair.

Cannot see: an Account SID of the right form that is the wrong one.

Fix: print the Account SID just before the URL is built. With a helper library, give it to the constructor.

Source: https://github.com/twilio/twilio-php/issues/266; docs/facts.md 0 and 1.3 (read 2026-11-20)
"""

import re
from urllib.parse import unquote_to_bytes

from analyzers.building import GOOD, MESSAGES, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import TARGET, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import weighed_path
from analyzers.placeholders import is_placeholder, is_unset
from analyzers.rules import Rule
from analyzers.twilio import ACCOUNT_SID, HEX_32, Kind, core_of, kind_of, sid_kind

# Resources below an account; one of these behind /Accounts/ means that the account was left out altogether.
_RESOURCE = re.compile(rb"(?:[A-Z][a-z]+){1,4}")


def check(case: Case) -> Outcome:
    """Confirmed when a segment behind /Accounts/ is no Account SID, once percent-encoding is undone."""
    endpoint = case.endpoint
    account = endpoint.account
    if account is None or not endpoint.is_classic:
        return RuledOut("the path names no account, and need not")
    plain = unquote_to_bytes(account)
    if ACCOUNT_SID.fullmatch(plain):
        return RuledOut("the path names an Account SID")
    what = _what(plain)
    start = endpoint.account_start
    found = Stands(
        Verdict.CONFIRMED,
        f"The path has no valid Account SID: {what}",
        (Evidence(TARGET, what, start=start, end=start + len(account)),),
        _fix(case),
    )
    return weighed_path(case, found)


def _fix(case: Case) -> tuple[str, ...]:
    first = "Put the Account SID (AC and 32 hex digits) behind /Accounts/: print it just before the URL is built"
    if case.client.helper_library:
        return (
            f"Give {case.client.name} the Account SID, from which it makes the path: {pair_call(case.client.name)}",
        )
    return (first,)


def _what(account: bytes) -> str:  # noqa: PLR0911 - one return for each form reads as the table it is
    if not account:
        return "nothing stands behind /Accounts/"
    start, end = core_of(account)
    core = account[start:end]
    if not core:
        return "nothing but blanks behind /Accounts/"
    if ACCOUNT_SID.fullmatch(core):
        return "the Account SID has extra characters around it"
    if is_unset(core):
        return "the word for a missing value stands in its place"
    if is_placeholder(account) or is_placeholder(core):
        return "a placeholder stands in its place"
    if kind_of(core) in {Kind.KEY_SID, Kind.OTHER_SID}:
        return f"the SID of another thing stands there ({sid_kind(core)})"
    if _RESOURCE.fullmatch(core):
        return "the account was left out, and another part of the path stands in its place"
    if core[:2].upper() == b"AC":
        return f"what stands there has {len(core)} characters and is not AC and 32 hex digits"
    if HEX_32.fullmatch(core):
        return "32 hex digits without the AC prefix, or a secret, stand there"
    return f"{len(core)} characters that are no SID stand there"


RULE = Rule(
    slug="path-account-missing",
    title="The path has no valid Account SID",
    check=check,
    page=__doc__ or "",
    settle="look at the path behind /Accounts/",
    hit=lambda: (refused(GOOD, path=MESSAGES % b"None", status=404, code=20404, message="was not found"),),
    miss=lambda: (refused(GOOD, path=b"/2010-04-01/Accounts.json", method="GET"),),
)
