"""A script that passes events on as the addon does, and nothing else: what it leads by is the addon's own cost."""

from mitmproxy import addonmanager, ctx

from addon.asking import Asking


class AskingOnly:
    """Handles no event of a request."""

    def load(self, _loader: addonmanager.Loader) -> None:
        Asking().install(ctx.master.addons)


addons = [AskingOnly()]
