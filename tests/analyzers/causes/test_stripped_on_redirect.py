from dataclasses import replace

import judging
import pytest

from analyzers.bearing import Bearing, Hop
from analyzers.building import GOOD, MESSAGES, SID, TOKEN, accepted, basic, redirected, refused, twilio_answer
from analyzers.building_tokens import client_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.causes.stripped_on_redirect import RULE
from analyzers.diagnosis import Diagnosis
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import HISTORY, Finding, Stands
from analyzers.redirect_rules import Step

PATH = MESSAGES % SID
URL = b"https://api.twilio.com" + PATH
CAUSE = "stripped-on-redirect"


def last(*exchanges: Exchange) -> Diagnosis:
    found = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert found is not None
    return found


def stripped(diagnosis: Diagnosis) -> Finding | None:
    return next((finding for finding in diagnosis.findings if finding.cause == CAUSE), None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_status_counts(status: int) -> None:
    found = last(redirected(GOOD, URL, status, scheme="http"), refused(None, at=0.3))
    assert found.top is not None
    assert (found.top.cause, found.top.verdict.value) == (CAUSE, "confirmed")
    assert str(status) in found.says


def test_the_sentence_names_client_status_and_step() -> None:
    found = last(
        redirected(GOOD, URL, 301, scheme="http", agent=b"curl/8.14.1"), refused(None, at=0.1, agent=b"curl/8.14.1")
    )
    assert found.says == "curl dropped Authorization when it followed a 301 redirect from http to https"
    assert found.top is not None
    assert found.top.fix[0] == f"Call {URL.decode()} directly, without the redirect"
    assert "Replace the secret: the first request carried it unencrypted" in found.top.fix
    assert any("measured: curl" in step or "measured: some clients" in step for step in found.top.fix)
    assert [advice.kind for advice in found.advice] == ["credential-over-http"]


def test_a_post_that_became_a_get_is_named() -> None:
    found = last(redirected(GOOD, URL, 302, host="a.example"), refused(None, at=0.1, method="GET"))
    assert found.says.endswith("to another host, and POST became GET")
    assert found.top is not None
    assert "Send POST there" in found.top.fix[1]


def test_a_chain_is_told_hop_by_hop() -> None:
    found = last(
        redirected(GOOD, b"https://b.example/x", 302, host="a.example", path=b"/start"),
        redirected(None, URL, 307, host="b.example", path=b"/x", at=0.2, connection="c2"),
        refused(None, at=0.4, connection="c3"),
    )
    assert "chain of 2 redirects" in found.says
    assert found.top is not None
    assert [(e.where, e.index) for e in found.top.evidence] == [(HISTORY, 0), (HISTORY, 1)]
    assert "with Authorization was answered 302" in found.top.evidence[0].says
    assert "without Authorization was answered 307" in found.top.evidence[1].says
    assert "on another connection" in found.top.evidence[1].says


@pytest.mark.parametrize(
    ("location", "host"),
    [
        pytest.param(PATH, "api.twilio.com", id="relative"),
        pytest.param(b"//api.twilio.com" + PATH, "a.example", id="scheme-relative"),
        pytest.param(b"https://API.Twilio.com:443" + PATH, "a.example", id="case-and-default-port"),
        pytest.param(b"https://api.twilio.com" + PATH.replace(b"A", b"%41"), "a.example", id="percent-encoded"),
    ],
)
def test_every_form_of_location_is_followed(location: bytes, host: str) -> None:
    path = PATH if host != "api.twilio.com" else b"/old" + PATH
    assert stripped(last(redirected(GOOD, location, 301, host=host, path=path), refused(None, at=0.1)))


def test_the_helper_libraries_are_not_blamed() -> None:
    agent = b"twilio-python/9.13.0 (Linux x86_64) Python/3.11.7"
    found = last(redirected(GOOD, URL, 301, scheme="http", agent=agent), refused(None, at=0.1, agent=agent))
    assert found.top is not None
    assert any("itself never follows redirects" in step for step in found.top.fix)


def another_client(exchange: Exchange) -> Exchange:
    return replace(exchange, client_address="198.51.100.9")


NEAR_MISSES = [
    pytest.param((redirected(None, URL, 301, scheme="http"), refused(None, at=0.1)), id="never-had-it"),
    pytest.param((redirected(GOOD, URL, 301, scheme="http"), refused(None, at=60.0)), id="a-minute-later"),
    pytest.param((redirected(GOOD, URL + b"?Page=1", 301, scheme="http"), refused(None, at=0.1)), id="to-another-url"),
    pytest.param((redirected(GOOD, URL, 304, scheme="http"), refused(None, at=0.1)), id="304-is-no-redirect"),
    pytest.param((redirected(GOOD, URL, 301, scheme="http"), refused(GOOD, at=0.1)), id="kept"),
    pytest.param((accepted(GOOD), refused(None, at=0.1)), id="no-redirect"),
    pytest.param((redirected(GOOD, b"\xff://[", 301, scheme="http"), refused(None, at=0.1)), id="broken-location"),
]


@pytest.mark.parametrize("exchanges", NEAR_MISSES)
def test_near_miss(exchanges: tuple[Exchange, ...]) -> None:
    assert stripped(last(*exchanges)) is None


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(another_client(refused(None, at=0.1)), id="other-address"),
        pytest.param(refused(None, at=0.1, agent=b"curl/8.0"), id="other-agent"),
    ],
)
def test_another_client_is_only_likely(second: Exchange) -> None:
    finding = stripped(last(redirected(GOOD, URL, 301, scheme="http"), second))
    assert finding is not None
    assert finding.verdict.value == "likely"
    assert finding.settle


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        pytest.param(
            redirected(GOOD, URL, 301, scheme="http"), refused(None, at=4.0), "confirmed", id="in-four-seconds"
        ),
        pytest.param(redirected(GOOD, URL, 301, scheme="http"), refused(None, at=20.0), "likely", id="in-twenty"),
        pytest.param(
            redirected(GOOD, URL, 302, host="a.example"), refused(None, at=0.1), "confirmed", id="foreign-host"
        ),
        pytest.param(
            redirected(basic(b"alice", b"password"), URL, 302, host="a.example"),
            refused(None, at=0.1),
            "likely",
            id="login-of-the-foreign-host",
        ),
        pytest.param(
            redirected(b"Bearer x.y.z", URL, 301, scheme="http"),
            refused(None, at=0.1),
            "confirmed",
            id="bearer-for-twilio",
        ),
        pytest.param(
            redirected(GOOD, URL, 301, scheme="http"),
            refused(None, at=0.1, fidelity=Fidelity.DOUBTFUL),
            "likely",
            id="doubtful-export",
        ),
    ],
)
def test_how_sure(first: Exchange, second: Exchange, verdict: str) -> None:
    finding = stripped(last(first, second))
    assert finding is not None
    assert finding.verdict.value == verdict
    assert (finding.settle is None) == (verdict == "confirmed")


