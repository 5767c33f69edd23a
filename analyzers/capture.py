"""One capture: exchanges in, diagnoses out, and corrections when a later exchange settles an earlier one.

Live traffic, a replayed recording and a file all go through here, so all give the same diagnoses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analyzers.advice import FUTILE_RETRY, futile_retry
from analyzers.answer import request_id_of
from analyzers.case import Case, case_of, is_refusal
from analyzers.credential import Bearer
from analyzers.diagnosis import Diagnosis, at_another_time, diagnose
from analyzers.exchange import Exchange, Headers
from analyzers.history import Bounded, History
from analyzers.rules import Rule, Undetected

_PENDING = 128
"""How many refusals are kept for a later correction."""
_KNOWN = 512
"""How many different refusals are remembered with their diagnosis."""
# What differs from answer to answer without meaning anything; a Date matters to tokens only, see `_lasts`.
_CHANGING = frozenset(
    {b"date", b"twilio-request-id", b"twilio-request-duration", b"via", b"x-amz-cf-id", b"x-amz-cf-pop", b"age"}
)


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier diagnosis and what it has become; both have the index of the earlier exchange."""

    before: Diagnosis
    now: Diagnosis


@dataclass(frozen=True, slots=True)
class Result:
    """What one exchange brought."""

    index: int
    diagnosis: Diagnosis | None
    """None when the exchange is no refusal."""
    correction: "Correction | None" = None
    """A new diagnosis of an earlier exchange that this one settled."""
    twilio: bool = False
    """Whether the exchange was with a Twilio host, or was answered by Twilio."""
    repeated: bool = False
    """Whether the diagnosis is that of an earlier exchange but for time, place and request id."""
    mark: int | None = None
    """For `Capture.repeat`: stands for all exchanges that get just this diagnosis; None where time or place matter."""


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    """What the history knew when the diagnosis was made."""
    diagnosis: Diagnosis
    identity: tuple[object, ...]
    pair: tuple[bytes, str] | None
    accepted: int | None
    """Index of the last 2xx of the pair at that time."""


def _lasts(case: Case) -> bool:
    """Whether the diagnosis of `case` holds for the same exchange at another time."""
    dated = isinstance(case.credential, Bearer) or case.endpoint.region_named
    return not dated and not case.bearing.hops


def _sameness(exchange: Exchange) -> int | None:
    """Equal for exchanges that differ in nothing that a diagnosis rests on, but time and request id."""
    request, response = exchange.request, exchange.response
    if response is None:
        return None
    told = lasting(response.headers)
    asked = (request.method, request.scheme, request.host, request.port, request.target, request.headers, request.body)
    rest = (request.userinfo, exchange.client_address, exchange.fidelity, response.status, told, response.body)
    return hash((asked, rest))


def lasting(headers: Headers) -> tuple[object, ...]:
    """The response headers that are the same for the same answer; of the others (Date, request id ...) the names."""
    return tuple([item if item[0].lower() not in _CHANGING else item[0] for item in headers])


