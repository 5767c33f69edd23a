"""What it does: looks for an API key that this capture shows at work on one account, and refused on another.

Why it fails: an API key belongs to the account in which it was made. The main account's SID with its Auth Token may
call its subaccounts; a key of the main account may not.

Cannot see: the account of a key, unless a request shows it; nor which accounts belong together, unless an Account
resource was read. Even then one reading is left, because Twilio's pages disagree: one closes subaccounts to all keys of
the main account, another gives a Main key the reach of the Auth Token.

Fix: make a key in the subaccount, or call the subaccount's path with the main Account SID and its Auth Token.

Source: https://www.twilio.com/docs/iam/api/subaccounts; https://github.com/twilio/twilio-csharp/issues/577 and
https://github.com/estuary/connectors/issues/4441 (read 2026-11-20); docs/facts.md 4.2 and 5
"""

from analyzers.bearing import Sighting
from analyzers.building import KEY, KEY_SECRET, MESSAGES, OTHER_SID, accepted, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call
from analyzers.findings import HISTORY, TARGET, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.sightings import blames_credentials, here, successes, text_unread, when
from analyzers.twilio import ACCOUNT_SID, Kind, kind_of


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Likely when the same key was accepted on another account in the same region; never more."""
    pair, account = case.pair, case.endpoint.account
    if pair is None or kind_of(pair.username) is not Kind.KEY_SID:
        return RuledOut("no API key was sent")
    if account is None or not case.endpoint.is_classic or not ACCOUNT_SID.fullmatch(account):
        return RuledOut("the path names no account")
    if any(one.account == account for one in successes(case)):
        return RuledOut("the same key was accepted on this account in this capture")
    owner = case.bearing.path_owner
    if owner == account:
        return RuledOut("the account in the path is a main account")
    others = [one for one in here(case) if one.account is not None]
    if owner is not None and others and owner not in {one.account for one in others}:
        return RuledOut("the account in the path does not belong to an account that accepted this key")
    if not others or not (blames_credentials(case) or text_unread(case)):
        return Unknown()
    shown = next((one for one in others if one.account == owner), others[0])
    return Stands(
        Verdict.LIKELY,
        _sentence(shown.account or b"", account, known=owner is not None),
        _evidence(case, shown, account),
        (
            f"Make a key in the subaccount and use it: {key_call(case.client.name)}",
            "Or call this path with the main Account SID and its Auth Token, and keep the subaccount in the path",
        ),
        RULE.settle,
    )


def _sentence(home: bytes, account: bytes, *, known: bool) -> str:
    if known:
        return f"A key of main account {mask_sid(home)} does not reach its subaccount {mask_sid(account)}"
    return (
        f"This key works on {mask_sid(home)}, but the path names {mask_sid(account)}: "
        "a main account's key does not reach its subaccounts"
    )


def _evidence(case: Case, shown: Sighting, account: bytes) -> tuple[Evidence, ...]:
    start = case.endpoint.account_start
    kin = "; an Account resource in this capture names its parent" if case.bearing.path_owner else ""
    return (
        Evidence(HISTORY, f"the same key was accepted on {mask_sid(shown.account or b'')}{when(shown)}", shown.index),
        Evidence(TARGET, f"the path names {mask_sid(account)}{kin}", start=start, end=start + len(account)),
    )


_PAIR = basic(KEY, KEY_SECRET)

RULE = Rule(
    slug="parent-key-on-subaccount",
    title="A main-account API key was used on a subaccount",
    check=check,
    page=__doc__ or "",
    settle="use a key made in the subaccount, or the main Account SID with its Auth Token",
    hit=lambda: (accepted(_PAIR), refused(_PAIR, path=MESSAGES % OTHER_SID, at=1)),
    miss=lambda: (
        accepted(_PAIR, at=0),
        accepted(_PAIR, path=MESSAGES % OTHER_SID, at=1),
        refused(_PAIR, path=MESSAGES % OTHER_SID, at=60),
    ),
)
