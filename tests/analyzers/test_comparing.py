"""One value held against another: the verdict, its figures, and that the words show neither."""

import base64
import hmac
import os
import re
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.building import KEY_SECRET, SID, TOKEN, basic
from analyzers.comparing import Comparison, compare, strays_of
from analyzers.kinship import Relation

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "60"))
B64 = base64.b64encode
ESCAPED = "".join(f"%{byte:02X}" for byte in TOKEN).encode()
CYRILLIC = TOKEN.replace(b"a", "\N{CYRILLIC SMALL LETTER A}".encode(), 1)


@pytest.mark.parametrize(
    ("seen", "relation", "says"),
    [
        pytest.param(TOKEN, "equal", "equal to the value given", id="equal"),
        pytest.param(TOKEN + b"\n", "stray-characters", "line feed (0x0A) behind it", id="line-feed"),
        pytest.param(b" " + TOKEN, "stray-characters", "blank (0x20) in front of it", id="blank"),
        pytest.param(b'"%b"' % TOKEN, "stray-characters", 'double quote (") in front of it and behind it', id="quotes"),
        pytest.param(b"'" + TOKEN, "stray-characters", "single quote (') in front of it", id="one-quote"),
        pytest.param(b"\xef\xbb\xbf" + TOKEN, "stray-characters", "a byte order mark in front of it", id="bom"),
        pytest.param(TOKEN + b"\xe2\x80\x8b", "stray-characters", "a zero-width blank behind it", id="zero-width"),
        pytest.param(TOKEN + b"\xc2\xa0", "stray-characters", "a no-break blank behind it", id="no-break"),
        pytest.param(
            TOKEN[:10] + b"\xe2\x80\x8b" + TOKEN[10:],
            "stray-characters",
            "a zero-width blank inside, after 10 characters",
            id="zero-width-inside",
        ),
        pytest.param(
            TOKEN[:8] + b"\n  " + TOKEN[8:],
            "stray-characters",
            "3 characters, line feed (0x0A) first, inside, after 8 characters",
            id="wrapped",
        ),
        pytest.param(
            b"\r\n" + TOKEN + b"\r\n",
            "stray-characters",
            "2 characters, carriage return (0x0D) first, in front of it and behind it",
            id="line-ends",
        ),
        pytest.param(
            b"TWILIO_AUTH_TOKEN=" + TOKEN,
            "stray-characters",
            "a label or a remark of 18 characters in front of it",
            id="label",
        ),
        pytest.param(
            TOKEN + b" # of the main account",
            "stray-characters",
            "a label or a remark of 22 characters behind it",
            id="remark",
        ),
        pytest.param(TOKEN.upper(), "letter-case", "the value given in other letter case", id="upper"),
        pytest.param(TOKEN[:4].upper() + TOKEN[4:], "letter-case", "the value given in other letter case", id="mixed"),
        pytest.param(TOKEN[:-1], "truncated", "the value given without its last character", id="last-missing"),
        pytest.param(TOKEN[1:], "truncated", "the value given without its first character", id="first-missing"),
        pytest.param(TOKEN[:-2], "truncated", "without its last 2 of 32 characters", id="end-missing"),
        pytest.param(TOKEN[20:], "truncated", "without its first 20 of 32 characters", id="beginning-missing"),
        pytest.param(TOKEN[3:-2], "truncated", "its first 3 and last 2 of 32 characters", id="both-ends-missing"),
        pytest.param(
            TOKEN[:-1] + b"\n",
            "truncated",
            "without its last character, and with line feed (0x0A) behind it",
            id="cut-and-stray",
        ),
        pytest.param(
            b'"%b"' % TOKEN.upper(),
            "letter-case",
            'in other letter case, and with double quote (") in front of it and behind it',
            id="case-and-quotes",
        ),
        pytest.param(TOKEN + b"x", "contains-it", "the value given and 1 character behind it", id="one-more"),
        pytest.param(b"xy" + TOKEN, "contains-it", "the value given and 2 characters in front of it", id="in-front"),
        pytest.param(
            b"xy" + TOKEN + b"z", "contains-it", "2 characters in front of it and 1 character behind it", id="around"
        ),
        pytest.param(SID + b":" + TOKEN, "contains-it", "the value given and 35 characters in front of it", id="pair"),
        pytest.param(
            SID + b":" + TOKEN + b"\n",
            "contains-it",
            "the value given and 35 characters in front of it, and with line feed (0x0A) behind it",
            id="pair-and-stray",
        ),
        pytest.param(TOKEN * 2, "repeated", "the value given, 2 times in a row", id="doubled"),
        pytest.param(TOKEN * 3, "repeated", "the value given, 3 times in a row", id="tripled"),
        pytest.param(TOKEN[::-1], "reversed", "the value given, back to front", id="reversed"),
        pytest.param(ESCAPED, "percent-encoded", "the value given, percent-encoded", id="percent"),
        pytest.param(
            quote(ESCAPED).encode(),
            "percent-encoded",
            "the value given, percent-encoded, 2 times over",
            id="percent-twice",
        ),
        pytest.param(B64(TOKEN), "base64", "the base64 of the value given", id="base64"),
        pytest.param(B64(TOKEN).rstrip(b"="), "base64", "the base64 of the value given", id="base64-unpadded"),
        pytest.param(B64(B64(TOKEN)), "base64", "the base64 of the value given, 2 times over", id="base64-twice"),
        pytest.param(
            B64(TOKEN) + b"\n", "base64", "the value given, and with line feed (0x0A) behind it", id="base64-lf"
        ),
        pytest.param(
            basic(SID, TOKEN)[6:], "base64", "the base64 of a pair with the value given in it", id="base64-of-pair"
        ),
        pytest.param(TOKEN.decode().encode("utf-16-le"), "utf-16", "UTF-16, two bytes for each", id="utf-16-le"),
        pytest.param(TOKEN.decode().encode("utf-16-be"), "utf-16", "UTF-16, two bytes for each", id="utf-16-be"),
        pytest.param(TOKEN.decode().encode("utf-16"), "utf-16", "UTF-16, two bytes for each", id="utf-16-bom"),
        pytest.param(CYRILLIC, "look-alike", "looks like a Latin one in it, after 3 characters", id="look-alike"),
        pytest.param(
            TOKEN[:5] + b"0" + TOKEN[6:],
            "few-characters",
            "the value given with 1 of 32 characters changed, the first after 5 characters",
            id="one-changed",
        ),
        pytest.param(
            TOKEN[:1] + TOKEN[2:],
            "few-characters",
            "the value given with 1 character missing inside, the first after 1 character",
            id="one-missing-inside",
        ),
        pytest.param(
            TOKEN[:5] + b"z" + TOKEN[5:], "few-characters", "with 1 character too many inside", id="one-too-many"
        ),
        pytest.param(b"", "empty", "empty", id="empty"),
        pytest.param(b"\xc2\xa0", "empty", "nothing but blanks or marks", id="no-break-blank-alone"),
        pytest.param(b' "" ', "empty", "nothing but blanks or marks", id="blanks"),
        pytest.param(b"null", "stand-in", "no value: a placeholder, or the word for a missing one", id="null"),
        pytest.param(b'"None"', "stand-in", "no value: a placeholder, or the word for a missing one", id="None"),
        pytest.param(b"your_auth_token", "stand-in", "no value: a placeholder", id="placeholder"),
        pytest.param(b"[REDACTED]", "overwritten", "nothing can be said of it", id="redacted"),
        pytest.param(KEY_SECRET, "other", "another value", id="other"),
        pytest.param(TOKEN[:7], "other", "another value", id="too-short-to-be-a-piece"),
        pytest.param(TOKEN[:5] + b"000" + TOKEN[8:], "other", "another value", id="three-changed"),
        pytest.param(TOKEN + TOKEN[:-1], "contains-it", "and 31 characters behind it", id="nearly-doubled"),
        pytest.param(b"0" * 31 + b"\0", "other", "another value", id="control"),
    ],
)
def test_what_is_said(seen: bytes, relation: str, says: str) -> None:
    found = compare(seen, TOKEN)

    assert found.relation.value == relation
    assert says in found.says
    assert (", and with " in found.says) is (relation != "stray-characters" and bool(found.kin.strays))
    assert (found.length, found.expected_length) == (len(seen), 32)
    assert (found.first_difference is None) is (relation == "equal")


