"""The total decoder: every flaw with its place, the near misses, what clients were measured to send, and any bytes."""

import base64
import os
import re
from collections.abc import Callable
from random import Random
from unittest import mock

import pytest
from growth import assert_in_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic
from analyzers.credential import (
    Basic,
    Bearer,
    Broken,
    Credential,
    Flaw,
    Other,
    Pair,
    decode,
    decode_jwt,
    fault_of,
    name_byte,
    pair_of,
    scheme_of,
)

RAW = SID + b":" + TOKEN
TEXT = base64.b64encode(RAW)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
BEARER = b"Bearer " + JWT
PAIR = Pair(SID, TOKEN)
EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))


def b64(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


def wrapped(column: int, end: bytes) -> bytes:
    return b"Basic " + end.join(TEXT[at : at + column] for at in range(0, len(TEXT), column))


def flaws(credential: Credential) -> list[tuple[Flaw, int, int]]:
    assert isinstance(credential, Broken)
    return [(fault.flaw, fault.start, fault.end) for fault in credential.faults]


# --- values that are good ---


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(GOOD, id="good"),
        pytest.param(b"basic " + TEXT, id="lower-case"),
        pytest.param(b"BASIC " + TEXT, id="upper-case"),
        pytest.param(b"Basic   " + TEXT, id="blanks-between"),
        pytest.param(b"  " + GOOD + b" \t", id="blanks-around"),
    ],
)
def test_basic(value: bytes) -> None:
    found = decode(value)
    assert isinstance(found, Basic)
    assert scheme_of(found) == value.split()[0]
    assert found.pair == PAIR
    assert value[found.start : found.end] == TEXT
    assert pair_of(found) == PAIR
    assert fault_of(found, *Flaw) is None


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param(b"", b"", id="both-empty"),
        pytest.param(SID, b"", id="password-empty"),
        pytest.param(b"None", b"None", id="unset"),
        pytest.param(b"<nil>", b"<nil>", id="go-nil"),
        pytest.param(SID, TOKEN + b"\n", id="line-feed-in-the-password"),
        pytest.param(SID, b"a:b:c", id="colons-in-the-password"),
        pytest.param(SID, TOKEN + b"\xc2\xa0", id="no-break-blank"),
        pytest.param(SID, b"\xe9" * 32, id="latin-1"),
        pytest.param(TOKEN, SID, id="swapped"),
        pytest.param(KEY, KEY_SECRET, id="key"),
        pytest.param(b"Q" * 3000, b"z" * 3000, id="long"),
    ],
)
def test_what_is_wrong_inside_a_pair_is_no_fault_of_form(username: bytes, password: bytes) -> None:
    found = decode(basic(username, password))
    assert isinstance(found, Basic)
    assert found.pair == Pair(username, password)


def test_bearer() -> None:
    found = decode(BEARER)
    assert isinstance(found, Bearer)
    assert found.jwt is not None
    assert found.jwt.header == {"alg": "HS256"}
    assert found.jwt.claims == {"exp": 1793708048}
    assert BEARER[found.start : found.end] == JWT
    assert found.trouble == ""
    assert scheme_of(found) == b"Bearer"


@pytest.mark.parametrize(
    ("token", "trouble"),
    [
        pytest.param(b"abc", "1 dot-separated part, a JWT has 3", id="one-part"),
        pytest.param(JWT.rpartition(b".")[0], "2 dot-separated parts, a JWT has 3", id="two-parts"),
        pytest.param(JWT + b".x.y", "5 dot-separated parts, a JWT has 3", id="encrypted"),
        pytest.param(b"." * 500, "100 dot-separated parts, a JWT has 3", id="many-parts"),
        pytest.param(b"..", "the header part is empty", id="empty-parts"),
        pytest.param(b"e+J.e30.x", "the header part is not base64url: character + at byte 1", id="not-base64url"),
        pytest.param(b"abcd.e30.x", "the header part is not JSON", id="not-json"),
        pytest.param(b"W10.e30.x", "the header part is not a JSON object", id="not-an-object"),
        pytest.param(JWT.split(b".")[0] + b".e30x.x", "the claims part is not JSON", id="claims"),
        pytest.param(b"e30.e30.", "the signature part is empty", id="no-signature"),
        pytest.param(JWT + b'"', 'the signature part is not base64url: double quote (") at byte 12', id="quote-behind"),
    ],
)
def test_a_token_that_is_no_jwt_says_which_part(token: bytes, trouble: str) -> None:
    assert decode_jwt(token) == (None, trouble)
    found = decode(b"Bearer " + token)
    assert isinstance(found, Bearer)
    assert (found.jwt, found.trouble) == (None, trouble)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"Token " + TOKEN, id="token"),
        pytest.param(b'Digest username="x", realm="y"', id="digest"),
        pytest.param(b"NTLM TlRMTVNTUAAB", id="ntlm"),
        pytest.param(b"AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/s3, Signature=y", id="aws"),
        pytest.param(b"Basik " + TEXT, id="misspelt"),
        pytest.param(b"two words", id="unknown"),
    ],
)
def test_other_schemes(value: bytes) -> None:
    found = decode(value)
    assert isinstance(found, Other)
    assert found.scheme + b" " + found.rest == value
    assert pair_of(found) is None


