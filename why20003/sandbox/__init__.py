"""A stand-in for Twilio's authentication gate on loopback: real sockets, real TLS, invented accounts.

    async with Sandbox() as sandbox:
        ...  # https_proxy=sandbox.url, trust sandbox.ca_pem, call https://api.twilio.com with LIVE.sid

It says with every answer why it gave it (`Decision.why`). It connects nowhere and stores nothing, apart from a rotated
Auth Token, which it keeps in memory.
"""

from .accounts import (
    DELETED_KEY,
    KYC,
    LIVE,
    LIVE_AU1,
    LIVE_IE1,
    MAIN_KEY,
    OAUTH_APP,
    POLICY,
    PROMOTED_TOKEN,
    RESTRICTED_KEY,
    ROTATED_TOKEN,
    STANDARD_KEY,
    STANDARD_KEY_IE1,
    SUBACCOUNT,
    SUBACCOUNT_KEY,
    SUSPENDED,
    TEST,
    TRIAL,
    VERIFY_SERVICE,
    VERIFY_SERVICE_IE1,
    WORLD,
    Account,
    ApiKey,
    FeatureGate,
    KeyType,
    OAuthApp,
    Service,
    World,
    sandbox_sid,
)
from .behaviour import Behaviour, Encoding, Shape
from .command import run, serve
from .messages import Answer, Decision, Request
from .reception import respond
from .server import Sandbox
from .tokens import issue_token

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
    "Answer",
    "ApiKey",
    "Behaviour",
    "Decision",
    "Encoding",
    "FeatureGate",
    "KeyType",
    "OAuthApp",
    "Request",
    "Sandbox",
    "Service",
    "Shape",
    "World",
    "issue_token",
    "respond",
    "run",
    "sandbox_sid",
    "serve",
]
