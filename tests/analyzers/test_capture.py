"""Exchanges in, diagnoses out: repeats, corrections, and the same answer however they arrive."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
)
from analyzers.capture import Capture, diagnose_all, refusal_key, same_refusal
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Response

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
    assert replace(second, index=first.index, time=first.time, request_id=first.request_id) == first
    assert same_refusal(first, second)
    assert refusal_key(first) == refusal_key(second)


def test_different_refusals_are_not_the_same() -> None:
    first, second = diagnoses(refused(GOOD), refused(basic(SID, b""), at=1))
    assert first is not None
    assert second is not None
    assert not same_refusal(first, second)


def test_success_between_two_refusals_is_seen_by_the_second() -> None:
    """A diagnosis that is kept for repetitions must not outlive what has been learnt since."""
    capture = Capture(b"key")
    made = (refused(basic(KEY, TOKEN)), accepted(basic(SID, TOKEN), at=1), refused(basic(KEY, TOKEN), at=2))
    results = [capture.add(exchange) for exchange in made]
    assert [correction.now.index for correction in results[1].corrections] == [0]
    first, second = results[0].diagnosis, results[2].diagnosis
    assert first is not None
    assert second is not None
    assert first.top is not None
    assert second.top is not None
    assert (first.top.cause, first.top.verdict.value) == ("token-with-key-sid", "likely")
    assert (second.top.cause, second.top.verdict.value) == ("token-with-key-sid", "confirmed")


def test_accepted_pair_then_a_new_text() -> None:
    text = "This account cannot send to this country"
    made = (refused(GOOD, message=text), accepted(GOOD, at=1), refused(GOOD, message=text, at=2))
    capture = Capture(b"key")
    results = [capture.add(exchange) for exchange in made]
    assert [result.diagnosis and causes(result.diagnosis)[0] for result in results] == [
        "pair-refused",
        None,
        "feature-gate",
    ]
    assert [result.diagnosis and causes(result.diagnosis)[0] for result in diagnose_all(made, b"key")] == [
        "feature-gate",
        None,
        "feature-gate",
    ]


def test_correction_names_the_earlier_exchange() -> None:
    capture = Capture(b"key")
    challenged = capture.add(refused(None, agent=WGET, method="GET"))
    between = capture.add(refused(basic(KEY, KEY_SECRET), at=0.1))
    settled = capture.add(accepted(GOOD, agent=WGET, method="GET", at=0.3))
    assert challenged.diagnosis is not None
    assert not challenged.diagnosis.benign
    assert between.corrections == ()
    assert settled.diagnosis is None
    (correction,) = settled.corrections
    assert correction.before == challenged.diagnosis
    assert correction.now.index == 0
    assert correction.now.benign
    assert (correction.indexes, correction.count) == ((0,), 1)


def test_correction_is_made_once() -> None:
    capture = Capture(b"key")
    exchanges = [
        refused(None, agent=WGET, method="GET"),
        *(accepted(GOOD, agent=WGET, method="GET", at=0.2 + turn) for turn in range(3)),
    ]
    results = [capture.add(exchange) for exchange in exchanges]
    assert [len(result.corrections) for result in results] == [0, 1, 0, 0]


def test_correction_of_a_forgotten_exchange_is_none() -> None:
    capture = Capture(b"key")
    capture.add(refused(None, agent=WGET, method="GET"))
    for turn in range(300):
        capture.add(refused(None, path=b"/2010-04-01/Accounts/%s/Calls/%d" % (SID, turn), at=0.01 * turn))
    assert capture.add(accepted(GOOD, agent=WGET, method="GET", at=5)).corrections == ()


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
    assert [one.kind for one in found.advice] == ["credential-over-http", "credential-to-foreign-host"]


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


ACCOUNT = b'{"sid":"%s","owner_account_sid":"%s","status":"active"}' % (OTHER_SID, SID)
EDGE = "api.dublin.ie1.twilio.com"
POOL = (
    refused(GOOD),
    refused(None),
    refused(None, agent=WGET, method="GET"),
    refused(basic(SID, b"")),
    refused(basic(KEY, TOKEN)),
    refused(GOOD, message="Cannot do that"),
    refused(GOOD, agent=b"curl/8.5.0"),
    refused(GOOD, host=EDGE),
    refused(basic(SID, TOKEN[::-1])),
    refused(basic(KEY, KEY_SECRET)),
    refused(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET"),
    refused(basic(KEY, KEY_SECRET), path=MESSAGES % OTHER_SID),
    refused(GOOD, path=MESSAGES % OTHER_SID),
    accepted(GOOD),
    accepted(GOOD, agent=WGET, method="GET"),
    accepted(GOOD, host=EDGE),
    accepted(basic(SID, KEY_SECRET)),
    accepted(basic(KEY, KEY_SECRET)),
    accepted(basic(OTHER_SID, TOKEN[::-1]), path=MESSAGES % OTHER_SID),
    accepted(None, path=b"/2010-04-01"),
    redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, scheme="http"),
    replace(
        accepted(GOOD, path=b"/2010-04-01/Accounts/%s.json" % OTHER_SID, method="GET"),
        response=Response(status=200, headers=(), body=ACCOUNT),
    ),
    replace(refused(GOOD, host="api.ie1.twilio.com"), response=None),
    refused(GOOD, host="example.com", code=None),
)

# What follows a redirect or a challenge cannot run beside it.
SIDE_BY_SIDE = [exchange for exchange in POOL if exchange.response is None or exchange.response.status != 302]


def late(exchange: Exchange, seconds: float) -> Exchange:
    """The same at another time, with a request id of its own."""
    start, end, response = exchange.started_at, exchange.finished_at, exchange.response
    if response is not None:
        number = (b"Twilio-Request-Id", b"RQ%032x" % round(((start or 0) + seconds) * 1000))
        response = replace(response, headers=(*(h for h in response.headers if h[0] != number[0]), number))
    return replace(
        exchange,
        response=response,
        started_at=None if start is None else start + seconds,
        finished_at=None if end is None else end + seconds,
    )


def causes(diagnosis: Diagnosis) -> list[str]:
    return [finding.cause for finding in diagnosis.findings]


def judged(diagnosis: Diagnosis | None) -> object:
    """What is said of an exchange: causes, verdicts and how they nest."""
    if diagnosis is None:
        return None
    assert not diagnosis.crashed
    findings = [(finding.cause, finding.verdict, finding.nested_under) for finding in diagnosis.findings]
    return findings, diagnosis.benign


def judged_live(exchanges: Sequence[Exchange]) -> list[object]:
    """What has been said of each exchange, corrections included, once the last one has been added."""
    capture = Capture(b"key")
    live: list[object] = []
    for exchange in exchanges:
        result = capture.add(exchange)
        live.append(judged(result.diagnosis))
        for correction in result.corrections:
            for index in correction.indexes:
                live[index] = judged(correction.now)
    return live


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(POOL), max_size=25))
def test_live_and_recorded_come_to_the_same(chosen: list[Exchange]) -> None:
    exchanges = [late(exchange, 2.0 * place) for place, exchange in enumerate(chosen)]
    recorded = diagnoses(*exchanges)
    assert judged_live(exchanges) == [judged(found) for found in recorded]
    for exchange, found in zip(exchanges, recorded, strict=True):
        if exchange.response is not None and exchange.response.status < 400:
            assert found is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SIDE_BY_SIDE), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_exchanges_are_recorded_changes_no_verdict(chosen: list[Exchange], random: Random) -> None:
    """A proxy records an exchange when it ends; those that run side by side may end in any order."""
    exchanges = [late(exchange, 0.001 * place) for place, exchange in enumerate(chosen)]
    order = [*range(len(exchanges))]
    random.shuffle(order)
    in_order = judged_live(exchanges)
    shuffled = judged_live([exchanges[place] for place in order])
    assert [shuffled[order.index(place)] for place in range(len(order))] == in_order


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