# --- values that are broken, with every fault and its place; the pair that was meant can still be read ---

END = len(GOOD)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # scheme
        pytest.param(TEXT, [(Flaw.SCHEME_MISSING, 0, 0)], id="bare-base64"),
        pytest.param(RAW, [(Flaw.SCHEME_MISSING, 0, 0)], id="raw-pair"),
        pytest.param(SID + b" " + TOKEN, [(Flaw.SCHEME_MISSING, 0, 0)], id="raw-pair-with-a-blank"),
        pytest.param(b"Basic" + TEXT, [(Flaw.SCHEME_GLUED, 5, 5)], id="glued"),
        pytest.param(b"Basic%20" + TEXT, [(Flaw.SCHEME_GLUED, 5, 8)], id="glued-percent-20"),
        pytest.param(b"Basic+" + TEXT, [(Flaw.SCHEME_GLUED, 5, 6)], id="glued-plus"),
        pytest.param(b"Basic_" + TEXT, [(Flaw.SCHEME_GLUED, 5, 6)], id="glued-underscore"),
        pytest.param(b"Basic\xc2\xa0" + TEXT, [(Flaw.SCHEME_GLUED, 5, 7)], id="glued-no-break-blank"),
        pytest.param(b"Basic " + GOOD, [(Flaw.SCHEME_REPEATED, 6, 12)], id="basic-basic"),
        pytest.param(b"Basic basic BASIC " + TEXT, [(Flaw.SCHEME_REPEATED, 6, 12)], id="three-times"),
        pytest.param(b"Authorization: " + GOOD, [(Flaw.SCHEME_REPEATED, 0, 15)], id="header-name"),
        pytest.param(b"Authorization " + GOOD, [(Flaw.SCHEME_REPEATED, 0, 14)], id="header-name-without-colon"),
        pytest.param(b"Basic Authorization: " + GOOD, [(Flaw.SCHEME_REPEATED, 6, 27)], id="header-name-inside"),
        pytest.param(b": " + GOOD, [(Flaw.SCHEME_REPEATED, 0, 2)], id="second-colon"),
        pytest.param(b"Basic: " + TEXT, [(Flaw.SCHEME_REPEATED, 0, 7)], id="basic-colon"),
        pytest.param(b"Basic=" + TEXT, [(Flaw.SCHEME_REPEATED, 0, 6)], id="basic-equals"),
        # marks around
        pytest.param(b'"' + GOOD + b'"', [(Flaw.MARKS, 0, 1), (Flaw.MARKS, 99, 100)], id="quoted"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, [(Flaw.MARKS, 0, 3)], id="byte-order-mark"),
        pytest.param(b'Basic "' + TEXT + b'"', [(Flaw.MARKS, 6, 7), (Flaw.MARKS, 99, 100)], id="quoted-base64"),
        pytest.param(b"Basic <" + TEXT + b">", [(Flaw.MARKS, 6, 7), (Flaw.MARKS, 99, 100)], id="angles"),
        pytest.param(GOOD + b",", [(Flaw.MARKS, END, END + 1)], id="comma-behind"),
        pytest.param(GOOD + b" foo", [(Flaw.JUNK, END, END + 4)], id="word-behind"),
        pytest.param(GOOD + b"; charset=utf-8", [(Flaw.JUNK, END, END + 15)], id="parameter-behind"),
        pytest.param(GOOD + b"#comment", [(Flaw.JUNK, END, END + 8)], id="comment-behind"),
        pytest.param(GOOD + b", " + TEXT, [(Flaw.JUNK, END, END + 94)], id="second-base64-behind"),
        pytest.param(GOOD + b"abcd", [(Flaw.JUNK, END, END + 4)], id="letters-behind-the-padding"),
        # line ends
        pytest.param(wrapped(60, b"\n"), [(Flaw.LINE_BREAK, 66, 67)], id="ruby-encode64"),
        pytest.param(wrapped(64, b"\n"), [(Flaw.LINE_BREAK, 70, 71)], id="openssl"),
        pytest.param(wrapped(76, b"\n") + b"\n", [(Flaw.LINE_BREAK, 82, 83)], id="python-encodebytes"),
        pytest.param(wrapped(76, b"\r\n"), [(Flaw.LINE_BREAK, 82, 84)], id="mime"),
        pytest.param(wrapped(60, b"\r\n "), [(Flaw.LINE_BREAK, 66, 69)], id="folded"),
        pytest.param(wrapped(76, b"%0A"), [(Flaw.LINE_BREAK, 82, 85)], id="percent-0A"),
        pytest.param(wrapped(60, b"\\n"), [(Flaw.LINE_BREAK, 66, 68)], id="written-out"),
        pytest.param(wrapped(10, b"\r"), [(Flaw.LINE_BREAK, 16, 17)], id="carriage-returns"),
        pytest.param(GOOD + b"\n", [(Flaw.LINE_BREAK, END, END + 1)], id="trailing-line-feed"),
        pytest.param(GOOD + b"\r\n", [(Flaw.LINE_BREAK, END, END + 2)], id="trailing-crlf"),
        pytest.param(b"\n" + GOOD, [(Flaw.LINE_BREAK, 0, 1)], id="leading-line-feed"),
        pytest.param(b"Basic\n" + TEXT, [(Flaw.LINE_BREAK, 5, 6)], id="behind-the-scheme"),
        pytest.param(
            GOOD + b"\r\nX-Injected: 1",
            [(Flaw.LINE_BREAK, END, END + 2), (Flaw.JUNK, END + 2, END + 15)],
            id="another-header",
        ),
        pytest.param(
            b"Basic " + RAW + b"\n", [(Flaw.LINE_BREAK, 73, 74), (Flaw.CLEAR_TEXT, 6, 73)], id="clear-text-line-feed"
        ),
        # alphabet and padding
        pytest.param(GOOD[:20] + b" " + GOOD[20:], [(Flaw.BLANK_INSIDE, 20, 21)], id="blank"),
        pytest.param(wrapped(76, b" "), [(Flaw.BLANK_INSIDE, 82, 83)], id="line-end-turned-into-a-blank"),
        pytest.param(
            b'"' + GOOD[:66] + b"\n" + GOOD[66:] + b'"',
            [(Flaw.MARKS, 0, 1), (Flaw.LINE_BREAK, 67, 68), (Flaw.MARKS, 100, 101)],
            id="quoted-and-wrapped",
        ),
        pytest.param(
            GOOD[:82] + b" " + GOOD[82:] + b";",
            [(Flaw.MARKS, 99, 100), (Flaw.BLANK_INSIDE, 82, 83)],
            id="blank-and-semicolon",
        ),
        pytest.param(GOOD[:20] + b"*" + GOOD[20:], [(Flaw.FOREIGN_BYTE, 20, 21)], id="foreign"),
        pytest.param(GOOD[:20] + b"\0" + GOOD[20:], [(Flaw.FOREIGN_BYTE, 20, 21)], id="nul"),
        pytest.param(GOOD[:20] + b"-" + GOOD[20:], [(Flaw.FOREIGN_BYTE, 20, 21)], id="dash-inside"),
        pytest.param(GOOD[:20] + b"\xe2\x80\x8b" + GOOD[20:], [(Flaw.FOREIGN_BYTE, 20, 21)], id="zero-width"),
        pytest.param(GOOD[:-2] + b"%3D%3D", [(Flaw.FOREIGN_BYTE, 96, 99)], id="percent-encoded-padding"),
        pytest.param(GOOD[:-2], [(Flaw.PADDING_MISSING, 96, 96)], id="no-padding"),
        pytest.param(GOOD[:-1], [(Flaw.PADDING_MISSING, 97, 97)], id="half-the-padding"),
        pytest.param(GOOD + b"=", [(Flaw.PADDING_WRONG, END, END + 1)], id="one-too-many"),
        pytest.param(GOOD[:20] + b"=" + GOOD[20:], [(Flaw.PADDING_WRONG, 20, 21)], id="padding-in-the-middle"),
        pytest.param(
            b64(SID + b":") + base64.b64encode(TOKEN), [(Flaw.PADDING_WRONG, 53, 54)], id="two-texts-in-a-row"
        ),
        # content
        pytest.param(b"Basic " + RAW, [(Flaw.CLEAR_TEXT, 6, 73)], id="clear-text"),
        pytest.param(b'Basic "' + RAW + b'"', [(Flaw.CLEAR_TEXT, 7, 74)], id="clear-text-quoted"),
        pytest.param(b"Basic " + SID + b"|" + TOKEN, [(Flaw.CLEAR_TEXT, 40, 41)], id="clear-text-with-a-bar"),
        pytest.param(b"Basic " + RAW.hex().encode(), [(Flaw.NOT_BASE64, 6, 140)], id="hexadecimal"),
        pytest.param(b64(TEXT), [(Flaw.DOUBLED, 6, 130)], id="twice"),
        pytest.param(b64(GOOD), [(Flaw.DOUBLED, 6, 138)], id="twice-with-the-scheme"),
        pytest.param(b64(base64.b64encode(TEXT)), [(Flaw.DOUBLED, 6, 174)], id="three-times-base64"),
        pytest.param(b64(RAW.decode().encode("utf-16-le")), [(Flaw.WIDE_CHARACTERS, 6, 186)], id="utf-16-le"),
        pytest.param(b64(RAW.decode().encode("utf-16-be")), [(Flaw.WIDE_CHARACTERS, 6, 186)], id="utf-16-be"),
        pytest.param(b64(RAW.decode().encode("utf-16")), [(Flaw.WIDE_CHARACTERS, 6, 190)], id="utf-16-with-a-mark"),
        # two at once
        pytest.param(
            b"Basic Basic " + TEXT[:-2],
            [(Flaw.SCHEME_REPEATED, 6, 12), (Flaw.PADDING_MISSING, 102, 102)],
            id="doubled-unpadded",
        ),
        pytest.param(
            b"Basic " + TEXT[:60] + b"\n" + TEXT[60:-2],
            [(Flaw.LINE_BREAK, 66, 67), (Flaw.PADDING_MISSING, 97, 97)],
            id="wrapped-unpadded",
        ),
        pytest.param(
            TEXT[:60] + b"\n" + TEXT[60:],
            [(Flaw.SCHEME_MISSING, 0, 0), (Flaw.LINE_BREAK, 60, 61)],
            id="bare-and-wrapped",
        ),
        pytest.param(
            b"Basic" + TEXT + b";", [(Flaw.SCHEME_GLUED, 5, 5), (Flaw.MARKS, 97, 98)], id="glued-with-a-semicolon"
        ),
        pytest.param(
            b"Authorization: Basic " + RAW,
            [(Flaw.SCHEME_REPEATED, 0, 15), (Flaw.CLEAR_TEXT, 21, 88)],
            id="header-line-unencoded",
        ),
    ],
)
def test_the_pair_is_still_read(value: bytes, expected: list[tuple[Flaw, int, int]]) -> None:
    found = decode(value)
    assert flaws(found) == expected
    assert pair_of(found) == PAIR


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"", [(Flaw.EMPTY, 0, 0)], id="empty"),
        pytest.param(b" \t ", [(Flaw.EMPTY, 0, 3)], id="blanks"),
        pytest.param(b'""', [(Flaw.EMPTY, 0, 2)], id="quotes"),
        pytest.param(b"undefined", [(Flaw.EMPTY, 0, 9)], id="unset"),
        pytest.param(b"Basic", [(Flaw.SCHEME_ONLY, 5, 5)], id="basic-alone"),
        pytest.param(b"Basic ", [(Flaw.SCHEME_ONLY, 5, 5)], id="basic-and-a-blank"),
        pytest.param(b"Bearer", [(Flaw.SCHEME_ONLY, 6, 6)], id="bearer-alone"),
        pytest.param(b"Basic None", [(Flaw.SCHEME_ONLY, 6, 10)], id="basic-unset"),
        pytest.param(b"Bearer undefined", [(Flaw.SCHEME_ONLY, 7, 16)], id="bearer-unset"),
        pytest.param(
            b"Basic Basic", [(Flaw.SCHEME_REPEATED, 6, 11), (Flaw.SCHEME_ONLY, 11, 11)], id="twice-and-nothing"
        ),
        pytest.param(JWT, [(Flaw.SCHEME_MISSING, 0, 0)], id="bare-token"),
        pytest.param(SID, [(Flaw.SCHEME_MISSING, 0, 0)], id="bare-sid"),
        pytest.param(b"Bearer" + JWT, [(Flaw.SCHEME_GLUED, 6, 6)], id="bearer-glued"),
        pytest.param(BEARER + b"\n", [(Flaw.LINE_BREAK, 65, 66)], id="bearer-line-feed"),
        pytest.param(b"Bearer " + BEARER, [(Flaw.SCHEME_REPEATED, 7, 14)], id="bearer-bearer"),
        pytest.param(b"Basic " + JWT, [(Flaw.TOKEN_IN_BASIC, 6, 64)], id="token-in-basic"),
        pytest.param(b64(JWT), [(Flaw.TOKEN_IN_BASIC, 6, 86)], id="token-in-base64"),
        pytest.param(b64(SID + b";" + TOKEN), [(Flaw.COLON_MISSING, 6, 98)], id="semicolon"),
        pytest.param(b64(SID), [(Flaw.COLON_MISSING, 6, 54)], id="only-the-sid"),
        pytest.param(b64(SID + b"%3A" + TOKEN), [(Flaw.COLON_MISSING, 6, 98)], id="percent-encoded-colon"),
        pytest.param(GOOD[:-3], [(Flaw.TRUNCATED, 95, 95)], id="cut-by-3"),
        pytest.param(GOOD[:-7], [(Flaw.TRUNCATED, 91, 91)], id="cut-by-7"),
        pytest.param(GOOD[:-10], [(Flaw.TRUNCATED, 88, 88)], id="cut-by-10"),
        pytest.param(GOOD[:51], [(Flaw.TRUNCATED, 51, 51), (Flaw.COLON_MISSING, 6, 51)], id="cut-in-the-sid"),
        pytest.param(b"Basic " + SID, [(Flaw.CLEAR_TEXT, 6, 40)], id="sid-unencoded"),
        pytest.param(b"Basic " + TOKEN, [(Flaw.CLEAR_TEXT, 6, 38)], id="token-unencoded"),
        pytest.param(b"Basic {{credentials}}", [(Flaw.NOT_BASE64, 6, 7)], id="template"),
        pytest.param(b"Basic some words", [(Flaw.NOT_BASE64, 10, 11)], id="words"),
        pytest.param(GOOD[:20] + b"*" + GOOD[21:], [(Flaw.NOT_BASE64, 20, 21)], id="letter-replaced"),
        pytest.param(b"Basic ====", [(Flaw.NOT_BASE64, 6, 10)], id="padding-alone"),
        pytest.param(b"Basic abcde", [(Flaw.NOT_BASE64, 6, 11)], id="five-letters"),
    ],
)
def test_no_pair_can_be_read(value: bytes, expected: list[tuple[Flaw, int, int]]) -> None:
    found = decode(value)
    assert flaws(found) == expected
    assert pair_of(found) is None


