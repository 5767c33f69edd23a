"""Builders of JSON Web Tokens and of the requests that carry them: for samples and tests, beside building.py."""

import base64
import hashlib
import hmac
import json

from analyzers.building import KEY, KEY_SECRET, MESSAGES, SID, TIME, refused
from analyzers.exchange import Exchange

PUBLIC_KEY = b"CR5d4c3b2a19080f1e2d3c4b5a69788796"
_DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_BROWSER = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"


def make_jwt(header: dict[str, object], claims: dict[str, object], secret: bytes = b"") -> bytes:
    """A token, signed when `secret` is given and alg is an HMAC, else not really. A member that is None is left out."""
    parts = ({name: value for name, value in part.items() if value is not None} for part in (header, claims))
    signed = b".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    digest = _DIGESTS.get(str(header.get("alg"))) if secret else None
    signature = hmac.digest(secret, signed, digest) if digest else b"signature"
    return signed + b"." + _base64url(signature)


def client_token(secret: bytes = KEY_SECRET, *, alg: str | None = "HS256", **claims: object) -> bytes:
    """An Access Token for client SDKs, made a minute before Twilio's Date for an hour; `claims` replace its own."""
    header: dict[str, object] = {"typ": "JWT", "alg": alg, "cty": "twilio-fpa;v=1"}
    usual: dict[str, object] = {
        "jti": f"{KEY.decode()}-1793704388",
        "iss": KEY.decode(),
        "sub": SID.decode(),
        "nbf": int(TIME) - 60,
        "exp": int(TIME) + 3540,
        "grants": {"identity": "sample", "voice": {"incoming": {"allow": True}}},
    }
    return make_jwt(header, usual | claims, secret)


def oauth_token(**claims: object) -> bytes:
    """A token as the OAuth token endpoint gives it; nobody signed it. It has no claims but sub and those given."""
    return make_jwt({"alg": "RS256", "typ": "JWT"}, {"sub": SID.decode()} | claims)


def validation_token(authorization: bytes, body: bytes = b"", **claims: object) -> bytes:
    """The token of Public Key Client Validation for the POST that `refused` builds; its RSA signature is none."""
    digest = hashlib.sha256(body).hexdigest().encode() if body else b""
    headers = (b"authorization:" + authorization, b"host:api.twilio.com", b"", b"authorization;host")
    hashed = b"\n".join((b"POST", MESSAGES % SID, b"", *headers, digest))
    usual: dict[str, object] = {
        "iss": KEY.decode(),
        "sub": SID.decode(),
        "nbf": int(TIME) - 1,
        "exp": int(TIME) + 299,
        "hrh": "authorization;host",
        "rqh": hashlib.sha256(hashed).hexdigest(),
    }
    header: dict[str, object] = {"typ": "JWT", "alg": "RS256", "cty": "twilio-pkrv;v=1", "kid": PUBLIC_KEY.decode()}
    return make_jwt(header, usual | claims)


def voice_event(
    token: bytes, code: int | None = 20107, message: str = "Invalid Access Token signature", **options: object
) -> Exchange:
    """An event that the Voice SDK of a browser posts with its token, refused."""
    usual: dict[str, object] = {
        "host": "eventgw.twilio.com",
        "path": b"/v4/EndpointEvents",
        "agent": _BROWSER,
        "extra": ((b"X-Twilio-Token", token),),
        "code": code,
        "message": message,
    }
    return refused(None, **(usual | options))  # type: ignore[arg-type] # the options are those of `refused`


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
