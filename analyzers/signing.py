"""Checking the HMAC of a token without keeping the secret.

PyJWT could check too, but wants the secret itself each time: its algorithms take no prepared key without overriding
four methods, one of which only newer versions have. The tests hold this module to PyJWT's answers.
"""

import base64
import hmac

from analyzers.credential import decode_jwt

# The algorithms of RFC 7518 3.2 that Twilio's libraries offer for Access Tokens: docs/facts.md 7.1 (read 2026-11-20).
# All three are prepared at once (3 µs together), since what prepares one later would have to keep the secret.
_DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


class Signer:
    """A secret as far as it is needed to check signatures; the secret itself is not kept."""

    __slots__ = ("_states",)

    def __init__(self, secret: bytes) -> None:
        self._states = {name: hmac.new(secret, digestmod=digest) for name, digest in _DIGESTS.items()}

    def __repr__(self) -> str:
        return "Signer()"

    def verifies(self, token: bytes) -> bool:
        """Whether the secret made the token's signature, by the algorithm that its header names.

        False for anything that is no JWT with an HMAC. Takes the same time wherever the signatures differ.
        """
        jwt, _ = decode_jwt(token)
        name = None if jwt is None else jwt.header.get("alg")
        if not isinstance(name, str) or name not in self._states:
            return False
        signed, _, signature = token.rpartition(b".")
        state = self._states[name].copy()
        state.update(signed)
        return hmac.compare_digest(base64.urlsafe_b64encode(state.digest()).rstrip(b"="), signature.rstrip(b"="))