def test_a_url_safe_pair() -> None:
    text = base64.urlsafe_b64encode(SID + b":tok~~~???>>>x").rstrip(b"=")
    found = decode(b"Basic " + text)
    assert [flaw for flaw, *_ in flaws(found)] == [Flaw.URLSAFE_ALPHABET]
    assert pair_of(found) == Pair(SID, b"tok~~~???>>>x")


def test_bits_that_no_encoder_sets() -> None:
    found = decode(GOOD[:-3] + b"h==")
    assert flaws(found) == [(Flaw.STRAY_BITS, 95, 96)]


def test_a_cut_pair_counts_as_none_but_is_kept() -> None:
    found = decode(GOOD[:-7])
    assert isinstance(found, Broken)
    assert not found.whole
    assert found.pair is not None
    assert found.pair.username == SID
    assert pair_of(found) is None


def test_two_credentials_in_one_value() -> None:
    found = decode(GOOD + b", " + BEARER + b", Basic x")
    assert flaws(found) == [(Flaw.JOINED, END, END + 2)]
    assert isinstance(found, Broken)
    assert [type(part) for part in found.parts] == [Basic, Bearer]
    assert pair_of(found) == PAIR


def test_a_comma_in_a_digest_joins_nothing() -> None:
    assert isinstance(decode(b'Digest username="a", realm="basic realm", uri="/"'), Other)


