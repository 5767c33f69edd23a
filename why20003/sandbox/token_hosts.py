"""Where tokens are the matter: OAuth's token endpoint, the Voice SDK's event gateway, the Auth Token's rotation."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from .accounts import Account, World
from .messages import Answer, Document, Fault, Json, Request
from .refusals import NO_CREDENTIALS, TOKEN_MESSAGES, method_not_allowed, missing_resource, refuse
from .tokens import access_token_fault, issue_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sites import Route

__all__ = ["PROMOTION", "iso_date", "promote", "serve_event", "serve_token"]

PROMOTION: Final = ("accounts", ("AuthTokens", "Promote"))
"""Product and resource. docs/facts.md 5."""


def serve_token(request: Request, route: Route, world: World, *, now: float) -> Answer:
    """The token endpoint: the client's secret stands in the form, Authorization is not read (docs/facts.md 6.1)."""
    if route.segments != ("v2", "token"):
        return missing_resource(route, "oauth.twilio.com has the token endpoint only")
    if request.method != "POST":
        return method_not_allowed(route)
    types = request.values(b"content-type")
    is_form = bool(types) and types[0].lower().startswith(b"application/x-www-form-urlencoded")
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), errors="replace"))
    if not is_form or form.get("grant_type") != "client_credentials":
        # Uncertain: the numbers are documented, no body was ever captured. docs/facts.md 6.1
        why = "the grant type is not client_credentials" if is_form else "the token endpoint takes a form only"
        return refuse(route, Fault(322403, "Bad request"), why, 400)
    app = world.app(form.get("client_id", ""))
    given = form.get("client_secret", "").encode("utf-8", "replace")
    if app is None or not hmac.compare_digest(given, app.client_secret.encode()):
        why = "there is no such OAuth app" if app is None else "the OAuth client secret is wrong"
        return refuse(route, Fault(322402, "Invalid credentials"), why, 401)
    fields: Mapping[str, Json] = {
        "access_token": issue_token(app, world, now=now),
        "token_type": "Bearer",
        "expires_in": app.lifetime,
        "id_token": None,
        "refresh_token": None,
    }
    return Answer(200, Document("Token", fields), "good client; token issued")


def serve_event(request: Request, route: Route, world: World, *, now: float) -> Answer:
    """The Voice SDK's event gateway, which wants an Access Token in X-Twilio-Token (docs/facts.md 7.1)."""
    if route.segments != ("v4", "EndpointEvents"):
        return missing_resource(route, "the event gateway takes the events of the Voice SDK only")
    if request.method != "POST":
        return method_not_allowed(route)
    values = request.values(b"x-twilio-token")
    if not values:
        return refuse(route, NO_CREDENTIALS, "X-Twilio-Token is missing")
    # Uncertain: the codes are documented, no answer was ever captured. docs/facts.md 1.6 and 11, gap 8
    fault = access_token_fault(values[0].decode("latin-1"), world, now=now)
    if fault is not None:
        code, why = fault
        return refuse(route, Fault(code, TOKEN_MESSAGES[code]), why)
    return Answer(200, Document("Event", {}), "good Access Token; event taken")


def promote(account: Account, world: World, *, now: float) -> Answer:
    """The secondary Auth Token takes the place of the first (docs/facts.md 5). Here every account has a secondary one,
    which is good from then on.
    """
    changed = world.promoted(account)
    token = next(a.auth_token for a in changed.accounts if (a.sid, a.region) == (account.sid, account.region))
    fields: Mapping[str, Json] = {
        "account_sid": account.sid,
        "auth_token": token,
        "date_created": iso_date(now),
        "date_updated": iso_date(now),
        "url": "https://accounts.twilio.com/v1/AuthTokens/Promote",
    }
    why = "good pair; its Auth Token is refused from now on, the promoted one is good"
    return Answer(200, Document("AuthToken", fields), why, world=changed)


def iso_date(now: float) -> str:
    """ISO 8601, as product hosts write dates."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