def test_a_login_for_another_host_is_no_credential_for_twilio() -> None:
    finding = stripped(last(redirected(b"Bearer session", URL, 302, host="a.example"), refused(None, at=0.1)))
    assert finding is not None
    assert "what the first one carried was no Twilio pair" in finding.fix[1]


def test_a_token_endpoint_wants_none() -> None:
    url = b"https://oauth.twilio.com/v2/token"
    first = redirected(GOOD, url, 307, host="oauth.twilio.com", path=b"/v2/token", scheme="http")
    found = last(first, refused(None, host="oauth.twilio.com", path=b"/v2/token", at=0.1))
    assert CAUSE in dict(found.ruled_out)


def test_a_method_that_changed_later_in_the_chain_is_named() -> None:
    found = last(
        redirected(GOOD, b"https://b.example/x", 307, host="a.example", path=b"/start"),
        redirected(None, URL, 302, host="b.example", path=b"/x", at=0.2),
        refused(None, at=0.4, method="GET"),
    )
    assert found.says.endswith("chain of 2 redirects, and POST became GET")


def test_the_fix_tells_how_to_stop_at_a_redirect() -> None:
    finding = stripped(last(redirected(GOOD, URL, 301, scheme="http"), refused(None, at=0.1)))
    assert finding is not None
    assert any("allow_redirects=False" in step for step in finding.fix)


