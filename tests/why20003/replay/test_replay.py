import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from live import leaked

from analyzers.building import MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange, Response
from why20003.replay.choosing import changes_something, chosen, objection
from why20003.sandbox.accounts import LIVE, every_secret

SAMPLES = Path(__file__).resolve().parents[3] / "recordings" / "samples"
RIGHT = {"TWILIO_ACCOUNT_SID": LIVE.sid, "TWILIO_AUTH_TOKEN": LIVE.auth_token}
WRONG = basic(SID, TOKEN[::-1])


def why20003(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return subprocess.run(
        [sys.executable, "-m", "why20003.cli", "replay", *arguments],
        capture_output=True,
        text=True,
        env={**kept, "COLUMNS": "200", **environment},
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[bytes]]]:
    """A server that is not the sandbox, and what it heard."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(10)


@pytest.mark.parametrize(
    ("sample", "cause"), [("halves-swapped", "halves-swapped"), ("base64-line-wrapped", "base64-line-wrapped")]
)
def test_the_same_request_is_refused_for_the_same_reason(sample: str, cause: str) -> None:
    done = why20003(str(SAMPLES / f"{sample}.mitm"))
    assert done.returncode == 1, done.stderr
    assert done.stdout.count(f"{cause} (confirmed)") == 2
    assert "Refused for the same reason." in done.stdout
    assert leaked(done.stdout + done.stderr, *every_secret()) == []


def test_the_right_pair_is_not_refused() -> None:
    done = why20003(str(SAMPLES / "base64-line-wrapped.mitm"), "--credentials", "env", **RIGHT)
    assert done.returncode == 0, done.stderr
    assert "not refused" in done.stdout
    assert "Refused then, not refused now." in done.stdout
    assert leaked(done.stdout + done.stderr, *every_secret()) == []


def test_json_has_both_diagnoses() -> None:
    done = why20003(str(SAMPLES / "base64-line-wrapped.mitm"), "--format", "json", "--credentials", "env", **RIGHT)
    document = json.loads(done.stdout)
    assert document["schema"] == "why20003-replay/1"
    (one,) = document["replays"]
    assert one["before"]["cause"] == "base64-line-wrapped"
    assert one["after"] is None
    assert one["status"] == {"before": 401, "after": 200}
    assert document["not_sent"] == []


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "told"),
    [
        pytest.param(["no-such.mitm"], {}, 3, "No such file", id="no-file"),
        pytest.param([str(SAMPLES / "ok.mitm")], {}, 3, "nothing to send", id="nothing-refused"),
        pytest.param([str(SAMPLES / "ok.mitm"), "--index", "99"], {}, 2, "--index 99", id="no-such-entry"),
        pytest.param(
            [str(SAMPLES / "halves-swapped.mitm"), "--credentials", "env"], {}, 2, "TWILIO_ACCOUNT_SID", id="no-pair"
        ),
        pytest.param([str(SAMPLES / "ok.mitm"), "--to", "ftp://x"], {}, 2, "--to: expected sandbox", id="scheme"),
        pytest.param([str(SAMPLES / "ok.mitm"), "--to", "https://x/y"], {}, 2, "--to: expected sandbox", id="path"),
        pytest.param([str(SAMPLES / "ok.mitm"), "--to", "https://x:99999"], {}, 2, "--to: expected sandbox", id="port"),
        pytest.param([str(SAMPLES / "ok.mitm"), "--to", "https://a:b@x"], {}, 2, "--credentials", id="userinfo"),
        pytest.param(
            [str(SAMPLES / "base64-line-wrapped.mitm"), "--to", "https://api.twilio.com"],
            {},
            2,
            "not sent: nobody can be asked",
            id="nobody-to-ask",
        ),
        pytest.param(
            [str(SAMPLES / "halves-swapped.mitm"), "--to", "https://api.twilio.com"],
            {},
            3,
            "nothing to send",
            id="only-writes",
        ),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], environment: dict[str, str], code: int, told: str) -> None:
    done = why20003(*arguments, **environment)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert leaked(done.stdout + done.stderr, *every_secret()) == []


def test_everything_with_twilio_on_request() -> None:
    done = why20003(str(SAMPLES / "ok.mitm"), "--all")
    assert done.returncode == 0, done.stderr
    assert "Not refused, then and now." in done.stdout


def test_another_server_gets_no_writes(elsewhere: tuple[str, list[bytes]]) -> None:
    url, heard = elsewhere
    done = why20003(str(SAMPLES / "halves-swapped.mitm"), "--to", url)
    assert done.returncode == 3
    assert "it may change something there; --allow-writes sends it" in done.stdout
    assert heard == []
    done = why20003(str(SAMPLES / "halves-swapped.mitm"), "--to", url, "--allow-writes")
    assert [head[:5] for head in heard] == [b"POST "]
    assert f"Host: {url[7:]}".encode() in heard[0]
    assert "404" in done.stdout


def on_a_terminal(typed: bytes, *arguments: str) -> tuple[int, str]:
    """The exit code and all that stands on the terminal when `typed` is the answer to the question."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "why20003.cli", "replay", *arguments])  # noqa: S606 - the child of a fork
    shown = b""
    answered = False
    try:
        while data := os.read(terminal, 4096):
            shown += data
            if b"Type yes to send" in shown and not answered:
                os.write(terminal, typed)
                answered = True
    except OSError:  # the other end is closed
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.parametrize("typed", [b"\n", b"no\n", b"y\n", b"ye\n"])
def test_nothing_leaves_without_a_yes(typed: bytes) -> None:
    code, shown = on_a_terminal(typed, str(SAMPLES / "base64-line-wrapped.mitm"), "--to", "https://192.0.2.1")
    assert code == 2
    assert "this would be sent to https://192.0.2.1:443:" in shown
    assert f"GET https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json" in shown.replace("\r\n", "")
    assert "with the credentials that were recorded" in shown
    assert "not sent" in shown
    assert leaked(shown, *every_secret()) == []


