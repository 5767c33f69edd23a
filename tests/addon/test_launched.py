import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import hooks
from mitmproxy.test import taddons, tflow

import addon.lifeline
from addon.launched import Launched, Upstream, _settings
from addon.lifeline import Lifeline, end_all, family
from addon.plugin import Why20003
from addon.watching import Watch


def flow(host: str = "api.twilio.com", *, err: bool = False, **headers: str) -> Any:  # noqa: ANN401 - as mitmproxy's own
    made = tflow.tflow(resp=not err, err=err)
    made.request.host, made.request.scheme, made.request.port = host, "https", 443
    made.request.headers["Host"] = host
    for name, value in headers.items():
        made.request.headers[name.replace("_", "-")] = value
    return made


def hello(sni: str | None, address: tuple[str, int] | None = None, *, ignored: bool = False) -> Any:  # noqa: ANN401
    context = SimpleNamespace(server=SimpleNamespace(address=address))
    return SimpleNamespace(client_hello=SimpleNamespace(sni=sni), context=context, ignore_connection=ignored)


def failed(sni: str | None, error: str, number: str = "c1") -> Any:  # noqa: ANN401
    client = SimpleNamespace(sni=sni, id=number, error=error)
    server = SimpleNamespace(address=("media.twilio.com", 443))
    return SimpleNamespace(conn=client, context=SimpleNamespace(client=client, server=server))


# --- what is counted --------------------------------------------------------------------------------------------------
def test_connections_hosts_and_requests_are_counted() -> None:
    watch = Watch()
    for one in (flow(), flow(), flow("Example.COM")):
        watch.client_connected(one.client_conn)
        watch.http_connect(one)
        watch.requestheaders(one)
    watch.error(flow("gone.twilio.com", err=True))
    watch.tls_clienthello(hello("example.com", ignored=True))
    watch.tls_clienthello(hello(None, ("example.org", 443), ignored=True))
    watch.tls_clienthello(hello("api.twilio.com"))
    assert watch.sightings() == {
        "connections": 3,
        "connects": {"api.twilio.com": 2, "example.com": 1},
        "passed": {"example.com": 1, "example.org": 1},
        "refused": [],
        "requests": {"https://api.twilio.com": 2, "https://example.com": 1},
        "unanswered": {"gone.twilio.com": 1},
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("OpenSSL Error([('SSL routines', '', 'tlsv1 alert unknown ca')])", "unknown-ca"),
        ("OpenSSL Error([('SSL routines', '', 'sslv3 alert bad certificate')])", "bad-certificate"),
        ("OpenSSL Error([('SSL routines', '', 'ssl/tls alert certificate unknown')])", "certificate-unknown"),
        ("connection closed", "closed"),
        ("OpenSSL Error([('SSL routines', '', 'unsupported protocol')])", "other"),
        ("", "other"),
    ],
)
def test_tls_that_a_client_breaks_off_is_counted_by_reason_and_client(error: str, reason: str) -> None:
    watch = Watch()
    connect = flow(User_Agent="curl/8.5.0")
    watch.http_connect(connect)
    watch.tls_failed_client(failed("api.twilio.com", error, connect.client_conn.id))
    watch.tls_failed_client(failed(None, error))
    assert watch.sightings()["refused"] == [["api.twilio.com", reason, "curl", 1], ["media.twilio.com", reason, "", 1]]


def test_the_memory_is_bounded_and_what_was_met_still_counts() -> None:
    watch = Watch()
    for number in range(1000):
        watch.http_connect(flow(f"h{number}.example.com"))
        watch.http_connect(flow("h0.example.com"))
    connects = watch.sightings()["connects"]
    assert isinstance(connects, dict)
    assert len(connects) == 50
    assert connects["h0.example.com"] == 1001
    assert len(json.dumps(watch.sightings())) < 60_000


def test_a_secret_in_the_place_of_a_host_is_not_told() -> None:
    watch = Watch()
    watch.http_connect(flow("0123456789abcdef0123456789abcdef.twilio.com"))
    assert "456789" not in json.dumps(watch.sightings())


def test_every_hook_is_one_that_mitmproxy_calls() -> None:
    known = {*hooks.all_hooks, "load"}
    own = {"sightings", "learn"}
    for kind in (Watch, Upstream, Launched):
        assert {name for name, what in vars(kind).items() if callable(what) and name[0] != "_"} - own <= known


# --- the proxy in front of ours ---------------------------------------------------------------------------------------
def test_the_login_goes_to_the_proxy_in_front_and_is_not_left_in_what_is_recorded() -> None:
    upstream = Upstream(lambda _: True)
    upstream.learn("ann:p w", spares=False)
    connect, plain, secure = flow(), flow(), flow()
    plain.request.scheme = "http"
    upstream.http_connect_upstream(connect)
    for one in (plain, secure):
        upstream.requestheaders(one)
    assert connect.request.headers["Proxy-Authorization"] == "Basic YW5uOnAgdw=="
    assert plain.request.headers["Proxy-Authorization"] == "Basic YW5uOnAgdw=="
    assert "Proxy-Authorization" not in secure.request.headers
    upstream.response(plain)
    assert "Proxy-Authorization" not in plain.request.headers


def test_a_login_of_the_programs_own_stays() -> None:
    upstream = Upstream(lambda _: True)
    upstream.learn("ann:p w", spares=False)
    one = flow(Proxy_Authorization="Basic eDp5")
    upstream.requestheaders(one)
    upstream.error(one)
    assert one.request.headers["Proxy-Authorization"] == "Basic eDp5"


