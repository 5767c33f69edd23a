"""What is passed unread never changes what is said of a capture; the complete reading of it is the measure."""

import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from mitmproxy import http, tcp

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, REQUEST_ID, SID, TIME, TOKEN, basic
from analyzers.capture import Capture
from analyzers.contract import diagnosis_json
from analyzers.exchange import Exchange
from recordings.ahead import Tale, received
from recordings.mitm import Located, MitmFile
from recordings.reading import Elsewhere, Entry, Item, Passed, Recording, UnreadableRecording
from why20003.sharing import elsewhere

MakeFlow = Callable[..., http.HTTPFlow]
Saved = Callable[..., bytes]
Flow = dict[str, Any]
Make = Callable[[Flow], http.HTTPFlow]

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "30"))
AGENT = (b"User-Agent", b"python-requests/2.34.2")
WRONG = basic(SID, TOKEN[::-1])
REFUSAL = b'{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
ACCOUNT = b'{"sid":"%s","owner_account_sid":"%s","status":"active"}' % (OTHER_SID, SID)


@pytest.fixture(scope="session")
def make(twilio_flow: MakeFlow) -> Make:
    """A flow with a host of its own, answered 200, unless told otherwise: `at` is in seconds after TIME."""

    def made(flow: Flow) -> http.HTTPFlow:
        host = flow.get("host", "svc.example")
        headers = [(b"Host", str(flow.get("named", host)).encode()), (b"User-Agent", flow.get("agent", AGENT[1]))]
        if auth := flow.get("auth"):
            headers.append((b"Authorization", auth))
        status = flow.get("status", 200)
        extra = [(b"Location", flow["location"])] if "location" in flow else []
        found = twilio_flow(
            host=host,
            port=flow.get("port", 443),
            path=flow.get("path", b"/x"),
            headers=[*headers, *flow.get("asked", ())],
            status=status or 200,
            answer_headers=[*extra, *flow.get("told", ())],
            answer=flow.get("answer", REFUSAL if status in {401, 403} else b"{}"),
            body=b"",
            version=flow.get("version", b"HTTP/1.1"),
            authority=flow.get("authority", b""),
            sni=flow.get("sni"),
            id=flow.get("connection", "00112233-4455-6677-8899-aabbccddeeff"),
            peername=(flow.get("client", "192.0.2.7"), 51234),
        )
        found.request.method = flow.get("method", "GET")
        found.request.data.scheme = flow.get("scheme", b"https")
        at = TIME + flow.get("at", 0.0)
        found.request.timestamp_start, found.request.timestamp_end = at, at + 0.01
        assert found.response
        found.response.timestamp_start, found.response.timestamp_end = at + 0.1, at + 0.2
        if status is None:
            found.response = None
        elif flow.get("annotated"):
            found.backup()
            found.metadata["why20003"] = {"cause": "x"}
            found.response.status_code = 200
            found.response.content = b"{}"
        return found

    return made


def said(data: bytes, *, everything: bool) -> tuple[int, int, object, list[Any], list[object]]:
    """All that a capture is judged by: counts, and diagnoses with the places of what they rest on, in both ways."""
    recording = Recording("mitm", MitmFile(io.BytesIO(data), everything=everything).items())
    entries = list(recording)
    whole, live = Capture(b"k" * 32), Capture(b"k" * 32)
    for entry in entries:
        whole._index = entry.place
        whole.learn(entry.exchange)
    results = [whole.judge(entry.exchange, entry.place) for entry in entries]
    added: list[object] = []
    for entry in entries:
        live._index = entry.place
        result = live.add(entry.exchange)
        corrections = [(one.indexes, one.count, diagnosis_json(one.now)) for one in result.corrections]
        if result.diagnosis or corrections:
            added.append((entry.place, result.diagnosis and diagnosis_json(result.diagnosis), corrections))
    return (
        recording.exchanges,
        recording.passed_twilio + sum(result.twilio for result in results),
        (recording.skipped, recording.errors, recording.truncated),
        [diagnosis_json(result.diagnosis) for result in results if result.diagnosis],
        added,
    )


def passed(data: bytes) -> set[int]:
    """The places that are passed."""
    found: set[int] = set()
    place = 0
    for item in MitmFile(io.BytesIO(data)).items():
        count = item.count if isinstance(item, Passed) else 1
        found |= set(range(place, place + count)) if isinstance(item, Passed) else set()
        place += count
    return found


