"""A recording judged: two passes, so that every exchange is judged with all that the recording shows.

The second pass is shared among processes where it pays. Equal refusals go to the same process, in their order, so that
the result is the same however many there are.
"""

import hashlib
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any

from analyzers.advice import Advice, in_order
from analyzers.capture import Capture, Options, may_be_judged, refusal_key
from analyzers.diagnosis import Diagnosis, changed
from analyzers.exchange import Exchange
from analyzers.expected import Expected
from analyzers.findings import HISTORY, Evidence, Finding
from analyzers.frozen import dataclass
from recordings.reading import Again, Entry, Recording
from why20003.encoded import Encode, EncodedRefusals
from why20003.encoded_groups import EncodedGroups
from why20003.encoded_share import EncodedShare
from why20003.packing import Plain, diagnosis_of, packed, plain, unpacked
from why20003.sharing import shared
from why20003.spooling import Spool

_WORTH_SHARING = 400
"""Refusals below which a second process would cost more than it spares."""
_BLOCK = 32
"""Exchanges that are learnt together."""
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
    encoded: EncodedRefusals = field(default_factory=EncodedRefusals)
    """The same instead of `refusals`, where the caller has asked for that."""


def digest_with(key: bytes) -> Callable[[bytes], str]:
    """What names secrets alike in several recordings that are judged with the same random `key`."""
    keyed = hashlib.blake2b(key=key[:64], digest_size=16)

    def digest(secret: bytes) -> str:
        state = keyed.copy()  # at half the cost of one with the key made each time
        state.update(secret)
        return state.hexdigest()

    return digest


def judged(  # noqa: PLR0913 - what a recording, a caller and a machine say
    recording: Recording,
    key: bytes,
    expected: Sequence[Expected] = (),
    *,
    drawn: bool = True,
    jobs: int = 1,
    learnt: Callable[[int], None] | None = None,
    interruptible: bool = False,
    encode: Encode | None = None,
) -> Judgement:
    """Read and judge `recording`; `learnt` is called after each block of exchanges. Raises what the reader raises.

    One that is `interruptible` gives what it has when a KeyboardInterrupt comes, which is then the caller's to know.
    With `encode` each refusal is encoded where it was judged.
    """
    options = Options(drawn=drawn, fingerprint=digest_with(key), counted=_COUNTED)
    capture = Capture(key, expected=expected, options=options)
    learning = _Learning(capture)
    interrupted = (KeyboardInterrupt,) if interruptible else ()
    try:
        for entry in recording:
            if learning.take(entry) and learnt is not None:
                learnt(learning.count)
    except interrupted:
        pass
    learning.end()
    work = _Work(capture, learning.held, learning.places, interrupted)
    parts = jobs if len(learning.held) >= _WORTH_SHARING else 1
    shares = learning.held.shares(parts)
    if encode is not None:
        spools = [Spool() for _ in shares]
        works = [partial(work.encoded, encode, share, spool) for share, spool in zip(shares, spools, strict=True)]
        results = [*shared(works, parts)]
        twilio = learning.twilio + recording.passed_twilio
        merged = EncodedGroups(learning.places)
        del capture, learning, work, works, shares  # what was learnt is large, and so is what comes now
        for spool in spools:
            (more,), row = unpacked(results.pop(0))
            twilio += more
            merged.take(row, spool)
        return Judgement(twilio, merged.refused, (), merged.all())
    if parts == 1:
        groups = work.judged(shares[0])
    else:
        groups = _Groups()
        for result in shared([partial(work.packed, share) for share in shares], parts):
            groups.take(unpacked(result))
    return Judgement(
        learning.twilio + groups.twilio + recording.passed_twilio,
        groups.refused,
        tuple(_placed(refusal, learning.places) for refusal in groups.refusals()),
    )


class _Learning:
    """First pass: what was read goes to the capture in blocks; what may be a refusal is held for the second pass."""

    def __init__(self, capture: Capture) -> None:
        self.held = _Held()
        self.places = array("Q")
        """Of every exchange, in the order of reading."""
        self.twilio = 0
        """How many exchanges were with Twilio, but for those that are held."""
        self.count = 0
        """How many exchanges were learnt."""
        self._capture = capture
        self._block: list[Entry] = []

    def take(self, entry: Entry) -> bool:
        """Take one more; whether that has filled a block."""
        self.places.append(entry.place)
        self._block.append(entry)
        if len(self._block) < _BLOCK:
            return False
        self.end()
        return True

    def end(self) -> None:
        """Learn what was taken last."""
        block, self._block = self._block, []
        for entry, learnt in zip(block, self._capture.learn_each([entry.exchange for entry in block]), strict=True):
            exchange = entry.exchange
            if may_be_judged(exchange):
                self.held.add(self.count, exchange, None if learnt.kept else entry.again)
            else:
                self.twilio += learnt.twilio
            self.count += 1


