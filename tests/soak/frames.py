"""What comes after 101: WebSocket frames, or bytes of a protocol that nobody knows; the origin echoes both."""

import asyncio
import base64
import hashlib
from typing import Final

from soak.framing import Head, head
from soak.plan import Fields, Kind, Plan, content

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY: Final = base64.b64encode(b"0123456789abcdef")
_TEXT, _CLOSE = 0x81, 0x88
_MESSAGES: Final = 3


def asking(plan: Plan) -> Fields:
    """The header lines that ask for the upgrade."""
    if plan.kind is Kind.UPGRADE:
        return (b"connection", b"Upgrade"), (b"upgrade", b"echo")
    return (
        (b"connection", b"Upgrade"),
        (b"upgrade", b"websocket"),
        (b"sec-websocket-version", b"13"),
        (b"sec-websocket-key", _KEY),
    )


async def served(plan: Plan, request: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """The origin's side, to the end of the connection; always False, since nothing can follow."""
    upgrade = request.value(b"upgrade")
    lines = [b"HTTP/1.1 101 Switching Protocols", b"connection: Upgrade", b"upgrade: " + upgrade]
    if plan.kind is Kind.WEBSOCKET:
        told = hashlib.sha1(request.value(b"sec-websocket-key") + _MAGIC, usedforsecurity=False).digest()
        lines.append(b"sec-websocket-accept: " + base64.b64encode(told))
    writer.write(b"\r\n".join([*lines, b"", b""]))
    if plan.kind is Kind.UPGRADE:
        while data := await reader.read(65536):
            writer.write(data)
        return False
    while True:
        kind, text = await _frame(reader)
        writer.write(_framed(kind, text, masked=False))
        if kind == _CLOSE:
            return False


async def echoed(plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """The client's side: whether all that was sent came back."""
    if not (await head(reader)).first.startswith(b"HTTP/1.1 101"):
        return False
    texts = [content(plan.seed & ~1, 20 + plan.size * number // _MESSAGES) for number in range(_MESSAGES)]
    if plan.kind is Kind.UPGRADE:
        for text in texts:
            writer.write(text)
            if await reader.readexactly(len(text)) != text:
                return False
        return True
    for text in texts:
        writer.write(_framed(_TEXT, text, masked=True))
        if await _frame(reader) != (_TEXT, text):
            return False
    writer.write(_framed(_CLOSE, b"\x03\xe8", masked=True))
    return (await _frame(reader))[0] == _CLOSE


def _framed(kind: int, text: bytes, *, masked: bool) -> bytes:
    mark = 0x80 if masked else 0
    if len(text) < 126:
        head = bytes([kind, mark | len(text)])
    elif len(text) < 1 << 16:
        head = bytes([kind, mark | 126]) + len(text).to_bytes(2, "big")
    else:
        head = bytes([kind, mark | 127]) + len(text).to_bytes(8, "big")
    return head + (b"\0\0\0\0" if masked else b"") + text


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next message, put together when it comes in fragments."""
    kind, whole = 0, b""
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
        mask = await reader.readexactly(4) if second & 0x80 else b"\0\0\0\0"
        data = await reader.readexactly(length)
        if any(mask):
            data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        kind, whole = kind or first | 0x80, whole + data
        if first & 0x80:
            return kind, whole
