import gzip
import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage
import pytest
from canary import spotted
from escalations import EXCHANGES, PLANTED, bundle, leftovers, members, recording
from jsonschema import Draft202012Validator
from made_captures import capture

from analyzers.building import GOOD, KEY_SECRET, OTHER_SID, SID, TOKEN, accepted, basic, refused
from analyzers.contract import utc
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.registry import RULES
from recordings.escalation import MEMBERS, opened
from recordings.mitm_writing import mitm
from recordings.opening import open_recording
from recordings.redact import Leak
from recordings.self_check import SelfCheck
from why20003 import escalating, selecting
from why20003.cli import main
from why20003.commands.escalate import private_path
from why20003.comparison import credentials_in
from why20003.escalating import Case, Circumstances, NothingRefused, Order, case
from why20003.feeding import Diagnosed, diagnosed_files
from why20003.printing import UnwritableFile, save
from why20003.redacting import LeakFound

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "recordings" / "samples").glob("*.mitm"))
SCHEMA = json.loads((ROOT / "why20003" / "schema" / "why20003-1.json").read_text("utf-8"))
NOW = Circumstances(key=b"k" * 32, created=1795240000.0, variables=("HTTPS_PROXY",))

Escalate = Callable[..., tuple[int, str]]


@pytest.fixture
def escalate(capsys: pytest.CaptureFixture[str]) -> Escalate:
    """Runs the command; nothing of a secret is ever said."""

    def run(*arguments: str | Path) -> tuple[int, str]:
        code = main(["escalate", *map(str, arguments)])
        told = capsys.readouterr()
        assert told.out == ""
        # Five digits of a token stand in one digest out of six hundred, by chance.
        shown, digests = re.subn(r"SHA-256 [0-9a-f]{64}(?=;)", "SHA-256", told.err)
        assert digests == (code == 0)
        assert spotted(shown.encode(), PLANTED) == []
        return code, told.err

    return run


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def written(folder: Path, exchanges: tuple[Exchange, ...]) -> Path:
    path = folder / "in.mitm"
    path.write_bytes(b"".join(mitm(exchanges)))
    return path