def test_without_clocks_it_is_only_likely() -> None:
    first = replace(redirected(GOOD, URL, 301, scheme="http"), started_at=None, finished_at=None)
    finding = stripped(last(first, replace(refused(None), started_at=None, finished_at=None)))
    assert finding is not None
    assert finding.verdict.value == "likely"


def test_a_sanitized_export_decides_nothing() -> None:
    found = last(redirected(None, URL, 301, scheme="http"), refused(None, at=0.1, fidelity=Fidelity.SANITIZED))
    assert CAUSE in dict(found.unknown)


def test_a_redirect_on_a_working_request_is_not_diagnosed() -> None:
    results = diagnose_all([redirected(GOOD, URL, 301, scheme="http"), accepted(GOOD, at=0.1)], b"key")
    assert [result.diagnosis for result in results] == [None, None]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        pytest.param(Response(status=403, headers=((b"Server", b"squid"),)), "likely", id="squid"),
        pytest.param(Response(status=401, headers=()), "likely", id="nobody-known"),
        pytest.param(Response(status=407, headers=((b"Proxy-Authenticate", b"NTLM"),)), None, id="a-proxy-asks"),
        pytest.param(twilio_answer(401, 70052, "Public Key Client Validation required"), "likely", id="other-code"),
        pytest.param(twilio_answer(401, 20003, "Authenticate"), "confirmed", id="twilio"),
        pytest.param(twilio_answer(401, None, ""), "confirmed", id="twilio-without-a-body"),
    ],
)
def test_only_an_answer_of_twilio_to_a_missing_header_confirms_it(answer: Response, verdict: str | None) -> None:
    found = stripped(last(redirected(GOOD, URL, 301, scheme="http"), refused(None, at=0.3, answer=answer)))
    assert (found.verdict.value if found else None) == verdict
    assert found is None or (found.settle is None) == (verdict == "confirmed")


def test_the_event_of_a_client_sdk_needs_no_header() -> None:
    event = b"https://eventgw.twilio.com/v4/EndpointEvents"
    found = last(redirected(GOOD, event, 307, host="app.example"), voice_event(client_token(TOKEN), at=0.2))
    assert stripped(found) is None


RECORDING = b"/2010-04-01/Accounts/%s/Recordings/RE%s" % (SID, b"5" * 32)


def hop(**changes: object) -> Hop:
    made = Hop(
        method="POST",
        url="http://a.example/x",
        scheme="http",
        host="a.example",
        status=302,
        had_authorization=True,
        step=Step.OTHER_HOST,
        gap=0.1,
        same_client=True,
        same_connection=None,
        method_changed=False,
        index=4,
        had_twilio_pair=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # the fields are those of Hop


def judged(exchange: Exchange, *hops: Hop) -> Stands:
    found = judging.judged(RULE, exchange, Bearing(hops=hops))
    assert isinstance(found, Stands)
    return found


def test_only_the_way_behind_the_last_header_is_told() -> None:
    kept, lost = hop(index=1), hop(index=2, status=301, step=Step.HTTP_TO_HTTPS)
    found = judged(refused(None), kept, lost)
    assert found.says.endswith("when it followed a 301 redirect from http to https")
    assert [each.index for each in found.evidence] == [2]
    longer = judged(refused(None), kept, lost, hop(index=3, had_authorization=False))
    assert longer.says.endswith("when it followed a chain of 2 redirects")
    assert [each.index for each in longer.evidence] == [2, 3]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, " with Authorization was answered 302, followed after 0.10 s", id="as-usual"),
        pytest.param({"gap": None}, " with Authorization was answered 302", id="no-clock"),
        pytest.param(
            {"same_connection": False},
            " with Authorization was answered 302, followed after 0.10 s, on another connection",
            id="another-connection",
        ),
        pytest.param(
            {"same_connection": True}, " with Authorization was answered 302, followed after 0.10 s", id="the-same"
        ),
    ],
)
def test_a_hop_is_told_with_what_is_known(changes: dict[str, object], told: str) -> None:
    found = judged(refused(None), hop(**changes))
    assert [each.says for each in found.evidence] == [f"POST http://a.example/x{told}"]


