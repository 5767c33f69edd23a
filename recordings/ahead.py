"""What a process that goes ahead through a capture tells the one behind: which flows can be passed, and refusals read.

Refusals cost most to read, and a tenth of that as bytes of marshal. Other flows are asked for little more than their
status, so they are left to who needs them.
"""

import marshal
import struct
from collections.abc import Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from analyzers.exchange import Exchange, Fidelity, Request, Response

_LENGTH: Final = struct.Struct("@I")
_MOST: Final = 256
"""Tales in one block."""
_LARGEST: Final = 1 << 20
"""Bytes of flows in one block, about."""
_Plain: TypeAlias = tuple[Any, ...]

_OF_REQUEST: Final = tuple(each.name for each in fields(Request) if each.init)
_OF_RESPONSE: Final = tuple(each.name for each in fields(Response) if each.init)
_OF_EXCHANGE: Final = tuple(
    each.name for each in fields(Exchange) if each.name not in {"request", "response", "fidelity"}
)
_request_values, _response_values = attrgetter(*_OF_REQUEST), attrgetter(*_OF_RESPONSE)
_exchange_values = attrgetter(*_OF_EXCHANGE)


class Tale(NamedTuple):
    """How far a capture was looked through, and what stands there."""

    passed: int
    """How many flows before `offset` are passed."""
    offset: int
    is_flow: bool
    """Whether a flow begins there; else only so much is known as that it is the end of one."""
    size: int = 0
    """Bytes of the flow, where it was read."""
    exchange: Exchange | None = None
    """None where it has to be read."""


class Tales:
    """Collects tales, until there are enough for a block."""

    def __init__(self) -> None:
        """Nothing is to be told yet."""
        self._tales: list[_Plain] = []
        self._bytes = 0

    def add(self, passed: int, offset: int, *, is_flow: bool) -> bool:
        """One more, of which nothing was read; whether a block is full."""
        self._tales.append((passed, offset, is_flow))
        return len(self._tales) >= _MOST

    def add_read(self, passed: int, offset: int, size: int, exchange: Exchange) -> bool:
        """One more, with what was read."""
        if (told := _plain(exchange)) is None:
            return self.add(passed, offset, is_flow=True)
        self._tales.append((passed, offset, True, size, told))
        self._bytes += size
        return len(self._tales) >= _MOST or self._bytes >= _LARGEST

    def block(self) -> bytes:
        """All that was collected, for `received`."""
        data = marshal.dumps(self._tales)
        self._tales, self._bytes = [], 0
        return _LENGTH.pack(len(data)) + data


def received(pieces: Iterable[bytes]) -> Iterator[Tale]:
    """The tales in `pieces` of blocks, cut as they come. What is missing at the end goes with its block."""
    data = bytearray()
    for piece in pieces:
        data += piece
        while len(data) >= _LENGTH.size and len(data) >= (end := _LENGTH.size + _LENGTH.unpack_from(data)[0]):
            with memoryview(data) as view:
                tales = marshal.loads(view[_LENGTH.size : end])  # noqa: S302 - comes from a process that this one has forked
            del data[:end]
            for passed, offset, is_flow, *read in tales:
                yield Tale(passed, offset, is_flow, *_read(*read)) if read else Tale(passed, offset, is_flow)


def _plain(exchange: Exchange) -> _Plain | None:
    """`exchange` as plain values; None for one that another process cannot have."""
    response = exchange.response
    if type(response) is not Response or exchange.fidelity is not Fidelity.FULL:
        return None
    return _request_values(exchange.request), _response_values(response), _exchange_values(exchange)


def _read(size: int, plain: _Plain) -> tuple[int, Exchange]:
    of_request, of_response, rest = plain
    request = Request(**dict(zip(_OF_REQUEST, of_request, strict=True)))
    response = Response(**dict(zip(_OF_RESPONSE, of_response, strict=True)))
    return size, Exchange(request=request, response=response, **dict(zip(_OF_EXCHANGE, rest, strict=True)))
