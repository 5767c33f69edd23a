"""Large downloads through the real mitmdump: at once, whole, and without their weight in memory."""

import json
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from live import request
from mitmproxy import http
from mitmproxy.io import FlowReader
from origin import http2_origin, in_front_of, origin, pattern, resident

from recordings.opening import open_recording

MB = 1 << 20
BODY = pattern(10 * MB)
PLAIN = b"HTTP/1.1 %d OK\r\nContent-Type: audio/x-wav\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\nTransfer-Encoding: chunked\r\n\r\n"
END_LESS = b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n\r\n"


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def held(head: bytes, first: bytes, gate: threading.Event, rest: bytes) -> Callable[[socket.socket, bytes], None]:
    """An answer whose rest comes when the gate is opened."""

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head + first)
        assert gate.wait(20), "the first bytes did not arrive in time"
        connection.sendall(rest)

    return answer


WAYS = {
    "length": (PLAIN % (200, len(BODY)), BODY[:70_000], BODY[70_000:]),
    "chunked": (CHUNKED, chunked(BODY[:70_000]), chunked(BODY[70_000:]) + b"0\r\n\r\n"),
    "until the end": (END_LESS, BODY[:70_000], BODY[70_000:]),
    "one byte first": (PLAIN % (206, len(BODY)), BODY[:1], BODY[1:]),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_first_byte_comes_before_the_last_is_sent(way: str, tmp_path: Path) -> None:
    gate = threading.Event()
    head, first, rest = WAYS[way]
    with (
        origin(held(head, first, gate, rest)) as server,
        in_front_of(server.port, tmp_path) as proxy,
        httpx.Client(trust_env=False) as client,
        client.stream("GET", f"http://127.0.0.1:{proxy.port}/x.wav", headers={"Host": "api.twilio.com"}) as answer,
    ):
        assert answer.status_code in {200, 206}
        pieces = answer.iter_raw()
        got = next(pieces)
        assert got
        assert not gate.is_set()
        gate.set()
        got += b"".join(pieces)
        assert sha256(got).digest() == sha256(BODY).digest()


def test_a_mitmdump_without_the_addon_holds_it_back(tmp_path: Path) -> None:
    """Else the test above would show nothing."""
    gate = threading.Event()
    head, first, rest = WAYS["length"]
    with origin(held(head, first, gate, rest)) as server, in_front_of(server.port, tmp_path, script="") as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as connection:
            connection.sendall(request())
            with pytest.raises(TimeoutError):
                connection.recv(10)
        gate.set()


@pytest.mark.parametrize("recorded", [False, True])
def test_memory_does_not_grow_with_what_passes(recorded: bool, tmp_path: Path) -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(PLAIN % (200, 3 * len(BODY)))
        for _number in range(3):
            connection.sendall(BODY)

    wanted = sha256(BODY * 3).digest()
    record = ("--set", f"why20003_record={tmp_path / 'r.mitm'}") if recorded else ()
    with origin(answer) as server, in_front_of(server.port, tmp_path, *record) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/x.wav"

        def fetch(_: int) -> bytes:
            found = sha256()
            with httpx.Client(trust_env=False, timeout=60) as client, client.stream(
                "GET", url, headers={"Host": "api.twilio.com"}
            ) as answered:  # fmt: skip
                for piece in answered.iter_raw():
                    found.update(piece)
            return found.digest()

        fetch(0)
        before = resident(proxy.pid, "VmHWM")
        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(fetch, range(12))) == {wanted}
        grown = resident(proxy.pid, "VmHWM") - before
        assert grown < 20 * 1024, f"{grown} kB more"
    if recorded:
        found = open_recording(tmp_path / "r.mitm").exchanges
        assert len(found) == 13
        assert {(each.response.status, len(each.response.body) > 0) for each in found if each.response} == {(200, True)}


def test_what_w_saves_is_whole_although_it_passes_at_once(tmp_path: Path) -> None:
    gate, capture = threading.Event(), tmp_path / "saved.mitm"
    head, first, rest = WAYS["length"]
    with origin(held(head, first, gate, rest)) as server:
        with (
            in_front_of(server.port, tmp_path, "-w", str(capture)) as proxy,
            httpx.Client(trust_env=False) as client,
            client.stream("GET", f"http://127.0.0.1:{proxy.port}/x.wav", headers={"Host": "api.twilio.com"}) as answer,
        ):
            pieces = answer.iter_raw()
            got = next(pieces)
            gate.set()
            assert got + b"".join(pieces) == BODY
        with capture.open("rb") as file:
            [flow] = FlowReader(file).stream()
    assert isinstance(flow, http.HTTPFlow)
    assert flow.response is not None
    assert flow.response.raw_content == BODY


