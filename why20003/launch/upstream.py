"""The proxy that the parent's environment already names: ours sends its traffic on to it."""

import re
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import unquote_to_bytes

from analyzers.frozen import dataclass
from why20003.launch.exemptions import entries, exempts

# Which one counts for Twilio's https://: the variable for https before the one for all, lower case before upper, as
# curl and Python do (docs/clients.md 5). HTTP_PROXY comes last: Ruby and twilio-node use it for https too.
VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY")
EXEMPTING = ("no_proxy", "NO_PROXY")

_PORTS = {"http": 80, "https": 443}
_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?P<login>.*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[A-Za-z0-9_.-]+)(?::(?P<port>\d*))?(?:/[^@]*)?\Z",
    re.DOTALL,
)


@dataclass(frozen=True)
class Upstream:
    """A proxy between ours and the network."""

    mode: str
    """mitmproxy's option `mode`, such as upstream:http://proxy.example:3128."""
    auth: str = field(default="", repr=False)
    """mitmproxy's option `upstream_auth`: user:password, or empty."""
    spares_twilio: bool = False
    """Whether the parent's NO_PROXY exempts Twilio, so that its programs reach Twilio without this proxy."""


def upstream_of(parent: Mapping[str, str]) -> Upstream | None:
    """The proxy that a program in this environment would use for Twilio; None when there is none.

    Raises ValueError with one line that names the variable, and never its value, for a URL that makes no sense or a
    kind of proxy that cannot be passed through.
    """
    exempt = [entry for name in EXEMPTING for entry in entries(parent.get(name, ""))]
    if "*" in exempt:
        return None
    for name in VARIABLES:
        if url := parent.get(name, "").strip():
            mode, auth = _parsed(name, url)
            return Upstream(mode, auth, spares_twilio=any(exempts(entry) for entry in exempt))
    return None


def _parsed(name: str, url: str) -> tuple[str, str]:
    match = _URL.match(url)
    if match is None:
        raise ValueError(f"{name} is no proxy URL; expected http://host:port")
    scheme = (match["scheme"] or "http").lower()
    if scheme.startswith("socks"):
        raise ValueError(f"{name} names a SOCKS proxy, which cannot be passed through; set it to an http:// proxy")
    if scheme not in _PORTS:
        raise ValueError(f"{name} names a proxy that is neither http:// nor https://; expected http://host:port")
    port = int(match["port"] or _PORTS[scheme]) if len(match["port"] or "") < 6 else 0
    if not 0 < port < 65536:
        raise ValueError(f"{name} names a port that does not exist; expected http://host:port")
    return f"upstream:{scheme}://{match['host']}:{port}", _login(name, match["login"])


def _login(name: str, login: str | None) -> str:
    if not login:
        return ""
    user, _, password = (unquote_to_bytes(part).decode("utf-8", "replace") for part in login.partition(":"))
    if not user:
        raise ValueError(f"{name} has a password but no user name; expected http://user:password@host:port")
    return f"{user}:{password}"
