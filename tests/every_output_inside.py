"""What the tool's own objects say of themselves, and what pytest says of them."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from every_output import Place, Told
from every_output_capture import AUTH_TOKEN

Job = Callable[[Place], Told]

_REPRS: Final = Path(__file__).with_name("every_output_reprs.py")


def _said_of_themselves(place: Place) -> Told:
    """What the tool's own classes say of the objects that were made while commands ran."""
    one, out = place.given / "theirs.mitm", place.work
    few = place.given / "few.har"
    calls: list[list[str | Path]] = [
        *(["diagnose", one, "--expect", "env", "--format", form] for form in ("text", "json")),
        ["diagnose", *(place.given / name for name in ("ours.har", "raw.txt", "verbose.txt", "trace.txt", "odd.har"))],
        ["diagnose", few, "--format", "ndjson"],
        ["compare", one, "--env", "TWILIO_AUTH_TOKEN"],
        ["export", few, "-o", out / "x.har"],
        ["replay", few, "--to", "http://127.0.0.1:1"],
        ["redact", few, "-o", out / "y.har", "--expect", "env"],
        ["escalate", few, "-o", out / "x.zip"],
        ["open", out / "x.zip"],
    ]
    texts = json.dumps([[str(part) for part in call] for call in calls])
    login = {"TWILIO_AUTH_TOKEN": AUTH_TOKEN.decode(), "PYTHONPATH": str(_REPRS.parents[1])}
    told = place.start(sys.executable, _REPRS, out, texts, env=login)
    assert told.codes == [0], told.text[-2000:]
    kept = {name: data for name, data in told.outputs.items() if not name.endswith("x.har")}
    return Told(kept, told.codes)


_FAILING: Final = """
from dataclasses import replace
from analyzers.case import case_of
from analyzers.expected import Expected, Role
from every_output_capture import AUTH_TOKEN, KEY_SECRET, exchanges
from recordings.har_writing import HarEntry

ONE, TWO, *MORE = exchanges()

def test_exchanges():
    assert ONE == TWO

def test_a_request():
    one, two = ONE.request, TWO.request
    assert one == two

def test_an_answer():
    assert MORE[-1].response == ONE.response

def test_several():
    assert [ONE, TWO] == [TWO, *MORE]

def test_one_of_many():
    assert ONE in MORE

def test_cases():
    assert case_of(ONE) == case_of(TWO)

def test_credentials():
    assert case_of(ONE).credential == case_of(TWO).credential

def test_expected():
    assert Expected(Role.AUTH_TOKEN, "A", "b", AUTH_TOKEN) == Expected(Role.AUTH_TOKEN, "A", "b", KEY_SECRET)

def test_entries():
    assert HarEntry(ONE) == HarEntry(replace(ONE, error="x"))
"""


def _unequal(place: Place) -> Told:
    """Failed assertions, told at length, with the values of local names."""
    folder = Path(__file__).parent
    (place.given / "test_failing.py").write_text(_FAILING)
    (place.given / "conftest.py").write_text("from quiet_assertions import pytest_assertrepr_compare\n")
    (place.given / "pytest.ini").write_text("[pytest]\n")
    found = os.pathsep.join(map(str, (folder.parent, folder, folder / "addon")))
    options = ("-vv", "--showlocals", "--import-mode=importlib", "-p", "no:cacheprovider", "-W", "ignore")
    command = (
        sys.executable,
        "-m",
        "pytest",
        *options,
        "-c",
        place.given / "pytest.ini",
        place.given / "test_failing.py",
    )
    told = place.start(*command, env={"PYTHONPATH": found, "PYTHONDONTWRITEBYTECODE": "1"})
    assert "9 failed" in told.text, told.text[-2000:]
    assert "These differ: request.headers, request.body" in told.text
    return told


JOBS: Final[dict[str, Job]] = {"reprs": _said_of_themselves, "failed assertions": _unequal}
