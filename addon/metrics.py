"""``why20003_metrics_port``: numbers for Prometheus, on 127.0.0.1. docs/metrics.md is the description for readers."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from addon.numbers import BUCKETS, Numbers

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
    from prometheus_client.registry import CollectorRegistry

ADDRESS: Final = "127.0.0.1"
_SECONDS: Final = 5.0
"""How long a client may take to ask."""
_LOOK_UP: Final = 0.1
"""How often the server looks whether it is to end, in seconds."""
_HERE: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Way(NamedTuple):
    """How a sink does."""

    delivered: int
    dropped: int
    waiting: int


Ways = Mapping[str, Way]
"""By name of the sink."""


class Metrics:
    """A server that answers GET /metrics."""

    def __init__(self, port: int, numbers: Numbers, ways: Callable[[], Ways]) -> None:
        """ValueError or OSError where it cannot listen."""
        if find_spec("prometheus_client") is None:
            raise ValueError("this needs prometheus_client; install it with: pip install 'why20003[observe]'")
        self._server = _Server((ADDRESS, port), _Handler)
        self._server.page = _Page(numbers, ways)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._serve, name="why20003_metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more; returns at once."""
        threading.Thread(target=self._server.shutdown, name="why20003_metrics end", daemon=True).start()

    def join(self) -> None:
        """After `close`: wait until the port is free."""
        self._thread.join(1.0)

    def _serve(self) -> None:
        with self._server:
            self._server.serve_forever(_LOOK_UP)


class _Page:
    """Writes the numbers down."""

    def __init__(self, numbers: Numbers, ways: Callable[[], Ways]) -> None:
        self._numbers = numbers
        self._ways = ways
        self._registry: CollectorRegistry | None = None
        self._lock = threading.Lock()

    def text(self, accepts: str) -> tuple[bytes, str]:
        """The page and its type, for what the client accepts."""
        from prometheus_client.exposition import choose_encoder  # noqa: PLC0415 - 30 ms, which no start-up pays for

        with self._lock:
            encode, kind = choose_encoder(accepts)
            return encode(self._collected()), kind

    def collect(self) -> "Iterable[Any]":
        """For the registry."""
        return families(self._numbers, self._ways())

    def _collected(self) -> "CollectorRegistry":
        if self._registry is None:
            from prometheus_client import CollectorRegistry, ProcessCollector  # noqa: PLC0415 - as above

            self._registry = CollectorRegistry(auto_describe=False)
            self._registry.register(self)
            ProcessCollector(registry=self._registry)
        return self._registry


def families(
    numbers: Numbers, ways: Ways
) -> "Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]":
    """What a scrape gets. Copies are taken first, since counting goes on."""
    from prometheus_client.core import (  # noqa: PLC0415 - as above
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )

    build = GaugeMetricFamily("why20003_build_info", "Always 1; which versions run.", labels=["version", "mitmproxy"])
    build.add_metric([_version("why20003"), _version("mitmproxy")], 1)
    yield build

    def counted(name: str, says: str, labels: list[str], counts: Iterable[tuple[tuple[str, ...], float]]) -> Any:  # noqa: ANN401 - untyped in older releases
        family = CounterMetricFamily(f"why20003_{name}", says, labels=labels)
        for values, count in counts:
            family.add_metric(values, count)
        return family

    refused = ["cause", "verdict", "host"]
    exchanges = [((host,), count) for host, count in [*numbers.exchanges.items()]]
    yield counted("exchanges", "HTTP exchanges that were looked at.", ["host"], exchanges)
    yield counted("refusals", "Refused requests, by the leading cause.", refused, [*numbers.refusals.items()])
    latest = GaugeMetricFamily(
        "why20003_last_refusal_timestamp_seconds", "When the last such refusal came.", labels=refused
    )
    for values, at in [*numbers.last_refusal.items()]:
        latest.add_metric(values, at)
    yield latest
    benign = [((cause,), count) for cause, count in [*numbers.benign.items()]]
    yield counted("benign_refusals", "Refusals that are no fault, such as a challenge.", ["cause"], benign)
    corrections = [*numbers.corrections.items()]
    yield counted("corrections", "Diagnoses that later exchanges changed.", ["before", "now"], corrections)
    failed = [((), float(numbers.undiagnosed))]
    yield counted("undiagnosed", "Exchanges that could not be diagnosed, by a fault of why20003.", [], failed)
    yield _latency(HistogramMetricFamily("why20003_analysis_seconds", _LATENCY), numbers)
    yield counted("events_delivered", "Events taken.", ["sink"], [((n,), w.delivered) for n, w in ways.items()])
    yield counted("events_dropped", "Events that nobody got.", ["sink"], [((n,), w.dropped) for n, w in ways.items()])
    waiting = GaugeMetricFamily("why20003_events_waiting", "Events not delivered yet.", labels=["sink"])
    for name, way in ways.items():
        waiting.add_metric([name], way.waiting)
    yield waiting


_LATENCY: Final = (
    "Time to judge an exchange. What repeats an earlier one in just its form is not read, nor counted here."
)


def _latency(family: "HistogramMetricFamily", numbers: Numbers) -> "HistogramMetricFamily":
    total, buckets = 0, []
    for bound, count in zip((*(str(bound) for bound in BUCKETS), "+Inf"), [*numbers.in_bucket], strict=True):
        total += count
        buckets.append((bound, float(total)))
    family.add_metric([], buckets, numbers.seconds)
    return family


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    page: _Page

    def server_bind(self) -> None:
        """Listen. The default asks the resolver for a name, and so could hold up the proxy."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news; the default prints a traceback, on mitmproxy's screen."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "why20003", ""
    timeout = _SECONDS

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").lower()
        if host.rpartition(":")[0] not in _HERE and host not in _HERE:
            self._answer(403, b"Ask for 127.0.0.1.\n")  # a page in a browser, by a name that leads here
        elif self.path.partition("?")[0] not in {"/", "/metrics"}:
            self._answer(404, b"The numbers are at /metrics.\n")
        else:
            self._answer(200, *self.server.page.text(self.headers.get("Accept") or ""))

    def _answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the default prints each request."""


__all__ = ["Metrics", "Way", "Ways", "families"]
