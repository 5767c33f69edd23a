"""The picture of a header: every secret hidden, and carets exactly under the bytes that matter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.drawing import draw, masked
from analyzers.exchange import Exchange
from analyzers.findings import AUTHORIZATION, HISTORY, PASSWORD, TARGET, USERNAME, Evidence, Finding, Verdict

END = len(GOOD)
PATH = len(b"/2010-04-01/Accounts/")


def drawn(exchange: Exchange, *evidence: Evidence) -> tuple[str, str] | None:
    return draw(case_of(exchange), Finding("a-cause", Verdict.CONFIRMED, "says", evidence, ("fix",)))


def at(where: str, start: int | None = None, end: int | None = None, index: int = 0) -> Evidence:
    return Evidence(where, "here", index=index, start=start, end=end)


def marked(exchange: Exchange, evidence: Evidence) -> tuple[str, str]:
    """The line without its label, and what of it stands above carets."""
    found = drawn(exchange, evidence)
    assert found is not None
    line, carets = found
    assert carets == carets.rstrip()
    assert len(carets) <= len(line)
    shown = "".join(sign for sign, caret in zip(line, carets, strict=False) if caret == "^")
    assert set(carets) <= {"^", " "}
    return line.removeprefix("Authorization: ").removeprefix("Authorization decoded: "), shown


@pytest.mark.parametrize(
    ("value", "start", "end", "line", "shown"),
    [
        pytest.param(GOOD + b"\n", END, END + 1, "Basic •••(90)•••==␊", "␊", id="behind-it"),
        pytest.param(b" " + GOOD, 0, 1, " Basic •••(90)•••==", " ", id="before-it"),
        pytest.param(GOOD, 0, 5, "Basic •••(90)•••==", "Basic", id="scheme"),
        pytest.param(GOOD, 6, END, "Basic •••(90)•••==", "•••(90)•••==", id="all-the-rest"),
        pytest.param(GOOD, 6, None, "Basic •••(90)•••==", "•••(90)•••==", id="up-to-the-end"),
        pytest.param(GOOD, 8, 10, "Basic •••••••(86)•••==", "••", id="two-of-many"),
        pytest.param(GOOD, 6, 6, "Basic ∅•••(90)•••==", "∅", id="missing-in-the-middle"),
        pytest.param(GOOD, END, END, "Basic •••(90)•••==∅", "∅", id="missing-at-the-end"),
        pytest.param(GOOD, None, None, "Basic •••(90)•••==", "", id="no-span"),
        pytest.param(b"", None, None, "∅", "∅", id="empty"),
        pytest.param(b"", 0, 0, "∅", "∅", id="empty-with-a-span"),
        pytest.param(b"bEaReR a.b", 0, 6, "bEaReR •••", "bEaReR", id="scheme-in-any-case"),
        pytest.param(b"Basic Basic " + GOOD[6:], 6, 11, "Basic ••••• •••(90)•••==", "•••••", id="scheme-twice"),
        pytest.param(b"Token " + KEY_SECRET, 0, 5, "••••• •••(32)•••", "•••••", id="a-scheme-may-be-a-secret"),
        pytest.param(TOKEN, 0, 32, "•••(32)•••", "•••(32)•••", id="secret-alone"),
        pytest.param(b"Basic " + b"x" * 12, 0, 1, "Basic ••••••••••••", "B", id="twelve-fit"),
        pytest.param(b"Basic " + b"x" * 13, 0, 1, "Basic •••(13)•••", "B", id="thirteen-do-not"),
        pytest.param(b"Basic \x00\x1f\x7f~\xff", 6, 9, "Basic ␀␟␡•▒", "␀␟␡", id="controls"),
        pytest.param(b"Basic =\"'`,;:<>[]{}()$%", 6, 7, "Basic =\"'`,;:<>[]{}()$%", "=", id="punctuation"),
        pytest.param(b"Basic a+b/c-d_e", 6, 7, "Basic •••••••••", "•", id="base64-is-no-punctuation"),
    ],
)
def test_the_value(value: bytes, start: int | None, end: int | None, line: str, shown: str) -> None:
    assert marked(refused(value), at(AUTHORIZATION, start, end)) == (line, shown)


@pytest.mark.parametrize(
    ("pair", "where", "span", "line", "shown"),
    [
        pytest.param((SID, TOKEN + b"\n"), PASSWORD, (32, 33), "AC0011…eeff : •••(32)•••␊", "␊", id="line-end"),
        pytest.param((SID, TOKEN), USERNAME, (0, 34), "AC0011…eeff : •••(32)•••", "AC0011…eeff", id="sid"),
        pytest.param((KEY, KEY_SECRET), PASSWORD, (0, 32), "SK0f1e…e1f0 : •••(32)•••", "•••(32)•••", id="key"),
        pytest.param((SID, TOKEN), USERNAME, (None, None), "AC0011…eeff : •••(32)•••", "", id="no-span"),
        pytest.param((TOKEN, SID), PASSWORD, (0, 34), "•••(32)••• : AC0011…eeff", "AC0011…eeff", id="swapped"),
        pytest.param((b"MG" + SID[2:], TOKEN), USERNAME, (0, 2), "MG0011…eeff : •••(32)•••", "MG0011…eeff", id="other"),
        pytest.param((SID, b""), PASSWORD, (0, 0), "AC0011…eeff : (empty)", "(empty)", id="no-password"),
        pytest.param((b"", TOKEN), USERNAME, (0, 0), "(empty) : •••(32)•••", "(empty)", id="no-username"),
        pytest.param((b"", TOKEN), PASSWORD, (0, 4), "(empty) : •••••••(28)•••", "••••", id="no-username-not-meant"),
        pytest.param(
            (SID, b"your_auth_token"),
            PASSWORD,
            (0, 15),
            "AC0011…eeff : your_auth_token",
            "your_auth_token",
            id="placeholder",
        ),
        pytest.param((SID[:-1], TOKEN), USERNAME, (33, 33), "AC•••(31)•••∅ : •••(32)•••", "∅", id="sid-too-short"),
        pytest.param((KEY[:-1], TOKEN), USERNAME, (0, 2), "SK•••(31)••• : •••(32)•••", "SK", id="key-too-short"),
        pytest.param((SID[1:], TOKEN), USERNAME, (0, 0), "∅•••(33)••• : •••(32)•••", "∅", id="prefix-cut"),
        pytest.param((SID.lower(), TOKEN), USERNAME, (0, 2), "•••••(32)••• : •••(32)•••", "••", id="lower-case"),
    ],
)
def test_the_pair(
    pair: tuple[bytes, bytes], where: str, span: tuple[int | None, int | None], line: str, shown: str
) -> None:
    assert marked(refused(basic(*pair)), at(where, *span)) == (line, shown)


@pytest.mark.parametrize(
    ("account", "line", "shown"),
    [
        pytest.param(b"None", "POST /2010-04-01/Accounts/None/Messages.json", "None", id="literal"),
        pytest.param(b"", "POST /2010-04-01/Accounts/(empty)/Messages.json", "(empty)", id="nothing"),
        pytest.param(KEY, f"POST /2010-04-01/Accounts/{KEY.decode()}/Messages.json", KEY.decode(), id="key"),
        pytest.param(
            TOKEN,
            "POST /2010-04-01/Accounts/<32 lower-case hex digits>/Messages.json",
            "<32 lower-case hex digits>",
            id="secret",
        ),
    ],
)
def test_the_path(account: bytes, line: str, shown: str) -> None:
    span = at(TARGET, PATH, PATH + len(account))
    assert marked(refused(GOOD, path=MESSAGES % account), span) == (line, shown)


def test_a_secret_of_the_header_is_hidden_in_the_path_too() -> None:
    """However short and wordlike it is."""
    word = b"hunter"
    exchange = refused(basic(SID, word), path=b"/" + word + b"/" + word + b"/" + word)
    assert marked(exchange, at(TARGET, 8, 14)) == (
        "POST /<6 letters and digits>/<6 letters and digits>/<6 letters and digits>",
        "<6 letters and digits>",
    )


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        pytest.param((at(HISTORY), at(AUTHORIZATION, 0, 5)), "Authorization: Basic", id="not-in-a-header"),
        pytest.param((at(HISTORY, index=9), at(USERNAME, 0, 2)), "Authorization decoded: AC", id="of-another-exchange"),
        pytest.param(
            (at(AUTHORIZATION, 0, 5, 1), at(USERNAME, 0, 2)), "Authorization decoded: AC", id="no-such-header"
        ),
        pytest.param((at(USERNAME, 0, 2, 1), at(AUTHORIZATION, 0, 5)), "Authorization: Basic", id="no-such-pair"),
        pytest.param((at(TARGET), at(AUTHORIZATION, 0, 5)), "Authorization: Basic", id="no-span-in-the-path"),
        pytest.param((at(TARGET, 1), at(AUTHORIZATION, 0, 5)), "Authorization: Basic", id="half-a-span-in-the-path"),
        pytest.param((at(TARGET, None, 3), at(AUTHORIZATION, 0, 5)), "Authorization: Basic", id="half-a-span"),
        pytest.param((at(TARGET, 1, 11), at(AUTHORIZATION, 0, 5)), "POST /2010-04-01/", id="the-first-one"),
        pytest.param((at(HISTORY, 0, 2),), None, id="nothing-to-draw"),
        pytest.param((at(AUTHORIZATION, 0, 5, 1),), None, id="no-such-header-alone"),
        pytest.param((), None, id="no-evidence"),
    ],
)
def test_which_evidence_is_drawn(evidence: tuple[Evidence, ...], line: str | None) -> None:
    found = drawn(refused(GOOD), *evidence)
    assert found is None if line is None else found is not None and found[0].startswith(line)


def test_the_header_that_the_evidence_names_is_drawn() -> None:
    twice = refused(GOOD, extra=((b"Authorization", b"Bearer abc"),))
    assert marked(twice, at(AUTHORIZATION, 0, 6, 1)) == ("Bearer •••", "Bearer")
    assert marked(twice, at(AUTHORIZATION, 0, 5, 0))[1] == "Basic"


@pytest.mark.parametrize("where", [USERNAME, PASSWORD])
@pytest.mark.parametrize("value", [b"Bearer abc", None, b"Digest a=b"])
def test_halves_of_no_pair_are_not_drawn(value: bytes | None, where: str) -> None:
    assert drawn(refused(value), at(where, 0, 2)) is None


def test_a_long_value_is_drawn_up_to_a_limit() -> None:
    line, shown = marked(refused(b"Basic " + b" " * 100_000), at(AUTHORIZATION, 0, 5))
    assert len(line) < 5000
    assert shown == "Basic"
    exchange = refused(GOOD)
    slow = replace(exchange, request=replace(exchange.request, method="M" * 300))
    assert drawn(slow, at(TARGET, 0, 1)) == (
        "M" * 10 + " /2010-04-01/Accounts/" + f"{SID.decode()}/Messages.json",
        " " * 11 + "^",
    )


@given(
    st.sampled_from([TOKEN, KEY_SECRET, b"Basic ", b"bearer "]),
    st.binary(max_size=40),
    st.sampled_from([TOKEN, KEY_SECRET, GOOD, GOOD[6:]]),
    st.sampled_from([AUTHORIZATION, USERNAME, PASSWORD]),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_no_secret_is_drawn(  # noqa: PLR0917 - a value of three parts, and a span
    first: bytes, middle: bytes, last: bytes, where: str, start: int, end: int
) -> None:
    found = drawn(refused(first + middle + last), at(where, start, end))
    line = found[0] if found else ""
    for secret in (TOKEN.decode(), KEY_SECRET.decode(), GOOD[6:].decode()):
        assert not [secret[i : i + 5] for i in range(len(secret) - 4) if secret[i : i + 5] in line]


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        pytest.param([], [], id="none"),
        pytest.param(
            [GOOD],
            ["Authorization: Basic •••(90)•••==", "Authorization decoded: AC0011…eeff : •••(32)•••"],
            id="pair",
        ),
        pytest.param([b"Bearer abc.def"], ["Authorization: Bearer •••••••"], id="token"),
        pytest.param([b"Basic \n="], ["Authorization: Basic ␊="], id="no-pair"),
        pytest.param(
            [b"Bearer a", GOOD], ["Authorization: Bearer •", "Authorization: Basic •••(90)•••=="], id="pair-not-first"
        ),
        pytest.param(
            [GOOD, b"Bearer a"],
            [
                "Authorization: Basic •••(90)•••==",
                "Authorization decoded: AC0011…eeff : •••(32)•••",
                "Authorization: Bearer •",
            ],
            id="pair-first",
        ),
        pytest.param([b"Bearer a"] * 9, ["Authorization: Bearer •"] * 4, id="many"),
    ],
)
def test_a_value_without_carets(values: list[bytes], lines: list[str]) -> None:
    exchange = refused(None, extra=tuple((b"Authorization", value) for value in values))
    assert [*masked(case_of(exchange))] == lines
