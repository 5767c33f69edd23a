"""Base64 text to a pair: every fault with its place and its name, and what is read all the same."""

import base64

import pytest

from analyzers.base64_reading import Reading, read
from analyzers.building import KEY, SID, TOKEN
from analyzers.building_tokens import oauth_token
from analyzers.flaws import Flaw, Pair

RAW = SID + b":" + TOKEN
JWT = oauth_token()
IN_FRONT = b"x" * 7
"""What stands before the text in the header value, so that offsets do not count from 0."""


def b64(text: bytes) -> bytes:
    return base64.b64encode(text)


TEXT = b64(RAW)  # 92 characters, two of them padding
WIDE = b64(RAW.decode().encode("utf-16-le"))  # 180 characters, one of them padding
PAIR = Pair(SID, TOKEN)
USER = b64(b"user:password")  # 20 characters, two of them padding
LONG = b64(b"user:password12")  # 20 characters, no padding
BAR = SID + b"| " + TOKEN + b";"
COLONS = SID + b":a:b"
HEX_COLONS = (SID + b":" + b"a:b" * 4).hex().encode()  # 94 digits: no length of base64
HEX = (RAW + b"\n").hex().encode()  # 136 digits: a length of base64 as well
SHORT = b64(SID + b":x")  # 48 characters, no padding
PADDED = b64(SID + b":ab")
ENDED = b64(RAW + b"\r\n")  # a whole pair without padding
URLSAFE = b64(SID + b":tok???>>>~~~").replace(b"+", b"-").replace(b"/", b"_")

Expected = tuple[list[tuple[Flaw, int, int, str]], Pair | None, bytes]


