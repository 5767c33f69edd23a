"""basic-with-token: a JSON Web Token after Basic."""

import base64

import pytest
from judging import checked, spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.building_tokens import client_token
from analyzers.case import case_of
from analyzers.causes import basic_with_token
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return checked(basic_with_token.RULE, case_of(exchange))


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
        pytest.param(b"Basic " + JWT, CONFIRMED, id="token"),
        pytest.param(b64(JWT), CONFIRMED, id="token-in-base64"),
        pytest.param(b"Basic Bearer " + JWT, CONFIRMED, id="basic-bearer"),
        pytest.param(b64(b"Bearer " + JWT), CONFIRMED, id="bearer-in-base64"),
        pytest.param(basic(SID, JWT), LIKELY, id="token-as-password"),
        pytest.param(basic(JWT, b""), LIKELY, id="token-as-username"),
        pytest.param(b"Basic eyJ.a.b", LIKELY, id="looks-like-a-token"),
        pytest.param(basic(b"eyJhbGciOiJIUzI1NiJ9", TOKEN), RuledOut, id="one-part"),
        pytest.param(JWT, RuledOut, id="no-scheme"),
        pytest.param(b"Basic a.b.c", RuledOut, id="dots"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Basic " + JWT


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


def test_it_points_at_the_token() -> None:
    assert spots(stands(refused(b"Basic " + JWT))) == [("authorization", 6, 64)]
    assert spots(stands(refused(basic(SID, JWT)))) == [("authorization.password", 0, len(JWT))]
    assert spots(stands(refused(basic(JWT, TOKEN)))) == [("authorization.username", 0, len(JWT))]
    assert "58 characters" in stands(refused(basic(JWT, TOKEN))).evidence[0].says


def test_it_says_which_half_is_the_token() -> None:
    assert stands(refused(basic(SID, JWT))).says.startswith("The password is")
    assert stands(refused(basic(JWT, TOKEN))).says.startswith("The username is")
    assert stands(refused(b"Basic " + JWT)).says.startswith("Basic carries")


def test_a_client_token_belongs_nowhere_in_authorization() -> None:
    """Behind Bearer it would be refused as well."""
    found = stands(refused(b"Basic " + client_token()))
    assert found.verdict is CONFIRMED
    assert "Access Token for client SDKs" in found.says
    assert not any("Bearer" in step for step in found.fix)
    assert "Bearer" in stands(refused(b"Basic " + JWT)).says
