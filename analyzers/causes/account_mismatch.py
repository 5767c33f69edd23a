"""What it does: compares the account that logs in with the account in the path, and looks in the rest of the capture
for how the two belong together.

Why it fails: a pair reaches its own account, and a main account's SID with its Auth Token its subaccounts besides. It
reaches no parent, no sibling and no stranger. Twilio answers 401 or 404.

Cannot see: who owns an account, unless its Account resource was read in this capture. A main account that calls its own
subaccount with an outdated token looks the same.

Fix: give the pair of the account in the path, or the path of the pair's account.

Source: https://www.twilio.com/docs/iam/api/subaccounts; https://www.twilio.com/docs/api/errors/20003 (read 2026-11-20);
docs/facts.md 5 and 9.2 (the path's account is given on purpose)
"""

from analyzers.building import GOOD, MESSAGES, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import HISTORY, TARGET, USERNAME, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.sightings import blames_credentials, here, rivals_here, successes, text_unread, when
from analyzers.twilio import ACCOUNT_SID, Kind, kind_of

# The answer for a list of an account that the caller may not see, as for any other missing resource: docs/facts.md 1.6
_NOT_FOUND = (404, 20404)


def check(case: Case) -> Outcome:
    """Likely when the two differ; confirmed when this capture shows that the one may not call the other."""
    pair, account = case.pair, case.endpoint.account
    if pair is None:
        return Unknown()
    if account is None or not case.endpoint.is_classic or not ACCOUNT_SID.fullmatch(account):
        return RuledOut("the path names no account")
    if any(one.account == account for one in (*successes(case), *case.bearing.rivals)):
        return RuledOut("the same username was accepted on this account in this capture")
    match kind_of(pair.username):
        case Kind.ACCOUNT_SID:
            return _of_account(case, pair.username, account)
        case Kind.KEY_SID:
            return _of_key(case, account)
        case _:
            return Unknown()


def _of_account(case: Case, username: bytes, account: bytes) -> Outcome:
    if username.lower() == account.lower():
        return RuledOut("the path names the account that logs in")
    if case.bearing.path_owner == username:
        return RuledOut("the account in the path is a subaccount of the one that logs in, which may call it")
    if not _refused(case):
        return Unknown()
    kin = _kinship(case, username, account)
    apart = _apart(case, username)
    sure = bool(kin or apart) and not text_unread(case)
    a, b = mask_sid(username), mask_sid(account)
    says = kin or f"The pair of {a} was sent to a path of {b}: only a parent may call another account, its subaccount"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The pair of {a} works on its own path, not on that of {b}, which has a pair of its own" if apart else says,
        (
            Evidence(USERNAME, f"{a} logs in", start=0, end=len(username)),
            _path_evidence(case, account),
            *apart,
        ),
        (
            f"Send the pair of the account in the path: {pair_call(case.client.name)}",
            f"Or call the path of {a}: leave away the account that was given beside the pair",
        ),
        None if sure else RULE.settle,
    )


def _of_key(case: Case, account: bytes) -> Outcome:
    """A key that works on another account, which is known not to be the parent of the one in the path."""
    others = [one for one in here(case) if one.account is not None]
    owner = case.bearing.path_owner
    if owner is None or not others or owner in {one.account for one in others} or not _refused(case):
        return Unknown()
    home = mask_sid(others[0].account or b"")
    return Stands(
        Verdict.LIKELY,
        f"This key works on {home}; the path names {mask_sid(account)}, which does not belong to it",
        (
            Evidence(HISTORY, f"the same key was accepted on {home}{when(others[0])}", others[0].index),
            _path_evidence(case, account),
        ),
        (f"Name the key's own account, {home}, in the path", "Or use a key that was made in the account of the path"),
        "look in the Console in which account this key was made",
    )


def _refused(case: Case) -> bool:
    """A refusal of credentials, or a 404 for a list of the account, which every account has."""
    answer = case.answer
    if answer is None or (answer.status, answer.code) != _NOT_FOUND:
        return blames_credentials(case) or text_unread(case)
    return answer.by_twilio and case.endpoint.is_list and case.endpoint.path.decode("latin-1") in case.text


def _kinship(case: Case, username: bytes, account: bytes) -> str:
    """What Account resources of this capture prove about the two; empty where they allow the call, or are not seen."""
    a, b = mask_sid(username), mask_sid(account)
    of_user, of_path = case.bearing.username_owner, case.bearing.path_owner
    if of_user == account:
        return f"The pair of subaccount {a} was sent to a path of its parent {b}: a subaccount reaches only itself"
    if of_user is not None and of_user != username:
        return f"The pair of subaccount {a} was sent to a path of {b}: a subaccount reaches only itself"
    if of_path is not None:
        return f"The pair of {a} was sent to a path of {b}, which is none of its subaccounts"
    return ""


def _apart(case: Case, username: bytes) -> tuple[Evidence, ...]:
    """Both accounts at work, each with its own pair; nothing where another secret makes this one doubtful."""
    own = next((one for one in here(case) if one.account == username), None)
    other = case.bearing.path_account_works
    if own is None or other is None or rivals_here(case):
        return ()
    return (
        Evidence(HISTORY, f"the same pair was accepted on its own path{when(own)}", own.index),
        Evidence(HISTORY, f"the account in the path was called with a pair of its own{when(other)}", other.index),
    )


def _path_evidence(case: Case, account: bytes) -> Evidence:
    start = case.endpoint.account_start
    known = case.bearing.path_owner or case.bearing.username_owner
    kin = "; an Account resource in this capture tells who owns whom" if known else ""
    return Evidence(TARGET, f"the path names {mask_sid(account)}{kin}", start=start, end=start + len(account))


RULE = Rule(
    slug="account-mismatch",
    title="The credential's account is not the account in the path",
    check=check,
    page=__doc__ or "",
    settle="which account owns the path SID? (GET /2010-04-01/Accounts/{path SID}.json with the parent's pair)",
    hit=lambda: (
        accepted(GOOD, method="GET"),
        accepted(basic(OTHER_SID, TOKEN[::-1]), path=MESSAGES % OTHER_SID, method="GET", at=1),
        refused(GOOD, path=MESSAGES % OTHER_SID, at=2),
    ),
    miss=lambda: (
        accepted(GOOD, path=MESSAGES % OTHER_SID),
        refused(GOOD, path=MESSAGES % OTHER_SID, at=60),
        refused(basic(SID, TOKEN), at=61),
    ),
)
