"""mitmdump listens on every interface unless it is told otherwise; whoever runs the addon is warned of that."""

import io
import logging

import pytest
from mitmproxy import master
from mitmproxy.addons import dumper, termlog
from mitmproxy.test import taddons

from addon import plugin
from addon.plugin import Why20003

WARNING = "this proxy listens on every network interface and sees credentials; add --listen-host 127.0.0.1"


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        pytest.param({}, True, id="mitmproxys-default"),
        pytest.param({"mode": ["reverse:https://api.twilio.com"]}, True, id="reverse"),
        pytest.param({"mode": ["regular@127.0.0.1:8080", "socks5"]}, True, id="one-of-two"),
        pytest.param({"listen_host": "127.0.0.1"}, False, id="listen-host"),
        pytest.param({"mode": ["regular@127.0.0.1:8080"]}, False, id="mode-with-address"),
        pytest.param({"mode": ["local"]}, False, id="listens-to-no-network"),
        pytest.param({"server": False}, False, id="no-server"),
    ],
)
async def test_who_is_warned(
    options: dict[str, object], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, warned: bool
) -> None:
    monkeypatch.setattr(plugin, "DumpMaster", master.Master)
    addon = Why20003(io.StringIO())
    with taddons.context(dumper.Dumper(io.StringIO()), termlog.TermLog(), addon) as context:
        context.options.update(**options)
        with caplog.at_level(logging.WARNING):
            addon.running()
        addon.done()
        context.master.addons.clear()
    assert (WARNING in caplog.text) is warned
