"""scheme-doubled: the scheme or the header name inside the value."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import scheme_doubled
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return scheme_doubled.check(case_of(exchange))


def verdict(value: bytes | None) -> Verdict | type[Outcome]:
    """The verdict on a refused request with this Authorization value, or the kind of outcome."""
    found = judge(refused(value))
    return found.verdict if isinstance(found, Stands) else type(found)


def stands(exchange: Exchange) -> Stands:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert len(found.says) <= 140
    assert not found.says.endswith(".")
    assert found.fix
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Basic " + GOOD, CONFIRMED, id="basic-basic"),
        pytest.param(b"Bearer " + GOOD, CONFIRMED, id="bearer-basic"),
        pytest.param(b"Bearer Bearer " + JWT, CONFIRMED, id="bearer-bearer"),
        pytest.param(b"Basic Bearer " + JWT, CONFIRMED, id="basic-bearer"),
        pytest.param(b"Authorization: " + GOOD, CONFIRMED, id="header-line"),
        pytest.param(b": " + GOOD, CONFIRMED, id="second-colon"),
        pytest.param(b"Basic: " + TEXT, CONFIRMED, id="basic-colon"),
        pytest.param(b"Basic=" + TEXT, CONFIRMED, id="basic-equals"),
        pytest.param(b"Basic Basic " + TEXT[:-2], CONFIRMED, id="doubled-and-unpadded"),
        pytest.param(b"Basic " + GOOD[:66] + b"\n" + GOOD[66:], CONFIRMED, id="doubled-and-wrapped"),
        pytest.param(b"Basic Basic " + SID + b":" + TOKEN, CONFIRMED, id="doubled-and-unencoded"),
        pytest.param(b"Basic  " + TEXT, RuledOut, id="two-blanks"),
        pytest.param(basic(b"basic", b"Basic "), RuledOut, id="the-word-as-a-value"),
        pytest.param(b64(GOOD), RuledOut, id="the-word-inside-the-base64"),
        pytest.param(b"BasicBasic " + TEXT, RuledOut, id="one-unknown-word"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Basic " + GOOD


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(HIT, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(HIT, status=403, code=20008), RuledOut, id="test-credentials"),
        pytest.param(refused(HIT, status=404, code=20404), POSSIBLE, id="not-found"),
        pytest.param(refused(HIT, message="Something new"), LIKELY, id="a-text-about-something-else"),
        pytest.param(refused(HIT, answer=Response(status=407, headers=())), POSSIBLE, id="a-proxy-asks"),
        pytest.param(refused(HIT, answer=Response(status=401, headers=())), LIKELY, id="somebody-answered"),
        pytest.param(refused(HIT, extra=((b"Authorization", GOOD),)), LIKELY, id="two-headers"),
    ],
)
def test_the_answer_weighs(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert (found.settle is None) == (found.verdict is CONFIRMED)


def test_it_points_at_the_second_word() -> None:
    found = stands(refused(b"Basic " + GOOD))
    assert (found.evidence[0].start, found.evidence[0].end) == (6, 12)


def test_it_tells_a_header_name_from_a_scheme() -> None:
    assert "header name" in stands(refused(b"Authorization: " + GOOD)).says
    assert "twice" in stands(refused(b"Basic " + GOOD)).says


@pytest.mark.parametrize(
    ("value", "says", "span"),
    [
        pytest.param(b"Basic " + GOOD, "The scheme stands in the Authorization value twice", (6, 12), id="basic-basic"),
        pytest.param(b"Authorization: " + GOOD, "The header name Authorization stands in", (0, 15), id="header-line"),
        pytest.param(b"AUTHORIZATION " + GOOD, "The header name Authorization stands in", (0, 14), id="capitals"),
        pytest.param(b": " + GOOD, "The colon behind the header name stands in", (0, 2), id="second-colon"),
        pytest.param(b"Basic: " + TEXT, "The scheme is not followed by a blank alone: a colon", (0, 7), id="colon"),
        pytest.param(b"Basic=" + TEXT, "The scheme is not followed by a blank alone: a colon", (0, 6), id="equals"),
    ],
)
def test_it_says_what_stands_there_twice(value: bytes, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.says.startswith(says)
    assert spots(found) == [("authorization", *span)]
