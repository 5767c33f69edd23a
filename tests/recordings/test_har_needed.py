"""What a HAR's reader leaves out changes no diagnosis."""

import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from har_variants import PATH, REFUSAL, archive, entry
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, OTHER_SID, SID, TOKEN, basic
from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange
from analyzers.findings import HISTORY, Evidence
from recordings import har
from recordings.opening import open_recording
from recordings.reading import Recording

EXAMPLES = max(60, int(os.environ.get("WHY20003_EXAMPLES", "0")))
SAMPLES = sorted((Path(__file__).parents[2] / "recordings" / "samples").glob("*.mitm"))


@dataclass(frozen=True)
class Judged:
    """What a recording brings, by the place of each exchange."""

    diagnoses: dict[int, Diagnosis]
    twilio: int
    exchanges: int


def judged(text: bytes, *, whole: bool) -> tuple[Judged, list[Exchange]]:
    recording = Recording(har.FORMAT, har.items(io.BytesIO(text), whole=whole))
    entries = list(recording)
    results = diagnose_all([one.exchange for one in entries], b"key")
    places = [one.place for one in entries]
    found = {
        places[result.index]: placed(result.diagnosis, places) for result in results if result.diagnosis is not None
    }
    twilio = sum(result.twilio for result in results) + recording.passed_twilio
    return Judged(found, twilio, recording.exchanges), [one.exchange for one in entries]


def placed(diagnosis: Diagnosis, places: Sequence[int]) -> Diagnosis:
    """`diagnosis` with places in the file instead of those among the exchanges that were read."""

    def moved(evidence: Evidence) -> Evidence:
        return replace(evidence, index=places[evidence.index]) if evidence.where == HISTORY else evidence

    findings = tuple(replace(one, evidence=tuple(map(moved, one.evidence))) for one in diagnosis.findings)
    return replace(diagnosis, index=places[diagnosis.index], findings=findings)


def assert_the_same(text: bytes) -> list[Exchange]:
    whole, _ = judged(text, whole=True)
    slim, kept = judged(text, whole=False)
    assert slim == whole
    return kept


# --- one exchange at a time -------------------------------------------------------------------------------------------
LINES = [{"name": "User-Agent", "value": "curl/8.7.1"}, {"name": "X-A", "value": "1"}]


def call(
    host: str = "www.example.com",
    status: int = 200,
    at: float = 0,
    *,
    credentials: bytes | None = None,
    path: str = PATH,
    answer: str = "{}",
    told: Sequence[tuple[str, str]] = (),
    **more: Any,  # noqa: ANN401 - members of a request
) -> dict[str, Any]:
    lines = [*LINES, *([{"name": "Authorization", "value": credentials.decode()}] if credentials else [])]
    request = {"method": "GET", "url": f"https://{host}{path}", "headers": lines, "cookies": [], **more}
    response = {
        "status": status,
        "statusText": "x",
        "headers": [{"name": name, "value": value} for name, value in (*told, ("X-B", "2"))],
        "content": {"text": answer},
    }
    return entry(request, response, startedDateTime=1793704448 + at)


BY_TWILIO = (("Twilio-Request-Id", "RQ0123456789abcdef0123456789abcdef"),)
HERE = "https://api.twilio.com" + PATH


@pytest.mark.parametrize(
    ("one", "kept"),
    [
        pytest.param(call(), False, id="a website"),
        pytest.param(call(status=404, answer="no"), False, id="a website that refuses"),
        pytest.param(call(status=401, answer='{"code":20003}'), False, id="a stranger with a code of its own"),
        pytest.param(call(status=401, answer=REFUSAL), True, id="a gateway that passes Twilio's body on"),
        pytest.param(call(status=401, told=BY_TWILIO), True, id="a gateway that passes Twilio's head on"),
        pytest.param(call(told=BY_TWILIO), True, id="a gateway that passes a success on"),
        pytest.param(call(status=401, told=(("WWW-Authenticate", 'Basic realm="Twilio API"'),)), True, id="its realm"),
        pytest.param(call(status=0), False, id="a website without an answer"),
        pytest.param(call("api.twillio.com", 0), True, id="a misspelt host without an answer"),
        pytest.param(call("api.twillio.com", 404), True, id="a misspelt host"),
        pytest.param(call("API.TWILIO.COM."), True, id="an odd way of writing Twilio's name"),
        pytest.param(call("www.twilio.com", 404), True, id="Twilio's website"),
        pytest.param(call(status=302, told=(("Location", HERE),)), True, id="a redirect to Twilio"),
        pytest.param(call(status=301, told=(("Location", "/b"),)), True, id="a redirect elsewhere"),
        pytest.param(call(status=304), False, id="no redirect"),
        pytest.param(call("127.0.0.1", headers=[[":authority", "api.twilio.com"]]), True, id="a reverse proxy"),
    ],
)
def test_what_is_kept(one: dict[str, Any], kept: bool) -> None:
    found = assert_the_same(archive(one, call("api.twilio.com", 401, 5, credentials=GOOD, answer=REFUSAL)))

    assert len(found) == 1 + kept


def test_a_request_is_kept_whose_url_a_redirect_leads_to() -> None:
    first = call(status=302, path="/a", told=(("Location", "/b?c"),))

    assert len(assert_the_same(archive(first, call(at=1, path="/b?c"), call(at=1, path="/b")))) == 2
    assert len(assert_the_same(archive(call(at=1, path="/b?c"), call(at=1, path="/b"), first))) == 2


def test_an_answer_to_a_challenge_is_kept() -> None:
    challenge = call("gate.example", 401, answer=REFUSAL)
    answered = call("gate.example", 200, 1, credentials=GOOD)
    without = call("gate.example", 200, 1)
    elsewhere = call("other.example", 200, 1, credentials=GOOD)

    assert len(assert_the_same(archive(answered, without, elsewhere, challenge))) == 2


