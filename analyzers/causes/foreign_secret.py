"""What it does: compares username, password and Bearer token with the forms that other services give their keys:
sk-..., sk_live_..., AIza..., ghp_..., xoxb-..., AKIA..., SG. ... and more. It also looks for an e-mail address as the
username.

Why it fails: Twilio knows neither the keys of another service nor the login of its own Console. SendGrid belongs to
Twilio, but its keys are for api.sendgrid.com only.

Cannot see: a foreign key without a form of its own, such as 32 letters and digits. A prefix without the length and the
alphabet that go with it makes it likely and no more.

Fix: look which variable or entry the program reads: as a rule two of them were exchanged. Replace the other service's
key if Twilio must not know it, since it was sent there.

Source: docs/facts.md 2.3 (the forms and the vendors' pages that name them);
https://www.twilio.com/docs/usage/requests-to-twilio (what Twilio takes; read 2026-11-20)
"""

from dataclasses import field
from urllib.parse import unquote_to_bytes

from analyzers.building import SID, TOKEN, basic, refused
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.credential import Bearer, Broken, Other
from analyzers.findings import (
    AUTHORIZATION,
    PASSWORD,
    USERNAME,
    Evidence,
    Outcome,
    RuledOut,
    Stands,
    Unknown,
    Verdict,
)
from analyzers.frozen import dataclass
from analyzers.header_form import is_readable, unseen, weighed, weighed_half
from analyzers.masking import describe
from analyzers.rules import Rule
from analyzers.twilio import core_of
from analyzers.vendors import Foreign, foreign, is_mail_address

_LONGEST = 4096
_HOMES = {
    "SendGrid": "Keep this value for https://api.sendgrid.com, after Bearer: SendGrid is Twilio's, its keys are its own"
}


@dataclass(frozen=True, slots=True)
class _Value:
    where: str
    name: str
    text: bytes = field(repr=False)
    """As it stood there."""
    core: bytes = field(repr=False)
    """Without strays, percent-encoding undone."""


def check(case: Case) -> Outcome:
    """Confirmed for an e-mail address as the username and for whole forms; likely for a prefix alone."""
    if (nothing := unseen(case)) is not None:
        return nothing
    if case.vouched:
        return RuledOut(case.vouched)
    values = _values(case)
    if not values:
        return Unknown()
    found = [(value, other) for value in values if (other := foreign(value.core)) is not None]
    if found:
        value, other = min(found, key=lambda each: not each[1].whole)
        stands = _of_vendor(case, value, other)
        return weighed(case, stands, RULE.settle) if value.where == AUTHORIZATION else weighed_half(case, stands)
    mail = next((value for value in values if value.where == USERNAME and is_mail_address(value.core)), None)
    if mail is None:
        return RuledOut("no value has the form of another service's credential")
    return weighed_half(case, _of_mail(case, mail))


def _of_vendor(case: Case, value: _Value, other: Foreign) -> Stands:
    sure = other.whole and (value.where == AUTHORIZATION or is_readable(case))
    saying = "is" if other.whole else "begins like"
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        f"The {value.name} {saying} a credential of {other.vendor}, not of Twilio",
        (_evidence(value, f"{describe(value.core)}, {'the form' if other.whole else 'the prefix'} of {other.vendor}"),),
        (
            f"Put Twilio's own credentials there: {pair_call(case.client.name)}",
            _HOMES.get(other.vendor, f"Keep this value for {other.vendor}: look which variable the program reads"),
            f"Replace the key at {other.vendor} if Twilio must not know it: it was sent here",
        ),
        None if sure else RULE.settle,
    )


def _of_mail(case: Case, value: _Value) -> Stands:
    sure = is_readable(case)
    return Stands(
        Verdict.CONFIRMED if sure else Verdict.LIKELY,
        "The username is an e-mail address: the login of the Console, or of another service, is none for the API",
        (_evidence(value, f"an e-mail address: {describe(value.core)}"),),
        (
            f"Put the Account SID (AC...) or an API key SID (SK...) there: {pair_call(case.client.name)}",
            "Put the Auth Token or the key's secret with it, not the password of the login",
        ),
        None if sure else RULE.settle,
    )


def _evidence(value: _Value, says: str) -> Evidence:
    if value.where == AUTHORIZATION:
        return Evidence(AUTHORIZATION, says)
    start, end = core_of(value.text)
    return Evidence(value.where, says, start=start, end=end)


def _values(case: Case) -> list[_Value]:
    """What the first credential carries: both halves, or the one value that it is."""
    pair = case.legible
    if pair is not None:
        return [_value(USERNAME, "username", pair.username), _value(PASSWORD, "password", pair.password)]
    match case.credential:
        case Bearer(token=token):
            return [_value(AUTHORIZATION, "value after Bearer", token)]
        case Broken(pair=None, decoded=decoded) if decoded:
            return [_value(AUTHORIZATION, "only value", decoded)]
        case Other(rest=rest) if rest:
            return [_value(AUTHORIZATION, "only value", rest)]
        case _:
            return []


def _value(where: str, name: str, text: bytes) -> _Value:
    start, end = core_of(text[:_LONGEST])
    plain = unquote_to_bytes(text[start:end]) if len(text) <= _LONGEST else text
    first, last = core_of(plain) if len(plain) <= _LONGEST else (0, len(plain))
    return _Value(where, name, text, plain[first:last])


RULE = Rule(
    slug="foreign-secret",
    title="The value belongs to another service",
    check=check,
    page=__doc__ or "",
    settle="compare the value's first characters with what your other services issue",
    explains=frozenset({"path-account-missing", "username-not-a-sid", "bearer-malformed", "half-empty"}),
    hit=lambda: (refused(basic(b"jane@example.com", TOKEN)),),
    miss=lambda: (refused(basic(b"sk" + SID[2:], TOKEN)),),
)
