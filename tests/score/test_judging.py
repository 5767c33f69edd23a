"""Truth against diagnosis: every way to miss is seen, and nothing else."""

import pytest

from analyzers.building import GOOD, OTHER_SID, TOKEN, accepted, basic, refused
from analyzers.exchange import Exchange
from score.judging import expected_of, judged
from score.truth import Case, Given, Truth, benign, positive, undecided

REFUSED = refused(GOOD)
"""pair-refused, likely"""
ABSENT = refused(None, agent=b"curl/8.5.0")
"""no-authorization, confirmed"""
WAITING = refused(None, method="GET", agent=b"Wget/1.21.3")
ANSWERED = accepted(GOOD, method="GET", agent=b"Wget/1.21.3", at=0.2)


def case(*exchanges: Exchange, **truths: Truth) -> Case:
    return Case("a/b/0", exchanges, {int(name[1:]): truth for name, truth in truths.items()}, "a")


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        pytest.param(case(REFUSED, _0=positive(("pair-refused",), "likely")), [], id="right"),
        pytest.param(case(REFUSED, _0=positive(("pair-refused",), "possible")), [], id="surer-than-asked"),
        pytest.param(case(REFUSED, _0=positive(("pair-refused",))), ["top-1"], id="too-weak"),
        pytest.param(case(REFUSED, _0=positive(("stray-characters",))), ["top-1"], id="another-leads"),
        pytest.param(case(REFUSED, _0=positive(("stray-characters", "pair-refused"), "likely")), [], id="one-of-two"),
        pytest.param(
            case(REFUSED, _0=positive(("pair-refused",), "likely", also=("stray-characters",))),
            ["top-1"],
            id="second-fault-missing",
        ),
        pytest.param(case(accepted(GOOD), _0=positive(("pair-refused",))), ["top-1"], id="not-diagnosed"),
        pytest.param(case(REFUSED), ["false accusation"], id="accused"),
        pytest.param(case(REFUSED, _0=undecided()), [], id="undecided"),
        pytest.param(case(ABSENT, _0=undecided()), ["wrong confirmed"], id="undecided-confirmed"),
        pytest.param(case(ABSENT, _0=undecided(("no-authorization",))), [], id="may-be-confirmed"),
        pytest.param(case(ABSENT, _0=positive(("no-authorization",))), [], id="leading-may-be-confirmed"),
        pytest.param(
            case(ABSENT, _0=positive(("no-authorization",), "likely")), ["wrong confirmed"], id="surer-than-it-may-be"
        ),
        pytest.param(case(ABSENT, _0=benign()), ["false accusation"], id="no-challenge-answered"),
        pytest.param(case(WAITING, ANSWERED, _0=benign()), [], id="challenge-answered"),
        pytest.param(
            case(WAITING, ANSWERED, _0=positive(("no-authorization",))), ["top-1", "wrong confirmed"], id="benign-leads"
        ),
        pytest.param(case(accepted(GOOD)), [], id="works"),
    ],
)
def test_the_misses(one: Case, kinds: list[str]) -> None:
    assert [miss.kind for miss in judged(one).misses] == kinds


def test_what_is_known_of_a_capture_as_a_whole_holds_for_every_refusal() -> None:
    one = Case("a", (accepted(GOOD), refused(basic(OTHER_SID, TOKEN))), {}, "a", anywhere=positive(("x",)))
    assert [(miss.kind, miss.index) for miss in judged(one).misses] == [("top-1", 1)]


def test_a_capture_that_is_known_to_hold_a_fault_must_have_a_diagnosis() -> None:
    one = Case("a", (accepted(GOOD),), {}, "a", anywhere=positive(("x",)))
    assert [miss.found for miss in judged(one).misses] == ["not diagnosed"]


def test_the_verdict_of_the_right_cause_is_counted() -> None:
    one = case(REFUSED, ABSENT, _0=positive(("pair-refused",), "likely"), _1=positive(("stray-characters",)))
    assert judged(one).led == ("likely", "other")


def test_what_the_caller_knows_reaches_the_engine() -> None:
    [known] = expected_of([Given("AUTH_TOKEN", "TWILIO_AUTH_TOKEN", TOKEN)])
    assert (known.role.is_secret, known.name, known.value) == (True, "TWILIO_AUTH_TOKEN", TOKEN)