def manifest(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(members(path)["manifest.json"])
    return found


def verdicts(diagnosis: Diagnosis) -> object:
    return diagnosis.benign, [(one.cause, one.verdict, one.nested_under) for one in diagnosis.findings]


def by_place(path: Path) -> dict[int, tuple[object, str]]:
    """What is said of each entry that was refused, and the number of its secret."""
    (found,) = diagnosed_files([str(path)], (), progress=None)
    assert isinstance(found, Diagnosed)
    return {
        place: (verdicts(one), one.credential.fingerprint if one.credential else "")
        for one, places in found.diagnoses
        for place in places
    }


# --- what is in it ----------------------------------------------------------------------------------------------------
def test_nothing_of_a_secret_is_in_any_member(tmp_path: Path) -> None:
    path = bundle(tmp_path)
    assert tuple(members(path)) == MEMBERS
    assert leftovers(path) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_keeps_its_diagnosis(sample: Path, tmp_path: Path) -> None:
    try:
        made = case(sample, Order(), NOW)
    except NothingRefused:
        assert by_place(sample) == {}
        return
    assert [*made.differing] == []
    assert made.left_out == 0
    (tmp_path / "case.zip").write_bytes(made.data)
    assert by_place(tmp_path / "case.zip") == by_place(sample)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_cause_is_found_in_the_bundle_too(rule: object, tmp_path: Path) -> None:
    exchanges = rule.hit()  # type: ignore[attr-defined] # a Rule
    made = case(written(tmp_path, tuple(exchanges)), Order(), NOW)
    assert [*made.differing] == []
    assert json.loads(opened(made.data).members["report.json"])["diagnoses"]


def test_the_report_is_the_contract(tmp_path: Path) -> None:
    found = json.loads(members(bundle(tmp_path))["report.json"])
    Draft202012Validator(SCHEMA).validate(found)
    assert found["recordings"][0]["path"] == "recording.mitm"
    assert found["recordings"][0]["refused"] == 4


def test_both_recordings_are_one(tmp_path: Path) -> None:
    found = members(bundle(tmp_path))
    for name in ("recording.mitm", "recording.har"):
        (tmp_path / name).write_bytes(found[name])
    first, second = (open_recording(tmp_path / name) for name in ("recording.mitm", "recording.har"))
    assert first.exchanges == second.exchanges
    assert len(first.exchanges) == len(EXCHANGES)


def test_the_manifest_tells_all(tmp_path: Path) -> None:
    path = bundle(tmp_path, "--note", "Broken since Monday")
    found, data = manifest(path), members(path)
    assert found["schema"] == "why20003-escalation/1"
    assert {row["name"]: (row["size"], row["sha256"]) for row in found["members"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in data.items()
        if name != "manifest.json"
    }
    assert found["note"] == "Broken since Monday"
    assert found["diagnosis"] == {"equal": True, "differing": []}
    assert found["recording"] == {
        "format": "mitm",
        "exchanges": 5,
        "entries": 5,
        "left_out": 0,
        "places": [0, 1, 2, 3, 4],
    }
    assert found["redaction"]["credentials"] == 2
    checklist = found["checklist"]
    assert checklist["of"] == len(checklist["items"]) == 18
    assert checklist["score"] == sum(item["present"] for item in checklist["items"])
    assert set(found["tool"]) == {"why20003", "mitmproxy", "pyrage", "jinja2"}


def test_the_page_has_the_checklist_and_the_note(tmp_path: Path) -> None:
    page = members(bundle(tmp_path, "--note", "Broken <b>since</b> Monday"))["report.html"].decode()
    assert "Broken &lt;b&gt;since&lt;/b&gt; Monday" in page
    assert "Skew against Twilio&#39;s Date" in page
    assert "sec#1" in page


def test_the_readme_says_what_it_is(tmp_path: Path) -> None:
    readme = members(bundle(tmp_path))["README.txt"].decode("ascii")
    assert [name for name in MEMBERS if name not in readme and name != "README.txt"] == []
    assert "why20003 open CASE.zip" in readme
    assert max(map(len, readme.splitlines())) <= 120


@pytest.mark.parametrize(
    ("note", "kept", "said"),
    [
        ("Broken since Monday", "Broken since Monday", ""),
        (f"with {TOKEN.decode()} it fails", "with <a credential was here> it fails", "the note had 1 word"),
        ("ask me@example.com", "ask <taken out>", "the note had 1 word"),
    ],
)
def test_a_secret_in_the_note_does_not_go_out(
    note: str, kept: str, said: str, tmp_path: Path, escalate: Escalate
) -> None:
    path = tmp_path / "case.zip"
    code, told = escalate(recording(tmp_path), "-o", path, "--note", note)
    assert code == 0
    assert manifest(path)["note"] == kept
    assert said in told
    assert leftovers(path) == []


def test_sids_go_when_asked(tmp_path: Path) -> None:
    path = bundle(tmp_path, "--hide-sids")
    found = members(path)
    assert [name for name, data in found.items() if SID in data] == []
    assert by_place(path) == by_place(tmp_path / "in.mitm")
    assert b"pseudonyms" in found["README.txt"]


def test_expected_credentials_are_taken_along_as_what_stands_for_them(tmp_path: Path, escalate: Escalate) -> None:
    env = tmp_path / ".env"
    env.write_text(f"TWILIO_ACCOUNT_SID={SID.decode()}\nTWILIO_AUTH_TOKEN={TOKEN.decode()}\n")
    source, path = written(tmp_path, (refused(basic(SID, TOKEN[:-2] + b"00")),)), tmp_path / "case.zip"
    code, told = escalate(source, "-o", path, "--expect", env)
    assert code == 0, told
    report = json.loads(members(path)["report.json"])
    assert "differs-from-environment" in {one["cause"] for one in report["diagnoses"][0]["findings"]}
    expected = manifest(path)["expected"]
    assert [row["name"] for row in expected] == ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]
    assert expected[0]["value"] == SID.decode()
    assert leftovers(path) == []


# --- which exchanges --------------------------------------------------------------------------------------------------
def foreign(at: int) -> Exchange:
    made = accepted(None, host="shop.example", path=b"/cart", at=at)
    request = replace(made.request, headers=((b"Host", b"shop.example"),))
    response = None if made.response is None else replace(made.response, headers=((b"Server", b"nginx"),))
    return replace(made, request=request, response=response)


def test_what_has_nothing_to_do_with_twilio_stays_out(tmp_path: Path, escalate: Escalate) -> None:
    source = written(tmp_path, (foreign(0), accepted(GOOD, at=1), foreign(2), refused(basic(SID, TOKEN[:-1]), at=3)))
    path = tmp_path / "case.zip"
    code, told = escalate(source, "-o", path)
    assert code == 0
    assert "1 refusal, 2 exchanges left out" in told
    assert manifest(path)["recording"] == {
        "format": "mitm", "exchanges": 4, "entries": 2, "left_out": 2, "places": [1, 3],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("only", "places"),
    [(["2"], [2]), (["1,3"], [1, 3]), (["1", "--only", "3"], [1, 3]), (["0-2"], [0, 1, 2]), (["2,2"], [2])],
)
def test_only_some_entries_are_taken(only: list[str], places: list[int], tmp_path: Path) -> None:
    path = bundle(tmp_path, "--only", *only)
    assert manifest(path)["recording"]["places"] == places


def test_a_secret_has_the_number_that_it_has_in_the_recording(tmp_path: Path) -> None:
    source = recording(tmp_path)
    numbers = {place: name for place, (_, name) in by_place(source).items() if name}
    assert len({*numbers.values()}) > 1
    last = max(numbers)
    path = bundle(tmp_path, "--only", str(last))
    (report,) = json.loads(members(path)["report.json"])["diagnoses"]
    assert report["credential"]["secret"]["fingerprint"] == numbers[last] != "sec#1"
    compared = {place: row.name for row in credentials_in(source).rows for place in row.indexes}
    assert compared[last] == numbers[last]


def test_a_diagnosis_that_rests_on_what_was_left_out_is_told(tmp_path: Path, escalate: Escalate) -> None:
    sample = ROOT / "recordings" / "samples" / "worked-then-refused.mitm"
    place = max(by_place(sample))
    path = tmp_path / "case.zip"
    code, told = escalate(sample, "-o", path, "--only", str(place))
    assert code == 0
    assert f"diagnosed otherwise than in your recording, since something was left out: entry {place}" in told
    assert manifest(path)["diagnosis"] == {"equal": False, "differing": [place]}


def test_of_very_many_the_ones_around_refusals_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, escalate: Escalate
) -> None:
    monkeypatch.setattr(selecting, "MOST", 60)
    many = [accepted(GOOD, at=number) for number in range(300)]
    many[200] = refused(basic(SID, TOKEN + b" "), at=200)
    path = tmp_path / "case.zip"
    code, told = escalate(written(tmp_path, tuple(many)), "-o", path)
    assert (code, "diagnosed otherwise" in told) == (0, False)
    places = manifest(path)["recording"]["places"]
    assert 200 in places
    assert len(places) <= 60


