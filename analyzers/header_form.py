"""What the causes that judge the header value and its two halves share: where a fault stands, how much it can explain.

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
from analyzers.gateways import as_far_as_it_went
from analyzers.twilio import (
    CODE_REFUSED,
    PATH_ACCOUNT_CODES,
    READ_CODES,
    TEXT_NO_CREDENTIALS,
    gate_of,
    is_void,
    speaks_of_credentials,
)

# Errors of a token, docs/facts.md 1.6: they speak of the header value as 20003 does. The second range means the signed
# request as well, where one was sent: docs/facts.md 7.4.
_TOKEN_CODES, _SIGNED_CODES = frozenset(range(20101, 20108)), frozenset(range(20151, 20161))
_SIGNED_HEADER = b"twilio-client-validation"
# Twilio's answer to a malformed header was never recorded (docs/facts.md 11, gap 3), so the text is not
# compared with the known ones: it has to speak of credentials, as all of them do, or to repeat the status (RFC 9457).
_SPEAKS_OF_CREDENTIALS = re.compile(
    r"authenticat|credential|user ?name|password|token|bearer|header|\A\W*unauthorized\W*\Z", re.IGNORECASE
)
# What exports and careful people write over a credential, with a scheme in front or without.
_MASKED = re.compile(
    rb"[ \t]*(?:(?:basic|bearer)[ \t]+)?"
    rb"(?:[\[<({*\"' ]*(?:redacted|removed|hidden|masked|filtered|sanitized|censored|omitted|stripped|scrubbed)"
    rb"[\]>)}*\"' ]*|(?:[*xX#.]|\xe2\x80[\xa2\xa6]|\xe2\x97\x8f){3,})\s*",
    re.IGNORECASE,
)
_LONGEST_MASK = 100
# Flaws through which the halves can still be read for certain.
_READABLE = frozenset(
    {
        Flaw.SCHEME_REPEATED,
        Flaw.SCHEME_GLUED,
        Flaw.LINE_BREAK,
        Flaw.PADDING_MISSING,
        Flaw.URLSAFE_ALPHABET,
        Flaw.WIDE_CHARACTERS,
        Flaw.JUNK,
    }
)
_CONTROLS = frozenset({*range(32), 127} - {9})
# What decides where a verdict is lowered.
_BEHIND = "capture between the host that was addressed and Twilio"
_ONE_VALUE = "send the request with one Authorization value only"
_MEND_FIRST = "mend this first, send the request again, and see whether Twilio itself still refuses it"


def unseen(case: Case) -> Outcome | None:
    """The outcome where there is no Authorization header to look at; None where there is one."""
    if case.credentials:
        return None
    if case.absence is Verdict.CONFIRMED:
        return RuledOut("no Authorization header was sent")
    return Unknown()


def first_fault(case: Case, *flaws: Flaw) -> Fault | None:
    """The first fault of one of the kinds `flaws` in the value that servers look at."""
    credential = case.credential
    return fault_of(credential, *flaws) if isinstance(credential, Broken) else None


def first_value(case: Case) -> bytes:
    """The header value that servers look at; empty without one."""
    return case.exchange.request.first(b"authorization") or b""


def is_readable(case: Case) -> bool:
    """Whether the halves of the pair are read for certain: any server reads them, or no flaw puts them in doubt."""
    credential = case.credential
    if isinstance(credential, Broken):
        return all(fault.flaw in _READABLE for fault in credential.faults)
    return isinstance(credential, Basic)


def spot(fault: Fault, says: str = "") -> Evidence:
    """A fault as evidence in the header value."""
    return Evidence(AUTHORIZATION, says or fault.detail, start=fault.start, end=fault.end)


def is_control(case: Case, fault: Fault) -> bool:
    """Whether a control character stands there, for which a proxy or an edge refuses the whole request."""
    return any(byte in _CONTROLS for byte in first_value(case)[fault.start : fault.start + 1])


def let_client_build(case: Case) -> str:
    """The step that avoids every fault of form: no header made by hand."""
    name = case.client.name if case.client.known else "your HTTP client"
    return f"Better still, let {name} build the header: {pair_call(case.client.name)}"


def weighed(case: Case, found: Stands, settle: str, *, in_the_way: bool = False) -> Outcome:
    """`found`, a fault of the first value, as far as the answer and other values allow it.

    `in_the_way` says that the fault alone makes a proxy or an edge refuse the request; `settle` is used where the
    verdict is lowered.
    """
    if isinstance(case.credential, Basic) and case.vouched:
        return RuledOut(case.vouched)
    outcome = weighed_alone(case, found, settle, in_the_way=in_the_way)
    return _among_others(case, outcome)


def weighed_alone(case: Case, found: Stands, settle: str, *, in_the_way: bool = False) -> Outcome:
    """As `weighed`, for a fault that other Authorization lines do not put in doubt."""
    if is_masked(first_value(case)):
        return Unknown("capture live: the value seems to be written over in this recording")
    answer = case.answer
    if answer is None and not case.exchange.refused_by_proxy:
        return Unknown("let the request reach Twilio: no answer came")
    if answer is not None and _was_read(answer):
        return RuledOut("Twilio's answer shows that it read the credentials")
    limit = _limit(case, answer, in_the_way=in_the_way)
    return as_far_as_it_went(case, _at_most(limit, found, settle), _BEHIND)


def weighed_half(case: Case, found: Stands) -> Outcome:
    """`found`, a fault of one or both halves of the first pair, as far as the answer and other values allow it.

    Unlike a fault of form it may be met with a 404: Twilio finds no account for such a pair.
    """
    limited = _at_most(_limit_of_half(case, case.answer), found, _MEND_FIRST)
    return _among_others(case, as_far_as_it_went(case, limited, _BEHIND))


def weighed_path(case: Case, found: Stands) -> Stands:
    """`found`, a fault of the account in the path, as far as the answer allows it; a gateway may rewrite the path."""
    answer = case.answer
    if answer is None or not case.endpoint.twilio or (not answer.by_twilio and answer.code is None):
        return _at_most(Verdict.LIKELY, found, _MEND_FIRST)
    plain = answer.status == 404 or answer.code in {None, CODE_REFUSED, *PATH_ACCOUNT_CODES}
    return found if plain and not _was_read(answer) else _at_most(Verdict.LIKELY, found, _MEND_FIRST)


def _among_others(case: Case, outcome: Outcome) -> Outcome:
    """`outcome` of the first value; with a second one beside it nobody knows which was taken."""
    several = len(case.credentials) > 1 or first_fault(case, Flaw.JOINED) is not None
    return _at_most(Verdict.LIKELY, outcome, _ONE_VALUE) if several and isinstance(outcome, Stands) else outcome


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
    return Verdict.LIKELY if _overlooked(case) else _limit_of_text(case, answer)


def _limit_of_half(case: Case, answer: Answer | None) -> Verdict:
    """The strongest verdict on a half that the answer leaves room for."""
    if answer is None or (not answer.by_twilio and answer.code is None):
        return Verdict.LIKELY
    if answer.status == 404 or answer.code in PATH_ACCOUNT_CODES:
        return Verdict.CONFIRMED
    if answer.message == TEXT_NO_CREDENTIALS and isinstance(case.credential, Basic) and not _is_void(case.credential):
        return Verdict.LIKELY  # the text says that Twilio did not see this pair
    return _limit_of_text(case, answer)


def _is_void(credential: Basic) -> bool:
    return is_void(credential.pair.username) or is_void(credential.pair.password)


def _limit_of_text(case: Case, answer: Answer) -> Verdict:
    """Likely where code or text speak of something else than credentials."""
    token = _carries_token(case)
    if answer.code not in {None, CODE_REFUSED} and not (token and answer.code in _token_codes(case)):
        return Verdict.LIKELY
    text = answer.message
    spoken = not text or token or speaks_of_credentials(text) or _SPEAKS_OF_CREDENTIALS.search(text)
    return Verdict.CONFIRMED if spoken else Verdict.LIKELY


def _token_codes(case: Case) -> frozenset[int]:
    """The codes that can only be about a token in Authorization."""
    signed = case.exchange.request.first(_SIGNED_HEADER) is not None
    return _TOKEN_CODES if signed else _TOKEN_CODES | _SIGNED_CODES


def _overlooked(case: Case) -> bool:
    """Whether Twilio accepts this form, as far as the capture shows: then the secret may be what it refused now."""
    credential = case.credential
    if isinstance(credential, Broken):
        return case.bearing.flaws_accepted.issuperset(fault.flaw for fault in credential.faults)
    return case.bearing.pair_accepted is not None  # perhaps with a second header: the history keeps the first ones


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


def is_masked(value: bytes) -> bool:
    """Whether an export, or a careful person, wrote something over the credential."""
    return len(value) <= _LONGEST_MASK and _MASKED.fullmatch(value) is not None
