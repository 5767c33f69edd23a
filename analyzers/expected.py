"""Credentials that an application was meant to use, given by the caller: the core never reads the environment."""

import re
from dataclasses import field
from enum import Enum

from analyzers.frozen import dataclass


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
    OTHER = "value of another name"
    """Of a variable that neither a library of Twilio's nor its CLI reads: what it is for is for its program to know."""

    @property
    def is_secret(self) -> bool:
        """Whether a value of this role stands as the password of Basic."""
        return self in _SECRETS


_SECRETS = {Role.AUTH_TOKEN, Role.KEY_SECRET, Role.TEST_AUTH_TOKEN, Role.NETRC_PASSWORD}


class Standing(Enum):
    """Why a value counts as one that the application was meant to send."""

    GIVEN = "given"
    """The caller named the place that holds it."""
    FOUND = "found"
    """It stands where the application may well look: its environment, a .env file."""
    ELSEWHERE = "elsewhere"
    """It stands in a place of other programs, or of another occasion; equal values tell something, others nothing."""


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
    written: bytes = field(default=b"", repr=False)
    """What stands in the file for it, with quotes, comment and line end, if that is another text; else empty."""
    standing: Standing = Standing.GIVEN

    @property
    def home(self) -> str:
        """`source` without the line: the same for all values of one file."""
        return _LINE.sub("", self.source)


_LINE = re.compile(r" line \d+\Z")
