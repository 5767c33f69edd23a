"""Real clients, each started by ``why20003 run`` in an otherwise untouched environment: docs/run.md has the table."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from live import leaked
from runs import SECRETS, SID, TOKEN, Place, place, twilio

FOLDER: Final = Path(__file__).parents[1] / "clients"
NODE: Final = FOLDER / "node"
GOOD: Final = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
SWAPPED: Final = {"TWILIO_ACCOUNT_SID": TOKEN, "TWILIO_AUTH_TOKEN": SID}


class Client(NamedTuple):
    command: tuple[str, ...]
    needs: str = ""
    """A module of Python, or a package of npm."""


def python(name: str) -> Client:
    return Client((sys.executable, str(FOLDER / f"python_{name}.py")), name.partition("_")[0])


def node(name: str, needs: str = "") -> Client:
    return Client(("node", str(NODE / f"{name}.mjs")), needs)


CLIENTS: Final = {
    "twilio-python": python("twilio"),
    "twilio-python async": python("twilio_async"),
    "requests": python("requests"),
    "httpx": python("httpx"),
    "aiohttp": python("aiohttp"),
    "urllib": python("urllib"),
    "twilio-node": node("twilio", "twilio"),
    "axios": node("axios", "axios"),
    "got": node("got", "got"),
    "undici": node("undici", "undici"),
    "node fetch": node("fetch"),
    "node https": node("https"),
    "curl": Client(("sh", str(FOLDER / "curl.sh"))),
    "java HttpURLConnection": Client(("java", str(FOLDER / "JavaOld.java"))),
    "java.net.http": Client(("java", str(FOLDER / "JavaNew.java"))),
    "go net/http": Client(("go", "run", str(FOLDER / "get.go"))),
    "ruby Net::HTTP": Client(("ruby", str(FOLDER / "get.rb"))),
    "php curl": Client(("php", str(FOLDER / "get.php"))),
}


@pytest.fixture(scope="module")
def reachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with twilio(tmp_path_factory.mktemp("twilio")) as variables:
        yield variables


@pytest.fixture
def online(tmp_path: Path, reachable: dict[str, str]) -> Iterator[Place]:
    with place(tmp_path) as made:
        made.environment |= reachable
        yield made


def ready(name: str) -> tuple[str, ...]:
    """The command of a client, or the reason to skip."""
    command, needs = CLIENTS[name]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    if needs and command[0] == "node" and not (NODE / "node_modules" / needs).is_dir():
        pytest.skip(f"{needs} is not installed: tests/clients.sh")
    if needs and command[0] == sys.executable and find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed")
    if command[0] == "php" and "curl" not in subprocess.check_output(["php", "-m"], text=True):
        pytest.skip("PHP's curl extension is not installed")
    return command


def plain(stderr: bytes) -> str:
    """What was said, without what Java and Go say of themselves."""
    said = re.sub(r"^(Picked up JAVA_TOOL_OPTIONS|NOTE: Picked up).*\n", "", stderr.decode(), flags=re.MULTILINE)
    return re.sub(r"^exit status \d+\n", "", said, flags=re.MULTILINE)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_swapped_pair_is_explained(online: Place, name: str) -> None:
    done = online.run("--", *ready(name), env=SWAPPED, timeout=150)

    told = plain(done.stderr)
    assert "✗ halves-swapped (confirmed)" in told
    assert "why20003: 1 Twilio exchange seen\n" in told
    assert done.returncode == (1 if name == "go net/http" else 3)  # what `go run` makes of it
    assert leaked(told, *SECRETS) == []


@pytest.mark.parametrize("name", CLIENTS)
def test_a_good_pair_is_served_and_costs_one_line(online: Place, name: str) -> None:
    done = online.run("--", *ready(name), env=GOOD, timeout=150)

    assert plain(done.stderr) == "why20003: 1 Twilio exchange seen, none refused\n"
    assert (done.returncode, done.stdout) == (0, b"")
