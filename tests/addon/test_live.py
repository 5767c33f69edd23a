"""The whole way: a real client's bytes, the real mitmdump, the sandbox, and back into the client's own answer."""

import base64
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from _pytest.mark.structures import ParameterSet
from live import PATH, SECRETS, Answer, Proxy, leaked, request, reverse_proxy, upstream_proxy
from mitmproxy import io as mitm_io

from analyzers.capture import diagnose_all
from analyzers.contract import diagnosis_json
from recordings.opening import open_recording
from why20003.demo.play import application_environment
from why20003.sandbox import LIVE, STANDARD_KEY

PAIR = f"{LIVE.sid}:{LIVE.auth_token}".encode()
ENCODED = base64.b64encode(PAIR)
FOLDED = b"Basic " + ENCODED[:60] + b"%s" + ENCODED[60:]
SWAPPED = b"Authorization: Basic " + base64.b64encode(f"{LIVE.auth_token}:{LIVE.sid}".encode())


@pytest.fixture(scope="module", params=["tls", "plain"])
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    start = upstream_proxy if request.param == "tls" else reverse_proxy
    with start(tmp_path_factory.mktemp(request.param), "--set", "flow_detail=2") as running:
        yield running
        told = running.running.stop()
        assert "Traceback" not in told
        assert "could not be diagnosed" not in told
        everything = (*SECRETS, ENCODED.decode(), SWAPPED.decode()[21:], base64.b64encode(ENCODED).decode())
        assert leaked(told, *everything) == []


BROKEN = [
    pytest.param([b"Authorization: " + FOLDED % b"\n"], "base64-line-wrapped", id="lf"),
    pytest.param([b"Authorization: " + FOLDED % b"\r\n"], "base64-line-wrapped", id="crlf"),
    pytest.param([b"Authorization: " + FOLDED % b"\r\n "], "base64-line-wrapped", id="crlf-blank"),
    pytest.param([b"Authorization: " + FOLDED % b"\r\n\t"], "base64-line-wrapped", id="crlf-tab"),
    pytest.param([b"Authorization : Basic " + ENCODED], "header-name-misspelt", id="blank-before-colon"),
    pytest.param(
        [b"Authorization: Basic " + ENCODED, b"Authorization: Basic eHg6eHg="], "authorization-repeated", id="two"
    ),
    pytest.param(
        [b"Authorization: Basic " + ENCODED + b", Basic eHg6eHg="], "authorization-repeated", id="comma-joined"
    ),
    pytest.param([b"Authorization:"], "authorization-empty", id="empty"),
    pytest.param([b"Authorization: Basic"], "authorization-empty", id="scheme-alone"),
    pytest.param([b"Authorization: Basic " + ENCODED[:30] + b"\xe9" + ENCODED[30:]], "base64-alphabet", id="non-ascii"),
    pytest.param([b"Authorization: Basic " + ENCODED[:30] + b"\t" + ENCODED[30:]], "base64-alphabet", id="tab"),
    pytest.param([b"authorization: Basic " + base64.b64encode(PAIR + b"\n")], "stray-characters", id="lower-case-name"),
    pytest.param([SWAPPED], "halves-swapped", id="swapped"),
    pytest.param(
        [b"Authorization: Basic " + base64.b64encode(PAIR.replace(b"AC", b"MG", 1))], "wrong-kind-of-sid", id="kind"
    ),
]


@pytest.mark.parametrize(("lines", "cause"), BROKEN)
def test_each_refusal_is_explained_in_the_answer(proxy: Proxy, lines: list[bytes], cause: str) -> None:
    answer = proxy.send(request(*lines))
    assert answer.status in {400, 401}
    told = json.loads(answer.body)
    assert told["why20003"]["cause"] == cause
    assert told["why20003"]["verdict"] == "confirmed"
    assert f"[why20003: {told['why20003']['says']} (confirmed)" in told["message"]
    assert leaked(answer.body.decode() + repr(answer.head), *SECRETS, ENCODED.decode()) == []


