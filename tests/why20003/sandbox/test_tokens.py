import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.sandbox import OAUTH_APP, WORLD, issue_token
from why20003.sandbox.tokens import Broken, Owned, token_owner

TOKEN = issue_token(OAUTH_APP, WORLD, now=1000)


def part(fields: object) -> str:
    return urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def test_own_token() -> None:
    assert token_owner(TOKEN, WORLD, now=1000) == Owned(OAUTH_APP)


@pytest.mark.parametrize(
    ("token", "now", "why"),
    [
        pytest.param(TOKEN, 4600, "has expired", id="expired"),
        pytest.param(TOKEN[:-4] + "AAAA", 1000, "not signed here", id="other-signature"),
        pytest.param(f"{part({'cty': 'twilio-fpa;v=1'})}.{part({})}.", 1000, "for client SDKs", id="access-token"),
        pytest.param(f"{part([])}.{part({})}.", 1000, "JSON objects", id="no-object"),
        pytest.param("a.b.c", 1000, "cannot be decoded", id="no-json"),
        pytest.param("ä.b.c", 1000, "cannot be decoded", id="not-ascii"),
        pytest.param("..", 1000, "cannot be decoded", id="empty-parts"),
    ],
)
def test_broken_tokens(token: str, now: float, why: str) -> None:
    owned = token_owner(token, WORLD, now=now)
    assert isinstance(owned, Broken)
    assert why in owned.why


def test_the_app_may_be_gone() -> None:
    assert token_owner(TOKEN, replace(WORLD, apps=()), now=1000) == Broken(
        "the OAuth app of the Bearer token does not exist"
    )


@given(st.text(max_size=60))
def test_total(text: str) -> None:
    token_owner(text, WORLD, now=0)
