"""OAuth access tokens, which the sandbox issues, and Access Tokens for client SDKs, which applications make.

The former are JWTs, HS256, signed with the world's own key (docs/facts.md 6.1). Twilio documents neither the algorithm
nor the claims; SDKs read ``exp`` only. The latter are signed with the secret of an API key (docs/facts.md 7.1).
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final

from analyzers.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .accounts import OAuthApp, World
    from .messages import Json

__all__ = ["Broken", "Owned", "access_token_fault", "issue_token", "token_owner"]

_LONGEST_LIFE: Final = 86400
_MARK: Final = {"typ": "JWT", "alg": "HS256", "cty": "twilio-fpa;v=1"}


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


def access_token_fault(token: str, world: World, *, now: float) -> tuple[int, str] | None:  # noqa: PLR0911 - one for each code
    """Twilio's code for what is wrong with an Access Token, and what it is; None for a good one. Total.

    The order of the checks is that of the codes: Twilio's own is not known.
    """
    text, _, signature = token.rpartition(".")
    try:
        header = json.loads(_decoded(text.partition(".")[0]))
        claims = json.loads(_decoded(text.partition(".")[2]))
        given = _decoded(signature)
    except (ValueError, RecursionError):
        return 20101, "the Access Token cannot be decoded"
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return 20101, "the Access Token is not made of JSON objects"
    if any(header.get(name) != value for name, value in _MARK.items()):
        return 20102, "the header of the Access Token is not typ JWT, alg HS256, cty twilio-fpa;v=1"
    key = world.key(str(claims.get("iss")))
    if key is None or key.deleted or claims.get("sub") != key.owner:
        return 20103, "iss of the Access Token is no API key that lives, or sub is not its account"
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int) or not now < expires <= now + _LONGEST_LIFE:
        return 20104, "exp of the Access Token is missing, past, or more than 24 hours ahead"
    if not isinstance(begins, int) or begins > now:
        return 20105, "nbf of the Access Token lies in the future"
    if not hmac.compare_digest(given, hmac.digest(key.secret.encode(), text.encode("latin-1"), "sha256")):
        return 20107, "the Access Token was not signed with the secret of the API key in iss"
    return None


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
