from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.advice import in_order
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Result, diagnose_all, refusal_key
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.expected import Expected, Role
from analyzers.findings import HISTORY
from analyzers.registry import RULES
from recordings.reading import Cut, Entry, EntryError, Item, Passed, Recording, Skipped, UnreadableRecording
from why20003 import judging
from why20003.judging import Judgement, Refusal, digest_with, judged

ALL_KEY = b"k" * 32
WRONG = basic(SID, TOKEN[::-1])
Told = list[tuple[Diagnosis, tuple[int, ...]]]


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_WORTH_SHARING", 1)


def recording(exchanges: Sequence[Exchange], places: Sequence[int] | None = None) -> Recording:
    listed = list(exchanges)
    return Recording("mitm", (Entry(p, e) for p, e in zip(places or range(len(listed)), listed, strict=True)))


def told(judgement: Judgement) -> Told:
    return [(unnamed(one.diagnosis), one.places) for one in judgement.refusals]


def unnamed(diagnosis: Diagnosis) -> Diagnosis:
    seen = diagnosis.credential
    return replace(diagnosis, credential=seen and replace(seen, fingerprint=""))


def plainly(exchanges: Iterable[Exchange], expected: Sequence[Expected] = ()) -> Told:
    """The same without processes and packing: equal refusals together, with the last remark of each kind."""
    groups: dict[object, list[Diagnosis]] = {}
    for result in diagnose_all(exchanges, ALL_KEY, expected):
        if result.diagnosis is not None:
            groups.setdefault(refusal_key(result.diagnosis), []).append(result.diagnosis)
    found = []
    for group in groups.values():
        last = {advice.kind: advice for each in group for advice in each.advice}
        first = replace(group[0], advice=in_order(list(last.values())))
        found.append((unnamed(first), tuple(each.index for each in group)))
    return found


MIXED = [
    accepted(GOOD, at=0),
    *(refused(WRONG, at=1 + n) for n in range(6)),
    refused(basic(KEY, KEY_SECRET), at=9, path=MESSAGES % OTHER_SID),
    *(refused(basic(SID, b"%032x" % n), at=20 + n) for n in range(5)),
    refused(GOOD, at=30),
    refused(WRONG, at=40),
    accepted(basic(KEY, KEY_SECRET), at=50),
]


@pytest.mark.parametrize("jobs", [1, 2, 3, 5])
@pytest.mark.usefixtures("sharing")
def test_any_number_of_processes_gives_the_same(jobs: int) -> None:
    judgement = judged(recording(MIXED), ALL_KEY, jobs=jobs)
    assert told(judgement) == plainly(MIXED)
    assert judgement.refused == 14
    assert judgement.twilio == len(MIXED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
@pytest.mark.usefixtures("sharing")
def test_every_cause_comes_through_processes(rule: object) -> None:
    hit = rule.hit()  # type: ignore[attr-defined] # pytest gives what the list holds
    expected = rule.expected  # type: ignore[attr-defined] # the same
    assert told(judged(recording(hit), ALL_KEY, expected, jobs=2)) == plainly(hit, expected)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=24), st.sampled_from([1, 2, 3]))
def test_whatever_the_mixture(chosen: list[int], jobs: int) -> None:
    exchanges = [replace(MIXED[one], started_at=1.7e9 + n) for n, one in enumerate(chosen)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_WORTH_SHARING", 1)
        assert told(judged(recording(exchanges), ALL_KEY, jobs=jobs)) == plainly(exchanges)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.usefixtures("sharing")
def test_places_are_those_of_the_file(jobs: int) -> None:
    exchanges = [accepted(GOOD, at=0), refused(GOOD, at=700), refused(WRONG, at=800), refused(WRONG, at=900)]
    refusals = judged(recording(exchanges, [3, 40, 17, 99]), ALL_KEY, jobs=jobs).refusals
    assert [one.places for one in refusals] == [(40,), (17, 99)]
    assert [one.diagnosis.index for one in refusals] == [40, 17]
    history = {e.index for one in refusals for f in one.diagnosis.findings for e in f.evidence if e.where == HISTORY}
    assert history == {3}


def test_the_expected_credentials_are_heard() -> None:
    meant = [Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "env", TOKEN)]
    causes = [
        [f.cause for f in one.diagnosis.findings]
        for one in judged(recording([refused(WRONG)]), ALL_KEY, meant).refusals
    ]
    assert "differs-from-environment" in causes[0]
    plain = judged(recording([refused(WRONG)]), ALL_KEY).refusals[0]
    assert "differs-from-environment" not in [f.cause for f in plain.diagnosis.findings]


def test_secrets_have_one_name_in_all_recordings() -> None:
    one, other = (judged(recording([refused(WRONG, at=n)]), ALL_KEY).refusals[0].diagnosis.credential for n in (0, 9))
    assert one is not None
    assert other is not None
    assert one.fingerprint == other.fingerprint == digest_with(ALL_KEY)(TOKEN[::-1])
    assert digest_with(b"another")(TOKEN[::-1]) != one.fingerprint


def test_what_was_passed_counts() -> None:
    items: list[Item] = [Passed(5, twilio=2), Entry(5, refused(WRONG)), Skipped(), EntryError(7, "broken"), Cut()]
    open_recording = Recording("mitm", items)
    judgement = judged(open_recording, ALL_KEY)
    assert (judgement.twilio, judgement.refused) == (3, 1)
    assert (open_recording.exchanges, open_recording.skipped, open_recording.truncated) == (6, 1, True)
    assert open_recording.errors == [EntryError(7, "broken")]


def test_nothing_refused() -> None:
    assert judged(recording([accepted(GOOD)]), ALL_KEY) == Judgement(1, 0, ())
    assert judged(recording([]), ALL_KEY) == Judgement(0, 0, ())


def test_each_exchange_is_told() -> None:
    seen: list[int] = []
    judged(recording(MIXED * 40), ALL_KEY, learnt=seen.append)
    assert seen
    assert seen == sorted({*seen})
    assert len(MIXED) * 40 - 32 < seen[-1] <= len(MIXED) * 40


def test_what_cannot_be_read_is_told() -> None:
    def items() -> Iterable[Item]:
        raise UnreadableRecording("is no recording")
        yield Cut()

    with pytest.raises(UnreadableRecording, match="is no recording"):
        judged(Recording("har", items()), ALL_KEY)


@pytest.mark.parametrize("drawn", [True, False])
def test_drawings_are_left_out_on_request(*, drawn: bool) -> None:
    refusal: Refusal = judged(recording([refused(WRONG)]), ALL_KEY, drawn=drawn).refusals[0]
    assert (refusal.diagnosis.drawing is not None) is drawn


def test_the_oracle_sees_repetitions() -> None:
    results: tuple[Result, ...] = diagnose_all(MIXED, ALL_KEY)
    assert sum(result.diagnosis is not None for result in results) == 14
    assert max(len(places) for _, places in plainly(MIXED)) == 7
