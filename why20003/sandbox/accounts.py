"""The fixed world behind the sandbox's gate: accounts, keys, an OAuth app, services.

Every value is invented. All SIDs carry the mark ``5a4db0c5`` ("sandbocs") and end in a running number, so a
capture shows at once that it was taken here and masked SIDs stay distinct. Tokens begin with ``fa4e`` and key
secrets with ``Fake``; the rest is the hash of a sentence, because a diagnosis has to see secrets of a real
shape, not ``0000``.

Formats: docs/facts.md 2.1 (read 2026-11-20).
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import field, replace
from enum import Enum
from hashlib import sha256

from analyzers.frozen import dataclass

__all__ = [
    "DELETED_KEY",
    "KYC",
    "LIVE",
    "LIVE_AU1",
    "LIVE_IE1",
    "MAIN_KEY",
    "OAUTH_APP",
    "POLICY",
    "PROMOTED_TOKEN",
    "RESTRICTED_KEY",
    "ROTATED_TOKEN",
    "STANDARD_KEY",
    "STANDARD_KEY_IE1",
    "SUBACCOUNT",
    "SUBACCOUNT_KEY",
    "SUSPENDED",
    "TEST",
    "TRIAL",
    "VERIFY_SERVICE",
    "VERIFY_SERVICE_IE1",
    "WORLD",
    "Account",
    "ApiKey",
    "FeatureGate",
    "KeyType",
    "OAuthApp",
    "Service",
    "World",
    "every_secret",
    "sandbox_sid",
]

SID_MARK = "5a4db0c5"


class FeatureGate(Enum):
    """What an account may not use although its credentials are good (docs/facts.md 1.2)."""

    NONE = "none"
    TRIAL = "trial"
    KYC = "kyc"
    POLICY = "policy"


class KeyType(Enum):
    """The three types of API key (docs/facts.md 4.2)."""

    MAIN = "Main"
    STANDARD = "Standard"
    RESTRICTED = "Restricted"


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one region: the same SID has another Auth Token in each region (docs/facts.md 3.4)."""

    name: str
    sid: str
    auth_token: str = field(repr=False)
    region: str = "us1"
    is_test: bool = False
    active: bool = True
    parent: str | None = None
    """SID of the account that owns this subaccount; None for a main account."""
    gate: FeatureGate = FeatureGate.NONE


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key; ``permissions`` counts for Restricted keys only, as ``Messages:read``."""

    name: str
    sid: str
    secret: str = field(repr=False)
    owner: str
    type: KeyType = KeyType.STANDARD
    region: str = "us1"
    deleted: bool = False
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """An OAuth app of one account; US1 only (docs/facts.md 6.1)."""

    client_id: str
    client_secret: str = field(repr=False)
    owner: str
    lifetime: int = 3600
    """Seconds that an access token is good for."""


@dataclass(frozen=True, slots=True)
class Service:
    """A resource of a product host, known in one realm only."""

    sid: str
    product: str
    region: str = "us1"


@dataclass(frozen=True, slots=True)
class World:
    """All that the gate knows. Replace parts of it with ``dataclasses.replace`` (a rotated token, a deleted
    key).
    """

    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...]
    apps: tuple[OAuthApp, ...]
    services: tuple[Service, ...]
    signing_key: bytes = field(repr=False)
    """Signs the OAuth access tokens (HS256)."""

    def account(self, sid: str, region: str) -> Account | None:
        """The account with this SID as that region knows it, or None."""
        return next((a for a in self.accounts if a.sid == sid and a.region == region), None)

    def knows(self, sid: str) -> bool:
        """Whether any region has this account."""
        return any(a.sid == sid for a in self.accounts)

    def key(self, sid: str) -> ApiKey | None:
        """The API key with this SID, deleted or not, in whatever region."""
        return next((k for k in self.keys if k.sid == sid), None)

    def app(self, client_id: str) -> OAuthApp | None:
        """The OAuth app with this client id, or None."""
        return next((a for a in self.apps if a.client_id == client_id), None)

    def promoted(self, account: Account) -> World:
        """This world after the secondary Auth Token of `account` took the place of its Auth Token."""
        rotated = replace(account, auth_token=_token(f"{account.name} after the rotation"))
        return replace(self, accounts=tuple(rotated if a == account else a for a in self.accounts))


def sandbox_sid(prefix: str, seed: str) -> str:
    """A well-formed SID with the sandbox's mark, made from a seed: the same seed gives the same SID."""
    return prefix + SID_MARK + _hex(f"{prefix} {seed}", 24)


