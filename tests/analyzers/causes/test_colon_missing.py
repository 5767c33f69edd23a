"""colon-missing: what decodes is a text without a colon."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import colon_missing
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return colon_missing.check(case_of(exchange))


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
        pytest.param(b64(SID + b";" + TOKEN), CONFIRMED, id="semicolon"),
        pytest.param(b64(SID + TOKEN), CONFIRMED, id="nothing-between"),
        pytest.param(b64(SID), CONFIRMED, id="only-the-sid"),
        pytest.param(b64(TOKEN), CONFIRMED, id="only-the-token"),
        pytest.param(b64(SID[:30]), CONFIRMED, id="part-of-a-sid"),
        pytest.param(b64(b"undefined"), CONFIRMED, id="unset"),
        pytest.param(b64(b"my application"), CONFIRMED, id="text"),
        pytest.param(b64(SID.decode().encode("utf-16-le")), CONFIRMED, id="utf-16"),
        pytest.param(b"Basic " + b64(SID), CONFIRMED, id="doubled-scheme"),
        pytest.param(b64(SID).rstrip(b"="), LIKELY, id="only-the-sid-unpadded"),
        pytest.param(b64(b"\xff" * 24), POSSIBLE, id="binary"),
        pytest.param(b"Basic password", POSSIBLE, id="letters-by-chance"),
        pytest.param(b64(SID + b"%3A" + TOKEN), RuledOut, id="percent-encoded-colon"),
        pytest.param(GOOD[:51], RuledOut, id="cut"),
        pytest.param(basic(SID, b""), RuledOut, id="empty-password"),
        pytest.param(b64(TEXT), RuledOut, id="twice"),
        pytest.param(b"Basic " + SID, RuledOut, id="not-base64"),
        pytest.param(b64(JWT), RuledOut, id="token"),
        pytest.param(b"Basic REDACTED", Unknown, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b64(SID)


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
    ("decoded", "says"),
    [
        (SID + b";" + TOKEN, "semicolon (;) stands between SID and secret"),
        (SID + b"|" + TOKEN, "character | stands between SID and secret"),
        (SID + b"/" + TOKEN, "character / stands between SID and secret"),
        (SID + b" " + TOKEN, "blank (0x20) stands between SID and secret"),
        (SID + b"\t" + TOKEN, "tab (0x09) stands between SID and secret"),
        (SID + TOKEN, "nothing stands between SID and secret"),
        (SID, "only an Account SID was encoded"),
        (KEY, "only an API key SID was encoded"),
        (TOKEN, "only 32 hex digits were encoded"),
        (KEY_SECRET, "only 32 letters and digits were encoded"),
        (SID[:30], "only the first 30 characters of a SID were encoded"),
        (b"undefined", "it is the word undefined"),
        (b"hello-there", "character - stands after 5 characters"),
    ],
)
def test_it_names_what_stands_there(decoded: bytes, says: str) -> None:
    assert stands(refused(b64(decoded))).says.startswith(f"What decodes has no colon: {says}")


@pytest.mark.parametrize(
    ("value", "expected", "says"),
    [
        pytest.param(b64(b"applicationname"), CONFIRMED, "it is 15 letters and digits", id="letters"),
        pytest.param(b64(b"\xff" * 24), POSSIBLE, "it is no text at all", id="binary"),
        pytest.param(b64(SID.decode().encode("utf-16-le")), CONFIRMED, "only an Account SID", id="utf-16"),
        pytest.param(b64(SID).rstrip(b"="), LIKELY, "only an Account SID", id="unpadded"),
    ],
)
def test_what_is_said_and_left_to_settle(value: bytes, expected: Verdict, says: str) -> None:
    found = stands(refused(value))
    assert found.verdict is expected
    assert says in found.says
    assert found.settle == (None if expected is CONFIRMED else colon_missing.RULE.settle)


def test_it_points_at_the_whole_base64() -> None:
    assert spots(stands(refused(b64(SID)))) == [("authorization", 6, 54)]
