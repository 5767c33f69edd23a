"""Recording without secrets: the real mitmdump writes while traffic passes, and no credential touches the disk."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from canary import spotted
from live import Proxy, request
from mitmproxy import io as mitm_io

from analyzers.capture import diagnose_all
from recordings.opening import open_recording
from why20003.demo.play import sandbox
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE, STANDARD_KEY

PAIR = f"{LIVE.sid}:{LIVE.auth_token}".encode()
ENCODED = base64.b64encode(PAIR)
SECRETS = (LIVE.auth_token.encode(), STANDARD_KEY.secret.encode())
HEADS = (
    request(b"Authorization: Basic " + ENCODED),
    request(b"Authorization: Basic " + base64.b64encode(PAIR + b"\n")),
    request(b"Authorization: Basic " + base64.b64encode(f"{LIVE.auth_token}:{LIVE.sid}".encode())),
    request(b"Authorization: Basic " + ENCODED[:60] + b"\n" + ENCODED[60:]),
    request(b"Authorization : Basic " + ENCODED),
    request(b"Cookie: a=" + SECRETS[0]),
    request(path=f"/2010-04-01/Accounts/{LIVE.sid}.json?AuthToken={LIVE.auth_token}"),
)


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below, but the proxy's own keys, and every name."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if "mitmproxy-" not in name}


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[Proxy, Path]]:
    """A reverse proxy that records redacted, all it writes below one folder."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir(mode=0o700)
    work.mkdir()
    capture = home / "redacted.mitm"
    with sandbox(work) as (port, _):
        arguments = ["-s", "addon", "--mode", f"reverse:https://127.0.0.1:{port}", "--set", "keep_host_header=true"]
        arguments += ["--set", "ssl_insecure=true", "--set", f"why20003_record={capture}"]
        environment = {**os.environ, "TMPDIR": str(home), "HOME": str(home)}
        with Mitmdump(home, arguments, environment=environment) as running:
            yield Proxy(running, capture, tls=False), home


def test_no_secret_touches_the_disk(proxy: tuple[Proxy, Path]) -> None:
    running, home = proxy
    for head in HEADS:
        running.send(head)
    told = running.running.stop()
    found = everything_in(home)
    assert [name for name, data in found.items() if spotted(data + name.encode(), SECRETS)] == []
    assert spotted(told.encode(), SECRETS) == []
    assert oct(running.capture.stat().st_mode)[-3:] == "600"
    exchanges = open_recording(running.capture).exchanges
    assert len(exchanges) == len(HEADS)
    causes = [each.diagnosis.top.cause if each.diagnosis and each.diagnosis.top else None for each in
              diagnose_all(exchanges, b"key")]  # fmt: skip
    assert causes[:5] == [
        *(None, "stray-characters", "halves-swapped", "base64-line-wrapped", "header-name-misspelt"),
    ]


def test_the_answer_is_recorded_as_it_came_and_annotated_for_the_client(proxy: tuple[Proxy, Path]) -> None:
    running, _ = proxy
    answer = running.send(HEADS[1])
    assert b"why20003" in answer.body
    (recorded,) = open_recording(running.capture).exchanges
    assert recorded.response is not None
    assert json.loads(recorded.response.body)["code"] == 20003
    assert b"why20003" not in recorded.response.body.lower()


def test_mitmproxy_reads_it(proxy: tuple[Proxy, Path]) -> None:
    running, _ = proxy
    running.send(HEADS[0])
    running.send(HEADS[0])
    with running.capture.open("rb") as file:
        flows = [*mitm_io.FlowReader(file).stream()]
    assert len({flow.id for flow in flows}) == 2


def test_a_killed_proxy_leaves_every_exchange_before_the_kill(proxy: tuple[Proxy, Path]) -> None:
    running, home = proxy
    for head in HEADS[:3]:
        running.send(head)
    os.kill(running.running.pid, signal.SIGKILL)
    time.sleep(0.2)
    found = open_recording(running.capture)
    assert (len(found.exchanges), found.truncated) == (3, False)
    assert [name for name, data in everything_in(home).items() if spotted(data, SECRETS)] == []


# --- the command ------------------------------------------------------------------------------------------------------
def proxied(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """`why20003 proxy` with a stand-in for mitmdump that prints its arguments."""
    script = home / "mitmdump.py"
    script.write_text(f"#!{sys.executable}\nimport json, sys\nprint('ARGUMENTS', json.dumps(sys.argv[1:]))\n")
    script.chmod(0o700)
    text = (
        "import sys, why20003.mitmdump, pathlib; why20003.mitmdump.program = lambda: pathlib.Path(sys.argv[1]);"
        "from why20003.cli import main; sys.exit(main(sys.argv[2:]))"
    )
    command = [sys.executable, "-c", text, script, "proxy", "--port", "18765", "--confdir", home / "conf", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=home)


def arguments_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    line = next(line for line in done.stdout.splitlines() if line.startswith("ARGUMENTS"))
    found: list[str] = json.loads(line.removeprefix("ARGUMENTS "))
    return found


@pytest.mark.parametrize(
    ("options", "recorded", "raw", "warned"),
    [
        ((), "conf/recordings/", False, False),
        (("--record", "redacted"), "conf/recordings/", False, False),
        (("--record", "none"), None, False, False),
        (("--record", "raw"), None, True, True),
        (("--record", "raw", "--recording", "a.mitm"), None, True, True),
        (("--recording", "a.mitm"), "a.mitm", False, False),
        (("--record", "a.mitm"), "a.mitm", False, False),
        (("--record", "none", "--", "-w", "own.mitm"), None, True, True),
    ],
)
def test_what_is_recorded_is_what_was_asked_for(
    options: tuple[str, ...], recorded: str | None, raw: bool, warned: bool, tmp_path: Path
) -> None:
    done = proxied(*options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = arguments_of(done)
    own = [each.partition("=")[2] for each in found if each.startswith("why20003_record=")]
    assert (recorded in own[0] if own else False) is (recorded is not None) if recorded else own == []
    assert ("-w" in found) is raw
    assert ("as they are" in done.stderr) is warned
    assert ("It holds your credentials" in done.stdout) is ("raw" in options)
    for path in (tmp_path / "conf").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--record", "none", "--recording", "a.mitm"), "with --record none nothing is recorded"),
        (("--record", "x.mitm", "--recording", "a.mitm"), "expected redacted, raw or none beside --recording"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = proxied(*options, home=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
