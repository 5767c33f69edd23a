import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

import canary
import pytest
from canary import spotted
from made_captures import capture

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings.mitm_writing import mitm
from recordings.opening import open_recording
from recordings.redact import Leak, Redactor
from recordings.self_check import SelfCheck
from why20003 import redacting
from why20003.cli import main
from why20003.sandbox.accounts import every_secret

SAMPLES = Path(__file__).resolve().parents[2] / "recordings" / "samples"
NAMES = sorted(path.name for path in SAMPLES.glob("*.mitm"))
PHONE = b"To=%2B4915112345678&Body=Meet+Zdenka+at+the+harbour"
MIXED = (
    accepted(basic(KEY, KEY_SECRET), at=1, body=PHONE),
    refused(basic(SID, TOKEN + b"\n"), at=2, body=PHONE),
    refused(None, at=3, extra=((b"Cookie", b"session=" + TOKEN),)),
)
PLANTED = (TOKEN, KEY_SECRET, b"4915112345678", b"Zdenka")

Redact = Callable[..., tuple[int, str]]


@pytest.fixture
def redact(capsys: pytest.CaptureFixture[str]) -> Redact:
    """Runs the command; nothing of a secret is ever said."""

    def run(*arguments: str | Path) -> tuple[int, str]:
        code = main(["redact", *map(str, arguments)])
        told = capsys.readouterr()
        assert told.out == ""
        assert spotted(told.err.encode(), PLANTED) == []
        return code, told.err

    return run


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "in.mitm"
    path.write_bytes(b"".join(mitm(MIXED)))
    return path


