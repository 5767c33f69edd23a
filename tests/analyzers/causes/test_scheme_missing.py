"""scheme-missing: credentials without the word in front, or with a word that sticks to them."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import scheme_missing
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return scheme_missing.check(case_of(exchange))


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
        pytest.param(TEXT, CONFIRMED, id="bare-base64"),
        pytest.param(SID + b":" + TOKEN, CONFIRMED, id="raw-pair"),
        pytest.param(SID + b" " + TOKEN, CONFIRMED, id="raw-pair-with-a-blank"),
        pytest.param(JWT, CONFIRMED, id="bare-token"),
        pytest.param(b"Basic" + TEXT, CONFIRMED, id="glued"),
        pytest.param(b"Basic%20" + TEXT, CONFIRMED, id="glued-percent-20"),
        pytest.param(b"Bearer" + JWT, CONFIRMED, id="bearer-glued"),
        pytest.param(TEXT[:-2], CONFIRMED, id="bare-and-unpadded"),
        pytest.param(TEXT[:60] + b"\n" + TEXT[60:], CONFIRMED, id="bare-and-wrapped"),
        pytest.param(base64.b64encode(TEXT), CONFIRMED, id="bare-and-doubled"),
        pytest.param(SID, LIKELY, id="bare-sid"),
        pytest.param(TOKEN, LIKELY, id="bare-secret"),
        pytest.param(SID + b" x", LIKELY, id="sid-and-something"),
        pytest.param(b"foo", LIKELY, id="a-word"),
        pytest.param(b"me:you", LIKELY, id="another-pair"),
        pytest.param(b"basic " + TEXT, RuledOut, id="lower-case-scheme"),
        pytest.param(b"Basic  " + TEXT, RuledOut, id="two-blanks"),
        pytest.param(b"Token " + TOKEN, RuledOut, id="another-scheme"),
        pytest.param(b"Basik " + TEXT, RuledOut, id="misspelt-scheme"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, RuledOut, id="clear-text"),
        pytest.param(b"", RuledOut, id="empty"),
        pytest.param(b"[REDACTED]", Unknown, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = TEXT


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


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (TEXT, "the base64 of a pair alone: the word Basic is missing"),
        (SID + b":" + TOKEN, "a raw pair, not even base64: the word Basic is missing"),
        (JWT, "a bare token: the word Bearer is missing"),
        (b"Basic" + TEXT, "Basic and the credentials are not separated: no blank after the scheme"),
        (b"Basic_" + TEXT, "Basic and the credentials are not separated: character _ instead of a blank"),
    ],
)
def test_it_says_what_stands_there(value: bytes, says: str) -> None:
    assert says in stands(refused(value)).says


@pytest.mark.parametrize(
    ("value", "expected", "word", "span"),
    [
        pytest.param(TEXT, CONFIRMED, "Basic", (0, 0), id="bare-base64"),
        pytest.param(JWT, CONFIRMED, "Bearer", (0, 0), id="bare-token"),
        pytest.param(b"basic" + TEXT, CONFIRMED, "Basic", (5, 5), id="glued"),
        pytest.param(b"Bearer" + JWT, CONFIRMED, "Bearer", (6, 6), id="bearer-glued"),
        pytest.param(b"Basic" + base64.b64encode(b"me:youyouyou"), CONFIRMED, "Basic", (5, 5), id="glued-login"),
        pytest.param(b"Basic" + JWT, CONFIRMED, "Basic", (5, 5), id="glued-to-a-token"),
        pytest.param(b"Bearer" + TEXT, LIKELY, "Basic", (0, 0), id="bearer-and-a-pair-is-one-word"),
        pytest.param(b"BasicABCDEFGHIJKL", LIKELY, "Basic", (0, 0), id="a-word-that-begins-so"),
        pytest.param(SID + b" x", LIKELY, "Basic", (0, 0), id="sid-and-something"),
        pytest.param(b"foo", LIKELY, "Basic", (0, 0), id="a-word"),
    ],
)
def test_which_word_belongs_where(value: bytes, expected: Verdict, word: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.verdict is expected
    assert found.fix[0] == f"Put {word} and one blank in front of the value"
    assert spots(found) == [("authorization", *span)]
    assert found.settle == (None if expected is CONFIRMED else scheme_missing.RULE.settle)
