"""What it does: looks for an API key SID behind /Accounts/ in the path.

Why it fails: the path names the account, which is always an AC. Constructors that take two values use the first one for
the path too; an API key then needs the Account SID as a third. Twilio answers 401, or 400 with 21470 or 90002 when the
pair itself is good.

Cannot see: to which account the key belongs.

Fix: give the Account SID as the third argument.

Source: https://github.com/twilio/twilio-php/issues/380 and https://github.com/twilio/twilio-php/issues/850;
docs/facts.md 0 and 9.2 (read 2026-11-20)
"""

from analyzers.building import KEY, KEY_SECRET, MESSAGES, SID, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call
from analyzers.findings import TARGET, USERNAME, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.header_form import weighed_path
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.twilio import KEY_SID


def check(case: Case) -> Outcome:
    """Confirmed for /Accounts/SK..., whatever else is wrong."""
    endpoint = case.endpoint
    account = endpoint.account
    if account is None or not endpoint.is_classic or not KEY_SID.fullmatch(account):
        return RuledOut("no API key SID stands behind /Accounts/ in the path")
    start = endpoint.account_start
    evidence = [Evidence(TARGET, f"{mask_sid(account)} stands for the account", start=start, end=start + len(account))]
    if case.pair and case.pair.username == account:
        evidence.append(Evidence(USERNAME, "the same key is the username", start=0, end=len(account)))
    found = Stands(
        Verdict.CONFIRMED,
        "An API key SID (SK...) stands in the path where the Account SID (AC...) belongs",
        tuple(evidence),
        (
            f"Give the Account SID beside the key: {key_call(case.client.name)}",
            "The path must read /Accounts/AC...; the key stays the username",
        ),
    )
    return weighed_path(case, found)


RULE = Rule(
    slug="key-sid-as-account",
    title="An API key SID stands where the Account SID belongs in the path",
    check=check,
    page=__doc__ or "",
    settle="look at the path behind /Accounts/",
    explains=frozenset({"path-account-missing"}),
    hit=lambda: (refused(basic(KEY, KEY_SECRET), path=MESSAGES % KEY),),
    miss=lambda: (
        refused(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts/%s/Keys/%s.json" % (SID, KEY), method="GET"),
    ),
)
