import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from quiet_assertions import pytest_assertrepr_compare

__all__ = ["pytest_assertrepr_compare"]  # pytest calls it

# No example fails because the machine is slow; what may not take long is measured as a ratio (growth.py).
settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Programs that tests start inherit what is ignored, as under nohup or in the background of a shell."""
    if sys.platform != "win32":
        for one in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            if signal.getsignal(one) is signal.SIG_IGN:
                signal.signal(one, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Where something is saved, the addon makes all files of its process private for good."""
    os.umask(0o022)
    yield
    os.umask(0o022)


@pytest.fixture(autouse=True)
def untapped() -> Iterator[None]:
    """A test that fails leaves its addon as it is; that must not watch what mitmproxy reads in the next ones."""
    layers: Any = sys.modules.get("mitmproxy.proxy.layers.http._http1")
    if layers is None:
        yield
        return
    server = layers.Http1Server
    before = server.read_headers, server.send
    yield
    server.read_headers, server.send = before


@pytest.fixture
def golden_update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden-update"))
