"""The sitecustomize of a run, in real Pythons."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tls_stage import Stage, leaf, stage

from why20003.launch.authority import Authority, make_authority
from why20003.launch.environment import Route, child_environment

GET = """
import asyncio, aiohttp, sys
async def get():
    async with aiohttp.ClientSession({session}) as session, session.get({request}) as answer:
        print(answer.status)
asyncio.run(get())
"""
TWILIO = """
import asyncio
from twilio.http.async_http_client import AsyncTwilioHttpClient
async def get():
    async with AsyncTwilioHttpClient({arguments}) as client:
        print((await client.request("GET", "https://api.twilio.com/", auth=("AC", "x"))).status_code)
asyncio.run(get())
"""
URL = '"https://api.twilio.com/x"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return make_authority(folder, [], [])


@pytest.fixture
def running(folder: Path, authority: Authority) -> Iterator[Stage]:
    with stage(leaf(folder, ["api.twilio.com"])) as made:
        yield made


def environment(authority: Authority, port: int = 9, **parent: str) -> dict[str, str]:
    given = {"PATH": os.environ["PATH"], "HOME": "/nowhere", **parent}
    return child_environment(given, Route(port, authority.bundle.parent, authority.bundle, authority.trust_store))


def python(
    code: str, given: dict[str, str], *options: str, program: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *options, "-c", code], env=given, capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        pytest.param(GET.format(session="", request=URL), ["api.twilio.com:443"], id="aiohttp"),
        pytest.param(GET.format(session='"https://api.twilio.com"', request='"/x"'), ["api.twilio.com:443"], id="base"),
        pytest.param(GET.format(session="trust_env=True", request=URL), ["api.twilio.com:443"], id="trust-env"),
        pytest.param(TWILIO.format(arguments=""), ["api.twilio.com:443"], id="twilio"),
        pytest.param(TWILIO.format(arguments="pool_connections=False"), ["api.twilio.com:443"], id="twilio-no-pool"),
        pytest.param(TWILIO.format(arguments="max_retries=1"), ["api.twilio.com:443"], id="twilio-with-retries"),
    ],
)
def test_aiohttp_goes_through_the_proxy(code: str, asked: list[str], running: Stage, authority: Authority) -> None:
    result = python(code, environment(authority, running.proxy))

    assert (result.stdout, running.asked) == ("200\n", asked), result.stderr


@pytest.mark.parametrize("how", ["session", "request"])
def test_a_proxy_of_the_programs_own_stays(how: str, running: Stage, authority: Authority) -> None:
    own = f'proxy="http://127.0.0.1:{running.proxy}"'
    code = GET.format(**{"session": "", "request": URL, how: own if how == "session" else f"{URL}, {own}"})

    result = python(code, environment(authority, 9))

    assert (result.stdout, running.asked) == ("200\n", ["api.twilio.com:443"]), result.stderr


def test_the_users_netrc_adds_no_credentials(running: Stage, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine api.twilio.com login somebody password secret\n")

    result = python(GET.format(session="", request=URL), environment(authority, running.proxy, HOME=str(tmp_path)))

    assert result.stdout == "200\n", result.stderr
    assert [b"authorization" in head.lower() for head in running.requests] == [False]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_childs_own_services_stay_direct(host: str, authority: Authority, folder: Path) -> None:
    with stage(leaf(folder, ["api.twilio.com"])) as running:
        request = f'"https://{host}:{running.server}/", ssl=False'
        result = python(GET.format(session="", request=request), environment(authority, running.proxy))

        assert (result.stdout, running.asked) == ("200\n", []), result.stderr


def test_connections_that_are_no_tcp_are_left_alone(authority: Authority, tmp_path: Path, running: Stage) -> None:
    code = f"""
import asyncio, aiohttp
async def main():
    async def answer(reader, writer):
        line = await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(line), line))
        await writer.drain()
        writer.close()
    server = await asyncio.start_unix_server(answer, {str(tmp_path / "s")!r})
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector({str(tmp_path / "s")!r})) as session:
        async with session.get("http://docker/info") as got:
            print((await got.text()).strip())
    server.close()
