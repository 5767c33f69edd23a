"""A recording judged: two passes, so that every exchange is judged with all that the recording shows.

The second pass is shared among processes where it pays. Equal refusals go to the same process, in their order, so that
the result is the same however many there are.
"""

import hashlib
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from analyzers.advice import Advice, in_order
from analyzers.capture import Capture, Options, may_be_judged, refusal_key
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from analyzers.findings import HISTORY, Evidence
from recordings.reading import Recording
from why20003.packing import Plain, diagnosis_of, packed, plain, unpacked
from why20003.sharing import shared

_WORTH_SHARING = 400
"""Refusals below which a second process would cost more than it spares."""
_COUNTED = 1 << 20
"""Of how many different refusals the repetitions are counted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Equal refusals of one recording."""

    diagnosis: Diagnosis
    """That of the first, at its place in the file."""
    places: tuple[int, ...]
    """Places in the file of all of them."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong in a recording."""

    twilio: int
    """How many exchanges were with Twilio, or answered by it."""
    refused: int
    """How many exchanges were diagnosed, benign ones included."""
    refusals: tuple[Refusal, ...]
    """In the order of their first appearance. In place of ``sec#1`` the credentials have a digest."""


def digest_with(key: bytes) -> Callable[[bytes], str]:
    """What names secrets alike in several recordings that are judged with the same random `key`."""

    def digest(secret: bytes) -> str:
        return hashlib.blake2b(secret, key=key[:64], digest_size=16).hexdigest()

    return digest


def judged(  # noqa: PLR0913 - what a recording, a caller and a machine say
    recording: Recording,
    key: bytes,
    expected: Sequence[Expected] = (),
    *,
    drawn: bool = True,
    jobs: int = 1,
    learnt: Callable[[], None] | None = None,
    interruptible: bool = False,
) -> Judgement:
    """Read and judge `recording`; `learnt` is called after each exchange. Raises what the reader raises.

    One that is `interruptible` gives what it has when a KeyboardInterrupt comes, which is then the caller's to know.
    """
    options = Options(drawn=drawn, fingerprint=digest_with(key), counted=_COUNTED)
    capture = Capture(key, expected=expected, options=options)
    held: list[tuple[int, Exchange]] = []
    places = array("Q")
    twilio = 0
    interrupted = (KeyboardInterrupt,) if interruptible else ()
    try:
        for index, entry in enumerate(recording):
            places.append(entry.place)
            with_twilio = capture.learn(entry.exchange)
            if may_be_judged(entry.exchange):
                held.append((index, entry.exchange))
            else:
                twilio += with_twilio
            if learnt is not None:
                learnt()
    except interrupted:
        pass
    parts = jobs if len(held) >= _WORTH_SHARING else 1
    shares: list[list[tuple[int, Exchange]]] = [[] for _ in range(parts)]
    for index, exchange in held:
        shares[hash(_kinship(exchange)) % parts].append((index, exchange))
    del held
    if parts == 1:
        groups = _judged_share(capture, shares[0], interrupted)
    else:
        groups = _Groups()
        for result in shared([partial(_packed_share, capture, share, interrupted) for share in shares], parts):
            groups.take(unpacked(result))
    return Judgement(
        twilio + groups.twilio + recording.passed_twilio,
        groups.refused,
        tuple(_placed(refusal, places) for refusal in groups.refusals()),
    )


def _kinship(exchange: Exchange) -> Hashable:
    """Equal for refusals that may be equal."""
    request = exchange.request
    return request.method, request.host, request.target, request.values(b"authorization")


def _judged_share(
    capture: Capture, share: Iterable[tuple[int, Exchange]], interrupted: tuple[type[BaseException], ...]
) -> "_Groups":
    groups = _Groups()
    try:
        for index, exchange in share:
            result = capture.judge(exchange, index)
            groups.twilio += result.twilio
            if result.diagnosis is not None:
                groups.add(result.diagnosis)
    except interrupted:
        pass
    return groups