@pytest.mark.parametrize("how", ["script", "modify_body"])
def test_who_replaces_bodies_still_does(how: str, tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text("def response(flow):\n    flow.response.content = b'mine' * 3\n")
    more = ["-s", str(script)] if how == "script" else ["--set", "modify_body=|~s|(?s)^.*$|mineminemine"]

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(PLAIN % (200, MB) + BODY[:MB])

    with origin(answer) as server, in_front_of(server.port, tmp_path, *more) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/x.wav"
        assert httpx.get(url, headers={"Host": "api.twilio.com"}, trust_env=False).content == b"mineminemine"


def test_a_large_refusal_is_held_and_annotated(tmp_path: Path) -> None:
    told = json.dumps({"code": 20003, "message": "Authenticate", "status": 401, "x": "y" * 300_000}).encode()
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    head += b"Twilio-Request-Id: RQ" + b"0" * 32 + b"\r\n\r\n"

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head + chunked(told[:1000]) + chunked(told[1000:]) + b"0\r\n\r\n")

    with origin(answer) as server, in_front_of(server.port, tmp_path) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/2010-04-01/Accounts.json"
        found = httpx.get(url, headers={"Host": "api.twilio.com"}, trust_env=False)
    assert found.status_code == 401
    assert "[why20003: " in found.json()["message"]


def test_a_download_that_breaks_off_breaks_off_for_the_client_and_harms_nobody(tmp_path: Path) -> None:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(PLAIN % (200, len(BODY)) + BODY[:MB])

    with origin(answer) as server, in_front_of(server.port, tmp_path) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/x.wav"
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(url, headers={"Host": "api.twilio.com"}, trust_env=False)
        told = proxy.stop()
    assert "Traceback" not in told
    assert "could not be diagnosed" not in told


def test_over_http2_as_well(tmp_path: Path) -> None:
    gate = threading.Event()
    with (
        http2_origin([BODY[:20_000], BODY[20_000:]], gate) as server,
        in_front_of(server.port, tmp_path, "--set", "ssl_insecure=true", scheme="https") as proxy,
        httpx.Client(http1=False, http2=True, verify=False, trust_env=False) as client,  # noqa: S501 - ours at both ends
        client.stream("GET", f"https://127.0.0.1:{proxy.port}/x.wav", headers={"Host": "api.twilio.com"}) as answer,
    ):
        assert answer.http_version == "HTTP/2"
        pieces = answer.iter_raw()
        got = next(pieces)
        assert not gate.is_set()
        gate.set()
        assert sha256(got + b"".join(pieces)).digest() == sha256(BODY).digest()


# --- signed requests --------------------------------------------------------------------------------------------------
SIGNED = (
    b"GET /2010-04-01/Accounts/AC00112233445566778899aabbccddeeff/Messages.json?To=%2B1&a=b%20c HTTP/1.1\r\n"
    b'Host: api.twilio.com\r\nUSER-agent: Own/1.0\r\nAccept-Encoding:  gzip ,br\r\nIf-None-Match: "x"\r\n'
    b"Twilio-Client-Validation: eyJhbGciOiJSUzI1NiJ9.eyJocmgiOiJob3N0In0.c2ln\r\nX-Two: a\r\nx-two: b\r\n"
    b"Authorization: Basic QUM6eA==\r\nCookie: b=2; a=1\r\n\r\n"
)  # fmt: skip


@pytest.mark.parametrize("status", [200, 401])
def test_a_signed_request_arrives_byte_for_byte(status: int, tmp_path: Path) -> None:
    body = b'{"code": 20003, "message": "Authenticate", "status": 401}'

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(PLAIN % (status, len(body)) + body)

    with origin(answer) as server:
        with in_front_of(server.port, tmp_path) as proxy:
            for _ in range(2):
                with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
                    connection.sendall(SIGNED)
                    assert connection.recv(65536)
        assert server.asked == [SIGNED.replace(b":  gzip", b": gzip")] * 2  # a blank more is the parser's


def test_this_python_has_what_the_memory_is_read_from() -> None:
    assert sys.platform == "linux"