class _Held:
    """What may be a refusal, in the order of reading; of those that can be read again little more than where."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        """In the order of reading."""
        self._kinships = array("q")
        self._offsets = array("q")
        """Negative for those that are kept."""
        self._kept: dict[int, Exchange] = {}
        self._read: Callable[[int], Exchange] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, exchange: Exchange, again: Again | None) -> None:
        """One more; with `again` it is not kept."""
        offset = -1
        if again is not None:
            self._read, offset = again  # one recording has one file
        else:
            self._kept[number] = exchange
        self._numbers.append(number)
        self._kinships.append(hash(_kinship(exchange)))
        self._offsets.append(offset)

    def shares(self, parts: int) -> "list[array[int]]":
        """Positions of those that each of so many processes has to judge."""
        shares = [array("Q") for _ in range(parts)]
        for position, kinship in enumerate(self._kinships):
            shares[kinship % parts].append(position)
        return shares

    def each(self, positions: Iterable[int]) -> Iterator[tuple[int, Exchange]]:
        """Number and exchange of each. Raises UnreadableRecording when the file has changed."""
        for position in positions:
            number, offset = self._numbers[position], self._offsets[position]
            yield number, self._kept[number] if offset < 0 or self._read is None else self._read(offset)


def _kinship(exchange: Exchange) -> Hashable:
    """Equal for refusals that may be equal."""
    request = exchange.request
    return request.method, request.host, request.target, request.values(b"authorization")


@dataclass(frozen=True, slots=True)
class _Work:
    """Second pass over a share of what is held, in whichever process."""

    capture: Capture
    held: _Held
    places: Sequence[int]
    interrupted: tuple[type[BaseException], ...]

    def judged(self, share: Iterable[int]) -> "_Groups":
        groups = _Groups()
        groups.twilio = self._each(share, groups.add)
        return groups

    def packed(self, share: Iterable[int]) -> bytes:
        return packed(self.judged(share).rows())

    def encoded(self, encode: Encode, share: Iterable[int], spool: Spool) -> bytes:
        """As `packed`, each diagnosis with places in the file and encoded as soon as it is made, most in `spool`."""
        groups = EncodedShare(lambda diagnosis: encode(placed(diagnosis, self.places)), spool)
        return packed(((self._each(share, groups.add),), groups.plain()))

    def _each(self, share: Iterable[int], add: Callable[[Diagnosis], None]) -> int:
        """Judge all; how many were with Twilio."""
        twilio = 0
        try:
            for result in self.capture.judge_each(self.held.each(share)):
                twilio += result.twilio
                if result.diagnosis is not None:
                    add(result.diagnosis)
        except self.interrupted:
            pass
        return twilio


def _placed(refusal: Refusal, places: Sequence[int]) -> Refusal:
    moved = tuple(places[index] for index in refusal.places)
    return refusal if moved == refusal.places else Refusal(placed(refusal.diagnosis, places), moved)


def placed(diagnosis: Diagnosis, places: Sequence[int]) -> Diagnosis:
    """`diagnosis` with places in the file for places in the order of judging."""
    findings, index = diagnosis.findings, places[diagnosis.index]
    if HISTORY in [one.where for finding in findings for one in finding.evidence]:
        findings = tuple([_finding_placed(finding, places) for finding in findings])
    elif index == diagnosis.index:
        return diagnosis
    return changed(diagnosis, index=index, findings=findings)


def _finding_placed(finding: Finding, places: Sequence[int]) -> Finding:
    evidence = tuple([_evidence_placed(one, places) for one in finding.evidence])
    return finding if evidence == finding.evidence else replace(finding, evidence=evidence)


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
            Refusal(_advised(diagnosis, advice) if len(places) > 1 else diagnosis, tuple(sorted(places)))
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
        return changed(diagnosis, ruled_out=ruled_out, unknown=unknown)


def _advised(diagnosis: Diagnosis, advice: Mapping[str, tuple[int, Advice]]) -> Diagnosis:
    return changed(diagnosis, advice=in_order([one for _, one in advice.values()]))
