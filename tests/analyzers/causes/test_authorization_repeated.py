"""authorization-repeated: two header lines, or two credentials in one."""

import base64

import pytest
from judging import checked, spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import authorization_repeated
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return checked(authorization_repeated.RULE, case_of(exchange))


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
        pytest.param(GOOD + b", " + GOOD, CONFIRMED, id="joined"),
        pytest.param(GOOD + b",Basic " + TEXT, CONFIRMED, id="joined-without-a-blank"),
        pytest.param(GOOD + b", Bearer " + JWT, CONFIRMED, id="joined-with-a-token"),
        pytest.param(b"Negotiate abc, " + GOOD, CONFIRMED, id="joined-with-another-scheme"),
        pytest.param(GOOD + b",", RuledOut, id="comma-behind"),
        pytest.param(GOOD + b", " + TEXT, RuledOut, id="comma-and-base64"),
        pytest.param(b'Digest a="b", c="basic x"', RuledOut, id="digest"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = GOOD + b", " + GOOD


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(HIT, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(HIT, status=403, code=20008), RuledOut, id="test-credentials"),
        pytest.param(refused(HIT, status=404, code=20404), POSSIBLE, id="not-found"),
        pytest.param(refused(HIT, message="Something new"), LIKELY, id="a-text-about-something-else"),
        pytest.param(refused(HIT, answer=Response(status=407, headers=())), POSSIBLE, id="a-proxy-asks"),
        pytest.param(refused(HIT, answer=Response(status=401, headers=())), LIKELY, id="somebody-answered"),
        pytest.param(refused(HIT, extra=((b"Authorization", GOOD),)), CONFIRMED, id="two-headers"),
    ],
)
def test_the_answer_weighs(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert (found.settle is None) == (found.verdict is CONFIRMED)


def test_two_lines() -> None:
    found = stands(refused(GOOD, extra=((b"authorization", basic(KEY, KEY_SECRET)), (b"AUTHORIZATION", b""))))
    assert found.verdict is CONFIRMED
    assert found.says == "The request has 3 Authorization headers, not all the same"
    assert [evidence.index for evidence in found.evidence] == [0, 1, 2]
    assert [evidence.says for evidence in found.evidence] == [
        "header 1 of 3: a Basic pair",
        "header 2 of 3: a Basic pair",
        "header 3 of 3: no credential",
    ]


@pytest.mark.parametrize(
    ("value", "others", "says"),
    [
        pytest.param(GOOD, (GOOD,), "2 Authorization headers, all the same", id="the-same-twice"),
        pytest.param(GOOD, (basic(KEY, KEY_SECRET),), "2 Authorization headers, not all the same", id="two"),
        pytest.param(GOOD, (GOOD, b"Bearer x"), "3 Authorization headers, not all the same", id="two-of-three"),
        pytest.param(HIT, (GOOD,), "2 Authorization headers, not all the same", id="one-of-them-joined"),
        pytest.param(HIT, (HIT,), "2 Authorization headers, all the same", id="both-joined"),
        pytest.param(HIT, (), "One Authorization value holds two credentials", id="one-line"),
    ],
)
def test_how_many_there_are(value: bytes, others: tuple[bytes, ...], says: str) -> None:
    found = stands(refused(value, extra=tuple((b"Authorization", other) for other in others)))
    assert says in found.says
    if others:
        assert [evidence.index for evidence in found.evidence] == list(range(len(others) + 1))
    else:
        assert spots(found) == [("authorization", len(GOOD), len(GOOD) + 2)]


def test_of_many_lines_the_first_five_are_told() -> None:
    found = stands(refused(GOOD, extra=((b"Authorization", GOOD),) * 6))
    assert "7 Authorization headers" in found.says
    assert [evidence.says for evidence in found.evidence] == [f"header {at} of 7: a Basic pair" for at in range(1, 6)]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (GOOD, "a Basic pair"),
        (b"Bearer " + JWT, "a Bearer token"),
        (GOOD[:-7], "a broken value"),
        (b"Digest a=b", "another scheme"),
        (b"Basic", "no credential"),
        (b"None", "no credential"),
    ],
)
def test_each_line_is_told_by_its_kind(value: bytes, kind: str) -> None:
    found = stands(refused(GOOD, extra=((b"Authorization", value),)))
    assert found.evidence[1].says == f"header 2 of 2: {kind}"


def test_a_proxy_login_is_not_a_second_credential() -> None:
    assert isinstance(judge(refused(GOOD, extra=((b"Proxy-Authorization", GOOD),))), RuledOut)
