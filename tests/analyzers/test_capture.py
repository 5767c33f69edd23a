"""Exchanges in, diagnoses out: repeats, corrections, and the same answer however they arrive."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import Capture, diagnose_all, refusal_key, same_refusal
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange

WGET = b"Wget/1.21.3"


def diagnoses(*exchanges: Exchange) -> list[Diagnosis | None]:
    return [result.diagnosis for result in diagnose_all(exchanges, b"key")]


def only(*exchanges: Exchange) -> Diagnosis:
    """The diagnosis of the last exchange."""
    found = diagnoses(*exchanges)[-1]
    assert found is not None
    return found


def test_indexes_count_every_exchange() -> None:
    results = diagnose_all([accepted(GOOD), refused(GOOD, at=1), accepted(GOOD, at=2), refused(GOOD, at=3)], b"key")
    assert [result.index for result in results] == [0, 1, 2, 3]
    assert [result.diagnosis.index if result.diagnosis else None for result in results] == [None, 1, None, 3]
    assert all(result.twilio for result in results)


def test_other_traffic_is_passed_by() -> None:
    other = refused(GOOD, host="api.github.com", code=None)
    stranger = replace(accepted(GOOD, host="example.com"), response=None)
    results = diagnose_all([replace(other, response=None), stranger], b"key")
    assert [(result.twilio, result.diagnosis) for result in results] == [(False, None), (False, None)]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_repeats_are_counted_and_then_called_futile(count: int) -> None:
    found = only(*(refused(GOOD, at=turn) for turn in range(count)))
    advice = [one for one in found.advice if one.kind == "futile-retry"]
    assert len(advice) == (count >= 3)
    assert not advice or f"{count} times" in advice[0].says


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(refused(basic(SID, TOKEN[::-1]), at=1), id="secret"),
        pytest.param(refused(GOOD, at=1, method="GET"), id="method"),
        pytest.param(refused(GOOD, at=1, path=MESSAGES % KEY), id="path"),
        pytest.param(refused(GOOD, at=1, status=403), id="status"),
    ],
)
def test_another_request_is_no_repetition(other: Exchange) -> None:
    found = only(refused(GOOD), refused(GOOD, at=0.5), other)
    assert "futile-retry" not in [one.kind for one in found.advice]


def test_repetition_is_diagnosed_like_the_first_but_for_time_and_place() -> None:
    first, second = diagnoses(refused(basic(SID, TOKEN + b"\n")), refused(basic(SID, TOKEN + b"\n"), at=5))
    assert first is not None
    assert second is not None
    assert (second.index, second.time) != (first.index, first.time)
    assert replace(second, index=first.index, time=first.time) == first
    assert same_refusal(first, second)
    assert refusal_key(first) == refusal_key(second)


def test_different_refusals_are_not_the_same() -> None:
    first, second = diagnoses(refused(GOOD), refused(basic(SID, b""), at=1))
    assert first is not None
    assert second is not None
    assert not same_refusal(first, second)


def test_success_between_two_refusals_is_seen_by_the_second() -> None:
    """A diagnosis that is kept for repetitions must not outlive what has been learnt since."""
    first, _, second = diagnoses(
        refused(basic(KEY, TOKEN)), accepted(basic(SID, TOKEN), at=1), refused(basic(KEY, TOKEN), at=2)
    )
    assert first is not None
    assert second is not None
    assert first.top is not None
    assert second.top is not None
    assert (first.top.cause, first.top.verdict.value) == ("token-with-key-sid", "likely")
    assert (second.top.cause, second.top.verdict.value) == ("token-with-key-sid", "confirmed")


def test_accepted_pair_then_a_new_text() -> None:
    text = "This account cannot send to this country"
    first, _, second = diagnoses(refused(GOOD, message=text), accepted(GOOD, at=1), refused(GOOD, message=text, at=2))
    assert first is not None
    assert second is not None
    assert second.top is not None
    assert second.top.cause == "feature-gate"
    assert "feature-gate" not in [finding.cause for finding in first.findings]


def test_correction_names_the_earlier_exchange() -> None:
    capture = Capture(b"key")
    challenged = capture.add(refused(None, agent=WGET, method="GET"))
    between = capture.add(refused(basic(KEY, KEY_SECRET), at=0.1))
    settled = capture.add(accepted(GOOD, agent=WGET, method="GET", at=0.3))
    assert challenged.diagnosis is not None
    assert not challenged.diagnosis.benign
    assert between.correction is None
    assert settled.diagnosis is None
    assert settled.correction is not None
    assert settled.correction.before == challenged.diagnosis
    assert settled.correction.now.index == 0
    assert settled.correction.now.benign


def test_correction_is_made_once() -> None:
    results = diagnose_all(
        [refused(None, agent=WGET, method="GET")]
        + [accepted(GOOD, agent=WGET, method="GET", at=0.2 + turn) for turn in range(3)],
        b"key",
    )
    assert [result.correction is not None for result in results] == [False, True, False, False]
    assert results[0].diagnosis is not None
    assert results[0].diagnosis.benign


def test_correction_of_a_forgotten_exchange_is_none() -> None:
    capture = Capture(b"key")
    capture.add(refused(None, agent=WGET, method="GET"))
    for turn in range(300):
        capture.add(refused(None, path=b"/2010-04-01/Accounts/%s/Calls/%d" % (SID, turn), at=0.01 * turn))
    assert capture.add(accepted(GOOD, agent=WGET, method="GET", at=5)).correction is None


def test_redirect_chain_reaches_the_diagnosis() -> None:
    target = b"https://api.twilio.com" + MESSAGES % SID
    found = only(
        redirected(GOOD, b"https://gw.example.com/b", 301, host="gw.example.com", scheme="http", path=b"/b"),
        redirected(GOOD, target, 302, host="gw.example.com", path=b"/b", at=0.2),
        refused(None, at=0.4),
    )
    assert found.top is not None
    assert (found.top.cause, found.top.verdict.value) == ("stripped-on-redirect", "confirmed")
    assert ("no-authorization", "stripped-on-redirect") in [(f.cause, f.nested_under) for f in found.findings]
    assert [one.kind for one in found.advice] == ["credential-over-http"]


def test_fingerprints_tell_secrets_apart_within_a_capture() -> None:
    found = diagnoses(
        refused(GOOD),
        refused(basic(SID, TOKEN[::-1]), at=1),
        refused(basic(KEY, TOKEN), at=2),
        refused(b"Bearer x", at=3),
    )
    prints = [one.credential.fingerprint for one in found if one and one.credential]
    assert prints == ["sec#1", "sec#2", "sec#1", "sec#3"]


def test_key_of_the_capture_changes_no_diagnosis() -> None:
    exchanges = [refused(GOOD), accepted(GOOD, at=1), refused(basic(SID, b""), at=2)]
    assert [r.diagnosis for r in diagnose_all(exchanges, b"a")] == [r.diagnosis for r in diagnose_all(exchanges, b"b")]


POOL = (
    refused(GOOD),
    refused(None),
    refused(None, agent=WGET, method="GET"),
    refused(basic(SID, b"")),
    refused(basic(KEY, TOKEN)),
    refused(GOOD, message="Cannot do that"),
    accepted(GOOD),
    accepted(GOOD, agent=WGET, method="GET"),
    accepted(None, path=b"/2010-04-01"),
    redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, scheme="http"),
    replace(refused(GOOD, host="api.ie1.twilio.com"), response=None),
    refused(GOOD, host="example.com", code=None),
)


def late(exchange: Exchange, seconds: float) -> Exchange:
    start, end = exchange.started_at, exchange.finished_at
    return replace(
        exchange,
        started_at=None if start is None else start + seconds,
        finished_at=None if end is None else end + seconds,
    )


@given(st.lists(st.sampled_from(POOL), max_size=25))
def test_one_by_one_or_all_at_once(chosen: list[Exchange]) -> None:
    exchanges = [late(exchange, 2.0 * place) for place, exchange in enumerate(chosen)]
    capture = Capture(b"key")
    live: list[Diagnosis | None] = []
    for exchange in exchanges:
        result = capture.add(exchange)
        live.append(result.diagnosis)
        if result.correction is not None:
            live[result.correction.now.index] = result.correction.now
    assert live == diagnoses(*exchanges)
    for exchange, found in zip(exchanges, live, strict=True):
        if exchange.response is not None and exchange.response.status < 400:
            assert found is None
        assert found is None or not found.crashed


@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=12), st.integers(1, 5))
def test_repeating_an_exchange_gives_the_same_findings(chosen: list[Exchange], times: int) -> None:
    """The short way for repetitions gives what the long way gives."""
    before = [late(exchange, 2.0 * place) for place, exchange in enumerate(chosen)]
    last = late(refused(basic(KEY, TOKEN)), 100.0)
    repeated = diagnoses(*before, *(late(last, turn) for turn in range(times)))[-1]
    once = diagnoses(*before, late(last, times - 1))[-1]
    assert repeated is not None
    assert once is not None
    assert repeated.findings == once.findings
    assert repeated.ruled_out == once.ruled_out