@pytest.mark.parametrize(
    ("seen", "at"),
    [
        (TOKEN + b"\n", 32),
        (TOKEN[:30], 30),
        (TOKEN[:5] + b"0" + TOKEN[6:], 5),
        (b" " + TOKEN, 0),
        (b"", 0),
        (TOKEN[:3] + b"!" + TOKEN[3:], 3),
    ],
)
def test_where_the_first_difference_is(seen: bytes, at: int) -> None:
    assert compare(seen, TOKEN).first_difference == at


@pytest.mark.parametrize(
    ("seen", "missing", "more"),
    [
        (TOKEN[:30], (0, 2), (0, 0)),
        (TOKEN[4:], (4, 0), (0, 0)),
        (TOKEN[4:-1], (4, 1), (0, 0)),
        (b"x" + TOKEN + b"yz", (0, 0), (1, 2)),
        (TOKEN + b"\n", (0, 0), (0, 0)),
    ],
)
def test_how_many_are_missing_and_how_many_more(seen: bytes, missing: tuple[int, int], more: tuple[int, int]) -> None:
    kin = compare(seen, TOKEN).kin
    assert (kin.missing, kin.more) == (missing, more)


@pytest.mark.parametrize(
    ("seen", "strays"),
    [
        (TOKEN + b"\n", [("behind", 32, 1, 1)]),
        (b"\xef\xbb\xbf" + TOKEN + b"\r\n", [("in front", 0, 3, 1), ("behind", 35, 2, 2)]),
        (TOKEN[:10] + b" \t" + TOKEN[10:], [("inside", 10, 2, 2)]),
        (
            b'"' + TOKEN[:10] + b" " + TOKEN[10:] + b'"',
            [("in front", 0, 1, 1), ("behind", 34, 1, 1), ("inside", 11, 1, 1)],
        ),
        (TOKEN[:-1] + b"\n", [("behind", 31, 1, 1)]),
        (TOKEN, []),
    ],
)
def test_where_strays_stand(seen: bytes, strays: list[tuple[str, int, int, int]]) -> None:
    found = compare(seen, TOKEN).kin.strays
    assert [(one.where, one.start, one.length, one.count) for one in found] == strays


