import base64
import hashlib

import pytest

from recordings.redaction.base64_runs import spans_of

TEXT = b"AC00112233445566778899aabbccddeeff:3f9a7c5e1b2d4860f7e6d5c4b3a29180"
LETTERS = base64.b64encode(TEXT)


def told(text: bytes, *, short: bool = False) -> list[tuple[int, int, bool]]:
    return [(span.start, span.end, bool(span.parts)) for span in spans_of(text, short=short)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(LETTERS, [(0, 90, True)], id="whole"),
        pytest.param(LETTERS[:46] + b"\r\n" + LETTERS[46:], [(0, 92, True)], id="wrapped"),
        pytest.param(LETTERS[:46] + b"%0A" + LETTERS[46:], [(0, 93, True)], id="wrapped-and-encoded"),
        pytest.param(LETTERS[:40], [(0, 40, True)], id="cut"),
        pytest.param(b"x-y " + LETTERS, [(4, 94, True)], id="words-in-front"),
        pytest.param(LETTERS + b" # main", [(0, 90, True)], id="words-behind"),
        pytest.param(TEXT[:34], [], id="a-sid"),
        pytest.param(TEXT[35:], [], id="hex"),
        pytest.param(b"pQ7rS2tU9vW4xY1zA6bC3dE8fG5hJ0kL", [], id="a-bare-secret"),
        pytest.param(b"zqjcvjkgbd.example", [], id="a-word-that-happens-to-decode"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(base64.b64encode(hashlib.sha512(b"7").digest()[:55]), [(0, 74, False)], id="noise"),
        pytest.param(base64.b64encode(TEXT.decode().encode("utf-16-le")), [(0, 179, True)], id="utf-16"),
        pytest.param(base64.b64encode(TEXT.decode().encode("utf-16")), [(0, 182, True)], id="utf-16-with-its-mark"),
    ],
)
def test_spans(text: bytes, expected: list[tuple[int, int, bool]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(("text", "short"), [(b"QTpC", True), (b"QTpC", False)])
def test_a_few_letters_are_base64_only_behind_basic(text: bytes, short: bool) -> None:
    assert bool(spans_of(text, short=short)) is short


@pytest.mark.parametrize("at", range(20, 80, 7))
def test_behind_a_letter_too_many_the_text_is_found_again(at: int) -> None:
    text = LETTERS[:at] + b"x" + LETTERS[at:]
    [span] = spans_of(text, short=True)
    shown = sum(end - start for start, end in span.parts)
    assert shown > 40
    rewritten = span.rewritten(text, lambda inner: b"z" * len(inner), lambda letters, _: b"N" * len(letters))
    assert len(rewritten) == len(span.places)
    assert not any(rewritten[i : i + 6] in text for i in range(len(rewritten) - 5))


def test_too_much_is_left_alone() -> None:
    assert spans_of(b"QUJD" * 500_000, short=True) == ()