# The first flow of a kind is decoded, so that its reason phrase is known.
FIRST: Flow = {"host": "first.example"}
ACCEPTED: Flow = {"host": "api.twilio.com", "path": MESSAGES % SID, "auth": GOOD}
TWILIO: Flow = {"host": "api.twilio.com", "path": MESSAGES % SID, "auth": WRONG, "status": 401, "at": 2.0}
AFTER: Flow = {"at": 1.0}
UNRELATED: dict[str, list[Flow]] = {
    "another-host": [{}],
    "upper-case": [{"host": "SVC.Example"}],
    "with-credentials": [{"auth": GOOD}],
    "a-path-of-the-api": [{"path": MESSAGES % SID, "auth": GOOD}],
    "http": [{"scheme": b"http", "port": 80}],
    "http-2": [{"version": b"HTTP/2.0", "authority": b"svc.example"}],
    "created": [{"status": 201}],
    "not-modified": [{"status": 304}],
    "an-address": [{"host": "192.0.2.80", "named": "svc.example", "sni": "svc.example"}],
    "ipv6": [{"host": "2001:db8::1", "named": "svc.example"}],
    "local": [{"host": "localhost"}],
    "nearly-twilio": [{"host": "tilio.example"}],
    "twilio-in-the-path": [{"path": b"/twilio/x?twilio-request-id=1"}],
    "twilio-in-the-body": [{"answer": b"twilio-request-id" * 10}],
    "twilio-in-the-request": [
        {"asked": [(b"Twilio-Request-Id", REQUEST_ID), (b"Referer", b"https://www.twilio.com/")]}
    ],
    "redirect-to-another-host": [{"location": b"https://elsewhere.example/", "status": 302}, {}],
    "refused-elsewhere": [{"host": "auth.example", "status": 401, "answer": b"no"}, {}],
}
RELATED: dict[str, list[Flow]] = {
    "twilio": [{"host": "api.twilio.com"}],
    "upper-case-twilio": [{"host": "API.TWILIO.COM"}],
    "final-dot": [{"host": "api.twilio.com."}],
    "twilio-behind-an-address": [{"host": "54.172.60.0", "named": "api.twilio.com", "auth": GOOD}],
    "twilio-behind-localhost": [{"host": "localhost", "port": 8443, "named": "API.Twilio.com:443", "auth": GOOD}],
    "twilio-by-authority": [{"host": "::1", "version": b"HTTP/2.0", "authority": b"verify.twilio.com"}],
    "twilio-by-server-name": [{"host": "10.0.0.1", "named": "10.0.0.1", "sni": "api.TWILIO.com"}],
    "misspelt": [{"host": "api.twillio.com"}],
    "glued": [{"host": "api-twilio.com"}],
    "a-gateway-that-says-so": [{"host": "twilio.gateway.example"}],
    "answered-by-twilio": [{"told": [(b"tWILIO-request-ID", REQUEST_ID)]}],
    "answered-by-twilio-too": [{"told": [(b"X-SHENANIGANS", b"none")]}],
    "answered-by-twilio-with-304": [{"status": 304, "told": [(b"twilio-request-duration", b"0.1")]}],
    "error-code-header": [{"told": [(b"x-twilio-error-code", b"20003")]}],
    "refused": [{"status": 401}],
    "not-found": [{"status": 404}],
    "redirected": [{"status": 302, "location": b"https://api.twilio.com/"}],
    "failed": [{"status": None}],
    "informed": [{"status": 101}],
    "annotated": [{"annotated": True, "status": 401}],
    "follows-a-redirect": [{"host": "a.example", "status": 307, "location": b"https://SVC.example/x"}, {}],
    "follows-a-redirect-to-an-address": [
        {"host": "a.example", "status": 301, "location": b"https://192.0.2.80/"},
        {"host": "192.0.2.80"},
    ],
    "answers-a-challenge": [{"status": 401, "answer": b"no"}, {"auth": GOOD}],
    "answers-another-path": [{"status": 401, "path": b"/y", "answer": b"no"}, {"auth": GOOD}],
}


@pytest.mark.parametrize("name", UNRELATED)
def test_what_cannot_matter_is_passed(make: Make, saved: Saved, name: str) -> None:
    *before, flow = UNRELATED[name]
    again = {**flow, "at": 5.0}
    data = saved(*map(make, [FIRST, *before, flow, TWILIO, again]))

    assert len(before) + 3 in passed(data)
    assert said(data, everything=False) == said(data, everything=True)


@pytest.mark.parametrize("name", RELATED)
def test_what_may_matter_is_read(make: Make, saved: Saved, name: str) -> None:
    *before, flow = RELATED[name]
    again = {**flow, "at": 5.0}
    data = saved(*map(make, [FIRST, FIRST, *before, flow, TWILIO, again]))

    assert 1 in passed(data)
    assert not passed(data) & {len(before) + 2, len(before) + 4}
    assert said(data, everything=False) == said(data, everything=True)


