"""access-token-as-bearer: told by the token's own header."""

import base64
import json
from dataclasses import replace

import pytest

from analyzers.building import GOOD, TIME, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.case import case_of
from analyzers.causes import access_token_as_bearer
from analyzers.exchange import Exchange
from analyzers.findings import Outcome, RuledOut, Stands, Unknown, Verdict


def bearer(header: dict[str, object], claims: dict[str, object]) -> bytes:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims))
    return b"Bearer " + b".".join(parts) + b".c2lnbmF0dXJl"


def judge(*exchanges: Exchange) -> Outcome:
    """What the check says of the last exchange."""
    capture = Capture(b"key")
    for exchange in exchanges[:-1]:
        capture.add(exchange)
    case = case_of(exchanges[-1])
    return access_token_as_bearer.check(replace(case, bearing=capture._history.bearing(case)))


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
    hit = diagnose_all(access_token_as_bearer.RULE.hit(), b"key")
    assert any(
        r.diagnosis and r.diagnosis.top and r.diagnosis.top.cause == access_token_as_bearer.RULE.slug for r in hit
    )
    for result in diagnose_all(access_token_as_bearer.RULE.miss(), b"key"):
        causes = [finding.cause for finding in result.diagnosis.findings] if result.diagnosis else []
        assert access_token_as_bearer.RULE.slug not in causes


@pytest.mark.parametrize("cty", ["twilio-fpa;v=1", "twilio-fpa; v=1", "TWILIO-FPA;V=1"])
def test_client_tokens_are_confirmed(cty: str) -> None:
    value = bearer({"typ": "JWT", "alg": "HS256", "cty": cty}, {"exp": TIME + 100})
    found = judge(refused(value))
    assert isinstance(found, Stands)
    assert found.verdict is Verdict.CONFIRMED
    assert value[found.evidence[0].start : found.evidence[0].end] == value.removeprefix(b"Bearer ")
    assert_plain(found)


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        pytest.param(bearer({"alg": "RS256"}, {"exp": TIME}), RuledOut, id="oauth-token"),
        pytest.param(bearer({"alg": "RS256", "cty": "twilio-pkrv;v=1"}, {}), RuledOut, id="client-validation"),
        pytest.param(bearer({"alg": "RS256", "cty": "twilio-fpa;v=2"}, {}), RuledOut, id="another-version"),
        pytest.param(bearer({"cty": ["twilio-fpa;v=1"]}, {}), RuledOut, id="no-string"),
        pytest.param(bearer({"typ": "twilio-fpa;v=1"}, {}), RuledOut, id="in-another-member"),
        pytest.param(bearer({"alg": "HS256"}, {"cty": "twilio-fpa;v=1"}), RuledOut, id="in-the-claims"),
        pytest.param(b"Bearer abc", Unknown, id="no-jwt"),
        pytest.param(GOOD, RuledOut, id="basic"),
        pytest.param(None, RuledOut, id="no-header"),
    ],
)
def test_near_misses(authorization: bytes | None, outcome: type[Outcome]) -> None:
    assert isinstance(judge(refused(authorization)), outcome)


def test_expired_client_token_leads_with_its_kind() -> None:
    found = standing(refused(bearer({"cty": "twilio-fpa;v=1"}, {"exp": TIME - 10})))
    assert [cause for cause in found if cause != "pair-refused"] == ["access-token-as-bearer", "bearer-expired"]


def test_the_token_is_never_shown() -> None:
    value = bearer({"cty": "twilio-fpa;v=1"}, {"sub": "AC1"})
    diagnosis = diagnose_all([refused(value)], b"key")[0].diagnosis
    assert value.removeprefix(b"Bearer ").decode()[:30] not in repr(diagnosis)
