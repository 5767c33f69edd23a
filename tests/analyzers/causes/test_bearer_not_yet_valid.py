"""bearer-not-yet-valid: nbf or iat after the Date of Twilio's own answer, and by how much."""

from dataclasses import replace

import pytest
from judging import checked, spots

from analyzers.bearing import Bearing, Sighting
from analyzers.building import DATE, GOOD, SID, TIME, accepted, refused
from analyzers.building_tokens import client_token, oauth_token, validation_token, voice_event
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import bearer_not_yet_valid
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

NOW = int(TIME)
CONFIRMED, LIKELY = Verdict.CONFIRMED, Verdict.LIKELY


def judge(exchange: Exchange, bearing: Bearing = Bearing()) -> Outcome:  # noqa: B008 - a frozen value
    return checked(bearer_not_yet_valid.RULE, case_of(exchange, bearing))


def event(code: int | None = 20105, **claims: object) -> Exchange:
    return made(claims, code)


def made(claims: dict[str, object], code: int | None = 20105) -> Exchange:
    token = client_token(**claims)  # type: ignore[arg-type] # claims of a token
    return voice_event(token, code, "Access Token not yet valid")


def undated(exchange: Exchange) -> Exchange:
    response = exchange.response
    assert response is not None
    kept = tuple(header for header in response.headers if header[0] != b"Date")
    return replace(exchange, response=replace(response, headers=kept))


def stands(exchange: Exchange) -> Stands:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert (found.settle is None) == (found.verdict is CONFIRMED)
    return found


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        pytest.param({"nbf": NOW + 1}, "1 second after Twilio answered", id="a-second"),
        pytest.param({"nbf": NOW + 95}, "95 seconds after", id="a-minute-and-a-half"),
        pytest.param({"nbf": NOW + 300}, "5 minutes (300 s) after", id="five-minutes"),
        pytest.param({"nbf": NOW + 7200}, "2 hours (7200 s) after Twilio answered: local time", id="time-zone"),
        pytest.param({"nbf": NOW + 19800 + 30}, "(19830 s) after Twilio answered: local time", id="half-hour-zone"),
        pytest.param({"nbf": NOW + 1740}, "29 minutes (1740 s) after Twilio answered: local time", id="shortest-zone"),
        pytest.param({"nbf": NOW + 1739}, "28 minutes (1739 s) after Twilio answered", id="shorter-than-a-zone"),
        pytest.param({"nbf": NOW + 50460}, "14 hours (50460 s) after Twilio answered: local time", id="longest-zone"),
        pytest.param({"nbf": NOW + 50461}, "14 hours (50461 s) after Twilio answered", id="longer-than-a-zone"),
        pytest.param({"nbf": NOW + 52200}, "14 hours (52200 s) after Twilio answered", id="half-an-hour-more"),
        pytest.param({"nbf": NOW + 120}, "2 minutes (120 s) after", id="two-minutes"),
        pytest.param({"nbf": NOW + 8100}, "2 hours (8100 s) after Twilio answered", id="no-zone"),
        pytest.param({"nbf": NOW + 10 * 86400}, "10 days (864000 s) after Twilio answered", id="ten-days"),
        pytest.param({"nbf": NOW * 1000}, "nbf counts milliseconds", id="milliseconds"),
        pytest.param({"nbf": None, "iat": NOW + 95}, "says that it was made 95 seconds after", id="iat"),
        pytest.param({"nbf": NOW - 60, "iat": NOW + 95}, "says that it was made 95 seconds after", id="iat-beside-nbf"),
        pytest.param({"nbf": None, "iat": NOW * 1000}, "iat counts milliseconds", id="iat-in-milliseconds"),
    ],
)
def test_ahead_of_twilio(claims: dict[str, object], words: str) -> None:
    found = stands(made(claims))
    assert found.verdict is CONFIRMED
    assert words in found.says
    assert ("local time" in found.says) == ("local time" in words)
    assert found.says.endswith((" after Twilio answered", " taken for UTC", " in the future"))
    assert "2026-11-03 11:14:08 UTC" in found.evidence[1].says


def test_a_moment_of_this_age_is_no_number_of_milliseconds() -> None:
    assert "counts milliseconds" in stands(event(nbf=10**11)).says
    assert "counts milliseconds" not in stands(event(nbf=10**11 - 1)).says
    assert "seconds since 1970" in stands(event(nbf=10**11)).fix[0]


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"nbf": NOW + 3600}, "nbf of X-Twilio-Token is 2026-11-03 12:14:08 UTC, 3600 s ahead"),
        ({"nbf": None, "iat": NOW + 60}, "iat of X-Twilio-Token is 2026-11-03 11:15:08 UTC, 60 s ahead"),
        ({"nbf": NOW * 1000}, "nbf of X-Twilio-Token is no date of our age"),
    ],
    ids=["nbf", "iat", "milliseconds"],
)
def test_the_evidence_tells_claim_date_and_skew(claims: dict[str, object], says: str) -> None:
    assert stands(made(claims)).evidence[0].says.startswith(says)


def test_the_evidence_marks_the_token() -> None:
    value = b"Bearer " + oauth_token(nbf=NOW + 95)
    assert spots(stands(refused(value))) == [("authorization", 7, len(value)), ("response.headers", None, None)]


