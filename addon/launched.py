"""What mitmdump loads when ``why20003 run`` starts it: the addon, and what the launcher wants to know.

Two pipes connect it with the launcher: on one it reads settings that must not stand on a command line, and later what
has become of the program (see Lifeline); on the other it says when it listens, and at the end what it saw.
"""

import base64
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mitmproxy import addonmanager, ctx, http
from mitmproxy.proxy import mode_servers

from addon.lifeline import Lifeline
from addon.plugin import Why20003
from addon.watching import Watch

_LONGEST = 65536


class Upstream:
    """What mitmproxy has no option for towards the proxy between us and the network.

    Its user and password: as the option upstream_auth they would stand on the command line or on the disk, and for
    http:// in what is recorded. And that Twilio may be reached without it.
    """

    def __init__(self, covers: Callable[[str], bool]) -> None:
        """`covers` tells the hosts in scope."""
        self._covers = covers
        self._value = ""
        self._spares = False

    def learn(self, login: str, *, spares: bool) -> None:
        """`login` is ``user:password`` or empty; with `spares` hosts in scope are reached directly."""
        self._value = f"Basic {base64.b64encode(login.encode()).decode()}" if login else ""
        self._spares = spares

    def http_connect_upstream(self, flow: http.HTTPFlow) -> None:
        if self._value:
            flow.request.headers["Proxy-Authorization"] = self._value

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if self._spares and self._covers(flow.request.host):
            flow.server_conn.via = None
        elif self._value and flow.request.scheme == "http":
            flow.request.headers["Proxy-Authorization"] = self._value

    def response(self, flow: http.HTTPFlow) -> None:
        self._take_back(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._take_back(flow)

    def _take_back(self, flow: http.HTTPFlow) -> None:
        if self._value and flow.request.headers.get("Proxy-Authorization") == self._value:
            del flow.request.headers["Proxy-Authorization"]


class Launched:
    """Connects the addon with the launcher. Stands in front of the addon, so that it hears of the end first."""

    def __init__(self, addon: Why20003, watch: Watch, upstream: Upstream) -> None:
        self._addon = addon
        self._watch = watch
        self._upstream = upstream
        self._lifeline: Lifeline | None = None
        self._told = -1

    def load(self, loader: addonmanager.Loader) -> None:
        loader.add_option("why20003_control", int, -1, "Pipe on which the launcher speaks.")
        loader.add_option("why20003_told", int, -1, "Pipe on which the launcher listens.")
        # mitmproxy's own warnings would say once more what the launcher says; the addon's are said here.
        warnings = logging.StreamHandler(sys.stdout)
        warnings.setLevel(logging.WARNING)
        warnings.addFilter(lambda record: record.levelno == logging.WARNING)
        logging.getLogger("addon").addHandler(warnings)

    def running(self) -> None:
        control, self._told = ctx.options.why20003_control, ctx.options.why20003_told
        settings = _settings(control)
        self._upstream.learn(str(settings.get("login", "")), spares=bool(settings.get("spares")))
        self._lifeline = Lifeline(Path(ctx.options.confdir))
        self._lifeline.hold(control)
        servers = ctx.master.addons.get("proxyserver")
        self._tell({"port": servers.listen_addrs()[0][1], "local": _local_mode()})

    def done(self) -> None:
        if self._told < 0:
            return
        console = self._addon.console
        twilio, refused = (console.twilio, console.refused) if console is not None else (0, 0)
        if console is not None and not twilio:
            self._addon.console = None  # the launcher says why
        self._tell({**self._watch.sightings(), "twilio": twilio, "refusals": refused})
        with contextlib.suppress(OSError):
            os.close(self._told)

    def _tell(self, what: object) -> None:
        with contextlib.suppress(OSError):  # the launcher is gone
            rest = json.dumps(what).encode() + b"\n"
            while rest:
                rest = rest[os.write(self._told, rest) :]


def _settings(pipe: int) -> dict[str, object]:
    """The first line that the launcher wrote, which is there before we are."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST and (one := os.read(pipe, 1)):
        line += one
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _local_mode() -> str | None:
    """Why mitmproxy's local capture is not to be had here; empty where it is, None where mitmproxy cannot tell."""
    parts: Any = mode_servers
    try:
        return str(parts.mitmproxy_rs.local.LocalRedirector.unavailable_reason() or "")
    except AttributeError:
        return None


_addon, _watch = Why20003(), Watch()
_upstream = Upstream(lambda host: _addon.settings.covers(host))  # noqa: PLW0108 - the settings are replaced
addons = [_upstream, Launched(_addon, _watch, _upstream), _addon, _watch]
