import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from twilio.jwt.access_token import AccessToken

from why20003.sandbox import (
    DELETED_KEY,
    LIVE,
    LIVE_IE1,
    PROMOTED_TOKEN,
    STANDARD_KEY,
    SUBACCOUNT,
    Answer,
    Request,
    Sandbox,
    respond,
)
from why20003.sandbox.messages import Document, Fault

EVENTS = "/v4/EndpointEvents"
PROMOTE = "https://accounts.twilio.com/v1/AuthTokens/Promote"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v2/token", 405), ("POST", "/v1/other", 404)])
def test_the_oauth_host_has_the_token_endpoint_only(
    ask: Callable[..., Any], method: str, path: str, status: int
) -> None:
    assert ask(path, None, method=method, host="oauth.twilio.com").status == status


def event(token: str | None, now: float, path: str = EVENTS, method: str = "POST") -> Answer:
    headers = () if token is None else ((b"X-Twilio-Token", token.encode()),)
    return respond(Request(method, "https", "eventgw.twilio.com", path, headers, b"{}"), now=now)


def access_token(now: float, **options: object) -> str:
    usual: dict[str, Any] = {
        "account_sid": LIVE.sid,
        "signing_key_sid": STANDARD_KEY.sid,
        "secret": STANDARD_KEY.secret,
        "nbf": int(now) - 5,
        "valid_until": int(now) + 3600,
    }
    return str(AccessToken(**(usual | options)).to_jwt())


def part(fields: object) -> str:
    return urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def test_a_good_access_token(now: float) -> None:
    assert event(access_token(now), now).status == 200


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param({"signing_key_sid": LIVE.sid, "secret": LIVE.auth_token}, 20103, id="account-as-key"),
        pytest.param({"signing_key_sid": DELETED_KEY.sid, "secret": DELETED_KEY.secret}, 20103, id="deleted-key"),
        pytest.param({"account_sid": SUBACCOUNT.sid}, 20103, id="key-of-another-account"),
        pytest.param({"valid_until": 1_000}, 20104, id="expired"),
        pytest.param({"valid_until": 9_000_000_000_000}, 20104, id="milliseconds"),
        pytest.param({"nbf": 4_000_000_000}, 20105, id="not-yet"),
        pytest.param({"secret": LIVE.auth_token}, 20107, id="signed-with-the-auth-token"),
    ],
)
def test_the_code_names_the_fault(now: float, options: dict[str, Any], code: int) -> None:
    answer = event(access_token(now, **options), now)
    assert isinstance(answer.payload, Fault)
    assert (answer.status, answer.payload.code) == (401, code)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param("a.b.c", 20101, id="no-json"),
        pytest.param("", 20101, id="empty"),
        pytest.param(f"{part([])}.{part([])}.", 20101, id="no-objects"),
        pytest.param(f"{part({'alg': 'HS256'})}.{part({})}.", 20102, id="without-cty"),
        pytest.param(None, 20003, id="none"),
    ],
)
def test_what_is_no_access_token(now: float, token: str | None, code: int) -> None:
    answer = event(token, now)
    assert isinstance(answer.payload, Fault)
    assert answer.payload.code == code


@pytest.mark.parametrize(("method", "path", "status"), [("GET", EVENTS, 405), ("POST", "/v4/Other", 404)])
def test_the_event_gateway_takes_events_only(now: float, method: str, path: str, status: int) -> None:
    assert event(access_token(now), now, path, method).status == status


def test_a_promotion_says_what_the_gate_knows_from_now_on(ask: Callable[..., Any]) -> None:
    answer = ask("/v1/AuthTokens/Promote", method="POST", host="accounts.twilio.com")
    assert isinstance(answer.payload, Document)
    assert answer.payload.fields["auth_token"] == PROMOTED_TOKEN
    messages = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
    assert ask(messages, world=answer.world).status == 401
    assert ask(messages, LIVE.sid, PROMOTED_TOKEN, world=answer.world).status == 200


def test_nothing_else_changes_the_world(ask: Callable[..., Any]) -> None:
    assert ask("/v1/AuthTokens/Promote", method="GET", host="accounts.twilio.com").world is None
    assert ask("/v1/AuthTokens/Promote", LIVE.sid, "x", method="POST", host="accounts.twilio.com").world is None


async def test_a_running_sandbox_rotates(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    messages = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
    assert (await client.get(messages)).status_code == 200
    assert (await client.post(PROMOTE)).json()["auth_token"] == PROMOTED_TOKEN
    assert (await client.get(messages)).status_code == 401
    assert (await client.get(messages, auth=(LIVE.sid, PROMOTED_TOKEN))).status_code == 200
    in_dublin = messages.replace("api.", "api.dublin.ie1.")
    assert (await client.get(in_dublin, auth=(LIVE.sid, LIVE_IE1.auth_token))).status_code == 200
