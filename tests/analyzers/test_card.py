from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.advice import Advice
from analyzers.building import SID, TOKEN, basic, refused
from analyzers.capture import diagnose_all
from analyzers.card import Line, Style, card, escaped, summary_lines
from analyzers.diagnosis import CredentialView, Diagnosis
from analyzers.findings import AUTHORIZATION, HISTORY, PASSWORD, TARGET, USERNAME, Evidence, Finding, Verdict

STARTED = "2026-11-03T11:14:08.000Z"
FINDING = Finding(
    "stray-characters",
    Verdict.CONFIRMED,
    "The password has extra characters",
    (Evidence(PASSWORD, "line feed after 32 characters", start=32, end=33), Evidence(HISTORY, "and more", index=2)),
    ("Trim the value", "Restart the program"),
)
DIAGNOSIS = Diagnosis(
    index=4,
    time=1793704448.0,
    method="POST",
    url="https://api.twilio.com/2010-04-01/Accounts.json",
    status=401,
    code=20003,
    message="Authenticate",
    request_id="RQ0123",
    client="twilio-python",
    client_version="9.13.0",
    helper_library=True,
    credential=CredentialView("Basic", "AC0011…eeff", "account-sid", 33, "with-blanks", "sec#1"),
    findings=(FINDING,),
    ruled_out=(),
    unknown=(("region-mismatch", "try the other hosts"),),
    advice=(),
    drawing=("Authorization decoded: AC0011…eeff : •••‹32›•••␊", " " * 48 + "^"),
)


