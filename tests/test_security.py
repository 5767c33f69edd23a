"""SECURITY.md names the test of each promise; a test that is gone proves nothing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT)))
READERS = ("thief", "Another user of the same machine", "neighbour", "Whoever gets a capture", "server that answers")


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_is_named_exists_and_tests_something(name: str) -> None:
    assert "def test_" in (ROOT / name).read_text(encoding="utf-8")


def test_the_threat_model_is_whole() -> None:
    parts = re.split(r"^### ", TEXT.partition("## Who, and")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(parts) == 7
    assert all(any(word in part.splitlines()[0] for part in parts) for word in READERS)
    for part in parts:
        rows = [line for line in part.splitlines() if line.startswith("| ") and "What we do" not in line]
        assert rows
        assert all("`" in row.rsplit("|", 2)[1] for row in rows)


def test_options_that_are_named_exist() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "addon").glob("*.py"))
    named = set(re.findall(r"`(why20003_\w+)`", TEXT))
    assert named
    assert all(f'"{name}"' in sources for name in named)
