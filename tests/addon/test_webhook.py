import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from canary import spotted
from every_output_capture import VALUES, exchanges
from test_events import SCHEMA

from addon import webhook
from addon.sinks.courier import Undelivered
from addon.webhook import Hook, Posts, checked, opened
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture

STRAY = basic(SID, TOKEN + b"\n")
SECRET_PATH = "/hook/T0p5ecretOfTheReceiver"


class Receiver(ThreadingHTTPServer):
    """A server that takes posts and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[dict[str, Any]] = []
        self.heads: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{SECRET_PATH}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        assert self.path == SECRET_PATH
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.server.posts.append(json.loads(body))
        self.server.heads.append({name.lower(): value for name, value in self.headers.items()})
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", SECRET_PATH)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def posts(receiver: Receiver) -> Iterator[Posts]:
    made = opened(receiver.url)
    yield made
    made.courier.close()
    made.courier.join(30)


def until(met: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/x?token=1", "https://u:p@example.com", "http://127.0.0.1:1/x", "http://[::1]:8/", "http://localhost/"],
)  # fmt: skip
def test_these_may_be_posted_to(url: str) -> None:
    assert checked(url) == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/s3cret", "for this machine"),
        ("http://10.0.0.1/s3cret", "for this machine"),
        ("http://127.0.0.1.evil.example/s3cret", "for this machine"),
        ("http://localhost.evil.example/s3cret", "for this machine"),
        ("https://api.twilio.com/s3cret", "host of Twilio's"),
        ("https://API.TWILIO.com./s3cret", "host of Twilio's"),
        ("ftp://example.com/s3cret", "expected a URL"),
        ("example.com/s3cret", "expected a URL"),
        ("https:///s3cret", "expected a URL"),
        ("https://example.com:99999/s3cret", "expected a URL"),
        ("https://example.com:0/s3cret", "expected a URL"),
        ("https://[::1/s3cret", "expected a URL"),
        ("https://example.com/s3cret\r\nX: y", "expected a URL"),
        ("https://example.com/s3cret x", "expected a URL"),
        ("s3cret", "expected a URL"),
    ],
)
def test_these_may_not_and_are_not_shown(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        checked(url)
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_without_httpx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"needs httpx; install it with: pip install 'why20003\[observe\]'"):
        opened("https://example.com")


def test_a_diagnosis_is_posted_with_a_sentence_for_people(receiver: Receiver, posts: Posts) -> None:
    posts.judged(Capture(b"key").add(refused(STRAY, method="GET")))
    until(lambda: bool(receiver.posts))
    [post] = receiver.posts
    assert [*SCHEMA.iter_errors(post)] == []
    assert post["text"].startswith("GET https://api.twilio.com/2010-04-01/Accounts/")
    assert " was refused with 401. stray-characters (confirmed): The password has extra characters" in post["text"]
    assert " Fix: " in post["text"]
    assert receiver.heads[0]["content-type"] == "application/json"
    assert receiver.heads[0]["user-agent"] == "why20003"
    assert "authorization" not in receiver.heads[0]


def test_repetitions_and_what_is_no_fault_are_not_posted_but_a_correction_is(receiver: Receiver, posts: Posts) -> None:
    capture = Capture(b"key")
    posts.judged(capture.add(refused(None, agent=b"Wget/1.21.3")))
    posts.judged(capture.add(accepted(GOOD, agent=b"Wget/1.21.3", at=0.2)))
    for number in range(10):
        posts.judged(capture.add(refused(STRAY, at=10.0 + number)))
    diagnosis = capture.add(refused(STRAY, at=30.0)).diagnosis
    assert diagnosis is not None
    found = diagnosis.findings[0]  # one more, so that it is not taken for the refusal of before
    posts.again(
        replace(diagnosis, benign=True, url="https://api.twilio.com/x", findings=(*diagnosis.findings, found)), 1.0
    )
    posts.courier.close()
    posts.courier.join(30)
    assert [(post["type"], post["cause"], post["benign"]) for post in receiver.posts] == [
        ("diagnosis", "no-authorization", False),
        ("correction", None, True),
        ("diagnosis", "stray-characters", False),
    ]
    assert receiver.posts[1]["text"].startswith("correction: ")
    assert [error.message for post in receiver.posts for error in SCHEMA.iter_errors(post)] == []


@pytest.mark.parametrize(
    ("answers", "tries", "delivered"),
    [([500, 503], 3, True), ([429], 2, True), ([500] * 9, 3, False), ([400], 1, False), ([302] * 9, 1, False)],
    ids=["server error", "too many", "always", "refused", "redirect"],
)
def test_what_may_pass_is_tried_again(  # noqa: PLR0917 - fixtures and a table
    answers: list[int], tries: int, delivered: bool, receiver: Receiver, posts: Posts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_PAUSES", (0.01, 0.01))
    receiver.answers = answers
    posts.judged(Capture(b"key").add(refused(STRAY)))
    until(lambda: posts.courier.delivered + posts.courier.dropped == 1)
    assert len(receiver.posts) == tries
    assert (posts.courier.delivered == 1) is delivered


def test_nothing_of_the_url_is_logged_by_anybody(
    receiver: Receiver, posts: Posts, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = [400]
    with (
        caplog.at_level(logging.DEBUG),
        caplog.at_level(logging.DEBUG, "httpx"),
        caplog.at_level(logging.DEBUG, "httpcore"),
    ):
        capture = Capture(b"key")
        posts.judged(capture.add(refused(STRAY)))
        posts.judged(capture.add(refused(None)))
        until(lambda: posts.courier.delivered + posts.courier.dropped == 2)
    told = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert told.splitlines() == [
        "addon.sinks.courier why20003: 1 event was not delivered to why20003_webhook: it answered 400 None"
    ]


def test_others_still_see_what_httpx_logs_for_them(
    receiver: Receiver, posts: Posts, caplog: pytest.LogCaptureFixture
) -> None:
    httpx = pytest.importorskip("httpx")
    posts.judged(Capture(b"key").add(refused(STRAY)))
    until(lambda: posts.courier.delivered == 1)
    with caplog.at_level(logging.INFO, "httpx"), httpx.Client(trust_env=False) as client:
        client.post(receiver.url, json={})
    assert any("HTTP Request" in record.getMessage() for record in caplog.records)
    posts.courier.close()
    posts.courier.join(30)
    assert logging.getLogger("httpx").filters == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
def test_no_variable_leads_through_a_proxy(variable: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    hook = Hook(receiver.url)
    hook.deliver(b"{}")
    hook.close()
    assert receiver.bodies == [b"{}"]


def test_nobody_there_is_said_without_the_url() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}{SECRET_PATH}"
        hook = Hook(url)
        with pytest.raises(Undelivered, match=r"^connect error$") as refused:
            hook.deliver(b"{}")
    hook.close()
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("how", ["silence", "garbage", "no tls"])
def test_a_server_that_is_none_costs_seconds_of_nobody_else(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if how == "garbage":
            threading.Thread(target=_babble, args=(server,), daemon=True).start()
        hook = Hook(f"{'https' if how == 'no tls' else 'http'}://127.0.0.1:{port}/")
        began = time.monotonic()
        with pytest.raises(Undelivered) as refused:
            hook.deliver(b"{}")
        assert time.monotonic() - began < 5
        assert refused.value.again is not None
        hook.close()


def _babble(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.sendall(b"\xff\x00 what?\r\n\r\n")
    connection.close()


def test_no_post_holds_a_secret(receiver: Receiver, posts: Posts) -> None:
    capture = Capture(b"key")
    for exchange in exchanges():
        posts.judged(capture.add(exchange))
    posts.courier.close()
    posts.courier.join(10)
    assert posts.courier.dropped == 0
    assert len(receiver.bodies) > 20
    assert spotted(b"\n".join(receiver.bodies), [*VALUES.values()]) == []


def test_httpx_is_not_loaded_before_something_is_posted() -> None:
    code = "import sys, addon.webhook as w; w.opened('https://127.0.0.1:1/'); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
