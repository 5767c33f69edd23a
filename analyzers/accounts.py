"""What Account resources in a capture tell: who owns an account, and whether it is active.

The resource carries the account's Auth Token too (``auth_token``); nothing but SIDs and status is read.
Source: https://www.twilio.com/docs/iam/api/account and /subaccounts (read 2026-11-20)
"""

import json
import re

from analyzers.answer import decoded_body
from analyzers.endpoint import Endpoint
from analyzers.exchange import Response
from analyzers.frozen import dataclass
from analyzers.twilio import ACCOUNT_SID

_STATUSES = frozenset({"active", "suspended", "closed"})
_MOST = 100
_XML_FIELD = re.compile(rb"<(Sid|OwnerAccountSid|Status)>([^<]{1,40})</")


@dataclass(frozen=True, slots=True)
class AccountFact:
    """One Account resource, as far as it matters here."""

    sid: bytes
    owner: bytes | None
    """The parent; equal to `sid` for a main account; None where the resource does not say."""
    status: str
    """``active``, ``suspended``, ``closed`` or empty."""


def is_account_resource(endpoint: Endpoint) -> bool:
    """Whether the path is ``/2010-04-01/Accounts`` or ``/2010-04-01/Accounts/{sid}``, which answer with Accounts."""
    if not endpoint.is_classic or endpoint.below:
        return False
    return endpoint.account is not None or re.search(rb"/Accounts(?:\.\w+)?\Z", endpoint.path) is not None


def accounts_in(response: Response) -> tuple[AccountFact, ...]:
    """The accounts that the body of a 2xx on such a path describes, at most 100; never raises."""
    body = decoded_body(response)
    if body.lstrip()[:1] == b"<":
        found = [dict(_XML_FIELD.findall(block)) for block in _accounts_in_xml(body)]
        facts = [(f.get(b"Sid"), f.get(b"OwnerAccountSid"), f.get(b"Status")) for f in found]
        return tuple(_fact(_text(a), _text(b), _text(c)) for a, b, c in facts if _is_sid(_text(a)))
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(document, dict):
        return ()
    listed = document.get("accounts")
    entries = listed[:_MOST] if isinstance(listed, list) else [document]
    return tuple(
        _fact(entry.get("sid"), entry.get("owner_account_sid"), entry.get("status"))
        for entry in entries
        if isinstance(entry, dict) and _is_sid(entry.get("sid"))
    )


def _accounts_in_xml(body: bytes) -> list[bytes]:
    """What stands in each Account element; in one go, where a pattern would look for the end again and again."""
    return [block.partition(b"</Account>")[0] for block in body.split(b"<Account>", _MOST)[1:]]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _is_sid(value: object) -> bool:
    return isinstance(value, str) and ACCOUNT_SID.fullmatch(value.encode("utf-8", "replace")) is not None


def _fact(sid: object, owner: object, status: object) -> AccountFact:
    parent = str(owner).encode() if _is_sid(owner) else None
    return AccountFact(str(sid).encode(), parent, status if isinstance(status, str) and status in _STATUSES else "")
