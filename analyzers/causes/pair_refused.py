"""What it does: stands where nothing else does: the credentials have the right form, and Twilio refused them all the
same.

Why it fails: the secret was mistyped, rotated or deleted, belongs to another account, or was made in another region. A
pair that the same capture shows accepted is not mistyped; then something changed at Twilio, or it may not do this.

Cannot see: which of these it is. A wrong secret, an old one and one of another account look alike on the wire; a live
pair and a test pair have the same form.

Fix: compare the secret with the Console, then think of the last rotation, then of the region of the host.

Source: https://www.twilio.com/docs/api/errors/20003; docs/facts.md 0 ("What the wire cannot tell", read
2026-11-20)
"""

from analyzers.building import GOOD, refused
from analyzers.case import Case
from analyzers.credential import Bearer
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
from analyzers.sightings import elsewhere, expired, here, region_of, shown_host, well_shaped, when, works_later
from analyzers.twilio import CODE_REFUSED, TEXT_NO_CREDENTIALS, gate_of, speaks_of_credentials

_REASONS = "mistyped, rotated, deleted, or of another account or region"
_UNAUTHORIZED = 401
_CONSOLE = "look in the Console whether the secret was rotated, the key deleted or the account suspended"
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
    says, fix, settle = _accepted(case, evidence) or (_sentence(case, sure=sure), _fix(case), RULE.settle)
    return Stands(Verdict.LIKELY if sure else Verdict.POSSIBLE, says, tuple(evidence), fix, settle)


def _accepted(case: Case, evidence: list[Evidence]) -> tuple[str, tuple[str, ...], str] | None:
    """Sentence, fix and settle for credentials that this capture shows accepted: they are not mistyped."""
    what = "token" if isinstance(case.credential, Bearer) else "pair"
    if later := works_later(case):
        evidence.append(Evidence(HISTORY, f"the same {what} was accepted later{when(later)}", index=later.index))
        says = f"Twilio refused a {what} that it accepted later in this capture: nothing is wrong with it for good"
        support = "If it comes again, give Twilio support the request id of this answer"
        return says, (f"Keep the {what}; look in the Console what was changed at that time", support), _CONSOLE
    if before := here(case):
        evidence.append(Evidence(HISTORY, f"the same {what} was accepted{when(before[0])}", index=before[0].index))
        says = f"Twilio refused a {what} that it accepts elsewhere: changed since, or not allowed to do this"
        steps = (
            "Compare what this request asks for with the one that was accepted",
            f"{_CONSOLE[:1].upper()}{_CONSOLE[1:]}",
        )
        return says, steps, _CONSOLE
    if others := elsewhere(case):
        region, host = region_of(others[0]), shown_host(others[0].host)
        evidence.append(Evidence(HISTORY, f"{region} accepted the same {what}{when(others[0])}", index=others[0].index))
        says = f"Twilio refused a {what} that it accepts in {region}: credentials belong to one region"
        return says, (f"Send the request to {host}",), f"send the very same request to {region}"
    return None


def _sentence(case: Case, *, sure: bool) -> str:
    if not sure:
        return f"Twilio may have refused the secret itself: {_REASONS}"
    if isinstance(case.credential, Bearer):
        return "Twilio refused a readable token in time: it was revoked, or is of another account or region"
    return f"Twilio refused a well-formed pair: the secret is {_REASONS}"


def _well_formed(case: Case) -> bool:
    credential = case.credential
    if isinstance(credential, Bearer):
        return credential.jwt is not None and not expired(case)
    return well_shaped(case)


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
