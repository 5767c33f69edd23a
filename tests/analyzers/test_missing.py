"""Whether an Authorization header is missing, and how sure that is."""

from dataclasses import replace

import pytest

from analyzers.bearing import Bearing, Tap
from analyzers.building import GOOD, refused, twilio_answer
from analyzers.case import case_of
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import RuledOut, Unknown, Verdict
from analyzers.missing import not_missing, not_wanted, sureness, weaker

FOREIGN = Response(status=401, headers=((b"Server", b"nginx"),))


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None), None, id="missing"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), None, id="doubtful-export"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), Unknown, id="sanitized-export"),
        pytest.param(refused(GOOD), RuledOut, id="sent"),
        pytest.param(refused(b""), RuledOut, id="sent-empty"),
        pytest.param(refused(None, host="oauth.twilio.com", path=b"/v2/token"), RuledOut, id="token-endpoint"),
        pytest.param(refused(None, extra=((b"X-Twilio-Token", b"x"),)), RuledOut, id="voice-sdk"),
        pytest.param(refused(None, answer=FOREIGN), Unknown, id="answered-by-another"),
        pytest.param(replace(refused(None), response=None), Unknown, id="no-answer"),
    ],
)
def test_not_missing(exchange: Exchange, expected: type[RuledOut] | type[Unknown] | None) -> None:
    found = not_missing(case_of(exchange))
    assert (found if found is None else type(found)) is expected


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None), Verdict.CONFIRMED, id="live"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), Verdict.LIKELY, id="doubtful-export"),
        pytest.param(refused(None, host="gateway.example"), Verdict.LIKELY, id="at-a-gateway"),
        pytest.param(refused(None, answer=twilio_answer(404, 20404, "x")), Verdict.LIKELY, id="not-found"),
        pytest.param(refused(None, answer=twilio_answer(401, 70052, "x")), Verdict.LIKELY, id="another-reason"),
        pytest.param(refused(None, answer=twilio_answer(401, 70004, "x")), Verdict.CONFIRMED, id="unauthorized"),
        pytest.param(refused(None, answer=twilio_answer(401, 57019, "x")), Verdict.CONFIRMED, id="header-missing"),
        pytest.param(refused(None, answer=twilio_answer(401, None, "")), Verdict.CONFIRMED, id="no-body"),
        pytest.param(refused(None, answer=FOREIGN), Verdict.LIKELY, id="answered-by-another"),
    ],
)
def test_sureness(exchange: Exchange, expected: Verdict) -> None:
    assert sureness(case_of(exchange)) is expected


def test_weaker() -> None:
    assert weaker(Verdict.CONFIRMED, Verdict.LIKELY) is Verdict.LIKELY
    assert weaker(Verdict.POSSIBLE, Verdict.LIKELY) is Verdict.POSSIBLE
    assert weaker(Verdict.CONFIRMED, Verdict.CONFIRMED) is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None), None, id="missing"),
        pytest.param(refused(None, answer=FOREIGN), None, id="answered-by-another"),
        pytest.param(refused(None, answer=Response(status=407, headers=())), Unknown, id="a-proxy-asks"),
        pytest.param(refused(GOOD), RuledOut, id="sent"),
        pytest.param(refused(None, extra=((b"X-Twilio-Token", b"x"),)), RuledOut, id="voice-sdk"),
    ],
)
def test_not_wanted_whoever_answered(exchange: Exchange, expected: type[RuledOut] | type[Unknown] | None) -> None:
    found = not_wanted(case_of(exchange))
    assert (found if found is None else type(found)) is expected


@pytest.mark.parametrize(
    ("client_side", "had", "certain", "expected"),
    [
        pytest.param(False, True, True, RuledOut, id="added-behind"),
        pytest.param(False, True, False, None, id="perhaps-added-behind"),
        pytest.param(False, False, True, None, id="missing-behind-too"),
        pytest.param(True, True, True, None, id="there-before"),
    ],
)
def test_a_header_that_a_gateway_adds_is_not_missing(
    client_side: bool, had: bool, certain: bool, expected: type[RuledOut] | None
) -> None:
    tap = Tap(
        index=1,
        host="api.twilio.com",
        had_authorization=had,
        same_value=False,
        had_pair=had,
        client_side=client_side,
        certain=certain,
    )
    found = not_missing(case_of(refused(None, host="gateway.example"), Bearing(taps=(tap,))))
    assert (found if found is None else type(found)) is expected
