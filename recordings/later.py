"""A response that is read when somebody asks for it. Of most accepted requests nobody needs more than the status."""

from collections.abc import Callable
from typing import TypeAlias

from analyzers.exchange import Headers, Response

Rest: TypeAlias = tuple[Headers, bytes, str]
"""Headers, body and reason."""


class LaterResponse(Response):
    """Equal to the Response with the same parts; headers, body and reason are read at the first use of any of them."""

    __slots__ = ("_read",)

    _read: Callable[[], Rest]

    def __getattr__(self, name: str) -> object:
        # Only asked for what is not set: at first, all but the status.
        if name not in {"headers", "body", "reason"}:
            raise AttributeError(name)
        headers, body, reason = self._read()
        object.__setattr__(self, "headers", headers)
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "reason", reason)
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Response):
            return NotImplemented
        return (self.status, self.headers, self.body, self.reason) == (
            other.status,
            other.headers,
            other.body,
            other.reason,
        )

    def __hash__(self) -> int:
        return super().__hash__()


def later(status: int, read: Callable[[], Rest]) -> LaterResponse:
    """The response of which `read`, which must not raise, gives the rest."""
    made = object.__new__(LaterResponse)
    object.__setattr__(made, "status", status)
    object.__setattr__(made, "_firsts", None)
    object.__setattr__(made, "_read", read)
    return made
