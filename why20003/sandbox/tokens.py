"""OAuth access tokens of the sandbox: JWTs, HS256, signed with the world's own key (docs/facts.md 6.1).

Twilio documents neither the algorithm nor the claims; SDKs read ``exp`` only.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .accounts import OAuthApp, World
    from .messages import Json

__all__ = ["Broken", "Owned", "issue_token", "token_owner"]


@dataclass(frozen=True, slots=True)
class Owned:
    """A good token and the app that got it."""

    app: OAuthApp


@dataclass(frozen=True, slots=True)
class Broken:
    """A token that is refused, and why."""

    why: str


def issue_token(app: OAuthApp, world: World, *, now: float) -> str:
    """Make the access token that the token endpoint would have given at ``now`` (seconds since the epoch)."""
    claims: dict[str, Json] = {
        "sub": app.client_id,
        "iat": int(now),
        "exp": int(now) + app.lifetime,
        "jti": hmac.digest(world.signing_key, f"{app.client_id} {now}".encode(), "sha256").hex()[:32],
    }
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'sandbox'})}.{_part(claims)}"
    return f"{text}.{_base64url(_signature(text, world))}"


def token_owner(  # noqa: PLR0911 - one for each case
    token: str, world: World, *, now: float
) -> Owned | Broken:
    """Read an access token; total."""
    text, _, signature = token.rpartition(".")
    try:
        header = json.loads(_decoded(text.partition(".")[0]))
        claims = json.loads(_decoded(text.partition(".")[2]))
        matches = hmac.compare_digest(_decoded(signature), _signature(text, world))
    except (ValueError, RecursionError):
        return Broken("the Bearer token cannot be decoded")
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return Broken("the Bearer token is not made of JSON objects")
    if header.get("cty") == "twilio-fpa;v=1":
        return Broken("the Bearer token is an Access Token for client SDKs, not an OAuth access token")
    if not matches:
        return Broken("the Bearer token was not signed here")
    app = world.app(str(claims.get("sub")))
    if app is None:
        return Broken("the OAuth app of the Bearer token does not exist")
    expires = claims.get("exp")
    if not isinstance(expires, int) or expires <= now:
        return Broken("the Bearer token has expired")
    return Owned(app)


def _signature(text: str, world: World) -> bytes:
    return hmac.digest(world.signing_key, text.encode("latin-1"), "sha256")


def _part(fields: Mapping[str, Json]) -> str:
    return _base64url(json.dumps(fields, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Raise ValueError (binascii.Error is one) where the text is no base64url."""
    if not text.isascii() or not set(text) <= _ALPHABET:
        raise binascii.Error
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