def test_a_nul_is_refused_without_a_json_body_so_the_headers_tell(proxy: Proxy) -> None:
    answer = proxy.send(request(b"Authorization: Basic " + ENCODED[:30] + b"\0" + ENCODED[30:]))
    assert answer.status == 400
    assert b"Why20003-Cause: base64-alphabet\r\nWhy20003-Verdict: confirmed\r\n" in answer.head


def test_a_16_kb_value_is_diagnosed(proxy: Proxy) -> None:
    answer = proxy.send(request(b"Authorization: Basic " + base64.b64encode(LIVE.sid.encode() + b":" + b"x" * 12_000)))
    told = json.loads(answer.body)
    assert answer.status == 401
    assert told["why20003"]["cause"] is not None


def test_a_trailing_line_feed_is_seen_although_mitmproxy_takes_it_off(proxy: Proxy) -> None:
    bad = base64.b64encode(PAIR[:-1] + b"0")
    answer = proxy.send(request(b"User-Agent: x", b"Authorization: Basic " + bad + b"\n"))
    told = json.loads(answer.body)["why20003"]
    assert told["cause"] == "base64-line-wrapped"


@pytest.mark.parametrize("pieces", [1, 7, 100])
def test_the_answer_is_the_same_however_the_bytes_arrive(proxy: Proxy, pieces: int) -> None:
    for lines in ([b"Authorization: " + FOLDED % b"\n"], [SWAPPED]):
        whole, parts = proxy.send(request(*lines)), proxy.send(request(*lines), pieces=pieces)
        assert json.loads(parts.body)["why20003"] == json.loads(whole.body)["why20003"]


def test_a_second_request_of_a_connection_is_watched_as_well(proxy: Proxy) -> None:
    good = request(b"Authorization: Basic " + ENCODED)
    first, second = proxy.converse(good, request(b"Authorization: " + FOLDED % b"\n"))
    assert first.status == 200
    assert second.status == 400
    assert json.loads(second.body)["why20003"]["cause"] == "base64-line-wrapped"


def test_a_good_request_is_left_alone(proxy: Proxy) -> None:
    answer = proxy.send(request(b"Authorization: Basic " + ENCODED))
    assert answer.status == 200
    assert b"why20003" not in (answer.head + answer.body).lower()


def test_garbage_does_no_harm(proxy: Proxy) -> None:
    for garbage in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\xff" * 500 + b"\r\n\r\n",
        b":\r\n:\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
    ):
        answer: Answer = proxy.send(garbage, wait=3)
        assert answer.status in {0, 400, 502}
    assert proxy.send(request(b"Authorization: Basic " + ENCODED)).status == 200


def lines_of(parameter: ParameterSet) -> list[bytes]:
    lines = parameter.values[0]
    assert isinstance(lines, list)
    return lines


