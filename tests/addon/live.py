"""The real mitmdump with the addon in front of the sandbox, and clients that send bytes as they are."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from why20003.demo.play import mitmdump, sandbox
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE, STANDARD_KEY

PATH = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 when the connection was closed without an answer."""

    status: int
    head: bytes
    body: bytes


@dataclass
class Proxy:
    """A running mitmdump and what it records."""

    running: Mitmdump
    capture: Path
    tls: bool
    """Whether clients go through CONNECT and TLS; otherwise they talk plain HTTP to a reverse proxy."""

    def send(self, head: bytes, *, pieces: int = 0, wait: float = 10.0) -> Answer:
        """Send raw bytes as one request; `pieces` is the size of the pieces they go in, 0 for all at once."""
        with socket.create_connection(("127.0.0.1", self.running.port), timeout=wait) as plain:
            if not self.tls:
                return _exchange(plain, head, pieces)
            plain.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
            plain.recv(4096)
            context = ssl.create_default_context(cafile=str(self.running.certificate))
            with context.wrap_socket(plain, server_hostname="api.twilio.com") as secure:
                return _exchange(secure, head, pieces)

    def converse(self, *heads: bytes) -> list[Answer]:
        """Send several requests over one kept-alive connection, each after the answer to the one before."""
        with socket.create_connection(("127.0.0.1", self.running.port), timeout=10) as plain:
            if not self.tls:
                return [_exchange(plain, head, 0) for head in heads]
            plain.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
            plain.recv(4096)
            context = ssl.create_default_context(cafile=str(self.running.certificate))
            with context.wrap_socket(plain, server_hostname="api.twilio.com") as secure:
                return [_exchange(secure, head, 0) for head in heads]


def request(*lines: bytes, path: str = PATH, method: str = "GET") -> bytes:
    """A request head with these header lines, each without its line end."""
    return b"\r\n".join([f"{method} {path} HTTP/1.1".encode(), b"Host: api.twilio.com", *lines, b"", b""])


@contextmanager
def upstream_proxy(work: Path, *more: str) -> Iterator[Proxy]:
    """An explicit proxy: clients come with CONNECT and TLS for api.twilio.com."""
    capture = work / "tls.mitm"
    with sandbox(work) as (port, trusted), mitmdump(work, port, trusted, capture, *more) as running:
        yield Proxy(running, capture, tls=True)


@contextmanager
def reverse_proxy(work: Path, *more: str) -> Iterator[Proxy]:
    """A reverse proxy: clients come with plain HTTP and name api.twilio.com as Host."""
    capture = work / "plain.mitm"
    confdir = work / "reverse"
    confdir.mkdir(mode=0o700, exist_ok=True)
    with sandbox(work) as (port, _):
        arguments = ["-s", "addon", "--mode", f"reverse:https://127.0.0.1:{port}", "--set", "keep_host_header=true"]
        with Mitmdump(confdir, [*arguments, "--set", "ssl_insecure=true", "-w", str(capture), *more]) as running:
            yield Proxy(running, capture, tls=False)


def leaked(text: str, *secrets: str) -> list[str]:
    """The runs of five and more characters of a secret that stand in `text`; for failure messages only their places."""
    found: list[str] = []
    for number, secret in enumerate(secrets):
        found.extend(f"secret {number} from {i}" for i in range(len(secret) - 4) if secret[i : i + 5] in text)
    return found


SECRETS = (LIVE.auth_token, STANDARD_KEY.secret)


def _exchange(connection: socket.socket, head: bytes, pieces: int) -> Answer:
    for at in range(0, len(head), pieces or len(head)):
        connection.sendall(head[at : at + (pieces or len(head))])
    got = b""
    try:
        while chunk := connection.recv(65536):
            got += chunk
            before, mark, body = got.partition(b"\r\n\r\n")
            length = _LENGTH.search(before)
            if mark and length and len(body) >= int(length.group(1)):
                break
    except OSError:
        pass
    before, _, body = got.partition(b"\r\n\r\n")
    return Answer(int(before.split(b" ", 2)[1]) if before.startswith(b"HTTP/") else 0, before, body)
