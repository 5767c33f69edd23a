"""What the causes that judge the form of the header value share: where a fault stands and how much it can explain.

A fault in the bytes is a fact. That Twilio refused because of it is not, where the answer shows that the
credentials were read, or that somebody else answered. So each of these causes has its verdict weighed here against
the answer.
"""

import re
from dataclasses import replace

from analyzers.answer import Answer
from analyzers.base64_text import JWT_LIKE
from analyzers.case import Case
from analyzers.constructors import pair_call
from analyzers.credential import BEARER, Basic, Bearer, Broken, Fault, Flaw, fault_of
from analyzers.findings import AUTHORIZATION, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.twilio import CODE_REFUSED, PATH_ACCOUNT_CODES, READ_CODES, gate_of, speaks_of_credentials

# Errors of a token, docs/facts.md 1.6: they speak of the header value as 20003 does.
_TOKEN_CODES = frozenset(range(20101, 20108))
# Twilio's answer to a malformed header was never recorded (docs/facts.md 11, gap 3), so the text is not
# compared with the known ones: it has to speak of credentials, as all of them do.
_SPEAKS_OF_CREDENTIALS = re.compile(r"authenticat|credential|user ?name|password|token|bearer|header", re.IGNORECASE)
# What exports and careful people write over a credential.
_MASK = re.compile(
    rb"[\[<({*\"' ]*(?:redacted|removed|hidden|masked|filtered|sanitized|censored|omitted|stripped|scrubbed)"
    rb"[\]>)}*\"' ]*|(?:[*xX#.]|\xe2\x80[\xa2\xa6]|\xe2\x97\x8f){3,}",
    re.IGNORECASE,
)
_AFTER_SCHEME = re.compile(rb"[ \t]*(?:(?:basic|bearer)[ \t]+)?", re.IGNORECASE)
_LONGEST_MASK = 100
_CONTROLS = frozenset({*range(32), 127} - {9})


def unseen(case: Case) -> Outcome | None:
    """The outcome where there is no Authorization header to look at; None where there is one."""
    if case.credentials:
        return None
    if case.absence is Verdict.CONFIRMED:
        return RuledOut("no Authorization header was sent")
    return Unknown()


def first_fault(case: Case, *flaws: Flaw) -> Fault | None:
    """The first fault of one of the kinds `flaws` in the value that servers look at."""
    return fault_of(case.credential, *flaws) if case.credential is not None else None


def first_value(case: Case) -> bytes:
    """The header value that servers look at; empty without one."""
    return case.exchange.request.first(b"authorization") or b""


def spot(fault: Fault, says: str = "") -> Evidence:
    """A fault as evidence in the header value."""
    return Evidence(AUTHORIZATION, says or fault.detail, start=fault.start, end=fault.end)


def is_control(case: Case, fault: Fault) -> bool:
    """Whether a control character stands there, for which a proxy or an edge refuses the whole request."""
    return any(byte in _CONTROLS for byte in first_value(case)[fault.start : fault.start + 1])


def let_client_build(case: Case) -> str:
    """The step that avoids every fault of form: no header made by hand."""
    name = case.client.name if case.client.version is not None else "your HTTP client"
    return f"Better still, let {name} build the header: {pair_call(case.client.name)}"


def weighed(case: Case, found: Stands, settle: str, *, in_the_way: bool = False) -> Outcome:
    """`found`, a fault of the first value, as far as the answer and other values allow it.

    `in_the_way` says that the fault alone makes a proxy or an edge refuse the request; `settle` is used where the
    verdict is lowered.
    """
    outcome = weighed_alone(case, found, settle, in_the_way=in_the_way)
    if isinstance(outcome, Stands) and len(case.credentials) > 1:
        return _at_most(Verdict.LIKELY, outcome, settle)
    return outcome


def weighed_alone(case: Case, found: Stands, settle: str, *, in_the_way: bool = False) -> Outcome:
    """As `weighed`, for a fault that other Authorization lines do not put in doubt."""
    if _is_masked(first_value(case)):
        return Unknown("capture live: the value seems to be written over in this recording")
    answer = case.answer
    if answer is None and not case.exchange.refused_by_proxy:
        return Unknown("let the request reach Twilio: no answer came")
    if answer is not None and _was_read(answer):
        return RuledOut("Twilio's answer shows that it read the credentials")
    if isinstance(case.credential, Basic) and case.vouched:
        return RuledOut(case.vouched)
    return _at_most(_limit(case, answer, in_the_way=in_the_way), found, settle)


def _at_most(limit: Verdict, found: Stands, settle: str) -> Stands:
    if limit.rank > found.verdict.rank:
        return replace(found, verdict=limit, settle=found.settle or settle)
    return found


def _was_read(answer: Answer) -> bool:
    return answer.code in READ_CODES or gate_of(answer.message) is not None


def _limit(case: Case, answer: Answer | None, *, in_the_way: bool) -> Verdict:
    """The strongest verdict that the answer leaves room for."""
    if answer is None:
        return Verdict.CONFIRMED if in_the_way else Verdict.LIKELY
    if not answer.by_twilio and answer.code is None:
        return _limit_of_others(answer.status, in_the_way=in_the_way)
    if answer.status == 404 or answer.code in PATH_ACCOUNT_CODES:
        return Verdict.POSSIBLE
    token = _carries_token(case)
    if answer.code not in {None, CODE_REFUSED} and not (token and answer.code in _TOKEN_CODES):
        return Verdict.LIKELY
    if _overlooked(case):
        return Verdict.LIKELY
    text = answer.message
    spoken = not text or token or speaks_of_credentials(text) or _SPEAKS_OF_CREDENTIALS.search(text)
    return Verdict.CONFIRMED if spoken else Verdict.LIKELY


def _overlooked(case: Case) -> bool:
    """Whether Twilio accepted this pair, or these flaws, before: then the secret may be what it refused now."""
    credential = case.credential
    if case.bearing.pair_accepted is not None:
        return True  # perhaps in this very form: the history keeps pairs, not the bytes around them
    return isinstance(credential, Broken) and case.bearing.flaws_accepted.issuperset(f.flaw for f in credential.faults)


def _carries_token(case: Case) -> bool:
    """Whether the value is, or was meant as, a token: of what Twilio answers to a bad one, nothing was recorded."""
    credential = case.credential
    if isinstance(credential, Bearer):
        return True
    if not isinstance(credential, Broken):
        return False
    return (credential.scheme or b"").lower() == BEARER or JWT_LIKE.fullmatch(credential.decoded) is not None


def _limit_of_others(status: int, *, in_the_way: bool) -> Verdict:
    if status in {401, 403}:
        return Verdict.LIKELY
    return Verdict.CONFIRMED if in_the_way and status == 400 else Verdict.POSSIBLE


def _is_masked(value: bytes) -> bool:
    if len(value) > _LONGEST_MASK:
        return False
    start = _AFTER_SCHEME.match(value)
    return _MASK.fullmatch(value.rstrip(), start.end() if start else 0) is not None
