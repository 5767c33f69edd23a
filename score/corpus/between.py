"""What happens on the way: redirects, gateways, hosts that are not Twilio's, and answers that others gave."""

from functools import partial

from analyzers.exchange import Exchange, Headers, Response
from score.corpus import answers
from score.corpus.clients import WAITS, helper, raw_client
from score.corpus.forms import Form, family
from score.corpus.resources import dated
from score.corpus.scene import Scene, positive, undecided
from score.corpus.values import basic
from score.truth import Truth

_GATEWAY = "twilio-gateway.corp.example"
_GONE = ("no-authorization",)


# --- stripped-by-intermediary, authorization-overridden ---------------------------------------------------------------
def _both_sides(scene: Scene, seen: bytes, behind: bytes | None, truth: Truth, *, order: tuple[int, int]) -> None:
    """One request, recorded before and behind a gateway: both carry the Twilio-Request-Id of the one answer."""
    scene.har = False
    gateway = _GATEWAY if scene.draw.chance(0.6) else scene.host_of(scene.resource)
    front = scene.request(seen, host=gateway)
    inside = scene.request(behind, target=front.target, body=front.body, headers=((b"Via", b"1.1 gateway"),))
    answer = answers.error(
        scene.draw,
        scene.resource,
        scene.now,
        status=401,
        code=20003,
        text=scene.gate(inside),
        host=inside.host,
        readable="yes",
    )
    may = tuple(truth.may)
    scene.add(front, answer, undecided(may), took=0.4, address="10.20.81.7")
    scene.now -= 0.36
    scene.add(inside, answer, truth, took=0.2, address="10.20.80.2")
    scene.reorder(order)


def _stripped_between(scene: Scene) -> None:
    scene.client = raw_client(scene.draw) if scene.draw.chance(0.5) else helper(scene.draw, but=("python", "go"))
    order = scene.draw.choice(((0, 1), (1, 0)))
    _both_sides(scene, scene.good(), None, positive(("stripped-by-intermediary",), may=_GONE), order=order)


def _replaced_between(scene: Scene) -> None:
    order = scene.draw.choice(((0, 1), (1, 0)))
    other = basic(scene.draw.sid("SK"), scene.draw.alnum(32))
    _both_sides(scene, basic(scene.account, scene.token), other, positive(("authorization-overridden",)), order=order)


def _carried_along(scene: Scene, name: bytes) -> None:
    """The gateway moved the value to another name: aws-sam-cli #696."""
    scene.client = raw_client(scene.draw)
    found = positive(("stripped-by-intermediary",), "likely", may=("stripped-by-intermediary", *_GONE))
    scene.refuse(None, found, headers=((name, scene.good()),))


def _hop_shows(scene: Scene, lines: Headers) -> None:
    scene.client = raw_client(scene.draw)
    while scene.client.name in WAITS:
        scene.client = raw_client(scene.draw)
    scene.refuse(None, positive(("stripped-by-intermediary",), "likely", may=_GONE), headers=lines)


def _scheme_of_a_gateway(scene: Scene, scheme: bytes) -> None:
    """Windows' own login where a library sends Basic."""
    scene.client = helper(scene.draw)
    token = scene.draw.choice((b"TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA", b"YIIJvwYGKwYBBQUCoIIJszCCCa+gMDAu"))
    leads = ("scheme-unsupported", "authorization-overridden")
    scene.refuse(
        scheme + b" " + token,
        positive(leads, "likely", may=("scheme-unsupported",)),
        {"text": answers.NO_CREDENTIALS},
    )


# --- answer-not-from-twilio -------------------------------------------------------------------------------------------
_FOREIGN = ("answer-not-from-twilio",)


def _foreign(scene: Scene, response: Response, truth: Truth) -> Exchange:
    return scene.add(scene.request(scene.good() if scene.draw.chance(0.8) else None), response, truth)


def _proxy_wants_login(scene: Scene) -> None:
    server, realm = scene.draw.choice(((b"squid/6.10", b"web-gw"), (b"", b"proxy"), (b"Zscaler/6.2", b"corp")))
    headers: Headers = (
        *(((b"Server", server),) if server else ()),
        (b"Proxy-Authenticate", b'Basic realm="%s"' % realm),
        (b"Content-Type", b"text/html"),
    )
    _foreign(
        scene,
        answers.foreign(scene.now, 407, headers, answers.page("Proxy Authentication Required")),
        positive(_FOREIGN),
    )


def _marked(scene: Scene) -> None:
    status, headers = scene.draw.choice(
        (
            (401, ((b"Server", b"Microsoft-IIS/10.0"), (b"WWW-Authenticate", b"NTLM"))),
            (401, ((b"WWW-Authenticate", b"Negotiate"), (b"WWW-Authenticate", b"NTLM"), (b"Server", b"squid/5.7"))),
            (403, ((b"Server", b"Zscaler/6.2"), (b"WWW-Authenticate", b'Basic realm="Zscaler"'))),
            (401, ((b"Server", b"squid/6.10"), (b"WWW-Authenticate", b'Basic realm="corp proxy"'))),
            (401, ((b"Server", b"BlueCoat-Security-Appliance"), (b"WWW-Authenticate", b'BASIC realm="Internet"'))),
        )
    )
    page = answers.page("Access denied", "<p>Your organization has blocked this site.</p>")
    _foreign(scene, answers.foreign(scene.now, status, headers, page), positive(_FOREIGN))


