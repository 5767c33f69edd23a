import json
from collections.abc import Sequence
from dataclasses import replace

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
from why20003 import judging
from why20003.encoded import Encoded, EncodedGroups, EncodedShare, encoded_from, plain_encoded
from why20003.judging import judged
from why20003.outputs.encoding import diagnosis_layout, encoded, members, whole
from why20003.packing import packed, unpacked

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


def documents(exchanges: Sequence[Exchange], jobs: int, places: Sequence[int] = ()) -> tuple[list[bytes], list[bytes]]:
    """The refusals as JSON, encoded where they were judged, and encoded at the end."""

    def recording() -> Recording:
        numbers = places or range(len(exchanges))
        return Recording("mitm", (Entry(place, each) for place, each in zip(numbers, exchanges, strict=True)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_WORTH_SHARING", 1)
        early = judged(recording(), ALL_KEY, jobs=jobs, encode=members)
        late = judged(recording(), ALL_KEY, jobs=jobs)
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


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, len(MIXED) - 1), min_size=1, max_size=24), st.sampled_from([1, 2, 3]))
def test_whatever_the_mixture(chosen: list[int], jobs: int) -> None:
    early, late = documents([replace(MIXED[one], started_at=1.7e9 + n) for n, one in enumerate(chosen)], jobs)
    assert early == late


def one_of(diagnosis: Diagnosis, indexes: tuple[int, ...] = (4,)) -> Encoded:
    share, groups = EncodedShare(members), EncodedGroups()
    for index in indexes:
        share.add(replace(diagnosis, index=index))
    groups.take([*share.rows()])
    (one,) = groups.all()
    return one


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
    one = one_of(replace(DIAGNOSIS, advice=(Advice("a", "b"), Advice("c", "d"))), (4, 5))
    assert [encoded_from(row) for row in unpacked(packed([plain_encoded(one)]))] == [one]


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
    groups, told = EncodedGroups(), [replace(DIAGNOSIS, index=9), replace(other, index=3), replace(DIAGNOSIS, index=5)]
    shares = [[one] for one in told] if apart else [told]
    for each in shares:
        share = EncodedShare(members)
        for one in each:
            share.add(one)
        groups.take([*share.rows()])
    assert [one.indexes for one in groups.all()] == [(3,), (5, 9)]
    assert groups.refused == 3


def test_the_first_of_equal_refusals_and_the_last_remark_of_each_kind_are_shown() -> None:
    groups = EncodedGroups()
    for index, says in ((9, "late"), (2, "early"), (5, "between")):
        share = EncodedShare(members)
        share.add(replace(DIAGNOSIS, index=index, time=float(index), advice=(Advice("futile-retry", says),)))
        groups.take([*share.rows()])
    (one,) = groups.all()
    assert one.advice == (Advice("futile-retry", "late"),)
    assert json.loads(whole(one, 0))["time"] == "1970-01-01T00:00:02.000Z"
