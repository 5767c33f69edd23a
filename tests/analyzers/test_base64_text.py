"""Base64 and what it decodes to: which form is strict, which text was meant, and where a byte stood."""

import base64
import re

import pytest

from analyzers.base64_text import (
    LONGEST,
    Text,
    encoded_pair,
    is_plausible,
    is_text,
    is_token,
    loose,
    narrow,
    pair_begins,
    strict,
    twilio_shaped,
    unprefixed,
)
from analyzers.building import KEY, KEY_SECRET, SID, TOKEN
from analyzers.flaws import Fault, Flaw, Pair

RAW = SID + b":" + TOKEN
DASHES = re.compile(b"-+")
ESCAPES = re.compile(rb"%[0-9A-F]{2}")


def encoded(text: bytes, times: int = 1) -> bytes:
    return encoded(base64.b64encode(text), times - 1) if times else text


# --- where a byte stood ---


@pytest.mark.parametrize(
    ("start", "end", "places"),
    [
        pytest.param(0, 2, (10, 12), id="in-front-of-the-gap"),
        pytest.param(1, 3, (11, 15), id="over-the-gap"),
        pytest.param(2, 4, (14, 16), id="behind-the-gap"),
        pytest.param(2, 2, (14, 14), id="nothing-at-the-gap"),
        pytest.param(0, 0, (10, 10), id="nothing-at-the-beginning"),
        pytest.param(4, 4, (20, 20), id="the-end"),
        pytest.param(9, 9, (20, 20), id="behind-the-end"),
    ],
)
def test_a_span_is_that_of_the_header_value(start: int, end: int, places: tuple[int, int]) -> None:
    text = Text(b"ab--cd", range(10, 16), 20).without(DASHES)
    assert text.data == b"abcd"
    assert text.span(start, end) == places
    assert text.fault(Flaw.JUNK, start, end, "x") == Fault(Flaw.JUNK, *places, "x")


def test_a_part_ends_where_it_was_cut() -> None:
    part = Text(b"abcdef", range(10, 16), 20).part(1, 3)
    assert part.data == b"bc"
    assert part.span(0, 2) == (11, 13)
    assert part.span(2, 2) == (13, 13)


@pytest.mark.parametrize(
    ("data", "left", "last"),
    [
        pytest.param(b"-a--b-", b"ab", 4, id="at-both-edges"),
        pytest.param(b"ab", b"ab", 1, id="none"),
        pytest.param(b"a-b-c", b"abc", 4, id="several"),
    ],
)
def test_what_is_left_out_leaves_the_other_places(data: bytes, left: bytes, last: int) -> None:
    text = Text(data, range(len(data)), len(data)).without(DASHES)
    assert text.data == left
    assert bytes(data[at] for at in text.places) == left
    assert text.span(len(left) - 1, len(left)) == (last, last + 1)


def test_an_escape_becomes_its_character() -> None:
    text = Text(b"a%2Fb%3Dc", range(9), 9).without(ESCAPES, unescape=True)
    assert text.data == b"a/b=c"
    assert [*text.places] == [0, 1, 4, 5, 8]


# --- base64 ---


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        pytest.param(b"YWJj", b"abc", id="no-padding-needed"),
        pytest.param(b"YWI=", b"ab", id="one-padding"),
        pytest.param(b"YQ==", b"a", id="two-paddings"),
        pytest.param(b"YWJX", b"abW", id="an-X-at-the-end"),
        pytest.param(b"+/+/", b"\xfb\xff\xbf", id="plus-and-slash"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"====", None, id="padding-alone"),
        pytest.param(b"YWI", None, id="padding-missing"),
        pytest.param(b"YQ=", None, id="half-the-padding"),
        pytest.param(b"YWJj====", None, id="padding-too-much"),
        pytest.param(b"YWJjZ", None, id="a-letter-too-many"),
        pytest.param(b"YR==", None, id="stray-bits"),
        pytest.param(b"-_-_", None, id="url-safe"),
        pytest.param(b"YW*J", None, id="a-foreign-byte"),
        pytest.param(b"YWJj\n", None, id="a-line-feed"),
        pytest.param(b"YW****Jj", None, id="foreign-bytes"),
        pytest.param(b"YQ==YQ==", None, id="two-texts"),
    ],
)
def test_strict(text: bytes, decoded: bytes | None) -> None:
    assert strict(text) == decoded


