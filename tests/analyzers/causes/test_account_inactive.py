"""account-inactive: Twilio's code or text proves it, 20403 and a seen status make it likely, a plain 20003 does not."""

import json
from dataclasses import replace

import pytest
from judging import checked

from analyzers.bearing import Bearing, Sighting
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused, twilio_answer
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import account_inactive
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

SUSPENDED = Bearing(account_status="suspended")
LATER = Sighting(index=7, at=2e9, method="GET", host="api.twilio.com", region="us1", account=SID)
EARLIER = replace(LATER, index=0, at=1e9)


def judge(exchange: Exchange, bearing: Bearing | None = None) -> Outcome:
    return checked(account_inactive.RULE, case_of(exchange, bearing or Bearing()))


def verdict(exchange: Exchange, bearing: Bearing | None = None) -> Verdict | None:
    found = judge(exchange, bearing)
    if not isinstance(found, Stands):
        return None
    assert_plain(found)
    return found.verdict


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


@pytest.mark.parametrize("code", [10001, 20005, 21472, 90010])
@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(
    "authorization", [GOOD, basic(KEY, KEY_SECRET), b"Bearer a.b.c"], ids=["pair", "key", "bearer"]
)
def test_codes_prove_it(code: int, status: int, authorization: bytes) -> None:
    exchange = refused(authorization, status=status, code=code, message="Account is not active")
    assert verdict(exchange) is Verdict.CONFIRMED
    assert verdict(exchange, Bearing(account_status="active")) is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("code", "whose"),
    [
        (10001, "The account is not active"),
        (20005, "The account is not active"),
        (21472, "The account that a parameter names is not active"),
        (90010, "The account is not active"),
    ],
)
def test_the_code_tells_whose_account_it_is(code: int, whose: str) -> None:
    found = judge(refused(GOOD, status=400, code=code, message="Account is not active"))
    assert isinstance(found, Stands)
    assert found.says.startswith(whose)
    assert str(code) in found.evidence[0].says
    assert found.evidence[0].where == "response.status"


def test_a_code_without_a_mark_of_twilio_is_likely() -> None:
    assert verdict(refused(GOOD, answer=Response(status=403, headers=(), body=b'{"code":20005}'))) is Verdict.LIKELY


@pytest.mark.parametrize("text", ["Account suspended", "This account is closed.", "Your account is not active"])
@pytest.mark.parametrize(("status", "code"), [(401, 20003), (403, 20003), (403, 70051), (403, None), (403, 403)])
def test_texts_prove_it(text: str, status: int, code: int | None) -> None:
    answer = twilio_answer(status, code, text)
    if code is None:
        answer = replace(answer, body=json.dumps({"message": text}).encode())
    assert verdict(refused(GOOD, answer=answer)) is Verdict.CONFIRMED


def test_a_text_behind_another_code_may_be_about_another_account() -> None:
    text = "Unable to update Status for subaccount, subaccount has been suspended by Twilio"
    assert verdict(refused(GOOD, status=403, code=21478, message=text)) is Verdict.LIKELY


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD), id="plain-20003"),
        pytest.param(refused(GOOD, message="Account not active for WhatsApp"), id="feature"),
        pytest.param(refused(GOOD, message="Please upgrade your account to gain access."), id="trial"),
        pytest.param(refused(GOOD, message="The campaign is suspended"), id="another-thing"),
        pytest.param(refused(GOOD, status=400, code=20003, message="Account suspended"), id="another-status"),
        pytest.param(
            refused(GOOD, answer=Response(status=403, headers=(), body=b'{"message":"Your account is suspended"}')),
            id="text-of-a-stranger",
        ),
        pytest.param(
            refused(GOOD, answer=Response(status=403, headers=(), body=b"<p>Account suspended</p>")), id="page"
        ),
        pytest.param(refused(GOOD, status=403, code=None), id="bare-403"),
        pytest.param(refused(basic(KEY, KEY_SECRET), status=403, code=70051, message="x"), id="key-without-a-right"),
        pytest.param(refused(b"Bearer a.b.c", status=403, code=70051, message="x"), id="app-without-a-scope"),
        pytest.param(refused(GOOD, status=403, code=70004, message="x"), id="nothing-to-do-with-the-resource"),
        pytest.param(refused(GOOD, status=403, code=20006, message="x"), id="access-denied"),
        pytest.param(refused(GOOD, status=404, code=20403, message="Forbidden"), id="20403-with-another-status"),
        pytest.param(
            refused(GOOD, answer=Response(status=403, headers=(), body=b'{"code":20403}')), id="20403-of-a-stranger"
        ),
        pytest.param(refused(None), id="no-header"),
        pytest.param(replace(refused(GOOD), response=None), id="no-answer"),
    ],
)
def test_near_misses(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), Unknown)


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (GOOD, Verdict.LIKELY),
        (basic(SID + b"\n", TOKEN), Verdict.LIKELY),
        (basic(KEY, KEY_SECRET), Verdict.POSSIBLE),
        (b"Bearer a.b.c", Verdict.POSSIBLE),
        (b"Basic nonsense", Verdict.POSSIBLE),
    ],
    ids=["pair", "pair-with-a-stray", "key", "bearer", "unreadable"],
)
def test_20403_depends_on_who_asks(authorization: bytes, expected: Verdict) -> None:
    assert verdict(refused(authorization, status=403, code=20403, message="Forbidden")) is expected