@pytest.mark.parametrize(
    ("spares", "host", "direct"),
    [(True, "api.twilio.com", True), (True, "x.org", False), (False, "api.twilio.com", False)],
)
def test_hosts_in_scope_may_be_spared_it(spares: bool, host: str, direct: bool) -> None:
    upstream = Upstream(lambda name: name.endswith("twilio.com"))
    upstream.learn("", spares=spares)
    one = flow(host)
    one.server_conn.via = ("http", ("proxy", 3128))
    upstream.requestheaders(one)
    assert (one.server_conn.via is None) is direct


# --- the launcher -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "read"),
    [(b'{"login": "a:b"}\nchild 1\n', {"login": "a:b"}), (b"[]\n", {}), (b"{\n", {}), (b"", {}), (b"{}", {})],
)
def test_the_first_line_holds_the_settings_and_no_more_is_taken(written: bytes, read: object) -> None:
    reading, writing = os.pipe()
    os.write(writing, written)
    os.close(writing)
    assert _settings(reading) == read
    assert os.read(reading, 99) == written.partition(b"\n")[2]
    os.close(reading)


@pytest.fixture
def pipes() -> Iterator[dict[str, int]]:
    control, speak = os.pipe()
    hear, told = os.pipe()
    yield {"control": control, "speak": speak, "hear": hear, "told": told}
    for one in (control, speak, hear, told):
        try:
            os.close(one)
        except OSError:
            continue


async def test_it_says_where_it_listens_and_at_the_end_what_it_saw(pipes: dict[str, int], tmp_path: Path) -> None:
    why, watch = Why20003(), Watch()
    launched = Launched(why, watch, Upstream(lambda _: True))
    with taddons.context(launched) as context:
        context.configure(
            launched, why20003_control=pipes["control"], why20003_told=pipes["told"], confdir=str(tmp_path)
        )
        context.master.addons.add(SimpleNamespace(name="proxyserver", listen_addrs=lambda: [("127.0.0.1", 4711)]))
        os.write(pipes["speak"], b'{"login": ""}\n')
        launched.running()
        assert json.loads(os.read(pipes["hear"], 9999))["port"] == 4711
        watch.client_connected(flow().client_conn)
        launched.done()
        told = json.loads(os.read(pipes["hear"], 9999))
        assert (told["connections"], told["twilio"], told["refusals"]) == (1, 0, 0)
        asyncio.get_running_loop().remove_reader(pipes["control"])


async def test_the_word_end_ends_the_proxy_and_nothing_else(
    pipes: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(
        addon.lifeline, "ctx", SimpleNamespace(master=SimpleNamespace(shutdown=lambda: ended.append("x")))
    )
    monkeypatch.setattr(Lifeline, "_end", lambda _: pytest.fail("it took the launcher for dead"))
    line = Lifeline(tmp_path)
    line.hold(pipes["control"])
    for word in (b"chi", b"ld 4711\nnonsense\nchild x\n"):
        os.write(pipes["speak"], word)
        await asyncio.sleep(0.05)
    assert line.child == 4711
    os.write(pipes["speak"], b"ended\nend\n")
    os.close(pipes["speak"])
    await asyncio.sleep(0.05)
    assert (line.child, ended) == (0, ["x"])


def started(words: list[str], **variables: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, **variables})


async def test_a_pipe_that_closes_without_a_word_ends_the_program_the_folder_and_the_proxy(
    pipes: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = asyncio.Event()
    monkeypatch.setattr(os, "_exit", lambda _: left.set())
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "key.pem").write_text("key")
    with started(["sleep", "60"]) as process:
        line = Lifeline(folder)
        line.hold(pipes["control"])
        os.write(pipes["speak"], f"child {process.pid}\n".encode())
        os.close(pipes["speak"])
        await asyncio.wait_for(left.wait(), 10)
        assert process.wait(30) == -15
    assert not folder.exists()


STUBBORN = (
    "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
)


async def test_who_does_not_want_to_end_is_killed(tmp_path: Path) -> None:
    with started([sys.executable, "-c", STUBBORN], MARK=f"{tmp_path}/bundle.pem") as process:
        assert process.stdout is not None
        process.stdout.readline()
        begin = time.monotonic()
        await end_all(0, tmp_path)
        assert process.wait(30) == -9
        assert time.monotonic() - begin < 30  # left alone, it sleeps for 60


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system shows no processes")
def test_the_family_is_who_descends_from_the_program_and_who_has_the_folder(tmp_path: Path) -> None:
    script = "sleep 60 & echo $!; wait"
    with (
        subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, text=True) as parent,
        subprocess.Popen(["sleep", "60"], env={"X": f"{tmp_path}/y"}) as marked,
        subprocess.Popen(["sleep", "60"]) as stranger,
    ):
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        time.sleep(0.1)
        found = set(family(parent.pid, tmp_path))
        assert found == {parent.pid, grandchild, marked.pid}
        for process in (parent, marked, stranger):
            process.kill()
        os.kill(grandchild, 9)


def test_the_script_gives_the_addons_in_the_order_that_they_need() -> None:
    spec = importlib.util.spec_from_file_location(
        "launched_script", Path(addon.lifeline.__file__).with_name("launched.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert [type(one).__name__ for one in module.addons] == ["Upstream", "Launched", "Why20003", "Watch"]
