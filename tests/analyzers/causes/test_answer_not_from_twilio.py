"""answer-not-from-twilio: another product's marks confirm, missing marks do not."""

from dataclasses import replace

import pytest
from judging import checked

from analyzers.building import GOOD, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import answer_not_from_twilio
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return checked(answer_not_from_twilio.RULE, replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(answer_not_from_twilio.RULE.hit(), b"key")
    assert any(
        r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == answer_not_from_twilio.RULE.slug for r in hit
    )
    for result in diagnose_all(answer_not_from_twilio.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert answer_not_from_twilio.RULE.slug not in causes


PAGE = b"<html><head><title>Access Denied</title></head><body>%s</body></html>"
EDGE = (
    (b"Server", b"CloudFront"),
    (b"X-Cache", b"Error from cloudfront"),
    (b"Via", b"1.1 x.cloudfront.net (CloudFront)"),
)


def answered(status: int, *headers: tuple[bytes, bytes], body: bytes = b"") -> Exchange:
    return refused(GOOD, answer=Response(status=status, headers=headers, body=body))


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(answered(407), id="407-alone"),
        pytest.param(answered(407, (b"Proxy-Authenticate", b"NTLM")), id="407"),
        pytest.param(answered(401, (b"Server", b"squid/6.10")), id="squid"),
        pytest.param(answered(403, (b"Server", b"Zscaler/6.2")), id="zscaler"),
        pytest.param(answered(403, (b"X-Squid-Error", b"ERR_ACCESS_DENIED 0")), id="squid-error"),
        pytest.param(answered(401, (b"Proxy-Authenticate", b"Negotiate")), id="proxy-authenticate"),
        pytest.param(answered(401, (b"WWW-Authenticate", b"NTLM")), id="ntlm"),
        pytest.param(answered(401, (b"WWW-Authenticate", b"Negotiate")), id="negotiate"),
        pytest.param(answered(401, (b"WWW-Authenticate", b'Basic realm="Corporate gateway"')), id="another-realm"),
        pytest.param(answered(403, (b"Content-Type", b"text/html"), body=PAGE % b"FortiGuard Web Filter"), id="page"),
        pytest.param(
            answered(401, (b"Server", b"squid"), body=b'{"code":401,"message":"denied"}'), id="status-number-as-code"
        ),
    ],
)
def test_marks_of_another_product_confirm(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert_plain(found)
    assert next(iter(standing(exchange))) == "answer-not-from-twilio"


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(answered(401, (b"Server", b"nginx")), Verdict.LIKELY, id="nginx"),
        pytest.param(
            answered(403, (b"Content-Type", b"text/html"), body=PAGE % b"no"), Verdict.LIKELY, id="plain-page"
        ),
        pytest.param(answered(401, (b"Via", b"1.1 gw (squid/6.10)")), Verdict.LIKELY, id="passed-on-by-squid"),
        pytest.param(answered(401, (b"WWW-Authenticate", b"Bearer")), Verdict.LIKELY, id="no-realm"),
        pytest.param(answered(403, *EDGE), Verdict.POSSIBLE, id="edge"),
        pytest.param(answered(403, *EDGE, (b"Via", b"1.1 gw (squid/6.10)")), Verdict.POSSIBLE, id="edge-through-squid"),
    ],
)
def test_missing_marks_alone_never_confirm(exchange: Exchange, verdict: Verdict) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert_plain(found)


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(GOOD), RuledOut, id="twilio"),
        pytest.param(answered(401, (b"Twilio-Request-Id", b"RQ1"), (b"Server", b"squid")), RuledOut, id="request-id"),
        pytest.param(answered(401, (b"WWW-Authenticate", b'Basic realm="Twilio API"')), RuledOut, id="realm"),
        pytest.param(
            answered(
                401, (b"Via", b"squid"), body=b'{"code":20003,"more_info":"https://www.twilio.com/docs/errors/20003"}'
            ),
            RuledOut,
            id="body",
        ),
        pytest.param(
            answered(401, (b"Server", b"squid"), body=b'{"code":20003,"message":"Authenticate"}'),
            Unknown,
            id="code-only",
        ),
        pytest.param(answered(401), Unknown, id="headers-not-recorded"),
        pytest.param(answered(404, (b"Server", b"squid")), Unknown, id="404"),
        pytest.param(replace(refused(GOOD), response=None), RuledOut, id="no-answer"),
        pytest.param(replace(refused(GOOD), response=None, refused_by_proxy=True), RuledOut, id="refused-by-us"),
        pytest.param(
            replace(answered(407, (b"Server", b"squid")), refused_by_proxy=True),
            RuledOut,
            id="refused-by-us-with-an-answer",
        ),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param(9999, Stands, id="four-digits"),
        pytest.param(10000, Unknown, id="the-smallest-of-twilio"),
        pytest.param(0, Stands, id="zero"),
    ],
)
def test_a_code_of_twilio_has_five_digits(code: int, outcome: type[Outcome]) -> None:
    exchange = answered(401, (b"Server", b"squid"), body=b'{"code":%d,"message":"denied"}' % code)
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize(
    ("exchange", "step"),
    [
        pytest.param(answered(407), "without the proxy or gateway", id="proxy"),
        pytest.param(answered(401, (b"Server", b"nginx")), "without the proxy or gateway", id="no-mark"),
        pytest.param(answered(403, *EDGE), "Send a GET without a body", id="edge"),
    ],
)
def test_the_fix_is_for_whoever_may_have_answered(exchange: Exchange, step: str) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert step in found.fix[0]


def test_the_near_miss_is_twilios_own_refusal_through_a_named_proxy() -> None:
    (near,) = answer_not_from_twilio.RULE.miss()
    response = near.response
    assert response is not None
    assert near.request == refused(GOOD).request
    assert response.first(b"twilio-request-id")
    assert b"squid" in (response.first(b"via") or b"")
    assert isinstance(judge(near), RuledOut)


def test_header_values_of_the_stranger_are_not_quoted() -> None:
    exchange = answered(401, (b"Server", b"squid hunter2"), (b"WWW-Authenticate", b'Basic realm="hunter2"'))
    assert "hunter2" not in repr(judge(exchange))


def test_missing_header_is_not_blamed_for_a_strangers_answer() -> None:
    exchange = refused(None, answer=Response(status=407, headers=((b"Server", b"squid"),)))
    assert list(standing(exchange)) == ["answer-not-from-twilio"]


def test_other_hosts_are_none_of_our_business() -> None:
    exchange = refused(GOOD, host="api.github.com", answer=Response(status=401, headers=((b"Server", b"squid"),)))
    assert diagnose_all([exchange], b"key")[0].diagnosis is None
