"""The calls behind the sample captures: a real client and one fault each. Run as a process behind the proxy.

    python tests/sample_calls.py NAME

The process gets the proxy and its certificate through the usual environment variables. What the client raises is the
point of the call, so it is not shown. The name of a sample begins with the slug of its cause.
"""

import base64
import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import requests
import sample_stories as stories
from requests.auth import HTTPProxyAuth
from sample_clients import (
    ACCOUNT,
    BROWSER,
    ENCODED,
    FROM,
    MESSAGES,
    PAIR,
    TO,
    access_token,
    authorized,
    bearer,
    by_requests,
    curl,
    raw,
    send,
    twilio,
    voice_event,
)
from twilio.rest import Client

from why20003.sandbox import (
    LIVE,
    OAUTH_APP,
    RESTRICTED_KEY,
    ROTATED_TOKEN,
    STANDARD_KEY,
    SUBACCOUNT,
    SUSPENDED,
    TEST,
    WORLD,
    issue_token,
    sandbox_sid,
)

GATEWAY = MESSAGES.replace("https://api.twilio.com", "http://twilio-gateway.example")
FORM = {"To": TO, "From": FROM, "Body": "hello"}
# The form of SendGrid's keys: docs/facts.md 2.3
SENDGRID_KEY = f"SG.{'Fake' * 5}xQ.{'Fake' * 10}xQz"
MAGIC = "+15005550006"
LIVE_AUTH = (LIVE.sid, LIVE.auth_token)


def call(client: Client) -> None:
    """One phone call."""
    client.calls.create(to=TO, from_=FROM, twiml="<Response/>")


def account_of_organization(client: Client) -> None:
    """An account as its organization sees it."""
    client.preview_iam.organization(sandbox_sid("OR", "an organization")).accounts(LIVE.sid).fetch()


def media_by_curl() -> None:
    """As a page or a chat program does that was given the link alone."""
    message, media = sandbox_sid("MM", "a message"), sandbox_sid("ME", "its picture")
    curl("--location", f"{ACCOUNT}/Messages/{message}/Media/{media}")


def preflight() -> None:
    """What Chrome sends before a page's fetch(url, {method: "POST", headers: {authorization: ...}})."""
    marks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
        "Origin": "https://shop.example",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "cross-site",
        "User-Agent": BROWSER,
    }
    curl("-X", "OPTIONS", *(part for name, value in marks.items() for part in ("-H", f"{name}: {value}")), MESSAGES)


