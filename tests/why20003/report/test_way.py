"""What became of Authorization on each stretch of the way."""

from dataclasses import replace

import pytest
from report_pages import sample

from analyzers.building import GOOD, MESSAGES, OTHER_SID, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity
from why20003.report.hops import way_of
from why20003.report.model import Recorded
from why20003.report.story import story_of
from why20003.report.timeline import Numbers, Tracks
from why20003.report.way import Reply, Result, State, Stretch, Way

PATH = (MESSAGES % SID).decode()


def way(recorded: Recorded, number: int = 0) -> Way:
    diagnosis = recorded.diagnoses[number][0]
    assert recorded.exchanges is not None
    tracks = Tracks(Numbers([]))
    names = {one.index: one.credential.fingerprint if one.credential else "" for one, _ in recorded.diagnoses}
    story = story_of(recorded.exchanges, [one for one, _ in recorded.diagnoses], names, tracks)
    return way_of(diagnosis, story, tracks.named, recorded.proxy)


def told(*exchanges: Exchange, proxy: str = "") -> Way:
    [found] = [result.diagnosis for result in diagnose_all(exchanges, b"key") if result.diagnosis]
    return way(Recorded(name="a", heading="", diagnoses=[(found, ())], exchanges=[*enumerate(exchanges)], proxy=proxy))


def states(found: Way) -> list[State]:
    return [step.state for step in found.steps if isinstance(step, Stretch)]


def replies(found: Way) -> list[tuple[str, Result]]:
    return [(step.text, step.result) for step in found.steps if isinstance(step, Reply)]


def names(found: Way) -> list[tuple[str, str]]:
    return [(party.role, party.name) for party in found.parties]


def test_a_single_call_is_sent_and_refused() -> None:
    found = told(refused(), proxy="mitmproxy")

    assert names(found) == [("client", "python-requests 2.34.2"), ("proxy", "mitmproxy"), ("host", "api.twilio.com")]
    assert states(found) == [State.SENT]
    assert replies(found) == [("401 20003 Authenticate", Result.REFUSED)]
    [stretch] = [step for step in found.steps if isinstance(step, Stretch)]
    assert (stretch.source, stretch.target, stretch.credential, stretch.open) == (0, 2, "Basic, sec#1", False)


def test_without_a_proxy_there_is_none() -> None:
    found = told(refused())

    assert [role for role, _ in names(found)] == ["client", "host"]
    assert found.proxy is None


def test_a_header_dropped_on_a_redirect() -> None:
    found = way(sample("stripped-on-redirect-post"))

    assert states(found) == [State.SENT, State.DROPPED]
    assert [step.open for step in found.steps if isinstance(step, Stretch)] == [True, False]
    assert replies(found)[0] == ("301 redirect to https://api.twilio.com", Result.REDIRECTED)


def test_a_header_dropped_at_the_first_of_two_redirects() -> None:
    found = way(sample("stripped-on-redirect-chain"))

    assert states(found) == [State.SENT, State.DROPPED, State.ABSENT]
    assert [name for role, name in names(found) if role == "host"] == ["a.example", "e.example", "api.twilio.com"]


def hop(authorization: bytes | None) -> Exchange:
    url = f"https://api.twilio.com{PATH}".encode()
    return redirected(authorization, url, path=b"/old", scheme="https", method="GET", at=-0.2)


@pytest.mark.parametrize(
    ("before", "after", "states_"),
    [
        pytest.param(GOOD, GOOD, [State.SENT, State.KEPT], id="kept"),
        pytest.param(GOOD, basic(OTHER_SID, TOKEN), [State.SENT, State.CHANGED], id="changed"),
        pytest.param(GOOD, None, [State.SENT, State.DROPPED], id="dropped"),
        pytest.param(None, None, [State.ABSENT, State.ABSENT], id="never"),
        pytest.param(None, GOOD, [State.ABSENT, State.BACK], id="added"),
    ],
)
def test_what_becomes_of_the_header_behind_a_redirect(
    before: bytes | None, after: bytes | None, states_: list[State]
) -> None:
    assert states(told(hop(before), refused(after, method="GET"))) == states_


def test_two_headers_after_one_is_a_change() -> None:
    doubled = refused(GOOD, method="GET", extra=((b"Authorization", GOOD),))

    assert states(told(hop(GOOD), doubled)) == [State.SENT, State.CHANGED]


def test_a_recording_without_credentials_proves_nothing() -> None:
    assert states(told(refused(None, fidelity=Fidelity.SANITIZED))) == [State.UNSEEN]


@pytest.mark.parametrize("number", [0, 1])
def test_a_gateway_that_takes_the_header_is_drawn_from_both_sides(number: int) -> None:
    found = way(sample("stripped-by-intermediary"), number)

    assert names(found)[1:] == [("gateway", "twilio-gateway.example"), ("host", "api.twilio.com")]
    assert states(found) == [State.SENT, State.DROPPED]
    assert [(step.source, step.target) for step in found.steps] == [(0, 1), (1, 2), (2, 1), (1, 0)]


def test_a_challenge_is_followed_to_its_answer() -> None:
    found = way(sample("challenge-first-client"))

    assert states(found) == [State.ABSENT, State.BACK]
    assert [result for _, result in replies(found)] == [Result.REFUSED, Result.ACCEPTED]


def test_somebody_elses_answer_to_a_challenge_is_not_taken() -> None:
    other = replace(accepted(GOOD, at=1.0), client_address="192.0.2.99")

    assert states(told(refused(None), other)) == [State.ABSENT]


def test_what_the_proxy_refuses_never_leaves_it() -> None:
    broken = replace(refused(GOOD + b"\n"), response=None, refused_by_proxy=True)
    found = told(broken, proxy="mitmproxy")

    assert {step.target for step in found.steps if isinstance(step, Stretch)} == {1}
    assert "nothing reached the host" in replies(found)[0][0]


def test_no_answer_is_said() -> None:
    found = way(sample("dead-regional-host"))

    assert [result for _, result in replies(found)] == [Result.LOST]


def test_a_diagnosis_alone_shows_its_last_stretch() -> None:
    recorded = sample("stripped-on-redirect-post")
    found = way_of(recorded.diagnoses[0][0], None, lambda _: "", "mitmproxy")

    assert states(found) == [State.ABSENT]
    assert len(found.steps) == 2


def test_the_host_of_a_diagnosis_is_its_urls() -> None:
    [diagnosis] = [result.diagnosis for result in diagnose_all([refused()], b"key")]
    assert isinstance(diagnosis, Diagnosis)
    found = way_of(replace(diagnosis, url="not a URL"), None, lambda _: "", "")

    assert names(found)[1] == ("host", "not a URL")
