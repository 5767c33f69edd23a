"""What it does: looks for an API key that was refused with a code or a status of missing rights (70051, 70004, 20403,
20006, a bare 403), and for one that was refused here and accepted at other products in this capture.

Why it fails: a Restricted key may do what its list of permissions says and nothing else; some products have no
permission at all, so that no Restricted key reaches them. A scope that an OAuth app lacks reads the same.

Cannot see: the type of a key and its list. 70051 also stands for an account or a key that is gone or suspended, and for
a credential of another account. No answer to a missing permission was ever published, so this is never certain.

Fix: compare the permission list of the key with the call in the Console and add what is missing, or use a Standard key.

Source: https://www.twilio.com/docs/api/errors/70051; https://www.twilio.com/docs/iam/api-keys/restricted-api-keys;
docs/facts.md 1.6, 3.4 and 4.3 (read 2026-11-20)
"""

from analyzers.answer import Answer
from analyzers.bearing import Sighting
from analyzers.building import KEY, KEY_SECRET, SID, accepted, basic, refused
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.endpoint import DEFAULT_REGION
from analyzers.findings import (
    AUTHORIZATION,
    HISTORY,
    RESPONSE_STATUS,
    USERNAME,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.masking import mask_sid
from analyzers.rules import Rule
from analyzers.sightings import blames_credentials, here, well_sent, when, works_later
from analyzers.twilio import CODE_ACCESS_DENIED, CODE_FORBIDDEN, PERMISSION_CODES, Kind, core_of, gate_of, kind_of

_FORBIDDEN = 403
# A code that is only the status says no more than the status.
_BARE = frozenset({None, 401, _FORBIDDEN})


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way to tell
    """Likely by code, by a bare 403, or by another product that took the same key; never confirmed."""
    answer = case.answer
    if answer is None or not answer.by_twilio:
        return Unknown("look at an answer made by Twilio itself")
    if isinstance(case.credential, Bearer):
        return _of_app(answer.code)
    pair = case.legible
    if pair is None:
        return Unknown()
    key = pair.username[slice(*core_of(pair.username))]
    if because := _contradiction(case, answer, key):
        return RuledOut(because)
    if answer.code in PERMISSION_CODES | {CODE_FORBIDDEN, CODE_ACCESS_DENIED}:
        return _by_code(case, key, f"Twilio's code is {answer.code}", sure=case.bearing.did_this is None)
    if case.bearing.did_this is not None:
        return RuledOut("the same key was accepted for the same call before")
    if answer.status == _FORBIDDEN and answer.code in _BARE:
        # Twilio's edge answers 403 to a GET with a body, whatever its key: docs/facts.md 0
        sure = not (case.exchange.request.method == "GET" and case.exchange.request.body)
        return _by_code(case, key, "403, which is for what one may not do, not for who one is", sure=sure)
    return _by_history(case, key)


def _contradiction(case: Case, answer: Answer, key: bytes) -> str:
    """What speaks against a missing permission; empty where nothing does."""
    if kind_of(key) is not Kind.KEY_SID:
        return "no API key was sent"
    if case.endpoint.needs_main_key:
        return "no permission opens this path: it needs a Main key"
    if case.endpoint.serving_region != DEFAULT_REGION:
        return "Restricted keys exist in us1 only"
    if answer.status not in {401, _FORBIDDEN} or gate_of(answer.message) or gate_of(answer.detail):
        return "the answer names another reason than a missing permission"
    return ""


def _of_app(code: int | None) -> Outcome:
    """A Bearer token with the same code: then the app is what lacks a scope."""
    if code not in PERMISSION_CODES:
        return RuledOut("no API key was sent")
    evidence = (Evidence(RESPONSE_STATUS, f"Twilio's code is {code}"), Evidence(AUTHORIZATION, "a Bearer token"))
    steps = (
        "Compare the scopes of the OAuth app with this call in the Console; a new scope needs a new token",
        "Look whether the app and its account are active",
    )
    return Stands(Verdict.POSSIBLE, "The OAuth app may lack the scope for this call", evidence, steps, RULE.settle)


def _by_code(case: Case, key: bytes, told: str, *, sure: bool) -> Stands:
    verdict = Verdict.LIKELY if sure else Verdict.POSSIBLE
    says = (
        "The API key has no right to this call: a Restricted key without the permission, or a key or account suspended"
    )
    return _stands(verdict, says, (Evidence(RESPONSE_STATUS, told), _name(case, key)))


def _by_history(case: Case, key: bytes) -> Outcome:
    """Likely where another product took the key, or this one did before and after; possible where only before."""
    if not (blames_credentials(case) or case.status == _FORBIDDEN) or not well_sent(case):
        return Unknown()
    mine = case.endpoint.account
    found = [one for one in here(case) if mine is None or one.account in {mine, None}]
    other = next((one for one in found if _product(one.host) != case.endpoint.product), None)
    if other is not None:
        says = "The API key works at another product and is refused here: a Restricted key without the permission"
        return _stands(Verdict.LIKELY, says, (_told(other), _name(case, key)))
    if not found:
        return Unknown()
    later = works_later(case)
    says = "The API key works for other calls at this host, so it may be a Restricted key without this permission"
    return _stands(
        Verdict.POSSIBLE if later is None else Verdict.LIKELY, says, (_told(later or found[0]), _name(case, key))
    )


def _product(host: str) -> str:
    """The product that a Twilio host names, however it names edge and region."""
    return host.lower().partition(".")[0]


def _told(one: Sighting) -> Evidence:
    return Evidence(HISTORY, f"the same key was accepted at {one.host[:60]}{when(one)}", index=one.index)


def _name(case: Case, key: bytes) -> Evidence:
    start, end = core_of(case.legible.username) if case.legible else (0, 0)
    return Evidence(USERNAME, f"{mask_sid(key)}, an API key", start=start, end=end)


def _stands(verdict: Verdict, says: str, evidence: tuple[Evidence, ...]) -> Stands:
    return Stands(
        verdict,
        says,
        evidence,
        (
            "Look at the key in the Console: for a Restricted key, add the permission for this call",
            "Use a Standard key where the product has no permissions to choose from",
            "Look whether the account is active, and whether the key belongs to it",
        ),
        RULE.settle,
    )


RULE = Rule(
    slug="restricted-key-permission",
    title="The Restricted key lacks the permission",
    check=check,
    page=__doc__ or "",
    settle="look at the key's permissions in the Console",
    hit=lambda: (refused(basic(KEY, KEY_SECRET), status=403, code=70051, message="Authorization Failed"),),
    miss=lambda: (
        accepted(basic(KEY, KEY_SECRET), method="GET"),
        refused(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET", at=1.0),
    ),
)
