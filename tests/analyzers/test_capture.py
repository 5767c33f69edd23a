"""Exchanges in, diagnoses out: repeats, corrections, and the same answer however they arrive."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_rules import rule

from analyzers.building import (
    GOOD,
    KEY,
    KEY_SECRET,
    MESSAGES,
    OTHER_SID,
    SID,
    TIME,
    TOKEN,
    accepted,
    basic,
    redirected,
    refused,
)
from analyzers.capture import Capture, Options, Result, diagnose_all, lasting, may_be_judged, refusal_key, same_refusal
from analyzers.case import Case, case_of
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.expected import Expected, Role
from analyzers.findings import AUTHORIZATION, HISTORY, Evidence, Outcome, RuledOut, Stands, Verdict
from analyzers.rules import Rule

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
        pytest.param(refused(GOOD, at=1, code=20403), id="code"),
        pytest.param(refused(GOOD, at=1, message="Cannot do that"), id="text"),
        pytest.param(refused(GOOD, at=1, host="verify.twilio.com"), id="host"),
        pytest.param(refused(GOOD, at=1, agent=b"curl/8.5.0"), id="client"),
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


@pytest.mark.parametrize("value", [None, b"", b"Basic", basic(SID, b""), b"Basic x"])
def test_without_a_secret_there_is_no_fingerprint(value: bytes | None) -> None:
    assert not Capture(b"key").fingerprint(case_of(refused(value)))


def test_key_of_the_capture_changes_no_diagnosis() -> None:
    exchanges = [refused(GOOD), accepted(GOOD, at=1), refused(basic(SID, b""), at=2)]
    assert [r.diagnosis for r in diagnose_all(exchanges, b"a")] == [r.diagnosis for r in diagnose_all(exchanges, b"b")]


# --- with a rule that tells what it was shown ---

CLIENT_AGENT = b"python-requests/2.34.2"
CALL = ("POST", "api.twilio.com", MESSAGES % SID)
CLIENT = ("192.0.2.7", CLIENT_AGENT)


def telling(tell: Callable[[Case], object]) -> tuple[Rule, ...]:
    """One rule, which stands with whatever `tell` says of the case."""

    def check(case: Case) -> Outcome:
        return Stands(Verdict.LIKELY, str(tell(case)), (Evidence(HISTORY, "seen"),), ("look",), "look")

    return (rule(check, slug="telling"),)


def around_it(case: Case) -> str:
    """Where the credential worked before and after the case."""
    before, after = case.bearing.worked, case.bearing.works_again
    return f"worked {before.index if before else None}, works {after.index if after else None}"


def live(*exchanges: Exchange, tell: Callable[[Case], object] = around_it) -> list[Result]:
    capture = Capture(b"key", telling(tell))
    return [capture.add(exchange) for exchange in exchanges]


def said(*results: Result) -> list[str | None]:
    return [result.diagnosis.says if result.diagnosis else None for result in results]


def recorded(*exchanges: Exchange, tell: Callable[[Case], object] = around_it) -> list[Result]:
    capture = Capture(b"key", telling(tell))
    for exchange in exchanges:
        capture.learn(exchange)
    return [capture.judge(exchange, index) for index, exchange in enumerate(exchanges)]


def together(*exchanges: Exchange, tell: Callable[[Case], object] = around_it) -> list[Result]:
    """As `recorded`, learnt and judged in blocks."""
    capture = Capture(b"key", telling(tell))
    capture.learn_each(exchanges)
    return [*capture.judge_each(enumerate(exchanges))]


JUDGES = (live, recorded, together)


def clockless(exchange: Exchange) -> Exchange:
    return replace(exchange, started_at=None, finished_at=None)


def test_every_exchange_has_its_place_however_it_is_judged() -> None:
    capture = Capture(b"key", telling(around_it))
    first, known = capture.add(accepted(GOOD)), capture.add(accepted(GOOD, at=1))
    assert capture.repeats_success(CALL, GOOD, CLIENT, TIME + 2)
    refusal = capture.add(refused(GOOD, at=3))
    assert refusal.mark is not None
    again = capture.add(refused(GOOD, at=4))
    assert capture.repeat(refusal.mark, TIME + 5) is refusal.diagnosis
    last = capture.add(refused(GOOD, at=6, method="GET"))
    results = (first, known, refusal, again, last)
    assert [result.index for result in results] == [0, 1, 3, 4, 6]
    assert said(*results) == [None, None, *["worked 2, works None"] * 3]
    assert [result.repeated for result in results] == [False, False, False, True, False]
    assert capture.seen == 7


@pytest.mark.parametrize("judge", JUDGES)
def test_a_success_that_needed_no_look_is_the_last_one(judge: Callable[..., list[Result]]) -> None:
    results = judge(accepted(GOOD), accepted(GOOD, at=1), refused(GOOD, at=2))
    assert said(*results) == [None, None, "worked 1, works None"]
    assert [(result.index, result.twilio) for result in results] == [(0, True), (1, True), (2, True)]


def test_successes_that_need_no_look_are_with_twilio_too() -> None:
    capture = Capture(b"key", ())
    assert [capture.learn(accepted(GOOD, at=turn)).twilio for turn in range(3)] == [True] * 3


def test_an_unanswered_request_is_judged_where_the_host_is_dead() -> None:
    dead, silent = (
        replace(refused(GOOD, host=host), response=None) for host in ("api.ie1.twilio.com", "api.twilio.com")
    )
    for judge in JUDGES:
        assert said(*judge(dead, silent)) == ["worked None, works None", None]


@pytest.mark.parametrize(
    ("call", "authorization", "client", "at"),
    [
        pytest.param(("GET", *CALL[1:]), GOOD, CLIENT, 2, id="method"),
        pytest.param((CALL[0], "verify.twilio.com", CALL[2]), GOOD, CLIENT, 2, id="host"),
        pytest.param((*CALL[:2], MESSAGES % OTHER_SID), GOOD, CLIENT, 2, id="path"),
        pytest.param(CALL, basic(SID, KEY_SECRET), CLIENT, 2, id="secret"),
        pytest.param(CALL, GOOD, ("192.0.2.7", b"curl/8"), 2, id="agent"),
        pytest.param(CALL, GOOD, (None, CLIENT_AGENT), 2, id="address"),
        pytest.param(CALL, GOOD, CLIENT, -2, id="before-the-first"),
    ],
)
def test_a_success_that_is_news_is_not_counted(
    call: tuple[str, str, bytes], authorization: bytes, client: tuple[str | None, bytes], at: float
) -> None:
    capture = Capture(b"key", telling(around_it))
    assert not capture.repeats_success(CALL, GOOD, CLIENT, TIME)
    capture.add(accepted(GOOD))
    assert not capture.repeats_success(call, authorization, client, TIME + at)
    assert capture.seen == 1
    assert capture.repeats_success(CALL, GOOD, CLIENT, TIME + 2)
    assert capture.seen == 2


@pytest.mark.parametrize(
    ("exchange", "twilio"),
    [
        pytest.param(accepted(GOOD), True, id="success"),
        pytest.param(refused(GOOD), True, id="refusal"),
        pytest.param(refused(GOOD, status=404, code=20404, message="x"), True, id="not-found"),
        pytest.param(replace(refused(GOOD), response=None), True, id="no-answer"),
        pytest.param(redirected(GOOD, b"/x"), True, id="redirect"),
        pytest.param(accepted(GOOD, host="gw.example.com"), True, id="success-by-twilio-behind-a-gateway"),
        pytest.param(refused(GOOD, host="gw.example.com"), True, id="refusal-by-twilio-behind-a-gateway"),
        pytest.param(refused(GOOD, host="gw.example.com", status=404, code=20404), True, id="not-found-by-twilio"),
        pytest.param(
            refused(GOOD, host="api.twillio.com", answer=Response(status=401, headers=())), True, id="meant-for-twilio"
        ),
        pytest.param(
            refused(GOOD, host="gw.example.com", answer=Response(status=401, headers=())), False, id="refused-elsewhere"
        ),
        pytest.param(
            refused(GOOD, host="gw.example.com", answer=Response(status=200, headers=())), False, id="success-elsewhere"
        ),
        pytest.param(replace(refused(GOOD, host="gw.example.com"), response=None), False, id="no-answer-elsewhere"),
    ],
)
def test_what_was_with_twilio(exchange: Exchange, *, twilio: bool) -> None:
    results = (*live(exchange), *recorded(exchange), *together(exchange))
    assert [(result.index, result.twilio) for result in results] == [(0, twilio)] * 3
    assert Capture(b"key", ()).learn(exchange).twilio is twilio


STALE = basic(KEY, TOKEN)


def answered(*changes: tuple[bytes, bytes | None], body: bytes | None = None) -> Exchange:
    """The refusal, later, with other header lines in its answer; None takes one away."""
    exchange = refused(STALE, at=1)
    assert exchange.response is not None
    gone = {name for name, _ in changes}
    headers = tuple(line for line in exchange.response.headers if line[0] not in gone)
    new = tuple((name, value) for name, value in changes if value is not None)
    response = replace(exchange.response, headers=(*headers, *new))
    return replace(exchange, response=response if body is None else replace(response, body=body))


def asked(**changes: object) -> Exchange:
    exchange = refused(STALE, at=1)
    return replace(exchange, request=replace(exchange.request, **changes))  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("again", "same"),
    [
        pytest.param(refused(STALE, at=1), True, id="later"),
        pytest.param(clockless(refused(STALE)), True, id="no-clock"),
        pytest.param(refused(STALE, at=1, connection="c2"), True, id="connection"),
        pytest.param(refused(STALE, at=1, request_id=b"RQ" + b"7" * 32), True, id="request-id"),
        pytest.param(refused(STALE, at=1, method="GET"), False, id="method"),
        pytest.param(refused(STALE, at=1, host="api.dublin.ie1.twilio.com"), False, id="host"),
        pytest.param(refused(STALE, at=1, path=MESSAGES % SID + b"?x=1"), False, id="query"),
        pytest.param(refused(STALE, at=1, body=b"To=1"), False, id="body"),
        pytest.param(refused(STALE, at=1, extra=((b"X", b"y"),)), False, id="header"),
        pytest.param(refused(basic(KEY, TOKEN[::-1]), at=1), False, id="secret"),
        pytest.param(asked(scheme="http"), False, id="scheme"),
        pytest.param(asked(port=8443), False, id="port"),
        pytest.param(asked(userinfo=b"x"), False, id="userinfo"),
        pytest.param(replace(asked(), client_address="192.0.2.8"), False, id="address"),
        pytest.param(replace(asked(), tls_issuer="CN=Proxy"), False, id="certificate"),
        pytest.param(replace(asked(), proxy_options=("modify_headers",)), False, id="options-of-the-proxy"),
        pytest.param(replace(asked(), fidelity=Fidelity.DOUBTFUL), False, id="fidelity"),
        pytest.param(refused(STALE, at=1, status=403), False, id="status"),
        pytest.param(answered(body=b"{}"), False, id="answer"),
        pytest.param(answered((b"Server", b"x")), False, id="header-of-the-answer"),
        pytest.param(answered((b"Date", None)), False, id="no-date"),
    ],
)
def test_which_refusals_are_the_same(again: Exchange, *, same: bool) -> None:
    for judge in JUDGES:
        first, second = judge(refused(STALE), again)
        # In a recording a refusal without another one like it needs no mark.
        assert (first.mark is not None) is (same or judge is live)
        assert (first.repeated, second.repeated, second.index, second.twilio) == (False, same, 1, True)
        assert not same or first.mark == second.mark
        assert second.diagnosis is not None
        assert (second.diagnosis.index, second.diagnosis.time) == (1, again.started_at)


@pytest.mark.parametrize("name", [b"Date", b"Via", b"Age", b"Twilio-Request-Duration", b"X-Amz-Cf-Id", b"X-Amz-Cf-Pop"])
def test_some_headers_differ_from_answer_to_answer(name: bytes) -> None:
    one, other = ((b"Server", b"x"), (name, b"1")), ((b"Server", b"x"), (name.lower(), b"2"))
    assert lasting(one) != lasting(other[:1])
    assert lasting(one) == lasting(((b"Server", b"x"), (name, b"2")))
    assert lasting(one) != lasting(((b"Server", b"y"), (name, b"1")))
    assert lasting(((b"X", name.lower()),)) != lasting(((b"X", name.lower() + b"1"),))


def test_a_repetition_has_a_request_id_of_its_own() -> None:
    ids = [b"RQ" + b"%032d" % number for number in range(3)]
    for judge in JUDGES:
        results = judge(*(refused(STALE, at=turn, request_id=one) for turn, one in enumerate(ids)))
        assert [result.repeated for result in results] == [False, True, True]
        found = [result.diagnosis.request_id for result in results if result.diagnosis]
        assert found == [one.decode() for one in ids]
    (_, second) = live(refused(STALE), refused(STALE, at=1, request_id=b"what is this"))
    assert second.repeated
    assert second.diagnosis is not None
    assert second.diagnosis.request_id is None


JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
TAPPED = (replace(refused(GOOD, host="gw.example.com", request_id=b"RQ" + b"5" * 32), finished_at=TIME + 9),)


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        pytest.param((), refused(None), id="nothing-sent"),
        pytest.param((), refused(b"Bearer x"), id="token"),
        pytest.param((), refused(b"Bearer " + JWT), id="readable-token"),
        pytest.param((), refused(GOOD, extra=((b"X-Twilio-Token", JWT),)), id="another-token"),
        pytest.param((), refused(GOOD, extra=((b"Twilio-Client-Validation", JWT),)), id="signed"),
        pytest.param((), refused(GOOD, host="api.dublin.ie1.twilio.com"), id="region-named"),
        pytest.param(
            (redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, host="gw.example.com"),),
            refused(GOOD, at=0.2),
            id="redirected",
        ),
        pytest.param((accepted(GOOD, at=9),), refused(GOOD, at=5), id="works-again"),
        pytest.param(TAPPED, refused(GOOD, at=1, request_id=b"RQ" + b"5" * 32), id="behind-a-gateway"),
    ],
)
def test_a_diagnosis_that_rests_on_time_or_place_is_made_anew(before: tuple[Exchange, ...], refusal: Exchange) -> None:
    """A token expires, a region closes, a redirect is followed once."""
    for judge in JUDGES:
        *_, first, second = judge(*before, refusal, replace(refusal, started_at=TIME + 100))
        assert (first.mark, second.repeated) == (None, False)
    *_, alone, again = live(refused(GOOD, at=1), refused(GOOD, at=2))
    assert alone.mark is not None
    assert again.repeated


@pytest.mark.parametrize(
    ("exchanges", "repeated", "says"),
    [
        pytest.param(
            (accepted(GOOD), refused(GOOD, at=1), refused(GOOD, at=2)), True, "worked 0", id="nothing-between"
        ),
        pytest.param(
            (accepted(GOOD), refused(GOOD, at=1), accepted(GOOD, at=2), refused(GOOD, at=3)),
            False,
            "worked 2",
            id="a-success-between",
        ),
        pytest.param(
            (accepted(GOOD), refused(GOOD, at=1, status=400), accepted(GOOD, at=2), refused(GOOD, at=3, status=400)),
            False,
            "worked 2",
            id="a-success-between-that-needed-no-look",
        ),
        pytest.param(
            (refused(GOOD, at=1, status=400), refused(GOOD, at=3, status=400)), True, "worked None", id="nothing-known"
        ),
        pytest.param(
            (accepted(GOOD, at=5), refused(GOOD, at=9), refused(GOOD, at=3)),
            False,
            "worked None, works 0",
            id="earlier",
        ),
        pytest.param(
            tuple(clockless(one) for one in (accepted(GOOD), refused(GOOD), refused(GOOD))),
            True,
            "worked 0",
            id="no-clock",
        ),
        pytest.param(
            (accepted(GOOD), refused(GOOD, at=1), accepted(basic(SID, KEY_SECRET), at=2), refused(GOOD, at=3)),
            False,
            "worked 0",
            id="a-rival-between",
        ),
    ],
)
def test_a_diagnosis_holds_until_something_is_learnt(
    exchanges: tuple[Exchange, ...], says: str, *, repeated: bool
) -> None:
    *_, last = live(*exchanges)
    assert last.repeated is repeated
    assert last.diagnosis is not None
    assert last.diagnosis.says.startswith(says)
    for judge in (recorded, together):
        *_, last = judge(*exchanges)
        assert last.diagnosis is not None
        assert last.diagnosis.says.startswith(says)


@pytest.mark.parametrize(
    ("before", "at", "counted"),
    [
        pytest.param((), 9, True, id="nothing-known"),
        pytest.param((), None, True, id="no-clock"),
        pytest.param((accepted(GOOD, at=1),), 9, True, id="after-a-success"),
        pytest.param((accepted(GOOD, at=1),), None, True, id="recorded-after-a-success"),
        pytest.param((accepted(GOOD, at=1),), 0.5, False, id="begun-before-a-success"),
    ],
)
def test_a_repetition_by_its_mark(before: tuple[Exchange, ...], at: float | None, *, counted: bool) -> None:
    capture = Capture(b"key", telling(around_it))
    *_, first = [capture.add(exchange) for exchange in (*before, refused(GOOD, at=2))]
    assert first.mark is not None
    found = capture.repeat(first.mark, None if at is None else TIME + at)
    assert found is (first.diagnosis if counted else None)
    assert capture.seen == len(before) + 1 + counted


def test_a_mark_is_worth_nothing_once_something_was_learnt() -> None:
    capture = Capture(b"key", telling(around_it))
    first = capture.add(refused(GOOD))
    assert first.mark is not None
    assert capture.repeat(first.mark + 1, TIME + 1) is None
    capture.add(accepted(GOOD, at=2))
    assert capture.repeat(first.mark, TIME + 3) is None
    assert capture.seen == 2


@pytest.mark.parametrize("by_mark", [True, False])
def test_a_repetition_makes_later_successes_worth_a_look(*, by_mark: bool) -> None:
    capture = Capture(b"key", telling(around_it))
    capture.add(accepted(GOOD))
    first = capture.add(refused(GOOD, at=1))
    assert first.mark is not None
    if by_mark:
        assert capture.repeat(first.mark, TIME + 5)
    else:
        assert capture.add(refused(GOOD, at=5)).repeated
    capture.add(accepted(GOOD, at=3))
    assert not capture.repeats_success(CALL, GOOD, CLIENT, TIME + 6)
    capture.add(accepted(GOOD, at=6))
    assert capture.repeats_success(CALL, GOOD, CLIENT, TIME + 7)


def futile(diagnosis: Diagnosis | None) -> list[str]:
    assert diagnosis is not None
    return [one.says for one in diagnosis.advice if one.kind == "futile-retry"]


@pytest.mark.parametrize("by_mark", [0, 1, 2, 3])
def test_repetitions_are_counted_however_they_come(by_mark: int) -> None:
    capture = Capture(b"key", telling(around_it))
    first = capture.add(refused(GOOD))
    assert first.mark is not None
    for turn in range(3):
        if turn < by_mark:
            assert capture.repeat(first.mark, TIME + turn)
        else:
            capture.add(refused(GOOD, at=turn))
    (advice,) = futile(capture.add(refused(GOOD, at=9)).diagnosis)
    assert "5 times" in advice
    (advice,) = futile(capture.add(refused(GOOD, at=9, connection="c9", extra=())).diagnosis)
    assert "6 times" in advice


def test_other_advice_stays_with_a_repetition() -> None:
    results = live(*(refused(basic(KEY, KEY_SECRET), at=turn, scheme="http") for turn in range(5)))
    kinds = [sorted(one.kind for one in result.diagnosis.advice) for result in results if result.diagnosis]
    assert kinds == [["credential-over-http"]] * 2 + [["credential-over-http", "futile-retry"]] * 3


def test_only_so_many_different_refusals_are_counted() -> None:
    one, other = refused(GOOD), refused(GOOD, method="GET")
    for counted, expected in ((1, [0, 0, 0, 0, 1]), (2, [0, 0, 0, 1, 1])):
        capture = Capture(b"key", telling(around_it), options=Options(counted=counted))
        results = [capture.add(late(each, turn)) for turn, each in enumerate((one, other, one, one, one))]
        assert [len(futile(result.diagnosis)) for result in results] == expected


def test_a_count_that_was_forgotten_begins_anew() -> None:
    capture = Capture(b"key", telling(around_it), options=Options(counted=1))
    first = capture.add(refused(GOOD))
    capture.add(refused(GOOD, method="GET"))
    assert first.mark is not None
    assert capture.repeat(first.mark, TIME + 1)
    assert not futile(capture.add(refused(GOOD, at=2)).diagnosis)
    assert futile(capture.add(refused(GOOD, at=3)).diagnosis)


def test_the_caller_may_name_secrets() -> None:
    asked_for: list[bytes] = []

    def named(secret: bytes) -> str:
        asked_for.append(secret)
        return f"s{len(asked_for)}"

    capture = Capture(b"key", telling(around_it), options=Options(fingerprint=named))
    made = (refused(GOOD), refused(b"Bearer abc"), refused(basic(SID, b"")), refused(None), refused(b"Basic !!!"))
    views = [result.diagnosis.credential for result in map(capture.add, made) if result.diagnosis]
    assert [view.fingerprint if view else None for view in views] == ["s1", "s2", "", None, ""]
    assert asked_for == [TOKEN, b"abc"]


def test_drawings_are_made_where_they_are_wanted() -> None:
    def check(_: Case) -> Outcome:
        return Stands(Verdict.CONFIRMED, "says", (Evidence(AUTHORIZATION, "here", start=0, end=5),), ("look",))

    drawings = []
    for drawn in (True, False):
        diagnosis = Capture(b"key", (rule(check),), options=Options(drawn=drawn)).add(refused(GOOD)).diagnosis
        drawings.append(diagnosis is not None and diagnosis.drawing is not None)
    assert drawings == [True, False]


def test_what_the_caller_knows_reaches_the_checks() -> None:
    given = (Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN),)
    token = jwt.encode({"iss": SID.decode(), "sub": SID.decode()}, TOKEN.decode()).encode()

    def told(case: Case) -> object:
        return [one.name for one in case.expected], [one.verifies for one in case.bearing.signatures]

    result = Capture(b"key", telling(told), given).add(refused(b"Bearer " + token))
    assert said(result) == ["(['TWILIO_AUTH_TOKEN'], [True])"]
    stale = refused(basic(SID, TOKEN[::-1]))
    told_of = [diagnose_all([stale], b"key", known)[0].diagnosis for known in (given, ())]
    assert ["differs-from-environment" in causes(found) for found in told_of if found] == [True, False]


POSTED = redirected(GOOD, b"https://api.twilio.com" + MESSAGES % SID, 302, host="gw.example.com", method="POST")
BECAME_GET = refused(GOOD, method="GET", status=404, code=20404, message="x", at=0.2)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(
    ("exchanges", "diagnosed"),
    [
        pytest.param((POSTED, BECAME_GET), True, id="post-became-get"),
        pytest.param((clockless(POSTED), clockless(BECAME_GET)), True, id="no-clock"),
        pytest.param((replace(POSTED, request=BECAME_GET.request), BECAME_GET), False, id="always-get"),
        pytest.param((POSTED, replace(BECAME_GET, started_at=TIME + 99)), False, id="long-after"),
        pytest.param((BECAME_GET,), False, id="no-redirect"),
    ],
)
def test_a_redirect_makes_a_refusal_of_what_is_not_found(
    judge: Callable[..., list[Result]], exchanges: tuple[Exchange, ...], *, diagnosed: bool
) -> None:
    *_, last = judge(*exchanges, tell=lambda case: len(case.bearing.hops))
    assert said(last) == (["1"] if diagnosed else [None])


@pytest.mark.parametrize("judge", JUDGES)
def test_refusals_are_remembered(judge: Callable[..., list[Result]]) -> None:
    def told(case: Case) -> object:
        return case.bearing.failed_first and case.bearing.failed_first.index

    made = (accepted(GOOD), refused(GOOD, at=1), refused(GOOD, at=2, method="GET"))
    assert said(*judge(*made, tell=told)) == [None, "None", "1"]


def test_corrections_tell_apart_what_came_before_and_after() -> None:
    capture = Capture(b"key", telling(around_it))
    first = capture.add(refused(GOOD))
    assert first.mark is not None
    for at in (10, 11):
        assert capture.repeat(first.mark, TIME + at)
    before, after = capture.add(accepted(GOOD, at=5)).corrections
    assert before.before is after.before is first.diagnosis
    assert (before.indexes, before.count, after.indexes, after.count) == ((0,), 1, (1, 2), 2)
    assert (before.now.says, after.now.says) == ("worked None, works 3", "worked 3, works None")
    assert (before.now.index, before.now.time, after.now.index, after.now.time) == (0, TIME, 1, TIME + 10)
    fingerprints = [one.credential.fingerprint for one in (before.now, after.now) if one.credential]
    assert fingerprints == ["sec#1", "sec#1"]

    again = capture.add(accepted(GOOD, at=20)).corrections
    assert [(one.indexes, one.count, one.before) for one in again] == [((1, 2), 2, after.now)]
    assert [one.now.says for one in again] == ["worked 3, works 4"]
    assert [one.now.credential for one in again] == [after.now.credential]
    assert capture.add(accepted(GOOD, at=21)).corrections == ()


def test_the_earliest_and_the_latest_by_the_clock_decide_whether_anything_changed() -> None:
    def told(case: Case) -> object:
        return [one.at < case.exchange.started_at for one in case.bearing.rivals if one.at and case.exchange.started_at]

    rival = basic(SID, KEY_SECRET)
    made = (accepted(rival, at=1), refused(GOOD, at=10), refused(GOOD, at=4), refused(GOOD, at=11))
    *results, last = live(*made, accepted(rival, at=5), tell=told)
    assert said(*results) == [None, *["[True]"] * 3]
    assert [(one.indexes, one.now.says) for one in last.corrections] == [((2,), "[False]")]


def test_a_rival_that_comes_before_or_after_the_last_success_is_another_story() -> None:
    def told(case: Case) -> object:
        worked = case.bearing.worked
        return [one.at > worked.at for one in case.bearing.rivals if one.at and worked and worked.at]

    rival = basic(SID, KEY_SECRET)
    made = (accepted(GOOD, at=5), accepted(rival, at=3), refused(GOOD, at=10))
    *_, refusal, later = live(*made, accepted(rival, at=7), tell=told)
    assert said(refusal) == ["[False]"]
    assert [one.now.says for one in later.corrections] == ["[True]"]
    *_, later = live(*made, accepted(rival, at=4), tell=told)
    assert later.corrections == ()


def test_every_refusal_of_a_credential_is_corrected() -> None:
    made = [refused(GOOD, at=turn, method=method) for turn, method in enumerate(("POST", "GET", "PUT"))]
    *_, last = live(*made, accepted(GOOD, at=9))
    assert [one.indexes for one in last.corrections] == [(0,), (1,), (2,)]


def test_a_challenge_of_a_product_is_corrected_by_its_answer() -> None:
    """Nothing but the answer itself tells that it is about this challenge."""
    asking = refused(None, agent=WGET, method="GET", host="verify.twilio.com", path=b"/v2/Services")
    answer = accepted(GOOD, agent=WGET, method="GET", host="verify.twilio.com", path=b"/v2/Services", at=0.3)
    *_, last = live(refused(GOOD, at=-9), asking, answer, tell=lambda case: case.bearing.challenge_answered is None)
    assert [(one.indexes, one.now.says) for one in last.corrections if one.before.index == 1] == [((1,), "False")]


def test_a_correction_keeps_how_often_it_was_refused_before() -> None:
    made = [refused(GOOD, at=turn, connection=None, extra=((b"X", b"%d" % turn),)) for turn in range(4)]
    *_, last = live(*made, accepted(GOOD, at=9), tell=lambda case: f"{case.bearing.repeats} {around_it(case)}")
    assert [one.now.says[0] for one in last.corrections] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("at", [-1, 0.5, 99.5, 5000])
def test_very_many_repetitions_are_all_counted(at: float) -> None:
    """Of some of them the place is not kept."""
    capture = Capture(b"key", telling(around_it))
    first = capture.add(refused(GOOD))
    assert first.mark is not None
    for turn in range(1, 300):
        assert capture.repeat(first.mark, TIME + turn)
    corrections = capture.add(accepted(GOOD, at=at)).corrections
    assert sum(one.count for one in corrections) == 300
    assert [place for one in corrections for place in one.indexes] == [*range(256)]


def test_a_refusal_is_corrected_after_many_others() -> None:
    capture = Capture(b"key", telling(around_it))
    capture.add(refused(GOOD))
    for turn in range(200):
        capture.add(refused(basic(b"AC%032d" % turn, b"%032d" % turn), path=b"/v1/%d" % turn, at=turn))
    (correction,) = capture.add(accepted(GOOD, at=999)).corrections
    assert correction.indexes == (0,)


def counting(asked: list[float | None]) -> Rule:
    """Notes the time of each case that it is asked for."""

    def check(case: Case) -> Outcome:
        asked.append(case.exchange.started_at)
        return RuledOut("no")

    return rule(check)


def test_what_was_told_under_the_same_circumstances_is_not_judged_again() -> None:
    asked: list[float | None] = []
    capture = Capture(b"key", [counting(asked)])
    for turn in range(0, 60, 3):
        capture.add(refused(basic(SID, TOKEN[::-1]), at=turn))
        capture.add(refused(basic(OTHER_SID, TOKEN[::-1]), at=turn + 1))
        assert capture.add(accepted(GOOD, at=turn + 2)).corrections == ()
    assert 40 <= len(asked) <= 44


def test_a_token_is_judged_again_whatever_was_told_before() -> None:
    """Its time runs out."""
    asked: list[float | None] = []
    capture = Capture(b"key", [counting(asked)])
    bearer = b"Bearer " + jwt.encode({"exp": TIME + 5}, "k" * 32).encode()
    for turn in range(0, 30, 3):
        capture.add(refused(bearer, at=turn))
        capture.add(accepted(bearer, at=turn + 1))
    assert len(asked) >= 20


@pytest.mark.parametrize(
    ("status", "judged"),
    [(None, True), (200, False), (300, False), (304, False), (399, False), (400, True), (599, True)],
)
def test_what_the_second_pass_has_to_look_at(status: int | None, *, judged: bool) -> None:
    response = None if status is None else Response(status=status, headers=())
    exchange = replace(refused(GOOD), response=response)
    assert may_be_judged(exchange) is judged
    assert judged or [judge(exchange)[0].diagnosis for judge in JUDGES] == [None] * 3


@pytest.mark.parametrize("status", [300, 304, 399])
def test_no_other_answer_counts_as_success(status: int) -> None:
    other = replace(accepted(GOOD, at=1), response=Response(status=status, headers=()))
    for judge in JUDGES:
        *_, last = judge(accepted(GOOD), other, refused(GOOD, at=2))
        assert said(last) == ["worked 0, works None"]


def test_a_400_is_judged() -> None:
    for judge in JUDGES:
        (result,) = judge(refused(GOOD, status=400))
        assert said(result) == ["worked None, works None"]
        *_, again = judge(refused(GOOD, status=400), refused(GOOD, status=400, at=1))
        assert again.repeated


# --- a recording, judged in blocks ---


def numbered(number: int, **options: object) -> Exchange:
    """A refusal that is like no other."""
    told: dict[str, object] = {"path": b"/v1/%d" % number, "at": number, **options}
    return refused(GOOD, **told)  # type: ignore[arg-type] # the options are those of `refused`


def place_of(case: Case) -> int:
    return int(case.exchange.request.target.rpartition(b"/")[2])


def checks_of(judge: Callable[[Capture], object]) -> list[tuple[str, list[int]]]:
    """Which check looked at which refusals without another one in between."""
    runs: list[tuple[str, list[int]]] = []

    def watched(slug: str) -> Rule:
        def check(case: Case) -> Outcome:
            if not runs or runs[-1][0] != slug:
                runs.append((slug, []))
            runs[-1][1].append(place_of(case))
            return RuledOut("seen")

        return rule(check, slug=slug)

    judge(Capture(b"key", (watched("a"), watched("b"))))
    return runs


@pytest.mark.parametrize(
    ("count", "blocks"),
    [
        (1, [range(1)]),
        (31, [range(31)]),
        (32, [range(32)]),
        (33, [range(32), range(32, 33)]),
        (70, [range(32), range(32, 64), range(64, 70)]),
    ],
)
def test_a_recording_is_judged_check_by_check_in_blocks(count: int, blocks: list[range]) -> None:
    exchanges = [numbered(number) for number in range(count)]

    def judge(capture: Capture) -> None:
        capture.learn_each(exchanges)
        results = [*capture.judge_each(enumerate(exchanges))]
        assert [result.index for result in results] == [*range(count)]
        assert [result.diagnosis.url[-2:] for result in results if result.diagnosis] == [
            f"/{n}"[-2:] for n in range(count)
        ]

    assert checks_of(judge) == [(slug, [*block]) for block in blocks for slug in "ab"]


def test_what_needs_no_look_takes_its_place_in_a_block() -> None:
    """So a block of a recording in which next to nothing was refused is not longer than another."""
    exchanges = [accepted(GOOD, at=turn) for turn in range(30)] + [numbered(number) for number in range(30, 36)]
    assert checks_of(lambda capture: [*capture.judge_each(enumerate(exchanges))]) == [
        ("a", [30, 31]),
        ("b", [30, 31]),
        ("a", [32, 33, 34, 35]),
        ("b", [32, 33, 34, 35]),
    ]


def test_only_equal_refusals_end_a_block() -> None:
    same = redirected(GOOD, b"/x")
    exchanges = [numbered(0), same, accepted(GOOD), same, accepted(GOOD), numbered(1)]
    assert checks_of(lambda capture: [*capture.judge_each(enumerate(exchanges))]) == [("a", [0, 1]), ("b", [0, 1])]


def test_a_refusal_that_has_ended_a_block_ends_no_other() -> None:
    exchanges = [numbered(number, at=at) for at, number in enumerate((0, 0, 1, 0, 2))]
    assert checks_of(lambda capture: [*capture.judge_each(enumerate(exchanges))]) == [
        *(("a", [0]), ("b", [0])),
        *(("a", [1, 2]), ("b", [1, 2])),
    ]


@pytest.mark.parametrize("judge", JUDGES)
def test_refusals_that_differ_in_a_header_only_are_counted_together_in_their_order(
    judge: Callable[..., list[Result]],
) -> None:
    made = [refused(GOOD, at=turn, extra=((b"X", b"%d" % turn),)) for turn in range(40)]
    results = judge(*made, tell=lambda case: case.bearing.repeats)
    assert said(*results) == [str(count) for count in range(40)]
    assert [bool(futile(result.diagnosis)) for result in results] == [count > 1 for count in range(40)]


def test_results_come_while_a_recording_is_still_read() -> None:
    """Of a long one no more than a block is held."""
    taken: list[int] = []

    def reading() -> Iterator[tuple[int, Exchange]]:
        for number in range(100):
            taken.append(number)
            yield number, numbered(number)

    results = Capture(b"key", telling(around_it)).judge_each(reading())
    assert (next(results).index, len(taken)) == (0, 33)
    assert ([next(results).index for _ in range(32)][-1], len(taken)) == (32, 65)


def test_of_equal_refusals_the_next_ones_repeat_the_first() -> None:
    """A block ends where the second of two equal ones stands, and they may be many."""
    made = [refused(GOOD, at=turn) if turn % 3 else numbered(turn) for turn in range(100)]
    results = together(*made, tell=lambda case: case.bearing.repeats)
    assert [result.index for result in results] == [*range(100)]
    assert [result.repeated for result in results] == [bool(turn % 3) and turn > 1 for turn in range(100)]
    assert {result.mark for turn, result in enumerate(results) if turn % 3} == {results[1].mark}
    assert [result.mark for result in results[::3]] == [None] * 34
    times = [[one.split(" times")[0].rpartition(" ")[2] for one in futile(result.diagnosis)] for result in results]
    expected = [place - place // 3 for place in range(100)]
    assert times == [[str(count)] if turn % 3 and count > 2 else [] for turn, count in enumerate(expected)]


def test_two_kinds_in_turn_are_each_judged_once() -> None:
    made = [refused(GOOD, at=turn, method=("POST", "GET")[turn % 2]) for turn in range(8)]
    looked: list[str] = []

    def told(case: Case) -> object:
        looked.append(case.exchange.request.method)
        return case.exchange.request.method

    results = together(*made, tell=told)
    assert looked == ["POST", "GET"]
    assert said(*results) == ["POST", "GET"] * 4
    assert [result.repeated for result in results] == [False] * 2 + [True] * 6


def test_equal_ones_that_cannot_be_compared_share_a_block() -> None:
    """Without an answer nothing tells that they are equal, so each is judged."""
    dead = replace(numbered(0, host="api.ie1.twilio.com"), response=None)
    assert checks_of(lambda capture: [*capture.judge_each(enumerate([dead] * 3))]) == [("a", [0] * 3), ("b", [0] * 3)]


def test_a_block_of_every_kind_keeps_its_order() -> None:
    made = (
        accepted(GOOD),
        refused(basic(KEY, TOKEN), at=1),
        redirected(GOOD, b"/x", at=2),
        replace(refused(GOOD, host="api.ie1.twilio.com", at=3), response=None),
        replace(refused(GOOD, at=4), response=None),
        refused(GOOD, status=404, code=20404, message="x", at=5),
        refused(GOOD, host="gw.example.com", at=6, answer=Response(status=404, headers=())),
        refused(GOOD, at=7),
        refused(basic(KEY, TOKEN), at=8),
        accepted(GOOD, host="gw.example.com", at=9, answer=None),
        refused(GOOD, at=10, method="GET"),
    )
    results = together(*made, tell=lambda case: round((case.exchange.started_at or 0) - TIME))
    assert [result.index for result in results] == [*range(len(made))]
    assert said(*results) == [None, "1", None, "3", None, None, None, "7", "1", None, "10"]
    assert [result.diagnosis.index if result.diagnosis else None for result in results] == [
        *(None, 1, None, 3, None, None, None, 7, 8, None, 10)
    ]
    assert [result.twilio for result in results] == [True] * 6 + [False] + [True] * 4


def test_a_check_that_raises_for_one_of_a_block_spares_the_others() -> None:
    def check(case: Case) -> Outcome:
        if place_of(case) in {1, 3}:
            raise KeyError(place_of(case))
        return Stands(Verdict.LIKELY, f"says {place_of(case)}", (Evidence(HISTORY, "seen"),), ("look",), "look")

    rules = (rule(check, slug="breaks"), rule(lambda case: RuledOut(f"because {place_of(case)}"), slug="holds"))
    exchanges = [numbered(number) for number in range(5)]
    results = Capture(b"key", rules).judge_each(enumerate(exchanges))
    found = [result.diagnosis for result in results if result.diagnosis]
    assert [one.crashed for one in found] == [(("breaks", "KeyError"),) if n in {1, 3} else () for n in range(5)]
    assert [one.unknown for one in found] == [(("breaks", "look"),) if n in {1, 3} else () for n in range(5)]
    assert [one.ruled_out for one in found] == [(("holds", f"because {n}"),) for n in range(5)]
    assert [one.top.says if one.top else None for one in found] == ["says 0", None, "says 2", None, "says 4"]


def test_what_is_left_out_of_the_second_pass_changes_nothing() -> None:
    """What the first pass shows to be no refusal need not come again, so the numbers may have gaps."""
    made = [one for turn in range(60) for one in (accepted(GOOD, at=2 * turn), numbered(2 * turn + 1))]
    capture = Capture(b"key", telling(around_it))
    capture.learn_each(made)
    results = [*capture.judge_each((place, one) for place, one in enumerate(made) if may_be_judged(one))]
    assert [result.index for result in results] == [*range(1, 120, 2)]
    assert results == [result for result in together(*made) if result.diagnosis]


def test_no_more_than_it_was_given() -> None:
    assert [*Capture(b"key", ()).judge_each([])] == []
    assert Capture(b"key", ()).learn_each([]) == []


@pytest.mark.parametrize(
    ("exchanges", "kept"),
    [
        pytest.param((refused(GOOD),), [True], id="refusal"),
        pytest.param((accepted(GOOD), accepted(GOOD, at=1)), [False, False], id="success"),
        pytest.param((redirected(GOOD, b"/x"),), [False], id="redirect"),
        pytest.param((refused(GOOD, status=404, code=20404, message="x"),), [False], id="not-found"),
        pytest.param((refused(GOOD), refused(GOOD, at=1), refused(GOOD, at=2)), [True, False, False], id="repetitions"),
        pytest.param((refused(GOOD), refused(GOOD, at=1, method="GET")), [True, True], id="different"),
        pytest.param(
            (refused(GOOD), refused(GOOD, at=1, method="GET"), refused(GOOD, at=2)), [True, True, False], id="in-turn"
        ),
        pytest.param(
            (replace(refused(GOOD, host="api.ie1.twilio.com"), response=None),) * 2, [True, True], id="no-answer"
        ),
        pytest.param((replace(refused(GOOD), response=None),), [False], id="no-answer-and-no-refusal"),
    ],
)
def test_the_first_of_equal_refusals_is_kept_for_the_second_pass(
    exchanges: tuple[Exchange, ...], kept: list[bool]
) -> None:
    """What is said to be kept the caller lets go of, and the capture has to have it."""
    blockwise = Capture(b"key", telling(around_it))
    assert [learnt.kept for learnt in blockwise.learn_each(exchanges)] == kept
    assert [*blockwise._learnt] == [place for place, keeps in enumerate(kept) if keeps]
    one_by_one = Capture(b"key", telling(around_it))
    assert [one_by_one.learn(exchange).kept for exchange in exchanges] == kept
    assert blockwise.seen == one_by_one.seen == len(exchanges)
    assert [*blockwise.judge_each(enumerate(exchanges))] == together(*exchanges)
    assert not blockwise._learnt


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are read again, and said to be the same."""
    made = [numbered(number % 4, at=number) for number in range(8)]
    usual = together(*made)
    monkeypatch.setattr("analyzers.capture._LEARNT_KEPT", 2)
    capture = Capture(b"key", telling(around_it))
    assert [learnt.kept for learnt in capture.learn_each(made)] == [True] * 2 + [False] * 6
    assert [*capture._learnt] == [0, 1]
    results = [*capture.judge_each(enumerate(made))]
    assert [(one.index, one.diagnosis) for one in results] == [(one.index, one.diagnosis) for one in usual]


