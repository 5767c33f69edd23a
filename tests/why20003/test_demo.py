"""What the demo is made of; tests/why20003/test_commands.py plays it."""

import inspect
import re
from pathlib import Path

import pytest
from live import leaked

from analyzers.registry import RULES
from analyzers.twilio import MAGIC_NUMBER
from why20003.demo import calls, rotation
from why20003.demo.faults import PLAYS
from why20003.demo.play import sandbox
from why20003.sandbox import LIVE, PROMOTED_TOKEN, WORLD

README = Path(__file__).resolve().parents[2] / "README.md"
NUMBERS = {11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
FAULTS = [play for play in PLAYS if play.cause is not None]


def test_every_fault_has_a_cause_of_the_registry_and_a_name_of_its_own() -> None:
    assert {play.cause for play in FAULTS} <= {rule.slug for rule in RULES}
    assert len({play.name for play in PLAYS}) == len(PLAYS)
    assert len({play.cause for play in FAULTS}) == len(FAULTS)


def test_the_readme_counts_the_faults() -> None:
    assert f"# {NUMBERS[len(FAULTS)]} real faults" in README.read_text(encoding="utf-8")


def test_no_line_shown_holds_a_secret() -> None:
    shown = "\n".join(play.shown for play in PLAYS)
    secrets = [account.auth_token for account in WORLD.accounts] + [key.secret for key in WORLD.keys]
    assert leaked(shown, *secrets) == []


def test_no_call_is_taken_for_a_test() -> None:
    numbers = re.findall(r"\+\d{11}", inspect.getsource(calls))
    assert len(numbers) == 2
    assert not any(MAGIC_NUMBER.fullmatch(number.encode()) for number in numbers)


def test_a_rotation_goes_past_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with sandbox(tmp_path) as (port, trusted):
        for name, value in rotation.environment(port, trusted).items():
            monkeypatch.setenv(name, value)
        assert rotation.rotate(LIVE.sid, LIVE.auth_token) == PROMOTED_TOKEN
        with pytest.raises(OSError, match="401 Client Error"):
            rotation.rotate(LIVE.sid, LIVE.auth_token)
