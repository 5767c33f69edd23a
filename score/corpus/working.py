"""Requests that work, however odd they look: nothing may be diagnosed."""

from functools import partial

from analyzers.exchange import Fidelity, Headers, Response
from score.corpus import answers
from score.corpus.clients import CHROME, FIREFOX, HELPERS, RAW, odd_client, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import (
    CALL,
    CALLS,
    MAIN_KEY_ONLY,
    MEDIA,
    MESSAGE,
    MESSAGES,
    ORGANIZATIONS,
    Resource,
    dated,
    product,
    resource,
)
from score.corpus.scene import Scene
from score.corpus.values import Json, access_token, basic, jwt, oauth_token

_EVENTS = Resource("POST", "eventgw", "/v4/EndpointEvents", "name=connection")
_CHANNELS = Resource("GET", "event-bridge", "/v1/wschannels")
_TOKEN = Resource("POST", "oauth", "/v2/token")


# --- pairs ------------------------------------------------------------------------------------------------------------
def _account(scene: Scene) -> None:
    scene.accept(basic(scene.account, scene.token))


def _key(scene: Scene) -> None:
    scene.accept(basic(scene.key, scene.secret))


def _in_region(scene: Scene) -> None:
    scene.regional = scene.draw.choice(("dublin.ie1.", "sydney.au1.", "ashburn.us1.", "us1."))
    scene.accept(scene.good())


def _other_case_of_scheme(scene: Scene) -> None:
    """RFC 7235 2.1: the scheme is compared without regard to case."""
    scene.client = raw_client(scene.draw)
    scene.accept(scene.draw.choice((b"basic", b"BASIC", b"bASIC")) + scene.good()[5:])


def _odd_secret(scene: Scene, kind: str) -> None:
    """Twilio promises no form: docs/facts.md 2.1."""
    scene.client = odd_client(scene.draw)
    draw = scene.draw
    username, secret = {
        "long": lambda: (scene.account, draw.hex(draw.choice((40, 48, 64)))),
        "long-key": lambda: (scene.key, draw.alnum(48)),
        "upper-hex": lambda: (scene.account, draw.hex(32).upper()),
        "alphanumeric": lambda: (scene.account, draw.alnum(32)),
        "hex-of-key": lambda: (scene.key, draw.hex(32)),
        "odd-characters": lambda: (scene.account, draw.alnum(20) + b"-_+/" + draw.alnum(8)),
        "like-a-placeholder": lambda: (
            scene.account,
            draw.choice((b"x" * 32, b"0" * 32, b"changeme" * 4, b"your0auth0token0is0just0like0so0", b"deadbeef" * 4)),
        ),
        "upper-sid": lambda: (b"AC" + scene.account[2:].upper(), scene.token),
    }[kind]()
    account = username if username.startswith(b"AC") else scene.account
    scene.accept(basic(username, secret), account=account)


def _parent_on_subaccount(scene: Scene) -> None:
    """docs/facts.md 5: the parent's pair works on its subaccounts."""
    scene.resource = dated(scene.draw)
    scene.accept(basic(scene.account, scene.token), account=scene.draw.sid())


def _test_pair(scene: Scene) -> None:
    """docs/facts.md 4.4: what the magic numbers are for."""
    scene.resource = MESSAGE
    body = b"To=%s&From=%%2B15005550006&Body=hi" % scene.draw.number()
    scene.accept(basic(scene.account, scene.token), body=body)


def _key_as_resource(scene: Scene) -> None:
    """An SK in the path is right where it names the key."""
    what = Resource("GET", "api", "/2010-04-01/Accounts/{account}/Keys/{SK}.json")
    scene.accept(basic(scene.account, scene.token), resource=what)


def _main_only(scene: Scene) -> None:
    pair = basic(scene.account, scene.token) if scene.draw.chance(0.6) else basic(scene.key, scene.secret)
    scene.accept(pair, resource=scene.draw.choice(MAIN_KEY_ONLY))


def _again(scene: Scene) -> None:
    pair = scene.good()
    for _ in range(scene.draw.randint(4, 14)):
        scene.accept(pair, resource=resource(scene.draw))


def _rotation_done_right(scene: Scene) -> None:
    for token in (scene.token, scene.token, scene.draw.hex(32)):
        scene.accept(basic(scene.account, token), gap=scene.draw.uniform(1, 600))