# --- what a broken value keeps, and how its faults are called ---


@pytest.mark.parametrize(
    ("value", "scheme", "decoded"),
    [
        pytest.param(b"BASIC ", b"BASIC", b"", id="scheme-alone"),
        pytest.param(b"BEARER undefined", b"BEARER", b"", id="scheme-and-unset"),
        pytest.param(b"BASIC " + JWT + b" \t", b"BASIC", JWT, id="token-in-basic"),
        pytest.param(b"BASIC " + RAW, b"BASIC", RAW, id="clear-text"),
        pytest.param(b"BEARER " + JWT + b"\n", b"BEARER", JWT, id="line-feed-behind-a-token"),
        pytest.param(b'"' + BEARER + b'"', b"Bearer", JWT, id="quoted-token"),
        pytest.param(b'"' + GOOD + b"'", b"Basic", RAW, id="quoted-pair"),
        pytest.param(b'"' + GOOD, b"Basic", b"", id="a-quote-and-a-good-pair"),
        pytest.param(b'"Token abc"', None, b'abc"', id="quoted-other-scheme"),
        pytest.param(b"Bearer\n" + JWT, b"Bearer", JWT, id="line-feed-behind-bearer"),
        pytest.param(b"basic\r\n " + TEXT, b"basic", RAW, id="folded-behind-basic"),
        pytest.param(b"BEARER: " + JWT, b"BEARER", JWT, id="bearer-colon"),
        pytest.param(b"bearer" + JWT + b" ", b"bearer", JWT, id="glued-token"),
        pytest.param(b"basic|" + TEXT, b"basic", RAW, id="glued-pair"),
        pytest.param(JWT, None, JWT, id="bare-token"),
        pytest.param(SID, None, SID, id="bare-sid"),
        pytest.param(TEXT[:-7], None, TEXT[:-7], id="bare-and-cut"),
        pytest.param(b"abcde*", None, b"abcde*", id="nonsense"),
        pytest.param(b"X-Key: abc", None, b"X-Key: abc", id="a-header-line"),
        pytest.param(b'X-Key: a b"', None, b"X-Key: a b", id="a-header-line-and-a-quote"),
        pytest.param(b"Basic" + TEXT[:-7], None, b"Basic" + TEXT[:-7], id="glued-and-cut"),
        pytest.param(b"Bearer" + TEXT, None, b"Bearer" + TEXT, id="a-pair-glued-to-bearer"),
        pytest.param(b"BasicAuthentication", None, b"BasicAuthentication", id="a-word-that-begins-like-basic"),
    ],
)
def test_what_a_broken_value_keeps(value: bytes, scheme: bytes | None, decoded: bytes) -> None:
    found = decode(value)
    assert isinstance(found, Broken)
    assert scheme_of(found) == scheme
    assert found.decoded == decoded


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(b"", ["empty"], id="empty"),
        pytest.param(b"\x0b\x0c", ["empty"], id="blanks-of-another-kind"),
        pytest.param(b'""', ["marks"], id="quotes"),
        pytest.param(b"%0A", ["marks"], id="an-escape"),
        pytest.param(b"undefined", ["undefined"], id="unset"),
        pytest.param(b"\n" + GOOD, ["LF"], id="line-feed"),
        pytest.param(b"\r\n " + GOOD, ["CRLF and a blank"], id="folded"),
        pytest.param(b'"' + GOOD, ['double quote (") before'], id="quote"),
        pytest.param(b"\xe2\x80\x8b" + GOOD, ["non-ASCII byte (0xE2) before"], id="zero-width"),
        pytest.param(b"Authorization= " + GOOD, ["header name"], id="header-name"),
        pytest.param(b"\n'authorization:" + GOOD, ["LF", "single quote", "header name"], id="three-kinds"),
        pytest.param(b"\n\r\n" + GOOD, ["LF"], id="the-first-of-a-kind"),
        pytest.param(b"Basic" + TEXT, ["no blank"], id="glued"),
        pytest.param(b"Basic%20" + TEXT, ["percent sign (%) instead"], id="glued-percent-20"),
        pytest.param(b"Basic_" + TEXT, ["character _ instead"], id="glued-underscore"),
        pytest.param(b"Basic None", ["None"], id="basic-unset"),
        pytest.param(b"Basic '\t'", ["nothing"], id="basic-quotes"),
        pytest.param(BEARER + b"\r\n x", ["CRLF and a blank"], id="bearer-folded"),
    ],
)
def test_how_a_fault_is_called(value: bytes, words: list[str]) -> None:
    found = decode(value)
    assert isinstance(found, Broken)
    assert len(found.faults) == len(words)
    assert all(each in fault.detail for fault, each in zip(found.faults, words, strict=True))


