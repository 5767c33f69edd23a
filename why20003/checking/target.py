"""Where ``check --live`` sends its request. On its own, since the command line wants it at every start."""

from enum import StrEnum


class Target(StrEnum):
    """Where the request goes."""

    TWILIO = "twilio"
    SANDBOX = "sandbox"


__all__ = ["Target"]
