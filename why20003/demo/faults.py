"""What the demo plays: a call of a real client each, most of them with one fault. Run in a process of its own.

The process gets the proxy and its certificate through the usual environment variables and prints one JSON line for each
call: what the developer would have seen.
"""

import base64
import json
import os
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

from why20003.sandbox import LIVE, STANDARD_KEY, TRIAL

SERVICE = "MG" + LIVE.sid[2:]
"""A SID of another kind: well formed, and no username."""
WRAPPED = "base64-line-wrapped"


@dataclass(frozen=True, slots=True)
class Play:
    """One call."""

    name: str
    shown: str
    """The line of code as a developer would have written it."""
    run: Callable[[], str]
    """Makes the call; gives what it returns, or raises as the client does."""
    cause: str | None
    """What the diagnosis has to say; None for a call without fault."""


def _send(username: str | None, password: str | None, account: str | None = None) -> str:
    from twilio.rest import Client

    client = Client(username, password, account)
    message = client.messages.create(to="+15005550006", from_="+15005550006", body="hello")
    return f"message {message.sid} {message.status}"


def _balance(username: str, password: str) -> str:
    from twilio.rest import Client

    return str(Client(username, password).balance.fetch().balance)


def _redirected() -> str:
    import urllib3

    path = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
    agent = f"python-urllib3/{version('urllib3')}"
    headers = urllib3.make_headers(basic_auth=f"{LIVE.sid}:{LIVE.auth_token}", user_agent=agent)
    proxy = urllib3.ProxyManager(os.environ["HTTP_PROXY"], ca_certs=os.environ["REQUESTS_CA_BUNDLE"])
    answer = proxy.request("GET", f"http://api.twilio.com{path}", headers=headers)
    return _told(answer.status, answer.data)


def _raw(value: str) -> str:
    """Send an Authorization value byte for byte: CONNECT, TLS, and a head written by hand."""
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    path = f"/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
    with socket.create_connection((proxy.hostname, proxy.port), timeout=10) as plain:
        plain.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n")
        plain.recv(4096)
        context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        with context.wrap_socket(plain, server_hostname="api.twilio.com") as secure:
            head = f"GET {path} HTTP/1.1\r\nHost: api.twilio.com\r\nUser-Agent: hand-written\r\n"
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


def _wrapped(join: str) -> str:
    """As Ruby's encode64 and the base64 command write it: a line end after every 60 characters."""
    text = base64.b64encode(f"{LIVE.sid}:{LIVE.auth_token}".encode()).decode()
    return f"Basic {text[:60]}{join}{text[60:]}"


_RAW = 'headers["Authorization"] = "Basic " + encode64(pair)'

PLAYS: tuple[Play, ...] = (
    Play(
        "a correct call",
        "Client(account_sid, auth_token).messages.create(...)",
        lambda: _send(LIVE.sid, LIVE.auth_token),
        None,
    ),
    Play(
        "the arguments the wrong way round",
        "Client(auth_token, account_sid).messages.create(...)",
        lambda: _send(LIVE.auth_token, LIVE.sid),
        "halves-swapped",
    ),
    Play(
        "a token file that ends with a line feed",
        'Client(account_sid, open("token").read()).messages.create(...)',
        lambda: _send(LIVE.sid, LIVE.auth_token + "\n"),
        "stray-characters",
    ),
    Play(
        "the variables are not set",
        "Client().messages.create(...)",
        lambda: _send(None, None),
        "unset-credentials",
    ),
    Play(
        "the values of an example",
        'Client("ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "your_auth_token").messages.create(...)',
        lambda: _send("AC" + "x" * 32, "your_auth_token"),
        "placeholder-value",
    ),
    Play(
        "an API key secret with the Account SID",
        "Client(account_sid, api_key_secret).messages.create(...)",
        lambda: _send(LIVE.sid, STANDARD_KEY.secret),
        "secret-with-account-sid",
    ),
    Play(
        "an API key, and no account for the path",
        "Client(api_key_sid, api_key_secret).messages.create(...)",
        lambda: _send(STANDARD_KEY.sid, STANDARD_KEY.secret),
        "key-sid-as-account",
    ),
    Play(
        "the SID of a Messaging Service",
        "Client(messaging_service_sid, auth_token).messages.create(...)",
        lambda: _send(SERVICE, LIVE.auth_token),
        "wrong-kind-of-sid",
    ),
    Play(
        "a redirect that loses the header",
        'urllib3 ... request("GET", "http://api.twilio.com/...", headers=basic_auth)',
        _redirected,
        "stripped-on-redirect",
    ),
    Play("base64 broken by a line feed", _RAW + "   # LF after 60 characters", lambda: _raw(_wrapped("\n")), WRAPPED),
    Play("base64 in a folded header", _RAW + "   # CR, LF and a blank", lambda: _raw(_wrapped("\r\n ")), WRAPPED),
    Play(
        "good credentials, a trial account and a paid feature",
        "Client(trial_sid, trial_token).balance.fetch()",
        lambda: _balance(TRIAL.sid, TRIAL.auth_token),
        "feature-gate",
    ),
)


def main() -> int:
    """Run every play; one JSON line each: name, and what was returned or raised."""
    for variable in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_REGION", "TWILIO_EDGE"):
        os.environ.pop(variable, None)
    for play in PLAYS:
        try:
            told = {"returned": play.run()}
        except Exception as error:  # noqa: BLE001 - whatever the client raises is what is shown
            told = {"raised": f"{type(error).__module__}.{type(error).__qualname__}", "text": str(error)}
        sys.stdout.write(json.dumps({"name": play.name, **told}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
