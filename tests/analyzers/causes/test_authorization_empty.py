"""authorization-empty: a header without a credential."""

import base64

import pytest
from judging import checked, spots

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, basic, refused
from analyzers.case import case_of
from analyzers.causes import authorization_empty
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict

TEXT = base64.b64encode(SID + b":" + TOKEN)
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTM3MDgwNDh9.c2lnbmF0dXJl"
CONFIRMED, LIKELY, POSSIBLE = Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE
GATE = "This feature is not available on a Trial account. Please upgrade your account to gain access."


def judge(exchange: Exchange) -> Outcome:
    return checked(authorization_empty.RULE, case_of(exchange))


def verdict(value: bytes | None) -> Verdict | type[Outcome]:
    """The verdict on a refused request with this Authorization value, or the kind of outcome."""
    found = judge(refused(value))
    return found.verdict if isinstance(found, Stands) else type(found)


def stands(exchange: Exchange) -> Stands:
    found = judge(exchange)
    assert isinstance(found, Stands)
    assert len(found.says) <= 140
    assert not found.says.endswith(".")
    assert found.fix
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"", CONFIRMED, id="empty"),
        pytest.param(b"   ", CONFIRMED, id="blanks"),
        pytest.param(b"Basic", CONFIRMED, id="basic-alone"),
        pytest.param(b"Basic ", CONFIRMED, id="basic-and-a-blank"),
        pytest.param(b"Bearer", CONFIRMED, id="bearer-alone"),
        pytest.param(b"Token", CONFIRMED, id="another-scheme-alone"),
        pytest.param(b"Bearer undefined", CONFIRMED, id="bearer-undefined"),
        pytest.param(b"Basic null", CONFIRMED, id="basic-null"),
        pytest.param(b"None", CONFIRMED, id="none"),
        pytest.param(b'""', CONFIRMED, id="quotes"),
        pytest.param(b"Basic Basic", CONFIRMED, id="basic-basic-and-nothing"),
        pytest.param(b"Basic Og==", RuledOut, id="both-halves-empty"),
        pytest.param(b"x", RuledOut, id="one-letter"),
        pytest.param(b"Basic =", RuledOut, id="padding"),
        pytest.param(b"Bearer x", RuledOut, id="short-token"),
        pytest.param(b"Basic REDACTED", RuledOut, id="written-over"),
        pytest.param(GOOD, RuledOut, id="clean"),
        pytest.param(basic(KEY, KEY_SECRET), RuledOut, id="clean-key"),
        pytest.param(b"Bearer " + JWT, RuledOut, id="clean-token"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_verdict(value: bytes | None, expected: Verdict | type[Outcome]) -> None:
    assert verdict(value) is expected


HIT = b"Basic "


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(HIT, message=GATE), RuledOut, id="credentials-were-read"),
        pytest.param(refused(HIT, status=403, code=20008), RuledOut, id="test-credentials"),
        pytest.param(refused(HIT, status=404, code=20404), POSSIBLE, id="not-found"),
        pytest.param(refused(HIT, message="Something new"), LIKELY, id="a-text-about-something-else"),
        pytest.param(refused(HIT, answer=Response(status=407, headers=())), POSSIBLE, id="a-proxy-asks"),
        pytest.param(refused(HIT, answer=Response(status=401, headers=())), LIKELY, id="somebody-answered"),
        pytest.param(refused(HIT, extra=((b"Authorization", GOOD),)), LIKELY, id="two-headers"),
    ],
)
def test_the_answer_weighs(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    found = judge(exchange)
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected
    if isinstance(found, Stands):
        assert (found.settle is None) == (found.verdict is CONFIRMED)


@pytest.mark.parametrize(
    ("fidelity", "expected"), [(Fidelity.FULL, CONFIRMED), (Fidelity.DOUBTFUL, LIKELY), (Fidelity.SANITIZED, Unknown)]
)
def test_an_export_may_have_blanked_it(fidelity: Fidelity, expected: Verdict | type[Outcome]) -> None:
    found = judge(refused(b"Basic ", fidelity=fidelity))
    assert (found.verdict if isinstance(found, Stands) else type(found)) is expected


@pytest.mark.parametrize(
    ("value", "says", "spot"),
    [
        pytest.param(b"", "", (0, 0), id="empty"),
        pytest.param(b"Basic", "after the scheme", (5, 5), id="basic-alone"),
        pytest.param(b"Token", "after the scheme", (0, 5), id="another-scheme-alone"),
        pytest.param(b"Basic null", "the word null", (6, 10), id="a-word"),
    ],
)
def test_it_says_where_nothing_stands(value: bytes, says: str, spot: tuple[int, int]) -> None:
    found = stands(refused(value))
    assert says in found.says
    assert spots(found) == [("authorization", *spot)]


def test_it_names_the_word_of_a_missing_value() -> None:
    found = stands(refused(b"Bearer undefined"))
    assert "the word undefined" in found.says
    assert (found.evidence[0].start, found.evidence[0].end) == (7, 16)
