from collections.abc import Callable
from typing import Any

import pytest

from why20003.sandbox import KYC, LIVE, OAUTH_APP, Behaviour, Request, respond
from why20003.sandbox.messages import Content, Document, Fault, Form, Maker
from why20003.sandbox.reception import decision_on

HERE = f"/2010-04-01/Accounts/{LIVE.sid}"


@pytest.mark.parametrize(("path", "form"), [("/2010-04-01", Form.XML), ("/2010-04-01.json", Form.JSON)])
def test_the_version_is_told_to_anybody(ask: Callable[..., Any], path: str, form: object) -> None:
    answer = ask(path, None)
    assert (answer.status, answer.form) == (200, form)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("api.twilio.com", "/"),
        ("api.twilio.com", "/2008-08-01/Accounts"),
        ("api.twilio.com", "/2010-04-01/Other"),
        ("www.twilio.com", f"{HERE}/Messages.json"),
    ],
)
def test_paths_that_no_api_has(ask: Callable[..., Any], host: str, path: str) -> None:
    answer = ask(path, None, host=host)
    assert (answer.status, answer.payload) == (
        404,
        Fault(20404, f"The requested resource {path} was not found", answer.payload.shown),
    )


def test_http_in_clear_is_redirected(ask: Callable[..., Any]) -> None:
    answer = ask(f"{HERE}/Calls.json?a=b", scheme="http")
    assert (answer.status, answer.maker) == (301, Maker.NGINX)
    assert answer.location == f"https://api.twilio.com{HERE}/Calls.json?a=b"
    assert answer.payload == Content(
        "text/html",
        b"<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>\r\n"
        b"<center><h1>301 Moved Permanently</h1></center>\r\n</body>\r\n</html>\r\n",
    )


def test_on_loopback_clear_text_reaches_the_gate(ask: Callable[..., Any]) -> None:
    assert ask(f"{HERE}/Calls.json", scheme="http", host="127.0.0.1").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["shop.example", "api.twilio.com", "127.0.0.1"])
def test_redirects_on_request(ask: Callable[..., Any], status: int, scheme: str, host: str) -> None:
    answer = ask(f"/redirect/{status}/https://api.twilio.com/x?y=/z", scheme=scheme, host=host)
    assert (answer.status, answer.location) == (status, "https://api.twilio.com/x?y=/z")


@pytest.mark.parametrize(
    ("rest", "location"),
    [
        pytest.param("https:/a.example/x", "https://a.example/x", id="slashes-collapsed"),
        pytest.param("https%3A%2F%2Fa.example%2Fx", "https://a.example/x", id="percent-encoded"),
        pytest.param("http://a.example", "http://a.example", id="without-path"),
    ],
)
def test_spellings_of_the_target(ask: Callable[..., Any], rest: str, location: str) -> None:
    assert ask(f"/redirect/302/{rest}", host="a.example").location == location


@pytest.mark.parametrize("rest", ["/x", "ftp://a.example", "https%3A%2F%2Fa%0d%0aX-Y:1", "https://"])
def test_no_target(ask: Callable[..., Any], rest: str) -> None:
    answer = ask(f"/redirect/302/{rest}", host="a.example")
    assert (answer.status, answer.location) == (400, None)


@pytest.mark.parametrize("path", ["/redirect/304/https://a.example", "/redirect/200/https://a.example", "/"])
def test_other_hosts_have_nothing_else(ask: Callable[..., Any], path: str) -> None:
    assert ask(path, host="a.example").status == 404


@pytest.mark.parametrize("host", ["api.ie1.twilio.com", "nothing.twilio.com"])
def test_hosts_that_do_not_resolve(ask: Callable[..., Any], host: str) -> None:
    assert (ask("/", host=host).status, ask("/", host=host).maker) == (502, Maker.SANDBOX)


def test_media(ask: Callable[..., Any]) -> None:
    media = f"{HERE}/Messages/MM5a4db0c5{'0' * 24}/Media/ME5a4db0c5{'0' * 24}"
    moved = ask(media)
    assert moved.status == 307
    target = moved.location.removeprefix("https://mms.twiliocdn.com")
    assert ask(target, None, host="mms.twiliocdn.com").status == 200
    refused = ask(target, host="mms.twiliocdn.com")
    assert (refused.status, refused.maker) == (400, Maker.S3)
    assert b"Only one auth mechanism allowed" in refused.payload.data
    assert LIVE.sid.encode() not in refused.payload.data
    assert ask(target.partition("?")[0], None, host="mms.twiliocdn.com").status == 403
    assert ask(media, None).status == 401
    assert isinstance(ask(f"{media}.json").payload, Document)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 200, None),
        ({"client_secret": "wrong"}, 401, 322402),
        ({"client_id": "OQ" + "0" * 32}, 401, 322402),
        ({"grant_type": "password"}, 400, 322403),
    ],
)
def test_the_token_endpoint(ask: Callable[..., Any], form: dict[str, str], status: int, code: int | None) -> None:
    fields = {"grant_type": "client_credentials", "client_id": OAUTH_APP.client_id}
    fields |= {"client_secret": OAUTH_APP.client_secret} | form
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    answer = ask("/v2/token", None, host="oauth.twilio.com", method="POST", form=body)
    assert answer.status == status
    if code:
        assert answer.payload.code == code
        return
    bearer = f"Bearer {answer.payload.fields['access_token']}".encode()
    assert ask(f"{HERE}/Messages.json", None, authorization=bearer).status == 200


def test_the_token_endpoint_takes_a_form_only() -> None:
    request = Request("POST", "https", "oauth.twilio.com", "/v2/token", ((b"content-type", b"application/json"),))
    assert respond(request, now=0).status == 400


def test_429_on_demand(ask: Callable[..., Any]) -> None:
    request = Request("GET", "https", "api.twilio.com", f"{HERE}/Calls.json")
    answer = respond(request, now=0, behaviour=Behaviour(rate_limited=True))
    assert (answer.status, answer.payload) == (429, Fault(20429, "Too Many Requests"))


@pytest.mark.parametrize(("host", "region"), [("api.twilio.com", "us1"), ("api.dublin.ie1.twilio.com", "ie1")])
def test_answers_name_host_and_region(ask: Callable[..., Any], host: str, region: str) -> None:
    answer = ask(f"{HERE}/Calls.json", host=host)
    assert (answer.domain, answer.region) == (host, region)


def test_a_decision_in_one_line() -> None:
    request = Request("POST", "https", "api.twilio.com", f"/2010-04-01/Accounts/{KYC.auth_token}/Messages.json")
    assert str(decision_on(request, respond(request, now=0))) == (
        "401/20003 POST https://api.twilio.com/2010-04-01/Accounts/[32 characters]/Messages.json"
        " | Authentication Error - No credentials provided | Authorization is missing"
    )
