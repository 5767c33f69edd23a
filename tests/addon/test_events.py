import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from canary import spotted
from every_output_capture import VALUES, exchanges
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource

from addon import events
from addon.events import Lines, News
from addon.sinks.courier import Courier, Parcel
from analyzers.building import GOOD, KEY, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, Correction
from analyzers.contract import diagnosis_json
from analyzers.diagnosis import Diagnosis

SCHEMAS = Path(__file__).parents[2] / "why20003" / "schema"
STRAY = basic(SID, TOKEN + b"\n")


def validator() -> Validator:
    known = [json.loads((SCHEMAS / f"why20003-{name}.json").read_text()) for name in ("1", "events-1")]
    resources = [(each["$id"], Resource.from_contents(each)) for each in known]
    registry: Registry[Any] = Registry().with_resources(resources)
    Draft202012Validator.check_schema(known[1])
    return Draft202012Validator(known[1], registry=registry)


SCHEMA = validator()


class Tray(Courier):
    """A courier that keeps what it is offered, and what is to come later apart from that."""

    def __init__(self) -> None:
        self.now: list[bytes | None] = []
        self.later: list[Parcel] = []
        self.room = True

    @property
    def has_room(self) -> bool:
        return self.room

    def offer(self, parcel: Parcel, *, after: float = 0.0) -> bool:
        if self.room and after:
            assert after == events.REPEATED_AFTER
            self.later.append(parcel)
        elif self.room:
            self.now.append(parcel())
        return self.room

    def due(self) -> None:
        """The minute has passed."""
        self.now += [parcel() for parcel in self.later]
        self.later = []

    def taken(self) -> list[dict[str, Any]]:
        """The lines since the last time, each as the schema has it."""
        lines = [json.loads(line or b"") for line in self.now]
        assert [error.message for line in lines for error in SCHEMA.iter_errors(line)] == []
        assert all((line or b"").endswith(b"\n") and (line or b"").count(b"\n") == 1 for line in self.now)
        self.now = []
        return lines


@pytest.fixture
def tray() -> Tray:
    return Tray()


@pytest.fixture
def news(tray: Tray) -> News:
    return News(tray, Lines())


@pytest.fixture
def capture() -> Capture:
    return Capture(b"key")


def one(capture: Capture, at: float = 0.0) -> Diagnosis:
    found = capture.add(refused(STRAY, at=at)).diagnosis
    assert found is not None
    return found


def test_a_refusal_is_the_diagnosis_of_the_contract(tray: Tray, news: News, capture: Capture) -> None:
    result = capture.add(refused(STRAY, at=1.0))
    news.judged(result)
    [line] = tray.taken()
    head = {name: line.pop(name) for name in ("schema", "run", "proxy", "type")}
    assert (head["schema"], head["type"]) == ("why20003-events/1", "diagnosis")
    assert result.diagnosis is not None
    assert line == json.loads(json.dumps(diagnosis_json(result.diagnosis)))


def test_what_succeeds_is_no_event(tray: Tray, news: News, capture: Capture) -> None:
    news.judged(capture.add(accepted(GOOD)))
    assert tray.taken() == []


def test_repetitions_are_counted_and_told_a_minute_later(tray: Tray, news: News, capture: Capture) -> None:
    for number in range(5):
        news.judged(capture.add(refused(STRAY, at=float(number))))
    news.again(one(capture, 5.0), 99.0)
    assert [line["type"] for line in tray.taken()] == ["diagnosis"]
    tray.due()
    [line] = tray.taken()
    assert (line["type"], line["of"], line["index"], line["count"]) == ("repetition", "diagnosis", 0, 6)
    assert (line["time"], line["cause"], line["verdict"]) == (
        "1970-01-01T00:01:39.000Z",
        "stray-characters",
        "confirmed",
    )
    tray.due()
    assert tray.taken() == []
    news.again(one(capture, 7.0), 100.0)
    tray.due()
    assert [line["count"] for line in tray.taken()] == [7]


def test_the_very_diagnosis_of_before_is_known_by_that(tray: Tray, news: News, capture: Capture) -> None:
    first = one(capture)
    news.again(first, 0.0)
    for _ in range(1000):
        news.again(first, 1.0)
    assert len(tray.taken()) == 1
    assert len(tray.later) == 1
    tray.due()
    assert [line["count"] for line in tray.taken()] == [1001]


