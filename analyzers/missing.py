"""What the causes that explain a missing Authorization header share: whether one is missing, and how sure that is."""

from analyzers.case import Case
from analyzers.findings import Outcome, RuledOut, Unknown, Verdict
from analyzers.tokens import TOKEN_HEADER
from analyzers.twilio import CODE_REFUSED

_REFUSED, _PROXY_CHALLENGE = 401, 407
_BY_TWILIO = Unknown("look at an answer made by Twilio itself")
# What a request without credentials is answered: 20003, 57019 "'Authorization' header is missing or is invalid", 70004
# "no auth header", or no code of Twilio's own. docs/facts.md 1.1, 1.5 and 1.6 (read 2026-11-20)
_CODES = frozenset({CODE_REFUSED, _REFUSED, 57019, 70004, None})


def not_missing(case: Case) -> Outcome | None:
    """The outcome where Authorization is there, is not wanted or cannot be seen; None where it is missing."""
    if (other := not_wanted(case)) is not None:
        return other
    return _BY_TWILIO if case.answer is None or not case.answer.by_twilio else None


def not_wanted(case: Case) -> Outcome | None:
    """As `not_missing`, for what holds whoever answered, but for a proxy that wants a login of its own."""
    if case.credentials:
        return RuledOut("an Authorization header was sent")
    if case.endpoint.is_token_endpoint:
        return RuledOut("an OAuth token endpoint wants no Authorization")
    if case.exchange.request.first(TOKEN_HEADER) is not None:
        return RuledOut("the client sends its token in X-Twilio-Token, as the Voice SDK does to its event gateway")
    if any(tap.certain and tap.had_authorization and not tap.client_side for tap in case.bearing.taps):
        return RuledOut("the recording nearer to Twilio has an Authorization header: it is added on the way")
    if case.absence is Verdict.UNKNOWN:
        return Unknown("capture live: this export had its credentials removed")
    return _BY_TWILIO if case.status == _PROXY_CHALLENGE else None


def sureness(case: Case) -> Verdict:
    """The most that can be said of a header that is missing: confirmed or likely.

    Likely where the recording may have lost it, where a gateway may be meant to add it, or where Twilio did not answer
    401 with a code for it, so that something else may be why it was refused.
    """
    answer = case.answer
    told = answer is not None and answer.by_twilio and answer.status == _REFUSED and answer.code in _CODES
    return case.absence if told and case.endpoint.twilio else Verdict.LIKELY


def weaker(one: Verdict, other: Verdict) -> Verdict:
    """The less sure of two verdicts."""
    return max(one, other, key=lambda verdict: verdict.rank)
