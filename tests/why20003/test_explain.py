"""why20003 explain: the list, the pages in three formats, what was meant by a word or a code, and nothing repeated."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.advice import ADVICE
from analyzers.building import GOOD, KEY_SECRET, SID, TOKEN
from analyzers.catalogue import GROUPS
from analyzers.page import all_pages
from analyzers.registry import RULES
from why20003.cause_search import by_text, by_words, code_of, entries, nearest, slug_of
from why20003.cli import main
from why20003.page_markdown import document

ROOT = Path(__file__).parents[2]
SLUGS = [rule.slug for rule in RULES]
ADVICE_SLUGS = [kind.slug for kind in ADVICE]
KNOWN = entries()
HEADINGS = ("What it does", "Why it fails", "Cannot see", "Fix", "Source")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes standard output a terminal of 60 columns; to be called in the test, since capsys puts its own there."""

    def become() -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.delenv("NO_COLOR", raising=False)

    return become


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def listed(text: str) -> list[str]:
    """The slugs at the beginning of lines."""
    words = [line.split()[0] for line in text.splitlines() if line.strip()]
    return [word for word in words if word in {*SLUGS, *ADVICE_SLUGS}]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_whole_and_grouped(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys)

    assert listed(out) == [*(slug for _, slugs in GROUPS for slug in slugs), *ADVICE_SLUGS]
    places = [out.find(f"{heading}\n") for heading, _ in GROUPS]
    assert -1 not in places
    assert places == sorted(places)


def test_titles_begin_in_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys)

    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert len({lines[entry.slug].index(entry.title) for entry in KNOWN}) == 1


def test_a_pipe_gets_whole_titles(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys)

    assert all(entry.title in out for entry in KNOWN)
    assert "\x1b" not in out


def test_a_terminal_gets_one_line_each(terminal: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    terminal()
    out = re.sub(r"\x1b\[[\d;]*m", "", told(capsys))

    assert all(len(line) <= 60 for line in out.splitlines())
    assert "…" in out
    assert len(listed(out)) == len(SLUGS) + len(ADVICE_SLUGS)


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "--format", "json"))

    assert found["schema"] == "why20003-pages/1"
    assert [each["slug"] for each in found["causes"]] == [entry.slug for entry in KNOWN]
    assert set(found["causes"][0]) == {"slug", "title", "group"}


def test_the_list_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, "--format", "markdown")

    assert f"**{GROUPS[0][0]}**" in out
    assert "- [halves-swapped](#halves-swapped): Account SID and secret are swapped" in out


# --- one page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [*SLUGS, *ADVICE_SLUGS])
def test_every_page_is_shown(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, slug)

    assert out.startswith(f"{slug}: ")
    places = [out.find(f"\n{heading}:\n") for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    assert "\x1b" not in out


def test_a_page_draws_its_example_and_its_fix(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "halves-swapped").splitlines()

    drawn = next(number for number, line in enumerate(lines) if "Authorization decoded: " in line)
    code, carets = lines[drawn], lines[drawn + 1]
    assert carets.index("^") == code.index(": ") + 2
    assert carets.endswith("^ 32 lower-case hex digits, the shape of a secret")
    assert any(line.startswith("  confirmed: The halves are swapped") for line in lines)
    assert any(line.startswith("  Not this: ") for line in lines)
    assert "  1. Exchange the two: username = Account SID, password = Auth Token" in lines
    assert any(re.fullmatch(r"    twilio-node +twilio\(accountSid, authToken\)", line) for line in lines)


def test_a_chain_is_numbered(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, "stripped-on-redirect")

    assert "  1. POST http://api.twilio.com/" in out
    assert "  2. POST https://api.twilio.com/" in out
    assert "(0.3 s earlier, with Authorization)" in " ".join(out.split())
    assert "(this one is diagnosed)" in " ".join(out.split())


def test_what_is_known_beforehand_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Known: TWILIO_ACCOUNT_SID from environment" in told(capsys, "differs-from-environment")


def test_a_terminal_gets_colours_and_its_own_width(
    terminal: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal()
    out = told(capsys, "halves-swapped")

    assert "\x1b[1mhalves-swapped\x1b[0m: " in out
    plain = re.sub(r"\x1b\[[\d;]*m", "", out).splitlines()
    assert all(len(line) <= 60 for line in plain if " " in line.strip() and "^" not in line)
    assert any("^" in line for line in plain)


@pytest.mark.parametrize("typed", ["Halves_Swapped", " halves swapped ", "HALVES-SWAPPED"])
def test_a_slug_may_be_spelt_freely(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, typed).startswith("halves-swapped: ")


def test_a_page_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    [page] = json.loads(told(capsys, "stray-characters", "--format", "json"))["pages"]

    assert page["slug"] == "stray-characters"
    assert [section["heading"] for section in page["sections"]] == list(HEADINGS)
    assert page["example"]["verdict"] == "confirmed"
    assert page["example"]["carets"].strip("^ ") == ""
    assert page["steps"]


def test_a_page_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, "percent-encoded-credentials", "--format", "markdown")

    assert out.startswith("### percent-encoded-credentials\n\n**The credentials are percent-encoded**\n")
    assert "\n```text\nPOST https://api.twilio.com/" in out
    for heading in HEADINGS:
        assert f"\n**{heading}.** " in out


def test_all_pages_come_in_the_order_of_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "--all", "--format", "json"))["pages"]

    assert [page["slug"] for page in found] == [entry.slug for entry in KNOWN]
    assert re.findall(r"^([a-z0-9-]+): ", told(capsys, "--all"), re.MULTILINE) == [entry.slug for entry in KNOWN]


