"""A value as some place holds it: a variable of the environment, a line of a file, an entry of a netrc."""

from dataclasses import field
from enum import Enum

from analyzers.expected import Expected, Role, Standing
from analyzers.frozen import dataclass


class Reader(Enum):
    """What kind of place it is, which decides what a program makes of the text there."""

    ENVIRONMENT = "environment"
    DOTENV = "dotenv"
    """Read by a library, which takes quotes and comments off."""
    ENV_FILE = "env-file"
    """For ``docker run --env-file``, which takes nothing off, or for Compose, which does."""
    SECRET_FILE = "secret-file"  # noqa: S105 - the name of a kind of file
    """The whole file is the value."""
    NETRC = "netrc"
    CLI = "twilio-cli"


ENVIRONMENT = "environment"
"""The origin of what the environment holds."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, and where it stands."""

    name: str
    """As it is called there: ``TWILIO_AUTH_TOKEN``, ``apiSecret``, ``password of machine api.twilio.com``."""
    value: bytes = field(repr=False)
    """What a program gets that reads the place as it is usually read."""
    origin: str
    """``environment``, ``.env``, ``~/.netrc``, ``twilio-cli profile dev``. Free of secrets."""
    reader: Reader = Reader.ENVIRONMENT
    line: int = 0
    """From 1; 0 where the place has no lines."""
    written: bytes = field(default=b"", repr=False)
    """The text of the place for it, quotes, comment and line end included, if that is another; else empty."""
    role: Role | None = None
    """What it is for; None for what is no credential: a region, a proxy."""
    standing: Standing = Standing.FOUND
    host: str = ""
    """For an entry of a netrc the host it is for."""
    exported: bool = False
    """Whether ``export`` stands in front of the name."""

    @property
    def source(self) -> str:
        """``.env line 4``."""
        return f"{self.origin} line {self.line}" if self.line else self.origin

    def expected(self) -> Expected | None:
        """The same for the engine; None for what is no credential."""
        if self.role is None:
            return None
        return Expected(self.role, self.name, self.source, self.value, self.host, self.written, self.standing)


__all__ = ["ENVIRONMENT", "Reader", "Setting"]
