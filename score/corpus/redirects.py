"""Redirects: what a client loses when it follows one."""

from dataclasses import replace

from analyzers.exchange import Request
from score.corpus import answers
from score.corpus.clients import RAW
from score.corpus.forms import Form, family
from score.corpus.resources import Resource, dated
from score.corpus.scene import Scene, positive

_GATEWAY = "twilio-gateway.corp.example"
_GONE = ("no-authorization",)


# --- stripped-on-redirect ---------------------------------------------------------------------------------------------
_STRIPPED = positive(("stripped-on-redirect",), may=_GONE)

# Measured to drop the header when http becomes https on one host, and on another host: docs/clients.md 1.
_DROPS_ON_UPGRADE = (
    "curl",
    "aiohttp",
    "axios",
    "fetch",
    "undici",
    "node-fetch",
    "okhttp",
    "faraday",
    "excon",
    "guzzle",
)
_DROPS_ON_OTHER_HOST = (*_DROPS_ON_UPGRADE, "requests", "httpx", "got", "net-http")


def _hop(scene: Scene, request: Request, status: int, location: bytes, *, took: float = 0.03) -> None:
    scene.add(request, answers.redirect(scene.draw, scene.now, status, location), took=took, connection="c0")


def _url(request: Request, *, scheme: str | None = None, host: str | None = None) -> bytes:
    return f"{scheme or request.scheme}://{host or request.host}".encode() + request.target


def _followed(request: Request, status: int) -> str:
    """The method of the next request: 301, 302 and 303 make a GET of a POST in most clients."""
    return "GET" if status in {301, 302, 303} and request.method == "POST" else request.method


def _chain(scene: Scene, hosts: tuple[tuple[str, str], ...]) -> None:
    """Scheme and host of each station; the header is on the first request only, and the last one is refused."""
    authorization = scene.good()
    status = scene.draw.choice((301, 302, 303, 307, 308))
    (scheme, host), *rest = hosts
    request = scene.request(authorization, scheme=scheme, host=host)
    for scheme, host in rest:
        _hop(scene, request, status, _url(request, scheme=scheme, host=host))
        scene.wait(scene.draw.uniform(0.001, 0.08))
        method = _followed(request, status)
        body = b"" if method != request.method else request.body
        request = scene.request(None, scheme=scheme, host=host, method=method, target=request.target, body=body)
    changed = ("redirect-changed-method",) if request.method != scene.resource.method else ()
    truth = positive(("stripped-on-redirect",), may=(*_GONE, *changed))
    error = answers.error(
        scene.draw, scene.resource, scene.now, status=401, code=20003, text=answers.NO_CREDENTIALS, host=request.host
    )
    scene.add(request, error, truth, connection="c0" if scene.draw.chance(0.3) else "c1")


def _upgrade(scene: Scene) -> None:
    """http://api.twilio.com is answered with a 301 to https: docs/facts.md 8.1."""
    scene.client, scene.resource = RAW[scene.draw.choice(_DROPS_ON_UPGRADE)], dated(scene.draw)
    _chain(scene, (("http", "api.twilio.com"), ("https", "api.twilio.com")))


def _from_gateway(scene: Scene) -> None:
    scene.client, scene.resource = RAW[scene.draw.choice(_DROPS_ON_OTHER_HOST)], dated(scene.draw)
    _chain(scene, (("https", _GATEWAY), ("https", "api.twilio.com")))


def _over_two_hops(scene: Scene) -> None:
    scene.client, scene.resource = RAW[scene.draw.choice(_DROPS_ON_OTHER_HOST)], dated(scene.draw)
    _chain(scene, (("http", _GATEWAY), ("https", _GATEWAY), ("https", "api.twilio.com")))


def _over_three_hops(scene: Scene) -> None:
    scene.client, scene.resource = RAW[scene.draw.choice(_DROPS_ON_UPGRADE)], dated(scene.draw)
    stations = (("http", _GATEWAY), ("https", _GATEWAY), ("http", "api.twilio.com"), ("https", "api.twilio.com"))
    _chain(scene, stations)


def _same_origin(scene: Scene) -> None:
    """Python's httplib2 and Ruby's excon drop the header even here; a trailing slash, relative Location."""
    scene.client, scene.resource = RAW[scene.draw.choice(("httplib2", "excon"))], dated(scene.draw)
    first = scene.request(scene.good(), method="GET", body=b"")
    path, mark, query = first.target.partition(b"?")
    first = replace(first, target=path + b"/" + mark + query)
    _hop(scene, first, scene.draw.choice((301, 302, 307, 308)), path + mark + query)
    scene.wait(0.02)
    scene.refuse(None, _STRIPPED, method="GET", body=b"", target=path + mark + query, connection="c0", gap=0.01)


# --- redirect-changed-method ------------------------------------------------------------------------------------------
# POST only: a GET of these gets 405. Inferred from docs/facts.md 1.6, code 20004.
_POST_ONLY = (
    Resource("POST", "verify", "/v2/Services/{VA}/Verifications", "To={number}&Channel=sms", status=201),
    Resource("POST", "verify", "/v2/Services/{VA}/VerificationCheck", "To={number}&Code=482913"),
    Resource("POST", "studio", "/v1/Flows/{FW}/Engagements", "To={number}", status=201),
)
_REFUSED_GET = ((405, 20004, "Method not allowed"), (404, 20404, "The requested resource was not found"))


def _post_became_get(scene: Scene) -> None:
    """Of requests: it keeps the header from http to https of one host, and makes a GET of a POST: docs/clients.md 1."""
    scene.client, scene.resource = RAW[scene.draw.choice(("requests", "httpx"))], scene.draw.choice(_POST_ONLY)
    authorization, host = scene.good(), scene.host_of(scene.resource)
    first = scene.request(authorization, scheme="http", host=host)
    _hop(scene, first, scene.draw.choice((301, 302, 303)), _url(first, scheme="https"))
    status, code, text = scene.draw.choice(_REFUSED_GET)
    scene.refuse(
        authorization,
        positive(("redirect-changed-method",)),
        {"status": status, "code": code, "text": text},
        method="GET",
        target=first.target,
        body=b"",
        gap=0.02,
    )


FORMS: tuple[Form, ...] = (
    *family(
        "stripped-on-redirect",
        16,
        {
            "upgrade": _upgrade,
            "gateway": _from_gateway,
            "two-hops": _over_two_hops,
            "three-hops": _over_three_hops,
            "same-origin": _same_origin,
        },
    ),
    *family("redirect-changed-method", 36, {"post-became-get": _post_became_get}),
)
