"""What it does: looks for a 2xx that the same username got with another secret, in the same region.

Why it fails: one of the running processes still has an old secret, or a mistyped one. An API key has one secret; an
account has one Auth Token, and a second one only while it is being replaced.

Cannot see: which process is the stale one beyond its client and address, nor when it last read its settings.

Fix: give the refused process the secret that the other one uses, and restart it.

Source: https://www.twilio.com/docs/iam/api/authtoken (primary and secondary token);
https://www.twilio.com/docs/iam/api-keys (read 2026-11-20); docs/facts.md 5 and 10 (only some processes fail)
"""

from analyzers.bearing import Sighting
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.findings import AUTHORIZATION, HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.sightings import (
    blames_credentials,
    elsewhere,
    here,
    inactive,
    is_after,
    rivals_here,
    sender,
    well_shaped,
    when,
    works_later,
)
from analyzers.twilio import Kind, kind_of

_OWN = {Kind.ACCOUNT_SID: Kind.HEX_32, Kind.KEY_SID: Kind.ALNUM_32}


def check(case: Case) -> Outcome:
    """Confirmed when another secret of the username was accepted here; likely where reach or form may explain it."""
    pair, rivals = case.pair, rivals_here(case)
    if pair is None or kind_of(pair.username) not in _OWN:
        return RuledOut("no Account or API key SID logs in")
    if not rivals or not blames_credentials(case) or not well_shaped(case):
        return Unknown()
    if elsewhere(case):
        return RuledOut("another region accepts this secret, and every region has its own")
    if case.bearing.secret_accepted_with - {kind_of(pair.username)}:
        return RuledOut("this secret was accepted with another kind of username")
    rival, own = rivals[0], here(case)
    if works_later(case) or any(is_after(one, rival) for one in own):
        return RuledOut("this very secret was accepted after the other one")
    sure = _in_reach(case, rival) and kind_of(pair.password) is _OWN[kind_of(pair.username)] and not inactive(case)
    key = kind_of(pair.username) is Kind.KEY_SID
    call = (key_call if key else pair_call)(case.client.name)
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"Another secret of {mask_sid(pair.username)} is accepted in this capture: the one sent here is stale or wrong",
        _evidence(case, rival),
        (
            f"Give this process the secret that the other one uses, and restart it: {call}",
            "Look for a second place that holds the secret: another instance, a secret store, an old .env or image",
        ),
        None if sure else RULE.settle,
    )


def _in_reach(case: Case, rival: Sighting) -> bool:
    """Whether the username may call this path at all, so that nothing but the secret is left to be refused.

    A key has one secret only, so a second one is wrong whatever the path.
    """
    pair, account = case.pair, case.endpoint.account
    if pair is None or kind_of(pair.username) is Kind.KEY_SID:
        return pair is not None
    return account in {None, pair.username} or account in {one.account for one in (rival, *here(case))}


def _evidence(case: Case, rival: Sighting) -> tuple[Evidence, ...]:
    exchange = case.exchange
    mine = sender(exchange.request.first(b"user-agent") or b"", exchange.client_address)
    theirs = sender(rival.agent, rival.address)
    return (
        Evidence(
            HISTORY, f"the same username with another secret was accepted{when(rival)}, from {theirs}", rival.index
        ),
        Evidence(AUTHORIZATION, f"this secret, sent by {mine}, was refused"),
    )


RULE = Rule(
    slug="two-secrets-in-use",
    title="Two secrets are in use for one SID; one of them is stale",
    check=check,
    page=__doc__ or "",
    settle="compare the secrets of all running instances",
    explains=frozenset({"worked-then-refused"}),
    hit=lambda: (accepted(GOOD), refused(basic(SID, TOKEN[::-1]), at=2), accepted(GOOD, at=5)),
    miss=lambda: (
        accepted(GOOD),
        accepted(basic(SID, TOKEN[::-1]), at=60),
        refused(basic(SID, TOKEN[::-1]), at=120),
    ),
)
