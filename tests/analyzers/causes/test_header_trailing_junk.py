"""header-trailing-junk: more than the credential stands in the value."""

import base64

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import header_trailing_junk
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return header_trailing_junk.check(case_of(exchange))


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
        pytest.param(GOOD + b" foo", CONFIRMED, id="word"),
        pytest.param(GOOD + b",", CONFIRMED, id="comma"),
        pytest.param(GOOD + b";", CONFIRMED, id="semicolon"),
        pytest.param(GOOD + b"; charset=utf-8", CONFIRMED, id="parameter"),
        pytest.param(GOOD + b' realm="x"', CONFIRMED, id="realm"),
        pytest.param(GOOD + b" # note", CONFIRMED, id="comment"),
        pytest.param(b'"' + GOOD + b'"', CONFIRMED, id="quoted-value"),
        pytest.param(b'"' + GOOD[:66] + b"\n" + GOOD[66:] + b'"', CONFIRMED, id="quoted-and-wrapped"),
        pytest.param(b'Basic "' + TEXT + b'"', CONFIRMED, id="quoted-base64"),
        pytest.param(b"Basic <" + TEXT + b">", CONFIRMED, id="angles"),
        pytest.param(GOOD + b"\r\nX-Injected: 1", CONFIRMED, id="another-line"),
        pytest.param(b"Basic Basic " + TEXT + b";", CONFIRMED, id="doubled-with-a-semicolon"),
        pytest.param(GOOD + b"  ", RuledOut, id="blanks-behind"),
        pytest.param(GOOD + b"\n", RuledOut, id="line-feed-behind"),
        pytest.param(basic(SID, TOKEN + b";"), RuledOut, id="semicolon-inside"),
        pytest.param(b"Basic " + SID + b":" + TOKEN + b";", RuledOut, id="clear-text"),
        pytest.param(b64(SID) + b";", RuledOut, id="no-pair"),
        pytest.param(b"Basic {{token}}", RuledOut, id="template"),
        pytest.param(GOOD + b", " + GOOD, RuledOut, id="two-credentials"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = GOOD + b" foo"


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


def test_it_points_behind_the_base64() -> None:
    found = stands(refused(GOOD + b"; charset=utf-8"))
    assert (found.evidence[0].start, found.evidence[0].end) == (98, 113)


PAIR = SID + b":" + TOKEN


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b'"Basic ' + PAIR + b'"', id="clear-text-in-quotes"),
        pytest.param(b"'Basic " + PAIR, id="clear-text-behind-a-quote"),
        pytest.param(b"`Basic " + PAIR.hex().encode(), id="hexadecimal-behind-a-mark"),
        pytest.param(b'"Basic ' + TEXT[:40] + b'"', id="a-cut-pair-in-quotes"),
    ],
)
def test_a_pair_between_marks_that_is_no_base64_is_another_cause(value: bytes) -> None:
    assert isinstance(judge(refused(value)), RuledOut)
