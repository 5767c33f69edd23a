"""How much a fault of form can explain: the answer, earlier exchanges and masks weigh against it."""

from dataclasses import replace

import pytest

from analyzers.building import GOOD, SID, TEXT_REFUSED, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.case import case_of
from analyzers.exchange import Exchange, Fidelity, Response
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.header_form import let_client_build, unseen, weighed

FOUND = Stands(Verdict.CONFIRMED, "a fault", fix=("mend it",))
WRAPPED = GOOD[:66] + b"\n" + GOOD[66:]


def weigh(exchange: Exchange, *, in_the_way: bool = False) -> Verdict | type[Outcome]:
    outcome = weighed(case_of(exchange), FOUND, "look", in_the_way=in_the_way)
    if not isinstance(outcome, Stands):
        return type(outcome)
    assert (outcome.settle is None) == (outcome.verdict is Verdict.CONFIRMED)
    return outcome.verdict


def other(status: int) -> Response:
    return Response(status=status, headers=((b"Server", b"squid"),))


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(refused(WRAPPED), Verdict.CONFIRMED, id="authenticate"),
        pytest.param(refused(WRAPPED, message="Authentication Error - new"), Verdict.CONFIRMED, id="a-new-variant"),
        pytest.param(refused(WRAPPED, message="Invalid Authorization header"), Verdict.CONFIRMED, id="the-header"),
        pytest.param(refused(WRAPPED, message="Not in your plan"), Verdict.LIKELY, id="another-matter"),
        pytest.param(refused(WRAPPED, message="Policy evaluation failed"), RuledOut, id="policy"),
        pytest.param(refused(WRAPPED, code=20005, status=403), RuledOut, id="account-inactive"),
        pytest.param(refused(WRAPPED, code=20403, status=403), Verdict.LIKELY, id="forbidden"),
        pytest.param(refused(WRAPPED, code=20101), Verdict.LIKELY, id="token-error-for-a-pair"),
        pytest.param(refused(b"Bearer x\n", code=20101), Verdict.CONFIRMED, id="token-error-for-a-token"),
        pytest.param(refused(b"Bearer x\n", message="Something new"), Verdict.CONFIRMED, id="any-text-for-a-token"),
        pytest.param(refused(WRAPPED, code=20404, status=404), Verdict.POSSIBLE, id="not-found"),
        pytest.param(refused(WRAPPED, code=21470, status=400), Verdict.POSSIBLE, id="bad-account"),
        pytest.param(refused(WRAPPED, answer=other(401)), Verdict.LIKELY, id="another-401"),
        pytest.param(refused(WRAPPED, answer=other(407)), Verdict.POSSIBLE, id="proxy"),
        pytest.param(refused(WRAPPED, answer=other(400)), Verdict.POSSIBLE, id="another-400"),
        pytest.param(refused(WRAPPED, extra=((b"Authorization", GOOD),)), Verdict.LIKELY, id="two-headers"),
        pytest.param(replace(refused(WRAPPED), response=None), Unknown, id="no-answer"),
    ],
)
def test_the_answer_limits_the_verdict(exchange: Exchange, expected: Verdict | type[Outcome]) -> None:
    assert weigh(exchange) is expected


@pytest.mark.parametrize(("in_the_way", "expected"), [(True, Verdict.CONFIRMED), (False, Verdict.LIKELY)])
def test_what_makes_a_proxy_refuse_the_head(in_the_way: bool, expected: Verdict) -> None:
    assert weigh(replace(refused(WRAPPED), response=None, refused_by_proxy=True), in_the_way=in_the_way) is expected


def test_what_makes_the_edge_refuse_the_head() -> None:
    assert weigh(refused(WRAPPED, answer=other(400)), in_the_way=True) is Verdict.CONFIRMED


@pytest.mark.parametrize(
    "value",
    [
        b"REDACTED",
        b"[REDACTED]",
        b"<redacted>",
        b"(removed)",
        b"***",
        b"Basic ********",
        b"Basic xxxxxxxx",
        b"Bearer [Filtered]",
        "Basic \u2022\u2022\u2022\u2022".encode(),
        "Bearer \u2026\u2026\u2026".encode(),
    ],
)
def test_a_value_that_was_written_over_proves_nothing(value: bytes) -> None:
    assert weigh(refused(value)) is Unknown
    for result in diagnose_all([refused(value)], b"key"):
        assert result.diagnosis is not None
        assert Verdict.CONFIRMED not in {finding.verdict for finding in result.diagnosis.findings}


@pytest.mark.parametrize("value", [b"Basic x", b"Basic xx", b"Basic " + b"*" * 101, b"Basic removed:secret"])
def test_what_only_looks_written_over(value: bytes) -> None:
    assert weigh(refused(value)) is Verdict.CONFIRMED


def verdicts(*exchanges: Exchange) -> dict[str, Verdict]:
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    assert diagnosis is not None
    return {finding.cause: finding.verdict for finding in diagnosis.findings}


def test_a_pair_accepted_before_leaves_its_form_in_doubt() -> None:
    """The history keeps pairs, so it may have been accepted in this very form."""
    assert verdicts(refused(WRAPPED, at=1))["base64-line-wrapped"] is Verdict.CONFIRMED
    assert verdicts(accepted(GOOD), refused(WRAPPED, at=1))["base64-line-wrapped"] is Verdict.LIKELY
    assert verdicts(accepted(GOOD[:-2]), refused(GOOD[:-2], at=1))["base64-alphabet"] is Verdict.LIKELY


@pytest.mark.parametrize("password", [TOKEN + b"\xc2\xa0", TOKEN + b"%0A"])
def test_bytes_accepted_before_are_no_fault(password: bytes) -> None:
    value = basic(SID, password)
    found = verdicts(accepted(value), refused(value, at=1, message=TEXT_REFUSED))
    assert not found.keys() & {"charset-not-ascii", "percent-encoded-credentials"}


@pytest.mark.parametrize(
    ("fidelity", "expected"), [(Fidelity.FULL, RuledOut), (Fidelity.DOUBTFUL, Unknown), (Fidelity.SANITIZED, Unknown)]
)
def test_no_header_to_look_at(fidelity: Fidelity, expected: type[Outcome]) -> None:
    assert type(unseen(case_of(refused(None, fidelity=fidelity)))) is expected
    assert unseen(case_of(refused(GOOD, fidelity=fidelity))) is None


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (b"python-requests/2.32.0", "let python-requests build the header: requests.post("),
        (b"", "let your HTTP client build the header: username = "),
    ],
)
def test_the_client_builds_a_better_header(agent: bytes, says: str) -> None:
    assert says in let_client_build(case_of(refused(agent=agent)))


def test_a_flaw_that_twilio_has_overlooked_before_is_only_likely() -> None:
    unpadded = basic(SID, TOKEN).rstrip(b"=")
    rotated = basic(SID, TOKEN[::-1]).rstrip(b"=")
    first = diagnose_all([refused(rotated)], b"key")[-1].diagnosis
    later = diagnose_all([accepted(unpadded), refused(rotated, at=1.0)], b"key")[-1].diagnosis
    assert first is not None
    assert later is not None
    assert ("base64-alphabet", Verdict.CONFIRMED) in [(f.cause, f.verdict) for f in first.findings]
    assert ("base64-alphabet", Verdict.LIKELY) in [(f.cause, f.verdict) for f in later.findings]
