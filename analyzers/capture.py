"""One capture: exchanges in, diagnoses out, and corrections when a later exchange settles an earlier one.

Live traffic goes through `Capture.add`: one pass, and what comes later corrects what was said before. A recording goes
through `diagnose_all`: two passes, so that every exchange is judged with all that the recording shows. Once the last
exchange has been added, both have said the same.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from analyzers.advice import FUTILE_RETRY, futile_retry, in_order
from analyzers.answer import request_id_of
from analyzers.bearing import ALONE, Bearing, sightings_of, without_sightings
from analyzers.bounded import Bounded
from analyzers.case import Case, case_of, is_refusal, with_bearing
from analyzers.credential import Bearer
from analyzers.diagnosis import Diagnosis, changed, diagnose_each
from analyzers.exchange import Exchange, Headers
from analyzers.expected import Expected
from analyzers.frozen import dataclass
from analyzers.history import History, News
from analyzers.recent import recent
from analyzers.rules import Rule
from analyzers.timeline import Last
from analyzers.tokens import VALIDATION_HEADER

_PENDING = 256
"""How many refusals are kept for a later correction."""
_LEARNT_KEPT = 20_000
"""Of how many different refusals the second pass need not read again what the first one read."""
_BLOCK = 32
"""How many exchanges of a recording are judged together."""
_PER_KEY = 16
"""How many of them one thing learnt may correct."""
_KNOWN = 512
"""How many different refusals are remembered with their diagnosis."""
_REFUSALS_COUNTED = 4096
"""Of how many different refusals the repetitions are counted in live traffic, which may go on for weeks."""
_REPEATS_KEPT = 256
"""How many repetitions of one refusal are corrected by their place; more are only counted."""
# What differs from answer to answer without meaning anything; a Date matters to tokens only, see `_lasts`.
_CHANGING = frozenset(
    {b"date", b"twilio-request-id", b"twilio-request-duration", b"via", b"x-amz-cf-id", b"x-amz-cf-pop", b"age"}
)


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier diagnosis and what it has become; both have the index of the first exchange that got it."""

    before: Diagnosis
    now: Diagnosis
    indexes: tuple[int, ...]
    """Places of all exchanges that got it, as far as they are kept."""
    count: int
    """How many exchanges got it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one exchange brought."""

    index: int
    diagnosis: Diagnosis | None
    """None when the exchange is no refusal."""
    corrections: tuple[Correction, ...] = ()
    """New diagnoses of earlier exchanges that this one settled."""
    twilio: bool = False
    """Whether the exchange was with a Twilio host, or was answered by Twilio."""
    repeated: bool = False
    """Whether the diagnosis is that of an earlier exchange but for time, place and request id."""
    mark: int | None = None
    """For `Capture.repeat`: stands for all exchanges that get just this diagnosis; None where time or place matter."""


_Moment: TypeAlias = tuple[int, float | None]
"""Place and time of an exchange."""


class Learnt(NamedTuple):
    """What the first pass over a recording says of an exchange."""

    twilio: bool
    """Whether it was with a Twilio host, or answered by Twilio; of one that `may_be_judged` that is said by `judge`."""
    kept: bool
    """Whether the capture keeps it for the second pass anyway: a refusal that differs from those before."""


class _Learnt(NamedTuple):
    """A refusal that the first pass has read for the second one."""

    case: Case
    same: int | None
    """As `_sameness` has it."""


