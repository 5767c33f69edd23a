"""Whatever stands in a recording, every document is well formed, has the parts it should have, and moves no cursor."""

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from renderings import DIAGNOSIS, FINDING, RENDERINGS, recording, rendered
from report_pages import Read
from test_outputs import DOCUMENT, LINE, SARIF
from test_outputs_formats import MARKDOWN

from analyzers.advice import Advice
from analyzers.diagnosis import CredentialView, Diagnosis
from analyzers.findings import Evidence, Finding, Verdict
from recordings.reading import EntryError
from why20003.feeding import Diagnosed, Unreadable

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0")) or 15

# What a terminal obeys: all controls but the line feed, and what changes the direction of writing.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
PIECES = [
    *("<script>alert(1)</script>", "</style>", "</pre>", "]]>", "<!--", "-->", "&amp;", "&#x1b;", '" onload="x', "'"),
    *("{{ 7 * 7 }}", "{% raw %}", "](javascript:x)", "[a](b)", "![", "`", "```", "~~~", "|", "\\|", "\\", "**", "_"),
    *(
        "# ",
        "- ",
        "1. ",
        "<details>",
        "</details>",
        "</summary>",
        "@all",
        "http://e.x/",
        "www.e.x",
        "\x1b[2J",
        "\x9b31m",
    ),
    *(
        "\r\n",
        "\n\n",
        "\t",
        "\x00",
        "\x7f",
        "\u202e",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\ud800",
        "\udcff",
        "\U0001f600",
    ),
    *("{0}", "%s", "é", " ", "data:", "#123"),
]
nasty = st.one_of(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), min_size=1, max_size=5).map("".join),
    st.text(st.characters(), min_size=1, max_size=20),
).map(lambda text: f"a{text}")  # never empty: an empty text has no place to stand in, by right


@st.composite
def findings(draw: st.DrawFn, cause: str = FINDING.cause) -> Finding:
    verdict = draw(st.sampled_from([Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE]))
    return Finding(
        cause,
        verdict,
        draw(nasty),
        (Evidence(draw(nasty), draw(nasty)),),
        (draw(nasty), draw(nasty)),
        None if verdict is Verdict.CONFIRMED else draw(nasty),
    )


@st.composite
def diagnoses(draw: st.DrawFn) -> Diagnosis:
    return replace(
        DIAGNOSIS,
        time=draw(st.none() | st.floats()),
        method=draw(nasty),
        url=draw(nasty),
        status=draw(st.integers(0, 999)),
        code=draw(st.none() | st.integers(0, 10**20)),
        message=draw(nasty),
        client=draw(nasty),
        client_version=draw(nasty),
        client_hint=draw(nasty),
        credential=CredentialView(draw(nasty), draw(nasty), draw(nasty), 3, draw(nasty), "sec#1"),
        findings=(draw(findings()), draw(findings("pair-refused"))),
        ruled_out=(("half-empty", draw(nasty)),),
        unknown=(("region-mismatch", draw(nasty)),),
        advice=(Advice("futile-retry", draw(nasty)),),
        drawing=(draw(nasty), draw(nasty)),
        benign=draw(st.booleans()),
    )


@st.composite
def captures(draw: st.DrawFn) -> Diagnosed:
    return recording(draw(diagnoses()), path=draw(nasty), errors=[EntryError(0, draw(nasty))])


PLAIN = recording(
    replace(
        DIAGNOSIS, findings=(replace(FINDING, evidence=FINDING.evidence[:1]), replace(FINDING, cause="pair-refused"))
    ),
    errors=[EntryError(0, "a")],
)


def check_json(text: str, found: Diagnosed) -> None:
    DOCUMENT.validate(json.loads(text))


def check_ndjson(text: str, found: Diagnosed) -> None:
    lines = text.splitlines()
    assert text.count("\n") == len(lines)
    for line in lines:
        LINE.validate(json.loads(line))


def check_sarif(text: str, found: Diagnosed) -> None:
    assert SARIF.is_valid(json.loads(text))


def check_junit(text: str, found: Diagnosed) -> None:
    root = ET.fromstring(text)  # noqa: S314 - our own
    benign = found.diagnoses[0][0].benign
    case = ["testsuites", "testsuite", "testcase", "system-out" if benign else "failure"]
    assert [element.tag for element in root.iter()] == [*case, "system-out", "system-err"]


BUILT = {
    "script",
    "style",
    "link",
    "a",
    "nav",
    "article",
    "section",
    "figure",
    "details",
    "ol",
    "table",
    "svg",
    "h1",
    "h2",
}


def check_html(text: str, found: Diagnosed) -> None:
    """Drawings and facts have as many pieces as their texts need; all else is the same."""
    page, plain = Read(text), Read(rendered("html", PLAIN))
    tags, expected = ([tag for tag, _ in each.tags] for each in (page, plain))
    assert page.faults == []
    assert [tag for tag in tags if tag in BUILT] == [tag for tag in expected if tag in BUILT]
    assert set(tags) <= set(expected)
    assert {name for _, attrs in page.tags for name in attrs} <= {name for _, attrs in plain.tags for name in attrs}


def check_markdown(text: str, found: Diagnosed) -> None:
    tokens = MARKDOWN.parse(text)
    raw = [token.content for token in tokens if token.type == "html_block"]
    assert [re.sub(r"\d+", "N", each) for each in raw] == [
        "<details>\n<summary>All other causes: N more finding, N ruled out, N unknown</summary>\n",
        "</details>\n",
    ]
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "text_special", "code_inline", "strong_open", "strong_close"}
    assert [token.type for token in tokens].count("tr_open") == 6
    assert [token.type for token in tokens].count("heading_open") == 2
    assert [token.type for token in tokens].count("fence") == 1


def check_text(text: str, found: Diagnosed) -> None:
    assert text.startswith("a")


def check_ids(text: str, found: Diagnosed) -> None:
    assert text.count("\n") == 1


CHECKS: dict[str, Callable[[str, Diagnosed], None]] = {
    "txt": check_text,
    "short.txt": check_text,
    "ids.txt": check_ids,
    "json": check_json,
    "indented.json": check_json,
    "ndjson": check_ndjson,
    "sarif": check_sarif,
    "junit.xml": check_junit,
    "md": check_markdown,
    "html": check_html,
}


def test_every_format_is_checked() -> None:
    assert CHECKS.keys() == RENDERINGS.keys()


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.data_too_large])
@given(found=captures())
def test_nothing_of_it_breaks_out(name: str, found: Diagnosed) -> None:
    text = rendered(name, found)

    assert OBEYED.findall(text) == []
    CHECKS[name](text, found)
    assert OBEYED.findall(rendered(name, Unreadable(found.path, found.errors[0].says))) == []


def test_the_plain_one_passes_every_check() -> None:
    for name, check in CHECKS.items():
        check(rendered(name, PLAIN), PLAIN)
