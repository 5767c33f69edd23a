"""body-on-get: Twilio's edge refuses a GET with a body before anybody looks at the credentials."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, MESSAGES, SID, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import body_on_get
from analyzers.exchange import Exchange, Fidelity, Headers, Response
from analyzers.findings import RuledOut, Stands, Unknown, Verdict

CLOUDFRONT: Headers = ((b"Server", b"CloudFront"), (b"X-Cache", b"Error from cloudfront"))
PAGE = b"<HTML><TITLE>ERROR: The request could not be satisfied</TITLE></HTML>"
SQUID: Headers = ((b"Server", b"squid/6.10"), (b"X-Squid-Error", b"ERR_ACCESS_DENIED 0"))


def answer(headers: Headers = CLOUDFRONT, body: bytes = PAGE, status: int = 403) -> Response:
    return Response(status=status, headers=headers, body=body)


def get(
    body: bytes = b"{}",
    *,
    by: Response | None = None,
    method: str = "GET",
    extra: Headers = (),
    fidelity: Fidelity = Fidelity.FULL,
    authorization: bytes | None = GOOD,
    host: str = "api.twilio.com",
) -> Exchange:
    return refused(
        authorization, method=method, body=body, answer=by or answer(), extra=extra, fidelity=fidelity, host=host
    )


def standing(exchange: Exchange) -> list[tuple[str, str, str | None]]:
    diagnosis = diagnose_all([exchange], b"key")[0].diagnosis
    assert diagnosis is not None
    assert diagnosis.crashed == ()
    return [(finding.cause, finding.verdict.value, finding.nested_under) for finding in diagnosis.findings]


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(get(), Verdict.CONFIRMED, id="server-names-the-edge"),
        pytest.param(get(by=answer(((b"x-amz-cf-id", b"x"),), b"")), Verdict.CONFIRMED, id="header-of-the-edge"),
        pytest.param(
            get(by=answer(((b"Via", b"1.1 0a.cloudfront.net (CloudFront)"),))), Verdict.CONFIRMED, id="via-names-it"
        ),
        pytest.param(get(b"", extra=((b"Content-Length", b"2"),)), Verdict.CONFIRMED, id="announced-not-recorded"),
        pytest.param(get(authorization=None), Verdict.CONFIRMED, id="without-credentials"),
        pytest.param(get(authorization=basic(SID, b"x")), Verdict.CONFIRMED, id="with-bad-credentials"),
        pytest.param(get(host="verify.twilio.com"), Verdict.CONFIRMED, id="product-host"),
        pytest.param(get(fidelity=Fidelity.SANITIZED), Verdict.CONFIRMED, id="sanitised-with-a-body"),
        pytest.param(get(by=answer((), b"")), Verdict.LIKELY, id="nobody-is-named"),
        pytest.param(get(by=answer((), b"Access Denied")), Verdict.LIKELY, id="plain-text"),
        pytest.param(get(by=answer(SQUID)), Verdict.POSSIBLE, id="squid"),
        pytest.param(get(by=answer(((b"Server", b"nginx"),), b"")), Verdict.POSSIBLE, id="some-server"),
        pytest.param(get(by=answer((), PAGE)), Verdict.POSSIBLE, id="a-page-of-somebody"),
    ],
)
def test_a_get_with_a_body_and_a_403(exchange: Exchange, verdict: Verdict) -> None:
    found = body_on_get.check(case_of(exchange))

    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert (found.settle is None) == (verdict is Verdict.CONFIRMED)


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(get(b""), RuledOut, id="no-body"),
        pytest.param(get(b"", extra=((b"Content-Length", b"0"),)), RuledOut, id="empty-body"),
        pytest.param(get(b"", extra=((b"Content-Length", b"x" * 10**6),)), RuledOut, id="length-of-nonsense"),
        pytest.param(get(b"", fidelity=Fidelity.SANITIZED), Unknown, id="body-may-have-been-left-out"),
        pytest.param(get(method="POST"), RuledOut, id="post"),
        pytest.param(get(method="DELETE"), RuledOut, id="delete"),
        pytest.param(get(by=answer(status=401)), RuledOut, id="401"),
        pytest.param(refused(GOOD, method="GET", body=b"{}"), RuledOut, id="twilio-answered"),
        pytest.param(refused(GOOD, method="GET", body=b"{}", status=403, code=20403), RuledOut, id="twilio-forbade"),
        pytest.param(get(host="example.com"), Unknown, id="another-host"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[RuledOut] | type[Unknown]) -> None:
    assert isinstance(body_on_get.check(case_of(exchange)), outcome)


def test_it_leads_and_accounts_for_the_unknown_maker() -> None:
    assert standing(get()) == [
        ("body-on-get", "confirmed", None),
        ("answer-not-from-twilio", "possible", "body-on-get"),
    ]
    assert standing(get(by=answer(((b"Content-Type", b"text/plain"),), b""))) == [
        ("body-on-get", "likely", None),
        ("answer-not-from-twilio", "likely", "body-on-get"),
    ]


def test_a_proxy_that_names_itself_leads() -> None:
    assert standing(get(by=answer(SQUID)))[0] == ("answer-not-from-twilio", "confirmed", None)


def test_a_body_on_another_resource_counts_as_well() -> None:
    exchange = refused(GOOD, method="GET", path=MESSAGES % SID + b"?PageSize=1", body=b'""', answer=answer())

    assert standing(exchange)[0][:2] == ("body-on-get", "confirmed")


@pytest.mark.parametrize(
    ("by", "edge"),
    [pytest.param(answer(), True, id="edge"), pytest.param(answer(SQUID), False, id="squid")],
)
def test_the_evidence_is_body_and_status(by: Response, *, edge: bool) -> None:
    found = body_on_get.check(case_of(get(by=by)))

    assert isinstance(found, Stands)
    assert [each.where for each in found.evidence] == ["request.body", "response.status"]
    assert found.evidence[1].says.endswith("from CloudFront" if edge else "error code of Twilio")
    assert "without a body" in found.fix[0]


def test_without_an_answer_nothing_is_known() -> None:
    assert isinstance(body_on_get.check(case_of(replace(get(), response=None))), Unknown)


@pytest.mark.parametrize(
    ("length", "outcome"),
    [
        pytest.param(b" 0012 ", Stands, id="zeros-and-blanks"),
        pytest.param(b"000", RuledOut, id="only-zeros"),
        pytest.param(b"-1", RuledOut, id="negative"),
        pytest.param(b"1e3", RuledOut, id="no-number"),
    ],
)
def test_a_length_that_announces_a_body(length: bytes, outcome: type[Stands] | type[RuledOut]) -> None:
    assert isinstance(body_on_get.check(case_of(get(b"", extra=((b"Content-Length", length),)))), outcome)