@dataclass(slots=True)
class _Pending:
    """A refusal that may still be corrected."""

    case: Case
    fingerprint: str
    diagnosis: Diagnosis
    moments: list[_Moment]
    """The exchanges that got the diagnosis, the first one first; not all of very many."""
    relations: Hashable
    """What bore on them, as `Capture._relations` gives it."""
    same: int | None
    """Equal for refusals of which equal relations tell the same; None where time matters too."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Asked:
    """An exchange of the second pass that has to be read."""

    exchange: Exchange
    index: int
    same: int | None


@dataclass(frozen=True, slots=True)
class _Question:
    """A refusal that is to be judged, with all that bears on it."""

    case: Case
    index: int
    same: int | None
    identity: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    """What the history knew when the diagnosis was made."""
    diagnosis: Diagnosis
    identity: int
    bearing: Bearing
    when: tuple[bool, ...]
    """Which of the sightings in `bearing` came before the exchange."""
    accepted: Last | None
    latest: int
    """Place of the last 2xx of the credential at that time, of which `accepted` knows the last by now."""
    pending: _Pending | None
    """None in the second pass over a recording, after which nothing comes."""
    refusals: tuple[Last, ...]
    """Where the history notes one more of them."""


def _is_dated(case: Case) -> bool:
    """Whether time alone may change the diagnosis of `case`."""
    signed = case.exchange.request.first(VALIDATION_HEADER) is not None
    return signed or bool(case.tokens) or case.endpoint.region_named or isinstance(case.credential, Bearer)


def _lasts(case: Case) -> bool:
    """Whether the diagnosis of `case` holds for the same exchange at a later time."""
    bearing = case.bearing
    return not (_is_dated(case) or bearing.hops or bearing.works_again or bearing.taps) and bool(case.credentials)


def _sameness(exchange: Exchange) -> int | None:
    """Equal for exchanges that differ in nothing that a diagnosis rests on, but time and request id."""
    request, response = exchange.request, exchange.response
    if response is None:
        return None
    told = lasting(response.headers)
    asked = (request.method, request.scheme, request.host, request.port, request.target, request.headers, request.body)
    rest = (request.userinfo, exchange.client_address, exchange.fidelity, response.status, told, response.body)
    return hash((asked, rest, exchange.tls_issuer, exchange.proxy_options))


def lasting(headers: Headers) -> tuple[object, ...]:
    """The response headers that are the same for the same answer; of the others (Date, request id ...) the names."""
    return tuple([item[0] if _changes(item[0]) else item for item in headers])


@recent
def _changes(name: bytes) -> bool:
    return name.lower() in _CHANGING


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may want otherwise."""

    drawn: bool = True
    """Whether diagnoses have the drawing that text for people shows."""
    fingerprint: Callable[[bytes], str] | None = None
    """What names secrets; without it they are ``sec#1``, ``sec#2`` ... in the order in which they are refused."""
    counted: int = _REFUSALS_COUNTED
    """Of how many different refusals the repetitions are counted."""


