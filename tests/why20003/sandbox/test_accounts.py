import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from why20003.sandbox import (
    LIVE,
    LIVE_IE1,
    OAUTH_APP,
    PROMOTED_TOKEN,
    ROTATED_TOKEN,
    STANDARD_KEY,
    WORLD,
    Account,
    ApiKey,
    sandbox_sid,
)
from why20003.sandbox.masking import masked_sid


@pytest.mark.parametrize("account", WORLD.accounts, ids=lambda a: a.name)
def test_pairs_of_accounts_are_well_shaped(account: Account) -> None:
    assert re.fullmatch(r"AC[0-9a-f]{32}", account.sid)
    assert re.fullmatch(r"[0-9a-f]{32}", account.auth_token)


@pytest.mark.parametrize("key", WORLD.keys, ids=lambda k: k.name)
def test_pairs_of_keys_are_well_shaped(key: ApiKey) -> None:
    assert re.fullmatch(r"SK[0-9a-f]{32}", key.sid)
    assert re.fullmatch(r"[0-9A-Za-z]{32}", key.secret)
    for kind in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[g-zG-Z]"):
        assert re.search(kind, key.secret)


def test_oauth_app_is_well_shaped() -> None:
    assert re.fullmatch(r"OQ[a-zA-Z0-9]{32}", OAUTH_APP.client_id)


def test_every_secret_is_its_own() -> None:
    secrets = [a.auth_token for a in WORLD.accounts] + [k.secret for k in WORLD.keys]
    secrets += [OAUTH_APP.client_secret, ROTATED_TOKEN, PROMOTED_TOKEN]
    assert all(a != b for a, b in combinations(secrets, 2))


def test_masked_sids_stay_distinct() -> None:
    masked = {masked_sid(sid) for sid in {a.sid for a in WORLD.accounts} | {k.sid for k in WORLD.keys}}
    assert len(masked) == len({a.sid for a in WORLD.accounts}) + len(WORLD.keys)


def test_one_sid_has_another_token_in_each_region() -> None:
    assert LIVE.sid == LIVE_IE1.sid
    assert WORLD.account(LIVE.sid, "us1") == LIVE
    assert WORLD.account(LIVE.sid, "ie1") == LIVE_IE1
    assert WORLD.account(LIVE.sid, "xx1") is None


def test_a_promotion_changes_one_token_in_one_region() -> None:
    changed = WORLD.promoted(LIVE)
    assert changed.account(LIVE.sid, "us1") == replace(LIVE, auth_token=PROMOTED_TOKEN)
    assert changed.account(LIVE.sid, "ie1") == LIVE_IE1
    assert [a.sid for a in changed.accounts] == [a.sid for a in WORLD.accounts]
    assert WORLD.account(LIVE.sid, "us1") == LIVE


def test_repr_shows_no_secret(leaks: Callable[[str], list[str]]) -> None:
    assert leaks(repr(WORLD)) == []
    assert STANDARD_KEY.sid in repr(WORLD)


def test_made_sids_are_stable_and_well_shaped() -> None:
    assert sandbox_sid("SM", "x") == sandbox_sid("SM", "x")
    assert sandbox_sid("SM", "x") != sandbox_sid("SM", "y")
    assert re.fullmatch(r"SM[0-9a-f]{32}", sandbox_sid("SM", "x"))
