"""base64-alphabet: only tolerant decoding gives the pair."""

import base64

import pytest
from judging import checked

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import base64_alphabet
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return checked(base64_alphabet.RULE, case_of(exchange))


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
        pytest.param(GOOD[:-2], CONFIRMED, id="unpadded"),
        pytest.param(GOOD[:-1], CONFIRMED, id="half-padded"),
        pytest.param(GOOD + b"=", CONFIRMED, id="padding-too-long"),
        pytest.param(GOOD[:20] + b"=" + GOOD[20:], CONFIRMED, id="padding-inside"),
        pytest.param(GOOD[:20] + b" " + GOOD[20:], CONFIRMED, id="blank"),
        pytest.param(GOOD[:20] + b"-" + GOOD[20:], CONFIRMED, id="dash"),
        pytest.param(GOOD[:20] + b"\xe2\x80\x8b" + GOOD[20:], CONFIRMED, id="zero-width"),
        pytest.param(GOOD[:-2] + b"%3D%3D", CONFIRMED, id="percent-encoded"),
        pytest.param(b"Basic " + base64.urlsafe_b64encode(SID + b":~~~???>>>"), CONFIRMED, id="url-safe"),
        pytest.param(basic(TOKEN, SID)[:-2], CONFIRMED, id="unpadded-and-swapped"),
        pytest.param(b"Basic Basic " + TEXT[:-2], CONFIRMED, id="unpadded-and-doubled"),
        pytest.param(basic(b"username", b"password").rstrip(b"="), LIKELY, id="another-pair-unpadded"),
        pytest.param(GOOD[:82] + b" " + GOOD[82:], LIKELY, id="blank-where-lines-end"),
        pytest.param(GOOD[:-3] + b"h==", POSSIBLE, id="bits-no-encoder-sets"),
        pytest.param(b"Basic\t" + TEXT[:60] + b" " + TEXT[60:], LIKELY, id="blank-where-lines-end-behind-a-tab"),
        pytest.param(b"Basic  " + TEXT[:60] + b" " + TEXT[60:], LIKELY, id="blank-where-lines-end-behind-two-blanks"),
        pytest.param(b"\t" + TEXT[:64] + b" " + TEXT[64:], LIKELY, id="blank-where-lines-end-without-a-scheme"),
        pytest.param(GOOD[:82] + b" " + GOOD[82:90] + b"\t" + GOOD[90:], LIKELY, id="blank-where-lines-end-and-a-tab"),
        pytest.param(GOOD[:82] + b"*" + GOOD[82:], CONFIRMED, id="asterisk-where-lines-end"),
        pytest.param(GOOD[:83] + b" " + GOOD[83:], CONFIRMED, id="blank-one-later"),
        pytest.param(GOOD[:20] + b" " + GOOD[20:-3], RuledOut, id="blank-and-cut"),
        pytest.param(GOOD[:-3], RuledOut, id="cut"),
        pytest.param(GOOD[:-4], RuledOut, id="cut-by-4"),
        pytest.param(GOOD[:20] + b"*" + GOOD[21:], RuledOut, id="letter-replaced"),
        pytest.param(b"Basic " + SID + b":" + TOKEN, RuledOut, id="clear-text"),
        pytest.param(GOOD + b";", RuledOut, id="semicolon-behind"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = GOOD[:-2]


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
    ("value", "says", "span"),
    [
        (GOOD[:-2], "The base64 lacks its padding: 2 of 2 padding characters missing", (96, 96)),
        (GOOD[:20] + b"*" + GOOD[20:], "The base64 holds what does not belong: character * at byte 20", (20, 21)),
        (GOOD + b"=", "The base64 has wrong padding: too much padding at byte 98", (98, 99)),
        (
            GOOD[:-3] + b"h==",
            "The base64 was altered at its end: the last character holds bits that no encoder sets",
            (95, 96),
        ),
    ],
)
def test_it_names_byte_and_place(value: bytes, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.says == says
    assert (found.evidence[0].start, found.evidence[0].end) == span


@pytest.mark.parametrize(
    ("value", "step"),
    [
        pytest.param(GOOD[:-2], "Keep the =", id="padding-missing"),
        pytest.param(GOOD + b"=", "Encode the whole of username:password", id="padding-wrong"),
        pytest.param(b"Basic " + base64.urlsafe_b64encode(SID + b":~~~???>>>"), "not the URL-safe one", id="url-safe"),
        pytest.param(GOOD[:20] + b"*" + GOOD[20:], "exactly as the encoder wrote it", id="foreign-byte"),
    ],
)
def test_the_fix_is_that_of_the_flaw(value: bytes, step: str) -> None:
    assert step in stands(refused(value)).fix[0]


@pytest.mark.parametrize(
    ("byte", "expected"),
    [
        pytest.param(b"\x01", CONFIRMED, id="control-character"),
        pytest.param(b"\x7f", CONFIRMED, id="delete"),
        pytest.param(b"*", POSSIBLE, id="any-other-byte"),
    ],
)
def test_the_edge_refuses_a_head_with_control_characters(byte: bytes, expected: Verdict) -> None:
    answer = Response(status=400, headers=((b"Server", b"CloudFront"),))
    assert stands(refused(GOOD[:20] + byte + GOOD[20:], answer=answer)).verdict is expected
