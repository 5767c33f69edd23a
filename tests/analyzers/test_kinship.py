from base64 import b64encode as B64  # noqa: N812 - so that it stands out in a column

import pytest

from analyzers.building import KEY_SECRET, SID, TOKEN
from analyzers.kinship import Kin, Relation, Stray, counted, first_difference, kin_of, stray, strays_said


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(TOKEN, TOKEN, id="equal"),
        pytest.param(b"", TOKEN, id="nothing-seen"),
        pytest.param(TOKEN, b"", id="nothing-expected"),
        pytest.param(KEY_SECRET, TOKEN, id="strangers"),
        pytest.param(TOKEN[:7], TOKEN, id="seven-are-shared-by-chance"),
        pytest.param(SID + b"1234567", b"1234567", id="seven-are-held-by-chance"),
        pytest.param(b"%" + TOKEN[1:-3], TOKEN, id="no-escape"),
        pytest.param(b"ab" * 5 + b"a", b"ab", id="not-whole-times"),
        pytest.param(B64(B64(B64(B64(TOKEN)))), TOKEN, id="base64-four-times-over"),
        pytest.param(b'"%b%%66%b"' % (TOKEN[:1], TOKEN[2:]), TOKEN, id="escape-in-quotes"),
        pytest.param("\N{CYRILLIC SMALL LETTER A}".encode() * 12, TOKEN, id="another-word-of-look-alikes"),
        pytest.param(b"aaaaaaaaaa", "\N{CYRILLIC SMALL LETTER A}".encode() * 10, id="look-alikes-were-meant"),
    ],
)
def test_strangers(seen: bytes, expected: bytes) -> None:
    assert kin_of(seen, expected) is None


@pytest.mark.parametrize(
    ("seen", "expected", "kin"),
    [
        (TOKEN[:8], TOKEN, Kin(Relation.TRUNCATED, "the value given without its last 24 of 32 characters", (0, 24))),
        (TOKEN[24:], TOKEN, Kin(Relation.TRUNCATED, "the value given without its first 24 of 32 characters", (24, 0))),
        (TOKEN[1:], TOKEN, Kin(Relation.TRUNCATED, "the value given without its first character", (1, 0))),
        (
            TOKEN + b"\n",
            TOKEN,
            Kin(
                Relation.STRAYS,
                "the value given, with line feed (0x0A) inside, after 32 characters",
                strays=(Stray("line feed (0x0A)", "inside", 32, 1, 1),),
            ),
        ),
        (
            b"x12345678y",
            b"12345678",
            Kin(
                Relation.CONTAINS,
                "the value given and 1 character in front of it and 1 character behind it",
                more=(1, 1),
            ),
        ),
        (b"a" * 12, b"a" * 9, Kin(Relation.CONTAINS, "the value given and 3 characters behind it", more=(0, 3))),
        (b"aa", b"a", Kin(Relation.REPEATED, "the value given, 2 times in a row")),
        (b"%2561", b"a", Kin(Relation.PERCENT, "the value given, percent-encoded, 2 times over")),
        (b"%252561", b"a", Kin(Relation.PERCENT, "the value given, percent-encoded, 3 times over")),
        (b"%25252561", b"a", None),
        (b"-__--__--__--__-", b"\xfb\xff\xfe" * 4, Kin(Relation.BASE64, "the base64 of the value given")),
        (b"+//++//++//++//+", b"\xfb\xff\xfe" * 4, Kin(Relation.BASE64, "the base64 of the value given")),
        # A letter more than base64 can have is left out, padding behind it or not.
        (b"YWJjZGVmZ2hpZ=", b"abcdefghi", Kin(Relation.BASE64, "the base64 of the value given")),
        (b"MTIzNDU2NzhX", b"12345678W", Kin(Relation.BASE64, "the base64 of the value given")),
        (B64(SID + b":" + TOKEN), TOKEN, Kin(Relation.BASE64, "the base64 of a pair with the value given in it")),
        (B64(SID + b":pa:ss"), b"pa:ss", Kin(Relation.BASE64, "the base64 of a pair with the value given in it")),
        (
            B64(B64(b"pa:ss")),
            b"pa",
            Kin(Relation.BASE64, "the base64 of a pair with the value given in it, 2 times over"),
        ),
        (B64(SID + b":pa:ss"), b"ss", None),
        (
            TOKEN[:3] + b"\x80" + TOKEN[3:],
            TOKEN,
            Kin(Relation.LOOKALIKE, "the value given with non-ASCII byte (0x80) in it, after 3 characters"),
        ),
        (
            b"0123\x7f45\x8067",
            b"0123\x7f4567",
            Kin(Relation.LOOKALIKE, "the value given with non-ASCII byte (0x80) in it, after 7 characters"),
        ),
        (
            b"12345678",
            b"x12345678y12345678z",
            Kin(Relation.TRUNCATED, "the value given without its first 1 and last 10 of 19 characters", (1, 10)),
        ),
        (
            b"12345678",
            b"x12345678y12345678",
            Kin(Relation.TRUNCATED, "the value given without its first 10 of 18 characters", (10, 0)),
        ),
        (
            b"\xc3\xa4" * 9,
            b"\xc3\xa4" * 8,
            Kin(Relation.CONTAINS, "the value given and 2 characters behind it", more=(0, 2)),
        ),
    ],
)
def test_kin(seen: bytes, expected: bytes, kin: Kin | None) -> None:
    assert kin_of(seen, expected) == kin


@pytest.mark.parametrize(
    ("found", "kind", "count"),
    [
        (b"\n", "line feed (0x0A)", 1),
        (b"\r\n", "carriage return (0x0D)", 2),
        (b"\xef\xbb\xbf", "a byte order mark", 1),
        (b"\xa0", "a no-break blank", 1),
        (b"x", "a letter or digit", 1),
        (b"# ab", "a label or a remark", 4),
        (KEY_SECRET, "a label or a remark", 32),
    ],
)
def test_a_stray_has_a_name_without_letters_of_its_own(found: bytes, kind: str, count: int) -> None:
    assert stray(found, "behind", 3) == Stray(kind, "behind", 3, len(found), count)


def test_strays_of_one_kind_are_said_once() -> None:
    quotes = (stray(b'"', "in front", 0), stray(b'"', "behind", 9))
    assert strays_said(quotes) == 'double quote (") in front of it and behind it'
    assert strays_said((quotes[0], stray(b"\n", "behind", 9))) == (
        'double quote (") in front of it and line feed (0x0A) behind it'
    )
    assert strays_said((stray(b"SID=", "in front", 0),)) == "a label or a remark of 4 characters in front of it"
    assert strays_said(()) == ""


def test_counting() -> None:
    assert [counted(number) for number in (0, 1, 2)] == ["0 characters", "1 character", "2 characters"]


@pytest.mark.parametrize(
    ("seen", "expected", "at"), [(b"abc", b"abd", 2), (b"ab", b"abc", 2), (b"abc", b"ab", 2), (b"", b"x", 0)]
)
def test_the_first_difference(seen: bytes, expected: bytes, at: int) -> None:
    assert first_difference(seen, expected) == at


def test_strangers_are_no_kin() -> None:
    strangers = {Relation.EMPTY, Relation.STAND_IN, Relation.OVERWRITTEN, Relation.OTHER}
    assert {relation for relation in Relation if not relation.is_kin} == strangers
