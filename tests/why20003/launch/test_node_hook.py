"""What a run loads into Node, in the real Node of this machine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tls_stage import ANSWER, Stage, leaf, stage

from why20003.launch.authority import Authority, make_authority
from why20003.launch.client_files import NODE_HOOK
from why20003.launch.environment import Route, child_environment

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

# Each prints what came back, and ends by itself.
GET = "const show = (answer) => { answer.resume(); console.log(answer.statusCode); }; const https = require('https');"
URL = "'https://api.twilio.com/x'"
WAYS = {
    "https.get": f"{GET} https.get({URL}, show);",
    "https.request": f"{GET} https.request({URL}, show).end();",
    "own agent": f"{GET} https.get({URL}, {{ agent: new https.Agent({{ keepAlive: true }}) }}, show);",
    "no agent": f"{GET} https.get({URL}, {{ agent: false }}, show);",
    "options": f"{GET} https.get({{ host: 'api.twilio.com', path: '/x' }}, show);",
    "fetch": f"fetch({URL}).then(async (answer) => {{ await answer.text(); console.log(answer.status); }});",
    "ES modules": f"{GET} import('node:https').then(({{ get }}) => get({URL}, show));",
    "tls of ES modules": "import('node:tls').then(({ connect }) => { const s = connect({ port: 443,"
    " host: 'api.twilio.com' }, () => { console.log(s.authorized && 200); s.destroy(); }); });",
    "tls by port and host": "require('tls').connect(443, 'api.twilio.com', { servername: 'api.twilio.com' },"
    " function () { console.log(this.authorized && 200); this.destroy(); });",
    "tls by options": "const s = require('tls').connect({ port: '443', host: 'api.twilio.com' }, () => {"
    " console.log(s.authorized && 200); s.destroy(); });",
    "a whole URL sent to the proxy": f"{GET} require('http').request({{ host: '127.0.0.1', port: PROXY,"
    " path: 'https://api.twilio.com/x', headers: { host: 'api.twilio.com' } }, show).end();",
}


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


def environment(authority: Authority, port: int, **parent: str) -> dict[str, str]:
    given = {"PATH": os.environ["PATH"], **parent}
    return child_environment(given, Route(port, authority.bundle.parent, authority.bundle, authority.trust_store))


def node(code: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", "-e", code], env=given, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("way", WAYS)
def test_it_goes_through_the_proxy_with_tls_from_end_to_end(way: str, running: Stage, authority: Authority) -> None:
    if way == "fetch" and node("fetch", {"PATH": os.environ["PATH"]}).returncode:
        pytest.skip("this Node has no fetch")
    result = node(WAYS[way].replace("PROXY", str(running.proxy)), environment(authority, running.proxy))

    assert (result.stdout, result.stderr, running.asked) == ("200\n", "", ["api.twilio.com:443"])


@pytest.mark.parametrize("way", ["https.get", "tls by options"])
def test_without_the_hook_it_would_not(way: str, running: Stage, authority: Authority) -> None:
    """So that the test above cannot pass by itself: a Node that reads the variables does the rest."""
    given = environment(authority, running.proxy)
    del given["NODE_OPTIONS"], given["NODE_USE_ENV_PROXY"]

    result = node(WAYS[way], given)

    assert (result.stdout, running.asked) == ("", [])


def test_a_connection_is_used_again(authority: Authority, folder: Path) -> None:
    code = f"""{GET} const agent = new https.Agent({{ keepAlive: true, maxSockets: 1 }});
    const once = () => new Promise((done) => https.get({URL}, {{ agent }}, (a) => {{ show(a); a.on('end', done); }}));
    once().then(once).then(once);"""
    with stage(leaf(folder, ["api.twilio.com"]), ANSWER.replace(b"Connection: close\r\n", b"")) as running:
        result = node(code, environment(authority, running.proxy))
        # The server of the stage answers once in a connection; the agent notices and connects again.
        assert (result.stdout, result.stderr) == ("200\n200\n200\n", "")
        assert set(running.asked) == {"api.twilio.com:443"}


def test_large_answers_arrive_whole_though_the_program_reads_slowly(authority: Authority, folder: Path) -> None:
    size = 20_000_000
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % size + b"x" * size
    code = f"""{GET} let got = 0; https.get({URL}, (answer) => {{
        answer.on('data', (chunk) => {{ got += chunk.length; answer.pause(); setImmediate(() => answer.resume()); }});
        answer.on('end', () => console.log(got)); }});"""
    with stage(leaf(folder, ["api.twilio.com"]), answer) as running:
        result = node(code, environment(authority, running.proxy))

    assert (result.stdout, result.stderr) == (f"{size}\n", "")


def test_what_the_program_does_not_read_is_not_heaped_up(authority: Authority, folder: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000_000
    code = f"""{GET} https.get({URL}, {{ agent: false }}, (answer) => setTimeout(() => {{
        console.log(process.memoryUsage().arrayBuffers < 10e6); process.exit(); }}, 700));"""
    with stage(leaf(folder, ["api.twilio.com"]), answer) as running:
        result = node(code, environment(authority, running.proxy) | {"NODE_USE_ENV_PROXY": "0"})

    assert (result.stdout, result.stderr) == ("true\n", "")


def test_large_requests_arrive_whole(authority: Authority, folder: Path) -> None:
    code = f"""{GET} const request = https.request({URL}, {{ method: 'POST' }}, show);
    for (let i = 0; i < 200; i++) request.write('x'.repeat(10000)); request.end('\\r\\n\\r\\n');"""
    with stage(leaf(folder, ["api.twilio.com"])) as running:
        running.until = b"\r\n\r\n\r\n0\r\n\r\n"
        result = node(code, environment(authority, running.proxy))

        assert (result.stdout, result.stderr) == ("200\n", "")
        assert running.requests[0].count(b"x" * 10000) == 200


LOOK_UP = (
    "lookup: (host, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4)"
)


@pytest.mark.parametrize("state", ["refuses", "gone"])
def test_without_an_answer_of_the_proxy_it_connects_directly(state: str, running: Stage, authority: Authority) -> None:
    running.refuses = True
    code = f"{GET} https.get({URL}, {{ port: {running.server}, {LOOK_UP} }}, show);"

    given = environment(authority, running.proxy if state == "refuses" else 9)
    result = node(code, given | {"NODE_USE_ENV_PROXY": "0"})

    assert (result.stdout, result.stderr) == ("200\n", "")
    assert running.asked == ([f"api.twilio.com:{running.server}"] if state == "refuses" else [])


def test_a_host_that_is_nowhere_fails_as_without_a_proxy(running: Stage, authority: Authority) -> None:
    running.refuses = True
    code = "require('https').get('https://x.twilio.com.invalid/').on('error', (e) => console.log(e.code, e.hostname));"
    given = environment(authority, running.proxy)
    del given["NODE_USE_ENV_PROXY"]

    assert node(code, given).stdout == "ENOTFOUND x.twilio.com.invalid\n"
    assert running.asked == ["x.twilio.com.invalid:443"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_childs_own_services_stay_direct(host: str, running: Stage, authority: Authority) -> None:
    code = f"{GET} https.get({{ host: '{host}', port: {running.server}, rejectUnauthorized: false }}, show);"

    result = node(code, environment(authority, running.proxy))

    assert (result.stdout, running.asked) == ("200\n", []), result.stderr


@pytest.mark.parametrize(
    ("host", "port", "no_proxy", "asked"),
    [
        pytest.param("other.example", 443, "", True, id="https-of-others"),
        pytest.param("other.example", 443, "x.example, .example", False, id="exempt-domain"),
        pytest.param("other.example", 443, "*.example:443", False, id="exempt-with-star-and-port"),
        pytest.param("other.example", 443, "*", False, id="everything-exempt"),
        pytest.param("other.example", 443, "r.example", True, id="only-the-end-of-the-name"),
        pytest.param("db.example", 5432, "", False, id="no-https-port"),
        pytest.param("api.twilio.com", 8443, "", True, id="twilio-on-any-port"),
        pytest.param("localhost", 443, "", False, id="this-machine"),
        pytest.param("app.localhost", 443, "", False, id="below-localhost"),
        pytest.param("127.8.8.8", 443, "", False, id="loopback"),
    ],
)
def test_who_goes_through(
    host: str, port: int, no_proxy: str, running: Stage, authority: Authority, *, asked: bool
) -> None:
    """The variables of a Node that does not read them itself."""
    given = environment(authority, running.proxy) | {"no_proxy": no_proxy, "NODE_USE_ENV_PROXY": "0"}
    code = f"require('tls').connect({{ host: '{host}', port: {port}, servername: 'api.twilio.com', {LOOK_UP} }})"

    node(f"{code}.on('error', () => {{}}).on('secureConnect', function () {{ this.destroy(); }});", given)

    assert running.asked == ([f"{host}:{port}"] if asked else [])


def test_an_idle_connection_does_not_keep_the_program_alive(authority: Authority, folder: Path) -> None:
    code = """const started = Date.now(); process.on('exit', () => console.log(Date.now() - started < 5000));
    const socket = require('tls').connect({ host: 'api.twilio.com', port: 443, servername: 'api.twilio.com' },
        () => socket.unref());"""
    with stage(leaf(folder, ["api.twilio.com"])) as running:
        result = node(code, environment(authority, running.proxy))

    assert (result.stdout, result.stderr) == ("true\n", "")


def test_certificates_of_others_are_still_refused(authority: Authority, folder: Path) -> None:
    with stage(leaf(folder, ["verify.twilio.com"])) as running:
        code = f"require('https').get({URL}).on('error', (error) => console.log(error.code));"
        assert node(code, environment(authority, running.proxy)).stdout == "ERR_TLS_CERT_ALTNAME_INVALID\n"


@pytest.mark.parametrize("value", ["", "nonsense", "127.0.0.1", "[::1]:1"])
def test_without_a_proxy_it_changes_nothing(value: str, authority: Authority) -> None:
    given = {"PATH": os.environ["PATH"], "NODE_OPTIONS": f"--require={NODE_HOOK}", "WHY20003_PROXY": value}
    code = "console.log(require('tls').connect.name, require('http').get.toString().includes('repaired'))"

    result = node(code, given)

    assert (result.stdout, result.stderr) == ("connect false\n", "")


@pytest.mark.parametrize("in_worker", [False, True], ids=["main", "worker"])
def test_programs_that_need_no_network_print_the_same(authority: Authority, *, in_worker: bool) -> None:
    bare = {"PATH": os.environ["PATH"]}
    code = "console.log(process.argv.length, process.execArgv)"
    if in_worker and node("console.log(process.version)", bare).stdout.startswith("v22."):
        pytest.skip("the worker threads of Node 22 warn of NODE_USE_ENV_PROXY")
    if in_worker:
        code = f"new (require('worker_threads').Worker)({code!r}, {{ eval: true }})"

    plain, hooked = node(code, bare), node(code, environment(authority, 9))

    assert (hooked.stdout, hooked.stderr, hooked.returncode) == (plain.stdout, plain.stderr, plain.returncode)


def test_a_folder_with_blanks_and_quotes_is_found(authority: Authority, tmp_path: Path) -> None:
    odd = tmp_path / 'my "own" folder'
    shutil.copytree(NODE_HOOK.parent, odd)
    quoted = str(odd / NODE_HOOK.name).replace('"', '\\"')
    given = environment(authority, 9) | {"NODE_OPTIONS": f'--require="{quoted}"'}

    result = node("console.log(require('http').get.toString().includes('repaired'))", given)

    assert (result.stdout, result.stderr) == ("true\n", "")
