"""The commands that start something: proxy, sandbox, demo. Each as the program that a user starts."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live import SECRETS, Proxy, leaked, request

from recordings.opening import open_recording
from why20003.demo.faults import PLAYS
from why20003.demo.play import sandbox
from why20003.mitmdump import Mitmdump, MitmdumpError
from why20003.sandbox import LIVE

PROGRAM = str(Path(sys.executable).with_name("why20003"))


def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, *map(str, arguments)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def confdir_of(command: str, folder: Path) -> list[str]:
    return ["--confdir", str(folder)] if command == "proxy" else []


@contextmanager
def occupied() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [PROGRAM, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.terminate()  # not SIGINT: whatever starts the tests in the background has that ignored
        try:
            process.communicate(timeout=20)
        finally:
            process.kill()


@pytest.mark.parametrize("command", ["proxy", "sandbox"])
def test_a_port_in_use_is_one_clear_line(command: str, tmp_path: Path) -> None:
    with occupied() as port:
        done = run(command, "--port", str(port), *confdir_of(command, tmp_path))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert f"port {port} on 127.0.0.1 is in use; choose another with --port" in done.stderr


@pytest.mark.parametrize("command", ["proxy", "sandbox"])
def test_an_impossible_port_is_one_clear_line(command: str, tmp_path: Path) -> None:
    done = run(command, "--port", "70000", *confdir_of(command, tmp_path))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "port 70000 does not exist" in done.stderr


def test_a_confdir_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = run("proxy", "--confdir", tmp_path / "file" / "below")
    assert done.returncode == 3
    assert done.stderr.startswith("why20003: cannot use the folder ")
    assert done.stderr.endswith("choose another with --confdir\n")


def test_a_recording_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    done = run("proxy", "--confdir", tmp_path / "c", "--record", tmp_path)
    assert done.returncode == 3
    assert done.stderr == f"why20003: cannot write the recording {tmp_path}: Is a directory\n"


@pytest.mark.parametrize("command", ["proxy", "sandbox", "demo"])
def test_an_unknown_option_is_wrong_usage(command: str) -> None:
    done = run(command, "--frobnicate")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--frobnicate" in done.stderr


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


def test_the_proxy_is_private_and_explains(tmp_path: Path) -> None:
    confdir, capture = tmp_path / "conf", tmp_path / "repro.mitm"
    capture.touch(0o644)  # an older recording that everybody may read becomes private, too
    with occupied() as port:
        pass
    with sandbox(tmp_path) as (upstream, trusted):
        more = ["--mode", f"upstream:http://127.0.0.1:{upstream}", "--set", f"ssl_verify_upstream_trusted_ca={trusted}"]
        options = ("proxy", "--port", str(port), "--confdir", confdir, "--record", capture)
        with started(*options, "--", *more) as process:
            assert process.stdout is not None
            told = ""
            for line in process.stdout:
                told += line
                if "listening" in line:
                    break
            running = Mitmdump(confdir)
            running.port = port
            answer = Proxy(running, capture, tls=True).send(request(b"Authorization: Basic Og=="))
            assert b'"cause":"unset-credentials"' in answer.body
    assert f"export HTTPS_PROXY=http://127.0.0.1:{port}" in told
    assert f"Recording to {capture}, without secrets" in told
    assert stat.S_IMODE(confdir.stat().st_mode) == 0o700
    assert stat.S_IMODE(capture.stat().st_mode) == 0o600
    assert {name: mode for name, mode in modes(confdir).items() if mode & 0o077} == {}
    assert open_recording(capture).exchanges


def test_the_sandbox_prints_its_accounts_and_its_port(tmp_path: Path) -> None:
    certificate = tmp_path / "ca.pem"
    with started("sandbox", "--port", "0", "--ca", certificate) as process:
        assert process.stdout is not None
        told = "".join(process.stdout.readline() for _ in range(4))
        assert "BEGIN CERTIFICATE" in certificate.read_text()
    assert LIVE.sid in told
    assert "ready port=" in told


def test_the_demo_explains_every_fault(tmp_path: Path) -> None:
    capture = tmp_path / "demo.mitm"
    done = run("demo", "--keep", capture, HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    faults = [play for play in PLAYS if play.cause is not None]
    assert len(faults) >= 8
    assert f"{len(faults)} of {len(faults)} faults explained inside the client's own exception" in done.stdout
    for play in PLAYS:
        assert play.name in done.stdout
        assert play.cause is None or play.cause in done.stdout
    assert "why20003 proxy" in done.stdout
    assert stat.S_IMODE(capture.stat().st_mode) == 0o600
    assert leaked(done.stdout + done.stderr, *SECRETS) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("why20003-demo-")] == []


def test_a_mitmdump_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(MitmdumpError, match=r"mitmdump did not start: .*unrecognized arguments: --frobnicate"),
        Mitmdump(tmp_path, ["--frobnicate"]),
    ):
        pass