class Capture:
    """Judges exchanges in the order in which they are added."""

    def __init__(
        self, key: bytes, rules: Sequence[Rule] | None = None, undetected: Sequence[Undetected] | None = None
    ) -> None:
        """`key` is random and belongs to this capture: it makes fingerprints of secrets useless elsewhere.

        Without `rules` and `undetected` those of the registry are used.
        """
        self._history = History(key)
        self._rules = rules
        self._undetected = undetected
        self._index = 0
        self._pending: Bounded[int, tuple[Case, str, Diagnosis]] = Bounded(_PENDING)
        self._refused: Bounded[tuple[object, ...], int] = Bounded(4096)
        self._known: Bounded[int, _Known] = Bounded(_KNOWN)

    def add(self, exchange: Exchange) -> Result:
        """Judge `exchange` and remember it. Never raises for any exchange."""
        index = self._index
        self._index += 1
        response = exchange.response
        if response is not None and response.status < 300:
            request = exchange.request
            if self._history.knows_success(request.host, request.first(b"authorization")):
                return Result(index, None, twilio=True)
        same = _sameness(exchange) if response is not None and response.status >= 400 else None
        if same is not None and (known := self._known.get(same)) and self._holds(known):
            return self._again(known, exchange, index, same)
        case = case_of(exchange)
        refused = is_refusal(case)
        twilio = case.endpoint.twilio or bool(case.answer and case.answer.by_twilio)
        diagnosis, mark = None, None
        if refused:
            key = self._identity(case)
            repeats = self._refused.get(key) or 0
            self._refused.put(key, repeats + 1)
            case = replace(case, bearing=replace(self._history.bearing(case), repeats=repeats))
            fingerprint = self._fingerprint(case)
            diagnosis = self._diagnose(case, index, fingerprint)
            if not case.credentials:
                self._pending.put(index, (case, fingerprint, diagnosis))
            elif same is not None and _lasts(case):
                self._known.put(same, self._remembered(case, diagnosis, key))
                mark = same
        settled = self._history.observe(case, refused=refused)
        correction = None if settled is None else self._correct(settled, exchange)
        return Result(index, diagnosis, correction, twilio, mark=mark)

    def repeat(self, mark: int) -> Diagnosis | None:
        """Count one more of the exchanges that `mark` stands for; None, and not counted, when it has to be judged anew.

        For live traffic: the diagnosis is that of the first, with its time and place. A client that retries sends
        hundreds of these, and reading and judging each would cost ten times as much.
        """
        known = self._known.get(mark)
        if known is None or not self._holds(known):
            return None
        self._index += 1
        self._history.skip()
        self._refused.put(known.identity, (self._refused.get(known.identity) or 0) + 1)
        return known.diagnosis

    def repeats_success(self, host: str, authorization: bytes | None) -> bool:
        """Count an exchange with a 2xx for credentials that had one before; False, and not counted, when it is news.

        For live traffic, where nearly every exchange is of this kind and need not be read any further.
        """
        if self._history.knows_success(host, authorization):
            self._index += 1
            return True
        return False

    def _remembered(self, case: Case, diagnosis: Diagnosis, identity: tuple[object, ...]) -> "_Known":
        pair = self._history.pair_key(case.pair, case.exchange.request.host)
        return _Known(self._history.version, diagnosis, identity, pair, case.bearing.pair_accepted)

    def _holds(self, known: "_Known") -> bool:
        """Whether nothing was learnt since that could change the diagnosis."""
        return known.version == self._history.version and known.accepted == self._history.accepted(known.pair)

    def _again(self, known: "_Known", exchange: Exchange, index: int, mark: int) -> Result:
        """The diagnosis of a request that was refused in just the same way before: only time and place are new."""
        self._history.skip()
        repeats = self._refused.get(known.identity) or 0
        self._refused.put(known.identity, repeats + 1)
        request_id = exchange.response.first(b"twilio-request-id") if exchange.response else None
        before = known.diagnosis
        advice = tuple(a for a in before.advice if a.kind != FUTILE_RETRY) + futile_retry(repeats)
        diagnosis = at_another_time(before, index, exchange.started_at, request_id_of(request_id), advice)
        return Result(index, diagnosis, twilio=True, repeated=True, mark=mark)

    def _diagnose(self, case: Case, index: int, fingerprint: str) -> Diagnosis:
        if self._rules is None or self._undetected is None:
            # Loaded with the first refusal: forty modules that a start of the proxy need not wait for.
            from analyzers.registry import RULES, UNDETECTED  # noqa: PLC0415

            self._rules = RULES if self._rules is None else self._rules
            self._undetected = UNDETECTED if self._undetected is None else self._undetected
        return diagnose(case, self._rules, self._undetected, index=index, fingerprint=fingerprint)

    def _correct(self, index: int, answering: Exchange) -> Correction | None:
        pending = self._pending.pop(index)
        if pending is None:
            return None
        case, fingerprint, before = pending
        ended = case.exchange.finished_at or case.exchange.started_at
        gap = 0.0 if ended is None or answering.started_at is None else max(0.0, answering.started_at - ended)
        case = replace(case, bearing=replace(case.bearing, challenge_answered=gap))
        return Correction(before, self._diagnose(case, index, fingerprint))

    def _fingerprint(self, case: Case) -> str:
        credential = case.credential
        if isinstance(credential, Bearer):
            return self._history.fingerprint(credential.token)
        pair = case.pair
        return self._history.fingerprint(pair.password) if pair and pair.password else ""

    def _identity(self, case: Case) -> tuple[object, ...]:
        """What makes two refusals the same: request and answer, but not time, body or request id."""
        request = case.exchange.request
        return (
            request.method,
            request.host,
            hash(request.target),
            hash(request.values(b"authorization")),
            case.client.name,
            case.status,
            case.answer.code if case.answer else None,
            case.text,
            case.exchange.refused_by_proxy,
        )


def diagnose_all(exchanges: Iterable[Exchange], key: bytes) -> tuple[Result, ...]:
    """The result of each exchange, with later corrections already applied to the earlier diagnoses."""
    capture = Capture(key)
    results: list[Result] = []
    for exchange in exchanges:
        result = capture.add(exchange)
        results.append(result)
        if result.correction is not None:
            earlier = result.correction.now.index
            results[earlier] = replace(results[earlier], diagnosis=result.correction.now)
    return tuple(results)


def same_refusal(one: Diagnosis, other: Diagnosis) -> bool:
    """Whether two diagnoses may be shown as one with a count."""
    return refusal_key(one) == refusal_key(other)


def refusal_key(diagnosis: Diagnosis) -> tuple[object, ...]:
    """Equal for refusals that a reader would call the same."""
    return (
        diagnosis.method,
        diagnosis.url,
        diagnosis.status,
        diagnosis.code,
        diagnosis.message,
        diagnosis.client,
        diagnosis.credential,
        diagnosis.benign,
        tuple((finding.cause, finding.verdict) for finding in diagnosis.findings),
    )