asyncio.run(main())
"""
    result = python(code, environment(authority, running.proxy))

    assert (result.stdout, running.asked) == ("GET /info HTTP/1.1\n", []), result.stderr


def test_a_failure_looks_as_the_programs_own(running: Stage, authority: Authority) -> None:
    running.refuses = True

    result = python(GET.format(session="", request=URL), environment(authority, running.proxy))

    assert "ClientHttpProxyError: 502" in result.stderr
    assert "sitecustomize" not in result.stderr


SHOW = """
import sys
print(sys.path, sorted({"aiohttp", "urllib.request", "ssl", "asyncio"} & set(sys.modules)), len(sys.meta_path))
"""


def test_a_program_without_aiohttp_sees_no_difference(authority: Authority) -> None:
    given = environment(authority)
    bare = {name: value for name, value in given.items() if name != "PYTHONPATH"}

    before, after = (python(SHOW, one).stdout.rsplit(" ", 1) for one in (bare, given))

    assert after[0] == before[0]
    assert int(after[1]) == int(before[1]) + 1  # the finder that waits for aiohttp


@pytest.mark.parametrize(
    ("own", "out", "err"),
    [
        pytest.param("print('mine', __file__)", "mine FOLDER/sitecustomize.py\nend\n", "", id="prints"),
        pytest.param("import sitecustomize as s; print(s.__file__)", "FOLDER/sitecustomize.py\nend\n", "", id="itself"),
        pytest.param("1 / 0", "end\n", "Error in sitecustomize", id="raises"),
        pytest.param("import no_such_module", "end\n", "no_such_module", id="misses-a-module"),
    ],
)
def test_the_users_sitecustomize_runs_as_without_ours(
    own: str, out: str, err: str, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(own)
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}

    plain = python("print('end')", bare)
    result = python("print('end')", environment(authority, PYTHONPATH=str(tmp_path)))

    assert (result.stdout, result.stderr, result.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    assert result.stdout == out.replace("FOLDER", str(tmp_path))
    assert err in result.stderr


def test_a_run_in_a_run_goes_through_the_inner_proxy(
    running: Stage, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outer = make_authority(tmp_path_factory.mktemp("outer"), [], [])

    given = environment(authority, running.proxy, **environment(outer, 9))
    result = python(GET.format(session="", request=URL), given)

    assert (result.stdout, running.asked) == ("200\n", ["api.twilio.com:443"]), result.stderr


@pytest.mark.parametrize("option", ["-I", "-E", "-S"])
def test_isolated_pythons_do_not_load_it(option: str, authority: Authority) -> None:
    code = "import sys; print('sitecustomize' in sys.modules)"

    assert python(code, environment(authority)).stdout == "True\n"
    assert python(code, environment(authority), option).stdout == "False\n"


def test_python_m_and_virtual_environments_and_pytest_load_it(authority: Authority, tmp_path: Path) -> None:
    given = environment(authority)
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it():\n    assert sys.modules['sitecustomize'].hand_over\n"
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    code = "import sys; print(sys.modules['sitecustomize'].__name__, sys.prefix)"

    inside = python(code, given, program=str(tmp_path / "venv" / "bin" / "python"))
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        env=given,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert inside.stdout == f"sitecustomize {tmp_path / 'venv'}\n", inside.stderr
    assert "1 passed" in tested.stdout, tested.stdout


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.8", "3.9", "3.10", "3.12", "3.13"])
def test_other_pythons_start_without_a_word(version: str, authority: Authority) -> None:
    program = shutil.which(f"python{version}")
    if program is None or subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"Python {version} is not installed")

    result = python("import sys; print(sys.modules['sitecustomize'].TARGET)", environment(authority), program=program)

    assert (result.stdout, result.stderr) == ("aiohttp.client\n", "")
