import io
import json
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

import pytest
from flows import flow_of
from mitmproxy import ctx, exceptions
from mitmproxy.test import taddons

from addon.plugin import Why20003
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.exchange import Exchange

STRAY = basic(SID, TOKEN + b"\n")
EVENTS, WEBHOOK, PORT = "why20003_events", "why20003_webhook", "why20003_metrics_port"


@pytest.fixture
async def addon() -> AsyncIterator[Why20003]:
    """The addon, loaded and running; asynchronous, because mitmproxy's test context takes the running event loop."""
    found = Why20003(io.StringIO())
    with taddons.context(found):
        found.running()
        yield found
        found.done()


@contextmanager
def free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    yield port


def answered(addon: Why20003, *several: Exchange) -> None:
    for exchange in several:
        addon.response(flow_of(exchange))


def until(met: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def scraped(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def test_nothing_is_on_or_loaded_unless_asked_for(addon: Why20003) -> None:
    assert addon._outlets.is_on is False
    code = """
import sys
from addon.plugin import Why20003
Why20003()
print(*sorted({"addon.events", "addon.webhook", "addon.metrics", "addon.numbers", "addon.sinks", "httpx",
               "prometheus_client", "http.server", "uuid"} & set(sys.modules)))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    plain = "import sys, mitmproxy.tools.dump; print(*sorted({'http.server', 'uuid', 'httpx'} & set(sys.modules)))"
    before = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, timeout=60, check=True)
    assert set(told.split()) <= set(before.stdout.split())


def test_events_are_written_as_they_happen(addon: Why20003, tmp_path: Path) -> None:
    path = tmp_path / "events"
    ctx.options.update(**{EVENTS: str(path)})
    answered(addon, refused(STRAY), refused(STRAY, at=1.0), accepted(GOOD, at=2.0), accepted(GOOD, at=3.0))
    until(lambda: path.stat().st_size > 0)
    assert [line["cause"] for line in lines(path)] == ["stray-characters"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    addon.done()
    assert [(line["type"], line["count"]) for line in lines(path)] == [("diagnosis", 1), ("repetition", 2)]


def test_another_file_takes_over_and_gets_what_is_new_to_it(addon: Why20003, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    ctx.options.update(**{EVENTS: str(first)})
    answered(addon, refused(STRAY))
    ctx.options.update(**{EVENTS: str(second)})
    answered(addon, refused(STRAY, at=1.0))
    ctx.options.update(**{EVENTS: ""})
    assert addon._outlets.is_on is False
    answered(addon, refused(None, at=2.0))
    addon.done()
    assert [[line["index"] for line in lines(path)] for path in (first, second)] == [[0], [0]]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        (EVENTS, "no/such/folder/x", r"^why20003_events: no/such/folder/x: No such file or directory$"),
        (EVENTS, "-", r"^why20003_events: -: - is standard output, which only mitmdump leaves free"),
        (EVENTS, "unix:", r"wants the path of a socket"),
        (WEBHOOK, "http://example.com/s3cret", r"^why20003_webhook: http:// is for this machine"),
        (WEBHOOK, "https://api.twilio.com/s3cret", r"^why20003_webhook: a host of Twilio's"),
        (PORT, -1, r"^why20003_metrics_port: -1: a port is a number from 1 to 65535; 0 for none$"),
        (PORT, 65536, r"a port is a number"),
    ],
)
def test_what_cannot_be_is_refused_and_the_old_value_stays(
    option: str, value: str | int, says: str, addon: Why20003, tmp_path: Path
) -> None:
    path = tmp_path / "events"
    with free_port() as port:
        good: dict[str, Any] = {EVENTS: str(path), WEBHOOK: "https://127.0.0.1:1/", PORT: port}
        ctx.options.update(**good)
    with pytest.raises(exceptions.OptionsError, match=says) as refusal:
        ctx.options.update(**{option: value})
    assert "s3cret" not in str(refusal.value)
    assert {name: getattr(ctx.options, name) for name in good} == good
    answered(addon, refused(None))
    until(lambda: path.stat().st_size > 0)
    assert "why20003_refusals_total" in scraped(port)


def test_before_the_start_it_is_an_error_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told = subprocess.run(
        ["mitmdump", "-s", "addon", "--set", f"confdir={tmp_path}", "-p", "0", "--listen-host", "127.0.0.1",
         "--set", "why20003_metrics_port=70000", "--set", "why20003_webhook=http://example.com/s3cret"],
        capture_output=True, text=True, timeout=60, check=False, env=environment(),
    )  # fmt: skip
    assert told.returncode != 0
    assert "why20003_metrics_port: 70000: a port is a number from 1 to 65535" in told.stdout + told.stderr
    assert "why20003_webhook: http:// is for this machine" in told.stdout + told.stderr
    assert "Traceback" not in told.stdout + told.stderr
    assert "s3cret" not in told.stdout + told.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_a_port_in_use_is_refused_and_metrics_go_on_at_the_old_one(addon: Why20003) -> None:
    with free_port() as port:
        ctx.options.update(**{PORT: port})
    answered(addon, refused(STRAY))
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(exceptions.OptionsError, match=rf"^why20003_metrics_port: {taken}: Address already in use$"):
            ctx.options.update(**{PORT: taken})
    assert 'cause="stray-characters"' in scraped(port)


def test_metrics_move_with_their_counts_and_can_come_back(addon: Why20003) -> None:
    with free_port() as first, free_port() as second:
        ctx.options.update(**{PORT: first})
        answered(addon, refused(STRAY), refused(STRAY, at=1.0), accepted(GOOD, at=2.0), accepted(GOOD, at=3.0))
        assert 'why20003_exchanges_total{host="api.twilio.com"} 4.0' in scraped(first)
        ctx.options.update(**{PORT: second})
        answered(addon, refused(STRAY, at=4.0))
        assert 'why20003_exchanges_total{host="api.twilio.com"} 5.0' in scraped(second)
        ctx.options.update(**{PORT: 0})
        ctx.options.update(**{PORT: second})
        assert 'why20003_exchanges_total{host="api.twilio.com"}' not in scraped(second)
    addon.done()
    with pytest.raises(OSError, match="refused"):
        scraped(second)


def test_an_exchange_that_cannot_be_diagnosed_is_counted(addon: Why20003) -> None:
    with free_port() as port:
        ctx.options.update(**{PORT: port})
    with patch("addon.plugin.exchange_of", side_effect=KeyError(TOKEN.decode())):
        answered(addon, refused(STRAY))
    assert "why20003_undiagnosed_total 1.0" in scraped(port)


def test_a_fault_of_an_outlet_is_one_line_and_the_diagnosis_stands(
    addon: Why20003, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ctx.options.update(**{EVENTS: str(tmp_path / "events")})
    flows = [flow_of(refused(STRAY, at=float(number))) for number in range(3)]
    with patch("addon.events.News.again", side_effect=ValueError(TOKEN.decode())), caplog.at_level(logging.WARNING):
        for flow in flows:
            addon.response(flow)
    assert caplog.messages == ["why20003: an event could not be told (ValueError); more of these are not said"]
    assert all(flow.metadata["why20003"]["cause"] == "stray-characters" for flow in flows)


def test_the_end_waits_for_a_hook_that_hangs_no_longer_than_it_says(addon: Why20003, tmp_path: Path) -> None:
    path = tmp_path / "events"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ctx.options.update(**{WEBHOOK: f"http://127.0.0.1:{silent.getsockname()[1]}/", EVENTS: str(path)})
        for number in range(500):
            answered(addon, refused(basic(SID, b"%032x" % number), at=float(number)))
        began = time.monotonic()
        addon.done()
        assert time.monotonic() - began < 20
    assert len(lines(path)) == 500


def test_all_threads_end(addon: Why20003, tmp_path: Path) -> None:
    before = threading.active_count()
    with free_port() as port:
        ctx.options.update(**{EVENTS: str(tmp_path / "e"), WEBHOOK: "https://127.0.0.1:1/", PORT: port})
    assert threading.active_count() == before + 3
    addon.done()
    until(lambda: threading.active_count() == before)
