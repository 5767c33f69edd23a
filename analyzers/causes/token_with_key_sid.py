"""What it does: looks for an API key SID whose password is 32 lower-case hex digits: the form of an Auth Token, not of
an API key's secret.

Why it fails: the Auth Token belongs to the Account SID. With an API key goes the secret that was shown when the key was
made.

Cannot see: what a secret is. Twilio promises no form for either, so the form alone makes it likely and no more; the
same token accepted together with an Account SID in this capture, or given as the Auth Token in the environment, proves
it.

Fix: use the key's own secret, or the Account SID as the username.

Source: https://www.twilio.com/docs/iam/api-keys; https://github.com/chatwoot/chatwoot/issues/15745 (read 2026-11-20)
"""

from analyzers.building import KEY, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import key_call, pair_call
from analyzers.expected import Role
from analyzers.findings import HISTORY, PASSWORD, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.sightings import rivals_here, successes, when
from analyzers.twilio import AUTH_TOKEN, Kind, core_of, kind_of

_MOST_NAMED = 3


def check(case: Case) -> Outcome:
    """Likely by the form; confirmed when the same token was accepted with an Account SID."""
    pair = case.legible
    if pair is None:
        return Unknown()
    start, end = core_of(pair.username)
    if kind_of(pair.username[start:end]) is not Kind.KEY_SID:
        return RuledOut("the username is no API key SID")
    if successes(case):
        return RuledOut("the same pair was accepted in this capture")
    if case.vouched or Kind.KEY_SID in case.bearing.secret_accepted_with:
        return RuledOut(case.vouched or "the same secret was accepted with an API key SID in this capture")
    start, end = core_of(pair.password)
    password = pair.password[start:end]
    proof = _proof(case, password)
    if not proof and not AUTH_TOKEN.fullmatch(password):
        return RuledOut("the password has not the form of an Auth Token")
    at_password = Evidence(
        PASSWORD, "that token" if proof else "the form of an Auth Token: 32 lower-case hex digits", start=start, end=end
    )
    return Stands(
        Verdict.CONFIRMED if proof else Verdict.LIKELY,
        f"The API key SID comes with {'' if proof else 'what looks like '}the Auth Token, not the key's own secret",
        (*proof, at_password, *_other_secret(case)),
        (
            f"Use the secret that was shown when the key was made: {key_call(case.client.name)}",
            f"Or use the Account SID with this token: {pair_call(case.client.name)}",
        ),
        None if proof else RULE.settle,
    )


def _proof(case: Case, password: bytes) -> tuple[Evidence, ...]:
    """What shows that this is the Auth Token, beyond its form: the capture, or what the caller gave."""
    if Kind.ACCOUNT_SID in case.bearing.secret_accepted_with:
        return (Evidence(HISTORY, "the same token was accepted with an Account SID in this capture"),)
    same = [one for one in case.expected if one.value == password]
    if any(one.role is Role.KEY_SECRET for one in same) or kind_of(password) is not Kind.HEX_32:
        return ()  # a second name for the value, or the form of the other secret: the name may be what is wrong
    return tuple(
        Evidence(PASSWORD, f"{one.name} from {one.source} holds it as the {one.role.value}")
        for one in same
        if one.role is Role.AUTH_TOKEN
    )[:_MOST_NAMED]


def _other_secret(case: Case) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(HISTORY, f"the same SID was accepted with another secret{when(one)}", index=one.index)
        for one in rivals_here(case)[:1]
    )


RULE = Rule(
    slug="token-with-key-sid",
    title="The Auth Token is paired with an API key SID",
    check=check,
    page=__doc__ or "",
    settle="see in the Console whether this secret is the Auth Token",
    hit=lambda: (refused(basic(KEY, TOKEN)),),
    miss=lambda: (refused(basic(KEY, TOKEN[:-1] + b"g")),),
)