def test_a_refusal_that_differs_is_told(tray: Tray, news: News, capture: Capture) -> None:
    news.judged(capture.add(refused(STRAY)))
    news.judged(capture.add(refused(basic(SID, TOKEN + b" "), at=1.0)))
    news.judged(capture.add(refused(STRAY, at=2.0, method="GET")))
    assert [(line["type"], line["index"]) for line in tray.taken()] == [("diagnosis", n) for n in range(3)]


def test_a_correction_is_told_and_what_repeats_it_is_not_told_as_new(tray: Tray, news: News, capture: Capture) -> None:
    for number in range(3):
        news.judged(capture.add(refused(basic(KEY, TOKEN), at=float(number))))
    assert [line["verdict"] for line in tray.taken()] == ["likely"]
    news.judged(capture.add(accepted(GOOD, at=9.0)))
    [line] = tray.taken()
    assert (line["type"], line["index"], line["indexes"], line["count"]) == ("correction", 0, [0, 1, 2], 3)
    assert (line["cause"], line["verdict"], line["before"]["verdict"]) == ("token-with-key-sid", "confirmed", "likely")
    news.judged(capture.add(refused(basic(KEY, TOKEN), at=10.0)))
    tray.due()
    assert [(line["type"], line["of"], line["count"]) for line in tray.taken()] == [
        ("repetition", "diagnosis", 3),
        ("repetition", "correction", 4),
    ]


def test_the_same_correction_again_and_again_is_counted(tray: Tray, news: News, capture: Capture) -> None:
    for number in range(5):
        begin = number * 100.0
        news.judged(capture.add(refused(None, agent=b"Wget/1.21.3", at=begin)))
        news.judged(capture.add(accepted(GOOD, agent=b"Wget/1.21.3", at=begin + 0.2)))
    told = [line["type"] for line in tray.taken()]
    assert told[:2] == ["diagnosis", "correction"]
    assert len(told) == 2
    tray.due()
    assert {line["of"] for line in tray.taken()} <= {"diagnosis", "correction"}


def test_what_found_no_room_is_told_when_it_comes_again(tray: Tray, news: News, capture: Capture) -> None:
    tray.room = False
    news.judged(capture.add(refused(STRAY)))
    tray.room = True
    news.judged(capture.add(refused(STRAY, at=1.0)))
    assert [line["index"] for line in tray.taken()] == [1]
    tray.room = False
    news.judged(capture.add(refused(STRAY, at=2.0)))
    tray.room = True
    news.judged(capture.add(refused(STRAY, at=3.0)))
    tray.due()
    assert [line["count"] for line in tray.taken()] == [3]


def test_memory_is_bounded(tray: Tray, news: News, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = one(capture)
    for number in range(3000):
        news.again(replace(diagnosis, url=f"https://api.twilio.com/{number}", findings=(*diagnosis.findings,)), 0.0)
        tray.now.clear()
    assert len(news._kinds) <= 1024
    assert len(news._known) <= 1024


@pytest.mark.parametrize("text", ["\ud800", "a\ud83d", "\N{GRINNING FACE}", "\x7f\x1b[2J\x9b", "\u202e\u2028"])
def test_no_character_moves_a_cursor_or_breaks_a_line(text: str, tray: Tray, news: News, capture: Capture) -> None:
    news.again(replace(one(capture), message=text), 0.0)
    assert all(0x20 <= byte < 0x7F for byte in (tray.now[0] or b"\0")[:-1])
    [line] = tray.taken()
    assert line["message"] == "".join("\N{REPLACEMENT CHARACTER}" if "\ud800" <= c <= "\udfff" else c for c in text)


def test_a_gap_says_how_many_are_missing(tray: Tray) -> None:
    tray.now.append(Lines().gap(7))
    [line] = tray.taken()
    assert (line["type"], line["count"]) == ("dropped", 7)


def test_no_line_holds_a_secret(tray: Tray, news: News, capture: Capture) -> None:
    for exchange in exchanges():
        news.judged(capture.add(exchange))
    tray.due()
    told = b"".join(line or b"" for line in tray.now)
    assert len(tray.taken()) > 20
    assert spotted(told, [*VALUES.values()]) == []


def test_a_correction_of_nothing_known_is_told_as_it_is(tray: Tray, news: News, capture: Capture) -> None:
    before = one(capture)
    now = replace(before, benign=True)
    news._corrected(Correction(before, now, (0,), 500))
    [line] = tray.taken()
    assert (line["count"], line["indexes"], line["cause"], line["before"]["cause"]) == (
        500,
        [0],
        None,
        "stray-characters",
    )
