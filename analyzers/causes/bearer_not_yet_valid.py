"""What it does: compares the nbf and iat claims of every token in the request with the Date of Twilio's own answer and
says by how many seconds they lie ahead. Codes 20105 and 20155 say the same where the token or the Date cannot be seen.

Why it fails: a token counts from nbf on. When the clock of the machine that makes tokens is ahead, or its local time is
taken for UTC, or the claim counts milliseconds, that moment has not come yet for Twilio.

Cannot see: which clock is wrong, if it is one; Twilio's Date is taken for right. A skew of less than a second does not
show.

Fix: set the clock of the machine that makes the tokens (NTP), write nbf and iat as seconds since 1970 in UTC, or leave
nbf out.

Source: https://www.twilio.com/docs/api/errors/20105, https://www.twilio.com/docs/api/errors/20155; docs/facts.md 1.6;
RFC 7519 4.1.5 and 4.1.6, RFC 9110 6.6.1 (read 2026-11-20)
"""

from datetime import datetime

from analyzers.building import TIME
from analyzers.building_tokens import client_token, voice_event
from analyzers.case import Case
from analyzers.credential import Bearer
from analyzers.findings import RESPONSE_HEADERS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.frozen import dataclass
from analyzers.moments import answered_at, moment_of, span, utc
from analyzers.rules import Rule
from analyzers.token_answer import Aspect, code_about, code_evidence, weighed_token, without_token
from analyzers.tokens import Token

_STARTS = ("nbf", "iat")
# What a NumericDate of our age looks like in milliseconds: later than the year 5000 in seconds.
_MILLISECONDS = 1e11
# Nearly all time zones lie whole half hours from UTC, at most 14 hours: https://www.iana.org/time-zones
_HALF_HOUR, _FARTHEST = 1800, 14 * 3600
_NEAR = 60
_LONG = 120
"""Seconds from which on a skew is also told in a larger unit."""
_CLOCK = "Set the clock of the machine that makes the tokens, by NTP, and make a new token"
_SECONDS = "Write nbf and iat as seconds since 1970 in UTC, or leave nbf out"


@dataclass(frozen=True, slots=True)
class _Ahead:
    token: Token
    claim: str
    value: float
    skew: float
    """Seconds after Twilio's Date."""


def check(case: Case) -> Outcome:
    """Confirmed when nbf or iat lies after the Date of an answer made by Twilio; likely when only its code says so."""
    tokens = case.tokens
    answered = answered_at(case)
    ahead = _ahead(tokens, answered.timestamp()) if answered else None
    if ahead and answered:
        if case.bearing.worked and isinstance(case.credential, Bearer) and case.credential.token == ahead.token.raw:
            return RuledOut("the same token was accepted before in this capture")
        return weighed_token(case, _not_yet(ahead, answered), RULE.settle, Aspect.START)
    code = code_about(case, Aspect.START)
    if code:
        return Unknown() if tokens and answered else _by_code(code)
    return _begun(tokens, answered) if tokens else without_token(case)


def _begun(tokens: tuple[Token, ...], answered: datetime | None) -> Outcome:
    """The outcome where neither a claim nor Twilio's code says that a token begins later."""
    if all(token.number(name) is None for token in tokens for name in _STARTS):
        return RuledOut("the token has neither nbf nor iat, so it is valid from the beginning")
    if answered is None:
        return Unknown("look at the Date header of an answer made by Twilio")
    return RuledOut("nbf and iat do not lie after Twilio's own Date")


def _ahead(tokens: tuple[Token, ...], answered: float) -> _Ahead | None:
    """The first claim that no moment within the second of `answered` reaches."""
    for token in tokens:
        for name in _STARTS:
            value = token.number(name)
            if value is not None and value >= answered + 1:
                return _Ahead(token, name, value, value - answered)
    return None


def _not_yet(ahead: _Ahead, answered: datetime) -> Stands:
    at = moment_of(ahead.value)
    token = ahead.token
    says = f"{ahead.claim} of {token.name} is {utc(at) if at else 'no date of our age'}, {ahead.skew:.0f} s ahead"
    return Stands(
        Verdict.CONFIRMED,
        _sentence(ahead),
        (
            Evidence(token.where, says, start=token.start, end=token.end),
            Evidence(RESPONSE_HEADERS, f"Twilio's Date is {utc(answered)}"),
        ),
        (_SECONDS, _CLOCK) if ahead.value >= _MILLISECONDS or _is_zone(ahead.skew) else (_CLOCK, _SECONDS),
    )


def _sentence(ahead: _Ahead) -> str:
    if ahead.value >= _MILLISECONDS:
        return f"The token's {ahead.claim} counts milliseconds, so Twilio takes it for a moment far in the future"
    what = "is valid only from a moment" if ahead.claim == "nbf" else "says that it was made"
    zone = ": local time may have been taken for UTC" if _is_zone(ahead.skew) else ""
    exact = f" ({ahead.skew:.0f} s)" if ahead.skew >= _LONG else ""
    return f"The token {what} {span(ahead.skew)}{exact} after Twilio answered{zone}"


def _is_zone(skew: float) -> bool:
    """Whether a skew is near the offset of a time zone."""
    return (
        _HALF_HOUR - _NEAR <= skew <= _FARTHEST + _NEAR and abs(skew - round(skew / _HALF_HOUR) * _HALF_HOUR) <= _NEAR
    )


def _by_code(code: int) -> Stands:
    return Stands(
        Verdict.LIKELY,
        "Twilio's code says that the token is not valid yet",
        (code_evidence(code, "token not yet valid"),),
        (_CLOCK, _SECONDS),
        RULE.settle,
    )


RULE = Rule(
    slug="bearer-not-yet-valid",
    title="The token is not valid yet, or a clock is wrong",
    check=check,
    page=__doc__ or "",
    settle="compare the token's nbf and iat with the Date of Twilio's answer",
    hit=lambda: (voice_event(client_token(nbf=int(TIME) + 95), 20105, "Access Token not yet valid"),),
    miss=lambda: (voice_event(client_token(nbf=int(TIME), iat=int(TIME)), 20105, "Access Token not yet valid"),),
)
