import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.redaction.known import Known
from recordings.redaction.surrogates import Surrogates, in_case

WORD = b"3f9a7c5e1b2d4860f7e6d5c4b3a29180"
ALPHANUMERIC = st.text(string.ascii_letters + string.digits, min_size=1, max_size=80).map(str.encode)


def surrogates(key: bytes = b"key", *words: bytes) -> Surrogates:
    known = Known()
    for word in words:
        known.note_secret(word)
    return Surrogates(key, known)


def classes(text: bytes) -> list[str]:
    kinds = {"digit": b"0123456789", "hex": b"abcdefABCDEF"}
    return [
        next((name for name, each in kinds.items() if byte in each), "letter" if chr(byte).isalpha() else chr(byte))
        + str(chr(byte).isupper())
        for byte in text
    ]


@given(ALPHANUMERIC)
def test_length_and_classes_stay_and_no_character(word: bytes) -> None:
    made = surrogates().word(word)
    kept = 2 if word[:2].upper() in {b"AC", b"SK"} else 3 if word.startswith(b"eyJ") else 0
    assert classes(made) == classes(word)
    assert all(one != other for one, other in zip(made[kept:], word[kept:], strict=True))


@given(ALPHANUMERIC, st.integers(1, 80))
def test_the_beginning_of_a_word_becomes_the_beginning(word: bytes, size: int) -> None:
    if size > 3 or word[:2].upper() not in {b"AC", b"SK"}:  # in which the prefix is seen from two letters on
        assert surrogates().word(word).startswith(surrogates().word(word[:size]))


@given(ALPHANUMERIC)
def test_letter_case_carries_over(word: bytes) -> None:
    made = surrogates().word(word)
    if not word.startswith(b"eyJ"):
        assert surrogates().word(word.upper()) == made.upper()


@given(st.binary(max_size=60))
def test_other_text_keeps_its_marks(text: bytes) -> None:
    made = surrogates().text(text)
    assert len(made) == len(text)
    assert [byte for byte in made if not chr(byte).isalnum() or byte > 127] == [
        byte for byte in text if not chr(byte).isalnum() or byte > 127
    ]


def test_another_key_gives_another_surrogate() -> None:
    assert surrogates(b"a").word(WORD) != surrogates(b"b").word(WORD)
    assert surrogates(b"a").word(WORD) == surrogates(b"a").word(WORD)
    assert surrogates(b"a").text(b"Jane Doe") != surrogates(b"b").text(b"Jane Doe")


@pytest.mark.parametrize("long", [WORD + b"zz", b"x" + WORD, WORD[:12], WORD[4:24], WORD[::-1], WORD[16:] + WORD[:16]])
def test_what_is_made_of_a_known_word_follows_it(long: bytes) -> None:
    made = surrogates(b"key", WORD)
    whole = made.word(WORD)
    part = made.word(long)
    shared = [at for at in range(len(long) - 7) if long[at : at + 8] in WORD + b" " + WORD[::-1]]
    assert shared
    for at in shared:
        assert part[at : at + 8] in whole + b" " + whole[::-1]


@pytest.mark.parametrize("prefix", [b"AC", b"SK", b"sk"])
def test_the_prefix_of_a_sid_stays(prefix: bytes) -> None:
    assert surrogates().word(prefix + WORD[:20]).startswith(prefix)


def test_no_other_word_gets_such_a_prefix() -> None:
    for number in range(300):
        word = b"Bd%d" % number
        assert surrogates(b"%d" % number).word(word)[:2].upper() not in {b"AC", b"SK"}


def test_runs_of_what_is_known_are_kept_out() -> None:
    """Of three hex digits there is one run, which chance would meet."""
    words = [b"%05x" % (number * 104_729 % 0xFFFFF) for number in range(4000)]
    made = surrogates(b"key", *words)
    secret = {word.lower() for word in words}
    for number in range(200):
        text = made.text(b"%032x" % (number * 7919))
        assert secret.isdisjoint([text[at : at + 5] for at in range(28)])


def test_a_long_word_goes_in_blocks() -> None:
    word = WORD * 40
    made = surrogates().word(word)
    assert len(made) == len(word)
    assert classes(made) == classes(word)


def test_letters_of_an_alphabet() -> None:
    assert set(surrogates().letters(b"!@#$%" * 9, b"*=")) <= set(b"*=")


def test_a_mark_holds_no_hex_digit() -> None:
    made = surrogates().mark(b"connection 5")
    assert len(made) == 16
    assert not set(made) & set(b"0123456789abcdef")
    assert made == surrogates().mark(b"connection 5") != surrogates().mark(b"connection 6")


@pytest.mark.parametrize(("made", "original", "out"), [(b"a", b"X", b"A"), (b"A", b"x", b"a"), (b"5", b"7", b"5")])
def test_in_case(made: bytes, original: bytes, out: bytes) -> None:
    assert in_case(made[0], original[0]) == out[0]
