"""What it does: reads the text of Twilio's answer. Some refusals carry code 20003 although the credentials are good:
the account is on trial, its compliance profile is missing, or a policy holds it. The same is true when this host
accepts the same credentials, before or after, and the text does not speak of credentials.

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
from analyzers.sightings import successes, well_sent, when
from analyzers.twilio import CODE_REFUSED, Kind, gate_of, kind_of, speaks_of_credentials


def check(case: Case) -> Outcome:  # noqa: PLR0911 - one return for each way an answer can read
    """Confirmed by the text, or by a success of the same credentials with a text that blames none."""
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
    host = case.exchange.request.host
    seen = next((one for one in successes(case) if one.host == host), None)
    if seen is None or not well_sent(case) or _closed_to_keys(case):
        return Unknown()
    return Stands(
        Verdict.CONFIRMED,
        "The credentials are good, this host accepts them elsewhere; Twilio's text names another reason",
        (
            Evidence(HISTORY, f"the same credentials got a 2xx from this host{when(seen)}", index=seen.index),
            Evidence(RESPONSE_MESSAGE, "the text does not speak of the credentials"),
        ),
        ("Read Twilio's message: it names what the account lacks", "Leave the credentials as they are"),
    )


def _closed_to_keys(case: Case) -> bool:
    """Whether the path, and not the account, may keep this key out: docs/facts.md 4.2."""
    return case.endpoint.needs_main_key and case.pair is not None and kind_of(case.pair.username) is Kind.KEY_SID


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
