"""What each credential met: counts, times, and where they stand in the plot."""

from itertools import pairwise

import pytest
from report_pages import recorded, sample

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TIME, TOKEN, accepted, basic, redirected, refused
from analyzers.case import case_of
from analyzers.exchange import Exchange
from why20003.report.axis import tick_text, ticks
from why20003.report.history_view import history_view
from why20003.report.model import Recorded
from why20003.report.shapes import Dot, Drawing, Text, Trace
from why20003.report.story import story_of
from why20003.report.timeline import MOST_CREDENTIALS, Numbers, Outcome, Point, Spell, Track, Tracks, shown
from why20003.report.timeline_plot import timeline_drawing

OTHER = basic(KEY, KEY_SECRET)


def tracks(found: Recorded, numbers: Numbers | None = None) -> tuple[Track, ...]:
    known = {
        place: one.credential.fingerprint if one.credential else ""
        for one, places in found.diagnoses
        for place in places
    }
    collected = Tracks(numbers or Numbers(known.values()))
    assert found.exchanges is not None
    story_of(found.exchanges, [], known, collected)
    return collected.ended()


def counts(track: Track) -> tuple[int, int, int]:
    return tuple(track.spells[kind].count for kind in Outcome)  # type: ignore[return-value] # there are three


def of(*exchanges: Exchange) -> tuple[Track, ...]:
    return tracks(recorded(exchanges))


def test_each_credential_has_a_track() -> None:
    found = of(accepted(at=0), refused(at=1), accepted(OTHER, at=2), refused(None, at=3), refused(at=4))

    assert [(track.label, counts(track)) for track in found] == [
        ("sec#1", (1, 2, 0)),
        ("sec#2", (1, 0, 0)),
        ("no Authorization", (0, 1, 0)),
    ]
    assert [track.username for track in found] == ["AC0011…eeff", "SK0f1e…e1f0", ""]


def test_numbers_are_those_of_the_diagnoses() -> None:
    found = recorded([accepted(OTHER), refused(basic(SID, b"a" * 32)), refused(at=1)])
    [first, second] = [one.credential.fingerprint for one, _ in found.diagnoses if one.credential]

    assert [track.label for track in tracks(found)] == [first, second, "sec#3"]
    assert (first, second) == ("sec#1", "sec#2")


def test_recordings_of_one_page_share_their_numbers() -> None:
    numbers = Numbers(["sec#4"])
    first = tracks(recorded([accepted(OTHER)]), numbers)
    again = tracks(recorded([accepted(OTHER), accepted(GOOD)]), numbers)

    assert [track.label for track in first] == ["sec#5"]
    assert [track.label for track in again] == ["sec#5", "sec#6"]


def test_one_secret_with_two_usernames_says_so() -> None:
    [track] = of(refused(), refused(basic(KEY, TOKEN), at=1))

    assert track.several


def test_a_placeholder_is_told_and_a_secret_is_not() -> None:
    [track] = of(refused(basic(SID, b"undefined")))

    assert track.secret == "9 letters and digits (undefined)"
    [track] = of(refused())
    assert track.secret == "32 lower-case hex digits"


def test_strangers_are_not_counted() -> None:
    assert [counts(track) for track in of(accepted(host="shop.example"), refused())] == [(0, 1, 0)]


def test_a_redirect_is_another_answer() -> None:
    [track] = of(redirected(GOOD, b"https://api.twilio.com/"), refused(at=1.0))

    assert counts(track) == (0, 1, 1)
    assert len(marks(timeline_drawing([track], width=880, look="wide"), "met mute")) == 1


def test_times_are_those_of_the_clock_not_of_the_order() -> None:
    spell = Spell()
    for place, at in enumerate([5.0, 1.0, 9.0, 3.0]):
        spell.add(Point(place, at))

    assert spell.first == Point(1, 1.0)
    assert spell.last == Point(2, 9.0)
    assert spell.count == 4


def test_many_points_are_thinned_evenly_and_still_counted() -> None:
    spell = Spell()
    for place in range(100_000):
        spell.add(Point(place, float(place)))

    assert spell.count == 100_000
    assert 1000 <= len(spell.points) <= 2000
    gaps = {after.place - before.place for before, after in pairwise(spell.points)}
    assert len(gaps) == 1
    assert spell.last == Point(99_999, 99_999.0)


