"""A redacted recording has the same diagnosis as the original, and nothing of its secrets."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from canary import spotted
from redaction_tools import KEY_1, KEY_2, check, in_their_place, told

from analyzers.building import GOOD, KEY, KEY_SECRET, SID, TOKEN, accepted, basic, refused
from analyzers.building_tokens import client_token
from analyzers.exchange import Exchange
from analyzers.expected import Expected, Role
from analyzers.registry import RULES
from analyzers.rules import Rule
from recordings.redact import Redactor, leaks, redacted, repr_of
from score.corpus.all_cases import corpus
from score.judging import expected_of
from score.labelled import labelled_cases, samples
from score.truth import Case

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))
STEP = 1 if EXAMPLES else 60
"""Of the score's captures every so many are taken."""


# --- equality ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_hit_and_near_miss_of_every_cause_keep_their_diagnosis(rule: Rule) -> None:
    check(tuple(rule.hit()), rule.expected)
    check(tuple(rule.miss()), rule.expected)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_what_is_redacted_twice_keeps_it_too(rule: Rule) -> None:
    if rule.expected:
        pytest.skip("what the caller knows would have to be redacted twice as well")
    once = redacted(tuple(rule.hit()), KEY_1)
    assert told(redacted(once, KEY_2)) == told(rule.hit())


@pytest.mark.parametrize("case", samples(), ids=lambda case: case.name)
def test_samples_keep_their_diagnosis(case: Case) -> None:
    check(case.exchanges)
    check(case.exchanges, hide_sids=True)


@pytest.mark.parametrize("kind", ["mitm", "har", "http"])
def test_labelled_cases_keep_their_diagnosis(kind: str) -> None:
    cases = list(labelled_cases(kind))
    if not cases:
        pytest.skip("no labelled cases here; WHY20003_CASES names their folder")
    for case in cases:
        check(case.exchanges)


@pytest.mark.parametrize("part", range(4))
def test_the_captures_of_the_score_keep_their_diagnosis(part: int) -> None:
    different = []
    for case in islice(corpus(), part * STEP, None, 4 * STEP):
        expected = expected_of(case.given)
        new = redacted(case.exchanges, KEY_1, expected=expected)
        if told(new, in_their_place(case.exchanges, expected)) != told(case.exchanges, expected):
            different.append(case.name)
    assert different == []


# --- the interface ----------------------------------------------------------------------------------------------------
def learnt(*exchanges: Exchange, hide_sids: bool = False) -> Redactor:
    redactor = Redactor(KEY_1, hide_sids=hide_sids)
    for exchange in exchanges:
        redactor.learn(exchange)
    return redactor


def test_a_secret_of_one_exchange_goes_from_all_others() -> None:
    other = refused(None, path=b"/2010-04-01/x.json?q=" + TOKEN, extra=((b"X-Note", b"see " + TOKEN[:20]),))
    redactor = learnt(other, refused(GOOD))
    new = redactor.redact(other)
    assert spotted(repr_of([new]), [TOKEN]) == []
    assert new.request.target.endswith(b"?q=" + redactor.stand_in(TOKEN))


def test_a_stand_in_has_the_length_and_the_classes_of_what_it_stands_for() -> None:
    redactor = learnt(refused(basic(KEY, KEY_SECRET)), refused(GOOD))
    for word in (TOKEN, KEY_SECRET):
        new = redactor.stand_in(word)
        assert len(new) == len(word)
        assert all(one != other for one, other in zip(new, word, strict=True))
        for kind in (bytes.isdigit, bytes.islower, bytes.isupper):
            assert [kind(new[at : at + 1]) for at in range(len(new))] == [
                kind(word[at : at + 1]) for at in range(len(word))
            ]
    assert redactor.stand_in(SID) == SID
    assert redactor.stand_in(b"") == b""


