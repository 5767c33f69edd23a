"""wrong-host: websites, file servers, slips of a finger; no gateway, no mock, nothing that Twilio itself answered."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import wrong_host
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

NGINX = ((b"Server", b"nginx"), (b"Content-Type", b"text/html"))


def stranger(host: str, status: int = 404, **options: object) -> Exchange:
    """The request, answered by somebody without a mark of Twilio's."""
    made = refused(GOOD, host=host, **options)  # type: ignore[arg-type] # the options are those of `refused`
    return replace(made, response=Response(status=status, headers=NGINX, body=b"<html>"))


def unreachable(host: str, authorization: bytes | None = GOOD) -> Exchange:
    return replace(refused(authorization, host=host), response=None, error="Name or service not known")


def judge(exchange: Exchange) -> Outcome:
    return wrong_host.check(case_of(exchange))


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


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        pytest.param(stranger("api.twillio.com"), "twillio.com instead of twilio.com", id="misspelt-404"),
        pytest.param(stranger("api.twilo.com", 401), "twilo.com", id="misspelt-401"),
        pytest.param(stranger("api.twilio.co", 503), "twilio.co", id="misspelt-top"),
        pytest.param(stranger("api.twilio.org", 403), "twilio.org", id="org"),
        pytest.param(stranger("api.twilio.net", 404), "twilio.net", id="net"),
        pytest.param(unreachable("api.twillio.com"), "twillio.com", id="misspelt-unreachable"),
        pytest.param(unreachable("api.twillio.com", None), "twillio.com", id="misspelt-without-a-header"),
        pytest.param(stranger("www.twilio.com"), "www.twilio.com, which is a website", id="website-page"),
        pytest.param(stranger("twilio.com", 403), "twilio.com, which is a website", id="bare-domain"),
        pytest.param(stranger("www.twilio.com", 405), "www.twilio.com", id="website-405"),
        pytest.param(
            refused(GOOD, host="www.twilio.com", status=404, code=20404, message="was not found"),
            "www.twilio.com",
            id="website-20404",
        ),
        pytest.param(stranger("mms.twiliocdn.com", 403), "twiliocdn.com, which serves files", id="file-server"),
    ],
)
def test_wrong_hosts_are_proven(exchange: Exchange, words: str) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert words in found.says
    assert "https://api.twilio.com" in found.fix[0]
    assert_plain(found)
    assert next(iter(standing(exchange))) == "wrong-host"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(stranger("api-twilio.com", 401), id="glued-on-purpose-perhaps"),
        pytest.param(unreachable("apitwilio.com"), id="glued-unreachable"),
        pytest.param(refused(GOOD, host="www.twilio.com"), id="an-api-answered-at-the-website"),
        pytest.param(replace(unreachable("api.twillio.com"), refused_by_proxy=True), id="refused-on-this-machine"),
    ],
)
def test_likely_where_another_reading_is_left(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert_plain(found)


def test_a_proxy_that_asks_for_its_own_login_comes_first() -> None:
    exchange = stranger("www.twilio.com", 407)
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE
    assert_plain(found)
    assert next(iter(standing(exchange))) == "answer-not-from-twilio"


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(GOOD), RuledOut, id="right-host"),
        pytest.param(refused(GOOD, host="api.ie1.twilio.com"), RuledOut, id="dead-host"),
        pytest.param(refused(GOOD, host="brand-new.twilio.com", path=b"/v1/Things"), RuledOut, id="unknown-product"),
        pytest.param(refused(GOOD, host="localhost"), RuledOut, id="gateway-to-twilio"),
        pytest.param(refused(GOOD, host="twilio.internal.example"), RuledOut, id="own-gateway-to-twilio"),
        pytest.param(refused(GOOD, host="api-twilio.com"), RuledOut, id="look-alike-that-leads-to-twilio"),
        pytest.param(refused(GOOD, host="api.twillio.com"), RuledOut, id="misspelt-that-leads-to-twilio"),
        pytest.param(stranger("twilio.internal.example", 401), Unknown, id="own-gateway"),
        pytest.param(stranger("localhost", 401), Unknown, id="mock"),
        pytest.param(stranger("api.twilio", 401), Unknown, id="name-in-a-cluster"),
        pytest.param(stranger("twilio.test", 401), Unknown, id="test-name"),
        pytest.param(stranger("twilio-mock.com", 401), Unknown, id="named-mock"),
        pytest.param(stranger("api.twilio.com.example.org", 401), Unknown, id="own-domain-below"),
        pytest.param(stranger("www.twilio.com", path=b"/docs/usage/api"), RuledOut, id="documentation"),
        pytest.param(stranger("www.twilio.com", path=b"/console/api/v2/x"), RuledOut, id="pages-of-the-console"),
        pytest.param(stranger("www.twilio.com", path=b"/v2/authorize"), RuledOut, id="oauth-pages"),
        pytest.param(stranger("mms.twiliocdn.com", path=b"/%s/0f0f?Expires=1" % SID), Unknown, id="signed-media"),
        pytest.param(stranger("api.twillio.com", path=b"/robots.txt"), Unknown, id="another-page"),
        pytest.param(
            refused(GOOD, host="www.twilio.com", message="Policy evaluation failed"), RuledOut, id="credentials-read"
        ),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize("host", ["api.twillio.com", "www.twilio.com", "mms.twiliocdn.com", "api-twilio.com"])
