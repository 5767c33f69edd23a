import pytest

from analyzers.building import GOOD
from recordings.sanitised import is_overwritten, without_overwritten

AUTHORIZATION = b"authorization"


@pytest.mark.parametrize(
    "value",
    [
        *(
            "REDACTED",
            "[redacted]",
            "Basic [redacted]",
            "[Authorization redacted]",
            "[Filtered]",
            "<hidden>",
            "Basic ***",
        ),
        *("••••", "████", "Bearer xxxx", "Basic ...", "Basic ----", "Basic QUMx***", "Basic QUMx...", "Basic QUMx…"),
        *(
            "--removed--",
            "Basic __REDACTED__",
            "%REDACTED%",
            "Basic [REDACTED_TOKEN]",
            "[auth-token-hidden]",
            "MASKED==",
        ),
        *("Bearer [secure]", "Basic QUMx[...]", "Basic QUMx<..>", "■■■■", "Basic QUMx▒▒▒▒", "token removed by me"),
        None,
    ],
)
def test_what_was_written_over(value: str | None) -> None:
    assert is_overwritten(AUTHORIZATION, value)


@pytest.mark.parametrize(
    "value",
    [
        *(GOOD.decode(), "", "Basic", "Bearer a.b.c", "Basic xxx", "redactedness", "**", "Basic <base64>", "a.b"),
        *("Basic {{token}}", "Basic secure", "Basic hidden:hidden", "Basic remove", "Basic QUMx[a]", "Basic unremoved"),
        "Basic one two three four removed",
    ],
)
def test_what_was_sent(value: str) -> None:
    assert not is_overwritten(AUTHORIZATION, value)


@pytest.mark.parametrize(
    ("value", "overwritten"), [("a...b", False), ("hidden", False), ("[redacted]", True), (None, False)]
)
def test_other_headers_hold_such_words_of_their_own(value: str | None, *, overwritten: bool) -> None:
    assert is_overwritten(b"x-note", value) is overwritten


def test_only_the_authorization_that_was_overwritten_is_left_out() -> None:
    lines = ((b"Authorization ", b"Basic ***"), (b"authorization", GOOD), (b"Cookie", b"[redacted]"), (b"X", b"\xff"))

    assert without_overwritten(lines) == (lines[1:], True)
    assert without_overwritten(lines[1:2]) == (lines[1:2], False)


def test_a_long_value_takes_no_long_time() -> None:
    assert not is_overwritten(AUTHORIZATION, "=" * 1_000_000)
    assert not is_overwritten(AUTHORIZATION, "= " * 1_000_000)
    assert not is_overwritten(AUTHORIZATION, "[<." * 1_000_000)
    assert not is_overwritten(AUTHORIZATION, "a_" * 1_000_000)