def text(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_the_whole_block() -> None:
    assert text(card(DIAGNOSIS, 3)) == [
        "✗ stray-characters (confirmed)  The password has extra characters",
        '  POST https://api.twilio.com/2010-04-01/Accounts.json -> 401 20003 "Authenticate"  RQ0123  3 times',
        "  twilio-python 9.13.0, Basic AC0011…eeff, 33-character password (with-blanks, sec#1), " + STARTED,
        "    Authorization decoded: AC0011…eeff : •••‹32›•••␊",
        "    " + " " * 48 + "^ line feed after 32 characters",
        "  · and more",
        "  1. Trim the value",
        "  2. Restart the program",
        "  more: why20003 explain stray-characters",
    ]


def test_the_short_block() -> None:
    assert text(card(DIAGNOSIS, style="short")) == [
        "✗ stray-characters (confirmed)  The password has extra characters",
        '  POST https://api.twilio.com/2010-04-01/Accounts.json -> 401 20003 "Authenticate"  RQ0123',
        "  fix: Trim the value",
    ]


@pytest.mark.parametrize(("count", "end"), [(1, "RQ0123"), (2, "  2 times"), (3, "  3 times")])
def test_a_single_refusal_is_not_counted(count: int, end: str) -> None:
    assert text(card(DIAGNOSIS, count))[1].endswith(end)


def test_what_carries_the_news_stands_out() -> None:
    lines = card(DIAGNOSIS, 3)
    styles = {span.style: span.text for line in lines for span in line}
    assert styles["bad"] == "✗ stray-characters (confirmed)"
    assert styles["title"] == FINDING.says
    assert styles["warn"] == "  3 times"
    assert styles["caret"].endswith("^")
    assert styles["code"].startswith("Authorization decoded")
    assert styles["dim"] == "more: why20003 explain stray-characters"


LIKELY = replace(FINDING, verdict=Verdict.LIKELY, settle="decode the value")
NOTED = replace(DIAGNOSIS, advice=(Advice("futile-retry", "Stop."),), crashed=(("half-empty", "KeyError"),))


@pytest.mark.parametrize(
    "diagnosis",
    [
        pytest.param(DIAGNOSIS, id="confirmed"),
        pytest.param(replace(DIAGNOSIS, benign=True), id="benign"),
        pytest.param(replace(DIAGNOSIS, findings=(), drawing=None), id="unexplained"),
        pytest.param(replace(NOTED, findings=(LIKELY, *[LIKELY] * 9)), id="everything-else"),
    ],
)
def test_every_style_is_one_that_an_output_knows(diagnosis: Diagnosis) -> None:
    lines = (*card(diagnosis, 3), *card(diagnosis, 3, "short"), *summary_lines([(diagnosis, 1)]))
    assert {span.style for line in lines for span in line} <= {*get_args(Style)}


def test_a_benign_cause_has_its_sentence() -> None:
    assert text(card(replace(DIAGNOSIS, benign=True)))[0] == f"✓ stray-characters  {FINDING.says}"


@pytest.mark.parametrize(
    ("version", "hint", "shown"),
    [
        ("9.13.0", "", "twilio-python 9.13.0,"),
        (None, "", "twilio-python,"),
        (None, "axios or got", "twilio-python (perhaps axios or got),"),
        ("9.13.0", "axios or got", "twilio-python 9.13.0 (perhaps axios or got),"),
    ],
)
def test_clients(version: str | None, hint: str, shown: str) -> None:
    lines = text(card(replace(DIAGNOSIS, client_version=version, client_hint=hint)))
    assert lines[2].strip().startswith(shown)


@pytest.mark.parametrize(
    ("evidence", "drawing", "shown"),
    [
        pytest.param(
            (Evidence(PASSWORD, "one"), Evidence(USERNAME, "two")),
            ("header", "  ^"),
            ["    header", "      ^ one", "  · two"],
            id="the-first-beside-the-carets",
        ),
        pytest.param(
            (Evidence(HISTORY, "one", start=1, end=2), Evidence(AUTHORIZATION, "two")),
            ("header", "^"),
            ["    header", "    ^ two", "  · one"],
            id="only-what-is-drawn",
        ),
        pytest.param(
            (Evidence(TARGET, "one"), Evidence(TARGET, "two", start=1, end=2)),
            ("GET /x", "    ^"),
            ["    GET /x", "        ^ two", "  · one"],
            id="a-path-with-a-span",
        ),
        pytest.param(
            (Evidence(HISTORY, "one"), Evidence(TARGET, "two")),
            ("header", "^"),
            ["    header", "    ^", "  · one", "  · two"],
            id="none-that-is-drawn",
        ),
        pytest.param((Evidence(PASSWORD, "one"),), ("header", ""), ["    header", "  · one"], id="nothing-to-point-at"),
        pytest.param((Evidence(PASSWORD, "one"),), ("", ""), ["  · one"], id="empty-drawing"),
        pytest.param((Evidence(PASSWORD, "one"),), None, ["  · one"], id="no-drawing"),
    ],
)
def test_evidence_stands_beside_its_carets(
    evidence: tuple[Evidence, ...], drawing: tuple[str, str] | None, shown: list[str]
) -> None:
    finding = replace(FINDING, evidence=evidence)
    assert text(card(replace(DIAGNOSIS, findings=(finding,), drawing=drawing)))[3:-3] == shown


@pytest.mark.parametrize(("count", "more"), [(5, 0), (6, 0), (7, 1), (8, 2)])
def test_the_rest_of_many_findings_is_counted(count: int, more: int) -> None:
    lines = text(card(replace(DIAGNOSIS, findings=(FINDING, *[LIKELY] * count))))
    assert len([line for line in lines if "(likely)" in line]) == count - more
    assert [line for line in lines if "more: --format json" in line] == (
        [f"  and {more} more: --format json"] * (more > 0)
    )


def test_doubt_names_what_would_settle_it() -> None:
    likely = replace(FINDING, verdict=Verdict.LIKELY, settle="decode the value")
    lines = card(replace(DIAGNOSIS, findings=(likely,)))

    assert "  To be sure: decode the value" in text(lines)
    assert lines[0][0].text == "✗ stray-characters (likely)"
    assert lines[0][0].style == "warn"


def test_a_confirmed_cause_needs_no_settling() -> None:
    sure = replace(FINDING, settle="decode the value")

    assert not [line for line in text(card(replace(DIAGNOSIS, findings=(sure,)))) if "To be sure" in line]


def test_other_findings_have_a_line_each() -> None:
    others = (
        Finding("sid-misshapen", Verdict.CONFIRMED, "A", nested_under="stray-characters"),
        Finding("half-empty", Verdict.CONFIRMED, "B"),
        *(Finding("pair-refused", Verdict.POSSIBLE, "C") for _ in range(6)),
    )

    lines = text(card(replace(DIAGNOSIS, findings=(FINDING, *others))))

    assert "  hence sid-misshapen (confirmed)  A" in lines
    assert "  also half-empty (confirmed)  B" in lines
    assert lines.count("  or pair-refused (possible)  C") == 4
    assert "  and 2 more: --format json" in lines


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param({"status": 0, "code": None, "message": "", "request_id": None}, " -> no answer", id="no-answer"),
        pytest.param({"refused_by_proxy": True, "request_id": None}, "nothing reached Twilio", id="proxy"),
        pytest.param({"code": None, "message": "", "request_id": None}, " -> 401", id="no-code"),
    ],
)
def test_the_answer_in_all_forms(change: dict[str, object], line: str) -> None:
    changed: Diagnosis = replace(DIAGNOSIS, **change)  # type: ignore[arg-type] # fields by name

    assert text(card(changed))[1].endswith(line)


