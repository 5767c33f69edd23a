"""The authentication gate: who asks (step 1 to 3) and may they (step 4). Pure: values in, an answer out.

The order follows docs/facts.md 0. Where that leaves the form open the comment says
*uncertain*.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from analyzers.frozen import dataclass

from .accounts import Account, ApiKey, FeatureGate, KeyType, OAuthApp, World
from .credentials import Basic, Bearer, Nothing, offered
from .masking import is_sid, masked_sid, shape
from .messages import Answer, Fault, Request
from .refusals import (
    AUTHENTICATE,
    GATE_MESSAGES,
    INVALID_USERNAME,
    NO_CREDENTIALS,
    missing_resource,
    refuse,
    request_blocked,
)
from .tokens import Broken, token_owner
from .validation import validated

if TYPE_CHECKING:
    from .sites import Route

__all__ = ["Identity", "pass_gate"]

_READS: Final = frozenset({"GET", "HEAD"})
_ACTIONS: Final = {"GET": "read", "HEAD": "read", "POST": "create", "DELETE": "delete"}
# What test credentials may create. docs/facts.md 4.4
_TEST_RESOURCES: Final = frozenset({("Messages",), ("Calls",), ("IncomingPhoneNumbers",)})
# What worked for a trial account while the rest answered 401. docs/facts.md 1.2
_TRIAL_RESOURCES: Final = frozenset({"Messages", "Calls", "IncomingPhoneNumbers"})
# What sends, calls or buys, and so needs a compliance profile. docs/facts.md 1.2; product hosts: inferred.
_SENDING: Final = frozenset({"Messages", "Calls", "IncomingPhoneNumbers", "Verifications", "Executions"})
# Endpoints that a realm lacks. docs/facts.md 3.4
_MISSING_IN_REALM: Final = {"ie1": frozenset({"Balance", "Usage"}), "au1": frozenset({"Messages"})}
_READ_ONLY_ACCOUNTS: Final = frozenset({"ie1"})
_NO_FULL_ACCESS: Final = frozenset({KeyType.STANDARD, KeyType.RESTRICTED})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who passed step 1 to 3, and the account that the request acts on."""

    account: Account
    credential: Account | ApiKey | OAuthApp


def pass_gate(request: Request, route: Route, world: World, *, now: float) -> Identity | Answer:
    """Let a request through, as someone, or refuse it."""
    if request.method in _READS and request.body:
        # 403 at the edge, before authentication. Changelog 2024-01-11, docs/facts.md 0
        return request_blocked(403, "a GET with a body is stopped at the edge, before authentication")
    if route.account == "":
        return missing_resource(route, "the path has an empty account, so no route matches; nobody authenticated")
    identity = _identify(request, route, world, now=now)
    if isinstance(identity, Answer):
        return identity
    identity = _reach(identity, route, world)
    if isinstance(identity, Answer):
        return identity
    return _refused_use(identity, request, route) or validated(request, route) or identity


def _identify(  # noqa: PLR0911 - one for each case
    request: Request, route: Route, world: World, *, now: float
) -> Identity | Answer:
    match offered(request.values(b"authorization")):
        case Nothing(why):
            return refuse(route, NO_CREDENTIALS, why)
        case Bearer(token):
            return _by_token(token, route, world, now=now)
        case Basic() if _takes_tokens_only(route):
            # Uncertain: documented as refused, no answer was ever captured. docs/facts.md 4.1
            return refuse(route, AUTHENTICATE, "an organization's API takes OAuth access tokens only, and Basic came")
        case Basic(username, password) if is_sid(username, "SK"):
            return _by_key(username, password, route, world)
        case Basic(username, password) if is_sid(username, "AC"):
            return _by_account(username, password, route, world)
        case Basic(username, _) if is_sid(username):
            why = f"the user name is {masked_sid(username)}, which is no account and no API key"
            return refuse(route, INVALID_USERNAME, why)
        case Basic(username, _):
            return refuse(route, INVALID_USERNAME, f"the user name is no SID but {shape(username)}")


