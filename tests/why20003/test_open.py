import hashlib
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from canary import spotted
from escalations import PLANTED, bundle, members, recording

from recordings.escalation import written
from recordings.escalation.manifest import decoded
from why20003.cli import main
from why20003.commands import open as opening
from why20003.escalating import Circumstances, Order, case

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "recordings" / "samples"

Open = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opened(capsys: pytest.CaptureFixture[str]) -> Open:
    """Runs the command; nothing of a secret is ever said."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["open", *map(str, arguments)])
        told = capsys.readouterr()
        assert spotted((told.out + told.err).encode(), PLANTED[:2]) == []
        return code, told.out, told.err

    return run


def remade(path: Path, facts: Callable[[dict[str, object]], None], member: str = "", data: bytes = b"") -> Path:
    """A bundle as somebody with this program could make it: sealed, but of other content."""
    found = members(path)
    manifest = dict(decoded(found.pop("manifest.json")).facts)
    facts(manifest)  # type: ignore[arg-type] # JSON
    other = path.with_name("other.zip")
    other.write_bytes(written({**found, **({member: data} if member else {})}, manifest))
    return other


def test_it_shows_verdict_ladder_checklist_and_note(tmp_path: Path, opened: Open) -> None:
    path = bundle(tmp_path, "--note", "Broken since Monday\nin Dublin only")
    code, out, err = opened(path)
    assert (code, err) == (0, "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert out.startswith(f"{path}: every member is what the manifest says\n  SHA-256 {digest}; ")
    assert "recording.mitm: 5 exchanges, 5 with Twilio, 4 refused" in out
    assert "✗ stray-characters (confirmed)" in out
    assert "\nLadder of entry 1\n  confirmed: stray-characters" in out
    assert re.search(r"\n  ruled out: \S+  .", out)
    assert re.search(r"\n  unknown: \S+  .", out)
    assert re.search(r"\nChecklist: \d+ of 18\n  ✓ UTC times: 2026", out)
    assert "  ✗ TLS version: the recording does not say; add it to the note" in out
    assert out.endswith("Note of whoever made it\n  Broken since Monday\n  in Dublin only\n")


def test_the_numbers_are_those_of_the_recording(
    tmp_path: Path, opened: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bundle(tmp_path, "--only", "3")
    _, out, _ = opened(path)
    main(["diagnose", str(tmp_path / "in.mitm")])
    whole = capsys.readouterr().out
    (number,) = {*re.findall(r"sec#\d+", out)}
    assert number != "sec#1"
    assert number in whole


@pytest.mark.parametrize("name", ["halves-swapped", "stripped-on-redirect", "two-secrets-in-use", "bearer-expired"])
def test_a_sample_is_diagnosed_as_before(
    name: str, tmp_path: Path, opened: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.zip"
    assert main(["escalate", str(SAMPLES / f"{name}.mitm"), "-o", str(path)]) == 0
    code, out, _ = opened(path)
    assert code == 0
    main(["diagnose", str(SAMPLES / f"{name}.mitm"), "--style", "short"])
    headlines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("✗", "?", "✓"))]
    assert headlines
    assert [line for line in headlines if line not in out] == []


# --- diagnose ---------------------------------------------------------------------------------------------------------
def test_diagnose_reads_the_recording_in_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bundle(tmp_path)
    capsys.readouterr()
    assert main(["diagnose", str(path), "--format", "json"]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    (row,) = json.loads(told.out)["recordings"]
    assert row["path"] == f"{path}/recording.mitm"
    assert (row["exchanges"], row["refused"]) == (5, 4)


def test_an_archive_with_other_files_is_no_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = bundle(tmp_path), tmp_path / "other.zip"
    found = members(path)
    with zipfile.ZipFile(other, "w") as archive:
        for name in ("recording.mitm", "recording.har"):
            archive.writestr(name, found[name])
    capsys.readouterr()
    main(["diagnose", str(other), "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["recordings"]) == 2


# --- damage and worse -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_bundle_is_refused(place: float, tmp_path: Path, opened: Open) -> None:
    path = bundle(tmp_path)
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 0x40
    path.write_bytes(data)
    code, out, err = opened(path)
    assert (code, out) == (3, "")
    assert re.fullmatch(r"why20003: \S+: (\S+: (is damaged|is not|does not)|is no \.zip).*\n", err)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"", "is no .zip"), (b"PK\x03\x04", "is no .zip"), (b"{}", "is no .zip")],
)
def test_what_is_no_bundle_is_refused(content: bytes | None, says: str, tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "case.zip"
    if content is not None:
        path.write_bytes(content)
    code, out, err = opened(path)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert says in err


ODD: list[Callable[[dict[str, object]], None]] = [
    lambda facts: facts.clear(),
    lambda facts: facts.update(dict.fromkeys(facts, None)),
    lambda facts: facts.update({name: [[], {}, "x"] for name in facts}),
    lambda facts: facts.update({"checklist": {"items": [1, None, {"name": 1}, {"name": "a\x1b[2J", "todo": []}]}}),
    lambda facts: facts.update({"note": "\x1b[2J\u202e" * 5000}),
    lambda facts: facts.update({"expected": [{"role": "x"}, {"role": "Auth Token"}, 7]}),
    lambda facts: facts.update({"tool": {"why20003": "\x1b]0;x\x07"}, "created": "\x9b1m"}),
]


@pytest.mark.parametrize("change", ODD)
def test_a_manifest_of_a_stranger_is_shown_without_harm(
    change: Callable[[dict[str, object]], None], tmp_path: Path, opened: Open
) -> None:
    code, out, err = opened(remade(bundle(tmp_path), change))
    assert (code, err) == (0, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


@pytest.mark.parametrize(
    ("member", "data", "says"),
    [
        ("report.json", b"[" * 100_000, "the report in it"),
        ("report.json", b'{"diagnoses": [1, {"indexes": [{}]}, {}]}', "the report in it"),
        ("recording.mitm", b"nothing", "recording.mitm: "),
        ("recording.mitm", b"", "recording.mitm: the file is empty"),
    ],
)
def test_members_of_a_stranger_are_shown_without_harm(
    member: str, data: bytes, says: str, tmp_path: Path, opened: Open
) -> None:
    code, out, err = opened(remade(bundle(tmp_path), lambda _: None, member, data))
    assert (code, err) == (0, "")
    assert says in out


def test_another_verdict_than_the_report_has_is_told(tmp_path: Path, opened: Open) -> None:
    path = bundle(tmp_path)
    report = members(path)["report.json"].replace(b"stray-characters", b"some-older-name")
    _, out, _ = opened(remade(path, lambda _: None, "report.json", report))
    assert "  entry 1: the report in it, of why20003 " in out
    assert "✗ stray-characters (confirmed)" in out


def test_what_was_left_out_is_told(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "case.zip"
    made = case(SAMPLES / "worked-then-refused.mitm", Order(only=[1]), Circumstances(key=b"k" * 32, created=0.0))
    path.write_bytes(made.data)
    assert made.differing
    assert "some entries were diagnosed otherwise in the whole recording" in opened(path)[1]


# --- encrypted --------------------------------------------------------------------------------------------------------
@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, Path]:
    """An encrypted bundle and the key file."""
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(str(identity))
    return bundle(tmp_path, "--encrypt-to", str(identity.to_public())), key


def test_with_its_key_it_opens(sealed: tuple[Path, Path], opened: Open) -> None:
    path, key = sealed
    code, out, err = opened(path, "--identity", key)
    assert (code, err) == (0, "")
    assert hashlib.sha256(path.read_bytes()).hexdigest() in out


def test_without_its_key_it_does_not(sealed: tuple[Path, Path], tmp_path: Path, opened: Open) -> None:
    path, _ = sealed
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    assert opened(path) == (2, "", f"why20003: {path}: is encrypted; give your private key with --identity\n")
    code, out, err = opened(path, "--identity", other)
    assert (code, out) == (3, "")
    assert "it was encrypted for another key, or it is damaged" in err
    code, out, err = opened(path, "--identity", tmp_path / "in.mitm")
    assert (code, out) == (2, "")
    assert "holds neither an age identity" in err


def test_a_passphrase_may_be_piped_in(
    sealed: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    path, key = sealed
    locked = tmp_path / "locked.age"
    locked.write_bytes(pyrage.passphrase.encrypt(key.read_bytes(), "geheim"))
    for line, code in ((b"geheim\n", 0), (b"falsch\n", 2)):
        pipe = SimpleNamespace(isatty=lambda: False, buffer=SimpleNamespace(readline=lambda _, said=line: said))
        monkeypatch.setattr(sys, "stdin", pipe)
        found = opened(path, "--identity", locked)
        assert found[0] == code
        assert "geheim" not in found[1] + found[2]


# --- in the browser ---------------------------------------------------------------------------------------------------
BROWSER = """\
import json, os, pathlib, stat, sys, urllib.parse, urllib.request
path = pathlib.Path(urllib.request.url2pathname(urllib.parse.urlsplit(sys.argv[1]).path))
modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
pathlib.Path(os.environ["SEEN"]).write_text(json.dumps([str(path), modes, path.read_text("utf-8")]))
"""


def test_the_report_is_shown_from_a_file_that_is_private_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    path = bundle(tmp_path)
    script, seen = tmp_path / "browser.py", tmp_path / "seen.json"
    script.write_text(BROWSER)
    monkeypatch.setenv("SEEN", str(seen))
    monkeypatch.setattr(opening, "PATIENCE", 0.0)
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s")
    before = os.umask(0)
    try:
        assert opened(path, "--html") == (0, "", "")
    finally:
        os.umask(before)
    shown, modes, page = json.loads(seen.read_text("utf-8"))
    assert modes == [0o600, 0o700]
    assert page.encode() == members(path)["report.html"]
    assert not Path(shown).exists()
    assert not Path(shown).parent.exists()


def test_without_a_browser_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open) -> None:
    path = bundle(tmp_path)
    pages: list[Path] = []

    def none(uri: str) -> bool:
        pages.append(Path(uri.removeprefix("file://")))
        return False

    monkeypatch.setattr("webbrowser.open", none)
    code, out, err = opened(path, "--html")
    assert (code, out) == (3, "")
    assert "no browser could be started" in err
    assert not pages[0].exists()


def test_a_damaged_bundle_is_not_shown_in_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    path = bundle(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr("webbrowser.open", lambda _: pytest.fail("was opened"))
    assert opened(path, "--html")[0] == 3


# --- the documentation ------------------------------------------------------------------------------------------------
DOCS = ROOT / "docs" / "escalation.md"


def test_the_documentation_shows_a_real_run(tmp_path: Path) -> None:
    text = DOCS.read_text("utf-8")
    shown = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    assert len(shown) >= 2
    sample = SAMPLES / "two-secrets-in-use.mitm"
    (tmp_path / "capture.mitm").write_bytes(sample.read_bytes())
    plain = {
        key: value for key, value in os.environ.items() if "PROXY" not in key.upper() and "CERT" not in key.upper()
    }
    environment = {key: value for key, value in plain.items() if "CA_" not in key and not key.startswith("TWILIO_")}
    for block in shown[:2]:
        command, _, expected = block.removeprefix("$ why20003 ").partition("\n")
        arguments = [sys.executable, "-m", "why20003.cli", *shlex.split(command)]
        done = subprocess.run(
            arguments, cwd=tmp_path, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert steady(done.stdout + done.stderr).startswith(steady(expected.removesuffix("...\n")))


def steady(text: str) -> str:
    """`text` without what differs from run to run."""
    text = re.sub(r"[0-9a-f]{64}", "<digest>", text)
    return re.sub(r"\b20\d\d-\d\d-\d\dT[0-9:.]+Z by", "<time> by", text)


def test_the_documentation_names_every_item_and_member(tmp_path: Path) -> None:
    text = DOCS.read_text("utf-8")
    found = members(bundle(tmp_path))
    assert [name for name in found if f"`{name}`" not in text] == []
    items = json.loads(found["manifest.json"])["checklist"]["items"]
    assert [item["name"] for item in items if f"| {item['name']} |" not in text] == []


def test_a_bundle_is_private(tmp_path: Path) -> None:
    assert stat.S_IMODE(bundle(tmp_path).stat().st_mode) == 0o600
    assert recording(tmp_path).exists()
