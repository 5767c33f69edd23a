"""base64-doubled: decoding twice gives a pair."""

import base64

import pytest
from judging import checked, spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import base64_doubled
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return checked(base64_doubled.RULE, case_of(exchange))


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
        pytest.param(b64(TEXT), CONFIRMED, id="twice"),
        pytest.param(b64(GOOD), CONFIRMED, id="twice-with-the-scheme"),
        pytest.param(b64(base64.b64encode(TEXT)), CONFIRMED, id="three-times"),
        pytest.param(b64(TEXT + b"\n"), CONFIRMED, id="line-feed-between"),
        pytest.param(b64(TEXT[:-2]), CONFIRMED, id="inner-unpadded"),
        pytest.param(b"Basic Basic " + base64.b64encode(TEXT), CONFIRMED, id="with-a-doubled-scheme"),
        pytest.param(basic(TEXT, b""), CONFIRMED, id="as-the-username"),
        pytest.param(b64(base64.b64encode(TOKEN + b":" + SID)), CONFIRMED, id="swapped"),
        pytest.param(b64(base64.b64encode(b"username:password")), LIKELY, id="another-pair"),
        pytest.param(basic(SID, base64.b64encode(TOKEN)), LIKELY, id="password-alone"),
        pytest.param(basic(SID, base64.b64encode(KEY_SECRET + b"\n")), LIKELY, id="password-with-a-line-feed"),
        pytest.param(basic(SID, base64.b64encode(KEY_SECRET + b"\r\n")), LIKELY, id="password-with-a-line-end"),
        pytest.param(basic(SID, base64.b64encode(TOKEN) + b"\n"), LIKELY, id="password-and-a-line-feed"),
        pytest.param(basic(SID, base64.b64encode(TOKEN) + b"****"), RuledOut, id="password-and-four-strays"),
        pytest.param(basic(SID, base64.b64encode(TOKEN)) + b";", RuledOut, id="password-in-a-header-with-a-fault"),
        pytest.param(basic(b"someone", base64.b64encode(TOKEN)), RuledOut, id="password-of-somebody-else"),
        pytest.param(basic(SID, base64.b64encode(b"x" * 32)[:-1]), RuledOut, id="unpadded-password"),
        pytest.param(basic(SID, base64.b64encode(b"not a secret")), RuledOut, id="other-base64-as-password"),
        pytest.param(b64(SID), RuledOut, id="only-a-sid"),
        pytest.param(b64(base64.b64encode(SID)), RuledOut, id="sid-twice"),
        pytest.param(basic(base64.b64encode(b"a:b"), b""), RuledOut, id="another-pair-as-username"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b64(TEXT)


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


def test_it_says_where() -> None:
    assert spots(stands(refused(b64(TEXT)))) == [("authorization", 6, 130)]
    assert spots(stands(refused(basic(TEXT, b"")))) == [("authorization.username", 0, len(TEXT))]
    assert spots(stands(refused(basic(SID, base64.b64encode(TOKEN))))) == [("authorization.password", 0, 44)]


@pytest.mark.parametrize(
    ("value", "says", "step"),
    [
        pytest.param(b64(TEXT), "encoded twice", "Encode once", id="the-pair"),
        pytest.param(basic(TEXT, b""), "The username is the base64 of a whole pair", "Encode once", id="the-username"),
        pytest.param(basic(SID, base64.b64encode(TOKEN)), "The password", "Decode the secret", id="the-password"),
    ],
)
def test_it_says_what_is_encoded(value: bytes, says: str, step: str) -> None:
    found = stands(refused(value))
    assert says in found.says
    assert step in found.fix[0]


@pytest.mark.parametrize("value", [b64(TEXT), basic(TEXT, b"")], ids=["the-pair", "the-username"])
def test_what_would_settle_it_is_told_where_the_answer_leaves_it_open(value: bytes) -> None:
    found = stands(refused(value, message="Something new"))
    assert found.verdict is LIKELY
    assert found.settle == base64_doubled.RULE.settle


def test_an_encoded_secret_is_too_long_for_that_reason() -> None:
    diagnosis = diagnose_all([refused(basic(SID, base64.b64encode(TOKEN)))], b"key")[0].diagnosis
    assert diagnosis is not None
    found = {finding.cause: finding.nested_under for finding in diagnosis.findings}
    assert found["base64-doubled"] is None
    assert found["token-misshapen"] == "base64-doubled"