@pytest.mark.parametrize(
    ("path", "had_twilio_pair", "expected"),
    [
        pytest.param(RECORDING, False, "possible", id="login-of-an-application-that-links-to-a-file"),
        pytest.param(RECORDING, True, "confirmed", id="twilio-pair-for-a-file"),
        pytest.param(PATH, False, "likely", id="login-of-another-host"),
        pytest.param(PATH, True, "confirmed", id="twilio-pair"),
    ],
)
def test_what_was_dropped_need_not_be_meant_for_twilio(path: bytes, expected: str, *, had_twilio_pair: bool) -> None:
    exchange = refused(None, method="GET", path=path)
    assert judged(exchange, hop(method="GET", had_twilio_pair=had_twilio_pair)).verdict.value == expected


SQUID = Response(status=403, headers=((b"Server", b"squid"),))


@pytest.mark.parametrize(
    ("exchange", "gap", "settle"),
    [
        pytest.param(refused(None), 20.0, "capture both requests", id="late"),
        pytest.param(refused(None, answer=SQUID), 20.0, "capture both requests", id="late-and-a-stranger"),
        pytest.param(refused(None, answer=SQUID), 0.1, "look at an answer made by Twilio", id="a-stranger"),
        pytest.param(refused(None, fidelity=Fidelity.DOUBTFUL), 0.1, "capture both requests", id="doubtful-export"),
        pytest.param(replace(refused(None), response=None), 0.1, "look at an answer made by Twilio", id="no-answer"),
        pytest.param(refused(None), 0.1, None, id="sure"),
    ],
)
def test_what_would_settle_it(exchange: Exchange, gap: float, settle: str | None) -> None:
    found = judged(exchange, hop(gap=gap))
    assert found.settle is None if settle is None else (found.settle or "").startswith(settle)


@pytest.mark.parametrize(
    ("agent", "name"), [(b"curl/8.14.1", "curl"), (b"", "The client"), (b"strange-thing/1", "The client")]
)
def test_who_dropped_it(agent: bytes, name: str) -> None:
    assert judged(refused(None, agent=agent), hop()).says.startswith(f"{name} dropped Authorization")


@pytest.mark.parametrize(
    ("hops", "replace_it"),
    [
        pytest.param((hop(),), True, id="sent-over-http"),
        pytest.param((hop(scheme="https"),), False, id="sent-over-https"),
        pytest.param((hop(scheme="https"), hop(had_authorization=False)), False, id="http-without-the-header"),
    ],
)
def test_only_what_went_over_http_is_to_be_replaced(hops: tuple[Hop, ...], *, replace_it: bool) -> None:
    found = judged(refused(None), *hops)
    assert any(step.startswith("Replace the secret") for step in found.fix) is replace_it


@pytest.mark.parametrize(
    ("changes", "version", "told"),
    [
        pytest.param({}, b"1.21.3", "measured: wget (1.21.3 (Debian)) drops", id="measured-so"),
        pytest.param({}, b"9.9", "; this is 9.9", id="another-release"),
        pytest.param({"status": 301}, b"1.21.3", "", id="another-status"),
        pytest.param({"method": "POST"}, b"1.21.3", "", id="another-method"),
    ],
)
def test_the_measurement_is_that_of_the_very_case(changes: dict[str, object], version: bytes, told: str) -> None:
    exchange = refused(None, method="GET", agent=b"Wget/" + version)
    found = judged(exchange, hop(**{"method": "GET", "step": Step.SAME_ORIGIN, **changes}))
    steps = [step for step in found.fix if step.startswith("Do not count on redirects here")]
    assert bool(steps) is bool(told)
    assert told in " ".join(steps)
