import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from why20003.sandbox import LIVE, run, serve
from why20003.sandbox.__main__ import main

ROOT = Path(__file__).parents[3]


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "why20003.sandbox", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_program(tmp_path: Path, leaks: Callable[[str], list[str]], number: signal.Signals) -> None:
    ca = tmp_path / "ca.pem"
    with start("--ca", str(ca)) as program:
        assert program.stdout is not None
        ready = program.stdout.readline()
        try:
            port = int(ready.removeprefix("ready port="))
            url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{LIVE.sid}/Calls.json"
            httpx.get(url, auth=(LIVE.auth_token, LIVE.sid), trust_env=False)
        finally:
            program.send_signal(number)
        out, err = program.communicate(timeout=30)
    assert out == (
        "401/20003 GET http://localhost/2010-04-01/Accounts/AC5a4d…0001/Calls.json"
        " | Authentication Error - invalid username"
        " | the user name is no SID but 32 characters, lower-case hex\n"
    )
    assert (program.returncode, err) == (0, "")
    assert ca.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert ca.stat().st_mode & 0o777 == 0o644
    assert leaks(ready + out) == []


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_it_ends_when_nobody_reads_its_log() -> None:
    with start() as program:
        assert program.stdout is not None
        port = int(program.stdout.readline().removeprefix("ready port="))
        program.stdout.close()
        with suppress(httpx.RemoteProtocolError):  # it may end before it answers
            httpx.get(f"http://127.0.0.1:{port}/2010-04-01", trust_env=False)
        assert program.wait(timeout=30) == 0


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 3
    expected = f"why20003 sandbox: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    assert capsys.readouterr() == ("", expected)


@pytest.mark.parametrize(
    ("host", "port", "says"),
    [
        pytest.param("127.0.0.1", 70000, "port 70000 does not exist; choose one from 0 to 65535", id="no-such-port"),
        pytest.param("192.0.2.1", 0, "cannot listen on 192.0.2.1 port 0: ", id="foreign-address"),
    ],
)
def test_it_cannot_listen(capsys: pytest.CaptureFixture[str], host: str, port: int, says: str) -> None:
    assert run(host, port) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"why20003 sandbox: {says}")
    assert err.count("\n") == 1


def test_the_ca_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ca_path=tmp_path / "missing" / "ca.pem") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("why20003 sandbox: cannot write the CA certificate to ")
    assert err.endswith("ca.pem: No such file or directory\n")


async def test_serve_until_told_to_stop() -> None:
    lines: list[str] = []
    stop = asyncio.Event()

    def log(line: str) -> None:
        lines.append(line)
        stop.set()

    async with asyncio.timeout(5):
        await serve(log=log, stop=stop)
    assert lines[0].startswith("ready port=")
