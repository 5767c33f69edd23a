"""TLS servers with certificates of a given authority, and a proxy that answers every CONNECT: all on loopback, no
mitmproxy. For tests of what a client accepts and of how it connects.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def leaf(folder: Path, names: Sequence[str]) -> Path:
    """A PEM file with key, certificate for `names` and chain, signed as mitmproxy does with the confdir `folder`.

    Without names it is for bank.example by its common name alone.
    """
    content = (folder / "mitmproxy-ca.pem").read_bytes()
    key = load_pem_private_key(content, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issuer = x509.load_pem_x509_certificates(content)[0]
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "bank.example")])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer.subject)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=199))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    path = folder / f"leaf-{'-'.join(names).replace('*', 'any') or 'none'}.pem"
    head, mark, chain = content.partition(b"-----BEGIN CERTIFICATE-----")
    path.write_bytes(head + made + mark + chain)
    return path


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass
class Stage:
    """A TLS server and a proxy in front of it that connects every CONNECT to it."""

    server: int
    """The server's port."""
    proxy: int
    """The proxy's port."""
    asked: list[str] = field(default_factory=list)
    """What CONNECT was asked for; the first line of anything else."""
    refuses: bool = False
    """Whether the proxy answers 502 to everything."""
    requests: list[bytes] = field(default_factory=list)
    """What the server received before it answered."""
    until: bytes = b"\r\n\r\n"
    """What a request must have brought for the server to answer."""


@contextmanager
def stage(certificate: Path, answer: bytes = ANSWER) -> Iterator[Stage]:
    """Both run until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as proxy:
        set_up = Stage(server.getsockname()[1], proxy.getsockname()[1])
        _each(server, lambda connection: _serve(connection, context, answer, set_up))
        _each(proxy, lambda connection: _forward(connection, set_up))
        try:
            yield set_up
        finally:
            for one in (server, proxy):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


def _each(listener: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=_handled, args=(connection,), daemon=True).start()

    def _handled(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            handle(connection)

    threading.Thread(target=run, daemon=True).start()


def _serve(connection: socket.socket, context: ssl.SSLContext, answer: bytes, set_up: Stage) -> None:
    with context.wrap_socket(connection, server_side=True) as secure:
        set_up.requests.append(_received(secure, set_up.until))
        secure.sendall(answer)
        secure.unwrap()


def _received(connection: socket.socket, until: bytes) -> bytes:
    got = bytearray()
    while until not in got and (chunk := connection.recv(65536)):
        got += chunk
    return bytes(got)


def _forward(connection: socket.socket, set_up: Stage) -> None:
    head = _received(connection, b"\r\n\r\n")
    words = head.split()
    is_connect = words[:1] == [b"CONNECT"]
    set_up.asked.append(words[1].decode() if is_connect else head.partition(b"\r\n")[0].decode())
    if set_up.refuses or not is_connect:
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        return
    with socket.create_connection(("127.0.0.1", set_up.server)) as server:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there = threading.Thread(target=_pump, args=(connection, server), daemon=True)
        there.start()
        _pump(server, connection)
        there.join(timeout=30)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
