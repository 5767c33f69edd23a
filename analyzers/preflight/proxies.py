"""Variables that lead requests to Twilio through a proxy, or past it. docs/clients.md 5, docs/facts.md 9.1."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from analyzers.preflight.remarks import Remark, Severity, spot, spots
from analyzers.setting import Setting
from analyzers.twilio import DOMAIN

_SECURE = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_PLAIN = ("HTTP_PROXY", "http_proxy")
_PAST = ("NO_PROXY", "no_proxy")
_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_LONGEST = 2000


def proxies(settings: Sequence[Setting]) -> Iterator[Remark]:
    """How requests to api.twilio.com travel, and where two variables disagree about it."""
    known = {one.name: one for one in settings if one.role is None and one.value}
    found = [known[name] for name in (*_SECURE, *_PLAIN) if name in known]
    for one in found:
        if not _is_address(one.value):
            says = f"{one.name} is no address of a proxy, such as http://host:port"
            yield Remark(Severity.DOUBT, "proxy", says, (spot(one),), (f"Correct {one.name}, or unset it",))
    for upper, lower in (("HTTPS_PROXY", "https_proxy"), ("HTTP_PROXY", "http_proxy"), ("NO_PROXY", "no_proxy")):
        if upper in known and lower in known and known[upper].value != known[lower].value:
            says = f"{upper} and {lower} differ, and clients do not agree on which one counts"
            fix = (f"Give {upper} and {lower} the same value",)
            yield Remark(Severity.DOUBT, "proxy", says, spots((known[upper], known[lower])), fix)
    if not found:
        return
    past = next((known[name] for name in _PAST if name in known and _exempts(known[name].value)), None)
    secure = next((one for one in found if one.name in _SECURE), None)
    if past is not None:
        says = f"{past.name} leads requests to Twilio past the proxy"
        yield Remark(Severity.NOTE, "proxy", says, spots((past,)))
    elif secure is not None:
        says = f"{secure.name} leads requests to Twilio through a proxy; one that opens TLS may take credentials out"
        yield Remark(Severity.NOTE, "proxy", says, spots((secure,)))
    else:
        says = f"{found[0].name} alone leads few clients to Twilio through the proxy: most look at HTTPS_PROXY"
        yield Remark(Severity.NOTE, "proxy", says, spots((found[0],)))


def _is_address(value: bytes) -> bool:
    text = value.decode("latin-1").strip()
    if len(text) > _LONGEST:
        return False
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        return parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _exempts(value: bytes) -> bool:
    """Whether api.twilio.com is among the hosts that need no proxy."""
    host = f"api.{DOMAIN}"
    names = [
        name.strip().lower().lstrip("*").partition(":")[0] for name in value.decode("latin-1")[:_LONGEST].split(",")
    ]
    whole = value.strip() == b"*"
    return whole or any(name and (host == name or host.endswith(f".{name.lstrip('.')}")) for name in names)


__all__ = ["proxies"]