def _by_account(sid: str, password: str, route: Route, world: World) -> Identity | Answer:
    if not world.knows(sid):
        # Uncertain: an unknown, well-formed SID is reported with both texts. docs/facts.md 1.1 and 11, gap 6
        return refuse(route, INVALID_USERNAME, f"there is no account {masked_sid(sid)}")
    account = world.account(sid, route.site.region)
    if account is not None and _same(password, account.auth_token):
        return Identity(account, account)
    why = f"the password for {masked_sid(sid)} in {route.site.region} is {_what_is_it(password, world, sid)}"
    return refuse(route, AUTHENTICATE, why)


def _by_key(sid: str, password: str, route: Route, world: World) -> Identity | Answer:
    key = world.key(sid)
    if key is None or key.deleted:
        state = "does not exist" if key is None else "was deleted"
        return refuse(route, AUTHENTICATE, f"API key {masked_sid(sid)} {state}")
    if key.region != route.site.region:
        why = f"API key {masked_sid(sid)} was made in {key.region}, the host is in {route.site.region}"
        return refuse(route, AUTHENTICATE, why)
    if key.type in _NO_FULL_ACCESS and _needs_full_access(route):
        why = f"a {key.type.value} key may not call Accounts or Keys, whatever its secret ({masked_sid(sid)})"
        return refuse(route, INVALID_USERNAME, why)
    if not _same(password, key.secret):
        why = f"the password for API key {masked_sid(sid)} is {_what_is_it(password, world, sid)}"
        return refuse(route, AUTHENTICATE, why)
    account = world.account(key.owner, key.region)
    if account is None:
        return refuse(route, AUTHENTICATE, f"the account of API key {masked_sid(sid)} is gone")
    return Identity(account, key)


def _by_token(token: str, route: Route, world: World, *, now: float) -> Identity | Answer:
    # Uncertain: documented as 20003, the live text was never captured. docs/facts.md 6.1
    if route.site.region != "us1":
        return refuse(route, AUTHENTICATE, f"OAuth works in us1 only, the host is in {route.site.region}")
    owned = token_owner(token, world, now=now)
    if isinstance(owned, Broken):
        return refuse(route, AUTHENTICATE, owned.why)
    account = world.account(owned.app.owner, "us1")
    if account is None:
        return refuse(route, AUTHENTICATE, "the account of the OAuth app is gone")
    return Identity(account, owned.app)


def _reach(identity: Identity, route: Route, world: World) -> Identity | Answer:
    """From the account that authenticated to the account of the path."""
    own, path = identity.account, route.account
    if not own.active:
        return _not_active(own, route)
    if path is None or path == own.sid:
        return identity
    if is_sid(path, "SK"):
        text = "AccountSid {} is invalid"
        fault = Fault(21470, text.format(path), text.format(masked_sid(path)))
        return refuse(route, fault, "the pair is good, but the path names an API key as the account", 400)
    if not is_sid(path, "AC"):
        return missing_resource(route, f"the pair is good, but the path's account is no SID but {shape(path)}")
    target = world.account(path, own.region)
    if target is not None and target.parent == own.sid and isinstance(identity.credential, Account):
        return Identity(target, own) if target.active else _not_active(target, route)
    # Uncertain: a good pair on a foreign path is reported with 401 and with 404. docs/facts.md 5
    return refuse(route, AUTHENTICATE, _why_out_of_reach(identity, path, target))


def _why_out_of_reach(identity: Identity, path: str, target: Account | None) -> str:
    own = identity.account
    if target is not None and target.parent == own.sid:
        return f"{masked_sid(path)} is a subaccount; keys and apps of the main account do not reach it"
    if own.parent == path:
        return f"a subaccount ({masked_sid(own.sid)}) does not reach its main account"
    if own.is_test:
        return f"the test pair is good for {masked_sid(own.sid)} only, the path names {masked_sid(path)}"
    return f"the pair belongs to {masked_sid(own.sid)}, the path names {masked_sid(path)}"


