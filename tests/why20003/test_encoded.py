import contextlib
import itertools
import json
import sys
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from errno import ENOENT, ENOSPC
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from renderings import DIAGNOSIS, UNEXPLAINED, harmless

from analyzers.advice import Advice
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.registry import RULES
from recordings.reading import Entry, Recording
from why20003 import encoded_share as own
from why20003 import judging, spooling
from why20003.encoded import Encoded, EncodedRefusals
from why20003.encoded_groups import EncodedGroups
from why20003.encoded_share import EncodedShare
from why20003.judging import Judgement, judged
from why20003.outputs.encoding import diagnosis_layout, encoded, members, whole
from why20003.packing import packed, unpacked
from why20003.spooling import Spool

if TYPE_CHECKING:
    from _typeshed import TraceFunction

ALL_KEY = b"k" * 32
WRONG = basic(SID, TOKEN[::-1])
MIXED = [
    accepted(GOOD, at=0),
    *(refused(WRONG, at=1 + n) for n in range(6)),
    # Refusals that are shown as one although their requests differ, and so may be judged in different processes.
    refused(WRONG, at=20, path=b"/2010-04-01/Accounts.json?PageToken=%s" % TOKEN),
    refused(WRONG, at=21, path=b"/2010-04-01/Accounts.json?PageToken=%s" % TOKEN[::-1]),
    *(refused(b"basic" + WRONG[5:], at=23 + n) for n in range(3)),
    *(refused(basic(SID, b"%032x" % n), at=30 + n) for n in range(5)),
    refused(None, at=40),
    accepted(basic(KEY, KEY_SECRET), at=50),
]


def recording(exchanges: Sequence[Exchange], places: Sequence[int]) -> Recording:
    numbers = places or range(len(exchanges))
    return Recording("mitm", (Entry(place, each) for place, each in zip(numbers, exchanges, strict=True)))


def judged_early(exchanges: Sequence[Exchange], jobs: int, places: Sequence[int]) -> Judgement:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_WORTH_SHARING", 1)
        return judged(recording(exchanges, places), ALL_KEY, jobs=jobs, encode=members)


def documents_early(exchanges: Sequence[Exchange], jobs: int, places: Sequence[int]) -> list[bytes]:
    """The refusals as JSON, encoded where they were judged."""
    return [whole(one, 3) for one in judged_early(exchanges, jobs, places).encoded]


