"""Bearer and other JSON Web Tokens: section F of the catalogue."""

from functools import partial

from analyzers.exchange import Headers
from score.corpus.clients import CHROME, HELPERS, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import Resource, product
from score.corpus.scene import Refusal, Scene, positive
from score.corpus.values import Json, access_token, b64url, basic, jwt, oauth_token

_EXPIRED = Refusal(text="Authenticate")
# Where browsers post an Access Token in a header of its own: docs/facts.md 7.2.
_EVENTS = Resource("POST", "eventgw", "/v4/EndpointEvents", "name=connection")


def _bearer(scene: Scene, token: bytes, *leads: str, may: tuple[str, ...] = ()) -> None:
    word = b"Bearer " if scene.draw.chance(0.9) else b"bearer "
    scene.refuse(word + token, positive(leads, may=may), _EXPIRED)


# --- bearer-expired, bearer-not-yet-valid, access-token-as-bearer -----------------------------------------------------
def _expired(scene: Scene, seconds: float) -> None:
    scene.now = float(int(scene.now))
    _bearer(scene, oauth_token(scene.draw, scene.now, exp=-seconds), "bearer-expired")


def _early(scene: Scene, claim: str, seconds: float) -> None:
    token = oauth_token(scene.draw, scene.now, exp=seconds + 3600, **{claim: int(scene.now + seconds)})
    _bearer(scene, token, "bearer-not-yet-valid")


def _client_token(scene: Scene) -> None:
    token = access_token(scene.draw, scene.now, scene.secret)
    _bearer(scene, token, "access-token-as-bearer")


def _client_token_of_region(scene: Scene) -> None:
    token = access_token(scene.draw, scene.now, scene.secret, header={"twr": "us1"})
    _bearer(scene, token, "access-token-as-bearer")


