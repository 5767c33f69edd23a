"""Events, webhook and metrics of the real mitmdump, in front of the sandbox."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from canary import spotted
from every_output_capture import VALUES
from every_output_proxy import requests
from live import SECRETS, Proxy, request, reverse_proxy, upstream_proxy
from origin import origin
from test_events import SCHEMA
from test_webhook import Receiver

from why20003.sandbox import LIVE

EVENTS, WEBHOOK, PORT = "why20003_events", "why20003_webhook", "why20003_metrics_port"
PAIR = f"{LIVE.sid}:{LIVE.auth_token}".encode()
GOOD = request(b"Authorization: Basic " + base64.b64encode(PAIR))


def bad(number: int) -> bytes:
    """A refusal that differs from every other in its secret."""
    return request(b"Authorization: Basic " + base64.b64encode(b"%s:%032x" % (LIVE.sid.encode(), number)))


def setting(option: str, value: object) -> tuple[str, str]:
    return "--set", f"{option}={value}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def parsed(data: bytes) -> list[dict[str, Any]]:
    """The lines, each whole and as the schema has it."""
    assert data.endswith(b"\n")
    lines = [json.loads(line) for line in data.splitlines()]
    assert [error.message for line in lines for error in SCHEMA.iter_errors(line)] == []
    return lines


def until(met: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def _has_lines(path: Path, count: int) -> bool:
    return path.read_bytes().count(b"\n") == count


def test_each_refusal_is_in_the_file_before_the_next_and_counts_add_up(tmp_path: Path) -> None:
    path = tmp_path / "events"
    with upstream_proxy(tmp_path, *setting(EVENTS, path)) as proxy:
        for number in range(3):
            assert proxy.send(bad(number)).status == 401
            until(partial(_has_lines, path, number + 1))
        for _ in range(7):
            proxy.send(bad(0))
            assert proxy.send(GOOD).status == 200
        proxy.running.stop()
    lines = parsed(path.read_bytes())
    counts = {line["index"]: line["count"] for line in lines}  # the last count of an index is the number of them
    assert [line["type"] for line in lines[:3]] == ["diagnosis"] * 3
    assert sum(counts.values()) == 10
    assert len({line["run"] for line in lines}) == 1


def test_a_kill_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "events"
    with upstream_proxy(tmp_path, *setting(EVENTS, path)) as proxy:
        ends = threading.Event()

        def send() -> None:
            number = 0
            while not ends.is_set():
                number += 1
                with suppress(OSError):
                    proxy.send(bad(number), wait=2)

        sending = threading.Thread(target=send)
        sending.start()
        until(lambda: path.exists() and path.read_bytes().count(b"\n") > 20)
        os.kill(proxy.running.pid, signal.SIGKILL)
        ends.set()
        sending.join(10)
    assert len(parsed(path.read_bytes())) > 20


@contextmanager
def quiet(work: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """``mitmdump -q``, which does not say where it listens, in front of a server that refuses; and its port."""
    port = free_port()
    body = b'{"code": 20003, "message": "Authenticate", "status": 401}'
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with origin(lambda connection, _: connection.sendall(head + body)) as server:
        command = [Path(sys.executable).with_name("mitmdump"), "-q", "-s", "addon", "--listen-host", "127.0.0.1"]
        command += ["-p", port, "--mode", f"reverse:http://127.0.0.1:{server.port}"]
        command += [*setting("confdir", work), *setting("keep_host_header", "true"), *more]
        texts = [str(part) for part in command]
        with subprocess.Popen(texts, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            until(lambda: _listens(port), 30)
            try:
                yield process, port
            finally:
                process.kill()


def sent(port: int, head: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head)
        return connection.recv(100)


def test_standard_output_is_nothing_but_lines_with_q(tmp_path: Path) -> None:
    with quiet(tmp_path, *setting(EVENTS, "-")) as (process, port):
        assert process.stdout is not None
        for _ in range(3):
            assert sent(port, bad(1)).startswith(b"HTTP/1.1 401")
        first = process.stdout.readline()  # as it happens, not at the end
        process.send_signal(signal.SIGTERM)
        lines = parsed(first + process.stdout.read())
    assert [(line["type"], line["count"]) for line in lines] == [("diagnosis", 1), ("repetition", 3)]


def test_a_reader_of_standard_output_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    with quiet(tmp_path, *setting(EVENTS, "-")) as (process, port):
        assert process.stdout is not None
        process.stdout.close()
        for number in range(5):
            assert sent(port, bad(number)).startswith(b"HTTP/1.1 401")


def test_a_reader_of_standard_output_that_does_not_read_stops_nothing(tmp_path: Path) -> None:
    with quiet(tmp_path, *setting(EVENTS, "-")) as (process, port):
        for number in range(100):  # a pipe holds eight lines
            assert sent(port, bad(number)).startswith(b"HTTP/1.1 401")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        assert time.monotonic() - began < 10


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["stream", "datagram"])
def test_a_collector_may_come_late_and_again(kind: socket.SocketKind, tmp_path: Path) -> None:
    path = tmp_path / "s"
    with upstream_proxy(tmp_path, *setting(EVENTS, f"unix:{path}")) as proxy:
        proxy.send(bad(1))
        with collector(path, kind) as taken:
            until(lambda: len(parsed_so_far(taken)) == 1)
        path.unlink()
        proxy.send(bad(2))
        with collector(path, kind) as taken:
            until(lambda: len(parsed_so_far(taken)) == 1)
            proxy.send(bad(3))
            until(lambda: len(parsed_so_far(taken)) == 2)
            assert [line["index"] for line in parsed_so_far(taken)] == [1, 2]
        told = proxy.running.stop()
    assert "not delivered" not in told


def parsed_so_far(taken: bytearray) -> list[dict[str, Any]]:
    whole = bytes(taken).rpartition(b"\n")[0]
    return parsed(whole + b"\n") if whole else []


@contextmanager
def collector(path: Path, kind: socket.SocketKind) -> Iterator[bytearray]:
    """Listens at `path`; gives what it has got so far."""
    taken = bytearray()
    server = socket.socket(socket.AF_UNIX, kind)
    server.settimeout(0.1)
    server.bind(str(path))
    if kind is socket.SOCK_STREAM:
        server.listen()
    ends = threading.Event()

    def read() -> None:
        source: socket.socket | None = server if kind is socket.SOCK_DGRAM else None
        while not ends.is_set():
            try:
                if source is None:
                    source, _ = server.accept()
                    source.settimeout(0.1)
                taken.extend(source.recv(1 << 20))
            except TimeoutError:
                continue
        if source is not None:
            source.close()

    reading = threading.Thread(target=read)
    reading.start()
    yield taken
    ends.set()
    reading.join()
    server.close()


def speed(proxy: Proxy, first: int, count: int = 60) -> tuple[float, float]:
    """Seconds for so many new refusals, and of the slowest."""
    slowest, began = 0.0, time.monotonic()
    for number in range(first, first + count):
        sent = time.monotonic()
        assert proxy.send(bad(number)).status == 401
        slowest = max(slowest, time.monotonic() - sent)
    return time.monotonic() - began, slowest


@pytest.mark.parametrize("how", ["hangs", "refuses", "500"])
def test_a_webhook_that_does_not_work_slows_nothing(how: str, tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.answers = [500] * 10_000
    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:
        port = {"hangs": silent.getsockname()[1], "refuses": free_port(), "500": receiver.server_address[1]}[how]
        url = f"http://127.0.0.1:{port}/hook/T0p5ecret" if how != "500" else receiver.url
        with reverse_proxy(tmp_path, *setting(WEBHOOK, url)) as proxy:
            took, slowest = speed(proxy, 0, 150)
            assert slowest < 4  # the webhook gives up after 5
            began = time.monotonic()
            told = proxy.running.stop()
            assert time.monotonic() - began < 20
    receiver.shutdown()
    receiver.server_close()
    assert took < 30
    dropped = [line for line in told.splitlines() if "not delivered to why20003_webhook" in line]
    assert 1 <= len(dropped) <= 3
    assert sum(int(line.partition("why20003: ")[2].split()[0]) for line in dropped) == 150
    assert "T0p5ecret" not in told
    assert "/hook" not in told
    assert "Traceback" not in told


def test_metrics_are_scraped_while_traffic_goes_on(tmp_path: Path) -> None:
    port = free_port()
    with upstream_proxy(tmp_path, *setting(PORT, port)) as proxy:
        for number in range(4):
            proxy.send(bad(1))
            proxy.send(GOOD)
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                text = answer.read().decode()
            assert f'why20003_exchanges_total{{host="api.twilio.com"}} {2.0 * number + 2}' in text
        assert 'cause="pair-refused"' in text or 'cause="token-misshapen"' in text or 'cause="worked' in text
        assert "why20003_undiagnosed_total 0.0" in text
        proxy.running.stop()
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30)


def test_no_output_holds_a_secret(tmp_path: Path) -> None:
    """The requests of the canary: what the file, the posts and the page say of them."""
    path, port, receiver = tmp_path / "events", free_port(), Receiver()
    settings = (*setting(EVENTS, path), *setting(WEBHOOK, receiver.url), *setting(PORT, port))
    with upstream_proxy(tmp_path, "-v", *settings) as proxy:
        for head in (*requests(), bad(1)):
            proxy.send(head, wait=2)
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            page = b"\n".join(line for line in answer.read().splitlines() if line.startswith(b"why20003_refus"))
        told = proxy.running.stop()
    receiver.shutdown()
    receiver.server_close()
    lines = parsed(path.read_bytes())
    assert len([line for line in lines if line["type"] == "diagnosis"]) > 10
    assert len(receiver.bodies) > 10
    values = [*VALUES.values(), *(secret.encode() for secret in SECRETS)]
    shown = [_without_ids(data) for data in (path.read_bytes(), *receiver.bodies, page)]
    assert [spotted(data, values) for data in shown if spotted(data, values)] == []
    assert "T0p5ecretOfTheReceiver" not in told
    assert receiver.url not in told


def _without_ids(data: bytes) -> bytes:
    """Without what the sandbox and we draw: five of its digits may be a secret's."""
    lines = []
    for line in data.splitlines():
        told = json.loads(line) if line.startswith(b"{") else None
        if told is not None:
            told |= {"run": "", "request_id": ""}
        lines.append(json.dumps(told).encode() if told is not None else line)
    return b"\n".join(lines)


def test_options_change_while_it_runs(tmp_path: Path) -> None:
    """By a script, as ``:set`` does it."""
    script, first, second = tmp_path / "set.py", tmp_path / "1", tmp_path / "2"
    script.write_text(
        "from mitmproxy import ctx, http\n"
        "def request(flow):\n"
        "    if value := flow.request.query.get('set'):\n"
        "        try:\n"
        "            ctx.options.set(value)\n"
        "        except Exception as error:\n"
        "            flow.response = http.Response.make(200, str(error))\n"
    )
    path = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json?set="
    with upstream_proxy(tmp_path, "-s", str(script), *setting(EVENTS, first)) as proxy:
        proxy.send(bad(1))
        proxy.send(request(path=f"{path}{EVENTS}={second}"))
        proxy.send(bad(2))
        answer = proxy.send(request(path=f"{path}{EVENTS}=/no/such/place"))
        assert b"why20003_events: /no/such/place: No such file or directory" in answer.body
        proxy.send(bad(3))
        proxy.running.stop()
    assert [line["index"] for line in parsed(first.read_bytes())] == [0]
    assert len([line for line in parsed(second.read_bytes()) if line["type"] == "diagnosis"]) >= 2