def _unmarked(scene: Scene) -> None:
    status = scene.draw.choice((401, 403))
    body, kind = scene.draw.choice(
        (
            (b'{"message":"Unauthorized"}', b"application/json"),
            (answers.page("Forbidden"), b"text/html"),
            (b"Access denied", b"text/plain"),
            (b"", b"text/plain"),
        )
    )
    response = answers.foreign(scene.now, status, ((b"Content-Type", kind),), body)
    _foreign(scene, response, positive(_FOREIGN, "likely", may=_FOREIGN))


# --- wrong-host, dead-regional-host -----------------------------------------------------------------------------------
_MISSPELT = ("api.twillio.com", "api.twiilo.com", "api.twilo.com", "api.twilio.co", "api.twilio.org")


def _www(scene: Scene) -> None:
    scene.resource = dated(scene.draw)
    truth = positive(("wrong-host",))
    if scene.draw.chance(0.6):
        text = "The requested resource was not found"
        scene.refuse(scene.good(), truth, {"status": 404, "code": 20404, "text": text}, host="www.twilio.com")
        return
    scene.wait()
    page = answers.foreign(scene.now, 403, ((b"Content-Type", b"text/html"), (b"Server", b"nginx")), answers.page("No"))
    scene.add(scene.request(scene.good(), host="www.twilio.com"), page, truth)


def _misspelt(scene: Scene) -> None:
    """A parked domain that answers."""
    scene.resource = dated(scene.draw)
    request = scene.request(scene.good(), host=scene.draw.choice(_MISSPELT))
    headers: Headers = ((b"Content-Type", b"text/html"), (b"Server", scene.draw.choice((b"nginx", b"openresty"))))
    response = answers.foreign(scene.now, scene.draw.choice((401, 403)), headers, answers.page("Parked"))
    scene.add(request, response, positive(("wrong-host",), may=_FOREIGN))


def _cdn(scene: Scene) -> None:
    scene.resource = dated(scene.draw)
    host = scene.draw.choice(("mms.twiliocdn.com", "media.twiliocdn.com"))
    body = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"
    response = answers.foreign(scene.now, 403, ((b"Server", b"AmazonS3"), (b"Content-Type", b"application/xml")), body)
    scene.add(scene.request(scene.good(), host=host), response, positive(("wrong-host",), may=_FOREIGN))


_ENDED = ("ie1", "au1", "br1", "de1", "jp1", "sg1", "us2")
_NO_ROUTE = (
    "[Errno -2] Name or service not known",
    "getaddrinfo ENOTFOUND",
    "Certificate verify failed: Hostname mismatch",
    "TlsException: certificate is not valid",
    "Connection timed out",
)


def _dead(scene: Scene, *, answered: bool = False) -> None:
    scene.regional = scene.draw.choice(_ENDED) + "."
    truth = positive(("dead-regional-host",))
    if answered:
        scene.refuse(scene.good(), truth)
        return
    scene.add(scene.request(scene.good()), None, truth, error=scene.draw.choice(_NO_ROUTE))


def _dead_for_library(scene: Scene) -> None:
    """region=ie1 without an edge, as libraries since 2026-02-05 build it: docs/facts.md 3.3."""
    scene.client = helper(scene.draw)
    _dead(scene)


FORMS: tuple[Form, ...] = (
    *family(
        "stripped-by-intermediary",
        9,
        {
            "two-taps": _stripped_between,
            "two-taps-again": _stripped_between,
            "x-amzn-remapped": partial(_carried_along, name=b"x-amzn-remapped-authorization"),
            "x-forwarded": partial(_carried_along, name=b"X-Forwarded-Authorization"),
            "x-original": partial(_carried_along, name=b"X-Original-Authorization"),
            "via": partial(_hop_shows, lines=((b"Via", b"1.1 envoy"),)),
            "forwarded": partial(_hop_shows, lines=((b"Forwarded", b"for=10.1.2.3;proto=https"),)),
            "x-forwarded-for": partial(
                _hop_shows, lines=((b"X-Forwarded-For", b"10.1.2.3"), (b"X-Forwarded-Proto", b"https"))
            ),
        },
    ),
    *family("authorization-overridden", 24, {"two-taps": _replaced_between}),
    *family(
        "authorization-overridden",
        8,
        {
            "ntlm": partial(_scheme_of_a_gateway, scheme=b"NTLM"),
            "negotiate": partial(_scheme_of_a_gateway, scheme=b"Negotiate"),
        },
    ),
    *family(
        "answer-not-from-twilio", 20, {"login-of-proxy": _proxy_wants_login, "marked": _marked, "unmarked": _unmarked}
    ),
    *family("wrong-host", 14, {"www": _www, "misspelt": _misspelt, "cdn": _cdn}),
    *family(
        "dead-regional-host",
        14,
        {"no-answer": _dead, "answered": partial(_dead, answered=True), "library": _dead_for_library},
    ),
)
