"""not-base64: what follows Basic cannot be base64."""

import base64

import pytest
from judging import spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import not_base64
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def judge(exchange: Exchange) -> Outcome:
    return not_base64.check(case_of(exchange))


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
        pytest.param(b"Basic " + SID + b":" + TOKEN, CONFIRMED, id="clear-text"),
        pytest.param(b"Basic me:you", CONFIRMED, id="any-clear-text"),
        pytest.param(b"Basic " + SID, CONFIRMED, id="sid"),
        pytest.param(b"Basic " + TOKEN, CONFIRMED, id="token"),
        pytest.param(b"Basic " + SID + b"|" + TOKEN, CONFIRMED, id="bar"),
        pytest.param(b"Basic {{credentials}}", CONFIRMED, id="template"),
        pytest.param(GOOD[:6] + GOOD[6:].lower(), LIKELY, id="lower-case-base64"),
        pytest.param(GOOD[:6] + GOOD[6:].swapcase(), LIKELY, id="base64-of-another-case"),
        pytest.param(b"Basic ${TWILIO_AUTH}", CONFIRMED, id="variable"),
        pytest.param(b"Basic some words", CONFIRMED, id="words"),
        pytest.param(GOOD[:20] + b"*" + GOOD[21:], CONFIRMED, id="letter-replaced"),
        pytest.param(b"Basic " + (SID + b":" + TOKEN).hex().encode(), CONFIRMED, id="hexadecimal"),
        pytest.param(b"Basic ====", CONFIRMED, id="padding-alone"),
        pytest.param(b"Basic " + KEY_SECRET, LIKELY, id="secret"),
        pytest.param(b"Basic password", LIKELY, id="word"),
        pytest.param(b"Basic abcde", LIKELY, id="five-letters"),
        pytest.param(SID + b":" + TOKEN, RuledOut, id="no-scheme"),
        pytest.param(GOOD[:20] + b"*" + GOOD[20:], RuledOut, id="foreign-byte-in-a-pair"),
        pytest.param(GOOD[:-2], RuledOut, id="unpadded"),
        pytest.param(b64(SID), RuledOut, id="only-a-sid"),
        pytest.param(b64((SID + b":" + TOKEN).decode().encode("utf-16")), RuledOut, id="utf-16"),
        pytest.param(b64(b"\xff" * 24), LIKELY, id="binary"),
        pytest.param(b"Basic ****", Unknown, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Basic " + SID + b":" + TOKEN


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


def test_it_names_byte_and_place() -> None:
    found = stands(refused(GOOD[:20] + b"*" + GOOD[21:]))
    assert found.says == "What follows Basic is not base64: it holds character * at byte 20"
    assert (found.evidence[0].start, found.evidence[0].end) == (20, 21)


@pytest.mark.parametrize(
    ("value", "says", "step"),
    [
        (b"Basic {{credentials}}", "template mark", "Encode username:password"),
        (b"Basic [object Promise]", "prints for an object", "await the promise"),
        (b"Basic b'" + TEXT + b"'", "the way Python prints bytes", ".decode()"),
        (b'basic  b"' + TEXT + b'"', "the way Python prints bytes", ".decode()"),
        (b"Basic b" + TEXT[:9] + b"'" + TEXT[9:], "it holds single quote", "Encode username:password"),
    ],
    ids=["template", "object", "bytes", "bytes-in-double-quotes", "a-quote-inside"],
)
def test_what_is_well_known_is_named(value: bytes, says: str, step: str) -> None:
    found = stands(refused(value))
    assert found.verdict is CONFIRMED
    assert says in found.says
    assert step in found.fix[0]


def test_a_secret_that_decodes_to_a_colon_by_chance() -> None:
    """Strictly this is a pair of bytes; what stands there is a secret, not encoded."""
    secret = base64.b64encode(b"\x9a\x69\xa6:\xb6\x9e" * 4)
    assert secret.isalnum()
    assert len(secret) == 32
    assert verdict(b"Basic " + secret) is LIKELY


@pytest.mark.parametrize(
    ("value", "expected", "says", "span"),
    [
        pytest.param(b"Basic " + KEY_SECRET, LIKELY, "looks like a secret alone", (6, 38), id="secret"),
        pytest.param(b"Basic password", LIKELY, "looks like a word", (6, 14), id="word"),
        pytest.param(b"Basic  password", LIKELY, "looks like a word", (7, 15), id="two-blanks"),
        pytest.param(b"Basic abc", LIKELY, "letters that decode to no text", (6, 9), id="three-letters"),
        pytest.param(b"Basic //", LIKELY, "letters that decode to no text", (6, 8), id="two-letters"),
        pytest.param(b"Basic a", CONFIRMED, "letters that decode to no text", (6, 7), id="one-letter-never-is-base64"),
        pytest.param(b"Basic ==", CONFIRMED, "padding and nothing else", (6, 8), id="padding-alone"),
        pytest.param(b"Basic a*b*", CONFIRMED, "it holds character * at byte 7", (7, 8), id="foreign-byte"),
        pytest.param(b'"Basic some words"', CONFIRMED, "it holds blank (0x20) at byte 11", (11, 12), id="quoted"),
    ],
)
def test_what_is_said_of_it_and_where(value: bytes, expected: Verdict, says: str, span: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert found.verdict is expected
    assert found.says.endswith(says) or f"{says}, not like base64" in found.says
    assert spots(found) == [("authorization", *span)]
    assert "Encode username:password" in found.fix[0]
    assert found.settle == (None if expected is CONFIRMED else not_base64.RULE.settle)


def test_letters_by_chance_are_counted() -> None:
    assert stands(refused(b"Basic password")).evidence[0].says.startswith("8 characters")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b64(b"user:password12345678901"), id="32-letters-that-are-a-pair"),
        pytest.param(b64("my word".encode("utf-16-le")), id="wide-text"),
        pytest.param(b64(b"my word"), id="text"),
    ],
)
def test_letters_that_decode_to_a_text_are_base64(value: bytes) -> None:
    assert verdict(value) is RuledOut


def test_a_secret_by_chance_is_pointed_at() -> None:
    secret = base64.b64encode(b"\x9a\x69\xa6:\xb6\x9e" * 4)
    found = stands(refused(b"Basic " + secret))
    assert "a secret alone" in found.says
    assert spots(found) == [("authorization", 6, 38)]


@pytest.mark.parametrize(
    ("byte", "expected"),
    [
        pytest.param(b"\x01", CONFIRMED, id="control-which-every-server-refuses"),
        pytest.param(b"*", POSSIBLE, id="star-which-servers-let-pass"),
    ],
)
def test_a_bare_400_is_explained_by_a_control_character_only(byte: bytes, expected: Verdict) -> None:
    value = GOOD[:20] + byte + GOOD[21:]
    assert stands(refused(value, answer=Response(status=400, headers=()))).verdict is expected


@pytest.mark.parametrize(
    ("value", "because"),
    [
        pytest.param(GOOD, "what follows Basic is base64", id="clean"),
        pytest.param(GOOD[:-2], "what follows Basic is base64", id="unpadded"),
        pytest.param(TEXT, "no scheme", id="no-scheme"),
    ],
)
def test_why_it_is_ruled_out(value: bytes, because: str) -> None:
    found = judge(refused(value))
    assert isinstance(found, RuledOut)
    assert found.because == because