def test_only_flows_of_an_origin_that_nothing_leads_to_are_passed_again(make: Make, saved: Saved) -> None:
    lead = {"host": "a.example", "status": 302, "location": b"https://svc.example/x"}
    data = saved(*map(make, [FIRST, {}, {}, lead, {}, {"host": "b.example"}, {"path": b"/other"}]))

    assert passed(data) == {1, 2, 5}


def test_nothing_is_passed_once_too_many_hosts_are_led_to(
    make: Make, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings.passing._KEPT", 3)
    leads = [{"status": 302, "location": b"https://h%d.example/" % n} for n in range(3)]
    calm = [{"host": f"c{n}.example"} for n in range(9)]

    assert passed(saved(*map(make, [FIRST, *calm, *leads[:2], *calm]))) == {*range(1, 10), *range(12, 21)}
    assert passed(saved(*map(make, [FIRST, *calm, *leads, *calm]))) == set(range(1, 10))


def test_nothing_is_passed_when_everything_is_wanted(make: Make, saved: Saved) -> None:
    items: list[Item] = list(MitmFile(io.BytesIO(saved(*map(make, [FIRST, {}, {}]))), everything=True).items())

    assert [type(item).__base__ for item in items] == [Entry] * 3


def test_a_flow_across_the_end_of_a_window_is_passed_too(make: Make, saved: Saved) -> None:
    flows = [{"answer": b"x" * (1000 * n)} for n in range(60)]

    assert passed(saved(*map(make, [FIRST, *flows]))) == set(range(1, 61))


def test_a_flow_that_lacks_a_byte_is_not_passed(make: Make, saved: Saved) -> None:
    data = saved(*map(make, [FIRST, {}]))

    assert passed(data) == {1}
    for missing in (1, 2, 40):
        assert said(data[:-missing], everything=False) == said(data[:-missing], everything=True)
        assert not passed(data[:-missing])


@pytest.mark.parametrize(("written", "version"), [(b"2:20#", 20), (b"2:22#", 22)])
def test_a_flow_of_another_format_is_not_passed(make: Make, saved: Saved, written: bytes, version: int) -> None:
    data = saved(make(FIRST)) + saved(make({})).replace(b"7:version;2:21#", b"7:version;" + written) + saved(make({}))

    assert passed(data) == {2}, version
    assert said(data, everything=False) == said(data, everything=True)


def test_chains_that_begin_elsewhere_are_told_whole(make: Make, saved: Saved) -> None:
    """Twilio's refusal names the redirect on another host that lost the credentials."""
    flows = [
        FIRST,
        *[{"host": "calm.example", "at": n / 100} for n in range(5)],
        {"host": "old.example", "path": MESSAGES % SID, "auth": GOOD, "method": "POST", "status": 301, "at": 1.0}
        | {"location": b"https://api.twilio.com" + MESSAGES % SID},
        *[{"host": "calm.example", "at": 1.1} for n in range(5)],
        {"host": "api.twilio.com", "path": MESSAGES % SID, "status": 401, "at": 1.3},
    ]
    data = saved(*map(make, flows))

    count, _, _, diagnoses, _ = said(data, everything=False)

    assert count == len(flows)
    assert passed(data) == {1, 2, 3, 4, 5, 7, 8, 9, 10, 11}
    assert len(diagnoses) == 1
    assert diagnoses[0]["cause"] in {"stripped-on-redirect", "redirect-changed-method"}
    assert 6 in {evidence["index"] for evidence in diagnoses[0]["evidence"]}


# --- any mixture ------------------------------------------------------------------------------------------------------
HOSTS = [
    *("api.twilio.com", "API.twilio.COM", "verify.twilio.com", "www.twilio.com", "twilio.com", "api.twillio.com"),
    *("svc.example", "SVC.example", "other.example", "gateway.example", "api-twilio.com", "api.twilio.com.example"),
    *("127.0.0.1", "54.172.60.0", "::1", "localhost"),
]
TARGETS = [
    b"https://%b%b" % (host, path)
    for host in (b"api.twilio.com", b"svc.example", b"SVC.example:8443")
    for path in (b"/x", MESSAGES % SID)
]
FLOWS = st.fixed_dictionaries(
    {"host": st.sampled_from(HOSTS) | st.just("svc.example")},
    optional={
        "named": st.sampled_from(["api.twilio.com", "svc.example", "Verify.Twilio.com:443"]),
        "sni": st.sampled_from(["api.twilio.com", "svc.example"]),
        "authority": st.sampled_from([b"api.twilio.com", b"svc.example"]),
        "path": st.sampled_from(
            [MESSAGES % SID, MESSAGES % OTHER_SID, b"/2010-04-01/Accounts/%s.json" % OTHER_SID, b"/x", b"/v1/Services"]
        ),
        "method": st.sampled_from(["GET", "POST", "OPTIONS"]),
        "auth": st.sampled_from([GOOD, WRONG, basic(KEY, KEY_SECRET), basic(OTHER_SID, TOKEN), b"Bearer x.y.z"]),
        "status": st.sampled_from([200, 201, 204, 304, 301, 302, 307, 401, 401, 403, 404, 500, None]),
        "location": st.sampled_from([*TARGETS, b"/x", b"//other.example/x", b"https://127.0.0.1/x", b"::"]),
        "told": st.lists(
            st.sampled_from(
                [
                    (b"Twilio-Request-Id", REQUEST_ID),
                    (b"x-SHENANIGANS", b"none"),
                    (b"WWW-Authenticate", b'Basic realm="Twilio API"'),
                    (b"Server", b"nginx"),
                ]
            ),
            max_size=2,
        ),
        "answer": st.sampled_from([b"{}", REFUSAL, ACCOUNT, b"<!DOCTYPE html>", b"no"]),
        "at": st.sampled_from([0.0, 0.3, 1.0, 29.0, 31.0, 45.0, 70.0]),
        "client": st.sampled_from(["192.0.2.7", "192.0.2.8"]),
        "agent": st.sampled_from([b"curl/8.5.0", b"Wget/1.21.4"]),
        "annotated": st.just(value=True),
        "scheme": st.sampled_from([b"http", b"https"]),
        "port": st.sampled_from([80, 443, 8443]),
    },
)


@settings(max_examples=EXAMPLES)
@given(drawn=st.lists(FLOWS, min_size=2, max_size=14), cut=st.integers(0, 200), between=st.booleans())
def test_a_mixture_is_judged_as_if_everything_had_been_read(
    make: Make, saved: Saved, tcp_flow: tcp.TCPFlow, drawn: Sequence[Flow], cut: int, *, between: bool
) -> None:
    flows = list(map(make, [FIRST, *drawn, *drawn]))
    data = saved(*flows[:3], *([tcp_flow] if between else []), *flows[3:])
    data = data[: len(data) - cut if cut < 100 else len(data)]

    event(f"passed: {len(passed(data)) > 0}")
    assert said(data, everything=False) == said(data, everything=True)


# --- another process that goes ahead ----------------------------------------------------------------------------------
def read(path: Path, how: Elsewhere | None) -> tuple[int, list[tuple[int, int]], list[Exchange], list[Item]]:
    """How many flows are passed; place and offset of the others, what they hold, and all other items."""
    with path.open("rb") as file:
        found = [*MitmFile(file, elsewhere=how).items()]
    entries = [item for item in found if isinstance(item, Located)]
    rest: list[Item] = [item for item in found if not isinstance(item, Located | Passed)]
    places = [(entry.place, entry.offset) for entry in entries]
    return sum(i.count for i in found if isinstance(i, Passed)), places, [e.exchange for e in entries], rest


def in_bytes(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """Each byte alone, as a pipe might give them."""
    yield from (bytes([byte]) for piece in elsewhere(make) for byte in piece)


def dying(after: int) -> Elsewhere:
    """A process that ends with a piece half written."""

    def how(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
        yield from islice(in_bytes(make), after)

    return how


@pytest.fixture
def scouted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.mitm._WORTH_SCOUTING", 1)
    monkeypatch.setattr("recordings.mitm._FAR", 3)
    monkeypatch.setattr("recordings.ahead._MOST", 3)


@pytest.mark.usefixtures("scouted")
@pytest.mark.parametrize("how", [elsewhere, in_bytes, *map(dying, (0, 3, 200, 2000))])
@pytest.mark.parametrize("name", [*UNRELATED, *RELATED])
def test_it_does_not_matter_who_looks_first(
    make: Make, saved: Saved, tmp_path: Path, name: str, how: Elsewhere
) -> None:
    flows = [*map(make, [FIRST, *([{}] * 8), *(UNRELATED | RELATED)[name], *([{}] * 8), TWILIO])]
    data = saved(*flows, *flows)
    for end in (b"", data[:3000], b"5:abc,"):
        (tmp_path / "x").write_bytes(data + end)
        assert read(tmp_path / "x", how) == read(tmp_path / "x", None)


@pytest.mark.usefixtures("scouted")
@settings(max_examples=EXAMPLES, suppress_health_check=[*HealthCheck])
@given(drawn=st.lists(FLOWS, min_size=2, max_size=14), cut=st.integers(0, 9000))
def test_in_any_mixture(
    make: Make, saved: Saved, tmp_path_factory: pytest.TempPathFactory, drawn: Sequence[Flow], cut: int
) -> None:
    path = tmp_path_factory.mktemp("any") / "x"
    data = saved(*map(make, [FIRST, *drawn, *drawn]))
    path.write_bytes(data[: len(data) - cut])
    try:
        alone = read(path, None)
    except UnreadableRecording:
        return
    assert read(path, elsewhere) == alone


@pytest.fixture
def quick_to_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.mitm._TRIAL", 10)


def heard(path: Path) -> tuple[list[Tale], list[Exchange]]:
    """What the process that goes ahead tells of a file, and the exchanges that are read from it with its help."""
    pieces: list[bytes] = []

    def listening(make: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
        for piece in elsewhere(make):
            pieces.append(piece)
            yield piece

    exchanges = read(path, listening)[2]
    return [*received(pieces)], exchanges


@pytest.mark.usefixtures("scouted")
@pytest.mark.parametrize(
    ("repeated", "count"),
    [
        pytest.param([ACCEPTED], 11, id="calls of Twilio"),
        pytest.param([ACCEPTED, TWILIO], 61, id="every other one refused"),
        pytest.param([ACCEPTED, ACCEPTED, TWILIO], 27, id="a third of them refused"),
    ],
)
@pytest.mark.usefixtures("quick_to_give_up")
def test_it_gives_up_where_most_flows_have_to_be_read(
    make: Make, saved: Saved, tmp_path: Path, repeated: list[Flow], count: int
) -> None:
    flows = [FIRST, *(repeated * 60)[:60]]
    (tmp_path / "x").write_bytes(saved(*map(make, flows)))
    tales, exchanges = heard(tmp_path / "x")
    assert (len(tales), len(exchanges)) == (count, len(flows))


@pytest.mark.usefixtures("scouted")
@pytest.mark.parametrize("status", [302, 200, 304, 400, 401, 404, 503])
def test_it_reads_what_may_be_refused(make: Make, saved: Saved, tmp_path: Path, status: int) -> None:
    flows = [TWILIO | {"status": status, "at": float(number)} for number in range(9)]
    (tmp_path / "x").write_bytes(saved(*map(make, flows)))
    tales, exchanges = heard(tmp_path / "x")
    assert [tale.exchange for tale in tales] == [one if status >= 400 else None for one in exchanges]
    assert len(exchanges) == 9


@pytest.mark.usefixtures("scouted")
@pytest.mark.parametrize(
    ("passed", "read"),
    [
        pytest.param(7, [True, True, True, True], id="each"),
        pytest.param(8, [False, False, False, False], id="none"),
        pytest.param(0, [True, True, True, True], id="nothing is passed"),
    ],
)
def test_it_reads_refusals_only_where_few_flows_are_passed(
    make: Make, saved: Saved, tmp_path: Path, passed: int, read: list[bool]
) -> None:
    flows = [FIRST, *([*[{}] * passed, TWILIO] * 4)]
    (tmp_path / "x").write_bytes(saved(*map(make, flows)))
    tales, exchanges = heard(tmp_path / "x")
    assert [tale.exchange is not None for tale in tales if tale.is_flow] == [False, *read]
    assert len(exchanges) == 5


@pytest.mark.usefixtures("scouted")
def test_what_was_read_ahead_is_not_read_again(
    make: Make, saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(saved(*map(make, [TWILIO, TWILIO | {"at": 9.0}])))
    alone = read(tmp_path / "x", None)
    pieces = [*elsewhere(lambda: MitmFile((tmp_path / "x").open("rb")).scouted())]

    def spoilt(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("recordings.mitm.MitmFile._told", spoilt)
    assert read(tmp_path / "x", lambda _: iter(pieces)) == alone


def test_it_is_not_asked_for_a_short_file_nor_when_all_is_wanted(make: Make, saved: Saved, tmp_path: Path) -> None:
    def never(_: object) -> Iterator[bytes]:
        raise AssertionError

    (tmp_path / "x").write_bytes(saved(make(TWILIO)))
    with (tmp_path / "x").open("rb") as file:
        assert len([*MitmFile(file, elsewhere=never).items()]) == 1
    assert len([*MitmFile(io.BytesIO(saved(make(TWILIO))), elsewhere=never).items()]) == 1