@pytest.mark.parametrize("bearing", [Bearing(pair_accepted=0), Bearing(accepted=(EARLIER,))], ids=["host", "elsewhere"])
def test_20403_of_a_pair_that_worked_is_only_possible(bearing: Bearing) -> None:
    assert verdict(refused(GOOD, status=403, code=20403, message="Forbidden"), bearing) is Verdict.POSSIBLE


def test_20403_of_a_pair_that_worked_end_to_end() -> None:
    forbidden = refused(GOOD, status=403, code=20403, message="Forbidden", at=2.0)
    assert standing(forbidden)["account-inactive"] == ("likely", None)
    assert standing(accepted(GOOD, method="GET"), forbidden)["account-inactive"][0] == "possible"


def test_70051_of_an_account_pair_is_possible() -> None:
    assert verdict(refused(GOOD, status=403, code=70051, message="Authorization Failed")) is Verdict.POSSIBLE


@pytest.mark.parametrize("status", ["suspended", "closed"])
@pytest.mark.parametrize(
    "exchange",
    [
        refused(GOOD),
        refused(basic(KEY, KEY_SECRET), message="Authentication Error - invalid username"),
        refused(GOOD, status=403, code=20403, message="Forbidden"),
        refused(basic(KEY, KEY_SECRET), status=403, code=70051, message="x"),
    ],
    ids=["pair", "key", "20403", "70051"],
)
def test_a_status_seen_in_the_capture_is_likely(status: str, exchange: Exchange) -> None:
    found = judge(exchange, Bearing(account_status=status))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.LIKELY
    assert status in found.says
    assert_plain(found)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(None), id="no-header"),
        pytest.param(refused(GOOD, message="Please upgrade your account to gain access."), id="gate"),
        pytest.param(refused(GOOD, status=404, code=20404, message="x"), id="not-found"),
        pytest.param(refused(GOOD, answer=Response(status=401, headers=())), id="not-twilio"),
    ],
)
def test_a_status_explains_only_a_refusal_by_twilio(exchange: Exchange) -> None:
    assert isinstance(judge(exchange, SUSPENDED), Unknown)


@pytest.mark.parametrize(
    "bearing",
    [
        pytest.param(Bearing(account_status="active"), id="active"),
        pytest.param(replace(SUSPENDED, works_again=LATER), id="works-again"),
        pytest.param(replace(SUSPENDED, accepted=(LATER,)), id="works-later-elsewhere"),
    ],
)
@pytest.mark.parametrize("code", [20003, 20403, 70051])
def test_an_account_at_work_is_active(bearing: Bearing, code: int) -> None:
    assert isinstance(judge(refused(GOOD, status=401, code=code), bearing), RuledOut)


ACCOUNT = b"/2010-04-01/Accounts/%s.json" % SID


def resource(status: str) -> Exchange:
    """The Account resource, read with the pair that is refused afterwards."""
    exchange = accepted(GOOD, method="GET", path=ACCOUNT)
    body = json.dumps({"sid": SID.decode(), "owner_account_sid": SID.decode(), "status": status}).encode()
    return replace(
        exchange, response=Response(status=200, headers=((b"Content-Type", b"application/json"),), body=body)
    )


def test_a_status_seen_end_to_end() -> None:
    found = standing(resource("suspended"), refused(basic(SID, TOKEN[::-1]), at=2.0))
    assert found["account-inactive"][0] == "likely"
    assert "account-inactive" not in standing(resource("active"), refused(basic(SID, TOKEN[::-1]), at=2.0))


@pytest.mark.parametrize(
    ("exchange", "bearing", "where", "says"),
    [
        pytest.param(refused(GOOD, message="Account suspended"), Bearing(), "response.body.message", "text", id="text"),
        pytest.param(refused(GOOD), SUSPENDED, "history", "suspended", id="status"),
        pytest.param(refused(GOOD, status=403, code=20403), Bearing(), "response.status", "20403", id="code"),
    ],
)
def test_the_evidence_tells_where_it_was_seen(exchange: Exchange, bearing: Bearing, where: str, says: str) -> None:
    found = judge(exchange, bearing)
    assert isinstance(found, Stands)
    assert [evidence.where for evidence in found.evidence] == [where]
    assert says in found.evidence[0].says


def test_leads_and_takes_the_gate_along() -> None:
    text = "Account suspended"
    found = standing(accepted(GOOD, method="GET"), refused(GOOD, message=text, at=2.0))
    assert next(iter(found)) == "account-inactive"
    assert found.get("feature-gate", ("confirmed", "account-inactive")) == ("confirmed", "account-inactive")
