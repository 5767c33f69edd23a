"""What fails for reasons of its own: ordinary errors, other vendors, networks, clients that wait to be asked."""

from dataclasses import dataclass
from functools import partial

from analyzers.exchange import Headers
from score.corpus import answers
from score.corpus.clients import CHALLENGED, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import CALLS, MEDIA, MESSAGE, Resource, dated, product
from score.corpus.scene import Refusal, Scene, benign
from score.corpus.values import b64, basic, oauth_token


# --- Twilio's ordinary errors -----------------------------------------------------------------------------------------
def _error(scene: Scene, status: int, code: int, text: str, *, what: Resource | None = None) -> None:
    scene.refuse(scene.good(), None, Refusal(status=status, code=code, text=text), resource=what or scene.resource)


def _not_found(scene: Scene, *, in_product: bool = False) -> None:
    if in_product:
        scene.resource = Resource("GET", "verify", "/v2/Services/{VA}")
    else:
        path = "/2010-04-01/Accounts/{account}/" + scene.draw.choice(("Messages/{SM}", "Calls/{CA}", "Recordings/{RE}"))
        xml = scene.draw.chance(0.4)
        scene.resource = Resource("GET", "api", path + ("" if xml else ".json"), shape="xml" if xml else "classic")
    request = scene.request(scene.good())
    text = f"The requested resource {request.target.decode()} was not found"
    response = answers.error(
        scene.draw, scene.resource, scene.now, status=404, code=20404, text=text, host=request.host, readable="perhaps"
    )
    scene.add(request, response)


def _not_found_in_subaccount(scene: Scene) -> None:
    """The parent's pair works on its subaccount, where this message does not exist."""
    scene.resource, child = CALLS, scene.draw.sid()
    pair = basic(scene.account, scene.token)
    scene.accept(pair, account=child)
    what = Resource("GET", "api", "/2010-04-01/Accounts/{account}/Messages/{SM}.json")
    refusal = Refusal(status=404, code=20404, text="The requested resource was not found")
    scene.refuse(pair, None, refusal, resource=what, account=child)


def _not_in_region(scene: Scene) -> None:
    """docs/facts.md 3.4: seen for Balance, Usage and Messages."""
    region, host = scene.draw.choice((("ie1", "dublin.ie1."), ("au1", "sydney.au1.")))
    scene.regional, scene.resource = host, dated(scene.draw)
    _error(scene, 404, 20404, f"Endpoint is not supported in realm '{region}'")


_BAD_REQUESTS = (
    (21211, "The 'To' number +1212 is not a valid phone number."),
    (21604, "A 'To' phone number is required."),
    (21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination"),
    (21608, "The number is unverified. Trial accounts cannot send messages to unverified numbers"),
    (21610, "Attempt to send to unsubscribed recipient"),
    (21617, "The concatenated message body exceeds the 1600 character limit"),
    (20001, "Unknown parameters"),
    (60200, "Invalid parameter `To`: +1212"),
)


def _edge_error(scene: Scene, status: int) -> None:
    """Made by the CDN, in HTML: no header of Twilio's own."""
    headers: Headers = (
        (b"Server", b"CloudFront"),
        (b"Content-Type", b"text/html"),
        (b"X-Cache", b"Error from cloudfront"),
        (b"Via", b"1.1 " + scene.draw.hex(32) + b".cloudfront.net (CloudFront)"),
    )
    page = answers.page("The request could not be satisfied")
    scene.add(scene.request(scene.good()), answers.foreign(scene.now, status, headers, page))


def _retried(scene: Scene, status: int, code: int, text: str) -> None:
    pair = scene.good()
    for _ in range(scene.draw.randint(1, 3)):
        scene.refuse(pair, None, Refusal(status=status, code=code, text=text))
    scene.accept(pair)


def _two_mechanisms(scene: Scene) -> None:
    """docs/facts.md 8.1: S3 refuses a request that is signed twice."""
    scene.client, scene.resource = raw_client(scene.draw), MEDIA[0]
    pair = scene.good()
    location = (
        b"https://s3-external-1.amazonaws.com/media.twiliocdn.com/%s?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Sig=1"
    )
    location %= scene.draw.sid()
    scene.add(scene.request(pair), answers.redirect(scene.draw, scene.now, 307, location), connection="c0")
    scene.wait(0.02)
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism '
        b"allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization "
        b"header should be specified</Message></Error>"
    )
    answer = answers.foreign(scene.now, 400, ((b"Server", b"AmazonS3"), (b"Content-Type", b"application/xml")), body)
    target = location.split(b".com", 1)[1]
    scene.add(scene.request(pair, host="s3-external-1.amazonaws.com", target=target), answer)


