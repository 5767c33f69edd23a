"""A server of ours behind the real mitmdump: answers what a test wants, byte for byte, and keeps what it was asked."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from why20003.mitmdump import Mitmdump

Answer = Callable[[socket.socket, bytes], None]
"""Gets the connection and the head of the request; answers."""


class Origin:
    """Plain HTTP/1.1 on loopback, a thread for each connection, which is closed after one answer."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[bytes] = []
        self._context = context
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True)
        with connection:
            connection.settimeout(30)
            try:
                if self._context is not None:
                    self._answer(connection, b"")
                    return
                asked = b""
                while b"\r\n\r\n" not in asked:
                    if not (data := connection.recv(65536)):
                        return
                    asked += data
                self.asked.append(asked)
                self._answer(connection, asked)
            except OSError:
                return


@contextmanager
def origin(answer: Answer) -> Iterator[Origin]:
    made = Origin(answer)
    yield made
    made.close()


@contextmanager
def http2_origin(pieces: list[bytes], gate: threading.Event) -> Iterator[Origin]:
    """As `origin`, with HTTP/2 over TLS; the body is `pieces`, those behind the first when the gate is opened."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def answer(connection: socket.socket, _: bytes) -> None:
        h2 = H2Connection(H2Configuration(client_side=False))
        h2.initiate_connection()
        stream, left = 0, [*pieces]
        while True:
            connection.sendall(h2.data_to_send())
            if stream and left and (size := min(h2.local_flow_control_window(stream), h2.max_outbound_frame_size)):
                if len(left) < len(pieces):
                    assert gate.wait(20), "the first piece did not arrive in time"
                h2.send_data(stream, left[0][:size], end_stream=len(left) == 1 and len(left[0]) <= size)
                left = [left[0][size:], *left[1:]] if len(left[0]) > size else left[1:]
                continue
            if not (data := connection.recv(65536)):
                return
            for event in h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    stream = event.stream_id
                    h2.send_headers(stream, [(":status", "200"), ("content-type", "audio/x-wav")])

    made = Origin(answer, context)
    yield made
    made.close()


@contextmanager
def in_front_of(served: int, work: Path, *more: str, script: str = "addon", scheme: str = "http") -> Iterator[Mitmdump]:
    """The real mitmdump with the addon as a reverse proxy, whose clients name api.twilio.com."""
    confdir = work / "confdir"
    confdir.mkdir(mode=0o700, exist_ok=True)
    arguments = ["--mode", f"reverse:{scheme}://127.0.0.1:{served}", "--set", "keep_host_header=true"]
    with Mitmdump(confdir, [*(["-s", script] if script else []), *arguments, *more]) as running:
        yield running


def pattern(size: int) -> bytes:
    """A body in which no two pieces are the same."""
    block = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(2048))
    return (block * (size // len(block) + 1))[:size]


def resident(pid: int, what: str = "VmRSS") -> int:
    """Memory of a process in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