def test_of_a_success_only_what_counts_is_kept() -> None:
    [exchange] = assert_the_same(
        archive(
            call(
                "api.twilio.com",
                200,
                credentials=GOOD,
                answer="x" * 9999,
                postData={"text": "y" * 99},
                told=(("Content-Type", "text/html"),),
            )
        )
    )

    assert exchange.response
    assert len(exchange.response.body) == 256
    assert (exchange.request.body, exchange.response.headers, exchange.response.reason) == (
        b"",
        ((b"Content-Type", b"text/html"),),
        "",
    )
    assert exchange.request.headers == ((b"User-Agent", b"curl/8.7.1"), (b"Authorization", GOOD))


def test_of_an_account_all_is_kept() -> None:
    account = json.dumps({"sid": SID.decode(), "status": "suspended", "x": "y" * 9999})
    [exchange] = assert_the_same(
        archive(
            call(
                "api.twilio.com",
                200,
                credentials=GOOD,
                answer=account,
                path=f"/2010-04-01/Accounts/{SID.decode()}.json",
            )
        )
    )

    assert exchange.response
    assert exchange.response.body == account.encode()


def test_of_a_refusal_all_is_kept() -> None:
    text = archive(call("api.twilio.com", 401, credentials=GOOD, answer=REFUSAL, postData={"text": "y" * 99}))

    assert judged(text, whole=False)[1] == judged(text, whole=True)[1]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.stem for sample in SAMPLES])
def test_the_samples_keep_their_diagnoses(sample: Path) -> None:
    assert_the_same(archive(*(entry_of(exchange) for exchange in open_recording(sample).exchanges)))


def entry_of(exchange: Exchange) -> dict[str, Any]:
    """An entry that shows as much of an exchange as HAR can."""
    request, response = exchange.request, exchange.response
    told: dict[str, Any] = {"status": 0, "headers": [], "content": {}, "_error": exchange.error}
    if response is not None:
        text = {"text": response.body.decode("utf-8", "surrogateescape")}
        told = {"status": response.status, "headers": lines_of(response.headers), "content": text}
    asked = {
        "method": request.method,
        "url": f"{request.scheme}://{request.host}:{request.port}{request.target.decode('latin-1')}",
        "headers": lines_of(request.headers),
        "postData": {"text": request.body.decode("utf-8", "surrogateescape")},
    }
    started, finished = exchange.started_at, exchange.finished_at
    lasted = (finished - started) * 1000 if started is not None and finished is not None else None
    more = {"clientIPAddress": exchange.client_address, "_connectionId": exchange.connection}
    return entry(asked, told, startedDateTime=started, time=lasted, **more)


def lines_of(headers: Sequence[tuple[bytes, bytes]]) -> list[dict[str, str]]:
    return [
        {"name": name.decode("utf-8", "surrogateescape"), "value": value.decode("utf-8", "surrogateescape")}
        for name, value in headers
    ]


# --- many of them, in any order ---------------------------------------------------------------------------------------
HOSTS = ["api.twilio.com", "verify.twilio.com", "gate.example", "www.example.com", "api.twillio.com", "127.0.0.1"]
PATHS = [
    PATH,
    "/a",
    f"/2010-04-01/Accounts/{OTHER_SID.decode()}/Calls.json",
    f"/2010-04-01/Accounts/{SID.decode()}.json",
    "/v2/Services",
]
VALUES = [None, GOOD, basic(SID, b"f" * 32), basic(KEY, KEY_SECRET), basic(SID, TOKEN + b"\n"), b"Bearer abc"]
ACCOUNT = json.dumps({"sid": SID.decode(), "owner_account_sid": OTHER_SID.decode(), "status": "active"})
PLACES = st.tuples(st.sampled_from(["http", "https"]), st.sampled_from(HOSTS), st.sampled_from(PATHS))


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    scheme, host, path = draw(PLACES)
    status = draw(st.sampled_from([200, 200, 201, 301, 302, 307, 400, 401, 401, 403, 404, 0]))
    there = draw(PLACES)
    told = [("Location", "{}://{}{}".format(*there))] if 300 < status < 400 else []
    told += draw(st.sampled_from([(), BY_TWILIO, (("Content-Type", "text/html"),)]))
    made = call(
        host,
        status,
        draw(st.integers(0, 40)),
        credentials=draw(st.sampled_from(VALUES)),
        path=path,
        answer=draw(st.sampled_from(["", REFUSAL, "<!doctype html>", ACCOUNT, "no"])),
        told=told,
        method=draw(st.sampled_from(["GET", "POST"])),
    )
    made["request"]["url"] = f"{scheme}://{host}{path}"
    agent = {"name": "User-Agent", "value": draw(st.sampled_from(["curl/8.7.1", "Wget/1.25"]))}
    made["request"]["headers"] = [agent, *made["request"]["headers"][1:]]
    made.update(draw(st.sampled_from([{}, {}, {"_connectionId": "1"}, {"startedDateTime": None}, {"time": 3000}])))
    return made


CHAIN = [
    call(status=302, path="/a", told=(("Location", "https://gate.example/b"),)),
    call("gate.example", 307, 1, path="/b", told=(("Location", HERE),)),
    call("api.twilio.com", 401, 2, answer=REFUSAL),
    call("gate.example", 200, 1, path="/b"),
]


@settings(max_examples=EXAMPLES)
@given(st.lists(calls(), max_size=12))
@example(CHAIN)
@example(CHAIN[::-1])
def test_what_is_left_out_changes_no_diagnosis(entries: list[dict[str, Any]]) -> None:
    assert_the_same(archive(*entries))
