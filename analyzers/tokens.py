"""The JSON Web Tokens that a request carries, wherever Twilio's clients put one."""

from collections.abc import Iterator
from dataclasses import field

from analyzers.credential import Bearer, Broken, Credential, Jwt, decode_jwt
from analyzers.exchange import Request
from analyzers.findings import AUTHORIZATION, REQUEST_HEADERS
from analyzers.frozen import dataclass

# Where client SDKs put their Access Token: docs/facts.md 7.1 (sources, read 2026-11-20)
TOKEN_HEADER = b"x-twilio-token"
# Public Key Client Validation: https://www.twilio.com/docs/iam/pkcv/quickstart (read 2026-08-13)
VALIDATION_HEADER = b"twilio-client-validation"
# cty of an Access Token for client SDKs and of a validation token: docs/facts.md 7.1 and 7.4 (read 2026-11-20)
CLIENT_TOKEN = "twilio-fpa;v=1"  # noqa: S105 - a content type, not a secret
VALIDATION_TOKEN = "twilio-pkrv;v=1"  # noqa: S105 - as above
# Claims that only capability tokens have; their issuer is the account: docs/facts.md 7.3 (sources, read 2026-11-20)
_CAPABILITY_CLAIMS = frozenset({"scope", "policies", "account_sid"})
_MOST_PARTS = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A readable JSON Web Token and where it stands."""

    where: str
    """Place of evidence."""
    name: str
    """How the place is called: ``Authorization: Bearer``, ``X-Twilio-Token``."""
    raw: bytes = field(repr=False)
    jwt: Jwt = field(repr=False)
    start: int | None = None
    """Offset in the Authorization value; None elsewhere."""
    end: int | None = None

    @property
    def content_type(self) -> str:
        """The header's cty in lower case without blanks; empty without one."""
        kind = self.jwt.header.get("cty")
        return kind.replace(" ", "").lower() if isinstance(kind, str) else ""

    @property
    def algorithm(self) -> str:
        """The header's alg as it stands; empty without one."""
        name = self.jwt.header.get("alg")
        return name if isinstance(name, str) else ""

    @property
    def is_client_token(self) -> bool:
        """Whether it is an Access Token for client SDKs (Voice, Video, Conversations ...)."""
        return self.content_type == CLIENT_TOKEN

    @property
    def is_unmarked_client_token(self) -> bool:
        """Whether it has an API key as its issuer and grants, as only Access Tokens have, but no cty."""
        issued = not self.content_type and self.claim("iss").startswith("SK")
        return issued and isinstance(self.jwt.claims.get("grants"), dict)

    @property
    def is_capability_token(self) -> bool:
        """Whether it is one of the older tokens (Client, TaskRouter) that the Auth Token rightly signs."""
        by_account = not self.content_type and self.claim("iss").startswith("AC")
        return by_account and not _CAPABILITY_CLAIMS.isdisjoint(self.jwt.claims)

    def claim(self, name: str) -> str:
        """A claim that is text; empty for any other."""
        value = self.jwt.claims.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        """A claim that is a number, seconds as a rule; None for any other."""
        value = self.jwt.claims.get(name)
        return (
            float(value) if isinstance(value, int | float) and not isinstance(value, bool) and _finite(value) else None
        )


def tokens_of(request: Request, credentials: tuple[Credential, ...]) -> tuple[Token, ...]:
    """The readable tokens of a request: in Authorization first, then in X-Twilio-Token."""
    found = [token for credential in credentials[:_MOST_PARTS] for token in _tokens_in(credential)]
    token, _ = header_token(request, TOKEN_HEADER, "X-Twilio-Token")
    return tuple(found) if token is None else (*found, token)


def header_token(request: Request, header: bytes, name: str) -> tuple[Token | None, str]:
    """The token that is all of a header's value, or None and why there is none; "" without the header.

    `header` is in lower case, `name` is how evidence calls it.
    """
    value = request.first(header)
    if value is None:
        return None, ""
    raw = value.strip()
    jwt, trouble = decode_jwt(raw)
    return None if jwt is None else Token(REQUEST_HEADERS, name, raw, jwt), trouble


def _tokens_in(credential: Credential) -> Iterator[Token]:
    match credential:
        case Bearer(jwt=Jwt() as jwt):
            yield Token(AUTHORIZATION, "Authorization: Bearer", credential.token, jwt, credential.start, credential.end)
        case Broken(parts=(_, *_) as parts):  # offsets of parts count from elsewhere
            for part in parts[:_MOST_PARTS]:
                yield from (Token(AUTHORIZATION, token.name, token.raw, token.jwt) for token in _tokens_in(part))
        case Broken(decoded=decoded) if words := decoded.split(maxsplit=1):
            found, _ = decode_jwt(words[-1])
            if found is not None:
                yield Token(AUTHORIZATION, "Authorization", words[-1], found)


def _finite(value: float) -> bool:
    return -1e15 < value < 1e15