CALLS: dict[str, Callable[[], object]] = {
    "ok": lambda: twilio(LIVE.sid, LIVE.auth_token),
    "ok-api-key": lambda: twilio(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid),
    # --- did credentials arrive?
    "no-authorization": lambda: requests.get(MESSAGES, timeout=30),
    "unset-credentials": lambda: twilio(None, None),
    "unset-credentials-curl": lambda: authorized("Basic Og=="),
    "stripped-on-redirect": stories.redirected,
    "stripped-on-redirect-chain": stories.redirected_twice,
    "stripped-on-redirect-post": stories.redirected_post,
    "redirect-changed-method": stories.post_turned_into_get,
    "stripped-by-intermediary": lambda: by_requests(*LIVE_AUTH, GATEWAY),
    "stripped-by-intermediary-kept": lambda: by_requests(*LIVE_AUTH, GATEWAY),
    "authorization-overridden": lambda: by_requests(*LIVE_AUTH, GATEWAY),
    "sent-as-proxy-authorization": lambda: requests.get(MESSAGES, auth=HTTPProxyAuth(*LIVE_AUTH), timeout=30),
    "credentials-elsewhere": lambda: requests.post(
        MESSAGES, {**FORM, "AccountSid": LIVE.sid, "AuthToken": LIVE.auth_token}, timeout=30
    ),
    "media-url-without-auth": media_by_curl,
    "browser-preflight": preflight,
    # --- the form of what arrived
    "base64-line-wrapped": lambda: raw(f"Basic {ENCODED[:60]}\r\n {ENCODED[60:]}"),
    "base64-line-wrapped-refused": lambda: raw(f"Basic {ENCODED[:76]}\n{ENCODED[76:]}"),
    "not-base64": lambda: authorized(f"Basic {PAIR}"),
    "base64-alphabet": lambda: authorized(f"Basic {ENCODED.rstrip('=')}"),
    "base64-truncated": lambda: authorized(f"Basic {ENCODED[:70]}"),
    "base64-doubled": lambda: authorized(f"Basic {base64.b64encode(ENCODED.encode()).decode()}"),
    "colon-missing": lambda: authorized(f"Basic {base64.b64encode(PAIR.replace(':', ';').encode()).decode()}"),
    "scheme-missing": lambda: authorized(ENCODED),
    # --- its values
    "halves-swapped": lambda: twilio(LIVE.auth_token, LIVE.sid),
    "half-empty": lambda: by_requests(LIVE.sid, ""),
    "placeholder-value": lambda: twilio("AC" + "x" * 32, "your_auth_token"),
    "stray-characters": lambda: twilio(LIVE.sid, LIVE.auth_token + "\n"),
    "sid-misshapen": lambda: twilio(LIVE.sid[:-1], LIVE.auth_token),
    "wrong-kind-of-sid": lambda: twilio("MG" + LIVE.sid[2:], LIVE.auth_token),
    "token-misshapen": lambda: twilio(LIVE.sid, LIVE.auth_token[:-1]),
    "foreign-secret": lambda: twilio(LIVE.sid, SENDGRID_KEY),
    "secret-with-account-sid": lambda: twilio(LIVE.sid, STANDARD_KEY.secret),
    "token-with-key-sid": lambda: twilio(STANDARD_KEY.sid, LIVE.auth_token, LIVE.sid),
    # --- what they may call
    "key-sid-as-account": lambda: twilio(STANDARD_KEY.sid, STANDARD_KEY.secret),
    "path-account-missing": lambda: twilio(LIVE.sid, LIVE.auth_token, "null"),
    "key-lacks-reach": stories.key_on_account,
    "key-lacks-reach-alone": lambda: by_requests(STANDARD_KEY.sid, STANDARD_KEY.secret, f"{ACCOUNT}.json"),
    "parent-key-on-subaccount": lambda: stories.key_on_subaccount(shown=False),
    "parent-key-on-subaccount-shown": lambda: stories.key_on_subaccount(shown=True),
    "account-mismatch": stories.profiles_mixed_up,
    "account-mismatch-alone": lambda: twilio(SUBACCOUNT.sid, SUBACCOUNT.auth_token, LIVE.sid),
    "restricted-key-permission": lambda: call(Client(RESTRICTED_KEY.sid, RESTRICTED_KEY.secret, LIVE.sid)),
    "oauth-only-endpoint": lambda: account_of_organization(Client(*LIVE_AUTH)),
    "test-credentials": lambda: Client(TEST.sid, TEST.auth_token).messages.list(limit=1),
    "test-credentials-magic-number": lambda: send(Client(LIVE.sid, TEST.auth_token), MAGIC),
    "account-inactive": lambda: twilio(SUSPENDED.sid, SUSPENDED.auth_token),
    "feature-gate": stories.gated,
    "region-mismatch": stories.region_forgotten,
    "region-mismatch-alone": lambda: twilio(LIVE.sid, LIVE.auth_token, region="ie1", edge="dublin"),
    "dead-regional-host": lambda: Client(LIVE.sid, LIVE.auth_token, region="ie1").messages.list(limit=1),
    "wrong-host": lambda: by_requests(*LIVE_AUTH, MESSAGES.replace("//api.", "//www.")),
    "wrong-host-misspelt": lambda: by_requests(*LIVE_AUTH, MESSAGES.replace("twilio", "twillio")),
    "body-on-get": lambda: requests.get(MESSAGES, json={}, auth=LIVE_AUTH, timeout=30),
    # --- tokens
    "bearer-expired": lambda: bearer(issue_token(OAUTH_APP, WORLD, now=time.time() - 7200)),
    "bearer-not-yet-valid": lambda: voice_event(access_token(nbf=int(time.time()) + 3600, ttl=7200)),
    "access-token-as-bearer": lambda: bearer(access_token()),
    "jwt-signed-with-auth-token": stories.signed_with_the_auth_token,
    "jwt-claims-invalid": lambda: voice_event(access_token(key=LIVE.sid, secret=LIVE.auth_token)),
    "jwt-claims-invalid-lifetime": lambda: voice_event(access_token(ttl=3_600_000)),
    "client-validation-failed": stories.signed_request,
    "oauth-client-refused": stories.oauth_client_mistyped,
    # --- the rest of the capture
    "two-secrets-in-use": stories.two_processes,
    "two-secrets-in-use-after-rotation": stories.rotated_beside_another,
    "worked-then-refused": stories.rotated,
    "pair-refused": lambda: twilio(LIVE.sid, ROTATED_TOKEN),
    "challenge-first-client": stories.challenged,
}

if __name__ == "__main__":
    logging.disable(logging.INFO)  # twilio-python's token strategy switches it on
    with suppress(Exception):
        CALLS[sys.argv[1]]()