@pytest.mark.parametrize(
    ("core", "decoded"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"YWJj", b"abc", id="whole"),
        pytest.param(b"YWI", b"ab", id="three-letters"),
        pytest.param(b"YQ", b"a", id="two-letters"),
        pytest.param(b"YWJjZ", b"abc", id="a-letter-that-gives-no-byte"),
        pytest.param(b"Y", b"", id="one-letter"),
        pytest.param(b"YW-", b"", id="no-base64"),
    ],
)
def test_loose(core: bytes, decoded: bytes) -> None:
    assert loose(core) == decoded


# --- what it says ---


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param(b"abcd\xff", True, id="one-of-five-is-none"),
        pytest.param(b"abcd\xffabc\xff", False, id="two-of-nine-are-none"),
        pytest.param(b"abc\xff", False, id="one-of-four-is-none"),
        pytest.param(b"a b\tc\r\nd", True, id="blanks-and-line-ends"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_four_fifths_make_a_text(text: bytes, meant: bool) -> None:
    assert is_text(text) is meant


@pytest.mark.parametrize(
    ("pair", "plausible"),
    [
        pytest.param(Pair(b"abcd", b"efgh"), True, id="eight-characters"),
        pytest.param(Pair(b"", b"abcdefgh"), True, id="in-one-half"),
        pytest.param(Pair(b"abcd", b"efg"), False, id="seven-characters"),
        pytest.param(Pair(b"", b""), False, id="empty"),
        pytest.param(Pair(SID, TOKEN + b"\xff"), False, id="a-byte-that-is-no-character"),
        pytest.param(Pair(SID + b"\0", TOKEN), False, id="a-NUL"),
        pytest.param(None, False, id="none"),
    ],
)
def test_plausible(pair: Pair | None, plausible: bool) -> None:
    assert is_plausible(pair) is plausible


@pytest.mark.parametrize(
    ("pair", "shaped"),
    [
        pytest.param(Pair(SID, b"x"), True, id="username"),
        pytest.param(Pair(b"x", KEY), True, id="password"),
        pytest.param(Pair(b'"' + SID + b'",', b""), True, id="marks-around-it"),
        pytest.param(Pair(SID, b"\xff\xfe"), True, id="a-few-bytes-that-are-no-text"),
        pytest.param(Pair(SID, b"\xff" * 34), False, id="half-of-it-no-text"),
        pytest.param(Pair(b"x" + SID, b"x"), False, id="a-letter-in-front"),
        pytest.param(Pair(SID[:-1], TOKEN), False, id="a-digit-less"),
        pytest.param(Pair(SID + b"*" * 100, TOKEN), False, id="a-hundred-marks"),
        pytest.param(Pair(TOKEN, KEY_SECRET), False, id="secrets"),
        pytest.param(None, False, id="none"),
    ],
)
def test_twilio_shaped(pair: Pair | None, shaped: bool) -> None:
    assert twilio_shaped(pair) is shaped


@pytest.mark.parametrize(
    ("decoded", "begins"),
    [
        pytest.param(b"AC", True, id="prefix"),
        pytest.param(RAW[:20], True, id="in-the-sid"),
        pytest.param(SID + b":", True, id="colon"),
        pytest.param(RAW[:-1], True, id="all-but-one"),
        pytest.param(RAW, False, id="whole"),
        pytest.param(b"A", False, id="a-letter"),
        pytest.param(b"MG" + SID[2:], False, id="another-sid"),
        pytest.param(SID + b";", False, id="no-colon"),
        pytest.param(SID + b":\xff", False, id="no-text-behind"),
        pytest.param(SID[:-1] + b":x", False, id="sid-too-short"),
    ],
)
def test_the_beginning_of_a_pair(decoded: bytes, begins: bool) -> None:
    assert pair_begins(decoded) is begins


PAIR = Pair(SID, TOKEN)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        pytest.param(encoded(RAW), PAIR, id="once"),
        pytest.param(encoded(RAW, 3), PAIR, id="three-times"),
        pytest.param(encoded(RAW, 4), None, id="four-times"),
        pytest.param(encoded(RAW).rstrip(b"="), PAIR, id="unpadded"),
        pytest.param(encoded(RAW)[:40] + b"\n" + encoded(RAW)[40:], PAIR, id="wrapped"),
        pytest.param(b"Basic " + encoded(RAW), PAIR, id="with-its-scheme"),
        pytest.param(b" authorization: basic " + encoded(RAW) + b"\r\n", PAIR, id="with-its-header"),
        pytest.param(encoded(SID + b":a:b"), Pair(SID, b"a:b"), id="colon-in-the-password"),
        pytest.param(encoded(b"username:abcdeW"), Pair(b"username", b"abcdeW"), id="an-X-at-the-end"),
        pytest.param(encoded(b"username:abcdef") + b"A=", Pair(b"username", b"abcdef"), id="a-letter-too-many"),
        pytest.param(encoded(SID + b":tok\xff"), Pair(SID, b"tok\xff"), id="a-sid-and-no-text"),
        pytest.param(encoded(b"username:\xff\xff"), None, id="no-sid-and-no-text"),
        pytest.param(encoded(b"ab:cd"), None, id="short"),
        pytest.param(encoded(b""), None, id="nothing"),
        pytest.param(encoded(SID), None, id="no-colon"),
        pytest.param(encoded(RAW)[:40] + b"****" + encoded(RAW)[40:], None, id="foreign-bytes"),
        pytest.param(encoded(b"u:" + b"x" * (LONGEST * 3 // 4 - 2)), Pair(b"u", b"x" * 49150), id="as-long-as-read"),
        pytest.param(encoded(b"u:" + b"x" * (LONGEST * 3 // 4 + 1)), None, id="longer"),
        pytest.param(RAW, None, id="not-encoded"),
    ],
)
def test_a_pair_that_was_encoded_before(text: bytes, pair: Pair | None) -> None:
    assert encoded_pair(text) == pair


@pytest.mark.parametrize(
    ("decoded", "text"),
    [
        pytest.param("ab".encode("utf-16-le"), b"ab", id="two-characters"),
        pytest.param("ab".encode("utf-16-be"), b"ab", id="big-endian"),
        pytest.param("\ufeffab".encode("utf-16-le"), b"ab", id="mark"),
        pytest.param("\ufeffab".encode("utf-16-be"), b"ab", id="big-endian-with-a-mark"),
        pytest.param("Xab".encode("utf-16-le"), b"Xab", id="an-X-in-front"),
        pytest.param("ab\u2022".encode("utf-16-le"), "ab\u2022".encode(), id="a-third-of-it-NUL"),
        pytest.param("ab\u2022\u2022".encode("utf-16-le"), None, id="a-quarter-of-it-NUL"),
        pytest.param("abc".encode("utf-16-le") + b"d", "abc\ufffd".encode(), id="cut-in-a-character"),
        pytest.param(b"a\0\x00\xd8b\0", "a\ufffdb".encode(), id="half-a-surrogate-pair"),
        pytest.param(b"a\0", None, id="one-character"),
        pytest.param(b"abcd", None, id="utf-8"),
    ],
)
def test_narrow(decoded: bytes, text: bytes | None) -> None:
    assert narrow(decoded) == text


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (b" Basic x ", b"x"),
        (b"authorization = bearer: x", b"x"),
        (b"basic", b""),
        (b" basics x ", b"basics x"),
        (b"x basic", b"x basic"),
    ],
)
def test_unprefixed(text: bytes, inner: bytes) -> None:
    assert unprefixed(text) == inner


@pytest.mark.parametrize(
    ("text", "token"),
    [
        pytest.param(b"eyJhbGciOiJI.eyJ4IjoxfQ.c2ln", True, id="signed"),
        pytest.param(b"eyJhbGciOiJI..iv.text.tag", True, id="encrypted"),
        pytest.param(b"eyJhbGciOiJI.eyJ4IjoxfQ.", False, id="unsigned"),
        pytest.param(b"eyJhbGc.eyJ4IjoxfQ.c2ln", False, id="short-header"),
        pytest.param(b"xeyJhbGciOiJI.eyJ4IjoxfQ.c2ln", False, id="not-at-the-beginning"),
    ],
)
def test_the_beginning_of_a_token(text: bytes, token: bool) -> None:
    assert is_token(text) is token