def test_relations_stay() -> None:
    redactor = learnt(refused(GOOD))
    new = redactor.stand_in(TOKEN)
    assert redactor.stand_in(TOKEN[:12]) == new[:12]
    assert redactor.stand_in(TOKEN.upper()) == new.upper()
    assert redactor.stand_in(TOKEN[::-1]) == new[::-1]
    assert redactor.stand_in(TOKEN + TOKEN) == new + new
    assert redactor.stand_in(b'"' + TOKEN + b'"\n') == b'"' + new + b'"\n'
    assert redactor.stand_in(TOKEN[16:] + TOKEN[:16]) == new[16:] + new[:16]


def test_sids_stay_or_get_one_pseudonym_with_their_prefix() -> None:
    kept, hidden = learnt(refused(GOOD)), learnt(refused(GOOD), hide_sids=True)
    assert kept.redact(refused(GOOD)).request.target == refused(GOOD).request.target
    new = hidden.redact(refused(GOOD))
    stand_in = hidden.stand_in(SID)
    assert stand_in != SID
    assert (stand_in[:2], len(stand_in)) == (SID[:2], len(SID))
    assert stand_in in new.request.target
    assert spotted(repr_of([new]), [SID[2:], TOKEN]) == []


def test_the_map_tells_what_stands_for_what() -> None:
    redactor = learnt(refused(GOOD), hide_sids=True)
    pseudonyms = redactor.pseudonyms()
    assert pseudonyms[redactor.stand_in(TOKEN)] == TOKEN
    assert pseudonyms[redactor.stand_in(SID)] == SID
    assert SID not in learnt(refused(GOOD)).pseudonyms().values()


def test_what_the_caller_expects_goes_as_well() -> None:
    given_ = Expected(Role.AUTH_TOKEN, "TWILIO_AUTH_TOKEN", "environment", TOKEN)
    other = refused(basic(SID, KEY_SECRET), path=b"/x?note=" + TOKEN)
    [new] = redacted([other], KEY_1, expected=[given_])
    assert spotted(repr_of([new]), [TOKEN, KEY_SECRET]) == []


def test_a_token_that_a_secret_signs_is_signed_by_its_stand_in() -> None:
    exchanges = refused(b"Bearer " + client_token(KEY_SECRET)), accepted(basic(KEY, KEY_SECRET), at=5)
    check(exchanges)


def test_a_secret_says_nothing_of_itself() -> None:
    redactor = learnt(refused(GOOD))
    assert TOKEN.decode() not in repr(redactor) + repr(redactor.secrets()) + repr(leaks(TOKEN, redactor.secrets()))


def test_error_and_every_other_text_of_an_exchange_are_redacted() -> None:
    made = replace(
        refused(GOOD),
        error=f"invalid header {GOOD.decode()} from Jane Smithson",
        client_address="203.0.113.77",
        connection=f"conn-{TOKEN.decode()}",
        proxy_options=("modify_headers", f"x {TOKEN.decode()}"),
    )
    [new] = redacted([made], KEY_1)
    assert spotted(repr_of([new]), [TOKEN, b"Smithson", GOOD[60:]]) == []
    assert new.proxy_options[0] == "modify_headers"


def test_an_exchange_without_an_answer_stays_one() -> None:
    made = replace(refused(GOOD), response=None, error="Connection reset by peer")
    [new] = redacted([made], KEY_1)
    assert (new.response, new.error) == (None, "Connection reset by peer")


def every_exchange() -> Iterator[Exchange]:
    for rule in RULES:
        yield from rule.hit()


def test_what_no_secret_stands_in_stays_byte_for_byte() -> None:
    """Where the diagnosis looks: names of headers, methods, hosts, answers of Twilio's."""
    for made in every_exchange():
        [new] = redacted([made], KEY_1)
        assert [name for name, _ in new.request.headers if b"-" in name] == [
            name for name, _ in made.request.headers if b"-" in name
        ]
        assert (new.request.method, new.started_at, new.fidelity) == (
            made.request.method,
            made.started_at,
            made.fidelity,
        )
        if made.request.host.endswith("twilio.com"):
            assert new.request.host == made.request.host
        assert (new.response and new.response.status) == (made.response and made.response.status)
