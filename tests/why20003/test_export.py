import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from recordings.opening import open_recording
from why20003.cli import main
from why20003.sandbox.accounts import every_secret

SAMPLES = Path(__file__).resolve().parents[2] / "recordings" / "samples"


def test_other_tools_show_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.har"
    assert main(["export", str(SAMPLES / "halves-swapped.mitm"), "-o", str(target)]) == 0
    (entry,) = json.loads(target.read_text("utf-8"))["log"]["entries"]
    assert entry["comment"].startswith("why20003: halves-swapped (confirmed): The halves are swapped")
    assert entry["_why20003"]["cause"] == "halves-swapped"
    assert entry["_why20003"]["index"] == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    told = capsys.readouterr()
    assert told.out == ""
    assert "1 exchange, with the credentials that the recording has" in told.err


@pytest.mark.parametrize("name", ["ok", "stripped-on-redirect", "worked-then-refused"])
def test_the_export_is_diagnosed_as_the_recording(name: str, tmp_path: Path) -> None:
    target = tmp_path / "out.har"
    assert main(["export", str(SAMPLES / f"{name}.mitm"), "-o", str(target)]) == 0
    before, after = open_recording(SAMPLES / f"{name}.mitm"), open_recording(target)
    assert after.exchanges == before.exchanges
    told = [entry.get("_why20003") for entry in json.loads(target.read_text("utf-8"))["log"]["entries"]]
    assert [one is not None for one in told] == [
        bool(exchange.response and exchange.response.status >= 400) for exchange in before.exchanges
    ]


def test_mitmproxy_opens_it(tmp_path: Path) -> None:
    target, again = tmp_path / "out.har", tmp_path / "again.mitm"
    assert main(["export", str(SAMPLES / "worked-then-refused.mitm"), "-o", str(target)]) == 0
    mitmdump = Path(sys.executable).with_name("mitmdump")
    command: list[str | Path] = [mitmdump, "-nr", target, "-w", again, "-q", "--set", f"confdir={tmp_path / 'conf'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    before = [exchange.request.target for exchange in open_recording(target).exchanges]
    assert [exchange.request.target for exchange in open_recording(again).exchanges] == before


@pytest.mark.parametrize(
    ("source", "target", "code", "told"),
    [
        ("no-such.mitm", "out.har", 3, "No such file"),
        ("in.mitm", "in.mitm", 2, "would write over the recording"),
        ("in.mitm", "link.har", 2, "would write over the recording"),
        ("in.mitm", "no/such/folder.har", 3, "cannot write"),
        ("in.mitm", ".", 3, "it is a folder"),
        ("empty.har", "out.har", 3, "no HTTP exchange in it"),
    ],
)
def test_what_cannot_be_done_is_said(  # noqa: PLR0917 - the columns of the table and two fixtures
    source: str,
    target: str,
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLES / "halves-swapped.mitm", "in.mitm")
    Path("link.har").symlink_to("in.mitm")
    Path("empty.har").write_text('{"log": {"entries": []}}', "utf-8")
    before = Path("in.mitm").read_bytes()
    assert main(["export", source, "-o", target]) == code
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert not any(secret in said for secret in every_secret())
    assert Path("in.mitm").read_bytes() == before
    assert not Path("out.har").exists()


def test_damaged_entries_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.har"
    entry = {"request": {"method": "GET", "url": "https://api.twilio.com/", "headers": []}}
    source.write_text(json.dumps({"log": {"entries": [{"request": 7}, entry]}}), "utf-8")
    assert main(["export", str(source), "-o", str(tmp_path / "out.har")]) == 0
    assert "entry 0: request: expected an object, found a number; left out" in capsys.readouterr().err