def test_credentials_without_number_are_counted_not_kept() -> None:
    collected = Tracks(Numbers([]))
    for number in range(400):
        collected.add(number, case_of(refused(basic(SID, b"%032x" % number))), "")

    assert len(collected.ended()) == 256
    assert collected.uncounted == 144


def test_refused_credentials_are_drawn_first() -> None:
    calls = [accepted(basic(SID, b"%032x" % number), at=number) for number in range(30)]
    found = of(*calls, refused(at=99.0))
    drawn = shown(found)

    assert len(drawn) == MOST_CREDENTIALS
    assert any(track.spells[Outcome.REFUSED].count for track in drawn)


# --- the plot ---------------------------------------------------------------------------------------------------------


def marks(drawing: Drawing, look: str) -> list[float]:
    found = [shape.x for shape in drawing.shapes if isinstance(shape, Dot) and shape.look == look]
    return found + [float(s.path[1:].split()[0]) for s in drawing.shapes if isinstance(s, Trace) and s.look == look]


def test_the_plot_has_a_sign_for_each_outcome_in_order_of_time() -> None:
    drawing = timeline_drawing(of(accepted(at=0), refused(at=50), refused(at=100)), width=880, look="wide")

    [accepted_at] = marks(drawing, "met good")
    crosses = marks(drawing, "met bad")
    assert len(crosses) == 2
    assert accepted_at < min(crosses)
    middle = (accepted_at + max(crosses) + 5) / 2
    assert abs(min(crosses) + 5 - middle) < 1


def test_signs_that_would_touch_become_one_with_their_number() -> None:
    calls = [refused(at=number / 100) for number in range(50)]
    drawing = timeline_drawing(of(*calls, refused(at=1000)), width=880, look="wide")

    assert len(marks(drawing, "met bad")) == 2
    assert "50×" in [shape.text for shape in drawing.shapes if isinstance(shape, Text)]


@pytest.mark.parametrize("at", [None, float("nan"), float("inf"), 1e300])
def test_without_a_clock_the_axis_counts_entries(at: float | None) -> None:
    track = Track("sec#1", "", "")
    for place in (0, 4):
        track.spells[Outcome.REFUSED].add(Point(place, at))
    drawing = timeline_drawing([track], width=880, look="wide")

    assert [shape.text for shape in drawing.shapes if isinstance(shape, Text)][:2] == ["entry 0", "entry 1"]


@pytest.mark.parametrize("width", [330, 880])
@pytest.mark.parametrize("span", [0.004, 0.9, 7.0, 250.0, 86400.0 * 3, 86400.0 * 900])
def test_ticks_are_few_round_and_apart(width: int, span: float) -> None:
    drawing = timeline_drawing(of(refused(at=0), accepted(at=span)), width=width, look="wide")
    texts = [shape for shape in drawing.shapes if isinstance(shape, Text) and shape.look == "when"]

    assert 1 <= len(texts) <= 8
    assert all(0 <= shape.x <= width for shape in texts)
    assert all(after.x - before.x > 40 for before, after in pairwise(texts))


def test_ticks_are_round_moments() -> None:
    assert ticks(3.0, 61.0, 5) == [15.0, 30.0, 45.0, 60.0]
    assert ticks(0.0, 86400.0 * 10, 5) == [86400.0 * day for day in (0, 2, 4, 6, 8, 10)]
    assert tick_text(TIME, 5.0) == "11:14:08.000"
    assert tick_text(TIME, 60.0) == "11:14:08"
    assert tick_text(TIME, 90000.0) == "11-03 11:14"
    assert tick_text(TIME, 86400.0 * 3) == "2026-11-03"


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_says_what_the_plot_shows() -> None:
    found = sample("two-secrets-in-use-after-rotation")
    names = {
        place: one.credential.fingerprint if one.credential else ""
        for one, places in found.diagnoses
        for place in places
    }
    collected = Tracks(Numbers(names.values()))
    assert found.exchanges is not None
    story_of(found.exchanges, [], names, collected)
    view = history_view(collected)

    assert view is not None
    stale, good = view.rows
    assert (stale.accepted.count, stale.refused.count) == (1, 2)
    assert (good.accepted.count, good.refused.count) == (1, 0)
    assert stale.refused.first < good.accepted.first < stale.refused.last
    assert view.span.startswith("2026-")


def test_no_exchanges_with_twilio_is_no_table() -> None:
    assert history_view(Tracks(Numbers([]))) is None