@pytest.mark.parametrize(
    ("credential", "shown"),
    [
        (None, "no Authorization"),
        (CredentialView("none", "", "unreadable", 0, "empty", ""), "none"),
        (
            CredentialView("Basic", "", "empty", 5, "hex", "sec#2"),
            "Basic (empty), 5-character password (hex, sec#2)",
        ),
        (CredentialView("Bearer", "", "token", 900, "jwt", "sec#3"), "Bearer, 900-character token (jwt, sec#3)"),
        (CredentialView("Bearer", "", "token", 3, "text", ""), "Bearer, 3-character token (text)"),
    ],
)
def test_credentials(credential: CredentialView | None, shown: str) -> None:
    line = text(card(replace(DIAGNOSIS, credential=credential, client_version=None, time=None)))[2]

    assert line == f"  twilio-python, {shown}"


def test_advice_and_failed_checks_have_a_line_each() -> None:
    lines = text(
        card(replace(DIAGNOSIS, advice=(Advice("futile-retry", "Stop."),), crashed=(("half-empty", "KeyError"),)))
    )

    assert "  note: Stop." in lines
    assert "  the check for half-empty failed (KeyError) and counts as unknown" in lines


def test_a_benign_diagnosis_is_calm() -> None:
    lines = card(replace(DIAGNOSIS, benign=True))

    assert lines[0][0].text == "✓ stray-characters"
    assert {span.style for line in lines for span in line}.isdisjoint({"bad", "warn"})
    assert text(card(replace(DIAGNOSIS, benign=True), style="short"))[-1].startswith("  POST")


def test_nothing_found_says_so() -> None:
    lines = text(card(replace(DIAGNOSIS, findings=(), drawing=None)))

    assert lines[0] == "? unexplained  Nothing in this capture shows why the request was refused"
    assert lines[-1] == "  more: why20003 explain"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\nb\tc\x00", "a\\x0d\\x0ab\\x09c\\x00"),
        ("a\x9bb\u202eb\u2028\ud800\ufeff", "a\\x9bb\\u202eb\\u2028\\ud800\\ufeff"),
        ("é … ␊ 漢", "é … ␊ 漢"),
    ],
)
def test_control_characters_are_written_out(raw: str, shown: str) -> None:
    assert escaped(raw) == shown


@given(st.text())
def test_no_control_character_gets_through(raw: str) -> None:
    finding = replace(FINDING, says=raw, fix=(raw,), evidence=(Evidence(HISTORY, raw),))
    changed = replace(DIAGNOSIS, message=raw, url=raw, client=raw, findings=(finding,), drawing=(raw, raw))

    for line in text(card(changed, 2)):
        assert line.isprintable() or not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line)


def test_a_summary_counts_by_cause() -> None:
    benign = replace(DIAGNOSIS, benign=True, findings=(replace(FINDING, cause="challenge-first-client"),))
    unexplained = replace(DIAGNOSIS, findings=())

    assert text(summary_lines([(benign, 2), (unexplained, 1), (DIAGNOSIS, 9), (DIAGNOSIS, 3)])) == [
        "Refusals by cause",
        "  12  stray-characters",
        "   2  challenge-first-client (nothing wrong)",
        "   1  unexplained",
    ]
    assert summary_lines([]) == ()


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(lambda: basic(SID, TOKEN), id="good"),
        pytest.param(lambda: basic(TOKEN, SID), id="swapped"),
        pytest.param(lambda: basic(SID, TOKEN + b"\n"), id="stray"),
        pytest.param(lambda: b"Basic " + SID + b":" + TOKEN, id="not-base64"),
        pytest.param(lambda: TOKEN, id="bare"),
        pytest.param(lambda: b"Bearer " + TOKEN, id="bearer"),
        pytest.param(lambda: TOKEN + b" " + TOKEN, id="scheme"),
    ],
)
def test_no_secret_is_shown(authorization: Callable[[], bytes]) -> None:
    value = authorization()
    [result] = diagnose_all([refused(value)], b"k" * 32)
    assert result.diagnosis

    shown = "\n".join(text(card(result.diagnosis, 2)))

    token = TOKEN.decode()
    assert not [token[i : i + 5] for i in range(len(token) - 4) if token[i : i + 5] in shown]
    packed = value.split()[-1].replace(SID, b"").decode()
    assert not [packed[i : i + 8] for i in range(len(packed) - 7) if packed[i : i + 8] in shown]
