"""The real helper library, unchanged, against the sandbox."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from why20003.sandbox import LIVE, STANDARD_KEY, VERIFY_SERVICE, Decision, Sandbox

pytest.importorskip("twilio")

SENDING = """
import sys
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
client = Client(*sys.argv[1:])
try:
    message = client.messages.create(to="+14155550100", from_="+15005550006", body="hi")
except TwilioRestException as refused:
    print(refused.status, refused.code, refused.msg)
else:
    print(message.status, client.messages(message.sid).fetch().sid == message.sid)
"""
READING = f"""
import sys
from twilio.rest import Client
client = Client(*sys.argv[1:])
print(client.api.accounts(sys.argv[1]).fetch().status)
print(len(client.messages.list(limit=1)), len(client.calls.list()), len(client.keys.list()))
print(client.balance.fetch().balance, client.verify.v2.services.list())
print(client.verify.v2.services("{VERIFY_SERVICE.sid}").verifications.create(to="+1", channel="sms").status)
print(client.lookups.v2.phone_numbers("+14155550100").fetch().valid)
"""


@pytest.fixture
def script(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Awaitable[str]]:
    """Run a script as a user would behind a proxy; returns its output."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(sandbox.ca_pem)
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment = kept | {"HTTPS_PROXY": sandbox.url, "REQUESTS_CA_BUNDLE": str(ca)}

    async def run(code: str, *arguments: str) -> str:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *arguments, env=environment, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(15):
            out, _ = await program.communicate()
        return out.decode()

    return run


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param((LIVE.sid, LIVE.auth_token), "queued True\n", id="good-pair"),
        pytest.param((STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid), "queued True\n", id="good-key"),
        pytest.param(
            (LIVE.auth_token, LIVE.sid, LIVE.sid),
            "401 20003 Unable to create record: Authentication Error - invalid username\n",
            id="swapped",
        ),
    ],
)
async def test_twilio_python_sends(
    script: Callable[..., Awaitable[str]],
    leaks: Callable[[str], list[str]],
    log: list[Decision],
    arguments: tuple[str, ...],
    says: str,
) -> None:
    assert await script(SENDING, *arguments) == says
    assert leaks(str(log)) == []


async def test_twilio_python_reads(script: Callable[..., Awaitable[str]]) -> None:
    out = await script(READING, LIVE.sid, LIVE.auth_token)
    assert out.splitlines() == ["active", "1 1 3", "10.00 []", "pending", "True"]