class Capture:
    """Judges exchanges in the order in which they are added."""

    def __init__(
        self,
        key: bytes,
        rules: Sequence[Rule] | None = None,
        expected: Sequence[Expected] = (),
        options: "Options | None" = None,
    ) -> None:
        """`key` is random and belongs to this capture: it makes fingerprints of secrets useless elsewhere.

        Without `rules` those of the registry are used. `expected` are the credentials that the application was meant
        to send, as far as the caller knows them.
        """
        self._history = History(key, expected=expected)
        self._rules = rules
        self._options = options or Options()
        self._named = self._options.fingerprint or self._history.fingerprint
        self._given = tuple(expected)
        self._index = 0
        self._pending: Bounded[int, _Pending] = Bounded(_PENDING)
        self._watched: Bounded[Hashable, tuple[int, ...]] = Bounded(_PENDING * 8)
        self._refused: Bounded[int, int] = Bounded(self._options.counted)
        self._known: Bounded[int, _Known] = Bounded(_KNOWN)
        self._judged: Bounded[tuple[int, Hashable], tuple[object, ...]] = Bounded(_KNOWN)
        """What was told of a refusal by its sameness and its relations."""
        self._learnt: dict[int, _Learnt] = {}
        self._alone: dict[int, bool] = {}
        """Of the refusals that were learnt, by sameness: whether it was the only one of its kind."""

    @property
    def seen(self) -> int:
        """How many exchanges were counted."""
        return self._index

    @property
    def naming(self) -> Callable[[bytes], str]:
        """What names secrets here, for another capture that is to name them alike."""
        return self._named

    def add(self, exchange: Exchange) -> Result:
        """Judge `exchange` and remember it. Never raises for any exchange."""
        index = self._index
        self._index += 1
        if _is_success(exchange) and self._history.knows_success(exchange, index):
            return Result(index, None, twilio=True)
        same = _sameness(exchange) if _may_be_refused(exchange) else None
        if same is not None and (known := self._known.get(same)) and self._holds(known, exchange.started_at, index):
            return self._again(known, exchange, index, same)
        case, refused = self._read(exchange, index)
        news = self._history.observe(case, index, refused=refused)
        twilio = _is_with_twilio(case, refused=refused)
        diagnosis, mark = None, None
        if refused:
            diagnosis, mark = self._judge(case, index, same)
        return Result(index, diagnosis, self._corrections(news, index), twilio, mark=mark)

    def learn(self, exchange: Exchange) -> "Learnt":
        """First of two passes over a recording: remember `exchange` without judging it."""
        return self.learn_each([exchange])[0]

    def learn_each(self, exchanges: Sequence[Exchange]) -> "list[Learnt]":
        """As `learn`, for several at a lower cost."""
        cases = [None if _is_success(each) else case_of(each, expected=self._given) for each in exchanges]
        return [self._learn(each, case) for each, case in zip(exchanges, cases, strict=True)]

    def _learn(self, exchange: Exchange, known: Case | None) -> "Learnt":
        index = self._index
        self._index += 1
        if known is None and self._history.knows_success(exchange, index):
            return Learnt(twilio=True, kept=False)
        case, refused = self._read(exchange, index, known)
        self._history.observe(case, index, refused=refused)
        kept = False
        if refused and len(self._learnt) < _LEARNT_KEPT:
            same = _sameness(exchange)
            kept = same is None or same not in self._alone
            if kept:
                self._learnt[index] = _Learnt(case, same)
            if same is not None:
                self._alone[same] = kept
        return Learnt(_is_with_twilio(case, refused=refused), kept)

    def judge(self, exchange: Exchange, index: int) -> Result:
        """Second pass: the result of the exchange that was learnt as number `index`, with all that is known by now."""
        return next(self.judge_each([(index, exchange)]))

    def judge_each(self, exchanges: Iterable[tuple[int, Exchange]]) -> Iterator[Result]:
        """As `judge`, for many, each with its number: their results in the same order, and at a lower cost."""
        block: list[Result | _Asked] = []
        asked: set[int] = set()
        for index, exchange in exchanges:
            learnt = self._learnt.get(index)
            same = learnt.same if learnt else _sameness(exchange) if _may_be_refused(exchange) else None
            # Of equal ones the first has to be judged before the next can be known as its repetition.
            if len(block) >= _BLOCK or same in asked:
                yield from self._answered(block)
                block, asked = [], set()
            known = None if same is None else self._known.get(same)
            if same is not None and known and self._holds(known, exchange.started_at, index):
                block.append(self._repeated(known, exchange, index, same))
            elif _is_success(exchange):
                block.append(Result(index, None, twilio=_is_with_twilio(case_of(exchange), refused=False)))
            else:
                block.append(_Asked(exchange, index, same))
                if same is not None:
                    asked.add(same)
        yield from self._answered(block)

    def _answered(self, block: "Sequence[Result | _Asked]") -> Iterator[Result]:
        """`block` with an answer to whatever was asked; step by step for all of them, as `diagnose_each` does."""
        asked = [one for one in block if isinstance(one, _Asked)]
        learnt = [self._learnt.pop(one.index, None) for one in asked]
        reads = [
            self._read(one.exchange, one.index, known and known.case) for one, known in zip(asked, learnt, strict=True)
        ]
        questions = self._questions(
            [(case, one.index, one.same) for one, (case, refused) in zip(asked, reads, strict=True) if refused]
        )
        diagnoses = iter(zip(questions, self._diagnoses(questions), strict=True))
        answers = [
            self._answer(*next(diagnoses))
            if refused
            else Result(one.index, None, twilio=_is_with_twilio(case, refused=False))
            for one, (case, refused) in zip(asked, reads, strict=True)
        ]
        rest = iter(answers)
        for one in block:
            yield one if isinstance(one, Result) else next(rest)

    def _answer(self, question: "_Question", diagnosis: Diagnosis) -> Result:
        return Result(question.index, diagnosis, twilio=True, mark=self._noted(question, diagnosis, None))

    def repeat(self, mark: int, at: float | None) -> Diagnosis | None:
        """Count one more of the exchanges that `mark` stands for; None, and not counted, when it has to be judged anew.

        `at` is when its request began.

        For live traffic: the diagnosis is that of the first, with its time and place. A client that retries sends
        hundreds of these, and reading and judging each would cost ten times as much.
        """
        known = self._known.get(mark)
        if known is None or not self._holds(known, at, self._index):
            return None
        self._counted(known, self._index, at)
        self._index += 1
        self._refused.put(known.identity, (self._refused.get(known.identity) or 0) + 1)
        return known.diagnosis

    def repeats_success(
        self, call: tuple[str, str, bytes], authorization: bytes, client: tuple[str | None, bytes], at: float | None
    ) -> bool:
        """Count an exchange with a 2xx for credentials that had one before; False, and not counted, when it is news.

        For live traffic, where nearly every exchange is of this kind and need not be read any further. `call` is
        method, host and target, `client` the client's address and its User-Agent, `at` when the request began.
        """
        if self._history.knows(call, authorization, client, at, self._index):
            self._index += 1
            return True
        return False

    def _read(self, exchange: Exchange, index: int, known: Case | None = None) -> tuple[Case, bool]:
        case = known or case_of(exchange, expected=self._given)
        if not _may_be_refused(exchange):
            return case, exchange.response is None and is_refusal(case)
        hops = self._history.hops(exchange, index) if case.endpoint.twilio else ()
        if hops or case.bearing is not ALONE:
            case = with_bearing(case, Bearing(hops=hops))
        return case, is_refusal(case)

    def _judge(self, case: Case, index: int, same: int | None) -> tuple[Diagnosis, int | None]:
        """The diagnosis of a refusal in live traffic, and the mark of its repetitions."""
        (one,) = questions = self._questions([(case, index, same)])
        (diagnosis,) = self._diagnoses(questions)
        moment = (index, one.case.exchange.started_at)
        relations = _relations(one.case.bearing, moment)
        pending = _Pending(one.case, one.fingerprint, diagnosis, [moment], relations, None if _is_dated(case) else same)
        self._watch(pending)
        if pending.same is not None:
            self._judged.put((pending.same, relations), _told(diagnosis))
        return diagnosis, self._noted(one, diagnosis, pending)

    def _questions(self, refused: Sequence[tuple[Case, int, int | None]]) -> "list[_Question]":
        """Refusals, each with its place and sameness, with all that bears on them; they are counted."""
        identities = [self._identity(case) for case, _, _ in refused]
        repeats = [self._repeats(identity) for identity in identities]
        bearings = [self._history.bearing(case, index) for case, index, _ in refused]
        cases = [
            with_bearing(case, replace(bearing, repeats=count) if count else bearing)
            for (case, _, _), bearing, count in zip(refused, bearings, repeats, strict=True)
        ]
        fingerprints = [self.fingerprint(case) for case in cases]
        told = zip(cases, refused, identities, fingerprints, strict=True)
        return [_Question(case, index, same, identity, name) for case, (_, index, same), identity, name in told]

    def _repeats(self, identity: int) -> int:
        """How many such refusals came before, with this one counted."""
        count = self._refused.get(identity) or 0
        self._refused.put(identity, count + 1)
        return count

    def _noted(self, one: "_Question", diagnosis: Diagnosis, pending: "_Pending | None") -> int | None:
        """Remember the answer for repetitions; their mark."""
        case = one.case
        if one.same is None or self._alone.get(one.same) or not _lasts(case):
            return None
        accepted = self._history.latest(case)
        self._known.put(
            one.same,
            _Known(
                self._history.version,
                diagnosis,
                one.identity,
                case.bearing,
                _when(case.bearing, (one.index, case.exchange.started_at)),
                accepted,
                accepted.index if accepted else -1,
                pending,
                self._history.refusals(case),
            ),
        )
        return one.same

    def _holds(self, known: "_Known", at: float | None, index: int) -> bool:
        """Whether nothing was learnt since that could change the diagnosis, nor happened between the two exchanges."""
        if known.version != self._history.version:
            return False
        if known.accepted is not None and known.accepted.index != known.latest:
            return False
        return not known.when or known.when == _when(known.bearing, (index, at))

    def _again(self, known: "_Known", exchange: Exchange, index: int, mark: int) -> Result:
        """The diagnosis of a request that was refused in just the same way before: only time and place are new."""
        self._counted(known, index, exchange.started_at)
        return self._repeated(known, exchange, index, mark)

    def _repeated(self, known: "_Known", exchange: Exchange, index: int, mark: int) -> Result:
        repeats = self._repeats(known.identity)
        request_id = exchange.response.first(b"twilio-request-id") if exchange.response else None
        before = known.diagnosis
        advice = in_order((*(a for a in before.advice if a.kind != FUTILE_RETRY), *futile_retry(repeats)))
        diagnosis = changed(
            before, index=index, time=exchange.started_at, request_id=request_id_of(request_id), advice=advice
        )
        return Result(index, diagnosis, twilio=True, repeated=True, mark=mark)

    def _counted(self, known: "_Known", index: int, at: float | None) -> None:
        for last in known.refusals:
            last.move_on(index, at)
        if known.pending is not None:
            known.pending.count += 1
            if len(known.pending.moments) < _REPEATS_KEPT:
                known.pending.moments.append((index, at))

    def _diagnoses(self, asked: "Sequence[_Question]") -> list[Diagnosis]:
        if self._rules is None:
            # Loaded with the first refusal: sixty modules that a start of the proxy need not wait for.
            from analyzers.registry import RULES  # noqa: PLC0415

            self._rules = RULES
        cases = [(one.case, one.index, one.fingerprint) for one in asked]
        return diagnose_each(cases, self._rules, drawn=self._options.drawn)

    def _corrections(self, news: News, index: int) -> tuple[Correction, ...]:
        """What the news change of earlier diagnoses."""
        concerned = {place for key in news for place in self._watched.get(key) or () if place != index}
        return tuple(found for place in sorted(concerned) for found in self._correct(place))

    def _correct(self, index: int) -> Iterator[Correction]:
        pending = self._pending.get(index)
        if pending is None:
            return
        # Between the first and the last exchange of one diagnosis something may have happened, as is known now.
        by_time = sorted(pending.moments, key=lambda moment: (moment[1] or 0.0, moment[0]))
        if all(self._relations(pending.case, moment) == pending.relations for moment in {by_time[0], by_time[-1]}):
            return
        groups: dict[Hashable, list[_Moment]] = {}
        for moment in pending.moments:
            groups.setdefault(self._relations(pending.case, moment), []).append(moment)
        unkept = pending.count - len(pending.moments)
        for relations, moments in groups.items():
            case = self._at(pending.case, moments[0])
            now = self._rejudged(pending, case, moments[0][0], relations)
            count, unkept = len(moments) + unkept, 0
            self._watch(_Pending(case, pending.fingerprint, now, moments, relations, pending.same, count))
            if now is not pending.diagnosis and _told(now) != _told(pending.diagnosis):
                yield Correction(pending.diagnosis, now, tuple(moment[0] for moment in moments), count)

    def _rejudged(self, pending: "_Pending", case: Case, index: int, relations: Hashable) -> Diagnosis:
        """The diagnosis under other relations: that of before where it is known that no other would be told."""
        known = None if pending.same is None else self._judged.get((pending.same, relations))
        if known is not None and known == _told(pending.diagnosis):
            return pending.diagnosis
        (now,) = self._diagnoses([_Question(case, index, None, 0, pending.fingerprint)])
        if pending.same is not None:
            self._judged.put((pending.same, relations), _told(now))
        return now

    def _at(self, case: Case, moment: _Moment) -> Case:
        """`case` as it would be at another place and time, with what bears on it there."""
        case = _moved(case, moment)
        return with_bearing(case, replace(self._history.bearing(case, moment[0]), repeats=case.bearing.repeats))

    def _relations(self, case: Case, moment: _Moment) -> Hashable:
        return _relations(self._history.bearing(_moved(case, moment), moment[0]), moment)

    def _watch(self, pending: "_Pending") -> None:
        """Keep a refusal with all that may still correct it."""
        index = pending.moments[0][0]
        self._pending.put(index, pending)
        for key in self._history.concerns(pending.case, index):
            watching = self._watched.get(key) or ()
            if index not in watching:
                self._watched.put(key, (*watching, index)[-_PER_KEY:])

    def fingerprint(self, case: Case) -> str:
        """What this capture calls the secret of `case`, ``sec#1``, refused or not; empty without one."""
        credential = case.credential
        if isinstance(credential, Bearer):
            return self._named(credential.token)
        pair = case.pair
        return self._named(pair.password) if pair and pair.password else ""

    def _identity(self, case: Case) -> int:
        """Equal for refusals that are the same in request and answer, but for time, body and request id."""
        request = case.exchange.request
        return hash(
            (
                request.method,
                request.host,
                request.target,
                request.values(b"authorization"),
                case.client.name,
                case.status,
                case.answer.code if case.answer else None,
                case.text,
                case.exchange.refused_by_proxy,
            )
        )


