"""Signed requests: twilio-python signs, the sandbox reckons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import PreparedRequest
from requests import Request as Sent
from twilio.http.validation_client import ValidationClient
from twilio.jwt.validation import ClientValidationJwt

from why20003.sandbox import LIVE, STANDARD_KEY, Answer, Request, respond
from why20003.sandbox.messages import Fault
from why20003.sandbox.sites import route_of, site_of
from why20003.sandbox.validation import request_hash, validated

URL = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
FORM = {"To": "+12125550147", "From": "+12125550100", "Body": "hello"}


def prepared(method: str = "POST", **options: object) -> PreparedRequest:
    auth = (STANDARD_KEY.sid, STANDARD_KEY.secret)
    request = Sent(method, URL, auth=auth, headers={"Host": "api.twilio.com"}, **options)  # type: ignore[arg-type] # columns
    return request.prepare()


def hash_of(request: PreparedRequest) -> str:
    client = ValidationClient(LIVE.sid, STANDARD_KEY.sid, "CR" + "0" * 32, "unused")
    payload = client._build_validation_payload(request)
    return str(ClientValidationJwt("", "", "", "", payload)._generate_payload()["rqh"])


def as_received(request: PreparedRequest, token: bytes | None = None) -> Request:
    headers = [(name.encode(), str(value).encode()) for name, value in request.headers.items()]
    if token is not None:
        headers.append((b"Twilio-Client-Validation", token))
    body = request.body or b""
    assert isinstance(body, str | bytes)
    raw = body.encode() if isinstance(body, str) else body
    return Request(str(request.method), "https", "api.twilio.com", str(request.path_url), tuple(headers), raw)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"data": FORM}, id="form"),
        pytest.param({"method": "GET"}, id="no-body"),
        pytest.param({"method": "GET", "params": {"PageSize": "1", "From": "+1 2"}}, id="query"),
    ],
)
def test_the_hash_is_that_of_twilio_python(options: dict[str, Any]) -> None:
    request = prepared(**options)
    assert request_hash(as_received(request), "authorization;host") == hash_of(request)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param(b"", 20154, id="empty"),
        pytest.param(b"a.b.c", 20154, id="no-json"),
        pytest.param(b"a.W10.c", 20154, id="no-object"),
        pytest.param(b"a.eyJocmgiOiAiaG9zdCIsICJycWgiOiAiMCJ9.c", 70156, id="another-hash"),
    ],
)
def test_what_is_refused(token: bytes, code: int) -> None:
    answer = respond(as_received(prepared(data=FORM), token), now=1.0)
    assert isinstance(answer.payload, Fault)
    assert (answer.status, answer.payload.code) == (401, code)


def test_bad_credentials_are_refused_first() -> None:
    request = as_received(prepared(data=FORM), b"a.b.c")
    headers = ((b"Authorization", b"Basic Og=="), (b"Twilio-Client-Validation", b"a.b.c"))
    answer: Answer = respond(Request("POST", "https", "api.twilio.com", request.target, headers), now=1.0)
    assert isinstance(answer.payload, Fault)
    assert answer.payload.code == 20003


@given(st.binary(max_size=60))
def test_total(token: bytes) -> None:
    request = Request("GET", "https", "api.twilio.com", "/", ((b"Twilio-Client-Validation", token),))
    validated(request, route_of(site_of("api.twilio.com"), "/"))
