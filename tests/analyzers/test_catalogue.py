"""The order of the list is complete, and codes and texts lead to causes that exist."""

import pytest

from analyzers.advice import ADVICE
from analyzers.case import case_of
from analyzers.catalogue import ADVICE_HEADING, CODES, GROUPS, LAST_WORD, TEXTS, heading_of, place_of
from analyzers.example import example_of
from analyzers.page import all_pages
from analyzers.registry import RULES
from analyzers.rules import Rule
from analyzers.twilio import AUTH_CODES, PATH_ACCOUNT_CODES, READ_CODES

SLUGS = {rule.slug for rule in RULES}


def test_every_cause_has_its_place_in_the_list() -> None:
    listed = [slug for _, slugs in GROUPS for slug in slugs]

    assert len(set(listed)) == len(listed)
    assert sorted(listed) == sorted(SLUGS), "give every cause a place in GROUPS of analyzers/catalogue.py"
    assert [page.slug for page in all_pages()] == [*listed, *(kind.slug for kind in ADVICE)]


def test_a_cause_without_a_place_comes_last() -> None:
    assert heading_of("made-up") == GROUPS[-1][0]
    assert place_of("made-up") == len(SLUGS)


def test_advice_has_a_group_of_its_own() -> None:
    assert {page.group for page in all_pages() if page.slug not in SLUGS} == {ADVICE_HEADING}


@pytest.mark.parametrize("code", sorted(AUTH_CODES | READ_CODES | set(PATH_ACCOUNT_CODES)))
def test_every_code_of_a_refusal_speaks_for_a_cause(code: int) -> None:
    assert CODES.get(code), "give the code its causes in CODES of analyzers/catalogue.py"


def test_codes_and_texts_name_causes_that_exist() -> None:
    named = {slug for slugs in CODES.values() for slug in slugs} | {
        slug for _, slugs in (*TEXTS, LAST_WORD) for slug in slugs
    }

    assert named <= SLUGS
    assert 20003 not in CODES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_the_code_of_its_hit_leads_to_the_cause(rule: Rule) -> None:
    example = example_of(rule)

    assert example is not None, "its hit is not diagnosed"
    answer = case_of(rule.hit()[example.place]).answer
    if answer is not None and answer.code is not None and answer.code != 20003:
        assert rule.slug in CODES.get(answer.code, ()), answer.code
