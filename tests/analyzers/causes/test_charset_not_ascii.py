"""charset-not-ascii: UTF-16, or bytes that are not ASCII inside the pair."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import charset_not_ascii
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return charset_not_ascii.check(case_of(exchange))


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
        pytest.param(b64((SID + b":" + TOKEN).decode().encode("utf-16-le")), CONFIRMED, id="utf-16"),
        pytest.param(b64((SID + b":" + TOKEN).decode().encode("utf-16")), CONFIRMED, id="utf-16-with-a-mark"),
        pytest.param(b64((SID + b":" + TOKEN).decode().encode("utf-16-be")), CONFIRMED, id="utf-16-be"),
        pytest.param(basic(b"\xef\xbb\xbf" + SID, TOKEN), CONFIRMED, id="byte-order-mark"),
        pytest.param(basic(SID, b"\xe2\x80\x9c" + TOKEN + b"\xe2\x80\x9d"), CONFIRMED, id="typographic-quotes"),
        pytest.param(basic(SID, TOKEN + b"\xc2\xa0"), CONFIRMED, id="no-break-blank"),
        pytest.param(basic(SID, TOKEN + b"\xa0"), CONFIRMED, id="no-break-blank-latin-1"),
        pytest.param(basic(SID, TOKEN[:9] + b"\xe2\x80\x8b" + TOKEN[9:]), CONFIRMED, id="zero-width"),
        pytest.param(basic("АС".encode() + SID[2:], TOKEN), CONFIRMED, id="cyrillic-letters"),
        pytest.param(basic("jürgen".encode(), b"secret"), LIKELY, id="another-service"),
        pytest.param(b"Basic " + base64.b64encode(b"\x01:\xff\xfe" * 9), LIKELY, id="binary-with-a-colon"),
        pytest.param(basic(SID, b'"' + TOKEN + b'"'), RuledOut, id="straight-quotes"),
        pytest.param(basic(SID, TOKEN + b"\t"), RuledOut, id="tab"),
        pytest.param(basic(SID, TOKEN + b"?"), RuledOut, id="question-mark"),
        pytest.param(basic(b"", b""), RuledOut, id="empty"),
        pytest.param(b64(SID), Unknown, id="no-pair"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, Unknown, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = basic(SID, TOKEN + b"\xc2\xa0")


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


def test_it_names_character_and_place() -> None:
    found = stands(refused(basic(SID, TOKEN + b"\xc2\xa0")))
    assert found.says == "The credentials hold what is not ASCII: a no-break blank at byte 32 of the password"
    assert (found.evidence[0].start, found.evidence[0].end) == (32, 34)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [(b"twilio-java/12.0.0", LIKELY), (b"Apache-HttpClient/4.5", LIKELY), (b"curl/8.5.0", RuledOut)],
)
def test_a_question_mark_of_a_client_that_writes_one(agent: bytes, expected: Verdict | type[Outcome]) -> None:
    found = judge(refused(basic(SID, TOKEN + b"?"), agent=agent))
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected


def test_the_same_bytes_at_an_edge_are_told_once() -> None:
    diagnosis = diagnose_all([refused(HIT)], b"key")[0].diagnosis
    assert diagnosis is not None
    found = {finding.cause: finding.nested_under for finding in diagnosis.findings}
    assert found["charset-not-ascii"] is None
    assert found["stray-characters"] == "charset-not-ascii"


def test_one_look_alike_letter_makes_no_stranger_of_a_sid() -> None:
    value = basic("\N{CYRILLIC CAPITAL LETTER A}".encode() + SID[1:], TOKEN)
    diagnosis = diagnose_all([refused(value)], b"key")[0].diagnosis
    assert diagnosis is not None
    assert [finding.cause for finding in diagnosis.findings if finding.nested_under is None] == ["charset-not-ascii"]
    assert "looks like a Latin one" in diagnosis.findings[0].says


JAVA = b"twilio-java/12.0.0"
CUT_SID = b"AC?" + SID[2:30] + b"?"


def test_utf_16_is_told_with_its_place_and_remedy() -> None:
    found = stands(refused(b64((SID + b":" + TOKEN).decode().encode("utf-16-le"))))
    assert "UTF-16" in found.says
    assert spots(found) == [("authorization", 6, 186)]
    assert "ASCII" in found.fix[0]


def test_utf_16_that_was_met_with_a_404_leaves_something_to_settle() -> None:
    value = b64((SID + b":" + TOKEN).decode().encode("utf-16-le"))
    found = stands(refused(value, status=404, code=20404))
    assert found.verdict is POSSIBLE
    assert found.settle == charset_not_ascii.RULE.settle


@pytest.mark.parametrize(
    ("username", "password", "spans"),
    [
        pytest.param(SID, TOKEN + b"\xc2\xa0", [("authorization.password", 32, 34)], id="password"),
        pytest.param(b"\xef\xbb\xbf" + SID, TOKEN, [("authorization.username", 0, 3)], id="username"),
        pytest.param(
            b"\xa0" + SID,
            TOKEN + b"\xa0",
            [("authorization.username", 0, 1), ("authorization.password", 32, 33)],
            id="both",
        ),
    ],
)
def test_each_half_is_pointed_at(username: bytes, password: bytes, spans: list[tuple[str, int, int]]) -> None:
    assert spots(stands(refused(basic(username, password)))) == spans


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        pytest.param(20, CONFIRMED, id="enough-for-a-secret"),
        pytest.param(19, LIKELY, id="too-few"),
        pytest.param(17, LIKELY, id="far-too-few"),
    ],
)
def test_a_half_with_few_letters_need_not_be_twilios(letters: int, expected: Verdict) -> None:
    found = stands(refused(basic(SID, b"k" * letters + b"\xff")))
    assert found.verdict is expected
    assert (found.settle is None) == (expected is CONFIRMED)


@pytest.mark.parametrize(
    ("username", "password", "name", "span"),
    [
        pytest.param(SID, TOKEN + b"?", "password", (32, 33), id="password"),
        pytest.param(CUT_SID, TOKEN, "username", (2, 3), id="the-first-of-two-in-the-username"),
        pytest.param(SID, b"k" * 20 + b"?", "password", (20, 21), id="enough-letters"),
    ],
)
def test_a_question_mark_is_pointed_at(username: bytes, password: bytes, name: str, span: tuple[int, int]) -> None:
    found = stands(refused(basic(username, password), agent=JAVA))
    assert found.verdict is LIKELY
    assert f"in the {name}: twilio-java" in found.says
    assert spots(found) == [(f"authorization.{name}", *span)]
    assert [each.says for each in found.evidence] == ["?"]
    assert "plain text" in found.fix[0]
    assert found.settle == charset_not_ascii.RULE.settle


@pytest.mark.parametrize(
    "password",
    [
        pytest.param(b"k" * 19 + b"?", id="too-few-letters"),
        pytest.param(b"why? " + b"k" * 20, id="a-sentence"),
        pytest.param(TOKEN, id="none"),
    ],
)
def test_a_question_mark_that_proves_nothing(password: bytes) -> None:
    assert isinstance(judge(refused(basic(SID, password), agent=JAVA)), RuledOut)