def documents(exchanges: Sequence[Exchange], jobs: int, places: Sequence[int] = ()) -> tuple[list[bytes], list[bytes]]:
    """The refusals as JSON, encoded where they were judged, and encoded at the end."""
    early = judged_early(exchanges, jobs, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_WORTH_SHARING", 1)
        late = judged(recording(exchanges, places), ALL_KEY, jobs=jobs)
    assert (early.twilio, early.refused) == (late.twilio, late.refused)
    assert early.refusals == ()
    assert [(one.cause, one.benign, one.indexes) for one in early.encoded] == [
        (one.diagnosis.top.cause if one.diagnosis.top else "", one.diagnosis.benign, one.places)
        for one in late.refusals
    ]
    shown = [encoded(diagnosis_layout(one.diagnosis, 3, one.places)) for one in late.refusals]
    return [whole(one, 3) for one in early.encoded], shown


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_it_does_not_matter_where_refusals_are_encoded(jobs: int) -> None:
    early, late = documents(MIXED, jobs, range(100, 100 + 3 * len(MIXED), 3))
    assert early == late
    assert len(early) < sum(not each.response or each.response.status >= 400 for each in MIXED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_of_every_cause(rule: object) -> None:
    early, late = documents(rule.hit(), 1)  # type: ignore[attr-defined] # pytest gives what the list holds
    assert early == late


@settings(max_examples=15)
@given(st.lists(st.integers(0, len(MIXED) - 1), min_size=1, max_size=24), st.sampled_from([1, 2, 3]))
def test_whatever_the_mixture(chosen: list[int], jobs: int) -> None:
    early, late = documents([replace(MIXED[one], started_at=1.7e9 + n) for n, one in enumerate(chosen)], jobs)
    assert early == late


def one_of(diagnosis: Diagnosis, indexes: tuple[int, ...] = (4,)) -> Encoded:
    (one,) = refusals(*(replace(diagnosis, index=index) for index in indexes))
    return one


def refusals(*shares: Diagnosis | Sequence[Diagnosis]) -> EncodedRefusals:
    """What becomes of diagnoses: those in one sequence judged by one process, the others each by its own."""
    groups = EncodedGroups(range(100))
    one = [each for each in shares if isinstance(each, Diagnosis)]
    for told in [*([one] if one else []), *(each for each in shares if not isinstance(each, Diagnosis))]:
        share = EncodedShare(members, spool := Spool())
        for diagnosis in told:
            share.add(diagnosis)
        (row,) = unpacked(packed([share.plain()]))
        groups.take(row, spool)
    found = groups.all()
    assert groups.refused == sum(len(one.indexes) for one in found)
    return found


@pytest.mark.parametrize("diagnosis", [DIAGNOSIS, UNEXPLAINED, harmless(), replace(DIAGNOSIS, credential=None)])
def test_the_members_come_in_the_order_of_the_contract(diagnosis: Diagnosis) -> None:
    shown = whole(one_of(diagnosis, (diagnosis.index, 9)), 2)
    assert shown == encoded(diagnosis_layout(diagnosis, 2, (diagnosis.index, 9)))


def test_a_secret_gets_its_number() -> None:
    seen = DIAGNOSIS.credential
    assert seen
    digest = "0123456789abcdef" * 2
    one = one_of(replace(DIAGNOSIS, credential=replace(seen, fingerprint=digest))).numbered(7)
    assert one.fingerprint == "sec#7"
    assert json.loads(whole(one, 0))["credential"]["secret"]["fingerprint"] == "sec#7"


def test_it_goes_from_one_process_to_another() -> None:
    advised = replace(DIAGNOSIS, advice=(Advice("a", "b"), Advice("c", "d")))
    found = refusals(advised, replace(advised, index=9), replace(UNEXPLAINED, index=3))
    assert len(found) == 2
    (row,) = unpacked(packed([found.plain()]))
    assert [*EncodedRefusals.of(row)] == [*found]


@pytest.mark.parametrize(("diagnosis", "faulty"), [(DIAGNOSIS, True), (UNEXPLAINED, True), (harmless(), False)])
def test_what_is_benign_is_no_fault(diagnosis: Diagnosis, *, faulty: bool) -> None:
    assert refusals(harmless(), diagnosis).faulty is faulty


def test_what_does_not_fit_into_memory_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents(MIXED, 2)[0]
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    monkeypatch.setattr(spooling, "_BLOCK", 1000)
    assert documents(MIXED, 1)[0] == kept
    assert documents(MIXED, 2)[0] == kept


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_no_harm(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents(MIXED, 2)[0]

    def full(_file: int, _data: bytes, at: int) -> int:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    monkeypatch.setattr(spooling, "_BLOCK", 1000)
    monkeypatch.setattr("os.pwrite", full)
    assert documents(MIXED, jobs)[0] == kept


@pytest.mark.parametrize("jobs", [1, 2])
def test_without_a_temporary_folder_nothing_is_missing(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = documents(MIXED, jobs)[0]

    def missing(**_options: object) -> None:
        raise FileNotFoundError(ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.TemporaryFile", missing)
    assert documents(MIXED, jobs)[0] == kept


@pytest.mark.parametrize("shared", [0, 1, 2])
@pytest.mark.parametrize("jobs", [1, 2])
def test_too_many_different_values_to_share(shared: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "_SHARED", shared)
    early, late = documents(MIXED, jobs)
    assert early == late


@settings(max_examples=15)
@given(st.permutations(range(len(MIXED))))
def test_places_may_be_in_any_order(places: list[int]) -> None:
    one = documents_early(MIXED, 1, places)
    assert [json.loads(each)["index"] for each in one] == sorted(json.loads(each)["index"] for each in one)
    assert documents_early(MIXED, 2, places) == one
    assert documents_early(MIXED, 3, places) == one


def told_apart(count: int) -> list[Diagnosis]:
    return [replace(DIAGNOSIS, index=n, url=f"https://api.twilio.com/{n}", message=f"{n} " * 99) for n in range(count)]


def test_of_many_little_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "_IN_MEMORY", 0)
    count = 3000
    groups = EncodedGroups(range(count))
    share = EncodedShare(lambda one: (encoded(one.message), b""), spool := Spool())
    tracemalloc.start()
    try:
        for diagnosis in told_apart(count):
            share.add(diagnosis)
        del diagnosis
        judging_it = tracemalloc.get_traced_memory()[0]
        row = share.plain()
        del share
        groups.take(row, spool)
        del row
        found = groups.all()
        del groups
        merging_it = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert judging_it < 250 * count + spooling._BLOCK
    assert merging_it < 60 * count
    assert [one.members[0] for one in found] == [encoded(one.message) for one in told_apart(count)]


def interrupting(step: int) -> "TraceFunction":
    """Interrupts `EncodedShare.add` before one of its steps."""
    steps = itertools.count(1)

    def trace(frame: FrameType, event: str, _: object) -> "TraceFunction | None":
        if frame.f_code is not EncodedShare.add.__code__:
            return None
        if event == "line" and next(steps) == step:
            raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.parametrize("step", range(1, 30))
def test_what_came_before_an_interruption_is_shown(step: int) -> None:
    told = [*told_apart(2), *told_apart(3)]
    share = EncodedShare(members, spool := Spool())
    whole_ones = 0
    before = sys.gettrace()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            sys.settrace(interrupting(step))
            for diagnosis in told:
                share.add(diagnosis)
                whole_ones += 1
    finally:
        sys.settrace(before)
    assert whole_ones < 5
    groups = EncodedGroups(range(100))
    groups.take(share.plain(), spool)
    found = groups.all()
    assert len(found) == len([*found]) == min(whole_ones, 2)
    assert groups.refused == whole_ones
    another = EncodedShare(members, spool := Spool())
    for diagnosis in reversed(told_apart(3)):
        another.add(diagnosis)
    groups.take(another.plain(), spool)
    assert [one.members[0] for one in groups.all()] == [members(one)[0] for one in told_apart(3)]


def test_equal_refusals_are_one_however_their_texts_are_stored() -> None:
    method, url = ("".join([*text]) for text in (DIAGNOSIS.method, DIAGNOSIS.url))
    again = replace(
        DIAGNOSIS, index=9, method=sys.intern(method), url=url, message=str(DIAGNOSIS.message.encode(), "utf-8")
    )
    assert [one.indexes for one in refusals([replace(DIAGNOSIS, index=4)], [again])] == [(4, 9)]


def test_numbers_are_asked_for_in_the_order_of_showing() -> None:
    seen = DIAGNOSIS.credential
    assert seen
    digests = ["b" * 32, "a" * 32, "b" * 32, "c" * 32]
    told = [
        replace(one, credential=replace(seen, fingerprint=digest))
        for one, digest in zip(told_apart(4), digests, strict=True)
    ]
    asked: dict[str, int] = {}
    found = refusals(told).numbered(lambda digest: asked.setdefault(digest, len(asked) + 1))
    assert (
        [one.fingerprint for one in found] == [one.fingerprint for one in found] == ["sec#1", "sec#2", "sec#1", "sec#3"]
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(DIAGNOSIS, url="https://api.twilio.com/"),
        replace(DIAGNOSIS, benign=True),
        replace(DIAGNOSIS, credential=None),
        replace(DIAGNOSIS, findings=()),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_what_is_shown_apart_stays_apart(other: Diagnosis, *, apart: bool) -> None:
    told = [replace(DIAGNOSIS, index=9), replace(other, index=3), replace(DIAGNOSIS, index=5)]
    assert [one.indexes for one in refusals(*([[one] for one in told] if apart else [told]))] == [(3,), (5, 9)]


def test_the_first_of_equal_refusals_and_the_last_remark_of_each_kind_are_shown() -> None:
    (one,) = refusals(
        *(
            [replace(DIAGNOSIS, index=index, time=float(index), advice=(Advice("futile-retry", says),))]
            for index, says in ((9, "late"), (2, "early"), (5, "between"))
        )
    )
    assert one.advice == (Advice("futile-retry", "late"),)
    assert json.loads(whole(one, 0))["time"] == "1970-01-01T00:00:02.000Z"
