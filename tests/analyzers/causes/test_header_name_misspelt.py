"""header-name-misspelt: credentials under a name that is nearly Authorization."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused, twilio_answer
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import header_name_misspelt
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"


def judge(name: bytes, value: bytes = GOOD, fidelity: Fidelity = Fidelity.FULL) -> Outcome:
    exchange = refused(None, extra=((b"Accept", b"*/*"), (name, value)), fidelity=fidelity)
    return header_name_misspelt.check(case_of(exchange))


@pytest.mark.parametrize(
    "name",
    [
        b"Authorization ",
        b"Authorization\t",
        b" Authorization",
        b"Authorization:",
        b"Authorisation",
        b"authorisation",
        b"Autorization",
        b"Authorizaton",
        b"Authroization",
        b"Authorizations",
        b"Authorization\xe2\x80\x8b",
        b"Author\xc4\xb1zation",
        b"Authorization_",
        b"Authentication",
        b"X-Authorization",
        b"HTTP_AUTHORIZATION",
    ],
)
@pytest.mark.parametrize("value", [GOOD, basic(KEY, KEY_SECRET), b"Bearer " + JWT, b"Basic " + SID + b":" + TOKEN])
def test_credentials_under_a_wrong_name(name: bytes, value: bytes) -> None:
    found = judge(name, value)
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert len(found.says) <= 140
    assert found.says.isprintable()
    assert TOKEN.decode() not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(b"Proxy-Authorization", GOOD, id="proxy"),
        pytest.param(b"X-Forwarded-Authorization", GOOD, id="forwarded"),
        pytest.param(b"X-Amzn-Remapped-Authorization", GOOD, id="remapped"),
        pytest.param(b"Authority", GOOD, id="another-word"),
        pytest.param(b"Authorizaxyzn", GOOD, id="three-letters-away"),
        pytest.param(b"X-Api-Key", GOOD, id="another-header"),
        pytest.param(b"Authorisation", b"Basic " + b"abcd" * 5, id="no-pair"),
        pytest.param(b"Authorisation", basic(b"me", b"secret"), id="pair-of-another-service"),
        pytest.param(b"Authorisation", b"", id="empty"),
        pytest.param(b"Authorisation", b"yes", id="a-word"),
        pytest.param(b"Authentication", b"Bearer abc", id="no-token"),
        pytest.param(b"", GOOD, id="no-name"),
    ],
)
def test_near_misses(name: bytes, value: bytes) -> None:
    assert isinstance(judge(name, value), RuledOut)


def test_a_right_header_beside_the_wrong_one() -> None:
    exchange = refused(GOOD, extra=((b"Authorisation", GOOD),))
    assert isinstance(header_name_misspelt.check(case_of(exchange)), RuledOut)


@pytest.mark.parametrize(
    ("fidelity", "expected"),
    [(Fidelity.FULL, Verdict.CONFIRMED), (Fidelity.DOUBTFUL, Verdict.LIKELY), (Fidelity.SANITIZED, Unknown)],
)
def test_an_export_may_have_dropped_the_right_one(fidelity: Fidelity, expected: Verdict | type[Outcome]) -> None:
    found = judge(b"Authorisation", fidelity=fidelity)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected


def with_blank() -> Exchange:
    return refused(None, extra=((b"Authorization ", GOOD),))


def test_the_proxy_refuses_a_blank_before_the_colon() -> None:
    exchange = replace(with_blank(), response=None, refused_by_proxy=True)
    found = header_name_misspelt.check(case_of(exchange))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert found.says.endswith("Twilio never saw it")
    assert diagnose_all([exchange], b"key")[0].diagnosis is not None


def test_without_any_answer_nothing_is_said() -> None:
    assert isinstance(header_name_misspelt.check(case_of(replace(with_blank(), response=None))), Unknown)


def test_an_answer_of_somebody_else_leaves_a_doubt() -> None:
    exchange = replace(with_blank(), response=Response(status=401, headers=()))
    found = header_name_misspelt.check(case_of(exchange))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert found.settle


def test_a_gateway_may_read_that_header() -> None:
    exchange = refused(None, host="gw.example", extra=((b"X-Authorization", GOOD),))
    found = header_name_misspelt.check(case_of(exchange))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY


def test_it_leads_over_the_missing_header() -> None:
    diagnosis = diagnose_all([with_blank()], b"key")[0].diagnosis
    assert diagnosis is not None
    assert [(f.cause, f.nested_under) for f in diagnosis.findings][:2] == [
        ("header-name-misspelt", None),
        ("no-authorization", "header-name-misspelt"),
    ]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param(b"Authorization ", "named Authorization with a blank at its end", id="blank-behind"),
        pytest.param(b"authorization\t", "named Authorization with a blank at its end", id="tab-behind"),
        pytest.param(b" Authorization", "named Authorization after a blank", id="blank-before"),
        pytest.param(b"Authorization:", "named Authorization with a second colon", id="colon"),
        pytest.param(b":Authorization", "named :Authorization", id="colon-before"),
        pytest.param(b"Authorisation", "named Authorisation", id="british"),
        pytest.param(b"Author\xc4\xb1zation", "named Author?zation", id="dotless-i"),
        pytest.param(b"Author\x01zation", "named Author?zation", id="control"),
        pytest.param(b"Authorization\xff", "named Authorization?", id="no-utf-8"),
    ],
)
def test_how_the_name_differs_is_told(name: bytes, says: str) -> None:
    found = judge(name)
    assert isinstance(found, Stands)
    assert found.says == f"The credentials stand in a header {says} instead of Authorization"
    assert f"a header {says} holds" in found.evidence[0].says
    assert [each.where for each in found.evidence] == ["request.headers"]
    assert "Name the header Authorization" in found.fix[0]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        pytest.param(b"XXAuthorization", True, id="two-put-in-front"),
        pytest.param(b"XXAuthorizaton", False, id="two-put-in-front-and-one-gone"),
        pytest.param(b"Authorizaationn", True, id="two-put-in"),
        pytest.param(b"Authorizaationnn", False, id="three-put-in"),
        pytest.param(b"Authoriztin", True, id="two-gone"),
        pytest.param(b"Authriztin", False, id="three-gone"),
        pytest.param(b"Aothorizatiom", True, id="two-replaced"),
        pytest.param(b"Aothorisatiom", False, id="three-replaced"),
        pytest.param(b"thorization", True, id="two-gone-in-front"),
        pytest.param(b"horization", False, id="three-gone-in-front"),
        pytest.param(b"oizathAutrion", False, id="the-same-letters"),
    ],
)
def test_two_letters_are_near_and_three_are_not(name: bytes, *, near: bool) -> None:
    assert isinstance(judge(name), Stands) is near


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(twilio_answer(401, None, ""), Verdict.CONFIRMED, id="twilio-without-a-code"),
        pytest.param(twilio_answer(403, 20403, "Forbidden"), Verdict.LIKELY, id="another-code"),
        pytest.param(Response(status=401, headers=()), Verdict.LIKELY, id="nobody-known"),
    ],
)
def test_what_the_answer_proves(answer: Response, expected: Verdict) -> None:
    found = header_name_misspelt.check(case_of(refused(None, extra=((b"Authorisation", GOOD),), answer=answer)))
    assert isinstance(found, Stands)
    assert found.verdict is expected
    assert (found.settle is None) == (expected is Verdict.CONFIRMED)
