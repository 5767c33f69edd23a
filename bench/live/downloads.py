"""Large downloads: when the first byte comes, when the last, and what memory the proxy takes meanwhile."""

import socket
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from analyzers.building import GOOD
from live.answers import MEDIA, MEDIA_BYTES
from live.clients import encrypted, tunnel
from live.processes import Process
from live.scenarios import TWILIO
from live.ways import Starts

DIRECT: Final = "no proxy"
_PATH: Final = f"/2010-04-01/Accounts/ACx/Messages/MMx/{MEDIA.decode()}/MEx"
_REQUEST: Final = f"GET {_PATH} HTTP/1.1\r\nHost: {TWILIO}\r\nAuthorization: {GOOD.decode()}\r\n\r\n".encode()
_BUFFER: Final = 1 << 18


class Download(NamedTuple):
    """One download: seconds from the request to the first and to the last byte of the body, and processor seconds."""

    first: float
    whole: float
    cost: float
    growth: float
    """MB that the proxy had more at its peak than before."""


@dataclass
class Downloads:
    """Those of one way."""

    each: list[Download] = field(default_factory=list)

    @property
    def first(self) -> float:
        return statistics.median(one.first for one in self.each)

    @property
    def whole(self) -> float:
        return statistics.median(one.whole for one in self.each)

    @property
    def cost(self) -> float:
        return statistics.median(one.cost for one in self.each)

    @property
    def growth(self) -> float:
        """The largest, since memory that was once taken is often not given back."""
        return max(one.growth for one in self.each)


def measure(direct: Callable[[], socket.socket], ways: Mapping[str, Starts], rounds: int) -> dict[str, Downloads]:
    """Download the same through each way in turn, and without any."""
    found = {DIRECT: Downloads(), **{way: Downloads() for way in ways}}
    with ExitStack() as stack:
        running = {way: stack.enter_context(start()) for way, start in ways.items()}
        for proxy in running.values():
            proxy.connected().close()
        for _ in range(rounds):
            found[DIRECT].each.append(_download(encrypted(direct(), TWILIO), None))
            for way, proxy in running.items():
                proxy.forget_peak()
                found[way].each.append(_download(tunnel(proxy.connected(), TWILIO), proxy))
    return found


def _download(sock: socket.socket, proxy: Process | None) -> Download:
    room = bytearray(_BUFFER)
    memory = proxy.resident() if proxy else 0.0
    spent = proxy.processor_seconds() if proxy else 0.0
    with sock:
        sock.settimeout(60)
        began = time.perf_counter()
        sock.sendall(_REQUEST)
        got, body = b"", 0
        while b"\r\n\r\n" not in got or body <= 0:  # until the body begins
            piece = sock.recv(_BUFFER)
            if not piece:
                raise ConnectionError("the download ended in its head")
            got += piece
            body = len(got.partition(b"\r\n\r\n")[2])
        first = time.perf_counter() - began
        while body < MEDIA_BYTES:
            count = sock.recv_into(room)
            if not count:
                raise ConnectionError(f"the download ended after {body} bytes")
            body += count
        whole = time.perf_counter() - began
    if not proxy:
        return Download(first, whole, 0.0, 0.0)
    return Download(first, whole, proxy.processor_seconds() - spent, proxy.peak() - memory)


__all__ = ["DIRECT", "Download", "Downloads", "measure"]
