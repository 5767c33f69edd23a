"""mitmproxy's own options that change what Twilio sees of a request: which are on, and what each of them does.

Read in mitmproxy's own addons, versions 11.0.2 and 12.2 (mitmproxy/addons/stickyauth.py and so on, read 2026-11-21);
documented at https://docs.mitmproxy.org/stable/concepts/options/.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from mitmproxy import ctx
from mitmproxy.proxy import mode_specs

logger = logging.getLogger(__name__)

Says = Callable[[], str]
"""What an option that is set does to requests; empty where it does nothing to them in this mode."""

_SIGNED: Final = "; Twilio then refuses a request that its client signed (Twilio-Client-Validation)"
# Names of headers that may be shown. Any other may be a value that slipped into the place of a name.
_SHOWN: Final = frozenset(
    {"accept", "authorization", "connection", "content-type", "cookie", "host", "origin", "proxy-authorization"}
    | {"referer", "twilio-client-validation", "user-agent", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
)


def _modes() -> set[str]:
    """The proxy's modes, by mitmproxy's names for them: regular, reverse, upstream, transparent ..."""
    try:
        return {mode_specs.ProxyMode.parse(mode).type_name for mode in ctx.options.mode}
    except ValueError:  # mitmproxy refuses it in a moment
        return set()


def _upstream_auth() -> str:
    # In upstream mode the other proxy gets it as Proxy-Authorization, and Twilio sees none of it.
    return "it puts its own Authorization in the place of the client's" if "reverse" in _modes() else ""


def _proxyauth() -> str:
    told = "requests that do not log in to this proxy are answered here, 407 or 401, and never reach Twilio"
    if _modes() <= {"regular", "upstream"}:
        return told
    return f"it takes the client's Authorization for a login to this proxy and removes it; {told}"


def _modify_headers() -> str:
    return f"it replaces or removes {_headers_of(ctx.options.modify_headers)} where its filter matches{_SIGNED}"


def _headers_of(patterns: Sequence[str]) -> str:
    """The headers that such patterns name, as in "Authorization and one other header"."""
    names = [_named(pattern) for pattern in patterns]
    known = list(dict.fromkeys(name.title() for name in names if name in _SHOWN))
    others = sum(name not in _SHOWN for name in names)
    if others:
        rest = "header" if others == 1 else "headers"
        known.append(f"{others} {'other ' if known else ''}{rest}")
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)


def _named(pattern: str) -> str:
    """The header in ``[/filter]/name/value``, where any character may be the separator."""
    parts = pattern[1:].split(pattern[:1], 2)
    return (parts[0] if len(parts) < 3 else parts[1]).strip().lower()


_CHANGE: Final[dict[str, Says]] = {
    "stickyauth": lambda: "a request without Authorization gets the one that was last seen for its host",
    "stickycookie": lambda: "requests get the cookies of earlier answers",
    "upstream_auth": _upstream_auth,
    "proxyauth": _proxyauth,
    "modify_headers": _modify_headers,
    "modify_body": lambda: f"it replaces text in bodies where its filter matches{_SIGNED}",
    "map_remote": lambda: f"requests that match go to another URL{_SIGNED}",
    "map_local": lambda: "requests that match are answered from a local file and never reach Twilio",
    "anticache": lambda: f"it removes If-None-Match and If-Modified-Since{_SIGNED}, if these are signed",
    "anticomp": lambda: f"it sets Accept-Encoding to identity{_SIGNED}, if that is signed",
    "block_list": lambda: "requests that match are answered here and never reach Twilio",
    "server_replay": lambda: "requests that match are answered from a recording and never reach Twilio",
}
OPTIONS: Final = frozenset(_CHANGE) | {"mode"}
"""When one of these changes, `active` may."""
_NOTED: Final = frozenset(
    {"stickyauth", "stickycookie", "upstream_auth", "proxyauth", "modify_headers", "modify_body", "map_remote"}
    | {"map_local"}
)


def active() -> dict[str, str]:
    """The options that are on, each with what it does to a request on its way to Twilio."""
    found = {}
    for name, says in _CHANGE.items():
        if getattr(ctx.options, name, None) and (effect := says()):
            found[name] = effect
    return found


class Changes:
    """Knows the options that are on, and warns of each once, when it comes into effect or comes to do another thing."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        """Those that can make Twilio refuse a request."""
        self._told: dict[str, str] = {}

    def look(self) -> None:
        """Take note of the options as they are now."""
        self.noted = [name for name in active() if name in _NOTED]

    def warn(self) -> None:
        """Say which options are on, if that is news."""
        effects = active()
        for name, effect in effects.items():
            if self._told.get(name) != effect:
                logger.warning("why20003: mitmproxy's option %s changes what Twilio sees: %s", name, effect)
        self._told = effects


__all__ = ["OPTIONS", "Changes", "active"]
