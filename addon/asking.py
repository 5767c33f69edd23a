"""Only addons that handle an event are asked for it.

mitmproxy has some forty addons. It asks every one for each of the fourteen events of a request, by way of a coroutine,
a context manager and two generators, and most have nothing to say: measured with bench/proxy.py, that is a third of the
processor time of a request. To see that an addon has no handler for an event takes two looks at its attributes. They
are taken anew each time, so nothing is remembered that could change; who does handle it is asked by mitmproxy itself.
"""

from collections.abc import Callable, Coroutine
from typing import Final

from mitmproxy import addonmanager, exceptions, hooks

_PLACE: Final = "trigger_event"
_KNOWN: Final = {
    _PLACE: "chain safecall invoke_addon exceptions AddonHalt",
    "invoke_addon": "_iter_hooks args inspect isawaitable",
    "_iter_hooks": "isinstance hooks Hook traverse getattr name callable types ModuleType exceptions AddonManagerError",
}
_KNOWN_TRAVERSE: Final = "hasattr traverse addons"
"""What mitmproxy 11 and 12 name in the functions that ask addons. One that does more is left to do it."""


class Asking:
    """Stands in for the way in which one manager passes events on, until it is taken off again."""

    def __init__(self) -> None:
        self._manager: addonmanager.AddonManager | None = None
        self._ours: object = None

    def install(self, manager: addonmanager.AddonManager) -> None:
        """From now on, but not where events are passed on in another way than mitmproxy 11 and 12 do it."""
        if _is_known(manager):
            self._manager, self._ours = manager, _asking(manager)
            vars(manager)[_PLACE] = self._ours

    def remove(self) -> None:
        """No longer, except where somebody else has put a way of their own around this one."""
        if self._manager is not None and vars(self._manager).get(_PLACE) is self._ours:
            del vars(self._manager)[_PLACE]
        self._manager = self._ours = None


def _is_known(manager: addonmanager.AddonManager) -> bool:
    return _names(addonmanager.traverse) == _KNOWN_TRAVERSE and all(
        name not in vars(manager) and _names(getattr(type(manager), name, None)) == names
        for name, names in _KNOWN.items()
    )


def _names(function: object) -> str:
    """The names that the code of a function uses, in the order in which it first does."""
    return " ".join(getattr(getattr(function, "__code__", None), "co_names", ()))


def _asking(manager: addonmanager.AddonManager) -> Callable[[hooks.Hook], Coroutine[None, None, None]]:
    safecall, halt = addonmanager.safecall, exceptions.AddonHalt

    async def trigger_event(event: hooks.Hook) -> None:
        name = event.name
        for addon in manager.chain:
            try:
                if not getattr(addon, name, None) and not hasattr(addon, "addons"):
                    continue
            except Exception:  # noqa: BLE001, S110 - mitmproxy comes upon it just below, and tells of it
                pass
            try:
                with safecall():
                    await manager.invoke_addon(addon, event)
            except halt:
                return

    return trigger_event
