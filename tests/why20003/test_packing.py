from dataclasses import replace

import pytest

from analyzers.building import GOOD, SID, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.diagnosis import Diagnosis
from analyzers.registry import RULES
from why20003.packing import diagnosis_of, packed, plain, unpacked

OLD = basic(SID, b"f" * 32)
EVERY = [
    pytest.param(found.diagnosis, id=f"{rule.slug}-{found.index}")
    for rule in RULES
    for found in diagnose_all(rule.hit(), b"key", rule.expected)
    if found.diagnosis is not None
]


@pytest.mark.parametrize("diagnosis", EVERY)
def test_a_diagnosis_comes_out_as_it_went_in(diagnosis: Diagnosis) -> None:
    assert [diagnosis_of(row) for row in unpacked(packed([plain(diagnosis)]))] == [diagnosis]


def test_rare_fields_too() -> None:
    result = diagnose_all([accepted(GOOD), *(refused(OLD, at=n) for n in range(5))], b"key")[-1]
    assert result.diagnosis is not None
    assert result.diagnosis.advice
    rare = replace(
        result.diagnosis,
        crashed=(("half-empty", "ValueError"),),
        benign=True,
        refused_by_proxy=True,
        client_hint="twilio-java or twilio-csharp",
        message="\ud800",
        code=None,
        time=None,
        credential=None,
        drawing=None,
    )
    assert diagnosis_of(unpacked(packed([plain(rare)]))[0]) == rare


def test_several_rows_keep_their_order() -> None:
    assert unpacked(packed(iter([(1,), (2, "b")]))) == [(1,), (2, "b")]
