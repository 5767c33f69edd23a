"""What the causes that judge a token share: what Twilio's code says of it, and how much a fault of it can explain.

A fault of a token is a fact. That Twilio refused because of it is not, where the code names another fault, or where
somebody else answered. So each of these causes has its verdict weighed here against the answer.
"""

from dataclasses import replace
from enum import Enum, auto

from analyzers.case import Case, once
from analyzers.credential import Bearer, Broken
from analyzers.findings import AUTHORIZATION, RESPONSE_STATUS, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.gateways import as_far_as_it_went
from analyzers.hosts import PRODUCTS
from analyzers.tokens import TOKEN_HEADER, VALIDATION_HEADER, Token
from analyzers.twilio import CODE_REFUSED, PATH_ACCOUNT_CODES, READ_CODES, gate_of


class Aspect(Enum):
    """What of a token an error code can speak of."""

    FORM = auto()
    HEADER = auto()
    ISSUER = auto()
    """Also the subject."""
    EXPIRY = auto()
    START = auto()
    LIFETIME = auto()
    GRANTS = auto()
    SIGNATURE = auto()


_ALL = frozenset(Aspect)
# Error pages https://www.twilio.com/docs/api/errors/N, docs/facts.md 1.6 and 7.2 (read 2026-11-20). The page of 20107
# names the SIDs as well as the secret; 20104 and 20156 mean an exp that is past, none, or too far ahead.
_ASPECTS: dict[int, frozenset[Aspect]] = {
    20102: frozenset({Aspect.HEADER}),
    20103: frozenset({Aspect.ISSUER}),
    20104: frozenset({Aspect.EXPIRY, Aspect.LIFETIME}),
    20105: frozenset({Aspect.START}),
    20106: frozenset({Aspect.GRANTS}),
    20107: frozenset({Aspect.SIGNATURE, Aspect.ISSUER}),
    20152: frozenset({Aspect.HEADER}),
    20153: frozenset({Aspect.ISSUER}),
    20155: frozenset({Aspect.START}),
    20156: frozenset({Aspect.EXPIRY, Aspect.LIFETIME}),
    20157: frozenset({Aspect.LIFETIME}),
    20159: frozenset({Aspect.SIGNATURE}),
    31202: frozenset({Aspect.SIGNATURE, Aspect.ISSUER}),
    31203: frozenset({Aspect.ISSUER}),
    31205: frozenset({Aspect.EXPIRY}),
    31207: frozenset({Aspect.LIFETIME}),
}
# Codes that blame a token, or credentials of any kind, without saying for what.
_OPEN = frozenset({CODE_REFUSED, 20101, 20151, 20154, 20158, 20160, 31201, 31204, 45003, 57019, 57020, 57021, 70004})
# The same codes speak of the token in Twilio-Client-Validation where there is one: docs/facts.md 7.4.
_SHARED = frozenset(range(20151, 20161))
# Hosts that serve client SDKs and no REST API: docs/facts.md 3.1 and 7.1 (read 2026-11-20). There are more of them than
# anybody has written down, so a host that is none of the REST API's only makes a verdict about it less sure.
CLIENT_HOSTS = frozenset({"cds", "ecs", "event-bridge", "eventgw", "mcs", "tsock"})


@once
def spoken_of(case: Case) -> frozenset[Aspect]:
    """The aspects of a token that the answer's code may mean: all for an open one, none for one about other things."""
    code = case.answer.code if case.answer else None
    if code is None:
        return _ALL
    if code in _SHARED and case.exchange.request.first(VALIDATION_HEADER) is not None:
        return frozenset()
    return _ALL if code in _OPEN else _ASPECTS.get(code, frozenset())


def code_about(case: Case, *aspects: Aspect) -> int | None:
    """The answer's code when it names one of `aspects` and leaves others out; else None."""
    named = spoken_of(case)
    if named is _ALL or case.answer is None or named.isdisjoint(aspects):
        return None
    return case.answer.code


def code_evidence(code: int, says: str) -> Evidence:
    """Twilio's own word for it."""
    return Evidence(RESPONSE_STATUS, f"Twilio's code is {code}, {says}")


@once
def without_token(case: Case) -> Outcome:
    """The outcome for a request of which no token can be read."""
    if isinstance(case.credential, Bearer) or case.exchange.request.first(TOKEN_HEADER) is not None:
        return Unknown("read the token whole: what was recorded is no JWT")
    if case.pair is not None or case.absence is Verdict.CONFIRMED:
        return RuledOut("the request carries no JSON Web Token")
    return Unknown("capture live: this export may have lost the token")


def misplaced_token(case: Case) -> Token | None:
    """The Access Token for client SDKs that stands in Authorization, where the REST API takes none; else None."""
    token = next((token for token in case.tokens if token.where == AUTHORIZATION), None)
    if token is None or not (token.is_client_token or token.is_unmarked_client_token):
        return None
    return None if case.endpoint.product in CLIENT_HOSTS or case.bearing.accepted else token


def serves_rest(case: Case) -> bool:
    """Whether the host is one of those that the specifications of the REST API name."""
    return case.endpoint.product in PRODUCTS


def weighed_token(case: Case, found: Stands, settle: str, *aspects: Aspect) -> Outcome:
    """`found`, a fault of a token in its `aspects`, as far as the answer and the token's place allow it.

    `settle` is used where the verdict is lowered.
    """
    outcome = weighed_place(case, found, settle, *aspects)
    in_authorization = any(evidence.where == AUTHORIZATION for evidence in found.evidence)
    if isinstance(outcome, Stands) and in_authorization and misplaced_token(case):
        return _at_most(Verdict.LIKELY, outcome, settle)  # without this fault it would be refused as well
    return outcome


def weighed_place(case: Case, found: Stands, settle: str, *aspects: Aspect) -> Outcome:
    """As `weighed_token`, for the fault that a token stands in the wrong place."""
    answer = case.answer
    if answer is None:
        return Unknown("let the request reach Twilio: no answer came")
    if answer.code in READ_CODES or gate_of(answer.message):
        return RuledOut("Twilio's answer shows that it accepted the credentials")
    outcome = _at_most(_limit(case, aspects), found, settle)
    if all(evidence.where != AUTHORIZATION for evidence in found.evidence):
        return outcome
    several = len(case.credentials) > 1 or (isinstance(case.credential, Broken) and bool(case.credential.parts))
    outcome = _at_most(Verdict.LIKELY, outcome, settle) if several else outcome
    return as_far_as_it_went(case, outcome, settle)


def _at_most(limit: Verdict, found: Stands, settle: str) -> Stands:
    if limit.rank > found.verdict.rank:
        return replace(found, verdict=limit, settle=found.settle or settle)
    return found


def _limit(case: Case, aspects: tuple[Aspect, ...]) -> Verdict:
    """The strongest verdict that the answer leaves room for."""
    answer = case.answer
    if answer is None or (not answer.by_twilio and answer.code is None):
        return Verdict.LIKELY if case.status in {401, 403} else Verdict.POSSIBLE
    if answer.status == 404 or answer.code in PATH_ACCOUNT_CODES:
        return Verdict.POSSIBLE
    return Verdict.LIKELY if spoken_of(case).isdisjoint(aspects) else Verdict.CONFIRMED