@pytest.mark.parametrize(
    ("exchanges", "arguments", "code", "says"),
    [
        ((accepted(GOOD),), (), 1, "nothing was refused in it; name the entries that you mean with --only"),
        ((accepted(GOOD),), ("--only", "7"), 2, "--only: there is no HTTP exchange at entry 7"),
        ((accepted(GOOD),), ("--only", "x"), 2, "--only: expected the number of an entry"),
        ((accepted(GOOD),), ("--only", "5-3"), 2, "--only: a range goes up"),
        ((accepted(GOOD),), ("--only", "-1"), 2, "--only: expected the number of an entry"),
        ((refused(GOOD),), ("--encrypt-to", "age1x"), 2, "--encrypt-to: is no age or ssh key"),
    ],
)
def test_what_there_is_no_bundle_of(  # noqa: PLR0917 - the columns of the table and fixtures
    exchanges: tuple[Exchange, ...],
    arguments: tuple[str, ...],
    code: int,
    says: str,
    tmp_path: Path,
    escalate: Escalate,
) -> None:
    source = written(tmp_path, exchanges)
    found = escalate(source, "-o", tmp_path / "case.zip", *arguments)
    assert found[0] == code
    assert says in found[1]
    assert found[1].count("\n") == 1
    assert left(tmp_path) == ["in.mitm"]


def test_without_a_refusal_named_entries_are_taken(tmp_path: Path, escalate: Escalate) -> None:
    path = tmp_path / "case.zip"
    assert escalate(written(tmp_path, (accepted(GOOD), accepted(GOOD, at=1))), "-o", path, "--only", "1")[0] == 0
    assert json.loads(members(path)["report.json"])["diagnoses"] == []


