"""The real curl of this machine, through the real proxy to the sandbox: what it prints and what the proxy records."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import TypeAlias

import pytest
from judging import diagnoses
from live import Proxy, upstream_proxy

from analyzers.building import GOOD
from analyzers.exchange import Exchange
from recordings import curl
from recordings.opening import open_recording
from recordings.reading import Entry
from why20003.sandbox import LIVE

Told: TypeAlias = dict[tuple[str, str], tuple[list[Exchange], list[Exchange]]]

WRONG = f"{LIVE.sid}:{LIVE.auth_token[::-1]}"
URL = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
PLAIN_URL = URL.replace("https:", "http:")
CALLS = {
    "wrong": ("-u", WRONG, URL),
    "right": ("-u", f"{LIVE.sid}:{LIVE.auth_token}", URL),
    "swapped": ("-u", f"{LIVE.auth_token}:{LIVE.sid}", URL),
    "none": (URL,),
    "http-1.1": ("--http1.1", "-u", WRONG, URL),
    "followed": ("-L", "-u", f"{LIVE.sid}:{LIVE.auth_token}", PLAIN_URL),
    "posted": ("-u", WRONG, "-d", "To=%2B1", "-d", "Body=x", URL),
    "chunked": ("-u", WRONG, "-H", "X-Sandbox-Behaviour: chunked, gzip", "--compressed", URL),
    "line-feed": ("--http1.1", "-H", f"Authorization: Basic {GOOD.decode()[6:60]}\n{GOOD.decode()[60:]}", URL),
    "twice": ("-u", WRONG, URL, URL),
}
PRINTED = {"-v": ("-v",), "--trace": ("--trace", "-"), "--trace-ascii": ("--trace-ascii", "-", "--trace-time")}
# --trace-ascii shows a line feed as a dot and a compressed body not at all.
UNSEEN = {("line-feed", "--trace-ascii"), ("chunked", "--trace-ascii")}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    with upstream_proxy(tmp_path_factory.mktemp("curl")) as running:
        yield running


def run(proxy: Proxy, *arguments: str) -> bytes:
    command = [
        "curl",
        "-s",
        "-q",
        "-x",
        f"http://127.0.0.1:{proxy.running.port}",
        "--cacert",
        str(proxy.running.certificate),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=30,
        check=False,
        env=environment,
    )
    return done.stdout


@pytest.fixture(scope="module")
def told(proxy: Proxy) -> Told:
    """By call and form: what curl printed of the exchanges, and what the capture has of them."""
    printed: dict[tuple[str, str], bytes] = {}
    for name, call in CALLS.items():
        for form, option in PRINTED.items():
            printed[name, form] = run(proxy, *option, "-H", f"X-Call: {name}{form}", *call)
    proxy.running.stop()
    captured = open_recording(proxy.capture).exchanges
    found = {}
    for (name, form), text in printed.items():
        mark = f"{name}{form}".encode()
        found[name, form] = read(text), [one for one in captured if one.request.first(b"x-call") == mark]
    return found


def test_real_curl_tells_what_the_capture_tells(
    told: Told,
) -> None:
    for (name, form), (printed, captured) in told.items():
        assert len(printed) == len(captured) == (2 if name in {"followed", "twice"} else 1), (name, form)
        if (name, form) not in UNSEEN:
            assert summary(printed) == summary(captured), (name, form)
        for one, other in zip(printed, captured, strict=True):
            assert (one.request.method, one.request.host, one.request.target) == (
                (other.request.method, other.request.host, other.request.target)
            )
            assert (one.request.scheme, one.refused_by_proxy) == (other.request.scheme, other.refused_by_proxy)
            if (name, form) not in UNSEEN:
                assert one.request.first(b"authorization") == other.request.first(b"authorization")
            if other.request.scheme == "https":
                assert one.tls_issuer == "mitmproxy"
                assert one.tls_version in {"TLSv1.2", "TLSv1.3"}
            assert one.server_address is None  # a proxy's is not the server's


def test_real_curl_over_http_2(told: Told) -> None:
    if b"HTTP2" not in subprocess.run(["curl", "--version"], capture_output=True, check=True).stdout:
        pytest.skip("this curl knows no HTTP/2")
    for form in PRINTED:
        [[printed], [captured]] = told["wrong", form]
        assert printed.request.version == captured.request.version == "HTTP/2.0"
        [[printed], [captured]] = told["http-1.1", form]
        assert printed.request.version == captured.request.version == "HTTP/1.1"


def test_real_times(told: Told) -> None:
    [[printed], [captured]] = told["wrong", "--trace-ascii"]

    assert captured.started_at is not None
    assert printed.started_at == pytest.approx(captured.started_at, abs=2)


def read(text: bytes) -> list[Exchange]:
    assert curl.sniff(text[:65536])
    return [item.exchange for item in curl.items(io.BytesIO(text)) if isinstance(item, Entry)]


def summary(found: list[Exchange]) -> dict[int, list[tuple[str, str]]]:
    return {
        index: [(one.cause, one.verdict.value) for one in diagnosis.findings]
        for index, diagnosis in diagnoses(found).items()
    }
