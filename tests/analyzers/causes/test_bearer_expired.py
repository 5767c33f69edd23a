"""bearer-expired: exp strictly before the Date of Twilio's own answer, and no other clock."""

from dataclasses import replace

import pytest
from judging import checked, spots

from analyzers.building import DATE, GOOD, SID, TIME, TOKEN, accepted, basic, refused
from analyzers.building_tokens import client_token, make_jwt, oauth_token, validation_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import bearer_expired
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(claims: dict[str, object]) -> bytes:
    return b"Bearer " + oauth_token(**claims)


def dated(exchange: Exchange, date: bytes | None) -> Exchange:
    response = exchange.response
    assert response is not None
    kept = tuple(header for header in response.headers if header[0] != b"Date")
    return replace(exchange, response=replace(response, headers=kept if date is None else (*kept, (b"Date", date))))


def judge(exchange: Exchange) -> Outcome:
    return checked(bearer_expired.RULE, case_of(exchange))


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
        pytest.param(bearer({"exp": TIME + 1}), RuledOut, id="a-second-later"),
        pytest.param(bearer({"exp": TIME + 86400}), RuledOut, id="a-day-later"),
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


@pytest.mark.parametrize("expires", [TIME, TIME + 0.5])
def test_within_the_second_of_the_answer_nothing_is_sure(expires: float) -> None:
    """Date is cut to seconds, so it may have been too late or in time."""
    found = judge(refused(bearer({"exp": expires})))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE
    assert_plain(found)


# --- other places, other tokens ---

LATE = int(TIME) - 90


@pytest.mark.parametrize(
    ("exchange", "place", "step"),
    [
        pytest.param(refused(bearer({"exp": LATE})), "Authorization: Bearer", "oauth.twilio.com", id="oauth"),
        pytest.param(voice_event(client_token(exp=LATE), 20104), "X-Twilio-Token", "Access Token", id="voice-sdk"),
        pytest.param(
            voice_event(make_jwt({"alg": "HS256"}, {"iss": SID.decode(), "scope": "x", "exp": LATE}, TOKEN), 20104),
            *("X-Twilio-Token", "capability token"),
            id="capability",
        ),
        pytest.param(
            refused(b"Basic " + oauth_token(exp=LATE)), "Authorization", "oauth.twilio.com", id="token-after-basic"
        ),
    ],
)
def test_every_token_is_looked_at(exchange: Exchange, place: str, step: str) -> None:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert place in found.evidence[0].says
    assert step in found.fix[0]
    assert_plain(found)


def test_the_evidence_marks_the_token_and_names_the_date() -> None:
    value = bearer({"exp": LATE})
    assert spots(judge(refused(value))) == [("authorization", 7, len(value)), ("response.headers", None, None)]
    assert spots(judge(refused(bearer({"exp": TIME})))) == [("response.headers", None, None)]


def test_a_late_token_beside_one_in_time_is_found() -> None:
    both = refused(bearer({"exp": TIME + 60}), extra=((b"X-Twilio-Token", client_token(exp=LATE)),))
    found = judge(both)
    assert isinstance(found, Stands)
    assert "X-Twilio-Token" in found.evidence[0].says


def test_of_a_misplaced_client_token_it_is_only_likely() -> None:
    found = judge(refused(b"Bearer " + client_token(exp=LATE)))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    nested = standing(refused(b"Bearer " + client_token(exp=LATE)))
    assert nested["bearer-expired"] == ("likely", "access-token-as-bearer")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(20104, Verdict.CONFIRMED), (20156, Verdict.CONFIRMED), (31205, Verdict.CONFIRMED), (20107, Verdict.LIKELY)],
)
def test_the_code_confirms_or_speaks_of_something_else(code: int, verdict: Verdict) -> None:
    found = judge(voice_event(client_token(exp=LATE), code))
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert_plain(found)


# --- what only the code says ---


@pytest.mark.parametrize("code", [20104, 20156, 31205])
def test_the_code_alone_makes_it_likely(code: int) -> None:
    for exchange in (refused(None, code=code), dated(voice_event(client_token(exp=LATE), code), None)):
        found = judge(exchange)
        assert isinstance(found, Stands)
        assert found.verdict is Verdict.LIKELY
        assert str(code) in found.evidence[0].says
        assert_plain(found)


def test_the_fix_for_a_token_that_is_not_seen_follows_its_place() -> None:
    by_sdk = judge(refused(None, code=20104))
    by_server = judge(dated(refused(bearer({"exp": TIME - 9}), code=20104), None))
    assert isinstance(by_sdk, Stands)
    assert isinstance(by_server, Stands)
    assert "SDK" in by_sdk.fix[0]
    assert "oauth.twilio.com" in by_server.fix[0]


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(refused(None, code=20105), RuledOut, id="another-code"),
        pytest.param(refused(None), RuledOut, id="20003"),
        pytest.param(voice_event(client_token(), 20104), Unknown, id="the-token-seen-was-in-time"),
        pytest.param(voice_event(client_token(exp=None), 20104), Unknown, id="no-exp"),
        pytest.param(voice_event(b"abc", 20101), Unknown, id="no-jwt"),
        pytest.param(
            refused(
                basic(SID, TOKEN), code=20156, extra=((b"Twilio-Client-Validation", validation_token(b"", exp=LATE)),)
            ),
            RuledOut,
            id="a-late-validation-token",
        ),
    ],
)
def test_the_code_alone_is_not_enough(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


@pytest.mark.parametrize(
    ("host", "path"), [("api.twilio.com", None), ("verify.twilio.com", b"/v2/Services")], ids=["here", "elsewhere"]
)
def test_a_token_that_twilio_took_later_was_not_refused_for_its_age(host: str, path: bytes | None) -> None:
    value = bearer({"exp": TIME - 60})
    later = accepted(value, at=5.0, host=host, path=path)
    diagnosis = diagnose_all([refused(value), later], b"key")[0].diagnosis
    assert diagnosis is not None
    assert dict(diagnosis.ruled_out)["bearer-expired"] == "the same token was accepted later in this capture"


def test_a_token_that_worked_before_may_have_expired_since() -> None:
    value = bearer({"exp": TIME - 60})
    found = standing(accepted(value, at=-300.0), refused(value))
    assert found["bearer-expired"] == ("confirmed", None)


def test_two_credentials_in_one_value_put_it_in_doubt() -> None:
    found = standing(refused(bearer({"exp": TIME - 60}) + b", " + GOOD))
    assert found["bearer-expired"] == ("likely", None)


def test_what_a_gateway_gets_may_be_meant_for_it() -> None:
    found = judge(refused(bearer({"exp": TIME - 60}), host="gateway.example"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
