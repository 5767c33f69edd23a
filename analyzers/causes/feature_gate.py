"""What it does: reads the text of Twilio's answer. Some refusals carry code 20003 although the credentials are good:
the account is on trial, its compliance profile is missing, or a policy holds it. The same is true when the pair was
accepted on this host before and the text does not speak of credentials.

Why it fails: the account may not use this feature. No other secret helps.

Cannot see: what the Console says about the account.

Fix: do what the text asks for. Do not rotate the secret.

Source: https://www.twilio.com/docs/api/errors/10002 (the code documented for a trial); docs/facts.md 1.1 and 1.2 (real
answers of 2026 with 20003 instead, read 2026-11-20)
"""

from analyzers.building import GOOD, accepted, refused
from analyzers.case import Case
from analyzers.findings import HISTORY, RESPONSE_MESSAGE, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.twilio import CODE_REFUSED, gate_of, speaks_of_credentials


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way an answer can read
    """Confirmed by the text, or by an earlier success of the same pair with a text that blames no credential."""
    answer = case.answer
    if answer is None or answer.code != CODE_REFUSED:
        return RuledOut("the answer has not code 20003")
    if not case.credentials:
        return RuledOut("no credentials were sent, so none were found good")
    gate = gate_of(answer.message) or gate_of(answer.detail)
    if gate:
        name, remedy = gate
        return Stands(
            Verdict.CONFIRMED,
            f"The credentials are good: the account may not use this feature ({name})",
            (Evidence(RESPONSE_MESSAGE, f"the text names the reason: {name}"),),
            (f"{remedy[:1].upper()}{remedy[1:]}", "Leave the credentials as they are: they were accepted"),
        )
    if not answer.message:
        return Unknown("look at the text of Twilio's answer")
    if speaks_of_credentials(answer.message):
        return RuledOut("the text speaks of the credentials")
    place = case.bearing.pair_accepted
    if place is None:
        return Unknown()
    return Stands(
        Verdict.CONFIRMED,
        "The credentials are good, this host accepted them before; Twilio's text names another reason",
        (
            Evidence(HISTORY, "the same pair got a 2xx from this host", index=place),
            Evidence(RESPONSE_MESSAGE, "the text does not speak of the credentials"),
        ),
        ("Read Twilio's message: it names what the account lacks", "Leave the credentials as they are"),
    )


RULE = Rule(
    slug="feature-gate",
    title="The credentials are good; the account may not use this feature",
    check=check,
    page=__doc__ or "",
    settle="call another resource with the same pair: a 2xx proves that the pair is good",
    hit=lambda: (
        refused(
            GOOD,
            message="This feature is not available on a Trial account. Please upgrade your account to gain access.",
        ),
    ),
    miss=lambda: (accepted(GOOD, method="GET"), refused(GOOD, at=2.0)),
)
