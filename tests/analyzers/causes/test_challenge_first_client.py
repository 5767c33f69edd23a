"""challenge-first-client: benign once the challenge was answered, never a guess before."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, MESSAGES, OTHER_SID, SID, accepted, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import challenge_first_client
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return challenge_first_client.check(replace(case, bearing=capture._history.bearing(case)))


def standing(*exchanges: Exchange) -> dict[str, tuple[str, str | None]]:
    """Verdict and parent of each cause that stands for the last exchange, in order."""
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    assert not diagnosis.crashed
    return {finding.cause: (finding.verdict.value, finding.nested_under) for finding in diagnosis.findings}


def assert_plain(found: Stands) -> None:
    """One plain sentence for the developer; a verdict that is not sure says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is Verdict.CONFIRMED)


def test_samples() -> None:
    hit = diagnose_all(challenge_first_client.RULE.hit(), b"key")
    assert any(
        r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == challenge_first_client.RULE.slug for r in hit
    )
    for result in diagnose_all(challenge_first_client.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert challenge_first_client.RULE.slug not in causes


WGET, CURL = b"Wget/1.21.3", b"curl/8.5.0"


@pytest.mark.parametrize(
    ("agent", "after"),
    [
        pytest.param(WGET, 0.0, id="wget-at-once"),
        pytest.param(WGET, 20.0, id="wget-later"),
        pytest.param(b"Java-http-client/17.0.15", 0.3, id="java"),
        pytest.param(b"Mystery/1.0", 0.3, id="unknown-client-at-once"),
    ],
)
def test_answered_challenge_is_no_fault(agent: bytes, after: float) -> None:
    exchanges = (refused(None, agent=agent, method="GET"), accepted(GOOD, agent=agent, method="GET", at=0.1 + after))
    results = diagnose_all(exchanges, b"key")
    diagnosis = results[0].diagnosis
    assert diagnosis is not None
    assert diagnosis.benign
    assert diagnosis.top is not None
    assert (diagnosis.top.cause, diagnosis.top.verdict) == ("challenge-first-client", Verdict.CONFIRMED)
    assert results[1].diagnosis is None


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(accepted(GOOD, agent=WGET, method="GET", at=60), id="a-minute-later"),
        pytest.param(accepted(GOOD, agent=CURL, method="GET", at=0.2), id="another-client"),
        pytest.param(accepted(GOOD, agent=WGET, method="POST", at=0.2), id="another-method"),
        pytest.param(accepted(GOOD, agent=WGET, method="GET", path=MESSAGES % OTHER_SID, at=0.2), id="another-url"),
        pytest.param(accepted(None, agent=WGET, method="GET", at=0.2), id="accepted-without-credentials"),
        pytest.param(refused(GOOD, agent=WGET, method="GET", at=0.2), id="refused-again"),
    ],
)
def test_unanswered_challenge_stays_a_refusal(second: Exchange) -> None:
    diagnosis = diagnose_all([refused(None, agent=WGET, method="GET"), second], b"key")[0].diagnosis
    assert diagnosis is not None
    assert not diagnosis.benign
    assert diagnosis.top is not None
    assert diagnosis.top.cause == "no-authorization"


def test_person_who_mended_a_script_is_no_client_that_waited() -> None:
    exchanges = [refused(None, agent=CURL, method="GET"), accepted(GOOD, agent=CURL, method="GET", at=20)]
    diagnosis = diagnose_all(exchanges, b"key")[0].diagnosis
    assert diagnosis is not None
    assert not diagnosis.benign


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(GOOD, agent=WGET), RuledOut, id="credentials-sent"),
        pytest.param(refused(None, agent=b"twilio-go/1.30.9 (linux amd64) go/go1.22"), RuledOut, id="helper-library"),
        pytest.param(refused(None, agent=CURL), Unknown, id="plain-client"),
    ],
)
def test_without_a_second_request(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize(
    "agent",
    [
        WGET,
        b"wget2/1.99.1",
        b"Python-urllib/3.11",
        b"Python-httplib2/0.32.1 (gzip)",
        b"Java/17.0.15",
        b"Java-http-client/17.0.15",
        b"okhttp/3.13.1",
        b"Apache-HttpClient/5.2.1 (Java/17.0.15)",
        b"HTTPClient/1.0 (2.8.3, ruby 3.1.2 (2022-04-12))",
    ],
)
def test_measured_clients_are_told_to_be_watched(agent: bytes) -> None:
    exchange = refused(None, agent=agent)
    found = judge(exchange)
    assert isinstance(found, Unknown)
    assert "wait for this challenge" in found.settle
    assert next(iter(standing(exchange))) == "no-authorization"


def test_the_sentence_is_plain() -> None:
    case = case_of(refused(None, agent=WGET))
    found = challenge_first_client.check(replace(case, bearing=replace(case.bearing, challenge_answered=0.2)))
    assert isinstance(found, Stands)
    assert_plain(found)


@pytest.mark.parametrize("path", [MESSAGES % SID, b"/2010-04-01/Accounts/%s/Recordings/RE%s" % (SID, SID[2:])])
def test_the_missing_header_is_part_of_it(path: bytes) -> None:
    first = refused(None, method="GET", agent=b"Wget/1.21.3", path=path)
    found = diagnose_all((first, accepted(GOOD, method="GET", agent=b"Wget/1.21.3", path=path, at=0.2)), b"key")
    assert found[0].diagnosis is not None
    causes = {finding.cause: finding.nested_under for finding in found[0].diagnosis.findings}
    assert causes["no-authorization"] in {"challenge-first-client", "media-url-without-auth"}
    assert [cause for cause, above in causes.items() if above is None] == ["challenge-first-client"]


@pytest.mark.parametrize(
    ("agent", "after", "confirmed"),
    [
        pytest.param(CURL, 0.2, True, id="curl-at-once"),
        pytest.param(CURL, 5.0, True, id="curl-just-in-time"),
        pytest.param(CURL, 5.1, False, id="curl-too-late"),
        pytest.param(WGET, 5.1, True, id="wget-may-take-its-time"),
    ],
)
def test_how_soon_the_client_came_again(agent: bytes, after: float, *, confirmed: bool) -> None:
    case = case_of(refused(None, agent=agent))
    found = challenge_first_client.check(replace(case, bearing=replace(case.bearing, challenge_answered=after)))
    assert isinstance(found, Stands) is confirmed
    if isinstance(found, Stands):
        assert [each.where for each in found.evidence] == ["history"]
        assert f"{after:.2f} s" in found.evidence[0].says
