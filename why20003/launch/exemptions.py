"""NO_PROXY for the child: Twilio is not exempt, its own machine is, and everything else stays as it was.

Clients read an entry differently (docs/clients.md 5): as a domain with what is below it, as the mere end of a name,
with a leading dot or star, with a port. Whatever one of them could take for a Twilio host is taken out.
"""

import fnmatch
import re
from collections.abc import Sequence

from analyzers.twilio import DOMAIN

# Not ::1: httpx before 0.24.1 fails to start with it (https://github.com/encode/httpx/issues/2668), and what listens
# there is reached through the proxy too, which runs on the same machine.
LOOPBACK = ("localhost", "127.0.0.1")

_BETWEEN = re.compile(r"[\s,]+")
_PORT = re.compile(r":\d*\Z")
_EVERY_ADDRESS = re.compile(r"(?:[0.]+|[0:]+|\[[0:]+\])/0+\Z")  # Ruby compares with what the name resolves to
_FIRST_LABELS = ("", "api.", "x.", "x.y.")


def entries(value: str) -> list[str]:
    """The entries of a NO_PROXY value, without blanks around them and without empty ones."""
    return [entry for entry in _BETWEEN.split(value) if entry]


def exempts(entry: str, names: Sequence[str] = (DOMAIN,)) -> bool:
    """Whether some client takes `entry` to mean one of `names` or a host below one."""
    if _EVERY_ADDRESS.match(entry):
        return True
    bare = _PORT.sub("", entry.lower()).rstrip(".")
    ending = bare.lstrip("*.")
    if not ending:
        return True
    return any(_covers(bare, ending, name.lower()) for name in names if name)


def _covers(bare: str, ending: str, name: str) -> bool:
    if name.endswith(ending) or ending.endswith(f".{name}"):
        return True
    return any(sign in bare for sign in "*?[") and any(
        fnmatch.fnmatchcase(label + name, bare) for label in _FIRST_LABELS
    )


def edited(value: str, names: Sequence[str] = (DOMAIN,)) -> str:
    """`value` without what exempts `names`, and with this machine's own names in front if they are missing."""
    kept = [entry for entry in entries(value) if not exempts(entry, names)]
    known = {entry.lower() for entry in kept}
    missing = (name for name in LOOPBACK if name not in known and not exempts(name, names))
    return ",".join([*missing, *kept])