# --- bearer-malformed -------------------------------------------------------------------------------------------------
def _malformed(scene: Scene, kind: str) -> None:
    draw = scene.draw
    token = oauth_token(draw, scene.now)
    head, claims, signature = token.split(b".")
    value = {
        "word": lambda: draw.choice((b"abc", b"token", b"my-access-token", draw.alnum(20), draw.hex(48))),
        "two-parts": lambda: head + b"." + claims,
        "four-parts": lambda: token + b"." + signature[:20],
        "cut-in-claims": lambda: head + b"." + claims[: len(claims) // 2],
        "no-json": lambda: b64url(draw.randbytes(20)) + b"." + b64url(b"not json") + b"." + signature,
        "claims-no-json": lambda: head + b"." + b64url(b"claims=1&exp=2") + b"." + signature,
        "uuid": lambda: b"-".join(draw.hex(n) for n in (8, 4, 4, 4, 12)),
    }[kind]()
    _bearer(scene, value, "bearer-malformed")


# --- jwt-signed-with-auth-token, jwt-claims-invalid -------------------------------------------------------------------
_TOKEN_CODES = {
    20102: "Invalid Access Token header",
    20103: "Invalid Access Token issuer/subject",
    20104: "Access Token expired or expiration date invalid",
    20107: "Invalid Access Token signature",
}


def _post_events(
    scene: Scene, token: bytes, code: int, *leads: str, least: str = "confirmed", may: tuple[str, ...] = ()
) -> None:
    extra: Headers = ((b"X-Twilio-Token", token),)
    refusal = Refusal(code=code, text=_TOKEN_CODES[code])
    truth = positive(leads, least, may=may)
    scene.refuse(None, truth, refusal, client=CHROME, resource=_EVENTS, headers=extra, address="10.1.2.3")


def _proven_by_basic(scene: Scene) -> None:
    """The Auth Token seen in Basic verifies the signature: docs/facts.md 7.2."""
    scene.har = False
    scene.accept(basic(scene.account, scene.token))
    token = access_token(scene.draw, scene.now, scene.token, sub=scene.account.decode())
    _post_events(scene, token, 20107, "jwt-signed-with-auth-token")


def _account_as_issuer(scene: Scene) -> None:
    """With iss as an Account SID: likely signed with its token, and surely a claim that cannot be accepted."""
    account = scene.account.decode()
    token = access_token(scene.draw, scene.now, scene.token, iss=account, sub=account)
    leads = ("jwt-signed-with-auth-token", "jwt-claims-invalid")
    _post_events(scene, token, 20103, *leads, least="likely", may=("jwt-claims-invalid",))


def _wrong_claims(scene: Scene, kind: str) -> None:
    now, draw = scene.now, scene.draw
    header: Json = {"alg": draw.choice(("HS384", "HS512", "RS256"))} if kind == "algorithm" else {}
    changes: Json = {
        "issuer": {"iss": draw.sid("MG").decode()},
        "issuer-name": {"iss": "my-app"},
        "subject": {"sub": draw.sid("SK").decode()},
        "subject-missing": {"sub": None},
        "algorithm": {},
        "too-long": {"exp": int(now) + draw.randint(2, 30) * 86400},
        "milliseconds": {"exp": int(now) + 3_600_000},
        "never-ends": {"exp": None},
    }[kind]  # type: ignore[assignment] # each is a mapping of claims
    token = access_token(draw, now, scene.secret, header=header, **changes)
    code = {"algorithm": 20102, "too-long": 20104, "milliseconds": 20104, "never-ends": 20104}.get(kind, 20103)
    _post_events(scene, token, code, "jwt-claims-invalid")


# --- client-validation-failed -----------------------------------------------------------------------------------------
_CODES = {
    20151: "Authentication Failed",
    20152: "Invalid Header",
    20153: "Invalid Issuer Or Subject",
    20154: "Invalid Claim Set",
    20156: "Expired or Invalid Expiration in Token",
    20159: "Invalid Signature",
    20160: "Invalid Token",
    70053: "Public Key Client Validation is not enabled",
    70153: "Public key unknown",
    70154: "Public key invalid",
    70155: "Required headers missing",
    70156: "Request Hash Is Invalid",
}


def _signed_request(scene: Scene, code: int, *, changed_by_proxy: bool = False) -> None:
    """docs/facts.md 7.4."""
    draw = scene.draw
    header: Json = {"cty": "twilio-pkrv;v=1", "typ": "JWT", "alg": "RS256", "kid": draw.sid("CR").decode()}
    claims: Json = {
        "iss": scene.key.decode(),
        "sub": scene.account.decode(),
        "exp": int(scene.now) + 300,
        "hrh": "authorization;host",
        "rqh": draw.hex(64).decode(),
    }
    token = jwt(header, claims, draw.randbytes(16))
    options = (draw.choice(("modify_headers", "stickyauth", "map_remote")),) if changed_by_proxy else ()
    scene.refuse(
        basic(scene.key, scene.secret),
        positive(("client-validation-failed",)),
        Refusal(status=draw.choice((401, 403)), code=code, text=_CODES[code]),
        headers=((b"Twilio-Client-Validation", token),),
        options=options,
    )


def _signature_demanded(scene: Scene) -> None:
    """70052: the account wants signed requests, and this one is not."""
    scene.client = raw_client(scene.draw)
    refusal = Refusal(status=401, code=70052, text="Public Key Client Validation required")
    scene.refuse(basic(scene.key, scene.secret), positive(("client-validation-failed",)), refusal)


# --- oauth-client-refused ---------------------------------------------------------------------------------------------
_TOKEN = Resource("POST", "oauth", "/v2/token")
_CLIENT_CODES = {322402: "Invalid credentials", 321401: "OAuth client invalid"}


def _client_body(scene: Scene) -> bytes:
    client, secret = b"OQ" + scene.draw.alnum(32), scene.draw.alnum(40)
    return b"grant_type=client_credentials&client_id=%s&client_secret=%s" % (client, secret)


def _client_refused(scene: Scene, code: int) -> None:
    """docs/facts.md 6.1: the endpoint wants no Authorization, so nothing is missing."""
    refusal = Refusal(status=scene.draw.choice((400, 401)), code=code, text=_CLIENT_CODES[code])
    body = _client_body(scene)
    scene.refuse(None, positive(("oauth-client-refused",)), refusal, resource=_TOKEN, body=body)


def _go_goes_on(scene: Scene) -> None:
    """docs/facts.md 6.2: when the token call fails, go sends the request without Authorization."""
    scene.client = HELPERS["go"]
    refusal = Refusal(status=401, code=322402, text=_CLIENT_CODES[322402])
    body = _client_body(scene)
    scene.refuse(None, positive(("oauth-client-refused",)), refusal, resource=_TOKEN, body=body)
    leads = ("no-authorization", "unset-credentials", "oauth-client-refused")
    scene.refuse(None, positive(leads, "likely", may=("no-authorization",)), resource=product(scene.draw), gap=0.1)


FORMS: tuple[Form, ...] = (
    *family(
        "bearer-expired",
        8,
        {
            name: partial(_expired, seconds=seconds)
            for name, seconds in (("1s", 2), ("30s", 30), ("1h", 3600), ("1d", 86400), ("30d", 2_592_000))
        },
    ),
    *family(
        "bearer-not-yet-valid",
        9,
        {
            "nbf-30s": partial(_early, claim="nbf", seconds=30),
            "nbf-1h": partial(_early, claim="nbf", seconds=3600),
            "iat-2m": partial(_early, claim="iat", seconds=120),
            "iat-1h": partial(_early, claim="iat", seconds=3600),
        },
    ),
    *family("access-token-as-bearer", 18, {"client-token": _client_token, "with-region": _client_token_of_region}),
    *family(
        "bearer-malformed",
        8,
        {
            kind: partial(_malformed, kind=kind)
            for kind in ("word", "two-parts", "four-parts", "cut-in-claims", "no-json", "claims-no-json", "uuid")
        },
    ),
    *family(
        "jwt-signed-with-auth-token", 18, {"proven-by-basic": _proven_by_basic, "account-as-issuer": _account_as_issuer}
    ),
    *family(
        "oauth-client-refused",
        12,
        {
            **{str(code): partial(_client_refused, code=code) for code in _CLIENT_CODES},
            "go-goes-on": _go_goes_on,
        },
    ),
    *family(
        "jwt-claims-invalid",
        6,
        {
            kind: partial(_wrong_claims, kind=kind)
            for kind in (
                "issuer",
                "issuer-name",
                "subject",
                "subject-missing",
                "algorithm",
                "too-long",
                "milliseconds",
                "never-ends",
            )
        },
    ),
    *family("client-validation-failed", 4, {str(code): partial(_signed_request, code=code) for code in _CODES}),
    *family(
        "client-validation-failed",
        8,
        {
            "changed-by-proxy": partial(_signed_request, code=70156, changed_by_proxy=True),
            "demanded": _signature_demanded,
        },
    ),
)
