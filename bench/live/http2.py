"""As much HTTP/2 as two ends need that know what the other will say: frames (RFC 9113 4.1) around hpack's headers."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from hpack import Decoder, Encoder

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
_HEAD: Final = 9
_WIDEST_WINDOW: Final = 2**31 - 1 - 65_535


class Frame(NamedTuple):
    """One frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def ends(self) -> bool:
        """Whether it is the last one of its stream."""
        return self.kind in {DATA, HEADERS} and bool(self.flags & END_STREAM)


def wire(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


OPENING: Final = wire(SETTINGS, 0, 0) + wire(WINDOW_UPDATE, 0, 0, _WIDEST_WINDOW.to_bytes(4, "big"))
"""What either end begins with; the client's preface comes before it."""


class Ends:
    """One end of a connection."""

    def __init__(self) -> None:
        self._buffer = b""
        self._decoder, self._encoder = Decoder(), Encoder()

    def frames(self, data: bytes) -> Iterator[Frame]:
        """The frames that are complete with `data`."""
        self._buffer += data
        while len(self._buffer) >= _HEAD:
            end = _HEAD + int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < end:
                return
            head, payload = self._buffer[:_HEAD], self._buffer[_HEAD:end]
            self._buffer = self._buffer[end:]
            yield Frame(head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7FFFFFFF, payload)

    def after_preface(self, data: bytes) -> bytes:
        """`data` without the client's preface."""
        if not data.startswith(PREFACE):
            raise ValueError("the preface came in pieces, or not at all")
        return data[len(PREFACE) :]

    def headers(self, frame: Frame) -> list[tuple[str, str]]:
        """Of a HEADERS frame that is complete in itself, as small ones are."""
        if not frame.flags & END_HEADERS:
            raise ValueError("headers in several frames")
        block = frame.payload
        if frame.flags & PADDED:
            block = block[1 : len(block) - block[0]]
        if frame.flags & PRIORITY:
            block = block[5:]
        return [(str(name), str(value)) for name, value in self._decoder.decode(block)]

    def head(self, stream: int, headers: Iterable[tuple[str, str]], *, last: bool = False) -> bytes:
        """A HEADERS frame as bytes; the last of its stream when no body follows."""
        flags = END_HEADERS | (END_STREAM if last else 0)
        return wire(HEADERS, flags, stream, self._encoder.encode(headers))


def reply(frame: Frame) -> bytes:
    """What a frame wants to hear, whoever got it."""
    if frame.kind in {SETTINGS, PING} and not frame.flags & ACK:
        return wire(frame.kind, ACK, 0, frame.payload if frame.kind == PING else b"")
    return b""