def test_a_cause_and_all_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "halves-swapped", "--all"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert "name a cause, or --all, not both" in err


# --- what was meant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        pytest.param("swapped", ["halves-swapped"], id="a-word"),
        pytest.param("swap", ["halves-swapped"], id="its-beginning"),
        pytest.param("redirects", ["stripped-on-redirect", "redirect-changed-method"], id="a-plural"),
        pytest.param("test credentials", ["test-credentials"], id="two-words"),
        pytest.param("netrc", ["authorization-overridden"], id="of-a-title"),
        pytest.param("trial", ["feature-gate"], id="of-the-text"),
        pytest.param("the wrong host", ["wrong-host"], id="idle-words"),
        pytest.param("supercalifragilistic", [], id="unknown"),
        pytest.param("swapped supercalifragilistic", [], id="one-unknown"),
        pytest.param("halfes-swaped", [], id="a-misspelt-slug-is-no-search"),
        pytest.param("", [], id="nothing"),
        pytest.param("the of", [], id="idle-words-only"),
        pytest.param(TOKEN.decode(), [], id="a-secret"),
    ],
)
def test_words_find_causes(typed: str, slugs: list[str]) -> None:
    assert by_words(typed, KNOWN) == slugs


def test_words_of_the_name_come_before_words_of_the_text() -> None:
    found = by_words("auth token", KNOWN)

    assert {"token-with-key-sid", "jwt-signed-with-auth-token"} <= set(found)
    assert all("token" in slug for slug in found)


def test_a_search_is_never_long() -> None:
    assert 1 < len(by_words("rotated key", KNOWN)) <= 8


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("20008", 20008),
        (" 20008. ", 20008),
        ("error 20008", 20008),
        ("Twilio error code: 70051", 70051),
        ("HTTP 407", 407),
        ("322402", 322402),
        ("200", 200),
        ("2000", None),
        ("20008a", None),
        ("1234567", None),
        (TOKEN.decode(), None),
    ],
)
def test_a_code_is_read(typed: str, code: int | None) -> None:
    assert code_of(typed) == code


@pytest.mark.parametrize(
    ("code", "slugs"),
    [
        ("20008", ["test-credentials"]),
        ("70051", ["restricted-key-permission", "account-inactive", "account-mismatch"]),
        ("20104", ["bearer-expired", "jwt-claims-invalid"]),
        ("21222", ["stray-characters", "username-not-a-sid"]),
    ],
)
def test_a_code_lists_the_causes_that_it_speaks_for(
    code: str, slugs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = told(capsys, code)

    assert out.startswith(f"{slugs[0]}: ") if len(slugs) == 1 else listed(out) == slugs


def test_20003_is_every_cause(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "20003") == told(capsys)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Authenticate", "pair-refused"),
        ("HTTP 401 error: Unable to create record: Authenticate", "pair-refused"),
        ("Authentication Error - No credentials provided", "no-authorization"),
        ("authentication error - invalid  username", "username-not-a-sid"),
        ("This feature is not available on a Trial account. Please upgrade ...", "feature-gate"),
        ("Policy evaluation failed", "feature-gate"),
    ],
)
def test_twilios_own_text_leads_to_its_causes(said: str, first: str) -> None:
    assert by_text(said)[0] == first


