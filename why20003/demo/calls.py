"""The calls of the demo, each by a real client, which finds the proxy in the usual variables. They give what the client
returns, or raise as it does.
"""

import base64
import json
import os
import socket
import ssl
from importlib.metadata import version
from urllib.parse import urlsplit

from why20003.demo.rotation import rotate
from why20003.sandbox import LIVE, LIVE_IE1, STANDARD_KEY, SUBACCOUNT

_MESSAGES = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
# Kept free for fiction, and none of the magic numbers that test credentials understand.
_TO, _FROM = "+12125550147", "+12125550100"


def send(username: str | None, password: str | None, account: str | None = None, **place: str) -> str:
    """One message by twilio-python; `place` is region and edge."""
    from twilio.rest import Client

    client = Client(username, password, account, **place)
    message = client.messages.create(to=_TO, from_=_FROM, body="hello")
    return f"message {message.sid} {message.status}"


def balance(username: str, password: str) -> str:
    """The account's balance by twilio-python."""
    from twilio.rest import Client

    return str(Client(username, password).balance.fetch().balance)


def check_account_with_key() -> str:
    """A key that sends messages asks for the account: a favourite health check."""
    from twilio.rest import Client

    client = Client(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid)
    client.messages.create(to=_TO, from_=_FROM, body="hello")
    return str(client.api.accounts(LIVE.sid).fetch().status)


def send_for_subaccount() -> str:
    """A main account's key, which works there, with the path of a subaccount."""
    send(STANDARD_KEY.sid, STANDARD_KEY.secret, LIVE.sid)
    return send(STANDARD_KEY.sid, STANDARD_KEY.secret, SUBACCOUNT.sid)


def send_without_region() -> str:
    """A token of Dublin, which works there, at the host of us1."""
    send(LIVE.sid, LIVE_IE1.auth_token, region="ie1", edge="dublin")
    return send(LIVE.sid, LIVE_IE1.auth_token)


def send_after_rotation() -> str:
    """A pair that works, until somebody rotates the token elsewhere."""
    send(LIVE.sid, LIVE.auth_token)
    rotate(LIVE.sid, LIVE.auth_token)
    return send(LIVE.sid, LIVE.auth_token)


def redirected() -> str:
    """urllib3 follows http to https."""
    import urllib3

    agent = f"python-urllib3/{version('urllib3')}"
    headers = urllib3.make_headers(basic_auth=f"{LIVE.sid}:{LIVE.auth_token}", user_agent=agent)
    proxy = urllib3.ProxyManager(os.environ["HTTP_PROXY"], ca_certs=os.environ["REQUESTS_CA_BUNDLE"])
    answer = proxy.request("GET", f"http://api.twilio.com{_MESSAGES}", headers=headers)
    return _told(answer.status, answer.data)


def wrapped() -> str:
    """What Ruby's encode64 and the base64 command make: a line end after 60 characters."""
    text = base64.b64encode(f"{LIVE.sid}:{LIVE.auth_token}".encode()).decode()
    return _raw(f"Basic {text[:60]}\n{text[60:]}")


def _raw(value: str) -> str:
    """Send an Authorization value byte for byte: CONNECT, TLS, and a head written by hand."""
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    with socket.create_connection((proxy.hostname, proxy.port), timeout=10) as plain:
        plain.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
        plain.recv(4096)
        context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        with context.wrap_socket(plain, server_hostname="api.twilio.com") as secure:
            head = f"GET {_MESSAGES} HTTP/1.1\r\nHost: api.twilio.com\r\nUser-Agent: hand-written\r\n"
            secure.sendall(f"{head}Authorization: {value}\r\n\r\n".encode())
            answer = b""
            while chunk := secure.recv(65536):
                answer += chunk
                head_, mark, body = answer.partition(b"\r\n\r\n")
                if mark and len(body) >= _length(head_):
                    break
    return _told(int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _told(status: int, body: bytes) -> str:
    if status < 400:
        return f"{status}"
    raise RuntimeError(f"{status} {json.loads(body)['message']}")