def _moved(case: Case, moment: _Moment) -> Case:
    """`case` at another time; what bears on it is not asked anew."""
    if moment[1] == case.exchange.started_at:
        return case
    return replace(case, exchange=replace(case.exchange, started_at=moment[1]))


def _relations(bearing: Bearing, moment: _Moment) -> Hashable:
    """A bearing without its times: what came before what, the case among them. Only that can change a verdict."""
    rivals = {id(one) for one in bearing.rivals}
    events = sorted(sightings_of(bearing), key=lambda one: (one.at or 0.0, one.index))
    order = tuple((id(one) in rivals, one.host, one.account, one.method) for one in events)
    return without_sightings(bearing), order, _when(bearing, moment)


def _when(bearing: Bearing, moment: _Moment) -> tuple[bool, ...]:
    """Which of the sightings came before `moment`."""
    index, at = moment
    return tuple(
        [one.at < at if one.at is not None and at is not None else one.index < index for one in sightings_of(bearing)]
    )


def _is_success(exchange: Exchange) -> bool:
    return exchange.response is not None and 200 <= exchange.response.status < 300


def _may_be_refused(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status >= 400


def may_be_judged(exchange: Exchange) -> bool:
    """Whether the second pass can give `exchange` a diagnosis: no 2xx or 3xx ever gets one."""
    return exchange.response is None or exchange.response.status >= 400


def _is_with_twilio(case: Case, *, refused: bool) -> bool:
    return refused or case.endpoint.twilio or bool(case.answer and case.answer.by_twilio)


def _told(diagnosis: Diagnosis) -> tuple[object, ...]:
    """What a correction would have to change to be worth telling: causes, verdicts, and the leading sentence."""
    return diagnosis.benign, diagnosis.says, tuple((found.cause, found.verdict) for found in diagnosis.findings)


def diagnose_all(exchanges: Iterable[Exchange], key: bytes, expected: Sequence[Expected] = ()) -> tuple[Result, ...]:
    """The result of each exchange of a recording, in two passes: what comes later counts as well."""
    recorded = tuple(exchanges)
    capture = Capture(key, expected=expected)
    for exchange in recorded:
        capture.learn(exchange)
    return tuple(capture.judge_each(enumerate(recorded)))


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
