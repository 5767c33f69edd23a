"""base64-line-wrapped: a line end in the value, or a blank where a line end was."""

import base64
from dataclasses import replace

import pytest
from judging import checked

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import base64_line_wrapped
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
WITH_X = basic(SID, b"W" + KEY_SECRET[1:])  # its 48th character of base64 is an X
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return checked(base64_line_wrapped.RULE, case_of(exchange))


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
        pytest.param(GOOD[:66] + b"\n" + GOOD[66:], CONFIRMED, id="encode64"),
        pytest.param(GOOD[:70] + b"\n" + GOOD[70:], CONFIRMED, id="openssl"),
        pytest.param(GOOD[:82] + b"\r\n" + GOOD[82:] + b"\r\n", CONFIRMED, id="mime"),
        pytest.param(GOOD[:66] + b"\r\n " + GOOD[66:], CONFIRMED, id="folded"),
        pytest.param(GOOD[:82] + b"%0A" + GOOD[82:], CONFIRMED, id="percent-0A"),
        pytest.param(GOOD[:82] + b"\\n" + GOOD[82:], CONFIRMED, id="written-out"),
        pytest.param(GOOD[:17] + b"\n" + GOOD[17:], CONFIRMED, id="any-column"),
        pytest.param(GOOD + b"\n", CONFIRMED, id="trailing"),
        pytest.param(b"\n" + GOOD, CONFIRMED, id="leading"),
        pytest.param(b"Basic\n" + TEXT, CONFIRMED, id="behind-the-scheme"),
        pytest.param(GOOD + b"\r\nX-Injected: 1", CONFIRMED, id="another-line"),
        pytest.param(b"Bearer " + JWT + b"\n", CONFIRMED, id="token"),
        pytest.param(b64(b"Bearer " + JWT)[:60] + b"\n" + b64(b"Bearer " + JWT)[60:], CONFIRMED, id="token-in-base64"),
        pytest.param(GOOD[:66] + b"\n" + GOOD[66:-3], CONFIRMED, id="cut"),
        pytest.param(b"Bearer abc\ndef", POSSIBLE, id="no-token"),
        pytest.param(b"Basic abc\ndefg", POSSIBLE, id="no-base64"),
        pytest.param(b"\nBasic " + (SID + b":" + TOKEN).hex().encode(), POSSIBLE, id="hexadecimal"),
        pytest.param(b"\nnull", POSSIBLE, id="no-value"),
        pytest.param(b64(SID) + b"\n", CONFIRMED, id="no-pair-but-base64"),
        pytest.param(GOOD[:66] + b"\n" + GOOD[66:-2], CONFIRMED, id="unpadded"),
        pytest.param(TEXT[:60] + b"\n" + TEXT[60:], CONFIRMED, id="without-a-scheme"),
        pytest.param(b"Basic " + GOOD[:66] + b"\n" + GOOD[66:], CONFIRMED, id="doubled"),
        pytest.param(GOOD[:66] + b" " + GOOD[66:], LIKELY, id="blank-after-60"),
        pytest.param(GOOD[:70] + b" " + GOOD[70:], LIKELY, id="blank-after-64"),
        pytest.param(GOOD[:82] + b" " + GOOD[82:], LIKELY, id="blank-after-76"),
        pytest.param(b"Basic " + SID + b":" + TOKEN + b"\n", POSSIBLE, id="clear-text"),
        pytest.param(GOOD[:67] + b" " + GOOD[67:], RuledOut, id="blank-after-61"),
        pytest.param(GOOD[:20] + b" " + GOOD[20:], RuledOut, id="blank-elsewhere"),
        pytest.param(basic(SID, TOKEN + b"\n"), RuledOut, id="line-feed-inside-the-password"),
        pytest.param(GOOD[:66], RuledOut, id="only-the-first-line"),
        pytest.param(GOOD + b" ", RuledOut, id="trailing-blank"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = GOOD + b"\n"


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
        (GOOD[:66] + b"\n" + GOOD[66:], "after 60 characters by LF, as Ruby's encode64 does it", (66, 67)),
        (GOOD[:70] + b"\n" + GOOD[70:], "after 64 characters by LF, as openssl and PEM do it", (70, 71)),
        (GOOD[:82] + b"\n" + GOOD[82:], "after 76 characters by LF, as MIME and the base64 command do it", (82, 83)),
        (
            GOOD[:66] + b"\r\n " + GOOD[66:],
            "by CRLF and a blank (a folded header), as Ruby's encode64 does it",
            (66, 69),
        ),
        (GOOD[:17] + b"\n" + GOOD[17:], "The base64 is broken after 11 characters by LF", (17, 18)),
        (GOOD + b"\n", "The Authorization value ends with a line end: LF", (98, 99)),
        (b"Basic\n" + TEXT, "A line end stands before the base64: LF", (5, 6)),
        (b"Bearer\n" + JWT, "A line end stands before the base64: LF", (6, 7)),
        (WITH_X[:54] + b"\n" + WITH_X[54:], "The base64 is broken after 48 characters by LF", (54, 55)),
        (GOOD + b"\nX: 1", "A line end and more text follow the base64: LF", (98, 99)),
        (
            GOOD[:66] + b" " + GOOD[66:],
            "after 60 characters, where an encoder breaks lines, as Ruby's encode64 does it",
            (66, 67),
        ),
    ],
)
def test_it_says_where(value: bytes, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.says.endswith(says)
    assert (found.evidence[0].start, found.evidence[0].end) == span


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (GOOD[:66] + b"\r\n " + GOOD[66:], "CRLF and a blank (a folded header) after 60 characters"),
        (GOOD + b"\n", "LF after 92 characters"),
        (GOOD.rstrip(b"=") + b"\n", "LF after 90 characters"),
        (WITH_X[:54] + b"\n" + WITH_X[54:], "LF after 48 characters"),
        (GOOD[:66] + b" " + GOOD[66:], "blank (0x20) after 60 characters"),
        (b"Basic\n" + TEXT, "LF"),
        (b"Bearer\n" + JWT, "LF"),
    ],
)
def test_the_evidence_counts_what_stands_before_it(value: bytes, says: str) -> None:
    assert stands(refused(value)).evidence[0].says == says