def test_what_was_recorded_gives_the_same_diagnoses(tmp_path: Path) -> None:
    """Live, read from the capture, and replayed through mitmdump -n: one and the same."""
    live: list[dict[str, object]] = []
    with upstream_proxy(tmp_path) as proxy:
        for parameter in BROKEN:
            answer = proxy.send(request(*lines_of(parameter)))
            live.append(json.loads(answer.body)["why20003"])
        proxy.running.stop()
        capture = proxy.capture
    read = diagnose_all(open_recording(capture).exchanges, b"key")
    offline = [diagnosis_json(result.diagnosis) for result in read if result.diagnosis]
    assert [(d["cause"], d["verdict"], d["says"]) for d in offline] == [
        (d["cause"], d["verdict"], d["says"]) for d in live
    ]
    again = tmp_path / "again.mitm"
    mitmdump = Path(sys.executable).with_name("mitmdump")
    command: list[str | Path] = [
        mitmdump,
        "-nr",
        capture,
        "-s",
        "addon",
        "-w",
        again,
        "--set",
        f"confdir={tmp_path / 'c'}",
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "base64-line-wrapped" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr
    replayed = diagnose_all(open_recording(again).exchanges, b"key")
    assert [diagnosis_json(r.diagnosis) for r in replayed if r.diagnosis] == offline


def test_twilio_python_shows_the_sentence_in_its_own_exception(tmp_path: Path) -> None:
    program = (
        "from twilio.rest import Client\n"
        f"Client({LIVE.auth_token!r}, {LIVE.sid!r}).messages.create(to='+15005550006', from_='+15005550006', body='x')"
    )
    with upstream_proxy(tmp_path) as proxy:
        environment = application_environment(proxy.running)
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        told = proxy.running.stop()
    assert "twilio.base.exceptions.TwilioRestException" in run.stderr
    before, _, after = run.stderr.partition("Authentication Error - invalid username")
    assert before
    assert "[why20003: " in after
    assert "swapped" in after
    assert "halves-swapped (confirmed)" in told
    assert leaked(told, *SECRETS) == []


@pytest.mark.parametrize(
    ("level", "headers", "member", "message"),
    [
        ("off", False, False, False),
        ("headers", True, False, False),
        ("body", True, True, False),
        ("message", True, True, True),
    ],
)
def test_the_four_levels(tmp_path: Path, level: str, *, headers: bool, member: bool, message: bool) -> None:
    with upstream_proxy(tmp_path, "--set", f"why20003_annotate={level}") as proxy:
        answer = proxy.send(request(SWAPPED))
        refused = proxy.send(request(b"Authorization: " + FOLDED % b"\n"))
    assert (b"Why20003-Cause: halves-swapped" in answer.head) is headers
    found = json.loads(answer.body)
    assert ("why20003" in found) is member
    assert ("[why20003:" in found["message"]) is message
    assert (b"why20003" in refused.body) is (level != "off")


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "deflate", "zstd"])
@pytest.mark.parametrize("shape", ["legacy", "legacy-detail", "rfc9457", "v1.0", "scim"])
def test_every_body_shape_and_encoding_is_annotated(shape: str, encoding: str, shapes: Proxy) -> None:
    trust = ssl.create_default_context(cafile=str(shapes.running.certificate))
    with httpx.Client(proxy=f"http://127.0.0.1:{shapes.running.port}", verify=trust) as client:
        answer = client.get(
            f"https://api.twilio.com{PATH}",
            headers={"X-Sandbox-Behaviour": f"{encoding}, {shape}", "Accept-Encoding": encoding},
            auth=(LIVE.auth_token, LIVE.sid),
        )
    told = answer.json()
    assert told["why20003"]["cause"] == "halves-swapped"
    assert "[why20003:" in told["message"]
    assert answer.headers.get("content-encoding", "identity") == encoding


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with upstream_proxy(tmp_path_factory.mktemp("shapes")) as running:
        yield running


def test_the_original_answer_can_be_restored(tmp_path: Path) -> None:
    with upstream_proxy(tmp_path) as proxy:
        proxy.send(request(SWAPPED))
        proxy.running.stop()
        exchange = open_recording(proxy.capture).exchanges[0]
    assert exchange.response is not None
    assert b"why20003" not in exchange.response.body
    assert exchange.response.first(b"why20003-cause") is None
    assert exchange.response.first(b"content-length") == b"%d" % len(exchange.response.body)


def test_capture_metadata_holds_no_secret(tmp_path: Path) -> None:
    with upstream_proxy(tmp_path) as proxy:
        for parameter in BROKEN:
            proxy.send(request(*lines_of(parameter)))
        proxy.running.stop()
        with proxy.capture.open("rb") as file:
            flows = list(mitm_io.FlowReader(file).stream())
    assert len(flows) == len(BROKEN)
    for flow in flows:
        assert flow.metadata["why20003"]
        assert flow.comment
        assert flow.marked
        assert leaked(repr(flow.metadata) + flow.comment, *SECRETS, ENCODED.decode(), STANDARD_KEY.secret) == []