def _refused_use(identity: Identity, request: Request, route: Route) -> Answer | None:
    """Step 4: the pair is good, but may this be done with it?"""
    account, key = identity.account, identity.credential
    first = route.resource[0] if route.resource else ""
    if account.is_test and not _open_to_test(request.method, route):
        fault = Fault(20008, "Resource not accessible with Test Account Credentials")
        return refuse(route, fault, "the test pair is good, but this resource does not take test pairs", 403)
    if _missing_in_realm(request.method, route):
        # Uncertain whether Twilio checks the credentials before it says so. docs/facts.md 3.4
        fault = Fault(20404, f"Endpoint is not supported in realm '{route.site.region}'")
        return refuse(route, fault, f"the pair is good, but {route.site.region} lacks this endpoint", 404)
    if isinstance(key, ApiKey) and key.type is KeyType.RESTRICTED:
        permission = f"{route.resource[-1 if len(route.resource) % 2 else -2] if first else ''}"
        if f"{permission}:{_ACTIONS.get(request.method, 'update')}" not in key.permissions:
            # Uncertain: no wire form of this denial was ever captured. docs/facts.md 4.3
            why = f"the pair is good, but restricted key {masked_sid(key.sid)} lacks the permission"
            return refuse(route, Fault(70051, "Authorization Failed"), why)
    if _gated(account.gate, request.method, route):
        why = f"the pair is good, but account {masked_sid(account.sid)} is {account.name}"
        return refuse(route, Fault(20003, GATE_MESSAGES[account.gate]), why)
    return None


def _missing_in_realm(method: str, route: Route) -> bool:
    if route.on_accounts and route.account is None:
        return method == "POST" and route.site.region in _READ_ONLY_ACCOUNTS
    return route.classic and not _MISSING_IN_REALM.get(route.site.region, frozenset()).isdisjoint(route.resource[:1])


def _not_active(account: Account, route: Route) -> Answer:
    # Uncertain: 20003, 20005, 20403, 10001 and 70051 are all documented, no body was ever captured. docs/facts.md 1.6
    why = f"the pair is good, but account {masked_sid(account.sid)} is suspended"
    return refuse(route, Fault(20005, "Account not active"), why)


def _open_to_test(method: str, route: Route) -> bool:
    if route.site.product == "lookups":
        return method in _READS and route.segments[:2] == ("v2", "PhoneNumbers")
    return method == "POST" and route.classic and route.resource in _TEST_RESOURCES


def _needs_full_access(route: Route) -> bool:
    """The account list, an account itself, and keys. docs/facts.md 4.2."""
    if route.on_accounts:
        return not route.resource or route.resource[0] in {"Keys", "SigningKeys"}
    return route.site.product in {"iam", "accounts"} and route.resource[:1] == ("Keys",)


def _takes_tokens_only(route: Route) -> bool:
    """The APIs of an organization. docs/facts.md 4.1."""
    match route.site.product, route.segments:
        case ("preview-iam", ("Organizations", *_)) | ("iam", ("v2", "Organizations", *_) | ("scim", "v2", *_)):
            return True
    return False


def _gated(gate: FeatureGate, method: str, route: Route) -> bool:
    match gate:
        case FeatureGate.NONE:
            return False
        case FeatureGate.TRIAL if route.on_accounts and route.resource:
            return route.resource[0] not in _TRIAL_RESOURCES or "Media" in route.resource
        case FeatureGate.TRIAL:
            return route.site.product == "content"
        case FeatureGate.KYC:
            return method == "POST" and not _SENDING.isdisjoint(route.resource[-1:])
        case FeatureGate.POLICY:
            return bool(route.resource) or not route.on_accounts


def _what_is_it(password: str, world: World, sid: str) -> str:
    """What a refused password really is, in words."""
    if not password:
        return "empty"
    if _same(password, sid):
        return "the user name once more"
    for account in world.accounts:
        if _same(password, account.auth_token):
            return f"the Auth Token of {masked_sid(account.sid)} ({account.name}, {account.region})"
    for key in world.keys:
        if _same(password, key.secret):
            return f"the secret of API key {masked_sid(key.sid)}"
    if any(_same(password.strip(" \t\r\n\"'"), account.auth_token) for account in world.accounts):
        return "an Auth Token with something around it"
    return f"wrong ({shape(password)})"


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())