def test_what_was_kept_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Exchange] = []

    def reading(exchange: Exchange, expected: Sequence[Expected] = ()) -> Case:
        read.append(exchange)
        return case_of(exchange, expected=tuple(expected))

    monkeypatch.setattr("analyzers.capture.case_of", reading)
    made = [numbered(number, at=at) for at, number in enumerate((1, 2, 1, 3))]
    together(*made)
    assert [place_of(case_of(each)) for each in read] == [1, 2, 1, 3]
    read.clear()
    successes = [accepted(GOOD, at=turn) for turn in range(3)]
    Capture(b"key", ()).learn_each(successes)
    assert read == successes[:1]


@given(st.lists(st.integers(0, 30), max_size=90))
def test_learning_and_judging_in_blocks_says_what_one_by_one_says(chosen: list[int]) -> None:
    pool = [*POOL, *(numbered(number) for number in range(31 - len(POOL)))]
    exchanges = [late(pool[each], 2.0 * place) for place, each in enumerate(chosen)]

    def told(case: Case) -> object:
        return case.bearing.repeats, len(case.bearing.hops), case.exchange.request.target, around_it(case)

    assert together(*exchanges, tell=told) == recorded(*exchanges, tell=told)


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


@settings(max_examples=300)
@given(st.lists(st.sampled_from(POOL), max_size=25))
def test_live_and_recorded_come_to_the_same(chosen: list[Exchange]) -> None:
    exchanges = [late(exchange, 2.0 * place) for place, exchange in enumerate(chosen)]
    recorded = diagnoses(*exchanges)
    assert judged_live(exchanges) == [judged(found) for found in recorded]
    for exchange, found in zip(exchanges, recorded, strict=True):
        if exchange.response is not None and exchange.response.status < 400:
            assert found is None


@settings(max_examples=300)
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


def test_what_a_mocks_one_request_id_made_look_replaced_is_taken_back() -> None:
    """Two calls with one id, one within the other, look like one on both sides of a gateway, until a third has it."""
    made = [
        replace(refused(basic(SID, secret), at=at, request_id=b"RQ" + b"7" * 32), finished_at=TIME + at + took)
        for at, took, secret in ((0.0, 1.0, TOKEN), (0.5, 0.25, TOKEN[::-1]), (3.0, 1.0, TOKEN))
    ]
    capture = Capture(b"key")
    results = [capture.add(each) for each in made]
    assert results[1].diagnosis is not None
    assert results[1].diagnosis.top is not None
    assert results[1].diagnosis.top.cause == "authorization-overridden"
    corrected = {one.now.index: one.now for one in results[2].corrections}
    assert set(corrected) == {0, 1}
    for found in (*corrected.values(), *diagnoses(*made)):
        assert found is not None
        assert [one.cause for one in found.findings] == ["pair-refused"]