def _hex(name: str, length: int) -> str:
    return sha256(f"why20003 sandbox: {name}".encode()).hexdigest()[:length]


def _sid(prefix: str, number: int) -> str:
    return f"{prefix}{SID_MARK}{_hex(f'{prefix} {number}', 20)}{number:04d}"


def _token(name: str) -> str:
    return "fa4e" + _hex(f"auth token {name}", 28)


def _secret(name: str) -> str:
    letters = b64encode(bytes.fromhex(_hex(f"secret {name}", 64))).decode()
    return ("Fake" + "".join(c for c in letters if c.isalnum()))[:32]


LIVE = Account("live", _sid("AC", 1), _token("live"))
TEST = Account("test pair of live", _sid("AC", 2), _token("test"), is_test=True)
SUBACCOUNT = Account("subaccount of live", _sid("AC", 3), _token("subaccount"), parent=LIVE.sid)
SUSPENDED = Account("suspended", _sid("AC", 4), _token("suspended"), active=False)
TRIAL = Account("trial", _sid("AC", 5), _token("trial"), gate=FeatureGate.TRIAL)
KYC = Account("without compliance profile", _sid("AC", 6), _token("kyc"), gate=FeatureGate.KYC)
POLICY = Account("held by policy", _sid("AC", 7), _token("policy"), gate=FeatureGate.POLICY)
LIVE_IE1 = Account("live in ie1", LIVE.sid, _token("live ie1"), region="ie1")
LIVE_AU1 = Account("live in au1", LIVE.sid, _token("live au1"), region="au1")

ROTATED_TOKEN = _token("live before the rotation")
"""The Auth Token that the live account had before; refused today."""
PROMOTED_TOKEN = _token("live after the rotation")
"""The secondary Auth Token of the live account; refused until it is promoted."""

STANDARD_KEY = ApiKey("standard", _sid("SK", 11), _secret("standard"), LIVE.sid)
MAIN_KEY = ApiKey("main", _sid("SK", 12), _secret("main"), LIVE.sid, KeyType.MAIN)
RESTRICTED_KEY = ApiKey(
    "restricted to messages",
    _sid("SK", 13),
    _secret("restricted"),
    LIVE.sid,
    KeyType.RESTRICTED,
    permissions=frozenset({"Messages:read", "Messages:create"}),
)
DELETED_KEY = ApiKey("deleted", _sid("SK", 14), _secret("deleted"), LIVE.sid, deleted=True)
SUBACCOUNT_KEY = ApiKey("of the subaccount", _sid("SK", 15), _secret("subaccount"), SUBACCOUNT.sid)
STANDARD_KEY_IE1 = ApiKey("standard in ie1", _sid("SK", 16), _secret("standard ie1"), LIVE.sid, region="ie1")

OAUTH_APP = OAuthApp(_sid("OQ", 21), _secret("oauth"), LIVE.sid)

VERIFY_SERVICE = Service(_sid("VA", 31), "verify")
VERIFY_SERVICE_IE1 = Service(_sid("VA", 32), "verify", "ie1")

WORLD = World(
    accounts=(LIVE, TEST, SUBACCOUNT, SUSPENDED, TRIAL, KYC, POLICY, LIVE_IE1, LIVE_AU1),
    keys=(STANDARD_KEY, MAIN_KEY, RESTRICTED_KEY, DELETED_KEY, SUBACCOUNT_KEY, STANDARD_KEY_IE1),
    apps=(OAUTH_APP,),
    services=(VERIFY_SERVICE, VERIFY_SERVICE_IE1),
    signing_key=_secret("oauth signing key").encode(),
)


def every_secret(world: World = WORLD) -> tuple[str, ...]:
    """All secrets of a world, and the Auth Tokens that its live account had before and gets next."""
    tokens = (ROTATED_TOKEN, PROMOTED_TOKEN, *(account.auth_token for account in world.accounts))
    return (*tokens, *(key.secret for key in world.keys), *(app.client_secret for app in world.apps))
