"""base64-truncated: a length that base64 cannot have, and the beginning of a pair."""

import base64

import pytest
from judging import checked

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import base64_truncated
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
# SID, colon and two letters, of the third only some bits
STRAY_BITS = GOOD[: len("Basic ") + 50]
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return checked(base64_truncated.RULE, case_of(exchange))


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
        pytest.param(GOOD[:-3], CONFIRMED, id="cut-by-3"),
        pytest.param(GOOD[:-5], LIKELY, id="cut-by-5-as-if-unpadded"),
        pytest.param(GOOD[:-6], CONFIRMED, id="cut-by-6"),
        pytest.param(GOOD[:-7], CONFIRMED, id="cut-by-7"),
        pytest.param(GOOD[:51], CONFIRMED, id="cut-in-the-sid"),
        pytest.param(GOOD[:59], CONFIRMED, id="cut-in-the-password"),
        pytest.param(STRAY_BITS, CONFIRMED, id="bits-behind-the-last-byte"),
        pytest.param(STRAY_BITS[:-1] + b"E", CONFIRMED, id="one-bit-behind-the-last-byte"),
        pytest.param(GOOD[:17], CONFIRMED, id="eight-letters-of-a-sid"),
        pytest.param(GOOD[:16], LIKELY, id="seven-letters-of-a-sid"),
        pytest.param(STRAY_BITS[:-1] + b"A", LIKELY, id="no-bits-behind-the-last-byte"),
        pytest.param(basic(SID, b"testing9")[:-1], RuledOut, id="half-the-padding-of-a-short-secret"),
        pytest.param(basic(SID, b"testing9").rstrip(b"="), LIKELY, id="unpadded-and-eight-letters"),
        pytest.param(b"Basic " + GOOD[:-7], CONFIRMED, id="cut-and-doubled"),
        pytest.param(GOOD[:9], LIKELY, id="hardly-begun"),
        pytest.param(basic(SID, b"tests").rstrip(b"="), LIKELY, id="unpadded-and-short"),
        pytest.param(basic(TOKEN, SID)[:-7], LIKELY, id="cut-and-swapped"),
        pytest.param(b64(SID).rstrip(b"="), LIKELY, id="only-a-sid-unpadded"),
        pytest.param(GOOD[:-1], RuledOut, id="half-the-padding"),
        pytest.param(GOOD[:-2], RuledOut, id="the-padding-alone"),
        pytest.param(GOOD[:-4], RuledOut, id="cut-by-4"),
        pytest.param(GOOD[:-8], RuledOut, id="cut-by-8"),
        pytest.param(basic(SID, TOKEN[:9]), RuledOut, id="short-token"),
        pytest.param(b"Basic abcde", RuledOut, id="five-letters"),
        pytest.param(GOOD + b"a", RuledOut, id="one-letter-more"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = GOOD[:-7]


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


def test_it_says_how_much_is_left() -> None:
    found = stands(refused(GOOD[:-7]))
    assert found.says == "The base64 breaks off: 63 of the 67 characters of a pair can be read"
    assert (found.evidence[0].start, found.evidence[0].end) == (91, 91)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param(GOOD[:-3], "89 characters cannot be base64", id="one-letter-left-over"),
        pytest.param(GOOD[:-7], "85 characters cannot be base64", id="one-letter-left-over-earlier"),
        pytest.param(GOOD[:-5], "in the middle of a byte", id="three-letters-left-over"),
        pytest.param(STRAY_BITS, "in the middle of a byte", id="two-letters-left-over"),
    ],
)
def test_it_says_how_it_ends(value: bytes, says: str) -> None:
    assert says in stands(refused(value)).evidence[0].says
