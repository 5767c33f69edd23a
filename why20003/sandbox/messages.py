"""The values that pass between the parts of the sandbox: a request, the answer to it, and what is logged of
both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from analyzers.frozen import dataclass

if TYPE_CHECKING:
    from .accounts import World

__all__ = ["Answer", "Content", "Decision", "Document", "Fault", "Form", "Json", "Maker", "Request"]

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the gate sees it. Its repr shows nothing that could hold a secret."""

    method: str
    scheme: str
    """``http`` or ``https``."""
    host: str = field(repr=False)
    """Host name without port, in lower case."""
    target: str = field(repr=False)
    """Path and query as sent; never absolute."""
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    """Names and values in wire order, names in any case."""
    body: bytes = field(default=b"", repr=False)

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """The values of every header with this lower-case name, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name)


class Form(Enum):
    """The language of a body: the URI's extension decides on the 2010 API, product hosts speak JSON.

    docs/facts.md 1.3.
    """

    JSON = "application/json"
    XML = "application/xml"


class Maker(Enum):
    """Who made the answer; each has its own headers."""

    TWILIO = "twilio"
    EDGE = "cloudfront"
    NGINX = "nginx"
    S3 = "s3"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Fault:
    """A Twilio error: goes out in whichever shape the behaviour asks for."""

    code: int
    message: str = field(repr=False)
    shown: str = ""
    """The message without anything that the client sent, for the log; empty where the message holds no such
    thing.
    """


@dataclass(frozen=True, slots=True)
class Document:
    """A successful resource; ``name`` is the XML element."""

    name: str
    fields: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that are sent as they are."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and why in one sentence that holds no secret."""

    status: int
    payload: Fault | Document | Content | None
    why: str
    form: Form = Form.JSON
    maker: Maker = Maker.TWILIO
    location: str | None = field(default=None, repr=False)
    domain: str = "api.twilio.com"
    region: str = "us1"
    world: World | None = field(default=None, repr=False)
    """What the gate knows from now on; None where the request changed nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the log says of one request. No field holds a secret: SIDs are masked, everything else is a
    shape.
    """

    status: int
    """The HTTP status; 0 where no HTTP answer could be given (a broken TLS handshake)."""
    code: int | None
    """Twilio's error code; None for a success and for answers that are not Twilio's."""
    message: str
    why: str
    request: str
    """Method and address, masked."""

    def __str__(self) -> str:
        number = str(self.status) if self.code is None else f"{self.status}/{self.code}"
        return " | ".join(part for part in (f"{number} {self.request}", self.message, self.why) if part)
