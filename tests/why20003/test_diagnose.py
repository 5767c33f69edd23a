"""How ``diagnose`` hands out what it found; what stands in each format is in tests/test_outputs*.py."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzers.building import TOKEN
from why20003 import feeding
from why20003.cli import main

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "recordings" / "samples"
STRAY, BENIGN, FINE = (str(SAMPLES / f"{name}.mitm") for name in ("stray-characters", "challenge-first-client", "ok"))
# Whatever starts the tests may have Ctrl-C ignored, and children would inherit that.
PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from why20003.cli import main; sys.exit(main())"
)
FORMATS = ("text", "json", "ndjson", "sarif", "junit", "markdown", "html")
FORMAT_MODULES = {
    f"why20003.outputs.{name}"
    for name in ("json_document", "ndjson", "sarif", "junit", "markdown", "html_page", "text")
}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "diagnose", *arguments]


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401 - what subprocess takes
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, timeout=60, check=False, **more)


# --- where it goes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", FORMATS)
def test_a_file_gets_what_stdout_would(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", STRAY, "--format", shape]) == 1
    printed = capsys.readouterr().out

    assert main(["diagnose", STRAY, "--format", shape, "-o", str(tmp_path / "out")]) == 1

    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "out").read_text("utf-8") == printed
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name == "nt", reason="modes as POSIX has them")
def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = tmp_path / "report.html"
    before.write_text("what was here")
    before.chmod(0o644)

    assert main(["diagnose", STRAY, "--format", "html", "--output", str(before)]) == 1

    assert stat.S_IMODE(before.stat().st_mode) == 0o600
    assert "what was here" not in before.read_text("utf-8")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")

    main(["diagnose", STRAY, "-o", str(tmp_path / "link")])

    assert (tmp_path / "link").is_symlink()
    assert "stray-characters" in (tmp_path / "real").read_text("utf-8")


def test_a_dash_is_stdout(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["diagnose", STRAY, "-o", "-"]) == 1
    assert "stray-characters" in capsys.readouterr().out
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="needs /dev/null")
def test_a_device_stays_one() -> None:
    assert main(["diagnose", STRAY, "-o", "/dev/null"]) == 1
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("way", ["same", "link", "hard-link", "glob"])
def test_no_recording_is_overwritten(way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture, other = tmp_path / "a.mitm", tmp_path / "b"
    capture.write_bytes(Path(STRAY).read_bytes())
    if way == "link":
        other.symlink_to(capture)
    elif way == "hard-link":
        other.hardlink_to(capture)
    read = str(tmp_path / "*.mitm") if way == "glob" else str(capture)

    assert main(["diagnose", read, "-o", str(capture if way in {"same", "glob"} else other)]) == 2

    assert "--output is one of the recordings" in capsys.readouterr().err
    assert capture.read_bytes() == Path(STRAY).read_bytes()


@pytest.mark.parametrize(("name", "says"), [("", "it is a folder"), ("no/such/x", "No such file or directory")])
def test_a_file_that_cannot_be_written_is_one_line(
    name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", STRAY, "-o", str(tmp_path / name)]) == 3

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("why20003: cannot write ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("shape", ["text", "json", "markdown", "html"])
def test_nothing_read_leaves_what_was_there(shape: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")

    assert main(["diagnose", "no-such.har", "--format", shape, "-o", str(tmp_path / "out")]) == 3

    assert (tmp_path / "out").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_terminal_gets_json_indented(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["diagnose", STRAY, "--format", "json"])

    out = capsys.readouterr().out
    assert out == json.dumps(json.loads(out), indent=2, ensure_ascii=False) + "\n"


# --- what goes in -----------------------------------------------------------------------------------------------------


def test_mixed_recordings_and_standard_input() -> None:
    done = run(FINE, "-", STRAY, "--format", "json", input=Path(BENIGN).read_bytes())

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [recording["path"] for recording in found["recordings"]] == [FINE, "-", STRAY]
    assert [(one["recording"], one["cause"]) for one in found["diagnoses"]] == [(1, None), (2, "stray-characters")]


def test_a_folder_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", str(tmp_path)]) == 3

    err = capsys.readouterr().err
    assert "is a folder" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("shape", FORMATS)
@pytest.mark.parametrize(
    ("files", "code"), [([FINE], 0), ([BENIGN], 0), ([STRAY, FINE], 1), ([STRAY, "no-such.har"], 3)]
)
def test_the_exit_code_is_that_of_every_format(shape: str, files: list[str], code: int) -> None:
    assert main(["diagnose", *files, "--format", shape]) == code


# --- the end before the end -------------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_one_line_and_the_document_is_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = feeding.diagnosed_files

    def failing(names: list[str], expected: Any, **options: Any) -> Iterator[Any]:  # noqa: ANN401
        yield from whole(names[:1], expected, **options)
        raise ValueError(TOKEN.decode())

    monkeypatch.setattr(feeding, "diagnosed_files", failing)

    assert main(["diagnose", STRAY, FINE, "--format", "json"]) == 3

    out, err = capsys.readouterr()
    assert len(json.loads(out)["recordings"]) == 1
    assert "ValueError at test_diagnose.py:" in err
    assert err.count("\n") == 1
    assert TOKEN.decode() not in err


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("shape", ["text", "json", "ndjson", "junit"])
def test_ctrl_c_prints_what_was_found(shape: str) -> None:
    with subprocess.Popen(
        command(STRAY, "-", "--format", shape),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        shown = b""
        while b"has extra characters" not in shown:  # then it waits for standard input
            shown += os.read(process.stdout.fileno(), 1 << 16)
        process.send_signal(signal.SIGINT)
        shown += process.stdout.read()
        assert process.wait(timeout=20) == 130
        assert process.stderr.read() == b"why20003: interrupted; what was read until then is shown\n"
    match shape:
        case "json":
            assert [each["path"] for each in json.loads(shown)["recordings"]] == [STRAY]
        case "ndjson":
            assert json.loads(shown.splitlines()[-1])["summary"]["by_cause"] == {"stray-characters": 1}
        case "junit":
            assert shown.endswith(b"</testsuites>\n")


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_saves_what_was_found(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(STRAY, "-", "--format", "json", "-o", str(tmp_path / "out")), cwd=ROOT, stdin=subprocess.PIPE
    ) as process:
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
    assert len(json.loads((tmp_path / "out").read_text("utf-8"))["diagnoses"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="needs bash")
@pytest.mark.parametrize("shape", FORMATS)
def test_a_reader_that_goes_away_is_no_error(shape: str) -> None:
    files = " ".join([f"'{STRAY}'"] + [f"'{path}'" for path in sorted(SAMPLES.glob("s*.mitm"))])
    program = (
        f"'{sys.executable}' -c '{PROGRAM}' diagnose {files} --format {shape} | head -c 1; exit ${{PIPESTATUS[0]}}"
    )

    done = subprocess.run(["/bin/bash", "-c", program], cwd=ROOT, capture_output=True, timeout=60, check=False)

    assert done.returncode in {0, 1}  # by what was found until then
    assert (len(done.stdout), done.stderr) == (1, b"")


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", FORMATS)
def test_only_what_is_needed_is_loaded(shape: str) -> None:
    heavy = ["rich", "mitmproxy", "cryptography", "asyncio", "multiprocessing", "tornado", "why20003.sandbox.server"]
    heavy += [] if shape == "html" else ["jinja2"]
    heavy += ["msgspec"] if shape == "text" else []
    own = {f"why20003.commands.{name}" for name in ("proxy", "explain", "demo", "sandbox", "version")}
    needs = {"ndjson": {"json_document"}, "sarif": {"markdown"}, "html": {"html_page"}, "json": {"json_document"}}
    allowed = {f"why20003.outputs.{name}" for name in needs.get(shape, set()) | {shape}}
    program = (
        "import sys; from why20003.cli import main; main(sys.argv[1:]); "
        f"print(*sorted({set(heavy) | own | (FORMAT_MODULES - allowed)!r} & sys.modules.keys()), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "diagnose", STRAY, "--format", shape],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stderr.split() == []


def test_a_pipe_without_a_buffer_gets_all_of_it() -> None:
    files = [str(path) for path in sorted(SAMPLES.glob("*.mitm"))]
    done = run(*files, "--format", "json", env={**os.environ, "PYTHONUNBUFFERED": "1"})

    assert len(done.stdout) > 500_000
    assert len(json.loads(done.stdout)["recordings"]) == len(files)