@pytest.mark.parametrize(
    ("value", "pair"),
    [
        pytest.param(b"billing:hunter2", Pair(b"billing", b"hunter2"), id="one-word"),
        pytest.param(SID + b": a b", Pair(SID, b" a b"), id="a-sid-and-words"),
        pytest.param(b"X-Key: abc", None, id="words"),
        pytest.param(b"a, b:c", None, id="more-words"),
        pytest.param(TEXT[:60] + b" " + TEXT[60:], PAIR, id="base64-in-two-words"),
        pytest.param(TEXT[:-7], None, id="base64-that-was-cut"),
    ],
)
def test_a_pair_without_a_scheme(value: bytes, pair: Pair | None) -> None:
    found = decode(value)
    assert fault_of(found, Flaw.SCHEME_MISSING) is not None
    assert pair_of(found) == pair


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Basic Basic  ", [(Flaw.SCHEME_REPEATED, 6, 11), (Flaw.SCHEME_ONLY, 11, 11)], id="basic"),
        pytest.param(b"Bearer Bearer \t", [(Flaw.SCHEME_REPEATED, 7, 13), (Flaw.SCHEME_ONLY, 13, 13)], id="bearer"),
        pytest.param(b"Basic " + JWT + b"  ", [(Flaw.TOKEN_IN_BASIC, 6, 64)], id="token"),
        pytest.param(b"Basic XXXX", [(Flaw.COLON_MISSING, 6, 10)], id="letters-are-not-nothing"),
        pytest.param(b'Basic ""  ', [(Flaw.SCHEME_ONLY, 6, 8)], id="quotes"),
        pytest.param(b'"Bearer ""', [(Flaw.MARKS, 0, 1), (Flaw.SCHEME_ONLY, 8, 8)], id="quotes-around-bearer"),
        pytest.param(BEARER + b'"\n', [(Flaw.LINE_BREAK, 66, 67)], id="a-quote-behind-a-token"),
        pytest.param(b'"Token abc"', [(Flaw.MARKS, 0, 1)], id="quotes-around-another-scheme"),
    ],
)
def test_blanks_and_quotes_behind_belong_to_nothing(value: bytes, expected: list[tuple[Flaw, int, int]]) -> None:
    assert flaws(decode(value)) == expected


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        pytest.param(GOOD + b", " + BEARER, b"Basic", id="basic-first"),
        pytest.param(b"bearer x, " + GOOD, b"bearer", id="bearer-first"),
        pytest.param(b"basic\n" + TEXT + b", " + GOOD, b"basic", id="broken-first"),
        pytest.param(b"Digest x, " + GOOD, None, id="another-scheme-first"),
        pytest.param(b"x, " + GOOD, None, id="no-scheme-first"),
    ],
)
def test_the_scheme_of_two_credentials_is_that_of_the_first(value: bytes, scheme: bytes | None) -> None:
    found = decode(value)
    assert fault_of(found, Flaw.JOINED) is not None
    assert scheme_of(found) == scheme
    assert pair_of(found) == PAIR


