"""HTTP/1.1 over real sockets: framing, pipelining, and all that is no HTTP."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable

import pytest

from why20003.sandbox import LIVE, Decision, Sandbox

SECRET = LIVE.auth_token.encode()
BASIC = b64encode(LIVE.sid.encode() + b":" + SECRET)
CALLS = b"/2010-04-01/Accounts/" + LIVE.sid.encode() + b"/Calls.json"
MESSAGES = b"/2010-04-01/Accounts/" + LIVE.sid.encode() + b"/Messages.json"
FORM = b"To=%2B14155550100&From=%2B15005550006&Body=hi"


def request(method: bytes = b"GET", target: bytes = CALLS, *lines: bytes, body: bytes = b"") -> bytes:
    head = b"\r\n".join((method + b" " + target + b" HTTP/1.1", b"Host: 127.0.0.1", *lines))
    return head + b"\r\n\r\n" + body


AUTH = b"Authorization: Basic " + BASIC
TYPE = b"Content-Type: application/x-www-form-urlencoded"
LENGTH = b"Content-Length: %d" % len(FORM)
GOOD = request(b"GET", CALLS, AUTH)


async def test_a_request(raw: Callable[..., Awaitable[bytes]], log: list[Decision]) -> None:
    answer = await raw(GOOD)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
    assert [decision.status for decision in log] == [200]


async def test_pipelined_requests_are_answered_in_order(raw: Callable[..., Awaitable[bytes]]) -> None:
    answers = await raw(GOOD + request() + GOOD)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"401", b"200"]


async def test_connection_close(raw: Callable[..., Awaitable[bytes]]) -> None:
    answer = await raw(request(b"GET", CALLS, AUTH, b"Connection: close"), half_close=False)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close\r\n" in answer


async def test_http_1_0(raw: Callable[..., Awaitable[bytes]]) -> None:
    answer = await raw(b"GET /2010-04-01 HTTP/1.0\r\nHost: localhost\r\n\r\n", half_close=False)
    assert answer.endswith(b"<TwilioResponse><Version>2010-04-01</Version></TwilioResponse>")


async def test_head_has_the_length_and_no_body(raw: Callable[..., Awaitable[bytes]]) -> None:
    head, _, body = (await raw(request(b"HEAD"))).partition(b"\r\n\r\n")
    assert b"\r\nContent-Length: 141\r\n" in head
    assert body == b""


async def test_head_of_a_chunked_answer(raw: Callable[..., Awaitable[bytes]]) -> None:
    head, _, body = (await raw(request(b"HEAD", CALLS, b"X-Sandbox-Behaviour: chunked"))).partition(b"\r\n\r\n")
    assert b"chunked" in head
    assert body == b""


async def test_a_chunked_body(raw: Callable[..., Awaitable[bytes]]) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (FORM[:7], FORM[7:]))
    lines = (AUTH, TYPE, b"Transfer-Encoding: chunked")
    answer = await raw(request(b"POST", MESSAGES, *lines, body=chunks + b"0\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 201 ")


async def test_expect_100_continue(sandbox: Sandbox) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    writer.write(request(b"POST", MESSAGES, AUTH, TYPE, LENGTH, b"Expect: 100-continue"))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(FORM)
    assert (await reader.readline()).startswith(b"HTTP/1.1 201 ")
    writer.close()
    await writer.wait_closed()


async def test_byte_by_byte(sandbox: Sandbox) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    for byte in GOOD:
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
    writer.close()
    await writer.wait_closed()


async def test_absolute_form(raw: Callable[..., Awaitable[bytes]]) -> None:
    target = b"http://someone:pw@api.twilio.com:80" + CALLS
    answer = await raw(request(b"GET", target, AUTH))
    assert answer.startswith(b"HTTP/1.1 301 ")
    assert b"\r\nLocation: https://api.twilio.com" + CALLS + b"\r\n" in answer


async def test_connect_is_answered_to_the_letter(raw: Callable[..., Awaitable[bytes]]) -> None:
    answer = await raw(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
    assert answer == b"HTTP/1.1 200 Connection established\r\n\r\n"


async def test_plain_http_in_a_tunnel(raw: Callable[..., Awaitable[bytes]]) -> None:
    tunnel = b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n"
    answer = await raw(tunnel + GOOD)
    assert answer.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("host", [b"api.ie1.twilio.com", b"nothing.twilio.com"])
async def test_connect_to_a_host_that_does_not_resolve(
    raw: Callable[..., Awaitable[bytes]], log: list[Decision], host: bytes
) -> None:
    answer = await raw(b"CONNECT " + host + b":443 HTTP/1.1\r\nHost: x\r\n\r\n", half_close=False)
    assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert b"\r\nConnection: close\r\n" in answer
    assert [decision.status for decision in log] == [502]


MALFORMED = [
    pytest.param(
        request(b"GET", CALLS, b"Authorization: Basic " + BASIC[:76] + b"\n" + BASIC[76:]),
        id="LF-in-authorization",
    ),
    pytest.param(request(b"GET", CALLS, b"Authorization: Basic " + BASIC + b"\r" + SECRET), id="CR-in-authorization"),
    pytest.param(request(b"GET", CALLS, b"Authorization : Basic " + BASIC), id="blank-before-the-colon"),
    pytest.param(request(b"GET", CALLS, AUTH + b"\0"), id="NUL"),
    pytest.param(request(b"GET", CALLS, AUTH, b"Host: other"), id="two-hosts"),
    pytest.param(b"GET / HTTP/1.1\r\n" + AUTH + b"\r\n\r\n", id="no-host"),
    pytest.param(request(b"GET", CALLS, b"Authorization: Basic " + SECRET * 1024), id="32-kB-value"),
    pytest.param(request(b"GET", CALLS, *[b"X: " + SECRET * 32] * 1024), id="1-MB-head"),
    pytest.param(request(b"GET", CALLS, AUTH)[:-2], id="half-a-head"),
    pytest.param(request(b"POST", MESSAGES, AUTH, TYPE, LENGTH, body=FORM[:5]), id="half-a-body"),
    pytest.param(request(b"POST", MESSAGES, AUTH, b"Transfer-Encoding: chunked", body=SECRET), id="bad-chunk"),
    pytest.param(request(b"POST", MESSAGES, AUTH, b"Content-Length: x" + SECRET), id="bad-length"),
    pytest.param(b"CONNECT\r\n\r\n", id="connect-alone"),
    pytest.param(request(b"GET", b"http://[::1" + CALLS), id="bad-absolute-form"),
    pytest.param(SECRET + b"\r\n\r\n", id="garbage"),
    pytest.param(b"\0\1\2" + SECRET, id="binary-garbage"),
    pytest.param(b"\r\n", id="an-empty-line"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="http-2"),
]


@pytest.mark.parametrize("data", MALFORMED)
async def test_what_is_no_http_gets_400(
    raw: Callable[..., Awaitable[bytes]], log: list[Decision], leaks: Callable[[str], list[str]], data: bytes
) -> None:
    answer = await raw(data)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\nServer: CloudFront\r\n" in answer
    assert [decision.status for decision in log] == [400]
    assert leaks(str(log)) == []
    assert SECRET not in answer
    assert (await raw(GOOD)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("data", [MALFORMED[0], MALFORMED[7]])
async def test_the_400_reaches_a_client_that_does_not_stop_sending(
    raw: Callable[..., Awaitable[bytes]], data: bytes
) -> None:
    assert (await raw(data, half_close=False)).startswith(b"HTTP/1.1 400 ")


async def test_a_body_that_is_too_long(raw: Callable[..., Awaitable[bytes]]) -> None:
    body = b"x" * (9 * 1024 * 1024)
    answer = await raw(request(b"POST", MESSAGES, AUTH, b"Content-Length: %d" % len(body), body=body))
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x16\x03\x01" + SECRET * 200, id="TLS-garbage"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="half-a-client-hello"),
        pytest.param(
            b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01" + SECRET,
            id="TLS-garbage-in-CONNECT",
        ),
        pytest.param(b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n" * 12, id="tunnels-without-end"),
        pytest.param(b"CONNECT " + b"%" * 99 + b" HTTP/1.1\r\nHost: x\r\n\r\n\x16", id="odd-authority"),
    ],
)
async def test_what_is_closed_without_an_answer(
    raw: Callable[..., Awaitable[bytes]], log: list[Decision], leaks: Callable[[str], list[str]], data: bytes
) -> None:
    answer = await raw(data)
    assert b"HTTP/1.1 4" not in answer
    assert leaks(str(log)) == []
    assert (await raw(GOOD)).startswith(b"HTTP/1.1 200 ")


async def test_16_kb_of_authorization_reach_the_gate(raw: Callable[..., Awaitable[bytes]], log: list[Decision]) -> None:
    answer = await raw(request(b"GET", CALLS, b"Authorization: Basic " + SECRET * 512))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert log[0].why == "what follows Basic is base64, but of a text without a colon"


@pytest.mark.parametrize("sent", [b"", b"GET", b"\x16\x03", GOOD[:-1], GOOD])
async def test_a_client_that_breaks_off(sandbox: Sandbox, raw: Callable[..., Awaitable[bytes]], sent: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    writer.write(sent)
    await writer.drain()
    writer.transport.abort()
    assert (await raw(GOOD)).startswith(b"HTTP/1.1 200 ")
