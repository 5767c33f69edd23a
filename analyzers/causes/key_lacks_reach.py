"""What it does: looks for an API key on a path that only a Main key may call: the list of accounts, an account itself,
and the keys. When the same key was accepted elsewhere in this capture, the key is good and only its reach is short.

Why it fails: Standard and Restricted keys may not read or change accounts and keys, whatever else they may do. Reading
the account's own resource is a favourite health check; a good Standard key fails it every time.

Cannot see: of which type a key is. A key that no other request of the capture shows at work may be wrong as well.

Fix: leave the key as it is. Probe it with a resource that it may read, such as Messages; for accounts and keys use the
Account SID with its Auth Token, or a Main key, which only the Console makes.

Source: https://www.twilio.com/docs/iam/api-keys/keys-in-console; https://www.twilio.com/docs/iam/api-keys/key-resource-v1
(read 2026-11-20); docs/facts.md 4.2 and 1.1 (the texts seen)
"""

from analyzers.building import KEY, KEY_SECRET, SID, accepted, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.findings import (
    HISTORY,
    RESPONSE_MESSAGE,
    TARGET,
    USERNAME,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.rules import Rule
from analyzers.sightings import blames_credentials, here, inactive, well_sent, when
from analyzers.twilio import CODE_REFUSED, TEXT_INVALID_USERNAME, Kind, gate_of, kind_of

# Codes with which a key's lack of a right may come, and those that say it best: docs/facts.md 4.3, 1.6
_PLAIN = frozenset({None, CODE_REFUSED, 401, 403})
_OF_RIGHTS = frozenset({70051})
_CODES = _PLAIN | _OF_RIGHTS | {20006, 20403, 70004}


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each thing that speaks against it
    """Likely by path and username; confirmed when the same key was accepted elsewhere in the same region."""
    pair = case.pair
    if pair is None or kind_of(pair.username) is not Kind.KEY_SID:
        return RuledOut("no API key was sent")
    if not case.endpoint.needs_main_key:
        return RuledOut("the path is none of those that need a Main key")
    answer = case.answer
    if answer is None or not answer.by_twilio:
        return Unknown("look at an answer made by Twilio itself")
    if gate_of(answer.message) or gate_of(answer.detail):
        return RuledOut("the text says that the credentials are good and names another reason")
    if answer.status not in {401, 403} or answer.code not in _CODES:
        return RuledOut("the answer names another reason than a missing right")
    if _is_main_key(case):
        return RuledOut("this key was accepted on such a path in this capture, so it is a Main key")
    path, account = _shown_path(case), case.endpoint.account
    elsewhere = next((one for one in here(case) if account is None or one.account in {account, None}), None)
    told = blames_credentials(case) or answer.code in _OF_RIGHTS
    sure = elsewhere is not None and told and well_sent(case) and not inactive(case)
    says = f"{path} needs a Main key, or the Account SID with its Auth Token: a good Standard key is refused here too"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"This key works elsewhere; {path} needs a Main key, or the Account SID with its Auth Token" if sure else says,
        _evidence(case, path),
        _fix(case),
        None if sure else RULE.settle,
    )


def _is_main_key(case: Case) -> bool:
    """The list of accounts is the only resource at the host api without an account in its path."""
    listed = any(one.account is None and one.host.lower().startswith("api.") for one in here(case))
    return listed or case.bearing.did_this is not None


def _shown_path(case: Case) -> str:
    if not case.endpoint.is_classic:
        return "/v1/Keys"
    if case.endpoint.account is None:
        return "/Accounts"
    return "/Accounts/{sid}/Keys" if case.endpoint.below else "/Accounts/{sid}"


def _evidence(case: Case, path: str) -> tuple[Evidence, ...]:
    evidence = [
        Evidence(TARGET, f"{path} is closed to Standard and Restricted keys"),
        Evidence(USERNAME, "an API key SID (SK...)"),
    ]
    if case.text.strip(" .").casefold() == TEXT_INVALID_USERNAME.casefold():
        evidence.append(Evidence(RESPONSE_MESSAGE, "the text says that this username may not log in at this place"))
    if found := here(case):
        evidence.append(Evidence(HISTORY, f"the same key was accepted{when(found[0])}", index=found[0].index))
    return tuple(evidence)


def _fix(case: Case) -> tuple[str, ...]:
    probe = "As a health check read /2010-04-01/Accounts/{AccountSid}/Messages.json?PageSize=1, which a key may read"
    call = f"For this call send the Account SID and its Auth Token: {pair_call(case.client.name)}"
    keep = "Leave the key as it is: replacing it with another Standard key changes nothing"
    return (keep, probe, call) if case.exchange.request.method in {"GET", "HEAD"} else (keep, call)


_ACCOUNT = b"/2010-04-01/Accounts/%s.json" % SID
_PAIR = basic(KEY, KEY_SECRET)

RULE = Rule(
    slug="key-lacks-reach",
    title="A Standard or Restricted key was used where a Main key is needed",
    check=check,
    page=__doc__ or "",
    settle="call Messages with the same key: a 2xx proves that the key is good and only its reach is short",
    hit=lambda: (
        accepted(_PAIR),
        refused(_PAIR, path=_ACCOUNT, method="GET", message=TEXT_INVALID_USERNAME, at=30),
    ),
    miss=lambda: (
        accepted(_PAIR, path=_ACCOUNT, method="GET"),
        refused(_PAIR, path=_ACCOUNT, method="GET", message=TEXT_INVALID_USERNAME, at=30),
    ),
)
