"""The sample captures: each has the diagnosis that stands beside it, however it is read.

`./just golden` writes the expected diagnoses anew; `./just samples` makes the captures anew.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from live import SECRETS, leaked
from remake_samples import RECORDERS
from sample_calls import SENDGRID_KEY
from sample_clients import ENCODED

from analyzers.capture import diagnose_all
from analyzers.contract import Json, diagnosis_json
from analyzers.registry import RULES
from recordings.opening import open_recording, read_recording
from recordings.reading import Reading
from why20003.sandbox import PROMOTED_TOKEN, ROTATED_TOKEN, WORLD

FOLDER = Path(__file__).resolve().parent.parent / "recordings" / "samples"
SAMPLES = sorted(FOLDER.glob("*.mitm"))
NAMES = [sample.stem for sample in SAMPLES]


def diagnoses(reading: Reading) -> list[dict[str, Json]]:
    """The diagnoses of a recording without what every new recording changes."""
    found = [diagnosis_json(r.diagnosis) for r in diagnose_all(reading.exchanges, b"key") if r.diagnosis]
    return [{name: value for name, value in one.items() if name not in {"time", "request_id"}} for one in found]


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_the_diagnosis_is_the_expected_one(sample: Path, *, golden_update: bool) -> None:
    found = {"diagnoses": diagnoses(open_recording(sample))}
    expected = sample.with_suffix(".json")
    if golden_update:
        expected.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_the_name_of_a_sample_is_its_cause(sample: Path) -> None:
    found = diagnoses(open_recording(sample))
    leading = [one["findings"][0]["cause"] for one in found]  # type: ignore[index,call-overload] # the contract's shape
    if sample.stem.startswith("ok"):
        assert leading == []
        return
    assert leading
    assert all(sample.stem.startswith(str(cause)) for cause in leading)


def test_every_cause_has_a_sample_or_a_reason_not_to() -> None:
    assert set(NAMES).isdisjoint(UNSAMPLED)
    assert {rule.slug for rule in RULES} - set(NAMES) == UNSAMPLED


def test_every_sample_has_a_call_and_a_golden() -> None:
    assert set(NAMES) == set(RECORDERS)
    assert set(NAMES) == {golden.stem for golden in FOLDER.glob("*.json")}


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_no_golden_holds_a_secret(sample: Path) -> None:
    text = sample.with_suffix(".json").read_text(encoding="utf-8")
    assert leaked(text, *EVERY_SECRET) == []


EVERY_SECRET = (
    *(account.auth_token for account in WORLD.accounts),
    *(key.secret for key in WORLD.keys),
    *(app.client_secret for app in WORLD.apps),
    ROTATED_TOKEN,
    PROMOTED_TOKEN,
    SENDGRID_KEY[3:],
    ENCODED[46:],
)


# No capture can show differs-from-environment: it needs to know what the application was given. All others are shown
# by the raw requests of tests/addon/test_live.py, or in the causes' own tests.
UNSAMPLED = {
    "differs-from-environment",
    "authorization-empty",
    "authorization-repeated",
    "basic-with-token",
    "bearer-malformed",
    "bearer-with-basic-credentials",
    "charset-not-ascii",
    "header-name-misspelt",
    "header-trailing-junk",
    "percent-encoded-credentials",
    "scheme-doubled",
    "scheme-unsupported",
    "sid-as-password",
    "username-not-a-sid",
}


@pytest.mark.parametrize("piece", [1, 997])
@pytest.mark.parametrize("sample", SAMPLES[:: len(SAMPLES) // 6], ids=NAMES[:: len(SAMPLES) // 6])
def test_reading_from_a_pipe_in_pieces_changes_nothing(sample: Path, piece: int) -> None:
    content = sample.read_bytes()
    end, start = os.pipe()

    def write() -> None:
        with os.fdopen(start, "wb", buffering=0) as pipe:
            for at in range(0, len(content), piece):
                pipe.write(content[at : at + piece])

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with os.fdopen(end, "rb", buffering=0) as pipe:
        reading = read_recording(pipe)
    writer.join(30)
    assert diagnoses(reading) == diagnoses(open_recording(sample))


def test_replaying_all_samples_through_mitmdump_gives_the_same(tmp_path: Path) -> None:
    together, again = tmp_path / "all.mitm", tmp_path / "again.mitm"
    together.write_bytes(b"".join(sample.read_bytes() for sample in SAMPLES))
    mitmdump = Path(sys.executable).with_name("mitmdump")
    command: list[str | Path] = [
        mitmdump,
        "-nr",
        together,
        "-s",
        "addon",
        "-w",
        again,
        "--set",
        f"confdir={tmp_path / 'conf'}",
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "Traceback" not in run.stdout + run.stderr
    assert leaked(run.stdout + run.stderr, *SECRETS) == []
    assert diagnoses(open_recording(again)) == diagnoses(open_recording(together))
