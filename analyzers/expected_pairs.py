"""Credentials that the caller expects, put together to pairs as they would stand in Basic. Nothing here is ever shown
but names and sources.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence

from analyzers.expected import Expected, Role
from analyzers.flaws import Pair
from analyzers.frozen import dataclass
from analyzers.masking import scrub
from analyzers.placeholders import is_placeholder
from analyzers.twilio import core_of, is_void

_LONGEST_NAME = 40
_MOST = 100
# Which secret belongs to which SID: docs/facts.md 4.2 and 4.4.
SECRET_OF = {
    Role.ACCOUNT_SID: Role.AUTH_TOKEN,
    Role.KEY_SID: Role.KEY_SECRET,
    Role.TEST_ACCOUNT_SID: Role.TEST_AUTH_TOKEN,
}
MEANT = frozenset({Role.ACCOUNT_SID, Role.AUTH_TOKEN, Role.KEY_SID, Role.KEY_SECRET})
"""Roles of what an application is meant to send; the others are alternatives."""


@dataclass(frozen=True, slots=True)
class ExpectedPair:
    """A username and a password that belong together."""

    sid: Expected
    secret: Expected

    def carried_by(self, wire: Pair) -> bool:
        """Whether both halves of `wire` are these, marks around the expected values taken off or not."""
        return holds(wire.username, self.sid) and holds(wire.password, self.secret)


def usable(expected: Sequence[Expected]) -> tuple[Expected, ...]:
    """Those that hold a value: not nothing, not a placeholder."""
    return tuple(one for one in expected[:_MOST] if not is_void(one.value) and not is_placeholder(one.value))


def of_role(expected: Iterable[Expected], *roles: Role) -> tuple[Expected, ...]:
    """Those with one of `roles`, in their order."""
    return tuple(one for one in expected if one.role in roles)


def pairs_of(expected: Sequence[Expected], *roles: Role) -> Iterator[ExpectedPair]:
    """Every SID with one of `roles` together with every secret of its kind; those of one place first."""
    found = [
        ExpectedPair(sid, secret)
        for sid in of_role(expected, *roles)
        for secret in of_role(expected, SECRET_OF[sid.role])
    ]
    yield from sorted(found, key=lambda pair: pair.sid.home != pair.secret.home)


def netrc_of(expected: Sequence[Expected], host: str) -> tuple[ExpectedPair, ...]:
    """The netrc entries for `host`; without any the default entry, as netrc(5) has it."""
    logins, passwords = of_role(expected, Role.NETRC_LOGIN), of_role(expected, Role.NETRC_PASSWORD)
    places = dict.fromkeys((login.source, login.host) for login in logins)
    pairs = [
        ExpectedPair(login, password)
        for place in places
        for login, password in zip(
            (one for one in logins if (one.source, one.host) == place),
            (one for one in passwords if (one.source, one.host) == place),
            strict=False,
        )
    ]
    named = tuple(pair for pair in pairs if pair.sid.host.lower() == host.lower())
    return named or tuple(pair for pair in pairs if not pair.sid.host)


def holds(half: bytes, one: Expected) -> bool:
    """Whether `half` is the expected value, as it stands or with the marks at its edges taken off; in constant time."""
    start, end = core_of(one.value)
    return hmac.compare_digest(half, one.value) or hmac.compare_digest(half, one.value[start:end])


def name_of(one: Expected) -> str:
    """``TWILIO_AUTH_TOKEN``, short and printable."""
    return scrub(one.name, (one.value,))[:_LONGEST_NAME]


def source_of(one: Expected) -> str:
    """``.env line 4``, short and printable."""
    return scrub(one.source, (one.value,))[:_LONGEST_NAME]


def place_of(one: Expected) -> str:
    """The same for the middle of a sentence: ``the environment``, ``.env line 4``."""
    return "the environment" if one.source == "environment" else source_of(one)


def told(one: Expected) -> str:
    """``TWILIO_AUTH_TOKEN (.env line 4)``."""
    return f"{name_of(one)} ({source_of(one)})"
