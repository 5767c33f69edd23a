"""JAVA_TOOL_OPTIONS: the only variable that every JVM reads. It says so on standard error, whatever stands in it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from why20003.launch.exemptions import entries, exempts
from why20003.launch.java_store import OPTIONS

# Of the JDK, when http.nonProxyHosts is not set: https://docs.oracle.com/javase/8/docs/technotes/guides/net/proxies.html
_LOCAL = ("localhost", "127.*", "[::1]")
_NOT_PROXIED = re.compile(r"""-Dhttp\.nonProxyHosts=("[^"]*"|'[^']*'|\S*)""")
_OVERRULES = re.compile(r"proxyHost|nonProxyHosts|useSystemProxies|trustStore")
_NAME = re.compile(r"[A-Za-z0-9_.:\[\]*-]+")


def java_variables(
    parent: Mapping[str, str], port: int, no_proxy: str, names: Sequence[str], trust_store: Path | None
) -> dict[str, str]:
    """JAVA_TOOL_OPTIONS with our proxy and trust store; also the variables that overrule it, where they name one."""
    changed = [name for name in OPTIONS[1:] if _OVERRULES.search(parent.get(name, ""))]
    return {
        name: _extended(parent.get(name, ""), port, no_proxy, names, trust_store) for name in (OPTIONS[0], *changed)
    }


def _extended(before: str, port: int, no_proxy: str, names: Sequence[str], trust_store: Path | None) -> str:
    """What the parent has there, and behind it, since the last one counts, ours."""
    own = [f"-D{scheme}.proxy{key}" for scheme in ("http", "https") for key in ("Host=127.0.0.1", f"Port={port}")]
    own.append(f"-Dhttp.nonProxyHosts={'|'.join(_direct(before, no_proxy, names))}")
    if trust_store is not None:
        own += [f"-Djavax.net.ssl.trustStore={_quoted(str(trust_store))}", "-Djavax.net.ssl.trustStoreType=JKS"]
    return " ".join([*([before] if before else []), *own])


def _direct(before: str, no_proxy: str, names: Sequence[str]) -> list[str]:
    given = _NOT_PROXIED.findall(before)
    own = [entry for entry in given[-1].strip("\"'").split("|") if entry] if given else []
    own += [pattern for entry in entries(no_proxy) for pattern in _patterns(entry)]
    kept = (entry for entry in own if _NAME.fullmatch(entry) and not exempts(entry, names))
    return list(dict.fromkeys([*_LOCAL, *kept]))


def _patterns(entry: str) -> tuple[str, ...]:
    """A domain of NO_PROXY means what is below it too; Java knows no ports and no networks here."""
    if entry.startswith("["):
        return (entry,)
    name = entry.lstrip("*.")
    if not name or "/" in name or ":" in name:
        return ()
    is_address = name.replace(".", "").isdigit()
    return (name,) if is_address else (name, f"*.{name}")


def _quoted(path: str) -> str:
    if not any(sign.isspace() or sign in "\"'" for sign in path):
        return path
    return "'" + path + "'" if "'" not in path else '"' + path + '"'
