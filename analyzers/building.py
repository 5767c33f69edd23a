"""Builders of exchanges: for the samples of the causes, the pages of `explain`, the tests and the benchmarks.

Every value is invented and fixed. Clear credentials go in, so that a reader sees what a sample is about.
"""

import base64
import hashlib
import json
from dataclasses import replace

from analyzers.exchange import Exchange, Fidelity, Headers, Request, Response
from analyzers.twilio import TEXT_INVALID_USERNAME, TEXT_NO_CREDENTIALS, TEXT_REFUSED

SID = b"AC00112233445566778899aabbccddeeff"
OTHER_SID = b"AC99887766554433221100ffeeddccbbaa"
KEY = b"SK0f1e2d3c4b5a69788796a5b4c3d2e1f0"
TOKEN = b"3f9a7c5e1b2d4860f7e6d5c4b3a29180"
KEY_SECRET = b"pQ7rS2tU9vW4xY1zA6bC3dE8fG5hJ0kL"
TIME = 1793704448.0
"""2026-11-03 11:14:08 UTC, when every built exchange starts."""
DATE = b"Tue, 03 Nov 2026 11:14:08 GMT"
REQUEST_ID = b"RQ" + b"0123456789abcdef" * 2
MESSAGES = b"/2010-04-01/Accounts/%s/Messages.json"


def basic(username: bytes, password: bytes) -> bytes:
    """``Basic`` and the base64 of the pair."""
    return b"Basic " + base64.b64encode(username + b":" + password)


GOOD = basic(SID, TOKEN)


def refused(  # noqa: PLR0913 - every argument is a place where a sample may differ
    authorization: bytes | None = GOOD,
    *,
    path: bytes | None = None,
    message: str | None = None,
    status: int = 401,
    code: int | None = 20003,
    method: str = "POST",
    host: str = "api.twilio.com",
    scheme: str = "https",
    agent: bytes = b"python-requests/2.34.2",
    extra: Headers = (),
    body: bytes = b"",
    at: float = 0.0,
    fidelity: Fidelity = Fidelity.FULL,
    answer: Response | None = None,
    connection: str | None = "c1",
    request_id: bytes | None = None,
) -> Exchange:
    """An exchange that Twilio refused: 401, 20003 and the text that goes with the credentials, unless told otherwise.

    `authorization` None sends no header; `at` is in seconds after TIME. `request_id` is the Twilio-Request-Id of the
    answer; without one it differs from request to request, as Twilio's do.
    """
    target = path if path is not None else MESSAGES % SID
    if request_id is None:
        told = repr((authorization, target, method, host, scheme, agent, extra, body, at)).encode()
        request_id = b"RQ" + hashlib.blake2s(told, digest_size=16).hexdigest().encode()
    headers: Headers = ((b"Host", host.encode()), (b"User-Agent", agent))
    if authorization is not None:
        headers = (*headers, (b"Authorization", authorization))
    request = Request(
        method=method,
        scheme=scheme,
        host=host,
        port=443 if scheme == "https" else 80,
        target=target,
        headers=(*headers, *extra),
        body=body,
    )
    text = message if message is not None else TEXT_NO_CREDENTIALS if authorization is None else TEXT_REFUSED
    return Exchange(
        request=request,
        response=answer if answer is not None else twilio_answer(status, code, text, request_id),
        started_at=TIME + at,
        finished_at=TIME + at + 0.1,
        client_address="192.0.2.7",
        connection=connection,
        fidelity=fidelity,
    )


def accepted(authorization: bytes | None = GOOD, **options: object) -> Exchange:
    """The same request, answered 200."""
    exchange = refused(authorization, **options)  # type: ignore[arg-type] # the options are those of `refused`
    request_id = exchange.response.first(b"twilio-request-id") if exchange.response else None
    return replace(exchange, response=twilio_answer(200, None, "", request_id or REQUEST_ID))


def redirected(authorization: bytes | None, location: bytes, status: int = 302, **options: object) -> Exchange:
    """The same request, answered with a redirect to `location`."""
    exchange = refused(authorization, **options)  # type: ignore[arg-type] # the options are those of `refused`
    return replace(exchange, response=Response(status=status, headers=((b"Location", location),)))


def twilio_answer(status: int, code: int | None, message: str, request_id: bytes = REQUEST_ID) -> Response:
    """An answer with the headers and the body that Twilio sends. docs/facts.md 1.3, 1.4 (read 2026-11-20)"""
    body = b"{}"
    if code is not None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        body = json.dumps(
            {"code": code, "message": message, "more_info": more, "status": status}, separators=(",", ":")
        ).encode()
    headers: Headers = (
        (b"Content-Type", b"application/json"),
        (b"Content-Length", b"%d" % len(body)),
        (b"Date", DATE),
        (b"Twilio-Request-Id", request_id),
    )
    if code is not None:
        headers = (*headers, (b"X-Twilio-Error-Code", b"%d" % code))
    if status == 401:
        headers = (*headers, (b"WWW-Authenticate", b'Basic realm="Twilio API"'))
    return Response(status=status, headers=headers, body=body)


__all__ = [
    "DATE",
    "GOOD",
    "KEY",
    "KEY_SECRET",
    "MESSAGES",
    "OTHER_SID",
    "REQUEST_ID",
    "SID",
    "TEXT_INVALID_USERNAME",
    "TEXT_NO_CREDENTIALS",
    "TEXT_REFUSED",
    "TIME",
    "TOKEN",
    "accepted",
    "basic",
    "redirected",
    "refused",
    "twilio_answer",
]
