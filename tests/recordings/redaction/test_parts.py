from base64 import b64encode

import pytest

from recordings.redaction.parts import Parts, Piece, without_shown

WORD = b"3f9a7c5e1b2d4860f7e6d5c4b3a29180"
SID = b"AC00112233445566778899aabbccddeeff"


@pytest.fixture
def parts() -> Parts:
    found = Parts({WORD: WORD})
    found.note(WORD)
    return found


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        pytest.param(WORD, (), id="itself"),
        pytest.param(b"0123456789abcdef", (), id="another"),
        pytest.param(WORD[:7], (), id="too-little-of-it"),
        pytest.param(WORD[:8], (Piece(0, 8, WORD),), id="its-beginning"),
        pytest.param(WORD[4:20], (Piece(0, 16, WORD, 4),), id="its-middle"),
        pytest.param(WORD.upper(), (), id="in-capitals"),
        pytest.param(b"x" + WORD, (Piece(0, 1), Piece(1, 33, WORD)), id="something-before"),
        pytest.param(WORD + b"zz", (Piece(0, 32, WORD), Piece(32, 34)), id="something-behind"),
        pytest.param(WORD[16:] + WORD[:16], (Piece(0, 16, WORD, 16), Piece(16, 32, WORD)), id="halves-swapped"),
        pytest.param(WORD[::-1], (Piece(0, 32, WORD, 0, reverse=True),), id="reversed"),
    ],
)
def test_how_a_word_is_made(parts: Parts, word: bytes, pieces: tuple[Piece, ...]) -> None:
    assert parts.of(word) == pieces


def test_a_megabyte_is_a_word_of_its_own(parts: Parts) -> None:
    assert parts.of(WORD * 30_000) == ()


@pytest.mark.parametrize(
    ("word", "rest"),
    [
        pytest.param(WORD, [WORD], id="no-sid"),
        pytest.param(SID, [], id="the-sid"),
        pytest.param(SID[:20] + b"x" + SID[20:], [], id="mistyped"),
        pytest.param(SID[:15], [], id="cut-off"),
        pytest.param(SID[:5], [], id="cut-off-behind-its-prefix"),
        pytest.param(SID[-5:], [], id="its-end"),
        pytest.param(SID[8:15], [], id="its-middle"),
        pytest.param(b"AC:12345".hex().encode(), [b"AC:12345".hex().encode()], id="another-in-hex"),
        pytest.param(SID.hex().encode() + WORD, [WORD], id="in-hex-with-a-secret"),
        pytest.param(SID[8:14], [SID[8:14]], id="too-little-of-it"),
        pytest.param(SID[:9] + b"x", [SID[:9] + b"x"], id="too-little-of-it-in-a-word"),
        pytest.param(SID[::-1][4:], [], id="reversed"),
        pytest.param(b64encode(SID)[:8], [], id="the-beginning-in-base64"),
        pytest.param(b64encode(SID)[:13], [], id="in-base64"),
        pytest.param(b64encode(b"x" + SID)[2:14], [], id="in-base64-shifted"),
        pytest.param(b64encode(b"xx" + SID)[3:14][::-1], [], id="in-base64-reversed"),
        pytest.param(b64encode(SID + b":" + WORD), [b64encode(SID + b":" + WORD)[45:]], id="in-base64-with-a-secret"),
        pytest.param(SID + WORD, [WORD], id="secret-behind"),
        pytest.param(SID.lower() + b"1234", [], id="rest-too-short"),
    ],
)
def test_what_is_of_a_sid_is_no_secret(word: bytes, rest: list[bytes]) -> None:
    assert list(without_shown([word], [SID])) == rest