def test_an_archive_of_several_is_refused(tmp_path: Path, escalate: Escalate) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(SAMPLES[0], "a.mitm")
        archive.write(SAMPLES[1], "b.mitm")
    code, told = escalate(tmp_path / "in.zip", "-o", tmp_path / "case.zip")
    assert code == 3
    assert "holds 2 recordings; unpack it and give the one that you mean" in told


# --- determinism ------------------------------------------------------------------------------------------------------
def made(folder: Path, **changes: object) -> Case:
    return case(recording(folder), Order(note="a"), replace(NOW, **changes))  # type: ignore[arg-type] # by name


def test_equal_circumstances_give_equal_bytes(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)
    assert first.data == second.data
    assert first.private == second.private
    assert opened(first.data).manifest.facts["created"] == utc(NOW.created)


@pytest.mark.parametrize(
    "changes", [{"key": b"l" * 32}, {"created": 0.0}, {"variables": ()}], ids=["key", "time", "variables"]
)
def test_others_give_others(changes: dict[str, object], tmp_path: Path) -> None:
    assert made(tmp_path).data != made(tmp_path, **changes).data


def test_two_bundles_have_no_surrogate_in_common(tmp_path: Path) -> None:
    first, second = (made(tmp_path, key=key * 32).private["stands_for"] for key in (b"a", b"b"))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first.keys().isdisjoint(second.keys())
    assert sorted(map(str, first.values())) == sorted(map(str, second.values()))


# --- what stays -------------------------------------------------------------------------------------------------------
def test_the_map_stays_beside_it_and_says_so_first(tmp_path: Path, escalate: Escalate) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "case.zip"
        told = escalate(recording(tmp_path), "-o", path)[1]
    finally:
        os.umask(before)
    private = tmp_path / "case.private.json"
    assert f"{private}: yours alone, do not send it" in told
    assert {stat.S_IMODE(each.stat().st_mode) for each in (path, private)} == {0o600}
    found = json.loads(private.read_text("ascii"))
    assert next(iter(found)) == "do_not_send"
    assert found["do_not_send"].startswith("Keep this file and never send it")
    assert KEY_SECRET.decode() in found["stands_for"].values()
    assert found["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    names = {row.name: row.carried.secret.decode() for row in credentials_in(tmp_path / "in.mitm").rows}
    assert found["secrets"]
    assert {name: names[name] for name in found["secrets"]} == found["secrets"]
    for name in found["stands_for"]:
        assert name.encode() not in b"".join(PLANTED)


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("case.zip", "case.private.json"),
        ("case.zip.age", "case.private.json"),
        ("case", "case.private.json"),
        ("a.b.zip", "a.b.private.json"),
        (".zip", ".zip.private.json"),
    ],
)
def test_where_the_map_goes(name: str, private: str) -> None:
    assert private_path(Path("x") / name) == Path("x") / private


# --- for whom ---------------------------------------------------------------------------------------------------------
def test_it_is_encrypted_for_whom_it_is_meant(tmp_path: Path, escalate: Escalate) -> None:
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "case.zip"
    code, told = escalate(recording(tmp_path), "-o", path, "--encrypt-to", str(identity.to_public()))
    assert code == 0
    assert f"{path}: encrypted; the name stays as you gave it" in told
    data = path.read_bytes()
    assert data.startswith(b"age-encryption.org/v1")
    assert b"PK" not in data[:4]
    assert opened(pyrage.decrypt(data, [identity])).members
    assert left(tmp_path) == ["case.private.json", "case.zip", "in.mitm"]


# --- what goes wrong --------------------------------------------------------------------------------------------------
def test_a_secret_that_is_left_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, escalate: Escalate) -> None:
    real = escalating._Making._contents

    def leaking(self: escalating._Making) -> dict[str, bytes]:
        found = real(self)
        return {**found, "report.html": found["report.html"] + TOKEN[4:12]}

    monkeypatch.setattr(escalating._Making, "_contents", leaking)
    code, told = escalate(recording(tmp_path), "-o", tmp_path / "case.zip")
    assert code == 3
    assert "case.zip was not written: credential " in told
    assert "(report.html: plain)" in told
    assert left(tmp_path) == ["in.mitm"]


