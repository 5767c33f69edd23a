"""What each format says of a diagnosis, and where."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from renderings import DIAGNOSIS, FINDING, REQUEST_ID, UNEXPLAINED, harmless, recording, rendered, with_verdict

from analyzers.capture import Correction
from analyzers.contract import diagnosis_json
from analyzers.findings import Verdict
from recordings.reading import EntryError
from why20003.feeding import Corrected, Event, Found, RecordingBegun, Unreadable
from why20003.outputs import html_page, markdown, ndjson
from why20003.outputs.encoding import diagnosis_layout, encoded
from why20003.outputs.markdown import code, fenced, prose
from why20003.outputs.sarif import fingerprint
from why20003.outputs.tally import Tally

UNREADABLE = Unreadable("b.har", "the file is empty")
BAD = EntryError(3, "request.url: expected a URL")
OTHER_URL = replace(DIAGNOSIS, url="https://api.twilio.com/2010-04-01/Accounts/AC1.json")


# --- text -------------------------------------------------------------------------------------------------------------


def test_ids_is_one_line_for_each_diagnosis_and_nothing_else() -> None:
    found = rendered("ids.txt", recording((DIAGNOSIS, (4, 6)), harmless()), recording(UNEXPLAINED, path="b c.har"))

    assert found.splitlines() == [
        f"stray-characters confirmed 2 {REQUEST_ID} 4 a.har",
        f"challenge-first-client benign 1 {REQUEST_ID} 5 a.har",
        f"unexplained unknown 1 {REQUEST_ID} 7 b c.har",
    ]


def test_ids_writes_a_dash_for_no_request_id() -> None:
    assert rendered("ids.txt", recording(replace(DIAGNOSIS, request_id=None))).split()[3] == "-"


def test_text_has_a_heading_for_each_recording_and_one_summary() -> None:
    found = rendered("short.txt", recording((DIAGNOSIS, (4, 6))), UNREADABLE, recording(path="-", exchanges=0)).split(
        "\n"
    )

    assert found[0] == "a.har: 12 exchanges, 12 with Twilio, 2 refused"
    assert "standard input: no HTTP exchange in it" in found
    assert "Refusals by cause" not in found
    two = rendered("short.txt", recording((DIAGNOSIS, (4, 6))), recording(harmless())).split("\n")
    assert two[-4:] == ["Refusals by cause", "  2  stray-characters", "  1  challenge-first-client (nothing wrong)", ""]


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_nothing_read_is_no_document() -> None:
    assert rendered("json", UNREADABLE) == ""
    assert rendered("html", UNREADABLE) == ""
    assert rendered("md", UNREADABLE) == ""


@pytest.mark.parametrize("name", ["json", "indented.json"])
def test_a_document_without_a_diagnosis_is_whole(name: str) -> None:
    found = json.loads(rendered(name, recording()))

    assert found["diagnoses"] == []
    assert [each["path"] for each in found["recordings"]] == ["a.har"]
    assert found["summary"] == {"by_cause": {}, "by_credential": []}


def test_a_person_gets_it_indented_and_a_program_one_diagnosis_on_a_line() -> None:
    found = recording(DIAGNOSIS, UNEXPLAINED)

    compact, indented = rendered("json", found), rendered("indented.json", found)
    assert json.loads(compact) == json.loads(indented)
    assert indented == json.dumps(json.loads(indented), indent=2, ensure_ascii=False) + "\n"
    whole = [line for line in compact.splitlines() if line.startswith('{"recording"')]
    assert [json.loads(line.rstrip(","))["index"] for line in whole] == [4, 7]


@pytest.mark.parametrize("diagnosis", [DIAGNOSIS, UNEXPLAINED, harmless(), with_verdict(Verdict.LIKELY)])
def test_the_quick_way_gives_the_contract(diagnosis: Any) -> None:  # noqa: ANN401
    assert json.loads(encoded(diagnosis_layout(diagnosis, 2, (4, 9)))) == diagnosis_json(
        diagnosis, recording=2, indexes=(4, 9)
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("…•é", b'"\xe2\x80\xa6\xe2\x80\xa2\xc3\xa9"'),
        ("\x1b\x7f", b'"\\u001b\\u007f"'),
        ("\x80\x9b\x9f\xa0", b'"\\u0080\\u009b\\u009f\xc2\xa0"'),
        ("\u202e\u2066\u2028\u061c\ufeff", b'"\\u202e\\u2066\\u2028\\u061c\\ufeff"'),
        ("a\ud800b", b'"a\xef\xbf\xbdb"'),
    ],
)
def test_json_holds_nothing_that_a_terminal_obeys(text: str, shown: bytes) -> None:
    assert encoded(text) == shown
    assert json.loads(encoded({"a": [text]}))["a"] == [text.replace("\ud800", "\ufffd")]


def test_a_correction_takes_the_place_of_what_was_said() -> None:
    now = replace(harmless(), index=4)
    events: list[Event] = [
        RecordingBegun("a.har", "har"),
        *(Found(0, DIAGNOSIS, index) for index in (4, 6)),
        Corrected(0, Correction(DIAGNOSIS, now, (4, 6), 2)),
    ]

    lines = [json.loads(line) for line in ndjson.pieces(events)]

    assert [line["type"] for line in lines] == ["recording", "diagnosis", "diagnosis", "correction", "summary"]
    assert (lines[3]["indexes"], lines[3]["count"], lines[3]["benign"]) == ([4, 6], 2, True)
    assert (lines[3]["before"]["cause"], lines[3]["before"]["verdict"]) == ("stray-characters", "confirmed")
    assert lines[4]["summary"]["by_cause"] == {"benign": 2}
    assert lines[4]["recordings"] == []


def test_a_line_comes_as_soon_as_its_event() -> None:
    asked = []

    def events() -> Any:  # noqa: ANN401
        for event in (RecordingBegun("a.har", "har"), Found(0, DIAGNOSIS, 4)):
            asked.append(event)
            yield event

    lines = ndjson.pieces(events())
    for expected in (1, 2):
        next(lines)
        assert len(asked) == expected


def test_what_could_not_be_read_has_lines() -> None:
    lines = [json.loads(line) for line in rendered("ndjson", UNREADABLE, recording(errors=[BAD])).splitlines()]

    errors = [line for line in lines if line["type"] == "error"]
    assert errors == [
        {"type": "error", "recording": None, "path": "b.har", "entry": None, "says": "the file is empty"},
        {"type": "error", "recording": 0, "path": "a.har", "entry": 3, "says": "request.url: expected a URL"},
    ]


def test_a_corrected_refusal_is_counted_once() -> None:
    tally = Tally()
    tally.add(DIAGNOSIS, 3)
    tally.correct(DIAGNOSIS, harmless(), 2)

    assert tally.faulty
    assert tally.json()["by_cause"] == {"stray-characters": 1, "benign": 2}
    tally.correct(DIAGNOSIS, harmless(), 1)
    assert not tally.faulty
    assert tally.json()["by_cause"] == {"benign": 3}


def test_a_summary_adds_up() -> None:
    seen = DIAGNOSIS.credential
    assert seen
    other = replace(UNEXPLAINED, credential=replace(seen, fingerprint="sec#9"))
    unnumbered = replace(UNEXPLAINED, credential=replace(seen, fingerprint=""))
    tally = Tally()
    without = replace(UNEXPLAINED, credential=None)
    for one, count in [(DIAGNOSIS, 3), (harmless(), 5), (DIAGNOSIS, 20), (without, 1), (other, 2), (unnumbered, 7)]:
        tally.add(one, count)

    assert tally.json() == {
        "by_cause": {"stray-characters": 23, "benign": 5, "unexplained": 10},
        "by_credential": [
            {"username": "AC0011…eeff", "fingerprint": "sec#1", "refused": 28},
            {"username": "AC0011…eeff", "fingerprint": "sec#9", "refused": 2},
            {"username": "AC0011…eeff", "fingerprint": None, "refused": 7},
        ],
    }
    assert Tally().json() == {"by_cause": {}, "by_credential": []}


# --- SARIF ------------------------------------------------------------------------------------------------------------


def results(*diagnoses: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    found: list[dict[str, Any]] = json.loads(rendered("sarif", recording(*diagnoses)))["runs"][0]["results"]
    return found


@pytest.mark.parametrize(
    ("diagnosis", "kind", "level"),
    [
        (DIAGNOSIS, None, "error"),
        (with_verdict(Verdict.LIKELY), None, "warning"),
        (with_verdict(Verdict.POSSIBLE), None, "note"),
        (UNEXPLAINED, None, "note"),
        (harmless(), "informational", "none"),
    ],
)
def test_the_level_is_that_of_the_verdict(diagnosis: Any, kind: str | None, level: str) -> None:  # noqa: ANN401
    [found] = results(diagnosis)
    assert (found.get("kind"), found["level"]) == (kind, level)


def test_a_result_is_at_its_entry() -> None:
    [found] = results((DIAGNOSIS, (4, 6)))

    [place] = found["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "a.har", "index": 0}
    assert place["logicalLocations"] == [{"name": "entry 4", "fullyQualifiedName": "a.har#/log/entries/4"}]
    assert (found["occurrenceCount"], found["properties"]["entries"]) == (2, [4, 6])


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("-", "stdin"),
        ("/a b/c.har", "file:///a%20b/c.har"),
        ("./a:b.har", "./a%3Ab.har"),
        ("case.zip/capture.har", "case.zip/capture.har"),
        ("a\udcff?#.har", "a%FF%3F%23.har"),
    ],
)
def test_an_artifact_is_a_uri(path: str, uri: str) -> None:
    [artifact] = json.loads(rendered("sarif", recording(path=path)))["runs"][0]["artifacts"]
    assert artifact["location"]["uri"] == uri


def test_a_fingerprint_is_of_cause_and_url() -> None:
    later = replace(DIAGNOSIS, index=9, time=None, request_id=None, credential=None, message="other")

    assert fingerprint(DIAGNOSIS) == fingerprint(later)
    assert len({fingerprint(each) for each in (DIAGNOSIS, UNEXPLAINED, OTHER_URL)}) == 3
    assert re.fullmatch(r"[A-Z2-7]{32}", fingerprint(DIAGNOSIS))


def test_a_rule_has_the_page_as_its_help() -> None:
    [rule] = json.loads(rendered("sarif", recording(DIAGNOSIS, OTHER_URL)))["runs"][0]["tool"]["driver"]["rules"]

    assert rule["id"] == "stray-characters"
    for heading in ("What it does", "Why it fails", "Cannot see", "Fix", "Source"):
        assert f"{heading}: " in rule["help"]["text"]
        assert f"**{heading}.** " in rule["help"]["markdown"]


@pytest.mark.parametrize(
    ("found", "successful", "levels"),
    [
        ([recording(DIAGNOSIS)], True, []),
        ([recording(errors=[BAD])], True, ["warning"]),
        ([recording(errors=[BAD], exchanges=0)], False, ["warning"]),
        ([recording(truncated=True, exchanges=0)], False, ["warning"]),
        ([recording(), UNREADABLE], False, ["error"]),
    ],
)
def test_what_could_not_be_read_is_notified(found: list[Any], successful: bool, levels: list[str]) -> None:
    [invocation] = json.loads(rendered("sarif", *found))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is successful
    assert [each["level"] for each in invocation["toolExecutionNotifications"]] == levels


def test_no_host_makes_a_link_of_a_message() -> None:
    [found] = results(replace(DIAGNOSIS, message="[click](https://evil.example)"))
    assert "](" not in found["message"]["text"]


# --- JUnit ------------------------------------------------------------------------------------------------------------


def test_a_suite_for_each_recording_and_a_failure_for_each_refused_call() -> None:
    root = ET.fromstring(  # noqa: S314 - our own
        rendered(
            "junit.xml", recording((DIAGNOSIS, (4, 6)), OTHER_URL, harmless()), UNREADABLE, recording(path="c.har")
        )
    )

    suites = [*root.iter("testsuite")]
    assert [
        (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in suites
    ] == [
        ("a.har", "3", "2", "0"),
        ("b.har", "1", "0", "1"),
        ("c.har", "1", "0", "0"),
    ]
    for suite in suites:
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.get("tests", ""))
        assert len({case.get("name") for case in cases}) == len(cases)
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))
        assert len(suite.findall("testcase/error")) == int(suite.get("errors", ""))
    failure = suites[0].find("testcase/failure")
    assert failure is not None
    assert failure.attrib == {
        "type": "stray-characters",
        "message": "stray-characters (confirmed): The password has extra characters",
    }
    assert "1. Trim the value" in (failure.text or "")
    assert "2 times" in (failure.text or "")


def test_a_recording_of_which_nothing_could_be_read_is_an_error() -> None:
    root = ET.fromstring(rendered("junit.xml", recording(errors=[BAD], exchanges=0), recording(errors=[BAD])))  # noqa: S314 - our own

    assert [suite.get("errors") for suite in root] == ["1", "0"]
    assert [suite.findtext("system-err") for suite in root] == ["entry 3: request.url: expected a URL"] * 2


# --- Markdown ---------------------------------------------------------------------------------------------------------


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def test_the_verdict_comes_first_and_the_rest_is_folded() -> None:
    found = rendered("md", recording((DIAGNOSIS, (4, 6))))

    order = [
        "# a.har: 12 exchanges, 12 with Twilio, 2 refused",
        "- **stray-characters** (confirmed): The password has extra characters",
        '| 1 | 4 | `POST https://api.twilio.com/2010-04-01/Accounts.json` | `401 20003 "Authenticate"` |',
        "## 1. stray-characters (confirmed)",
        "1. Trim the value",
        "- line feed after 32 characters",
        "```text",
        "<details>",
        "| pair-refused | possible (explained by stray-characters) |",
        "| half-empty | ruled out | both halves have a value |",
        "| region-mismatch | unknown | to settle: try the other hosts |",
        "</details>",
    ]
    places = [found.index(each) for each in order]
    assert places == sorted(places)


def test_what_would_settle_it_is_said_of_all_but_the_confirmed() -> None:
    assert "**To be sure**: look in the Console" in rendered("md", recording(with_verdict(Verdict.LIKELY)))
    assert "To be sure" not in rendered("md", recording(DIAGNOSIS))


def test_a_ticket_is_not_flooded() -> None:
    many = [replace(DIAGNOSIS, index=index) for index in range(200)]
    found = rendered("md", recording(*many))

    assert found.count("<details>") == markdown.EXPLAINED
    assert f"and {200 - markdown.CALLS_SHOWN} more" in found
    assert f"{200 - markdown.EXPLAINED} more are in the table only" in found
    assert len(found) < 65_536


NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- a",
    "<script",
    "<?php",
    "&lt;b&gt;",
    "[a](javascript:alert(1))",
    "![a](https://evil.example/x.png)",
    "<https://evil.example>",
    "[a]: https://evil.example",
    "a | b | c",
    "a\\| b",
    "https://evil.example/|x",
    "`code` ``more``",
    "*a* **b** _c_ ~~d~~ $e$",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "23) item",
    "> quote",
    "=====",
    "---",
    "```",
    "    indented",
    "a  ",
    "a\\",
    "\\<b>",
    "@everyone",
    "a\n\n# b",
    "\x1b[31m\u202e\x9b",
    "",
]


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("template", ["{}", "- {}", "1. {}", "# {}", "| {} | b |", "**To be sure**: {}"])
def test_prose_stays_prose(nasty: str, template: str) -> None:
    table = "| a | b |\n|---|---|\n" if template.startswith("|") else ""

    plain, shown = (MARKDOWN.parse(table + template.format(prose(text))) for text in ("word", nasty))

    if nasty.strip():
        assert [token.type for token in shown] == [token.type for token in plain]
    inline = {child.type for token in shown for child in token.children or ()}
    assert inline <= {"text", "code_inline", "strong_open", "strong_close", "text_special"}
    words = "".join(c.content for token in shown for c in token.children or ())
    assert re.sub(r"\\x0a|\\x1b|\\x9b|\\u202e", "", words).count(re.sub(r"[\n\x1b\x9b\u202e]", "", nasty).strip()) > 0


@pytest.mark.parametrize("nasty", NASTY)
def test_code_shows_what_it_is_given(nasty: str) -> None:
    [_, inline, _] = MARKDOWN.parse(f"a {code(nasty)} b")

    assert {child.type for child in inline.children or ()} <= {"text", "code_inline", "text_special"}
    row = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {code(nasty)} | b |")
    assert [token.type for token in row].count("td_open") == 2


@pytest.mark.parametrize("nasty", NASTY)
def test_a_block_of_code_ends_where_it_should(nasty: str) -> None:
    [block] = MARKDOWN.parse(fenced([nasty, "~~~"]))

    assert block.type == "fence"
    assert block.content.endswith("~~~\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent to http://evil.example: replace it", "sent to `http://evil.example`: replace it"),
        ("ask @admin (or www.x.org).", "ask `@admin` `(or`"),
        ("TWILIO_AUTH_TOKEN of _this_", "TWILIO_AUTH_TOKEN of \\_this\\_"),
    ],
)
def test_links_and_mentions_are_code(text: str, shown: str) -> None:
    assert prose(text).startswith(shown.replace("`(or`", "(or `www.x.org`"))


# --- HTML -------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_has_all_of_a_diagnosis() -> None:
    """What only the report can tell wrong is in tests/why20003/report."""
    words = Page(rendered("html", recording((DIAGNOSIS, (4, 6)), errors=[BAD]))).words

    for told in (
        "a.har",
        "entry 3: request.url: expected a URL",
        "stray-characters",
        "Confirmed",
        FINDING.says,
        "POST https://api.twilio.com/2010-04-01/Accounts.json",
        '401 20003 "Authenticate"',
        "twilio-python 9.13.0",
        "33-character password (with-blanks, sec#1)",
        "2 times",
        "Trim the value",
        "line feed after 32 characters",
        "AC0011…eeff : •••LF",
        "sent 3 times",
        "both halves have a value",
        "To settle: try the other hosts",
    ):
        assert told in words, told


def test_a_page_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "LISTED", 20)
    rare = replace(DIAGNOSIS, index=99, findings=(replace(FINDING, cause="half-empty"),))
    found = rendered("html", recording(*(replace(DIAGNOSIS, index=index) for index in range(50)), rare))

    assert found.count("<article") == 12
    assert "half-empty" in found
    assert "30 more refusals not listed here" in found
    assert "51 refusals, 2 causes" in found
