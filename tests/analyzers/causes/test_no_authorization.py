import pytest

from analyzers.building import GOOD, KEY, accepted, refused, twilio_answer
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes.no_authorization import RULE, check
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import RuledOut, Stands, Unknown, Verdict

FOREIGN = Response(status=401, headers=((b"Server", b"nginx"),), body=b"<html></html>")


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(None), Verdict.CONFIRMED, id="bare"),
        pytest.param(refused(None, agent=b"Go-http-client/1.1"), Verdict.CONFIRMED, id="go"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), Verdict.LIKELY, id="doubtful-export"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), Unknown, id="sanitized-export"),
        pytest.param(refused(GOOD), RuledOut, id="sent"),
        pytest.param(refused(b""), RuledOut, id="sent-empty"),
        pytest.param(refused(None, answer=FOREIGN), Unknown, id="answered-by-another"),
        pytest.param(refused(None, host="oauth.twilio.com", path=b"/v2/token"), RuledOut, id="token-endpoint"),
        pytest.param(refused(None, extra=((b"X-Twilio-Token", b"eyJ.e30.x"),), code=20107), RuledOut, id="voice-sdk"),
    ],
)
def test_verdict(exchange: Exchange, expected: object) -> None:
    outcome = check(case_of(exchange))
    assert (outcome.verdict if isinstance(outcome, Stands) else type(outcome)) is expected


def test_a_doubtful_export_names_what_would_settle_it() -> None:
    outcome = check(case_of(refused(None, fidelity=Fidelity.DOUBTFUL)))
    assert isinstance(outcome, Stands)
    assert outcome.settle == RULE.settle
    assert "or the export left it out" in outcome.says


def test_the_fix_is_written_for_the_client() -> None:
    outcome = check(case_of(refused(None, agent=b"curl/8.14.1")))
    assert isinstance(outcome, Stands)
    assert "curl -u" in outcome.fix[0]


def test_a_request_that_worked_without_is_not_diagnosed() -> None:
    assert diagnose_all([accepted(None)], b"key")[0].diagnosis is None


def test_another_code_of_the_same_status_counts_too() -> None:
    found = diagnose_all([refused(None, answer=twilio_answer(401, 70004, "Unauthorized"))], b"key")[0].diagnosis
    assert found is not None
    assert found.top is not None
    assert found.top.cause == "no-authorization"
    assert KEY.decode() not in found.says


def test_at_a_gateway_that_may_log_in_itself_it_is_likely() -> None:
    outcome = check(case_of(refused(None, host="gateway.example")))
    assert isinstance(outcome, Stands)
    assert (outcome.verdict, outcome.settle) == (Verdict.LIKELY, RULE.settle)


def test_at_a_gateway_that_logs_in_itself_nothing_is_missing() -> None:
    one = b"RQ" + b"1" * 32
    front = refused(None, host="gateway.example", message="Authenticate", request_id=one)
    inside = refused(GOOD, at=0.02, request_id=one)
    found = [result.diagnosis for result in diagnose_all([front, inside], b"key")]
    assert all(each is not None and RULE.slug in dict(each.ruled_out) for each in found)


def test_a_code_that_gives_another_reason_makes_it_likely() -> None:
    outcome = check(case_of(refused(None, answer=twilio_answer(401, 70052, "Public Key Client Validation required"))))
    assert isinstance(outcome, Stands)
    assert outcome.verdict is Verdict.LIKELY


def test_what_was_sent_is_counted() -> None:
    outcome = check(case_of(refused(None, extra=((b"Accept", b"*/*"),))))
    assert isinstance(outcome, Stands)
    assert outcome.says == "No Authorization header was sent"
    assert [(each.where, each.says) for each in outcome.evidence] == [
        ("request.headers", "3 headers, none is Authorization")
    ]