def test_what_worked_is_never_diagnosed(host: str) -> None:
    assert diagnose_all([accepted(GOOD, host=host)], b"key")[0].diagnosis is None


def test_a_page_of_the_website_proves_no_credential() -> None:
    """A 200 at www.twilio.com says nothing of the pair, so the wrong host is blamed all the same."""
    page = accepted(GOOD, host="www.twilio.com", method="GET")
    assert standing(page, stranger("www.twilio.com", at=2.0))["wrong-host"] == ("confirmed", None)


def test_the_stranger_who_answered_is_a_consequence() -> None:
    found = standing(stranger("api.twillio.com", 401))
    assert next(iter(found)) == "wrong-host"
    assert found["answer-not-from-twilio"] == ("likely", "wrong-host")


def test_a_fault_of_the_pair_is_named_too() -> None:
    made = refused(basic(SID, TOKEN + b"\n"), host="api.twillio.com")
    found = standing(replace(made, response=Response(status=404, headers=NGINX)))
    assert next(iter(found)) == "wrong-host"
    assert "stray-characters" in found


@pytest.mark.parametrize("fidelity", list(Fidelity))
def test_it_rests_on_no_header(fidelity: Fidelity) -> None:
    found = judge(replace(stranger("api.twillio.com"), fidelity=fidelity))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("exchange", "step"),
    [
        pytest.param(stranger("api.twillio.com"), "Replace the secret: it was sent", id="answered"),
        pytest.param(unreachable("api.twillio.com"), "Replace the secret: it may have been", id="unreachable"),
    ],
)
def test_what_a_stranger_got_has_to_be_replaced(exchange: Exchange, step: str) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert any(step in each for each in found.fix)


@pytest.mark.parametrize("exchange", [stranger("www.twilio.com"), unreachable("api.twillio.com", None)])
def test_nothing_to_replace(exchange: Exchange) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert not any("Replace" in each for each in found.fix)


def test_the_host_of_a_product_is_kept() -> None:
    made = refused(basic(KEY, KEY_SECRET), host="verify.twillio.com", path=b"/v2/Services")
    found = judge(replace(made, response=Response(status=404, headers=NGINX)))
    assert isinstance(found, Stands)
    assert "https://verify.twilio.com" in found.fix[0]


def test_a_helper_library_builds_the_host_itself() -> None:
    found = judge(stranger("api.twillio.com", agent=b"twilio-python/9.11.0 (Linux x86_64) Python/3.13.1"))
    assert isinstance(found, Stands)
    assert any("twilio-python builds the host itself" in each for each in found.fix)


def test_only_the_registered_part_of_the_host_is_shown() -> None:
    found = judge(stranger(f"{KEY_SECRET.decode().lower()}.twillio.com"))
    assert isinstance(found, Stands)
    shown = repr(found)
    assert not any(KEY_SECRET.decode().lower()[at : at + 5] in shown for at in range(28))


@pytest.mark.parametrize(
    ("exchange", "host", "answered"),
    [
        pytest.param(stranger("www.twilio.com"), "www.twilio.com", "it answered 404", id="website"),
        pytest.param(stranger("WWW.Twilio.com."), "www.twilio.com", "it answered 404", id="final-dot-and-capitals"),
        pytest.param(stranger("api.twillio.com", 401), "twillio.com", "it answered 401", id="misspelt"),
        pytest.param(unreachable("api.twillio.com"), "twillio.com", None, id="unreachable"),
    ],
)
def test_host_path_and_answer_are_the_evidence(exchange: Exchange, host: str, answered: str | None) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    expected = [("request.headers", f"the host is {host}"), ("request.target", "the path is one of the REST API")]
    assert [(each.where, each.says) for each in found.evidence] == [
        *expected,
        *([("response.status", answered)] if answered else []),
    ]


@pytest.mark.parametrize(
    ("host", "path", "step"),
    [
        pytest.param("www.twilio.com", b"/v2/Services", "Send it to the product's own host", id="product-unknown"),
        pytest.param("verify.twillio.com", b"/v2/Services", "Send it to https://verify.twilio.com", id="product"),
    ],
)
def test_the_right_host_is_named_where_it_can_be_told(host: str, path: bytes, step: str) -> None:
    made = refused(basic(KEY, KEY_SECRET), host=host, path=path)
    found = judge(replace(made, response=Response(status=404, headers=NGINX)))
    assert isinstance(found, Stands)
    assert found.fix[0].startswith(step)


def test_what_was_read_is_ruled_out_for_that() -> None:
    found = judge(refused(GOOD, host="www.twilio.com", message="Policy evaluation failed"))
    assert isinstance(found, RuledOut)
    assert "not of the credentials" in found.because