def _two_regions(scene: Scene) -> None:
    scene.resource = scene.draw.choice((MESSAGES, CALLS))
    for host in ("api.twilio.com", "api.dublin.ie1.twilio.com"):
        scene.accept(basic(scene.account, scene.draw.hex(32)), host=host)


def _exported_without_header(scene: Scene, fidelity: Fidelity) -> None:
    scene.har, scene.fidelity = True, fidelity
    scene.accept(None)


# --- tokens -----------------------------------------------------------------------------------------------------------
def _bearer(scene: Scene) -> None:
    scene.accept(b"Bearer " + oauth_token(scene.draw, scene.now, exp=scene.draw.choice((60, 3600, 2_591_000))))


def _organization(scene: Scene) -> None:
    what = scene.draw.choice(ORGANIZATIONS)
    scene.accept(b"Bearer " + oauth_token(scene.draw, scene.now), resource=what)


def _oauth_flow(scene: Scene) -> None:
    """docs/facts.md 6.1: the token endpoint wants no Authorization; the client's secret stands in its body."""
    client_id = b"OQ" + scene.draw.alnum(32)
    body = b"grant_type=client_credentials&client_id=%s&client_secret=%s" % (client_id, scene.draw.alnum(40))
    ruby = scene.client.name == "ruby"
    scene.accept(b"Basic Og==" if ruby else None, resource=_TOKEN, body=body)
    scene.accept(b"Bearer " + oauth_token(scene.draw, scene.now))


def _capability(scene: Scene, *, bridge: bool) -> None:
    """docs/facts.md 7.3: rightly signed with the Auth Token, and rightly with iss AC."""
    account = scene.account.decode()
    claims: Json = {"iss": account, "exp": int(scene.now) + 3600}
    if bridge:
        claims |= {"version": "v1", "account_sid": account, "workspace_sid": "WS" + account[2:], "policies": []}
    else:
        claims["scope"] = "scope:client:outgoing?appSid=" + scene.draw.sid("AP").decode()
    token = jwt({"typ": "JWT", "alg": "HS256"}, claims, scene.token)
    scene.har = False
    if scene.draw.chance(0.5):
        scene.accept(basic(scene.account, scene.token))
    if bridge:
        scene.accept(None, client=CHROME, resource=_CHANNELS, target=b"/v1/wschannels?token=" + token)
    else:
        scene.accept(None, client=CHROME, resource=_EVENTS, headers=((b"X-Twilio-Token", token),), address="10.1.2.3")


def _client_token_where_it_belongs(scene: Scene) -> None:
    token = access_token(scene.draw, scene.now, scene.secret)
    scene.accept(None, client=CHROME, resource=_EVENTS, headers=((b"X-Twilio-Token", token),))


def _signed_request(scene: Scene) -> None:
    header: Json = {"cty": "twilio-pkrv;v=1", "typ": "JWT", "alg": "RS256", "kid": scene.draw.sid("CR").decode()}
    claims: Json = {"iss": scene.key.decode(), "sub": scene.account.decode(), "exp": int(scene.now) + 300}
    token = jwt(header, {**claims, "hrh": "authorization;host", "rqh": scene.draw.hex(64).decode()}, b"private")
    scene.accept(basic(scene.key, scene.secret), headers=((b"Twilio-Client-Validation", token),))


# --- without Authorization --------------------------------------------------------------------------------------------
def _version(scene: Scene) -> None:
    """docs/facts.md 1.3: answered without credentials."""
    scene.accept(None, resource=Resource("GET", "api", "/2010-04-01", shape="xml"))


def _preflight(scene: Scene) -> None:
    scene.client = scene.draw.choice((CHROME, FIREFOX))
    extra: Headers = (
        (b"Origin", b"https://app.example"),
        (b"Access-Control-Request-Method", b"POST"),
        (b"Access-Control-Request-Headers", b"authorization"),
        (b"Sec-Fetch-Mode", b"cors"),
    )
    what = scene.draw.choice((_EVENTS, CALL, product(scene.draw)))
    request = scene.request(None, resource=what, method="OPTIONS", headers=extra, body=b"")
    response = Response(
        status=scene.draw.choice((200, 204)),
        headers=(
            (b"Access-Control-Allow-Origin", b"*"),
            (b"Access-Control-Allow-Methods", b"GET, POST, OPTIONS"),
            (b"Date", answers.date(scene.now)),
            (b"Content-Length", b"0"),
        ),
    )
    scene.add(request, response)


