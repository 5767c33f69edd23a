"""Everything random of a case, from its seed alone: SIDs, secrets, names, numbers, tokens."""

import base64
import hashlib
import hmac
import json
import random
import re
import string

Json = dict[str, object]

_HEX = "0123456789abcdef"
_ALNUM = string.ascii_letters + string.digits
_PREFIX = re.compile(r"\{([A-Z]{2})\}")


class Draw(random.Random):
    """A seeded source of Twilio's values. Forms: docs/facts.md 2.1."""

    def hex(self, count: int) -> bytes:
        """Lower-case hex digits with at least one letter and one digit."""
        while True:
            text = "".join(self.choices(_HEX, k=count))
            if count < 4 or (not text.isdigit() and not text.isalpha()):
                return text.encode()

    def alnum(self, count: int) -> bytes:
        """Letters of both cases and digits, never to be taken for hex."""
        while True:
            text = "".join(self.choices(_ALNUM, k=count))
            if count < 8 or (re.search("[G-Z]", text) and re.search("[g-z]", text) and re.search("[0-9]", text)):
                return text.encode()

    def sid(self, prefix: str = "AC") -> bytes:
        """A SID of that kind."""
        return prefix.encode() + self.hex(32)

    def filled(self, template: str) -> bytes:
        """`template` with a fresh SID for each ``{XX}`` and a number for ``{number}``; ``{account}`` stays."""
        text = _PREFIX.sub(lambda match: self.sid(match[1]).decode(), template)
        return text.replace("{number}", self.number().decode()).encode()

    def number(self) -> bytes:
        """A phone number as it stands in a form body; none of the magic ones."""
        return b"%%2B1%s555%04d" % (self.choice((b"212", b"415", b"617", b"720")), self.randrange(100, 9999))

    def words(self, count: int) -> bytes:
        """Harmless words for a form body."""
        return b"+".join(self.choice((b"ready", b"order", b"code", b"visit", b"parcel")) for _ in range(count))

    def chance(self, share: float) -> bool:
        """True in that share of all cases."""
        return self.random() < share

    def cut(self, text: bytes, least: int, most: int) -> bytes:
        """The first bytes of `text`, at least `least` and at most `most`."""
        return text[: self.randint(least, most)]

    def without_one(self, text: bytes, first: int) -> bytes:
        """`text` with one byte missing, none of the first ones."""
        at = self.randint(first, len(text) - 1)
        return text[:at] + text[at + 1 :]

    def with_one_twice(self, text: bytes, first: int) -> bytes:
        """`text` with one byte doubled, none of the first ones."""
        at = self.randint(first, len(text) - 1)
        return text[:at] + text[at : at + 1] + text[at:]


def b64(text: bytes) -> bytes:
    """Base64 in one line."""
    return base64.b64encode(text)


def basic(username: bytes, password: bytes) -> bytes:
    """A Basic value as RFC 7617 wants it."""
    return b"Basic " + b64(username + b":" + password)


def b64url(text: bytes) -> bytes:
    """Base64 for URLs, without padding: what a JWT is made of."""
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def jwt(header: Json, claims: Json, secret: bytes) -> bytes:
    """A JSON Web Token: signed with `secret` by HMAC, or with as many bytes as a 2048-bit RSA key gives."""
    parts = b".".join(b64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(str(header.get("alg")))
    signature = hmac.new(secret, parts, digest).digest() if digest else Draw(parts).randbytes(256)
    return parts + b"." + b64url(signature)


def oauth_token(draw: Draw, now: float, *, exp: float | None = 3000, **claims: object) -> bytes:
    """An OAuth access token. Only exp is known of its claims: docs/facts.md 6.1. `exp` counts from `now`."""
    header: Json = {"alg": "RS256", "typ": "JWT", "kid": draw.hex(16).decode()}
    body: Json = {"sub": draw.sid("OQ").decode(), "jti": draw.hex(16).decode(), **claims}
    if exp is not None:
        body["exp"] = int(now + exp)
    return jwt(header, body, b"")


def access_token(draw: Draw, now: float, secret: bytes, *, header: Json | None = None, **changes: object) -> bytes:
    """An Access Token for the client SDKs: docs/facts.md 7.1. A claim given as None is left out."""
    key = draw.sid("SK").decode()
    claims: Json = {
        "jti": f"{key}-{int(now) - 60}",
        "iss": key,
        "sub": draw.sid("AC").decode(),
        "iat": int(now) - 60,
        "exp": int(now) + 3540,
        "grants": {"identity": f"user-{draw.randrange(999)}", "voice": {"incoming": {"allow": True}}},
        **changes,
    }
    head: Json = {"typ": "JWT", "alg": "HS256", "cty": "twilio-fpa;v=1", **(header or {})}
    return jwt(head, {name: value for name, value in claims.items() if value is not None}, secret)
