"""What the gate guards: just enough of Twilio's resources that the real libraries can read them. Nothing is
stored.

A SID that carries the sandbox's mark exists; every other SID is unknown. So what was created can be fetched.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from .accounts import SID_MARK, Account, World, sandbox_sid
from .masking import is_sid
from .messages import Answer, Document, Fault, Form, Json, Request
from .products import serve_product
from .refusals import method_not_allowed, missing_resource, refuse
from .sites import API_2010

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .gate import Identity
    from .sites import Route

__all__ = ["serve", "version_document"]

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
# Magic numbers of the test credentials. docs/facts.md 4.4
_INVALID: Final = "+15005550001"
# Collections of the 2010 API and the prefix of what they hold.
_COLLECTIONS: Final = {
    "Messages": ("messages", "SM"),
    "Calls": ("calls", "CA"),
    "IncomingPhoneNumbers": ("incoming_phone_numbers", "PN"),
    "Recordings": ("recordings", "RE"),
    "Keys": ("keys", "SK"),
    "SigningKeys": ("signing_keys", "SK"),
    "Applications": ("applications", "AP"),
    "OutgoingCallerIds": ("outgoing_caller_ids", "PN"),
    "Conferences": ("conferences", "CF"),
    "Transcriptions": ("transcriptions", "TR"),
}


def version_document(form: Form) -> Document:
    """What ``GET /2010-04-01`` says to anybody. docs/facts.md 1.3."""
    if form is Form.XML:
        return Document("", {"version": API_2010})
    return Document("Version", {"name": API_2010, "uri": f"/{API_2010}.json"})


def serve(request: Request, route: Route, identity: Identity, world: World, *, now: float) -> Answer:
    """Answer a request that passed the gate."""
    if not route.on_accounts:
        return serve_product(request, route, identity.account, world, now=now)
    answer = _read(request, route, identity.account, world, now=now)
    if request.method in {"GET", "HEAD"}:
        return answer
    if request.method == "POST":
        return _post(request, route, identity.account, now=now)
    if request.method == "DELETE" and len(route.resource) % 2 == 0 and answer.status < 300:
        return Answer(204, None, "good pair; deleted", form=route.form)
    return method_not_allowed(route)


def _read(  # noqa: PLR0911 - one for each case
    request: Request, route: Route, account: Account, world: World, *, now: float
) -> Answer:
    match route.resource:
        case () if route.account is None:
            listed = [
                _account(a, now) for a in world.accounts if account.sid in {a.sid, a.parent} and _home(a, account)
            ]
            return _page(route, "accounts", listed)
        case ():
            return _found(route, Document("Account", _account(account, now)))
        case ("Balance",):
            fields: Mapping[str, Json] = {"account_sid": account.sid, "balance": "10.00", "currency": "USD"}
            return _found(route, Document("Balance", fields))
        case ("Usage", "Records", *_):
            return _page(route, "usage_records", [])
        case ("Keys" | "SigningKeys" as kind,):
            return _page(route, _COLLECTIONS[kind][0], _keys(account, world, now))
        case (kind,) if kind in _COLLECTIONS:
            return _page(
                route,
                _COLLECTIONS[kind][0],
                [_item(kind, sandbox_sid(_COLLECTIONS[kind][1], "0"), account, now)],
            )
        case ("AvailablePhoneNumbers", _, "Local" | "TollFree" | "Mobile"):
            return _page(route, "available_phone_numbers", [])
        case (kind, sid) if kind in _COLLECTIONS and _exists(sid, world):
            return _found(route, Document(kind.removesuffix("s"), _item(kind, sid, account, now)))
        case ("Messages", message, "Media", *media) if _exists(message, world):
            return _media(request, route, account, media, now=now)
    return missing_resource(route, "the pair is good, but there is no such resource")


def _media(request: Request, route: Route, account: Account, media: list[str], *, now: float) -> Answer:
    match media:
        case []:
            return _page(route, "media_list", [])
        case [sid] if is_sid(sid, "ME") and sid[2:].startswith(SID_MARK):
            fields = _common(sid, account, now) | {
                "parent_sid": route.resource[1],
                "content_type": "image/jpeg",
            }
            if route.form is Form.JSON or request.target.partition("?")[0].endswith(".xml"):
                return _found(route, Document("Media", fields))
            # The file itself: a redirect to the CDN, signed, good for 4 h. docs/facts.md 8.1
            target = f"https://mms.twiliocdn.com/{account.sid}/{sid}?Expires={int(now) + 14400}&Signature=sandbox"
            return Answer(307, None, "good pair; the file is on the CDN, which wants no Authorization", location=target)
    return missing_resource(route, "the pair is good, but there is no such media")


def _post(request: Request, route: Route, account: Account, *, now: float) -> Answer:
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    form = dict(pairs)
    match route.resource:
        case ("Messages" | "Calls" as kind,):
            fault = (_message_fault if kind == "Messages" else _call_fault)(form)
            if fault:
                return refuse(route, fault, "the pair is good, but a parameter is not", 400)
        case (kind,) if kind in _COLLECTIONS:
            pass
        case (kind, sid) if kind in _COLLECTIONS and is_sid(sid):
            return _found(route, Document(kind.removesuffix("s"), _item(kind, sid, account, now, form)))
        case () if route.account is not None:
            return _found(route, Document("Account", _account(account, now)))
        case _:
            return method_not_allowed(route)
    sid = sandbox_sid(_COLLECTIONS[kind][1], f"{now} {pairs}")
    document = Document(kind.removesuffix("s"), _item(kind, sid, account, now, form))
    return Answer(201, document, "good pair; created", form=route.form)


def _message_fault(form: Mapping[str, str]) -> Fault | None:
    to = form.get("To", "")
    if not to:
        return Fault(21604, "A 'To' phone number is required.")
    if to == _INVALID or not (_E164.fullmatch(to) or ":" in to):
        return Fault(21211, f"Invalid 'To' Phone Number: {to}", "Invalid 'To' Phone Number: …")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return Fault(21603, "A 'From' phone number is required.")
    if not any(form.get(name) for name in ("Body", "MediaUrl", "ContentSid")):
        return Fault(21602, "Message body is required.")
    return None


def _call_fault(form: Mapping[str, str]) -> Fault | None:
    to = form.get("To", "")
    if not to:
        return Fault(21201, "No 'To' number is specified")
    if to == _INVALID:
        return Fault(21217, "Phone number does not appear to be valid")
    if not form.get("From"):
        return Fault(21213, "'From' phone number is required.")
    if not any(form.get(name) for name in ("Url", "Twiml", "ApplicationSid")):
        return Fault(21205, "Url parameter is required.")
    return None


def _exists(sid: str, world: World) -> bool:
    marked = is_sid(sid) and sid[2:].startswith(SID_MARK)
    return marked and (key := world.key(sid), key is None or not key.deleted)[1]


def _home(candidate: Account, account: Account) -> bool:
    return candidate.region == account.region


def _keys(account: Account, world: World, now: float) -> list[Json]:
    return [
        {"sid": k.sid, "friendly_name": k.name, "date_created": _date(now), "date_updated": _date(now)}
        for k in world.keys
        if k.owner == account.sid and k.region == account.region and not k.deleted
    ]


def _account(account: Account, now: float) -> Mapping[str, Json]:
    uri = f"/{API_2010}/Accounts/{account.sid}"
    return {
        "sid": account.sid,
        "friendly_name": account.name,
        "owner_account_sid": account.parent or account.sid,
        # Twilio shows the token here; recordings of this answer have to be redacted too.
        "auth_token": account.auth_token,
        "status": "active" if account.active else "suspended",
        "type": "Trial" if account.gate.value == "trial" else "Full",
        "date_created": _date(now),
        "date_updated": _date(now),
        "uri": f"{uri}.json",
        "subresource_uris": {"messages": f"{uri}/Messages.json", "calls": f"{uri}/Calls.json"},
    }


def _common(sid: str, account: Account, now: float) -> dict[str, Json]:
    return {"sid": sid, "account_sid": account.sid, "date_created": _date(now), "date_updated": _date(now)}


def _item(
    kind: str, sid: str, account: Account, now: float, form: Mapping[str, str] | None = None
) -> Mapping[str, Json]:
    form = form or {}
    uri = f"/{API_2010}/Accounts/{account.sid}/{kind}/{sid}.json"
    fields = _common(sid, account, now) | {"api_version": API_2010, "uri": uri, "subresource_uris": {}}
    to, sender = form.get("To", "+15005550006"), form.get("From")
    match kind:
        case "Messages":
            return fields | {
                "to": to, "from": sender, "body": form.get("Body", ""), "status": "queued",
                "direction": "outbound-api", "price": None, "price_unit": "USD", "num_media": "0",
                "messaging_service_sid": form.get("MessagingServiceSid"), "num_segments": "1",
                "date_sent": None, "error_code": None, "error_message": None,
            }  # fmt: skip
        case "Calls":
            return fields | {
                "to": to,
                "from": sender,
                "status": form.get("Status", "queued"),
                "direction": "outbound-api",
            }
        case "IncomingPhoneNumbers":
            return fields | {
                "phone_number": form.get("PhoneNumber", "+15005550006"),
                "capabilities": {"sms": True},
            }
    return fields | {"friendly_name": form.get("FriendlyName", "")}


def _page(route: Route, key: str, items: Sequence[Json]) -> Answer:
    query = dict(route.query)
    first = query.get("Page", "0") == "0" and not query.get("PageToken")
    shown = items if first else []
    paging: Mapping[str, Json] = {
        "page": int(not first), "page_size": 50, "start": 0, "end": max(len(shown) - 1, 0),
        "uri": route.path, "first_page_uri": f"{route.path}?PageSize=50&Page=0", "next_page_uri": None,
        "previous_page_uri": None,
    }  # fmt: skip
    return _found(route, Document("".join(word.title() for word in key.split("_")), {key: shown, **paging}))


def _found(route: Route, document: Document) -> Answer:
    return Answer(200, document, "good pair; served", form=route.form)


def _date(now: float) -> str:
    """RFC 2822, as the 2010 API writes dates."""
    return formatdate(now).replace("-0000", "+0000")