def test_the_first_fault_of_a_kind_is_found() -> None:
    found = decode(b"Basic Basic " + TEXT[:60] + b"\n" + TEXT[60:-2])
    fault = fault_of(found, Flaw.PADDING_MISSING, Flaw.LINE_BREAK)
    assert fault is not None
    assert (fault.flaw, fault.start) == (Flaw.LINE_BREAK, 72)
    assert fault_of(found, Flaw.JUNK) is None
    assert fault_of(decode(BEARER), *Flaw) is None


# --- what clients were measured to send: docs/clients.md 9 and 10 (2026-11-20) ---


@pytest.mark.parametrize(
    ("value", "pair"),
    [
        pytest.param(b"Basic Og==", Pair(b"", b""), id="unset-in-bash"),
        pytest.param(b"Basic Ogo=", Pair(b"", b"\n"), id="unset-with-echo"),
        pytest.param(b"Basic Tm9uZTpOb25l", Pair(b"None", b"None"), id="unset-in-python"),
        pytest.param(b"Basic dW5kZWZpbmVkOnVuZGVmaW5lZA==", Pair(b"undefined", b"undefined"), id="unset-in-javascript"),
        pytest.param(b"Basic bnVsbDpudWxs", Pair(b"null", b"null"), id="unset-in-java"),
        pytest.param(b"Basic dW5kZWZpbmVkOg==", Pair(b"undefined", b""), id="half-unset"),
        pytest.param(b"Basic PG5pbD46PG5pbD4=", Pair(b"<nil>", b"<nil>"), id="unset-in-go"),
        pytest.param(b"Basic QUMxOnRvaz8=", Pair(b"AC1", b"tok?"), id="question-mark-of-java"),
    ],
)
def test_measured_pairs(value: bytes, pair: Pair) -> None:
    found = decode(value)
    assert isinstance(found, Basic)
    assert found.pair == pair


