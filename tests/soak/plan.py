"""What one exchange is, and the bytes that follow from that."""

import gzip
import hashlib
import json
import random
import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeAlias

from analyzers.building import GOOD, SID, TOKEN, basic

Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]
MANY: Final = 10_000_000
"""Bytes of a large body."""
_SMALL: Final = (0, 1, 40, 300, 300, 300, 2_000, 2_000, 20_000, 65_537)
_SID: Final = re.compile(rb"/SM([0-9a-f]{8})([0-9a-f]{2})([0-9a-f]{8})([0-9a-f]{14})\.json")


class Kind(IntEnum):
    """What the origin does."""

    FINE = 0
    CHUNKED = 1
    UNTIL_CLOSE = 2
    HEAD = 3
    POST = 4
    SLOW = 5
    TRAILERS = 6
    EARLY = 7
    """An informational answer, 103, comes before the real one."""
    UPLOAD = 8
    DOWNLOAD = 9
    REFUSED = 16
    REFUSED_XML = 17
    REFUSED_GZIP = 18
    REFUSED_CHUNKED = 19
    REFUSED_HEAD = 20
    REFUSED_OTHERS = 21
    """Each with its own secret."""
    CUT_OFF = 32
    """The connection is reset in the middle of the body."""
    SILENT = 33
    """The connection is closed without an answer."""
    NONSENSE = 34
    """The answer is no HTTP."""
    WEBSOCKET = 48
    UPGRADE = 49


REFUSALS: Final = (Kind.REFUSED,) * 4 + (
    *(Kind.REFUSED_OTHERS,) * 3,
    Kind.REFUSED_XML,
    Kind.REFUSED_GZIP,
    Kind.REFUSED_CHUNKED,
    Kind.REFUSED_HEAD,
)
FINE: Final = (Kind.FINE,) * 14 + (Kind.CHUNKED,) * 3 + (Kind.POST,) * 3 + (Kind.HEAD, Kind.UNTIL_CLOSE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the origin answers, however it is framed."""

    status: int
    fields: Fields
    """Without those that belong to the framing."""
    body: bytes
    trailers: Fields = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One exchange."""

    number: int
    kind: Kind
    size: int
    seed: int

    @property
    def path(self) -> bytes:
        name = f"{self.number:08x}{self.kind:02x}{self.size:08x}{self.seed:014x}"
        return b"/2010-04-01/Accounts/%s/Messages/SM%s.json" % (SID, name.encode())

    @property
    def method(self) -> bytes:
        if self.kind in {Kind.HEAD, Kind.REFUSED_HEAD}:
            return b"HEAD"
        return b"POST" if self.kind in {Kind.POST, Kind.UPLOAD} else b"GET"

    @property
    def is_refused(self) -> bool:
        return Kind.REFUSED <= self.kind < Kind.CUT_OFF

    @property
    def asked(self) -> bytes:
        """The body of the request."""
        if self.method != b"POST":
            return b""
        return content(self.seed ^ 1, self.size)

    @property
    def fields(self) -> Fields:
        """The header lines of the request that must arrive as they are."""
        pair = GOOD
        if self.kind is Kind.REFUSED_OTHERS:
            pair = basic(SID, hashlib.md5(b"%d" % self.seed, usedforsecurity=False).hexdigest().encode())
        elif self.is_refused:
            pair = basic(SID, TOKEN + b"\n")
        kind = ((b"content-type", b"application/octet-stream"),) if self.method == b"POST" else ()
        return (
            *kind,
            (b"user-agent", b"twilio-python/9.0"),
            (b"accept", b"*/*"),
            (b"authorization", pair),
            (b"x-twice", b"1"),
            (b"x-twice", b"2"),
        )

    @property
    def answer(self) -> Answer:
        if self.is_refused:
            return _refusal(self)
        kind = b"application/octet-stream" if self.seed % 2 else b"application/json"
        body = b"ok" if self.kind is Kind.UPLOAD else content(self.seed, self.size)
        fields = ((b"content-type", kind), _request_id(self), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"))
        trailers = ((b"x-sum", b"%x" % self.seed),) if self.kind is Kind.TRAILERS else ()
        return Answer(200, fields, body, trailers)


def plan_of(path: bytes) -> Plan | None:
    """The plan that stands in the path of a request; None for a foreign one."""
    found = _SID.search(path)
    if found is None:
        return None
    number, kind, size, seed = (int(part, 16) for part in found.groups())
    return Plan(number, Kind(kind), size, seed)


def drawn(number: int, choice: random.Random, *, refused: float) -> Plan:
    """An exchange of the usual mixture."""
    seed = choice.getrandbits(56)
    if choice.random() < refused:
        return Plan(number, choice.choice(REFUSALS), 0, seed)
    return Plan(number, choice.choice(FINE), choice.choice(_SMALL), seed)


def content(seed: int, size: int) -> bytes:
    """`size` bytes that follow from `seed`: text for an even one."""
    block = _block(seed % 64)
    start = seed % len(block)
    whole = block * (2 + size // len(block))
    return whole[start : start + size]


@lru_cache(64)
def _block(seed: int) -> bytes:
    made = random.Random(seed).randbytes(4099)
    return made if seed % 2 else made.hex().encode()


def _request_id(plan: Plan) -> tuple[bytes, bytes]:
    return b"twilio-request-id", b"RQ%032x" % plan.number


def _refusal(plan: Plan) -> Answer:
    told = {"code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003"}
    body = json.dumps({**told, "status": 401, "id": plan.number}, separators=(",", ":")).encode()
    fields: Fields = ((b"content-type", b"application/json"), _request_id(plan), (b"x-twilio-error-code", b"20003"))
    if plan.kind is Kind.REFUSED_XML:
        body = (
            b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code><Message>"
            b"Authenticate</Message><MoreInfo>https://www.twilio.com/docs/errors/20003</MoreInfo><Status>401</Status>"
            b"<Id>%d</Id></RestException></TwilioResponse>" % plan.number
        )
        fields = ((b"content-type", b"application/xml"), *fields[1:])
    elif plan.kind is Kind.REFUSED_GZIP:
        body = gzip.compress(body, mtime=0)
        fields = (*fields, (b"content-encoding", b"gzip"))
    return Answer(401, (*fields, (b"www-authenticate", b'Basic realm="Twilio API"')), body)
