"""What the code cites stands in docs/, and the documents lead nowhere but into the project and to public pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analyzers", "addon", "recordings", "score", "why20003", "tests")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if path != Path(__file__).resolve())
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*DOCS, *sorted(ROOT.glob("*.md")), ROOT / "recordings" / "samples" / "README.md"]

_NUMBER = r"\d+(?:\.\d+)?[a-z]?\b"
_CITATION = re.compile(
    rf"docs/(facts|clients)\.md(?: ({_NUMBER}(?:(?:, | and | to |(?: \([^()]*\))? and ){_NUMBER})*))?"
)
_HEADING = re.compile(rf"^##+ ({_NUMBER})\.? ", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_OUTSIDE = re.compile(r"(?<!docs/)\bfacts/|shared facts|twilio-auth-facts|client-behaviour|\bfacts \d", re.IGNORECASE)
_MACHINE = re.compile(r"/work/|/root/|/home/\w|/Users/\w|/tmp/\w|\b[A-Z]:\\Users")

in_each = pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
of_each = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def unwrapped(path: Path) -> str:
    """The text of a file with each line break, and the comment sign behind it, as one blank."""
    return re.sub(r"\s*\n[ \t]*(?:# ?)?", " ", path.read_text(encoding="utf-8"))


def sections(name: str) -> set[str]:
    return set(_HEADING.findall((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")))


KNOWN = {name: sections(name) for name in ("facts", "clients")}


def cited(text: str) -> list[tuple[str, str]]:
    """Every document and section that `text` cites; the section is empty where none is named."""
    return [
        (match[1], number)
        for match in _CITATION.finditer(text)
        for number in re.findall(rf"(?<![\w.]){_NUMBER}", re.sub(r"\([^()]*\)", "", match[2] or "")) or [""]
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docs/facts.md 1.1 (read)", [("facts", "1.1")]),
        ("docs/facts.md 0 and 1.4 (a)", [("facts", "0"), ("facts", "1.4")]),
        ("docs/facts.md 2.1 (formats) and 9.2 (x)", [("facts", "2.1"), ("facts", "9.2")]),
        (
            "docs/facts.md 0, 1.1 and 1.6; docs/clients.md 9a",
            [*(("facts", n) for n in ("0", "1.1", "1.6")), ("clients", "9a")],
        ),
        ("docs/facts.md 11, gap 3", [("facts", "11")]),
        ("docs/facts.md.", [("facts", "")]),
    ],
)
def test_a_citation_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert cited(text) == expected


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_cited_section_exists(path: Path) -> None:
    assert [each for each in cited(unwrapped(path)) if each[1] not in KNOWN[each[0]]] == []


@in_each
def test_nothing_outside_the_project_is_cited(path: Path) -> None:
    assert _OUTSIDE.findall(unwrapped(path)) == []


@of_each
def test_its_relative_links_resolve(path: Path) -> None:
    links = [link for link in _LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@of_each
def test_it_names_no_path_of_a_machine(path: Path) -> None:
    assert _MACHINE.findall(path.read_text(encoding="utf-8")) == []
