"""scheme-unsupported: a first word that is neither Basic nor Bearer."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import scheme_unsupported
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return scheme_unsupported.check(case_of(exchange))


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
        pytest.param(b"Token " + TOKEN, CONFIRMED, id="token"),
        pytest.param(b"ApiKey " + TOKEN, CONFIRMED, id="apikey"),
        pytest.param(b'Digest username="a", realm="b"', CONFIRMED, id="digest"),
        pytest.param(b"NTLM TlRMTVNTUAAB", CONFIRMED, id="ntlm"),
        pytest.param(b"Negotiate YII=", CONFIRMED, id="negotiate"),
        pytest.param(b"AWS4-HMAC-SHA256 Credential=x, Signature=y", CONFIRMED, id="aws"),
        pytest.param(b'OAuth oauth_consumer_key="x"', CONFIRMED, id="oauth-1"),
        pytest.param(b"Twilio " + TEXT, CONFIRMED, id="twilio"),
        pytest.param(b"Basik " + TEXT, CONFIRMED, id="misspelt-before-a-pair"),
        pytest.param(b"foo bar", LIKELY, id="unknown-word"),
        pytest.param(b"BASIC " + TEXT, RuledOut, id="upper-case"),
        pytest.param(b"bearer " + JWT, RuledOut, id="lower-case-bearer"),
        pytest.param(TEXT, RuledOut, id="no-scheme"),
        pytest.param(SID + b" " + TOKEN, RuledOut, id="raw-pair"),
        pytest.param(SID + b" x", RuledOut, id="sid-first"),
        pytest.param(b"Token", RuledOut, id="a-scheme-alone"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Token " + TOKEN


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


@pytest.mark.parametrize("word", [TOKEN[:20], b"MyCompany-" + KEY_SECRET[:9]])
def test_an_unknown_word_is_not_shown(word: bytes) -> None:
    found = stands(refused(word + b" x"))
    assert word.decode() not in repr(found)
    assert (found.evidence[0].start, found.evidence[0].end) == (0, len(word))


def test_the_login_of_a_network_belongs_elsewhere() -> None:
    assert "Proxy-Authorization" in stands(refused(b"NTLM TlRMTVNTUAAB")).fix[0]


@pytest.mark.parametrize(
    ("value", "expected", "says", "span"),
    [
        pytest.param(b"Token " + TOKEN, CONFIRMED, "does not accept the scheme Token", (0, 5), id="known"),
        pytest.param(b"Token x Token", CONFIRMED, "does not accept the scheme Token", (0, 5), id="known-twice"),
        pytest.param(b"Token " + TEXT, CONFIRMED, "does not accept the scheme Token", (0, 5), id="known-and-a-pair"),
        pytest.param(b"Basik " + TEXT, CONFIRMED, "A pair is there", (0, 5), id="misspelt"),
        pytest.param(b"  Basik " + TEXT, CONFIRMED, "A pair is there", (2, 7), id="blanks-in-front"),
        pytest.param(b"foo foo", LIKELY, "is neither Basic nor Bearer", (0, 3), id="unknown"),
    ],
)
def test_what_is_said_of_the_word(value: bytes, expected: Verdict, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.verdict is expected
    assert says in found.says
    assert spots(found) == [("authorization", *span)]
    assert found.settle == (None if expected is CONFIRMED else scheme_unsupported.RULE.settle)