def test_strays_of_a_value_itself() -> None:
    assert strays_of(TOKEN) == strays_of(b"") == strays_of(b" \n") == ()
    assert [one.kind for one in strays_of(b" " + TOKEN + b"\n")] == ["blank (0x20)", "line feed (0x0A)"]


@pytest.mark.parametrize(
    ("seen", "expected", "relation"),
    [
        (b"", b"", "equal"),
        (b"x", b"", "other"),
        (b" ", b"", "empty"),
        (b'B"', TOKEN, "other"),
        (b"TWILIO_AUTH_TOKEN=", TOKEN, "other"),
        (b"", b"x", "empty"),
        (TOKEN, TOKEN + b"\n", "truncated"),  # what was given has the stray
        (TOKEN + b"\n", TOKEN + b"\n", "equal"),
        (TOKEN + b"''", TOKEN + b"'", "contains-it"),
        (b"abc", b"abcd", "other"),
        (b"abcd", b"abc", "other"),
        (b"pass%20word", b"pass word", "percent-encoded"),
        (b"aaaaaaaaa", b"aaaaaaaaaa", "truncated"),
        (b"ab" * 6, b"ab", "repeated"),
        (b"redacted", b"REDACTED", "letter-case"),
        (b"null", b"null", "equal"),
        (b"maskhiddenfiltered0123456789ABCD", TOKEN, "other"),  # shaped like a secret: nobody wrote over it
    ],
)
def test_odd_pairs(seen: bytes, expected: bytes, relation: str) -> None:
    assert compare(seen, expected).relation.value == relation


