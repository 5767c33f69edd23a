"""What it does: looks for an Account SID whose password is 32 letters and digits that cannot be hex: the form of an API
key's secret, not of an Auth Token.

Why it fails: an API key's secret belongs to the key's own SID (SK...). With the Account SID goes the Auth Token.

Cannot see: what a secret is. Twilio promises no form for either, so the form alone makes it likely and no more; the
same secret accepted together with an SK in this capture, or given as the key's secret in the environment, proves it.

Fix: use the SK that was shown together with this secret as the username, or the Auth Token as the password.

Source: https://www.twilio.com/docs/iam/api-keys; https://github.com/jandusek/twilio-phone-client/issues/12 (read
2026-11-20)
"""

from analyzers.building import KEY_SECRET, SID, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call
from analyzers.expected import Role
from analyzers.findings import HISTORY, PASSWORD, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.placeholders import is_placeholder
from analyzers.rules import Rule
from analyzers.sightings import rivals_here, successes, when
from analyzers.twilio import API_KEY_SECRET, HEX_32, Kind, core_of, kind_of

_MOST_NAMED = 3


def check(case: Case) -> Outcome:
    """Likely by the form; confirmed when the same secret was accepted with an API key SID."""
    pair = case.legible
    if pair is None:
        return Unknown()
    start, end = core_of(pair.username)
    if kind_of(pair.username[start:end]) is not Kind.ACCOUNT_SID:
        return RuledOut("the username is no Account SID")
    if successes(case):
        return RuledOut("the same pair was accepted in this capture")
    if case.vouched or Kind.ACCOUNT_SID in case.bearing.secret_accepted_with:
        return RuledOut(case.vouched or "the same secret was accepted with an Account SID in this capture")
    start, end = core_of(pair.password)
    password = pair.password[start:end]
    proof = _proof(case, password)
    formed = API_KEY_SECRET.fullmatch(password) and not HEX_32.fullmatch(password) and not is_placeholder(password)
    if not proof and not formed:
        return RuledOut("the password has not the form of an API key's secret")
    at_password = Evidence(
        PASSWORD,
        "that secret" if proof else "the form of an API key's secret: letters beyond the hex digits",
        start=start,
        end=end,
    )
    return Stands(
        Verdict.CONFIRMED if proof else Verdict.LIKELY,
        f"The Account SID comes with {'' if proof else 'what looks like '}an API key's secret, not the Auth Token",
        (*proof, at_password, *_other_secret(case)),
        (
            f"Use the key's own SID (SK...) as the username: {key_call(case.client.name)}",
            "Or keep the Account SID and use the Auth Token as the password",
        ),
        None if proof else RULE.settle,
    )


def _proof(case: Case, password: bytes) -> tuple[Evidence, ...]:
    """What shows that this is a key's secret, beyond its form: the capture, or what the caller gave."""
    if Kind.KEY_SID in case.bearing.secret_accepted_with:
        return (Evidence(HISTORY, "the same secret was accepted with an API key SID in this capture"),)
    same = [one for one in case.expected if one.value == password]
    if any(one.role is Role.AUTH_TOKEN for one in same) or HEX_32.fullmatch(password):
        return ()  # a second name for the value, or the form of the other secret: the name may be what is wrong
    return tuple(
        Evidence(PASSWORD, f"{one.name} from {one.source} holds it as the {one.role.value}")
        for one in same
        if one.role is Role.KEY_SECRET
    )[:_MOST_NAMED]


def _other_secret(case: Case) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(HISTORY, f"the same SID was accepted with another secret{when(one)}", index=one.index)
        for one in rivals_here(case)[:1]
    )


RULE = Rule(
    slug="secret-with-account-sid",
    title="An API key secret is paired with the Account SID",
    check=check,
    page=__doc__ or "",
    settle="see in the Console whether this secret belongs to an API key",
    hit=lambda: (refused(basic(SID, KEY_SECRET)),),
    miss=lambda: (refused(basic(SID, b"3F9A7C5E1B2D4860F7E6D5C4B3A29180")),),
)
