"""An annotated answer is judged as the one that Twilio gave: the way back from addon/annotate.py."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import flow as mitmproxy_flow
from mitmproxy import http
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.io import FlowReader

from addon import annotate
from addon.settings import Annotate
from analyzers.building import refused
from analyzers.capture import Result, diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Response
from recordings import har
from recordings.annotation import unannotated

SAMPLES = sorted((Path(__file__).parents[2] / "recordings" / "samples").glob("*.mitm"))
LEVELS = [Annotate.BODY, Annotate.MESSAGE]
HEADERS = ((b"Content-Type", b"application/json"), (b"Twilio-Request-Id", b"RQ0"))


def diagnosis() -> Diagnosis:
    [result] = diagnose_all([refused(None)], b"key")
    assert result.diagnosis
    return result.diagnosis


def annotated(body: bytes, level: Annotate) -> Response:
    changed = annotate.body(body, diagnosis(), level)
    own = tuple((name.encode(), value.encode()) for name, value in annotate.headers(diagnosis()))
    length = (b"Content-Length", b"%d" % len(changed if changed is not None else body))
    return Response(status=401, headers=(*HEADERS, length, *own), body=body if changed is None else changed)


BODIES = {
    "code first": b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003"}',
    "spaced": b'{"code": 20003, "message": "Authenticate", "status": 401}',
    "details": b'{"code":20003,"detail":"AccountSid or AuthToken incorrect","message":"Authenticate","status":401}',
    "no message": b'{"code":20003,"status":401}',
    "rfc 9457": b'{"type":"about:blank","title":"Unauthorized","status":401,"detail":"no such key"}',
    "rfc 9457 without detail": b'{"title":"Unauthorized","status":401,"code":20003}',
    "oauth": b'{"error":"invalid_client","error_description":"unknown client"}',
    "oauth without description": b'{"error":"invalid_client"}',
    "sendgrid": b'{"errors":[{"message":"The provided authorization grant is invalid","field":null}]}',
    "both texts the same": b'{"message":"no","detail":"no","code":20003}',
    "error and message the same": b'{"message":"no","error":"no","code":20003}',
    "xml": b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
    b"<Message>Authenticate</Message><Status>401</Status></RestException></TwilioResponse>",
    "text": b"no such account",
    "nothing": b"",
}


@pytest.mark.parametrize("level", LEVELS, ids=[level.value for level in LEVELS])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_answer_comes_back_as_it_was(body: bytes, level: Annotate) -> None:
    original = Response(status=401, headers=(*HEADERS, (b"Content-Length", b"%d" % len(body))), body=body)

    assert unannotated(annotated(body, level)) == original


@pytest.mark.parametrize(
    "body",
    [
        b'{"message":"Authenticate","why20003":"a word"}',
        b'{"message":"Authenticate [why20003]","code":20003}',
        b'{"message":"say \\"why20003\\"","code":20003}',
        b'{"message":"Authenticate [why20003: x]","why20003":{"cause":"halves-swapped"}}',
        b'["why20003"]',
        b'{"why20003":{"verdict":',
        b"<Why20003><Cause></Cause>",
        b"[" * 200_000 + b'"why20003"',
        b'\xff"why20003"\x00',
    ],
)
def test_what_is_no_annotation_stays(body: bytes) -> None:
    response = Response(status=401, headers=HEADERS, body=body)

    assert unannotated(response) is response


def test_a_length_that_is_not_the_bodys_stays() -> None:
    changed = annotated(BODIES["code first"], Annotate.MESSAGE)
    headers = ((b"Content-Length", b"9"), (b"content-length", b"%d" % len(changed.body)))

    restored = unannotated(Response(status=401, headers=headers, body=changed.body))

    length = b"%d" % len(BODIES["code first"])
    assert restored
    assert restored.headers == ((b"Content-Length", b"9"), (b"content-length", length))


def test_what_the_proxy_refused_has_no_answer() -> None:
    body = annotate.refusal_body(diagnosis())

    assert unannotated(Response(status=400, headers=HEADERS, body=body)) is None


def test_an_answer_like_the_proxys_is_twilios_where_the_status_is_another() -> None:
    response = Response(status=401, headers=HEADERS, body=annotate.refusal_body(diagnosis()))

    assert unannotated(response) == response


def exported(flows: Sequence[mitmproxy_flow.Flow]) -> bytes:
    return json.dumps(SaveHar().make_har(flows)).encode()


def judged(archive: bytes) -> list[Diagnosis | None]:
    results: Sequence[Result] = diagnose_all(har.read(io.BytesIO(archive)).exchanges, b"key")
    return [result.diagnosis for result in results]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.stem for sample in SAMPLES])
def test_a_har_of_an_annotated_capture_gets_the_diagnoses_of_the_original(sample: Path) -> None:
    flows = [flow for flow in FlowReader(io.BytesIO(sample.read_bytes())).stream() if isinstance(flow, http.HTTPFlow)]
    as_recorded = exported(flows)
    for flow in flows:
        if flow.modified():
            flow.revert()
    original = exported(flows)

    assert judged(as_recorded) == judged(original)
    is_changed, is_annotated = as_recorded != original, b"Why20003-Cause" in sample.read_bytes()
    assert is_changed is is_annotated


def test_the_samples_are_annotated() -> None:
    carrying = [sample for sample in SAMPLES if b"[why20003: " in sample.read_bytes()]

    assert len(carrying) > len(SAMPLES) // 2


def test_a_recording_nearer_to_the_client_shows_the_refusal() -> None:
    body = annotate.refusal_body(diagnosis())
    entry: dict[str, Any] = {
        "request": {
            "method": "GET",
            "url": "https://api.twilio.com/2010-04-01/Accounts.json",
            "headers": [{"name": "Authorization", "value": "Basic QUM6\n eA=="}],
        },
        "response": {"status": 400, "headers": [], "content": {"text": body.decode()}},
    }

    [exchange] = har.read(io.BytesIO(json.dumps({"log": {"entries": [entry]}}).encode())).exchanges

    assert (exchange.refused_by_proxy, exchange.response) == (True, None)
    assert exchange.error == "mitmproxy refused the malformed request head"


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        ("mitmproxy refused the malformed request head", True),
        (
            "Received invalid header name: b'Authorization ' from client, refusing to prevent request smuggling.",
            True,
        ),
        ("Received invalid header name: b'Server ' from server, refusing to prevent request smuggling attacks.", False),
        ("Connection killed.", False),
    ],
)
def test_mitmproxys_own_words_tell_who_refused(error: str, refused: bool) -> None:
    entry = {
        "request": {"method": "GET", "url": "https://api.twilio.com/", "headers": []},
        "response": {"status": 0, "headers": [], "content": {}, "_error": error},
    }

    [exchange] = har.read(io.BytesIO(json.dumps({"log": {"entries": [entry]}}).encode())).exchanges

    assert (exchange.refused_by_proxy, exchange.error) == (refused, error)
