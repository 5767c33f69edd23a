"""mitmproxy's HTTP layers with or without the addon, and no socket: bytes in, bytes out, as fast as that goes."""

import itertools
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mitmproxy import connection, ctx, hooks, http, options
from mitmproxy.addons import proxyserver
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.test import taddons

from addon.plugin import Why20003

CLIENT, SERVER = "client", "server"


@dataclass
class Seen:
    """What went out, and what the layers themselves raised."""

    to_client: bytes = b""
    to_server: bytes = b""
    raised: list[str] = field(default_factory=list)
    flows: list[http.HTTPFlow] = field(default_factory=list)
    """Those that came to an end, as the addon left them."""


class Layers:
    """An explicit proxy, in which one client sends plain HTTP."""

    def __init__(self, *addons: Why20003) -> None:
        self._addons = addons
        self.context = taddons.context(proxyserver.Proxyserver(), *addons)
        self._options: options.Options = self.context.options
        self._options.connection_strategy = "lazy"

    def exchange(self, asked: Sequence[bytes], answered: Sequence[bytes]) -> Seen:
        """Pass these pieces in both directions, then let both ends close.

        What the addon wrote into an answer is reverted after its hooks, so that the bytes are those of the origin.
        """
        ctx.master, ctx.options = self.context.master, self._options  # there are several in one test
        client = connection.Client(
            peername=("127.0.0.1", 51234), sockname=("127.0.0.1", 8080), timestamp_start=1.0, state=_OPEN
        )
        run = _Run(HttpLayer(Context(client, self._options), HTTPMode.regular), client, self._addons)
        run.feed(events.Start())
        for piece in asked:
            run.feed(events.DataReceived(client, piece))
        for piece in answered:
            for server in run.servers:
                run.feed(events.DataReceived(server, piece))
        for server in run.servers:
            run.close(server)
        run.close(client)
        return run.seen


_OPEN = connection.ConnectionState.OPEN


class _Run:
    def __init__(self, layer: HttpLayer, client: connection.Client, addons: tuple[Why20003, ...]) -> None:
        self.seen = Seen()
        self.servers: list[connection.Connection] = []
        self._layer, self._client, self._addons = layer, client, addons

    def feed(self, event: events.Event) -> None:
        waiting = deque([event])
        while waiting:
            this = waiting.popleft()
            if (
                isinstance(this, events.DataReceived)
                and not this.connection.state & connection.ConnectionState.CAN_READ
            ):
                continue
            try:
                for command in self._layer.handle_event(this):
                    waiting.extend(self._done(command))
            except _FROM_THE_ADDON:
                raise
            except Exception as error:  # noqa: BLE001 - mitmproxy's own; the same has to come without the addon
                self.seen.raised.append(type(error).__name__)
                return

    def close(self, end: connection.Connection) -> None:
        if end.state & connection.ConnectionState.CAN_READ:
            end.state &= ~connection.ConnectionState.CAN_READ
            self.feed(events.ConnectionClosed(end))

    def _done(self, command: commands.Command) -> list[events.Event]:
        """Do what a layer wants; what happens then."""
        if isinstance(command, commands.StartHook):
            self._hook(command)
            return [events.HookCompleted(command)] if command.blocking else []
        if isinstance(command, commands.OpenConnection):
            command.connection.state = _OPEN
            command.connection.peername = ("127.0.0.1", 443)
            command.connection.timestamp_start = 1.0
            self.servers.append(command.connection)
            return [events.OpenConnectionCompleted(command, None)]
        if isinstance(command, commands.SendData):
            if command.connection is self._client:
                self.seen.to_client += command.data
            else:
                self.seen.to_server += command.data
        elif isinstance(command, commands.CloseTcpConnection) and command.half_close:
            command.connection.state &= ~connection.ConnectionState.CAN_WRITE
        elif isinstance(command, commands.CloseConnection):
            was_open = command.connection.state is not connection.ConnectionState.CLOSED
            command.connection.state = connection.ConnectionState.CLOSED
            return [events.ConnectionClosed(command.connection)] if was_open else []
        return []

    def _hook(self, hook: hooks.Hook) -> None:
        for addon in self._addons:
            if (function := getattr(addon, hook.name, None)) is not None:
                try:
                    function(*hook.args())
                except Exception as error:
                    raise AddonRaisedError from error
        if hook.name not in {"response", "error"}:
            return
        (flow,) = hook.args()
        self.seen.flows.append(flow)
        if flow._backup and flow.response is not None:
            restored = http.Response.from_state(flow._backup["response"])
            restored.stream = flow.response.stream
            flow.response = restored


class AddonRaisedError(Exception):
    """A hook of the addon raised."""


_FROM_THE_ADDON = (AddonRaisedError, AssertionError)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """`data` in pieces, cut at these places."""
    edges = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges) if start < end]


def quiet(layers: Layers) -> None:
    """Close what the layers' event loop holds."""
    with suppress(Exception):
        layers.context.master.event_loop.close()
