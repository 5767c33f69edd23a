"""A cause's own samples drawn: the hit with its carets, the rest of a capture in words, how the near miss differs."""

from dataclasses import replace

import pytest
from made_rules import rule, stands

from analyzers.building import GOOD, KEY_SECRET, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.example import _note, example_of, near_miss_of
from analyzers.exchange import Exchange
from analyzers.findings import Verdict
from analyzers.registry import RULES
from analyzers.rules import Rule

RULE_OF = {rule.slug: rule for rule in RULES}
each_rule = pytest.mark.parametrize("each", RULES, ids=lambda each: each.slug)


def test_a_hit_is_drawn_as_in_a_diagnosis() -> None:
    example = example_of(RULE_OF["halves-swapped"])

    assert example is not None
    assert [shown.line for shown in example.exchanges] == [
        'POST https://api.twilio.com/2010-04-01/Accounts/AC0011…eeff/Messages.json -> 401 20003 "Authenticate"'
    ]
    assert example.exchanges[0].note == ""
    assert example.code.startswith("Authorization decoded: ")
    assert example.code.endswith(" : AC0011…eeff")
    assert example.carets.strip("^ ") == ""
    assert example.carets.index("^") == len("Authorization decoded: ")
    assert example.beside == "32 lower-case hex digits, the shape of a secret"
    assert example.verdict is Verdict.CONFIRMED
    assert example.evidence == ("shaped like an Account SID",)


def test_a_chain_shows_every_exchange_and_how_it_relates() -> None:
    example = example_of(RULE_OF["stripped-on-redirect"])

    assert example is not None
    first, second = example.exchanges
    assert first.line.startswith("POST http://api.twilio.com/")
    assert " -> 301 to https://api.twilio.com/" in first.line
    assert first.note == "0.3 s earlier, with Authorization"
    assert second.note == ""
    assert example.place == 1
    assert example.code == "(no Authorization header)"
    assert example.carets == ""


def test_of_equal_diagnoses_the_last_is_drawn() -> None:
    swapped = basic(TOKEN, SID)
    twice = replace(RULE_OF["halves-swapped"], hit=lambda: (refused(swapped), refused(swapped, at=5)))

    example = example_of(twice)

    assert example is not None
    assert example.place == 1
    assert example.exchanges[0].note == "5 s earlier, same credentials"


@pytest.mark.parametrize(
    ("exchange", "note"),
    [
        pytest.param(accepted(GOOD, at=-3), "3 s earlier, same credentials", id="same"),
        pytest.param(accepted(GOOD, at=-7200), "2 hours earlier, same credentials", id="hours"),
        pytest.param(accepted(GOOD, at=600), "10 minutes later, same credentials", id="minutes-later"),
        pytest.param(accepted(GOOD, at=-400000), "5 days earlier, same credentials", id="days"),
        pytest.param(accepted(None), "at the same time, no Authorization", id="none"),
        pytest.param(
            accepted(basic(SID, KEY_SECRET), at=-3), "3 s earlier, same username, another secret", id="another-secret"
        ),
        pytest.param(
            accepted(basic(b"x", TOKEN), at=-3), "3 s earlier, same secret, another username", id="another-username"
        ),
        pytest.param(accepted(b"Bearer x", at=-3), "3 s earlier, other credentials", id="other"),
        pytest.param(replace(accepted(GOOD), started_at=None), "same credentials", id="no-clock"),
    ],
)
def test_the_rest_of_a_capture_is_told_in_words(exchange: Exchange, note: str) -> None:
    assert _note(exchange, refused(GOOD)) == note


def test_a_rule_that_nobody_registered_has_no_example() -> None:
    assert example_of(rule(stands)) is None


def test_what_the_caller_is_taken_to_know_is_named() -> None:
    example = example_of(RULE_OF["differs-from-environment"])

    assert example is not None
    assert "TWILIO_AUTH_TOKEN from environment" in example.known


@each_rule
def test_an_example_says_what_a_diagnosis_says(each: Rule) -> None:
    example = example_of(each)

    assert example is not None, "its hit is not diagnosed"
    assert example.verdict in {Verdict.CONFIRMED, Verdict.LIKELY}
    assert example.says
    assert len(example.exchanges) == len(each.hit())
    assert example.exchanges[example.place].note == ""
    assert len(example.carets) <= len(example.code)


@each_rule
def test_a_near_miss_speaks_against_the_cause(each: Rule) -> None:
    miss = near_miss_of(each, example_of(each))

    assert miss is None or miss.because or miss.instead
    assert miss is None or miss.instead != each.slug


@pytest.mark.parametrize(
    ("slug", "shown", "because", "instead"),
    [
        pytest.param(
            "halves-swapped",
            "Authorization decoded: ",
            "the username is the same SID without its prefix, not a secret",
            "sid-as-password",
            id="header",
        ),
        pytest.param("key-sid-as-account", "GET https://api.twilio.com/", "", "", id="request"),
        pytest.param("feature-gate", "-> 401 20003 ", "the text speaks of the credentials", "", id="answer"),
        pytest.param("body-on-get", "without a body", "the request has no body", "", id="body"),
        pytest.param(
            "stripped-on-redirect", "POST http://api.twilio.com/", "no hop of", "no-authorization", id="chain"
        ),
    ],
)
def test_a_near_miss_is_one_line(slug: str, shown: str, because: str, instead: str) -> None:
    miss = near_miss_of(RULE_OF[slug], example_of(RULE_OF[slug]))

    assert miss is not None
    assert miss.shown.startswith(shown)
    assert bool(miss.shown) == bool(shown)
    assert because in miss.because
    assert instead in miss.instead
    assert "\n" not in miss.shown + miss.because


def test_a_near_miss_that_worked_says_so() -> None:
    miss = near_miss_of(rule(miss=lambda: (accepted(GOOD, method="GET"),)), None)

    assert miss is not None
    assert miss.because == "it worked"
    assert miss.shown == "GET https://api.twilio.com/2010-04-01/Accounts/AC0011…eeff/Messages.json"


def test_without_a_miss_there_is_no_near_miss() -> None:
    assert near_miss_of(rule(), None) is None


def test_a_missing_exchange_is_told_too() -> None:
    target = b"https://api.twilio.com/2010-04-01/Accounts/%s/Messages.json" % SID
    made = rule(
        hit=lambda: (redirected(GOOD, target, at=-1), refused(GOOD)),
        miss=lambda: (refused(GOOD),),
    )

    miss = near_miss_of(made, None)

    assert miss is not None
    assert miss.shown.startswith("without POST https://api.twilio.com/")