def verdicts(path: Path) -> list[object]:
    results = diagnose_all(open_recording(path).exchanges, b"key")
    return [
        [(one.cause, one.verdict, one.nested_under) for one in result.diagnosis.findings] if result.diagnosis else None
        for result in results
    ]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ["mitm", "har"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_keeps_its_diagnosis_and_loses_its_secrets(
    name: str, ending: str, tmp_path: Path, redact: Redact
) -> None:
    target = tmp_path / f"out.{ending}"
    code, told = redact(SAMPLES / name, "-o", target)
    assert (code, told.count("\n")) == (0, 1), told
    # A HAR is read in the order of its times, a capture in its own.
    assert sorted(verdicts(target), key=str) == sorted(verdicts(SAMPLES / name), key=str)
    layers = [text for _, text in canary.layers((SAMPLES / name).read_bytes())]
    planted = [one.encode() for one in every_secret() if any(one.encode() in text for text in layers)]
    assert spotted(target.read_bytes(), planted) == []
    assert open_recording(target).format == ending


def test_what_was_replaced_and_what_was_not_is_said(mixed: Path, tmp_path: Path, redact: Redact) -> None:
    target = tmp_path / "out.har"
    code, told = redact(mixed, "-o", target)
    assert code == 0
    assert told.startswith(f"why20003: {target}: 3 exchanges; replaced 2 credentials, ")
    assert "2 message bodies" in told
    assert told.endswith("times, statuses, header names, SIDs and what Twilio said stay\n")
    data = target.read_bytes()
    assert spotted(data, PLANTED) == []
    assert SID in data


def test_sids_go_when_asked(mixed: Path, tmp_path: Path, redact: Redact) -> None:
    target = tmp_path / "out.har"
    code, told = redact(mixed, "-o", target, "--hide-sids")
    assert code == 0
    assert "SIDs and what Twilio said stay" not in told
    assert " SID" in told
    assert SID not in target.read_bytes()


def test_expected_credentials_go_too(tmp_path: Path, redact: Redact) -> None:
    path, target = tmp_path / "in.mitm", tmp_path / "out.mitm"
    path.write_bytes(b"".join(mitm([refused(None, extra=((b"X-Note", b"see " + TOKEN),))])))
    (tmp_path / ".env").write_text(f"TWILIO_AUTH_TOKEN={TOKEN.decode()}\n")
    assert redact(path, "-o", target, "--expect", tmp_path / ".env")[0] == 0
    assert spotted(target.read_bytes(), [TOKEN]) == []


@pytest.mark.parametrize(
    ("source", "target", "form"),
    [
        ("in.mitm", "out.mitm", "mitm"),
        ("in.mitm", "out.har", "har"),
        ("in.mitm", "out", "mitm"),
        ("in.har", "out", "har"),
        ("in.har", "out.MITM", "mitm"),
        ("in.zip", "out.txt", "mitm"),
    ],
)
def test_the_name_says_as_what_it_is_written(  # noqa: PLR0917 - the columns of the table and fixtures
    source: str, target: str, form: str, mixed: Path, tmp_path: Path, redact: Redact
) -> None:
    if source == "in.har":
        assert main(["export", str(mixed), "-o", str(tmp_path / source)]) == 0
    if source == "in.zip":
        with zipfile.ZipFile(tmp_path / source, "w") as archive:
            archive.write(mixed, "a.mitm")
            archive.write(SAMPLES / "ok.mitm", "b.mitm")
    assert redact(tmp_path / source, "-o", tmp_path / target)[0] == 0
    found = open_recording(tmp_path / target)
    assert found.format == form
    assert len(found.exchanges) == len(MIXED) + (source == "in.zip")


def test_two_redactions_have_no_surrogate_in_common(mixed: Path, tmp_path: Path, redact: Redact) -> None:
    for name in ("a.mitm", "b.mitm"):
        assert redact(mixed, "-o", tmp_path / name)[0] == 0
    first, second = (
        {exchange.request.first(b"authorization") for exchange in open_recording(tmp_path / name).exchanges} - {None}
        for name in ("a.mitm", "b.mitm")
    )
    assert len(first) == 2
    assert first.isdisjoint(second)


# --- where it goes ----------------------------------------------------------------------------------------------------
def test_standard_input_is_read(mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redact: Redact) -> None:
    pipe = SimpleNamespace(buffer=io.BytesIO(mixed.read_bytes()), fileno=lambda: -1)
    monkeypatch.setattr(sys, "stdin", pipe)
    monkeypatch.chdir(tmp_path)
    assert redact("-", "-o", "out.mitm")[0] == 0
    assert verdicts(tmp_path / "out.mitm") == verdicts(mixed)
    assert left(tmp_path) == ["in.mitm", "out.mitm"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_read(mixed: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "why20003.cli",
        "redact",
        tmp_path / "pipe",
        "-o",
        tmp_path / "out.mitm",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        (tmp_path / "pipe").write_bytes(mixed.read_bytes())
        assert running.wait(timeout=60) == 0
    assert verdicts(tmp_path / "out.mitm") == verdicts(mixed)


def test_it_is_private_from_its_first_byte(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redact: Redact
) -> None:
    seen: set[int] = set()
    real = SelfCheck.in_output

    def looking(self: SelfCheck, data: bytes) -> list[Leak]:
        seen.update(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(".out*"))
        return real(self, data)

    monkeypatch.setattr(SelfCheck, "in_output", looking)
    before = os.umask(0)
    try:
        assert redact(mixed, "-o", tmp_path / "out.mitm")[0] == 0
    finally:
        os.umask(before)
    assert seen == {0o600}
    assert stat.S_IMODE((tmp_path / "out.mitm").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("source", "target", "code", "says"),
    [
        ("in.mitm", "in.mitm", 2, "would write over the recording"),
        ("in.mitm", "link.mitm", 2, "would write over the recording"),
        ("in.mitm", "hard.mitm", 2, "would write over the recording"),
        ("link.mitm", "in.mitm", 2, "would write over the recording"),
        ("in.mitm", os.devnull, 2, "is no file"),
        ("in.mitm", ".", 3, "it is a folder"),
        ("in.mitm", "no/such/out.mitm", 3, "cannot write"),
        ("no-such.mitm", "out.mitm", 3, "No such file"),
        ("empty.mitm", "out.mitm", 3, "is empty"),
        ("picture.png", "out.mitm", 3, "is a picture"),
        ("nothing.har", "out.mitm", 3, "no HTTP exchange"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(  # noqa: PLR0917 - the columns of the table and fixtures
    source: str,
    target: str,
    code: int,
    says: str,
    mixed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    redact: Redact,
) -> None:
    (tmp_path / "link.mitm").symlink_to(mixed)
    (tmp_path / "hard.mitm").hardlink_to(mixed)
    (tmp_path / "empty.mitm").touch()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "nothing.har").write_text('{"log": {"version": "1.2", "entries": []}}')
    monkeypatch.chdir(tmp_path)
    before, content = left(tmp_path), mixed.read_bytes()
    found = redact(source, "-o", target)
    assert found[0] == code
    assert says in found[1]
    assert found[1].count("\n") == 1
    assert left(tmp_path) == before
    assert mixed.read_bytes() == content


def test_what_could_not_be_read_is_said(mixed: Path, tmp_path: Path, redact: Redact) -> None:
    mixed.write_bytes(mixed.read_bytes()[:-50])
    code, told = redact(mixed, "-o", tmp_path / "out.mitm")
    assert code == 0
    assert f"{mixed}: the file is cut off; what stands before the cut is there" in told
    assert len(open_recording(tmp_path / "out.mitm").exchanges) == 2


# --- what goes wrong on the way ---------------------------------------------------------------------------------------
def test_a_secret_that_is_left_stops_it(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redact: Redact
) -> None:
    keys: list[bytes] = []

    class Forgetful(Redactor):
        def __init__(self, key: bytes, *, hide_sids: bool = False) -> None:
            super().__init__(key, hide_sids=hide_sids)
            keys.append(key)

        def redact(self, exchange: Exchange) -> Exchange:
            made = super().redact(exchange)
            return replace(made, request=replace(made.request, headers=(*made.request.headers, (b"X", TOKEN[:7]))))

    monkeypatch.setattr(redacting, "Redactor", Forgetful)
    code, told = redact(mixed, "-o", tmp_path / "out.mitm")
    assert code == 3
    assert "out.mitm was not written: credential " in told
    assert "(plain)" in told
    assert len(keys) == len({*keys}) > 1
    assert left(tmp_path) == ["in.mitm"]


def test_chance_is_given_another_key(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redact: Redact
) -> None:
    real, times = SelfCheck.in_output, iter([[Leak("plain", "credential 1")]])
    monkeypatch.setattr(SelfCheck, "in_output", lambda self, data: next(times, None) or real(self, data))
    assert redact(mixed, "-o", tmp_path / "out.mitm")[0] == 0
    assert verdicts(tmp_path / "out.mitm") == verdicts(mixed)
    assert left(tmp_path) == ["in.mitm", "out.mitm"]


HEARS_CTRL_C = (  # whatever starts the tests may have it ignored
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from why20003.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_nothing_half_written_stands_under_the_name(signal_: signal.Signals, tmp_path: Path) -> None:
    source, target = tmp_path / "in.mitm", tmp_path / "out.mitm"
    source.write_bytes(b"".join(mitm([refused(basic(SID, TOKEN), body=PHONE)])) * 20_000)
    command: list[str | Path] = [sys.executable, "-c", HEARS_CTRL_C, "redact", source, "-o", target]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.glob(".out*")):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        running.send_signal(signal_)
        assert running.wait(timeout=30) != 0
    assert not target.exists()
    if signal_ is signal.SIGINT:
        assert left(tmp_path) == ["in.mitm"]
    for path in tmp_path.glob(".out*"):
        assert spotted(path.read_bytes()[:200_000], [TOKEN]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
def test_a_full_disk_leaves_nothing(mixed: Path, tmp_path: Path) -> None:
    text = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000));"
        "from why20003.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    target = tmp_path / "out.mitm"
    command: list[str | Path] = [sys.executable, "-c", text, "redact", mixed, "-o", target]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr == f"why20003: cannot write {target}: File too large\n"
    assert left(tmp_path) == ["in.mitm"]


# --- much -------------------------------------------------------------------------------------------------------------
def many(count: int) -> Iterator[Exchange]:
    random = Random(3)
    words = [bytes(random.choice(b"0123456789abcdef") for _ in range(32)) for _ in range(5)]
    for number in range(count):
        phone = b"".join(b"%d" % random.randrange(10) for _ in range(11))
        body = b"To=%%2B%s&Body=Number+%d" % (phone, number)
        build = refused if number % 10 == 0 else accepted
        yield build(basic(SID, random.choice(words)), at=number, body=body)


def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    text = (
        "import resource, sys; from why20003.cli import main; code = main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    peaks = []
    for count in (500, 6000):
        source, target = tmp_path / f"{count}.mitm", tmp_path / f"{count}.out.mitm"
        source.write_bytes(b"".join(mitm(many(count))))
        command: list[str | Path] = [sys.executable, "-c", text, "redact", source, "-o", target]
        done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout))
        assert sum(1 for _ in open_recording(target).exchanges) == count
    assert peaks[1] - peaks[0] < 40_000  # kB; the recording itself has 20 MB


@pytest.mark.parametrize("seed", range(40))
def test_made_up_captures_lose_what_was_planted(seed: int, tmp_path: Path, redact: Redact) -> None:
    made = capture(seed)
    source = tmp_path / "in.mitm"
    source.write_bytes(b"".join(mitm(made.exchanges)))
    for ending in ("mitm", "har"):
        target = tmp_path / f"out.{ending}"
        code, told = redact(source, "-o", target)
        assert code == 0, told
        assert spotted(target.read_bytes(), [*made.secrets, *made.personal]) == []
        json.dumps(told)


def test_mitmproxy_opens_it(mixed: Path, tmp_path: Path, redact: Redact) -> None:
    assert redact(mixed, "-o", tmp_path / "out.mitm")[0] == 0
    again = tmp_path / "again.mitm"
    mitmdump = Path(sys.executable).with_name("mitmdump")
    if not mitmdump.exists():
        found = shutil.which("mitmdump")
        assert found is not None
        mitmdump = Path(found)
    command: list[str | Path] = [mitmdump, "-nr", tmp_path / "out.mitm", "-w", again, "-q"]
    done = subprocess.run(
        [*command, "--set", f"confdir={tmp_path / 'conf'}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert verdicts(again) == verdicts(mixed)


def test_an_equal_credential_stays_equal(tmp_path: Path, redact: Redact) -> None:
    source, target = tmp_path / "in.mitm", tmp_path / "out.mitm"
    source.write_bytes(b"".join(mitm([refused(GOOD), refused(GOOD, at=1), refused(basic(SID, TOKEN[:-1]), at=2)])))
    assert redact(source, "-o", target)[0] == 0
    first, second, third = (each.request.first(b"authorization") for each in open_recording(target).exchanges)
    assert first == second != third
