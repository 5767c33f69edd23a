"""The generated corpus: its truth is its own, it is the same each time, and it is as large and as wide as promised."""

import ast
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from analyzers.registry import RULES
from score.corpus.all_cases import FORMS, corpus
from score.judging import judged
from score.truth import Case, Kind

ROOT = Path(__file__).resolve().parents[2] / "score"
GENERATOR = [ROOT / "truth.py", *sorted((ROOT / "corpus").glob("*.py"))]
ALLOWED = ("analyzers.exchange", "score.corpus", "score.truth")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(corpus())


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", GENERATOR, ids=lambda path: path.name)
def test_the_generator_borrows_nothing_from_the_engine(path: Path) -> None:
    foreign = {
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(ALLOWED)
    }
    assert foreign == set()


def test_a_case_is_the_same_each_time(cases: list[Case]) -> None:
    assert list(corpus()) == cases


def test_a_case_does_not_depend_on_the_others(cases: list[Case]) -> None:
    [form] = [form for form in FORMS if (form.group, form.name) == ("stray-characters", "edge-lf")]
    alone = list(islice(form.cases(), 2))
    assert alone == [
        case for case in cases if case.name in {"stray-characters/edge-lf/0", "stray-characters/edge-lf/1"}
    ]


def test_every_id_finds_one_case(cases: list[Case]) -> None:
    assert [name for name, count in Counter(case.name for case in cases).items() if count > 1] == []


def test_it_is_large_and_two_fifths_of_it_are_faultless(cases: list[Case]) -> None:
    faultless = [case for case in cases if not case.positive and not case.undecided]
    assert len(cases) >= 4000
    assert len(faultless) >= 0.4 * len(cases)


def test_every_cause_has_its_cases(cases: list[Case]) -> None:
    count = Counter(case.group for case in cases)
    benign = {"challenge-first-client"}
    assert {rule.slug for rule in RULES if count[rule.slug] < 25} == benign
    assert count["challenge-first"] >= 100


def test_every_named_cause_exists(cases: list[Case]) -> None:
    truths = [truth for case in cases for truth in case.truths.values()]
    named = {slug for truth in truths for slug in (*truth.leads, *truth.also, *truth.may)}
    assert named - {rule.slug for rule in RULES} == set()


def test_a_success_has_no_truth(cases: list[Case]) -> None:
    told = [
        (case.name, index)
        for case in cases
        for index in case.truths
        if (answer := case.exchanges[index].response) is not None and answer.status < 400
    ]
    assert told == []


def test_an_exchange_that_was_refused_by_the_gate_has_a_truth(cases: list[Case]) -> None:
    without = [
        (case.name, index)
        for case in cases
        for index, exchange in enumerate(case.exchanges)
        if exchange.response is not None
        and exchange.response.first(b"x-twilio-error-code") == b"20003"
        and index not in case.truths
    ]
    assert without == []


def test_what_must_stand_beside_is_not_what_may_not_be_confirmed(cases: list[Case]) -> None:
    truths = [truth for case in cases for truth in case.truths.values() if truth.kind is Kind.POSITIVE]
    assert [truth for truth in truths if truth.least == "confirmed" and not truth.may.issuperset(truth.leads)] == []


def test_a_tenth_of_the_faultless_captures_is_not_accused(cases: list[Case]) -> None:
    faultless = [case for case in cases if not case.positive and not case.undecided]
    assert [miss for case in faultless[::10] for miss in judged(case).misses] == []
