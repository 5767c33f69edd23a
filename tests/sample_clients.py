"""The clients behind the sample captures, each made to send one thing. They find the proxy in the usual variables."""

import base64
import os
import socket
import ssl
import subprocess
from contextlib import suppress
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client

from why20003.sandbox import LIVE, STANDARD_KEY

ACCOUNT = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}"
MESSAGES = f"{ACCOUNT}/Messages.json"
PAIR = f"{LIVE.sid}:{LIVE.auth_token}"
ENCODED = base64.b64encode(PAIR.encode()).decode()
# Kept free for fiction, and none of the magic numbers that test credentials understand.
TO, FROM = "+12125550147", "+12125550100"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"


def send(client: Client, to: str = TO) -> None:
    """One message; the story goes on when it is refused."""
    with suppress(TwilioException):
        client.messages.create(to=to, from_=FROM, body="hello")


def twilio(username: str | None, password: str | None, account: str | None = None, **place: str) -> None:
    """One message by twilio-python; `place` is region and edge."""
    send(Client(username, password, account, **place))


def by_requests(username: str, password: str, url: str = MESSAGES) -> None:
    """One GET by requests."""
    requests.get(url, auth=(username, password), timeout=30)


def curl(*arguments: str) -> None:
    """One call of curl."""
    command = ["curl", "--silent", "--cacert", os.environ["REQUESTS_CA_BUNDLE"], *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=30)


def authorized(value: str) -> None:
    """One GET by curl with this Authorization value, as it is."""
    curl("-H", f"Authorization: {value}", MESSAGES)


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


def bearer(token: str) -> None:
    """One GET by requests with a token."""
    requests.get(MESSAGES, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def access_token(key: str = STANDARD_KEY.sid, secret: str = STANDARD_KEY.secret, **options: int) -> str:
    """An Access Token of twilio-python, as for the Voice SDK."""
    token = AccessToken(LIVE.sid, key, secret, identity="alice", **options)
    token.add_grant(VoiceGrant(outgoing_application_sid="AP" + LIVE.sid[2:]))
    return str(token.to_jwt())


def voice_event(token: str) -> None:
    """What the Voice SDK posts with its Access Token; there is no browser here, so requests posts it."""
    headers = {"X-Twilio-Token": token, "User-Agent": BROWSER}
    requests.post("https://eventgw.twilio.com/v4/EndpointEvents", json={"group": "call"}, headers=headers, timeout=30)
