"""JSON Web Tokens: header and claims stay readable, what they say of people goes, and a signature says what it said.

A signature that a secret of the recording makes is made anew with the secret's surrogate; any other becomes noise.
"""

import base64
import hmac
import re
from typing import TYPE_CHECKING, Final

from analyzers.credential import decode_jwt
from analyzers.signing import Signer
from analyzers.vendors import foreign
from recordings.redaction.base64_layer import decoded, is_clear, noise, put_back, rewritten
from recordings.redaction.json_layer import JsonText
from recordings.redaction.veil import Veil

if TYPE_CHECKING:
    from recordings.redaction.credentials import Credentials

_TOKEN: Final = re.compile(
    rb"eyJ[A-Za-z0-9_=-]*(?:\.[A-Za-z0-9_=-]*)*|(?=.{24})(?:[A-Za-z0-9_=-]+\.){2,}[A-Za-z0-9_=-]*\Z"
)
_FIRST: Final = re.compile(rb"[A-Za-z0-9_-]+")
_PARTS: Final = re.compile(rb"([.=])")
_TOLD: Final = 8
"""Letters that tell a token, whatever happened behind them."""
_CLEAR: Final = re.compile(rb"[\t\r\n -~]+")
_STRAYS: Final = re.compile(rb"\s+|%0[aAdD]|\\[rn]")
_DIGESTS: Final = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_REMEMBERED: Final = 2048
_SID_LENGTH: Final = 34


def is_token(text: bytes) -> bool:
    """Whether `text` begins as a token does, or is three parts and more that could be one; no other service's key."""
    if text.startswith(b"eyJ"):
        return is_clear(decoded(_FIRST.match(text)[0][:_TOLD]))  # type: ignore[index] # it matches
    return b"." in text and _TOKEN.match(text) is not None and foreign(text) is None


class Tokens:
    """Replaces tokens."""

    def __init__(self, veil: Veil, credentials: "Credentials") -> None:
        self._veil = veil
        self._credentials = credentials
        self._known: dict[bytes, bytes] = {}
        self._json = JsonText(veil, self._member)

    def within(self, text: bytes) -> bytes:
        """Text in which a token stands, perhaps broken by line ends."""
        gaps = [range(*found.span()) for found in _STRAYS.finditer(text)]
        if not gaps:
            return self._text(text)
        left_out = {place for gap in gaps for place in gap}
        places = [place for place in range(len(text)) if place not in left_out]
        return put_back(text, places, self._text(bytes(text[place] for place in places)))

    def _text(self, text: bytes) -> bytes:
        found = _TOKEN.match(text)
        if found is None:
            return self._veil.words(text)
        return self.token(found.group()) + self._veil.words(text[found.end() :])

    def token(self, token: bytes) -> bytes:
        """One token, whole or not."""
        made = self._known.get(token)
        if made is None:
            made = self._made(token)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[token] = made
        return made

    def _made(self, token: bytes) -> bytes:
        if self._veil.learning and token.count(b".") > 1:
            self._veil.known.note_secret(token.rpartition(b".")[2].rstrip(b"="))
        pieces = _PARTS.split(token)
        part = 0
        for place, piece in enumerate(pieces):
            if place % 2:
                part += piece == b"."
            elif piece:
                pieces[place] = rewritten(piece, self._noise, url_safe=True) if part == 2 else self._part(piece)
        made = b"".join(pieces)
        return made if self._veil.learning else self._signed(token, made)

    def _part(self, piece: bytes) -> bytes:
        plain = decoded(piece)
        if plain.lstrip()[:1] in {b"{", b"["} and is_clear(plain):
            return rewritten(piece, self._json.rewritten, url_safe=True)
        if len(plain) > 2 and is_clear(plain):
            return rewritten(piece, self._veil.words, url_safe=True)
        return self._broken(piece, plain)

    def _broken(self, piece: bytes, plain: bytes) -> bytes:
        """A part that says something up to the place where it was broken."""
        clear = _CLEAR.match(plain) if plain[:1] in {b"{", b"["} else None
        letters = clear.end() // 3 * 4 if clear else 0
        lead = rewritten(piece[:letters], self._json.rewritten, url_safe=True)
        rest = piece[letters:]
        if self._veil.learning or not rest:
            return lead + rest
        return lead + noise(rest, 0, self._veil.surrogates.stream(piece, len(rest)))

    def _member(self, name: bytes, value: bytes) -> bytes:
        """A text of header or claims."""
        if name in _NAMED and value in _NAMED[name]:
            return value
        if name in _FORMS and _FORMS[name].fullmatch(value):
            return value if name != b"jti" else self._veil.sid(value[:_SID_LENGTH]) + value[_SID_LENGTH:]
        return self._credentials.half(value)

    def _noise(self, signature: bytes) -> bytes:
        return signature if self._veil.learning else self._veil.surrogates.stream(signature, len(signature))

    def _signed(self, token: bytes, made: bytes) -> bytes:
        """`made` signed by the surrogate of whatever secret signed `token`."""
        jwt, _ = decode_jwt(token)
        digest = None if jwt is None else _DIGESTS.get(str(jwt.header.get("alg")))
        if jwt is None or digest is None:
            return made
        signed, dot, signature = made.rpartition(b".")
        for name in (jwt.claims.get("iss"), jwt.claims.get("sub"), ""):
            for secret in self._veil.known.signers.get(str(name).encode("utf-8", "replace"), ()):
                if Signer(secret).verifies(token):
                    new = base64.urlsafe_b64encode(hmac.digest(self._credentials.half(secret), signed, digest))
                    return signed + dot + new.rstrip(b"=") + signature[len(signature.rstrip(b"=")) :]
        return made


_ALGORITHMS: Final = frozenset(
    b"HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA none".split()
)
_NAMED: Final[dict[bytes, frozenset[bytes]]] = {
    b"alg": _ALGORITHMS,
    b"typ": frozenset({b"JWT", b"jwt", b"at+jwt"}),
    b"cty": frozenset({b"twilio-fpa;v=1", b"twilio-pkrv;v=1", b"twilio-fpa; v=1", b"twilio-pkrv; v=1"}),
    b"twr": frozenset({b"us1", b"ie1", b"au1"}),
}
_FORMS: Final[dict[bytes, re.Pattern[bytes]]] = {
    b"hrh": re.compile(rb"[A-Za-z][A-Za-z-]{0,30}(?:;[A-Za-z][A-Za-z-]{0,30}){0,20}"),
    b"jti": re.compile(rb"(?:SK|AC)[0-9a-f]{32}-[0-9]{10}"),  # the helper libraries put the time there
}