# --- networks ---------------------------------------------------------------------------------------------------------
_NETWORK = (
    "Connection reset by peer",
    "Connection timed out",
    "[Errno 111] Connection refused",
    "server closed connection",
    "Client disconnected.",
    "[Errno -3] Temporary failure in name resolution",
    "TLS handshake failed: unexpected EOF",
    "HTTP/2 protocol error: Stream reset",
)


def _broken(scene: Scene, error: str) -> None:
    if scene.draw.chance(0.3):
        scene.regional = scene.draw.choice(("dublin.ie1.", "sydney.au1.", "us1.", "ashburn.us1."))
    scene.add(scene.request(scene.good()), None, error=error)
    if scene.draw.chance(0.3):
        scene.accept(scene.good())


# --- others -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Vendor:
    """Somebody else's API and how it refuses."""

    host: str
    path: bytes
    scheme: str
    body: bytes
    headers: Headers = ()
    status: int = 401


_VENDORS = (
    Vendor("api.github.com", b"/user", "token", b'{"message":"Bad credentials","status":"401"}'),
    Vendor("api.stripe.com", b"/v1/charges", "basic", b'{"error":{"message":"Invalid API Key provided"}}'),
    Vendor(
        "api.sendgrid.com",
        b"/v3/mail/send",
        "bearer",
        b'{"errors":[{"message":"The provided authorization grant is invalid, expired, or revoked"}]}',
    ),
    Vendor("api.openai.com", b"/v1/chat/completions", "bearer", b'{"error":{"code":"invalid_api_key"}}'),
    Vendor("slack.com", b"/api/chat.postMessage", "bearer", b'{"ok":false,"error":"invalid_auth"}'),
    Vendor(
        "sms.amazonaws.com",
        b"/",
        "aws",
        b"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>",
        status=403,
    ),
    Vendor("rest.nexmo.com", b"/account/get-balance", "none", b'{"error-code":"401"}'),
    Vendor("api.messagebird.com", b"/messages", "none", b'{"errors":[{"code":2,"description":"Request not allowed"}]}'),
    Vendor("api.plivo.com", b"/v1/Account/MA123/Message/", "basic", b"Could not verify your access level"),
    Vendor(
        "api.shop.example",
        b"/v1/orders",
        "basic",
        b'{"error":"invalid_token"}',
        ((b"WWW-Authenticate", b'Basic realm="orders"'),),
    ),
    Vendor("api.shop.example", b"/v1/orders", "none", b'{"error":"login required"}'),
    Vendor("backend.internal.example", b"/twilio/send", "bearer", b'{"message":"Authenticate","status":401}'),
    Vendor("twilio.acme.example", b"/sms", "basic", b'{"detail":"Invalid username/password."}'),
    Vendor("localhost", b"/token?identity=alice", "none", b"Unauthorized"),
    Vendor("api.segment.io", b"/v1/track", "basic", b'{"success":false}'),
    Vendor("login.microsoftonline.com", b"/common/oauth2/token", "none", b'{"error":"invalid_client"}'),
    Vendor(
        "bucket.s3.amazonaws.com", b"/recording.wav", "none", b"<Error><Code>AccessDenied</Code></Error>", status=403
    ),
    Vendor("registry.npmjs.org", b"/twilio", "bearer", b'{"error":"unauthorized"}'),
    Vendor("app.example", b"/voice/webhook", "none", b"signature does not match", status=403),
    Vendor(
        "intranet.corp.example",
        b"/wiki",
        "none",
        b"",
        ((b"WWW-Authenticate", b"Negotiate"), (b"Server", b"Microsoft-IIS/10.0")),
    ),
    Vendor(
        "pypi.org",
        b"/simple/twilio/",
        "none",
        b"",
        ((b"Proxy-Authenticate", b'Basic realm="web-gw"'), (b"Server", b"squid/6.10")),
        status=407,
    ),
)


