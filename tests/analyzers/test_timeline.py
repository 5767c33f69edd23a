"""Firsts and lasts of one credential: the same whatever the order in which they were noted."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.bearing import Sighting
from analyzers.building import OTHER_SID, SID
from analyzers.timeline import MOST_DEEDS, MOST_PLACES, Last, Timeline, Track, earlier, settled


def seen(at: float | None, index: int | None = None) -> Sighting:
    """A sighting at `at`; its place is the same number unless given."""
    return Sighting(
        index=int(at or 0) if index is None else index,
        at=at,
        method="GET",
        host="api.twilio.com",
        region="us1",
        account=None,
    )


def track_of(deeds: Sequence[tuple[str, float]]) -> Track:
    track = Track()
    for deed, at in deeds:
        if deed == "ok":
            track.accept(seen(at))
        else:
            track.refuse(seen(at))
    return track


def timeline_of(deeds: Sequence[tuple[str, float]]) -> Timeline:
    timeline = Timeline()
    for deed, at in deeds:
        if deed == "ok":
            timeline.accept(seen(at), None)
        else:
            timeline.refuse(seen(at))
    return timeline


@pytest.mark.parametrize(
    ("deeds", "worked", "again"),
    [
        pytest.param([], None, None, id="nothing"),
        pytest.param([("ok", 1)], 1, None, id="before"),
        pytest.param([("ok", 1), ("ok", 3)], 3, None, id="last-before"),
        pytest.param([("ok", 9)], None, 9, id="after"),
        pytest.param([("ok", 1), ("ok", 9)], 1, 9, id="before-and-after"),
        pytest.param([("no", 1), ("no", 9)], None, None, id="refused-only"),
    ],
)
def test_what_came_before_and_after(deeds: list[tuple[str, float]], worked: float | None, again: float | None) -> None:
    for order in permutations(deeds):
        track = track_of(order)
        before, after = track.worked_before(seen(5)), track.works_after(seen(5))
        assert (before and before.at, after and after.at) == (worked, again)


@pytest.mark.parametrize(
    ("deeds", "since"),
    [
        ([("ok", 1), ("no", 2), ("no", 3)], 2),
        ([("ok", 1), ("no", 2), ("ok", 3), ("no", 4), ("no", 5)], 4),
        ([("no", 1), ("no", 2)], 1),
    ],
)
def test_since_when_it_fails(deeds: list[tuple[str, float]], since: float) -> None:
    failing = track_of(deeds).failing_since
    assert failing is not None
    assert failing.at == since


@given(st.lists(st.tuples(st.sampled_from(("ok", "no")), st.integers(1, 30)), max_size=12, unique_by=lambda d: d[1]))
def test_the_order_of_noting_does_not_matter(deeds: list[tuple[str, int]]) -> None:
    forward, backward = track_of(deeds), track_of(deeds[::-1])
    for at in range(31):
        here = seen(at + 0.5, 100)
        assert forward.worked_before(here) == backward.worked_before(here)
        assert forward.works_after(here) == backward.works_after(here)


@pytest.mark.parametrize(
    ("deeds", "calm"),
    [
        ([("ok", 1)], True),
        ([("ok", 1), ("no", 2)], False),
        ([("ok", 1), ("no", 2), ("ok", 3)], True),
        ([("no", 1)], False),
        ([], True),
    ],
)
def test_settled_means_nothing_refused_since(deeds: list[tuple[str, float]], *, calm: bool) -> None:
    for order in permutations(deeds):
        timeline = timeline_of(order)
        assert settled(timeline.latest, timeline.refused) is calm


def test_one_more_success_moves_the_last_one() -> None:
    track = track_of([("ok", 1)])
    track.accepted_last.move(7, 7.5)
    latest = track.accepted_last.sighting
    assert latest is not None
    assert (latest.index, latest.at) == (7, 7.5)
    assert track.worked_before(seen(8)) == latest
    assert track.worked_before(seen(3)) == seen(1)
    track.accept(seen(5))
    assert track.accepted_last.sighting == latest


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        pytest.param((5, 9), (6, 1), -1, id="by-the-clock"),
        pytest.param((6, 1), (5, 9), 1, id="later-by-the-clock"),
        pytest.param((5, 1), (5, 2), -1, id="by-the-place-at-one-time"),
        pytest.param((None, 1), (9, 2), -1, id="by-the-place-without-a-clock"),
        pytest.param((9, 2), (None, 1), 1, id="later-by-the-place"),
        pytest.param((5, 1), (5, 1), 0, id="itself"),
        pytest.param((None, 1), (None, 1), 0, id="itself-without-a-clock"),
    ],
)
def test_what_is_kept_precedes_or_follows(
    one: tuple[float | None, int], other: tuple[float | None, int], order: int
) -> None:
    last = Last()
    assert not last.precedes(seen(*other))
    assert not last.follows(seen(*other))
    last.note(seen(*one))
    assert (last.precedes(seen(*other)), last.follows(seen(*other))) == (order < 0, order > 0)
    last.move_on(other[1], other[0])
    assert (last.at, last.index) == (other if order < 0 else one)
    assert last.sighting == seen(*(other if order < 0 else one))


def test_calls_of_one_kind() -> None:
    timeline = Timeline()
    for at in (3, 1, 2):
        timeline.accept(seen(at), ("POST", "Messages"))
    timeline.accept(seen(0.2), None)
    assert timeline.did(("POST", "Messages"), seen(5)) == seen(1)
    assert timeline.did(("POST", "Messages"), seen(0.5)) is None
    assert timeline.did(("GET", "Messages"), seen(5)) is None
    for number in range(MOST_DEEDS - 1):
        timeline.accept(seen(9), ("GET", number))
    assert timeline.did(("POST", "Messages"), seen(5)) == seen(1)
    timeline.accept(seen(9), ("PUT", "Messages"))
    assert timeline.did(("POST", "Messages"), seen(5)) is None


def test_without_clocks_the_place_decides() -> None:
    assert earlier(seen(None, 1), seen(None, 2))
    assert not earlier(seen(None, 2), seen(None, 1))
    assert earlier(seen(None, 1), seen(5, 2))
    assert earlier(seen(5, 9), seen(6, 1))
    assert earlier(seen(5, 1), seen(5, 2))
    assert not earlier(seen(5, 1), seen(5, 1))


def test_places_of_a_credential_are_bounded() -> None:
    timeline = Timeline()
    first = timeline.track("api.twilio.com", None)
    for number in range(MOST_PLACES):
        timeline.track(f"h{number}.twilio.com", None)
    assert len(timeline.tracks) == MOST_PLACES
    assert timeline.track("api.twilio.com", None) is not first


def test_the_place_that_was_used_longest_ago_is_forgotten() -> None:
    timeline = Timeline()
    first = timeline.track("api.twilio.com", None)
    for number in range(MOST_PLACES * 2):
        timeline.track(f"h{number}.twilio.com", None)
        assert timeline.track("api.twilio.com", None) is first


def test_every_host_and_account_has_a_track_of_its_own() -> None:
    timeline = Timeline()
    places = [("a", None), ("a", SID), ("b", SID), ("b", OTHER_SID)]
    for index, (host, account) in enumerate(places):
        there = replace(seen(index), host=host, account=account)
        assert timeline.accept(there, None) is timeline.tracks[host, account]
        timeline.refuse(replace(there, at=50.0 + index, index=50 + index))
    assert [*timeline.tracks] == places
    for index, place in enumerate(places):
        track = timeline.tracks[place]
        assert track.accepted_last.index == index
        assert track.failing_since is not None
        assert track.failing_since.index == 50 + index


def test_nothing_was_last_yet() -> None:
    last = Last()
    assert (last.sighting, last.at) == (None, None)
    assert last.index < 0


def test_the_latest_success_comes_first() -> None:
    timeline = Timeline()
    timeline.track("a", None).accept(seen(1, 7))
    timeline.track("b", None).accept(seen(5, 2))
    timeline.track("c", None).refuse(seen(9))
    timeline.track("d", None).accept(seen(5, 3))
    assert [one.index for one in timeline.accepted()] == [3, 2, 7]


def test_without_clocks_the_last_recorded_comes_first() -> None:
    timeline = Timeline()
    for index, host in enumerate("bac"):
        timeline.track(host, None).accept(seen(None, index))
    assert [one.index for one in timeline.accepted()] == [2, 1, 0]
