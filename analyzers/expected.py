"""Credentials that an application was meant to use, given by the caller: the core never reads the environment."""

from dataclasses import dataclass, field
from enum import Enum


class Role(Enum):
    """What an expected value is for."""

    ACCOUNT_SID = "Account SID"
    AUTH_TOKEN = "Auth Token"  # noqa: S105 - the name of a thing, not a secret
    KEY_SID = "API key SID"
    KEY_SECRET = "API key secret"  # noqa: S105 - as above
    TEST_ACCOUNT_SID = "test Account SID"
    TEST_AUTH_TOKEN = "test Auth Token"  # noqa: S105 - as above
    NETRC_LOGIN = "netrc login"
    NETRC_PASSWORD = "netrc password"  # noqa: S105 - as above

    @property
    def is_secret(self) -> bool:
        """Whether a value of this role stands as the password of Basic."""
        return self in _SECRETS


_SECRETS = {Role.AUTH_TOKEN, Role.KEY_SECRET, Role.TEST_AUTH_TOKEN, Role.NETRC_PASSWORD}


@dataclass(frozen=True, slots=True)
class Expected:
    """One value that the application could have used."""

    role: Role
    name: str
    """How the user calls it: ``TWILIO_AUTH_TOKEN``, ``login of machine api.twilio.com``."""
    source: str
    """Where it stands: ``environment``, ``.env line 4``, ``~/.netrc``."""
    value: bytes = field(repr=False)
    host: str = ""
    """For a netrc entry the host it is for; empty for a default entry and for all else."""
