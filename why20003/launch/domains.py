"""The domains of a run: Twilio's, and those that the host globs of the scope name."""

import ipaddress
import re
from collections.abc import Sequence

from analyzers.twilio import DOMAIN

EVERYTHING = ""
"""Stands for every domain: for the scope `all`, and for globs that leave even the last two labels open."""

_LABELS = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_WILD = re.compile(r".*[*?\]]")
_LONGEST = 253
_TWILIO = "twilio"  # the word of the option why20003_scope for Twilio's own hosts


def domains(globs: Sequence[str]) -> tuple[str, ...]:
    """Twilio's domain, and for each glob the smallest domain that holds what it means; addresses as they are."""
    return tuple(dict.fromkeys((DOMAIN, *(_domain(glob) for glob in globs if glob.lower() != _TWILIO))))


def addresses(names: Sequence[str]) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
    """Those of `names` that are IP addresses."""
    return tuple(ipaddress.ip_address(name) for name in names if _is_address(name))


def _domain(glob: str) -> str:
    name = glob.lower().rstrip(".").strip("[]")
    if _is_address(name):
        return name
    wild = _WILD.match(name)
    if wild is not None:  # what is left of a label behind a star is not a whole one: dropped with it
        name = name[wild.end() :].partition(".")[2]
    is_named = _LABELS.fullmatch(name) and len(name) <= _LONGEST and name != "all"
    return name if is_named and (wild is None or "." in name) else EVERYTHING


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