def _refused_elsewhere(scene: Scene, vendor: Vendor) -> None:
    draw = scene.draw
    scene.client = raw_client(draw)
    value = {
        "token": b"token ghp_" + draw.alnum(36),
        "basic": b"Basic " + b64(draw.choice((b"shop", b"sk_live_" + draw.alnum(24))) + b":" + draw.alnum(12)),
        "bearer": b"Bearer " + draw.choice((draw.alnum(40), oauth_token(draw, scene.now))),
        "aws": b"AWS4-HMAC-SHA256 Credential=AKIA" + draw.alnum(16).upper() + b"/20261103/us-east-1/sns",
        "none": None,
    }[vendor.scheme]
    kind = b"text/xml" if vendor.body.startswith(b"<") else b"application/json"
    if draw.chance(0.3):
        scene.accept(scene.good())
    scene.wait()
    request = scene.request(value, host=vendor.host, target=vendor.path, method=draw.choice(("GET", "POST")), body=b"")
    scene.add(
        request, answers.foreign(scene.now, vendor.status, ((b"Content-Type", kind), *vendor.headers), vendor.body)
    )


# --- clients that wait to be asked ------------------------------------------------------------------------------------
def _challenged(scene: Scene, name: str) -> None:
    """docs/clients.md 2: 401 first, and then the same request with credentials."""
    scene.client, scene.resource = CHALLENGED[name], scene.draw.choice((CALLS, dated(scene.draw), product(scene.draw)))
    first = scene.refuse(None, benign(), {"text": answers.NO_CREDENTIALS}, connection="c0", took=0.05).request
    gap = scene.draw.choice((0.005, 0.02, 0.3))
    same = scene.draw.chance(0.7)
    scene.accept(scene.good(), target=first.target, body=first.body, connection="c0" if same else "c9", gap=gap)


FORMS: tuple[Form, ...] = (
    *family(
        "ordinary-error",
        45,
        {"not-found": _not_found, "not-found-in-product": partial(_not_found, in_product=True)},
    ),
    *family(
        "ordinary-error",
        16,
        {str(code): partial(_error, status=400, code=code, text=text, what=MESSAGE) for code, text in _BAD_REQUESTS},
    ),
    *family(
        "ordinary-error",
        26,
        {
            "20429": partial(_error, status=429, code=20429, text="Too Many Requests"),
            "60203": partial(_error, status=429, code=60203, text="Max send attempts reached"),
            "20500": partial(_error, status=500, code=20500, text="Internal Server Error"),
            "20503": partial(_error, status=503, code=20503, text="Service Unavailable"),
            "20004": partial(_error, status=405, code=20004, text="Method not allowed"),
            "20409": partial(_error, status=409, code=20409, text="Conflict"),
            "20422": partial(_error, status=422, code=20422, text="Invalid Parameter"),
            "realm": _not_in_region,
            "not-found-in-subaccount": _not_found_in_subaccount,
            "502": partial(_edge_error, status=502),
            "504": partial(_edge_error, status=504),
            "two-mechanisms": _two_mechanisms,
        },
    ),
    *family(
        "retried",
        24,
        {
            "429": partial(_retried, status=429, code=20429, text="Too Many Requests"),
            "503": partial(_retried, status=503, code=20503, text="Service Unavailable"),
            "500": partial(_retried, status=500, code=20500, text="Internal Server Error"),
        },
    ),
    *family("network", 20, {f"error-{i}": partial(_broken, error=error) for i, error in enumerate(_NETWORK)}),
    *family(
        "other-vendor",
        28,
        {f"{i}-{vendor.host}": partial(_refused_elsewhere, vendor=vendor) for i, vendor in enumerate(_VENDORS)},
    ),
    *family("challenge-first", 22, {name: partial(_challenged, name=name) for name in CHALLENGED}),
)
