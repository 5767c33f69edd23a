import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from why20003.launch.processes import Onlooker, Ran, family, left_behind

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system shows no processes")
PROXIED = {"HTTPS_PROXY": "http://127.0.0.1:4711", "https_proxy": "http://127.0.0.1:4711", "NO_PROXY": "localhost"}


def seen(script: str, **variables: str) -> tuple[Ran, ...]:
    with subprocess.Popen(["bash", "-c", script], env={"PATH": os.environ["PATH"], **PROXIED, **variables}) as process:
        onlooker = Onlooker(process.pid, 4711)
        process.wait(20)
        return onlooker.stop()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/usr/bin/python3.11", "python"),
        ("/opt/pypy3", "python"),
        ("node", "node"),
        ("/usr/lib/jvm/java-17/bin/java", "java"),
        ("php8.2", "php"),
        ("/usr/bin/ruby3.1", "ruby"),
        ("dotnet", "dotnet"),
        ("deno", "deno"),
        ("bash", "shell"),
        ("sudo", "sudo"),
        ("nodes", ""),
        ("/usr/bin/env", ""),
    ],
)
def test_what_a_program_is_by_its_name(path: str, kind: str) -> None:
    assert family(path) == kind


def test_a_program_of_go_is_known_by_what_its_linker_writes(tmp_path: Path) -> None:
    (tmp_path / "server").write_bytes(b"\x7fELF" + bytes(4096) + b'\xff Go build ID: "abc"\n \xff' + bytes(9999))
    assert family(str(tmp_path / "server")) == "go"
    (tmp_path / "server").write_bytes(b"\x7fELF" + bytes(9999))
    assert family(str(tmp_path / "server")) == ""


def test_descendants_are_seen_with_what_they_are() -> None:
    found = seen(f"(sleep 0.4 & wait); {sys.executable} -c 'import time; time.sleep(0.4)'; :")
    assert found[0] == Ran("bash", "shell")
    assert {one.family for one in found} >= {"shell", "python"}
    assert "sleep" in {one.name for one in found}
    assert all(one.lost == "" for one in found)


@pytest.mark.parametrize(
    ("command", "lost"),
    [
        ("env -u HTTPS_PROXY -u https_proxy sleep 0.4", "HTTPS_PROXY"),
        ("env HTTPS_PROXY=http://127.0.0.1:1 https_proxy= sleep 0.4", "HTTPS_PROXY"),
        ("env NO_PROXY=localhost,.twilio.com sleep 0.4", "NO_PROXY"),
        ("env no_proxy='*' sleep 0.4", "no_proxy"),
        ("env NO_PROXY=example.com sleep 0.4", ""),
    ],
)
def test_a_program_that_was_started_without_the_way_to_the_proxy(command: str, lost: str) -> None:
    found = {one.name: one.lost for one in seen(f"{command}; :")}
    assert found["sleep"] == lost


def test_what_is_left_behind_is_known_by_the_folder_in_its_environment(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "30"], env={"SSL_CERT_FILE": f"{tmp_path}/bundle.pem"}) as process:
        time.sleep(0.1)
        assert left_behind(tmp_path) == {process.pid: "sleep"}
        process.kill()
        time.sleep(0.1)
        assert left_behind(tmp_path) == {}  # though its end was not asked for yet
