"""Exchanges written as the texts that people have: raw HTTP, and what curl -v, --trace-ascii and --trace print."""

from collections.abc import Callable, Iterable, Iterator

from analyzers.exchange import Exchange, Headers

ASCII, HEX = 64, 16


def raw_text(*exchanges: Exchange) -> bytes:
    """Request, answer, request, answer ..., as they were on the wire, each body ending with a line end."""
    return b"".join(part for exchange in exchanges for part in (*request_of(exchange), b"\r\n", *answer_of(exchange)))


def request_of(exchange: Exchange) -> tuple[bytes, bytes]:
    """Head and body of the request."""
    request = exchange.request
    first = b"%s %s %s" % (request.method.encode("latin-1"), request.target, request.version.encode("latin-1"))
    return head(first, request.headers), request.body


def answer_of(exchange: Exchange) -> tuple[bytes, ...]:
    """Head, body and a line end; nothing where no answer came."""
    response = exchange.response
    if response is None:
        return ()
    first = b"HTTP/1.1 %d %s" % (response.status, response.reason.encode("latin-1"))
    return head(first, response.headers), response.body, b"\r\n"


def head(first: bytes, headers: Headers) -> bytes:
    """A head with its empty line."""
    return b"\r\n".join((first, *(name + b": " + value for name, value in headers), b"", b""))


def verbose(*exchanges: Exchange) -> bytes:
    """As curl -v of version 7.88.1 prints it together with the body: tool_debug_cb() in src/tool_cb_dbg.c."""
    return b"".join(_verbose(number, exchange) for number, exchange in enumerate(exchanges))


def _verbose(number: int, exchange: Exchange) -> bytes:
    sent, body = request_of(exchange)
    text = b"".join(_opening(b"* ", number, exchange)) + _marked(b"> ", sent)
    text += b"} [%d bytes data]\n" % len(body) if body else b""
    if exchange.response is not None:
        answer, content, _ = answer_of(exchange)
        text += _marked(b"< ", answer) + (b"{ [%d bytes data]\n" % len(content) if content else b"") + content
    return text + b"* Connection #%d to host %s left intact\n" % (number, exchange.request.host.encode())


def trace(*exchanges: Exchange, width: int = ASCII) -> bytes:
    """As curl --trace-ascii (`width` 64) or --trace (16) writes it: dump() in src/tool_cb_dbg.c."""
    return b"".join(part for number, one in enumerate(exchanges) for part in _traced(number, one, width))


def _traced(number: int, exchange: Exchange, width: int) -> Iterator[bytes]:
    yield from _opening(b"== Info: ", number, exchange)
    sent, body = request_of(exchange)
    yield dump(b"=> Send header", sent, width)
    if body:
        yield dump(b"=> Send data", body, width)
    if exchange.response is not None:
        answer, content, _ = answer_of(exchange)
        for line in answer.splitlines(keepends=True):
            yield dump(b"<= Recv header", line, width)
        if content:
            yield dump(b"<= Recv data", content, width)
    yield b"== Info: Connection #%d to host %s left intact\n" % (number, exchange.request.host.encode())


def _opening(mark: bytes, number: int, exchange: Exchange) -> Iterator[bytes]:
    request = exchange.request
    host = request.host.encode()
    yield b"%s  Trying 192.0.2.80:%d...\n" % (mark, request.port)
    yield b"%sConnected to %s (192.0.2.80) port %d (#%d)\n" % (mark, host, request.port, number)
    if request.scheme == "https":
        yield mark + b"SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"
        yield mark + b"Server certificate:\n"
        issuer = (exchange.tls_issuer or "DigiCert Inc").encode()
        yield b"%s issuer: C=US; O=%s; CN=DigiCert TLS RSA SHA256 2020 CA1\n" % (mark, issuer)


def _marked(mark: bytes, text: bytes) -> bytes:
    return b"".join(mark + line + b"\n" for line in text.split(b"\n")[:-1])


def dump(what: bytes, data: bytes, width: int) -> bytes:
    """One block of a trace, as curl writes it."""
    rows = _hex_rows(data) if width == HEX else _ascii_rows(data)
    return b"%s, %d bytes (0x%x)\n" % (what, len(data), len(data)) + b"".join(rows)


def _hex_rows(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), HEX):
        row = data[at : at + HEX]
        pairs = b"".join(b"%02x " % byte for byte in row)
        yield b"%04x: %-48s%s\n" % (at, pairs, _shown(row))


def _ascii_rows(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        begin, row = at, bytearray()
        at += ASCII
        for column in range(min(ASCII, len(data) - begin)):
            here = begin + column
            if data[here : here + 2] == b"\r\n":
                at = here + 2
                break
            row.append(data[here])
            if here + 2 < len(data) and data[here + 1 : here + 3] == b"\r\n":
                at = here + 3
                break
        yield b"%04x: %s\n" % (begin, _shown(row))


def _shown(row: Iterable[int]) -> bytes:
    return bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in row)


FORMS: dict[str, Callable[..., bytes]] = {
    "raw": raw_text,
    "verbose": verbose,
    "trace-ascii": trace,
    "trace": lambda *exchanges: trace(*exchanges, width=HEX),
}
