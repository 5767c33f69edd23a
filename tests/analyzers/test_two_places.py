"""Pairs that are known and come from two places, or are not the only ones: how sure, and what is said."""

import pytest

from analyzers.building import OTHER_SID, SID, TOKEN
from analyzers.expected import Expected, Role, Standing
from analyzers.findings import Verdict
from analyzers.flaws import Pair
from analyzers.two_places import two_places

OTHER_TOKEN = b"0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def one(role: Role, value: bytes, source: str) -> Expected:
    return Expected(role, f"TWILIO_{role.name}", source, value, standing=Standing.FOUND)


HERE = (one(Role.ACCOUNT_SID, SID, "environment"), one(Role.AUTH_TOKEN, TOKEN, "environment"))
THERE = (one(Role.ACCOUNT_SID, OTHER_SID, ".env line 1"), one(Role.AUTH_TOKEN, OTHER_TOKEN, ".env line 2"))


@pytest.mark.parametrize(
    ("wire", "known", "verdict", "says"),
    [
        pytest.param(
            Pair(SID, OTHER_TOKEN),
            (*HERE, *THERE),
            Verdict.LIKELY,
            "The username on the wire is that of the environment, the password that of .env line 2",
            id="mixed",
        ),
        pytest.param(
            Pair(SID, OTHER_TOKEN),
            (*HERE, THERE[1]),
            Verdict.POSSIBLE,
            "The password on the wire is TWILIO_AUTH_TOKEN of .env line 2; the environment holds another value",
            id="another-place-was-meant",
        ),
        pytest.param(
            Pair(SID, TOKEN),
            (*HERE, THERE[1]),
            Verdict.POSSIBLE,
            "The password on the wire is TWILIO_AUTH_TOKEN of the environment; .env line 2 holds another value",
            id="the-environment-won",
        ),
        pytest.param(
            Pair(SID, TOKEN),
            (*HERE, THERE[0]),
            Verdict.POSSIBLE,
            "The username on the wire is TWILIO_ACCOUNT_SID of the environment; .env line 1 holds another value",
            id="another-sid",
        ),
    ],
)
def test_what_is_said(wire: Pair, known: tuple[Expected, ...], verdict: Verdict, says: str) -> None:
    found = two_places(wire, known)
    assert found is not None
    assert (found.verdict, found.says) == (verdict, says)
    assert found.settle
    assert any("environment and .env" in step or ".env line 2 and environment" in step for step in found.fix)
    assert all(each.start is None or each.end for each in found.evidence)


@pytest.mark.parametrize("known", [HERE, (), (*HERE, one(Role.AUTH_TOKEN, TOKEN, ".env line 2"))])
def test_one_place_or_equal_values_are_no_reason(known: tuple[Expected, ...]) -> None:
    assert two_places(Pair(SID, TOKEN), known) is None
