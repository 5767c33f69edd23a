import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import fields
from typing import Protocol

import httpx
import pytest

from why20003.sandbox import LIVE, PROMOTED_TOKEN, WORLD, Answer, Decision, Request, Sandbox, World, respond
from why20003.sandbox.reception import decision_on

NOW = 1_795_000_000.0


class Ask(Protocol):
    """Put one request to the pure core. ``user`` None: no Authorization header."""

    def __call__(
        self,
        path: str,
        user: str | None = LIVE.sid,
        password: str | None = None,
        *,
        method: str = "GET",
        host: str = "api.twilio.com",
        scheme: str = "https",
        authorization: bytes | None = None,
        form: str | None = None,
        world: World = WORLD,
    ) -> Answer: ...


@pytest.fixture
def now() -> float:
    return NOW


@pytest.fixture
def ask() -> Ask:
    def ask(
        path: str,
        user: str | None = LIVE.sid,
        password: str | None = None,
        *,
        method: str = "GET",
        host: str = "api.twilio.com",
        scheme: str = "https",
        authorization: bytes | None = None,
        form: str | None = None,
        world: World = WORLD,
    ) -> Answer:
        if authorization is None and user is not None:
            secret = LIVE.auth_token if password is None else password
            authorization = b"Basic " + b64encode(f"{user}:{secret}".encode("latin-1"))
        headers: tuple[tuple[bytes, bytes], ...] = ()
        if authorization is not None:
            headers += ((b"Authorization", authorization),)
        if form is not None:
            headers += ((b"Content-Type", b"application/x-www-form-urlencoded"),)
        request = Request(method, scheme, host, path, headers, (form or "").encode())
        answer = respond(request, world, now=NOW)
        decision_on(request, answer)  # has to work for every answer
        return answer

    return ask


@pytest.fixture(scope="session")
def leaks() -> Callable[[str], list[str]]:
    """Which parts of the world's secrets, longer than 4 characters, stand in a text."""
    secrets = [PROMOTED_TOKEN, *(a.auth_token for a in WORLD.accounts)]
    secrets += [k.secret for k in WORLD.keys] + [a.client_secret for a in WORLD.apps]
    secrets += [b64encode(f"{LIVE.sid}:{secret}".encode()).decode()[48:] for secret in secrets]
    parts = {secret[start : start + 5] for secret in secrets for start in range(len(secret) - 4)}
    assert len(fields(LIVE)) == 8, "a new field may be a new secret"
    return lambda text: sorted(part for part in parts if part in text)


@pytest.fixture
async def log() -> list[Decision]:
    return []


@pytest.fixture
async def sandbox(log: list[Decision]) -> AsyncIterator[Sandbox]:
    async with Sandbox(on_decision=log.append, patience=5) as sandbox:
        yield sandbox


@pytest.fixture
def trust(sandbox: Sandbox) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=sandbox.ca_pem.decode())


@pytest.fixture
async def client(sandbox: Sandbox, trust: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has the sandbox for its proxy and knows the live pair."""
    auth = (LIVE.sid, LIVE.auth_token)
    async with httpx.AsyncClient(proxy=sandbox.url, verify=trust, auth=auth, trust_env=False) as client:
        yield client


class Exchange(Protocol):
    """Send bytes on a new connection and return all that comes back until the server closes."""

    async def __call__(self, data: bytes, *, half_close: bool = True) -> bytes: ...


@pytest.fixture
def raw(sandbox: Sandbox) -> Exchange:
    async def exchange(data: bytes, *, half_close: bool = True) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
        try:
            writer.write(data)
            await writer.drain()
            if half_close:
                writer.write_eof()
            async with asyncio.timeout(4):
                return await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()

    return exchange