@pytest.mark.parametrize("member", ["README.txt", "report.json", "recording.har", "recording.mitm"])
@pytest.mark.parametrize("writing", ["plain", "hex", "gzip"])
def test_every_member_is_searched_in_every_writing(
    member: str, writing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = {"plain": TOKEN, "hex": TOKEN.hex().encode(), "gzip": gzip.compress(TOKEN)}[writing]
    real = escalating._Making._contents
    flow = b"%d:%s," % (len(value), value)

    def leaking(self: escalating._Making) -> dict[str, bytes]:
        found = real(self)
        return {**found, member: found[member] + (flow if member == "recording.mitm" else value)}

    monkeypatch.setattr(escalating._Making, "_contents", leaking)
    with pytest.raises(LeakFound, match=rf"credential \d+ \({member}: "):
        case(recording(tmp_path), Order(), NOW)


def test_chance_is_given_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, times = SelfCheck.in_output, iter([[Leak("plain", "credential 1")]])
    monkeypatch.setattr(SelfCheck, "in_output", lambda self, data: next(times, None) or real(self, data))
    assert [*case(recording(tmp_path), Order(), NOW).differing] == []


@pytest.mark.parametrize(
    ("source", "target", "code", "says"),
    [
        ("in.mitm", "in.mitm", 2, "would write over the recording"),
        ("in.mitm", "link.zip", 2, "would write over the recording"),
        ("x.private.json", "x.zip", 2, "would write over the recording"),
        ("in.mitm", os.devnull, 2, "is no file"),
        ("-", "case.zip", 2, "has to be a file"),
        (os.devnull, "case.zip", 2, "has to be a file"),
        ("in.mitm", "no/such/case.zip", 3, "cannot write"),
        ("no-such.mitm", "case.zip", 3, "No such file"),
        ("empty.mitm", "case.zip", 3, "is empty"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(  # noqa: PLR0917 - the columns of the table and fixtures
    source: str,
    target: str,
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    escalate: Escalate,
) -> None:
    path = recording(tmp_path)
    (tmp_path / "link.zip").symlink_to(path)
    (tmp_path / "empty.mitm").touch()
    (tmp_path / "x.private.json").write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    before = left(tmp_path)
    found = escalate(source, "-o", target)
    assert found[0] == code
    assert says in found[1]
    assert found[1].count("\n") == 1
    assert left(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    text = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
        "from why20003.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    target = tmp_path / "case.zip"
    command: list[str | Path] = [sys.executable, "-c", text, "escalate", recording(tmp_path), "-o", target]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr == f"why20003: cannot write {target}: File too large\n"
    assert left(tmp_path) == ["in.mitm"]


def test_an_older_map_outlives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it nobody could answer what is asked about the bundle that was sent already."""
    path = bundle(tmp_path)
    private = tmp_path / "case.private.json"
    before = private.read_bytes(), path.read_bytes()

    def failing(pieces: list[bytes], target: Path) -> None:
        if target == path:
            raise UnwritableFile(f"cannot write {target}: No space left on device")
        save(pieces, target)

    monkeypatch.setattr("why20003.printing.save", failing)
    assert main(["escalate", str(tmp_path / "in.mitm"), "-o", str(path)]) == 3
    assert (private.read_bytes(), path.read_bytes()) == before


HEARS_CTRL_C = (  # whatever starts the tests may have it ignored
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from why20003.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_nothing_half_written_stands_under_the_name(signal_: signal.Signals, tmp_path: Path) -> None:
    source, target = tmp_path / "in.mitm", tmp_path / "case.zip"
    source.write_bytes(b"".join(mitm([refused(basic(SID, TOKEN + b"\n"))])) * 20_000)
    command: list[str | Path] = [sys.executable, "-c", HEARS_CTRL_C, "escalate", source, "-o", target]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        time.sleep(1.5)
        running.send_signal(signal_)
        assert running.wait(timeout=60) != 0
    assert left(tmp_path) == ["in.mitm"]


@pytest.mark.parametrize("seed", range(12))
def test_made_up_captures_lose_what_was_planted(seed: int, tmp_path: Path) -> None:
    planted = capture(seed)
    source = written(tmp_path, planted.exchanges)
    try:
        found = opened(case(source, Order(), NOW).data)
    except NothingRefused:
        return
    for name in ("recording.har", "recording.mitm"):
        assert spotted(found.members[name], [*planted.secrets, *planted.personal]) == []


def test_another_account_is_no_leak(tmp_path: Path) -> None:
    made_of = (refused(basic(OTHER_SID[:7], TOKEN)), refused(basic(OTHER_SID, TOKEN), at=1))
    assert case(written(tmp_path, made_of), Order(), NOW).entries == 2
