"""bearer-expired: exp strictly before the Date of Twilio's own answer, and no other clock."""

import base64
import json
from dataclasses import replace

import pytest

from analyzers.building import DATE, GOOD, TIME, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import bearer_expired
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(claims: dict[str, object]) -> bytes:
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in ({"alg": "RS256"}, claims))
    return b"Bearer " + b".".join(parts) + b".c2lnbmF0dXJl"


def dated(exchange: Exchange, date: bytes | None) -> Exchange:
    response = exchange.response
    assert response is not None
    kept = tuple(header for header in response.headers if header[0] != b"Date")
    return replace(exchange, response=replace(response, headers=kept if date is None else (*kept, (b"Date", date))))


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return bearer_expired.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(bearer_expired.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == bearer_expired.RULE.slug for r in hit)
    for result in diagnose_all(bearer_expired.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert bearer_expired.RULE.slug not in causes


@pytest.mark.parametrize(
    ("expires", "words"),
    [
        pytest.param(TIME - 1, "1 second before", id="a-second"),
        pytest.param(TIME - 0.5, "1 second before", id="half-a-second"),
        pytest.param(TIME - 90, "90 seconds before", id="a-minute-and-a-half"),
        pytest.param(TIME - 3600, "60 minutes before", id="an-hour"),
        pytest.param(TIME - 86400 * 10, "10 days before", id="ten-days"),
        pytest.param(1, "days before", id="1970"),
    ],
)
def test_expired(expires: float, words: str) -> None:
    found = judge(refused(bearer({"exp": expires})))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert "2026-11-03 11:14:08 UTC" in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(bearer({"exp": TIME}), RuledOut, id="at-that-very-second"),
        pytest.param(bearer({"exp": TIME + 1}), RuledOut, id="a-second-later"),
        pytest.param(bearer({"exp": TIME * 1000}), Unknown, id="milliseconds"),
        pytest.param(bearer({"exp": str(TIME - 100)}), Unknown, id="text"),
        pytest.param(bearer({"exp": True}), Unknown, id="true"),
        pytest.param(bearer({"exp": float("nan")}), Unknown, id="nan"),
        pytest.param(bearer({"exp": float("-inf")}), Unknown, id="infinity"),
        pytest.param(bearer({"exp": 10**400}), Unknown, id="huge"),
        pytest.param(bearer({"exp": -(10**15)}), Unknown, id="before-the-calendar"),
        pytest.param(bearer({"nbf": TIME - 100}), Unknown, id="no-exp"),
        pytest.param(b"Bearer abc", Unknown, id="no-jwt"),
        pytest.param(GOOD, RuledOut, id="basic"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


@pytest.mark.parametrize("date", [b"", b"yesterday", b"Tue, 99 Nov 2026 11:14:08 GMT", b"\xff", b"0"])
def test_unreadable_date_is_unknown(date: bytes) -> None:
    exchange = refused(bearer({"exp": TIME - 100}))
    assert isinstance(judge(dated(exchange, date)), Unknown)


def test_without_a_date_the_local_clock_is_not_asked() -> None:
    exchange = refused(bearer({"exp": TIME - 100}))
    assert isinstance(judge(dated(exchange, None)), Unknown)


def test_date_of_somebody_else_proves_nothing() -> None:
    answer = Response(status=401, headers=((b"Date", DATE), (b"Server", b"nginx")))
    assert isinstance(judge(refused(bearer({"exp": TIME - 100}), answer=answer)), Unknown)


def test_other_zones_are_turned_into_utc() -> None:
    exchange = dated(refused(bearer({"exp": TIME - 100})), b"Tue, 03 Nov 2026 13:14:08 +0200")
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert "at 2026-11-03 11:14:08 UTC" in found.says


def test_expired_token_leads_before_the_residual_cause() -> None:
    found = standing(refused(bearer({"exp": TIME - 100})))
    assert next(iter(found)) == "bearer-expired"
    assert found["pair-refused"][0] == "possible"