def test_with_a_yes_it_is_sent() -> None:
    name = "nowhere.invalid"  # RFC 6761 6.4: never resolves
    code, shown = on_a_terminal(b"yes\n", str(SAMPLES / "base64-line-wrapped.mitm"), "--to", f"http://{name}")
    assert code == 3
    assert "unencrypted" in shown
    assert "no connection:" in shown
    assert "No answer came, so nothing is known of it now." in shown


MIXED = [
    refused(WRONG, at=0),
    refused(WRONG, at=1),
    accepted(basic(SID, TOKEN), at=2),
    refused(WRONG, at=3, path=MESSAGES % SID + b"?Page=1"),
    refused(None, at=4, host="example.com", path=b"/", answer=Response(status=200, headers=())),
]


@pytest.mark.parametrize(
    ("wanted", "everything", "places"),
    [
        pytest.param(set(), False, [0, 3], id="refused-once"),
        pytest.param(set(), True, [0, 1, 2, 3], id="all-with-twilio"),
        pytest.param({1, 4}, False, [1, 4], id="these"),
        pytest.param({9}, False, [], id="none"),
    ],
)
def test_what_is_chosen(wanted: set[int], *, everything: bool, places: list[int]) -> None:
    results = diagnose_all(MIXED, b"key")
    found = list(chosen("a.mitm", list(enumerate(MIXED)), results, wanted=wanted, everything=everything))
    assert [one.place for one in found] == places


def posted(length: bytes) -> Exchange:
    exchange = refused(WRONG)
    headers = (*exchange.request.headers, (b"Content-Length", length))
    return replace(exchange, request=replace(exchange.request, method="POST", body=b"abc", headers=headers))


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        (refused(WRONG), ""),
        (posted(b"3"), ""),
        (posted(b"4"), "only a part of its body"),
        (refused(WRONG, method="CONNECT"), "tunnel"),
    ],
    ids=["get", "whole", "cut", "connect"],
)
def test_objections(exchange: Exchange, told: str) -> None:
    assert (objection(exchange) == "") is (told == "")
    assert told in objection(exchange)


@pytest.mark.parametrize(
    ("method", "changes"), [("GET", False), ("head", False), ("OPTIONS", False), ("POST", True), ("DELETE", True)]
)
def test_only_safe_methods_change_nothing(method: str, *, changes: bool) -> None:
    assert changes_something(refused(WRONG, method=method)) is changes
