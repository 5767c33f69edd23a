"""Text that Markdown would take for its own is escaped; the project's documents become links."""

import pytest

from why20003.page_markdown import text

FACTS, CLIENTS = "docs/facts" + ".md", "docs/clients" + ".md"


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("plain words, and more.", "plain words, and more."),
        ("a_name and _one_", r"a_name and \_one\_"),
        ("<x> [y] *z* #1 a|b", r"\<x\> \[y\] \*z\* \#1 a\|b"),
        ("${VAR}", r"\${VAR}"),
        ("run `a <b>` now", "run `a <b>` now"),
        ("https://a.example/b_c_?d=*; e", "https://a.example/b_c_?d=*; e"),
        (f"{FACTS} 1.1", f"[{FACTS}](facts.md) 1.1"),
        (f"{CLIENTS} 2", f"[{CLIENTS}](clients.md) 2"),
        (r"a\b", r"a\\b"),
        ("", ""),
    ],
)
def test_text_is_escaped(plain: str, written: str) -> None:
    assert text(plain) == written
