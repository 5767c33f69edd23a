"""The whole sandbox, through real clients and real TLS."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from why20003.sandbox import LIVE, LIVE_IE1, ROTATED_TOKEN, WORLD, Behaviour, Decision, Sandbox, Shape

CALLS = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Calls.json"


async def test_https_through_connect(client: httpx.AsyncClient, log: list[Decision]) -> None:
    answer = await client.get(CALLS)
    assert answer.status_code == 200
    assert [str(decision) for decision in log] == [
        "200 GET https://api.twilio.com/2010-04-01/Accounts/AC5a4d…0001/Calls.json | good pair; served"
    ]


async def test_one_connection_many_requests(client: httpx.AsyncClient) -> None:
    assert [(await client.get(CALLS)).status_code for _ in range(3)] == [200] * 3


async def test_each_host_has_its_certificate(client: httpx.AsyncClient) -> None:
    for host in ("api.twilio.com", "verify.twilio.com", "API.dublin.ie1.twilio.com"):
        assert (await client.get(f"https://{host}/nothing")).status_code in {401, 404}


async def test_region(client: httpx.AsyncClient) -> None:
    url = CALLS.replace("api.", "api.dublin.ie1.")
    assert (await client.get(url)).status_code == 401
    answer = await client.get(url, auth=(LIVE.sid, LIVE_IE1.auth_token))
    assert (answer.status_code, answer.headers["X-Home-Region"]) == (200, "ie1")


async def test_a_dead_host(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.ProxyError, match="502 Bad Gateway"):
        await client.get(CALLS.replace("api.", "api.ie1."))


async def test_the_ca_has_to_be_trusted(sandbox: Sandbox, log: list[Decision]) -> None:
    async with httpx.AsyncClient(proxy=sandbox.url, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(CALLS)
    await asyncio.sleep(0.05)
    assert [d.status for d in log] == [0]
    assert log[0].why.startswith("TLS failed: ")
    assert log[0].why.endswith("; does the client trust the sandbox's CA?")


async def test_tls_at_once_and_alpn(sandbox: Sandbox, trust: ssl.SSLContext) -> None:
    trust.set_alpn_protocols(["h2", "http/1.1"])
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", sandbox.port, ssl=trust, server_hostname="api.twilio.com"
    )
    chosen = writer.get_extra_info("ssl_object")
    assert isinstance(chosen, ssl.SSLObject)
    assert chosen.selected_alpn_protocol() == "http/1.1"
    writer.write(b"GET /2010-04-01 HTTP/1.1\r\nHost: api.twilio.com\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
    writer.close()
    await writer.wait_closed()


async def test_https_to_the_sandbox_s_own_address(sandbox: Sandbox, trust: ssl.SSLContext) -> None:
    async with httpx.AsyncClient(verify=trust, trust_env=False) as client:
        answer = await client.get(f"https://127.0.0.1:{sandbox.port}/2010-04-01")
    assert answer.status_code == 200


async def test_http_in_clear_then_https(client: httpx.AsyncClient, log: list[Decision]) -> None:
    answer = await client.get(CALLS.replace("https:", "http:"), follow_redirects=True)
    assert [decision.status for decision in log] == [301, answer.status_code]


async def test_redirect_to_another_host_loses_the_credentials(client: httpx.AsyncClient, log: list[Decision]) -> None:
    await client.get(f"https://shop.example/redirect/302/{CALLS}", follow_redirects=True)
    assert [(d.status, d.why) for d in log] == [
        (302, "the path asked for a redirect"),
        (401, "Authorization is missing"),
    ]


async def test_media_through_the_cdn(client: httpx.AsyncClient, log: list[Decision]) -> None:
    path = f"Messages/MM5a4db0c5{'0' * 24}/Media/ME5a4db0c5{'0' * 24}"
    answer = await client.get(CALLS.replace("Calls.json", path), follow_redirects=True)
    assert answer.headers["content-type"] == "image/jpeg"
    again = await client.get(str(answer.url))
    assert [d.status for d in log] == [307, 200, 400]
    assert "Only one auth mechanism allowed" in again.text


@pytest.mark.parametrize("wish", ["gzip", "deflate", "chunked", "gzip, chunked", "identity"])
async def test_encodings_and_framing(client: httpx.AsyncClient, wish: str) -> None:
    answer = await client.get(CALLS, auth=("x", "y"), headers={"X-Sandbox-Behaviour": wish})
    assert answer.json()["message"] == "Authentication Error - invalid username"


@pytest.mark.parametrize(("wish", "member"), [("rfc9457", "detail"), ("v1.0", "userError"), ("scim", "schemas")])
async def test_shapes(client: httpx.AsyncClient, wish: str, member: str) -> None:
    answer = await client.get(CALLS, auth=("x", "y"), headers={"X-Sandbox-Behaviour": wish})
    assert member in answer.json()


async def test_429(client: httpx.AsyncClient) -> None:
    answer = await client.get(CALLS, headers={"X-Sandbox-Behaviour": "rate-limited"})
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)


async def test_delay(client: httpx.AsyncClient) -> None:
    start = time.monotonic()
    await client.get(CALLS, headers={"X-Sandbox-Behaviour": "delay=0.2"})
    assert time.monotonic() - start >= 0.2


async def test_a_wish_that_is_not_known(
    client: httpx.AsyncClient, leaks: Callable[[str], list[str]], log: list[Decision]
) -> None:
    answer = await client.get(CALLS, headers={"X-Sandbox-Behaviour": LIVE.auth_token})
    assert answer.status_code == 400
    assert "known are identity, gzip" in answer.text
    assert leaks(str(log)) == []


async def test_behaviour_for_all_requests(trust: ssl.SSLContext, client: httpx.AsyncClient) -> None:
    async with (
        Sandbox(behaviour=Behaviour(shape=Shape.RFC9457)) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as direct,
    ):
        answer = await direct.get(f"/2010-04-01/Accounts/{LIVE.sid}/Calls.json")
    assert answer.json()["detail"] == "Authentication Error - No credentials provided"


async def test_a_token_is_rotated_while_it_runs(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    before = (await client.get(CALLS)).status_code
    sandbox.world = replace(WORLD, accounts=(replace(LIVE, auth_token=ROTATED_TOKEN),))
    assert (before, (await client.get(CALLS)).status_code) == (200, 401)


async def test_the_clock_is_the_caller_s() -> None:
    async with (
        Sandbox(clock=lambda: 0.0) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as direct,
    ):
        answer = await direct.get("/2010-04-01")
    assert answer.headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT"


async def test_a_silent_client_is_let_go() -> None:
    async with Sandbox(patience=0.1) as sandbox:
        reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        async with asyncio.timeout(3):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_the_end_does_not_wait_for_clients() -> None:
    start = time.monotonic()
    async with Sandbox() as sandbox:
        _, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        await asyncio.sleep(0.05)
    assert time.monotonic() - start < 20  # a silent client is kept for 60
    writer.close()


async def test_a_defect_costs_one_connection(
    sandbox: Sandbox, log: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("why20003.sandbox.server.respond", lambda *_, **__: 1 / 0)
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as direct:
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            await direct.get("/")
    assert [d.why for d in log] == ["the sandbox failed with ZeroDivisionError"]


async def test_a_sandbox_that_is_not_running() -> None:
    with pytest.raises(RuntimeError, match="use it with 'async with'"):
        _ = Sandbox().port


async def test_urls() -> None:
    async with Sandbox() as sandbox:
        assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"
        assert sandbox.ca_pem.startswith(b"-----BEGIN CERTIFICATE-----")
        assert b"PRIVATE" not in sandbox.ca_pem
