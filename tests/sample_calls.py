"""The calls behind the sample captures: a real client and one fault each. Run as a process behind the proxy.

    python tests/sample_calls.py NAME

The process gets the proxy and its certificate through the usual environment variables. What the client raises is the
point of the call, so it is not shown.
"""

import base64
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from urllib.parse import urlsplit

import requests
import urllib3
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client

from why20003.sandbox import KYC, LIVE, OAUTH_APP, ROTATED_TOKEN, STANDARD_KEY, WORLD, issue_token

MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
PAIR = f"{LIVE.sid}:{LIVE.auth_token}"
ENCODED = base64.b64encode(PAIR.encode()).decode()


def twilio(username: str | None, password: str | None, account: str | None = None) -> None:
    Client(username, password, account).messages.create(to="+15005550006", from_="+15005550006", body="hello")


def curl(value: str, url: str = MESSAGES) -> None:
    """One GET by curl with this Authorization value, as it is."""
    command = ["curl", "--silent", "--cacert", os.environ["REQUESTS_CA_BUNDLE"], "-H", f"Authorization: {value}", url]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=30)


def raw(value: str) -> None:
    """One GET with an Authorization value that no client library sends: CONNECT, TLS, bytes."""
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    with socket.create_connection((proxy.hostname, proxy.port), timeout=10) as plain:
        plain.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
        plain.recv(4096)
        context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        with context.wrap_socket(plain, server_hostname="api.twilio.com") as secure:
            path = urlsplit(MESSAGES).path
            secure.sendall(f"GET {path} HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: {value}\r\n\r\n".encode())
            secure.recv(65536)


def redirected() -> None:
    """urllib3 drops Authorization when http turns into https."""
    headers = urllib3.make_headers(basic_auth=PAIR, user_agent=f"python-urllib3/{version('urllib3')}")
    proxy = urllib3.ProxyManager(os.environ["HTTP_PROXY"], ca_certs=os.environ["REQUESTS_CA_BUNDLE"])
    proxy.request("GET", MESSAGES.replace("https:", "http:"), headers=headers)


def redirected_twice() -> None:
    """Curl follows one host to another and that one to Twilio; the POST becomes a GET on the way."""
    second = f"https://b.example/redirect/302/{MESSAGES}"
    command = ["curl", "--silent", "--location", "--cacert", os.environ["REQUESTS_CA_BUNDLE"]]
    command += ["-H", f"Authorization: Basic {ENCODED}", "-d", "Body=hello", f"https://a.example/redirect/301/{second}"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=30)


def bearer(token: str) -> None:
    requests.get(MESSAGES, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def client_token() -> str:
    token = AccessToken(LIVE.sid, STANDARD_KEY.sid, STANDARD_KEY.secret, identity="demo")
    token.add_grant(VoiceGrant(outgoing_application_sid="AP" + LIVE.sid[2:]))
    return str(token.to_jwt())


def gated() -> None:
    """Reads work without a compliance profile; sending does not."""
    client = Client(KYC.sid, KYC.auth_token)
    client.messages.list(limit=1)
    client.messages.create(to="+15005550006", from_="+15005550006", body="hello")


def challenged() -> None:
    """Urllib sends credentials only after a 401."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, "https://api.twilio.com/", LIVE.sid, LIVE.auth_token)
    context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
    opener = urllib.request.build_opener(
        urllib.request.HTTPBasicAuthHandler(passwords), urllib.request.HTTPSHandler(context=context)
    )
    opener.open(MESSAGES, timeout=30).read()


CALLS: dict[str, Callable[[], object]] = {
    "ok": lambda: twilio(LIVE.sid, LIVE.auth_token),
    "ok-api-key": lambda: twilio(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid),
    "no-authorization": lambda: requests.get(MESSAGES, timeout=30),
    "unset-credentials": lambda: twilio(None, None),
    "unset-credentials-curl": lambda: curl("Basic Og=="),
    "stripped-on-redirect": redirected,
    "stripped-on-redirect-chain": redirected_twice,
    "base64-line-wrapped": lambda: raw(f"Basic {ENCODED[:60]}\r\n {ENCODED[60:]}"),
    "base64-line-wrapped-refused": lambda: raw(f"Basic {ENCODED[:76]}\n{ENCODED[76:]}"),
    "not-base64": lambda: curl(f"Basic {PAIR}"),
    "base64-alphabet": lambda: curl(f"Basic {ENCODED.rstrip('=')}"),
    "base64-truncated": lambda: curl(f"Basic {ENCODED[:70]}"),
    "base64-doubled": lambda: curl(f"Basic {base64.b64encode(ENCODED.encode()).decode()}"),
    "colon-missing": lambda: curl(f"Basic {base64.b64encode(PAIR.replace(':', ';').encode()).decode()}"),
    "scheme-missing": lambda: curl(ENCODED),
    "halves-swapped": lambda: twilio(LIVE.auth_token, LIVE.sid),
    "half-empty": lambda: requests.get(MESSAGES, auth=(LIVE.sid, ""), timeout=30),
    "placeholder-value": lambda: twilio("AC" + "x" * 32, "your_auth_token"),
    "stray-characters": lambda: twilio(LIVE.sid, LIVE.auth_token + "\n"),
    "sid-misshapen": lambda: twilio(LIVE.sid[:-1], LIVE.auth_token),
    "wrong-kind-of-sid": lambda: twilio("MG" + LIVE.sid[2:], LIVE.auth_token),
    "secret-with-account-sid": lambda: twilio(LIVE.sid, STANDARD_KEY.secret),
    "token-with-key-sid": lambda: twilio(STANDARD_KEY.sid, LIVE.auth_token, LIVE.sid),
    "key-sid-as-account": lambda: twilio(STANDARD_KEY.sid, STANDARD_KEY.secret),
    "path-account-missing": lambda: twilio(LIVE.sid, LIVE.auth_token, "null"),
    "bearer-expired": lambda: bearer(issue_token(OAUTH_APP, WORLD, now=time.time() - 7200)),
    "access-token-as-bearer": lambda: bearer(client_token()),
    "feature-gate": gated,
    "challenge-first-client": challenged,
    "pair-refused": lambda: twilio(LIVE.sid, ROTATED_TOKEN),
    "dead-regional-host": lambda: Client(LIVE.sid, LIVE.auth_token, region="ie1").messages.list(limit=1),
}

if __name__ == "__main__":
    with suppress(Exception):
        CALLS[sys.argv[1]]()
