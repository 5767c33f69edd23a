"""The product hosts behind the gate (messaging, verify, lookups, iam, ...).

JSON only; the credential is the account, since these paths name none (docs/facts.md 5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .accounts import SID_MARK, Account, World, sandbox_sid
from .masking import is_sid
from .messages import Answer, Document, Json, Request
from .refusals import method_not_allowed, missing_resource
from .token_hosts import PROMOTION, iso_date, promote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sites import Route

__all__ = ["serve_product"]

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
# Resources that can be made and not be read: twilio_verify_v2.json (read 2026-11-20)
_WRITE_ONLY: Final = frozenset({"VerificationCheck"})
_PREFIX_BY_PRODUCT: Final = {
    "verify": "VA",
    "messaging": "MG",
    "studio": "FW",
    "taskrouter": "WS",
    "serverless": "ZS",
}


def serve_product(  # noqa: PLR0911 - one for each case
    request: Request, route: Route, account: Account, world: World, *, now: float
) -> Answer:
    """Answer a request that passed the gate of a product host."""
    resource = route.resource
    if not _VERSION.fullmatch(route.segments[0]) or not resource or "" in resource:
        return missing_resource(route, "the pair is good, but there is no such resource")
    if any(is_sid(part) and not _exists(part, route, world) for part in resource):
        return missing_resource(route, "the pair is good, but this realm has no such SID")
    item = len(resource) % 2 == 0
    match request.method:
        case "POST" if (route.site.product, resource) == PROMOTION:
            return promote(account, world, now=now)
        case "GET" | "HEAD" if resource[-1] not in _WRITE_ONLY:
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


def _exists(sid: str, route: Route, world: World) -> bool:
    """A service lives in one realm; every other SID with the sandbox's mark lives in all."""
    service = next((s for s in world.services if s.sid == sid), None)
    if service is not None:
        return service.product == route.site.product and service.region == route.site.region
    return sid[2:].startswith(SID_MARK)


def _item(sid: str, route: Route, account: Account, now: float) -> Mapping[str, Json]:
    fields: dict[str, Json] = {
        "account_sid": account.sid,
        "date_created": iso_date(now),
        "date_updated": iso_date(now),
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
