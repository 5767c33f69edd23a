"""The addon with its view and its commands, as one object: mitmproxy asks each of a script's for each of its events."""

from collections.abc import Sequence
from typing import IO

from mitmproxy import addonmanager, ctx, flow

from addon.commands import Commands
from addon.contentview import Views
from addon.plugin import Why20003


class Native(Why20003):
    """What a user of mitmproxy loads."""

    name = "why20003"

    def __init__(self, out: IO[str] | None = None) -> None:
        super().__init__(out)
        self._views = Views(self)
        self._commands = Commands(self)

    def load(self, loader: addonmanager.Loader) -> None:
        super().load(loader)
        self._views.load(loader)
        self._commands.load(loader)
        ctx.master.commands.collect_commands(self._commands)

    def update(self, flows: Sequence[flow.Flow]) -> None:
        super().update(flows)
        self._views.update(flows)

    def done(self) -> None:
        super().done()
        self._views.done()
