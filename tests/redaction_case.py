"""The capture of the comparison in docs/redaction.md: nine credentials and two personal values, in real places."""

import json
from dataclasses import replace
from typing import Final

from analyzers.building import KEY, KEY_SECRET, MESSAGES, SID, TOKEN, accepted, basic, refused
from analyzers.building_tokens import client_token, voice_event
from analyzers.exchange import Exchange, Response

SESSION: Final = b"s7Kq2ZvXw9LmNp4RtYb8"
NEW_SESSION: Final = b"Hj5Gd3Fs1Qa7Wz9Xc4Vb"
PROXY_PASSWORD: Final = b"Mq8vT2kXz6Rw"
GATEWAY_KEY: Final = b"gw4Xn7Kd9Qs2Vb5Zt8Lm"
SUBACCOUNT_TOKEN: Final = b"b7d2e94c1f6a8350d9c4e7b2a1f68305"
QUERY_SECRET: Final = b"e81c5f0b9d7a2346c0b5f8e1d2a79463"
ACCESS_TOKEN: Final = client_token(b"Yt5Rb8Wq2Xz7Kp4Nv9Lm3Js6Hd1Gf0Cx")
PHONE: Final = b"+12125558437"
TEXT: Final = b"Dear Mrs Quellmann, your biopsy was benign"

CREDENTIALS: Final = {
    "Auth Token in Authorization, base64": TOKEN,
    "API key secret in Authorization, base64": KEY_SECRET,
    "signature of a JWT in X-Twilio-Token": ACCESS_TOKEN.rpartition(b".")[2],
    "session in Cookie": SESSION,
    "session in Set-Cookie": NEW_SESSION,
    "password in Proxy-Authorization, base64": PROXY_PASSWORD,
    "key in X-Api-Key": GATEWAY_KEY,
    "Auth Token in an Account resource": SUBACCOUNT_TOKEN,
    "secret in a query": QUERY_SECRET,
}
PERSONAL: Final = {"telephone number in a form": PHONE[1:], "text of a message": TEXT[9:18]}


def exchanges() -> tuple[Exchange, ...]:
    """A line feed behind the Auth Token, halves swapped, a token of another key, and two requests that worked."""
    form = b"To=%2B" + PHONE[1:] + b"&From=%2B15005550006&Body=" + TEXT.replace(b" ", b"+").replace(b",", b"%2C")
    kind = (b"Content-Type", b"application/x-www-form-urlencoded")
    cookies = ((b"Cookie", b"session=" + SESSION), (b"X-Api-Key", GATEWAY_KEY))
    proxied = (b"Proxy-Authorization", basic(b"svc-build", PROXY_PASSWORD))
    resource = {"sid": SID.decode(), "auth_token": SUBACCOUNT_TOKEN.decode(), "status": "active", "type": "Full"}
    account = accepted(basic(KEY, KEY_SECRET), path=b"/2010-04-01/Accounts/%s.json" % SID, method="GET", at=20)
    headers = ((b"Content-Type", b"application/json"), (b"Set-Cookie", b"session=" + NEW_SESSION + b"; Path=/; Secure"))
    return (
        refused(basic(SID, TOKEN + b"\n"), body=form, extra=(kind, *cookies)),
        refused(basic(KEY_SECRET, KEY), path=MESSAGES % SID + b"?AuthToken=" + QUERY_SECRET, extra=(proxied,), at=10),
        replace(account, response=Response(status=200, headers=headers, body=json.dumps(resource).encode())),
        voice_event(ACCESS_TOKEN, at=30),
    )