def _packed_share(
    capture: Capture, share: Iterable[tuple[int, Exchange]], interrupted: tuple[type[BaseException], ...]
) -> bytes:
    return packed(_judged_share(capture, share, interrupted).rows())


def _placed(refusal: Refusal, places: Sequence[int]) -> Refusal:
    moved = tuple(places[index] for index in refusal.places)
    return refusal if moved == refusal.places else Refusal(placed(refusal.diagnosis, places), moved)


def placed(diagnosis: Diagnosis, places: Sequence[int]) -> Diagnosis:
    """`diagnosis` with places in the file for places in the order of judging."""
    findings = tuple(
        replace(finding, evidence=tuple(_evidence_placed(one, places) for one in finding.evidence))
        if any(one.where == HISTORY for one in finding.evidence)
        else finding
        for finding in diagnosis.findings
    )
    return replace(diagnosis, index=places[diagnosis.index], findings=findings)


def _evidence_placed(evidence: Evidence, places: Sequence[int]) -> Evidence:
    known = evidence.where == HISTORY and evidence.index < len(places)
    return replace(evidence, index=places[evidence.index]) if known else evidence


class _Groups:
    """Equal refusals together, each group with its first diagnosis, its places and the last remark of each kind."""

    def __init__(self) -> None:
        self.twilio = 0
        self._groups: dict[Hashable, tuple[Diagnosis, list[int], dict[str, tuple[int, Advice]]]] = {}
        self._alike: dict[Hashable, Any] = {}

    @property
    def refused(self) -> int:
        """How many refusals are in all groups."""
        return sum(len(places) for _, places, _ in self._groups.values())

    def add(self, diagnosis: Diagnosis) -> None:
        """One more, in the order of the recording: only later ones know that they repeat."""
        self._merge(diagnosis, [diagnosis.index], {one.kind: (diagnosis.index, one) for one in diagnosis.advice})

    def rows(self) -> Iterator[Plain]:
        """For another process: a count, then for each group its diagnosis, places, and remarks with their places."""
        yield (self.twilio,)
        for diagnosis, places, advice in self._groups.values():
            yield plain(diagnosis), tuple(places), tuple((at, one.kind, one.says) for at, one in advice.values())

    def take(self, rows: Sequence[Plain]) -> None:
        """Add what `rows` of another process gave."""
        self.twilio += rows[0][0]
        for row, places, advice in rows[1:]:
            told = {kind: (at, Advice(kind, says)) for at, kind, says in advice}
            self._merge(diagnosis_of(row), [*places], told)

    def refusals(self) -> tuple[Refusal, ...]:
        """All groups, by the place of the first."""
        found = [
            Refusal(replace(diagnosis, advice=in_order([one for _, one in advice.values()])), tuple(sorted(places)))
            for diagnosis, places, advice in self._groups.values()
        ]
        return tuple(sorted(found, key=lambda refusal: refusal.places[0]))

    def _merge(self, diagnosis: Diagnosis, places: list[int], advice: dict[str, tuple[int, Advice]]) -> None:
        key = refusal_key(diagnosis)
        known = self._groups.get(key)
        if known is None:
            self._groups[key] = (self._sparing(diagnosis), places, advice)
            return
        first, others, told = known
        others.extend(places)
        for kind, remark in advice.items():
            told[kind] = max(told.get(kind, remark), remark, key=lambda each: each[0])
        if diagnosis.index < first.index:
            self._groups[key] = (self._sparing(diagnosis), others, told)

    def _sparing(self, diagnosis: Diagnosis) -> Diagnosis:
        """`diagnosis`, its long lists shared with the others that say the same."""
        ruled_out = self._alike.setdefault(diagnosis.ruled_out, diagnosis.ruled_out)
        unknown = self._alike.setdefault(diagnosis.unknown, diagnosis.unknown)
        if ruled_out is diagnosis.ruled_out and unknown is diagnosis.unknown:
            return diagnosis
        return replace(diagnosis, ruled_out=ruled_out, unknown=unknown)
