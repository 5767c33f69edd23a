"""restricted-key-permission: likely by code or by another product that took the key; never certain."""

from dataclasses import replace

import pytest

from analyzers.bearing import Bearing, Sighting
from analyzers.building import GOOD, KEY, KEY_SECRET, MESSAGES, OTHER_SID, SID, TIME, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.causes import restricted_key_permission
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

PAIR = basic(KEY, KEY_SECRET)
VERIFY = "verify.twilio.com"
SERVICES = b"/v2/Services"
CALLS = b"/2010-04-01/Accounts/%s/Calls.json" % SID


def seen(host: str = VERIFY, account: bytes | None = None, at: float = TIME - 60, index: int = 0) -> Sighting:
    return Sighting(index=index, at=at, method="GET", host=host, region="us1", account=account)


def judge(exchange: Exchange, bearing: Bearing | None = None) -> Outcome:
    return restricted_key_permission.check(case_of(exchange, bearing or Bearing()))


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
    """One plain sentence for the developer; never certain, so it always says what would settle it."""
    assert len(found.says) < 140
    assert not found.says.endswith(".")
    assert found.evidence
    assert found.fix
    assert found.settle
    assert found.verdict is not Verdict.CONFIRMED


@pytest.mark.parametrize("code", [70051, 70004, 20403, 20006])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(("host", "path"), [("api.twilio.com", CALLS), (VERIFY, SERVICES)])
def test_codes_of_missing_rights_are_likely(code: int, status: int, host: str, path: bytes) -> None:
    assert verdict(refused(PAIR, host=host, path=path, status=status, code=code, message="x")) is Verdict.LIKELY


@pytest.mark.parametrize("code", [None, 403])
def test_a_bare_403_of_a_key_is_likely(code: int | None) -> None:
    assert verdict(refused(PAIR, status=403, code=code, message="Forbidden")) is Verdict.LIKELY


def test_a_403_to_a_get_with_a_body_may_be_made_at_the_edge() -> None:
    exchange = refused(PAIR, method="GET", body=b"{}", status=403, code=None)
    assert verdict(exchange) is Verdict.POSSIBLE


@pytest.mark.parametrize(
    "exchange", [refused(PAIR, body=b"To=1", status=403, code=None), refused(PAIR, method="GET", status=403, code=None)]
)
def test_a_post_and_a_get_without_a_body_pass_the_edge(exchange: Exchange) -> None:
    assert verdict(exchange) is Verdict.LIKELY


@pytest.mark.parametrize(("status", "code"), [(401, None), (401, 401), (403, 20003), (403, 20101)])
def test_a_refusal_of_another_kind_says_nothing_alone(status: int, code: int | None) -> None:
    assert isinstance(judge(refused(PAIR, status=status, code=code)), Unknown)


def test_the_same_call_worked_before() -> None:
    bearing = Bearing(did_this=seen())
    assert verdict(refused(PAIR, status=403, code=70051, message="x"), bearing) is Verdict.POSSIBLE
    assert isinstance(judge(refused(PAIR, status=403, code=None), bearing), RuledOut)
    assert isinstance(judge(refused(PAIR), replace(bearing, accepted=(seen(),))), RuledOut)


@pytest.mark.parametrize(
    ("bearing", "expected"),
    [
        pytest.param(Bearing(accepted=(seen(),)), Verdict.LIKELY, id="other-product"),
        pytest.param(Bearing(accepted=(seen("api.twilio.com", SID),)), Verdict.POSSIBLE, id="same-host-before"),
        pytest.param(
            Bearing(accepted=(seen("api.twilio.com", SID, at=TIME + 60),)), Verdict.LIKELY, id="same-host-after"
        ),
        pytest.param(
            Bearing(works_again=seen("api.twilio.com", SID, at=TIME + 60)), Verdict.LIKELY, id="same-host-again"
        ),
        pytest.param(
            Bearing(accepted=(seen("api.twilio.com", SID), seen())), Verdict.LIKELY, id="same-host-and-other-product"
        ),
        pytest.param(
            Bearing(accepted=(seen("api.us1.twilio.com", SID),)), Verdict.POSSIBLE, id="same-product-by-another-name"
        ),
        pytest.param(Bearing(accepted=(seen("api.ashburn.us1.twilio.com", SID),)), Verdict.POSSIBLE, id="another-edge"),
        pytest.param(
            Bearing(accepted=(seen("verify.ashburn.us1.twilio.com"),)), Verdict.LIKELY, id="other-product-by-an-edge"
        ),
        pytest.param(Bearing(accepted=(seen("api.dublin.ie1.twilio.com", SID),)), None, id="other-region"),
        pytest.param(Bearing(accepted=(seen("www.twilio.com"),)), None, id="website"),
        pytest.param(Bearing(accepted=(seen("api.twilio.com", OTHER_SID),)), None, id="other-account"),
        pytest.param(Bearing(rivals=(seen(),)), None, id="other-secret"),
        pytest.param(Bearing(), None, id="nothing"),
    ],
)
def test_a_key_that_works_elsewhere(bearing: Bearing, expected: Verdict | None) -> None:
    assert verdict(refused(PAIR), bearing) is expected


