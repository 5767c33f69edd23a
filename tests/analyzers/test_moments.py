"""Moments of claims and of Twilio's answer."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import moments
from analyzers.building import DATE, TIME, refused
from analyzers.case import case_of
from analyzers.exchange import Response
from analyzers.moments import answered_at, moment_of, span, utc


def answered(date: bytes | None, name: bytes = b"Twilio-Request-Id") -> datetime | None:
    headers = ((name, b"x"),) if date is None else ((name, b"x"), (b"Date", date))
    return answered_at(case_of(refused(answer=Response(status=401, headers=headers))))


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock of the machine that diagnoses stands in some zone, which says nothing about Twilio's Date."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        moments._second.cache_clear()  # it may have been worked out in another zone
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    "date",
    [
        pytest.param(DATE, id="imf-fixdate"),
        pytest.param(b"Tuesday, 03-Nov-26 11:14:08 GMT", id="rfc-850"),
        pytest.param(b"Tue, 03 Nov 2026 13:14:08 +0200", id="another-zone"),
        pytest.param(b"Tue, 03 Nov 2026 11:14:08 -0000", id="no-zone"),
    ],
)
def test_the_date_of_an_answer(date: bytes) -> None:
    moment = answered(date)
    assert moment is not None
    assert moment.timestamp() == TIME
    assert utc(moment) == "2026-11-03 11:14:08 UTC"


@pytest.mark.parametrize(
    "date", [None, b"", b"yesterday", b"Tue, 99 Nov 2026 11:14:08 GMT", b"\xff", b"0", b"9" * 10**6]
)
def test_no_date(date: bytes | None) -> None:
    assert answered(date) is None


def test_only_twilio_tells_the_time() -> None:
    assert answered(DATE, b"Server") is None
    assert answered_at(case_of(replace(refused(), response=None))) is None


@given(st.binary(max_size=60))
def test_any_date_is_read_or_none(date: bytes) -> None:
    answered(date)


@pytest.mark.parametrize(
    "claim", [None, "1793704448", True, [1], float("nan"), float("inf"), 10**400, -(10**15), TIME * 1000]
)
def test_what_is_no_moment(claim: object) -> None:
    assert moment_of(claim) is None


def test_moments_are_utc() -> None:
    assert moment_of(TIME) == datetime(2026, 11, 3, 11, 14, 8, tzinfo=UTC)
    assert moment_of(0) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (2, "2 seconds"),
        (119.9, "119 seconds"),
        (120, "2 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (172799, "47 hours"),
        (172800, "2 days"),
    ],
)
def test_span(seconds: float, words: str) -> None:
    assert span(seconds) == words
