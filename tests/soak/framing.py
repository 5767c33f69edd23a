"""HTTP/1.1 by hand: what must arrive byte by byte is not left to a library that mends it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from soak.plan import Answer, Fields, Kind, Plan

_FRAMING: Final = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"connection", b"trailer", b"expect", b"upgrade", b"date"}
)
_FRAMING_PREFIX: Final = (b":", b"sec-websocket-")
LONGEST: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Head:
    """The first line, and the header lines with names in lower case."""

    first: bytes
    fields: Fields

    def value(self, name: bytes) -> bytes:
        """The value of the first such line; empty without one."""
        return next((value for known, value in self.fields if known == name), b"")

    def without_framing(self) -> Fields:
        """The lines that nobody on the way may touch."""
        return without_framing(self.fields)


def without_framing(fields: Fields) -> Fields:
    """`fields` without what each hop decides for itself."""
    return tuple(one for one in fields if one[0] not in _FRAMING and not one[0].startswith(_FRAMING_PREFIX))


async def head(reader: asyncio.StreamReader) -> Head:
    """The next head; EOFError when there is none."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        raise EOFError from error
    first, *lines = raw[:-4].split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    return Head(first, tuple((name.lower(), value.strip()) for name, _, value in pairs))


async def asked(reader: asyncio.StreamReader, request: Head) -> bytes:
    """The body of a request."""
    if request.value(b"transfer-encoding") == b"chunked":
        return (await chunked(reader))[0]
    return await reader.readexactly(int(request.value(b"content-length") or 0))


async def chunked(reader: asyncio.StreamReader) -> tuple[bytes, Fields]:
    """A body in chunks, and its trailers."""
    pieces: list[bytes] = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    trailers: list[tuple[bytes, bytes]] = []
    while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
        name, _, value = line.strip().partition(b":")
        trailers.append((name.lower(), value.strip()))
    return b"".join(pieces), tuple(trailers)


def request(plan: Plan, host: bytes, *, absolute: bool, more: Fields = ()) -> bytes:
    """The bytes of a request."""
    target = b"http://" + host + plan.path if absolute else plan.path
    body = plan.asked
    lines = [(b"host", host), *plan.fields, *more]
    if body and plan.seed % 3 == 0:
        lines.append((b"transfer-encoding", b"chunked"))
        body = _in_chunks(body, ())
    elif plan.method == b"POST":
        lines.append((b"content-length", b"%d" % len(body)))
    first = b"%s %s HTTP/1.1\r\n" % (plan.method, target)
    return first + b"".join(b"%s: %s\r\n" % line for line in lines) + b"\r\n" + body


def answered(plan: Plan) -> bytes:
    """The bytes of the answer."""
    answer = plan.answer
    lines, body = list(answer.fields), answer.body
    if plan.kind in {Kind.CHUNKED, Kind.TRAILERS, Kind.REFUSED_CHUNKED}:
        lines.append((b"transfer-encoding", b"chunked"))
        body = _in_chunks(body, answer.trailers)
    elif plan.kind is Kind.UNTIL_CLOSE:
        lines.append((b"connection", b"close"))
    else:
        lines.append((b"content-length", b"%d" % len(body)))
    if plan.method == b"HEAD":
        body = b""
    return b"HTTP/1.1 %d X\r\n" % answer.status + b"".join(b"%s: %s\r\n" % line for line in lines) + b"\r\n" + body


async def answer(reader: asyncio.StreamReader, plan: Plan) -> Answer:
    """The answer to `plan` as a client reads it. EOFError or ValueError when it is incomplete or none."""
    try:
        return await _answer(reader, plan)
    except asyncio.IncompleteReadError as error:
        raise EOFError from error


async def _answer(reader: asyncio.StreamReader, plan: Plan) -> Answer:
    got = await head(reader)
    while got.first.startswith(b"HTTP/1.1 1"):
        got = await head(reader)
    status, body = int(got.first.split(b" ")[1]), b""
    trailers: Fields = ()
    if plan.method == b"HEAD":
        pass
    elif got.value(b"transfer-encoding") == b"chunked":
        body, trailers = await chunked(reader)
    elif length := got.value(b"content-length"):
        body = await reader.readexactly(int(length))
    else:
        body = await reader.read(LONGEST)
        while more := await reader.read(LONGEST):
            body += more
    return Answer(status, got.without_framing(), body, trailers)


def _in_chunks(body: bytes, trailers: Fields) -> bytes:
    step = 1 + len(body) // 3
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    raw = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return raw + b"0\r\n" + b"".join(b"%s: %s\r\n" % line for line in trailers) + b"\r\n"