@pytest.mark.parametrize("said", ["", "authenticated", "x" * 1000, TOKEN.decode()])
def test_another_text_leads_nowhere(said: str) -> None:
    assert by_text(said) == ()


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("halfes-swaped", "halves-swapped"),
        ("swapped-halves", "halves-swapped"),
        ("stray-charaters", "stray-characters"),
        ("no-authorisation", "no-authorization"),
        ("tokn-mishapen", "token-misshapen"),
        ("base64-lines-wraped", "base64-line-wrapped"),
        ("expird-bearer", "bearer-expired"),
        ("dead-region-host", "dead-regional-host"),
        ("futile-retries", "futile-retry"),
    ],
)
def test_a_misspelt_slug_finds_the_right_one(typed: str, slug: str) -> None:
    assert nearest(typed, KNOWN)[0] == slug
    assert len(nearest(typed, KNOWN)) <= 3


_HEX = st.text(alphabet="0123456789abcdef", min_size=24, max_size=40)


@given(_HEX | st.from_regex(r"[0-9A-Za-z]{30,34}", fullmatch=True))
def test_a_secret_is_near_to_nothing(secret: str) -> None:
    assert nearest(secret, KNOWN) == []
    assert by_words(secret, KNOWN) == []


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_known_slugs_or_none(typed: str) -> None:
    known = {entry.slug for entry in KNOWN}

    assert {*by_words(typed, KNOWN), *nearest(typed, KNOWN), *by_text(typed)} <= known
    assert len(slug_of(typed)) <= 200


def test_a_long_text_costs_little() -> None:
    assert nearest("halves-" * 200_000, KNOWN) is not None
    assert by_words("x " * 500_000, KNOWN) == []


SECRETS = (TOKEN.decode(), KEY_SECRET.decode(), GOOD.decode(), f"{SID.decode()}:{TOKEN.decode()}", TOKEN.decode()[:9])


@pytest.mark.parametrize("typed", [*SECRETS, *(f"swapped {secret}" for secret in SECRETS)], ids=range(10))
@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_what_was_typed_is_never_repeated(typed: str, format: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: A002 - the option's name
    assert main(["explain", typed, "--format", format]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "'why20003 explain' lists all" in err
    assert not any(word in err for word in typed.split() if word != "swapped"), "what was typed is repeated"


@pytest.mark.parametrize("code", ["20001", "99999", "123456", "201"])
def test_a_code_that_speaks_for_no_cause_is_not_repeated(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == 2
    assert code not in capsys.readouterr().err


# --- docs/causes.md ---------------------------------------------------------------------------------------------------


def test_the_document_of_all_causes_is_up_to_date() -> None:
    path = ROOT / "docs" / "causes.md"
    written = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    wanted = document(all_pages()).splitlines()
    first = next((n for n, pair in enumerate(zip(written, wanted, strict=False)) if pair[0] != pair[1]), len(written))

    if written != wanted:
        pytest.fail(f"docs/causes.md is out of date from line {first + 1} on: run ./just docs")


def test_the_document_has_every_page_under_its_heading() -> None:
    text = document(all_pages())

    assert re.findall(r"^### ([a-z0-9-]+)$", text, re.MULTILINE) == [entry.slug for entry in KNOWN]
    assert f"{len(SLUGS)} causes, and {len(ADVICE_SLUGS)} kinds of advice" in text
    targets = set(re.findall(r"\]\(#([a-z0-9-]+)\)", text))
    assert targets <= {*SLUGS, *ADVICE_SLUGS}


def test_the_recipe_writes_what_the_command_prints() -> None:
    recipe = (ROOT / "justfile").read_text(encoding="utf-8").partition("\ndocs:\n")[2].partition("\n\n")[0]

    assert "explain --all --format markdown" in recipe


# --- the start --------------------------------------------------------------------------------------------------------


def test_the_command_loads_no_cause_before_it_is_used() -> None:
    code = "import sys, why20003.commands.explain; print(*sorted(m for m in sys.modules if m.startswith('analyzers')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert run.stdout.split() == []
