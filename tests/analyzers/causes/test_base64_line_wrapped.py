"""base64-line-wrapped: a line end in the value, or a blank where a line end was."""

import base64
from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import base64_line_wrapped
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return base64_line_wrapped.check(case_of(exchange))


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
        (GOOD[:66] + b"\r\n " + GOOD[66:], "after 60 characters by CRLF and a blank (a folded header)", (66, 69)),
        (GOOD[:17] + b"\n" + GOOD[17:], "The base64 is broken after 11 characters by LF", (17, 18)),
        (GOOD + b"\n", "The Authorization value ends with a line end: LF", (98, 99)),
        (b"Basic\n" + TEXT, "A line end stands before the base64: LF", (5, 6)),
        (GOOD + b"\nX: 1", "A line end and more text follow the base64: LF", (98, 99)),
        (GOOD[:66] + b" " + GOOD[66:], "A blank splits the base64 after 60 characters", (66, 67)),
    ],
)
def test_it_says_where(value: bytes, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert says in found.says
    assert (found.evidence[0].start, found.evidence[0].end) == span


@pytest.mark.parametrize(
    "value", [GOOD[:66] + b"\r\n " + GOOD[66:], GOOD + b"\n", b"Basic " + SID + b":" + TOKEN + b"\n"]
)
def test_a_request_that_the_proxy_refused(value: bytes) -> None:
    """Mitmproxy answers such a head itself; the exchange has no response."""
    found = stands(replace(refused(value), response=None, refused_by_proxy=True))
    assert found.verdict is CONFIRMED
    assert found.says.endswith("; Twilio never saw it")


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
