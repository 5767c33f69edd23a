"""What it does: stands where nothing else does: the credentials have the right form, and Twilio refused them all the
same.

Why it fails: the secret was mistyped, rotated or deleted, belongs to another account, or was made in another region.

Cannot see: which of these it is. A wrong secret, an old one and one of another account look alike on the wire; a live
pair and a test pair have the same form.

Fix: compare the secret with the Console, then think of the last rotation, then of the region of the host.

Source: https://www.twilio.com/docs/api/errors/20003; docs/facts.md 0 ("What the wire cannot tell", read
2026-11-20)
"""

from email.utils import parsedate_to_datetime

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Basic, Bearer
from analyzers.findings import (
    AUTHORIZATION,
    HISTORY,
    RESPONSE_MESSAGE,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.rules import Rule
from analyzers.twilio import CODE_REFUSED, TEXT_NO_CREDENTIALS, Kind, core_of, gate_of, kind_of, speaks_of_credentials

_SECRETS = {Kind.HEX_32, Kind.ALNUM_32, Kind.TEXT}
_REASONS = "mistyped, rotated, deleted, or of another account or region"
_UNAUTHORIZED = 401
# Codes that name the account's state, a test pair or a token's fault: docs/facts.md 1.6 (read 2026-11-20)
_OTHER_REASONS = frozenset(
    {10001, 20005, 20008, 21472, 70052, 70053, 90010}
    | {*range(20101, 20108), *range(20151, 20161), *range(70153, 70157)}
)


def check(case: Case) -> Outcome:
    """Likely when Twilio's text blames credentials of the right form; possible for other refusals of credentials."""
    answer = case.answer
    if not case.credentials:
        return RuledOut("no credentials were sent")
    if answer is None or not answer.by_twilio:
        return Unknown("look at an answer made by Twilio itself")
    if answer.status not in {_UNAUTHORIZED, 403} or answer.code in _OTHER_REASONS:
        return RuledOut("the answer names another reason than a refused pair")
    if gate_of(answer.message) or gate_of(answer.detail):
        return RuledOut("the text says that the credentials are good")
    blamed = speaks_of_credentials(answer.message) and answer.message.strip(" .") != TEXT_NO_CREDENTIALS
    sure = blamed and answer.status == _UNAUTHORIZED and answer.code == CODE_REFUSED and _well_formed(case)
    evidence = [Evidence(RESPONSE_MESSAGE, "Twilio's text blames the credentials" if blamed else "a refusal")]
    if sure:
        evidence.append(Evidence(AUTHORIZATION, "the form of the credentials shows no fault"))
    if case.bearing.pair_accepted is not None:
        says = "the same pair was accepted earlier: it was rotated, deleted or suspended since, or may not do this"
        evidence.append(Evidence(HISTORY, says, index=case.bearing.pair_accepted))
    return Stands(
        Verdict.LIKELY if sure else Verdict.POSSIBLE,
        _sentence(case) if sure else f"Twilio may have refused the secret itself: {_REASONS}",
        tuple(evidence),
        _fix(case),
        RULE.settle,
    )


def _sentence(case: Case) -> str:
    if isinstance(case.credential, Bearer):
        return "Twilio refused a readable token in time: it was revoked, or is of another account or region"
    return f"Twilio refused a well-formed pair: the secret is {_REASONS}"


def _well_formed(case: Case) -> bool:
    credential = case.credential
    if isinstance(credential, Bearer):
        return credential.jwt is not None and not _expired(case, credential.jwt.claims.get("exp"))
    if not isinstance(credential, Basic) or len(case.credentials) > 1:
        return False
    password = credential.pair.password
    return (
        kind_of(credential.pair.username) in {Kind.ACCOUNT_SID, Kind.KEY_SID}
        and kind_of(password) in _SECRETS
        and core_of(password) == (0, len(password))
    )


def _expired(case: Case, expires: object) -> bool:
    response = case.exchange.response
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return False
    try:
        date = parsedate_to_datetime((response.first(b"date") or b"").decode("latin-1")) if response else None
        return date is not None and expires < date.timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return False


def _fix(case: Case) -> tuple[str, ...]:
    host = case.exchange.request.host
    if isinstance(case.credential, Bearer):
        return (
            "Fetch a new token and try once more; look whether the OAuth app was deleted or its secret rotated",
            f"OAuth tokens are accepted in us1 only; this host is {host[:60]}",
        )
    return (
        "Compare the secret with the one in the Console, character by character",
        "Think of the last rotation: a rotated token or a deleted key is refused like a wrong one",
        f"Credentials belong to one region: look whether these were made for {host[:60]}",
    )


RULE = Rule(
    slug="pair-refused",
    title="Well-formed credentials, refused",
    check=check,
    page=__doc__ or "",
    settle="compare the secret with the one in the Console, character by character",
    residual=True,
    hit=lambda: (refused(GOOD),),
    miss=lambda: (
        refused(
            GOOD,
            message="Primary compliance profile is not approved. Please refer to documentation and complete the KYC "
            "process in Trust Hub to gain access.",
        ),
    ),
)