def _media(scene: Scene) -> None:
    """docs/facts.md 8.1: the signed address must not get Authorization."""
    scene.client, scene.resource = raw_client(scene.draw), MEDIA[0]
    request = scene.request(scene.good())
    location = b"https://mms.twiliocdn.com/%s?Expires=1794&Signature=%s" % (scene.draw.sid(), scene.draw.alnum(60))
    scene.add(
        request, answers.redirect(scene.draw, scene.now, scene.draw.choice((302, 307)), location), connection="c0"
    )
    scene.wait(0.02)
    body = b"\xff\xd8\xff\xe0" + scene.draw.randbytes(40)
    file = answers.foreign(scene.now, 200, ((b"Content-Type", b"image/jpeg"), (b"Server", b"AmazonS3")), body)
    path = location.split(b".com", 1)[1]
    scene.add(scene.request(None, host="mms.twiliocdn.com", target=path, method="GET"), file)


def _media_by_library(scene: Scene) -> None:
    """The libraries follow no redirect: docs/facts.md 8.2."""
    scene.client = scene.draw.choice(list(HELPERS.values()))
    request = scene.request(scene.good(), resource=MEDIA[0])
    scene.add(request, answers.redirect(scene.draw, scene.now, 307, b"https://mms.twiliocdn.com/a?Signature=b"))


def _redirect_kept(scene: Scene) -> None:
    """Of requests: it keeps the header from http to https of one host: docs/clients.md 1."""
    scene.client, scene.resource = RAW["requests"], scene.draw.choice((CALLS, MESSAGES))
    pair = scene.good()
    request = scene.request(pair, scheme="http")
    location = b"https://api.twilio.com" + request.target
    scene.add(request, answers.redirect(scene.draw, scene.now, 301, location), connection="c0")
    scene.accept(pair, target=request.target, gap=0.02)


def _redirect_stripped_and_public(scene: Scene) -> None:
    """The header is lost, and what is asked for needs none."""
    scene.client = RAW["curl"]
    what = Resource("GET", "api", "/2010-04-01", shape="xml")
    request = scene.request(scene.good(), resource=what, scheme="http")
    scene.add(request, answers.redirect(scene.draw, scene.now, 301, b"https://api.twilio.com/2010-04-01"))
    scene.accept(None, resource=what, gap=0.02)


def _busy(scene: Scene) -> None:
    """Many clients with credentials of their own, at one time."""
    scene.har = False
    owners = [(scene.draw.sid(), scene.draw.hex(32)) for _ in range(4)]
    for _ in range(scene.draw.randint(8, 16)):
        account, token = scene.draw.choice(owners)
        address = f"10.0.0.{owners.index((account, token)) + 2}"
        scene.accept(basic(account, token), account=account, resource=resource(scene.draw), address=address, gap=0.05)


FORMS: tuple[Form, ...] = (
    *family("works", 230, {"account": _account, "key": _key}),
    *family(
        "works",
        60,
        {
            "region": _in_region,
            "case-of-scheme": _other_case_of_scheme,
            "parent-on-subaccount": _parent_on_subaccount,
            "test-pair": _test_pair,
            "bearer": _bearer,
            "oauth-flow": _oauth_flow,
            "media": _media,
        },
    ),
    *family(
        "works",
        24,
        {
            f"secret-{kind}": partial(_odd_secret, kind=kind)
            for kind in (
                "long",
                "long-key",
                "upper-hex",
                "alphanumeric",
                "hex-of-key",
                "odd-characters",
                "like-a-placeholder",
                "upper-sid",
            )
        },
    ),
    *family(
        "works",
        26,
        {
            "key-as-resource": _key_as_resource,
            "main-only": _main_only,
            "again": _again,
            "rotation": _rotation_done_right,
            "two-regions": _two_regions,
            "organization": _organization,
            "capability": partial(_capability, bridge=False),
            "capability-bridge": partial(_capability, bridge=True),
            "client-token": _client_token_where_it_belongs,
            "signed-request": _signed_request,
            "preflight": _preflight,
            "media-by-library": _media_by_library,
            "redirect-kept": _redirect_kept,
            "busy": _busy,
        },
    ),
    *family(
        "works",
        10,
        {
            "version": _version,
            "redirect-public": _redirect_stripped_and_public,
            "doubtful-export": partial(_exported_without_header, fidelity=Fidelity.DOUBTFUL),
            "sanitized-export": partial(_exported_without_header, fidelity=Fidelity.SANITIZED),
        },
    ),
)