@pytest.mark.parametrize(
    "value", [GOOD[:66] + b"\r\n " + GOOD[66:], GOOD + b"\n", b"Basic " + SID + b":" + TOKEN + b"\n"]
)
def test_a_request_that_the_proxy_refused(value: bytes) -> None:
    """Mitmproxy answers such a head itself; the exchange has no response."""
    found = stands(replace(refused(value), response=None, refused_by_proxy=True))
    assert found.verdict is CONFIRMED
    assert found.says.endswith("; Twilio never saw it")


@pytest.mark.parametrize("answer", [None, Response(status=401, headers=())], ids=["none", "of-somebody"])
def test_what_is_not_sure_without_twilios_answer_says_what_would_settle_it(answer: Response | None) -> None:
    found = judge(replace(refused(GOOD[:66] + b" " + GOOD[66:]), response=answer))
    if answer is None:
        assert isinstance(found, Unknown)
    else:
        assert isinstance(found, Stands)
        assert "does its output hold a line end" in (found.settle or "")


def test_the_edge_refuses_such_a_head_with_400() -> None:
    exchange = refused(GOOD + b"\n", answer=Response(status=400, headers=((b"Server", b"CloudFront"),)))
    assert stands(exchange).verdict is CONFIRMED


@pytest.mark.parametrize(
    ("agent", "fix"),
    [
        (b"Ruby", "strict_encode64"),
        (
            b"python-requests/2.32.0",
            'b64encode(f"{account_sid}:{auth_token}".encode()).decode(), not base64.encodebytes',
        ),
        (b"curl/8.5.0", "base64 -w0"),
        (b"okhttp/4.12.0", "getMimeEncoder"),
        (b"libwww-perl/6.72", "not encode_base64 with one argument"),
        (b"twilio-ruby/7.11.1 (linux-gnu x86_64) Ruby/3.1.2", "In Ruby use Base64.strict_encode64"),
        (b"node", "In Node use Buffer.from"),
        (b"GuzzleHttp/7", "chunk_split"),
        (b"unknown", "In Ruby use Base64.strict_encode64"),
    ],
)
def test_the_fix_speaks_the_language_of_the_client(agent: bytes, fix: str) -> None:
    assert fix in stands(refused(GOOD[:66] + b"\n" + GOOD[66:], agent=agent)).fix[0]


@pytest.mark.parametrize(
    ("column", "fix"),
    [
        (60, "In Ruby use Base64.strict_encode64"),
        (64, "In a shell use printf"),
        (76, "Take the encoder that writes one line: base64 -w0"),
    ],
)
def test_the_column_tells_the_language_where_the_client_does_not(column: int, fix: str) -> None:
    at = column + len("Basic ")
    for mark in (b"\n", b" "):
        assert fix in stands(refused(GOOD[:at] + mark + GOOD[at:], agent=b"unknown")).fix[0]
