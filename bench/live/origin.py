"""The origin of the benchmark: canned answers from one epoll loop, so that the proxy is what is measured.

    python -m live.origin PORT CERTIFICATE

Speaks HTTP/1.1 as an upstream proxy does (whole URLs and CONNECT), and TLS behind CONNECT or at once, with HTTP/1.1 or
HTTP/2 in it. Requests have no body.
"""

import contextlib
import heapq
import select
import socket
import ssl
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Final, Self

from live import http2
from live.answers import MEDIA, MEDIA_BYTES, MEDIA_HEAD, MEDIA_WAIT, PIECE, chosen

_READ: Final = 65_536
_TLS_RECORD: Final = 0x16
_NUMBERS: Final = count(1)
"""Of answers, for request ids of their own."""


class Peer:
    """One connection."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.due: float | None = None
        """When media begins to flow."""
        self._context = context
        self._http2: http2.Ends | None = None
        self._is_new, self._is_shaking = True, False
        self._buffer = b""
        self._out: memoryview = memoryview(b"")
        self._media = 0
        self._is_greeted = False

    def ready(self) -> None:
        """Do all that can be done now. OSError at its end."""
        if self._is_new and self._begins_tls():
            self._begin_tls()
        if self._is_shaking and not self._shake():
            return
        self._flush()
        if self._is_busy:
            return
        while True:
            try:
                data = self.sock.recv(_READ)
            except (ssl.SSLWantReadError, BlockingIOError):
                return
            if not data:
                raise ConnectionResetError
            self._read(data)
            if self._is_shaking:
                self.ready()
                return

    @property
    def _is_busy(self) -> bool:
        return bool(self._out) or self._media > 0

    def start_media(self) -> None:
        self.due = None
        self._out, self._media = memoryview(MEDIA_HEAD), MEDIA_BYTES
        self._flush()

    def _begins_tls(self) -> bool:
        first = self.sock.recv(1, socket.MSG_PEEK)
        self._is_new = False
        return bool(first) and first[0] == _TLS_RECORD

    def _begin_tls(self) -> None:
        self.sock = self._context.wrap_socket(self.sock, server_side=True, do_handshake_on_connect=False)
        self._is_shaking = True

    def _shake(self) -> bool:
        assert isinstance(self.sock, ssl.SSLSocket)  # noqa: S101 - for the type checker
        try:
            self.sock.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        self._is_shaking = False
        if self.sock.selected_alpn_protocol() == "h2":
            self._http2 = http2.Ends()
            self._send(http2.OPENING)
        return True

    def _read(self, data: bytes) -> None:
        if self._http2 is not None:
            self._read_http2(self._http2, data)
            return
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            line = head.split(b"\r\n", 1)[0]
            if line.startswith(b"CONNECT "):
                self._send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self._begin_tls()
                return
            if MEDIA in line:
                self.due = time.monotonic() + MEDIA_WAIT
                return
            self._send(chosen(line).wire(next(_NUMBERS)))

    def _read_http2(self, ends: http2.Ends, data: bytes) -> None:
        if not self._is_greeted:
            data = ends.after_preface(data)
            self._is_greeted = True
        for frame in ends.frames(data):
            if frame.kind == http2.HEADERS:
                path = next(value for name, value in ends.headers(frame) if name == ":path")
                answer = chosen(path.encode())
                head = ends.head(frame.stream, answer.headers(next(_NUMBERS)))
                self._send(head + http2.wire(http2.DATA, http2.END_STREAM, frame.stream, answer.body))
            elif heard := http2.reply(frame):
                self._send(heard)

    def _send(self, data: bytes) -> None:
        self._out = memoryview(bytes(self._out) + data) if self._out else memoryview(data)
        self._flush()

    def _flush(self) -> None:
        try:
            while self._is_busy:
                if not self._out:
                    self._out = PIECE[: self._media]
                    self._media -= len(self._out)
                self._out = self._out[self.sock.send(self._out) :]
        except (ssl.SSLWantWriteError, BlockingIOError):
            return


class Origin:
    """The loop."""

    def __init__(self, port: int, certificate: str) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self._listener.settimeout(0)
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._peers: dict[int, Peer] = {}
        self._due: list[tuple[float, int]] = []

    def run(self) -> None:
        while True:
            wait = max(self._due[0][0] - time.monotonic(), 0) if self._due else None
            for number, _ in self._poll.poll(wait):
                if number == self._listener.fileno():
                    self._accept()
                else:
                    self._step(number)
            while self._due and self._due[0][0] <= time.monotonic():
                _, number = heapq.heappop(self._due)
                peer = self._peers.get(number)
                if peer is not None and peer.due is not None:
                    self._guarded(number, peer.start_media)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                sock, _ = self._listener.accept()
                self._peers[sock.fileno()] = Peer(sock, self._context)
                # Told of each change once, for both directions; a peer always does all that it can.
                self._poll.register(sock, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def _step(self, number: int) -> None:
        peer = self._peers.get(number)
        if peer is None:
            return
        self._guarded(number, peer.ready)
        if peer.due is not None:
            heapq.heappush(self._due, (peer.due, number))

    def _guarded(self, number: int, step: Callable[[], None]) -> None:
        try:
            step()
        except BlockingIOError:
            return
        except (OSError, ValueError):  # those of ssl are OSErrors too; a proxy may end a connection as it likes
            peer = self._peers.pop(number)
            peer.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()


if __name__ == "__main__":
    with Origin(int(sys.argv[1]), sys.argv[2]) as origin:
        origin.run()