MEASURED = b"QUMxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="


@pytest.mark.parametrize(
    ("value", "flaw"),
    [
        pytest.param(MEASURED[:76] + b"\n" + MEASURED[76:-4] + b"Zgo=", Flaw.LINE_BREAK, id="echo-and-base64"),
        pytest.param(MEASURED[:76] + b"\n" + MEASURED[76:] + b"\n", Flaw.LINE_BREAK, id="encodebytes"),
        pytest.param(MEASURED[:60] + b"\n" + MEASURED[60:] + b"\n", Flaw.LINE_BREAK, id="encode64"),
        pytest.param(MEASURED[:76] + b" " + MEASURED[76:], Flaw.BLANK_INSIDE, id="apache-httpclient"),
        pytest.param(MEASURED[:76], None, id="aria2c-sends-the-first-line-only"),
    ],
)
def test_measured_wrapping(value: bytes, flaw: Flaw | None) -> None:
    found = decode(b"Basic " + value)
    assert (flaws(found)[0][0] if isinstance(found, Broken) else None) is flaw
    pair = pair_of(found)
    assert pair is not None
    assert pair.username.startswith(b"AC11111")


# --- any bytes ---

SEEDS = (GOOD, BEARER, TEXT, RAW, b"Basic " + RAW, b64(TEXT), basic(KEY, KEY_SECRET), b"Authorization: " + GOOD, b"")
PIECES = (b"Basic ", b"Bearer ", b"authorization:", b"\n", b"\r\n ", b"%0A", b"\\n", b"=", b":", b" ", b",", b'"', b"-")


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    value = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 3))):
        at, end = sorted((draw(st.integers(0, len(value))), draw(st.integers(0, len(value)))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=3))
        value = draw(
            st.sampled_from(
                (
                    value[:at] + piece + value[at:],
                    value[:at] + piece + value[end:],
                    value[:at] + value[end:],
                    value[:end] + value[at:],
                    value[:at],
                )
            )
        )
    return value


def mutant(seed: int) -> bytes:
    """As `mutants`, of one number: quick where many are wanted."""
    random = Random(seed)
    value = random.choice(SEEDS)
    for _ in range(random.randint(1, 3)):
        at, end = random.randint(0, len(value)), random.randint(0, len(value))
        piece = random.choice((*PIECES, b"", random.randbytes(2)))
        value = value[:at] + piece + value[max(at, end) if random.random() < 0.2 else at + random.randint(0, 1) :]
    return value


ANYTHING = st.binary(max_size=300) | mutants()


def check_totality(value: bytes) -> None:
    found = decode(value)
    if isinstance(found, Broken):
        assert found.faults
        for fault in found.faults:
            assert 0 <= fault.start <= fault.end <= len(value)
    if isinstance(found, Basic | Bearer):
        assert 0 <= found.start <= found.end <= len(value)
    if isinstance(found, Basic):
        inside = value[found.start : found.end]
        assert base64.b64decode(inside, validate=True) == found.pair.username + b":" + found.pair.password
    check_silence(found)


CANARIES = frozenset(
    text.decode()[at : at + 5]
    for text in (SID, TOKEN, KEY, KEY_SECRET, TEXT, MEASURED, JWT)
    for at in range(len(text) - 4)
)


def check_silence(found: Credential) -> None:
    """No 5 characters of a secret, of its base64 or of a token in what a log would print."""
    shown = repr(found) + str(found)
    assert not any(shown[at : at + 5] in CANARIES for at in range(len(shown) - 4)), "a secret is shown"


# The form of nearly every value, each part of it now and then another.
PREFIX = st.sampled_from([b"AC", b"SK", b"CA", b"QU", b"ac", b"A1"])
DIGITS = st.text("0123456789abcdefABCDEF", min_size=32, max_size=32) | st.text("0aGz:. ", min_size=31, max_size=33)
LETTERS = st.text("0aAzZ9", min_size=32, max_size=32) | st.text("0aA:\x7f\n", min_size=31, max_size=33)
SCHEME = st.sampled_from([b"Basic ", b"basic ", b"bASIC ", b"Bearer ", b"Basic  ", b" Basic ", b"Basic\t", b"Basic"])
TEXTS = st.builds(
    lambda prefix, digits, between, letters: base64.b64encode(prefix + digits.encode() + between + letters.encode()),
    PREFIX,
    DIGITS,
    st.sampled_from([b":", b":", b"-", b""]),
    LETTERS,
)
LAST = st.sampled_from([b"==", b"=", b"", b"== ", b"==\n", b"==,"])


@given(SCHEME, TEXTS, st.none() | st.sampled_from([*b"ABQRghwx/"]), st.none() | LAST)
@settings(max_examples=max(300, EXAMPLES))
def test_the_short_way_says_what_the_long_one_does(scheme: bytes, text: bytes, letter: int | None, last: bytes) -> None:
    letters = text.rstrip(b"=") if letter is None else text.rstrip(b"=")[:-1] + bytes([letter])
    value = scheme + letters + (text[len(text.rstrip(b"=")) :] if last is None else last)
    with mock.patch("analyzers.credential._PLAIN", re.compile(b"(?!)")):
        expected = decode(value)
    assert decode(value) == expected


