"""Whether Twilio saw what stands in Authorization: a gateway may take a login of its own and send other credentials."""

import pytest

from analyzers.bearing import Bearing, Tap
from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.exchange import Exchange
from analyzers.findings import AUTHORIZATION, Evidence, RuledOut, Stands, Unknown, Verdict
from analyzers.gateways import as_far_as_it_went, mark_of_hop, names_sid, replaced

GATEWAY = "gateway.example"
SURE = Stands(Verdict.CONFIRMED, "A fault", (Evidence(AUTHORIZATION, "here"),), ("Mend it",))
LOGIN = basic(b"shop", b"login-at-the-gateway")


def tap(*, client_side: bool = False, same: bool = False, had: bool = True, certain: bool = True) -> Bearing:
    one = Tap(
        index=1,
        host="api.twilio.com",
        had_authorization=had,
        same_value=same,
        had_pair=had,
        client_side=client_side,
        certain=certain,
    )
    return Bearing(taps=(one,))


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(GOOD), True, id="account"),
        pytest.param(refused(basic(KEY, KEY_SECRET)), True, id="key"),
        pytest.param(refused(basic(TOKEN, SID)), True, id="swapped"),
        pytest.param(refused(basic(SID[:-1], TOKEN)), True, id="nearly"),
        pytest.param(refused(b"Basic " + SID + b":" + TOKEN), True, id="not-encoded"),
        pytest.param(refused(LOGIN), False, id="a-login"),
        pytest.param(refused(b"Bearer x.y.z"), False, id="a-token"),
        pytest.param(refused(None), False, id="nothing"),
    ],
)
def test_names_sid(exchange: Exchange, expected: bool) -> None:
    assert names_sid(case_of(exchange)) is expected


@pytest.mark.parametrize(
    ("bearing", "expected"),
    [
        pytest.param(tap(), True, id="another-behind"),
        pytest.param(tap(same=True), False, id="the-same-behind"),
        pytest.param(tap(had=False), False, id="none-behind"),
        pytest.param(tap(client_side=True), False, id="another-before"),
        pytest.param(tap(certain=False), False, id="perhaps-another-request"),
        pytest.param(Bearing(), False, id="alone"),
    ],
)
def test_replaced(bearing: Bearing, expected: bool) -> None:
    assert replaced(case_of(refused(LOGIN, host=GATEWAY), bearing)) is expected


@pytest.mark.parametrize(
    ("exchange", "verdict"),
    [
        pytest.param(refused(LOGIN), Verdict.CONFIRMED, id="at-twilio"),
        pytest.param(refused(LOGIN, host=GATEWAY), Verdict.LIKELY, id="a-login-at-a-gateway"),
        pytest.param(refused(GOOD, host=GATEWAY), Verdict.CONFIRMED, id="a-sid-at-a-gateway"),
    ],
)
def test_how_far_a_fault_went(exchange: Exchange, verdict: Verdict) -> None:
    found = as_far_as_it_went(case_of(exchange), SURE, "settle")
    assert isinstance(found, Stands)
    assert found.verdict is verdict
    assert found.settle == (None if verdict is Verdict.CONFIRMED else "settle")


def test_what_was_replaced_is_ruled_out_and_all_else_is_left_alone() -> None:
    case = case_of(refused(LOGIN, host=GATEWAY), tap())
    assert isinstance(as_far_as_it_went(case, SURE, "settle"), RuledOut)
    assert as_far_as_it_went(case, Unknown("look"), "settle") == Unknown("look")
    assert as_far_as_it_went(case, RuledOut("no"), "settle") == RuledOut("no")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"Via", "Via"),
        (b"forwarded", "Forwarded"),
        (b"X-Forwarded-For", "an X-Forwarded header"),
        (b"x-forwarded-quokka", "an X-Forwarded header"),
        (b"X-Forward", ""),
        (b"Viaduct", ""),
        (b"", ""),
        (b"V" * 100000, ""),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_marks_of_a_hop(name: bytes, shown: str) -> None:
    assert mark_of_hop(name) == shown
