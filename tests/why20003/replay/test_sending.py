import base64
import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from analyzers.building import GOOD, MESSAGES, SID, refused
from analyzers.exchange import Headers, Request
from why20003.replay import sending
from why20003.replay.sending import Destination, sent, wire, with_pair

TWILIO = Destination("https", "api.twilio.com", 443)
SANDBOX = Destination("https", "127.0.0.1", 8020, keeps_host=True)


def asked(*headers: tuple[bytes, bytes], **parts: object) -> Request:
    known: dict[str, object] = {
        "method": "GET",
        "scheme": "https",
        "host": "api.twilio.com",
        "port": 443,
        "target": MESSAGES % SID,
        "headers": headers,
    }
    return Request(**(known | parts))  # type: ignore[arg-type] # what is made here has the right types


@contextmanager
def answering(answer: Callable[[socket.socket], None], folder: Path | None = None) -> Iterator[Destination]:
    """A server for one connection; with a folder for its CA certificate it speaks TLS."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    context = None
    if folder is not None:
        authority = trustme.CA(organization_name="Test Authority")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("api.twilio.com").configure_cert(context)

    def serve() -> None:
        connection, _ = server.accept()
        try:
            with context.wrap_socket(connection, server_side=True) if context else connection as spoken:
                answer(spoken)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        scheme, trusted = ("https", folder / "ca.pem") if folder else ("http", None)
        yield Destination(scheme, "127.0.0.1", port, keeps_host=True, trusted=trusted)
    finally:
        thread.join(10)
        server.close()


def says(data: bytes, heard: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        got = connection.recv(65536)
        if heard is not None:
            heard.append(got)
        connection.sendall(data)

    return answer


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("127.0.0.1.example.com", False),
        ("127.example.com", False),
        ("localhost.example.com", False),
        ("192.0.2.1", False),
        ("api.twilio.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, *, local: bool) -> None:
    assert Destination("http", host, 80).loopback is local


@pytest.mark.parametrize(
    ("destination", "request_", "authority"),
    [
        pytest.param(TWILIO, asked(host="localhost", port=9000), b"api.twilio.com", id="default-port"),
        pytest.param(Destination("http", "::1", 8080), asked(), b"[::1]:8080", id="ipv6"),
        pytest.param(Destination("http", "gateway.test", 80), asked(), b"gateway.test", id="http"),
        pytest.param(Destination("https", "gateway.test", 80), asked(), b"gateway.test:80", id="odd-port"),
        pytest.param(SANDBOX, asked(), b"api.twilio.com", id="sandbox"),
        pytest.param(SANDBOX, asked(port=8443), b"api.twilio.com:8443", id="sandbox-odd-port"),
    ],
)
def test_the_host_is_that_of_the_destination(destination: Destination, request_: Request, authority: bytes) -> None:
    addressed = destination.addressed(request_)
    assert addressed.values(b"host") == (authority,)
    if not destination.keeps_host:
        assert (addressed.scheme, addressed.host, addressed.port) == (
            destination.scheme,
            destination.host,
            destination.port,
        )


FRAMED: Headers = (
    (b"host", b"old.example"),
    (b"Transfer-Encoding", b"chunked"),
    (b"CONNECTION", b"keep-alive"),
    (b"Content-Encoding", b"gzip"),
    (b"Expect", b"100-continue"),
    (b"x-a", b" two  blanks"),
    (b"Authorization", b"Basic QUM=\r\n QUM="),
    (b"X-A", b"again"),
)


def test_framing_is_set_anew_and_all_else_is_as_it_was() -> None:
    addressed = TWILIO.addressed(asked(*FRAMED, method="POST", body=b"To=%2B1"))
    assert wire(addressed) == (
        b"POST " + MESSAGES % SID + b" HTTP/1.1\r\nHost: api.twilio.com\r\nx-a:  two  blanks\r\n"
        b"Authorization: Basic QUM=\r\n QUM=\r\nX-A: again\r\nContent-Length: 7\r\nConnection: close\r\n\r\nTo=%2B1"
    )


@pytest.mark.parametrize(("method", "length"), [("POST", (b"0",)), ("GET", ()), ("DELETE", ())])
def test_an_empty_body_has_a_length_where_one_is_expected(method: str, length: tuple[bytes, ...]) -> None:
    assert TWILIO.addressed(asked(method=method)).values(b"content-length") == length


PAIR = b"Basic " + base64.b64encode(f"{SID.decode()}:new".encode())


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        pytest.param((), ((b"Authorization", PAIR),), id="none"),
        pytest.param(
            ((b"a", b"1"), (b"authorization", b"x"), (b"b", b"2")),
            ((b"a", b"1"), (b"Authorization", PAIR), (b"b", b"2")),
            id="one",
        ),
        pytest.param(
            ((b"Authorization", b"x"), (b"Authorization ", b"y")), ((b"Authorization", PAIR),), id="two-and-misspelt"
        ),
        pytest.param(
            ((b"Proxy-Authorization", b"x"),),
            ((b"Proxy-Authorization", b"x"), (b"Authorization", PAIR)),
            id="another-name",
        ),
    ],
)
def test_a_pair_takes_the_place_of_every_authorization(headers: Headers, wanted: Headers) -> None:
    assert with_pair(asked(*headers), SID.decode(), "new").headers == wanted


def test_what_stands_in_the_request_is_sent_and_the_answer_read(tmp_path: Path) -> None:
    heard: list[bytes] = []
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Nope\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody"
    with answering(says(answer, heard), tmp_path) as destination:
        exchange = sent(destination.addressed(asked((b"Authorization", b"Basic QUM=\n  x"))), destination)
    assert b"\r\nAuthorization: Basic QUM=\n  x\r\n" in heard[0]
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.reason, exchange.response.body) == (401, "Nope", b"body")
    assert exchange.response.headers[0] == (b"X-A", b"b")
    assert exchange.tls_issuer == "Test Authority"
    assert (exchange.server_address, exchange.tls_version) == ("127.0.0.1", "TLSv1.3")
    assert exchange.started_at is not None
    assert exchange.finished_at is not None
    assert exchange.started_at <= exchange.finished_at


PACKED = gzip.compress(b'{"code":20003}')


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(b"HTTP/1.1 401 x\r\n\r\nuntil the end", b"until the end", id="until-closed"),
        pytest.param(
            b"HTTP/1.1 401 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            b"abcde",
            id="chunks",
        ),
        pytest.param(
            b"HTTP/1.1 401 x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(PACKED), PACKED),
            b'{"code":20003}',
            id="gzip",
        ),
    ],
)
def test_bodies(answer: bytes, body: bytes) -> None:
    with answering(says(answer)) as destination:
        exchange = sent(destination.addressed(asked()), destination)
    assert exchange.response is not None
    assert exchange.response.body == body
    assert (exchange.tls_issuer, exchange.tls_version) == (None, None)
    assert exchange.server_address == "127.0.0.1"


def test_the_answer_to_head_has_no_body() -> None:
    with answering(says(b"HTTP/1.1 401 x\r\nContent-Length: 400\r\n\r\n")) as destination:
        exchange = sent(destination.addressed(asked(method="HEAD")), destination)
    assert exchange.response is not None
    assert exchange.response.status == 401


def waits(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.recv(65536)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(says(b"SSH-2.0-x\r\n\r\n"), "the answer is no HTTP", id="no-http"),
        pytest.param(says(b""), "the answer is no HTTP", id="nothing"),
        pytest.param(says(b"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nabc"), "the answer is no HTTP", id="cut"),
        pytest.param(waits, "no answer within 0 seconds", id="silence"),
    ],
)
def test_what_is_no_answer_is_told(
    answer: Callable[[socket.socket], None], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_SECONDS", 0.3)
    with answering(answer) as destination:
        exchange = sent(destination.addressed(asked((b"Authorization", GOOD))), destination)
    assert exchange.response is None
    assert exchange.error == told


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    exchange = sent(asked(), Destination("http", "127.0.0.1", port))
    assert exchange.error == "no connection: Connection refused"


def test_an_untrusted_certificate_is_told(tmp_path: Path) -> None:
    with answering(says(b"HTTP/1.1 200 x\r\n\r\n"), tmp_path) as destination:
        exchange = sent(asked(), Destination("https", destination.host, destination.port, keeps_host=True))
    assert exchange.error is not None
    assert exchange.error.startswith("TLS failed: CERTIFICATE_VERIFY_FAILED")
    assert SID.decode() not in exchange.error


def test_a_recorded_refusal_can_be_addressed() -> None:
    assert b"Authorization: " + GOOD in wire(SANDBOX.addressed(refused(GOOD).request))
