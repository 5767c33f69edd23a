"""bearer-with-basic-credentials: what belongs after Basic stands after Bearer."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import bearer_with_basic_credentials
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return bearer_with_basic_credentials.check(case_of(exchange))


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
        pytest.param(b"Bearer " + SID + b":" + TOKEN, CONFIRMED, id="raw-pair"),
        pytest.param(b"Bearer " + TEXT, CONFIRMED, id="base64"),
        pytest.param(b"Bearer " + SID, CONFIRMED, id="sid"),
        pytest.param(b"bearer " + KEY, CONFIRMED, id="key-sid"),
        pytest.param(b"Bearer " + TOKEN, CONFIRMED, id="token"),
        pytest.param(b"Bearer " + KEY_SECRET, CONFIRMED, id="secret"),
        pytest.param(b"Bearer " + TOKEN + b"\n", CONFIRMED, id="token-and-a-line-feed"),
        pytest.param(b'Bearer "' + TOKEN + b'"', CONFIRMED, id="quoted-token"),
        pytest.param(b"Bearer " + TEXT[:-2], CONFIRMED, id="base64-unpadded"),
        pytest.param(b"Bearer " + GOOD, CONFIRMED, id="bearer-basic"),
        pytest.param(b"Bearer abc", RuledOut, id="short-text"),
        pytest.param(b"Bearer " + b"x" * 40, RuledOut, id="longer-text"),
        pytest.param(b"Bearer " + JWT[:-5], RuledOut, id="other-token"),
        pytest.param(b"Bearer me:you", RuledOut, id="another-pair"),
        pytest.param(b"Bearer", RuledOut, id="nothing"),
        pytest.param(b"Token " + TOKEN, RuledOut, id="another-scheme"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Bearer " + TOKEN


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(HIT, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(HIT, status=403, code=20008), RuledOut, id="test-credentials"),
        pytest.param(refused(HIT, status=404, code=20404), POSSIBLE, id="not-found"),
        pytest.param(refused(HIT, message="Something new"), CONFIRMED, id="a-text-about-something-else"),
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


def test_it_says_what_stands_there() -> None:
    found = stands(refused(b"Bearer " + SID + b":" + TOKEN))
    assert found.says == "Bearer carries a raw SID and secret instead of a token"
    assert (found.evidence[0].start, found.evidence[0].end) == (7, 74)


def test_errors_of_tokens_count_as_well() -> None:
    assert stands(refused(b"Bearer " + TOKEN, code=20101, message="Invalid Access Token")).verdict is CONFIRMED


@pytest.mark.parametrize(
    ("value", "says", "span"),
    [
        pytest.param(b"Bearer " + TEXT, "the base64 of a SID and secret", (7, 99), id="base64"),
        pytest.param(b"Bearer " + SID, "an Account SID", (7, 41), id="sid"),
        pytest.param(b"Bearer   " + KEY, "an API key SID", (9, 43), id="blanks"),
        pytest.param(b"Bearer " + TOKEN, "32 hex digits", (7, 39), id="token"),
        pytest.param(b"Bearer " + KEY_SECRET, "32 letters and digits", (7, 39), id="secret"),
        pytest.param(b"Bearer Bearer " + TOKEN, "32 hex digits", (14, 46), id="doubled-scheme"),
        pytest.param(b"Bearer " + TEXT[:40] + b"\r\n" + TEXT[40:], "the base64", (None, None), id="wrapped"),
    ],
)
def test_it_points_at_what_follows(value: bytes, says: str, span: tuple[int | None, int | None]) -> None:
    found = stands(refused(value))
    assert says in found.says
    assert spots(found) == [("authorization", *span)]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"Basic " + SID + b":" + TOKEN, id="basic-not-encoded"),
        pytest.param(b"Basic " + TOKEN, id="basic-and-a-token"),
        pytest.param(TOKEN, id="no-scheme"),
        pytest.param(b"Bearer" + TOKEN, id="scheme-glued"),
        pytest.param(b"Bearer " + SID + b", Basic " + TEXT, id="two-credentials"),
        pytest.param(b"Bearer " + SID + b":" + b"x" * 1000, id="a-pair-too-long"),
        pytest.param(b'Bearer ""', id="nothing-in-quotes"),
    ],
)
def test_what_belongs_to_other_causes(value: bytes) -> None:
    assert isinstance(judge(refused(value)), RuledOut)


@pytest.mark.parametrize(("length", "expected"), [(1000, CONFIRMED), (1001, RuledOut)])
def test_how_long_a_pair_is_read(length: int, expected: Verdict | type[Outcome]) -> None:
    pair = SID + b":"
    assert verdict(b"Bearer " + pair + b"x" * (length - len(pair))) is expected
