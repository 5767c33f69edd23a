"""What it does: reads Twilio's code (10001, 20005, 21472, 90010: account is not active; 20403: forbidden) and text, and
what an Account resource in this capture says of the account's status.

Why it fails: a suspended or closed account may not call the API, whatever its credentials. A parent takes its
subaccounts with it, and a balance below zero suspends a whole account.

Cannot see: the status of an account when Twilio gives a plain 20003, as it does too; then only the Console shows it. A
status seen in this capture may have changed since, and a wrong secret is refused all the same: likely, and no more.

Fix: look at balance, notices and status in the Console. Once paid, an account comes back within minutes; a subaccount
that its parent suspended comes back with Status=active. A new secret does not help.

Source: https://www.twilio.com/docs/api/errors/10001, /20005, /20403, /21472, /70051 and /90010; docs/facts.md 1.6 and 5
(read 2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.findings import (
    HISTORY,
    RESPONSE_MESSAGE,
    RESPONSE_STATUS,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.rules import Rule
from analyzers.sightings import blames_credentials, inactive, successes, works_later
from analyzers.twilio import (
    AUTH_CODES,
    CODE_AUTHORIZATION_FAILED,
    CODE_FORBIDDEN,
    CODE_REFUSED,
    INACTIVE_CODES,
    PERMISSION_CODES,
    Kind,
    core_of,
    kind_of,
    says_inactive,
)

_REFUSALS = frozenset({401, 403})
# 21472 speaks of the account that a parameter names, as in a transfer: https://www.twilio.com/docs/api/errors/21472
_CODE_OF_PARAMETER = 21472
# Codes that speak of whoever asks. Behind another code the text may be about an account that a parameter names.
_GENERAL = frozenset({None, *_REFUSALS, CODE_REFUSED}) | AUTH_CODES


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way to tell
    """Confirmed by Twilio's code or text; likely by 20403 without an API key, or by a status seen in this capture."""
    answer = case.answer
    if answer is None:
        return Unknown()
    told = answer.by_twilio and answer.status in _REFUSALS
    if answer.code in INACTIVE_CODES:
        return _by_code(answer.code or 0, sure=answer.by_twilio)
    if told and (says_inactive(answer.message) or says_inactive(answer.detail)):
        return _by_text(sure=answer.code in _GENERAL)
    if not case.credentials:
        return Unknown()
    if works_later(case) is not None:
        return RuledOut("the same credential was accepted after this refusal")
    if case.bearing.account_status == "active":
        return RuledOut("an Account resource in this capture says that the account is active")
    if told and inactive(case) and (blames_credentials(case) or answer.code in PERMISSION_CODES | {CODE_FORBIDDEN}):
        return _by_status(case)
    return _by_refusal(case, answer.code) if told else Unknown()


def _by_code(code: int, *, sure: bool) -> Stands:
    whose = "account that a parameter names" if code == _CODE_OF_PARAMETER else "account"
    evidence = Evidence(RESPONSE_STATUS, f"Twilio's code is {code}, account is not active")
    says = f"The {whose} is not active: suspended, closed or not activated yet (Twilio's code {code})"
    return _stands(Verdict.CONFIRMED if sure else Verdict.LIKELY, says, evidence)


def _by_text(*, sure: bool) -> Stands:
    evidence = Evidence(RESPONSE_MESSAGE, "the text names the state of the account")
    says = "Twilio's text says that the account is suspended or closed"
    return _stands(Verdict.CONFIRMED if sure else Verdict.LIKELY, says, evidence)


def _by_status(case: Case) -> Stands:
    status = case.bearing.account_status
    says = f"The account is {status}, as an Account resource in this capture says: no credentials of it are accepted"
    return _stands(Verdict.LIKELY, says, Evidence(HISTORY, f"the status of the account was {status}"))


def _by_refusal(case: Case, code: int | None) -> Outcome:
    """What 20403 and 70051 are worth, which have other readings too."""
    evidence = Evidence(RESPONSE_STATUS, f"Twilio's code is {code}")
    worked = case.bearing.pair_accepted is not None or successes(case)
    if code == CODE_FORBIDDEN and _is_account_pair(case) and not worked:
        return _stands(Verdict.LIKELY, "The account may not use the API: as a rule it is suspended or closed", evidence)
    if code == CODE_FORBIDDEN or (code == CODE_AUTHORIZATION_FAILED and _is_account_pair(case)):
        says = "The account may be suspended or closed, or these credentials may not do this"
        return _stands(Verdict.POSSIBLE, says, evidence)
    return Unknown()


def _is_account_pair(case: Case) -> bool:
    """Whether an Account SID was sent: it has every right, so a missing right of a key cannot be why."""
    pair = case.legible
    return pair is not None and kind_of(pair.username[slice(*core_of(pair.username))]) is Kind.ACCOUNT_SID


def _stands(verdict: Verdict, says: str, evidence: Evidence) -> Stands:
    return Stands(
        verdict,
        says,
        (evidence,),
        (
            "Look at the account's status, balance and notices in the Console",
            "Add funds if the balance is below zero, and allow ten minutes; about a suspension ask Twilio support",
            "Leave the credentials as they are: another secret does not wake an account",
        ),
        None if verdict is Verdict.CONFIRMED else RULE.settle,
    )


RULE = Rule(
    slug="account-inactive",
    title="The account is suspended or closed",
    check=check,
    page=__doc__ or "",
    settle="look at the account status in the Console",
    explains=frozenset({"feature-gate"}),
    hit=lambda: (refused(GOOD, status=403, code=20005, message="Account not active"),),
    miss=lambda: (refused(GOOD, message="Account not active for this feature"),),
)