def check(text: bytes, expected: Expected, *, whole: bool = True) -> None:
    start = len(IN_FRONT)
    found = read(IN_FRONT + text + b"  ", start, start + len(text))
    faults, pair, decoded = expected
    assert [(each.flaw, each.start - start, each.end - start) for each in found.faults] == [each[:3] for each in faults]
    assert [words for *_, words in faults if not any(words in each.detail for each in found.faults)] == []
    assert all(each.detail for each in found.faults)
    assert found == Reading(found.faults, pair, whole, decoded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(TEXT, ([], PAIR, RAW), id="good"),
        pytest.param(b64(COLONS), ([], Pair(SID, b"a:b"), COLONS), id="colons-in-the-password"),
        # not encoded
        pytest.param(SID, ([(Flaw.CLEAR_TEXT, 0, 34, "a SID")], None, SID), id="sid"),
        pytest.param(TOKEN, ([(Flaw.CLEAR_TEXT, 0, 32, "32 hex digits")], None, TOKEN), id="token"),
        pytest.param(BAR, ([(Flaw.CLEAR_TEXT, 34, 35, "character | instead of a colon")], PAIR, BAR), id="bar"),
        pytest.param(COLONS, ([(Flaw.CLEAR_TEXT, 0, 38, "unencoded")], Pair(SID, b"a:b"), COLONS), id="colons"),
        pytest.param(b"'a:b'", ([(Flaw.CLEAR_TEXT, 1, 4, "unencoded")], Pair(b"a", b"b"), b"a:b"), id="quoted"),
        pytest.param(b'"', ([(Flaw.NOT_BASE64, 0, 1, 'double quote (")')], None, b""), id="a-quote"),
        pytest.param(HEX, ([(Flaw.NOT_BASE64, 0, 136, "hexadecimal")], Pair(SID, TOKEN + b"\n"), HEX), id="hex"),
        pytest.param(
            HEX_COLONS,
            ([(Flaw.NOT_BASE64, 0, 94, "hexadecimal")], Pair(SID, b"a:b" * 4), HEX_COLONS),
            id="hex-with-colons",
        ),
        pytest.param(
            (b"user:" + b"\xff" * 60).hex().encode(),
            ([(Flaw.NOT_BASE64, 0, 130, "no text")], None, b""),
            id="other-hex",
        ),
        # line ends
        pytest.param(b"%0A", ([(Flaw.LINE_BREAK, 0, 3, "an escaped line break")], None, b""), id="a-line-end-alone"),
        pytest.param(
            WIDE[:76] + b"\n" + WIDE[76:],
            (
                [(Flaw.LINE_BREAK, 76, 77, "LF"), (Flaw.WIDE_CHARACTERS, 0, 181, "UTF-16")],
                PAIR,
                RAW.decode().encode("utf-16-le"),
            ),
            id="wrapped-utf-16",
        ),
        pytest.param(
            TEXT + b"\n" + TEXT,
            ([(Flaw.LINE_BREAK, 92, 93, "LF"), (Flaw.JUNK, 93, 185, "another line")], PAIR, RAW),
            id="the-same-line-again",
        ),
        pytest.param(
            USER + b"\nX-Y: 1",
            (
                [(Flaw.LINE_BREAK, 20, 21, "LF"), (Flaw.JUNK, 21, 27, "another line")],
                Pair(b"user", b"password"),
                b"user:password",
            ),
            id="another-header-line",
        ),
        pytest.param(
            LONG + b"\n" + USER,
            (
                [(Flaw.LINE_BREAK, 20, 21, "LF")],
                Pair(b"user", b"password12user:password"),
                b"user:password12user:password",
            ),
            id="lines-that-go-together",
        ),
        pytest.param(
            ENDED + b"\n" + b64(b"hello world1"),
            (
                [(Flaw.LINE_BREAK, 92, 93, "LF"), (Flaw.JUNK, 93, 109, "another line")],
                Pair(SID, TOKEN + b"\r\n"),
                RAW + b"\r\n",
            ),
            id="a-line-behind-a-whole-pair",
        ),
        pytest.param(
            TEXT[:76] + b"\r\n" + TEXT[76:] + b"\r\nX-Other: 1",
            ([(Flaw.LINE_BREAK, 76, 78, "CRLF"), (Flaw.JUNK, 96, 106, "more text")], PAIR, RAW),
            id="wrapped-and-another-header-line",
        ),
        pytest.param(
            TEXT[:60] + b"\n" + TEXT[60:] + b" # comment",
            ([(Flaw.LINE_BREAK, 60, 61, "LF"), (Flaw.JUNK, 93, 103, "more text")], PAIR, RAW),
            id="wrapped-and-a-comment",
        ),
        # marks
        pytest.param(
            b'"' + TEXT + b'"',
            ([(Flaw.MARKS, 0, 1, "in front of the base64"), (Flaw.MARKS, 93, 94, "behind the base64")], PAIR, RAW),
            id="quotes",
        ),
        pytest.param(TEXT + b";", ([(Flaw.MARKS, 92, 93, "semicolon (;) behind")], PAIR, RAW), id="semicolon"),
        pytest.param(
            b"<" + WIDE + b">",
            (
                [(Flaw.MARKS, 0, 1, "<"), (Flaw.MARKS, 181, 182, ">"), (Flaw.WIDE_CHARACTERS, 1, 181, "UTF-16")],
                PAIR,
                RAW.decode().encode("utf-16-le"),
            ),
            id="marks-around-utf-16",
        ),
        pytest.param(
            b'"YWJj"YWJj"', ([(Flaw.NOT_BASE64, 0, 1, "double quote")], None, b""), id="quotes-around-nothing"
        ),
        # more text behind
        pytest.param(TEXT + b": x", ([(Flaw.JUNK, 92, 95, "more text")], PAIR, RAW), id="a-colon-behind"),
        pytest.param(b"<" + TEXT + b">: x", ([(Flaw.JUNK, 93, 97, "more text")], PAIR, RAW), id="marks-and-a-colon"),
        pytest.param(
            USER + b" realm:x",
            ([(Flaw.CLEAR_TEXT, 0, 28, "unencoded")], Pair(USER + b" realm", b"x"), USER + b" realm:x"),
            id="a-colon-behind-what-has-no-sid",
        ),
        pytest.param(b"<" + TEXT + b"> foo", ([(Flaw.JUNK, 93, 98, "more text")], PAIR, RAW), id="a-word-behind-marks"),
        pytest.param(
            PADDED + b" " + b64(TOKEN),
            ([(Flaw.JUNK, 52, 97, "more text")], Pair(SID, b"ab"), SID + b":ab"),
            id="padding-ends-it",
        ),
        pytest.param(
            b64(b"user:pass:word") + b" foo",
            ([(Flaw.JUNK, 20, 24, "more text")], Pair(b"user", b"pass:word"), b"user:pass:word"),
            id="colons-and-a-word",
        ),
        pytest.param(
            LONG + b" foo",
            ([(Flaw.JUNK, 20, 24, "more text")], Pair(b"user", b"password12"), b"user:password12"),
            id="a-word-that-does-not-go-with-it",
        ),
        pytest.param(b"OmE= foo", ([(Flaw.JUNK, 4, 8, "more text")], Pair(b"", b"a"), b":a"), id="a-short-pair"),
        pytest.param(b"Og== foo", ([(Flaw.NOT_BASE64, 4, 5, "blank")], None, b""), id="a-colon-alone-and-a-word"),
        pytest.param(
            b64(b"hello world") + b" foo", ([(Flaw.NOT_BASE64, 16, 17, "blank")], None, b""), id="no-pair-and-a-word"
        ),
        pytest.param(TEXT + b"#abc", ([(Flaw.JUNK, 92, 96, "more text")], PAIR, RAW), id="a-comment"),
        pytest.param(
            ENDED + b"#abc",
            ([(Flaw.JUNK, 92, 96, "more text")], Pair(SID, TOKEN + b"\r\n"), RAW + b"\r\n"),
            id="unpadded",
        ),
        pytest.param(
            PADDED + b"#abc",
            ([(Flaw.JUNK, 52, 56, "more text")], Pair(SID, b"ab"), SID + b":ab"),
            id="padded-and-a-comment",
        ),
        pytest.param(SHORT + b"#abc", ([(Flaw.NOT_BASE64, 48, 49, "#")], None, b""), id="neither-padded-nor-whole"),
        pytest.param(TEXT + b"abcd", ([(Flaw.JUNK, 92, 96, "more text")], PAIR, RAW), id="letters-behind-the-padding"),
        # blanks and other bytes inside
        pytest.param(
            WIDE[:20] + b" \t" + WIDE[20:],
            (
                [(Flaw.BLANK_INSIDE, 20, 22, "blank (0x20)"), (Flaw.WIDE_CHARACTERS, 0, 182, "UTF-16")],
                PAIR,
                RAW.decode().encode("utf-16-le"),
            ),
            id="blanks-in-utf-16",
        ),
        pytest.param(
            b64(b"hello world is")[:8] + b"\t" + b64(b"hello world is")[8:],
            (
                [(Flaw.BLANK_INSIDE, 8, 9, "tab (0x09)"), (Flaw.COLON_MISSING, 0, 21, "no colon")],
                None,
                b"hello world is",
            ),
            id="a-tab-in-what-is-no-pair",
        ),
        pytest.param(
            TEXT[:76] + b" " + TEXT[76:] + b" foo",
            ([(Flaw.BLANK_INSIDE, 76, 77, "blank (0x20)"), (Flaw.JUNK, 94, 97, "more text")], PAIR, RAW),
            id="a-blank-inside-and-a-word-behind",
        ),
        pytest.param(
            USER[:4] + b"*" + USER[4:],
            ([(Flaw.FOREIGN_BYTE, 4, 5, "character *")], Pair(b"user", b"password"), b"user:password"),
            id="a-foreign-byte",
        ),
        pytest.param(
            b64(b"user:pw")[:4] + b"*" + b64(b"user:pw")[4:],
            ([(Flaw.NOT_BASE64, 4, 5, "character *")], None, b""),
            id="a-foreign-byte-in-what-may-be-chance",
        ),
        pytest.param(
            TEXT[:20] + b"*" + TEXT[20:-7],
            ([(Flaw.NOT_BASE64, 20, 21, "character *")], None, b""),
            id="a-foreign-byte-and-a-cut",
        ),
        pytest.param(
            USER[:-2] + b"%3D%3D",
            ([(Flaw.NOT_BASE64, 18, 19, "percent sign (%)")], None, b""),
            id="escapes-without-a-sid",
        ),
        pytest.param(
            TEXT[:-2] + b"%3D%3D",
            ([(Flaw.FOREIGN_BYTE, 90, 93, "percent sign (%)")], PAIR, RAW),
            id="escapes-with-a-sid",
        ),
        # the alphabet of URLs
        pytest.param(
            URLSAFE,
            (
                [(Flaw.URLSAFE_ALPHABET, 51, 52, "URL-safe alphabet")],
                Pair(SID, b"tok???>>>~~~"),
                SID + b":tok???>>>~~~",
            ),
            id="url-safe",
        ),
        pytest.param(
            TEXT[:20] + b"-" + TEXT[20:], ([(Flaw.FOREIGN_BYTE, 20, 21, "character -")], PAIR, RAW), id="a-dash"
        ),
        pytest.param(b"a-b-c-d", ([(Flaw.NOT_BASE64, 1, 2, "character -")], None, b""), id="words-with-dashes"),
        # padding and the end
        pytest.param(b"====", ([(Flaw.NOT_BASE64, 0, 4, "padding and nothing else")], None, b""), id="padding-alone"),
        pytest.param(TEXT[:-2], ([(Flaw.PADDING_MISSING, 90, 90, "2 of 2")], PAIR, RAW), id="no-padding"),
        pytest.param(TEXT[:-1], ([(Flaw.PADDING_MISSING, 91, 91, "1 of 2")], PAIR, RAW), id="half-the-padding"),
        pytest.param(
            WIDE[:-1],
            (
                [(Flaw.PADDING_MISSING, 179, 179, "1 of 1"), (Flaw.WIDE_CHARACTERS, 0, 179, "UTF-16")],
                PAIR,
                RAW.decode().encode("utf-16-le"),
            ),
            id="utf-16-without-padding",
        ),
        pytest.param(
            b64(SID + b":ab:" + TOKEN).rstrip(b"="),
            ([(Flaw.PADDING_MISSING, 94, 94, "2 of 2")], Pair(SID, b"ab:" + TOKEN), SID + b":ab:" + TOKEN),
            id="no-padding-behind-the-last-of-three",
        ),
        pytest.param(
            USER + b"=",
            ([(Flaw.PADDING_WRONG, 20, 21, "too much")], Pair(b"user", b"password"), b"user:password"),
            id="three",
        ),
        pytest.param(
            USER[:-3] + b"B==",
            ([(Flaw.STRAY_BITS, 17, 18, "bits that no encoder sets")], Pair(b"user", b"password"), b"user:password"),
            id="stray-bits",
        ),
        pytest.param(
            TEXT[:-2] + b"AAA",
            ([(Flaw.PADDING_WRONG, 93, 93, "93 characters")], Pair(SID, TOKEN + b"\0\0"), RAW + b"\0\0"),
            id="zeros-instead-of-padding",
        ),
        pytest.param(
            ENDED + b"A",
            ([(Flaw.PADDING_WRONG, 93, 93, "93 characters")], Pair(SID, TOKEN + b"\r\n"), RAW + b"\r\n"),
            id="a-letter-too-many",
        ),
        pytest.param(
            b64(SID + b":a:") + b64(b"b"),
            ([(Flaw.PADDING_WRONG, 50, 52, "padding in the middle")], Pair(SID, b"a:b"), SID + b":a:b"),
            id="two-texts-in-a-row",
        ),
        pytest.param(
            b64(b"user:") + b64(b"password"),
            ([(Flaw.NOT_BASE64, 7, 8, "padding in the middle")], None, b""),
            id="two-without-a-sid",
        ),
        # what decodes
        pytest.param(b64(JWT), ([(Flaw.TOKEN_IN_BASIC, 0, len(b64(JWT)), "Web Token")], None, JWT), id="a-token"),
        pytest.param(b64(TEXT), ([(Flaw.DOUBLED, 0, 124, "once more")], PAIR, TEXT), id="encoded-twice"),
        pytest.param(b64(KEY), ([(Flaw.COLON_MISSING, 0, 48, "no colon")], None, KEY), id="no-colon"),
    ],
)
def test_what_is_read(text: bytes, expected: Expected) -> None:
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            TEXT[:-3],
            ([(Flaw.TRUNCATED, 89, 89, "89 characters")], Pair(SID, TOKEN[:-1]), RAW[:-1]),
            id="a-letter-left-over",
        ),
        pytest.param(
            TEXT[:-6],
            ([(Flaw.TRUNCATED, 86, 86, "2 of 2")], Pair(SID, TOKEN[:-3]), RAW[:-3]),
            id="no-padding-and-too-short",
        ),
        pytest.param(
            b64(b"user:password1").rstrip(b"="),
            ([(Flaw.PADDING_MISSING, 19, 19, "1 of 1")], Pair(b"user", b"password1"), b"user:password1"),
            id="no-padding-behind-a-word",
        ),
        pytest.param(
            b64(RAW[:-2].decode().encode("utf-16-le")).rstrip(b"="),
            (
                [(Flaw.PADDING_MISSING, 174, 174, "2 of 2"), (Flaw.WIDE_CHARACTERS, 0, 174, "UTF-16")],
                Pair(SID, TOKEN[:-2]),
                RAW[:-2].decode().encode("utf-16-le"),
            ),
            id="utf-16-that-is-too-short",
        ),
        pytest.param(
            TEXT[:19],
            ([(Flaw.TRUNCATED, 19, 19, "1 of 1"), (Flaw.COLON_MISSING, 0, 19, "no colon")], None, RAW[:14]),
            id="cut-in-the-sid",
        ),
    ],
)
def test_what_may_be_a_beginning_only(text: bytes, expected: Expected) -> None:
    check(text, expected, whole=False)


@pytest.mark.parametrize("byte", [b" ", b"\n", b"*", b"=", b"-", b"\xc2\xa0", b"%0A"])
@pytest.mark.parametrize("behind", [b"", b" foo", b"#foo", b";"])
def test_no_piece_of_a_pair_is_taken_for_all_of_it(byte: bytes, behind: bytes) -> None:
    for at in range(40, 90, 2):
        text = TEXT[:at] + byte + TEXT[at:] + behind
        found = read(text, 0, len(text))
        assert found.faults
        if found.pair is not None:
            assert found.pair.username == SID
            assert not TOKEN.startswith(found.pair.password) or found.pair.password == TOKEN
