"""bearer-malformed: a bearer token that is no JWT, and which part is not."""

import base64

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import bearer_malformed
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return bearer_malformed.check(case_of(exchange))


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
        pytest.param(b"Bearer abc", CONFIRMED, id="one-part"),
        pytest.param(b"Bearer " + JWT.rpartition(b".")[0], CONFIRMED, id="two-parts"),
        pytest.param(b"Bearer " + JWT[:30], CONFIRMED, id="cut"),
        pytest.param(b'Bearer "' + JWT + b'"', CONFIRMED, id="quoted"),
        pytest.param(b'Bearer {"access_token": 1}', CONFIRMED, id="the-json-around-it"),
        pytest.param(b"Bearer " + JWT + b";", CONFIRMED, id="semicolon-behind"),
        pytest.param(b"Bearer", RuledOut, id="nothing"),
        pytest.param(b"Bearer null", RuledOut, id="unset"),
        pytest.param(b"Bearer " + JWT + b"\n", RuledOut, id="line-feed-behind"),
        pytest.param(JWT, RuledOut, id="no-scheme"),
        pytest.param(b"bearer " + JWT, RuledOut, id="lower-case"),
        pytest.param(b"Bearer ***", Unknown, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Bearer abc"


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


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (JWT[:30], "2 dot-separated parts"),
        (b"abcd.e30.x", "the header part is not JSON"),
        (JWT.split(b".")[0] + b".eyJ.x", "the claims part is not JSON"),
        (b"e30.e30.", "the signature part is empty"),
    ],
)
def test_it_says_which_part(token: bytes, says: str) -> None:
    found = stands(refused(b"Bearer " + token))
    assert says in found.says
    assert (found.evidence[0].start, found.evidence[0].end) == (7, 7 + len(token))