def test_the_account_of_a_product_host_is_not_asked_for() -> None:
    exchange = refused(PAIR, host=VERIFY, path=SERVICES)
    assert verdict(exchange, Bearing(accepted=(seen("api.twilio.com", OTHER_SID),))) is Verdict.LIKELY


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(GOOD, status=403, code=70051, message="x"), id="account-pair"),
        pytest.param(refused(b"Bearer a.b.c"), id="bearer"),
        pytest.param(refused(PAIR, path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET"), id="account-itself"),
        pytest.param(refused(PAIR, path=b"/2010-04-01/Accounts/%s/Keys.json" % SID, status=403, code=70051), id="keys"),
        pytest.param(refused(PAIR, host="iam.twilio.com", path=b"/v1/Keys", status=403, code=70051), id="iam-keys"),
        pytest.param(
            refused(PAIR, host="api.dublin.ie1.twilio.com", status=403, code=70051), id="region-without-such-keys"
        ),
        pytest.param(refused(PAIR, message="Please upgrade your account to gain access."), id="gate"),
        pytest.param(refused(PAIR, status=404, code=20404, message="x"), id="not-found"),
    ],
)
def test_contradicted(exchange: Exchange) -> None:
    assert isinstance(judge(exchange, Bearing(accepted=(seen(),))), RuledOut)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(PAIR), id="nothing-speaks-for-it"),
        pytest.param(refused(None), id="no-header"),
        pytest.param(refused(b"Basic nonsense", status=403, code=70051), id="no-pair"),
        pytest.param(refused(PAIR, answer=Response(status=403, headers=())), id="not-twilio"),
        pytest.param(replace(refused(PAIR), response=None), id="no-answer"),
    ],
)
def test_unknown(exchange: Exchange) -> None:
    assert isinstance(judge(exchange), Unknown)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(refused(PAIR, message="Authentication Error - No credentials provided"), id="nothing-arrived"),
        pytest.param(refused(PAIR, code=20101, message="x"), id="other-code"),
    ],
)
def test_work_elsewhere_explains_only_a_plain_refusal(exchange: Exchange) -> None:
    assert isinstance(judge(exchange, Bearing(accepted=(seen(),))), Unknown)


def test_an_app_without_the_scope_is_possible() -> None:
    found = judge(refused(b"Bearer a.b.c", status=403, code=70051, message="x"))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.POSSIBLE
    assert "OAuth app" in found.says
    assert_plain(found)


def test_end_to_end_by_another_product() -> None:
    works = accepted(PAIR, host=VERIFY, path=SERVICES, method="GET")
    found = standing(works, refused(PAIR, path=CALLS, at=2.0))
    assert found["restricted-key-permission"][0] == "likely"
    assert found.get("pair-refused", ("possible", None))[0] == "possible"


@pytest.mark.parametrize("first", [PAIR, basic(KEY, KEY_SECRET[::-1])], ids=["same-call", "other-secret"])
def test_end_to_end_near_misses(first: bytes) -> None:
    found = standing(accepted(first, path=MESSAGES % SID), refused(PAIR, at=2.0))
    assert found.get("restricted-key-permission", ("", None))[0] not in {"likely", "confirmed"}


def test_a_main_key_path_is_left_to_its_own_cause() -> None:
    works = accepted(PAIR, path=CALLS, method="GET")
    found = standing(works, refused(PAIR, path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET", at=2.0))
    assert "restricted-key-permission" not in found


def test_no_secret_is_shown() -> None:
    found = judge(refused(PAIR, status=403, code=70051, message="x"))
    assert isinstance(found, Stands)
    assert not any(KEY_SECRET.decode()[at : at + 5] in repr(found) for at in range(28))


@pytest.mark.parametrize(
    ("exchange", "bearing", "evidence"),
    [
        pytest.param(
            refused(PAIR, status=403, code=70051, message="x"),
            Bearing(),
            [("response.status", 0, None, None), ("request.header.authorization.username", 0, 0, 34)],
            id="code",
        ),
        pytest.param(
            refused(basic(b'"' + KEY + b'"', KEY_SECRET), status=403, code=70051, message="x"),
            Bearing(),
            [("response.status", 0, None, None), ("request.header.authorization.username", 0, 1, 35)],
            id="quotes-around-the-key",
        ),
        pytest.param(
            refused(PAIR),
            Bearing(accepted=(seen(index=7),)),
            [("history", 7, None, None), ("request.header.authorization.username", 0, 0, 34)],
            id="other-product",
        ),
        pytest.param(
            refused(b"Bearer a.b.c", status=403, code=70051, message="x"),
            Bearing(),
            [("response.status", 0, None, None), ("request.header.authorization", 0, None, None)],
            id="token-of-an-app",
        ),
    ],
)
def test_where_the_evidence_stands(
    exchange: Exchange, bearing: Bearing, evidence: list[tuple[str, int, int | None, int | None]]
) -> None:
    found = judge(exchange, bearing)
    assert isinstance(found, Stands)
    assert [(each.where, each.index, each.start, each.end) for each in found.evidence] == evidence


@pytest.mark.parametrize(
    ("exchange", "because"),
    [
        pytest.param(refused(GOOD, status=403, code=70051, message="x"), "no API key", id="account-pair"),
        pytest.param(
            refused(PAIR, path=b"/2010-04-01/Accounts/%s/Keys.json" % SID, status=403, code=70051),
            "Main key",
            id="keys",
        ),
        pytest.param(refused(PAIR, host="api.dublin.ie1.twilio.com", status=403, code=70051), "us1 only", id="region"),
        pytest.param(refused(PAIR, status=404, code=20404, message="x"), "another reason", id="not-found"),
    ],
)
def test_why_it_is_contradicted(exchange: Exchange, because: str) -> None:
    found = judge(exchange)
    assert isinstance(found, RuledOut)
    assert because in found.because