VALUES = st.binary(max_size=40) | st.sampled_from([TOKEN, KEY_SECRET, SID, ESCAPED, CYRILLIC, B64(TOKEN)])
PIECES = st.sampled_from(
    [b"\n", b" ", b'"', b"'", b"\xef\xbb\xbf", b"\xe2\x80\x8b", b"=", b"%", b"\0", b"x", b"SID=", b""]
)


@st.composite
def relatives(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A value, and what may have been made of it."""
    meant = draw(VALUES)
    seen = meant
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(seen)))
        piece = draw(PIECES)
        seen = draw(
            st.sampled_from(
                [
                    *(seen[:at], seen[at:], seen[:at] + piece + seen[at:], piece + seen, seen + piece, seen[::-1]),
                    *(seen * 2, seen.upper(), B64(seen), quote(seen).encode(), seen[:at] + seen[at + 1 :]),
                ]
            )
        )
    return seen, meant


@settings(max_examples=EXAMPLES * 5)
@given(relatives() | st.tuples(VALUES, VALUES))
def test_equal_is_said_of_equal_ones_alone_and_nothing_raises(pair: tuple[bytes, bytes]) -> None:
    seen, meant = pair
    found = compare(seen, meant)
    assert (found.relation is Relation.EQUAL) is (seen == meant)
    assert found.relation is not Relation.SIGNED
    if seen != meant:
        assert found.first_difference is not None
        at = found.first_difference
        assert seen[:at] == meant[:at]
        assert seen[at : at + 1] != meant[at : at + 1]


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@settings(max_examples=EXAMPLES * 5)
@given(
    st.text("0123456789abcdefghijklmnopqrstuvwxyzABCDEF", min_size=10, max_size=40),
    st.permutations(LETTERS),
    st.permutations("0123456789"),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(["", "\n", '"', "\N{ZERO WIDTH SPACE}", "!"]),
    st.sampled_from(["", "upper", "double", "back", "inside"]),
)
def test_no_letter_or_digit_of_either_has_a_say_in_the_words(  # noqa: PLR0917 - drawn
    meant: str, letters: list[str], digits: list[str], start: int, end: int, mark: str, way: str
) -> None:
    """The same answer for two pairs of values that have no character in common but what was added."""
    exchanged = str.maketrans(
        LETTERS + LETTERS.upper() + "0123456789", "".join(letters) + "".join(letters).upper() + "".join(digits)
    )

    def made(value: str) -> Comparison:
        seen = value[start:] if start < len(value) else value[: end or None]
        seen = {
            "upper": seen.upper(),
            "double": seen * 2,
            "back": seen[::-1],
            "inside": seen[:4] + mark + seen[4:],
        }.get(way, seen)
        return compare((seen + mark).encode(), value.encode())

    one, other = made(meant), made(meant.translate(exchanged))
    assume(not {one.relation, other.relation} & {Relation.BASE64, Relation.STAND_IN, Relation.OVERWRITTEN})
    assert one == other


@settings(max_examples=EXAMPLES * 5)
@given(relatives())
def test_no_five_characters_are_shown(pair: tuple[bytes, bytes]) -> None:
    """But for words of the sentences themselves, which are the same for every value."""
    seen, meant = pair
    shown = repr(compare(seen, meant))
    for value in (TOKEN.decode(), KEY_SECRET.decode(), SID[2:].decode()):
        assert not [at for at in range(len(value) - 4) if value[at : at + 5] in shown]
    assert re.search(r"[^\x20-\x7e]", shown) is None


def test_equality_is_asked_of_digests_of_one_length(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def spy(one: bytes, other: bytes) -> bool:
        asked.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr("analyzers.comparing.hmac.compare_digest", spy)
    for seen in (TOKEN, b"", TOKEN * 100):
        compare(seen, TOKEN)
    assert asked == [(32, 32)] * 3


def test_a_megabyte_is_no_trouble() -> None:
    for seen in (TOKEN * 32_768, b"%" * 1_000_000, b'"' * 1_000_000, b" \xe2\x80\x8b" * 250_000, b"A" * 1_000_000):
        assert compare(seen, TOKEN).relation is not Relation.EQUAL
        assert compare(TOKEN, seen).relation is not Relation.EQUAL
