"""The README promises only what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_files_exist() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).is_file(), name


def test_its_recipes_exist() -> None:
    recipes = set(re.findall(r"^([a-z-]+)[ *a-z]*:", (ROOT / "justfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= set(re.findall(r"\./just ([a-z-]+)", README)) <= recipes


@pytest.mark.parametrize("command", sorted(set(re.findall(r"why20003 ([a-z]+)(?= |`|$)", README)) - {"is"}))
def test_its_commands_exist(command: str) -> None:
    program = Path(sys.executable).with_name("why20003")
    run = subprocess.run([program, command, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0
    assert "Example: why20003" in run.stdout


def test_the_picture_is_a_run_and_loads_nothing() -> None:
    picture = (ROOT / "docs" / "terminal.svg").read_text(encoding="utf-8")
    assert "halves-swapped" in picture
    assert "@font-face" not in picture
    assert "<script" not in picture