@pytest.mark.parametrize(
    ("claims", "what"),
    [
        ({"nbf": NOW + 95}, "is valid only from a moment 95 s"),
        ({"nbf": None, "iat": NOW + 95}, "says that it was made"),
    ],
    ids=["nbf", "iat"],
)
def test_each_claim_is_told_as_what_it_means(claims: dict[str, object], what: str) -> None:
    assert what in stands(made(claims)).says


@pytest.mark.parametrize(
    ("claims", "first"),
    [({"nbf": NOW + 95}, "NTP"), ({"nbf": NOW + 7200}, "UTC"), ({"nbf": NOW * 1000}, "seconds since 1970")],
)
def test_the_fix_follows_the_skew(claims: dict[str, object], first: str) -> None:
    assert first in stands(made(claims)).fix[0]


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(refused(b"Bearer " + oauth_token(nbf=NOW + 95)), CONFIRMED, id="oauth-and-20003"),
        pytest.param(event(20155, nbf=NOW + 95), CONFIRMED, id="20155"),
        pytest.param(event(20101, nbf=NOW + 95), CONFIRMED, id="an-open-code"),
        pytest.param(event(20107, nbf=NOW + 95), LIKELY, id="a-code-about-the-signature"),
        pytest.param(event(20104, nbf=NOW + 95), LIKELY, id="a-code-about-the-end"),
        pytest.param(refused(b"Bearer " + client_token(nbf=NOW + 95)), LIKELY, id="misplaced"),
    ],
)
def test_the_answer_weighs(exchange: Exchange, verdict: Verdict) -> None:
    assert stands(exchange).verdict is verdict


def test_the_code_alone_makes_it_likely() -> None:
    told = {20105: refused(None, code=20105), 20155: refused(None, code=20155)}
    for code, exchange in (*told.items(), (20105, undated(event(nbf=NOW + 95)))):
        found = stands(exchange)
        assert found.verdict is LIKELY
        assert f"Twilio's code is {code}" in found.evidence[0].says


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        pytest.param(event(20107, nbf=NOW), RuledOut, id="at-that-very-second"),
        pytest.param(event(20107, nbf=NOW + 0.5), RuledOut, id="within-that-second"),
        pytest.param(event(20107, nbf=NOW - 3600, iat=NOW - 3600), RuledOut, id="before"),
        pytest.param(event(20107, nbf=None), RuledOut, id="neither"),
        pytest.param(event(20107, nbf=str(NOW + 95)), RuledOut, id="text"),
        pytest.param(event(20107, nbf=float("nan"), iat=True), RuledOut, id="no-number"),
        pytest.param(event(20107, exp=NOW + 95), RuledOut, id="exp-lies-ahead"),
        pytest.param(event(20105, nbf=NOW), Unknown, id="the-code-says-so-the-token-does-not"),
        pytest.param(event(20105, nbf=None), Unknown, id="the-code-says-so-without-nbf"),
        pytest.param(undated(event(20107, nbf=NOW + 95)), Unknown, id="no-date"),
        pytest.param(refused(GOOD), RuledOut, id="basic"),
        pytest.param(refused(None), RuledOut, id="no-header"),
        pytest.param(refused(None, fidelity=Fidelity.SANITIZED), Unknown, id="sanitised"),
        pytest.param(refused(b"Bearer abc"), Unknown, id="no-jwt"),
        pytest.param(
            refused(GOOD, code=20155, extra=((b"Twilio-Client-Validation", validation_token(GOOD, nbf=NOW + 95)),)),
            RuledOut,
            id="a-validation-token",
        ),
        pytest.param(replace(event(nbf=NOW + 95), response=None), Unknown, id="no-answer"),
    ],
)
def test_near_misses(exchange: Exchange, outcome: type[Outcome]) -> None:
    assert isinstance(judge(exchange), outcome)


def test_the_reason_names_what_was_compared() -> None:
    neither, both = judge(event(20107, nbf=None)), judge(event(20107))
    assert isinstance(neither, RuledOut)
    assert isinstance(both, RuledOut)
    assert "neither nbf nor iat" in neither.because
    assert "do not lie after" in both.because


def test_the_date_of_somebody_else_proves_nothing() -> None:
    answer = Response(status=401, headers=((b"Date", DATE), (b"Server", b"nginx")))
    assert isinstance(judge(refused(b"Bearer " + oauth_token(nbf=NOW + 95), answer=answer)), Unknown)


def test_a_token_that_was_accepted_before_is_not_too_early() -> None:
    worked = Sighting(index=0, at=TIME - 9, method="GET", host="api.twilio.com", region="us1", account=SID)
    early = b"Bearer " + oauth_token(nbf=NOW + 95)
    assert isinstance(judge(refused(early), Bearing(worked=worked)), RuledOut)
    assert isinstance(judge(refused(early), Bearing(works_again=worked)), Stands)
    found = diagnose_all([accepted(early), refused(early, at=1)], b"key")[1].diagnosis
    assert found is not None
    assert "bearer-not-yet-valid" in dict(found.ruled_out)


def test_it_leads_before_the_residual_cause() -> None:
    found = diagnose_all([refused(b"Bearer " + oauth_token(nbf=NOW + 95))], b"key")[0].diagnosis
    assert found is not None
    assert not found.crashed
    assert [(each.cause, each.nested_under) for each in found.findings] == [
        ("bearer-not-yet-valid", None),
        ("pair-refused", "bearer-not-yet-valid"),
    ]
