"""The real mitmdump when things go wrong: killed, a full disk, a cause that raises or sleeps. The traffic goes on."""

import contextlib
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import request, reverse_proxy, upstream_proxy

from analyzers.building import SID, TOKEN, basic
from recordings.opening import open_recording
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE

ASKED = re.compile(rb"SM([0-9a-f]{32})")
LATE = "stray-characters"


def numbered(number: int, password: bytes = b"") -> bytes:
    """A request that says its number in a SID, which stays when a recording is redacted."""
    secret = password or LIVE.auth_token.encode()
    path = f"/2010-04-01/Accounts/{LIVE.sid}/Messages/SM{number:032x}.json"
    return request(b"Authorization: " + basic(LIVE.sid.encode(), secret), path=path)


def numbers_in(path: Path) -> set[int]:
    found = (ASKED.search(exchange.request.target) for exchange in open_recording(path).exchanges)
    return {int(one[1], 16) for one in found if one}


def kill(running: Mitmdump) -> None:
    os.kill(running.pid, signal.SIGKILL)


def test_killed_at_any_moment_every_completed_exchange_is_in_the_recordings(tmp_path: Path) -> None:
    redacted, done = tmp_path / "redacted.mitm", [set[int]() for _ in range(4)]
    with reverse_proxy(tmp_path, "--set", f"why20003_record={redacted}", "--set", "flow_detail=0") as proxy:

        def ask(worker: int) -> None:
            for number in range(worker, 4000, 4):
                password = TOKEN if number % 3 == 0 else b""
                try:
                    answers = proxy.converse(numbered(number, password))
                except OSError:
                    return
                if not answers[0].status:
                    return
                done[worker].add(number)

        workers = [threading.Thread(target=ask, args=(worker,)) for worker in range(4)]
        for worker in workers:
            worker.start()
        while sum(map(len, done)) < 120:
            time.sleep(0.01)
        kill(proxy.running)
        for worker in workers:
            worker.join()
        completed = set().union(*done)
        assert len(completed) >= 120
        for path in (redacted, proxy.capture):
            assert completed - numbers_in(path) == set()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_is_one_warning_and_once_there_is_room_the_recording_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "redacted.mitm"
    with upstream_proxy(tmp_path, "--set", f"why20003_record={path}", "-w", "/dev/null") as proxy:
        assert proxy.send(numbered(1)).status
        unlimited = resource.prlimit(proxy.running.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(proxy.running.pid, resource.RLIMIT_FSIZE, (path.stat().st_size + 500, unlimited[1]))
        assert all(proxy.send(numbered(number)).status for number in range(2, 8))
        resource.prlimit(proxy.running.pid, resource.RLIMIT_FSIZE, unlimited)
        assert proxy.send(numbered(8)).status
        told = proxy.running.stop()
    assert told.count("the recording cannot be written") == 1
    assert "6 exchanges are missing from the recording" in told
    assert numbers_in(path) == {1, 8}
    assert open_recording(path).errors == ()
    assert "Traceback" not in told


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a few exchanges."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32k,mode=0700", "tmpfs", str(place)]
    try:
        failed = subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        failed = 1
    if failed:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_really_full_disk(small_disk: Path, tmp_path: Path) -> None:
    path = small_disk / "redacted.mitm"
    with upstream_proxy(tmp_path, "--set", f"why20003_record={path}", "-w", "/dev/null") as proxy:
        assert all(proxy.send(numbered(number)).status for number in range(30))
        told = proxy.running.stop()
        kept = numbers_in(path)
    assert told.count("the recording cannot be written (No space left on device)") == 1
    assert kept == set(range(len(kept)))
    assert 0 < len(kept) < 30
    assert f"{30 - len(kept)} exchanges are missing from the recording" in told


PATCH = f"""
import dataclasses, time
from analyzers import registry
def check(case):
    %s
registry.RULES = tuple(
    dataclasses.replace(rule, check=check) if rule.slug == {LATE!r} else rule for rule in registry.RULES
)
"""


@pytest.mark.parametrize(
    ("does", "says"),
    [
        pytest.param("raise ValueError(case)", "", id="raises"),
        pytest.param("time.sleep(600)", f"the cause {LATE} takes too long and is left out from now on", id="sleeps"),
        pytest.param("\n    while True: pass", f"the cause {LATE} takes too long", id="loops"),
    ],
)
def test_a_broken_cause_holds_nothing_up(tmp_path: Path, does: str, says: str) -> None:
    patch = tmp_path / "patch.py"
    patch.write_text(PATCH % does)
    began = time.monotonic()
    with reverse_proxy(tmp_path, "-s", str(patch)) as proxy:
        answers = [proxy.send(numbered(number, b"%032x" % number)) for number in range(6)]
        fine = proxy.send(numbered(7))
        told = proxy.running.stop()
    assert time.monotonic() - began < 90
    assert all(answer.status == 401 and b"Why20003-Cause" in answer.head for answer in answers)
    assert fine.status
    assert told.count(says) == 1 or not says
    assert "Traceback" not in told


def test_the_port_survives_noise(tmp_path: Path) -> None:
    """Nonsense, TLS where none is expected, and clients that go away in the middle."""
    with upstream_proxy(tmp_path) as proxy:
        for noise in (
            b"\0" * 100,
            b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"x" * 100,
            b"GET / HT",
            os.urandom(999),
        ):
            with socket.create_connection(("127.0.0.1", proxy.running.port), timeout=30) as plain:
                plain.sendall(noise)
                plain.settimeout(0.2)
                with contextlib.suppress(OSError):
                    plain.recv(1000)
        assert proxy.send(request(b"Authorization: " + basic(SID, TOKEN))).status == 401
        assert "Traceback" not in proxy.running.stop()
