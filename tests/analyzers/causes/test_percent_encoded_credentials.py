"""percent-encoded-credentials: %XX inside the decoded pair."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import percent_encoded_credentials
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return percent_encoded_credentials.check(case_of(exchange))


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
        pytest.param(basic(SID, TOKEN + b"%0A"), CONFIRMED, id="line-feed"),
        pytest.param(basic(SID, b"%20" + TOKEN), CONFIRMED, id="blank"),
        pytest.param(basic(SID + b"%20", TOKEN), CONFIRMED, id="in-the-username"),
        pytest.param(basic(SID, TOKEN.replace(b"9", b"%39")), CONFIRMED, id="digits"),
        pytest.param(b64(SID + b"%3A" + TOKEN), CONFIRMED, id="the-colon"),
        pytest.param(b"Basic " + SID + b":" + TOKEN + b"%20", CONFIRMED, id="clear-text"),
        pytest.param(basic(b"me", b"100%25"), LIKELY, id="another-service"),
        pytest.param(b64(b"me%3Ayou"), LIKELY, id="the-colon-of-another-pair"),
        pytest.param(basic(b"%ACCOUNT_SID%", b"%AUTH_TOKEN%"), RuledOut, id="unexpanded-variables"),
        pytest.param(basic(SID, TOKEN + b"%"), RuledOut, id="percent-alone"),
        pytest.param(basic(SID, TOKEN + b"%ZZ"), RuledOut, id="no-digits"),
        pytest.param(b64(SID), Unknown, id="no-pair"),
        pytest.param(GOOD[:-2] + b"%3D%3D", RuledOut, id="percent-encoded-base64"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, Unknown, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = basic(SID, TOKEN + b"%0A")


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


def test_it_points_at_the_sequence() -> None:
    found = stands(refused(basic(SID, TOKEN + b"%0A")))
    assert (found.evidence[0].start, found.evidence[0].end) == (32, 35)
    assert found.says == "The credentials are percent-encoded: 1 sequence with % in the password, first at byte 32"


@pytest.mark.parametrize(
    ("value", "expected", "spans"),
    [
        pytest.param(basic(SID, TOKEN + b"%0A"), CONFIRMED, [("authorization.password", 32, 35)], id="password"),
        pytest.param(basic(SID + b"%20", TOKEN), CONFIRMED, [("authorization.username", 34, 37)], id="username"),
        pytest.param(
            basic(SID + b"%20", b"%20" + TOKEN),
            CONFIRMED,
            [("authorization.username", 34, 37), ("authorization.password", 0, 3)],
            id="both",
        ),
        pytest.param(basic(b"me", TOKEN + b"%0A"), CONFIRMED, [("authorization.password", 32, 35)], id="a-name-beside"),
        pytest.param(basic(SID, b"100%25"), LIKELY, [("authorization.password", 3, 6)], id="the-sid-proves-nothing"),
        pytest.param(b64(SID + b"%3A" + TOKEN), CONFIRMED, [("authorization", 6, 98)], id="the-colon"),
        pytest.param(b64(SID + b"%3Ax%3Ay"), CONFIRMED, [("authorization", 6, 62)], id="the-first-of-two-colons"),
        pytest.param(b64(b"me%3Ayou"), LIKELY, [("authorization", 6, 18)], id="the-colon-of-another-pair"),
    ],
)
def test_where_it_stands_and_what_is_left_to_settle(
    value: bytes, expected: Verdict, spans: list[tuple[str, int, int]]
) -> None:
    found = stands(refused(value))
    assert found.verdict is expected
    assert spots(found) == spans
    assert found.settle == (None if expected is CONFIRMED else percent_encoded_credentials.RULE.settle)


def test_a_percent_encoded_colon_that_was_met_with_a_404_leaves_something_to_settle() -> None:
    found = stands(refused(b64(SID + b"%3A" + TOKEN), status=404, code=20404))
    assert (found.verdict, found.settle) == (POSSIBLE, percent_encoded_credentials.RULE.settle)


@pytest.mark.parametrize(
    ("password", "count"),
    [(b"%20" + TOKEN, "1 sequence with"), (b"%20%20" + TOKEN, "2 sequences with"), (b"%20" * 3, "3 sequences with")],
    ids=["one", "two", "three"],
)
def test_the_sequences_are_counted(password: bytes, count: str) -> None:
    assert count in stands(refused(basic(SID, password))).says
