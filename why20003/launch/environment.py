"""The child's variables from the parent's: every client that reads one uses and trusts the proxy.

Which client reads which: docs/clients.md 5 and 6; what came of it: 15.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from analyzers.frozen import dataclass
from why20003.launch import client_files
from why20003.launch.domains import domains
from why20003.launch.exemptions import edited
from why20003.launch.java_options import java_variables
from why20003.launch.trust import trust_variables, trusted_files
from why20003.launch.upstream import EXEMPTING, Upstream, upstream_of

__all__ = ["Route", "Upstream", "child_environment", "trusted_files", "upstream_of"]

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_SWITCHES = ("NODE_USE_ENV_PROXY", "PERL_LWP_ENV_PROXY", "MOJO_PROXY")
# Read before the common variables by some (proxy-from-env, hence older axios, in a child of npm; global-agent).
_PROXIES_WHERE_SET = ("npm_config_proxy", "npm_config_http_proxy", "npm_config_https_proxy")
_EXEMPTING_WHERE_SET = ("npm_config_noproxy", "npm_config_no_proxy")


@dataclass(frozen=True)
class Route:
    """How the child reaches the proxy, and the files that make it trust it."""

    port: int
    folder: Path
    """The folder that `make_authority` filled."""
    bundle: Path
    trust_store: Path | None
    names: tuple[str, ...] = ()
    """The host globs of the scope beside Twilio's own hosts, as given to `make_authority`."""


def child_environment(parent: Mapping[str, str], route: Route) -> dict[str, str]:
    """A new environment; what the child does not need to differ in is as the parent has it."""
    proxy = f"http://127.0.0.1:{route.port}"
    names = domains(route.names)
    own = {name: value for key in _PROXIES for name, value in ((key, proxy), (key.lower(), proxy))}
    own |= {name: edited(_exempt(parent, name), names) for name in EXEMPTING}
    own |= dict.fromkeys(_SWITCHES, "1")
    own |= trust_variables(parent, route.bundle, route.folder / client_files.ADDED)
    own |= {name: proxy for name in parent if name.lower() in _PROXIES_WHERE_SET}
    own |= {name: edited(parent[name], names) for name in parent if name.lower() in _EXEMPTING_WHERE_SET}
    own |= _hooks(parent, route, names)
    own |= java_variables(parent, route.port, own["no_proxy"], names, route.trust_store)
    return {**parent, **own}


def _exempt(parent: Mapping[str, str], name: str) -> str:
    """The value of NO_PROXY or no_proxy; of the other one where only that is set."""
    return parent.get(name, parent.get(name.swapcase(), ""))


def _hooks(parent: Mapping[str, str], route: Route, names: tuple[str, ...]) -> dict[str, str]:
    hooks = {
        "PYTHONPATH": _in_front(str(route.folder / client_files.PYTHON), parent.get("PYTHONPATH", "")),
        "NODE_OPTIONS": _node_options(parent.get("NODE_OPTIONS", "")),
        "PHP_INI_SCAN_DIR": _php_folders(parent.get("PHP_INI_SCAN_DIR"), str(route.folder / client_files.PHP)),
        "WHY20003_PROXY": f"127.0.0.1:{route.port}",
        "WHY20003_NAMES": ",".join(names),
    }
    if not parent.get("WGETRC"):
        hooks["WGETRC"] = str(route.folder / client_files.WGETRC)
    return hooks


def _in_front(folder: str, rest: str) -> str:
    return f"{folder}{os.pathsep}{rest}" if rest else folder


def _node_options(before: str) -> str:
    path = str(client_files.NODE_HOOK)
    if any(sign in path for sign in ' "\\'):
        path = '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
    option = f"--require={path}"
    if option in before:
        return before
    return f"{before} {option}" if before else option


def _php_folders(before: str | None, folder: str) -> str:
    """An empty element is PHP's own folder, which counts only while the variable is not set."""
    if before is None:
        return os.pathsep + folder
    return f"{before}{os.pathsep}{folder}" if before else folder
