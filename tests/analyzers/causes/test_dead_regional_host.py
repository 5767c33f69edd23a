"""dead-regional-host: product.region without an edge, ended on 2026-04-28."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import dead_regional_host
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return dead_regional_host.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(dead_regional_host.RULE.hit(), b"key")
    assert any(r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == dead_regional_host.RULE.slug for r in hit)
    for result in diagnose_all(dead_regional_host.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert dead_regional_host.RULE.slug not in causes


BEFORE = -200 * 86400.0


def failed(host: str, **options: float) -> Exchange:
    return replace(
        refused(GOOD, host=host, at=options.get("at", 0.0)), response=None, error="certificate verify failed"
    )


@pytest.mark.parametrize(
    "host", ["api.ie1.twilio.com", "api.au1.twilio.com", "conversations.ie1.twilio.com", "API.IE1.twilio.com."]
)
@pytest.mark.parametrize("answered", [True, False])
def test_dead_form(host: str, *, answered: bool) -> None:
    exchange = refused(GOOD, host=host) if answered else failed(host)
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert any(".twilio.com" in step and "edge" in step for step in found.fix)
    assert_plain(found)
    assert next(iter(standing(exchange))) == "dead-regional-host"


@pytest.mark.parametrize("region", ["br1", "de1", "jp1", "sg1", "us2"])
def test_legacy_regions_lead_to_us1(region: str) -> None:
    found = judge(failed(f"api.{region}.twilio.com"))
    assert isinstance(found, Stands)
    assert "Use api.twilio.com" in found.fix[0]


def test_before_the_end_the_host_still_answered() -> None:
    found = judge(refused(GOOD, host="api.ie1.twilio.com", at=BEFORE))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


def test_without_a_clock_the_date_of_the_answer_counts() -> None:
    exchange = replace(refused(GOOD, host="api.ie1.twilio.com"), started_at=None)
    assert exchange.response is not None
    headers = tuple((n, b"Mon, 02 Feb 2026 10:00:00 GMT" if n == b"Date" else v) for n, v in exchange.response.headers)
    found = judge(replace(exchange, response=replace(exchange.response, headers=headers)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


@pytest.mark.parametrize(
    "host",
    [
        "api.twilio.com",
        "api.us1.twilio.com",
        "api.dublin.ie1.twilio.com",
        "api.ashburn.us1.twilio.com",
        "ie1.twilio.com",
        "mcs.us1.twilio.com",
        "mcs.ie1.twilio.com",
        "api.staging.twilio.com",
        "api.ie1.twilio.com.example.org",
        "api.ie1.example.com",
    ],
)
def test_near_misses(host: str) -> None:
    assert isinstance(judge(refused(GOOD, host=host)), RuledOut)


@pytest.mark.parametrize("host", ["api.twilio.com", "api.us1.twilio.com", "api.dublin.ie1.twilio.com"])
def test_failed_connection_to_a_living_host_is_not_diagnosed(host: str) -> None:
    assert diagnose_all([failed(host)], b"key")[0].diagnosis is None


def test_a_host_that_still_does_its_work_is_not_accused() -> None:
    host = "api.ie1.twilio.com"
    assert isinstance(judge(accepted(GOOD, host=host), refused(GOOD, host=host, at=1)), RuledOut)
    assert isinstance(judge(refused(GOOD, host=host, message="Policy evaluation failed")), RuledOut)


def test_fault_of_the_pair_is_named_too() -> None:
    found = standing(refused(basic(SID, TOKEN + b"\n"), host="api.ie1.twilio.com"))
    assert [cause for cause in found if cause != "pair-refused"] == ["dead-regional-host", "stray-characters"]


def test_the_check_always_decides() -> None:
    assert not isinstance(judge(refused(None)), Unknown)


END = 1777334400.0


@pytest.mark.parametrize(
    ("started", "verdict"),
    [
        pytest.param(END - 1, Verdict.LIKELY, id="a-second-before"),
        pytest.param(END, Verdict.CONFIRMED, id="at-midnight"),
        pytest.param(END + 1, Verdict.CONFIRMED, id="a-second-after"),
    ],
)
def test_the_end_is_a_moment(started: float, verdict: Verdict) -> None:
    found = judge(replace(refused(GOOD, host="api.ie1.twilio.com"), started_at=started))
    assert isinstance(found, Stands)
    assert found.verdict is verdict


def test_without_clock_and_answer_the_form_is_dead() -> None:
    found = judge(replace(failed("api.ie1.twilio.com"), started_at=None))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


def test_a_date_that_is_none_makes_no_exception() -> None:
    exchange = replace(refused(GOOD, host="api.ie1.twilio.com"), started_at=None)
    assert exchange.response is not None
    headers = tuple((n, b"soon" if n == b"Date" else v) for n, v in exchange.response.headers)
    found = judge(replace(exchange, response=replace(exchange.response, headers=headers)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("host", "region", "step"),
    [
        ("api.ie1.twilio.com", "ie1", "Use api.dublin.ie1.twilio.com"),
        ("verify.au1.twilio.com", "au1", "Use verify.sydney.au1.twilio.com"),
        ("verify.us2.twilio.com", "us2", "Use verify.twilio.com"),
    ],
)
def test_the_host_to_use_is_named(host: str, region: str, step: str) -> None:
    found = judge(refused(GOOD, host=host))
    assert isinstance(found, Stands)
    assert [each.where for each in found.evidence] == ["request.headers"]
    assert f"the region {region} " in found.evidence[0].says
    assert found.fix[0].startswith(step)
