"""Captures with whatever damage keep their diagnosis, and nothing of their secrets is left in any writing."""

import os
from collections.abc import Iterable
from dataclasses import replace

import pytest
from canary import layers, spotted
from hypothesis import given, settings
from hypothesis import strategies as st
from made_captures import Capture, capture
from redaction_tools import KEY_1, KEY_2, told

from analyzers.building import refused
from analyzers.exchange import Exchange
from recordings.redact import Redactor, Secrets, fits, leaks, next_key, redacted, repr_of

EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "0"))
UNFIT, DIFFERENT = 0.02, 0.001
"""Shares of captures with random damage whose form chance decides, so that no key keeps it; and of those that get
another diagnosis although it was kept: docs/redaction.md."""


# --- secrecy, and equality, of whatever ------------------------------------------------------------------------------
EXCEPTIONS: dict[str, set[int]] = {"unfit": set(), "different": set()}


@settings(max_examples=max(100, EXAMPLES), derandomize=not EXAMPLES)
@given(seed=st.integers(0, 2**48), hide_sids=st.booleans())
def test_any_damage_keeps_its_diagnosis_and_nothing_of_the_secrets(*, seed: int, hide_sids: bool) -> None:
    made = capture(seed)
    new = redacted(made.exchanges, KEY_1, hide_sids=hide_sids)
    assert spotted(repr_of(new), planted_in(made)) == []
    if not all(map(fits, made.exchanges, new)):
        EXCEPTIONS["unfit"].add(seed)
    elif not told(new) == told(redacted(new, KEY_2)) == told(made.exchanges):
        EXCEPTIONS["different"].add(seed)
    assert len(EXCEPTIONS["unfit"]) <= 2 + UNFIT * max(100, EXAMPLES)
    assert len(EXCEPTIONS["different"]) <= 1 + DIFFERENT * max(100, EXAMPLES)


def planted_in(made: Capture) -> tuple[bytes, ...]:
    """What can be found in the original: the other values are in no recording, and chance may make a part of them."""
    before = repr_of(made.exchanges)
    found = [value for value in (*made.secrets, *made.personal) if spotted(before, [value])]
    return tuple(value for value in found if not is_sid_to_everybody(value, before))


def is_sid_to_everybody(value: bytes, before: bytes) -> bool:
    """Whether damage made a SID of a token: 32 hex digits behind AC or SK stay. docs/redaction.md tells of it."""
    return any(prefix + value in text for _, text in layers(before) for prefix in (b"AC", b"SK"))


@settings(max_examples=max(40, EXAMPLES // 10))
@given(seed=st.integers(0, 2**48))
def test_the_product_finds_what_the_canary_finds(seed: int) -> None:
    """So that the tests above search for something."""
    before = repr_of(capture(seed).exchanges)
    for value in capture(seed).secrets:
        assert bool(leaks(before, Secrets([value]))) >= bool(spotted(before, [value]))


def test_most_made_captures_hold_their_secrets() -> None:
    holding = sum(bool(spotted(repr_of(made.exchanges), made.secrets)) for made in map(capture, range(60)))
    assert holding > 50


@settings(max_examples=max(60, EXAMPLES // 10))
@given(data=st.data())
def test_any_bytes_anywhere_are_redacted_to_as_many_exchanges(data: st.DataObject) -> None:
    some = st.binary(max_size=200)
    value = data.draw(some)
    made = refused(
        value,
        path=b"/" + data.draw(some),
        extra=((data.draw(some), data.draw(some)), (b"Cookie", data.draw(some)), (b"Content-Type", data.draw(some))),
        body=data.draw(some),
        host=data.draw(st.text(max_size=20)),
        method=data.draw(st.text(max_size=8)),
    )
    assert made.response is not None
    made = replace(made, response=replace(made.response, body=data.draw(some), reason=data.draw(st.text(max_size=8))))
    redactor = Redactor(KEY_1, hide_sids=data.draw(st.booleans()))
    redactor.learn(made)
    new = redactor.redact(made)
    assert [len(each) for _, each in new.request.headers] == [len(each) for _, each in made.request.headers]
    assert len(new.request.body) == len(made.request.body)
    leaks(repr_of([new]), redactor.secrets())


def test_a_long_value_of_anything_keeps_its_length() -> None:
    for value in (b"a" * 100_000, b"Basic " + b"QUJD" * 25_000, b"=:% " * 25_000, b"a." * 50_000):
        made = refused(value, body=value[:65_536])
        [new] = redacted([made], KEY_1)
        assert len(new.request.headers[2][1]) == len(value)


# --- keys -------------------------------------------------------------------------------------------------------------
def words_of(exchanges: Iterable[Exchange], key: bytes, *, hide_sids: bool = False) -> set[bytes]:
    redactor = Redactor(key, hide_sids=hide_sids)
    every = tuple(exchanges)
    for exchange in every:
        redactor.learn(exchange)
    return set(redactor.pseudonyms())


@pytest.mark.parametrize("hide_sids", [False, True])
def test_two_keys_share_no_surrogate(hide_sids: bool) -> None:
    exchanges = [made for seed in range(30) for made in capture(seed).exchanges]
    one, other = (words_of(exchanges, key, hide_sids=hide_sids) for key in (KEY_1, KEY_2))
    long = {word for word in one if len(word) >= 16}
    assert len(long) > 30
    assert long.isdisjoint(other)


def test_equal_input_and_key_give_equal_output() -> None:
    exchanges = capture(7).exchanges
    assert redacted(exchanges, KEY_1) == redacted(exchanges, KEY_1)
    assert redacted(exchanges, KEY_1) != redacted(exchanges, KEY_2)


def test_the_next_key_follows_from_the_last() -> None:
    assert next_key(KEY_1) == next_key(KEY_1)
    assert next_key(KEY_1) not in {KEY_1, next_key(KEY_2)}
    assert len(next_key(KEY_1)) >= 32
