"""The product hosts behind the gate (messaging, verify, lookups, iam, ...) and the OAuth token endpoint.

JSON only; the credential is the account, since these paths name none (docs/facts.md 5).
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from .accounts import SID_MARK, Account, World, sandbox_sid
from .masking import is_sid
from .messages import Answer, Document, Fault, Json, Request
from .refusals import method_not_allowed, missing_resource, refuse
from .tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sites import Route

__all__ = ["serve_product", "serve_token"]

_VERSION: Final = re.compile(r"v[1-9][0-9]?")
_PREFIX_BY_COLLECTION: Final = {
    "Verifications": "VE",
    "VerificationCheck": "VE",
    "Conversations": "CH",
    "Messages": "IM",
    "Flows": "FW",
    "Executions": "FN",
    "Content": "HX",
    "Keys": "SK",
}
_PREFIX_BY_PRODUCT: Final = {
    "verify": "VA",
    "messaging": "MG",
    "studio": "FW",
    "taskrouter": "WS",
    "serverless": "ZS",
}


def serve_product(request: Request, route: Route, account: Account, world: World, *, now: float) -> Answer:
    """Answer a request that passed the gate of a product host."""
    resource = route.resource
    if not _VERSION.fullmatch(route.segments[0]) or not resource or "" in resource:
        return missing_resource(route, "the pair is good, but there is no such resource")
    if any(is_sid(part) and not _exists(part, route, world) for part in resource):
        return missing_resource(route, "the pair is good, but this realm has no such SID")
    item = len(resource) % 2 == 0
    match request.method:
        case "GET" | "HEAD":
            fields = _item(resource[-1], route, account, now) if item else _page(route)
            return Answer(200, Document("Item" if item else "Page", fields), "good pair; served")
        case "POST":
            prefix = _PREFIX_BY_COLLECTION.get(resource[-1], _PREFIX_BY_PRODUCT.get(route.site.product, "ZZ"))
            sid = resource[-1] if item else sandbox_sid(prefix, f"{now} {len(request.body)}")
            fields = _item(sid, route, account, now)
            return Answer(200 if item else 201, Document("Item", fields), "good pair; created")
        case "DELETE" if item:
            return Answer(204, None, "good pair; deleted")
    return method_not_allowed(route)


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


def _exists(sid: str, route: Route, world: World) -> bool:
    """A service lives in one realm; every other SID with the sandbox's mark lives in all."""
    service = next((s for s in world.services if s.sid == sid), None)
    if service is not None:
        return service.product == route.site.product and service.region == route.site.region
    return sid[2:].startswith(SID_MARK)


def _item(sid: str, route: Route, account: Account, now: float) -> Mapping[str, Json]:
    date = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields: dict[str, Json] = {
        "account_sid": account.sid,
        "date_created": date,
        "date_updated": date,
        "links": {},
    }
    if route.site.product == "lookups":
        return {"phone_number": sid, "country_code": "US", "valid": True, "validation_errors": []}
    return {"sid": sid, "friendly_name": "sandbox", "status": "pending", **fields}


def _page(route: Route) -> Mapping[str, Json]:
    key = re.sub(r"(?<!^)(?=[A-Z])", "_", route.resource[-1]).lower()
    url = f"https://{route.site.host}{route.path}"
    meta: Mapping[str, Json] = {
        "key": key, "page": 0, "page_size": 50, "url": url, "first_page_url": url,
        "next_page_url": None, "previous_page_url": None,
    }  # fmt: skip
    return {key: [], "meta": meta}
