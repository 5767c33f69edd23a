"""mitmproxy and mitmweb draw their own screens: nothing may be printed there, and the flow carries the diagnosis."""

import fcntl
import json
import os
import pty
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from live import PATH, SECRETS, Proxy, leaked, request, upstream_proxy

from why20003.demo.play import sandbox
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE

TOOLS = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def tool(name: str, work: Path, *more: str) -> Iterator[tuple[Proxy, Path]]:
    """Mitmweb or the console, in front of the sandbox; gives the proxy and the file with what it printed."""
    printed = work / "printed"
    port = free_port()
    with sandbox(work) as (upstream, trusted), printed.open("wb") as out:
        command: list[str | Path] = [
            TOOLS / name,
            *("-s", "addon", "--listen-host", "127.0.0.1", "--listen-port", str(port)),
            *("--mode", f"upstream:http://127.0.0.1:{upstream}", "--set", f"confdir={work / 'conf'}"),
            *("--set", f"ssl_verify_upstream_trusted_ca={trusted}", *more),
        ]
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))  # the console needs a size
        process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "LINES": "40", "COLUMNS": "120"},
        )
        os.close(slave)
        try:
            _drain(master, out, until=lambda: _listens(port) and (work / "conf" / "mitmproxy-ca-cert.pem").exists())
            running = Mitmdump(work / "conf")
            running.port = port
            yield Proxy(running, printed, tls=True), printed
            _drain(master, out, seconds=1)
        finally:
            process.send_signal(signal.SIGTERM)
            _drain(master, out, until=lambda: process.poll() is not None)
            process.kill()
            process.wait()
            os.close(master)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _drain(master: int, out: object, *, until: object = None, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (callable(until) and until()):
        ready, _, _ = select.select([master], [], [], 0.1)
        if not ready:
            continue
        try:
            out.write(os.read(master, 65536))  # type: ignore[attr-defined] # a file
            out.flush()  # type: ignore[attr-defined] # a file
        except OSError:
            return


SWAPPED = httpx.BasicAuth(LIVE.auth_token, LIVE.sid)


def swapped() -> bytes:
    value = next(SWAPPED.auth_flow(httpx.Request("GET", "https://x"))).headers["authorization"]
    return request(b"Authorization: " + value.encode())


def test_mitmweb_shows_the_comment_and_prints_nothing_of_ours(tmp_path: Path) -> None:
    web = free_port()
    options: tuple[str, ...] = ("--no-web-open-browser", "--web-port", str(web), "--set", "web_password=x")
    if (
        subprocess.run([TOOLS / "mitmweb", "--options"], capture_output=True, text=True, check=True).stdout.find(
            "web_password"
        )
        < 0
    ):
        options = options[:3]
    with tool("mitmweb", tmp_path, *options) as (proxy, printed):
        answer = proxy.send(swapped())
        assert json.loads(answer.body)["why20003"]["cause"] == "halves-swapped"
        with urllib.request.urlopen(f"http://127.0.0.1:{web}/flows?token=x", timeout=10) as page:
            flows = json.load(page)
    assert flows[0]["comment"].startswith("halves-swapped (confirmed)")
    assert flows[0]["marked"] == "\N{LARGE RED CIRCLE}"
    told = printed.read_text(errors="replace")
    assert "halves-swapped" not in told
    assert leaked(told, *SECRETS) == []


def test_the_console_starts_and_annotates(tmp_path: Path) -> None:
    with tool("mitmproxy", tmp_path) as (proxy, printed):
        answer = proxy.send(swapped())
    assert json.loads(answer.body)["why20003"]["cause"] == "halves-swapped"
    told = printed.read_text(errors="replace")
    assert "Traceback" not in told
    assert "Exchange the two" not in told


def test_http2_is_diagnosed(tmp_path: Path) -> None:
    # Without upstream_cert mitmproxy offers HTTP/2 whatever the server speaks. curl prefers it; httpx does not.
    with upstream_proxy(tmp_path, "--set", "upstream_cert=false") as proxy:
        curl = [
            "curl",
            "--silent",
            "--proxy",
            f"http://127.0.0.1:{proxy.running.port}",
            "--write-out",
            "\n%{http_version}",
        ]
        curl += ["--cacert", str(proxy.running.certificate), f"https://api.twilio.com{PATH}"]
        refused = subprocess.run(
            [*curl, "-u", f"{LIVE.auth_token}:{LIVE.sid}"], capture_output=True, text=True, check=True
        )
        good = subprocess.run(
            [*curl, "-u", f"{LIVE.sid}:{LIVE.auth_token}"], capture_output=True, text=True, check=True
        )
    body, _, version = refused.stdout.rpartition("\n")
    assert version == "2"
    assert json.loads(body)["why20003"]["cause"] == "halves-swapped"
    assert "why20003" not in good.stdout


def test_tls_of_another_host_keeps_its_own_certificate(tmp_path: Path) -> None:
    with upstream_proxy(tmp_path) as proxy:
        trust = ssl.create_default_context(cafile=str(tmp_path / "sandbox-ca.pem"))
        with httpx.Client(proxy=f"http://127.0.0.1:{proxy.running.port}", verify=trust) as client:
            answer = client.get("https://bank.example/redirect/302/https://x.example/")
        told = proxy.running.stop()
    assert answer.status_code == 302
    assert "bank.example/redirect" not in told


def test_a_bad_option_is_one_clear_line(tmp_path: Path) -> None:
    command: list[str | Path] = [
        TOOLS / "mitmdump",
        "-s",
        "addon",
        "--set",
        "why20003_scope=https://x",
        "--set",
        f"confdir={tmp_path}",
        "-n",
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 1
    assert "why20003_scope: 'https://x' is no host glob" in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr


@pytest.mark.npm
def test_twilio_node_shows_the_sentence_in_its_own_error(tmp_path: Path) -> None:
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "twilio"], cwd=tmp_path, check=True, timeout=300
    )
    program = (
        f"require('twilio')({LIVE.sid!r}, {LIVE.auth_token[::-1]!r} + ' ').messages"
        ".create({to: '+15005550006', from: '+15005550006', body: 'x'}).catch(e => console.log(e.code, e.message))"
    )
    with upstream_proxy(tmp_path) as proxy:
        address = f"http://127.0.0.1:{proxy.running.port}"
        variables = {**os.environ, "HTTP_PROXY": address, "NODE_EXTRA_CA_CERTS": str(proxy.running.certificate)}
        run = subprocess.run(
            ["node", "-e", program], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60, check=True
        )
    assert run.stdout.startswith(
        "20003 Authenticate [why20003: The password has extra characters: blank (0x20) after 32"
    )
