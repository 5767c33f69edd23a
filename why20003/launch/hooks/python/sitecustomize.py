"""Loaded by every Python program that `why20003 run` starts: makes aiohttp use the proxy, and so twilio's async client.

Python imports it by its name at every start. It costs nothing until aiohttp is imported, leaves sys.path as it would be
without it, and loads the sitecustomize that it hides. `python -I`, -E and -S do not load it.
"""

# The program's Python may be of any version, also 2.7: hence syntax without annotations, no pathlib, no contextlib.
# mypy: allow-untyped-defs, allow-untyped-calls, no-check-untyped-defs
# ruff: noqa: ANN001, ANN003, ANN201, ANN202, INP001, PTH120, SIM105, UP004 - the same
# ruff: noqa: BLE001, S110 - the program must run as without it, whatever its aiohttp looks like
# ruff: noqa: SLF001 - aiohttp has no public way

import os
import sys

TARGET = "aiohttp.client"


def teach(client):
    """Make requests of aiohttp's sessions go through the proxy of the variables, where the program names none.

    Not by trust_env, which would also add credentials from ~/.netrc to requests that have none.
    """
    original = client.ClientSession._request

    def _request(self, method, str_or_url, **kwargs):
        try:
            if kwargs.get("proxy") is None:
                kwargs["proxy"] = _proxy(client, self, str_or_url)
        except Exception:
            pass
        return original(self, method, str_or_url, **kwargs)  # a coroutine, so tracebacks do not come by here

    client.ClientSession._request = _request


def _proxy(client, session, url):
    """The proxy for `url`; None where the session has one, reads the variables itself, or connects in its own way."""
    if getattr(session, "_default_proxy", None) or session._trust_env:
        return None
    if type(session._connector) is not client.TCPConnector:
        return None
    from urllib.request import getproxies_environment, proxy_bypass_environment

    full = session._build_url(url) if hasattr(session, "_build_url") else client.URL(url)  # aiohttp before 3.8
    proxies = getproxies_environment()
    if not full.host or proxy_bypass_environment(full.host, proxies):
        return None
    return proxies.get({"ws": "http", "wss": "https"}.get(full.scheme, full.scheme))


class Finder(object):
    """Finds nothing itself: waits for the import of aiohttp's client, then leaves."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != TARGET:
            return None
        try:
            sys.meta_path.remove(self)
            others = (finder for finder in tuple(sys.meta_path) if hasattr(finder, "find_spec"))
            spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
            _teach_after(spec.loader)
            return spec
        except Exception:
            return None


def _teach_after(loader):
    """Make `loader` call `teach` after the first module that it runs."""

    def exec_module(module):
        del vars(loader)["exec_module"]
        loader.exec_module(module)
        try:
            teach(module)
        except Exception:
            pass

    vars(loader)["exec_module"] = exec_module


def hand_over():
    """Leave sys.path, and import the sitecustomize that would be imported without this one."""
    folder = os.path.dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    own = sys.modules.pop("sitecustomize")
    try:
        __import__("sitecustomize")
    except ImportError as error:
        if getattr(error, "name", "sitecustomize") != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault("sitecustomize", own)


if sys.version_info >= (3, 4) and os.environ.get("WHY20003_PROXY"):
    sys.meta_path.insert(0, Finder())
hand_over()