@pytest.mark.parametrize("value", [GOOD, b"bAsIc " + TEXT, basic(KEY, KEY_SECRET), basic(b"MG" + SID[2:], TOKEN)])
def test_the_short_way_is_taken(value: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzers.credential._peel", None)
    assert decode(value) == Basic(value[:5], Pair(*base64.b64decode(value[6:]).split(b":")), 6, 98)


@settings(max_examples=300)
@given(ANYTHING)
def test_decoding_is_total(value: bytes) -> None:
    check_totality(value)


@pytest.mark.skipif(not EXAMPLES, reason="WHY20003_EXAMPLES sets how many values are decoded")
@settings(max_examples=EXAMPLES or 1, database=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=120) | st.integers(0, 2**40).map(mutant))
def test_decoding_is_total_at_length(value: bytes) -> None:
    check_totality(value)


@pytest.mark.parametrize("value", [GOOD, basic(KEY, KEY_SECRET), basic(SID, b"x"), basic(SID, b"xy"), basic(b"", b"")])
def test_no_changed_byte_goes_unnoticed(value: bytes) -> None:
    pair = pair_of(decode(value))
    for at in range(len(value)):
        for byte in range(256):
            changed = value[:at] + bytes([byte]) + value[at + 1 :]
            found = decode(changed)
            if isinstance(found, Basic) and found.pair == pair:
                scheme, text = changed.split(maxsplit=1)
                assert (scheme.lower(), text) == (b"basic", value[6:])


@pytest.mark.parametrize("at", range(7, END + 1))
def test_no_inserted_byte_goes_unnoticed(at: int) -> None:
    for byte in set(range(256)) - {32, 9}:
        found = decode(GOOD[:at] + bytes([byte]) + GOOD[at:])
        assert not (isinstance(found, Basic) and found.pair == PAIR)


@pytest.mark.parametrize("length", range(7, END))
def test_no_cut_gives_the_whole_pair_unflawed(length: int) -> None:
    found = decode(GOOD[:length])
    assert not (isinstance(found, Basic) and found.pair == PAIR)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda size: b"a" * size, id="letters"),
        pytest.param(lambda size: b"Basic " + b"a" * size, id="basic-letters"),
        pytest.param(lambda size: b"Basic " + base64.b64encode(b"u" * size + b":" + b"p" * size), id="good-but-huge"),
        pytest.param(lambda size: b" " * size, id="blanks"),
        pytest.param(lambda size: b"Basic " + b" " * size + b"x", id="blanks-inside"),
        pytest.param(lambda size: b"Basic x" + b", " * (size // 2) + b"y", id="commas"),
        pytest.param(lambda size: b"Basic a, " * (size // 9), id="joined"),
        pytest.param(lambda size: b'"' * size, id="quotes"),
        pytest.param(lambda size: b"Basic " + b'"' * size, id="basic-quotes"),
        pytest.param(lambda size: b"Basic " * (size // 6), id="basic-basic"),
        pytest.param(lambda size: b"Basic Bearer " * (size // 13), id="basic-bearer"),
        pytest.param(lambda size: b"Authorization: " * (size // 15), id="names"),
        pytest.param(lambda size: b"\n" * size, id="line-feeds"),
        pytest.param(lambda size: b"Basic " + b"a\n" * (size // 2), id="lines"),
        pytest.param(lambda size: b"Basic " + b"%0" * (size // 5) + b"%0A" + b"A" * (size // 5), id="nested-escapes"),
        pytest.param(lambda size: b"Basic " + b"%3D" * (size // 3), id="escapes"),
        pytest.param(lambda size: b"Basic " + b"=" * size, id="padding"),
        pytest.param(lambda size: b"Basic " + b"a=" * (size // 2), id="padding-everywhere"),
        pytest.param(lambda size: b"Basic " + b"-_" * (size // 2), id="url-safe"),
        pytest.param(lambda size: b"Basic " + b":" * size, id="colons"),
        pytest.param(lambda size: b"Bearer " + b"." * size, id="dots"),
        pytest.param(lambda size: b"Bearer " + base64.b64encode(b"[" * size) + b".e30.x", id="nested-json"),
        pytest.param(lambda size: b"Basic " + base64.b64encode(b"Basic " * (size // 6)), id="nested-scheme"),
        pytest.param(lambda size: bytes(range(256)) * (size // 256), id="binary"),
        pytest.param(lambda size: b"\xa0" * size, id="no-break-blanks"),
    ],
)
@pytest.mark.parametrize("size", [48_000, 1_000_000])
def test_a_hostile_value_takes_no_more_than_its_share_of_time(build: Callable[[int], bytes], size: int) -> None:
    """Of 48,000 bytes all is looked at; of 1,000,000, more than any server accepts, less."""
    assert_in_line(decode, build, size)


@pytest.mark.parametrize("byte", range(256))
def test_no_name_of_a_byte_shows_a_letter_or_digit(byte: int) -> None:
    name = name_byte(byte)
    assert name
    assert name.isascii()
    assert name.isprintable()
    if chr(byte).isascii() and chr(byte).isalnum():
        assert name == "a letter or digit"
